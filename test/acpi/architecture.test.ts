import { describe, expect, it } from 'vitest';
import { architectureOf } from '../../src/acpi/architecture.ts';
import { readAcpiTables } from '../../src/acpi/tables/read.ts';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { artifact, table } from './tables/made-tables.ts';

describe('the architecture', () => {
  const tables = (...all: Uint8Array[]) =>
    readAcpiTables(artifact('acpi-table', Buffer.concat(all)), new DiagnosticList());

  it('is that of the interrupt controllers', () => {
    const madt = (type: number): Uint8Array =>
      table('APIC', [0, 0, 0, 0, 0, 0, 0, 0, type, 8, 0, 0, 0, 0, 0, 0]);
    expect(architectureOf(tables(madt(0)))).toBe('x86');
    expect(architectureOf(tables(madt(0x0b)))).toBe('arm64');
    expect(architectureOf(tables(table('DSDT'), table('GTDT')))).toBe('arm64');
    expect(architectureOf([])).toBe('x86');
  });
});
