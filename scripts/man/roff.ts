/** Pieces of manual pages, in the man macros of groff and mandoc (groff_man(7)). */

/** Characters that roff would take for something else, or print as another (groff_char(7)). */
const ESCAPED: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
  '"': '\\(dq',
};

function escaped(text: string): string {
  return text
    .replaceAll(/[\\'`^~"-]/g, (character) => ESCAPED[character]!)
    .replaceAll(
      /[^\x20-\x7e]/gu,
      (character) => `\\[u${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`,
    );
}

/** Text on one line; what stands between backquotes is bold. A line is never taken for a request. */
export function inline(text: string): string {
  const line = text
    .split('`')
    .map((piece, index, { length }) =>
      index % 2 === 1 && index < length - 1 ? `\\fB${escaped(piece)}\\fR` : escaped(piece),
    )
    .join('');
  return /^[.']/.test(line) ? `\\&${line}` : line;
}

/** Bold, as it is typed. */
export function bold(text: string): string {
  return `\\fB${escaped(text)}\\fR`;
}

/** What stands for something else: `FILE`. */
export function placeholder(text: string): string {
  return `\\fI${escaped(text)}\\fR`;
}

export function heading(title: string): string {
  return `.SH ${escaped(title.toUpperCase())}`;
}

export function subheading(title: string): string {
  return `.SS ${escaped(title)}`;
}

/** A term, and below it what it is. */
export function tagged(term: string, text: string): string {
  return `.TP\n${term}\n${inline(text)}`;
}

/** Lines as they are, to be copied. */
export function literal(lines: readonly string[]): string {
  return ['.IP', '.nf', ...lines.map((line) => inline(line)), '.fi'].join('\n');
}

/** @param name of the page @param summary for `apropos` */
export function page(name: string, version: string, summary: string, parts: readonly string[]): string {
  return `${[
    `.TH ${escaped(name.toUpperCase())} 1 "" "fwmap ${escaped(version)}" "fwmap manual"`,
    heading('Name'),
    `${escaped(name)} \\- ${inline(summary)}`,
    ...parts,
  ].join('\n')}\n`;
}
