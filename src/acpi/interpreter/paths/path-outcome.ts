/** Targets and outcomes of paths, and how outcomes with the same target are merged. */
import { choose, type Expr, gather, not, type Quantity } from '../../../symbolic/index.ts';
import type { AmlFault } from '../state/fault.ts';
import type { Delta } from '../state/journal.ts';
import type { Hold } from '../state/locks.ts';
import type { Frame, Statement } from '../state/machine.ts';
import type { AmlValue, NamespaceNode } from '../state/objects.ts';
import { type MergeContext, mergeDeltas, mergeValues } from './merge.ts';

/** Where a path continues. `depth` is the number of frames. */
export type Target =
  | { readonly kind: 'jump'; readonly depth: number; readonly pc: number }
  | { readonly kind: 'return'; readonly depth: number }
  | { readonly kind: 'fault' };

/** The state of a frame besides its slots. */
export interface FrameContext {
  readonly loops: Frame['loops'];
  readonly scopes: readonly NamespaceNode[];
  readonly scope: NamespaceNode;
}

/** A path at its target, with its changes since the fork. */
export interface Outcome {
  readonly target: Target;
  /** The condition of this path, given that of its side of the fork. */
  readonly guard: Quantity;
  readonly delta: Delta;
  readonly value: AmlValue | NamespaceNode | undefined;
  readonly fault: AmlFault | undefined;
  readonly context: FrameContext | undefined;
}

export interface Pending extends Outcome {
  readonly guard: Expr;
  /** Journal position to which the delta is relative. */
  readonly mark: number;
  /** Number of enclosing forks. */
  readonly level: number;
  /** What the other paths assume while it waits. */
  readonly assumption: Expr | undefined;
}

export interface Fork {
  readonly depth: number;
  readonly pc: number;
  readonly sp: number;
  /** Copy of the frame's operands, which the first side may overwrite. */
  readonly operands: readonly unknown[];
  readonly statement: Statement;
  readonly when: Expr;
  readonly mark: number;
  readonly context: FrameContext;
  readonly hold: Hold;
  readonly assumptions: number;
  /** Outcomes of the first side, after it has ended. */
  first: readonly Outcome[] | undefined;
}

export function same(a: Target, b: Target): boolean {
  if (a.kind === 'jump') return b.kind === 'jump' && a.depth === b.depth && a.pc === b.pc;
  if (a.kind === 'return') return b.kind === 'return' && a.depth === b.depth;
  return b.kind === 'fault';
}

/** Whether two outcomes are merged: they have the same target, and the same code if they are faults. */
export function alike(a: Outcome, b: Outcome): boolean {
  return same(a.target, b.target) && a.fault?.code === b.fault?.code;
}

/** Whether a path was abandoned; its changes are in {@link AbandonedPaths}. */
export function isAbandoned({ target, fault }: Pick<Outcome, 'target' | 'fault'>): boolean {
  return target.kind === 'fault' && fault?.code === 'NOT_FOLLOWED';
}

export function outside(pc: number, statement: Statement): boolean {
  return pc >= statement.end || pc < statement.start;
}

export function placeNumber(depth: number, pc: number): number {
  return depth * 0x1000_0000 + pc;
}

export function contextOf(frame: Frame): FrameContext {
  return {
    loops: frame.loops.map((loop) => ({ ...loop })),
    scopes: [...frame.scopes],
    scope: frame.scope,
  };
}

/** Whether a path that waits at `waiting` must continue before another path goes to `target`. */
export function deeper(waiting: Target, target: Target): boolean {
  if (waiting.kind === 'fault') return false;
  if (target.kind === 'fault') return true;
  if (waiting.kind === 'return') return waiting.depth > target.depth;
  return target.kind === 'return' ? waiting.depth >= target.depth : waiting.depth > target.depth;
}

/**
 * The waiting path that continues first: the one with the innermost frame, since a path in an outer frame removes the
 * frames above it.
 */
export function innermost(waiting: readonly Pending[]): Pending | undefined {
  let first: Pending | undefined;
  for (const pending of waiting)
    if (first === undefined || deeper(pending.target, first.target)) first = pending;
  return first;
}

/** Adds an outcome to those of the same side of a fork, merging it with one that is alike. */
export function addOutcome(outcomes: Outcome[], other: Outcome, merging: MergeContext): void {
  const at = outcomes.findIndex((outcome) => alike(outcome, other));
  const mate = outcomes[at];
  if (mate === undefined) {
    outcomes.push(other);
    return;
  }
  const when = other.guard as Expr;
  outcomes[at] = {
    ...mate,
    guard: gather('any', [mate.guard, other.guard]),
    delta: mergeDeltas(when, other.delta, mate.delta, merging),
    value: mergeValues(when, other.value, mate.value),
  };
}

/** The possible outcomes of both sides of a fork; the first is the one to continue with. */
export function outcomesOf(
  fork: Fork,
  yes: readonly Outcome[],
  no: readonly Outcome[],
  merging: MergeContext,
): Outcome[] {
  const { when } = fork;
  const outcomes: Outcome[] = [];
  for (const outcome of yes) {
    const twin = no.find((other) => alike(other, outcome));
    outcomes.push(
      twin === undefined
        ? { ...outcome, guard: gather('all', [when, outcome.guard]) }
        : {
            ...outcome,
            guard: choose(when, outcome.guard, twin.guard),
            delta: mergeDeltas(when, outcome.delta, twin.delta, merging),
            value: mergeValues(when, outcome.value, twin.value),
          },
    );
  }
  for (const outcome of no)
    if (!yes.some((other) => alike(other, outcome)))
      outcomes.push({ ...outcome, guard: gather('all', [not(when), outcome.guard]) });
  return outcomes
    .filter((outcome) => outcome.guard !== 0n)
    .sort((a, b) => distance(fork, a.target) - distance(fork, b.target));
}

/** Rank of a target: a path at the end of the fork's statement continues first. */
function distance(fork: Fork, target: Target): number {
  if (target.kind === 'fault') return 3;
  if (target.kind === 'return') return 2;
  return target.depth === fork.depth && target.pc === fork.statement.end ? 0 : 1;
}
