/** Parses ResourceTemplate by the resource macro table and encodes its descriptors. */

import { decodeTemplate } from '../../resources/decode.ts';
import { encodeDescriptor } from '../../resources/encode.ts';
import { descriptorOfCall, type MacroValue, tagPlaces } from '../../resources/macro-values.ts';
import { type MacroArgument, macroNamed } from '../../resources/macros.ts';
import { formatName } from '../../terms/name.ts';
import { OPCODES } from '../../terms/opcodes.ts';
import { Term } from '../../terms/term.ts';
import { describeToken } from '../text/cursor.ts';
import type { AslParser, SpecialForm, TemplateTag } from './parser.ts';

export interface Template {
  readonly bytes: Uint8Array;
  readonly tags: readonly TemplateTag[];
}

const END_TAG = [0x79, 0x00] as const;

/** `{ macros }`, with an end tag added. Its checksum is 0, "not computed", as that of iasl. */
export function readTemplate(parser: AslParser): Template {
  const bytes: number[] = [];
  const tags: TemplateTag[] = [];
  readMacros(parser, bytes, tags);
  bytes.push(...END_TAG);
  return { bytes: Uint8Array.from(bytes), tags };
}

function readMacros(parser: AslParser, bytes: number[], tags: TemplateTag[]): void {
  const { cursor } = parser;
  cursor.expect('{');
  while (!cursor.failed && !cursor.at('}')) {
    if (!cursor.accept(';')) readMacro(parser, bytes, tags);
  }
  cursor.expect('}');
}

/** One macro with its arguments and braces; its descriptor is appended to `bytes`. */
export function readMacro(parser: AslParser, bytes: number[], tags: TemplateTag[]): void {
  const { cursor } = parser;
  const word = cursor.next();
  const macro = word.kind === 'word' ? macroNamed(word.text) : undefined;
  if (macro === undefined) {
    cursor.fail(`a resource macro expected, not ${describeToken(word)}`, word);
    return;
  }
  const values: MacroValue[] = [];
  let name: string | undefined;
  cursor.expect('(');
  for (const [index, argument] of macro.arguments.entries()) {
    if (index > 0 && !cursor.accept(',')) break;
    if (cursor.at(',') || cursor.at(')')) values.push(undefined);
    else if (argument.kind === 'descriptor-name') {
      name = formatName(parser.name());
      values.push(undefined);
    } else values.push(readArgument(parser, argument));
  }
  cursor.accept(',');
  cursor.expect(')');
  const list = macro.list && { list: readList(parser) };
  if (cursor.failed) return;
  const { descriptor, problems } = descriptorOfCall({ macro, values, ...list });
  for (const problem of problems) {
    // A number with too many bits is truncated, as by iasl; a missing argument or a wrong keyword is an error.
    cursor.report(/doesn't fit/.test(problem) ? 'acpi/asl-value-cut' : 'acpi/asl-resource', problem, word);
  }
  const offset = bytes.length;
  const made = encodeDescriptor(descriptor).map((byte) => (typeof byte === 'number' ? byte : 0));
  // The length of a small descriptor has three bits.
  if (made[0]! < 0x80 && made.length - 1 !== (made[0]! & 7)) {
    cursor.fail(`${macro.name} holds at most 7 bytes`, word);
    return;
  }
  for (const byte of made) bytes.push(byte);
  if (name !== undefined) {
    const [resource] = decodeTemplate(made).resources;
    tags.push({
      name: name.padEnd(4, '_'),
      offset,
      fields: resource === undefined ? [] : tagPlaces(resource),
    });
  }
  if (macro.nested && parser.enter()) {
    readMacros(parser, bytes, tags);
    parser.leave();
  }
}

function readList(parser: AslParser): bigint[] {
  parser.cursor.expect('{');
  return parser.list('}', () => parser.constantInteger());
}

function readArgument(parser: AslParser, argument: MacroArgument): MacroValue {
  const { cursor } = parser;
  const token = cursor.peek();
  const isWord = token.kind === 'word' && !/^(zero|ones?)$/i.test(token.text);
  switch (argument.kind) {
    case 'string':
      return { kind: 'string', text: parser.text() };
    case 'buffer':
      return { kind: 'bytes', bytes: readRawData(parser) };
    case 'keyword':
    case 'share':
    case 'keyword-or-integer':
      if (!isWord) break;
      cursor.next();
      return { kind: 'keyword', word: token.text };
    default:
      break;
  }
  return { kind: 'integer', value: parser.constantInteger() };
}

/** `RawDataBuffer (length?) { bytes }`; a longer length is filled with zeros. */
function readRawData(parser: AslParser): bigint[] {
  const { cursor } = parser;
  if (cursor.atWord('rawdatabuffer')) cursor.next();
  else cursor.fail(`RawDataBuffer expected, not ${describeToken(cursor.peek())}`);
  let length = 0;
  if (cursor.accept('(')) {
    if (!cursor.at(')')) length = parser.constant(16);
    cursor.expect(')');
  }
  const bytes = readList(parser);
  while (bytes.length < length) bytes.push(0n);
  return bytes;
}

const resourceTemplate: SpecialForm = (parser, word) => {
  const { cursor } = parser;
  if (cursor.accept('(')) cursor.expect(')');
  const { bytes, tags } = readTemplate(parser);
  const size = parser.integer(BigInt(bytes.length), word.start);
  const term = new Term(OPCODES.Buffer, [size, bytes], word.start, cursor.lastEnd);
  if (tags.length > 0) parser.templates.set(term, tags);
  return term;
};

export const TEMPLATE_FORMS: Readonly<Record<string, SpecialForm>> = { ResourceTemplate: resourceTemplate };
