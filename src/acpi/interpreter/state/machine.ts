/**
 * Instructions, plans, frames, and the interfaces of the machine by subject. The types depend on each other, so they are
 * in one file.
 */
import type { Quantity } from '../../../symbolic/index.ts';
import type { DeclaredNamespace } from '../../namespace/declared.ts';
import type { AcpiTable } from '../../tables/table.ts';
import type { NamePath } from '../../terms/name.ts';
import type { Term } from '../../terms/term.ts';
import type { AbandonedCode } from './abandoned-code.ts';
import type { EvaluationBudget } from './budget.ts';
import type { Clock, Loop } from './clock.ts';
import type { AmlFault } from './fault.ts';
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
 * The implementation of an instruction; `Seen` is the part of the machine that it uses. Its result is pushed on the stack
 * if the instruction has `keeps`.
 */
export type Run<Seen = Machine> = (machine: Seen, operands: Operands, instruction: Instruction) => unknown;

/** Result of instructions that have updated frames, stack and program counter themselves. */
export const TAKEN = Symbol('taken');

/** Operators by ASL name. */
export type Operators<Seen> = Readonly<Record<string, Run<Seen>>>;

export class Instruction {
  declare readonly run: Run;
  declare readonly term: Term;
  /** Number of operands on the stack. */
  declare readonly takes: number;
  /** Its result is pushed on the stack. */
  declare keeps: boolean;
  declare name: NamePath | undefined;
  declare value: AmlValue | undefined;
  /** Jump target, slot or element count, depending on `run`. */
  declare target: number;
  /** Of a name: a method is called. */
  declare calls: boolean;
  /** Of a name: its value is read at once, before later operands are evaluated. */
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

/** The instructions [start, end) of a statement, and the numbers of enclosing loops and scopes. */
export interface Statement {
  readonly start: number;
  end: number;
  readonly loops: number;
  readonly scopes: number;
}

export interface Plan {
  readonly instructions: readonly Instruction[];
  readonly statements: readonly Statement[];
  /** For each instruction, the index of its innermost statement. */
  readonly statementOf: readonly number[];
}

/** Slots of a frame: eight locals, then seven arguments. */
export const FIRST_ARGUMENT_SLOT = 8;
export const SLOTS = 15;

/** The interface of the current frame for operators. */
export interface RunningMethod extends Slots {
  /** `undefined` in module-level code. */
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
  /** The enclosing scopes, innermost last. */
  readonly scopes: NamespaceNode[] = [];
  pc = 0;
  readonly slots: (AmlValue | NamespaceNode | undefined)[] = new Array(SLOTS).fill(undefined);
  /** Types of slots that were stored to through references; see store.ts. */
  slotTypes: number[] | undefined;
  /** Index of this frame's first operand on the machine's stack. */
  readonly base: number;
  /** Nodes created by this method, which are removed when it ends. */
  created: NamespaceNode[] | undefined;
  /** The running loops, innermost last. */
  readonly loops: Loop[] = [];
  /** Result if its code ends without a Return. */
  result: AmlValue | undefined;
  /** Sync level before the call. */
  readonly syncLevel: number;
  /** Ordinal of the table for module-level code; 0 for a method. */
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

  /** Creates and resolves names in another scope until `leaveScope`. */
  enterScope(node: NamespaceNode): void {
    this.scopes.push(this.scope);
    this.scope = node;
  }

  leaveScope(): void {
    this.scope = this.scopes.pop() ?? this.scope;
  }

  /** Records a node that was created, which a method removes when it ends. */
  made(node: NamespaceNode): void {
    if (this.method === undefined) return;
    this.created ??= [];
    this.created.push(node);
  }
}

export interface InterpreterOptions {
  /** Integers have 32 bits: the DSDT's revision is below 2. */
  readonly narrow: boolean;
  /** Initial contents of regions; `undefined` if unknown. */
  readonly fill: Fill | undefined;
  readonly memory: readonly MemoryImage[];
  /** Values of firmware fields by name (`MG2B`) or path (`\_SB.PCI0.TOLM`). */
  readonly set: ReadonlyMap<string, bigint>;
  /** The machine has no other tables: a name that none of them declares does not exist. */
  readonly complete: boolean;
  readonly profile: Profile;
}

/** Finds and loads tables for Load, LoadTable and DataTableRegion. */
export interface TableLoader {
  /** The table with a signature, OEM ID and OEM table ID (empty: any); `undefined` if there is none. */
  find(signature: string, oemId: string, oemTableId: string): AcpiTable | undefined;
  /** Pushes a frame for the code of a table, whose result is the table's handle. */
  load(bytes: Uint8Array, scope: NamespaceNode): void;
  /** The same for a table found by {@link find}. */
  loadFound(table: AcpiTable, scope: NamespaceNode): void;
  unload(handle: TableHandle): void;
}

/** What the interpreter needs from the code that boots the machine. */
export interface MachineOwner {
  readonly loader: TableLoader;
  /** The declarations of all tables. */
  readonly declared: DeclaredNamespace;
  /** Called for faults in module-level code, which continues. */
  onTableFault(why: AmlFault, table: AcpiTable | undefined): void;
}

export interface Evaluation {
  /** The result; `undefined` if nothing was returned or all paths faulted. */
  readonly value: AmlValue | NamespaceNode | undefined;
  /** The fault of all paths that are not in `faults`. */
  readonly fault: AmlFault | undefined;
  /** Faults of some paths, with their conditions. */
  readonly faults: readonly { readonly when: Quantity; readonly fault: AmlFault }[];
}

/** The interface of path exploration for instructions. */
export interface Branching {
  /** There are forks or pending paths. */
  readonly open: boolean;
  /** A condition, simplified by the assumptions of this path. */
  decided(condition: Quantity): Quantity;
  /** A value without choices that are decided on this path. */
  refined(value: Quantity): Quantity;
}

/** The interface of concurrent evaluations for instructions. */
export interface Threading {
  /** Number of the running thread, from 1. */
  readonly current: number;
  /** Waits in an instruction until `ready` is true. @param timeout in units of 100 ns @returns whether `ready` is true */
  wait(ready: () => boolean, timeout: bigint | undefined): boolean;
}

// ---- Interfaces of the machine for operators and values, by subject.

/** The integer width. */
export interface Integers {
  /** 32 or 64. */
  readonly bits: number;
  /** Ones. */
  readonly mask: bigint;
}

/** Decisions on unknown values. */
export interface Deciding {
  readonly paths: Branching;
  /** Whether a condition is true on this path. Forks the path if that is unknown. */
  decide(condition: Quantity): boolean;
  /** As {@link decide}, for an AML integer: not zero. */
  truthOf(value: Quantity): boolean;
  /** The object of a Choice on this path; any other object unchanged. Forks the path if its condition is unknown. */
  settle(object: AmlValue | undefined): AmlValue | undefined;
  /** Whether the node's object exists on this path. */
  readonly present: (node: NamespaceNode) => boolean;
  /** Abandons the current path, since it depends on unknown values. */
  abandon(reason: string): never;
  unknown(reason: string): Quantity;
}

/** For conversions between integers, strings and buffers. */
export interface Converting extends Integers, Deciding {
  readonly profile: Profile;
  /** The work of the current evaluation. */
  readonly budget: EvaluationBudget;
}

export interface Changing {
  /** Records changes; active if values may be unknown. */
  readonly journal: Journal;
}

/** For name lookup. */
export interface Naming {
  readonly root: NamespaceNode;
  /** The scope of the current frame; the root if there is none. */
  readonly scope: NamespaceNode;
  readonly otherTables: OtherTables;
  /** The declarations of all tables. */
  readonly declared: DeclaredNamespace | undefined;
  /** Given values of firmware fields, by name or path. */
  readonly given: ReadonlyMap<string, bigint>;
}

/** For operation regions. */
export interface Spaces {
  readonly regions: RegionStore;
  readonly handlers: Handlers;
}

/** For reading from and storing to all kinds of places. */
export interface Places extends Converting, Changing, Naming, Spaces {
  readonly trace: Trace;
  /** The method or table whose code runs. */
  readonly frame: RunningMethod;
}

/** For time, mutexes and events. */
export interface Synchronising extends Places {
  readonly clock: Clock;
  readonly locks: Locks;
  readonly threads: Threading | undefined;
  /** An evaluation is running inside another. */
  readonly nested: boolean;
}

/** For finding and loading tables. */
export interface Loading extends Places {
  readonly loader: TableLoader;
  /** Called after a table was loaded by code: new nodes belong to the table of the current frame again. */
  resumeOwner(): void;
}

/** For abandoned code. */
export interface Forgetting extends Places {
  readonly abandonedCode: AbandonedCode;
}

/** For method calls. */
export interface Calling extends Places {
  /** Calls a method: pushes a frame. */
  enterMethod(node: NamespaceNode, method: MethodObject, args: readonly Resolved[]): void;
}

/** For creating named objects. */
export interface Defining extends Loading, Calling {
  /** Ordinal of the table being loaded, recorded in nodes that it creates. */
  readonly owner: number;
}

/** The whole machine, for control instructions. */
export interface Machine extends Synchronising, Defining, Forgetting {
  /** Continues the current frame at an instruction. */
  jump(pc: number): void;
  /** Returns from the current frame. */
  returnFrom(value: AmlValue | NamespaceNode | undefined): void;
  /** Returns from the current frame with its `result`. */
  returnResult(): void;
  /** The running loops of the current frame. */
  readonly loops: Loop[];
  /** Records a package of module-level code, whose names are resolved at the end of the table. */
  completeLater(made: PackageObject): void;
  /** Reports a fault in module-level code, which continues. */
  tableFault(why: AmlFault, term: Term): void;
}
