/** Names from firmware are untrusted: what they may do in each medium is nothing. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { code, type Document, type Text } from '../../src/report/document.ts';
import { renderMail } from '../../src/report/formats/mail.ts';
import { codeSpan, escapeMarkdown, renderMarkdown } from '../../src/report/formats/markdown.ts';
import { renderText } from '../../src/report/formats/text.ts';
import { run } from '../cli/fake-io.ts';

const HOSTILE = [
  '\u001b[31mred\u001b[0m',
  '\u001b]0;title\u0007',
  'a\rb\nc\td',
  '\u202egnp.exe\u202c',
  '\u200bhidden\ufeff',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '[click](https://example.org/)',
  '![pixel](https://example.org/x.png)',
  'https://example.org/',
  'www.example.org',
  '@maintainer #1234',
  '`code` ``more``',
  '**bold** _it_ ~~gone~~',
  'a | b | c',
  '| --- |',
  '--></details>',
  '&lt;b&gt; &#64;',
  '# heading',
  '> quote',
  '1. one',
  '- item',
  '+ item',
  '---',
  '```',
  '    indented',
  'Signed-off-by: A <a@example.org>',
  'Reviewed-by: A <a@example.org>',
  '$HOME $(id) :smile:',
  '\\_SB.PCI0\\',
  'x'.repeat(200),
  'Grüße 日本',
];

function everyPlace(text: string): Document {
  const inCode: Text = [code(text)];
  return [
    { kind: 'title', text },
    { kind: 'heading', text },
    { kind: 'paragraph', text: [text, ' ', code(text)] },
    { kind: 'facts', rows: [{ label: 'Label', text }] },
    { kind: 'list', items: [{ text, below: [{ text: inCode }, { text: [{ text, tone: 'strong' }] }] }] },
    { kind: 'table', columns: [{ title: 'a' }, { title: 'b' }], rows: [[text, inCode]] },
    { kind: 'lines', lines: [text] },
  ];
}

const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

function textIsSafe(document: Document): void {
  for (const color of [false, true]) {
    const shown = renderText(document, { color, width: 80 });
    // Our own colours are all the control sequences there are.
    const bare = shown.replace(/\u001b\[\d+m/g, color ? '' : 'COLOUR').replaceAll('\n', '');
    expect(CONTROLS.test(bare)).toBe(false);
    expect(shown).not.toContain('COLOUR');
  }
}

function mailIsSafe(document: Document): void {
  const shown = renderMail(document);
  expect(shown).toMatch(/^[\x20-\x7e\n]*$/);
  for (const line of shown.split('\n')) {
    expect(line.length).toBeLessThanOrEqual(72);
    expect(line).not.toMatch(/^\s*(?:\* |- )?(?:signed-off|reviewed|acked|tested)-by:/i);
  }
}

/** Everything that GitHub renders, and links made of bare addresses. */
const reader = new MarkdownIt({ html: true, linkify: true, typographer: false });
// GitHub takes `a.la` for no address.
reader.linkify.set({ fuzzyLink: false });

/** Kinds of tokens that text could make and that we never write. */
const FORBIDDEN = new Set([
  'html_block',
  'html_inline',
  'link_open',
  'image',
  's_open',
  'em_open',
  'hr',
  'blockquote_open',
  'ordered_list_open',
  'code_block',
]);

function markdownIsSafe(document: Document): void {
  const shown = renderMarkdown(document);
  expect(CONTROLS.test(shown.replaceAll('\n', ''))).toBe(false);
  const tokens = reader.parse(shown, {});
  const kinds = tokens.flatMap((token) => [token.type, ...(token.children ?? []).map((child) => child.type)]);
  expect(kinds.filter((kind) => FORBIDDEN.has(kind))).toEqual([]);
  // The blocks are those of the document: one title, one heading, one table with one row of two cells, one block of lines.
  const count = (kind: string): number => kinds.filter((found) => found === kind).length;
  expect([
    count('heading_open'),
    count('table_open'),
    count('tr_open'),
    count('td_open'),
    count('fence'),
  ]).toEqual([2, 1, 2, 2, 1]);
  for (const token of tokens)
    for (const child of token.children ?? [])
      if (child.type === 'text') expect(child.content).not.toMatch(/@[a-z]/i);
}

describe.each(HOSTILE.map((text) => [JSON.stringify(text), text]))('%s', (_name, text) => {
  test('text', () => textIsSafe(everyPlace(text)));
  test('mail', () => mailIsSafe(everyPlace(text)));
  test('Markdown', () => markdownIsSafe(everyPlace(text)));
});

describe('any text', () => {
  const piece = fc.oneof(
    fc.constantFrom(...HOSTILE),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({ maxLength: 12 }),
  );
  const text = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(''));

  test('is safe in text and mail', () => {
    fc.assert(
      fc.property(text, (hostile) => {
        textIsSafe(everyPlace(hostile));
        mailIsSafe(everyPlace(hostile));
      }),
      // A word that is broken before a tag.
      { numRuns: 300, examples: [[`${'\u{10000}'.repeat(7)}0Signed-off-by: A <a@example.org>`]] },
    );
  });

  test('is safe in Markdown', () => {
    fc.assert(
      fc.property(text, (hostile) => markdownIsSafe(everyPlace(`x${hostile}`))),
      { numRuns: 300 },
    );
  });

  test('reads in Markdown as it was written', () => {
    const plain = fc
      .string({ unit: fc.constantFrom(...'ab`*_[]()#+-!|~<>&\\./:'), maxLength: 20 })
      .map((inner) => `x${inner}x`);
    fc.assert(
      fc.property(plain, (written) => {
        const [inline] = new MarkdownIt({ html: true }).parseInline(escapeMarkdown(written), {});
        const read = (inline?.children ?? []).map((token) => token.content).join('');
        expect(read.replaceAll('\u200b', '')).toBe(written);
        const [span] = new MarkdownIt({ html: true }).parseInline(codeSpan(written), {});
        expect(span?.children?.map((token) => [token.type, token.content])).toEqual([
          ['code_inline', written],
        ]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a device tree with hostile names', () => {
  const root = mkdtempSync(join(tmpdir(), 'fwmap-hostile-'));
  afterAll(() => rmSync(root, { recursive: true }));
  const NAMES = ['\u001b[2Jvmbus', '<b>vmbus', '`|[x](y)', '@all', 'ünï', '\u202evmbus'];

  beforeAll(() => {
    writeFileSync(join(root, '#address-cells'), Buffer.of(0, 0, 0, 2));
    writeFileSync(join(root, '#size-cells'), Buffer.of(0, 0, 0, 1));
    for (const name of NAMES) {
      const node = join(root, name);
      mkdirSync(node, { recursive: true });
      writeFileSync(join(node, 'compatible'), 'microsoft,vmbus\0');
      writeFileSync(join(node, '#address-cells'), Buffer.of(0, 0, 0, 2));
      writeFileSync(join(node, '#size-cells'), Buffer.of(0, 0, 0, 1));
      // 2/2/1: child and parent 0xff0000000, size 0x10000000.
      writeFileSync(join(node, 'ranges'), Buffer.from('0000000ff00000000000000ff000000010000000', 'hex'));
    }
  });

  test.each(['sysfb', 'windows', 'resources', 'explain'])('%s', async (command) => {
    for (const format of ['text', 'mail', 'markdown']) {
      const { status, stdout, stderr } = await run([command, root, '--format', format]);
      expect([format, status]).toEqual([format, 0]);
      expect(stdout).not.toMatch(CONTROLS_BUT_LINES);
      expect(stderr).not.toMatch(CONTROLS_BUT_LINES);
      if (format === 'mail') expect(stdout).toMatch(/^[\x20-\x7e\n]*$/);
      if (format === 'markdown') {
        const kinds = reader
          .parse(stdout.replace(OWN_MARKUP, ''), {})
          .flatMap((token) => [token.type, ...(token.children ?? []).map((child) => child.type)]);
        expect(kinds.filter((kind) => FORBIDDEN.has(kind))).toEqual([]);
      }
    }
    // JSON carries the names as they are, and is parsed as what it is.
    const { stdout } = await run([command, root, '--format', 'json']);
    expect(JSON.stringify(JSON.parse(stdout))).toContain('vmbus');
  });
});

/** What is folded, and the numbered sources at the end. */
const OWN_MARKUP = /^<details>\n<summary>[\w ]+<\/summary>\n|^<\/details>$|^\d+\. /gm;
const CONTROLS_BUT_LINES = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;
