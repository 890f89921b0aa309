/**
 * Opens texts that have several inputs in them: mails, and files with, say, a log, a listing and a line of a device tree.
 * Each becomes an input of its own, with its place.
 */

import type { Diagnostic, DiagnosticSink } from '../../bytes/diagnostic.ts';
import { type Source, textOf } from '../../bytes/source.ts';
import { withoutControlSequences } from '../../bytes/text-encoding.ts';
import { finding, UNUSED_CODES } from '../../findings/finding.ts';
import { limit, limitText } from '../../limits/limits.ts';
import type { ProvenanceStep } from '../artifact.ts';
import type { ArtifactKind } from '../kinds.ts';

import { withPlainBlanks } from './lines.ts';
import { mailParts } from './mail.ts';
import { isWhole, piecesIn, SeenPieces, type TextPiece } from './pieces.ts';

const NEWLINE = 0x0a;

/** A text to be split into inputs. */
export interface TextInput {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly steps: readonly ProvenanceStep[];
  /** The pieces already found in the same mail. */
  readonly seen?: SeenPieces;
}

/** An input found in a text. */
export interface FoundInput {
  readonly kind: ArtifactKind;
  readonly source: Source;
  readonly steps: readonly ProvenanceStep[];
}

/** Kinds that occur together with others in one file, or with comments around them. */
const MIXED: ReadonlySet<ArtifactKind> = new Set([
  'dmesg',
  'iomem',
  'lspci',
  'kconfig',
  'uname',
  'memmap',
  'crs-text',
  'dts-fragment',
  'patch',
]);

function foundInput(input: TextInput, piece: TextPiece, linesBefore: number, offset: number): FoundInput {
  return {
    kind: piece.kind,
    source: {
      name: input.name,
      form: 'text',
      bytes: piece.bytes,
      lineMarkers: [{ offset: 0, name: input.name, line: linesBefore + piece.linesBefore + 1 }],
    },
    steps: [...input.steps, { how: 'quoted text', offset: offset + piece.offset }],
  };
}

/** Whether a text has more lines than the limit, which is reported. */
function hasTooManyLines(bytes: Uint8Array, name: string, sink: DiagnosticSink): boolean {
  let left = limit('text-lines');
  for (let at = bytes.indexOf(NEWLINE); at >= 0 && left >= 0; at = bytes.indexOf(NEWLINE, at + 1)) left -= 1;
  if (left >= 0) return false;
  sink.add(
    finding('container/limit', { limit: limitText('text-lines', 'lines in one text') }, { path: name }),
  );
  return true;
}

/**
 * The inputs in a text file; undefined when the file is one input as a whole, or nothing is found in it.
 * @param kind the kind of the file as a whole
 */
export function textInputs(
  kind: ArtifactKind | undefined,
  input: TextInput,
  sink: DiagnosticSink,
): FoundInput[] | undefined {
  if (kind !== undefined && !MIXED.has(kind)) return undefined;
  const bytes = withPlainBlanks(input.bytes);
  const plain: TextInput = { ...input, bytes };
  const text = textOf({ name: input.name, form: 'text', bytes });
  if (kind !== undefined && kind !== 'dts-fragment' && isWhole(kind, text)) {
    if (bytes === input.bytes) return undefined;
    return [foundInput(plain, { kind, bytes, offset: 0, linesBefore: 0, whole: true }, 0, 0)];
  }
  if (hasTooManyLines(bytes, input.name, sink)) return [];
  const { pieces, unfinished } = piecesIn(bytes, text, kind === 'dmesg' ? 'one log' : 'logs apart');
  reportUnfinished(unfinished, plain, 0, sink);
  const [only] = pieces;
  if (only === undefined) return undefined;
  if (pieces.length === 1 && only.whole && only.kind === kind && bytes === input.bytes) return undefined;
  return pieces.map((piece) => foundInput(plain, piece, 0, 0));
}

/** Why the property of addresses at an offset isn't read. */
function problemAt(text: string, offset: number): 'no end' | 'too long' | 'macro' {
  const equals = text.indexOf('=', offset);
  if (/[A-Z]/.test(/\S/.exec(text.slice(equals + 1, equals + 64))?.[0] ?? '')) return 'macro';
  return isLong(text, offset) ? 'too long' : 'no end';
}

/** Whether the end of a statement, if it has one, is past `limit('statement-lines')`. */
function isLong(text: string, offset: number): boolean {
  const semicolon = text.indexOf(';', offset);
  const end = semicolon < 0 ? text.length : semicolon;
  let lines = 0;
  for (let at = text.indexOf('\n', offset); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines >= limit('statement-lines');
}

/** Reports unterminated properties with addresses, which are gaps. */
function reportUnfinished(
  unfinished: readonly { readonly offset: number; readonly line: number }[],
  input: TextInput,
  linesBefore: number,
  sink: DiagnosticSink,
): void {
  for (const { offset, line } of unfinished) {
    const source: Source = {
      name: input.name,
      form: 'text',
      bytes: input.bytes,
      lineMarkers: [{ offset: 0, name: input.name, line: linesBefore + 1 }],
    };
    const text = textOf(source);
    const end = text.indexOf('\n', offset);
    sink.add(
      finding(
        'artifact/unfinished-property',
        { line: line + linesBefore + 1, problem: problemAt(text, offset) },
        { span: { source, start: offset, end: end < 0 ? text.length : end } },
      ),
    );
  }
}

/** Parts that don't describe a machine, by type or name. */
const IRRELEVANT =
  /^(?:image|audio|video|font)\/|^application\/(?:pgp-|pkcs7-|x-pkcs7-)|^text\/(?:calendar|vcard|x-vcard|x-amp)|\.(?:asc|sig|p7s|vcf|ics|png|jpe?g|gif|svg|webp)$/i;

/** Codes for attachments that are not inputs. */
const UNKNOWN = new Set(['artifact/unknown-kind', ...UNUSED_CODES]);

/**
 * The inputs in a mail or mailbox. Its texts are searched; its attachments are opened like files.
 * @param open opens an attachment; its sink gets what can't be read
 */
export async function mailInputs<A>(
  input: TextInput,
  sink: DiagnosticSink,
  make: (found: FoundInput) => A,
  open: (attachment: TextInput, sink: DiagnosticSink) => Promise<A[]>,
): Promise<A[]> {
  const text = textOf({ name: input.name, form: 'text', bytes: input.bytes });
  const seen = input.seen ?? new SeenPieces();
  const inputs: A[] = [];
  let unread = false;
  for await (const part of mailParts(input.bytes, text, input.name, sink)) {
    const name = `${input.name}!${part.name}`;
    if (part.is === 'text') {
      const offset = part.at?.offset ?? 0;
      const steps = [
        ...input.steps,
        { how: 'mail part', name: part.name, ...(part.at === undefined ? {} : { offset }) },
      ];
      const body: TextInput = { ...input, steps, name: part.at === undefined ? name : input.name };
      const bytes = withPlainBlanks(withoutControlSequences(part.bytes));
      const said = textOf({ name, form: 'text', bytes });
      if (hasTooManyLines(bytes, input.name, sink)) return [];
      const { pieces, unfinished } = piecesIn(bytes, said, 'logs apart');
      reportUnfinished(unfinished, { ...body, bytes }, part.at?.linesBefore ?? 0, sink);
      for (const piece of pieces)
        if (seen.add(piece.kind, piece.bytes, part.message))
          inputs.push(make(foundInput({ ...body, bytes }, piece, part.at?.linesBefore ?? 0, offset)));
      continue;
    }
    const steps = [...input.steps, { how: 'mail part', name: part.name }];
    const kept: Diagnostic[] = [];
    inputs.push(
      ...(await open({ name, bytes: part.bytes, steps, seen }, { add: (each) => kept.push(each) })),
    );
    for (const diagnostic of kept) {
      // Most attachments are not inputs.
      if (!UNKNOWN.has(diagnostic.code)) sink.add(diagnostic);
      else if (
        diagnostic.code !== 'artifact/unknown-kind' ||
        IRRELEVANT.test(part.type) ||
        IRRELEVANT.test(part.name)
      )
        sink.add(finding('artifact/part-not-used', { part: part.name }, { path: name }));
      else {
        unread = true;
        sink.add(finding('artifact/part-not-read', { part: part.name, type: part.type }, { path: name }));
      }
    }
  }
  if (inputs.length === 0 && !unread)
    sink.add(finding('artifact/mail-nothing-known', {}, { path: input.name }));
  return inputs;
}
