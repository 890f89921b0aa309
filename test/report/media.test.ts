import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { code, type Document } from '../../src/report/document.ts';
import { renderMail } from '../../src/report/formats/mail.ts';
import { renderMarkdown } from '../../src/report/formats/markdown.ts';
import { renderText } from '../../src/report/formats/text.ts';
import { wrap } from '../../src/report/formats/wrap.ts';

const PLAIN = { color: false, width: 40 };

const DOCUMENT: Document = [
  { kind: 'title', text: [{ text: 'A question?', tone: 'strong' }, ' ', { text: 'yes', tone: 'good' }] },
  { kind: 'heading', text: 'Why' },
  {
    kind: 'list',
    items: [
      {
        text: ['the window ', code('[mem 0xff0000000-0xfffffffff]'), ' lies above it all'],
        below: [{ text: 'as it says' }],
      },
    ],
  },
  {
    kind: 'facts',
    rows: [
      { label: 'Boot', text: 'efi' },
      { label: 'Kernel', text: '6.12.30' },
    ],
  },
  {
    kind: 'table',
    columns: [{ title: 'range' }, { title: 'size', align: 'right' }],
    rows: [
      [[code('0x0')], '1'],
      [[code('0x1000')], '4096'],
    ],
  },
  { kind: 'lines', lines: ['a', '  b'] },
];

test('text', () => {
  expect(renderText(DOCUMENT, PLAIN)).toBe(
    [
      'A question? yes',
      '',
      'Why',
      '  * the window',
      '    [mem 0xff0000000-0xfffffffff] lies',
      '    above it all',
      '    - as it says',
      '',
      'Boot    efi',
      'Kernel  6.12.30',
      '',
      'range   size',
      '0x0        1',
      '0x1000  4096',
      '',
      '    a',
      '      b',
      '',
    ].join('\n'),
  );
});

test('text in colour says the same', () => {
  const colored = renderText(DOCUMENT, { ...PLAIN, color: true });
  expect(colored).toContain('\u001b[32myes\u001b[39m');
  expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(renderText(DOCUMENT, PLAIN));
});

test('mail', () => {
  expect(renderMail(DOCUMENT)).toBe(
    [
      'A question? yes',
      '',
      'Why',
      '  * the window [mem 0xff0000000-0xfffffffff] lies above it all',
      '    - as it says',
      '',
      '  Boot: efi',
      '  Kernel: 6.12.30',
      '',
      '  range   size',
      '  0x0        1',
      '  0x1000  4096',
      '',
      '    a',
      '    b',
      '',
    ].join('\n'),
  );
});

test('mail: a table that is too wide is a list', () => {
  const wide = 'x'.repeat(50);
  const table: Document = [
    { kind: 'table', columns: [{ title: 'a' }, { title: 'b' }, { title: 'c' }], rows: [[wide, wide, '']] },
  ];
  expect(renderMail(table)).toBe(`  * ${wide}\n      b: ${wide}\n`);
});

test('Markdown', () => {
  expect(renderMarkdown(DOCUMENT)).toBe(
    [
      '## A question? yes',
      '',
      '### Why',
      '',
      '- the window `[mem 0xff0000000-0xfffffffff]` lies above it all',
      '  - as it says',
      '',
      '- **Boot**: efi',
      '- **Kernel**: 6.12.30',
      '',
      '| range | size |',
      '| --- | ---: |',
      '| `0x0` | 1 |',
      '| `0x1000` | 4096 |',
      '',
      '```text',
      'a',
      '  b',
      '```',
      '',
    ].join('\n'),
  );
});

describe('wrap', () => {
  test('keeps ranges whole, breaks what does not fit where it may', () => {
    expect(wrap('in [mem 0xf8000000-0xffffffff window] it is', 42)).toEqual([
      'in [mem 0xf8000000-0xffffffff window] it',
      'is',
    ]);
    expect(wrap('/soc/interconnect@1000/usb@2000', 20)).toEqual(['/soc/interconnect@10', '00/usb@2000']);
    expect(wrap('', 10, '* ', '  ')).toEqual(['*']);
  });

  test('no line is too long, and nothing is lost', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom(...'ab/.-[]x0'), minLength: 1, maxLength: 40 }), {
          maxLength: 20,
        }),
        fc.integer({ min: 12, max: 80 }),
        (words, width) => {
          const lines = wrap(words.join(' '), width, '  * ', '    ');
          for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
          const letters = (text: string): string => text.replace(/\s/g, '');
          expect(letters(lines.join(''))).toBe(`*${letters(words.join(''))}`);
        },
      ),
    );
  });
});
