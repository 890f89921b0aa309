/**
 * The interpreter: runs plans over an explicit stack of frames. The semantics are ACPICA's (release 20200925, interpreter
 * slack off); where the specification or Windows differ, the operator's comment says so.
 */
import { isKnown, opaque, type Quantity, truth } from '../expression.ts';
import { formatName, type NamePath } from '../name.ts';
import { findNode, NamespaceNode, nodeForDefinition } from '../namespace/node.ts';
import type { AcpiTable } from '../tables/table.ts';
import type { Term } from '../term.ts';
import { AmlFault, type FaultPlace, fault, STATUS_CODES } from './fault.ts';
import { FIRST_ARGUMENT_SLOT, Frame } from './frame.ts';
import { havoc } from './havoc.ts';
import { Journal } from './journal.ts';
import { mergeDeltas } from './merge.ts';
import {
  type AmlValue,
  Choice,
  MethodObject,
  type MutexObject,
  type Operand,
  type PackageObject,
  ScopeObject,
  StringObject,
  type TableHandle,
  TYPE,
  UnknownObject,
} from './objects.ts';
import { type Explored, ForkSignal, Paths } from './paths.ts';
import { type Controls, type Plan, planEvaluation } from './plan.ts';
import { planTerms } from './planner.ts';
import type { Profile } from './profile.ts';
import { type Fill, type MemoryImage, RegionStore } from './regions.ts';
import { Suspension, type Threads } from './threads.ts';

/** Instructions of one evaluation. The longest of real firmware takes some millions, waiting in loops. */
export const MAX_STEPS = 50_000_000;
/** A fault takes as long as so many instructions: a table's own code may run into one in every turn of a loop. */
const STEPS_OF_FAULT = 20;
/** Method calls inside method calls, of all methods together. */
export const MAX_CALL_DEPTH = 2000;
/** Running calls of one method: ACPICA counts them in a byte. */
const MAX_RECURSION = 255;
/** 100 ns in a tick of 100 us. */
const CLOCK_TICK = 1000n;
/** Changes noted before those that nobody will take back are forgotten. */
const JOURNAL_LIMIT = 2000;
/** Turns of a While on a path that hangs on something unknown: mostly it waits for hardware that isn't there. */
const MAX_OPEN_TURNS = 128;
/** Bytes of buffers, strings and packages that one evaluation may make. */
export const MAX_ALLOCATION = 256 * 1024 * 1024;
/** Of these, bytes of one. */
const MAX_OBJECT = 8 * 1024 * 1024;
/** Lines of trace, Debug output and notifications that are kept. */
const MAX_RECORDS = 20_000;

export interface InterpreterOptions {
  /** Integers have 32 bits: the DSDT's revision is below 2. */
  readonly narrow: boolean;
  /** What unwritten bytes of regions hold; undefined when it isn't known. */
  readonly fill: Fill | undefined;
  readonly memory: readonly MemoryImage[];
  /** Values of firmware fields by name (`MG2B`) or path (`\_SB.PCI0.TOLM`). */
  readonly set: ReadonlyMap<string, bigint>;
  readonly profile: Profile;
}

/** What firmware code did that one may want to see: field reads, calls, Debug output. */
export interface TraceRecord {
  readonly kind: 'call' | 'read' | 'write' | 'debug' | 'notify' | 'fatal' | 'fault' | 'return';
  readonly text: string;
  readonly term?: Term;
  readonly table?: AcpiTable;
}

/** Tables that running code asks for: Load, LoadTable, DataTableRegion. */
export interface TableLoader {
  /** The table of that signature, OEM id and OEM table id (empty: any); undefined when the machine has none. */
  find(signature: string, oemId: string, oemTableId: string): AcpiTable | undefined;
  /** Puts the code of a table on the stack, giving its handle. */
  load(bytes: Uint8Array, scope: NamespaceNode): TableHandle;
  /** The table's code, found by {@link find}. */
  loadFound(table: AcpiTable, scope: NamespaceNode): TableHandle;
  unload(handle: TableHandle): void;
}

export interface Evaluation {
  /** What it gave; undefined when nothing was returned or every path faulted. */
  readonly value: AmlValue | NamespaceNode | undefined;
  /** Set when it was aborted on every path that isn't in `faults`. */
  readonly fault: AmlFault | undefined;
  /** Paths that were aborted, with their conditions. */
  readonly faults: readonly { readonly when: Quantity; readonly fault: AmlFault }[];
}

export class Interpreter implements Explored {
  readonly options: InterpreterOptions;
  readonly profile: Profile;
  readonly root = new NamespaceNode('\\', undefined);
  readonly journal: Journal;
  readonly regions: RegionStore;
  readonly paths: Paths;
  readonly frames: Frame[] = [];
  readonly stack: Operand[] = [];
  sp = 0;
  /** Integer width in bits, and the largest integer. */
  readonly bits: number;
  readonly mask: bigint;
  /** Virtual clock: ticks of 100 us, one at each look at it. */
  ticks = 0;
  syncLevel = 0;
  /** Ordinal of the table being loaded, noted on what it makes. */
  owner = 0;
  /** Counts up whenever a name comes or goes: what instructions remember of names is then stale. */
  generation = 1;
  /** Tables are being loaded: only the first handlers of regions are there. */
  tablesLoading = true;
  /** A Windows interface was asked for and tables are loaded: port addresses have 16 bits. */
  cutIoAddresses = false;
  /** Index fields being selected inside each other. */
  indirection = 0;
  trace: TraceRecord[] | undefined;
  readonly debugOutput: string[] = [];
  readonly notifications: string[] = [];
  /** Where tables lie that DataTableRegions are over: in a space of their own. */
  readonly tableAddresses = new Map<Uint8Array, bigint>();
  /** Packages whose names are looked up at the end of the table. */
  readonly openPackages: PackageObject[] = [];
  /** Why some state is not to be relied on: conditions were not followed up. */
  readonly lost: string[] = [];
  /** Why some of the tables' own code was not run: what it declares may be missing. */
  skipped: string | undefined;
  readonly merging;
  /** Mutexes held by the evaluation, with the sync level before each. */
  readonly held: { readonly mutex: MutexObject; readonly level: number }[] = [];
  /** Evaluations that run side by side, where there are. */
  threads: Threads | undefined;
  /** Loads a table's code: set by who owns the machine. */
  loader: TableLoader | undefined;
  readonly #controls: Controls;
  readonly #plans = new Map<Term, Plan>();
  #steps = 0;
  #allocated = 0;
  /** Is what an evaluation changes to be put together with what was there? */
  #underCondition = false;
  #floor = 0;
  #result: AmlValue | NamespaceNode | undefined;
  #fault: AmlFault | undefined;

  constructor(options: InterpreterOptions, controls: Controls) {
    this.options = options;
    this.profile = options.profile;
    this.#controls = controls;
    this.bits = options.narrow ? 32 : 64;
    this.mask = options.narrow ? 0xffff_ffffn : 0xffff_ffff_ffff_ffffn;
    this.journal = new Journal(options.fill === undefined);
    this.regions = new RegionStore(this.journal, options.fill, options.memory);
    this.paths = new Paths(this);
    this.root.object = new ScopeObject(TYPE.device, undefined);
    this.merging = {
      initialByte: this.regions.initialByte,
      spend: (work: number) => this.paths.spend(work),
      lose: (reason: string) => this.lose(reason),
    };
  }

  /** Notes that the state can't be relied on from here. */
  lose(reason: string): void {
    if (!this.lost.includes(reason)) this.lost.push(reason);
  }

  /** Steps taken since the machine was made. */
  totalSteps = 0;
  /** Instructions that one evaluation may take. */
  maxSteps = MAX_STEPS;

  // ---- names

  readonly #present = (node: NamespaceNode): boolean => {
    const { object } = node;
    if (object === undefined) return false;
    return object instanceof Choice ? this.settle(object) !== undefined : true;
  };

  /** The node a name means in the top frame's scope; undefined when there is none. */
  lookUp(name: NamePath, scope?: NamespaceNode): NamespaceNode | undefined {
    return findNode(this.root, scope ?? this.frames.at(-1)?.scope ?? this.root, name, this.#present);
  }

  /** As {@link lookUp}; a missing name is a fault. */
  find(name: NamePath): NamespaceNode {
    return this.lookUp(name) ?? fault('AE_NOT_FOUND', `${formatName(name)} is not found`);
  }

  /** Makes the object of a definition in the top frame's scope. */
  define(name: NamePath, term: Term, make: (node: NamespaceNode) => AmlValue): NamespaceNode {
    const frame = this.frames.at(-1)!;
    const node =
      nodeForDefinition(this.root, frame.scope, name, this.#present) ??
      fault('AE_NOT_FOUND', `the scope of ${formatName(name)} is not found`);
    if (node.object !== undefined && this.#present(node))
      fault('AE_ALREADY_EXISTS', `${node.path} exists already`);
    const object = make(node);
    this.attach(node, object);
    node.term = term;
    node.table = frame.table;
    node.owner = this.owner;
    if (frame.method !== undefined) {
      frame.created ??= [];
      frame.created.push(node);
    }
    return node;
  }

  /** Gives a node its object. */
  attach(node: NamespaceNode, object: AmlValue | undefined): void {
    if (node.shared !== undefined) this.journal.set(node, 'shared', undefined);
    this.journal.note(node, 'object');
    node.object = object;
    this.generation += 1;
  }

  // ---- conditions and values

  /** Which side of a condition this path is on. Parts the path in two when nothing says. */
  decide(condition: Quantity): boolean {
    if (isKnown(condition)) return condition !== 0n;
    const decided = this.paths.decided(condition);
    if (isKnown(decided)) return decided !== 0n;
    throw new ForkSignal(decided);
  }

  /** The object of a Choice on this path. */
  settle(object: AmlValue | undefined): AmlValue | undefined {
    let at = object;
    while (at instanceof Choice) at = this.decide(at.when) ? at.yes : at.no;
    if (at instanceof UnknownObject) this.abandon(at.reason);
    return at;
  }

  /** Gives up following what hangs on unknown values. */
  abandon(reason: string): never {
    return fault('NOT_FOLLOWED', reason);
  }

  truthOf(value: Quantity): boolean {
    return typeof value === 'bigint' ? value !== 0n : this.decide(truth(this.paths.refined(value)));
  }

  /** Counts bytes made against the budget. */
  allocate(bytes: number): void {
    if (bytes > MAX_OBJECT) fault('NOT_FOLLOWED', `an object of more than ${MAX_OBJECT} bytes`);
    this.charge(bytes);
  }

  /** Counts what is as much work as making so many bytes. */
  charge(bytes: number): void {
    this.#allocated += bytes;
    if (this.#allocated > MAX_ALLOCATION) fault('BUDGET', `more than ${MAX_ALLOCATION} bytes are allocated`);
  }

  unknown(reason: string): Quantity {
    return opaque(this.bits, reason);
  }

  record(record: TraceRecord): void {
    if (this.trace !== undefined && this.trace.length < MAX_RECORDS) this.trace.push(record);
  }

  // ---- frames

  planOf(term: Term, body: readonly Term[]): Plan {
    let plan = this.#plans.get(term);
    if (plan === undefined) {
      plan = planTerms(body, term, this.#controls, this.mask);
      this.#plans.set(term, plan);
    }
    return plan;
  }

  /** Calls a method: a frame goes on the stack. */
  enterMethod(node: NamespaceNode, method: MethodObject, args: readonly Operand[]): void {
    const { term } = method;
    if (term === undefined) fault('AE_AML_INTERNAL', `${node.path} has no body`);
    if (method.running >= MAX_RECURSION)
      fault('AE_AML_METHOD_LIMIT', `${node.path} calls itself more than ${MAX_RECURSION} deep`);
    if (this.frames.length >= MAX_CALL_DEPTH)
      fault('NOT_FOLLOWED', `calls are nested more than ${MAX_CALL_DEPTH} deep`);
    if (method.serialized && this.syncLevel > method.syncLevel)
      fault(
        'AE_AML_MUTEX_ORDER',
        `${node.path} has sync level ${method.syncLevel}, ${this.syncLevel} is held`,
      );
    if (this.threads !== undefined && method.serialized) {
      const { current } = this.threads;
      this.threads.wait(() => method.running === 0 || method.thread === current, undefined);
      method.thread = current;
    }
    const plan = this.planOf(term, term.operands[2] as readonly Term[]);
    const frame = new Frame(plan, node, method, method.table, node, this.sp, this.syncLevel);
    for (let i = 0; i < args.length; i++) frame.slots[FIRST_ARGUMENT_SLOT + i] = args[i] as AmlValue;
    if (method.serialized && method.running === 0) this.syncLevel = method.syncLevel;
    method.running += 1;
    this.frames.push(frame);
    if (this.trace)
      this.record({ kind: 'call', text: node.path, term, ...(method.table ? { table: method.table } : {}) });
  }

  /** Puts a table's own code on the stack. */
  enterTable(table: AcpiTable, term: Term, scope: NamespaceNode): void {
    // Run once: its plan is not kept.
    const plan = planTerms(term.operands[0] as readonly Term[], term, this.#controls, this.mask);
    const frame = new Frame(plan, this.root, undefined, table, scope, this.sp, this.syncLevel);
    frame.owner = this.owner;
    this.frames.push(frame);
  }

  /** What a frame leaves behind when it goes: names it made. */
  #clean(frame: Frame): void {
    this.#withdraw(frame);
    this.#release(frame);
  }

  #withdraw(frame: Frame): void {
    for (const node of frame.created ?? []) this.#remove(node);
  }

  #release(frame: Frame): void {
    if (frame.method === undefined) return;
    frame.method.running -= 1;
    if (frame.method.serialized && frame.method.running === 0) this.syncLevel = frame.savedSyncLevel;
  }

  withdraw(depth: number): void {
    for (let i = this.frames.length - 1; i >= Math.max(depth, this.#floor); i--)
      this.#withdraw(this.frames[i]!);
  }

  drop(depth: number): void {
    while (this.frames.length > depth) this.#release(this.frames.pop()!);
  }

  /** Takes a node and all below it out of the namespace. */
  #remove(node: NamespaceNode): void {
    const pending = [node];
    for (let next = pending.pop(); next; next = pending.pop()) {
      if (next.object !== undefined) {
        this.journal.set(next, 'former', next.object);
        this.attach(next, undefined);
      }
      pending.push(...next.children.values());
    }
  }

  unwind(depth: number): void {
    while (this.frames.length > depth) {
      const frame = this.frames.pop()!;
      this.#clean(frame);
      this.sp = frame.base;
    }
  }

  leaveFrame(value: AmlValue | NamespaceNode | undefined): void {
    const frame = this.frames.pop()!;
    this.#clean(frame);
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

  /** A frame ends by itself. */
  returnFrom(value: AmlValue | NamespaceNode | undefined): void {
    if (this.paths.open) this.paths.go({ kind: 'return', depth: this.frames.length }, value, undefined);
    else this.leaveFrame(value);
  }

  /** Runs until the frames above the floor are gone. */
  #run(): void {
    const { frames, stack, paths, journal } = this;
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
            // A table's own code ends by itself, and declares what others look for.
            if (paths.overworked && (frame.method !== undefined || frame.loops.length > 0)) {
              pc = frame.pc;
              frame.pc += 1;
              sp = this.sp;
              fault('NOT_FOLLOWED', 'too much code hangs on unknown values');
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
            // With no path open there is nothing to take back but this very instruction.
            if (journal.length > JOURNAL_LIMIT && !paths.open && !this.#underCondition) journal.settle();
            mark = journal.length;
          }
          const instruction = frame.plan.instructions[pc]!;
          frame.pc = pc + 1;
          if (++this.#steps > this.maxSteps) fault('BUDGET', `more than ${this.maxSteps} instructions`);
          const at = sp - instruction.takes;
          const result = instruction.run(this, instruction, at);
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
          this.#raise(new AmlFault('NOT_FOLLOWED', 'too many branches on unknown values'), pc, sp);
        } else if (thrown instanceof AmlFault) this.#raise(thrown, pc, sp);
        else throw thrown;
      }
    }
  }

  /**
   * A fault of the top frame's instruction at `pc`, with its operands up to `sp`: a table's own code goes on behind
   * the statement or ends, everything else is aborted.
   */
  #raise(why: AmlFault, pc: number, sp: number): void {
    const { frames } = this;
    this.#steps += STEPS_OF_FAULT;
    why.place ??= placeIn(frames.at(-1)!, pc);
    if (this.profile.callsErrorMethod && this.#pardon(why, pc, sp)) return;
    let depth = frames.length;
    while (depth > this.#floor && frames[depth - 1]!.method !== undefined) depth -= 1;
    // Had it gone on, it might have changed all this.
    const givenUp = why.code === 'NOT_FOLLOWED' && this.paths.open && depth === this.#floor;
    if (this.journal.active && !givenUp && (why.code === 'NOT_FOLLOWED' || why.code === 'BUDGET'))
      havoc(
        this,
        why.message,
        frames.map(({ node }) => node),
      );
    const top = frames.at(-1)!;
    if (this.trace)
      this.record({
        kind: 'fault',
        text: `${why.code}: ${why.message} in ${top.method ? top.node.path : 'the table'}`,
      });
    if (depth === this.#floor || why.code === 'BUDGET') {
      if (givenUp) this.paths.giveUp(why);
      else if (this.paths.open && why.code !== 'BUDGET') this.paths.go({ kind: 'fault' }, undefined, why);
      else this.abort(why);
      return;
    }
    const frame = frames[depth - 1]!;
    this.onTableFault(why, frame);
    if (why.code === 'NOT_FOLLOWED') this.skipped ??= why.message;
    const { plan } = frame;
    const at = Math.max(0, frame.pc - 1);
    // A fault of the table's own code costs the statement, one in a method it calls the whole table.
    // What isn't followed up is no fault of the machine's: there the table goes on.
    const costsTable = depth < frames.length && why.code !== 'NOT_FOLLOWED';
    if (costsTable) this.#dropTable();
    const statement = !costsTable
      ? plan.statements[plan.statementOf[at]!]
      : { end: plan.instructions.length - 1, scopes: 0, loops: 0 };
    if (statement === undefined) {
      this.abort(why);
      return;
    }
    if (this.paths.open) {
      // Other paths come back to the frame where they left it.
      const { scopes, loops, scope } = frame;
      this.paths.go({ kind: 'jump', depth, pc: statement.end }, undefined, why, {
        loops: loops.slice(0, statement.loops),
        scopes: scopes.slice(0, statement.scopes),
        scope: scopes[statement.scopes] ?? scope,
      });
    } else {
      while (frame.scopes.length > statement.scopes) frame.scope = frame.scopes.pop()!;
      frame.loops.length = Math.min(frame.loops.length, statement.loops);
      this.unwind(depth);
      frame.pc = statement.end;
      this.sp = frame.base;
    }
  }

  /** Takes what the table being loaded has made out of the namespace, as ACPICA does with a table that fails. */
  #dropTable(): void {
    const pending: NamespaceNode[] = [this.root];
    for (let node = pending.pop(); node; node = pending.pop()) {
      if (node.owner === this.owner && node.object !== undefined) this.attach(node, undefined);
      pending.push(...node.children.values());
    }
  }

  #pardoning = false;

  /**
   * The tables' own `\\_ERR` is called with status, its name and a thread's number. When it gives 0, a method goes on
   * behind the operator, which then has no result.
   */
  #pardon(why: AmlFault, pc: number, sp: number): boolean {
    const status = STATUS_CODES[why.code];
    const node = this.root.children.get('_ERR');
    if (status === undefined || this.#pardoning || !(node?.object instanceof MethodObject)) return false;
    const kept = [this.#steps, this.#allocated, this.syncLevel] as const;
    this.#pardoning = true;
    this.syncLevel = 0;
    const { value } = this.evaluate(() => this.enterObject(node, [status, new StringObject(why.code), 1n]));
    this.#pardoning = false;
    [this.#steps, this.#allocated, this.syncLevel] = kept;
    const frame = this.frames.at(-1)!;
    if (value !== 0n || frame.method === undefined) return false;
    const instruction = frame.plan.instructions[pc]!;
    frame.pc = pc + 1;
    this.sp = sp - instruction.takes;
    // A name whose value couldn't be taken is looked at again by who wants it.
    if (instruction.keeps)
      this.stack[this.sp++] =
        instruction.takesValue && instruction.name ? this.lookUp(instruction.name) : undefined;
    return true;
  }

  /** Told of faults in a table's own code, which goes on. */
  onTableFault: (why: AmlFault, frame: Frame) => void = () => {};

  /** Runs what `enter` puts on the stack. */
  evaluate(enter: () => void): Evaluation {
    const outer = this.#floor;
    const outermost = this.frames.length === 0;
    this.#floor = this.frames.length;
    this.#steps = 0;
    this.#allocated = 0;
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
    this.totalSteps += this.#steps;
    if (outermost) this.#releaseAll();
    const faults = this.journal.active
      ? this.paths.faults((running, reason) => havoc(this, reason, running))
      : [];
    this.paths.retract(assumed);
    if (outermost && this.journal.active && this.paths.assumptions.length === 0) this.journal.settle();
    return { value: this.#result, fault: this.#fault, faults };
  }

  /**
   * Puts a named object on the stack to be evaluated: a method is called, anything else resolved at once (a field is
   * read).
   */
  enterObject(node: NamespaceNode, args: readonly AmlValue[]): void {
    this.frames.push(
      new Frame(
        this.#evaluationPlan(node, args),
        this.root,
        PROBE,
        undefined,
        this.root,
        this.sp,
        this.syncLevel,
      ),
    );
  }

  /** A call, or a look at a value, as if firmware code did it: then a look that hangs on a condition may fork. */
  #evaluationPlan(node: NamespaceNode, args: readonly AmlValue[]): Plan {
    return planEvaluation(this.#controls, node, args);
  }

  /**
   * As {@link evaluate}, on the paths where a condition holds; on the others everything stays as it was. What comes
   * back is what holds there.
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

  /** What an evaluation still holds at its end is released. */
  #releaseAll(): void {
    for (const { mutex } of this.held) this.journal.set(mutex, 'depth', 0);
    this.held.length = 0;
    this.syncLevel = 0;
  }

  // ---- the clock

  /** Time slept, in 100 ns. */
  #slept = 0n;

  /** Time passes, for the Timer; loops are given up by the number of looks at the clock alone. */
  sleep(hundredNanoseconds: bigint): void {
    this.#slept += hundredNanoseconds;
  }

  /** The clock in 100 ns since it was first looked at. */
  elapsed(): bigint {
    return BigInt(this.look()) * CLOCK_TICK + this.#slept;
  }

  /** The clock as it stood when it was last looked at. */
  get clock(): bigint {
    return BigInt(this.ticks) * CLOCK_TICK + this.#slept;
  }

  /** Does an evaluation run inside of another? */
  get nested(): boolean {
    return this.#floor > 0;
  }

  /** A look at the clock takes 100 us: what comes out is the same each time. */
  look(): number {
    this.ticks += 1;
    return this.ticks;
  }

  enterLoop(): void {
    this.frames.at(-1)!.loops.push({ turns: 0, started: this.look() });
  }

  /** At the end of a turn: has the loop run for too long? */
  turnLoop(): void {
    const loop = this.frames.at(-1)!.loops.at(-1)!;
    loop.turns += 1;
    if (loop.turns > MAX_OPEN_TURNS && this.paths.open)
      fault(
        'NOT_FOLLOWED',
        `a While that waits for what is not known runs for more than ${MAX_OPEN_TURNS} turns`,
      );
    const { loopTimeout } = this.profile;
    if (this.look() - loop.started > loopTimeout)
      fault('AE_AML_LOOP_TIMEOUT', `a While runs for more than ${loopTimeout} turns`);
  }
}

/** Where a frame's instruction stands. */
function placeIn(frame: Frame, pc: number): FaultPlace | undefined {
  const { table, method, plan } = frame;
  const term = plan.instructions[pc]?.term;
  if (table === undefined || term === undefined) return undefined;
  return { table, term, path: method === undefined ? frame.scope.path : frame.node.path };
}

/** Stands for the method of an evaluation from outside, so that its faults end it. */
const PROBE = new MethodObject(undefined, undefined, 0);

/** Given by instructions that have moved frame, stack and counter themselves. */
export const TAKEN = Symbol('taken');

/** Is this a name that holds the place of a value? */
export function isNode(operand: Operand): operand is NamespaceNode {
  return operand instanceof NamespaceNode;
}
