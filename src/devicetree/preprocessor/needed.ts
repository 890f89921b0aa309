/** Whether a source has to be preprocessed; dtc's own language has no macros. */
import { type Source, textOf } from '../../bytes/source.ts';
import { BUILTIN_MACROS } from './macros.ts';
import { DIRECTIVES } from './scan.ts';

const DIRECTIVE_LINE = /^[ \t\f\v]*#[ \t]*([a-z_]+)/gm;
const BUILTIN_NAME = new RegExp(`\\b(?:${BUILTIN_MACROS.join('|')})\\b`);
/** A line that a backslash joins to the next. */
const JOINED_LINE = /\\[ \t\f\v\r]*\n/;
/** The start of a string, a character constant or a comment. */
const QUOTE_OR_COMMENT = /["']|\/\/|\/\*/g;

/**
 * True for a source with directives other than `#line` (which dtc reads itself), with one of cpp's built-in macros, or with
 * lines joined by a backslash; and whenever `defines` are given.
 */
export function needsPreprocessing(source: Source, defines: readonly string[] = []): boolean {
  if (defines.length > 0) return true;
  const text = textOf(source);
  for (const match of text.matchAll(DIRECTIVE_LINE)) {
    if (match[1] !== 'line' && DIRECTIVES.has(match[1]!)) return true;
  }
  return (BUILTIN_NAME.test(text) || JOINED_LINE.test(text)) && hasCppText(text);
}

/** Whether a built-in macro is outside of strings and comments, or a joined line outside of comments. */
function hasCppText(text: string): boolean {
  let from = 0;
  for (;;) {
    QUOTE_OR_COMMENT.lastIndex = from;
    const open = QUOTE_OR_COMMENT.exec(text);
    const plain = text.slice(from, open?.index);
    if (BUILTIN_NAME.test(plain) || JOINED_LINE.test(plain)) return true;
    if (!open) return false;
    const isComment = open[0].startsWith('/');
    from = isComment ? commentEnd(text, open.index) : quoteEnd(text, open.index);
    if (!isComment && JOINED_LINE.test(text.slice(open.index, from))) return true;
  }
}

/** Exclusive end. In dtc a `//` comment ends with its line, even after a backslash. */
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
