/** The address map: where boxes stand, that labels never meet, and that nothing of an input becomes markup. */
import fc from 'fast-check';
import { Parser } from 'htmlparser2';
import { describe, expect, test } from 'vitest';
import { plainText } from '../../../src/report/document.ts';
import { mapBlocks } from '../../../src/report/formats/map-text.ts';
import { mapElement, renderSvg, type SvgOptions } from '../../../src/report/formats/svg.ts';
import { foldKnown, MOST_ITEMS } from '../../../src/report/map/fold.ts';
import type { AddressMap, MapItem, MapKind } from '../../../src/report/map/items.ts';
import { type Box, layoutOf } from '../../../src/report/map/layout.ts';

const GIB = 1n << 30n;
const MIB = 1n << 20n;

function item(base: bigint | null, size: bigint | null, more: Partial<MapItem> = {}): MapItem {
  const bound = (value: bigint | null) => (value === null ? null : { least: value, most: value });
  return {
    kind: 'window',
    space: 'memory',
    base: bound(base),
    size: bound(size),
    range: `[mem ${base?.toString(16) ?? '?'}-${base === null || size === null ? '?' : (base + size - 1n).toString(16)}]`,
    sizeText: size === null ? '' : `${size} bytes`,
    owner: '\\_SB.PCI0',
    notes: [],
    ...more,
  };
}

function map(items: readonly MapItem[]): AddressMap {
  return { title: 'A machine', text: 'What it has.', items, names: [] };
}

/** Ids of segments with the ranges of their boxes. */
function shape(items: readonly MapItem[]): [string, string[]][] {
  return layoutOf(map(items), { all: true }).segments.map(({ id, boxes }) => [
    id,
    boxes.map(
      ({ item: { range, owner }, lane, continued }) => `${owner || range}@${lane}${continued ? '+' : ''}`,
    ),
  ]);
}

describe('segments', () => {
  test('a window stands in the segment that its address is in; one across a line stands in both', () => {
    expect(
      shape([
        item(0xa0000n, 0x20000n, { owner: 'vga' }),
        item(0xf800_0000n, 128n * MIB, { owner: 'low' }),
        item(3n * GIB, 2n * GIB, { owner: 'across' }),
        item(4n * GIB, GIB, { owner: 'high' }),
        item(0n, 0x100n, { owner: 'ports', space: 'io' }),
      ]),
    ).toEqual([
      ['below-1m', ['vga@0']],
      ['low', ['across@0', 'low@1']],
      ['high', ['across@0+', 'high@1']],
      ['io', ['ports@0']],
    ]);
  });

  test('where RAM ends below 4 GiB the rest is the low gap', () => {
    expect(
      shape([item(0n, 2n * GIB, { owner: 'ram', kind: 'ram' }), item(0xf800_0000n, MIB, { owner: 'mmio' })]),
    ).toEqual([
      ['below-1m', ['ram@0']],
      ['low', ['ram@0+']],
      ['gap', ['mmio@0']],
    ]);
  });

  test('what has no known base stands where its limits are', () => {
    const somewhere = (least: bigint, most: bigint, owner: string): MapItem =>
      item(null, null, { owner, base: { least, most } });
    expect(
      shape([
        somewhere(0n, 0xffff_ffffn, 'MG2B'),
        somewhere(4n * GIB, 1n << 52n, 'HMIB'),
        somewhere(0n, (1n << 64n) - 1n, 'any'),
        item(null, null, { owner: 'nothing' }),
      ]),
    ).toEqual([
      ['low-somewhere', ['MG2B@0']],
      ['high-somewhere', ['HMIB@0']],
      ['anywhere', ['any@0', 'nothing@0']],
    ]);
  });

  test('a known base without a size is open at its end', () => {
    const [segment] = layoutOf(map([item(0xf800_0000n, null)])).segments;
    expect(segment!.boxes[0]).toMatchObject({ openStart: false, openEnd: true });
  });

  test('the last address of all is no more than the end', () => {
    expect(shape([item((1n << 64n) - 0x1000n, 0x1000n, { owner: 'top' })])).toEqual([['high', ['top@0']]]);
  });
});

describe('folding', () => {
  const registers = Array.from({ length: 20 }, (_, at) =>
    item(0xfed0_0000n + BigInt(at) * 0x1000n, 0x100n, { kind: 'register', owner: `/soc/uart@${at}` }),
  );

  test('registers side by side are one box with their number and what their paths share', () => {
    const [segment] = layoutOf(map(registers)).segments;
    expect(segment!.boxes.map(({ item: { what, owner } }) => [what, owner])).toEqual([
      ['20 registers', '/soc'],
    ]);
  });

  test('each by itself where all are asked for', () => {
    expect(layoutOf(map(registers), { all: true }).segments[0]!.boxes).toHaveLength(20);
  });

  test('no range is lost: each is inside of a box', () => {
    fc.assert(
      fc.property(fc.array(anyRange, { maxLength: 400 }), fc.integer({ min: 1, max: 60 }), (ranges, many) => {
        const items = ranges.map(({ base, size, kind }) => item(base, size, { kind }));
        const boxes = foldKnown(items, many);
        for (const { base, size } of items)
          expect(
            boxes.some(
              (box) =>
                box.base!.least <= base!.least &&
                base!.least + size!.least <= box.base!.least + box.size!.least,
            ),
          ).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('of very many there are no more than a picture holds, and it says how many are left', () => {
    const items = Array.from({ length: 10_000 }, (_, at) =>
      item(BigInt(at) * 0x20000n, 0x1000n, {
        owner: `/n${at % 7}/x${at}`,
        kind: at % 2 === 0 ? 'window' : 'ram',
      }),
    );
    const layout = layoutOf(map(items), { all: true });
    const shown = layout.segments.reduce(
      (sum, { boxes }) => sum + boxes.filter(({ continued }) => !continued).length,
      0,
    );
    expect(shown).toBeLessThanOrEqual(MOST_ITEMS);
    expect(shown + layout.left).toBe(10_000);
  });
});

const anyKind = fc.constantFrom<MapKind>('window', 'register', 'ram', 'reserved', 'framebuffer', 'pool');
/** Ranges that nest, overlap and touch, in all segments. */
const anyRange = fc.record({
  base: fc.oneof(
    fc.bigInt(0n, 64n).map((page) => page * 0x4000n),
    fc.bigInt(0n, 64n).map((page) => 0xf000_0000n + page * 0x40_0000n),
    fc.bigInt(0n, 64n).map((page) => 3n * GIB + page * GIB),
  ),
  size: fc.oneof(
    fc.constant(0x1000n),
    fc.constant(0x4000n),
    fc.constant(MIB),
    fc.constant(16n * MIB),
    fc.constant(GIB),
  ),
  kind: anyKind,
});

const anyItem = fc
  .record({
    range: anyRange,
    owner: fc.string({ maxLength: 60 }),
    when: fc.option(fc.string({ maxLength: 80 }), { nil: undefined }),
    open: fc.constantFrom('', '', '', 'base', 'size'),
  })
  .map(({ range: { base, size, kind }, owner, when, open }) =>
    item(open === 'base' ? null : base, open === 'size' ? null : size, {
      kind,
      owner,
      ...(when === undefined ? {} : { when }),
    }),
  );

interface Label {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** What 0.6 em of 12 pixels are, the width of a character in the fonts named (DejaVu Sans Mono: 0.602 em). */
const ADVANCE = 7.224;

function labelsOf(svg: string): Label[] {
  const labels: Label[] = [];
  let open: { x: number; y: number; anchor: string | undefined; text: string; skip: boolean } | undefined;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (name === 'text')
          open = {
            x: Number(attributes.x),
            y: Number(attributes.y),
            anchor: attributes['text-anchor'],
            text: '',
            // Headings are of other sizes, and are above.
            skip: /\b[th]\b/.test(attributes.class ?? ''),
          };
      },
      ontext(text) {
        if (open) open.text += text;
      },
      onclosetag(name) {
        if (name !== 'text' || open === undefined) return;
        const width = open.text.length * ADVANCE;
        if (!open.skip && width > 0)
          labels.push({ x: open.anchor === 'end' ? open.x - width : open.x, y: open.y, width });
        open = undefined;
      },
    },
    { xmlMode: true },
  );
  parser.end(svg);
  return labels;
}

/** Lines of 12 pixels; those that begin at the same height or near it must be apart. */
function meeting(labels: readonly Label[]): [Label, Label][] {
  const sorted = [...labels].sort((a, b) => a.y - b.y || a.x - b.x);
  const out: [Label, Label][] = [];
  for (const [at, a] of sorted.entries())
    for (const b of sorted.slice(at + 1)) {
      if (b.y - a.y >= 11) break;
      if (a.x < b.x + b.width - 0.5 && b.x < a.x + a.width - 0.5) out.push([a, b]);
    }
  return out;
}

const WIDE: SvgOptions = { width: 960, stacked: false, id: 'm', all: true };
const NARROW: SvgOptions = { width: 340, stacked: true, id: 'n', all: true };

describe('the picture', () => {
  test.each([WIDE, NARROW])('labels never meet and never leave it ($width pixels)', (options) => {
    fc.assert(
      fc.property(fc.array(anyItem, { maxLength: 60 }), (items) => {
        const labels = labelsOf(mapElement([map(items)], options));
        expect(meeting(labels)).toEqual([]);
        for (const { x, width } of labels) {
          expect(x).toBeGreaterThanOrEqual(0);
          expect(x + width).toBeLessThanOrEqual(options.width);
        }
      }),
      { numRuns: 150 },
    );
  });

  test.each([5, 500])('labels of %i windows never meet', (count) => {
    const items = Array.from({ length: count }, (_, at) =>
      item(0xf000_0000n + BigInt(at % 250) * 0x1_0000n, at < 250 ? 0x1_0000n : 0x800n, {
        owner: `\\_SB.PCI0.DEV${at}.AND.A.VERY.LONG.PATH.THAT.GOES.ON.AND.ON`,
        when: `FLD${at} > 0 and FLD${at + 1} == 0 and FLD${at + 2} != 0x12345678`,
      }),
    );
    for (const options of [WIDE, NARROW]) {
      const labels = labelsOf(mapElement([map(items)], options));
      expect(labels.length).toBeGreaterThan(count);
      expect(meeting(labels)).toEqual([]);
    }
  });

  test('a box inside of a range is drawn inside of its box', () => {
    const items = [item(3n * GIB, GIB), item(3n * GIB, MIB), item(3n * GIB + 16n * MIB, MIB)];
    const { segments } = layoutOf(map(items), { all: true });
    const inside = (a: Box, b: Box): boolean =>
      a.lane > b.lane && a.firstRow >= b.firstRow && a.endRow <= b.endRow;
    const [outer, first, second] = segments[0]!.boxes;
    expect([inside(first!, outer!), inside(second!, outer!), inside(second!, first!)]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('has a title, a description and a role, and hatches what is under a condition', () => {
    const svg = renderSvg([map([item(GIB, MIB, { when: 'MG2L > 0' })])]);
    expect(svg).toMatch(/<svg [^>]*role="group"[^>]*aria-labelledby="m-title m-desc"/);
    expect(svg).toContain('<title id="m-title">A machine</title>');
    expect(svg).toContain('fill="url(#m-window)"');
    expect(svg).toContain('if MG2L &#62; 0');
    expect(svg).toContain('prefers-color-scheme');
    // Nothing comes from elsewhere.
    expect(
      svg.replace('http://www.w3.org/2000/svg', '').replace("'http://www.w3.org/2000/svg'", ''),
    ).not.toMatch(/https?:|href|@import/);
  });

  test('strings of the input are text, whatever they hold', () => {
    const hostile = [
      '</title><script>alert(1)</script>',
      ']]>',
      '"><img src=x>',
      '\u0000\ufffe\u202e',
      '&lt;',
      '</svg>',
    ];
    const items = hostile.map((owner, at) =>
      item(BigInt(at) * MIB + GIB, MIB, { owner, when: owner, range: owner }),
    );
    const names: string[] = [];
    new Parser({ onopentag: (name) => names.push(name) }, { xmlMode: true, recognizeCDATA: true }).end(
      renderSvg([{ ...map(items), title: hostile.join(''), text: hostile.join('') }]),
    );
    expect([...new Set(names)].sort()).toEqual([
      'defs',
      'desc',
      'g',
      'line',
      'pattern',
      'rect',
      'script',
      'style',
      'svg',
      'text',
      'title',
    ]);
    expect(names.filter((name) => name === 'script')).toHaveLength(1);
  });
});

describe('in characters', () => {
  test.each([
    [40, false],
    [80, true],
    [120, false],
  ])('no line is wider than %i columns', (width, unicode) => {
    fc.assert(
      fc.property(fc.array(anyItem, { maxLength: 40 }), (items) => {
        for (const block of mapBlocks([map(items)], { width, unicode }))
          if (block.kind === 'drawing')
            for (const line of block.lines) {
              const text = plainText(line);
              if (/^. conditional or unknown/.test(text)) continue;
              expect(text.length).toBeLessThanOrEqual(Math.max(width, 72));
              if (!unicode)
                expect(text.replace(/[^\x20-\x7e]/g, '').length).toBe(
                  [...text].filter(
                    (sign) =>
                      items.some(({ owner, when }) => owner.includes(sign) || when?.includes(sign)) ||
                      sign < '\x7f',
                  ).length,
                );
            }
      }),
      { numRuns: 60 },
    );
  });

  test('bars stand beside the rows that they span', () => {
    const items = [
      item(3n * GIB, 64n * MIB, { owner: 'outer', range: '[mem A]' }),
      item(3n * GIB + 16n * MIB, MIB, { owner: 'inner', range: '[mem B]', kind: 'framebuffer' }),
    ];
    const [, drawing] = mapBlocks([map(items)], { width: 60, unicode: false });
    expect(drawing!.kind === 'drawing' && drawing.lines.map((line) => plainText(line).trimEnd())).toEqual([
      `-- low: 1 MiB to 4 GiB ${'-'.repeat(60 - 23 - 11)} 0x100000 -`,
      '.  [mem A] 67108864 bytes  window      outer',
      '|- [mem B]  1048576 bytes  framebuffer inner',
      '`',
    ]);
  });
});
