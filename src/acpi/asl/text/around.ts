/** What programs print around ASL text, and between its lines: taken away without moving anything. */
import { type Source, textOf } from '../../../bytes/source.ts';
import { latin1Bytes } from '../../../bytes/text-encoding.ts';

/** Messages of ACPICA, which a terminal's copy has between the lines of a listing. */
const MESSAGE =
  /^[ \t]*(?:Firmware (?:Error|Warning) \(ACPI\)|ACPI (?:Error|Warning|Exception|Info|BIOS [\w()]+|Debug)): /;
const BLOCK = /\bDefinitionBlock\s*\(/gi;
/** What may stand outside of blocks: directives of the preprocessor. */
const DIRECTIVE =
  /^[ \t]*#[ \t]*(?:include|define|undef|if|ifdef|ifndef|elif|else|endif|pragma|line|error|warning)\b/;

/** Inclusive start and exclusive end. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** End of a comment or string that starts at `at`; `at` where none does. */
function pastQuoted(text: string, at: number): number {
  const two = text.slice(at, at + 2);
  if (two === '//') {
    const end = text.indexOf('\n', at);
    return end < 0 ? text.length : end;
  }
  if (two === '/*') {
    const end = text.indexOf('*/', at + 2);
    return end < 0 ? text.length : end + 2;
  }
  if (text[at] !== '"') return at;
  for (let end = at + 1; end < text.length; end += 1) {
    if (text[end] === '\\') end += 1;
    else if (text[end] === '"') return end + 1;
  }
  return text.length;
}

/** From a DefinitionBlock's word to its closing brace, or to the end where that is missing. */
function blockEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const past = pastQuoted(text, at);
    if (past > at) at = past - 1;
    else if (text[at] === '{') depth += 1;
    else if (text[at] === '}') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

/** What lies between blocks, before the first and behind the last. */
function* outside(text: string, blocks: readonly Range[]): Generator<Range> {
  let at = 0;
  for (const { start, end } of blocks) {
    if (start > at) yield { start: at, end: start };
    at = end;
  }
  if (at < text.length) yield { start: at, end: text.length };
}

function blank(characters: string[], { start, end }: Range): void {
  for (let at = start; at < end; at += 1) if (characters[at] !== '\n') characters[at] = ' ';
}

/**
 * The text with everything blanked that is no ASL: what iasl and acpixtract print before and behind a listing, and
 * messages of ACPICA between its lines. Every byte that stays keeps its offset. Text without a DefinitionBlock, and one
 * that has nothing but ASL, is given back as it is.
 */
export function withoutSurroundings(source: Source): Source {
  const text = textOf(source);
  const messages = text.includes('ACPI') ? messagesIn(text) : [];
  let characters: string[] | undefined;
  for (const message of messages) {
    characters ??= [...text];
    blank(characters, message);
  }
  const plain = characters === undefined ? text : characters.join('');
  const blocks: Range[] = [];
  BLOCK.lastIndex = 0;
  for (let match = BLOCK.exec(plain); match; match = BLOCK.exec(plain)) {
    if (isCommented(plain, match.index, blocks.at(-1)?.end ?? 0)) continue;
    const end = blockEnd(plain, match.index);
    blocks.push({ start: match.index, end });
    BLOCK.lastIndex = end;
  }
  if (blocks.length > 0)
    for (const range of outside(plain, blocks)) {
      const stray = strayText(plain, range);
      // Braces are no message: a block whose word is misspelt must not vanish.
      if (stray.some(({ start, end }) => /[{}]/.test(plain.slice(start, end)))) continue;
      for (const each of stray) {
        characters ??= [...text];
        blank(characters, each);
      }
    }
  return characters === undefined ? source : { ...source, bytes: latin1Bytes(characters.join('')) };
}

function messagesIn(text: string): Range[] {
  const found: Range[] = [];
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    if (MESSAGE.test(text.slice(start, Math.min(end, start + 64)))) found.push({ start, end });
    start = end + 1;
  }
  return found;
}

/** Whether a place lies in a comment that begins behind `from`. */
function isCommented(text: string, place: number, from: number): boolean {
  for (let at = from; at < place; at += 1) {
    const past = pastQuoted(text, at);
    if (past > place && text[at] === '/') return true;
    // An apostrophe or a quote of prose ends with its line.
    if (past > at) at = text[at] === '"' ? at : past - 1;
  }
  return false;
}

/** Lines of a range that are neither blank nor comment nor directive. */
function strayText(text: string, { start, end }: Range): Range[] {
  const found: Range[] = [];
  for (let at = start; at < end; ) {
    const newline = text.indexOf('\n', at);
    const lineEnd = newline < 0 || newline > end ? end : newline;
    const first = at + text.slice(at, lineEnd).search(/\S|$/);
    const past = first < lineEnd ? pastQuoted(text, first) : first;
    if (text[first] === '/' && past > first) {
      at = Math.max(past, at + 1);
      continue;
    }
    const line = text.slice(at, lineEnd);
    if (first < lineEnd && !DIRECTIVE.test(line)) {
      const comment = line.search(/\/[/*]/);
      found.push({ start: at, end: comment < 0 ? lineEnd : at + comment });
      at = comment < 0 ? lineEnd + 1 : at + comment;
      continue;
    }
    // A directive goes on behind a backslash.
    let next = lineEnd + 1;
    for (let last = line; /\\\s*$/.test(last) && DIRECTIVE.test(line) && next < end; ) {
      const stop = text.indexOf('\n', next);
      last = text.slice(next, stop < 0 ? end : stop);
      next = stop < 0 ? end : stop + 1;
    }
    at = next;
  }
  return found;
}
