/** Decodes a resource template into descriptors, the end tag and bytes after it. No byte is dropped. */

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

/** End Tag (ACPI 6.5, 6.4.2.9). */
export interface EndTag {
  readonly offset: number;
  readonly checksum: Quantity;
  /** A checksum of 0 is valid (ACPI 6.5, 6.4.2.9); `undefined` if a byte is unknown. */
  readonly checksumOk: boolean | undefined;
}

/** The end of a template whose descriptors are unknown because a tag or length is. */
export interface UnknownRest {
  /** Offset of the first unknown descriptor. */
  readonly offset: number;
  /** Its unknown part. */
  readonly what: 'tag' | 'length';
  /** The value of the unknown tag or length. */
  readonly value: Quantity;
}

export interface TemplateReading {
  /** An unknown end of the template is a descriptor of type `unknown`. */
  readonly resources: readonly ResourceDescriptor[];
  readonly end: EndTag | undefined;
  /** Bytes after the end tag, in a buffer that is longer than its template. */
  readonly trailing: TemplateBytes;
  /** Set if the template has an unknown end. */
  readonly rest?: UnknownRest;
}

export interface DecodeOptions {
  readonly sink?: DiagnosticSink;
  /** Object path for diagnostics: `\_SB.PCI0._CRS`. */
  readonly path?: string;
  /** Place in the input of the template's bytes [start, end); `undefined` if they have none. */
  readonly spanOf?: (start: number, end: number) => Span | undefined;
}

/** Decodes a template up to its end tag. Problems are reported to `options.sink`. */
export function decodeTemplate(bytes: TemplateBytes, options: DecodeOptions = {}): TemplateReading {
  const resources: ResourceDescriptor[] = [];
  const report: Report = (code, args, from, to) => {
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
      report('acpi/descriptor-tag', { at: start }, start, start + 1);
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
      report('acpi/descriptor-length', { ...args, cut: typeof content === 'bigint' }, start, bytes.length);
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
    // A row of zeros (a template that was not filled in) is one descriptor.
    if (tag === 0) while (end < bytes.length && bytes[end] === 0) end += 1;
    if (declared > bytes.length) {
      const args = { at: start, tag: hex(tag), length: declared - start, left: bytes.length - start };
      report('acpi/descriptor-length', { ...args, cut: true }, start, end);
    }
    const row = rowAt(bytes, start, end, tag);
    resources.push(
      row
        ? decodeRow(row, bytes, start, end, tag, options, report)
        : unknownBytes(bytes, start, end, tag, options),
    );
    if (!row) report('acpi/descriptor-unknown', { tag: hex(tag), at: start }, start, end);
    at = end;
  }
  report('acpi/no-end-tag', {}, bytes.length, bytes.length);
  return { resources, end: undefined, trailing: [] };
}

/** Tags of address space descriptors. Resource type and general flags follow the header. */
const ADDRESS_TAGS: ReadonlySet<number> = new Set([0x87, 0x88, 0x8a, 0x8b]);
const ADDRESS_KIND = [3, 4] as const;

/**
 * Offsets of the unknown bytes that decide number and types of descriptors: tags, lengths, and the resource type and
 * general flags of address space descriptors. The first unknown tag or length is the last of them.
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
 * Exclusive end of the template that begins at `from`: after its end tag, or the end of the bytes. Only tags and lengths
 * are read.
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

type Report = <C extends Code>(code: C, args: ArgsOf<C>, from: number, to: number) => void;

function decodeRow(
  row: DescriptorRow,
  bytes: TemplateBytes,
  start: number,
  end: number,
  tag: number,
  options: DecodeOptions,
  report: Report,
): ResourceDescriptor {
  const reading = readFields(row, bytes, start, end);
  const span = options.spanOf?.(start, end);
  const contentLength = end - start - headerLength(row);
  const optional = row.content !== undefined && contentLength >= row.content[0];
  const missing = optional ? [] : reading.missing;
  if (missing.length > 0) {
    const args = { title: row.title, at: start, missing: missing.join(', ') };
    report('acpi/descriptor-short', args, start, end);
  }
  for (const fault of reading.faults) {
    report('acpi/descriptor-content', { title: row.title, at: start, problem: fault }, start, end);
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

/** The row for the descriptor at `start`. Serial buses have the same tag and differ in their bus type byte. */
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
 * The places of all fields of a descriptor in the order of its bytes. Empty for a descriptor without bytes, which was
 * read from a printed list.
 */
export function fieldPlaces(descriptor: ResourceDescriptor): FieldPlace[] {
  const row = rowOfType(descriptor.type);
  if (!row || !descriptor.bytes) return [];
  const places: FieldPlace[] = [];
  readFields(row, descriptor.bytes, 0, descriptor.bytes.length, places);
  return places;
}
