/** Blocks of a document in a terminal, in a mail, in Markdown. */
import { describe, expect, test } from 'vitest';
import type { Document, Text } from '../../../src/report/document.ts';
import { renderMail } from '../../../src/report/formats/mail.ts';
import { renderMarkdown } from '../../../src/report/formats/markdown.ts';
import { renderText } from '../../../src/report/formats/text.ts';

const text = (document: Document, width = 40, color = false): string =>
  renderText(document, { color, width });

describe('blocks in a terminal', () => {
  test.each<[string, Document, number, string]>([
    [
      'paragraphs are apart',
      [
        { kind: 'paragraph', text: 'a' },
        { kind: 'paragraph', text: 'b' },
      ],
      40,
      'a\n\nb\n',
    ],
    [
      'a heading is close to what it heads',
      [
        { kind: 'heading', text: 'a' },
        { kind: 'paragraph', text: 'b' },
      ],
      40,
      'a\nb\n',
    ],
    [
      'so is a paragraph that heads',
      [
        { kind: 'paragraph', text: 'a', heads: true },
        { kind: 'lines', lines: ['b'] },
      ],
      40,
      'a\n    b\n',
    ],
    [
      'prose is no wider than 100',
      [{ kind: 'paragraph', text: 'aaaa '.repeat(25) }],
      200,
      `${'aaaa '.repeat(20).trim()}\n${'aaaa '.repeat(5).trim()}\n`,
    ],
    [
      'a list, with lists below',
      [
        {
          kind: 'list',
          items: [
            { text: 'a', below: [{ text: 'b', below: [{ text: 'c', below: [{ text: 'd' }] }] }] },
            { text: 'e' },
          ],
        },
      ],
      40,
      '  * a\n    - b\n      - c\n        - d\n  * e\n',
    ],
    [
      'an item goes on below itself',
      [{ kind: 'list', items: [{ text: 'aaa bbb' }] }],
      8,
      '  * aaa\n    bbb\n',
    ],
    [
      'facts are in line',
      [
        {
          kind: 'facts',
          rows: [
            { label: 'a', text: 'x' },
            { label: 'long', text: 'y z' },
          ],
        },
      ],
      40,
      'a     x\nlong  y z\n',
    ],
    [
      'facts go on in their column',
      [{ kind: 'facts', rows: [{ label: 'long', text: 'yyy zzz' }] }],
      10,
      'long  yyy\n      zzz\n',
    ],
    [
      'facts that stand in',
      [{ kind: 'facts', inset: true, rows: [{ label: 'a', text: 'x' }] }],
      40,
      '  a  x\n',
    ],
    [
      'references have numbers',
      [{ kind: 'references', items: ['aaa bbb', 'c'] }],
      8,
      '[1] aaa\n    bbb\n[2] c\n',
    ],
    [
      'a command is told apart by quotes',
      [
        {
          kind: 'paragraph',
          text: ['run ', { text: 'fwmap at 0x0', tone: 'code' }, ', see ', { text: 'fwmap', tone: 'code' }],
        },
      ],
      40,
      'run `fwmap at 0x0`, see fwmap\n',
    ],
    [
      'words without a blank between stay together',
      [{ kind: 'paragraph', text: ['aaa ', { text: 'bbb', tone: 'strong' }, 'ccc'] }],
      8,
      'aaa\nbbbccc\n',
    ],
    [
      'a range stays on one line',
      [{ kind: 'paragraph', text: 'see [mem 0x0-0x1 window] now' }],
      22,
      'see\n[mem 0x0-0x1 window]\nnow\n',
    ],
    [
      'details are their summary and what is in them',
      [{ kind: 'details', summary: 'more', blocks: [{ kind: 'paragraph', text: 'a' }] }],
      40,
      'more\na\n',
    ],
    [
      'a drawing is not broken',
      [{ kind: 'drawing', lines: ['aaaa bbbb  ', [{ text: 'x', tone: 'good' }, ' y']] }],
      4,
      'aaaa bbbb\nx y\n',
    ],
    ['lines are as they are', [{ kind: 'lines', lines: ['aaaa bbbb', ''] }], 4, '    aaaa bbbb\n\n'],
  ])('%s', (_title, document, width, expected) => {
    expect(text(document, width)).toBe(expected);
  });

  test('tones are codes of ECMA-48 where there is colour', () => {
    const tones = ['strong', 'code', 'good', 'bad', 'warn', 'faint'] as const;
    expect(text([{ kind: 'paragraph', text: tones.map((tone) => ({ text: 'x', tone })) }], 40, true)).toBe(
      '\x1b[1mx\x1b[22m\x1b[36mx\x1b[39m\x1b[32mx\x1b[39m\x1b[31mx\x1b[39m\x1b[33mx\x1b[39m\x1b[2mx\x1b[22m\n',
    );
    // They take no columns.
    expect(text([{ kind: 'paragraph', text: ['aa ', { text: 'bb', tone: 'bad' }, ' cc'] }], 8, true)).toBe(
      'aa \x1b[31mbb\x1b[39m cc\n',
    );
    expect(
      renderText([{ kind: 'paragraph', text: '日本 x' }], {
        color: false,
        width: 5,
        measure: (piece) => piece.length * 2,
      }),
    ).toBe('日本\nx\n');
  });

  const columns = [{ title: 'one' }, { title: 'two', align: 'right' as const }];
  const table = (rows: readonly (readonly Text[])[], more: object = {}): Document => [
    { kind: 'table', columns, rows, ...more },
  ];
  test.each<[string, Document, number, string]>([
    [
      'a table has titles and columns',
      table([
        ['a', 'b'],
        ['ccccc', 'dddd'],
      ]),
      40,
      'one     two\na         b\nccccc  dddd\n',
    ],
    [
      'untitled it stands in',
      table(
        [
          ['a', 'b'],
          ['ccc', 'dd'],
        ],
        { untitled: true },
      ),
      40,
      '  a     b\n  ccc  dd\n',
    ],
    [
      'a row of one cell goes across',
      table([['a', 'b'], ['across them all']], { untitled: true }),
      40,
      '  a  b\n  across them all\n',
    ],
    [
      'a cell that is too wide is broken',
      table([[`${'aaa '.repeat(6).trim()}`, 'b']], { untitled: true }),
      21,
      '  aaa aaa aaa aaa   b\n  aaa aaa\n',
    ],
    [
      'the last column goes below where it does not fit beside',
      table([['aaaaaaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbbbbbb']], { untitled: true }),
      30,
      '  aaaaaaaaaaaaaaaaaaaa\n      bbbbbbbbbbbbbbbbbbbb\n',
    ],
    [
      'with titles each cell has its own then',
      table([['aaaaaaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbbbbbb']]),
      30,
      'aaaaaaaaaaaaaaaaaaaa\n    two: bbbbbbbbbbbbbbbbbbbb\n',
    ],
    [
      'empty cells are none then',
      table([
        ['aaaaaaaaaaaaaaaaaaaa', ''],
        ['x'.repeat(20), 'y'.repeat(20)],
      ]),
      30,
      `aaaaaaaaaaaaaaaaaaaa\n${'x'.repeat(20)}\n    two: ${'y'.repeat(20)}\n`,
    ],
  ])('%s', (_title, document, width, expected) => {
    expect(text(document, width)).toBe(expected);
  });

  test('groups have their titles above, their columns in line, and what there is more below', () => {
    const groups: Document = [
      {
        kind: 'groups',
        title: 'of',
        columns,
        groups: [
          { title: 'first', rows: [['a', 'b']], note: '3 more' },
          { title: 'second', rows: [['ccc', 'dd']] },
          { title: 'third', rows: [] },
        ],
      },
    ];
    expect(text(groups)).toBe('first\n  a     b\n  3 more\nsecond\n  ccc  dd\nthird\n');
    expect(renderMail(groups)).toBe('first\n  a  b\n  3 more\nsecond\n  ccc  dd\nthird\n');
    expect(renderMarkdown(groups)).toBe(
      '| of | one | two |\n| --- | --- | ---: |\n| first | a | b |\n|  | 3 more |  |\n| second | ccc | dd |\n| third |  |  |\n',
    );
    const noted: Document = [
      { kind: 'groups', title: 'of', columns, groups: [{ title: 'x', rows: [], note: 'none' }] },
    ];
    expect(renderMarkdown(noted)).toContain('| x | none |  |');
  });
});

describe('blocks in a mail', () => {
  const long = 'word '.repeat(20).trim();
  test.each<[string, Document, string]>([
    [
      'lines of 72 characters',
      [{ kind: 'paragraph', text: long }],
      `${'word '.repeat(14).trim()}\n${'word '.repeat(6).trim()}\n`,
    ],
    ['facts stand in', [{ kind: 'facts', rows: [{ label: 'a', text: 'b' }] }], '  a: b\n'],
    ['lists', [{ kind: 'list', items: [{ text: 'a', below: [{ text: 'b' }] }] }], '  * a\n    - b\n'],
    ['references', [{ kind: 'references', items: ['a', 'b'] }], '[1] a\n[2] b\n'],
    [
      'a heading is close to what it heads',
      [
        { kind: 'heading', text: 'a' },
        { kind: 'lines', lines: ['b'] },
        { kind: 'title', text: 'c' },
      ],
      'a\n    b\n\nc\n',
    ],
    [
      'no tag that only a person gives',
      [{ kind: 'paragraph', text: 'Acked-by: x, acked-by y' }],
      '"Acked-by": x, acked-by y\n',
    ],
    ['ASCII', [{ kind: 'paragraph', text: 'ü' }], '\\u{fc}\n'],
    [
      'details',
      [{ kind: 'details', summary: 'more', blocks: [{ kind: 'paragraph', text: 'a' }] }],
      'more\na\n',
    ],
    ['a drawing', [{ kind: 'drawing', lines: ['a  '] }], 'a\n'],
  ])('%s', (_title, document, expected) => {
    expect(renderMail(document)).toBe(expected);
  });

  const mail = (rows: readonly (readonly string[])[], more: object = {}): string =>
    renderMail([
      { kind: 'table', columns: [{ title: 'one' }, { title: 'two', align: 'right' }], rows, ...more },
    ]);
  test('tables: in columns, the last broken, or a point a row', () => {
    expect(
      mail([
        ['a', 'b'],
        ['ccccc', 'dddd'],
      ]),
    ).toBe('  one     two\n  a         b\n  ccccc  dddd\n');
    expect(mail([['a', 'b'], ['across']], { untitled: true })).toBe('  a  b\n  across\n');
    expect(
      mail(
        [
          ['a', ''],
          ['c', ''],
        ],
        { untitled: true },
      ),
    ).toBe('  a\n  c\n');
    // The first column, two blanks on either side of it: 34 is the last that leaves half of the line.
    const [half, more] = ['x'.repeat(32), 'x'.repeat(33)];
    expect(mail([[half, long]], { untitled: true }).split('\n')[0]).toBe(
      `  ${half}  ${'word '.repeat(7).trim()}`,
    );
    expect(mail([[more, long]], { untitled: true })).toBe(
      `  ${more}\n      ${'word '.repeat(13).trim()}\n      ${'word '.repeat(7).trim()}\n`,
    );
    expect(mail([[more, long]])).toBe(
      `  * ${more}\n      two: ${'word '.repeat(12).trim()}\n        ${'word '.repeat(8).trim()}\n`,
    );
    expect(
      mail([
        [more, long],
        ['y', ''],
      ]),
    ).toContain('  * y\n');
  });
});

describe('blocks in Markdown', () => {
  test.each<[string, Document, string]>([
    [
      'a title and a heading',
      [
        { kind: 'title', text: 'a' },
        { kind: 'heading', text: 'b' },
      ],
      '## a\n\n### b\n',
    ],
    [
      'what would start a list does not',
      [
        { kind: 'paragraph', text: '1. one' },
        { kind: 'paragraph', text: '- x' },
      ],
      '1\\. one\n\n\\- x\n',
    ],
    ['facts', [{ kind: 'facts', rows: [{ label: 'a', text: 'b' }] }], '- **a**: b\n'],
    ['lists', [{ kind: 'list', items: [{ text: 'a', below: [{ text: 'b' }] }] }], '- a\n  - b\n'],
    [
      'tones',
      [
        {
          kind: 'paragraph',
          text: [
            { text: 'a', tone: 'strong' },
            ' ',
            { text: 'b', tone: 'code' },
            ' ',
            { text: 'c', tone: 'faint' },
            { text: ' ', tone: 'bad' },
          ],
        },
      ],
      '**a** `b` c \n',
    ],
    [
      'a table',
      [
        {
          kind: 'table',
          columns: [{ title: 'a' }, { title: 'b', align: 'right' }],
          rows: [['x', 'y|z'], ['w']],
        },
      ],
      '| a | b |\n| --- | ---: |\n| x | `y\\|z` |\n| w |  |\n',
    ],
    [
      'a column alone is a list',
      [{ kind: 'table', untitled: true, columns: [{ title: 'a' }], rows: [['x'], ['y']] }],
      '- x\n- y\n',
    ],
    ['lines', [{ kind: 'lines', lines: ['a', '```'] }], '````text\na\n```\n````\n'],
    ['a drawing', [{ kind: 'drawing', lines: ['a  '] }], '```text\na\n```\n'],
    ['references', [{ kind: 'references', items: ['a', 'b'] }], '1. a\n2. b\n'],
    [
      'details',
      [{ kind: 'details', summary: 'a', blocks: [{ kind: 'paragraph', text: 'b' }] }],
      '<details>\n<summary>a</summary>\n\nb\n\n</details>\n',
    ],
  ])('%s', (_title, document, expected) => {
    expect(renderMarkdown(document)).toBe(expected);
  });
});
