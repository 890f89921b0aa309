/** Mails and mailboxes, part by part (RFC 5322, RFC 2045, RFC 4155). */
import { describe, expect, test } from 'vitest';
import { isMail, sniffKind } from '../../../src/artifact/sniff.ts';
import { type MailPart, mailParts, messagesOf } from '../../../src/artifact/text/mail.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { withLimits } from '../../../src/limits/limits.ts';

/** The parts of a mail as texts, and what is said of it. */
async function partsOf(mail: string) {
  const bytes = new Uint8Array(Buffer.from(mail, 'latin1'));
  const sink = new DiagnosticList();
  const parts: {
    readonly is: MailPart['is'];
    readonly name: string;
    readonly text: string;
    readonly at?: { readonly offset: number; readonly linesBefore: number };
  }[] = [];
  for await (const { bytes: content, ...part } of mailParts(bytes, mail, 'm', sink))
    parts.push({ ...part, text: Buffer.from(content).toString('latin1') });
  return { parts, said: sink.all.map(({ code }) => code) };
}
const texts = async (mail: string): Promise<string[]> =>
  (await partsOf(mail)).parts.map(({ text }) => text.replace(/\s+$/, ''));

describe('a mailbox', () => {
  const split = (text: string): string[] => messagesOf(text).map(([start, end]) => text.slice(start, end));

  test('begins with a separator; anything else is one message', () => {
    expect(split('')).toEqual(['']);
    expect(split('From: a\n\nFrom b\nX: c\n')).toEqual(['From: a\n\nFrom b\nX: c\n']);
    expect(split(' From a\nX: y\n\nFrom b\nX: c\n')).toHaveLength(1);
  });

  test('has a separator behind a blank line and before header fields', () => {
    const one = 'From a@b Tue\nX: y\n\nbody\n\n';
    const two = 'From c@d Wed\nX-Mine: y\n\nbody\n';
    expect(split(one + two)).toEqual([one, two]);
    expect(split((one + two).replaceAll('\n', '\r\n'))).toHaveLength(2);
    expect(split(`${one}${two}\n${two}`)).toHaveLength(3);
    // Words that begin as one does, in the text of a message.
    expect(split(`${one}From what I see\nit works.\n`)).toHaveLength(1);
    expect(split(`${one}From c@d Wed\n: y\n`)).toHaveLength(1);
    expect(split(`${one}>From c@d Wed\nX: y\n`)).toHaveLength(1);
    expect(split('From a@b Tue\nX: y\n\nbody\nFrom c@d Wed\nX: y\n')).toHaveLength(1);
  });
});

describe('a mailbox of bare messages', () => {
  /** The form of RFC 4155, Appendix A: an address, and a date as asctime writes it. */
  const LINE = 'From lab@example.org Mon Jan  1 00:00:00 2024\n';
  const messages: readonly (readonly [string, string])[] = [
    ['no header fields', `${LINE}\n`],
    ['nothing between separator and body', LINE],
    ['one header field', `${LINE}Subject: tree\n\n`],
    ['two header fields', `${LINE}From: lab@example.org\nSubject: tree\n\n`],
    ['a separator with a zone', `${LINE.replace('2024', '+0100 2024')}\n`],
  ];

  test.each(messages)('%s', async (_, head) => {
    for (const end of ['\n', '\r\n']) {
      const box = `${head}/dts-v1/;\n\none\n\n${head}/dts-v1/;\n\ntwo\n\n`.replaceAll('\n', end);
      expect(isMail(box)).toBe(true);
      const { parts } = await partsOf(box);
      expect(parts.map(({ text }) => text.replaceAll('\r', '').trimEnd())).toEqual([
        '/dts-v1/;\n\none',
        '/dts-v1/;\n\ntwo',
      ]);
      expect(parts.map(({ at }) => at?.offset)).toEqual([box.indexOf('/dts'), box.lastIndexOf('/dts')]);
    }
  });

  test.each([
    ['behind a comment', `/*\n\n${LINE}Subject: x\n*/\n/dts-v1/;\n/ { };\n`],
    ['in a comment', `/dts-v1/;\n/*\n\n${LINE}Subject: x\n*/\n/ { };\n`],
    ['words at the start', 'From here on:\n\n/dts-v1/;\n/ { };\n'],
    ['words with an hour', 'From lab at 10:00 on:\n\n/dts-v1/;\n/ { };\n'],
  ])('is none where a tree has such a line: %s', (_, text) => {
    expect(isMail(text)).toBe(false);
    expect(sniffKind(Buffer.from(text))).toBe('dts');
  });
});

describe('a body that stands there as it was written', () => {
  const HEAD = 'From: a\nTo: b\n';

  test('has its place', async () => {
    expect((await partsOf(`${HEAD}\none\ntwo\n`)).parts).toEqual([
      // Two header lines and the empty one: 8 + 6 + 1 bytes.
      {
        is: 'text',
        message: 'at 0',
        name: 'text/plain',
        text: 'one\ntwo\n',
        at: { offset: 15, linesBefore: 3 },
      },
    ]);
    const crlf = `${HEAD}\none\n`.replaceAll('\n', '\r\n');
    expect((await partsOf(crlf)).parts[0]!.at).toEqual({ offset: crlf.indexOf('one'), linesBefore: 3 });
  });

  test('of each message of a mailbox, the lines of those before it counted', async () => {
    const message = (name: string): string => `From a\nX: y\n\n${name}\nmore\n\n`;
    const box = message('one') + message('two') + message('three');
    // Each message has six lines, three of them before its body.
    expect((await partsOf(box)).parts.map(({ text, at }) => [text, at])).toEqual([
      ['one\nmore\n\n', { offset: box.indexOf('one'), linesBefore: 3 }],
      ['two\nmore\n\n', { offset: box.indexOf('two'), linesBefore: 9 }],
      ['three\nmore\n\n', { offset: box.indexOf('three'), linesBefore: 15 }],
    ]);
  });

  test('is empty where there is none, and that of a message is not that of the next', async () => {
    expect(await texts(HEAD)).toEqual(['']);
    expect(await texts('From a\nX: y\n\nFrom b\nX: z\n\nbody\n')).toEqual(['', 'body']);
  });

  test.each([
    ['Content-Type: text/plain\n', true],
    ['content-type:TEXT/PLAIN; charset=utf-8\n', true],
    ['Content-Type: text/plain\nContent-Transfer-Encoding: 8BIT\n', true],
    ['Content-Transfer-Encoding: 7bit\n', true],
    ['Content-Transfer-Encoding:\tbinary\n', true],
    ['Content-Transfer-Encoding: quoted-printable\n', false],
    ['Content-Transfer-Encoding: base64; x\n', false],
    ['Content-Type: text/html\n', false],
    ['Content-Type: text/plain-ish\n', false],
    // Another field's words are not this one's.
    ['X-Content-Type: text/html\n', true],
    ['X-Note: Content-Transfer-Encoding: base64\n', true],
  ])('with %j: %s', async (fields, is) => {
    const { parts } = await partsOf(`${HEAD}${fields}\nbody\n`);
    expect(parts.some(({ at }) => at !== undefined)).toBe(is);
  });
});

describe('parts', () => {
  const HEAD = 'From: a\nMIME-Version: 1.0\n';
  const part = (headers: string, content: string): string => `--B\n${headers}\n\n${content}\n`;
  const mixed = (...parts: string[]): string =>
    `${HEAD}Content-Type: multipart/mixed; boundary="B"\n\n${parts.join('')}--B--\n`;
  const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');
  const attached = (name: string, content: string, encoding = 'base64'): string =>
    part(
      `Content-Type: application/x-thing; name="${name}"\nContent-Transfer-Encoding: ${encoding}\nContent-Disposition: attachment; filename="${name}"`,
      content,
    );

  test('are decoded, each by its encoding (RFC 2045, 6.7 and 6.8)', async () => {
    const all = '\0\x01\xff\r\n\x80abc';
    const { parts, said } = await partsOf(
      mixed(
        part('Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable', 'a=3Db=\nc'),
        attached('x.bin', base64(all)),
        attached('y.txt', 'plain\nlines\n', '7bit'),
        attached('z.txt', 'a=3Db=\nc', 'quoted-printable'),
      ),
    );
    expect(said).toEqual([]);
    // Whether the line end before a boundary belongs to the part or to the boundary makes no difference here.
    expect(parts.map(({ is, name, text }) => [is, name, text.replace(/\n+$/, '')])).toEqual([
      ['text', 'text/plain', 'a=bc'],
      ['attachment', 'x.bin', all],
      ['attachment', 'y.txt', 'plain\nlines'],
      ['attachment', 'z.txt', 'a=bc'],
    ]);
    expect(parts[1]).toMatchObject({ type: 'application/x-thing' });
  });

  test('of base64 in lines of any length, with what a unit leaves over', async () => {
    const content = Array.from({ length: 500 }, (_, at) => String.fromCharCode(at % 256)).join('');
    for (const width of [1, 3, 5, 76]) {
      const lines = base64(content)
        .match(new RegExp(`.{1,${width}}`, 'g'))!
        .join('\n');
      expect((await partsOf(mixed(attached('x', lines)))).parts[0]!.text).toBe(content);
    }
  });

  test('without a name are called by their type', async () => {
    const { parts } = await partsOf(
      mixed(part('Content-Type: application/pdf\nContent-Disposition: attachment', 'x')),
    );
    expect(parts.map(({ name }) => name)).toEqual(['application/pdf']);
  });

  test('text comes before HTML, and what is empty is none', async () => {
    const html = part('Content-Type: text/html', '<p>b</p>');
    const plain = part('Content-Type: text/plain', 'a');
    const names = async (mail: string) =>
      (await partsOf(mail)).parts.map(({ name, text }) => [name, text.trim()]);
    expect(await names(mixed(plain, html))).toEqual([
      ['text/plain', expect.stringMatching(/^a/)],
      ['text/html', expect.stringContaining('b')],
    ]);
    expect(await names(`${HEAD}Content-Type: text/html\n\n<p>b</p>\n`)).toContainEqual(['text/html', 'b']);
    expect(await names(mixed(part('Content-Type: text/plain', ' \n'), attached('x', base64('y'))))).toEqual([
      ['x', 'y'],
    ]);
  });

  test('a message inside is an attachment of its own', async () => {
    const inner = 'From: c\nSubject: d\n\nbody\n';
    const { parts } = await partsOf(mixed(part('Content-Type: message/rfc822', inner)));
    expect(parts.map(({ is, text }) => [is, text.trim()])).toEqual([['attachment', inner.trim()]]);
  });

  test('no more attachments than the limit, which is reported', async () => {
    const mail = mixed(attached('a', base64('1')), attached('b', base64('2')), attached('c', base64('3')));
    await withLimits({ 'mail-attachments': 3 }, async () => {
      expect(await partsOf(mail)).toMatchObject({ parts: { length: 3 }, said: [] });
    });
    await withLimits({ 'mail-attachments': 2 }, async () => {
      expect(await partsOf(mail)).toMatchObject({ parts: { length: 2 }, said: ['artifact/mail-parts'] });
    });
    // Texts are no attachments.
    await withLimits({ 'mail-attachments': 1 }, async () => {
      const both = mixed(part('Content-Type: text/plain', 'a'), attached('a', base64('1')));
      expect((await partsOf(both)).said).toEqual([]);
    });
  });

  test('elements of HTML that nest too deep are cut, which is reported', async () => {
    const html = (deep: number): string =>
      `${HEAD}Content-Type: text/html\n\n${'<i>\n'.repeat(deep)}x${'y '.repeat(20_000)}\n`;
    await withLimits({ 'html-depth': 9 }, async () => {
      expect((await partsOf(html(9))).said).toEqual([]);
      expect((await partsOf(html(10))).said).toEqual(['container/limit']);
    });
  });

  test('what is no character of a text is reported', async () => {
    const mail = (bytes: string): string =>
      `${HEAD}Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\na ${bytes}\n`;
    expect((await partsOf(mail('=C3=BC'))).said).toEqual([]);
    expect((await partsOf(mail('=C3'))).said).toEqual(['artifact/mail-damaged']);
  });

  test('a message whose last boundary is missing is cut', async () => {
    const said = async (mail: string) => (await partsOf(mail)).said;
    const whole = mixed(attached('x', base64('y')));
    expect(await said(whole)).toEqual([]);
    expect(await said(whole.replaceAll('\n', '\r\n'))).toEqual([]);
    expect(await said(whole.replace('--B--\n', '--B-- \t\n'))).toEqual([]);
    expect(await said(whole.replace('--B--', ''))).toEqual(['artifact/mail-cut']);
    expect(await said(whole.replace('--B--', '--C--'))).toEqual(['artifact/mail-cut']);
    expect(await said(whole.replace('--B--', 'x--B--'))).toEqual(['artifact/mail-cut']);
    expect(await said(whole.replace('"B"', 'B'))).toEqual([]);
    expect(await said(whole.replace('"B"', 'B').replace('--B--', ''))).toEqual(['artifact/mail-cut']);
    // Of parts in parts each has its own end, which stands behind its beginning.
    const inner = part(
      'Content-Type: multipart/alternative; boundary="I"',
      '--I\nContent-Type: text/plain\n\na\n--I--',
    );
    expect(await said(mixed(inner))).toEqual([]);
    expect(await said(mixed(inner.replace('--I--', '')))).toEqual(['artifact/mail-cut']);
    expect(await said(`--B--\n${whole.replace('--B--', '')}`.replace('--B--\n', 'X: y\n'))).toEqual([
      'artifact/mail-cut',
    ]);
  });
});
