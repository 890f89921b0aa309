/** What `fwmap dtc` says, in the forms that dtc says it in. */
import type { Diagnostic } from '../../bytes/diagnostic.ts';
import { placeOf, type Span } from '../../bytes/source.ts';
import type { Finding } from '../../devicetree/checks/check.ts';
import { livePathOf } from '../../devicetree/live/live-tree.ts';
import { hintOf, messageOf, relatedText } from '../../findings/finding.ts';

/** Ends the command as dtc's die() does: one line, exit status 1. */
export class Fatal extends Error {}

/** A path as the bytes of its name, one character a byte. */
export function pathText(path: string): string {
  return Buffer.from(path, 'utf8').toString('latin1');
}

/** `file:line.column-line.column`, as far as the ends differ. The file is that of the end, where line markers change it. */
export function dtcPlace(span: Span): string {
  const place = placeOf(span);
  if (!('line' in place)) return span.source.name;
  const last = span.end > span.start ? placeOf({ ...span, start: span.end - 1 }) : place;
  const { line, column, endLine, endColumn } = place;
  const start = `${('line' in last && last.name) || span.source.name}:${line}.${column}`;
  if (line !== endLine) return `${start}-${endLine}.${endColumn}`;
  return column === endColumn ? start : `${start}-${endColumn}`;
}

/** What the parser and the preprocessor said, in the form of dtc's own parser messages. */
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

/** What a check found. @param output what stands for the place of what no source says */
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
