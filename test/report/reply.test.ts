/** A report as a reply to a message: header fields, who gets it, and what is quoted (RFC 5322, 2047, 2045). */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnsweredMessage, Mailbox } from '../../src/artifact/text/answered.ts';
import { replyTo } from '../../src/report/reply.ts';

type Fields = Readonly<Record<string, string>>;
type People = Readonly<Record<string, readonly (Mailbox | string)[]>>;

const person = (each: Mailbox | string): Mailbox =>
  typeof each === 'string' ? { name: '', address: each } : each;
function answeredOf(
  fields: Fields = {},
  people: People = {},
  quoted: readonly string[] = [],
): AnsweredMessage {
  return {
    fields: new Map(Object.entries(fields)),
    people: new Map(Object.entries(people).map(([name, list]) => [name, list.map(person)])),
    quoted,
  };
}

/** Header fields, folded lines joined, and the body. */
function replied(
  fields?: Fields,
  people?: People,
  from?: string,
  quoted?: readonly string[],
  report = 'R\n',
) {
  const text = replyTo(answeredOf(fields, people, quoted), report, from);
  const [head, ...body] = text.split('\n\n');
  const lines = head!.replace(/\n (?=\S)/g, ' ').split('\n');
  const found = lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]);
  return { ...Object.fromEntries(found), body: body.join('\n\n'), head: head! } as Record<string, string>;
}

describe('who gets it', () => {
  const to = (people: People, from?: string) => {
    const { To, Cc } = replied({}, people, from);
    return [To, Cc];
  };

  test('the author, and beside them everybody who got the message', () => {
    expect(to({ from: ['a@x'], to: ['b@x'], cc: ['c@x', 'd@x'], 'list-post': ['l@x'] })).toEqual([
      'a@x',
      'b@x, c@x, d@x, l@x',
    ]);
    expect(to({ from: ['a@x'] })).toEqual(['a@x', undefined]);
    expect(to({})).toEqual([undefined, undefined]);
  });

  test('where replies shall go', () => {
    expect(to({ from: ['a@x'], 'reply-to': ['r@x'], to: ['b@x'] })).toEqual(['r@x', 'b@x']);
    expect(to({ from: ['a@x'], 'mail-followup-to': ['f@x', 'g@x'], to: ['b@x'] })).toEqual([
      'f@x, g@x',
      undefined,
    ]);
  });

  test('each once, whatever case they are in, and not who replies', () => {
    expect(to({ from: ['a@x'], to: ['A@X', 'b@x'], cc: ['b@x'] })).toEqual(['a@x', 'b@x']);
    expect(to({ from: ['a@x'], to: ['me@x'], cc: ['ME@x', 'c@x'] }, 'Me <me@x>')).toEqual(['a@x', 'c@x']);
    // A message of one's own is answered to those who got it.
    expect(to({ from: ['me@x'], to: ['b@x'], cc: ['c@x'] }, 'me@x')).toEqual(['b@x', 'c@x']);
    expect(to({ from: ['me@x'], 'mail-followup-to': ['me@x'], to: ['b@x', 'c@x'] }, 'me@x')).toEqual([
      'b@x',
      'c@x',
    ]);
  });

  test('what is no address is left out', () => {
    const odd = ['', 'x', 'a b@x', 'a@x>', 'a@x,b@x', 'a@', '@x', 'ü@x', 'a@x y', 'a\n@x', '"a"@x'];
    expect(to({ from: ['a@x'], to: odd })).toEqual(['a@x', undefined]);
    const long = (length: number): string => `${'a'.repeat(length - 2)}@x`;
    expect(to({ from: [long(200), long(201)] })).toEqual([long(200), undefined]);
  });
});

describe('names', () => {
  const shown = (name: string): string => replied({}, { from: [{ name, address: 'a@x' }] }).To!;

  test('are atoms, quoted strings or encoded words', () => {
    expect(shown('')).toBe('a@x');
    expect(shown('A  B')).toBe('A B <a@x>');
    expect(shown("O'Hara-X")).toBe("O'Hara-X <a@x>");
    expect(shown('Doe, J')).toBe('"Doe, J" <a@x>');
    expect(shown('a"b\\c')).toBe('"a\\"b\\\\c" <a@x>');
    expect(shown('J. D')).toBe('"J. D" <a@x>');
    // What looks like an encoded word is no word to be decoded again.
    expect(shown('=?UTF-8?Q?x?=')).toBe('"=?UTF-8?Q?x?=" <a@x>');
    expect(shown('Müller')).toBe(`=?UTF-8?B?${Buffer.from('Müller').toString('base64')}?= <a@x>`);
    expect(shown('a\nBcc: x')).toBe('"a Bcc: x" <a@x>');
    expect(shown('x'.repeat(300))).toBe(`${'x'.repeat(200)} <a@x>`);
  });

  test('encoded words have at most 75 characters, and read back as what they were', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('ü', '日', '😀', 'a', ' '), minLength: 1, maxLength: 120 }),
        (name) => {
          const wanted = name.trim().replace(/\s+/g, ' ');
          fc.pre(/[^\x00-\x7f]/.test(wanted));
          const words = shown(name).split(' ').slice(0, -1);
          for (const word of words) expect(word.length).toBeLessThanOrEqual(75);
          const bytes = words.map((word) => Buffer.from(/^=\?UTF-8\?B\?(.*)\?=$/.exec(word)![1]!, 'base64'));
          expect(Buffer.concat(bytes).toString()).toBe(wanted.slice(0, 200));
          // Each is whole characters by itself (RFC 2047, 5).
          for (const part of bytes) expect(part.toString()).not.toContain('\ufffd');
        },
      ),
      { numRuns: 60 },
    );
  });

  test('who replies', () => {
    const from = (text: string | undefined) => replied({}, {}, text).From;
    expect(from(undefined)).toBeUndefined();
    expect(from('a@x')).toBe('a@x');
    expect(from('A B <a@x>')).toBe('A B <a@x>');
    expect(from('<a@x>')).toBe('a@x');
    expect(from('Doe, J <a@x>')).toBe('"Doe, J" <a@x>');
    expect(from('a@x\nBcc: b@x')).toBe('a@x Bcc: b@x');
  });
});

describe('the thread', () => {
  test('what is answered is reported, with what came before it', () => {
    const { 'In-Reply-To': inReplyTo, References: references } = replied({
      'message-id': '<c@x>',
      references: '<a@x>  <b@x> junk <c@x>',
    });
    expect([inReplyTo, references]).toEqual(['<c@x>', '<a@x> <b@x> <c@x>']);
    // Without References what it answered itself stands for them (RFC 5322, 3.6.4).
    expect(replied({ 'message-id': '<c@x>', 'in-reply-to': '<b@x>' }).References).toBe('<b@x> <c@x>');
    expect(replied({ 'message-id': '<c@x>', 'in-reply-to': '<b@x>', references: '<a@x>' }).References).toBe(
      '<a@x> <c@x>',
    );
    expect(replied({ 'message-id': '<c@x>' }).References).toBe('<c@x>');
    for (const fields of [{}, { 'message-id': 'none' }, { 'message-id': '<a b>' }, { references: '<a@x>' }])
      expect(Object.keys(replied(fields as Fields))).not.toContain('References');
  });

  test('twenty before it, and none that is too long', () => {
    const ids = Array.from({ length: 30 }, (_, at) => `<${at}@x>`);
    expect(replied({ 'message-id': '<c@x>', references: ids.join(' ') }).References).toBe(
      [...ids.slice(10), '<c@x>'].join(' '),
    );
    const long = (length: number): string => `<${'a'.repeat(length - 2)}>`;
    expect(replied({ 'message-id': '<c@x>', references: `${long(900)} ${long(901)}` }).References).toBe(
      `${long(900)} <c@x>`,
    );
    expect(replied({ 'message-id': long(900) })['In-Reply-To']).toBe(long(900));
    expect(replied({ 'message-id': long(901) })).not.toHaveProperty('In-Reply-To');
  });

  test('the subject has one Re:', () => {
    const subject = (text?: string) => replied(text === undefined ? {} : { subject: text }).Subject;
    expect(subject('a')).toBe('Re: a');
    expect(subject('Re: a')).toBe('Re: a');
    expect(subject(' RE:re:  Re: a')).toBe('Re: a');
    expect(subject('Reply: a')).toBe('Re: Reply: a');
    expect(subject('a Re: b')).toBe('Re: a Re: b');
    expect(subject()!.trimEnd()).toBe('Re:');
    expect(subject('a\nBcc: b@x')).toBe('Re: a Bcc: b@x');
    expect(subject('grüße, x')).toBe(`Re: =?UTF-8?B?${Buffer.from('grüße').toString('base64')}?=, x`);
    expect(subject('=?UTF-8?Q?=C3=BC?=')).toBe('Re: =?UTF-8?Q?=C3=BC?=');
  });
});

describe('the body', () => {
  const body = (fields: Fields, people: People, quoted: string[] = []): string =>
    replied(fields, people, undefined, quoted).body!;

  test('says who wrote, quotes, and goes on with the report', () => {
    expect(body({ date: 'D' }, { from: [{ name: 'A', address: 'a@x' }] }, ['x', '> y', '', ' z'])).toBe(
      'On D, A wrote:\n> x\n>> y\n>\n>  z\n\nR\n',
    );
    expect(body({}, { from: ['a@x'] })).toBe('a@x wrote:\n\nR\n');
    expect(body({}, {})).toBe('somebody wrote:\n\nR\n');
    expect(body({ date: 'a\nb' }, {})).toBe('On a b, somebody wrote:\n\nR\n');
    expect(body({ date: 'd'.repeat(300) }, { from: ['n'.repeat(300)] })).toBe(
      `On ${'d'.repeat(200)}, ${'n'.repeat(200)} wrote:\n\nR\n`,
    );
  });

  test('is reported to be eight bits wide where it is', () => {
    const encoding = (report: string) => replied({}, {}, undefined, [], report)['Content-Transfer-Encoding'];
    expect([encoding('a\n'), encoding('ü\n')]).toEqual(['7bit', '8bit']);
    expect(replied()['Content-Type']).toBe('text/plain; charset=UTF-8');
    expect(replied()['MIME-Version']).toBe('1.0');
  });
});

test('header lines are folded at 78 characters; a word that is longer stays whole', () => {
  const people = Array.from({ length: 30 }, (_, at) => `somebody.${at}@example.com`);
  const { head } = replied(
    { subject: `${'word '.repeat(60)}${'x'.repeat(100)}` },
    { from: ['a@x'], cc: people },
  );
  for (const line of head!.split('\n'))
    if (!line.includes('xxx')) expect(line.length).toBeLessThanOrEqual(78);
  expect(replied({}, { from: ['a@x'], cc: people }).Cc).toBe(people.join(', '));
  // `To: ` and 74 characters are a whole line.
  const exact = (length: number): string[] =>
    replied({}, { from: ['a@x', `${'b'.repeat(length - 2)}@x`] })
      .head!.split('\n')
      .filter((line) => !/^[SMC]/.test(line));
  // `To: a@x, ` has nine.
  expect([exact(69).length, exact(70).length]).toEqual([1, 2]);
});
