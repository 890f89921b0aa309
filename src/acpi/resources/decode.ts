/** Takes a resource template apart: descriptors, end tag, and what stands after it. Nothing is dropped. */

import { hex } from '../../bytes/address.ts';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import type { Span } from '../../bytes/source.ts';
import { type ArgsOf, type Code, finding } from '../../findings/finding.ts';
import { type Quantity, quantityOfBytes } from '../../symbolic/index.ts';
import type { ResourceDescriptor, TemplateBytes } from './descriptor.ts';
import { type FieldPlace, headerLength, readFields } from './fields.ts';
import type { DescriptorRow } from './layout.ts';
import { END_TAG_ITEM } from './rows/small.ts';
import { rowOfType, rowsOfTag } from './rows/table.ts';

/** The tag that ends a template, ACPI 6.5, 6.4.2.9. */
export interface EndTag {
  readonly offset: number;
  readonly checksum: Quantity;
  /** A checksum of 0 counts as right; undefined when a byte isn't known. */
  readonly checksumOk: boolean | undefined;
}

/** From some byte on a template may hold anything, since it isn't known where its descriptors begin. */
export interface UnknownRest {
  /** First byte of the descriptor that can't be told. */
  readonly offset: number;
  /** What of it isn't known. */
  readonly what: 'tag' | 'length';
  /** That byte, or these two as a number. */
  readonly value: Quantity;
}

export interface TemplateReading {
  /** With what is unknown of a template at its end, as a descriptor of type `unknown`. */
  readonly resources: readonly ResourceDescriptor[];
  readonly end: EndTag | undefined;
  /** Bytes after the end tag, in a buffer that is longer than its template. */
  readonly trailing: TemplateBytes;
  /** Set when the template may go on in any way. */
  readonly rest?: UnknownRest;
}

export interface DecodeOptions {
  readonly sink?: DiagnosticSink;
  /** Object path for diagnostics: `\_SB.PCI0._CRS`. */
  readonly path?: string;
  /** Place of template byte `index` in the input, where it has one. */
  readonly spanOf?: (start: number, end: number) => Span | undefined;
}

/** Decodes a template descriptor by descriptor up to its end tag. */
export function decodeTemplate(bytes: TemplateBytes, options: DecodeOptions = {}): TemplateReading {
  const resources: ResourceDescriptor[] = [];
  const tell: Tell = (code, args, from, to) => {
    const span = options.spanOf?.(from, to);
    const path = options.path === undefined ? {} : { path: options.path };
    options.sink?.add(finding(code, args, { ...path, ...(span ? { span } : {}) }));
  };
  let at = 0;
  while (at < bytes.length) {
    const start = at;
    const tag = bytes[start]!;
    if (typeof tag !== 'number') {
      resources.push(unknownBytes(bytes, start, bytes.length, undefined, options));
      tell('acpi/descriptor-tag', { at: start }, start, start + 1);
      const rest: UnknownRest = { offset: start, what: 'tag', value: quantityOfBytes([tag]) };
      return { resources, end: undefined, trailing: [], rest };
    }
    const small = (tag & 0x80) === 0;
    if (small && tag >> 3 === END_TAG_ITEM) {
      const length = Math.min(1 + (tag & 7), bytes.length - start);
      return {
        resources,
        end: endTag(bytes, start),
        trailing: bytes.slice(start + length),
      };
    }
    const header = small ? 1 : 3;
    const content = small ? BigInt(tag & 7) : quantityOfBytes(bytes.slice(start + 1, start + 3));
    if (typeof content !== 'bigint' || start + header > bytes.length) {
      resources.push(unknownBytes(bytes, start, bytes.length, tag, options));
      const args = { at: start, tag: hex(tag), length: undefined, left: bytes.length - start };
      tell('acpi/descriptor-length', { ...args, cut: typeof content === 'bigint' }, start, bytes.length);
      if (typeof content === 'bigint') return { resources, end: undefined, trailing: [] };
      return {
        resources,
        end: undefined,
        trailing: [],
        rest: { offset: start, what: 'length', value: content },
      };
    }
    const declared = start + header + Number(content);
    let end = Math.min(declared, bytes.length);
    // Zeros in a row (a template nobody has filled in) are one thing, not a descriptor each.
    if (tag === 0) while (end < bytes.length && bytes[end] === 0) end += 1;
    if (declared > bytes.length) {
      const args = { at: start, tag: hex(tag), length: declared - start, left: bytes.length - start };
      tell('acpi/descriptor-length', { ...args, cut: true }, start, end);
    }
    const row = rowAt(bytes, start, end, tag);
    resources.push(
      row
        ? decodeRow(row, bytes, start, end, tag, options, tell)
        : unknownBytes(bytes, start, end, tag, options),
    );
    if (!row) tell('acpi/descriptor-unknown', { tag: hex(tag), at: start }, start, end);
    at = end;
  }
  tell('acpi/no-end-tag', {}, bytes.length, bytes.length);
  return { resources, end: undefined, trailing: [] };
}

/** Address-space descriptors: behind the header stand their type, and whether they are passed on. */
const ADDRESS_TAGS: ReadonlySet<number> = new Set([0x87, 0x88, 0x8a, 0x8b]);
const ADDRESS_KIND = [3, 4] as const;

/**
 * The bytes that aren't known of those that say what descriptors there are and what of: tags, lengths, the kind of an
 * address range. Behind a tag or length that isn't known there is nothing to be told.
 */
export function* openStructure(bytes: TemplateBytes): Generator<number> {
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at]!;
    if (typeof tag !== 'number') {
      yield at;
      return;
    }
    if ((tag & 0x80) === 0) {
      if (tag >> 3 === END_TAG_ITEM) return;
      at += 1 + (tag & 7);
      continue;
    }
    const [low, high] = [bytes[at + 1], bytes[at + 2]];
    if (typeof low !== 'number' || typeof high !== 'number') {
      if (typeof low === 'object') yield at + 1;
      if (typeof high === 'object') yield at + 2;
      return;
    }
    if (ADDRESS_TAGS.has(tag))
      for (const kind of ADDRESS_KIND) if (typeof bytes[at + kind] === 'object') yield at + kind;
    at += 3 + low + 256 * high;
  }
}

/**
 * Exclusive end of the template that begins at `from`: behind its end tag, or where the bytes end if none is found. It looks at
 * no content, so bytes with many templates in a row are taken apart in one pass.
 */
export function templateEnd(bytes: TemplateBytes, from: number): number {
  for (let at = from; at < bytes.length; ) {
    const tag = bytes[at]!;
    if (typeof tag !== 'number') break;
    if ((tag & 0x80) === 0) {
      at += 1 + (tag & 7);
      if (tag >> 3 === END_TAG_ITEM) return Math.min(at, bytes.length);
      continue;
    }
    const [low, high] = [bytes[at + 1], bytes[at + 2]];
    if (typeof low !== 'number' || typeof high !== 'number') break;
    at += 3 + low + 256 * high;
  }
  return bytes.length;
}

type Tell = <C extends Code>(code: C, args: ArgsOf<C>, from: number, to: number) => void;

function decodeRow(
  row: DescriptorRow,
  bytes: TemplateBytes,
  start: number,
  end: number,
  tag: number,
  options: DecodeOptions,
  tell: Tell,
): ResourceDescriptor {
  const reading = readFields(row, bytes, start, end);
  const span = options.spanOf?.(start, end);
  const contentLength = end - start - headerLength(row);
  const optional = row.content !== undefined && contentLength >= row.content[0];
  const missing = optional ? [] : reading.missing;
  if (missing.length > 0) {
    const args = { title: row.title, at: start, missing: missing.join(', ') };
    tell('acpi/descriptor-short', args, start, end);
  }
  for (const fault of reading.faults) {
    tell('acpi/descriptor-content', { title: row.title, at: start, problem: fault }, start, end);
  }
  return {
    type: row.type,
    tag,
    offset: start,
    length: end - start,
    fields: reading.fields,
    certainty: reading.unknown || missing.length > 0 ? 'unknown' : 'certain',
    ...(missing.length > 0 ? { missing } : {}),
    bytes: bytes.slice(start, end),
    ...(span ? { span } : {}),
  };
}

function unknownBytes(
  bytes: TemplateBytes,
  start: number,
  end: number,
  tag: number | undefined,
  options: DecodeOptions,
): ResourceDescriptor {
  const rest = bytes.slice(start, end);
  const span = options.spanOf?.(start, end);
  return {
    type: 'unknown',
    tag,
    offset: start,
    length: rest.length,
    fields: { data: rest.map((byte) => quantityOfBytes([byte])) },
    certainty: rest.every((byte) => typeof byte === 'number') ? 'certain' : 'unknown',
    bytes: rest,
    ...(span ? { span } : {}),
  };
}

/** The row for the descriptor at `start`; the bus type byte tells serial buses apart. */
function rowAt(bytes: TemplateBytes, start: number, end: number, tag: number): DescriptorRow | undefined {
  const rows = rowsOfTag(tag);
  const first = rows[0];
  if (!first?.match) return first;
  const at = start + first.match.at;
  const byte = at < end ? bytes[at] : undefined;
  return rows.find(({ match }) => {
    if (typeof match!.value !== 'number') return true;
    return byte === match!.value;
  });
}

function endTag(bytes: TemplateBytes, start: number): EndTag {
  const checksum: Quantity =
    start + 1 < bytes.length ? quantityOfBytes(bytes.slice(start + 1, start + 2)) : 0n;
  if (checksum === 0n) return { offset: start, checksum, checksumOk: true };
  let sum = 0;
  for (const byte of bytes.slice(0, start + 2)) {
    if (typeof byte !== 'number') return { offset: start, checksum, checksumOk: undefined };
    sum = (sum + byte) & 0xff;
  }
  return { offset: start, checksum, checksumOk: sum === 0 };
}

/**
 * Every field of a descriptor with its place, in the order of its bytes: what an explanation prints, and where the
 * fields that ASL names (`_MIN`) lie. Empty for a descriptor that was read from a text without its bytes.
 */
export function fieldPlaces(descriptor: ResourceDescriptor): FieldPlace[] {
  const row = rowOfType(descriptor.type);
  if (!row || !descriptor.bytes) return [];
  const places: FieldPlace[] = [];
  readFields(row, descriptor.bytes, 0, descriptor.bytes.length, places);
  return places;
}
