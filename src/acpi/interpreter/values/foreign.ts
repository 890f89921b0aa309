/**
 * Names that none of the tables has: where the tables aren't known to be all of the machine's, another may declare them.
 * Whether it does is a choice, `exists(\\ZZZZ)`, on which paths part like on any other condition.
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

/** Says whether an object of that path exists in a table that isn't there. */
export function existenceChoice(path: string): ChoiceVariable {
  return { id: `exists(${path})`, values: ['0', '1'], ordered: false };
}

export function existsElsewhere(path: string): Condition {
  return chosen(existenceChoice(path), '1') as Condition;
}

/** Types that External gives names which hold a value (ACPI 6.5, table 19.39): integers, strings, buffers, packages, fields. */
const VALUES: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 14]);

/** Puts what another table may declare into the namespace, where a name that isn't found may mean that. False otherwise. */
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
  // Whoever says what it holds says that it is there.
  const given = m.given.get(path) ?? m.given.get(trimSegment(path.slice(-4)));
  if (given !== undefined) return given & m.mask;
  return new Choice(
    existsElsewhere(path) as never,
    new ForeignObject(path, foreignValue(m, path, 0)),
    undefined,
  );
}

/** @param version counts what it was before: what is written to it or called again isn't known to be the same */
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

/** Another value of the same name. */
export function renewed(m: Naming & Integers, { path }: Foreign): Foreign {
  return new ForeignObject(path, foreignValue(m, path, m.otherTables.nextValue()));
}

/** Does an External say that it holds a value, and is no method? */
export function isValue(m: Naming & Integers, { path }: Foreign): boolean {
  return VALUES.has(declaredAt(m, path)?.external ?? 0);
}

/** The segments of the path that a name would have which isn't found; undefined when the tables declare it themselves. */
function pathOf(m: Naming & Integers, scope: NamespaceNode, name: NamePath): readonly string[] | undefined {
  const { root, parents, segments } = name;
  if (segments.length === 0 || m.declared === undefined) return undefined;
  let base: NamespaceNode | undefined = root ? m.root : scope;
  for (let i = 0; i < parents; i++) base = base?.parent;
  if (base === undefined) return undefined;
  const from = nameOfNode(base).segments;
  if (root || parents > 0 || segments.length > 1) return [...from, ...segments];
  // A single segment is searched upwards: it is where an External says, else at the root.
  const segment = segments[0]!;
  for (let depth = from.length; depth >= 0; depth--) {
    const declared = declaredUnder(m, [...from.slice(0, depth), segment]);
    if (declared === undefined) continue;
    if (declared.declarations.length > 0) return undefined;
    if (declared.external !== undefined) return [...from.slice(0, depth), segment];
  }
  return [segment];
}

function declaredUnder(m: Naming & Integers, segments: readonly string[]): DeclaredObject | undefined {
  let at: DeclaredObject | undefined = m.declared?.root;
  for (const segment of segments) at = at?.children.get(segment);
  return at;
}

function declaredAt(m: Naming & Integers, path: string): DeclaredObject | undefined {
  const segments = path.slice(1).split('.');
  return declaredUnder(
    m,
    segments.map((segment) => segment.padEnd(4, '_')),
  );
}

/** Do the tables that there are declare the node, in code that wasn't run? */
function isDeclared(m: Naming & Integers, node: NamespaceNode): boolean {
  const declared = declaredUnder(m, nameOfNode(node).segments);
  return declared?.kind !== undefined || (declared !== undefined && declared.declarations.length > 0);
}
