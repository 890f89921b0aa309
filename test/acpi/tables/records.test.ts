import { describe, expect, it } from 'vitest';
import { readAcpiTables } from '../../../src/acpi/tables/read.ts';
import {
  ecamRange,
  readBgrt,
  readFadt,
  readMadt,
  readMcfg,
  readRootTable,
  readSrat,
} from '../../../src/acpi/tables/records.ts';
import type { AcpiTable } from '../../../src/acpi/tables/table.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { artifact, littleEndian, table } from './made-tables.ts';

const le = littleEndian;
const read = (bytes: Uint8Array): AcpiTable =>
  readAcpiTables(artifact('acpi-table', bytes), new DiagnosticList())[0]!;
const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);

describe('tables as records', () => {
  it('XSDT: eight bytes an entry, RSDT: four', () => {
    const xsdt = read(table('XSDT', [...le(0x1_2345_6000n, 8), ...le(0xbf000000, 8), 1, 2, 3]));
    expect(readRootTable(xsdt).map(({ address }) => address)).toEqual([0x1_2345_6000n, 0xbf000000n]);
    const rsdt = read(table('RSDT', [...le(0xbf000000, 4)]));
    const [entry] = readRootTable(rsdt);
    expect(entry?.address).toBe(0xbf000000n);
    expect([entry?.span.start, entry?.span.end]).toEqual([36, 40]);
  });

  it('FADT: X_DSDT goes before DSDT, unless it is 0', () => {
    const body = zeros(276 - 36);
    const put = (offset: number, bytes: number[]): void => {
      bytes.forEach((byte, index) => {
        body[offset - 36 + index] = byte;
      });
    };
    put(40, le(0x7f000000, 4));
    put(112, le(1 << 20, 4));
    expect(readFadt(read(table('FACP', body)))).toMatchObject({
      dsdtAddress: 0x7f000000n,
      hardwareReduced: true,
    });
    put(140, le(0x1_7f00_0000n, 8));
    put(268, [...Buffer.from('MicrosftHv').subarray(0, 8)]);
    expect(readFadt(read(table('FACP', body, { revision: 6 })))).toMatchObject({
      dsdtAddress: 0x1_7f00_0000n,
      hypervisorVendor: 'Microsft',
    });
  });

  it('FADT of ACPI 1.0 has no 64-bit addresses', () => {
    const body = zeros(116 - 36);
    body.splice(0, 8, ...le(0x7fffe000, 4), ...le(0x7ffe0000, 4));
    expect(readFadt(read(table('FACP', body, { revision: 1 })))).toMatchObject({
      facsAddress: 0x7fffe000n,
      dsdtAddress: 0x7ffe0000n,
      hypervisorVendor: undefined,
    });
  });

  it('MCFG: the base address is that of bus 0', () => {
    const mcfg = read(
      table('MCFG', [...zeros(8), ...le(0xb0000000n, 8), ...le(0, 2), 0x40, 0x7f, ...zeros(4)]),
    );
    const [window] = readMcfg(mcfg);
    expect(window).toMatchObject({ baseAddress: 0xb0000000n, segment: 0, startBus: 0x40, endBus: 0x7f });
    // 1 MiB a bus: buses 0x40 to 0x7f are 64 MiB from 0xb0000000 + 64 MiB.
    expect(ecamRange(window!)).toEqual({ start: 0xb4000000n, end: 0xb8000000n });
  });

  it('SRAT: memory affinity with its flags', () => {
    const memory = (base: bigint, length: bigint, flags: number): number[] => [
      1,
      40,
      ...le(3, 4),
      0,
      0,
      ...le(base, 8),
      ...le(length, 8),
      ...zeros(4),
      ...le(flags, 4),
      ...zeros(8),
    ];
    const processor = [0, 16, ...zeros(14)];
    const srat = read(
      table('SRAT', [
        ...zeros(12),
        ...processor,
        ...memory(0n, 0xf8000000n, 1),
        ...memory(1n << 32n, 1n << 30n, 3),
      ]),
    );
    expect(readSrat(srat, new DiagnosticList())).toMatchObject([
      { proximityDomain: 3, base: 0n, length: 0xf8000000n, enabled: true, hotPluggable: false },
      { base: 0x100000000n, length: 0x40000000n, enabled: true, hotPluggable: true },
    ]);
  });

  it('a structure whose length lies ends the list with a diagnostic', () => {
    const sink = new DiagnosticList();
    expect(readSrat(read(table('SRAT', [...zeros(12), 1, 0, 0, 0])), sink)).toEqual([]);
    expect(sink.all.map(({ code }) => code)).toEqual(['acpi/subtable-length']);
  });

  it('MADT: I/O APICs, and the local APIC address that a structure overrides', () => {
    const madt = read(
      table('APIC', [
        ...le(0xfee00000, 4),
        ...le(1, 4),
        ...[1, 12, 4, 0, ...le(0xfec00000, 4), ...le(24, 4)],
        ...[5, 12, 0, 0, ...le(0xfee00000n + (1n << 32n), 8)],
      ]),
    );
    expect(readMadt(madt, new DiagnosticList())).toMatchObject({
      localApicAddress: 0x1_fee0_0000n,
      ioApics: [{ id: 4, address: 0xfec00000n, globalBase: 24 }],
    });
  });

  it('BGRT: where the logo lies', () => {
    const bgrt = read(
      table('BGRT', [...le(1, 2), 1, 0, ...le(0xf6fae018n, 8), ...le(100, 4), ...le(200, 4)]),
    );
    expect(readBgrt(bgrt)).toMatchObject({
      imageAddress: 0xf6fae018n,
      displayed: true,
      xOffset: 100,
      yOffset: 200,
    });
  });

  it('records of tables that are cut off are undefined or shorter', () => {
    expect(readFadt(read(table('FACP', [0])))).toBeUndefined();
    expect(readBgrt(read(table('BGRT', [0, 0])))).toBeUndefined();
    expect(readMcfg(read(table('MCFG', zeros(12))))).toEqual([]);
  });
});
