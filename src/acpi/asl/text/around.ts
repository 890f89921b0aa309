/** Blanks out what programs print around ASL text and between its lines. */
import { type Source, textOf } from '../../../bytes/source.ts';
import { latin1Bytes } from '../../../bytes/text-encoding.ts';

/** Messages of ACPICA, which a copy of a terminal has between the lines of a listing. */
const MESSAGE =
  /^[ \t]*(?:Firmware (?:Error|Warning) \(ACPI\)|ACPI (?:Error|Warning|Exception|Info|BIOS [\w()]+|Debug)): /;
const BLOCK = /\bDefinitionBlock\s*\(/gi;
/** Preprocessor directives, which are allowed outside of blocks. */
const DIRECTIVE =
  /^[ \t]*#[ \t]*(?:include|define|undef|if|ifdef|ifndef|elif|else|endif|pragma|line|error|warning)\b/;

/** Inclusive start and exclusive end. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** Exclusive end of the comment or string that starts at `at`; `at` if none does. */
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

/** Exclusive end of the DefinitionBlock at `start`: after its closing brace, or the end of the text. */
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

/** The ranges before, between and after the blocks. */
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
 * The text with everything blanked out that is not ASL: output of iasl and acpixtract before and after a listing, and
 * messages of ACPICA between its lines. The other bytes keep their offsets. Outside of DefinitionBlocks nothing is
 * blanked if there are none. A text without anything to blank is returned unchanged.
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
      // A program's output has no braces. A block whose keyword is misspelt must not vanish.
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

/** Whether `place` is in a comment that begins at or after `from`. */
function isCommented(text: string, place: number, from: number): boolean {
  for (let at = from; at < place; at += 1) {
    const past = pastQuoted(text, at);
    if (past > place && text[at] === '/') return true;
    // In prose, a quote is not the start of a string.
    if (past > at) at = text[at] === '"' ? at : past - 1;
  }
  return false;
}

/** The parts of lines that are not blank, comment or directive. */
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
    // A backslash at the end of its line continues a directive.
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
