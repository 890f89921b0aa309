/**
 * Register ranges of the platform that tables describe, other than MCFG and I/O APICs: local APIC and GIC (MADT), event
 * timer (HPET), power management (FADT), console (SPCR). Most of them are not in any `_CRS`.
 */
import { IGNORED } from '../../bytes/diagnostic.ts';
import type { Span } from '../../bytes/source.ts';
import type { Architecture } from '../architecture.ts';
import { readerOf, readFadt, readMadt, spanIn, subtables } from './records.ts';
import { type AcpiTable, TABLE_HEADER_LENGTH } from './table.ts';

export interface PlatformRegisters {
  readonly space: 'memory' | 'io';
  readonly base: bigint;
  /** In bytes. */
  readonly size: bigint;
  /** Ready to print: `MADT: local APIC`. */
  readonly text: string;
  readonly span: Span;
}

const KIB = 1024n;

/** The register ranges in the order of the tables. @param architecture decides how MADT is read */
export function platformRegisters(
  tables: readonly AcpiTable[],
  architecture: Architecture,
): PlatformRegisters[] {
  const found: PlatformRegisters[] = [];
  for (const table of tables) {
    if (table.signature === 'APIC')
      found.push(...(architecture === 'x86' ? localApic(table) : genericInterrupts(table)));
    else if (table.signature === 'FACP') found.push(...powerManagement(table));
    // IA-PC HPET Specification 1.0a, 3.2.4: the block has 1 KiB.
    else if (table.signature === 'HPET') found.push(...generic(table, 40, KIB, 'HPET: event timer'));
    // Serial Port Console Redirection Table 1.02: the base address; it has no length.
    else if (table.signature === 'SPCR') found.push(...generic(table, 40, 1n, 'SPCR: console'));
  }
  return found.filter(({ base, size }) => base !== 0n && size > 0n);
}

/** One page, as in Linux (arch/x86/kernel/apic/apic.c, lapic_insert_resource). */
function localApic(table: AcpiTable): PlatformRegisters[] {
  const controllers = readMadt(table, IGNORED);
  if (controllers === undefined) return [];
  const span = spanIn(table, TABLE_HEADER_LENGTH, TABLE_HEADER_LENGTH + 4);
  return [
    { space: 'memory', base: controllers.localApicAddress, size: 4n * KIB, text: 'MADT: local APIC', span },
  ];
}

/** GIC structures (ACPI 6.5, 5.2.12.14 to 5.2.12.18). Sizes are those of the GIC architecture specifications. */
function genericInterrupts(table: AcpiTable): PlatformRegisters[] {
  const found = new Map<bigint, PlatformRegisters>();
  for (const { type, start, end } of subtables(table, TABLE_HEADER_LENGTH + 8, IGNORED)) {
    const address = (offset: number): bigint =>
      start + offset + 8 <= end ? (readerOf(table, start + offset).u64() ?? 0n) : 0n;
    const add = (base: bigint, size: bigint, what: string): void => {
      if (base !== 0n && !found.has(base))
        found.set(base, {
          space: 'memory',
          base,
          size,
          text: `MADT: ${what}`,
          span: spanIn(table, start, end),
        });
    };
    switch (type) {
      case 0x0b:
        // The structures of all processors may have the same GICv2 CPU interface.
        add(address(32), 8n * KIB, 'GIC CPU interface');
        add(address(60), 128n * KIB, 'GIC redistributor');
        break;
      case 0x0c: {
        const version = start + 20 < end ? (readerOf(table, start + 20).u8() ?? 0) : 0;
        add(address(8), version >= 3 ? 64n * KIB : 4n * KIB, 'GIC distributor');
        break;
      }
      case 0x0d:
        add(address(8), 4n * KIB, 'GIC MSI frame');
        break;
      case 0x0e: {
        const length = start + 16 <= end ? (readerOf(table, start + 12).u32() ?? 0) : 0;
        add(address(4), BigInt(length), 'GIC redistributors');
        break;
      }
      case 0x0f:
        add(address(8), 128n * KIB, 'GIC ITS');
        break;
      default:
    }
  }
  return [...found.values()];
}

/** Register blocks of FADT (ACPI 6.5, table 5.9): name, offsets of the address, the length and the address as a GAS. */
const BLOCKS: readonly (readonly [string, number, number, number])[] = [
  ['PM1a event block', 56, 88, 148],
  ['PM1b event block', 60, 88, 160],
  ['PM1a control block', 64, 89, 172],
  ['PM1b control block', 68, 89, 184],
  ['PM2 control block', 72, 90, 196],
  ['PM timer', 76, 91, 208],
  ['GPE0 block', 80, 92, 220],
  ['GPE1 block', 84, 93, 232],
];
const SMI_COMMAND = 48;
const RESET_REGISTER = 116;

function powerManagement(table: AcpiTable): PlatformRegisters[] {
  const fixed = readFadt(table);
  if (fixed === undefined) return [];
  const reset = generic(table, RESET_REGISTER, 1n, 'FADT: reset register');
  if (fixed.hardwareReduced) return reset;
  const port = (offset: number, size: bigint, text: string): PlatformRegisters[] => {
    const base = readerOf(table, offset).u32() ?? 0;
    return [{ space: 'io', base: BigInt(base), size, text, span: spanIn(table, offset, offset + 4) }];
  };
  return [
    ...port(SMI_COMMAND, 1n, 'FADT: SMI command port'),
    ...BLOCKS.flatMap(([name, at, lengthAt, wideAt]) => {
      const size = BigInt(readerOf(table, lengthAt).u8() ?? 0);
      const wide = generic(table, wideAt, size, `FADT: ${name}`);
      return wide.some(({ base }) => base !== 0n) ? wide : port(at, size, `FADT: ${name}`);
    }),
    ...reset,
  ];
}

/** The range at a Generic Address Structure (ACPI 6.5, 5.2.3.2), if it is in memory or I/O space. */
function generic(table: AcpiTable, offset: number, size: bigint, text: string): PlatformRegisters[] {
  const space = readerOf(table, offset).u8();
  const base = readerOf(table, offset + 4).u64();
  if (base === undefined || (space !== 0 && space !== 1)) return [];
  return [
    { space: space === 0 ? 'memory' : 'io', base, size, text, span: spanIn(table, offset, offset + 12) },
  ];
}
