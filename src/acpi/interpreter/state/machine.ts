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
import type { Clock } from './clock.ts';
import type { AmlFault } from './fault.ts';
import type { Journal } from './journal.ts';
import type {
  AmlValue,
  MethodObject,
  MutexObject,
  NamespaceNode,
  Operand,
  PackageObject,
  Slots,
  TableHandle,
} from './objects.ts';
import type { Profile } from './profile.ts';
import type { Fill, MemoryImage, RegionStore } from './regions.ts';

/**
 * What an instruction does. `at` is the stack index of its first operand. What it gives back goes on the stack when
 * the instruction's `keeps` is set.
 */
export type Run = (machine: Machine, instruction: Instruction, at: number) => unknown;

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

export class Frame implements Slots {
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
  readonly loops: { turns: number; started: number; slept: bigint }[] = [];
  /** What it gives when its terms run out. */
  result: AmlValue | undefined;
  readonly savedSyncLevel: number;
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
    this.savedSyncLevel = syncLevel;
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

/** What instructions ask of the paths that are explored. */
export interface Branching {
  /** Is there anything that instructions have to look out for? */
  readonly open: boolean;
  /** A condition, as far as this path says what it is. */
  decided(condition: Quantity): Quantity;
  /** A value, without sides that this path isn't on. */
  refined(value: Quantity): Quantity;
  /** The path goes to another place of its frame. */
  go(
    target: { readonly kind: 'jump'; readonly depth: number; readonly pc: number },
    value: undefined,
    fault: undefined,
  ): void;
}

/** Evaluations that run side by side. */
export interface Threading {
  /** The one that runs, from 1. */
  readonly current: number;
  /** Waits in an instruction until `ready`, or for so many 100 ns; gives whether it became ready. */
  wait(ready: () => boolean, timeout: bigint | undefined): boolean;
}

/** The machine, as far as instructions and what they work with need it. */
export interface Machine {
  readonly options: InterpreterOptions;
  readonly profile: Profile;
  /** Integer width in bits, and the largest integer. */
  readonly bits: number;
  readonly mask: bigint;
  readonly clock: Clock;
  /** What the evaluation under way has taken. */
  readonly budget: EvaluationBudget;

  // ---- state
  readonly root: NamespaceNode;
  readonly journal: Journal;
  readonly regions: RegionStore;
  readonly paths: Branching;
  readonly frames: Frame[];
  readonly stack: Operand[];
  sp: number;
  syncLevel: number;
  /** Ordinal of the table being loaded, noted on what it makes. */
  owner: number;
  /** Tables are being loaded: only the first handlers of regions are there. */
  readonly tablesLoading: boolean;
  /** A Windows interface was asked for and tables are loaded: port addresses have 16 bits. */
  readonly cutIoAddresses: boolean;
  /** Index fields being selected inside each other. */
  indirection: number;
  /** Where tables lie that DataTableRegions are over: in a space of their own. */
  readonly tableAddresses: Map<Uint8Array, bigint>;
  /** Packages whose names are looked up at the end of the table. */
  readonly openPackages: PackageObject[];
  /** Mutexes held by the evaluation, with the sync level before each. */
  readonly held: { readonly mutex: MutexObject; readonly level: number }[];
  readonly threads: Threading | undefined;
  readonly loader: TableLoader | undefined;

  // ---- what isn't known
  /** May names exist that none of the tables declares: are there other tables, or such that code loads? */
  readonly namesOpen: boolean;
  /** What the tables declare, whether it is run or not. */
  readonly declared: DeclaredNamespace | undefined;
  /** Values that objects of other tables have had. */
  foreignValues: number;
  /** Names that no table has may be made by tables that code loads. */
  unsettleNames(): void;
  /** Notes that the state can't be relied on from here. */
  abandonState(reason: string): void;
  /** Which side of a condition this path is on. Parts the path in two when nothing says. */
  decide(condition: Quantity): boolean;
  /** The object of a Choice on this path. */
  settle(object: AmlValue | undefined): AmlValue | undefined;
  /** Is there an object of this node's name on this path? */
  readonly present: (node: NamespaceNode) => boolean;
  /** Gives up following what depends on unknown values. */
  abandon(reason: string): never;
  truthOf(value: Quantity): boolean;
  unknown(reason: string): Quantity;

  // ---- what is told
  readonly trace: TraceRecord[] | undefined;
  readonly debugOutput: string[];
  readonly notifications: string[];
  record(record: TraceRecord): void;

  // ---- frames
  /** Calls a method: a frame goes on the stack. */
  enterMethod(node: NamespaceNode, method: MethodObject, args: readonly Operand[]): void;
  /** Does an evaluation run inside of another? */
  readonly nested: boolean;
  /** Told of faults in a table's own code, which goes on. */
  readonly onTableFault: (why: AmlFault, frame: Frame) => void;
  /** A frame ends by itself. */
  returnFrom(value: AmlValue | NamespaceNode | undefined): void;
}
