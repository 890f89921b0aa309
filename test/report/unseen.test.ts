/** Characters that nobody sees, in every medium: none comes out as it is. */
import { describe, expect, test } from 'vitest';
import { escapeControls, escapeCsv, escapeHtml, escapeToAscii, toJsonText } from '../../src/bytes/escape.ts';
import { code, type Document } from '../../src/report/document.ts';
import { printJson, printJsonLine } from '../../src/report/formats/json-parts.ts';
import { renderMail } from '../../src/report/formats/mail.ts';
import { renderMarkdown } from '../../src/report/formats/markdown.ts';
import { renderText } from '../../src/report/formats/text.ts';

/** All of Unicode's controls, format characters, separators, and those that a font may leave out (DerivedCoreProperties). */
const UNSEEN = Array.from({ length: 0x110000 }, (_, code) => code)
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code))
  .filter((character) =>
    [/\p{Cc}/u, /\p{Cf}/u, /\p{Zl}/u, /\p{Zp}/u, /\p{Default_Ignorable_Code_Point}/u].some((kind) =>
      kind.test(character),
    ),
  );
/** Spaces of other widths, the blank of Braille, private characters, halves of pairs. */
const OTHERS = ['\u00a0', '\u3000', '\u2800', '\ue000', '\u{10fffd}', '\ud800', '\udfff'];
const ALL = [...UNSEEN, ...OTHERS];

/** Those that are in a text as they are; line ends are the medium's own. */
function seenIn(text: string): string[] {
  const inText = new Set(text);
  return ALL.filter((character) => character !== '\n' && inText.has(character));
}

test('there are thousands of them, the known ones among them', () => {
  expect(UNSEEN.length).toBeGreaterThan(4000);
  for (const known of [
    '\u0085',
    '\u2028',
    '\u2029',
    '\u3164',
    '\uffa0',
    '\u115f',
    '\ufe0f',
    '\u{e0100}',
    '\u{e0041}',
    '\u202e',
  ])
    expect(UNSEEN).toContain(known);
});

const TEXT = `a${ALL.join('b')}c`;
const DOCUMENT: Document = [
  { kind: 'title', text: [{ text: TEXT, tone: 'strong' }] },
  { kind: 'heading', text: TEXT },
  { kind: 'list', items: [{ text: [TEXT, code(TEXT)], below: [{ text: TEXT }] }] },
  { kind: 'facts', rows: [{ label: TEXT, text: TEXT }] },
  { kind: 'table', columns: [{ title: TEXT }], rows: [[[code(TEXT)]]] },
  { kind: 'lines', lines: [TEXT] },
];

describe('none is in', () => {
  test.each<[string, () => string]>([
    ['text', () => renderText(DOCUMENT, { color: false, width: 80 })],
    ['Markdown', () => renderMarkdown(DOCUMENT)],
    ['mail', () => renderMail(DOCUMENT)],
    ['JSON', () => printJson({ [TEXT]: TEXT })],
    ['ndjson', () => printJsonLine({ [TEXT]: TEXT })],
    ['HTML', () => escapeHtml(TEXT)],
    ['CSV', () => escapeCsv(TEXT)],
    ['a line of a terminal', () => escapeControls(TEXT)],
    ['ASCII', () => escapeToAscii(TEXT)],
  ])('%s', (_, print) => {
    expect(seenIn(print())).toEqual([]);
  });

  test('and each of them is shown', () => {
    for (const character of ALL)
      expect(escapeControls(character)).toMatch(/^\\x[0-9a-f]{2}$|^\\u\{[0-9a-f]+\}$/);
  });
});

test('JSON reads back as what it was, on as many lines as it has', () => {
  expect(JSON.parse(toJsonText({ [TEXT]: [TEXT, '日本 ü😀'] }))).toEqual({ [TEXT]: [TEXT, '日本 ü😀'] });
  expect(JSON.parse(toJsonText({ a: { b: TEXT } }, 2))).toEqual({ a: { b: TEXT } });
  // Python's str.splitlines splits at these.
  expect(toJsonText(TEXT).split(/[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/)).toHaveLength(1);
  expect(toJsonText('日本 ü😀')).toBe('"日本 ü😀"');
});
