/** Rows, lanes and segments of the map at their edges, and the signs and columns of the one in characters. */
import { describe, expect, test } from 'vitest';
import { plainText } from '../../../src/report/document.ts';
import { mapBlocks } from '../../../src/report/formats/map-text.ts';
import { byAddress, foldRuns, isFixed } from '../../../src/report/map/fold.ts';
import type { AddressMap, MapItem } from '../../../src/report/map/items.ts';
import { layoutOf } from '../../../src/report/map/layout.ts';
import { certaintyLabel, gapText } from '../../../src/report/map/words.ts';

const MIB = 1n << 20n;
const GIB = 1n << 30n;
const END = 1n << 64n;

function item(base: bigint, size: bigint | null, more: Partial<MapItem> = {}): MapItem {
  return {
    kind: 'window',
    space: 'memory',
    base: { least: base, most: base },
    size: size === null ? null : { least: size, most: size },
    range: `[${base.toString(16)}]`,
    sizeText: '',
    owner: 'o',
    notes: [],
    ...more,
  };
}
const map = (items: readonly MapItem[], names: readonly string[] = []): AddressMap => ({
  title: 'T',
  text: 't',
  items,
  names,
});
const layout = (...items: MapItem[]) => layoutOf(map(items), { all: true });
const ids = (...items: MapItem[]): string[] => layout(...items).segments.map(({ id }) => id);

describe('segments', () => {
  test('begin at 1 MiB and 4 GiB', () => {
    expect(ids(item(MIB - 1n, 1n))).toEqual(['below-1m']);
    expect(ids(item(MIB, 1n))).toEqual(['low']);
    expect(ids(item(MIB - 1n, 2n))).toEqual(['below-1m', 'low']);
    expect(ids(item(4n * GIB - 1n, 1n))).toEqual(['low']);
    expect(ids(item(4n * GIB - 1n, 2n))).toEqual(['low', 'high']);
    expect(ids(item(4n * GIB, 1n))).toEqual(['high']);
    expect(ids()).toEqual([]);
    expect(layout(item(MIB, 1n)).segments.map(({ start }) => start)).toEqual([MIB]);
  });

  test('the low gap begins where RAM ends, if something other than RAM follows below 4 GiB', () => {
    const ram = (end: bigint, more: Partial<MapItem> = {}): MapItem =>
      item(0n, end, { kind: 'ram', ...more });
    const mmio = item(3n * GIB, MIB);
    const gap = (...items: MapItem[]): bigint | undefined =>
      layout(...items).segments.find(({ id }) => id === 'gap')?.start;
    expect(gap(ram(2n * GIB), mmio)).toBe(2n * GIB);
    expect(gap(ram(3n * GIB), mmio)).toBe(3n * GIB);
    // The end of the last RAM below 4 GiB counts, RAM above that does not.
    expect(gap(ram(GIB), item(GIB, GIB, { kind: 'ram' }), mmio)).toBe(2n * GIB);
    expect(gap(ram(2n * GIB), item(4n * GIB, GIB, { kind: 'ram' }), mmio)).toBe(2n * GIB);
    expect(gap(ram(2n * GIB), item(GIB, MIB))).toBeUndefined();
    expect(gap(ram(2n * GIB), item(3n * GIB, MIB, { kind: 'ram', size: null }))).toBeUndefined();
    expect(gap(ram(2n * GIB), item(4n * GIB, MIB))).toBeUndefined();
    expect(gap(ram(4n * GIB), mmio)).toBeUndefined();
    expect(gap(ram(MIB), mmio)).toBeUndefined();
    expect(gap(ram(MIB + 1n), mmio)).toBe(MIB + 1n);
    expect(gap(mmio)).toBeUndefined();
    expect(gap(ram(2n * GIB), { ...mmio, space: 'io' })).toBeUndefined();
  });

  test('what has no known base stands where its limits are, its bounds at 4 GiB', () => {
    const open = (least: bigint, most: bigint, more: Partial<MapItem> = {}): MapItem =>
      item(0n, null, { base: { least, most }, ...more });
    expect(ids(open(0n, 4n * GIB - 1n))).toEqual(['low-somewhere']);
    expect(ids(open(0n, 4n * GIB))).toEqual(['anywhere']);
    expect(ids(open(4n * GIB, 5n * GIB))).toEqual(['high-somewhere']);
    expect(ids(open(4n * GIB - 1n, 5n * GIB))).toEqual(['anywhere']);
    expect(ids(open(0n, 1n, { space: 'io' }))).toEqual(['io']);
    expect(ids(item(0n, 1n, { space: 'io' }))).toEqual(['io']);
    // Below 4 GiB stands above that line.
    expect(ids(open(0n, 1n), item(MIB, 1n), item(4n * GIB, 1n), open(4n * GIB, 5n * GIB))).toEqual([
      'low',
      'low-somewhere',
      'high',
      'high-somewhere',
    ]);
  });

  test('go to the last address', () => {
    const [segment] = layout(item(END - MIB, 2n * MIB)).segments;
    expect(segment!.boxes.map(({ openEnd, lane }) => [openEnd, lane])).toEqual([[false, 0]]);
    expect(segment!.rows.map((row) => row.kind === 'box' && row.span)).toEqual([MIB]);
  });
});

describe('rows', () => {
  const rows = (...items: MapItem[]) =>
    layout(...items).segments[0]!.rows.map((row) =>
      row.kind === 'box' ? [row.box.item.range, row.span] : [row.kind, row.start, row.span],
    );
  const boxes = (...items: MapItem[]) =>
    layout(...items).segments[0]!.boxes.map((box) => [box.lane, box.firstRow, box.endRow]);

  test('a box each, in the order of addresses; what is between is one', () => {
    expect(rows(item(2n * MIB, MIB), item(8n * MIB, MIB))).toEqual([
      ['[200000]', MIB],
      ['gap', 3n * MIB, 5n * MIB],
      ['[800000]', MIB],
    ]);
    expect(rows(item(2n * MIB, MIB), item(3n * MIB, MIB))).toEqual([
      ['[200000]', MIB],
      ['[300000]', MIB],
    ]);
  });

  test('a box goes on beside what is in it; its rest has a row where that is a sixteenth of it', () => {
    expect(rows(item(16n * MIB, 16n * MIB), item(16n * MIB, 15n * MIB))).toEqual([
      ['[1000000]', 0n],
      ['[1000000]', 15n * MIB],
      ['rest', 31n * MIB, MIB],
    ]);
    expect(rows(item(16n * MIB, 16n * MIB), item(16n * MIB, 15n * MIB + 1n))).toHaveLength(2);
    expect(boxes(item(16n * MIB, 16n * MIB), item(16n * MIB, 15n * MIB))).toEqual([
      [0, 0, 3],
      [1, 1, 2],
    ]);
  });

  test('what begins at the same address: the larger is outside, whatever order they came in', () => {
    const [large, small] = [
      item(2n * MIB, 2n * MIB, { range: 'large' }),
      item(2n * MIB, MIB, { range: 'small' }),
    ];
    expect(rows(small, large).map(([range]) => range)).toEqual(['large', 'small', 'rest']);
    expect(rows(large, small)).toEqual(rows(small, large));
    expect([large, small].sort(byAddress)).toEqual([large, small]);
    expect([small, large].sort(byAddress)).toEqual([large, small]);
    expect([byAddress(item(1n, 1n), item(2n, 1n)), byAddress(item(2n, 1n), item(1n, 1n))]).toEqual([-1, 1]);
    expect(byAddress(large, large)).toBe(0);
    // Of no known size one address counts.
    expect(byAddress(item(1n, null), item(1n, 1n))).toBe(0);
  });

  test('boxes that overlap stand beside each other, to the twelfth', () => {
    const nested = Array.from({ length: 14 }, (_, at) => item(2n * MIB + BigInt(at), MIB));
    expect(boxes(...nested).map(([lane]) => lane)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 11, 11]);
    expect(layout(...nested).lanes).toBe(12);
    expect(layout(item(2n * MIB, MIB)).lanes).toBe(1);
    // One that has ended makes room.
    expect(boxes(item(2n * MIB, MIB), item(3n * MIB, MIB)).map(([lane]) => lane)).toEqual([0, 0]);
  });

  test('names are reported where a range has them', () => {
    const named = (names: string[], ...ranges: string[]) =>
      layoutOf(
        map(
          ranges.map((range, at) => item(MIB * BigInt(at + 2), MIB, { range })),
          names,
        ),
      ).names;
    expect(named(['E1 is x', 'E2 is y'], '[mem E1-E1+0xf]')).toEqual(['E1 is x']);
    expect(named(['E1 is x'], '[mem E12-E12]')).toEqual([]);
    expect(named(['E1 is x'])).toEqual([]);
  });

  test('whether both bounds are known', () => {
    const open = { least: 0n, most: 1n };
    expect([
      isFixed(item(0n, 1n)),
      isFixed(item(0n, null)),
      isFixed(item(0n, 1n, { base: null })),
      isFixed(item(0n, 1n, { base: open })),
      isFixed(item(0n, 1n, { size: open })),
    ]).toEqual([true, false, false, false, false]);
  });
});

describe('runs', () => {
  const registers = (count: number, more: (at: number) => Partial<MapItem> = () => ({})): MapItem[] =>
    Array.from({ length: count }, (_, at) =>
      item(BigInt(at) * 16n, 16n, { kind: 'register', owner: `/soc/a@${at}`, ...more(at) }),
    );
  const folded = (...items: MapItem[]): MapItem => {
    const runs = foldRuns(items);
    expect(runs).toHaveLength(1);
    return runs[0]!;
  };

  test('have what they share: path, condition, place of the first, how much is inside', () => {
    expect(folded(...registers(4)).owner).toBe('/soc');
    expect(folded(...registers(4, (at) => ({ owner: `/soc${at}/a` }))).owner).toBe('/soc0/a');
    expect(folded(...registers(4, (at) => ({ owner: `\\_SB.A.B${at}` }))).owner).toBe('\\_SB.A');
    expect(folded(...registers(4, (at) => ({ owner: `\\A${at}` }))).owner).toBe('\\A0');
    expect(folded(...registers(4, () => ({ owner: '/soc/a' }))).owner).toBe('/soc/a');
    expect(folded(...registers(4, (at) => ({ owner: at === 3 ? '/soc' : '/soc/a/b' }))).owner).toBe('/soc');
    expect(folded(...registers(4, (at) => (at % 2 === 0 ? { inside: 2 } : {}))).inside).toBe(4);
    expect(folded(...registers(4))).not.toHaveProperty('inside');
    expect(folded(...registers(4))).not.toHaveProperty('span');
    expect(folded(...registers(4, () => ({ space: 'io' }))).range).toBe('[io  0x0000-0x003f]');
  });

  test('windows under several conditions are counted', () => {
    const windows = (whens: string[]): MapItem[] =>
      whens.map((when, at) => item(BigInt(at) * 16n, 16n, { when, owner: 'bus' }));
    expect(folded(...windows(['A', 'B', 'A', 'C']))).toMatchObject({
      what: '4 windows',
      when: 'A',
      conditions: 3,
    });
    expect(folded(...windows(['A', 'A', 'A', 'A']))).not.toHaveProperty('conditions');
    // Registers stay apart then.
    expect(foldRuns(registers(4, (at) => ({ when: at < 2 ? 'A' : 'B' })))).toHaveLength(4);
  });

  test('end where one is cut by the box around it, and go on behind it', () => {
    const around = item(0n, 40n, { owner: 'around' });
    // The third begins inside and ends outside.
    expect(foldRuns([around, ...registers(8)]).map(({ what, owner }) => what ?? owner)).toEqual([
      'around',
      '/soc/a@0',
      '/soc/a@1',
      '/soc/a@2',
      '5 registers',
    ]);
  });
});

describe('words', () => {
  test('how sure it is, without what stands beside it', () => {
    const label = (more: Partial<MapItem>): string =>
      certaintyLabel(item(0n, 1n, { range: '[mem 0x0-0x0]', ...more }));
    expect(label({})).toBe('');
    expect(label({ when: 'A' })).toBe('if A');
    expect(label({ why: 'o is off' })).toBe('unknown: is off');
    expect(label({ why: 'other is off' })).toBe('unknown: other is off');
    expect(label({ why: 'w', size: null, range: '[mem A-?]' })).toBe('unknown: w');
    // Its bounds say themselves what they are made of.
    expect(label({ why: 'w', base: { least: 0n, most: 9n }, range: '[mem A-A+0xf]' })).toBe('unknown');
  });

  test('how much is not described', () => {
    expect([gapText({ id: 'low' }, MIB), gapText({ id: 'io' }, 16n)]).toEqual(['1 MiB', '16 ports']);
  });
});

describe('in characters', () => {
  const lines = (items: readonly MapItem[], unicode = false, width = 70): string[] => {
    const [, drawing] = mapBlocks([map(items)], { width, unicode });
    if (drawing!.kind === 'paragraph') return [plainText(drawing!.text)];
    return drawing!.kind === 'drawing' ? drawing!.lines.map((line) => plainText(line).trimEnd()) : [];
  };
  const bars = (items: readonly MapItem[], unicode = false): string[] =>
    lines(items, unicode)
      .filter((line) => !/^(?:--|==|\u2500\u2500|\u2550\u2550)| or unknown/.test(line))
      .map((line) => line.slice(0, 1));

  test('nothing', () => {
    expect(lines([])).toEqual(['No address ranges to draw.']);
  });

  test('a box on one row, on several, open at either end', () => {
    const inside = item(2n * MIB, 16n, { range: '[i]' });
    const outer = item(2n * MIB, 4n * MIB);
    expect(bars([item(2n * MIB, MIB)])).toEqual(['-']);
    expect(bars([item(2n * MIB, MIB)], true)).toEqual(['\u2576']);
    expect(bars([outer, inside])).toEqual(['.', '|', '`']);
    expect(bars([outer, inside], true)).toEqual(['\u250c', '\u2502', '\u2514']);
    expect(bars([{ ...outer, when: 'A' }, inside])).toEqual(['.', ':', '`']);
    expect(bars([item(2n * MIB, MIB, { when: 'A' })])).toEqual(['~']);
    expect(bars([item(2n * MIB, null)])).toEqual(['v']);
    expect(bars([item(0n, null, { base: null })])).toEqual(['?']);
    // Across 4 GiB: down in the one segment, up in the other.
    expect(bars([item(4n * GIB - MIB, 2n * MIB)])).toEqual(['v', '^']);
    const across = item(4n * GIB - 4n * MIB, 8n * MIB);
    expect(bars([across, item(4n * GIB - 4n * MIB, 16n), item(4n * GIB, 16n, { range: '[j]' })])).toEqual([
      '.',
      '|',
      'v',
      '^',
      '|',
      '`',
    ]);
  });

  test('what goes on says only that; a gap its size', () => {
    const shown = lines([
      item(4n * GIB - MIB, 2n * MIB, { range: '[r]' }),
      item(2n * MIB, MIB, { range: '[s]' }),
      item(11n * MIB, MIB, { range: '[t]' }),
    ]);
    expect(shown.find((line) => line.startsWith('^'))).toBe('^ [r] continued');
    expect(shown).toContain('  : 8 MiB');
    expect(shown.filter((line) => line.startsWith('=='))).toHaveLength(1);
  });

  test('the legend where something is uncertain or goes on, and where something does not fit', () => {
    const legend = (...items: MapItem[]): boolean =>
      lines(items).some((line) => line.includes('continued, or extent'));
    expect(legend(item(2n * MIB, MIB))).toBe(false);
    expect(legend(item(2n * MIB, MIB), item(4n * MIB, MIB, { when: 'A' }))).toBe(true);
    expect(legend(item(2n * MIB, MIB), item(4n * MIB, null))).toBe(true);
    expect(legend(item(2n * MIB, MIB), item(0n, null, { base: null }))).toBe(true);
    const many = Array.from({ length: 3200 }, (_, at) =>
      item(BigInt(at) * 64n, 16n, { kind: at % 2 === 0 ? 'ram' : 'reserved' }),
    );
    expect(lines(many).some((line) => /^\d+ more not shown\.$/.test(line))).toBe(true);
    expect(lines(many.slice(0, 100)).some((line) => /more not shown/.test(line))).toBe(false);
  });

  test('columns are in line: range, size, kind, owner, condition', () => {
    const shown = lines(
      [
        item(2n * MIB, MIB, { range: '[long range]', sizeText: '1 MiB', owner: 'x' }),
        item(3n * MIB, MIB, {
          range: '[r]',
          sizeText: '16 MiB',
          owner: 'y',
          kind: 'framebuffer',
          when: 'A == 1',
        }),
      ],
      false,
      70,
    );
    expect(shown.slice(1, 3)).toEqual([
      '- [long range]  1 MiB  window      x',
      '~ [r]          16 MiB  framebuffer y  if A == 1',
    ]);
    // Where there is little room the condition is left out.
    expect(
      lines(
        [item(3n * MIB, MIB, { range: '[r]', sizeText: '16 MiB', owner: 'y', when: 'A == 1' })],
        false,
        27,
      )[1],
    ).toBe('~ [r] 16 MiB  window y');
  });
});
