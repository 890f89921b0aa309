/** What the parts of a scan share: the finds, what may still be spent, what was told. */

import type { Diagnostic, DiagnosticSink } from '../bytes/diagnostic.ts';
import { type Access, accessTo, partOf } from '../containers/access.ts';
import type { Choice as PartChoice } from '../containers/container.ts';
import type { Budget } from '../containers/limits.ts';
import { type ArgsOf, type Code, finding } from '../findings/finding.ts';
import { type LimitName, limitText } from '../limits/limits.ts';
import { sha256OfAccess } from '../platform/hash.ts';
import type { Alternatives, Find, FoundMemory } from './find.ts';
import { Known } from './known.ts';
import { type Banner, type Origin, type Outcome, Repeats } from './repeats.ts';
import type { KernelInside, Space } from './space.ts';
import type { JudgedTree } from './trees.ts';

/** How a find is told: what is known of it beside its place. */
export type FindFields = Omit<
  Find,
  'id' | 'path' | 'offset' | 'fileOffset' | 'size' | 'sha256' | 'container'
>;

/** Who gets finds as they are met. */
export interface FindReader {
  /** Whether a find is wanted. */
  reads(find: Find): boolean;
  /** Gets one that is, and its bytes, which are not to be kept. */
  read(find: Find, bytes: Access): void;
}

/** How far a run has come. */
export interface Mark {
  readonly finds: number;
  readonly memory: number;
  readonly choices: number;
  readonly same: number;
  readonly told: number;
  readonly lost: number;
}

/** How much of what may be unpacked at the same time is held for streams that are met again. */
const SHARE_OF_REPEATS = 1 / 8;
/** Stands for the spaces of what was met again, in which nothing is left to be done. */
const REPEATED = Symbol();

/** What may be spent on streams and tables that turn out to be none, in times of the input's size. */
const WASTE_FACTOR = 8;

/** In what a kernel prints first. */
const BUILD_NUMBER = / #\d/;

/** What it takes to look at one place closely, in bytes that are looked through in the same time. */
export const WORK_OF_PLACE = 16 * 1024;

/** Ids of finds by the paths of all that they are in, their own included. */
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

/** Thrown when enough was looked through, or found; what was found until then stays. */
export class OutOfWork {}

export class Run {
  readonly sink: DiagnosticSink;
  readonly budget: Budget;
  readonly #reader: FindReader | undefined;
  readonly repeats: Repeats;
  /** Tables that were found, and what was judged to be a tree or none. */
  readonly tables = new Known<{ readonly checksumOk: boolean; readonly sha256: string }>();
  readonly trees = new Known<JudgedTree>();
  readonly finds: Find[] = [];
  /** Which space each find stands in, by the find's id. */
  readonly #spaces: symbol[] = [];
  readonly alternatives: Alternatives[] = [];
  readonly memory: FoundMemory[] = [];
  /** Choices as images tell them, by names of parts. */
  #choices: { readonly path: string; readonly axis: string; readonly list: readonly PartChoice[] }[] = [];
  /** Paths of parts that lie where another part does, with the other's. */
  #same: (readonly [path: string, as: string])[] = [];
  /** What was told of the input. */
  #said: Diagnostic[] = [];
  /** Bytes of finds in streams that are being looked through, by the finds' ids; how many they are, and how many may be. */
  readonly #contents = new Map<number, Uint8Array>();
  #contentBytes = 0;
  readonly #mostContents: number;
  /** How many streams that are, one in the other. */
  #recording = 0;
  /** How often something was left out. */
  #lost = 0;
  /** Limits that were told of. */
  readonly #told = new Set<LimitName>();
  #inputName = '';
  /** Work that may still be done, in bytes looked through. */
  #left = 0;
  /** Work that may still be wasted. */
  #spare = 0;

  constructor(sink: DiagnosticSink, budget: Budget, reader: FindReader | undefined) {
    this.sink = sink;
    this.budget = budget;
    this.#reader = reader;
    this.#mostContents = budget.limits.unpackedBytes * SHARE_OF_REPEATS;
    this.repeats = new Repeats(this.#mostContents);
  }

  /** Begins with an input. */
  begin(name: string, size: number): void {
    this.#inputName = name;
    this.#left = this.budget.limits.work;
    this.#spare = this.budget.limits.waste + WASTE_FACTOR * size;
    this.#told.clear();
    this.#choices = [];
    this.#same = [];
    this.#said = [];
    // A look that was given up in the middle left them.
    this.#contents.clear();
    this.#contentBytes = 0;
    this.#recording = 0;
  }

  /** Tells that a limit is reached, once for an input. @param unit another word for what is counted */
  limit(name: LimitName, unit?: string): void {
    this.#lost += 1;
    if (this.#told.has(name)) return;
    this.#told.add(name);
    this.tell('container/limit', { limit: limitText(name, unit) }, this.#inputName);
  }

  tell<C extends Code>(code: C, args: ArgsOf<C>, path: string): void {
    this.#say(finding(code, args, { path }));
  }

  #say(diagnostic: Diagnostic): void {
    this.sink.add(diagnostic);
    this.#said.push(diagnostic);
  }

  /** Counts bytes that are looked through, or as much work. Throws an `OutOfWork` when that is more than there may be. */
  work(bytes: number): void {
    this.#left -= bytes;
    if (this.#left >= 0) return;
    this.limit('scan-work', 'looked through');
    throw new OutOfWork();
  }

  /** Counts work that may have been for nothing. */
  spend(work: number): void {
    this.#spare -= work;
  }

  /** False, told, when too much was for nothing. */
  mayTry(): boolean {
    if (this.#spare > 0) return true;
    this.limit('scan-waste', 'of what only looks like something that can be opened');
    return false;
  }

  /** False, told, when containers nest too deep. */
  mayNest(space: Space): boolean {
    const { depth } = this.budget.limits;
    if (space.depth < depth) return true;
    this.limit('container-depth', 'containers inside each other');
    return false;
  }

  /** Throws an `OutOfWork` when there are as many finds as there may be: whatever else is met, nobody would hear of it. */
  #mayFind(): void {
    if (this.finds.length < this.budget.limits.finds) return;
    this.limit('image-finds');
    throw new OutOfWork();
  }

  /**
   * Notes a find down.
   * @param start in the space's bytes
   * @param sha256 of the find's bytes, where it is known
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
    if (this.#contentBytes > this.#mostContents) this.#lost += 1;
    else this.#contents.set(id, bytes.read(0, bytes.size).slice());
  }

  /** Begins to note down what a space gives. */
  record(): Mark {
    this.#recording += 1;
    return {
      finds: this.finds.length,
      memory: this.memory.length,
      choices: this.#choices.length,
      same: this.#same.length,
      told: this.#said.length,
      lost: this.#lost,
    };
  }

  /** What a space gave; undefined where that can't be said of an equal one: something was left out, or memory is read later. */
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
    if (this.#lost !== mark.lost || this.memory.length !== mark.memory) return undefined;
    const [choices, same, told] = [
      this.#choices.slice(mark.choices),
      this.#same.slice(mark.same),
      this.#said.slice(mark.told),
    ];
    return { finds, contents, choices, same, told };
  }

  /** Notes down what a space gave, for an equal one at another place. */
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
    for (const diagnostic of outcome.told)
      this.#say({ ...diagnostic, path: moved(diagnostic.path ?? origin.path) });
  }

  /** Says of a kernel what it prints first. */
  name(kernel: KernelInside, banner: Banner): void {
    const { banner: known, find } = kernel;
    const isBetter =
      known === undefined || (BUILD_NUMBER.test(banner.text) && !BUILD_NUMBER.test(known.text));
    if (!isBetter) return;
    kernel.banner = banner;
    kernel.release ??= banner.release;
    this.amend(find, { release: kernel.release, text: banner.text });
  }

  /** Finds that stand in a space itself, from number `first` on. */
  inSpace(space: Space, first: number): Find[] {
    return this.finds.slice(first).filter(({ id }) => this.#spaces[id] === space.identity);
  }

  /** Adds to what is known of a find. */
  amend(id: number, fields: Partial<Find>): void {
    this.finds[id] = { ...this.finds[id]!, ...fields };
  }

  choose(path: string, axis: string, list: readonly PartChoice[]): void {
    this.#choices.push({ path, axis, list });
  }

  /** Two parts lie at the same place. */
  same(path: string, as: string): void {
    this.#same.push([path, as]);
  }

  /** Says of the choices that images tell what is found in each. */
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
