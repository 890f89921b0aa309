import { describe, expect, it } from 'vitest';
import { inferWindow, type OccupiedRange, occupiedByTables } from '../../src/acpi/bounds.ts';
import { readAcpiTables } from '../../src/acpi/tables/read.ts';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { type Expr, fieldValue, sum } from '../../src/symbolic/index.ts';
import { artifact, littleEndian as le, table } from './tables/made-tables.ts';

const field = (name: string, bits = 32): Expr =>
  fieldValue({ name, path: `\\${name}`, space: 'SystemMemory', address: 0n, bitOffset: 0, bits, epoch: 0 });

const memory = (start: bigint, end: bigint): OccupiedRange => ({ start, end, kind: 'memory', text: 'RAM' });

describe('where an unknown window can lie', () => {
  it('a 32-bit base above the last RAM below 4 GiB', () => {
    const ram = [memory(0n, 0xf8000000n), memory(1n << 32n, 1n << 34n)];
    const inference = inferWindow({ base: field('MG2B'), size: field('MG2L') }, ram);
    expect(inference).toEqual({
      text: 'MG2B is in [mem 0xf8000000-0xffffffff], so MG2L is at most 0x8000000',
      gaps: [{ start: 0xf8000000n, end: 1n << 32n }],
      because: [ram[0]],
    });
  });

  it('a base in MiB, in any gap that is large enough', () => {
    const base = sum(64, 0n, [{ coefficient: 1n << 20n, of: field('HMIB', 16) }]);
    const ram = [
      memory(0n, 0x9fc00n),
      memory(0x100000n, 0xf8000000n),
      memory(1n << 32n, 0xc_0000_0000n),
      memory(0x10_0000_0000n, 0x20_0000_0000n),
    ];
    // 16 bits of MiB reach to 2^36 = 0x10_0000_0000; the hole below 1 MiB is smaller than a window.
    expect(inferWindow({ base, size: 0x1000n }, ram)?.gaps).toEqual([
      { start: 0xf8000000n, end: 1n << 32n },
      { start: 0xc_0000_0000n, end: 0xf_fff0_0001n },
    ]);
  });

  it('registers of the platform bound nothing: they may are in the window', () => {
    const registers: OccupiedRange = {
      start: 0xfec00000n,
      end: 0xfec01000n,
      kind: 'registers',
      text: 'I/O APIC',
    };
    expect(inferWindow({ base: field('MG2B'), size: 1n }, [registers])).toBeUndefined();
  });

  it('nothing is inferred of what is known', () => {
    expect(inferWindow({ base: 0xf8000000n, size: field('MG2L') }, [memory(0n, 1n << 31n)])).toBeUndefined();
  });

  it('says so when no room is left', () => {
    expect(inferWindow({ base: field('MG2B'), size: 1n }, [memory(0n, 1n << 33n)])?.text).toBe(
      'no possible address of MG2B is free of memory',
    );
  });
});

describe('what the tables tell of addresses', () => {
  it('memory of SRAT, tables of the XSDT, configuration space of MCFG', () => {
    const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);
    const affinity = [
      1,
      40,
      0,
      0,
      0,
      0,
      0,
      0,
      ...le(0n, 8),
      ...le(0xf8000000n, 8),
      ...zeros(4),
      ...le(1, 4),
      ...zeros(8),
    ];
    const off = [
      1,
      40,
      0,
      0,
      0,
      0,
      0,
      0,
      ...le(1n << 40n, 8),
      ...le(1n << 30n, 8),
      ...zeros(4),
      ...le(0, 4),
      ...zeros(8),
    ];
    const sink = new DiagnosticList();
    const tables = readAcpiTables(
      artifact(
        'acpi-table',
        Buffer.concat([
          table('XSDT', le(0xf7ff8000n, 8)),
          table('SRAT', [...zeros(12), ...affinity, ...off]),
          table('MCFG', [...zeros(8), ...le(0xe0000000n, 8), 0, 0, 0, 0xff, ...zeros(4)]),
        ]),
      ),
      sink,
    );
    expect(occupiedByTables(tables, sink).map(({ kind, start, end }) => [kind, start, end])).toEqual([
      ['tables', 0xf7ff8000n, 0xf7ff8024n],
      ['memory', 0n, 0xf8000000n],
      ['registers', 0xe0000000n, 0xf0000000n],
    ]);
  });
});
