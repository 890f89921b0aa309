/**
 * Finds resource templates in any text: `ResourceTemplate () { … }` by itself, in prose, in quotes of a mail or in an
 * iasl listing, which has the AML bytes between the lines.
 */

import { DiagnosticList, type DiagnosticSink } from '../../../bytes/diagnostic.ts';
import { type Source, type Span, textOf } from '../../../bytes/source.ts';
import { finding } from '../../../findings/finding.ts';
import { limit, limitText } from '../../../limits/limits.ts';
import { TokenCursor } from '../text/cursor.ts';
import { AslLexer } from '../text/lexer.ts';
import { withoutMargins } from '../text/margins.ts';
import { PositionMap, type Token } from '../text/token.ts';
import { AslParser } from './parser.ts';
import { SPECIAL_FORMS } from './special-forms.ts';
import { readTemplate } from './template.ts';

export interface FoundTemplate {
  readonly bytes: Uint8Array;
  /** From the word `ResourceTemplate` to the closing brace. */
  readonly span: Span;
  /** The name in a `Name (…, ResourceTemplate` around it, as written. */
  readonly name?: string;
}

/** Every resource template of a text. One that is incomplete or malformed is reported and left out. */
export function parseResourceTemplates(source: Source, sink: DiagnosticSink): FoundTemplate[] {
  const plain = withoutMargins(source);
  const text = textOf(plain);
  const found: FoundTemplate[] = [];
  let end = 0;
  for (const match of text.matchAll(/\bResourceTemplate\s*(?:\(\s*\)\s*)?(?=\{)/gi)) {
    const start = match.index;
    if (start < end) continue;
    if (found.length >= limit('text-templates')) {
      sink.add(
        finding(
          'acpi/list-limit',
          { limit: limitText('text-templates') },
          { span: { source, start, end: start + match[0].length } },
        ),
      );
      break;
    }
    const positions = new PositionMap();
    positions.add(source);
    const tokens = bracedTokens(plain, start + match[0].length);
    if (tokens.length > limit('template-tokens')) {
      const args = { limit: limitText('template-tokens') };
      sink.add(finding('acpi/list-limit', args, { span: { source, start, end: start + match[0].length } }));
    }
    end = tokens.at(-1)!.end;
    const faults = new DiagnosticList();
    const cursor = new TokenCursor(tokens, positions, faults);
    const { bytes } = readTemplate(new AslParser(cursor, true, SPECIAL_FORMS));
    for (const fault of faults.all) sink.add(fault);
    if (faults.hasErrors) continue;
    const name = /\bName\s*\(\s*([\\^.\w]+)\s*,\s*$/i.exec(text.slice(Math.max(0, start - 200), start))?.[1];
    found.push({ bytes, span: { source, start, end }, ...(name !== undefined && { name }) });
  }
  return found;
}

/** The tokens from a `{` to the matching `}`, and an `end` token. */
function bracedTokens(source: Source, start: number): Token[] {
  const lexer = new AslLexer(source, { start, directives: false });
  const tokens: Token[] = [];
  let depth = 0;
  while (tokens.length < limit('template-tokens')) {
    const token = lexer.next();
    if (token.kind === 'end') break;
    tokens.push(token);
    if (token.kind !== 'punctuator') continue;
    if (token.text === '{') depth += 1;
    if (token.text === '}') depth -= 1;
    if (depth === 0) break;
  }
  const { end } = tokens.at(-1) ?? { end: start };
  return [...tokens, { kind: 'end', text: '', start: end, end }];
}
