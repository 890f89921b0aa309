/** Parses an ASL text into units, one for each DefinitionBlock. */
import { type Diagnostic, DiagnosticList, type DiagnosticSink } from '../../../bytes/diagnostic.ts';
import type { Source } from '../../../bytes/source.ts';
import { finding } from '../../../findings/finding.ts';
import type { Term } from '../../terms/term.ts';
import { describeToken, TokenCursor } from '../text/cursor.ts';
import { type PreprocessorOptions, preprocess } from '../text/preprocessor.ts';
import type { PositionMap, Token } from '../text/token.ts';
import type { TemplateTag } from './parser.ts';
import { AslParser } from './parser.ts';
import { SPECIAL_FORMS } from './special-forms.ts';

export interface AslUnit {
  /** Output file name for the compiler, mostly empty. */
  readonly amlFile: string;
  readonly signature: string;
  /** Integers have 32 bits if this is below 2. */
  readonly revision: number;
  readonly oemId: string;
  readonly oemTableId: string;
  readonly oemRevision: number;
  readonly terms: readonly Term[];
  /** The named descriptors of each resource template, by the Buffer term it became. */
  readonly templates: ReadonlyMap<Term, readonly TemplateTag[]>;
  /** The whole block, in {@link positions}. `end` is exclusive. */
  readonly start: number;
  readonly end: number;
  /** The places in source files of the `start` and `end` of terms. */
  readonly positions: PositionMap;
}

/**
 * Parses all DefinitionBlocks of a text. Errors go to `sink`; the other statements are kept. A text without any block is
 * an error too.
 */
export function parseAsl(source: Source, sink: DiagnosticSink, options: PreprocessorOptions = {}): AslUnit[] {
  const { tokens, positions } = preprocess(source, sink, options);
  const cursor = new TokenCursor(tokens, positions, sink);
  const units: AslUnit[] = [];
  while (cursor.peek().kind !== 'end') {
    const from = cursor.index;
    const unit = definitionBlock(cursor);
    if (unit !== undefined) units.push(unit);
    cursor.recover(from);
    if (cursor.index === from) cursor.next();
  }
  if (units.length === 0 && tokens.length <= 1) cursor.fail('no DefinitionBlock in the text');
  return units;
}

/**
 * Parses a text without a DefinitionBlock as the body of a DSDT: people often paste a single Device.
 * @returns the first error if it is not ASL throughout
 */
export function parseAslBody(source: Source, options: PreprocessorOptions = {}): AslUnit | Diagnostic {
  const faults = new DiagnosticList();
  const { tokens, positions } = preprocess(source, faults, options);
  const cursor = new TokenCursor(tokens, positions, faults);
  const parser = new AslParser(cursor, true, SPECIAL_FORMS);
  const body = parser.statements();
  const fault = faults.all.find(({ severity }) => severity === 'error');
  if (fault !== undefined) return fault;
  const rest = cursor.peek();
  if (rest.kind !== 'end' || body.length === 0) {
    const problem = `a statement expected, not ${describeToken(rest)}`;
    return finding('acpi/asl-syntax', { problem }, { span: cursor.spanOf(rest.start, rest.end) });
  }
  return {
    amlFile: '',
    signature: 'DSDT',
    revision: 2,
    oemId: '',
    oemTableId: '',
    oemRevision: 0,
    terms: [...parser.prelude.reverse(), ...body],
    templates: parser.templates,
    start: 0,
    end: cursor.lastEnd,
    positions,
  };
}

function definitionBlock(cursor: TokenCursor): AslUnit | undefined {
  const word = cursor.next();
  if (word.kind !== 'word' || word.text.toLowerCase() !== 'definitionblock') {
    cursor.fail(`DefinitionBlock expected, not ${describeToken(word)}`, word);
    return undefined;
  }
  // The integer width is known after the header only.
  const header = new AslParser(cursor, true, SPECIAL_FORMS);
  cursor.expect('(');
  const amlFile = header.text();
  const signature = argument(cursor, () => header.text());
  const revision = argument(cursor, () => header.constant(8));
  const oemId = argument(cursor, () => header.text());
  const oemTableId = argument(cursor, () => header.text());
  const oemRevision = argument(cursor, () => header.constant(32));
  cursor.expect(')');
  if (cursor.failed) return undefined;
  checkLength(cursor, signature, 4, 'signature', word);
  checkLength(cursor, oemId, 6, 'OEM id', word);
  checkLength(cursor, oemTableId, 8, 'OEM table id', word);
  const parser = new AslParser(cursor, revision >= 2, SPECIAL_FORMS);
  const body = parser.body();
  return {
    amlFile,
    signature,
    revision,
    oemId,
    oemTableId,
    oemRevision,
    terms: [...parser.prelude.reverse(), ...body],
    templates: parser.templates,
    start: word.start,
    end: cursor.lastEnd,
    positions: cursor.positions,
  };
}

function argument<T>(cursor: TokenCursor, read: () => T): T {
  cursor.expect(',');
  return read();
}

function checkLength(cursor: TokenCursor, text: string, limit: number, what: string, at: Token): void {
  if (text.length > limit || (what === 'signature' && text.length < limit)) {
    const rule = what === 'signature' ? 'must have' : 'may have at most';
    cursor.report('acpi/asl-header', `the ${what} "${text}" ${rule} ${limit} characters`, at);
  }
}
