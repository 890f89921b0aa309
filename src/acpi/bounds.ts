/**
 * Bounds of an unknown host bridge window from the rest of the machine's description. There is no MMIO where RAM is, so
 * SRAT, the firmware's memory map and the addresses of the tables leave only gaps for the window.
 *
 * These are inferences, each with its sources. They are reported beside an unknown value and never make it a known one.
 */
import { endFromLast, formatMemRange, hex } from '../bytes/address.ts';
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import type { Span } from '../bytes/source.ts';
import { formatQuantity, isKnown, maximumOf, minimumOf, type Quantity } from '../symbolic/index.ts';
import {
  ecamRange,
  readBgrt,
  readFadt,
  readMadt,
  readMcfg,
  readRootTable,
  readRsdp,
  readSrat,
} from './tables/records.ts';
import type { AcpiTable } from './tables/table.ts';

/** An address range that is known to be in use. */
export interface OccupiedRange {
  readonly start: bigint;
  /** Exclusive. */
  readonly end: bigint;
  /**
   * `memory`: RAM, or addresses reserved for hot-plugged RAM; `tables`: data of the firmware, which is in RAM;
   * `registers`: a device of the platform, which may be inside a host bridge's window.
   */
  readonly kind: 'memory' | 'tables' | 'registers';
  /** The source, ready to print: `SRAT: memory of proximity domain 0`. */
  readonly text: string;
  readonly span?: Span;
}

/** Every table has at least the common header (ACPI 6.5, 5.2.6). */
const HEADER_LENGTH = 36n;

/** Every range that the tables occupy or describe as in use, in the order of the tables. Malformed tables go to `sink`. */
export function occupiedByTables(tables: readonly AcpiTable[], sink: DiagnosticSink): OccupiedRange[] {
  const found: OccupiedRange[] = [];
  const add = (
    kind: OccupiedRange['kind'],
    start: bigint,
    length: bigint,
    text: string,
    span?: Span,
  ): void => {
    if (length <= 0n || (start === 0n && kind === 'tables')) return;
    found.push({ start, end: start + length, kind, text, ...(span ? { span } : {}) });
  };
  for (const table of tables) {
    if (table.address !== undefined) {
      add('tables', table.address, BigInt(table.length), `${table.name} is there`);
    }
    switch (table.signature) {
      case 'SRAT':
        for (const range of readSrat(table, sink)) {
          if (!range.enabled) continue;
          const what = range.hotPluggable ? 'hot-pluggable memory' : 'memory';
          add(
            'memory',
            range.base,
            range.length,
            `SRAT: ${what} of proximity domain ${range.proximityDomain}`,
            range.span,
          );
        }
        break;
      case 'RSD PTR ': {
        const pointer = readRsdp(table);
        if (pointer) {
          add('tables', pointer.rsdtAddress, HEADER_LENGTH, 'RSDP: the RSDT is there');
          add('tables', pointer.xsdtAddress ?? 0n, HEADER_LENGTH, 'RSDP: the XSDT is there');
        }
        break;
      }
      case 'RSDT':
      case 'XSDT':
        for (const { address, span } of readRootTable(table)) {
          add('tables', address, HEADER_LENGTH, `${table.name}: a table is there`, span);
        }
        break;
      case 'FACP': {
        const fixed = readFadt(table);
        if (fixed) {
          add('tables', fixed.dsdtAddress, HEADER_LENGTH, 'FADT: the DSDT is there', fixed.dsdtAddressSpan);
          add('tables', fixed.facsAddress, HEADER_LENGTH, 'FADT: the FACS is there');
        }
        break;
      }
      case 'BGRT': {
        const graphics = readBgrt(table);
        if (graphics)
          add('tables', graphics.imageAddress, 1n, 'BGRT: the boot logo is there', graphics.addressSpan);
        break;
      }
      case 'MCFG':
        for (const window of readMcfg(table)) {
          const { start, end } = ecamRange(window);
          add(
            'registers',
            start,
            end - start,
            `MCFG: configuration space of segment ${window.segment}`,
            window.span,
          );
        }
        break;
      case 'APIC': {
        const controllers = readMadt(table, sink);
        for (const { address, id, span } of controllers?.ioApics ?? []) {
          add('registers', address, 0x1000n, `MADT: I/O APIC ${id}`, span);
        }
        break;
      }
    }
  }
  return found;
}

/** A window whose bounds depend on unknown values. */
export interface UnknownWindow {
  /** First address. */
  readonly base: Quantity;
  /** In bytes. */
  readonly size: Quantity;
}

/** Where an unknown window can be, and why. */
export interface BoundInference {
  /** Ready to print: `MG2B is in [mem 0xf8000000-0xffffffff]`. */
  readonly text: string;
  /** The only addresses the window can have, half-open, in order. */
  readonly gaps: readonly { readonly start: bigint; readonly end: bigint }[];
  /** The occupied ranges that border the gaps. */
  readonly because: readonly OccupiedRange[];
}

/** Holes between ranges of RAM that are smaller than this (there are several below 1 MiB) hold no MMIO window. */
export const SMALLEST_WINDOW = 1n << 20n;

/**
 * Where an unknown window can be: within the minimum and maximum of its base, outside of memory. `undefined` if nothing
 * narrows it down, or its base is known.
 */
export function inferWindow(
  window: UnknownWindow,
  occupied: readonly OccupiedRange[],
): BoundInference | undefined {
  const { base, size } = window;
  if (isKnown(base)) return undefined;
  const lowest = minimumOf(base);
  const highest = endFromLast(maximumOf(base));
  const taken = occupied
    .filter(({ kind }) => kind !== 'registers')
    .filter(({ start, end }) => start < highest && end > lowest)
    .sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  if (taken.length === 0) return undefined;
  const gaps: { start: bigint; end: bigint }[] = [];
  let at = lowest;
  for (const { start, end } of taken) {
    if (start - at >= SMALLEST_WINDOW) gaps.push({ start: at, end: start });
    if (end > at) at = end;
  }
  if (highest - at >= SMALLEST_WINDOW) gaps.push({ start: at, end: highest });
  // The ranges a reader needs to see: those that border a gap.
  const because = taken.filter(({ start, end }) =>
    gaps.some((gap) => gap.end === start || gap.start === end),
  );
  return { text: inferenceText(base, size, gaps), gaps, because };
}

function inferenceText(
  base: Quantity,
  size: Quantity,
  gaps: readonly { readonly start: bigint; readonly end: bigint }[],
): string {
  const name = formatQuantity(base);
  if (gaps.length === 0) return `no possible address of ${name} is free of memory`;
  const where = gaps.map(({ start, end }) => formatMemRange(start, end - start)).join(' or ');
  const largest = gaps.reduce((most, { start, end }) => (end - start > most ? end - start : most), 0n);
  const room = isKnown(size) ? '' : `, so ${formatQuantity(size)} is at most ${hex(largest)}`;
  return `${name} is in ${where}${room}`;
}
