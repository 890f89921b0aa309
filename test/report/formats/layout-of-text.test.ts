/** Lines, columns and sentences: how text is broken, on both sides of each edge. Widths are counted in the test. */
import { describe, expect, test } from 'vitest';
import { textSource } from '../../../src/bytes/source.ts';
import { cutMarkdown } from '../../../src/report/formats/cut.ts';
import { columnWidths } from '../../../src/report/formats/grid.ts';
import { rawData, rawLines } from '../../../src/report/formats/raw-data.ts';
import { capital, clause, References, Said, sentences } from '../../../src/report/formats/sentences.ts';
import { wrap } from '../../../src/report/formats/wrap.ts';

describe('wrapping', () => {
  test.each<[string, number, string, string, string[]]>([
    ['aa bb cc', 5, '', '', ['aa bb', 'cc']],
    ['aa bb cc', 4, '', '', ['aa', 'bb', 'cc']],
    ['aa bb cc', 8, '', '', ['aa bb cc']],
    ['aa bb', 7, '* ', '  ', ['* aa bb']],
    ['aa bb', 6, '* ', '  ', ['* aa', '  bb']],
    ['', 5, '* ', '  ', ['*']],
    ['  aa   bb ', 9, '', '', ['aa bb']],
    // A word that is too long is broken behind a sign of the second half, else where the line ends.
    ['aaa/bbbb', 5, '', '', ['aaa/', 'bbbb']],
    ['a/bbbbbb', 4, '', '', ['a/bb', 'bbbb']],
    ['aaaaaaaa', 3, '', '', ['aaa', 'aaa', 'aa']],
    ['aaaaaaaa', 5, '>>', '  ', ['>>aaa', '  aaa', '  aa']],
    // A range stays on one line, with what is attached to it.
    [
      'see [mem 0x0-0x1 window]; it',
      12,
      '',
      '',
      ['see', '[mem 0x0-0x1', 'window]; it'].slice(0, 1).concat(wrap('[mem 0x0-0x1 window];', 12), ['it']),
    ],
    ['see [mem 0x0-0x1] now', 16, '', '', ['see', '[mem 0x0-0x1]', 'now']],
    ['see [io  0x0-0x1] now', 13, '', '', ['see', '[io  0x0-0x1]', 'now']],
  ])('%j at %i', (text, width, first, rest, lines) => {
    expect(wrap(text, width, first, rest)).toEqual(lines);
  });
});

describe('columns', () => {
  const cell = (whole: number, word = whole) => ({ whole, word });
  test.each([
    // Two columns of 10 and 20 with a gap of 2 take 32.
    ['fit', [[cell(10), cell(20)]], 2, 32, [10, 20]],
    ['are narrowed where the widest can be', [[cell(10), cell(40, 5)]], 2, 32, [10, 20]],
    ['share what is missing', [[cell(40, 5), cell(40, 5)]], 2, 62, [30, 30]],
    ['share it also where it is odd', [[cell(40, 5), cell(40, 5)]], 2, 61, [29, 30]],
    ['share it down to what each can be', [[cell(40, 35), cell(40, 5), cell(40, 5)]], 3, 99, [35, 30, 30]],
    ['are no narrower than sixteen', [[cell(40, 5), cell(40, 5)]], 2, 34, [16, 16]],
    ['are none where they would be', [[cell(40, 5), cell(40, 5)]], 2, 33, undefined],
    ['are no narrower than a word', [[cell(40, 25), cell(10)]], 2, 37, [25, 10]],
    ['are none where a word has no room', [[cell(40, 25), cell(10)]], 2, 36, undefined],
    ['without anything in them take none, nor a gap', [[cell(10), cell(0), cell(20)]], 3, 32, [10, 0, 20]],
    ['are as wide as their widest cell', [[cell(3), cell(4)], [cell(5), cell(2)], [cell(1)]], 2, 80, [5, 4]],
    ['the widest first, down to the next', [[cell(30, 5), cell(50, 5), cell(20, 5)]], 3, 94, [30, 40, 20]],
  ] as const)('%s', (_title, rows, count, available, widths) => {
    expect(columnWidths(rows, count, available)).toEqual(widths);
  });
});

describe('a text that is cut', () => {
  const END = '\nThe rest is left out: it is longer than allowed here.\n';
  const bytes = (text: string): number => Buffer.byteLength(text);
  test('is whole where it fits', () => {
    expect(cutMarkdown('aa\nbb\n', 6)).toBe('aa\nbb\n');
    expect(cutMarkdown('aü\n', 4)).toBe('aü\n');
  });
  test('has as many lines as leave room for the end', () => {
    const text = 'aaaa\nbbbb\ncccc\n'.repeat(9);
    expect(cutMarkdown(text, bytes(END) + 10)).toBe(`aaaa\nbbbb\n${END}`);
    expect(cutMarkdown(text, bytes(END) + 9)).toBe(`aaaa\n${END}`);
    expect(cutMarkdown(text, bytes(END) + 5)).toBe(`aaaa\n${END}`);
    expect(cutMarkdown(text, bytes(END) + 4)).toBe(END);
  });
  test('closes what is open: fences and folded parts', () => {
    const code = `\`\`\`text\n${'x\n'.repeat(100)}\`\`\`\n`;
    expect(cutMarkdown(code, bytes(END) + bytes('```text\nx\n```\n'))).toBe(`\`\`\`text\nx\n\`\`\`\n${END}`);
    const longer = `\`\`\`\`text\n\`\`\`\n${'x\n'.repeat(100)}\`\`\`\`\n`;
    expect(cutMarkdown(longer, bytes(END) + bytes('````text\n```\n````\n'))).toBe(
      `\`\`\`\`text\n\`\`\`\n\`\`\`\`\n${END}`,
    );
    const folded = `<details>\n<details>\n</details>\n${'x\n'.repeat(100)}</details>\n`;
    const open = '<details>\n<details>\n</details>\n';
    expect(cutMarkdown(folded, bytes(END) + bytes(`${open}x\n\n</details>\n`))).toBe(
      `${open}x\n\n</details>\n${END}`,
    );
    // A fence with words behind it does not close one, and in a fence there are no folded parts.
    const inside = `\`\`\`text\n<details>\n\`\`\`c\n${'x\n'.repeat(100)}`;
    expect(cutMarkdown(inside, bytes(END) + bytes('```text\n<details>\n```c\n```\n'))).toBe(
      `\`\`\`text\n<details>\n\`\`\`c\n\`\`\`\n${END}`,
    );
    const closed = `\`\`\`text\nx\n\`\`\`\n${'y\n'.repeat(100)}`;
    expect(cutMarkdown(closed, bytes(END) + bytes('```text\nx\n```\ny\n'))).toBe(
      `\`\`\`text\nx\n\`\`\`\ny\n${END}`,
    );
  });
});

describe('raw data', () => {
  const text = textSource('a.dts', 'first\n  second\nthird\n');
  test('of a text: the lines that it is in, without what they are indented by', () => {
    expect(rawLines({ source: text, start: 8, end: 12 })).toEqual(['second']);
    expect(rawLines({ source: text, start: 0, end: 0 })).toEqual(['first']);
    expect(rawLines({ source: text, start: 5, end: 5 })).toEqual(['first']);
    expect(rawLines({ source: text, start: 6, end: 15 })).toEqual(['second']);
    expect(rawLines({ source: text, start: 6, end: 16 })).toEqual(['second', 'third']);
    expect(rawLines({ source: textSource('b', 'one'), start: 1, end: 3 })).toEqual(['one']);
    const many = textSource('c', Array.from({ length: 10 }, (_, at) => `${at}\n`).join(''));
    expect(rawLines({ source: many, start: 0, end: 16 })).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
    expect(rawLines({ source: many, start: 0, end: 18 })).toEqual([
      '0',
      '1',
      '2',
      '3',
      '4',
      '5',
      '6',
      '7',
      '(1 more lines)',
    ]);
  });
  test('of a blob: sixteen bytes a line, 128 at most', () => {
    const source = {
      name: 'b',
      form: 'blob',
      bytes: Uint8Array.from({ length: 200 }, (_, at) => at),
    } as const;
    expect(rawLines({ source, start: 1, end: 4 })).toEqual(['010203']);
    expect(rawLines({ source, start: 0, end: 18 })).toEqual(['00010203 04050607 08090a0b 0c0d0e0f', '1011']);
    expect(rawLines({ source, start: 0, end: 128 })).toHaveLength(8);
    expect(rawLines({ source, start: 0, end: 129 }).slice(7)).toEqual([
      '70717273 74757677 78797a7b 7c7d7e7f',
      '(1 more bytes)',
    ]);
  });
  test('each place once', () => {
    const span = { source: text, start: 8, end: 12 };
    expect(rawData([span, { source: text, start: 0, end: 1 }, { ...span }])).toEqual([
      'a.dts:2.3:',
      'second',
      'a.dts:1.1:',
      'first',
    ]);
  });
});

describe('sentences', () => {
  test.each([
    ['a; b', 'A. B.'],
    ['one. ', 'one. .'],
    ['it is so.', 'It is so.'],
    ['is it? yes', 'Is it? yes.'],
    ['why?; because', 'why? Because.'],
    ['a (b; c); d', 'A (b; c). D.'],
    ['a [b; c] d; e', 'A [b; c] d. E.'],
    ['a; or b; and c; orders', 'a; or b; and c. Orders.'],
    ['a;b', 'a;b.'],
    ['a); b', 'a). B.'],
    ['CONFIG_SYSFB; vmbus_drv.c; x', 'CONFIG_SYSFB. vmbus_drv.c. X.'],
  ])('%j: %s', (text, said) => {
    expect(sentences(text)).toBe(said);
  });

  test.each([
    ['the window', 'The window'],
    ['well-known, as', 'Well-known, as'],
    ['hv_vmbus says', 'hv_vmbus says'],
    ['pci=nocrs', 'pci=nocrs'],
    ['a', 'A'],
    ['', ''],
  ])('%j with a capital: %s', (text, said) => {
    expect(capital(text)).toBe(said);
  });

  test.each([
    ['The window is there.', 'the window is there'],
    ['Linux reads it.', 'Linux reads it'],
    ['Without it', 'without it'],
    ['Theory.', 'Theory'],
    ['A.', 'a'],
  ])('%j as a clause: %s', (sentence, said) => {
    expect(clause(sentence)).toBe(said);
  });

  test('nothing is reported twice, also inside of something longer', () => {
    const said = new Said();
    expect(
      [
        'The window is there.',
        'the window, is THERE',
        'window is',
        'window',
        'is there the',
        '!?',
        'win',
        'There',
      ].map((text) => said.isNew(text)),
    ).toEqual([true, false, false, false, true, false, true, false]);
    expect(said.isNew('there is there')).toBe(true);
  });

  test('sources have numbers', () => {
    const references = new References();
    expect(['a', 'b', 'a', 'c'].map((source) => references.mark(source))).toEqual([
      '[1]',
      '[2]',
      '[1]',
      '[3]',
    ]);
    expect(references.items).toEqual(['a', 'b', 'c']);
  });
});
