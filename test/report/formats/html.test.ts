/** Documents as HTML: each block as its element, tables of many rows in parts, places beside them. */
import { describe, expect, test } from 'vitest';
import { textSource } from '../../../src/bytes/source.ts';
import { type Block, code, type Document, linked, strong, type Text } from '../../../src/report/document.ts';
import { blocksHtml } from '../../../src/report/formats/html/blocks.ts';
import { Excerpts } from '../../../src/report/formats/html/excerpts.ts';
import { pageOf, pageParts } from '../../../src/report/formats/html/page.ts';
import type { AddressMap } from '../../../src/report/map/items.ts';

const SOURCE = textSource('a.dts', 'one\ntwo\nthree\n');
const SPAN = { source: SOURCE, start: 4, end: 7 };
const html = (document: Document, references = 2): string =>
  blocksHtml(document, { level: 1, references, excerpt: (span) => (span === undefined ? undefined : 'e1') });
const paragraph = (text: Text): string => html([{ kind: 'paragraph', text }]);

describe('text', () => {
  test.each<[Text, string]>([
    ['a < b', 'a &#60; b'],
    [[code('<x>')], '<code>&#60;x&#62;</code>'],
    [[strong('a')], '<strong>a</strong>'],
    [[{ text: 'a', tone: 'bad' }], '<span class="bad">a</span>'],
    [[linked('a', SPAN)], '<a href="#e1"><code>a</code></a>'],
    [[linked('a', undefined)], '<code>a</code>'],
    // Only what is code is a place.
    [[{ text: 'a', tone: 'good', span: SPAN }], '<span class="good">a</span>'],
    [['', code(''), strong('')], ''],
    ['see [2]', 'see <a class="ref" href="#ref-2">[2]</a>'],
    ['[1][2]', '<a class="ref" href="#ref-1">[1]</a><a class="ref" href="#ref-2">[2]</a>'],
    ['[0] [3] [x]', '[0] [3] [x]'],
    ['reg[1] _CRS[2] f()[1]', 'reg[1] _CRS[2] f()[1]'],
  ])('%j', (text, shown) => {
    expect(paragraph(text)).toBe(`<p>${shown}</p>`);
  });

  test('long code may be broken where a path or a range may', () => {
    const path = (length: number): string => `/${'a'.repeat(length - 6)}/bbbb`;
    expect(paragraph([code(path(34))])).toBe(`<p><code>${path(34)}</code></p>`);
    expect(paragraph([code(path(35))])).toBe(`<p><code>/<wbr>${'a'.repeat(29)}/<wbr>bbbb</code></p>`);
    // Not before less than four characters.
    expect(paragraph([code(`${'a'.repeat(40)}.bbb`)])).not.toContain('<wbr>');
  });
});

describe('blocks', () => {
  test.each<[Block, string]>([
    [{ kind: 'title', text: [strong('a')] }, '<h1><strong>a</strong></h1>'],
    [{ kind: 'heading', text: 'a & b' }, '<h2>a &#38; b</h2>'],
    [
      { kind: 'facts', rows: [{ label: ' a<', text: [code('b')] }] },
      '<dl><dt>a&#60;</dt><dd><code>b</code></dd></dl>',
    ],
    [
      {
        kind: 'list',
        items: [
          { text: 'a', below: [{ text: 'b' }] },
          { text: 'c', below: [] },
        ],
      },
      '<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>',
    ],
    [{ kind: 'table', columns: [{ title: 'x' }], rows: [['a'], []] }, '<ul><li>a</li><li></li></ul>'],
    [{ kind: 'lines', lines: ['<a>', 'b'] }, '<pre tabindex="0">&#60;a&#62;\nb</pre>'],
    [{ kind: 'drawing', lines: ['a', [code('<')]] }, '<pre tabindex="0">a\n&#60;</pre>'],
    [
      { kind: 'details', summary: 'a<', blocks: [{ kind: 'paragraph', text: 'b' }] },
      '<details><summary>a&#60;</summary><p>b</p></details>',
    ],
    [
      { kind: 'references', items: ['a<', 'b'] },
      '<ol class="refs"><li id="ref-1">a&#60;</li><li id="ref-2">b</li></ol>',
    ],
  ])('%#', (block, shown) => {
    expect(html([block])).toBe(shown);
  });

  test('headings go down with the level, to the sixth', () => {
    const at = (level: number): string =>
      blocksHtml([{ kind: 'heading', text: 'a' }], { level, references: 0, excerpt: () => undefined });
    expect([at(4), at(5), at(6)]).toEqual(['<h5>a</h5>', '<h6>a</h6>', '<h6>a</h6>']);
  });

  const columns = [{ title: 'a<' }, { title: 'b', align: 'right' }] as const;
  const scroll = (inner: string): string =>
    `<div class="scroll" tabindex="0" role="region" aria-label="a&#60;, b"><table class="rows">${inner}</table></div>`;
  const HEAD = '<tr><th scope="col">a&#60;</th><th scope="col" class="r">b</th></tr></thead>';

  test('a table: rows, a cell across, missing ones empty', () => {
    const rows: Text[][] = [['1', [code('2')]], ['across'], ['3', '']];
    const body =
      '<tbody><tr><td>1</td><td class="r"><code>2</code></td></tr>\n<tr><td colspan="2">across</td></tr>\n' +
      '<tr><td>3</td><td class="r"></td></tr></tbody>';
    expect(html([{ kind: 'table', columns, rows }])).toBe(scroll(`<thead>${HEAD}${body}`));
    // Titles that speak for themselves are for who can't see.
    expect(html([{ kind: 'table', columns, rows, untitled: true }])).toBe(
      scroll(`<thead class="vh">${HEAD}${body}`),
    );
  });

  test('groups: their titles above, what there is more below', () => {
    const groups = [
      { title: [strong('g')], rows: [['1', '2']], note: 'n<' },
      { title: 'h', rows: [] },
    ];
    const name = (text: string): string => `<tr class="g"><th scope="rowgroup" colspan="2">${text}</th></tr>`;
    expect(html([{ kind: 'groups', title: 't', columns, groups }])).toBe(
      scroll(
        `<thead>${HEAD}<tbody>${name('<strong>g</strong>')}<tr><td>1</td><td class="r">2</td></tr><tr><td colspan="2">n&#60;</td></tr></tbody>` +
          `<tbody>${name('h')}</tbody>`,
      ),
    );
  });
});

describe('tables of many rows', () => {
  const columns = [{ title: 'n' }, { title: 'text' }];
  const rows = (count: number, from = 0): string[][] =>
    Array.from({ length: count }, (_, at) => [`${from + at}`, 'x'.repeat(8)]);
  const parts = (shown: string): string[] => shown.split('<div class="part">').slice(1);
  const numbers = (shown: string): number[] =>
    [...shown.matchAll(/<tr><td>(\d+)<\/td>/g)].map(([, n]) => Number(n));
  const tableOf = (count: number): string => html([{ kind: 'table', columns, rows: rows(count) }]);

  test('are one up to two hundred, then in parts of a hundred; none is lost', () => {
    expect(parts(tableOf(200))).toHaveLength(0);
    const shown = tableOf(201);
    expect(parts(shown).map((part) => numbers(part).length)).toEqual([100, 100, 1]);
    expect(numbers(shown)).toEqual(Array.from({ length: 201 }, (_, at) => at));
    // Only the first part shows the titles of the columns.
    expect(parts(shown).map((part) => part.includes('<thead class="vh">'))).toEqual([false, true, true]);
    expect(html([{ kind: 'table', columns, rows: rows(201), untitled: true }])).not.toContain('<thead><');
  });

  test('have columns as wide in all parts, by what their longest cells take', () => {
    // 3 and 2 between them, 8 and 2: of 15 33.3 % and 66.7 %.
    const widths = [...tableOf(201).matchAll(/<colgroup>(.*?)<\/colgroup>/g)].map(([, inner]) => inner);
    expect(widths).toHaveLength(3);
    expect([...new Set(widths)]).toEqual(['<col width="33.3%"><col width="66.7%">']);
    // No more than sixty characters; what goes across counts for none.
    const wide = [...rows(200), ['1', 'y'.repeat(99)], ['z'.repeat(500)]];
    expect(html([{ kind: 'table', columns, rows: wide }])).toContain('<col width="7.5%"><col width="92.5%">');
    const titled = html([
      { kind: 'table', columns: [{ title: 'w'.repeat(8) }, { title: 'x' }], rows: rows(201) },
    ]);
    expect(titled).toContain('<col width="50%"><col width="50%">');
  });

  test('groups stay whole, but for one that is longer than a part', () => {
    const groups = (...counts: number[]) =>
      html([
        {
          kind: 'groups',
          title: 't',
          columns,
          groups: counts.map((count, at) => ({ title: `g${at}`, rows: rows(count), note: `note ${at}` })),
        },
      ]);
    const shape = (shown: string) =>
      parts(shown).map((part) => [
        numbers(part).length,
        [...part.matchAll(/rowgroup" colspan="2">(g\d)/g)].map(([, name]) => name).join(),
        [...part.matchAll(/note (\d)/g)].map(([, at]) => at).join(),
      ]);
    expect(shape(groups(60, 60, 90))).toEqual([
      [120, 'g0,g1', '0,1'],
      [90, 'g2', '2'],
    ]);
    expect(shape(groups(250))).toEqual([
      [100, 'g0', ''],
      [100, '', ''],
      [50, '', '0'],
    ]);
    // Titles count as rows: 99 and one are a part.
    expect(shape(groups(99, 1, 120)).map(([count]) => count)).toEqual([99, 101, 20]);
    expect(parts(groups(98, 100))).toHaveLength(0);
    expect(parts(groups(99, 100))).toHaveLength(2);
    expect(shape(groups(0, 200))).toEqual([
      [100, 'g0,g1', '0'],
      [100, '', '1'],
    ]);
  });
});

describe('places', () => {
  const figure = (excerpts: Excerpts): string =>
    excerpts.html().replace(/^.*?<pre tabindex="0">|<\/pre>.*$/gs, '');
  const shown = (text: string, start: number, end: number): string => {
    const excerpts = new Excerpts();
    excerpts.idOf({ source: textSource('x', text), start, end });
    return figure(excerpts).replace(/<span class="n">(\d+)<\/span>/g, '$1:');
  };

  test('have an id each, the same the same', () => {
    const excerpts = new Excerpts();
    expect(excerpts.isEmpty).toBe(true);
    expect([
      excerpts.idOf(undefined),
      excerpts.idOf(SPAN),
      excerpts.idOf({ ...SPAN }),
      excerpts.idOf({ ...SPAN, end: 6 }),
      excerpts.idOf({ ...SPAN, source: textSource('a.dts', '') }),
    ]).toEqual([undefined, 'e1', 'e1', 'e2', undefined]);
    expect(excerpts.isEmpty).toBe(false);
    expect(excerpts.html()).toContain('<figure id="e1" tabindex="-1"><figcaption>a.dts:2.1</figcaption>');
  });

  test('of a blob that was compiled are those of the text', () => {
    const excerpts = new Excerpts();
    const blob = { name: 'b', form: 'blob', bytes: new Uint8Array(9), written: () => SPAN } as const;
    excerpts.idOf({ source: blob, start: 3, end: 4 });
    expect(excerpts.html()).toContain('<figcaption>a.dts:2.1</figcaption>');
  });

  test('four hundred are shown', () => {
    const excerpts = new Excerpts();
    const source = { name: 'b', form: 'blob', bytes: new Uint8Array(999) } as const;
    const ids = Array.from({ length: 401 }, (_, start) => excerpts.idOf({ source, start, end: start + 1 }));
    expect(ids.slice(398)).toEqual(['e399', 'e400', undefined]);
    expect(excerpts.idOf({ source, start: 0, end: 1 })).toBe('e1');
  });

  test('lines: two before and behind, numbered, what was read marked', () => {
    const text = 'a\nb\nc\nd\ne\nf\ng\n';
    expect(shown(text, 6, 7)).toBe('2:b\n3:c\n4:<mark>d</mark>\n5:e\n6:f');
    expect(shown(text, 0, 1)).toBe('1:<mark>a</mark>\n2:b\n3:c');
    expect(shown(text, 2, 3)).toBe('1:a\n2:<mark>b</mark>\n3:c\n4:d');
    expect(shown(text, 12, 13)).toBe('5:e\n6:f\n7:<mark>g</mark>');
    expect(shown(text, 4, 9)).toBe(
      '1:a\n2:b\n3:<mark>c</mark>\n4:<mark>d</mark>\n5:<mark>e</mark>\n6:f\n7:g',
    );
    expect(shown('a b c', 2, 3)).toBe('1:a <mark>b</mark> c');
    expect(shown('a', 0, 0)).toBe('1:a');
    expect(shown('<\tb', 0, 2)).toBe('1:<mark>&#60;    </mark>b');
    // Behind the end is the end.
    expect(shown('a\nb', 99, 99)).toBe('1:a\n2:b');
  });

  test('fourteen lines of two hundred columns', () => {
    const lines = shown('x\n'.repeat(40), 10, 70).split('\n');
    expect(lines).toHaveLength(14);
    expect([lines[0], lines[2], lines[13]]).toEqual(['4:x', '6:<mark>x</mark>', '17:<mark>x</mark>']);
    expect(shown('x'.repeat(200), 0, 1)).toBe(`1:<mark>x</mark>${'x'.repeat(199)}`);
    expect(shown('x'.repeat(201), 0, 1)).toBe(`1:<mark>x</mark>${'x'.repeat(199)}\u2026`);
    expect(shown('x'.repeat(300), 250, 260)).toBe(`1:${'x'.repeat(200)}\u2026`);
  });

  const bytes = (length: number, start: number, end: number): string[] => {
    const excerpts = new Excerpts();
    const source = {
      name: 'b',
      form: 'blob',
      bytes: Uint8Array.from({ length }, (_, at) => at & 255),
    } as const;
    excerpts.idOf({ source, start, end });
    return figure(excerpts)
      .replace(/<span class="n">([\da-f]+)<\/span>/g, '$1:')
      .split('\n');
  };
  const hex = (from: number, to: number): string =>
    Array.from({ length: to - from }, (_, at) => (from + at).toString(16).padStart(2, '0')).join(' ');

  test('bytes: sixteen a row, a row before and behind', () => {
    expect(bytes(99, 0x22, 0x24)).toEqual([
      `0010:${hex(0x10, 0x20)}  ................`,
      `0020:${hex(0x20, 0x22)} <mark>22 23</mark> ${hex(0x24, 0x30)}   !<mark>&#34;#</mark>$%&#38;&#39;()*+,-./`,
      `0030:${hex(0x30, 0x40)}  0123456789:;&#60;=&#62;?`,
    ]);
    expect(bytes(99, 0, 1).map((row) => row.slice(0, 5))).toEqual(['0000:', '0010:']);
    expect(bytes(99, 0x10, 0x20)[1]).toBe(
      `0010:<mark>${hex(0x10, 0x20)}</mark>  <mark>................</mark>`,
    );
    expect(bytes(99, 0x10, 0x20)).toHaveLength(3);
    expect(bytes(99, 0x10, 0x21)).toHaveLength(4);
    // The last row is filled up, so that its signs are in line.
    expect(bytes(18, 17, 18)).toEqual([
      `0000:${hex(0, 16)}  ................`,
      `0010:10 <mark>11</mark>${' '.repeat(14 * 3)}  .<mark>.</mark>`,
    ]);
    // 0x7e is a sign, 0x7f and what is above are none.
    expect(bytes(0x90, 0x70, 0x71)[1]).toMatch(/<mark>p<\/mark>qrstuvwxyz\{\|\}~\.$/);
  });

  test('twelve rows, then how many there are in all', () => {
    expect(bytes(999, 16, 192).at(-1)).toMatch(/^00b0:/);
    expect(bytes(999, 16, 193).at(-1)).toBe('(177 bytes in all)');
    expect(bytes(999, 16, 900)).toHaveLength(13);
    // As many digits as the largest address has.
    expect(bytes(0x10000, 0, 1)[0]).toMatch(/^00000:/);
    expect(bytes(0xffff, 0, 1)[0]).toMatch(/^0000:/);
  });
});

describe('a page', () => {
  const map: AddressMap = {
    title: 'the map',
    text: 't',
    names: [],
    items: [
      {
        kind: 'window',
        space: 'memory',
        base: { least: 0n, most: 0n },
        size: { least: 16n, most: 16n },
        range: '[mem 0x0-0xf]',
        sizeText: '16 bytes',
        owner: 'o',
        notes: [],
      },
    ],
  };
  const title: Block = { kind: 'title', text: 'T' };
  const heading = (text: string): Block => ({ kind: 'heading', text });
  const words: Block = { kind: 'paragraph', text: 'w' };
  /** What stands where: headings, and the map. */
  const order = (document: Document): string[] =>
    [
      ...pageParts(document, [map]).main.matchAll(
        /<h\d>(.*?)<\/h\d>|<section id="(map)"|<(details)>|<p>(w)</g,
      ),
    ].map(([, ...found]) => found.find((each) => each !== undefined)!);

  test('has the map below the answer and its windows, above a list that is all there is', () => {
    expect(order([title, words])).toEqual(['T', 'w', 'map']);
    expect(order([title, heading('Windows'), words, heading('Why'), words])).toEqual([
      'T',
      'Windows',
      'w',
      'map',
      'Why',
      'w',
    ]);
    const details: Block = { kind: 'details', summary: 's', blocks: [] };
    expect(order([title, heading('First'), heading('Windows'), details])).toEqual([
      'T',
      'First',
      'Windows',
      'map',
      'details',
    ]);
    expect(order([title, heading('Windows'), words])).toEqual(['T', 'Windows', 'w', 'map']);
    expect(order([title, heading('Why'), heading('Inputs')])).toEqual(['T', 'Why', 'map', 'Inputs']);
    expect(order([title, heading('Windows'), words, heading('Inputs')])).toEqual([
      'T',
      'Windows',
      'w',
      'map',
      'Inputs',
    ]);
    expect(order([words, heading('Inputs')])).toEqual(['the map', 'map', 'w', 'Inputs']);
  });

  test('is called by its title, by its map, or by the program', () => {
    expect(pageParts([title], []).title).toBe('T');
    expect(pageParts([words], [map])).toMatchObject({
      title: 'the map',
      main: expect.stringMatching(/^<h1>the map</),
    });
    expect(pageParts([words], []).title).toBe('fwmap');
    expect(pageParts([title], []).main).toBe('<h1>T</h1>');
  });

  test('has sources where there are any, and references where they are', () => {
    expect(pageParts([words], []).sources).toBe('');
    const linking: Block = { kind: 'paragraph', text: [linked('x', SPAN), ' [2]'] };
    expect(pageParts([linking], []).sources).toMatch(/^<h2>Sources<\/h2><figure id="e1"/);
    expect(pageParts([linking], []).main).not.toContain('#ref-2');
    expect(pageParts([linking, { kind: 'references', items: ['a', 'b'] }, words], []).main).toContain(
      '#ref-2',
    );
  });

  test('says what it is made of, and ends no element by its data', () => {
    const parts = { title: '<T>', main: 'M', sources: '' };
    const plain = pageOf(parts);
    expect(plain).toContain('<title>&#60;T&#62;</title>');
    expect(plain).toContain('<body>');
    expect(plain).toContain('<div class="page alone">');
    expect(plain).not.toContain('href="#map"');
    expect(plain).not.toContain('type="module"');
    const full = pageOf(
      { ...parts, sources: 'S', main: '<section id="map">' },
      { version: '1"', controls: '<p>C</p>', data: { 'a"': '{"x":"</script>"}' }, modules: ['let m;'] },
    );
    expect(full).toContain('<body data-version="1&#34;">');
    expect(full).toContain('<div class="page">');
    expect(full).toContain('<a href="#map">Map</a>');
    expect(full).toContain('<p>C</p><div id="report" tabindex="-1"><section id="map"></div>');
    expect(full).toContain('<script type="application/json" id="a&#34;">{"x":"\\u003c/script>"}</script>');
    expect(full).toContain('<script type="module">let m;</script>');
    expect(pageOf(parts, { controls: 'C' })).toContain('<div class="page">');
    expect(pageOf(parts, { modules: ['x'] })).toContain('<a href="#map">Map</a>');
  });
});
