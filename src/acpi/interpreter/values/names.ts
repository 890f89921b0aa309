/** Looks up, creates and removes names. */

import { findNode, nodeForDefinition } from '../../namespace/lookup.ts';
import { formatName, type NamePath } from '../../terms/name.ts';
import type { Term } from '../../terms/term.ts';
import { fault } from '../state/fault.ts';
import type { Changing, Defining, Naming, Places } from '../state/machine.ts';
import type { AmlValue, NamespaceNode } from '../state/objects.ts';
import { addForeign } from './foreign.ts';

/**
 * The node of a name in a scope, by default that of the current frame; `undefined` if there is none. Forks the path if
 * another table may declare it.
 */
export function lookUp(m: Places, name: NamePath, scope?: NamespaceNode): NamespaceNode | undefined {
  const from = scope ?? m.scope;
  const node = findNode(m.root, from, name, m.present);
  if (node !== undefined || !addForeign(m, from, name)) return node;
  return findNode(m.root, from, name, m.present);
}

/** As {@link lookUp} in the current scope; a missing name is a fault. */
export function find(m: Places, name: NamePath): NamespaceNode {
  return lookUp(m, name) ?? fault('AE_NOT_FOUND', `${formatName(name)} is not found`);
}

/** The node for a definition in a scope that another table may declare. */
function foreignScope(m: Places, scope: NamespaceNode, name: NamePath): NamespaceNode | undefined {
  const above = { ...name, segments: name.segments.slice(0, -1) };
  if (above.segments.length === 0 || !addForeign(m, scope, above)) return undefined;
  return nodeForDefinition(m.root, scope, name, m.present);
}

/** Creates the object of a definition in the current scope; see {@link install}. */
export function define(
  m: Defining,
  name: NamePath,
  term: Term,
  make: (node: NamespaceNode) => AmlValue,
): NamespaceNode {
  const node =
    nodeForDefinition(m.root, m.scope, name, m.present) ??
    foreignScope(m, m.scope, name) ??
    fault('AE_NOT_FOUND', `the scope of ${formatName(name)} is not found`);
  if (node.object !== undefined && m.present(node)) fault('AE_ALREADY_EXISTS', `${node.path} exists already`);
  install(m, node, term, make(node));
  return node;
}

/** Sets the object of a node that the current code defines. A method's objects are removed when it ends. */
export function install(m: Defining, node: NamespaceNode, term: Term, object: AmlValue): void {
  attach(m, node, object);
  node.term = term;
  node.table = m.frame.table;
  node.owner = m.owner;
  m.frame.made(node);
}

/** Sets the object of a node; `undefined` removes it. */
export function attach(m: Changing, node: NamespaceNode, object: AmlValue | undefined): void {
  if (node.shared !== undefined) m.journal.set(node, 'shared', undefined);
  m.journal.note(node, 'object');
  node.object = object;
}

/** Removes the objects that a method created and all below them. */
export function withdraw(m: Changing, created: Iterable<NamespaceNode>): void {
  const pending = [...created].reverse();
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (next.object !== undefined) {
      m.journal.set(next, 'former', next.object);
      attach(m, next, undefined);
    }
    pending.push(...next.children.values());
  }
}

/** Removes the objects that a table created. @param owner ordinal of the table */
export function withdrawTable(m: Changing & Naming, owner: number): void {
  const pending: NamespaceNode[] = [m.root];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node.owner === owner && node.object !== undefined) attach(m, node, undefined);
    pending.push(...node.children.values());
  }
}
