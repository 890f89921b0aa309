/**
 * Names that none of the given tables declares. Unless the machine has no other tables, another one may declare them.
 * Whether it does is a variable, `exists(\\ZZZZ)`, on which paths fork.
 */
import { type ChoiceVariable, type Condition, chosen, fieldValue } from '../../../symbolic/index.ts';
import type { DeclaredObject } from '../../namespace/declared.ts';
import { nameOfNode } from '../../namespace/node.ts';
import { type NamePath, trimSegment } from '../../terms/name.ts';
import type { Integers, Naming } from '../state/machine.ts';
import {
  AliasObject,
  type AmlValue,
  Choice,
  type ForeignObject as Foreign,
  ForeignObject,
  type NamespaceNode,
} from '../state/objects.ts';

/** The variable for whether an object of that path exists in another table. */
export function existenceChoice(path: string): ChoiceVariable {
  return { id: `exists(${path})`, values: ['0', '1'], ordered: false };
}

export function existsElsewhere(path: string): Condition {
  return chosen(existenceChoice(path), '1') as Condition;
}

/** Object types of External that have a value (ACPI 6.5, table 19.39): integers, strings, buffers, packages, fields. */
const VALUES: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 14]);

/**
 * Adds a name that was not found to the namespace as an object that may exist. @returns false if no other table can
 * declare it
 */
export function addForeign(m: Naming & Integers, scope: NamespaceNode, name: NamePath): boolean {
  const segments = m.otherTables.open ? pathOf(m, scope, name) : undefined;
  if (segments === undefined) return false;
  let at = m.root;
  for (const segment of segments) {
    const next: NamespaceNode = at.child(segment);
    if (next.object === undefined) {
      if (isDeclared(m, next)) return false;
      next.object = foreignOf(m, next.path);
    }
    at = next.object instanceof AliasObject ? next.object.target : next;
  }
  return true;
}

function foreignOf(m: Naming & Integers, path: string): AmlValue {
  // An object with a given value exists.
  const given = m.given.get(path) ?? m.given.get(trimSegment(path.slice(-4)));
  if (given !== undefined) return given & m.mask;
  return new Choice(
    existsElsewhere(path) as never,
    new ForeignObject(path, foreignValue(m, path, 0)),
    undefined,
  );
}

/** @param version number of the value: it may change when it is written or called */
function foreignValue(m: Naming & Integers, path: string, version: number): Foreign['value'] {
  const name = trimSegment(path.split(/[\\.]/).at(-1) ?? path);
  return fieldValue({
    name,
    path,
    space: 'another table',
    address: undefined,
    bitOffset: 0,
    bits: m.bits,
    epoch: version,
  });
}

/** A new unknown value of the same object. */
export function renewed(m: Naming & Integers, { path }: Foreign): Foreign {
  return new ForeignObject(path, foreignValue(m, path, m.otherTables.nextValue()));
}

/** Whether an External declares it as an object with a value, not as a method. */
export function isValue(m: Naming & Integers, { path }: Foreign): boolean {
  return VALUES.has(declaredAt(m, path)?.external ?? 0);
}

/** The path of a name that was not found, if another table declares it; `undefined` if a given table declares it. */
function pathOf(m: Naming & Integers, scope: NamespaceNode, name: NamePath): readonly string[] | undefined {
  const { root, parents, segments } = name;
  if (segments.length === 0 || m.declared === undefined) return undefined;
  let base: NamespaceNode | undefined = root ? m.root : scope;
  for (let i = 0; i < parents; i++) base = base?.parent;
  if (base === undefined) return undefined;
  const from = nameOfNode(base).segments;
  if (root || parents > 0 || segments.length > 1) return [...from, ...segments];
  // A single segment is where an External declares it, otherwise at the root.
  const segment = segments[0]!;
  for (let depth = from.length; depth >= 0; depth--) {
    const declared = m.declared.at([...from.slice(0, depth), segment]);
    if (declared === undefined) continue;
    if (declared.declarations.length > 0) return undefined;
    if (declared.external !== undefined) return [...from.slice(0, depth), segment];
  }
  return [segment];
}

function declaredAt(m: Naming & Integers, path: string): DeclaredObject | undefined {
  const segments = path.slice(1).split('.');
  return m.declared?.at(segments.map((segment) => segment.padEnd(4, '_')));
}

/** Whether a given table declares the node in code that was not executed. */
function isDeclared(m: Naming & Integers, node: NamespaceNode): boolean {
  const declared = m.declared?.at(nameOfNode(node).segments);
  return declared?.kind !== undefined || (declared !== undefined && declared.declarations.length > 0);
}
