/** Buffers, packages, and macros for constants: EisaId, ToUUID, Unicode, ToPLD, `__LINE__` and so on. */
import { latin1Bytes } from '../../../bytes/text-encoding.ts';
import { OPCODES } from '../../terms/opcodes.ts';
import { constantOf, type Operand, Term } from '../../terms/term.ts';
import { MATCH_WORDS } from '../text/keywords.ts';
import { integerOf } from '../values/constants.ts';
import { eisaIdValue } from '../values/eisa-id.ts';
import { PLD_FIELDS, type PldField, pldWord, writePld } from '../values/pld.ts';
import { uuidBytes } from '../values/uuid.ts';
import type { AslParser, SpecialForm } from './parser.ts';

/** Exclusive bound of the `n` of `Buffer (n)`. */
const MAX_BUFFER = 1n << 31n;

/**
 * The optional size of a Buffer or Package, and the `=` that ASL+ allows before the braces. `literal` is true for an
 * integer literal, which a longer initializer overrides.
 */
function optionalSize(parser: AslParser): { size: Term | undefined; literal: boolean } {
  const { cursor } = parser;
  let size: Term | undefined;
  let literal = false;
  if (cursor.accept('(')) {
    literal = cursor.peek().kind === 'integer' && cursor.at(')', 1);
    if (!cursor.at(')')) size = parser.expression();
    cursor.expect(')');
  }
  cursor.accept('=');
  return { size, literal };
}

const bufferForm: SpecialForm = (parser, word) => {
  const { cursor } = parser;
  const { size, literal } = optionalSize(parser);
  cursor.expect('{');
  const bytes: number[] = [];
  while (!cursor.failed && !cursor.at('}')) {
    const from = cursor.peek();
    const item = parser.expression();
    if (item.op.name === 'String' && bytes.length === 0) {
      for (const byte of latin1Bytes(`${item.textAt(0)}\0`)) bytes.push(byte);
      break;
    }
    const value = integerOf(item, true);
    if (value === undefined) cursor.fail('a byte or a string expected', from);
    bytes.push(Number((value ?? 0n) & 0xffn));
    if (!cursor.accept(',')) break;
  }
  cursor.expect('}');
  const given = literal ? constantOf(size!) : undefined;
  if (given !== undefined && given >= MAX_BUFFER) cursor.fail('a buffer of 2 GiB or more', word);
  const counted = given !== undefined && given > BigInt(bytes.length) ? given : BigInt(bytes.length);
  const length = size === undefined || literal ? parser.integer(counted, word.start) : size;
  return parser.make('Buffer', [length, Uint8Array.from(bytes)], word.start);
};

const packageForm: SpecialForm = (parser, word) => {
  const { cursor } = parser;
  const { size } = optionalSize(parser);
  cursor.expect('{');
  const elements = parser.list('}', () => parser.expression());
  const given = size === undefined ? undefined : integerOf(size, parser.wide);
  if (size !== undefined && given === undefined)
    return parser.make('VarPackage', [size, elements], word.start);
  if (given !== undefined && given < BigInt(elements.length)) {
    const message = `${elements.length} elements in a package of ${given}`;
    cursor.report('acpi/asl-package-length', message, word);
  }
  const count = given !== undefined && given > BigInt(elements.length) ? given : BigInt(elements.length);
  if (count <= 255n) return parser.make('Package', [Number(count), elements], word.start);
  return parser.make('VarPackage', [size ?? parser.integer(count, word.start), elements], word.start);
};

/** A macro with one string argument: `EisaId ("PNP0A03")`. */
function ofString(read: (parser: AslParser, text: string, start: number) => Term): SpecialForm {
  return (parser, word) => {
    parser.cursor.expect('(');
    const text = parser.text();
    parser.cursor.expect(')');
    return read(parser, text, word.start);
  };
}

function bufferOf(parser: AslParser, bytes: Uint8Array, start: number): Term {
  return parser.make('Buffer', [parser.integer(BigInt(bytes.length), start), bytes], start);
}

const eisaId = ofString((parser, text, start) => {
  const value = eisaIdValue(text);
  if (value === undefined) {
    parser.cursor.fail('an EISA id is three capital letters and four hexadecimal digits: "PNP0A03"', {
      start,
      end: parser.cursor.lastEnd,
    });
  }
  return parser.integer(value ?? 0n, start);
});

const toUuid = ofString((parser, text, start) => {
  const bytes = uuidBytes(text);
  if (bytes === undefined) {
    const message = 'a UUID has the form "aabbccdd-eeff-gghh-iijj-kkllmmnnoopp"';
    parser.cursor.fail(message, { start, end: parser.cursor.lastEnd });
  }
  return bufferOf(parser, bytes ?? new Uint8Array(16), start);
});

/** UTF-16, little-endian, with a terminating NUL. */
const unicode = ofString((parser, text, start) =>
  bufferOf(parser, Buffer.from(`${text}\0`, 'utf16le'), start),
);

const toPld: SpecialForm = (parser, word) => {
  const { cursor } = parser;
  cursor.expect('(');
  const values = new Map<PldField, bigint>();
  parser.list(')', () => {
    const name = cursor.next();
    const field = PLD_FIELDS.find((candidate) => candidate.name.toLowerCase() === name.text.toLowerCase());
    if (field === undefined) cursor.fail(`ToPLD has no field ${name.text}`, name);
    cursor.expect('=');
    const from = cursor.peek();
    const term = parser.expression();
    const value = term.op.name === 'String' ? field && pldWord(field, term.textAt(0)) : integerOf(term, true);
    if (value === undefined) cursor.fail(`not a valid value of ${name.text}`, from);
    else if (field !== undefined) {
      // Rotation may be given in degrees.
      const number = BigInt(value);
      const turned =
        field.name === 'PLD_Rotation' && number > 7n && number % 45n === 0n ? number / 45n : number;
      if (turned >= 1n << BigInt(field.bits)) cursor.fail(`${name.text} has only ${field.bits} bits`, from);
      values.set(field, turned);
    }
  });
  return bufferOf(parser, writePld(values), word.start);
};

const matchForm: SpecialForm = (parser, word) => {
  const { cursor } = parser;
  const operands: Operand[] = [];
  cursor.expect('(');
  operands.push(parser.expression());
  for (let side = 0; side < 2; side += 1) {
    cursor.expect(',');
    const operator = parser.keyword(MATCH_WORDS);
    if (operator === undefined) cursor.fail('a match operator expected: MTR, MEQ, MLE, MLT, MGE or MGT');
    cursor.expect(',');
    operands.push(operator ?? 0, parser.expression());
  }
  cursor.expect(',');
  operands.push(parser.expression());
  cursor.expect(')');
  return parser.make('Match', operands, word.start);
};

/** `ToString (source, length?, target?)`: the default length is Ones, the whole source. */
const stringOf: SpecialForm = (parser, word) => {
  const { cursor } = parser;
  cursor.expect('(');
  const source = parser.expression();
  const length = parser.optional(() => parser.expression()) ?? parser.make('Ones', [], word.start);
  const target = parser.target();
  cursor.expect(')');
  return parser.makeFolded('ToString', [source, length, target], word.start);
};

const loadTable: SpecialForm = (parser, word) => {
  const { cursor } = parser;
  cursor.expect('(');
  const operands: Term[] = [parser.expression()];
  for (let index = 1; index < 3; index += 1) {
    cursor.expect(',');
    operands.push(parser.expression());
  }
  for (let index = 3; index < 5; index += 1) {
    const given = parser.optional(() => parser.expression());
    // In iasl a Zero means that the table is loaded at the root.
    const root = index === 3 && given?.op.name === 'Zero';
    operands.push(
      given === undefined || root ? parser.make('String', [root ? '\\' : ''], word.start) : given,
    );
  }
  operands.push(parser.optional(() => parser.expression()) ?? parser.make('Zero', [], word.start));
  cursor.expect(')');
  return parser.make('LoadTable', operands, word.start);
};

/** The file of a position, for `__FILE__` and `__PATH__`. */
function fileName(parser: AslParser, position: number): string {
  return parser.cursor.spanOf(position, position).source.name;
}

function textConstant(text: (parser: AslParser, start: number) => string): SpecialForm {
  return (parser, word) => new Term(OPCODES.String, [text(parser, word.start)], word.start, word.end);
}

export const DATA_FORMS: Readonly<Record<string, SpecialForm>> = {
  Buffer: bufferForm,
  Package: packageForm,
  EisaId: eisaId,
  ToUUID: toUuid,
  Unicode: unicode,
  ToPLD: toPld,
  Match: matchForm,
  ToString: stringOf,
  LoadTable: loadTable,
  __FILE__: textConstant((parser, start) => fileName(parser, start).replace(/^.*[/\\]/, '')),
  __PATH__: textConstant(fileName),
  __METHOD__: textConstant((parser) => parser.method?.name ?? '\\'),
  // Empty, so that compiling is reproducible.
  __DATE__: textConstant(() => ''),
  __LINE__: (parser, word) => {
    const { source, start } = parser.cursor.spanOf(word.start, word.end);
    const line = source.bytes.subarray(0, start).filter((byte) => byte === 0x0a).length + 1;
    return parser.integer(BigInt(line), word.start);
  },
};
