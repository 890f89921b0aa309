/**
 * The interpreter executes plans with an explicit stack of frames. Its semantics are those of ACPICA 20200925 without
 * interpreter slack; differences to the specification or Windows are noted at the operators.
 */

import { limitHint } from '../../limits/limits.ts';
import { isKnown, numberOpaques, OpaqueNumbers, opaque, type Quantity, truth } from '../../symbolic/index.ts';
import type { DeclaredNamespace } from '../namespace/declared.ts';
import type { AcpiTable } from '../tables/table.ts';
import type { Term } from '../terms/term.ts';
import { bodyToRun } from './calls.ts';
import { FaultRecovery } from './fault-recovery.ts';
import { leaveMethod, releaseFrame, suspend, withdrawNames } from './frames.ts';
import { forget } from './paths/forget.ts';
import { mergeDeltas } from './paths/merge.ts';
import { ForkSignal, Paths } from './paths/paths.ts';
import type { Explored } from './paths/waiting-paths.ts';
import { type Controls, planEvaluation } from './plan/plan.ts';
import { Plans } from './plan/plans.ts';
import { AbandonedCode } from './state/abandoned-code.ts';
import { EvaluationBudget } from './state/budget.ts';
import { Clock } from './state/clock.ts';
import { AmlFault, fault } from './state/fault.ts';
import { Handlers } from './state/handlers.ts';
import { Journal } from './state/journal.ts';
import { Locks } from './state/locks.ts';
import {
  type Evaluation,
  FIRST_ARGUMENT_SLOT,
  Frame,
  type InterpreterOptions,
  type Machine,
  type MachineOwner,
  TAKEN,
  type TableLoader,
  type Threading,
} from './state/machine.ts';
import {
  type AmlValue,
  Choice,
  MethodObject,
  NamespaceNode,
  type Operand,
  type PackageObject,
  type Resolved,
  ScopeObject,
  type TableHandle,
  TYPE,
  UnknownObject,
} from './state/objects.ts';
import { OtherTables } from './state/other-tables.ts';
import type { Profile } from './state/profile.ts';
import { RegionStore } from './state/regions.ts';
import { Trace } from './state/trace.ts';
import { Suspension } from './threads.ts';
import { StackOperands } from './values/operands.ts';

/** Number of journal entries after which those that cannot be rolled back any more are dropped. */
const JOURNAL_LIMIT = 2000;

export class Interpreter implements Explored, Machine {
  readonly profile: Profile;
  readonly root = new NamespaceNode('\\', undefined);
  readonly journal: Journal;
  readonly regions: RegionStore;
  readonly paths: Paths;
  readonly frames: Frame[] = [];
  readonly stack: Operand[] = [];
  sp = 0;
  /** Integer width in bits, and Ones of that width. */
  readonly bits: number;
  readonly mask: bigint;
  readonly clock = new Clock();
  /** The work of the current evaluation. */
  readonly budget = new EvaluationBudget();
  readonly locks: Locks;
  readonly handlers = new Handlers();
  readonly otherTables: OtherTables;
  readonly abandonedCode = new AbandonedCode();
  readonly trace = new Trace();
  /** Values of firmware fields that were given, by name or path. */
  readonly given: ReadonlyMap<string, bigint>;
  readonly declared: DeclaredNamespace;
  readonly merging;
  readonly loader: TableLoader;
  readonly controls: Controls;
  readonly #operands: StackOperands;
  readonly #owner: MachineOwner;
  /** Ordinal of the table being loaded. */
  #ordinal = 0;
  /** Packages whose names are resolved at the end of the table. */
  #openPackages: PackageObject[] = [];
  #threads: Threading | undefined;
  readonly #plans: Plans;
  readonly #recovery: FaultRecovery;
  /** The current evaluation is conditional: its changes will be merged with the previous state. */
  #underCondition = false;
  #floor = 0;
  #result: AmlValue | NamespaceNode | undefined;
  #fault: AmlFault | undefined;

  readonly #opaques = new OpaqueNumbers();

  constructor(options: InterpreterOptions, controls: Controls, owner: MachineOwner) {
    numberOpaques(this.#opaques);
    this.given = options.set;
    this.#owner = owner;
    this.loader = owner.loader;
    this.declared = owner.declared;
    this.profile = options.profile;
    this.controls = controls;
    this.bits = options.narrow ? 32 : 64;
    this.mask = options.narrow ? 0xffff_ffffn : 0xffff_ffff_ffff_ffffn;
    this.#plans = new Plans(controls, this.mask);
    this.journal = new Journal(options.fill === undefined);
    this.otherTables = new OtherTables(this.journal.active, options.complete);
    this.locks = new Locks(this.journal);
    this.regions = new RegionStore(this.journal, options.fill, options.memory);
    this.paths = new Paths(this);
    this.#operands = new StackOperands(this, this.stack);
    this.#recovery = new FaultRecovery(this);
    this.root.object = new ScopeObject(TYPE.device, undefined);
    this.merging = {
      bits: this.bits,
      initialByte: this.regions.initialByte,
      spend: (work: number) => this.paths.spend(work),
      abandonState: (reason: string) => this.abandonedCode.state(reason),
    };
  }

  // ---- conditions and values

  /** Whether a condition is true on this path. Forks the path if that is unknown. */
  decide(condition: Quantity): boolean {
    if (isKnown(condition)) return condition !== 0n;
    const decided = this.paths.decided(condition);
    if (isKnown(decided)) return decided !== 0n;
    throw new ForkSignal(decided);
  }

  /** The object of a Choice on this path; any other object unchanged. Forks the path if its condition is unknown. */
  settle(object: AmlValue | undefined): AmlValue | undefined {
    let at = object;
    while (at instanceof Choice) at = this.decide(at.when) ? at.yes : at.no;
    if (at instanceof UnknownObject) this.abandon(at.reason);
    return at;
  }

  /** Whether the node's object exists on this path. */
  readonly present = (node: NamespaceNode): boolean => {
    const { object } = node;
    if (object === undefined) return false;
    return object instanceof Choice ? this.settle(object) !== undefined : true;
  };

  /** Abandons the current path, since it depends on unknown values. */
  abandon(reason: string): never {
    return fault('NOT_FOLLOWED', reason);
  }

  truthOf(value: Quantity): boolean {
    return typeof value === 'bigint' ? value !== 0n : this.decide(truth(this.paths.refined(value)));
  }

  unknown(reason: string): Quantity {
    return opaque(this.bits, reason);
  }

  // ---- names

  get owner(): number {
    return this.#ordinal;
  }

  resumeOwner(): void {
    this.#ordinal = this.frames.at(-1)!.owner;
  }

  completeLater(made: PackageObject): void {
    this.#openPackages.push(made);
  }

  /** Returns and clears the packages of module-level code whose names are to be resolved. */
  takeOpenPackages(): readonly PackageObject[] {
    const open = this.#openPackages;
    this.#openPackages = [];
    return open;
  }

  // ---- threads

  get threads(): Threading | undefined {
    return this.#threads;
  }

  withThreads<T>(threads: Threading, work: () => T): T {
    this.#threads = threads;
    try {
      return work();
    } finally {
      this.#threads = undefined;
    }
  }

  suspend(): () => void {
    return suspend(this);
  }

  // ---- frames

  get frame(): Frame {
    return this.frames[this.frames.length - 1]!;
  }

  get scope(): NamespaceNode {
    const { frames } = this;
    return frames.length === 0 ? this.root : frames[frames.length - 1]!.scope;
  }

  get loops(): Frame['loops'] {
    return this.frame.loops;
  }

  jump(pc: number): void {
    this.frame.pc = pc;
  }

  /** Calls a method: pushes a frame. */
  enterMethod(node: NamespaceNode, method: MethodObject, args: readonly Resolved[]): void {
    const { level } = this.locks;
    const term = bodyToRun(node, method, this.frames.length, level);
    if (this.#threads !== undefined && method.serialized) {
      const { current } = this.#threads;
      this.#threads.wait(() => method.running === 0 || method.thread === current, undefined);
      method.thread = current;
    }
    const plan = this.#plans.ofMethod(term);
    const frame = new Frame(plan, node, method, method.table, node, this.sp, level);
    for (let i = 0; i < args.length; i++) frame.slots[FIRST_ARGUMENT_SLOT + i] = args[i];
    if (method.serialized && method.running === 0) this.locks.enter(method);
    method.running += 1;
    this.frames.push(frame);
    if (this.trace.active)
      this.trace.record({
        kind: 'call',
        text: node.path,
        term,
        ...(method.table ? { table: method.table } : {}),
      });
  }

  /**
   * Pushes a frame for a table's module-level code.
   *
   * @param owner ordinal of the table, recorded in nodes that it creates @param result value of the frame
   */
  enterTable(table: AcpiTable, term: Term, scope: NamespaceNode, owner: number, result?: TableHandle): void {
    const plan = this.#plans.ofTable(term);
    const frame = new Frame(plan, this.root, undefined, table, scope, this.sp, this.locks.level);
    frame.owner = owner;
    frame.result = result;
    this.#ordinal = owner;
    this.frames.push(frame);
  }

  withdraw(depth: number): void {
    for (let i = this.frames.length - 1; i >= Math.max(depth, this.#floor); i--)
      withdrawNames(this, this.frames[i]!);
  }

  drop(depth: number): void {
    while (this.frames.length > depth) leaveMethod(this, this.frames.pop()!);
  }

  unwind(depth: number): void {
    while (this.frames.length > depth) {
      const frame = this.frames.pop()!;
      releaseFrame(this, frame);
      this.sp = frame.base;
    }
  }

  leaveFrame(value: AmlValue | NamespaceNode | undefined): void {
    const frame = this.frames.pop()!;
    releaseFrame(this, frame);
    this.sp = frame.base;
    if (this.frames.length <= this.#floor) {
      this.#result = value;
      return;
    }
    const caller = this.frames.at(-1)!;
    const call = caller.plan.instructions[caller.pc - 1]!;
    this.sp -= call.takes;
    if (call.keeps) this.stack[this.sp++] = value;
  }

  abort(why: AmlFault): void {
    this.unwind(this.#floor);
    this.#fault = why;
  }

  /** Returns from the current frame. */
  returnFrom(value: AmlValue | NamespaceNode | undefined): void {
    this.sp = this.#operands.at;
    if (this.paths.open) this.paths.go({ kind: 'return', depth: this.frames.length }, value, undefined);
    else this.leaveFrame(value);
  }

  returnResult(): void {
    this.returnFrom(this.frame.result);
  }

  tableFault(why: AmlFault, term: Term): void {
    const { table, scope } = this.frame;
    if (table !== undefined) why.place = { table, term, path: scope.path };
    this.#owner.onTableFault(why, table);
  }

  // ---- evaluations

  /** Number of frames that belong to enclosing evaluations: the current one ends when only these are left. */
  get floor(): number {
    return this.#floor;
  }

  /** An evaluation is running inside another. */
  get nested(): boolean {
    return this.#floor > 0;
  }

  /** Executes until the frames above the floor are gone. */
  #run(): void {
    const { frames, stack, paths, journal, budget } = this;
    const operands = this.#operands;
    const exploring = journal.active;
    let pc = 0;
    let sp = 0;
    let mark = 0;
    while (frames.length > this.#floor) {
      try {
        for (;;) {
          if (exploring && paths.open) {
            paths.spend(1);
            const frame = frames.at(-1)!;
            // Module-level code outside of loops ends in any case, and declares names that others need.
            if (paths.overworked && (frame.method !== undefined || frame.loops.length > 0)) {
              pc = frame.pc;
              frame.pc += 1;
              sp = this.sp;
              fault('NOT_FOLLOWED', `too much code depends on unknown values ${limitHint(paths.workLimit)}`);
            }
            if (paths.arrive()) {
              if (frames.length <= this.#floor) return;
              continue;
            }
          }
          const frame = frames[frames.length - 1]!;
          pc = frame.pc;
          sp = this.sp;
          if (exploring) {
            // Without an open path, only the current instruction can be rolled back.
            if (journal.length > JOURNAL_LIMIT && !paths.open && !this.#underCondition) journal.settle();
            mark = journal.length;
          }
          const instruction = frame.plan.instructions[pc]!;
          frame.pc = pc + 1;
          budget.step();
          const at = sp - instruction.takes;
          operands.at = at;
          const result = instruction.run(this, operands, instruction);
          if (result === TAKEN) {
            if (frames.length <= this.#floor) return;
            continue;
          }
          this.sp = at;
          if (instruction.keeps) stack[this.sp++] = result as Operand;
        }
      } catch (thrown) {
        if (thrown instanceof Suspension) {
          frames.at(-1)!.pc = pc;
          this.sp = sp;
          throw thrown;
        }
        if (thrown instanceof ForkSignal) {
          journal.rollBack(mark);
          const frame = frames.at(-1)!;
          if (!paths.exhausted) {
            paths.fork(thrown.when, pc, sp);
            continue;
          }
          frame.pc = pc + 1;
          this.#recovery.raise(
            new AmlFault(
              'NOT_FOLLOWED',
              `too many branches on unknown values ${paths.limitOn(thrown.when, pc)}`,
            ),
            pc,
            sp,
          );
        } else if (thrown instanceof AmlFault) this.#recovery.raise(thrown, pc, sp);
        else throw thrown;
      }
    }
  }

  /** Reports a fault in module-level code, which continues. */
  onTableFault(why: AmlFault, frame: Frame): void {
    this.#owner.onTableFault(why, frame.table);
  }

  /** Executes the frames that `enter` pushes. */
  evaluate(enter: () => void): Evaluation {
    const outer = this.#floor;
    const outermost = this.frames.length === 0;
    numberOpaques(this.#opaques);
    this.#floor = this.frames.length;
    this.budget.restart();
    this.#result = undefined;
    this.#fault = undefined;
    this.paths.restartBudget();
    const assumed = this.paths.assumptions.length;
    try {
      enter();
      this.#run();
    } catch (thrown) {
      if (!(thrown instanceof AmlFault)) throw thrown;
      this.#fault = thrown;
    } finally {
      this.#floor = outer;
    }
    if (outermost) this.locks.releaseAll();
    const faults = this.journal.active ? this.paths.faults((writes, why) => forget(this, writes, why)) : [];
    this.paths.retract(assumed);
    if (outermost && this.journal.active && this.paths.assumptions.length === 0) this.journal.settle();
    return { value: this.#result, fault: this.#fault, faults };
  }

  /**
   * Pushes a frame that evaluates a named object: it calls a method, reads a field, or returns any other object.
   */
  enterObject(node: NamespaceNode, args: readonly AmlValue[]): void {
    // A frame is needed even without a call, so that reading can fork.
    const plan = planEvaluation(this.controls, node, args);
    this.frames.push(new Frame(plan, this.root, PROBE, undefined, this.root, this.sp, this.locks.level));
  }

  /**
   * As {@link evaluate}, with side effects only under a condition. The result is that under the condition.
   */
  evaluateUnder(when: Quantity, enter: () => void): Evaluation {
    if (isKnown(when)) {
      if (when !== 0n) return this.evaluate(enter);
      return { value: undefined, fault: undefined, faults: [] };
    }
    const mark = this.journal.mark();
    const assumptions = this.paths.assumptions.length;
    this.paths.assume(when);
    this.#underCondition = true;
    const result = this.evaluate(enter);
    this.#underCondition = false;
    this.paths.retract(assumptions);
    const delta = this.journal.changesSince(mark);
    this.journal.rollBack(mark);
    this.journal.apply(mergeDeltas(when, delta, new Map(), this.merging));
    return result;
  }
}

/** The method of frames that evaluate an object for a caller outside of AML, so that a fault aborts the evaluation. */
const PROBE = new MethodObject(undefined, undefined, 0);
