/** Recognises ACPI tables by signature, length, checksum and known structure. */
import { decodeTables } from '../acpi/aml/tables.ts';
import { tableAt } from '../acpi/tables/read.ts';
import { TABLE_HEADER_LENGTH } from '../acpi/tables/table.ts';
import { ACPI_SIGNATURES } from '../artifact/sniff.ts';
import type { Diagnostic, DiagnosticSink } from '../bytes/diagnostic.ts';
import { type Access, asciiAt, littleEndian } from '../containers/access.ts';
import { messageOf } from '../findings/finding.ts';
import { isOfLimit } from '../limits/limits.ts';

/** The signatures searched. Tables with other signatures are found when another table points to them. */
export const KNOWN_SIGNATURES: readonly string[] = [
  ...new Set([...ACPI_SIGNATURES.split(' '), 'NHLT', 'OEMB']),
].filter(
  // It has no checksum, so it is recognised only where the FADT points to it.
  (signature) => signature !== 'FACS',
);

/** The most non-text bytes in the names of a header; one or two occur in real tables. */
const MAX_ODD_CHARACTERS = 4;
const NAMES = [
  [10, 24],
  [28, 32],
] as const;

/** Known lengths: a fixed part, and the size of the entries after it. */
const LENGTHS: Readonly<Record<string, readonly [fixed: number, piece: number]>> = {
  XSDT: [36, 8],
  RSDT: [36, 4],
  MCFG: [44, 16],
  HPET: [56, 0],
  BGRT: [56, 0],
  ECDT: [66, 1],
  FACP: [116, 1],
  APIC: [44, 1],
  SLIT: [45, 1],
  SRAT: [48, 1],
  BOOT: [40, 0],
  SPCR: [80, 1],
  DBG2: [44, 1],
  DMAR: [48, 1],
  MSDM: [56, 1],
  WAET: [40, 0],
};

export interface TableHeader {
  readonly signature: string;
  readonly length: number;
  readonly oemTableId: string;
}

function isText(byte: number): boolean {
  return byte === 0 || (byte >= 0x20 && byte <= 0x7e);
}

/** Byte sums of ranges, cached in blocks, so that overlapping candidates don't sum the same bytes repeatedly. */
export class Sums {
  static readonly #PIECE = 1024;
  readonly #access: Access;
  readonly #pieces = new Map<number, number>();

  constructor(access: Access) {
    this.#access = access;
  }

  #plain(from: number, to: number): number {
    const bytes = this.#access.read(from, to - from);
    let sum = 0;
    for (let at = 0; at < bytes.length; at += 1) sum += bytes[at]!;
    return sum;
  }

  /** The sum of the bytes of a range, modulo 256. */
  of(from: number, to: number): number {
    const size = Sums.#PIECE;
    const first = Math.ceil(from / size);
    const last = Math.floor(to / size);
    if (first >= last) return this.#plain(from, to) & 0xff;
    let sum = this.#plain(from, first * size) + this.#plain(last * size, to);
    for (let piece = first; piece < last; piece += 1) {
      let known = this.#pieces.get(piece);
      if (known === undefined) {
        known = this.#plain(piece * size, (piece + 1) * size) & 0xff;
        this.#pieces.set(piece, known);
      }
      sum += known;
    }
    return sum & 0xff;
  }
}

/** The header of a possible table: within the bytes, with a valid length, and with text in its names. */
export function tableHeaderAt(access: Access, at: number): TableHeader | undefined {
  const header = access.read(at, TABLE_HEADER_LENGTH);
  if (header.length < TABLE_HEADER_LENGTH) return undefined;
  const signature = String.fromCharCode(...header.subarray(0, 4));
  const length = littleEndian(access, at + 4, 4)!;
  if (length < TABLE_HEADER_LENGTH || length > access.size - at) return undefined;
  const [fixed, piece] = LENGTHS[signature] ?? [TABLE_HEADER_LENGTH, 1];
  if (length < fixed || (piece === 0 ? length !== fixed : (length - fixed) % piece !== 0)) return undefined;
  let odd = 0;
  for (const [from, to] of NAMES)
    for (let index = from; index < to; index += 1) if (!isText(header[index]!)) odd += 1;
  if (odd > MAX_ODD_CHARACTERS) return undefined;
  const oemTableId = String.fromCharCode(...header.subarray(16, 24)).replace(/[\0 ]+$/, '');
  return { signature, length, oemTableId };
}

/** Whether the checksum of a table is valid. */
export function checksumHolds({ length }: TableHeader, at: number, sums: Sums): boolean {
  return sums.of(at, at + length) === 0;
}

const AML: ReadonlySet<string> = new Set(['DSDT', 'SSDT', 'PSDT', 'OSDT']);

export function mayHoldAml(signature: string): boolean {
  return AML.has(signature);
}

/**
 * Whether the AML of a possible table can be decoded. With a valid checksum it is enough that most of it can: a table with one
 * bad part must not be lost, and whoever reads it is told of the part.
 */
export function amlReads(bytes: Uint8Array, checksumOk: boolean): boolean {
  const problems: Diagnostic[] = [];
  const sink: DiagnosticSink = { add: (problem) => problems.push(problem) };
  const table = tableAt({ name: '', form: 'blob', bytes }, 0, sink);
  if (table === undefined) return false;
  decodeTables([table], sink);
  // The checksum of a table that firmware has yet to complete may be wrong.
  const faults = problems.filter(({ severity, code }) => severity !== 'note' && code !== 'acpi/checksum');
  // Where a limit ends it, nothing says that it is no AML.
  if (faults.length === 0 || faults.some((fault) => isOfLimit(messageOf(fault)))) return true;
  if (!checksumOk) return false;
  const unread = faults.reduce(
    (sum, { code, args }) => sum + (code === 'acpi/unreadable-aml' ? Number(args.length) : 0),
    0,
  );
  return 2 * unread <= bytes.length - TABLE_HEADER_LENGTH;
}

/** Root System Description Pointer (ACPI 6.5, 5.2.5.3). */
export interface RootPointer {
  readonly length: number;
  readonly revision: number;
  readonly rsdt: number;
  readonly xsdt: number | undefined;
}

export const ROOT_POINTER_MAGIC = 'RSD PTR ';
const ROOT_POINTER_V1 = 20;
const ROOT_POINTER_V2 = 36;

/** The RSDP at an offset; undefined unless its checksums are valid. */
export function rootPointerAt(access: Access, at: number, sums: Sums): RootPointer | undefined {
  if (asciiAt(access, at, 8) !== ROOT_POINTER_MAGIC || at + ROOT_POINTER_V1 > access.size) return undefined;
  const revision = littleEndian(access, at + 15, 1)!;
  const rsdt = littleEndian(access, at + 16, 4)!;
  if (sums.of(at, at + ROOT_POINTER_V1) !== 0) return undefined;
  if (revision < 2) return { length: ROOT_POINTER_V1, revision, rsdt, xsdt: undefined };
  const length = littleEndian(access, at + 20, 4);
  const xsdt = littleEndian(access, at + 24, 8);
  if (length === undefined || length < ROOT_POINTER_V2 || length > 4096 || at + length > access.size)
    return undefined;
  if (xsdt === undefined || sums.of(at, at + length) !== 0) return undefined;
  return { length, revision, rsdt, xsdt };
}
