/** How `fwmap dtc` reads source, blobs and directories, and how it guesses the form of an input. */

import { openSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { closeRead, readFileBytes } from '../../artifact/file.ts';
import { DiagnosticList } from '../../bytes/diagnostic.ts';
import type { Source } from '../../bytes/source.ts';
import type { LiveTree } from '../../devicetree/live/live-tree.ts';
import { messageOf } from '../../findings/finding.ts';
import { limit, moreThan } from '../../limits/limits.ts';
import type { Io } from '../common/io.ts';
import { diagnosticText, Fatal, pathText, shownText } from './messages.ts';
import type { DtcOptions } from './options.ts';

const BLOB_MAGIC = 0xd00dfeed;

interface Input {
  readonly path: string;
  /** What messages call it. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export function guessByName(name: string): string | undefined {
  const suffix = /\.[^.]*$/.exec(name)?.[0].toLowerCase();
  switch (suffix) {
    case '.dts':
      return 'dts';
    case '.yaml':
      return 'yaml';
    case '.dtb':
    case '.dtbo':
      return 'dtb';
    default:
      return undefined;
  }
}

function isBlob(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) === BLOB_MAGIC;
}

/** Reads trees; throws {@link Fatal} for one that can't be read. */
export class DtcInput {
  /** Names of the files opened, for the dependency file. */
  readonly opened: string[] = [];
  readonly #options: DtcOptions;
  readonly #io: Io;

  constructor(options: DtcOptions, io: Io) {
    this.#options = options;
    this.#io = io;
  }

  #print(text: string): void {
    this.#io.stderr.write(shownText(text));
  }

  #resolve(path: string): string {
    return resolve(this.#io.cwd, path);
  }

  guessFormat(): string {
    const path = this.#resolve(this.#options.input);
    let descriptor: number | undefined;
    try {
      const stat = this.#options.input === '-' ? undefined : statSync(path, { throwIfNoEntry: false });
      if (stat?.isDirectory()) return 'fs';
      if (!stat?.isFile()) return 'dts';
      descriptor = openSync(path, 'r');
      const magic = Buffer.alloc(4);
      if (readSync(descriptor, magic, 0, 4, 0) < 4) return 'dts';
      if (isBlob(magic)) return 'dtb';
      return guessByName(path) ?? 'dts';
    } catch {
      return 'dts';
    } finally {
      if (descriptor !== undefined) closeRead(descriptor);
    }
  }

  async read(format: string): Promise<LiveTree> {
    const { input } = this.#options;
    switch (format) {
      case 'dts':
        return await this.#source(await this.#bytes(input));
      case 'dtb':
        return await this.#blob(await this.#bytes(input));
      case 'fs':
        return await this.#directory();
      default:
        throw new Fatal(`Unknown input format "${pathText(format)}"`);
    }
  }

  /** An overlay, as source or as a blob. */
  async readOverlay(path: string): Promise<{ tree: LiveTree; isSource: boolean }> {
    const input = await this.#bytes(path);
    const isSource = !isBlob(input.bytes);
    return { tree: isSource ? await this.#source(input) : await this.#blob(input), isSource };
  }

  async #bytes(path: string): Promise<Input> {
    if (path === '-') {
      const bytes = await this.#io.readStdin(limit('input-bytes'));
      if (!bytes) throw new Fatal(`Standard input has ${moreThan('input-bytes')}`);
      this.opened.push('<stdin>');
      return { path, name: '<stdin>', bytes };
    }
    const name = pathText(path);
    const read = readFileBytes(this.#resolve(path));
    if ('failure' in read) throw new Fatal(`Couldn't open "${name}": ${read.failure}`);
    if ('directory' in read) throw new Fatal(`Error reading "${name}": Is a directory`);
    this.opened.push(name);
    this.#io.inputs.add(this.#resolve(path));
    return { path, name, bytes: read.bytes };
  }

  async #source({ path, name, bytes }: Input): Promise<LiveTree> {
    const { includePaths, includeRoots, defines } = this.#options;
    const { compileTree } = await import('../../devicetree/compile.ts');
    const { sourceClock, sourceFiles } = await import('../../devicetree/source/disk-files.ts');
    const source: Source = { name, form: 'text', bytes };
    const files = sourceFiles({
      cwd: this.#io.cwd,
      mainFile: path === '-' ? undefined : path,
      includePaths,
      // As dtc does: any file that the source names, unless --include-root is given.
      includeRoots: includeRoots.length > 0 ? includeRoots : ['/'],
      opened: (file) => {
        this.opened.push(file);
        this.#io.inputs.add(this.#resolve(file));
      },
      clock: sourceClock(this.#io),
    });
    const sink = new DiagnosticList();
    const paths = includePaths.map(pathText);
    const tree = await compileTree(source, { loader: files, includePaths: paths, defines }, sink);
    for (const diagnostic of sink.all) this.#print(diagnosticText(diagnostic));
    if (!tree) {
      const unparsed = sink.all.some(
        ({ severity, code }) =>
          severity === 'error' && (code === 'dt/syntax' || code === 'dt/property-order'),
      );
      throw new Fatal(unparsed ? 'Unable to parse input tree' : 'Syntax error parsing input tree');
    }
    return tree;
  }

  async #blob({ name, bytes }: Input): Promise<LiveTree> {
    const { treeOfBlob } = await import('../../devicetree/compile.ts');
    const sink = new DiagnosticList();
    const tree = await treeOfBlob({ name, form: 'blob', bytes }, sink);
    for (const diagnostic of sink.all) {
      const { severity } = diagnostic;
      const message = messageOf(diagnostic);
      if (severity === 'error') throw new Fatal(message);
      if (severity === 'warning') this.#print(`Warning: ${message}\n`);
    }
    if (!tree) throw new Fatal(`"${name}" holds no device tree`);
    return tree;
  }

  async #directory(): Promise<LiveTree> {
    const { readTreeDirectory } = await import('../../devicetree/live/tree-directory.ts');
    const { input, includeRoots } = this.#options;
    const read = readTreeDirectory(this.#resolve(input), {
      name: pathText(input),
      roots: includeRoots.length > 0 ? includeRoots.map((root) => this.#resolve(root)) : undefined,
      warn: (text) => this.#print(text),
    });
    if ('failure' in read) throw new Fatal(read.failure);
    return read;
  }
}
