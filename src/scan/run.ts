/** What the parts of a scan share: the finds, what may still be spent, what was told. */

import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import { type Access, partOf } from '../containers/access.ts';
import type { Choice as PartChoice } from '../containers/container.ts';
import type { Budget } from '../containers/limits.ts';
import { type ArgsOf, type Code, finding } from '../findings/finding.ts';
import { type LimitName, limitText } from '../limits/limits.ts';
import { sha256OfAccess } from '../platform/hash.ts';
import type { Alternatives, Find, FoundMemory } from './find.ts';
import type { Space } from './space.ts';

/** How a find is told: what is known of it beside its place. */
export type FindFields = Omit<
  Find,
  'id' | 'path' | 'offset' | 'fileOffset' | 'size' | 'sha256' | 'container'
>;

/** Gets a find and its bytes, which are not to be kept. */
export type OnFind = (find: Find, bytes: Access) => void;

/** What may be spent on streams and tables that turn out to be none, in times of the input's size. */
const WASTE_FACTOR = 8;

/** What it takes to look at one place closely, in bytes that are looked through in the same time. */
export const WORK_OF_PLACE = 16 * 1024;

/** Thrown when enough was looked through; what was found until then stays. */
export class OutOfWork {}

export class Run {
  readonly sink: DiagnosticSink;
  readonly budget: Budget;
  readonly #onFind: OnFind | undefined;
  readonly finds: Find[] = [];
  /** Which space each find stands in, by the find's id. */
  readonly #spaces: symbol[] = [];
  readonly alternatives: Alternatives[] = [];
  readonly memory: FoundMemory[] = [];
  /** Choices as images tell them, by names of parts. */
  #choices: { readonly path: string; readonly axis: string; readonly list: readonly PartChoice[] }[] = [];
  /** Paths of parts that lie where another part does. */
  readonly #sameAs = new Map<string, string>();
  /** Limits that were told of. */
  readonly #told = new Set<LimitName>();
  /** Banners met in the input: the same text stands in a kernel and in its log. */
  readonly banners = new Set<string>();
  #inputName = '';
  /** Work that may still be done, in bytes looked through. */
  #left = 0;
  /** Work that may still be wasted. */
  #spare = 0;

  constructor(sink: DiagnosticSink, budget: Budget, onFind: OnFind | undefined) {
    this.sink = sink;
    this.budget = budget;
    this.#onFind = onFind;
  }

  /** Begins with an input. */
  begin(name: string, size: number): void {
    this.#inputName = name;
    this.#left = this.budget.limits.work;
    this.#spare = this.budget.limits.waste + WASTE_FACTOR * size;
    this.#told.clear();
    this.banners.clear();
    this.#choices = [];
    this.#sameAs.clear();
  }

  /** Tells that a limit is reached, once for an input. @param unit another word for what is counted */
  limit(name: LimitName, unit?: string): void {
    if (this.#told.has(name)) return;
    this.#told.add(name);
    this.tell('container/limit', { limit: limitText(name, unit) }, this.#inputName);
  }

  tell<C extends Code>(code: C, args: ArgsOf<C>, path: string): void {
    this.sink.add(finding(code, args, { path }));
  }

  /** Counts bytes that are looked through, or as much work. Throws {@link OutOfWork} when that is more than there may be. */
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

  /** Notes a find down. @param start in the space's bytes */
  found(space: Space, start: number, size: number, fields: FindFields): Find | undefined {
    const { limits } = this.budget;
    if (this.finds.length >= limits.finds) {
      this.limit('image-finds');
      return undefined;
    }
    const bytes = partOf(space.access, start, size);
    const { path, container } = space.place(start, start + size);
    const find: Find = {
      id: this.finds.length,
      ...fields,
      path,
      offset: space.base + start,
      fileOffset: space.fileOffset(start, size),
      size,
      sha256: sha256OfAccess(bytes),
      ...(space.physical ? { address: BigInt(space.base + start) } : {}),
      container,
    };
    this.finds.push(find);
    this.#spaces.push(space.identity);
    this.#onFind?.(find, bytes);
    return find;
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
    this.#sameAs.set(path, as);
  }

  /** Says of the choices that images tell what is found in each. */
  resolveChoices(finds: readonly Find[]): void {
    for (const { path, axis, list } of this.#choices) {
      const inside = (name: string): number[] => {
        const part = this.#sameAs.get(`${path}!${name}`) ?? `${path}!${name}`;
        return finds
          .filter((find) => find.path === part || find.path.startsWith(`${part}!`))
          .map(({ id }) => id);
      };
      const choices = list.map(({ parts, ...choice }) => ({
        ...choice,
        finds: [...new Set(parts.flatMap(inside))],
      }));
      if (choices.length > 1 && choices.some(({ finds: ids }) => ids.length > 0))
        this.alternatives.push({ axis, path, choices });
    }
  }
}
