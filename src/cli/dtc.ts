/**
 * `fwmap dtc`: dtc's options, messages and exit statuses. 0: output written, warnings or not; 1: misuse, input that
 * can't be read or parsed; 2: a check that counts as an error failed.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Artifact } from '../artifact/artifact.ts';
import { readFileBytes } from '../artifact/file.ts';
import { type Diagnostic, DiagnosticList } from '../bytes/diagnostic.ts';
import { placeOf, type Source, type Span } from '../bytes/source.ts';
import type { BlobEdit } from '../devicetree/blob/edit.ts';
import type { Finding } from '../devicetree/checks/check.ts';
import type { LiveTree } from '../devicetree/live/live-tree.ts';
import { livePathOf } from '../devicetree/live/live-tree.ts';
import { type DtcOptions, readDtcOptions, usageText } from './dtc-options.ts';
import type { Io } from './io.ts';
import { writeResult } from './result.ts';

/** Largest input, in bytes; a blob's own size field has 32 bits. */
const MAX_INPUT = 256 << 20;

/** Ends the command as dtc's die() does: one line, exit status 1. */
class Fatal extends Error {}

/** The same version as the dtc whose behaviour this is: scripts compare it. */
const DTC_VERSION = '1.8.1';

/** Runs the command; `argv` is what follows `dtc`. Gives the exit status. */
export async function runDtc(argv: readonly string[], io: Io): Promise<number> {
  const read = readDtcOptions(argv);
  if ('print' in read) {
    if (read.print === 'help') {
      io.stdout.write(usageText());
    } else {
      const { VERSION } = await import('./version.ts');
      io.stdout.write(`Version: DTC ${DTC_VERSION} (fwmap ${VERSION})\n`);
    }
    return 0;
  }
  if ('misuse' in read) {
    io.stderr.write(`${usageText()}\nError: ${read.misuse}\n`);
    return 1;
  }
  try {
    if ('fatal' in read) throw new Fatal(read.fatal);
    return await new DtcRun(read.options, io).run();
  } catch (error) {
    if (!(error instanceof Fatal)) throw error;
    io.stderr.write(latin1(`FATAL ERROR: ${error.message}\n`));
    return 1;
  }
}

/** Texts hold one byte a character: what came from a file goes out as it was. */
function latin1(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

/** A path as the bytes of its name, one character a byte. */
function pathText(path: string): string {
  return Buffer.from(path, 'utf8').toString('latin1');
}

/** `file:line.column-line.column`, as far as the ends differ. The file is that of the end, where line markers change it. */
function dtcPlace(span: Span): string {
  const place = placeOf(span);
  if (!('line' in place)) return span.source.name;
  const last = span.end > span.start ? placeOf({ ...span, start: span.end - 1 }) : place;
  const { line, column, endLine, endColumn } = place;
  const start = `${('line' in last && last.name) || span.source.name}:${line}.${column}`;
  if (line !== endLine) return `${start}-${endLine}.${endColumn}`;
  return column === endColumn ? start : `${start}-${endColumn}`;
}

function guessByName(name: string): string | undefined {
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

class DtcRun {
  readonly #options: DtcOptions;
  readonly #io: Io;
  /** Files opened, for the dependency file. */
  readonly #opened: string[] = [];

  constructor(options: DtcOptions, io: Io) {
    this.#options = options;
    this.#io = io;
  }

  #print(text: string): void {
    this.#io.stderr.write(latin1(text));
  }

  #path(path: string): string {
    return resolve(this.#io.cwd, path);
  }

  async run(): Promise<number> {
    const options = this.#options;
    const inputFormat = options.inputFormat ?? this.#guessInputFormat();
    const outputFormat =
      options.outputFormat ?? guessByName(options.output) ?? (inputFormat === 'dts' ? 'dtb' : 'dts');
    if (options.annotate > 0 && (inputFormat !== 'dts' || outputFormat !== 'dts')) {
      throw new Fatal('--annotate requires -I dts -O dts');
    }
    const tree = await this.#read(inputFormat);
    const edits = options.overlays.length > 0 ? await this.#applyOverlays(tree) : [];
    this.#writeDependencies();
    if (options.bootCpuid !== undefined) tree.bootCpuid = options.bootCpuid >>> 0;
    if (!(await this.#process(tree))) return 2;
    const content = this.#onlyOverlays(inputFormat, outputFormat)
      ? await this.#edited(tree, edits)
      : await this.#write(tree, inputFormat, outputFormat);
    if (content === undefined) return 0;
    try {
      writeResult(content, { output: options.output }, this.#io);
    } catch (error) {
      const reason = error instanceof Error ? error.message.replace(/^.*: /, '') : 'cannot be written';
      throw new Fatal(`Couldn't open output file ${pathText(options.output)}: ${reason}`);
    }
    return 0;
  }

  // ---------------------------------------------------------------- reading

  #guessInputFormat(): string {
    const path = this.#path(this.#options.input);
    let descriptor: number | undefined;
    try {
      const stat = this.#options.input === '-' ? undefined : statSync(path, { throwIfNoEntry: false });
      if (stat?.isDirectory()) return 'fs';
      if (!stat?.isFile()) return 'dts';
      descriptor = openSync(path, 'r');
      const magic = Buffer.alloc(4);
      if (readSync(descriptor, magic, 0, 4, 0) < 4) return 'dts';
      if (magic.readUInt32BE(0) === 0xd00dfeed) return 'dtb';
      return guessByName(path) ?? 'dts';
    } catch {
      return 'dts';
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  }

  async #bytes(path: string): Promise<{ name: string; bytes: Uint8Array }> {
    if (path === '-') {
      const bytes = await this.#io.readStdin(MAX_INPUT);
      if (!bytes) throw new Fatal(`Standard input is larger than ${MAX_INPUT >> 20} MiB`);
      this.#opened.push('<stdin>');
      return { name: '<stdin>', bytes };
    }
    const name = pathText(path);
    const read = readFileBytes(this.#path(path), MAX_INPUT);
    if ('failure' in read) throw new Fatal(`Couldn't open "${name}": ${read.failure}`);
    if ('directory' in read) throw new Fatal(`Error reading "${name}": Is a directory`);
    this.#opened.push(name);
    return { name, bytes: read.bytes };
  }

  async #read(format: string): Promise<LiveTree> {
    switch (format) {
      case 'dts':
        return await this.#readSource();
      case 'dtb':
        return await this.#readBlob(this.#options.input);
      case 'fs':
        return await this.#readDirectory();
      default:
        throw new Fatal(`Unknown input format "${format}"`);
    }
  }

  async #readSource(): Promise<LiveTree> {
    const { input, includePaths, includeRoots, defines } = this.#options;
    const { needsPreprocessing, preprocess } = await import('../devicetree/preprocessor/preprocess.ts');
    const { sourceFiles } = await import('./source-files.ts');
    const { parseDts } = await import('../devicetree/source/parser.ts');
    const { wholeSource } = await import('../devicetree/source/source-text.ts');
    const { name, bytes } = await this.#bytes(input);
    const source: Source = { name, form: 'text', bytes };
    const files = sourceFiles({
      cwd: this.#io.cwd,
      mainFile: input === '-' ? undefined : input,
      includePaths,
      includeRoots: includeRoots.length > 0 ? includeRoots : undefined,
      opened: (path) => this.#opened.push(path),
    });
    const sink = new DiagnosticList();
    const paths = includePaths.map(pathText);
    const text = needsPreprocessing(source)
      ? preprocess(source, { loader: files, includePaths: paths, defines }, sink)
      : wholeSource(source);
    const tree = sink.hasErrors
      ? undefined
      : parseDts(text, sink, { loader: files, includePaths: paths, source });
    for (const diagnostic of sink.all) this.#printDiagnostic(diagnostic);
    if (sink.hasErrors || !tree) {
      const unparsed = sink.all.some(
        ({ severity, code }) =>
          severity === 'error' && (code === 'dt/syntax' || code === 'dt/property-order'),
      );
      throw new Fatal(unparsed ? 'Unable to parse input tree' : 'Syntax error parsing input tree');
    }
    return tree;
  }

  /** What the parser and the preprocessor said, in the form of dtc's own parser messages. */
  #printDiagnostic({ severity, code, message, span, hint, related }: Diagnostic): void {
    const prefix = code === 'dt/lexical' ? 'Lexical error' : severity === 'error' ? 'Error' : 'Warning';
    const colon = code === 'dt/value-truncated';
    const place = span ? `${dtcPlace(span)}${colon ? ':' : ''} ` : '';
    this.#print(`${colon ? 'WARNING' : prefix}: ${place}${message}\n`);
    if (span?.via) this.#print(`  ${span.via}\n`);
    if (hint) this.#print(`  ${hint}\n`);
    for (const other of related ?? []) this.#print(`  ${other.message}: ${dtcPlace(other.span)}\n`);
  }

  async #readBlob(path: string): Promise<LiveTree> {
    const { readBlob } = await import('../devicetree/blob/reader.ts');
    const { liveFromTree } = await import('../devicetree/live/live-tree.ts');
    const { name, bytes } = await this.#bytes(path);
    const sink = new DiagnosticList();
    const tree = readBlob({ name, form: 'blob', bytes }, sink);
    for (const { severity, message } of sink.all) {
      if (severity === 'error') throw new Fatal(message);
      if (severity === 'warning') this.#print(`Warning: ${message}\n`);
    }
    if (!tree) throw new Fatal(`"${name}" holds no device tree`);
    return liveFromTree(tree);
  }

  async #readDirectory(): Promise<LiveTree> {
    const { readFolder } = await import('../artifact/directory.ts');
    const { readDirectory } = await import('../devicetree/blob/directory-reader.ts');
    const { liveFromTree, liveChildOf, livePropertyOf } = await import('../devicetree/live/live-tree.ts');
    const { input } = this.#options;
    const path = this.#path(input);
    const sink = new DiagnosticList();
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
      throw new Fatal(`Couldn't opendir() "${pathText(input)}": No such file or directory`);
    }
    const folder = readFolder(path, pathText(input), 'dt-dir', sink);
    const source: Source = { name: pathText(input), form: 'blob', bytes: new Uint8Array(0) };
    const entries = 'entries' in folder ? folder.entries : [];
    const artifact: Artifact = { kind: 'dt-dir', source, path: input, sha256: '', steps: [], entries };
    const tree = readDirectory(artifact, sink);
    for (const { severity, message, path: place } of sink.all) {
      if (severity === 'error') throw new Fatal(place ? `${place}: ${message}` : message);
      this.#print(`WARNING: ${place ? `${place}: ` : ''}${message}\n`);
    }
    if (!tree) throw new Fatal(`"${pathText(input)}" holds no device tree`);
    const live = liveFromTree(tree);
    // The first child of /cpus, as dtc has it for sources and directories.
    const cpus = liveChildOf(live.root, 'cpus');
    const reg = cpus?.children[0] && livePropertyOf(cpus.children[0], 'reg');
    if (reg?.value.length === 4)
      live.bootCpuid = new DataView(reg.value.buffer, reg.value.byteOffset).getUint32(0);
    return live;
  }

  #writeDependencies(): void {
    const { dependencies, output } = this.#options;
    if (dependencies === undefined) return;
    const escaped = (path: string): string => path.replace(/ /g, '\\ ');
    const names = this.#opened.map((path) => ` ${escaped(path)}`).join('');
    try {
      writeResult(latin1(`${escaped(pathText(output))}:${names}\n`), { output: dependencies }, this.#io);
    } catch (error) {
      const reason = error instanceof Error ? error.message.replace(/^.*: /, '') : 'cannot be written';
      throw new Fatal(`Couldn't open dependency file ${pathText(dependencies)}: ${reason}`);
    }
  }

  // ---------------------------------------------------------------- the tree

  /** Applies the overlays; gives what that changed. */
  async #applyOverlays(tree: LiveTree): Promise<BlobEdit[]> {
    const { applyOverlay } = await import('../devicetree/live/overlay.ts');
    const edits: BlobEdit[] = [];
    for (const path of this.#options.overlays) {
      const sink = new DiagnosticList();
      const applied = applyOverlay(tree, await this.#readBlob(path), sink);
      for (const { message, hint } of sink.all) {
        this.#print(`Error: ${pathText(path)}: ${message}\n${hint ? `  ${hint}\n` : ''}`);
      }
      if (!applied) throw new Fatal(`Failed to apply '${pathText(path)}'`);
      edits.push(...applied.edits);
    }
    return edits;
  }

  /** Whether nothing but overlays is to change a blob: then the result is fdtoverlay's. */
  #onlyOverlays(inputFormat: string, outputFormat: string): boolean {
    const { overlays, sort, symbols, fixups, aliases, bootCpuid, blobVersion } = this.#options;
    const { reservationSlots, minimumSize, padding, alignment } = this.#options;
    if (overlays.length === 0 || inputFormat !== 'dtb' || outputFormat !== 'dtb') return false;
    const changed = sort || symbols || fixups || aliases || bootCpuid !== undefined || blobVersion !== 17;
    return !changed && reservationSlots + minimumSize + padding + alignment === 0;
  }

  /** Checks, labels, symbols, fixups, sorting; false when a check that is an error failed. */
  async #process(tree: LiveTree): Promise<boolean> {
    const { force, quiet } = this.#options;
    const { prepareTree } = await import('../devicetree/live/prepare-tree.ts');
    const { findings, failed, notes, failure } = prepareTree(tree, this.#options);
    for (const finding of findings) this.#printFinding(finding);
    if (failed && !force) {
      this.#print('ERROR: Input tree has errors, aborting (use -f to force output)\n');
      return false;
    }
    if (failed && quiet < 3) this.#print('Warning: Input tree has errors, output forced\n');
    for (const { text, always } of notes) if (always || quiet < 1) this.#print(text);
    if (failure !== undefined) throw new Fatal(failure);
    return true;
  }

  #printFinding({ check, level, message, node, property }: Finding): void {
    if (this.#options.quiet >= (level === 'error' ? 2 : 1)) return;
    const own = property?.span;
    const span = own ?? node?.spans[0];
    const output = this.#options.output === '-' ? '<stdout>' : pathText(this.#options.output);
    const place = span ? dtcPlace(span) : output;
    const path = node ? `${livePathOf(node)}${property ? `:${property.name}` : ''}: ` : '';
    let text = `${place}: ${level === 'error' ? 'ERROR' : 'Warning'} (${check}): ${path}${message}\n`;
    if (!property) {
      for (const further of node?.spans.slice(1) ?? []) text += `  also defined at ${dtcPlace(further)}\n`;
    }
    this.#print(text);
  }

  // ---------------------------------------------------------------- writing

  async #edited(tree: LiveTree, edits: readonly BlobEdit[]): Promise<Uint8Array> {
    const { editBlob } = await import('../devicetree/blob/edit.ts');
    const { writeDtb } = await import('../devicetree/write/dtb.ts');
    return editBlob(tree, edits) ?? writeDtb(tree).bytes;
  }

  async #write(tree: LiveTree, inputFormat: string, outputFormat: string): Promise<Uint8Array | undefined> {
    const options = this.#options;
    switch (outputFormat) {
      case 'dts': {
        const { writeDts } = await import('../devicetree/write/dts.ts');
        return latin1(writeDts(tree, { annotate: options.annotate }));
      }
      case 'yaml': {
        if (inputFormat !== 'dts') throw new Fatal('YAML output format requires dts input format');
        const { writeYaml } = await import('../devicetree/write/yaml.ts');
        const written = writeYaml(tree);
        if ('failure' in written) throw new Fatal(written.failure);
        return latin1(written.text);
      }
      case 'null':
        return undefined;
      case 'dtb':
      case 'asm':
        break;
      default:
        throw new Fatal(`Unknown output format "${outputFormat}"`);
    }
    const { blobVersion, writeDtb } = await import('../devicetree/write/dtb.ts');
    const version = blobVersion(options.blobVersion);
    if (!version) throw new Fatal(`Unknown device tree blob version ${options.blobVersion}`);
    const { reservationSlots, minimumSize, padding, alignment } = options;
    const layout = { version, reservationSlots, minimumSize, padding, alignment };
    if (outputFormat === 'asm') {
      const { writeAsm } = await import('../devicetree/write/asm.ts');
      return latin1(writeAsm(tree, layout));
    }
    const blob = writeDtb(tree, layout);
    if (blob.sizeOverMinimum !== undefined && options.quiet < 1) {
      this.#print(`Warning: blob size ${blob.sizeOverMinimum} >= minimum size ${minimumSize}\n`);
    }
    return blob.bytes;
  }
}
