/** Reads ACPI tables from raw tables, text dumps and folders of either. */

import type { Artifact, DirectoryEntry } from '../../artifact/artifact.ts';
import { describesNothing } from '../../artifact/irrelevant.ts';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { ByteReader } from '../../bytes/reader.ts';
import type { Source } from '../../bytes/source.ts';
import { latin1Text } from '../../bytes/text-encoding.ts';
import { finding } from '../../findings/finding.ts';
import { limit } from '../../limits/limits.ts';
import { readDumpText } from './dump-text.ts';
import { type AcpiTable, TABLE_HEADER_LENGTH } from './table.ts';

/** Size in bytes of the RSDP of ACPI 1.0, without length and extended checksum (ACPI 6.5, 5.2.5.3). */
const RSDP_V1_LENGTH = 20;
const RSDP_LENGTH = 36;
/** The Firmware ACPI Control Structure has no common header, only signature and length (ACPI 6.5, 5.2.10). */
const FACS_HEADER_LENGTH = 8;
/** Tables with AML or with addresses of other tables: a truncated one is an error. */
const HOLDING_MORE = new Set(['DSDT', 'SSDT', 'PSDT', 'OSDT', 'FACP', 'RSDT', 'XSDT']);

/**
 * The tables of an artifact of kind `acpi-table`, `acpidump` or `acpi-dir` in their order there; none for other kinds.
 * They are named as by Linux: `SSDT` if there is one, `SSDT1`, `SSDT2` … if there are several. A table with a wrong
 * length or checksum is reported and read nevertheless.
 */
export function readAcpiTables(artifact: Artifact, sink: DiagnosticSink): AcpiTable[] {
  return nameTables(unnamedTables(artifact, sink));
}

/** The tables with unique names. */
export function nameTables(tables: readonly AcpiTable[]): AcpiTable[] {
  const total = new Map<string, number>();
  for (const { signature } of tables) total.set(signature, (total.get(signature) ?? 0) + 1);
  const seen = new Map<string, number>();
  return tables.map((table) => {
    const number = (seen.get(table.signature) ?? 0) + 1;
    seen.set(table.signature, number);
    const plain = table.signature.trim().replace('RSD PTR', 'RSDP');
    return { ...table, name: total.get(table.signature) === 1 ? plain : `${plain}${number}` };
  });
}

/**
 * The tables with AML in the order in which an operating system loads them: the DSDT, then SSDTs, then PSDTs, each kind
 * in the order given (that of the root table or the dump). A second DSDT is left out: dumps may have it twice because
 * FADT's 32-bit and 64-bit fields both have its address.
 */
export function loadOrder(tables: readonly AcpiTable[]): AcpiTable[] {
  const of = (signature: string): AcpiTable[] => tables.filter((table) => table.signature === signature);
  return [...of('DSDT').slice(0, 1), ...of('SSDT'), ...of('PSDT')];
}

function unnamedTables(artifact: Artifact, sink: DiagnosticSink): AcpiTable[] {
  switch (artifact.kind) {
    case 'acpidump':
      return tablesOfText(artifact.source, sink);
    case 'acpi-dir':
      return (artifact.entries ?? [])
        .filter((entry) => entry.type === 'file' && entry.source !== undefined && !isTableData(entry))
        .sort(byTableNumber)
        .flatMap((entry) => tablesOfFile(entry.source!, sink));
    case 'acpi-table':
      return tablesOfBlob(artifact.source, sink);
    default:
      // Device trees, logs and configurations have no ACPI tables.
      return [];
  }
}

/** `/sys/firmware/acpi/tables/data` has data to which tables refer (error records), not tables. */
function isTableData(entry: DirectoryEntry): boolean {
  return /(^|\/)data\//.test(entry.path);
}

/** Natural order, SSDT2 before SSDT10; tables that were loaded later (`dynamic/`) after the others. */
function byTableNumber(a: DirectoryEntry, b: DirectoryEntry): number {
  const dynamic = Number(a.path.includes('dynamic/')) - Number(b.path.includes('dynamic/'));
  if (dynamic !== 0) return dynamic;
  const left = partsOf(a.path);
  const right = partsOf(b.path);
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const [x, y] = [left[index]!, right[index]!];
    if (x === y) continue;
    const difference = Number(x) - Number(y);
    if (!Number.isNaN(difference) && difference !== 0) return difference;
    return x < y ? -1 : 1;
  }
  return left.length - right.length;
}

function partsOf(path: string): string[] {
  return path.toLowerCase().match(/\d+|\D+/g) ?? [];
}

/** The tables of a file in a folder: a raw table or a dump. Any other file is skipped with a note. */
function tablesOfFile(source: Source, sink: DiagnosticSink): AcpiTable[] {
  const { name, bytes } = source;
  if (isTableFile(bytes)) return tablesOfBlob({ ...source, form: 'blob' }, sink);
  const tables = tablesOfText(source, sink, true);
  if (tables.length === 0 && !describesNothing(name, bytes))
    sink.add(finding('artifact/member-unknown-kind', {}, { path: name }));
  return tables;
}

function tablesOfText(source: Source, sink: DiagnosticSink, quiet = false): AcpiTable[] {
  const blocks = readDumpText(source, sink);
  if (blocks.length === 0 && !quiet) {
    sink.add(finding('acpi/dump-empty', {}, { span: { source, start: 0, end: source.bytes.length } }));
  }
  const counts = new Map<string, number>();
  const tables: AcpiTable[] = [];
  if (blocks.length > limit('acpi-tables'))
    sink.add(
      finding(
        'acpi/too-many-tables',
        { most: limit('acpi-tables') },
        { span: blocks[limit('acpi-tables')]!.span },
      ),
    );
  for (const block of blocks.slice(0, limit('acpi-tables'))) {
    const number = (counts.get(block.heading) ?? 0) + 1;
    counts.set(block.heading, number);
    const blob: Source = {
      name: `${source.name}!${block.heading.replace('RSD PTR', 'RSDP')}${number > 1 ? number : ''}`,
      form: 'blob',
      bytes: block.bytes,
    };
    const table = tableAt(blob, 0, sink);
    if (!table) {
      const args = { heading: block.heading, length: block.bytes.length };
      sink.add(finding('acpi/dump-not-a-table', args, { span: block.span }));
      continue;
    }
    const extra = block.bytes.length - table.length;
    if (extra > 0 && table.length >= FACS_HEADER_LENGTH) {
      const args = { heading: block.heading, extra, length: table.length };
      sink.add(finding('acpi/dump-extra', args, { span: block.span }));
    }
    tables.push(block.address ? { ...table, address: block.address } : table);
  }
  return tables;
}

/** One raw table, or several concatenated. */
function tablesOfBlob(source: Source, sink: DiagnosticSink): AcpiTable[] {
  const tables: AcpiTable[] = [];
  let at = 0;
  while (at < source.bytes.length && tables.length < limit('acpi-tables')) {
    const table = looksLikeTable(source.bytes, at) ? tableAt(source, at, sink) : undefined;
    if (!table) {
      const rest = source.bytes.subarray(at);
      const where = { span: { source, start: at, end: source.bytes.length } };
      if (tables.length === 0) sink.add(finding('acpi/not-a-table', {}, where));
      // Erased flash is filled with ones, memory with zeros.
      else if (rest.some((byte) => byte !== 0 && byte !== 0xff))
        sink.add(finding('acpi/table-extra', { length: rest.length }, where));
      break;
    }
    tables.push(table);
    at += Math.max(table.bytes.length, 1);
  }
  if (tables.length === limit('acpi-tables') && at < source.bytes.length)
    sink.add(
      finding(
        'acpi/too-many-tables',
        { most: limit('acpi-tables') },
        { span: { source, start: at, end: source.bytes.length } },
      ),
    );
  return tables;
}

/** Whether a file begins with a table, maybe a truncated one. A text may begin with four letters, but has no binary header. */
function isTableFile(bytes: Uint8Array): boolean {
  if (!looksLikeTable(bytes, 0) || /[a-z]/.test(latin1Text(bytes.subarray(0, 4)))) return false;
  const length = new ByteReader(bytes, { littleEndian: true, start: 4 }).u32()!;
  return (
    length <= bytes.length ||
    bytes.subarray(4, TABLE_HEADER_LENGTH).some((byte) => byte < 0x09 || byte > 0x7e)
  );
}

/** Whether there is a printable signature with a length. */
function looksLikeTable(bytes: Uint8Array, at: number): boolean {
  if (bytes.length - at < FACS_HEADER_LENGTH) return false;
  for (let index = at; index < at + 4; index += 1) {
    const byte = bytes[index]!;
    if (byte < 0x20 || byte > 0x7e) return false;
  }
  return true;
}

/** A fixed-width header field without padding. */
function paddedName(bytes: Uint8Array | undefined): string {
  return bytes ? latin1Text(bytes).replace(/[\0 ]+$/, '') : '';
}

/** Sum of bytes modulo 256; 0 for a table with a valid checksum. */
export function byteSum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i++) sum += bytes[i]!;
  return sum & 0xff;
}

/** Reads the table at `offset`; `undefined` if there is no signature with a length. Problems go to `sink`. */
export function tableAt(source: Source, offset: number, sink: DiagnosticSink): AcpiTable | undefined {
  if (!looksLikeTable(source.bytes, offset)) return undefined;
  const signature = latin1Text(source.bytes.subarray(offset, offset + 4));
  if (signature === 'RSD ' && latin1Text(source.bytes.subarray(offset, offset + 8)) === 'RSD PTR ') {
    return rootPointerAt(source, offset, sink);
  }
  const available = source.bytes.length - offset;
  const reader = new ByteReader(source.bytes, { littleEndian: true, start: offset + 4 });
  const length = reader.u32()!;
  const headerLength = signature === 'FACS' ? FACS_HEADER_LENGTH : TABLE_HEADER_LENGTH;
  const span = { source, start: offset, end: Math.min(offset + Math.max(length, 8), source.bytes.length) };
  if (length < headerLength) {
    const where = { span: { source, start: offset + 4, end: offset + 8 } };
    sink.add(finding('acpi/table-length', { signature, length, available }, where));
  }
  if (length > available) {
    const code = HOLDING_MORE.has(signature) ? 'acpi/table-truncated' : 'acpi/data-table-truncated';
    sink.add(finding(code, { signature, length, available }, { span }));
  }
  const bytes = source.bytes.subarray(
    offset,
    length < headerLength ? source.bytes.length : offset + Math.min(length, available),
  );
  if (signature === 'FACS') {
    return { ...NO_HEADER, name: 'FACS', signature, length, bytes, source, offset };
  }
  const complete = length >= TABLE_HEADER_LENGTH && length <= available;
  const checksumOk = complete ? byteSum(bytes) === 0 : undefined;
  if (checksumOk === false) reportChecksum(signature, byteSum(bytes), source, offset + 9, sink);
  const revision = reader.u8() ?? 0;
  reader.u8();
  return {
    name: signature.trim(),
    signature,
    length,
    revision,
    checksumOk,
    oemId: paddedName(reader.take(6)),
    oemTableId: paddedName(reader.take(8)),
    oemRevision: reader.u32() ?? 0,
    creatorId: paddedName(reader.take(4)),
    creatorRevision: reader.u32() ?? 0,
    bytes,
    source,
    offset,
  };
}

const NO_HEADER = {
  revision: 0,
  checksumOk: undefined,
  oemId: '',
  oemTableId: '',
  oemRevision: 0,
  creatorId: '',
  creatorRevision: 0,
} as const;

function reportChecksum(
  signature: string,
  sum: number,
  source: Source,
  at: number,
  sink: DiagnosticSink,
): void {
  const args = { signature, sum: `0x${sum.toString(16)}` };
  sink.add(finding('acpi/checksum', args, { span: { source, start: at, end: at + 1 } }));
}

/** RSDP: 20 bytes in revision 0; a length and a second checksum since revision 2. It has no common header. */
function rootPointerAt(source: Source, offset: number, sink: DiagnosticSink): AcpiTable {
  const available = source.bytes.length - offset;
  const reader = new ByteReader(source.bytes, { littleEndian: true, start: offset + 8 });
  reader.u8();
  const oemId = paddedName(reader.take(6));
  const revision = reader.u8() ?? 0;
  reader.u32();
  const length = revision >= 2 ? (reader.u32() ?? RSDP_LENGTH) : RSDP_V1_LENGTH;
  const bytes = source.bytes.subarray(offset, offset + Math.min(length, available));
  const short = bytes.length < (revision >= 2 ? RSDP_LENGTH : RSDP_V1_LENGTH);
  if (short || length > available) {
    sink.add(
      finding(
        'acpi/table-truncated',
        { signature: 'RSDP', length, available: bytes.length },
        { span: { source, start: offset, end: offset + bytes.length } },
      ),
    );
  }
  const checksumOk = short
    ? undefined
    : byteSum(bytes.subarray(0, RSDP_V1_LENGTH)) === 0 && (revision < 2 || byteSum(bytes) === 0);
  if (checksumOk === false) {
    const first = byteSum(bytes.subarray(0, RSDP_V1_LENGTH));
    reportChecksum(
      'RSDP',
      first === 0 ? byteSum(bytes) : first,
      source,
      offset + (first === 0 ? 32 : 8),
      sink,
    );
  }
  return {
    ...NO_HEADER,
    name: 'RSDP',
    signature: 'RSD PTR ',
    length,
    revision,
    checksumOk,
    oemId,
    bytes,
    source,
    offset,
  };
}
