/**
 * Pending paths, which wait at a target that the others have not reached yet, each with its condition and its changes;
 * and how they are merged with the path that gets there.
 */
import { type Expr, gather, isKnown, not, type Quantity } from '../../../symbolic/index.ts';
import type { AmlFault } from '../state/fault.ts';
import { completed, type Delta, type Journal, overlay } from '../state/journal.ts';
import type { Locks } from '../state/locks.ts';
import type { Frame } from '../state/machine.ts';
import type { AmlValue, NamespaceNode } from '../state/objects.ts';
import { WorkBudget } from '../state/work-budget.ts';
import { conditionsMerged, type MergeContext, mergeDeltas, mergeInto, mergeValues } from './merge.ts';
import { PathCondition } from './path-condition.ts';
import { alike, type Fork, isAbandoned, type Pending, same, type Target } from './path-outcome.ts';

/** Binary logarithm of the number of assumptions that are compared in the time of one instruction. */
const COMPARISONS_PER_WORK = 3;
/** Cost of merging one place. */
const WORK_OF_PLACE = 4;
/** Cost of combining two conditions for a value. */
const WORK_OF_CONDITION = 20;

/** The parts of the machine that path exploration needs. */
export interface Explored {
  readonly journal: Journal;
  readonly frames: Frame[];
  readonly stack: unknown[];
  sp: number;
  /** Removes the frames above `depth`. */
  unwind(depth: number): void;
  /** Removes the names that the frames above `depth` created; the frames remain. */
  withdraw(depth: number): void;
  /** Drops the frames above `depth`, whose changes have been rolled back. */
  drop(depth: number): void;
  readonly locks: Locks;
  /** Ends the top frame with a value. */
  leaveFrame(value: AmlValue | NamespaceNode | undefined): void;
  /** Ends the evaluation. */
  abort(fault: AmlFault): void;
  readonly merging: MergeContext;
}

/** The pending paths of one machine. {@link Paths} forks paths and decides where they continue. */
export class WaitingPaths extends PathCondition {
  protected readonly machine: Explored;
  protected readonly forks: Fork[] = [];
  protected pendings: Pending[] = [];
  /** Targets of pending paths of the innermost level; `undefined` if they must be computed again. */
  protected wanted: Set<number> | undefined;

  readonly #budget = new WorkBudget();

  constructor(machine: Explored) {
    super();
    this.machine = machine;
  }

  /** The work limit is exceeded, so paths are abandoned. */
  get overworked(): boolean {
    return this.#budget.spent;
  }

  /** The limit that is exceeded. */
  get workLimit(): 'path-work' | 'machine-path-work' {
    return this.#budget.limitedBy;
  }

  spend(work: number): void {
    this.#budget.spend(work + (this.comparisons >> COMPARISONS_PER_WORK));
    this.comparisons = 0;
  }

  /** Called before an evaluation. */
  restartBudget(): void {
    this.#budget.restart();
  }

  /** Merges pending paths with the same target into the current one; returns the merged value. */
  protected join(
    target: Target,
    value: AmlValue | NamespaceNode | undefined,
  ): AmlValue | NamespaceNode | undefined {
    let result = value;
    const level = this.forks.length;
    const waiting = this.pendings.filter(
      (pending) => pending.level === level && same(pending.target, target),
    );
    if (waiting.length === 0 || target.kind === 'fault') return result;
    this.setApart(waiting);
    // If the guards of two are true, the first path is taken.
    for (const pending of waiting.reverse()) {
      this.merge(pending);
      result = mergeValues(pending.guard, pending.value, result);
    }
    this.remove(waiting);
    return result;
  }

  /**
   * Pending paths of one level, in the order in which they parted, with guards that exclude each other. (The guard of a
   * pending path is relative to the paths that parted before.) Impossible paths are left out.
   */
  protected apart(waiting: readonly Pending[]): Pending[] {
    return waiting.flatMap((pending, i) => {
      const guard = this.beyond(pending.guard, waiting.slice(0, i));
      return isKnown(guard) ? [] : [{ ...pending, guard }];
    });
  }

  /** A guard combined with the negations of those before. */
  protected beyond(guard: Expr, before: readonly Pending[]): Quantity {
    const alone = new PathCondition();
    alone.assume(guard);
    this.spend(before.length);
    // Only the part of their guards that this guard does not decide.
    return gather('all', [guard, ...before.map((other) => not(alone.decided(other.guard)))]);
  }

  /** Some paths continue with the current one: the guards of those that parted later are made independent of them. */
  protected setApart(going: readonly Pending[]): void {
    const level = this.forks.length;
    for (const pending of [...this.pendings]) {
      if (pending.level !== level || going.includes(pending)) continue;
      const at = this.pendings.indexOf(pending);
      const before = going.filter((other) => this.pendings.indexOf(other) < at);
      const guard = this.beyond(pending.guard, before);
      if (guard === pending.guard) continue;
      this.dismiss(pending.assumption);
      if (isKnown(guard)) {
        this.pendings.splice(at, 1);
        continue;
      }
      const assumption = not(guard);
      if (!isKnown(assumption)) this.assumeWhole(assumption);
      this.pendings[at] = { ...pending, guard, assumption: isKnown(assumption) ? undefined : assumption };
    }
    this.wanted = undefined;
  }

  protected remove(gone: readonly Pending[]): void {
    this.pendings = this.pendings.filter((pending) => !gone.includes(pending));
    this.wanted = undefined;
    for (const { assumption } of gone) this.dismiss(assumption);
  }

  protected merge(pending: Pending): void {
    if (isAbandoned(pending)) return;
    const { journal, merging } = this.machine;
    const full = overlay(journal.originalsSince(pending.mark), pending.delta);
    this.spendOn(full);
    mergeInto(journal, pending.guard, full, merging);
    // No path returns to a state in between, so the journal needs one entry for each place only.
    const later = (mark: number): boolean => mark > pending.mark;
    if (this.forks.some((fork) => later(fork.mark)) || this.pendings.some((other) => later(other.mark)))
      return;
    const delta = journal.changesSince(pending.mark);
    journal.rollBack(pending.mark);
    journal.apply(delta);
  }

  /** The delta of a pending path relative to an earlier mark. */
  protected rebased(pending: Pending, mark: number): Delta {
    if (pending.mark === mark || isAbandoned(pending)) return pending.delta;
    return overlay(this.machine.journal.changesBetween(mark, pending.mark), pending.delta);
  }

  protected wait(arriving: Pending): void {
    const mate =
      arriving.target.kind === 'fault'
        ? this.pendings.find((other) => other.level === arriving.level && alike(other, arriving))
        : undefined;
    this.wanted = undefined;
    if (mate === undefined) {
      this.pendings.push(this.#assumed(arriving));
      return;
    }
    // It replaces the first: the guards of those that parted in between are not relative to the second.
    const at = this.pendings.indexOf(mate);
    const united = this.#united(mate, arriving);
    this.dismiss(mate.assumption);
    this.pendings[at] = this.#assumed(united);
  }

  /** The other paths assume that a pending path is not taken. */
  #assumed(pending: Pending): Pending {
    const assumption = not(pending.guard);
    if (isKnown(assumption)) return { ...pending, assumption: undefined };
    this.assumeWhole(assumption);
    return { ...pending, assumption };
  }

  /** Merges two faults with the same code into one pending path. */
  #united(first: Pending, second: Pending): Pending {
    const { journal, merging } = this.machine;
    const mark = Math.min(first.mark, second.mark);
    const before = this.pendings.filter(({ level }) => level === first.level);
    const apart = this.beyond(second.guard, before);
    if (isKnown(apart)) return first;
    const originals = journal.originalsSince(mark);
    const [a, b] = [this.rebased(first, mark), this.rebased(second, mark)];
    const guard = gather('any', [first.guard, apart]);
    return {
      ...first,
      guard: isKnown(guard) ? first.guard : guard,
      delta: mergeDeltas(apart, completed(b, a, originals), completed(a, b, originals), merging),
      mark,
    };
  }

  /** Counts the work of merging deltas against the budget. */
  protected spendOn(...deltas: readonly Delta[]): void {
    let places = 0;
    for (const delta of deltas) for (const values of delta.values()) places += values.size;
    this.spend(WORK_OF_PLACE * places + WORK_OF_CONDITION * conditionsMerged());
  }
}
