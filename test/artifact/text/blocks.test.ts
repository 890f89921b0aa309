/** Blocks of a text: which lines are of which kind, where each begins and ends, and pieces cut out of it. */
import { describe, expect, test } from 'vitest';
import { answeredMessage } from '../../../src/artifact/text/answered.ts';
import { blocksIn } from '../../../src/artifact/text/blocks.ts';
import {
  findDeviceTreeText,
  fragmentsIn,
  startsFragment,
} from '../../../src/artifact/text/device-tree-text.ts';
import { quotedLines } from '../../../src/artifact/text/lines.ts';
import { messagesOf } from '../../../src/artifact/text/mail.ts';
import { mailInputs } from '../../../src/artifact/text/open-text.ts';
import { isWhole, piecesIn, SeenPieces } from '../../../src/artifact/text/pieces.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { textOf, textSource } from '../../../src/bytes/source.ts';
import { withLimits } from '../../../src/limits/limits.ts';

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
const blocks = (...lines: string[]) => {
  const text = lines.join('\n');
  return blocksIn(text, quotedLines(text)).map(({ kind, from, to }) => [kind, from, to]);
};
const LOG = '[    0.000000] hv_vmbus: Vmbus version:5.3';
const IOMEM = '00001000-0009fbff : System RAM';
const CONFIG = 'CONFIG_A=y';
const PCI = '00:08.0 VGA compatible controller: Microsoft';
const DUMP = 'DSDT @ 0x0000000000000000';

describe('a line is of a kind by itself', () => {
  test.each([
    ['<6>[    0.000000] a', 'dmesg'],
    ['kern  :info  : [    0.000000] a', 'dmesg'],
    ['[Sun Nov 22 15:04:11 2026] a', 'dmesg'],
    ['[    0.000000][    T1] a', 'dmesg'],
    ['[  T123] a', 'dmesg'],
    ['Nov 22 15:04:11 host kernel: a', 'dmesg'],
    ['2026-11-22T15:04:11+0000 host kernel: a', 'dmesg'],
    ['BIOS-e820: [mem 0x0-0x1] usable', 'dmesg'],
    ['Command line: ro', 'dmesg'],
    [IOMEM, 'iomem'],
    ['  f8000000-f80fffff : PCI', 'iomem'],
    [PCI, 'lspci'],
    ['00:08.0 0300: 1414:5353', 'lspci'],
    [CONFIG, 'kconfig'],
    ['CONFIG_B="text"', 'kconfig'],
    ['# CONFIG_B is not set', 'kconfig'],
    ['Linux vm 6.1.0 #1 SMP x86_64', 'uname'],
    ['0x0 0x9fbff System RAM', 'memmap'],
    [DUMP, 'acpidump'],
    ['Device: \\_SB.PCI0', 'crs-text'],
    ['mem 0xf8000000-0xfbffffff', 'crs-text'],
    ['state = active', 'crs-text'],
    ['/dts-v1/;', 'dts'],
  ])('%s: %s', (line, kind) => {
    expect(blocks('words', line, 'words')).toMatchObject([[kind, 1, expect.any(Number)]]);
    // A log's last line may go on below it; what is indented is the same.
    expect(blocks(`   ${line}`)[0]?.[0]).toBe(kind);
  });

  test.each([
    '[1] a footnote',
    'words',
    'CONFIG_A=yes',
    'a-b : c',
    'Device (x)',
    '12:30 lunch',
    'kernel: words',
    '# comment',
  ])('%s is of none', (line) => {
    expect(blocks(line)).toEqual([]);
  });
});

describe('lines are of one block', () => {
  test.each<[string, string[], unknown[][]]>([
    ['across a blank line, of a log', [LOG, '', LOG], [['dmesg', 0, 3]]],
    [
      'but not of a listing of memory',
      [IOMEM, '', IOMEM],
      [
        ['iomem', 0, 1],
        ['iomem', 2, 3],
      ],
    ],
    ['a configuration', [CONFIG, '', '#', '# Menu', CONFIG], [['kconfig', 0, 5]]],
    [
      'words between two parts of a log end the first',
      [LOG, '', 'and then', LOG],
      [
        ['dmesg', 0, 1],
        ['dmesg', 3, 4],
      ],
    ],
    ['the rest of a broken line is the log s', [LOG, 'rest', LOG], [['dmesg', 0, 3]]],
    ['eight lines of it', [LOG, ...Array.from({ length: 8 }, () => 'rest'), LOG], [['dmesg', 0, 10]]],
    [
      'not nine',
      [LOG, ...Array.from({ length: 9 }, () => 'rest'), LOG],
      [
        ['dmesg', 0, 9],
        ['dmesg', 10, 11],
      ],
    ],
    ['a mark of omission is inside', [LOG, '[...]', LOG], [['dmesg', 0, 3]]],
    ['at the end it is outside', [LOG, '[...]'], [['dmesg', 0, 1]]],
    [
      'details of a device',
      [PCI, '\tMemory at f8000000', 'Kernel driver in use: x', 'words'],
      [['lspci', 0, 3]],
    ],
    ['not across a blank line', [PCI, '', '\tMemory at f8000000'], [['lspci', 0, 1]]],
    ['another device across one', [PCI, '', PCI], [['lspci', 0, 3]]],
    ['bytes of a dump', [DUMP, '  0000: 44 53 44 54  DSDT', '', DUMP], [['acpidump', 0, 4]]],
    [
      'a list that acpiexec prints',
      ['Device: \\_SB.A', 'Evaluating _CRS', '  IRQ', '', '  IO'],
      [['crs-text', 0, 5]],
    ],
    [
      'another kind begins another',
      [LOG, IOMEM, CONFIG],
      [
        ['dmesg', 0, 1],
        ['iomem', 1, 2],
        ['kconfig', 2, 3],
      ],
    ],
    [
      'a broken line of a configuration',
      [CONFIG, `# ${'word '.repeat(13)}`, 'rest', CONFIG],
      [['kconfig', 0, 4]],
    ],
    [
      'a short line was not broken',
      [CONFIG, '# word', 'rest', CONFIG],
      [
        ['kconfig', 0, 2],
        ['kconfig', 3, 4],
      ],
    ],
    [
      'a patch is one',
      ['words', '--- a/x', '+++ b/x', '@@ -1 +1 @@', '-a', '+b', 'words'],
      [['patch', 1, 6]],
    ],
    [
      'a log before a patch ends there',
      [LOG, '--- a/x', '+++ b/x', '@@ -1 +1 @@', '-a', '+b'],
      [
        ['dmesg', 0, 1],
        ['patch', 1, 6],
      ],
    ],
    [
      'a source, to where its braces are closed',
      ['/dts-v1/;', '', '/ {', ' a; // }', ' b = "}"; /* } */', '};', '&l { };', 'words'],
      [['dts', 0, 7]],
    ],
    ['a comment over several lines', ['/dts-v1/;', '/*', '}', '*/', '/ { };', 'words'], [['dts', 0, 5]]],
    ['ASL with a brace', ['Device (A)', '{', ' Name (_CRS, 1)', '}', 'Bye (x)'], [['asl', 0, 4]]],
    ['a word and a bracket are none', ['Device (A)', 'words'], []],
    ['ASL goes on with more of it', ['Device (A) {', '}', 'Device (B) {', '}', 'x'], [['asl', 0, 4]]],
    ['the brace comes within four lines', ['Device (A)', '', '', '{', '}'], [['asl', 0, 5]]],
  ])('%s', (_title, lines, expected) => {
    expect(blocks(...lines)).toEqual(expected);
  });
});

describe('pieces', () => {
  const pieces = (text: string, logs: 'one log' | 'logs apart' = 'logs apart') => {
    const found = piecesIn(bytesOf(text), text, logs);
    return {
      pieces: found.pieces.map(({ kind, bytes, offset, linesBefore, whole }) => [
        kind,
        Buffer.from(bytes).toString('latin1'),
        offset,
        linesBefore,
        whole,
      ]),
      unfinished: found.unfinished,
    };
  };
  test('have their places, their quote marks blanked', () => {
    expect(pieces(`words\n> ${IOMEM}\n> ${IOMEM}\nwords`).pieces).toEqual([
      ['iomem', `  ${IOMEM}\n  ${IOMEM}\n`, 6, 1, false],
    ]);
    expect(pieces('words\n> a = <1>;\n').pieces).toEqual([['dts-fragment', '  a = <1>;\n', 6, 1, false]]);
    expect(pieces('a = <1>;\n').pieces).toEqual([['dts-fragment', 'a = <1>;\n', 0, 0, true]]);
    // Whoever reads diffs takes their marks off.
    expect(pieces('> --- a/x\n> +++ b/x\n> @@ -1 +1 @@\n> -a\n> +b\n').pieces).toEqual([
      ['patch', '> --- a/x\n> +++ b/x\n> @@ -1 +1 @@\n> -a\n> +b', 0, 0, false],
    ]);
  });
  test('of one log what is no log is taken out of it', () => {
    const text = `${LOG}\n${IOMEM}\n${LOG}\n`;
    expect(pieces(text, 'one log').pieces).toEqual([
      ['dmesg', `${LOG}\n${' '.repeat(IOMEM.length)}\n${LOG}\n`, 0, 0, false],
      ['iomem', `${IOMEM}\n`, LOG.length + 1, 1, false],
    ]);
    expect(pieces(text).pieces.map(([kind]) => kind)).toEqual(['dmesg', 'iomem', 'dmesg']);
    expect(pieces(`${IOMEM}\n`, 'one log').pieces.map(([kind]) => kind)).toEqual(['iomem']);
  });
  test('properties in a log or a patch are none of their own', () => {
    expect(pieces(`${LOG}\n[    0.1] reg = <1>;\n`).pieces.map(([kind]) => kind)).toEqual(['dmesg']);
    expect(
      pieces('--- a/x\n+++ b/x\n@@ -1 +1 @@\n-reg = <1>;\n+reg = <2>;\n\nreg = <3>;\n').pieces.map(
        ([kind]) => kind,
      ),
    ).toEqual(['patch', 'dts-fragment']);
  });
  test('what was begun and has no end is reported with its line', () => {
    expect(pieces(`${IOMEM}\nwords\n> reg = <1 2\n\nwords`).unfinished).toEqual([
      { offset: IOMEM.length + 1 + 6 + 2, line: 2 },
    ]);
  });
  test('count once, whatever their blanks and ends of lines are', () => {
    const seen = new SeenPieces();
    expect([
      seen.add('iomem', bytesOf('a  b\n'), '<1@x>'),
      seen.add('iomem', bytesOf(' a b\r\n'), '<2@x>'),
      seen.add('dmesg', bytesOf('a b'), '<1@x>'),
      seen.add('iomem', bytesOf('ab'), '<1@x>'),
    ]).toEqual([true, false, true, true]);
  });
  test('a patch counts once for each message, whose copies are no other one', async () => {
    const diff = (from: string, to: string): string =>
      `--- a/x.dts\n+++ b/x.dts\n@@ -1 +1 @@\n-\t${from};\n+\t${to};\n`;
    const message = (id: string, text: string): string =>
      `From a Mon Sep 17 00:00:00 2001\nFrom: a@example.org\nMessage-Id: <${id}@example.org>\n\nText.\n\n${text}\n`;
    const [there, back] = [diff('a', 'b'), diff('b', 'a')];
    const patchesOf = async (mailbox: string): Promise<(string | undefined)[]> => {
      const found = await mailInputs(
        { name: 'mbox', bytes: bytesOf(mailbox), steps: [] },
        new DiagnosticList(),
        ({ source }) => /^\+\t(\w)/m.exec(textOf(source))?.[1],
        async () => [],
      );
      return found;
    };
    const [one, two, three] = [message('1', there), message('2', back), message('3', there)];
    expect(await patchesOf(one + two + three)).toEqual(['b', 'a', 'b']);
    expect(await patchesOf(one + two + one)).toEqual(['b', 'a']);
  });
  test.each([
    ['dmesg', `${LOG}\n${LOG}\n`, true],
    ['dmesg', `${LOG}\n\n${LOG}\n`, true],
    ['dmesg', `${LOG}\n${IOMEM}\n`, false],
    ['dmesg', `> ${LOG}\n`, false],
    ['dmesg', `${LOG}\n> ${LOG}\n`, false],
    ['iomem', `${LOG}\n`, false],
  ] as const)('%s whole in %j: %s', (kind, text, whole) => {
    expect(isWhole(kind, text)).toBe(whole);
  });
});

describe('statements of a device tree', () => {
  const found = (text: string) =>
    findDeviceTreeText(text).found.map(({ start, end }) => text.slice(start, end));
  test.each<[string, string[]]>([
    ['a = "x;y", "\\";";', ['a = "x;y", "\\";";']],
    ['a = "no end;\nb = <1>;', ['b = <1>;']],
    ['a = [00 ; 11];', ['a = [00 ; 11];']],
    ['a = <1>, <2>,\n  <3>;\nb;', ['a = <1>, <2>,\n  <3>;']],
    ['a = <1>\nb = <2>;', ['b = <2>;']],
    ['a = <1 ; 2>;', []],
    ['a = <1> ! ;', []],
    ['a = &label, &{/path}, /bits/ 8 <1>;', ['a = &label, &{/path}, /bits/ 8 <1>;']],
    [
      'n: node@1 {\n a = <1>;\n};',
      ['n: node@1 {', 'a = <1>;', '};'].map((each, at) => (at === 1 ? ' a = <1>;' : each)),
    ],
    ['node {\n};', []],
    ['node {\n a = <1>;\n}', [' a = <1>;']],
    ['x reg = <1>; and ranges = <2>; y', ['reg = <1>;', 'ranges = <2>;']],
    ['x reg = <1\n2>; and\nreg = <3>;', ['reg = <1\n2>;', 'reg = <3>;']],
    ['ranges; // all', ['ranges;']],
    ['no-map;', ['no-map;']],
    ['other;', []],
    ['} a = <1>;', ['a = <1>;']],
  ])('%j', (text, statements) => {
    expect(found(text)).toEqual(statements);
  });

  test('no more lines than the limit', () => {
    const text = 'a = <1\n2\n3>;';
    withLimits({ 'statement-lines': 3 }, () => expect(found(text)).toHaveLength(1));
    withLimits({ 'statement-lines': 2 }, () => expect(found(text)).toHaveLength(0));
  });

  test('sixteen tries on one line, sixteen unfinished', () => {
    expect(found(`x ${'reg = <1 ;'.repeat(15)} reg = <2>; y`)).toEqual(['reg = <2>;']);
    expect(found(`x ${'reg = <1 ;'.repeat(16)} reg = <2>; y`)).toEqual([]);
    expect(findDeviceTreeText('reg = <1\n\n'.repeat(20)).unfinished).toHaveLength(16);
  });

  test.each([
    ['a = <1>;', true],
    ['\n /* c */ // d\n a = <1>;', true],
    ['ranges;\nwords', true],
    ['words\na = <1>;', false],
    ['', false],
    ['node {', false],
  ])('%j begins as a fragment: %s', (text, is) => {
    expect(startsFragment(text)).toBe(is);
  });

  const cut = (text: string, skip?: (offset: number) => boolean) => {
    const made = fragmentsIn(bytesOf(text), text, skip);
    return made === 'whole'
      ? made
      : made.fragments.map(({ start, bytes }) => [start, Buffer.from(bytes).toString('latin1')]);
  };
  test('fragments: what is said otherwise is of another, nodes stay with what is in them', () => {
    expect(cut('x\na = <1>;\nb = <1>;\na = <2>;\n')).toEqual([
      [2, 'a = <1>;\nb = <1>;\n'],
      [20, 'a = <2>;\n'],
    ]);
    expect(cut('x\na = <1>;\na = <2>;\na = <1>;\n')).toEqual([
      [2, 'a = <1>;\n'],
      [11, 'a = <2>;\n'],
    ]);
    expect(cut('x\nn {\n m {\n  a = <1>;\n };\n};\nn {\n a = <2>;\n};\n')).toEqual([
      [2, 'n {\n m {\n  a = <1>;\n };\n};\n'],
      [29, 'n {\n a = <2>;\n};\n'],
    ]);
    expect(cut('x\nl: a = <1>;\na = <2>;\n')).toHaveLength(2);
    expect(cut('x\n> a = <1\n> 2>;\n', undefined)).toEqual([[2, '  a = <1\n  2>;\n']]);
    expect(cut('a = <1>;\nb = <2>;\n')).toBe('whole');
    expect(cut('a = <1>;\na = <2>;\n')).toHaveLength(2);
    expect(cut('a = <1>;\nb = <2\n')).toBe('whole');
    expect(cut('a = <1>;\nwords\n')).toHaveLength(1);
    expect(cut('a = <1>;\nb = <2>;\n', (offset) => offset < 9)).toEqual([[9, 'b = <2>;\n']]);
  });
});

describe('messages', () => {
  test.each<[string, [number, number][]]>([
    ['Subject: x\n\nbody', [[0, 16]]],
    [
      'From a Mon\nA: b\n\nx\n\nFrom c Tue\nA: b\n\ny',
      [
        [0, 20],
        [20, 38],
      ],
    ],
    [
      'From a Mon\r\nA: b\r\n\r\nx\r\n\r\nFrom c Tue\r\nA: b\r\n',
      [
        [0, 25],
        [25, 43],
      ],
    ],
    // Without a blank line before it, or fields behind it, it is a line of text.
    ['From a Mon\nA: b\n\nx\nFrom c Tue\nA: b\n\ny', [[0, 37]]],
    ['From a Mon\nA: b\n\nx\n\nFrom here on\nwords\n', [[0, 39]]],
  ])('%j', (text, places) => {
    expect(messagesOf(text)).toEqual(places);
  });

  const mail = (body: string, from = 'A <a@example.org>', more = '') =>
    `From: ${from}\nTo: b@example.org\nSubject: x\nMessage-ID: <1@x>\n${more}\n${body}`;
  const answered = async (text: string, ...lines: string[]) => {
    const spans = lines.map((line) => ({ source: textSource('i', `${line}\n`), start: 0, end: line.length }));
    return answeredMessage(bytesOf(text), spans);
  };

  test('the lines around what a report is about, with the head of their hunk', async () => {
    const body = 'Hello,\n\n@@ -1 +1 @@ soc {\n1\n2\n3\n4\n5\n+\treg = <1>;\n6\n7\n8\n9\nReviewed-by: X\n';
    const found = await answered(mail(body), 'reg = <1>;');
    expect(found?.answered.quoted).toEqual([
      '@@ -1 +1 @@ soc {',
      '3',
      '4',
      '5',
      '+\treg = <1>;',
      '6',
      '7',
      '8',
    ]);
    // In the lines around anyhow it stands once; a tag at the end and blank lines are none.
    expect(
      (await answered(mail('@@ -1 +1 @@\n1\nreg = <1>;\n\nAcked-by: X\n'), 'reg = <1>;'))?.answered.quoted,
    ).toEqual(['@@ -1 +1 @@', '1', 'reg = <1>;']);
    expect(
      (await answered(mail(`@@ -1 +1 @@\n${'x\n'.repeat(24)}reg = <1>;\n`), 'reg = <1>;'))?.answered
        .quoted[0],
    ).toBe('x');
    expect(
      (await answered(mail(`@@ -1 +1 @@\n${'x\n'.repeat(22)}reg = <1>;\n`), 'reg = <1>;'))?.answered
        .quoted[0],
    ).toBe('@@ -1 +1 @@');
    expect((await answered(mail('> > -  reg  = <1>;\n'), '\treg = <1>;'))?.answered.quoted).toEqual([
      '> > -  reg  = <1>;',
    ]);
    expect((await answered(mail('nothing of it\n'), 'reg = <1>;'))?.answered.quoted).toEqual([]);
    expect((await answered(mail('\n'), ''))?.answered.quoted).toEqual([]);
  });

  test('fields as they stand, and whom they name', async () => {
    const found = await answered(
      mail(
        'x\n',
        '"B, C" <bc@example.org>',
        'Cc: d@example.org,\n e@example.org\nList-Post: <mailto:list@example.org?x>\nsubject: y\n',
      ),
    );
    const { fields, people } = found!.answered;
    expect([fields.get('subject'), fields.get('cc'), fields.get('message-id')]).toEqual([
      'x',
      'd@example.org, e@example.org',
      '<1@x>',
    ]);
    expect(people.get('from')).toEqual([{ name: 'B, C', address: 'bc@example.org' }]);
    expect(people.get('cc')?.map(({ address }) => address)).toEqual(['d@example.org', 'e@example.org']);
    expect(people.get('list-post')?.map(({ address }) => address)).toEqual(['list@example.org']);
    expect(people.get('reply-to')).toEqual([]);
    expect((await answered(mail('x', 'a', 'List-Post: NO\n')))?.answered.people.get('list-post')).toEqual([]);
  });

  test('of a mailbox the message with the line, else the first; no more than the limit', async () => {
    const box = ['first', 'reg = <1>;', 'third']
      .map((body, at) => `From x Mon\n${mail(`${body}\n`, `m${at}@example.org`)}`)
      .join('\n');
    const from = async (line: string) =>
      (await answered(box, line))?.answered.people.get('from')?.[0]?.address;
    expect([await from('reg = <1>;'), await from('gone;')]).toEqual(['m1@example.org', 'm0@example.org']);
    await withLimits({ 'thread-messages': 1 }, async () => {
      expect(await answered(box, 'reg = <1>;')).toMatchObject({ all: false });
    });
    await withLimits({ 'thread-messages': 3 }, async () => {
      expect(await answered(box, 'gone;')).toMatchObject({ all: true });
    });
    expect(await answered('words\n')).toBeUndefined();
    expect(await answeredMessage(bytesOf(mail('x')), [undefined])).toMatchObject({ all: true });
  });
});
