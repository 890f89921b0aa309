/** Messages of `fwmap dtc`, in the forms of dtc's. */
import type { Diagnostic } from '../../bytes/diagnostic.ts';
import { escapeControls } from '../../bytes/escape.ts';
import { placeOf, type Span } from '../../bytes/source.ts';
import type { Finding } from '../../devicetree/checks/check.ts';
import { livePathOf } from '../../devicetree/live/live-tree.ts';
import { hintOf, messageOf, relatedText } from '../../findings/finding.ts';

/** Ends the command as dtc's die() does: one line, exit status 1. */
export class Fatal extends Error {}

/**
 * A message as it is printed, with invisible characters escaped: names in it are those of the input.
 * @param text UTF-8, one character a byte
 */
export function shownText(text: string): string {
  const decoded = Buffer.from(text, 'latin1').toString('utf8');
  return decoded
    .split('\n')
    .map((line) => escapeControls(line))
    .join('\n');
}

/** A path as the bytes of its name, one character a byte. */
export function pathText(path: string): string {
  return Buffer.from(path, 'utf8').toString('latin1');
}

/** `file:line.column-line.column`, shortened where start and end agree. Where line markers change the file, it is that of the end. */
export function dtcPlace(span: Span): string {
  const place = placeOf(span);
  if (!('line' in place)) return span.source.name;
  const last = span.end > span.start ? placeOf({ ...span, start: span.end - 1 }) : place;
  const { line, column, endLine, endColumn } = place;
  const start = `${('line' in last && last.name) || span.source.name}:${line}.${column}`;
  if (line !== endLine) return `${start}-${endLine}.${endColumn}`;
  return column === endColumn ? start : `${start}-${endColumn}`;
}

/** A diagnostic of the parser or preprocessor, in the form of dtc's parser messages. */
export function diagnosticText(diagnostic: Diagnostic): string {
  const { severity, code, span, related } = diagnostic;
  const hint = hintOf(diagnostic);
  const prefix = code === 'dt/lexical' ? 'Lexical error' : severity === 'error' ? 'Error' : 'Warning';
  const colon = code === 'dt/value-truncated';
  const place = span ? `${dtcPlace(span)}${colon ? ':' : ''} ` : '';
  const lines = [`${colon ? 'WARNING' : prefix}: ${place}${messageOf(diagnostic)}`];
  if (span?.via) lines.push(`  ${span.via}`);
  if (hint) lines.push(`  ${hint}`);
  for (const other of related ?? []) lines.push(`  ${relatedText(other)}: ${dtcPlace(other.span)}`);
  return `${lines.join('\n')}\n`;
}

/** The message of a check. @param output names the place where there is no source line */
export function findingText({ check, level, message, node, property }: Finding, output: string): string {
  const own = property?.span;
  const span = own ?? node?.spans[0];
  const place = span ? dtcPlace(span) : output;
  const path = node ? `${livePathOf(node)}${property ? `:${property.name}` : ''}: ` : '';
  let text = `${place}: ${level === 'error' ? 'ERROR' : 'Warning'} (${check}): ${path}${message}\n`;
  if (!property) {
    for (const further of node?.spans.slice(1) ?? []) text += `  also defined at ${dtcPlace(further)}\n`;
  }
  return text;
}
