/** Formats where they seldom are: widths that just fit, cells that are empty, runs of marks, limits reached exactly. */
import { describe, expect, test } from 'vitest';
import { textSource } from '../../../src/bytes/source.ts';
import { finding, messageOf } from '../../../src/findings/finding.ts';
import { type Block, code } from '../../../src/report/document.ts';
import { contentLines } from '../../../src/report/finding.ts';
import { cutMarkdown } from '../../../src/report/formats/cut.ts';
import { renderGithub, resultsDocument } from '../../../src/report/formats/github.ts';
import { windowJson } from '../../../src/report/formats/json-parts.ts';
import { renderMail } from '../../../src/report/formats/mail.ts';
import { codeSpan, escapeMarkdown, renderMarkdown } from '../../../src/report/formats/markdown.ts';
import { sarifJson } from '../../../src/report/formats/sarif.ts';
import { renderText } from '../../../src/report/formats/text.ts';
import { answerResult } from '../../../src/report/results/results.ts';
import { rowsOf, windowOf } from '../subjects/made.ts';

describe('a mail', () => {
  const table = (rows: string[][], untitled = true): string[] =>
    renderMail([
      {
        kind: 'table',
        columns: ['a', 'b', 'c'].map((title) => ({ title })),
        rows,
        ...(untitled ? { untitled: true as const } : {}),
      },
    ])
      .trimEnd()
      .split('\n');
  const x = (count: number): string => 'x'.repeat(count);

  test('columns that are empty take no room: two each besides their widths are 72', () => {
    // 30 and 2, 38 and 2.
    expect(table([[x(30), '', x(38)]])).toEqual([`  ${x(30)}  ${x(38)}`]);
    expect(table([[x(30), '', x(39)]])).toHaveLength(2);
    expect(table([[x(20), x(20), x(26)]])).toEqual([`  ${x(20)}  ${x(20)}  ${x(26)}`]);
  });

  test('a last column of prose is broken where those before take half of the line', () => {
    const prose = 'word '.repeat(20).trim();
    // 2 in front, 16 and 2, 12 and 2: 34; the words begin there.
    const [first, second] = table([[x(16), x(12), prose]]);
    expect(first!.startsWith(`  ${x(16)}  ${x(12)}  word`)).toBe(true);
    expect(second).toMatch(/^ {34}word/);
    // With more before it stands below.
    expect(table([[x(20), x(14), prose]])[1]).toMatch(/^ {6}word/);
    expect(table([[x(20), x(14), 'short']])).toEqual([`  ${x(20)}  ${x(14)}  short`]);
  });

  test('what is too wide is a point a row, empty cells left out, each with its title', () => {
    expect(table([[x(70), '', x(60)]], false)).toEqual([`  * ${x(68)}`, `    ${x(2)}`, `      c: ${x(60)}`]);
  });

  test('what no person said is no tag', () => {
    expect(renderMail([{ kind: 'paragraph', text: 'Reviewed-by: x, acked-By: y, by: z' }])).toBe(
      '"Reviewed-by": x, "acked-By": y, by: z\n',
    );
  });
});

describe('Markdown', () => {
  test('a code span has one mark more than the longest run in it', () => {
    expect(codeSpan('a')).toBe('`a`');
    expect(codeSpan('a`b')).toBe('`` a`b ``');
    expect(codeSpan('a```b`c')).toBe('```` a```b`c ````');
    expect(codeSpan(' a ')).toBe('`  a  `');
    expect(codeSpan(' a')).toBe('` a`');
    expect(codeSpan('  ')).toBe('');
  });

  test('a fence is longer than any in it', () => {
    const fence = (...lines: string[]): string => renderMarkdown([{ kind: 'lines', lines }]);
    expect(fence('a')).toBe('```text\na\n```\n');
    expect(fence('``')).toBe('```text\n``\n```\n');
    expect(fence('```', '`````', '`')).toBe('``````text\n```\n`````\n`\n``````\n');
  });

  test.each([
    ['a * b', 'a `*` b'],
    ['see (/bus/x).', 'see (`/bus/x`).'],
    ['f() and vmbus_add(), too', '`f()` and `vmbus_add()`, too'],
    ['[mem 0x1-0x2 window] is', '`[mem 0x1-0x2 window]` is'],
    ['<0x1 0x2> is', '`<0x1 0x2>` is'],
    ['# CONFIG_X is not set', '`# CONFIG_X is not set`'],
    ['a.dts: b', '`a.dts`: b'],
    ['plain words, here', 'plain words, here'],
    ['!x [y] ~z', '\\!x \\[y\\] `~z`'],
  ])('%j', (text, shown) => {
    expect(escapeMarkdown(text)).toBe(shown);
  });

  test('a line begins no list, heading or table', () => {
    const line = (text: string): string => renderMarkdown([{ kind: 'paragraph', text }]).trimEnd();
    expect([
      line('- a'),
      line('+ a'),
      line('1. a'),
      line('12) a'),
      line('=== a'),
      line('  a'),
      line('1 a'),
    ]).toEqual(['\\- a', '\\+ a', '1\\. a', '12\\) a', '\\=== a', 'a', '1 a']);
  });

  test('groups are one table, each title once', () => {
    const groups: Block = {
      kind: 'groups',
      title: 'g',
      columns: [{ title: 'c', align: 'right' }],
      groups: [
        { title: 'A', rows: [['one'], ['two']], note: 'more' },
        { title: 'B', rows: [], note: 'none' },
        { title: 'C', rows: [] },
      ],
    };
    expect(renderMarkdown([groups])).toBe(
      '| g | c |\n| --- | ---: |\n| A | one |\n|  | two |\n|  | more |\n| B | none |\n| C |  |\n',
    );
  });

  test('a bar in a cell ends none', () => {
    const rows = [[[code('a|b')], 'c']];
    expect(renderMarkdown([{ kind: 'table', columns: [{ title: 'x' }, { title: 'y' }], rows }])).toContain(
      '| `a\\|b` | c |',
    );
  });

  test('what only looks like a fence closes none', () => {
    // Cut behind the first line of the code: the fence is closed again, whatever stood in it.
    const text = `\`\`\`\`text\n\`\`\` no fence\n\`\`\`\n${'x\n'.repeat(200)}`;
    const cut = cutMarkdown(text, 200);
    expect(cut.startsWith('````text\n``` no fence\n```\nx\n')).toBe(true);
    expect(cut).toMatch(/x\n````\n\nThe rest/);
    const words = cutMarkdown(`\`\`\`text or words\n${'x\n'.repeat(200)}`, 200);
    expect(words).not.toMatch(/\n```\n/);
  });
});

describe('text', () => {
  const text = (block: Block, width: number): string[] =>
    renderText([block], { color: false, width }).trimEnd().split('\n');
  const columns = ['a', 'b', 'c', 'd'].map((title) => ({ title }));
  const x = (count: number, letter = 'x'): string => letter.repeat(count);

  test('rows that are too wide for columns: a cell a line, those without a title behind each other', () => {
    const rows = [[x(30), x(30, 'y'), 'z', '']];
    expect(text({ kind: 'table', columns, rows }, 40)).toEqual([x(30), `    b: ${x(30, 'y')}`, '    c: z']);
    expect(
      text({ kind: 'table', columns, rows: [[x(30), x(39, 'y'), 'z', 'v']], untitled: true }, 40),
    ).toEqual([`  ${x(30)}`, `      ${x(39, 'y')}`, '      z  v']);
    // An empty first cell keeps its place.
    expect(
      text({ kind: 'table', columns, rows: [['', x(39, 'y'), '', '']], untitled: true }, 40),
    ).toHaveLength(2);
  });

  test('a title of a group is broken only where it does not fit', () => {
    const group = (title: string): string[] =>
      text({ kind: 'groups', title: 't', columns: [{ title: 'c' }], groups: [{ title, rows: [] }] }, 20);
    expect(group(`a  ${x(17)}`)).toEqual([`a  ${x(17)}`]);
    // Broken, the two blanks are one.
    expect(group(`a  ${x(18)}`)).toEqual([`a ${x(18)}`]);
    expect(group(`a  ${x(19)}`)).toEqual(['a', `    ${x(19)}`]);
  });
});

describe('results one by one', () => {
  test('none', () => {
    expect(resultsDocument({ inputs: [], results: [] }).flatMap(rowsOf)).toEqual([['Nothing was found.']]);
  });

  test('places: a line in a file, an offset in what is in it, a file alone', () => {
    const blob = { name: 'image!DSDT', form: 'blob', bytes: new Uint8Array(99) } as const;
    const where = [
      { span: { source: textSource('a.dts', 'x\n y\n'), start: 3, end: 4 } },
      { span: { source: blob, start: 0x1f, end: 0x20 } },
      { path: 'a.dts' },
    ];
    const results = where.map((each) => finding('artifact/empty', {}, each));
    const rows = resultsDocument({ inputs: [{ path: 'a.dts' }, { path: 'image' }], results }).flatMap(rowsOf);
    expect(rows.map((row) => row[2])).toEqual(['a.dts:2.2', 'image!DSDT@0x1f', 'a.dts']);
    expect(
      resultsDocument({ inputs: [], results: [finding('artifact/empty', {})] }).flatMap(rowsOf)[0]![2],
    ).toBe('');
  });

  test('a message of 4000 characters is whole', () => {
    const annotation = (length: number): string => {
      const line = renderGithub(
        { inputs: [], results: [answerResult('answer/claim', 'x'.repeat(length))] },
        {},
      );
      return line.slice(line.lastIndexOf('::') + 2).trimEnd();
    };
    const tail = annotation(1).length - 1;
    expect(annotation(4000 - tail)).toHaveLength(4000);
    expect(annotation(4001 - tail)).toBe(`${annotation(4000 - tail)}\u2026`);
    expect(messageOf(answerResult('answer/claim', 'x'))).toBe('x');
  });

  test('an example without bytes has no lines', () => {
    expect(contentLines({ hex: '' })).toEqual([]);
  });
});

describe('JSON has no key without a value', () => {
  test('a window', () => {
    expect(windowJson(windowOf(), [windowOf().origin.artifact]).flags).toStrictEqual({});
    expect(Object.keys(windowJson(windowOf(), []))).not.toContain('bus');
  });

  test('SARIF', () => {
    const driver = (version: string | undefined) => {
      const { runs } = sarifJson({ inputs: [], results: [] }, { version }) as {
        runs: { tool: { driver: object } }[];
      };
      return runs[0]!.tool.driver;
    };
    expect(driver(undefined)).toStrictEqual({ name: 'fwmap', rules: [] });
    expect(driver('1')).toStrictEqual({ name: 'fwmap', version: '1', semanticVersion: '1', rules: [] });
  });
});
