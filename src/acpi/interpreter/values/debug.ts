/** Formats values for Debug output, and results in ASL syntax. */
import { type ByteValue, formatQuantity } from '../../../symbolic/index.ts';
import { formatName } from '../../terms/name.ts';
import type { Integers } from '../state/machine.ts';
import {
  type AmlValue,
  BufferObject,
  Choice,
  ForeignObject,
  IndexReference,
  NameReference,
  NamespaceNode,
  ObjectReference,
  PackageObject,
  SharedInteger,
  SlotReference,
  StringObject,
  TYPE_NAMES,
  UnknownInteger,
} from '../state/objects.ts';

/** Maximum nesting of packages that is printed. */
const MAX_DEPTH = 16;

/** A line for a value stored to Debug; a string without quotes. */
export function formatDebug(m: Integers, value: AmlValue | NamespaceNode | undefined): string {
  if (value instanceof StringObject) return value.text ?? '(unknown string)';
  if (typeof value === 'bigint')
    return `0x${value
      .toString(16)
      .toUpperCase()
      .padStart(m.bits / 4, '0')}`;
  return formatValue(value);
}

function formatByte(byte: ByteValue): string {
  return typeof byte === 'number' ? `0x${byte.toString(16).toUpperCase().padStart(2, '0')}` : '??';
}

/** A string literal in ASL syntax. */
export function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/[^\x20-\x7e]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)}"`;
}

/** A value in ASL syntax, with expressions for unknown values. */
export function formatValue(value: AmlValue | NamespaceNode | undefined, depth = 0): string {
  if (value === undefined) return '(nothing)';
  if (value instanceof NamespaceNode) return value.path;
  if (typeof value === 'bigint')
    return value === 0n ? 'Zero' : value === 1n ? 'One' : `0x${value.toString(16).toUpperCase()}`;
  if (value instanceof SharedInteger) return formatValue(value.value, depth);
  if (value instanceof UnknownInteger) return formatQuantity(value.value);
  if (value instanceof StringObject) return value.text === undefined ? '(unknown string)' : quote(value.text);
  if (value instanceof BufferObject && value.unknown !== undefined) return '(buffer of unknown length)';
  if (value instanceof BufferObject)
    return `Buffer (0x${value.bytes.length.toString(16).toUpperCase()}) { ${Array.from(value.bytes, formatByte).join(', ')} }`;
  if (value instanceof PackageObject) {
    if (depth >= MAX_DEPTH) return 'Package () { ... }';
    const elements = value.elements.map((element) =>
      element === undefined ? 'Zero /* uninitialized */' : formatValue(element, depth + 1),
    );
    return `Package (0x${value.elements.length.toString(16).toUpperCase()}) { ${elements.join(', ')} }`;
  }
  if (value instanceof ForeignObject) return `(${value.reason})`;
  if (value instanceof NameReference) return value.node?.path ?? formatName(value.name);
  if (value instanceof ObjectReference)
    return `RefOf (${value.target instanceof SlotReference ? formatValue(value.target) : value.target.path})`;
  if (value instanceof SlotReference) return value.slot < 8 ? `Local${value.slot}` : `Arg${value.slot - 8}`;
  if (value instanceof IndexReference) return `Index (..., 0x${value.index.toString(16).toUpperCase()})`;
  if (value instanceof Choice)
    return `${formatQuantity(value.when)} ? ${formatValue(value.yes, depth + 1)} : ${formatValue(value.no, depth + 1)}`;
  return `(${TYPE_NAMES[value.type] ?? 'object'})`;
}
