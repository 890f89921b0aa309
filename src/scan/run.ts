/** The state of a scan: finds, remaining budgets, diagnostics. */

import type { Diagnostic, DiagnosticSink } from '../bytes/diagnostic.ts';
import { type Access, accessTo, partOf } from '../containers/access.ts';
import type { Choice as PartChoice } from '../containers/container.ts';
import type { Budget } from '../containers/limits.ts';
import { type ArgsOf, type Code, finding } from '../findings/finding.ts';
import { type LimitName, limit, limitText } from '../limits/limits.ts';
import { sha256OfAccess } from '../platform/hash.ts';
import type { Alternatives, Find, FoundMemory } from './find.ts';
import { Known } from './known.ts';
import { type Banner, type Origin, type Outcome, Repeats } from './repeats.ts';
import type { KernelInside, Space } from './space.ts';
import type { JudgedTree } from './trees.ts';

/** The fields of a find besides its place. */
export type FindFields = Omit<
  Find,
  'id' | 'path' | 'offset' | 'fileOffset' | 'size' | 'sha256' | 'container'
>;

/** Receives finds during the scan. */
export interface FindReader {
  /** Whether {@link read} is to be called for a find. */
  reads(find: Find): boolean;
  /** Receives a find and its bytes, which must not be kept. */
  read(find: Find, bytes: Access): void;
}

/** The lengths of all lists at one time. */
export interface Mark {
  readonly finds: number;
  readonly memory: number;
  readonly choices: number;
  readonly same: number;
  readonly diagnostics: number;
  readonly dropped: number;
}

/** The share of the limit for unpacked bytes that the cache of streams may take. */
const SHARE_OF_REPEATS = 1 / 8;
/** The space of finds that were copied from the cache, which need no further processing. */
const REPEATED = Symbol();

/** The work allowed for candidates that turn out to be invalid, as a multiple of the input's size. */
const WASTE_FACTOR = 8;

/** The build number in a banner. */
const BUILD_NUMBER = / #\d/;

/** The cost of examining one candidate, in bytes that are searched in the same time. */
export const WORK_OF_PLACE = 16 * 1024;

/** The cost of the sum of a range, which is computed from the sums of its kibibytes, in bytes that are searched in the same time. */
export function workOfSum(bytes: number): number {
  return Math.ceil(bytes / 16);
}

/** Ids of finds by the path of each container around them, their own included. */
function byContainer(finds: readonly Find[]): ReadonlyMap<string, readonly number[]> {
  const below = new Map<string, number[]>();
  for (const { id, path } of finds)
    for (let end = path.indexOf('!'); ; end = path.indexOf('!', end + 1)) {
      const part = end < 0 ? path : path.slice(0, end);
      const ids = below.get(part);
      if (ids === undefined) below.set(part, [id]);
      else ids.push(id);
      if (end < 0) break;
    }
  return below;
}

/** Thrown when a limit ends the scan; the finds so far are kept. */
export class WorkLimitReached {}

export class Run {
  readonly sink: DiagnosticSink;
  readonly budget: Budget;
  readonly #reader: FindReader | undefined;
  readonly repeats: Repeats;
  /** Caches of tables and of trees, which may be invalid. */
  readonly tables = new Known<{ readonly checksumOk: boolean; readonly sha256: string }>();
  readonly trees = new Known<JudgedTree>();
  readonly finds: Find[] = [];
  /** The space of each find, by id. */
  readonly #spaces: symbol[] = [];
  readonly alternatives: Alternatives[] = [];
  readonly memory: FoundMemory[] = [];
  /** Choices declared by images, by names of parts. */
  #choices: { readonly path: string; readonly axis: string; readonly list: readonly PartChoice[] }[] = [];
  /** Paths of parts at the same place as another part, with the other's path. */
  #same: (readonly [path: string, as: string])[] = [];
  /** Diagnostics of the current input. */
  #diagnostics: Diagnostic[] = [];
  /** Bytes of finds in the streams being scanned, by id; their total, and its limit. */
  readonly #contents = new Map<number, Uint8Array>();
  #contentBytes = 0;
  readonly #mostContents: number;
  /** Nesting depth of streams being recorded. */
  #recording = 0;
  /** Counts omissions, which make results unfit for reuse. */
  #dropped = 0;
  /** Limits already reported. */
  readonly #reported = new Set<LimitName>();
  #inputName = '';
  /** Remaining work, in bytes searched. */
  #left = 0;
  /** Remaining work for invalid candidates. */
  #spare = 0;

  constructor(sink: DiagnosticSink, budget: Budget, reader: FindReader | undefined) {
    this.sink = sink;
    this.budget = budget;
    this.#reader = reader;
    this.#mostContents = budget.limits.unpackedBytes * SHARE_OF_REPEATS;
    this.repeats = new Repeats(this.#mostContents);
  }

  /** Starts a new input. */
  begin(name: string, size: number): void {
    this.#inputName = name;
    this.#left = this.budget.limits.work;
    this.#spare = this.budget.limits.waste + WASTE_FACTOR * size;
    this.#reported.clear();
    this.#choices = [];
    this.#same = [];
    this.#diagnostics = [];
    // Left over when a scan was aborted.
    this.#contents.clear();
    this.#contentBytes = 0;
    this.#recording = 0;
  }

  /** Reports that a limit is reached, once per input. @param unit another unit for the message */
  limit(name: LimitName, unit?: string): void {
    this.#dropped += 1;
    if (this.#reported.has(name)) return;
    this.#reported.add(name);
    this.report('container/limit', { limit: limitText(name, unit) }, this.#inputName);
  }

  report<C extends Code>(code: C, args: ArgsOf<C>, path: string): void {
    this.#add(finding(code, args, { path }));
  }

  #add(diagnostic: Diagnostic): void {
    this.sink.add(diagnostic);
    this.#diagnostics.push(diagnostic);
  }

  /** Counts work, in bytes searched. @throws OutOfWork when the limit is exceeded */
  work(bytes: number): void {
    this.#left -= bytes;
    if (this.#left >= 0) return;
    this.limit('scan-work', 'looked through');
    throw new WorkLimitReached();
  }

  /** Counts work for a candidate that may be invalid. */
  spend(work: number): void {
    this.#spare -= work;
  }

  /** False, reported, when too much work was spent on invalid candidates. */
  mayTry(): boolean {
    if (this.#spare > 0) return true;
    this.limit('scan-waste', 'of data that only looks like a known format');
    return false;
  }

  /** False, reported, for a description that is too large to be read completely. @param unit what it is, for the message */
  mayBeRead(size: number, unit: string): boolean {
    if (size <= limit('input-bytes')) return true;
    this.limit('input-bytes', unit);
    return false;
  }

  /** False, reported, when containers nest too deeply. */
  mayNest(space: Space): boolean {
    const { depth } = this.budget.limits;
    if (space.depth < depth) return true;
    this.limit('container-depth', 'nested containers');
    return false;
  }

  /** @throws OutOfWork when the limit of finds is reached */
  #mayFind(): void {
    if (this.finds.length < this.budget.limits.finds) return;
    this.limit('image-finds');
    throw new WorkLimitReached();
  }

  /**
   * Adds a find.
   * @param start offset in the space
   * @param sha256 of the find's bytes, if known
   */
  found(space: Space, start: number, size: number, fields: FindFields, sha256?: string): Find {
    this.#mayFind();
    this.work(size);
    const bytes = partOf(space.access, start, size);
    const { path, container } = space.place(start, start + size);
    const find: Find = {
      id: this.finds.length,
      ...fields,
      path,
      offset: space.base + start,
      fileOffset: space.fileOffset(start, size),
      size,
      sha256: sha256 ?? sha256OfAccess(bytes),
      ...(space.physical ? { address: BigInt(space.base + start) } : {}),
      container,
    };
    this.finds.push(find);
    this.#spaces.push(space.identity);
    if (this.#reader?.reads(find)) {
      this.#reader.read(find, bytes);
      if (this.#recording > 0) this.#hold(find.id, bytes);
    }
    return find;
  }

  #hold(id: number, bytes: Access): void {
    this.#contentBytes += bytes.size;
    if (this.#contentBytes > this.#mostContents) this.#dropped += 1;
    else this.#contents.set(id, bytes.read(0, bytes.size).slice());
  }

  /** Starts recording the results of a space. */
  record(): Mark {
    this.#recording += 1;
    return {
      finds: this.finds.length,
      memory: this.memory.length,
      choices: this.#choices.length,
      same: this.#same.length,
      diagnostics: this.#diagnostics.length,
      dropped: this.#dropped,
    };
  }

  /** The results since `record`; undefined when they can't be reused: something was omitted, or memory is read later. */
  recorded(mark: Mark): Outcome | undefined {
    this.#recording -= 1;
    const finds = this.finds.slice(mark.finds);
    const contents = new Map(
      finds.flatMap(({ id }) => {
        const bytes = this.#contents.get(id);
        return bytes === undefined ? [] : [[id, bytes] as const];
      }),
    );
    if (this.#recording === 0) {
      this.#contents.clear();
      this.#contentBytes = 0;
    }
    if (this.#dropped !== mark.dropped || this.memory.length !== mark.memory) return undefined;
    const [choices, same, diagnostics] = [
      this.#choices.slice(mark.choices),
      this.#same.slice(mark.same),
      this.#diagnostics.slice(mark.diagnostics),
    ];
    return { finds, contents, choices, same, diagnostics };
  }

  /** Adds the results of a space again, for an equal one at another place. */
  again(
    origin: Origin,
    outcome: Outcome,
    to: { readonly path: string; readonly steps: Find['container'] },
  ): void {
    const moved = (path: string): string => to.path + path.slice(origin.path.length);
    for (const find of outcome.finds) {
      this.work(WORK_OF_PLACE);
      this.#mayFind();
      const copy: Find = {
        ...find,
        id: this.finds.length,
        path: moved(find.path),
        container: [...to.steps, ...find.container.slice(origin.steps)],
      };
      this.finds.push(copy);
      this.#spaces.push(REPEATED);
      const bytes = outcome.contents.get(find.id);
      if (bytes === undefined) continue;
      this.#reader?.read(copy, accessTo(bytes));
      if (this.#recording > 0) this.#hold(copy.id, accessTo(bytes));
    }
    for (const { path, ...choice } of outcome.choices) this.#choices.push({ path: moved(path), ...choice });
    for (const [path, as] of outcome.same) this.#same.push([moved(path), moved(as)]);
    for (const diagnostic of outcome.diagnostics)
      this.#add({ ...diagnostic, path: moved(diagnostic.path ?? origin.path) });
  }

  /** Sets the banner of a kernel; one with a build number replaces one without. */
  name(kernel: KernelInside, banner: Banner): void {
    const { banner: known, find } = kernel;
    const isBetter =
      known === undefined || (BUILD_NUMBER.test(banner.text) && !BUILD_NUMBER.test(known.text));
    if (!isBetter) return;
    kernel.banner = banner;
    kernel.release ??= banner.release;
    this.amend(find, { release: kernel.release, text: banner.text });
  }

  /** Finds directly in a space, from id `first` on. */
  inSpace(space: Space, first: number): Find[] {
    return this.finds.slice(first).filter(({ id }) => this.#spaces[id] === space.identity);
  }

  /** Updates fields of a find. */
  amend(id: number, fields: Partial<Find>): void {
    this.finds[id] = { ...this.finds[id]!, ...fields };
  }

  choose(path: string, axis: string, list: readonly PartChoice[]): void {
    this.#choices.push({ path, axis, list });
  }

  /** Records that two parts are at the same place. */
  same(path: string, as: string): void {
    this.#same.push([path, as]);
  }

  /** Resolves the choices that images declare to ids of finds. */
  resolveChoices(finds: readonly Find[]): void {
    if (this.#choices.length === 0) return;
    const sameAs = new Map(this.#same);
    const below = byContainer(finds);
    for (const { path, axis, list } of this.#choices) {
      const inside = (name: string): readonly number[] =>
        below.get(sameAs.get(`${path}!${name}`) ?? `${path}!${name}`) ?? [];
      const choices = list.map(({ parts, ...choice }) => ({
        ...choice,
        finds: [...new Set(parts.flatMap(inside))],
      }));
      if (choices.length > 1 && choices.some(({ finds: ids }) => ids.length > 0))
        this.alternatives.push({ axis, path, choices });
    }
  }
}
