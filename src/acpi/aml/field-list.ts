/** The elements of a Field, IndexField or BankField (ACPI 6.5, 20.2.5.2). */
import { OPCODES } from '../terms/opcodes.ts';
import { type FieldElement, Term } from '../terms/term.ts';
import type { NameReader } from './names.ts';
import { packageLength, packageLengthSize } from './package-length.ts';

const RESERVED = 0x00;
const ACCESS = 0x01;
const CONNECTION = 0x02;
const EXTENDED_ACCESS = 0x03;

export interface FieldList {
  readonly elements: readonly FieldElement[];
  /** Why the rest, from `end` on, cannot be decoded; `undefined` if all was decoded. */
  readonly problem: string | undefined;
  /** After the last decoded element. Exclusive. */
  readonly end: number;
}

/**
 * Decodes the elements in [start, end).
 * @param termAt decodes the term at an offset, the size of a Connection's Buffer; `undefined` if it has nested terms
 */
export function readFieldList(
  bytes: Uint8Array,
  start: number,
  end: number,
  names: NameReader,
  termAt: (at: number, end: number) => Term | undefined,
): FieldList {
  const elements: FieldElement[] = [];
  const done = (at: number, problem?: string): FieldList => ({ elements, problem, end: at });
  let at = start;
  while (at < end) {
    const lead = bytes[at]!;
    switch (lead) {
      case RESERVED: {
        const bits = bitsAt(bytes, at + 1, end);
        if (bits < 0) return done(at + 1, 'a truncated field list');
        elements.push({ kind: 'reserved', bits, start: at });
        at += 1 + packageLengthSize(bytes[at + 1]!);
        break;
      }
      case ACCESS:
        if (at + 3 > end) return done(at, 'a truncated field list');
        elements.push({ kind: 'access', type: bytes[at + 1]!, attribute: bytes[at + 2]!, start: at });
        at += 3;
        break;
      case CONNECTION: {
        const connection = readConnection(bytes, at + 1, end, names, termAt);
        if (connection === undefined) return done(at + 1, 'a Connection that is neither a name nor a buffer');
        elements.push({ kind: 'connection', connection, start: at });
        at = connection.end;
        break;
      }
      case EXTENDED_ACCESS:
        if (at + 4 > end) return done(at, 'a truncated field list');
        elements.push({
          kind: 'extended-access',
          type: bytes[at + 1]!,
          attribute: bytes[at + 2]!,
          length: bytes[at + 3]!,
          start: at,
        });
        at += 4;
        break;
      default: {
        if (at + 4 > end) return done(at, 'a truncated field list');
        const bits = bitsAt(bytes, at + 4, end);
        if (bits < 0) return done(at + 4, 'a truncated field list');
        elements.push({ kind: 'named', name: names.segment(bytes, at), bits, start: at });
        at += 4 + packageLengthSize(bytes[at + 4]!);
      }
    }
  }
  return done(at);
}

/** A number of bits, encoded like PkgLength; -1 if it is truncated. */
function bitsAt(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end || at + packageLengthSize(bytes[at]!) > end) return -1;
  return packageLength(bytes, at);
}

/** A Connection's operand: a name, or a Buffer whose size is a constant; `undefined` for anything else. */
function readConnection(
  bytes: Uint8Array,
  start: number,
  limit: number,
  names: NameReader,
  termAt: (at: number, end: number) => Term | undefined,
): Term | undefined {
  if (bytes[start] !== OPCODES.Buffer.code) {
    const name = names.read(bytes, start, limit);
    return name && new Term(OPCODES.NamePath, [name], start, names.end);
  }
  const lengthAt = start + 1;
  const length = bitsAt(bytes, lengthAt, limit);
  if (length < 0) return undefined;
  const end = lengthAt + length;
  const sizeAt = lengthAt + packageLengthSize(bytes[lengthAt]!);
  if (end > limit || end < sizeAt) return undefined;
  const size = termAt(sizeAt, end);
  return size && new Term(OPCODES.Buffer, [size, bytes.subarray(size.end, end)], start, end);
}
