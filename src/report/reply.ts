/** A report as a reply to a message of a list: what `git send-email` takes (RFC 5322). */
import type { AnsweredMessage } from '../artifact/text/answered.ts';

/** Header lines are folded to this (RFC 5322, 2.1.1). */
const LINE = 78;
/** A thread's References may name hundreds; these are enough to be put in their place, as Mutt and Gnus do it. */
const MOST_REFERENCES = 20;

/**
 * The reply: header fields, attribution, the quoted lines, the report. Everybody who got the message gets it.
 * @param from who replies, `Name <address>`; undefined where nobody said: git send-email adds it
 * @param report ends with a line feed
 */
export function replyTo(
  { fields, quoted }: AnsweredMessage,
  report: string,
  from: string | undefined,
): string {
  const id = messageId(fields.get('message-id'));
  const references = (fields.get('references') ?? fields.get('in-reply-to') ?? '').match(/<[^<>\s]+>/g) ?? [];
  const subject = clean(fields.get('subject') ?? '').replace(/^(?:\s*re:\s*)+/i, '');
  const others = [fields.get('to'), fields.get('cc')]
    .map((field) => clean(field ?? ''))
    .filter((field) => field !== '');
  const body = [
    attribution(fields),
    ...quoted.map((line) => (line === '' || line.startsWith('>') ? `>${line}` : `> ${line}`)),
    '',
    report,
  ].join('\n');
  const lines = [
    ...(from === undefined ? [] : [headerLine('From', encoded(from))]),
    headerLine('To', encoded(clean(fields.get('reply-to') ?? fields.get('from') ?? ''))),
    ...(others.length === 0 ? [] : [headerLine('Cc', encoded(others.join(', ')))]),
    headerLine('Subject', encoded(`Re: ${subject}`)),
    ...(id === undefined
      ? []
      : [
          headerLine('In-Reply-To', id),
          headerLine(
            'References',
            [...references.slice(-MOST_REFERENCES), id]
              .filter((each, index, all) => all.indexOf(each) === index)
              .join(' '),
          ),
        ]),
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=UTF-8',
    `Content-Transfer-Encoding: ${/[^\x00-\x7f]/.test(body) ? '8bit' : '7bit'}`,
  ];
  return `${lines.join('\n')}\n\n${body}`;
}

/** `On Thu, 26 Nov 2026 …, A B wrote:` */
function attribution(fields: AnsweredMessage['fields']): string {
  const date = clean(fields.get('date') ?? '');
  const from = decoded(
    clean(fields.get('from') ?? '')
      .replace(/\s*<[^>]*>\s*$/, '')
      .replace(/^"(.*)"$/, '$1'),
  );
  return `${date === '' ? '' : `On ${date}, `}${from === '' ? 'somebody' : from} wrote:`;
}

function messageId(field: string | undefined): string | undefined {
  return /<[^<>\s]+>/.exec(field ?? '')?.[0];
}

/** A field of a hostile message can't begin another one. */
function clean(field: string): string {
  return field.replace(/[\x00-\x1f\x7f]+/g, ' ').trim();
}

/** Words that aren't ASCII as encoded words (RFC 2047); what is encoded already stays. */
function encoded(field: string): string {
  return field.replace(/[^\s<>,;"]*[^\x00-\x7f][^\s<>,;"]*/g, (word) =>
    // 45 bytes of UTF-8 are 60 characters of base64: an encoded word has at most 75.
    chunks(word, 45)
      .map((part) => `=?UTF-8?B?${Buffer.from(part, 'utf8').toString('base64')}?=`)
      .join(' '),
  );
}

/** Pieces of at most so many bytes of UTF-8, characters whole. */
function chunks(text: string, bytes: number): string[] {
  const parts: string[] = [];
  let part = '';
  for (const character of text) {
    if (Buffer.byteLength(part + character, 'utf8') > bytes) {
      parts.push(part);
      part = '';
    }
    part += character;
  }
  return part === '' ? parts : [...parts, part];
}

/** Encoded words of UTF-8 as text; others as they are. */
function decoded(text: string): string {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?(b|q)\?([^?]*)\?=/gi, (_, how: string, word: string) =>
      how.toLowerCase() === 'b'
        ? Buffer.from(word, 'base64').toString('utf8')
        : Buffer.from(
            word
              .replaceAll('_', ' ')
              .replace(/=([0-9a-f]{2})/gi, (_all, hex: string) =>
                String.fromCharCode(Number.parseInt(hex, 16)),
              ),
            'latin1',
          ).toString('utf8'),
    )
    .replace(/[\x00-\x1f\x7f]+/g, ' ');
}

/** Folded at blanks; a word that is longer than a line stays whole. */
function headerLine(name: string, value: string): string {
  const lines: string[] = [];
  let line = `${name}:`;
  for (const word of value.split(/\s+/)) {
    if (line.length + 1 + word.length > LINE && line.trim() !== `${name}:`) {
      lines.push(line);
      line = '';
    }
    line += ` ${word}`;
  }
  return [...lines, line].join('\n');
}
