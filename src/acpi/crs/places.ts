/** Places in tables of a `_CRS`, its bytes and its fields. */
import type { Span } from '../../bytes/source.ts';
import type { FieldSymbol } from '../../symbolic/index.ts';
import { FieldObject, type NamespaceNode } from '../interpreter/state/objects.ts';
import { findNode } from '../namespace/lookup.ts';
import { spanIn } from '../tables/records.ts';
import { parseName } from '../terms/name.ts';
import { isTerm, Term } from '../terms/term.ts';
import type { CrsEntry, CrsField } from './crs.ts';

/** The definition of an object. */
export function placeOf(node: NamespaceNode): Pick<CrsEntry, 'span' | 'table'> {
  const { table, term } = node;
  if (table === undefined || term === undefined) return {};
  return { table, span: spanIn(table, term.start, term.end) };
}

/** For a Name with a Buffer, the place in the table of a range of its bytes; `undefined` for any other object. */
export function spansOf(node: NamespaceNode): ((start: number, end: number) => Span) | undefined {
  const { table, term } = node;
  if (table === undefined || term === undefined || !isTerm(term, 'Name')) return undefined;
  const buffer = term.operands[1];
  if (!(buffer instanceof Term) || !isTerm(buffer, 'Buffer')) return undefined;
  const list = buffer.operands[1];
  const first = buffer.end - (list instanceof Uint8Array ? list.length : 0);
  return (start, end) =>
    spanIn(table, Math.min(first + start, buffer.end), Math.min(first + end, buffer.end));
}

/** Size in bytes of a name in a field list. */
const SEGMENT = 4;

/** The declaration of a field unit; empty if no table declares it. */
export function declarationOf(
  root: NamespaceNode,
  { path }: FieldSymbol,
): Pick<CrsField, 'region' | 'table' | 'span'> {
  const name = parseName(path);
  const node = name && findNode(root, root, name, ({ object }) => object !== undefined);
  const object = node?.object;
  if (node === undefined || !(object instanceof FieldObject)) return {};
  const { source, element } = object;
  const region = source.kind === 'index' ? source.data.path : source.region.path;
  const { table } = node;
  return {
    region,
    ...(table && element ? { table, span: spanIn(table, element.start, element.start + SEGMENT) } : {}),
  };
}
