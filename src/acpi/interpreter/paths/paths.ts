/**
 * Explores both sides of a branch on an unknown condition. A fork executes one side to the end of the current statement,
 * rolls back its changes, executes the other side and merges the two states. So the work grows with the length of the
 * code, not with the number of paths. A path that leaves the statement otherwise (by Return, Break or a fault) is
 * pending: it waits until the other paths reach its target.
 */
import { hintIn, InnerLimit, limitHint } from '../../../limits/limits.ts';
import {
  type Expr,
  fieldsOf,
  gather,
  isKnown,
  MAX_OPAQUE_INPUTS,
  not,
  type Quantity,
  variablesOf,
} from '../../../symbolic/index.ts';
import type { AmlFault } from '../state/fault.ts';
import type { Delta } from '../state/journal.ts';
import type { AmlValue, NamespaceNode } from '../state/objects.ts';
import { AbandonedPaths } from './abandoned.ts';
import {
  addOutcome,
  contextOf,
  deeper,
  type Fork,
  type FrameContext,
  innermost,
  isAbandoned,
  type Outcome,
  outcomesOf,
  outside,
  type Pending,
  placeNumber,
  same,
  type Target,
} from './path-outcome.ts';
import { keyOfRest, type RestOfCode } from './rest-of-code.ts';
import { WaitingPaths } from './waiting-paths.ts';
import type { Cause, Writes } from './writes.ts';

const FORK_DEPTH = new InnerLimit('fork-depth');

/** Thrown if an unknown condition must be decided; the instruction is executed again on each side. */
export class ForkSignal {
  readonly when: Expr;
  constructor(when: Expr) {
    this.when = when;
  }
}

/** The hint to the limit that cut a part of an expression; undefined where nothing was cut. */
function limitIn(of: Expr): string | undefined {
  for (const variable of variablesOf(of)) {
    const hint = variable.kind === 'unknown' ? hintIn(variable.of.reason) : undefined;
    if (hint !== undefined) return hint;
  }
  return undefined;
}

/** Cost of a fork, besides the instructions that are executed twice. */
const WORK_OF_FORK = 30;

/** Cost of analyzing what code may write. */
const WORK_OF_ANALYSIS = 200;
export class Paths extends WaitingPaths {
  /** Journal position of the first fork: older changes are the same on all paths. */
  #firstFork = 0;
  #abandoned = new AbandonedPaths();

  /** There are forks or pending paths. */
  get open(): boolean {
    return this.forks.length > 0 || this.pendings.length > 0;
  }

  /** No further fork is allowed. */
  get exhausted(): boolean {
    return this.forks.length >= FORK_DEPTH.now || this.overworked;
  }

  /** The hint to the limit for which the instruction at `pc` does not fork once more. */
  limitOn(when: Expr, pc: number): string {
    if (this.overworked) return limitHint(this.workLimit);
    const last = this.forks.at(-1);
    // What is too large to be expressed is another unknown each time: a fork assumes it, and the instruction forks again.
    const isAgain = last?.pc === pc && last.depth === this.machine.frames.length;
    return (isAgain ? limitIn(when) : undefined) ?? limitHint('fork-depth');
  }

  /** Forks at an instruction of the top frame, which is then executed with the condition assumed. */
  fork(when: Expr, pc: number, sp: number): void {
    const { frames, journal } = this.machine;
    const frame = frames.at(-1)!;
    const statement = frame.plan.statements[frame.plan.statementOf[pc]!] ?? {
      start: 0,
      end: frame.plan.instructions.length - 1,
      loops: 0,
      scopes: 0,
    };
    if (!this.open) this.#firstFork = journal.length;
    this.spend(WORK_OF_FORK);
    this.wanted = undefined;
    this.forks.push({
      depth: frames.length,
      pc,
      sp,
      operands: this.machine.stack.slice(frame.base, sp),
      statement,
      when,
      mark: journal.mark(),
      context: contextOf(frame),
      hold: this.machine.locks.hold(),
      assumptions: this.assumptions.length,
      first: undefined,
    });
    this.assume(when);
    frame.pc = pc;
    this.machine.sp = sp;
  }

  /**
   * Called before each instruction: merges pending paths whose target it is, or ends a side of a fork.
   * @returns whether a side of a fork ended
   */
  arrive(): boolean {
    const { frames } = this.machine;
    const depth = frames.length;
    const { pc } = frames[depth - 1]!;
    const fork = this.forks.at(-1);
    if (fork !== undefined && (depth < fork.depth || (depth === fork.depth && outside(pc, fork.statement)))) {
      this.#finishSide(fork, { kind: 'jump', depth, pc }, undefined, undefined);
      return true;
    }
    if (this.pendings.length === 0) return false;
    this.wanted ??= this.#awaited();
    if (this.wanted.has(placeNumber(depth, pc))) this.join({ kind: 'jump', depth, pc }, undefined);
    return false;
  }

  #awaited(): Set<number> {
    const places = new Set<number>();
    for (const { target, level } of this.pendings)
      if (target.kind === 'jump' && level === this.forks.length)
        places.add(placeNumber(target.depth, target.pc));
    return places;
  }

  /** The path returns or faults; a fault in module-level code jumps to the next statement. */
  go(
    target: Target,
    value: AmlValue | NamespaceNode | undefined,
    fault: AmlFault | undefined,
    context?: FrameContext,
  ): void {
    const fork = this.forks.at(-1);
    if (fork !== undefined && this.#leaves(fork, target)) {
      this.#finishSide(fork, target, value, fault, context);
      return;
    }
    const blocked = innermost(
      this.pendings.filter(
        (pending) => pending.level === this.forks.length && deeper(pending.target, target),
      ),
    );
    if (blocked !== undefined) {
      this.#switch(blocked, target, value, fault, context);
      return;
    }
    this.#perform(target, this.join(target, value), fault, context);
  }

  /**
   * Abandons the current path: what it and its remaining code changed or may change becomes unknown.
   * @param reason why, for the unknown values
   * @param rest its remaining code
   */
  abandon(fault: AmlFault, reason: string, rest: readonly RestOfCode[], writes: () => Writes): void {
    const { journal, frames } = this.machine;
    const key = keyOfRest(rest);
    // Analyzed while the names that its methods created still exist.
    const found = this.#abandoned.has(key) ? undefined : writes();
    if (found !== undefined) this.spend(WORK_OF_ANALYSIS);
    this.machine.withdraw(0);
    this.spend(journal.length - this.#firstFork);
    this.#abandoned.add(reason, journal.changesSince(this.#firstFork), frames, key, found);
    this.go({ kind: 'fault' }, undefined, fault);
  }

  /** The positions of pending paths and of sides of forks that have not been executed: number of frames, and `pc`. */
  *unfinished(): Generator<{ readonly depth: number; readonly pc: number }> {
    for (const { depth, pc, first } of this.forks) if (first === undefined) yield { depth, pc };
    for (const { target } of this.pendings) if (target.kind === 'jump') yield target;
  }

  /**
   * Called at the end of an evaluation: returns the paths that faulted with their conditions and merges their changes into
   * the state. `forget` is called with what abandoned paths may have written.
   */
  faults(forget: (writes: Writes, why: Cause) => void): { readonly when: Expr; readonly fault: AmlFault }[] {
    const { journal, merging } = this.machine;
    const result: { when: Expr; fault: AmlFault }[] = [];
    // An aborted evaluation leaves sides of forks that were not merged.
    for (const { first } of this.forks)
      for (const { delta } of first ?? [])
        this.#abandoned.add('the evaluation was aborted', delta, [], '', undefined);
    this.forks.length = 0;
    let given: Quantity = 0n;
    for (const pending of this.apart(this.pendings)) {
      this.merge(pending);
      if (pending.fault) result.push({ when: pending.guard, fault: pending.fault });
      if (isAbandoned(pending)) given = gather('any', [given, pending.guard]);
    }
    this.pendings = [];
    this.wanted = undefined;
    if (this.#abandoned.any) {
      const paths = this.#abandoned;
      this.#abandoned = new AbandonedPaths();
      const why = { reason: paths.reason, inputs: fieldsOf(given, MAX_OPAQUE_INPUTS) };
      paths.settle(journal, this.#firstFork, why, merging);
      forget(paths.writes, why);
    }
    return result;
  }

  #leaves(fork: Fork, target: Target): boolean {
    if (target.kind === 'fault') return true;
    if (target.kind === 'return') return target.depth <= fork.depth;
    if (target.depth !== fork.depth) return target.depth < fork.depth;
    return outside(target.pc, fork.statement);
  }

  /** Makes the current path pending at its target and continues with another pending one. */
  #switch(
    next: Pending,
    target: Target,
    value: AmlValue | NamespaceNode | undefined,
    fault: AmlFault | undefined,
    context?: FrameContext,
  ): void {
    const { journal } = this.machine;
    const level = this.forks.length;
    const mates = this.pendings.filter((pending) => pending.level === level);
    const mark = Math.min(...mates.map((pending) => pending.mark));
    const guard = gather(
      'all',
      mates.map((pending) => not(pending.guard)),
    );
    const counted = (pending: Pending): Pending => ({
      ...pending,
      delta: this.rebased(pending, mark),
      mark,
    });
    const at = mates.indexOf(next);
    const resumed = counted(next);
    // The path that continues is excluded from those that parted after it.
    const others = mates.flatMap((pending, i) => {
      const guard = i > at ? this.beyond(pending.guard, [next]) : pending.guard;
      return i === at || isKnown(guard) ? [] : [counted({ ...pending, guard })];
    });
    const parkedDelta = this.#changes(mark, target, fault);
    this.remove(mates);
    journal.rollBack(mark);
    for (const pending of others) this.wait(pending);
    if (guard !== 0n && !isKnown(guard))
      this.wait({
        target,
        guard,
        delta: parkedDelta,
        mark,
        level,
        value,
        fault,
        context: context ?? this.#contextFor(target),
        assumption: undefined,
      });
    journal.apply(resumed.delta);
    this.#perform(resumed.target, resumed.value, resumed.fault, resumed.context);
  }

  /** The changes of a path since a mark; none for an abandoned path, whose changes are in {@link AbandonedPaths}. */
  #changes(mark: number, target: Target, fault: AmlFault | undefined): Delta {
    this.machine.withdraw(target.kind === 'fault' ? 0 : target.depth);
    return isAbandoned({ target, fault }) ? new Map() : this.machine.journal.changesSince(mark);
  }

  #contextFor(target: Target): FrameContext | undefined {
    if (target.kind !== 'jump') return undefined;
    const frame = this.machine.frames[target.depth - 1];
    return frame && contextOf(frame);
  }

  #finishSide(
    fork: Fork,
    target: Target,
    value: AmlValue | NamespaceNode | undefined,
    fault: AmlFault | undefined,
    context?: FrameContext,
  ): void {
    const { journal, frames, merging } = this.machine;
    const level = this.forks.length;
    const mates = this.pendings.filter((pending) => pending.level === level);
    const inside = innermost(mates.filter((pending) => !this.#leaves(fork, pending.target)));
    if (inside !== undefined) {
      this.#switch(inside, target, value, fault, context);
      return;
    }
    const main: Outcome = {
      target,
      guard: gather(
        'all',
        mates.map((pending) => not(pending.guard)),
      ),
      delta: this.#changes(fork.mark, target, fault),
      value,
      fault,
      context: context ?? this.#contextFor(target),
    };
    const outcomes: Outcome[] = [main];
    const rebased = this.apart(mates).map(
      (pending): Outcome => ({ ...pending, delta: this.rebased(pending, fork.mark) }),
    );
    this.remove(mates);
    journal.rollBack(fork.mark);
    for (const other of rebased) addOutcome(outcomes, other, merging);
    this.retract(fork.assumptions);
    if (fork.first === undefined) {
      fork.first = outcomes;
      this.machine.drop(fork.depth);
      this.machine.locks.restore(fork.hold);
      this.#enter(fork.depth, fork.pc, fork.context);
      this.machine.sp = fork.sp;
      const { base } = frames.at(-1)!;
      for (let i = 0; i < fork.operands.length; i++) this.machine.stack[base + i] = fork.operands[i];
      const opposite = not(fork.when);
      if (!isKnown(opposite)) this.assume(opposite);
      return;
    }
    this.forks.pop();
    this.wanted = undefined;
    this.spendOn(...fork.first.map((outcome) => outcome.delta), ...outcomes.map((outcome) => outcome.delta));
    this.#combine(fork, fork.first, outcomes);
  }

  #combine(fork: Fork, yes: readonly Outcome[], no: readonly Outcome[]): void {
    const { journal, merging } = this.machine;
    const possible = outcomesOf(fork, yes, no, merging);
    const [main, ...others] = possible;
    const level = this.forks.length;
    for (const outcome of others)
      if (!isKnown(outcome.guard))
        this.wait({ ...outcome, guard: outcome.guard, mark: fork.mark, level, assumption: undefined });
    journal.apply(main!.delta);
    this.machine.sp = fork.sp;
    this.#perform(main!.target, main!.value, main!.fault, main!.context);
  }

  #enter(depth: number, pc: number, context: FrameContext | undefined): void {
    const frame = this.machine.frames[depth - 1]!;
    frame.pc = pc;
    if (context === undefined) return;
    frame.loops.length = 0;
    frame.loops.push(...context.loops.map((loop) => ({ ...loop })));
    frame.scopes.length = 0;
    frame.scopes.push(...context.scopes);
    frame.scope = context.scope;
  }

  #perform(
    target: Target,
    value: AmlValue | NamespaceNode | undefined,
    fault: AmlFault | undefined,
    context: FrameContext | undefined,
  ): void {
    const machine = this.machine;
    if (target.kind === 'fault') {
      // The fault is pending while other paths can continue.
      const fork = this.forks.at(-1);
      if (fork !== undefined || this.pendings.some((pending) => pending.target.kind !== 'fault')) {
        this.go(target, value, fault);
        return;
      }
      machine.abort(fault!);
      return;
    }
    if (target.kind === 'jump') {
      const fork = this.forks.at(-1);
      const elsewhere =
        (fork !== undefined && this.#leaves(fork, target)) ||
        this.pendings.some(
          (pending) => pending.level === this.forks.length && deeper(pending.target, target),
        );
      if (elsewhere) {
        this.go(target, value, fault, context);
        return;
      }
      machine.unwind(target.depth);
      this.#enter(target.depth, target.pc, context);
      machine.sp = machine.frames[target.depth - 1]!.base;
      return;
    }
    if (this.forks.length > 0 && this.#leaves(this.forks.at(-1)!, target)) this.go(target, value, fault);
    else {
      machine.unwind(target.depth);
      const blocked = this.pendings.find(
        (pending) =>
          pending.level === this.forks.length &&
          (deeper(pending.target, target) || same(pending.target, target)),
      );
      if (blocked !== undefined) this.go(target, value, fault);
      else machine.leaveFrame(value);
    }
  }
}
