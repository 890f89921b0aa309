/** Name lookup by the rules of ACPI 6.5, 5.3, in a namespace where objects may exist under a condition. */
import { AliasObject, type AmlValue, Choice, type NamespaceNode } from '../interpreter/state/objects.ts';
import type { NamePath } from '../terms/name.ts';

/** Whether the object of a node exists; its object may be a Choice. */
export type Presence = (node: NamespaceNode) => boolean;

function follow(node: NamespaceNode): NamespaceNode {
  const { object } = node;
  return object instanceof AliasObject ? object.target : node;
}

/**
 * The node for a definition of `name` in `scope`, created if it does not exist. `undefined` if an object of another than
 * the last segment does not exist.
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
 * The node that a name used in `scope` denotes: a single segment is searched for in parent scopes too (ACPI 6.5, 5.3).
 * Aliases are followed. `undefined` if there is none.
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
 * Every node that a name used in `scope` may denote: several if the existence of an object depends on a condition.
 * Aliases are followed.
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
    // Only a single segment is searched for in parent scopes.
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
