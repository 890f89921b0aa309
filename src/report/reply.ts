/** A report as a reply to a message of a mailing list, as `git send-email` takes it (RFC 5322). */
import type { AnsweredMessage, Mailbox } from '../artifact/text/answered.ts';

/** Header lines are folded to this (RFC 5322, 2.1.1). */
const LINE = 78;
/** The longest Message-ID that is used, in characters: RFC 5322 limits a header line to 998. */
const MOST_ID = 900;
/** The longest name or address, in characters. */
const MOST_NAME = 200;
/** A thread may have hundreds of References; Mutt and Gnus also keep only the last ones. */
const MOST_REFERENCES = 20;

/**
 * The reply: header fields, attribution, the quoted lines, the report. It goes to everybody who got the message.
 * @param from who replies, `Name <address>`; where it is undefined, git send-email adds it
 * @param report ends with a line feed
 */
export function replyTo(answered: AnsweredMessage, report: string, from: string | undefined): string {
  const { fields, quoted } = answered;
  const self = from === undefined ? undefined : personOf(from);
  const id = messageId(fields.get('message-id'));
  const references = (fields.get('references') ?? fields.get('in-reply-to') ?? '').match(/<[^<>\s]+>/g) ?? [];
  const { to, cc } = recipients(answered, self);
  const subject = clean(fields.get('subject') ?? '').replace(/^(?:\s*re:\s*)+/i, '');
  const body = [
    attribution(answered),
    ...quoted.map((line) => (line === '' || line.startsWith('>') ? `>${line}` : `> ${line}`)),
    '',
    report,
  ].join('\n');
  const lines = [
    ...(self === undefined ? [] : [headerLine('From', personText(self))]),
    ...(to.length === 0 ? [] : [headerLine('To', to.map(personText).join(', '))]),
    ...(cc.length === 0 ? [] : [headerLine('Cc', cc.map(personText).join(', '))]),
    headerLine('Subject', encoded(`Re: ${subject}`)),
    ...(id === undefined
      ? []
      : [
          headerLine('In-Reply-To', id),
          headerLine(
            'References',
            [...references.filter((each) => each.length <= MOST_ID).slice(-MOST_REFERENCES), id]
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
function attribution({ fields, people }: AnsweredMessage): string {
  const date = clean(fields.get('date') ?? '').slice(0, MOST_NAME);
  const [who] = people.get('from') ?? [];
  const name = clean(who?.name ?? '') || clean(who?.address ?? '') || 'somebody';
  return `${date === '' ? '' : `On ${date}, `}${name.slice(0, MOST_NAME)} wrote:`;
}

/** A plain SMTP address; anything else in place of an address is left out. */
const ADDRESS = /^[^\s<>()[\]\\,;:@"\x00-\x1f\x7f-\uffff]+@[a-z0-9.-]+$/i;

/**
 * Everybody who got the message, each once, without the one who replies; or the addresses of Mail-Followup-To where the
 * author set it. A list that sent the message without being named in it is included.
 */
function recipients(
  { people }: AnsweredMessage,
  self: Mailbox | undefined,
): { to: Mailbox[]; cc: Mailbox[] } {
  const seen = new Set<string>(self === undefined ? [] : [self.address.toLowerCase()]);
  const fresh = (field: string): Mailbox[] =>
    (people.get(field) ?? []).filter(({ address }) => {
      const key = address.toLowerCase();
      return ADDRESS.test(address) && address.length <= MOST_NAME && !seen.has(key) && seen.add(key);
    });
  const followUp = fresh('mail-followup-to');
  if (followUp.length > 0) return { to: followUp, cc: [] };
  const author = (people.get('reply-to') ?? []).length > 0 ? 'reply-to' : 'from';
  const to = fresh(author);
  const others = [...fresh('to'), ...fresh('cc'), ...fresh('list-post')];
  // A reply to a message of one's own goes to its recipients.
  return to.length > 0 ? { to, cc: others } : { to: others.slice(0, 1), cc: others.slice(1) };
}

/** Parses `Name <address>`. */
function personOf(text: string): Mailbox {
  const [, name = '', address = text] = /^(.*?) *<([^>]+)>/.exec(text) ?? [];
  return { name: clean(name), address: clean(address) };
}

/** `Name <address>`, the name as an atom, a quoted string or encoded words. */
function personText({ name, address }: Mailbox): string {
  const shown = clean(name).replace(/\s+/g, ' ').slice(0, MOST_NAME);
  if (shown === '') return address;
  if (/[^\x00-\x7f]/.test(shown)) return `${encodedWords(shown)} <${address}>`;
  // An encoded word of the input must not be decoded again.
  if (/^[\w!#$%&'*+/^`{|}~ -]+$/.test(shown)) return `${shown} <${address}>`;
  return `"${shown.replace(/[\\"]/g, '\\$&')}" <${address}>`;
}

function messageId(field: string | undefined): string | undefined {
  const id = /<[^<>\s]+>/.exec(field ?? '')?.[0];
  return id === undefined || id.length > MOST_ID ? undefined : id;
}

/** Removes line breaks, so that a field of a hostile message can't begin another one. */
function clean(field: string): string {
  return field.replace(/[\x00-\x1f\x7f]+/g, ' ').trim();
}

/** Encodes words that aren't ASCII (RFC 2047); encoded words stay. */
function encoded(field: string): string {
  return field.replace(/[^\s<>,;"]*[^\x00-\x7f][^\s<>,;"]*/g, encodedWords);
}

/** A text as encoded words of UTF-8. */
function encodedWords(text: string): string {
  // 45 bytes of UTF-8 are 60 characters of base64: an encoded word has at most 75.
  return chunks(text, 45)
    .map((part) => `=?UTF-8?B?${Buffer.from(part, 'utf8').toString('base64')}?=`)
    .join(' ');
}

/** Splits a text into pieces of at most `bytes` bytes of UTF-8, between characters. */
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

/** A header field, folded at blanks; a word that is longer than a line stays whole. */
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
