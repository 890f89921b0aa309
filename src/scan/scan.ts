/**
 * Scans images: one pass over the bytes searches for magic numbers; containers are opened and scanned in turn. Only what can
 * be parsed completely becomes a find.
 */
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import { type Access, partOf } from '../containers/access.ts';
import { type Magic, markedAt } from '../containers/container.ts';
import { Budget } from '../containers/limits.ts';
import { ARCHIVES, COMPRESSIONS, IMAGES } from '../containers/rows.ts';
import { followPointers } from './chains.ts';
import type { Alternatives, ContainerStep, Find, FoundMemory } from './find.ts';
import { findBanner, findBootParams, findRootPointer, findTable, findText, findTree } from './finders.ts';
import { imageRow, Opener } from './opening.ts';
import { type FindReader, Run, WORK_OF_PLACE, WorkLimitReached } from './run.ts';
import { Space } from './space.ts';
import { CONFIGURATION_MAGIC, type Target, targetSearch } from './targets.ts';
import { treeSizeAt } from './trees.ts';

/** An input, decompressed as a whole. */
export interface ScanInput {
  readonly name: string;
  readonly access: Access;
  /** The compression that was removed. */
  readonly steps: readonly ContainerStep[];
}

export interface ScanOptions {
  readonly budget?: Budget;
  readonly reader?: FindReader;
}

export interface ScanResult {
  readonly finds: readonly Find[];
  readonly alternatives: readonly Alternatives[];
  readonly memory: readonly FoundMemory[];
}

const HEAD_BYTES = 64;
/** The most padding between a tree and what follows it: a page. */
const MOST_PADDING = 4096;
/** The content of the stream after IKCFG_ST. */
const CONFIGURATION = 'kconfig';

/** Scans several inputs; find ids continue from input to input. */
export class Scanner {
  readonly #run: Run;
  readonly #opener: Opener;

  constructor(sink: DiagnosticSink, options: ScanOptions = {}) {
    this.#run = new Run(sink, options.budget ?? new Budget(), options.reader);
    this.#opener = new Opener(this.#run, (space, content) => this.#scanSpace(space, content));
  }

  async scan(input: ScanInput): Promise<ScanResult> {
    const run = this.#run;
    const { imageBytes } = run.budget.limits;
    run.begin(input.name, Math.min(input.access.size, imageBytes));
    if (input.access.size > imageBytes) run.limit('image-bytes', 'of one image');
    const [finds, alternatives, memory] = [run.finds.length, run.alternatives.length, run.memory.length];
    const root = new Space(partOf(input.access, 0, imageBytes), {
      path: input.name,
      steps: input.steps,
      depth: input.steps.length,
      fileOffset: (offset) => offset,
    });
    try {
      await this.#scanSpace(root);
    } catch (error) {
      if (!(error instanceof WorkLimitReached)) throw error;
    }
    run.resolveChoices(run.finds.slice(finds));
    return {
      finds: run.finds.slice(finds),
      alternatives: run.alternatives.slice(alternatives),
      memory: run.memory.slice(memory),
    };
  }

  /** Scans a space. @param content the format of the whole space, where known */
  async #scanSpace(space: Space, content?: string): Promise<void> {
    const run = this.#run;
    run.work(space.access.size);
    const first = run.finds.length;
    const known = content === undefined ? undefined : imageRow(content);
    if (content === CONFIGURATION) run.found(space, 0, space.access.size, { kind: 'kconfig' });
    else if (known !== undefined) await this.#opener.image(space, known, 0);
    else await this.#beginning(space);
    const shown = (offset: number): number => space.shownFrom(offset);
    for (const { pattern, offset } of targetSearch().in(space.access, shown)) {
      run.work(WORK_OF_PLACE);
      await this.#target(space, pattern, offset);
    }
    followPointers(run, space, first);
  }

  /** Opens what begins with the first byte; formats without a magic number are recognised only here. */
  async #beginning(space: Space): Promise<void> {
    const { access } = space;
    const head = access.read(0, HEAD_BYTES);
    const archive = ARCHIVES.find((row) => row.sniff(access, 0));
    const image = IMAGES.find((row) => row.first && row.sniff(access, 0));
    const unmarked = COMPRESSIONS.find((row) => row.magics.length === 0 && row.sniff(head));
    if (archive !== undefined) await this.#opener.archive(space, archive, 0);
    else if (image !== undefined) await this.#opener.image(space, image, 0);
    else if (unmarked !== undefined) await this.#opener.stream(space, unmarked, 0);
    else findText(this.#run, space, 0, access.size);
  }

  async #target(space: Space, target: Target, offset: number): Promise<void> {
    const run = this.#run;
    switch (target.what) {
      case 'tree': {
        const kind = findTree(run, space, offset);
        if (kind === 'fit') await this.#opener.image(space, imageRow('fit')!, offset);
        else if (kind !== undefined) await this.#unmarked(space, offset + treeSizeAt(space.access, offset)!);
        return;
      }
      case 'table':
        return findTable(run, space, offset);
      case 'root-pointer':
        return findRootPointer(run, space, offset);
      case 'version':
        return findBanner(run, space, offset);
      case 'boot-params':
        return findBootParams(run, space, offset);
      case 'configuration':
        return this.#configuration(space, offset + CONFIGURATION_MAGIC.length);
      default:
        return this.#container(space, target, markedAt(target.magic, space.access, offset));
    }
  }

  /** A kernel's embedded configuration: the gzip stream that follows the magic number. */
  async #configuration(space: Space, at: number): Promise<void> {
    const gzip = COMPRESSIONS.find(({ format }) => format === 'gzip')!;
    const options = { label: 'ikconfig', content: CONFIGURATION };
    await this.#opener.stream(space, gzip, at, space.access.size - at, options);
  }

  /** Opens what follows a tree, if that is a compressed stream without a magic number. */
  async #unmarked(space: Space, at: number): Promise<void> {
    const start =
      at +
      Math.max(
        0,
        space.access.read(at, MOST_PADDING).findIndex((byte) => byte !== 0),
      );
    const head = space.access.read(start, HEAD_BYTES);
    const row = COMPRESSIONS.find(({ magics, sniff }) => magics.length === 0 && sniff(head));
    if (row !== undefined) await this.#opener.stream(space, row, start);
  }

  async #container(
    space: Space,
    target: Extract<Target, { readonly magic: Magic }>,
    start: number | undefined,
  ): Promise<void> {
    if (start === undefined) return;
    const { row } = target;
    if (target.what === 'compression') return this.#opener.stream(space, target.row, start);
    if (!target.row.sniff(space.access, start) || space.isListed(row.format, start)) return;
    if (target.what === 'image') await this.#opener.image(space, target.row, start);
    else await this.#opener.archive(space, target.row, start);
  }
}
