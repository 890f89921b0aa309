/** Where paths get to, and what they bring along. */
import type { Expr, Quantity } from '../expression.ts';
import type { NamespaceNode } from '../namespace/node.ts';
import type { AmlFault } from './fault.ts';
import type { Frame } from './frame.ts';
import type { Delta } from './journal.ts';
import type { AmlValue } from './objects.ts';
import type { Statement } from './plan.ts';

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

/** Mutexes a path holds. */
export interface Hold {
  readonly mutexes: readonly unknown[];
  readonly syncLevel: number;
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

/** A path that was given up; its changes are kept by {@link LostPaths}. */
export function isLost({ target, fault }: Pick<Outcome, 'target' | 'fault'>): boolean {
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
