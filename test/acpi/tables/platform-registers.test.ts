/** Registers that tables name. Offsets are those of ACPI 6.5 (5.2.9, 5.2.12), as `iasl -d` prints them. */
import { describe, expect, it } from 'vitest';
import type { Architecture } from '../../../src/acpi/architecture.ts';
import { platformRegisters } from '../../../src/acpi/tables/platform-registers.ts';
import { readAcpiTables } from '../../../src/acpi/tables/read.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { artifact, littleEndian as le, table } from './made-tables.ts';

const zeros = (count: number): number[] => new Array<number>(count).fill(0);
const registers = (bytes: Uint8Array, architecture: Architecture = 'x86'): string[] =>
  platformRegisters(readAcpiTables(artifact('acpi-table', bytes), new DiagnosticList()), architecture).map(
    ({ space, base, size, text }) => `${text} ${space} ${base.toString(16)}+${size.toString(16)}`,
  );

/** A body of a table with values at offsets that count from the table's start. */
function body(length: number, values: Readonly<Record<number, readonly number[]>>): number[] {
  const bytes = zeros(length - 36);
  for (const [offset, value] of Object.entries(values))
    bytes.splice(Number(offset) - 36, value.length, ...value);
  return bytes;
}
const gas = (space: number, address: bigint): number[] => [space, 0, 0, 0, ...le(address, 8)];

describe('registers that tables name', () => {
  it('the local APIC, where MADT or its override has it; not on arm64', () => {
    const madt = table('APIC', [...le(0xfee00000, 4), ...le(1, 4)]);
    expect(registers(madt)).toEqual(['MADT: local APIC memory fee00000+1000']);
    expect(registers(madt, 'arm64')).toEqual([]);
    const moved = table('APIC', [...le(0xfee00000, 4), ...le(1, 4), 5, 12, 0, 0, ...le(0x1_fee0_0000n, 8)]);
    expect(registers(moved)).toEqual(['MADT: local APIC memory 1fee00000+1000']);
  });

  it('the GIC: distributor, CPU interface once, redistributors, MSI frame, ITS', () => {
    const gicc = [0x0b, 80, ...zeros(30), ...le(0x8010000, 8), ...zeros(20), ...zeros(20)];
    const madt = table('APIC', [
      ...zeros(8),
      ...[0x0c, 24, ...zeros(6), ...le(0x8000000, 8), ...zeros(4), 3, 0, 0, 0],
      ...gicc,
      ...gicc,
      ...[0x0d, 24, ...zeros(6), ...le(0x8020000, 8), ...zeros(8)],
      ...[0x0e, 16, 0, 0, ...le(0x80a0000, 8), ...le(0xf60000, 4)],
      ...[0x0f, 20, ...zeros(6), ...le(0x8080000, 8), ...zeros(4)],
    ]);
    expect(registers(madt, 'arm64')).toEqual([
      'MADT: GIC distributor memory 8000000+10000',
      'MADT: GIC CPU interface memory 8010000+2000',
      'MADT: GIC MSI frame memory 8020000+1000',
      'MADT: GIC redistributors memory 80a0000+f60000',
      'MADT: GIC ITS memory 8080000+20000',
    ]);
  });

  it('the event timer has 1 KiB', () => {
    const values = { 40: gas(0, 0xfed00000n) };
    expect(registers(table('HPET', body(56, values)))).toEqual(['HPET: event timer memory fed00000+400']);
  });

  it('power management: the wide address before the narrow one, nothing fixed on reduced hardware', () => {
    const fixed = {
      48: le(0xb2, 4),
      56: le(0x600, 4),
      76: le(0x608, 4),
      80: le(0x620, 4),
      88: [4],
      91: [4],
      92: [16],
      116: gas(1, 0xcf9n),
      220: gas(0, 0xfe000000n),
    };
    expect(registers(table('FACP', body(276, fixed)))).toEqual([
      'FADT: SMI command port io b2+1',
      'FADT: PM1a event block io 600+4',
      'FADT: PM timer io 608+4',
      'FADT: GPE0 block memory fe000000+10',
      'FADT: reset register io cf9+1',
    ]);
    expect(registers(table('FACP', body(276, { ...fixed, 112: le(1 << 20, 4) })))).toEqual([
      'FADT: reset register io cf9+1',
    ]);
  });

  it('what is cut off names nothing', () => {
    for (const signature of ['APIC', 'FACP', 'HPET', 'SPCR'])
      for (let length = 0; length < 12; length++)
        expect(registers(table(signature, zeros(length)))).toEqual([]);
  });
});
