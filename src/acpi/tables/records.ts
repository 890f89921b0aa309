/**
 * Decodes data tables as far as they matter for address windows. Each function takes a table with the right signature
 * and omits truncated entries. Section numbers are those of ACPI 6.5.
 */
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { ByteReader } from '../../bytes/reader.ts';
import type { Span } from '../../bytes/source.ts';
import { latin1Text } from '../../bytes/text-encoding.ts';
import { finding } from '../../findings/finding.ts';
import { type AcpiTable, TABLE_HEADER_LENGTH } from './table.ts';

export function readerOf(table: AcpiTable, start: number): ByteReader {
  return new ByteReader(table.bytes, { littleEndian: true, start });
}

/** The span in the table's source of the bytes [start, end) of the table. */
export function spanIn(table: AcpiTable, start: number, end: number): Span {
  return { source: table.source, start: table.offset + start, end: table.offset + end };
}

/** Root System Description Pointer (5.2.5.3). */
export interface RootPointer {
  readonly rsdtAddress: bigint;
  readonly xsdtAddress: bigint | undefined;
}

export function readRsdp(table: AcpiTable): RootPointer | undefined {
  const reader = readerOf(table, 16);
  const rsdt = reader.u32();
  if (rsdt === undefined) return undefined;
  reader.u32();
  return { rsdtAddress: BigInt(rsdt), xsdtAddress: table.revision >= 2 ? reader.u64() : undefined };
}

/** An entry of RSDT (5.2.7) or XSDT (5.2.8). */
export interface RootTableEntry {
  readonly address: bigint;
  readonly span: Span;
}

export function readRootTable(table: AcpiTable): RootTableEntry[] {
  const width = table.signature === 'XSDT' ? 8 : 4;
  const reader = readerOf(table, TABLE_HEADER_LENGTH);
  const entries: RootTableEntry[] = [];
  while (reader.remaining >= width) {
    const start = reader.offset;
    const address = width === 8 ? reader.u64()! : BigInt(reader.u32()!);
    entries.push({ address, span: spanIn(table, start, start + width) });
  }
  return entries;
}

/** Fixed ACPI Description Table (5.2.9): addresses, and flags that matter to fwmap. */
export interface FixedTable {
  readonly facsAddress: bigint;
  /** X_DSDT if it is present and not 0, otherwise DSDT. */
  readonly dsdtAddress: bigint;
  readonly dsdtAddressSpan: Span;
  readonly preferredPmProfile: number;
  readonly sciInterrupt: number;
  readonly flags: number;
  /** HW_REDUCED_ACPI, bit 20 of the flags. */
  readonly hardwareReduced: boolean;
  /** Hypervisor Vendor Identity since revision 6, eight characters: `Microsft` of `MicrosftHv`. */
  readonly hypervisorVendor: string | undefined;
  /** ARM Boot Architecture Flags; bit 0 is PSCI_COMPLIANT. */
  readonly armBootFlags: number | undefined;
  readonly minorRevision: number | undefined;
}

const HW_REDUCED_ACPI = 1 << 20;

export function readFadt(table: AcpiTable): FixedTable | undefined {
  const at = (offset: number): ByteReader => readerOf(table, offset);
  const facs = at(36).u32();
  const dsdt = at(40).u32();
  if (facs === undefined || dsdt === undefined) return undefined;
  const xFacs = at(132).u64();
  const xDsdt = at(140).u64();
  const flags = at(112).u32() ?? 0;
  const vendor = at(268).take(8);
  return {
    facsAddress: xFacs || BigInt(facs),
    dsdtAddress: xDsdt || BigInt(dsdt),
    dsdtAddressSpan: xDsdt ? spanIn(table, 140, 148) : spanIn(table, 40, 44),
    preferredPmProfile: at(45).u8() ?? 0,
    sciInterrupt: at(46).u16() ?? 0,
    flags,
    hardwareReduced: (flags & HW_REDUCED_ACPI) !== 0,
    hypervisorVendor: vendor && table.revision >= 6 ? latin1Text(vendor).replace(/\0+$/, '') : undefined,
    armBootFlags: at(129).u16(),
    minorRevision: at(131).u8(),
  };
}

/** An allocation structure of MCFG (PCI Firmware Specification 3.3, 4.1.2). */
export interface EcamWindow {
  /** Address of bus 0's configuration space, even if `startBus` is not 0. */
  readonly baseAddress: bigint;
  readonly segment: number;
  readonly startBus: number;
  /** Inclusive. */
  readonly endBus: number;
  readonly span: Span;
}

/** 32 devices of 8 functions with 4 KiB each. */
export const ECAM_BYTES_PER_BUS = 1n << 20n;

/** The addresses [start, end) of an ECAM window. */
export function ecamRange(window: EcamWindow): { start: bigint; end: bigint } {
  return {
    start: window.baseAddress + BigInt(window.startBus) * ECAM_BYTES_PER_BUS,
    end: window.baseAddress + BigInt(window.endBus + 1) * ECAM_BYTES_PER_BUS,
  };
}

export function readMcfg(table: AcpiTable): EcamWindow[] {
  const reader = readerOf(table, TABLE_HEADER_LENGTH + 8);
  const windows: EcamWindow[] = [];
  while (reader.remaining >= 16) {
    const start = reader.offset;
    windows.push({
      baseAddress: reader.u64()!,
      segment: reader.u16()!,
      startBus: reader.u8()!,
      endBus: reader.u8()!,
      span: spanIn(table, start, start + 16),
    });
    reader.u32();
  }
  return windows;
}

/** A Memory Affinity Structure of SRAT (5.2.16.2). */
export interface MemoryAffinity {
  readonly proximityDomain: number;
  readonly base: bigint;
  /** In bytes. */
  readonly length: bigint;
  readonly enabled: boolean;
  readonly hotPluggable: boolean;
  readonly nonVolatile: boolean;
  readonly span: Span;
}

const SRAT_MEMORY = 1;

export function readSrat(table: AcpiTable, sink: DiagnosticSink): MemoryAffinity[] {
  const found: MemoryAffinity[] = [];
  for (const { type, start, end } of subtables(table, TABLE_HEADER_LENGTH + 12, sink)) {
    if (type !== SRAT_MEMORY || end - start < 32) continue;
    const reader = readerOf(table, start + 2);
    const proximityDomain = reader.u32()!;
    reader.u16();
    const base = reader.u64()!;
    const length = reader.u64()!;
    reader.u32();
    const flags = reader.u32()!;
    found.push({
      proximityDomain,
      base,
      length,
      enabled: (flags & 1) !== 0,
      hotPluggable: (flags & 2) !== 0,
      nonVolatile: (flags & 4) !== 0,
      span: spanIn(table, start, end),
    });
  }
  return found;
}

/** The interrupt controllers of x86 in MADT: local APIC (5.2.12 and 5.2.12.8) and I/O APICs (5.2.12.3). */
export interface InterruptControllers {
  readonly localApicAddress: bigint;
  readonly ioApics: readonly {
    readonly id: number;
    readonly address: bigint;
    readonly globalBase: number;
    readonly span: Span;
  }[];
}

const MADT_IO_APIC = 1;
const MADT_LOCAL_APIC_ADDRESS_OVERRIDE = 5;

export function readMadt(table: AcpiTable, sink: DiagnosticSink): InterruptControllers | undefined {
  const address = readerOf(table, TABLE_HEADER_LENGTH).u32();
  if (address === undefined) return undefined;
  let localApicAddress = BigInt(address);
  const ioApics: { id: number; address: bigint; globalBase: number; span: Span }[] = [];
  for (const { type, start, end } of subtables(table, TABLE_HEADER_LENGTH + 8, sink)) {
    const reader = readerOf(table, start + 2);
    if (type === MADT_IO_APIC && end - start >= 12) {
      const id = reader.u8()!;
      reader.u8();
      ioApics.push({
        id,
        address: BigInt(reader.u32()!),
        globalBase: reader.u32()!,
        span: spanIn(table, start, end),
      });
    } else if (type === MADT_LOCAL_APIC_ADDRESS_OVERRIDE && end - start >= 12) {
      reader.u16();
      localApicAddress = reader.u64()!;
    }
  }
  return { localApicAddress, ioApics };
}

/** Boot Graphics Resource Table (5.2.23): the address of the firmware's logo, which is in RAM. */
export interface BootGraphics {
  readonly imageAddress: bigint;
  readonly imageType: number;
  readonly displayed: boolean;
  readonly xOffset: number;
  readonly yOffset: number;
  readonly addressSpan: Span;
}

export function readBgrt(table: AcpiTable): BootGraphics | undefined {
  const reader = readerOf(table, TABLE_HEADER_LENGTH);
  reader.u16();
  const status = reader.u8();
  const imageType = reader.u8();
  const imageAddress = reader.u64();
  const xOffset = reader.u32();
  const yOffset = reader.u32();
  if (status === undefined || imageType === undefined || imageAddress === undefined) return undefined;
  return {
    imageAddress,
    imageType,
    displayed: (status & 1) !== 0,
    xOffset: xOffset ?? 0,
    yOffset: yOffset ?? 0,
    addressSpan: spanIn(table, TABLE_HEADER_LENGTH + 4, TABLE_HEADER_LENGTH + 12),
  };
}

/** The structures after the fixed part of MADT or SRAT: a type byte, a length byte, data. @param first their offset */
export function* subtables(
  table: AcpiTable,
  first: number,
  sink: DiagnosticSink,
): Generator<{ type: number; start: number; end: number }> {
  let start = first;
  while (start + 2 <= table.bytes.length) {
    const length = table.bytes[start + 1]!;
    if (length < 2 || start + length > table.bytes.length) {
      const { signature, bytes } = table;
      sink.add(
        finding(
          'acpi/subtable-length',
          { signature, at: `0x${start.toString(16)}`, length, left: bytes.length - start },
          { span: spanIn(table, start, Math.min(start + 2, bytes.length)) },
        ),
      );
      return;
    }
    yield { type: table.bytes[start]!, start, end: start + length };
    start += length;
  }
}
