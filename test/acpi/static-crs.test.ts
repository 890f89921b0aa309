import { describe, expect, it } from 'vitest';
import { staticCrs } from '../../src/acpi/static-crs.ts';
import { readAcpiTables } from '../../src/acpi/tables/read.ts';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { artifact, table } from './tables/made-tables.ts';

const text = (value: string): number[] => [...Buffer.from(value, 'latin1')];

/** PkgLength of one byte: the content, which includes the length byte itself, is short. */
const sized = (content: readonly number[]): number[] => [content.length + 1, ...content];
/** Name (NAME, Buffer (size) {bytes}) */
const named = (name: string, bytes: readonly number[], size = bytes.length): number[] => [
  0x08,
  ...text(name),
  0x11,
  ...sized([0x0a, size, ...bytes]),
];
/** Device (NAME) { … } */
const device = (name: string, ...terms: number[][]): number[] => [
  0x5b,
  0x82,
  ...sized([...text(name), ...terms.flat()]),
];
/** Method (NAME, 0) { … } */
const method = (name: string, ...terms: number[][]): number[] => [
  0x14,
  ...sized([...text(name), 0, ...terms.flat()]),
];

const IRQ_1 = [0x22, 0x02, 0x00, 0x79, 0x00];

function entriesOf(...terms: number[][]) {
  const sink = new DiagnosticList();
  const tables = readAcpiTables(artifact('acpi-table', table('DSDT', terms.flat())), sink);
  return staticCrs(tables, sink);
}

describe('_CRS without running anything', () => {
  it('a plain buffer is what it says, with the place of each descriptor', () => {
    const [entry] = entriesOf(
      device('KBD_', [0x08, ...text('_HID'), 0x0c, 0x41, 0xd0, 0x03, 0x03], named('_CRS', IRQ_1)),
    );
    expect(entry).toMatchObject({ device: '\\KBD', hid: 'PNP0303', status: 'ok', bytes: IRQ_1 });
    // Header 36, Device 7, _HID 10, NameOp to the initialiser 9.
    expect(entry!.resources[0]!.span).toMatchObject({ start: 62, end: 65 });
  });

  it('a buffer longer than its initialiser ends in zeros', () => {
    const [entry] = entriesOf(device('KBD_', named('_CRS', IRQ_1, 8)));
    expect(entry?.bytes).toEqual([...IRQ_1, 0, 0, 0]);
  });

  it('a method is unknown', () => {
    const [entry] = entriesOf(device('KBD_', method('_CRS', [0xa4, 0x00])));
    expect(entry).toMatchObject({
      status: 'unknown',
      why: 'it is a method, and nothing was run',
      resources: [],
    });
  });

  it('a buffer in which code makes fields is unknown, however the code names it', () => {
    // CreateDWordField (_CRS, Zero, FLD0) in a sibling method, a parent's method by path, and at the device's own level.
    const fieldIn = (...source: number[]): number[] => [0x8a, ...source, 0x00, ...text('FLD0')];
    const within = device('KBD_', named('_CRS', IRQ_1), method('_INI', fieldIn(...text('_CRS'))));
    const byPath = [
      ...device('KBD_', named('_CRS', IRQ_1)),
      ...method('_INI', fieldIn(0x5c, 0x2e, ...text('KBD__CRS'))),
    ];
    const beside = device('KBD_', named('_CRS', IRQ_1), fieldIn(...text('_CRS')));
    for (const terms of [within, byPath, beside]) {
      expect(entriesOf(terms)[0]).toMatchObject({ status: 'unknown', resources: [] });
    }
  });

  it("another device's _CRS that code names leaves this one alone", () => {
    const terms = [
      ...device('AAA_', named('_CRS', IRQ_1)),
      ...device('BBB_', named('_CRS', IRQ_1), method('_INI', [0x8a, ...text('_CRS'), 0x00, ...text('FLD0')])),
    ];
    expect(entriesOf(terms).map(({ device: path, status }) => [path, status])).toEqual([
      ['\\AAA', 'ok'],
      ['\\BBB', 'unknown'],
    ]);
  });

  it('what only code declares is unknown', () => {
    // If (Zero) { Device … } as module-level code.
    const [entry] = entriesOf([0xa0, ...sized([0x00, ...device('KBD_', named('_CRS', IRQ_1))])]);
    expect(entry).toMatchObject({ status: 'unknown', why: 'it is declared by code that may or may not run' });
  });
});
