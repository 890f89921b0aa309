import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex } from '../../../src/bytes/address.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { addressEntries } from '../../../src/devicetree/address/entries.ts';
import { cellReadings, fragmentReadings, type Reading } from '../../../src/devicetree/address/readings.ts';
import { readFragment } from '../../../src/devicetree/source/fragment.ts';
import { contents, latin1Source, tell } from '../trees.ts';

const SEED = [0x0f, 0xf0000000, 0x0f, 0xf0000000, 0x10000000];

function counts({ cells }: Reading): string {
  return `${cells.child}/${cells.parent}/${cells.size}`;
}

describe('readings of cells', () => {
  it('of the line in the review thread: all five, 2/2/1 the best by far, for reasons that are reported', () => {
    const readings = cellReadings(SEED, { item: 'ranges' });
    // Three counts from 1..3, 1..3 and 1..2 that add up to 5.
    expect(readings.map(counts).sort()).toEqual(['1/2/2', '1/3/1', '2/1/2', '2/2/1', '3/1/1']);
    const [best, second] = readings;
    expect(counts(best!)).toBe('2/2/1');
    expect(best!.entries).toEqual([{ child: 0xff0000000n, parent: 0xff0000000n, size: 0x10000000n }]);
    expect(best!.reasons.map(({ id }) => id)).toEqual([
      'identity',
      'aligned',
      'round-end',
      'usual-counts',
      'power-of-two',
      'naturally-aligned',
    ]);
    // 0xff0000000 + 0x10000000 = 0x1000000000 = 64 GiB
    expect(best!.reasons.map(({ says }) => says)).toContain('ends at 64 GiB');
    expect(second!.score).toBeLessThan(0);
  });

  it('of six cells as OpenHCL writes them', () => {
    const cells = [0x0f, 0xf0000000, 0x0f, 0xf0000000, 0, 0x10000000];
    expect(counts(cellReadings(cells, { item: 'ranges' })[0]!)).toBe('2/2/2');
    const [best] = cellReadings(cells, { item: 'ranges', compatible: ['microsoft,vmbus'] });
    expect(best!.reasons.map(({ id }) => id)).toContain('boot-shim');
  });

  it('of a PCI host bridge', () => {
    const cells = [0x02000000, 0, 0x10000000, 0, 0x10000000, 0, 0x2eff0000];
    const [best] = cellReadings(cells, { item: 'ranges' });
    expect(counts(best!)).toBe('3/2/2');
    expect(best!.entries[0]).toEqual({ child: 0x10000000n, parent: 0x10000000n, size: 0x2eff0000n });
  });

  it('of several entries, which may not overlap', () => {
    const cells = [0x1000, 0x1000, 0x1000, 0x2000, 0x2000, 0x1000];
    expect(counts(cellReadings(cells, { item: 'ranges' })[0]!)).toBe('1/1/1');
    const overlapping = [0x1000, 0x1000, 0x2000, 0x2000, 0x2000, 0x1000];
    const reading = cellReadings(overlapping, { item: 'ranges' }).find((one) => counts(one) === '1/1/1');
    expect(reading!.reasons.find(({ id }) => id === 'overlap')!.says).toBe('entries overlap at 0x2000');
  });

  it('by a binding, where one is known', () => {
    const [best] = cellReadings(SEED, { item: 'ranges', compatible: ['microsoft,vmbus'] });
    expect(best!.reasons.map(({ id }) => id)).toContain('binding');
  });

  it('leave out what contradicts a known count', () => {
    expect(
      cellReadings(SEED, { item: 'ranges', known: { size: 2 } })
        .map(counts)
        .sort(),
    ).toEqual(['1/2/2', '2/1/2']);
    expect(cellReadings(SEED, { item: 'ranges', known: { child: 2, size: 2, parent: 2 } })).toEqual([]);
  });

  it('use every cell exactly once, and rank by the sum of their reasons', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(0xffffffff), { minLength: 1, maxLength: 24 }),
        fc.constantFrom('reg' as const, 'ranges' as const),
        (cells, item) => {
          const readings = cellReadings(cells, { item });
          for (const { cells: used, entries, score, reasons } of readings) {
            expect(entries.length * (used.child + used.parent + used.size)).toBe(cells.length);
            expect(score).toBe(reasons.reduce((sum, { weight }) => sum + weight, 0));
          }
          const scores = readings.map(({ score }) => score);
          expect(scores).toEqual([...scores].sort((a, b) => b - a));
        },
      ),
    );
  });
});

function fragment(text: string) {
  const sink = new DiagnosticList();
  const tree = readFragment(latin1Source('mail', text), sink);
  return { tree, sink, told: () => sink.all.map(tell) };
}

describe('fragments', () => {
  const WINDOW = '0xff0000000 +0x10000000 2/2/1 inferred';
  const windows = (text: string): string[] => {
    const { tree, sink } = fragment(text);
    return addressEntries(tree!, sink).map(
      ({ cpu, size, counts: { childAddress, parentAddress, size: sizeCells } }) => {
        const cells = [childAddress, parentAddress, sizeCells].map((count) => count?.cells).join('/');
        return `${hex(cpu!)} +${hex(size!)} ${cells} ${childAddress.from}`;
      },
    );
  };

  it.each([
    ['a line', 'ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;'],
    ['a line without its end', '  ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>'],
    ['cells alone', '<0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>'],
    ['numbers alone', '0x0f 0xf0000000 0x0f 0xf0000000 0x10000000\n'],
    ['decimal numbers', '15 4026531840 15 4026531840 268435456'],
    [
      'several lines',
      'compatible = "microsoft,vmbus"\n\t\tranges = <0x0f 0xf0000000\n0x0f 0xf0000000 0x10000000>;\ndma-coherent;',
    ],
    ['a node', 'vmbus@ff0000000 {\n ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;\n};'],
    [
      'a macro beside it',
      'interrupts = <GIC_PPI 2 4>;\nranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;',
    ],
  ])('of %s', (_, text) => {
    expect(windows(text)).toEqual([WINDOW]);
  });

  it('take the counts that they say', () => {
    const { tree } = fragment(
      '#address-cells = <2>;\n#size-cells = <1>;\nranges = <0 0 0x0f 0xf0000000 0x10000000>;',
    );
    expect(fragmentReadings(tree!)[0]!.readings.map(counts)).toEqual(['2/2/1']);
  });

  it('can be read with given counts', () => {
    const { tree, sink } = fragment('ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;');
    const [entry] = addressEntries(tree!, sink, { cells: { child: 1, parent: 2, size: 2 } });
    expect(entry!.counts.size).toMatchObject({ cells: 2, from: 'given' });
    expect(entry!.cpu).toBe(0xf00000000000000fn);
  });

  it('without any property are refused', () => {
    const { tree, told } = fragment('Hello, nothing here.');
    expect(tree).toBeUndefined();
    expect(told().at(-1)).toContain('dt/fragment-empty');
  });

  it('never fail on other text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', maxLength: 200 }), (text) => {
        const { tree, sink } = fragment(text);
        if (tree) addressEntries(tree, sink);
        if (tree) contents(tree);
      }),
    );
  });
});
