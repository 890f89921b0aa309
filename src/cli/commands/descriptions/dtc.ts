/**
 * `fwmap dtc`: dtc's options, messages and exit statuses. 0: output written, warnings or not; 1: misuse, input that
 * can't be read or parsed; 2: a check that counts as an error failed.
 */

import { DiagnosticList } from '../../../bytes/diagnostic.ts';
import type { BlobEdit } from '../../../devicetree/blob/edit.ts';
import type { TreeForm } from '../../../devicetree/compile.ts';
import type { LiveTree } from '../../../devicetree/live/live-tree.ts';
import type { PrepareOptions } from '../../../devicetree/live/prepare-tree.ts';
import { hintOf, messageOf } from '../../../findings/finding.ts';
import type { Io } from '../../common/io.ts';
import { writeResult } from '../../common/result.ts';
import { DtcInput, guessByName } from '../../dtc/input.ts';
import { Fatal, findingText, pathText, shownText } from '../../dtc/messages.ts';
import { type DtcOptions, readDtcOptions, usageText } from '../../dtc/options.ts';

/** An overlay named on the command line. */
interface Overlay {
  readonly path: string;
  readonly tree: LiveTree;
  readonly isSource: boolean;
}

/** The version of dtc whose behaviour this is: scripts compare it. */
const DTC_VERSION = '1.8.1';

/** dtc prints names as the bytes they are. */
function latin1(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

/** Runs the command. @param argv what follows `dtc` @returns the exit status, as dtc's */
export async function runDtc(argv: readonly string[], io: Io): Promise<number> {
  const read = readDtcOptions(argv);
  if ('print' in read) {
    if (read.print === 'help') {
      io.stdout.write(usageText());
    } else {
      const { VERSION } = await import('../../version.ts');
      io.stdout.write(`Version: DTC ${DTC_VERSION} (fwmap ${VERSION})\n`);
    }
    return 0;
  }
  if ('misuse' in read) {
    io.stderr.write(`${usageText()}\n${shownText(`Error: ${pathText(read.misuse)}\n`)}`);
    return 1;
  }
  try {
    if ('fatal' in read) throw new Fatal(pathText(read.fatal));
    return await new DtcRun(read.options, io).run();
  } catch (error) {
    if (!(error instanceof Fatal)) throw error;
    io.stderr.write(shownText(`FATAL ERROR: ${error.message}\n`));
    return 1;
  }
}

class DtcRun {
  readonly #options: DtcOptions;
  readonly #io: Io;
  readonly #input: DtcInput;

  constructor(options: DtcOptions, io: Io) {
    this.#options = options;
    this.#io = io;
    this.#input = new DtcInput(options, io);
  }

  #print(text: string): void {
    this.#io.stderr.write(shownText(text));
  }

  async run(): Promise<number> {
    const options = this.#options;
    const inputFormat = options.inputFormat ?? this.#input.guessFormat();
    const outputFormat =
      options.outputFormat ?? guessByName(options.output) ?? (inputFormat === 'dts' ? 'dtb' : 'dts');
    if (options.annotate > 0 && (inputFormat !== 'dts' || outputFormat !== 'dts')) {
      throw new Fatal('--annotate requires -I dts -O dts');
    }
    const tree = await this.#input.read(inputFormat);
    const overlays: Overlay[] = [];
    for (const path of options.overlays) overlays.push({ path, ...(await this.#input.readOverlay(path)) });
    this.#writeDependencies();
    if (options.bootCpuid !== undefined) tree.bootCpuid = options.bootCpuid >>> 0;
    const edits = await this.#prepare(tree, inputFormat, overlays);
    if (!edits) return 2;
    const only = this.#onlyOverlays(inputFormat, outputFormat) ? edits : undefined;
    const content = await this.#write(tree, inputFormat, outputFormat, only);
    if (content === undefined) return 0;
    try {
      writeResult(content, { output: options.output }, this.#io);
    } catch (error) {
      const reason = error instanceof Error ? error.message.replace(/^.*: /, '') : 'cannot be written';
      throw new Fatal(`Couldn't open output file ${pathText(options.output)}: ${reason}`);
    }
    return 0;
  }

  #writeDependencies(): void {
    const { dependencies, output } = this.#options;
    if (dependencies === undefined) return;
    const escaped = (path: string): string => path.replace(/ /g, '\\ ');
    const names = this.#input.opened.map((path) => ` ${escaped(path)}`).join('');
    try {
      writeResult(latin1(`${escaped(pathText(output))}:${names}\n`), { output: dependencies }, this.#io);
    } catch (error) {
      const reason = error instanceof Error ? error.message.replace(/^.*: /, '') : 'cannot be written';
      throw new Fatal(`Couldn't open dependency file ${pathText(dependencies)}: ${reason}`);
    }
  }

  // ---------------------------------------------------------------- the tree

  /**
   * Checks, labels, symbols, fixups, overlays, sorting.
   * @returns what the overlays changed; undefined when a check that counts as an error failed
   */
  async #prepare(
    tree: LiveTree,
    inputFormat: string,
    overlays: readonly Overlay[],
  ): Promise<BlobEdit[] | undefined> {
    const options = this.#options;
    if (overlays.length === 0) return (await this.#process(tree, options)) ? [] : undefined;
    for (const { tree: overlay, isSource } of overlays)
      if (isSource && !(await this.#process(overlay, { ...options, symbols: true }))) return undefined;
    if (inputFormat !== 'dts') {
      const edits = await this.#applyOverlays(tree, overlays);
      return (await this.#process(tree, options)) ? edits : undefined;
    }
    // As dtc piped into fdtoverlay: source has to be compiled before overlays find its labels.
    if (!(await this.#process(tree, { ...options, sort: false }))) return undefined;
    const { addSymbols } = await import('../../../devicetree/live/overlay.ts');
    const made = options.symbols ? undefined : addSymbols(tree);
    const edits = await this.#applyOverlays(tree, overlays);
    made?.remove();
    const { sortTree } = await import('../../../devicetree/live/sort-tree.ts');
    if (options.sort) sortTree(tree);
    return edits;
  }

  async #applyOverlays(tree: LiveTree, overlays: readonly Overlay[]): Promise<BlobEdit[]> {
    const { applyOverlay } = await import('../../../devicetree/live/overlay.ts');
    const edits: BlobEdit[] = [];
    for (const { path, tree: overlay } of overlays) {
      const sink = new DiagnosticList();
      const applied = applyOverlay(tree, overlay, sink);
      for (const diagnostic of sink.all) {
        const { severity } = diagnostic;
        const hint = hintOf(diagnostic);
        const kind = severity === 'error' ? 'Error' : 'Warning';
        this.#print(`${kind}: ${pathText(path)}: ${messageOf(diagnostic)}\n${hint ? `  ${hint}\n` : ''}`);
      }
      if (!applied) throw new Fatal(`Failed to apply '${pathText(path)}'`);
      edits.push(...applied.edits);
    }
    return edits;
  }

  /** Whether only overlays change a blob: then the result is that of fdtoverlay. */
  #onlyOverlays(inputFormat: string, outputFormat: string): boolean {
    const { overlays, sort, symbols, fixups, aliases, bootCpuid, blobVersion } = this.#options;
    const { reservationSlots, minimumSize, padding, alignment } = this.#options;
    if (overlays.length === 0 || inputFormat !== 'dtb' || outputFormat !== 'dtb') return false;
    const changed = sort || symbols || fixups || aliases || bootCpuid !== undefined || blobVersion !== 17;
    return !changed && reservationSlots + minimumSize + padding + alignment === 0;
  }

  /** Checks, labels, symbols, fixups, sorting; false when a check that counts as an error failed. */
  async #process(tree: LiveTree, prepare: PrepareOptions): Promise<boolean> {
    const { force, quiet } = this.#options;
    const { prepareTree } = await import('../../../devicetree/live/prepare-tree.ts');
    const { findings, failed, notes, failure, hint } = prepareTree(tree, prepare);
    const output = this.#options.output === '-' ? '<stdout>' : pathText(this.#options.output);
    for (const finding of findings)
      if (quiet < (finding.level === 'error' ? 2 : 1)) this.#print(findingText(finding, output));
    if (failed && !force) {
      this.#print('ERROR: Input tree has errors, aborting (use -f to force output)\n');
      if (hint !== undefined) this.#print(`  ${hint}\n`);
      return false;
    }
    if (failed && quiet < 3) this.#print('Warning: Input tree has errors, output forced\n');
    for (const { text, always } of notes) if (always || quiet < 1) this.#print(text);
    if (failure !== undefined) throw new Fatal(failure);
    return true;
  }

  // ---------------------------------------------------------------- writing

  /** @param edits what overlays changed, where the blob that was read is to be edited */
  async #write(
    tree: LiveTree,
    inputFormat: string,
    outputFormat: string,
    edits: readonly BlobEdit[] | undefined,
  ): Promise<Uint8Array | undefined> {
    if (outputFormat === 'null') return undefined;
    if (!isTreeForm(outputFormat)) throw new Fatal(`Unknown output format "${pathText(outputFormat)}"`);
    if (outputFormat === 'yaml' && inputFormat !== 'dts')
      throw new Fatal('YAML output format requires dts input format');
    const { annotate, blobVersion: version, reservationSlots, minimumSize } = this.#options;
    const { padding, alignment, quiet } = this.#options;
    const { writeTree } = await import('../../../devicetree/compile.ts');
    const written = await writeTree(tree, outputFormat, {
      annotate,
      version,
      reservationSlots,
      minimumSize,
      padding,
      alignment,
      ...(edits && { edits }),
    });
    if ('failure' in written) throw new Fatal(written.failure);
    if (written.sizeOverMinimum !== undefined && quiet < 1)
      this.#print(`Warning: blob size ${written.sizeOverMinimum} >= minimum size ${minimumSize}\n`);
    return written.bytes;
  }
}

function isTreeForm(format: string): format is TreeForm {
  return format === 'dts' || format === 'dtb' || format === 'yaml' || format === 'asm';
}
