/**
 * What runs, and on what: instructions, the frames of running methods, and the machine as instructions see it. The three know
 * each other, so they stand together.
 */
import type { Quantity } from '../../../symbolic/index.ts';
import type { DeclaredNamespace } from '../../namespace/declared.ts';
import type { AcpiTable } from '../../tables/table.ts';
import type { NamePath } from '../../terms/name.ts';
import type { Term } from '../../terms/term.ts';
import type { EvaluationBudget } from './budget.ts';
import type { Clock, Loop } from './clock.ts';
import type { AmlFault } from './fault.ts';
import type { GivenUp } from './given-up.ts';
import type { Handlers } from './handlers.ts';
import type { Journal } from './journal.ts';
import type { Locks } from './locks.ts';
import type {
  AmlValue,
  MethodObject,
  NamespaceNode,
  PackageObject,
  Resolved,
  Slots,
  TableHandle,
} from './objects.ts';
import type { Operands } from './operands.ts';
import type { OtherTables } from './other-tables.ts';
import type { Profile } from './profile.ts';
import type { Fill, MemoryImage, RegionStore } from './regions.ts';
import type { Trace } from './trace.ts';

/**
 * What an instruction does to what it sees of the machine. What it gives back goes on the stack when the instruction's
 * `keeps` is set.
 */
export type Run<Seen = Machine> = (machine: Seen, operands: Operands, instruction: Instruction) => unknown;

/** Given by instructions that have moved frame, stack and counter themselves. */
export const TAKEN = Symbol('taken');

/** Operators by ASL name. */
export type Operators<Seen> = Readonly<Record<string, Run<Seen>>>;

export class Instruction {
  declare readonly run: Run;
  declare readonly term: Term;
  /** Operands it takes from the stack. */
  declare readonly takes: number;
  /** Does its result stay on the stack? */
  declare keeps: boolean;
  declare name: NamePath | undefined;
  declare value: AmlValue | undefined;
  /** Jump target, slot, element count: what `run` makes of it. */
  declare target: number;
  /** A name in a value's place: a method is called. */
  declare calls: boolean;
  /** A name that stands for its value, taken at once: what is computed later can't change it any more. */
  declare takesValue: boolean;

  constructor(run: Run, term: Term, takes: number, keeps: boolean) {
    this.run = run;
    this.term = term;
    this.takes = takes;
    this.keeps = keeps;
    this.name = undefined;
    this.value = undefined;
    this.target = 0;
    this.calls = false;
    this.takesValue = false;
  }
}

/** A statement's instructions [start, end), and how deep in loops and scopes it stands. */
export interface Statement {
  readonly start: number;
  end: number;
  readonly loops: number;
  readonly scopes: number;
}

export interface Plan {
  readonly instructions: readonly Instruction[];
  readonly statements: readonly Statement[];
  /** For each instruction the index of the innermost statement around it. */
  readonly statementOf: readonly number[];
}

/** Slots of a frame: eight locals, then seven arguments. */
export const FIRST_ARGUMENT_SLOT = 8;
export const SLOTS = 15;

/** The method or table whose code runs, as operators see it. */
export interface RunningMethod extends Slots {
  /** Undefined for a table's own code. */
  readonly method: MethodObject | undefined;
  readonly table: AcpiTable | undefined;
  /** The innermost scope that names are resolved and made in. */
  readonly scope: NamespaceNode;
  enterScope(node: NamespaceNode): void;
  leaveScope(): void;
  made(node: NamespaceNode): void;
}

export class Frame implements RunningMethod {
  readonly plan: Plan;
  /** The method's node; the root for a table. */
  readonly node: NamespaceNode;
  readonly method: MethodObject | undefined;
  readonly table: AcpiTable | undefined;
  /** The innermost scope that names are resolved and made in. */
  scope: NamespaceNode;
  /** Scopes left again at the end of their bodies. */
  readonly scopes: NamespaceNode[] = [];
  pc = 0;
  readonly slots: (AmlValue | NamespaceNode | undefined)[] = new Array(SLOTS).fill(undefined);
  /** Types that stores through references gave the slots; see store.ts. */
  slotTypes: number[] | undefined;
  /** Where this frame's operands begin on the machine's stack. */
  readonly base: number;
  /** Nodes made by this method: they go when it ends. */
  created: NamespaceNode[] | undefined;
  /** Turns taken by the loops that are running, the innermost last. */
  readonly loops: Loop[] = [];
  /** What it gives when its terms run out. */
  result: AmlValue | undefined;
  /** The sync level before it. */
  readonly syncLevel: number;
  /** Ordinal of the table whose own code this is; 0 for a method. */
  owner = 0;

  constructor(
    plan: Plan,
    node: NamespaceNode,
    method: MethodObject | undefined,
    table: AcpiTable | undefined,
    scope: NamespaceNode,
    base: number,
    syncLevel: number,
  ) {
    this.plan = plan;
    this.node = node;
    this.method = method;
    this.table = table;
    this.scope = scope;
    this.base = base;
    this.syncLevel = syncLevel;
  }

  /** Names are made and looked for in another scope, until it is left. */
  enterScope(node: NamespaceNode): void {
    this.scopes.push(this.scope);
    this.scope = node;
  }

  leaveScope(): void {
    this.scope = this.scopes.pop() ?? this.scope;
  }

  /** A node is made: a method's go when it ends. */
  made(node: NamespaceNode): void {
    if (this.method === undefined) return;
    this.created ??= [];
    this.created.push(node);
  }
}

export interface InterpreterOptions {
  /** Integers have 32 bits: the DSDT's revision is below 2. */
  readonly narrow: boolean;
  /** What unwritten bytes of regions hold; undefined when it isn't known. */
  readonly fill: Fill | undefined;
  readonly memory: readonly MemoryImage[];
  /** Values of firmware fields by name (`MG2B`) or path (`\_SB.PCI0.TOLM`). */
  readonly set: ReadonlyMap<string, bigint>;
  /** The tables are all that the machine has: a name that none of them declares doesn't exist. */
  readonly complete: boolean;
  readonly profile: Profile;
}

/** Tables that running code asks for: Load, LoadTable, DataTableRegion. */
export interface TableLoader {
  /** The table of that signature, OEM id and OEM table id (empty: any); undefined when the machine has none. */
  find(signature: string, oemId: string, oemTableId: string): AcpiTable | undefined;
  /** Puts the code of a table on the stack, which gives its handle. */
  load(bytes: Uint8Array, scope: NamespaceNode): void;
  /** The same for a table found by {@link find}. */
  loadFound(table: AcpiTable, scope: NamespaceNode): void;
  unload(handle: TableHandle): void;
}

/** Whose the machine is: who brings it up. */
export interface MachineOwner {
  readonly loader: TableLoader;
  /** What the tables declare, whether it is run or not. */
  readonly declared: DeclaredNamespace;
  /** Told of faults in a table's own code, which goes on. */
  onTableFault(why: AmlFault, table: AcpiTable | undefined): void;
}

export interface Evaluation {
  /** What it gave; undefined when nothing was returned or every path faulted. */
  readonly value: AmlValue | NamespaceNode | undefined;
  /** Set when it was aborted on every path that isn't in `faults`. */
  readonly fault: AmlFault | undefined;
  /** Paths that were aborted, with their conditions. */
  readonly faults: readonly { readonly when: Quantity; readonly fault: AmlFault }[];
}

/** What instructions ask of the paths that are explored. */
export interface Branching {
  /** Is there anything that instructions have to look out for? */
  readonly open: boolean;
  /** A condition, as far as this path says what it is. */
  decided(condition: Quantity): Quantity;
  /** A value, without sides that this path isn't on. */
  refined(value: Quantity): Quantity;
}

/** Evaluations that run side by side. */
export interface Threading {
  /** The one that runs, from 1. */
  readonly current: number;
  /** Waits in an instruction until `ready`, or for so many 100 ns; gives whether it became ready. */
  wait(ready: () => boolean, timeout: bigint | undefined): boolean;
}

// ---- What operators and values see of the machine, by subject.

/** How wide integers are. */
export interface Integers {
  /** In bits. */
  readonly bits: number;
  /** The largest one. */
  readonly mask: bigint;
}

/** What the inputs don't settle. */
export interface Deciding {
  readonly paths: Branching;
  /** Which side of a condition this path is on. Parts the path in two when nothing says. */
  decide(condition: Quantity): boolean;
  /** As {@link decide}, of an integer as AML takes it for a condition. */
  truthOf(value: Quantity): boolean;
  /** The object of a Choice on this path. */
  settle(object: AmlValue | undefined): AmlValue | undefined;
  /** Is there an object of this node's name on this path? */
  readonly present: (node: NamespaceNode) => boolean;
  /** Gives up following what depends on unknown values. */
  abandon(reason: string): never;
  unknown(reason: string): Quantity;
}

/** What integers, strings and buffers are converted by. */
export interface Converting extends Integers, Deciding {
  readonly profile: Profile;
  /** What the evaluation under way has taken. */
  readonly budget: EvaluationBudget;
}

export interface Changing {
  /** Notes changes; active where values may be unknown. */
  readonly journal: Journal;
}

/** Where names are looked up. */
export interface Naming {
  readonly root: NamespaceNode;
  /** The innermost scope of the code that runs; the root where none does. */
  readonly scope: NamespaceNode;
  readonly otherTables: OtherTables;
  /** What the tables declare, whether it is run or not. */
  readonly declared: DeclaredNamespace | undefined;
  /** Values of firmware fields that were given, by name or path. */
  readonly given: ReadonlyMap<string, bigint>;
}

/** What lies behind operation regions. */
export interface Spaces {
  readonly regions: RegionStore;
  readonly handlers: Handlers;
}

/** Everything that values are read from and stored to. */
export interface Places extends Converting, Changing, Naming, Spaces {
  readonly trace: Trace;
  /** The method or table whose code runs. */
  readonly frame: RunningMethod;
}

/** What time, mutexes and events need. */
export interface Synchronising extends Places {
  readonly clock: Clock;
  readonly locks: Locks;
  readonly threads: Threading | undefined;
  /** Does an evaluation run inside of another? */
  readonly nested: boolean;
}

/** Tables that code looks for and loads. */
export interface Loading extends Places {
  readonly loader: TableLoader;
  /** What is made from here on is of the table again whose code runs: one that it loaded is through. */
  resumeOwner(): void;
}

/** What is done where code is given up that may have changed something. */
export interface Forgetting extends Places {
  readonly givenUp: GivenUp;
}

/** Calls of methods. */
export interface Calling extends Places {
  /** Calls a method: a frame goes on the stack. */
  enterMethod(node: NamespaceNode, method: MethodObject, args: readonly Resolved[]): void;
}

/** What makes named objects. */
export interface Defining extends Loading, Calling {
  /** Ordinal of the table being loaded, noted on what it makes. */
  readonly owner: number;
}

/** The machine as the planner's own instructions see it: they move it on. */
export interface Machine extends Synchronising, Defining, Forgetting {
  /** The code that runs goes on there. */
  jump(pc: number): void;
  /** The code that runs ends. */
  returnFrom(value: AmlValue | NamespaceNode | undefined): void;
  /** The same, with what code gives whose terms run out. */
  returnResult(): void;
  /** The loops of the code that runs. */
  readonly loops: Loop[];
  /** A package of a table's own: its names are looked up at the end of the table. */
  completeLater(made: PackageObject): void;
  /** Told of a fault in a table's own code, which goes on. */
  tableFault(why: AmlFault, term: Term): void;
}
