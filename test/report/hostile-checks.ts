/** Hostile strings, and what a reader of each medium would see of them. */
import { Parser } from 'htmlparser2';
import MarkdownIt from 'markdown-it';
import PostalMime from 'postal-mime';
import { expect } from 'vitest';
import { faultsOf } from './results/sarif-schema.ts';
import { commandsOf } from './results/workflow-commands.ts';

export const HOSTILE = [
  '</script><img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  ']]><!--',
  "' onmouseover='alert(1)",
  '\u001b[31mred\u001b]0;title\u0007',
  '\u202egnp.exe',
  'line\n::set-output name=a::b',
  '::error::%0A::add-mask::x',
  '##[add-mask]x ##vso[task.setvariable]x',
  '[click](https://evil.example/) ![x](https://evil.example/x.png)',
  '`code` | cell | <details>',
  '@maintainer #1 https://evil.example/',
  'Signed-off-by: A <a@evil.example>',
  `{{0}} {0} \${{ github.token }}`,
  '\u00ff\u0085\u2028',
];

export const UNSEEN = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** Elements and attributes, as a browser's parser finds them. */
function markup(
  text: string,
  xmlMode: boolean,
): { readonly elements: string[]; readonly attributes: string[] } {
  const [elements, attributes]: [string[], string[]] = [[], []];
  const parser = new Parser(
    {
      onopentag(name, all) {
        elements.push(name);
        for (const [attribute, value] of Object.entries(all)) {
          attributes.push(attribute);
          if (/^(?:href|src|xlink:href)$/.test(attribute)) expect(value).toMatch(/^#|^data:/);
        }
      },
    },
    { xmlMode },
  );
  parser.end(text);
  return { elements, attributes };
}

const reader = new MarkdownIt({ html: true, linkify: true });
reader.linkify.set({ fuzzyLink: false });

export type Check = (shown: string, plain: string) => void | Promise<void>;

const noCommands: Check = (shown) => expect(commandsOf(shown)).toEqual([]);
const asJson: Check = (shown) => {
  noCommands(shown, '');
  expect(shown).not.toMatch(UNSEEN);
  for (const line of shown.trim().split(/\n(?=\{)/)) JSON.parse(line);
};
const asMarkup =
  (xmlMode: boolean): Check =>
  (shown, plain) => {
    noCommands(shown, '');
    const [found, ours] = [markup(shown, xmlMode), markup(plain, xmlMode)];
    const script = (elements: readonly string[]): number =>
      elements.filter((name) => name === 'script').length;
    expect(script(found.elements)).toBe(script(ours.elements));
    expect(
      found.elements.filter((name) =>
        /^(?:img|iframe|object|embed|link|base|form|image|foreignobject)$/i.test(name),
      ),
    ).toEqual(
      ours.elements.filter((name) =>
        /^(?:img|iframe|object|embed|link|base|form|image|foreignobject)$/i.test(name),
      ),
    );
    expect(found.attributes.filter((name) => /^on/i.test(name) && !ours.attributes.includes(name))).toEqual(
      [],
    );
  };

/** For each format: what stands in a report of hostile strings, beside one of the same kind without them. */
export const CHECKS: Readonly<Record<string, Check>> = {
  text: (shown) => {
    noCommands(shown, '');
    expect(shown).not.toMatch(UNSEEN);
  },
  mail: async (shown) => {
    noCommands(shown, '');
    expect(shown).toMatch(/^[\x20-\x7e\n]*$/);
    expect(shown).not.toMatch(/^\s*(?:signed-off|reviewed|acked|tested)-by:/im);
    // Behind a header it stays the body.
    const { text } = await PostalMime.parse(`Subject: x\n\n${shown}`);
    expect(text?.trim()).toBe(shown.trim());
  },
  markdown: (shown) => {
    noCommands(shown, '');
    expect(shown).not.toMatch(UNSEEN);
    const tokens = reader.parse(shown, {}).flatMap((token) => [token, ...(token.children ?? [])]);
    expect(
      tokens
        .map(({ type }) => type)
        .filter((type) => /^(?:link_open|image|html_inline|hr|blockquote_open)$/.test(type)),
    ).toEqual([]);
    for (const { type, content } of tokens)
      if (type === 'html_block')
        expect(content.trim()).toMatch(/^(?:<\/?details>|<summary>[^<]*<\/summary>|\s)*$/);
  },
  html: asMarkup(false),
  svg: asMarkup(true),
  json: asJson,
  ndjson: asJson,
  sarif: (shown) => {
    asJson(shown, '');
    const log = JSON.parse(shown);
    expect(faultsOf(log)).toEqual([]);
    for (const { message } of log.runs[0].results) {
      expect(message.text).not.toMatch(/\]\(/);
      expect(message.text).not.toMatch(UNSEEN);
    }
  },
  github: (shown) => {
    const lines = shown
      .trim()
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('fwmap: '));
    const commands = commandsOf(shown);
    expect(commands).toHaveLength(lines.length);
    for (const { name, data, properties } of commands) {
      expect(['error', 'warning', 'notice']).toContain(name);
      expect(data).not.toMatch(/[\n\r\u001b]/);
      expect(
        Object.keys(properties).filter((each) => !/^(?:file|line|endLine|col|endColumn|title)$/.test(each)),
      ).toEqual([]);
    }
  },
};
