/** The namespace of a running machine: nodes that hold objects. */
import { AliasObject, type AmlValue, Choice, type SharedInteger } from '../interpreter/state/objects.ts';
import type { AcpiTable } from '../tables/table.ts';
import type { NamePath } from '../terms/name.ts';
import { trimSegment } from '../terms/name.ts';
import type { Term } from '../terms/term.ts';

const NO_CHILDREN: ReadonlyMap<string, NamespaceNode> = new Map();

export class NamespaceNode {
  declare readonly segment: string;
  declare readonly parent: NamespaceNode | undefined;
  /** Undefined: no object of this name exists (now). A Choice with an undefined side: it exists on a condition. */
  declare object: AmlValue | undefined;
  /** The object it had when the method ended that made it. */
  declare former: AmlValue | undefined;
  /** What packages hold that name this node's integer: they see it change. */
  declare shared: SharedInteger | Choice | undefined;
  /** What declared it, and where. */
  declare term: Term | undefined;
  declare table: AcpiTable | undefined;
  /** Ordinal of the table load that made it; 0 predefined. */
  declare owner: number;
  /** Made when there are some: most nodes have none. */
  #children: Map<string, NamespaceNode> | undefined = undefined;

  constructor(segment: string, parent: NamespaceNode | undefined) {
    this.segment = segment;
    this.parent = parent;
    this.object = undefined;
    this.former = undefined;
    this.shared = undefined;
    this.term = undefined;
    this.table = undefined;
    this.owner = 0;
  }

  get children(): ReadonlyMap<string, NamespaceNode> {
    return this.#children ?? NO_CHILDREN;
  }

  /** Absolute path, segments without padding: `\_SB.PCI0`. */
  get path(): string {
    let text = '';
    for (let at: NamespaceNode = this; at.parent; at = at.parent)
      text = text === '' ? trimSegment(at.segment) : `${trimSegment(at.segment)}.${text}`;
    return `\\${text}`;
  }

  child(segment: string): NamespaceNode {
    this.#children ??= new Map();
    let child = this.#children.get(segment);
    if (child === undefined) {
      child = new NamespaceNode(segment, this);
      this.#children.set(segment, child);
    }
    return child;
  }
}

/** The absolute name of a node. */
export function nameOfNode(node: NamespaceNode): NamePath {
  const segments: string[] = [];
  for (let at: NamespaceNode = node; at.parent; at = at.parent) segments.unshift(at.segment);
  return { root: true, parents: 0, segments };
}

/** Is there an object of this node's name? Asked where its object is a Choice, too. */
export type Presence = (node: NamespaceNode) => boolean;

function follow(node: NamespaceNode): NamespaceNode {
  const { object } = node;
  return object instanceof AliasObject ? object.target : node;
}

/**
 * The node that a definition of `name` at `scope` makes, new or old. All but the last segment must be there: the
 * result is undefined otherwise.
 */
export function nodeForDefinition(
  root: NamespaceNode,
  scope: NamespaceNode,
  name: NamePath,
  present: Presence,
): NamespaceNode | undefined {
  let at: NamespaceNode | undefined = name.root ? root : scope;
  for (let i = 0; i < name.parents; i++) {
    at = at.parent;
    if (at === undefined) return undefined;
  }
  const last = name.segments.length - 1;
  for (let i = 0; i < last; i++) {
    const next: NamespaceNode | undefined = at.children.get(name.segments[i]!);
    if (next === undefined || next.object === undefined || !present(next)) return undefined;
    at = follow(next);
  }
  return last < 0 ? at : at.child(name.segments[last]!);
}

/**
 * The node a name used at `scope` means: a single segment is searched upwards (ACPI 6.5, 5.3). Aliases are followed.
 * Undefined when there is none.
 */
export function findNode(
  root: NamespaceNode,
  scope: NamespaceNode,
  name: NamePath,
  present: Presence,
): NamespaceNode | undefined {
  const { segments } = name;
  if (!name.root && name.parents === 0 && segments.length === 1) {
    const segment = segments[0]!;
    for (let at: NamespaceNode | undefined = scope; at; at = at.parent) {
      const child = at.children.get(segment);
      if (child !== undefined && child.object !== undefined && present(child)) return follow(child);
    }
    return undefined;
  }
  let at: NamespaceNode = name.root ? root : scope;
  for (let i = 0; i < name.parents; i++) {
    if (at.parent === undefined) return undefined;
    at = at.parent;
  }
  for (const segment of segments) {
    const next = at.children.get(segment);
    if (next === undefined || next.object === undefined || !present(next)) return undefined;
    at = follow(next);
  }
  return at;
}

/**
 * Every node that a name used at `scope` may mean: more than one where an object exists only on a condition. Aliases are
 * followed.
 */
export function visibleNodes(root: NamespaceNode, scope: NamespaceNode, name: NamePath): NamespaceNode[] {
  const found: NamespaceNode[] = [];
  let open = false;
  const present = (node: NamespaceNode): boolean => {
    if (!existsForCertain(node)) open = true;
    return true;
  };
  for (let from: NamespaceNode | undefined = scope; from; from = open ? from.parent : undefined) {
    open = false;
    const node = findNode(root, from, name, present);
    if (node !== undefined && !found.includes(node)) found.push(node);
    // Only a single segment is looked for further up.
    if (name.root || name.parents > 0 || name.segments.length !== 1) break;
  }
  return found;
}

function existsForCertain({ object }: NamespaceNode): boolean {
  const pending: (AmlValue | undefined)[] = [object];
  while (pending.length > 0) {
    const next = pending.pop();
    if (next === undefined) return false;
    if (next instanceof Choice) pending.push(next.yes, next.no);
  }
  return true;
}
