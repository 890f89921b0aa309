/** The message that a reply answers: its header fields, the people in it, and the lines that the report is about. */
import { describe, expect, test } from 'vitest';
import { answeredMessage } from '../../../src/artifact/text/answered.ts';
import { type Span, textSource } from '../../../src/bytes/source.ts';
import { withLimits } from '../../../src/limits/limits.ts';

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

/** A span in a text of its own: from the word to its end. */
function spanOf(text: string, word: string): Span {
  const start = text.indexOf(word);
  return { source: textSource('x', text), start, end: start + word.length };
}

const HEAD = 'From: A <a@x>\nTo: b@x\nSubject: s\n';

async function quotedOf(body: string, ...about: (Span | undefined)[]): Promise<readonly string[]> {
  return (await answeredMessage(bytesOf(`${HEAD}\n${body}`), about))!.answered.quoted;
}

describe('header fields', () => {
  const fields = async (head: string) =>
    Object.fromEntries((await answeredMessage(bytesOf(`${head}\nbody\n`), []))!.answered.fields);

  test('are unfolded, by lower-case names, of several of one name the first (RFC 5322, 2.2)', async () => {
    expect(
      await fields('From: a@x\nSUBJECT: one\n two\n\tthree\nX-A:b\nx-a: c\nnot a field\n: no name\n'),
    ).toEqual({
      from: 'a@x',
      subject: 'one two three',
      'x-a': 'b',
    });
    expect(await fields('From: a@x\r\nSubject: one\r\n two\r\n')).toEqual({
      from: 'a@x',
      subject: 'one two',
    });
    expect(await fields('From: a@x\nX:\t b: c\n')).toEqual({ from: 'a@x', x: 'b: c' });
  });

  test('of a message without a body are all there is', async () => {
    const { answered } = (await answeredMessage(bytesOf('From: a@x\nSubject: s'), []))!;
    expect(Object.fromEntries(answered.fields)).toEqual({ from: 'a@x', subject: 's' });
  });

  test('words of the body are none', async () => {
    expect(await fields('From: a@x\n\nTo: b@x\n')).toEqual({ from: 'a@x' });
  });
});

describe('people', () => {
  const people = async (head: string) =>
    (await answeredMessage(bytesOf(`From: a@x\n${head}\nbody\n`), []))!.answered.people;

  test('of each field with addresses, groups taken apart', async () => {
    const found = await people(
      'To: "B, C" <b@x>, d@x\nCc: team: e@x, F <f@x>;\nReply-To: g@x\nMail-Followup-To: h@x\n',
    );
    expect(Object.fromEntries(found)).toEqual({
      from: [{ name: '', address: 'a@x' }],
      to: [
        { name: 'B, C', address: 'b@x' },
        { name: '', address: 'd@x' },
      ],
      cc: [
        { name: '', address: 'e@x' },
        { name: 'F', address: 'f@x' },
      ],
      'reply-to': [{ name: '', address: 'g@x' }],
      'mail-followup-to': [{ name: '', address: 'h@x' }],
      'list-post': [],
    });
  });

  test('a list by its List-Post, nothing where it may not be written to (RFC 2369, 3.4)', async () => {
    const list = async (field: string) => (await people(`List-Post: ${field}\n`)).get('list-post');
    expect(await list('<mailto:l@x>')).toEqual([{ name: '', address: 'l@x' }]);
    expect(await list('<MAILTO:l@x?subject=y>')).toEqual([{ name: '', address: 'l@x' }]);
    expect(await list('NO (posting not allowed)')).toEqual([]);
    expect(await list('l@x')).toEqual([]);
  });

  test('what is not seen in an address stays a part of it', async () => {
    const [found] = (await people('To: b\x01@x\n')).get('to')!;
    expect(found!.address).toContain('\ufffd');
    expect(found!.address).not.toBe('b@x');
  });
});

describe('what is quoted', () => {
  const LINE = 'ranges = <0x1>;';
  const about = spanOf(`words\n\t${LINE}\n`, 'ranges');
  const numbered = (from: number, to: number): string =>
    Array.from({ length: to - from + 1 }, (_, at) => `line ${from + at}\n`).join('');

  test('the line with three on each side', async () => {
    expect(await quotedOf(`${numbered(1, 9)}${LINE}\n${numbered(11, 19)}`, about)).toEqual([
      'line 7',
      'line 8',
      'line 9',
      LINE,
      'line 11',
      'line 12',
      'line 13',
    ]);
    expect(await quotedOf(`line 1\n${LINE}\nline 3\n`, about)).toEqual(['line 1', LINE, 'line 3']);
    expect(await quotedOf(numbered(1, 9), about)).toEqual([]);
    expect(await quotedOf(`${LINE}\n`)).toEqual([]);
    expect(await quotedOf(`${LINE}\n`, undefined)).toEqual([]);
  });

  test('whatever quoting and diffs put in front, and however it is indented', async () => {
    for (const form of [
      `> ${LINE}`,
      `>> > ${LINE}`,
      `+${LINE}`,
      `-\t${LINE}`,
      `> +  ranges  =\t<0x1>;`,
      `  ${LINE}  `,
    ])
      expect([form, await quotedOf(`${form}\n`, about)]).toEqual([form, [form.trimEnd()]]);
    for (const other of [`x ${LINE}`, `++${LINE}`, `${LINE} x`])
      expect([other, await quotedOf(`${other}\n`, about)]).toEqual([other, []]);
    // The line of the report may be of a patch itself.
    expect(await quotedOf(`> ${LINE}\n`, spanOf(`+\t${LINE}\n`, 'ranges'))).toEqual([`> ${LINE}`]);
  });

  test('a span counts by its whole line, whatever comes before and behind', async () => {
    expect(await quotedOf('a b c\n', spanOf('x\na b c\ny', 'b'))).toEqual(['a b c']);
    expect(await quotedOf('a b c\n', spanOf('a b c', 'b'))).toEqual(['a b c']);
    expect(await quotedOf('b\n', spanOf('a b c', 'b'))).toEqual([]);
    // An empty line is none, and a blob has no lines.
    expect(await quotedOf('\n\nx\n', spanOf('a\n\nb', '\n\n'))).toEqual([]);
    const blob = { source: { name: 'b', form: 'blob', bytes: bytesOf(LINE) }, start: 0, end: 3 } as const;
    expect(await quotedOf(`${LINE}\n`, blob)).toEqual([]);
  });

  test('empty lines at the ends are none, nor are tags that a message ends with', async () => {
    expect(await quotedOf(`\n\n${LINE}\n\n\n\n`, about)).toEqual([LINE]);
    expect(await quotedOf(`${LINE}\n\nSigned-off-by: A <a@x>\n\n`, about)).toEqual([LINE]);
    expect(await quotedOf(`${LINE}\nSigned-off by A\n`, about)).toEqual([LINE, 'Signed-off by A']);
    expect(await quotedOf(`Signed-off-by: A <a@x>\n${LINE}\n`, about)).toEqual([
      'Signed-off-by: A <a@x>',
      LINE,
    ]);
  });

  test('the head of the hunk that it is in, where that is not far above', async () => {
    const hunk = (between: number, mark = '@@ -1 +1 @@ soc {'): Promise<readonly string[]> =>
      quotedOf(`${mark}\n${numbered(1, between)}${LINE}\n`, about);
    const shown = (between: number): string[] => [
      ...Array.from({ length: 3 }, (_, at) => `line ${between - 2 + at}`),
      LINE,
    ];
    // Within the three lines it is there as it stands.
    expect(await hunk(2)).toEqual(['@@ -1 +1 @@ soc {', 'line 1', 'line 2', LINE]);
    expect(await hunk(3)).toEqual(['@@ -1 +1 @@ soc {', ...shown(3)]);
    expect(await hunk(22)).toEqual(['@@ -1 +1 @@ soc {', ...shown(22)]);
    expect(await hunk(23)).toEqual(shown(23));
    expect(await hunk(5, '> > @@ -1 +1 @@')).toEqual(['> > @@ -1 +1 @@', ...shown(5)]);
    expect(await hunk(5, 'x @@ -1 +1 @@')).toEqual(shown(5));
    // Of several the one above it, none below.
    const two = `@@ -1 @@\nx\n@@ -2 @@\n${numbered(1, 5)}${LINE}\n@@ -3 @@\n`;
    expect((await quotedOf(two, about))[0]).toBe('@@ -2 @@');
  });
});

describe('a mailbox', () => {
  const message = (from: string, body: string): string => `From x\n${from}Subject: ${body}\n\n${body}\n\n`;
  const box = message('From: a@x\n', 'one') + message('From: b@x\n', 'two') + message('From: c@x\n', 'three');
  const answered = async (mail: string, ...about: Span[]) => {
    const found = await answeredMessage(bytesOf(mail), about);
    return found && [found.answered.fields.get('subject'), found.answered.quoted, found.all];
  };

  test('answers the first message that has one of the lines, else the first', async () => {
    expect(await answered(box, spanOf('three', 'three'))).toEqual(['three', ['three'], true]);
    expect(await answered(box, spanOf('three', 'three'), spanOf('two', 'two'))).toEqual([
      'two',
      ['two'],
      true,
    ]);
    expect(await answered(box, spanOf('four', 'four'))).toEqual(['one', [], true]);
    expect(await answered(box)).toEqual(['one', [], true]);
  });

  test('a message without a sender is none', async () => {
    expect(await answered(message('', 'zero') + box, spanOf('zero', 'zero'))).toEqual(['one', [], true]);
    expect(await answered('words\n')).toBeUndefined();
  });

  test('is looked through as far as the limit, which is reported where nothing is found', async () => {
    await withLimits({ 'thread-messages': 3 }, async () => {
      expect(await answered(box, spanOf('four', 'four'))).toEqual(['one', [], true]);
    });
    await withLimits({ 'thread-messages': 2 }, async () => {
      expect(await answered(box, spanOf('three', 'three'))).toEqual(['one', [], false]);
      expect(await answered(box, spanOf('two', 'two'))).toEqual(['two', ['two'], true]);
    });
  });
});
