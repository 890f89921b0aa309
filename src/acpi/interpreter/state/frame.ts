/** One running method, or a table's code outside methods. */

import type { AcpiTable } from '../../tables/table.ts';
import type { Plan } from '../plan/plan.ts';
import type { AmlValue, MethodObject, NamespaceNode } from './objects.ts';

/** Slots of a frame: eight locals, then seven arguments. */
export const FIRST_ARGUMENT_SLOT = 8;
export const SLOTS = 15;

export class Frame {
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
