/** Boxes of a map: their words, and which are folded into one. */
import { describe, expect, test } from 'vitest';
import { foldKnown, foldRuns, foldUnplaced } from '../../../src/report/map/fold.ts';
import type { MapItem } from '../../../src/report/map/items.ts';
import {
  certaintyText,
  columnsOf,
  detailLines,
  isUncertain,
  kindText,
  ownerText,
  shortened,
} from '../../../src/report/map/words.ts';
import { span } from '../made.ts';

describe('boxes of a map', () => {
  const item = (base: bigint, size: bigint, more: Partial<MapItem> = {}): MapItem => ({
    kind: 'register',
    space: 'memory',
    base: { least: base, most: base },
    size: { least: size, most: size },
    range: `[mem ${base}-${base + size - 1n}]`,
    sizeText: `${size}`,
    owner: '\\_SB.A',
    notes: [],
    ...more,
  });
  const shown = (items: readonly MapItem[]) =>
    items.map(({ what, base, size, owner }) => [what ?? owner, base!.least, size!.least]);

  test('words', () => {
    expect([
      kindText(item(0n, 1n)),
      kindText(item(0n, 1n, { what: '3 registers' })),
      kindText(item(0n, 1n, { what: '_CRS[0]' })),
    ]).toEqual(['register', '3 registers', 'register']);
    expect([ownerText(item(0n, 1n)), ownerText(item(0n, 1n, { inside: 2 }))]).toEqual([
      '\\_SB.A',
      '\\_SB.A (+2 inside)',
    ]);
    const certain = [
      {},
      { when: 'A > 0' },
      { why: 'a field' },
      { conditions: 2, when: 'A' },
      { why: 'w', when: 'A' },
    ];
    expect(
      certain.map((more) => [isUncertain(item(0n, 1n, more)), certaintyText(item(0n, 1n, more))]),
    ).toEqual([
      [false, ''],
      [true, 'if A > 0'],
      [true, 'unknown: a field'],
      [true, 'under 2 conditions'],
      [true, 'unknown: w'],
    ]);
    expect(detailLines(item(0n, 1n, { sizeText: '' }))).toEqual(['[mem 0-0]', 'register  \\_SB.A']);
    expect(
      detailLines(item(0n, 1n, { what: '_CRS[0]', when: 'A', notes: ['x', 'y'], inside: 3, span })),
    ).toEqual([
      '[mem 0-0]  1',
      'register  \\_SB.A  _CRS[0]',
      'if A',
      'x, y',
      '3 ranges inside it are not shown',
      'a.dts:2.3',
    ]);
    expect(detailLines(item(0n, 1n, { what: '3 registers' }))[1]).toBe('3 registers  \\_SB.A');
  });

  test('columns that a text takes, and what of it fits', () => {
    expect(['a', '\u058f', '\u0590', '\u1fff', '\u2000', '\u2bff', '\u2c00', '日本'].map(columnsOf)).toEqual([
      1, 1, 2, 2, 1, 1, 2, 4,
    ]);
    expect(shortened('abcdef', 6)).toBe('abcdef');
    expect(shortened('abcdef', 5)).toBe('abcd\u2026');
    expect(shortened('abcdef', 3)).toBe('abc');
    // Four of ten columns before the mark, five behind: floor((10 - 1) * 0.6).
    expect(shortened('/abcdefghijkl', 10)).toBe('/abc\u2026hijkl');
    expect(shortened('\\abcdefghijkl', 10)).toBe('\\abc\u2026hijkl');
    expect(shortened('[abcdefghijkl', 10)).toBe('[abc\u2026hijkl');
    expect(shortened('日本日本', 5)).toBe('日本\u2026');
    expect(shortened('日本', 3)).toBe('日');
  });

  test('more than three alike side by side are one', () => {
    const row = (count: number, gap = 0n, more: Partial<MapItem> = {}) =>
      Array.from({ length: count }, (_, at) =>
        item(BigInt(at) * (16n + gap), 16n, { owner: `\\_SB.A.D${at}`, ...more }),
      );
    expect(foldRuns(row(3))).toHaveLength(3);
    expect(shown(foldRuns(row(4)))).toEqual([['4 registers', 0n, 64n]]);
    expect(foldRuns(row(4))[0]).toMatchObject({
      owner: '\\_SB.A',
      range: '[mem 0x00000000-0x0000003f]',
      sizeText: '',
    });
    // A mebibyte between them is no neighbourhood any more, unless the run is longer.
    expect(foldRuns(row(4, 1n << 20n))).toHaveLength(1);
    expect(foldRuns(row(4, (1n << 20n) + 1n))).toHaveLength(4);
    expect(foldRuns([...row(4), item(1n << 30n, 16n)])).toHaveLength(2);
    const long = Array.from({ length: 4 }, (_, at) => item(BigInt(at) * (4n << 20n), 2n << 20n));
    expect(foldRuns(long)).toHaveLength(1);
    // Windows only where each begins at the end of the one before.
    const windows = { kind: 'window', owner: 'w' } as const;
    expect(foldRuns(row(4, 0n, windows))).toHaveLength(1);
    expect(foldRuns(row(4, 1n, windows))).toHaveLength(4);
    expect(foldRuns(row(4, 0n, { kind: 'window' }))).toHaveLength(4);
    // Not alike: another space, another reason, a condition.
    for (const more of [{ space: 'io' }, { why: 'x' }, { when: 'A' }, { kind: 'ram' }] as const)
      expect([
        more,
        foldRuns([
          ...row(2),
          ...row(4)
            .slice(2)
            .map((each) => ({ ...each, ...more })),
        ]),
      ]).toEqual([more, expect.objectContaining({ length: 4 })]);
    // Under one condition they stay under it; under several their number is told.
    expect(foldRuns(row(4, 0n, { when: 'A' }))[0]).toMatchObject({ when: 'A' });
    expect(foldRuns(row(4, 0n, { when: 'A' }))[0]).not.toHaveProperty('conditions');
  });

  test('what is in a box stays in it', () => {
    const outer = item(0n, 64n, { kind: 'window', owner: 'outer' });
    const inner = [0n, 16n, 32n, 48n].map((at) => item(at, 16n));
    expect(shown(foldRuns([outer, ...inner]))).toEqual([
      ['outer', 0n, 64n],
      ['4 registers', 0n, 64n],
    ]);
    const beyond = [...inner, item(64n, 16n)];
    expect(shown(foldRuns([outer, ...beyond])).map(([what]) => what)).toEqual([
      'outer',
      '4 registers',
      '\\_SB.A',
    ]);
    // One that has something inside is no part of a run.
    const holding = [
      ...[0n, 16n, 32n, 48n].map((at) => item(at, 16n)),
      item(20n, 4n, { kind: 'window', owner: 'w' }),
    ];
    expect(foldRuns(holding)).toHaveLength(5);
  });

  test('a window and a register that say the same range are one box', () => {
    const both = (...items: MapItem[]) => foldKnown(items, 99).map(({ kind, notes }) => [kind, notes]);
    const [w, r] = [item(0n, 16n, { kind: 'window', owner: 'bus' }), item(0n, 16n, { owner: 'device' })];
    expect(both(w, r)).toEqual([['window', ['also register of device']]]);
    expect(both(r, w)).toEqual([['window', ['also register of device']]]);
    expect(both(r, { ...r, owner: 'other' })).toEqual([['register', ['also register of other']]]);
    expect(both(w, { ...r, when: 'A' })).toHaveLength(2);
    expect(both(w, { ...r, why: 'x' })).toHaveLength(2);
    expect(both(w, item(0n, 15n))).toHaveLength(2);
    expect(both(w, { ...r, kind: 'ram' })).toHaveLength(2);
  });

  test('of too many the deepest are told by their number', () => {
    const nested = Array.from({ length: 12 }, (_, at) =>
      item(BigInt(at), BigInt(100 - 2 * at), { kind: 'window', owner: `w${at}` }),
    );
    expect(foldKnown(nested, 12)).toHaveLength(12);
    const eleven = foldKnown(nested, 11);
    // Eight boxes around at most: nine boxes, the last of which holds three more.
    expect([eleven.length, eleven.at(-1)!.inside]).toEqual([9, 3]);
    const two = foldKnown(nested, 2);
    expect([two.length, two.at(-1)!.inside]).toEqual([2, 10]);
    const one = foldKnown(nested, 1);
    expect([one.length, one[0]!.inside]).toEqual([1, 11]);
  });

  test('registers of no known address are reported together where there are more than eight', () => {
    const open = (count: number, more: Partial<MapItem> = {}) =>
      Array.from({ length: count }, (_, at) =>
        item(0n, 1n, {
          base: { least: BigInt(at), most: BigInt(100 + at) },
          size: null,
          owner: `\\_SB.A.D${at}`,
          ...more,
        }),
      );
    expect(foldUnplaced(open(8))).toHaveLength(8);
    const [all, ...more] = foldUnplaced(open(13));
    expect([more.length, all!.what, all!.owner, all!.base, all!.range]).toEqual([
      0,
      '13 registers',
      '\\_SB.A',
      { least: 0n, most: 112n },
      '[mem ?-?]',
    ]);
    expect(all!.notes[0]).toMatch(/^\\_SB\.A\.D0, .* and 1 more$/);
    expect(foldUnplaced(open(12).slice(0, 9))[0]!.notes[0]).not.toContain('more');
    expect(foldUnplaced(open(9, { base: null }))[0]!.base).toBeNull();
    expect(foldUnplaced(open(9, { space: 'io' }))[0]!.range).toBe('[io  ?-?]');
    expect(
      foldUnplaced([...open(9), ...open(9, { space: 'io' }), item(0n, 1n), ...open(9, { kind: 'window' })]),
    ).toHaveLength(12);
  });
});
