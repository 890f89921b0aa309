/** What a `_CRS` says besides its bytes: whose it is, what it depends on and where that is declared. */
import { describe, expect, test } from 'vitest';
import type { CrsEntry } from '../../src/acpi/crs/crs.ts';
import { evaluateAllCrs, loadMachine } from '../../src/acpi/machine.ts';
import { compare, formatCondition, formatQuantity } from '../../src/symbolic/index.ts';
import { tablesOf } from './interpreter/tables.ts';

const quiet = { add: () => {} };

function entriesOf(body: string): Map<string, CrsEntry> {
  const tables = tablesOf(`
    OperationRegion (NVS, SystemMemory, 0x1000, 0x10)
    Field (NVS, ByteAcc, NoLock, Preserve) { FLAG, 8, KIND, 8, BASE, 32 }
    ${body}`);
  return new Map(evaluateAllCrs(loadMachine(tables, {}, quiet)).map((entry) => [entry.device, entry]));
}

const CRS = 'Name (_CRS, Buffer () { 0x79, 0 })';

describe('ids', () => {
  test('of which it can not be told what they are', () => {
    const ours = entriesOf(`
      Device (DEV0) { Name (_HID, "VMBUS") ${CRS} }
      Device (DEV1) { Method (_HID) { If (KIND == 1) { Return ("VMBUS") } Return ("ACPI0004") } ${CRS} }
      Device (DEV2) { Name (_HID, "ACPI0004") Method (_CID) { If (KIND == 1) { Return ("VMBUS") } Return (0) } ${CRS} }
      Device (DEV3) { Name (_HID, "ACPI0004") Name (_CID, Package () { "A", "B" }) ${CRS} }
      Device (DEV4) { Name (_ADR, 0) ${CRS} }`);
    const ids = [...ours.values()].map(({ hid, cid, idsUnknown }) => [hid, cid, idsUnknown]);
    expect(ids).toEqual([
      ['VMBUS', undefined, undefined],
      [undefined, undefined, true],
      ['ACPI0004', undefined, true],
      ['ACPI0004', ['A', 'B'], undefined],
      [undefined, undefined, undefined],
    ]);
  });

  test('a status that is not known is an expression', () => {
    const ours = entriesOf(`
      Device (DEV0) { ${CRS} }
      Device (DEV1) { Name (_STA, 9) ${CRS} }
      Device (DEV2) { Method (_STA) { If (KIND == 1) { Return (0) } Return (0xF) } ${CRS} }`);
    expect(ours.get('\\DEV0')?.staValue).toBeUndefined();
    expect(ours.get('\\DEV1')).toMatchObject({ sta: 9n, staValue: 9n });
    expect(ours.get('\\DEV2')?.sta).toBeNull();
    expect(formatCondition(compare('eq', ours.get('\\DEV2')!.staValue!, 0n))).toBe('KIND == 1');
  });
});

test('fields have their region and their place in the table, conditions count', () => {
  const entry = entriesOf(`
    Device (DEV0) {
      Name (BUFF, Buffer () { 0x86, 9, 0, 1, 0, 0, 0, 0, 0, 0x10, 0, 0, 0x79, 0 })
      CreateDWordField (BUFF, 4, BAS0)
      Method (_CRS) { BAS0 = BASE If (KIND == 1) { Return (Buffer () { 0x79, 0 }) } Return (BUFF) }
    }`).get('\\DEV0')!;
  const { bytes } = entry.table!;
  const fields = (entry.fields ?? []).map(({ field, region, span }) => ({
    name: field.name,
    region,
    text: String.fromCharCode(...bytes.subarray(span!.start, span!.end)),
  }));
  expect(fields.sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
    { name: 'BASE', region: '\\NVS', text: 'BASE' },
    { name: 'KIND', region: '\\NVS', text: 'KIND' },
  ]);
  // The entry is the method's.
  expect(String.fromCharCode(...bytes.subarray(entry.span!.start, entry.span!.end))).toContain('_CRS');
  expect(entry.steps?.map(({ text }) => text)).toContain('method \\DEV0._CRS');
  expect(entry.cases?.map(({ condition }) => formatQuantity(condition)).sort()).toEqual([
    'KIND != 1',
    'KIND == 1',
  ]);
});

test('what is unknown by code that was given up says which, and where', () => {
  const entry = entriesOf(`
    Device (DEV0) {
      Name (BUFF, Buffer () { 0x86, 9, 0, 1, 0, 0, 0, 0, 0, 0x10, 0, 0, 0x79, 0 })
      CreateDWordField (BUFF, 4, BAS0)
      Method (_INI) { While (KIND != 1) { Stall (1) } BAS0 = 7 }
      Method (_CRS) { Return (BUFF) }
    }`).get('\\DEV0')!;
  expect(entry.status).toBe('partial');
  expect(entry.causes?.length).toBe(1);
  expect(entry.causes?.[0]?.reason).toContain('in \\DEV0._INI');
  expect(entry.causes?.[0]?.at?.path).toBe('\\DEV0._INI');
  expect(entry.causes?.[0]?.at?.span.start).toBeGreaterThan(0);
});
