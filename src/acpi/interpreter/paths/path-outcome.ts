/** Where paths get to, what they bring along, and what those come to that get to the same place. */
import { choose, type Expr, gather, not, type Quantity } from '../../../symbolic/index.ts';
import type { AmlFault } from '../state/fault.ts';
import type { Delta } from '../state/journal.ts';
import type { Hold } from '../state/locks.ts';
import type { Frame, Statement } from '../state/machine.ts';
import type { AmlValue, NamespaceNode } from '../state/objects.ts';
import { type MergeContext, mergeDeltas, mergeValues } from './merge.ts';

/** Where a path goes. Depth counts frames: 1 is the first method called. */
export type Target =
  | { readonly kind: 'jump'; readonly depth: number; readonly pc: number }
  | { readonly kind: 'return'; readonly depth: number }
  | { readonly kind: 'fault' };

/** What a frame needs besides its slots to go on somewhere. */
export interface FrameContext {
  readonly loops: Frame['loops'];
  readonly scopes: readonly NamespaceNode[];
  readonly scope: NamespaceNode;
}

/** A path that got somewhere, with what it changed since the fork. */
export interface Outcome {
  readonly target: Target;
  /** When this path is taken, given that its side of the fork is. */
  readonly guard: Quantity;
  readonly delta: Delta;
  readonly value: AmlValue | NamespaceNode | undefined;
  readonly fault: AmlFault | undefined;
  readonly context: FrameContext | undefined;
}

export interface Pending extends Outcome {
  readonly guard: Expr;
  /** Journal position that the delta counts from. */
  readonly mark: number;
  /** Number of forks it lies inside. */
  readonly level: number;
  /** What the other paths may assume while it waits. */
  readonly assumption: Expr | undefined;
}

export interface Fork {
  readonly depth: number;
  readonly pc: number;
  readonly sp: number;
  /** Operands of the frame, which the first side may overwrite. */
  readonly operands: readonly unknown[];
  readonly statement: Statement;
  readonly when: Expr;
  readonly mark: number;
  readonly context: FrameContext;
  readonly hold: Hold;
  readonly assumptions: number;
  /** Outcomes of the first side, once it is done. */
  first: readonly Outcome[] | undefined;
}

export function same(a: Target, b: Target): boolean {
  if (a.kind === 'jump') return b.kind === 'jump' && a.depth === b.depth && a.pc === b.pc;
  if (a.kind === 'return') return b.kind === 'return' && a.depth === b.depth;
  return b.kind === 'fault';
}

/** Outcomes that become one: those that go to the same place, faults of the same kind. */
export function alike(a: Outcome, b: Outcome): boolean {
  return same(a.target, b.target) && a.fault?.code === b.fault?.code;
}

/** A path that was given up; its changes are kept by {@link AbandonedPaths}. */
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

/** Must a path that waits at `waiting` run on before another may go to `target`? */
export function deeper(waiting: Target, target: Target): boolean {
  if (waiting.kind === 'fault') return false;
  if (target.kind === 'fault') return true;
  if (waiting.kind === 'return') return waiting.depth > target.depth;
  return target.kind === 'return' ? waiting.depth >= target.depth : waiting.depth > target.depth;
}

/**
 * The one of the waiting paths that goes on first: a fault may pass over several, and the frames of an outer one are all
 * that is left once it goes on.
 */
export function innermost(waiting: readonly Pending[]): Pending | undefined {
  let first: Pending | undefined;
  for (const pending of waiting)
    if (first === undefined || deeper(pending.target, first.target)) first = pending;
  return first;
}

/** Puts an outcome of the same side of a fork to the others; with the one that goes to the same place it becomes one. */
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

/** The outcomes of both sides of a fork that are possible, the one to go on with first. */
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

/** How far from the end of the fork's statement a path is: the nearest goes on first. */
function distance(fork: Fork, target: Target): number {
  if (target.kind === 'fault') return 3;
  if (target.kind === 'return') return 2;
  return target.depth === fork.depth && target.pc === fork.statement.end ? 0 : 1;
}
