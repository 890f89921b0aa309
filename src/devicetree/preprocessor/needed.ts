/** Whether a source was written for cpp, or in dtc's own language, which has no macros. */
import { type Source, textOf } from '../../bytes/source.ts';
import { BUILTIN_MACROS } from './macros.ts';
import { DIRECTIVES } from './scan.ts';

const DIRECTIVE_LINE = /^[ \t\f\v]*#[ \t]*([a-z_]+)/gm;
const BUILTIN_NAME = new RegExp(`\\b(?:${BUILTIN_MACROS.join('|')})\\b`);
/** A line that a backslash joins to the next. */
const JOINED_LINE = /\\[ \t\f\v\r]*\n/;
/** What starts a string, a character or a comment. */
const OPENS = /["']|\/\/|\/\*/g;

/**
 * True for a source that has directives which dtc itself would not understand (`#line` alone dtc reads), names one of
 * cpp's own macros, or joins lines. Macros that somebody defines ask for cpp, whatever the text holds.
 */
export function needsPreprocessing(source: Source, defines: readonly string[] = []): boolean {
  if (defines.length > 0) return true;
  const text = textOf(source);
  for (const match of text.matchAll(DIRECTIVE_LINE)) {
    if (match[1] !== 'line' && DIRECTIVES.has(match[1]!)) return true;
  }
  return (BUILTIN_NAME.test(text) || JOINED_LINE.test(text)) && hasCppText(text);
}

/** Whether such a name stands in no string or comment, or a line is joined to the next in no comment. */
function hasCppText(text: string): boolean {
  let from = 0;
  for (;;) {
    OPENS.lastIndex = from;
    const open = OPENS.exec(text);
    const plain = text.slice(from, open?.index);
    if (BUILTIN_NAME.test(plain) || JOINED_LINE.test(plain)) return true;
    if (!open) return false;
    const isComment = open[0].startsWith('/');
    from = isComment ? commentEnd(text, open.index) : quoteEnd(text, open.index);
    if (!isComment && JOINED_LINE.test(text.slice(open.index, from))) return true;
  }
}

/** Exclusive; for dtc a comment of one line ends with it, also behind a backslash. */
function commentEnd(text: string, start: number): number {
  const closing = text[start + 1] === '/' ? '\n' : '*/';
  const at = text.indexOf(closing, start + 2);
  return at < 0 ? text.length : at + closing.length;
}

function quoteEnd(text: string, start: number): number {
  const quote = text[start];
  let end = start + 1;
  while (end < text.length && text[end] !== quote) end += text[end] === '\\' ? 2 : 1;
  return end + 1;
}
