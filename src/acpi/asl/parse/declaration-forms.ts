/** Methods, fields, regions and other declarations with keywords or optional arguments. */
import { formatName } from '../../terms/name.ts';
import { OPCODES, type OpcodeName } from '../../terms/opcodes.ts';
import { type FieldElement, type Operand, Term } from '../../terms/term.ts';
import { describeToken } from '../text/cursor.ts';
import {
  ACCESS_ATTRIBUTE_WORDS,
  ACCESS_TYPE_WORDS,
  LENGTH_ATTRIBUTE_WORDS,
  LOCK_RULE_WORDS,
  OBJECT_TYPE_WORDS,
  REGION_SPACE_WORDS,
  SERIALIZE_WORDS,
  UPDATE_RULE_WORDS,
} from '../text/keywords.ts';
import type { Token } from '../text/token.ts';
import type { AslParser, SpecialForm } from './parser.ts';
import { readMacro } from './template.ts';

/** The number of argument types in `{IntObj, {StrObj, BuffObj}}`; a single type needs no braces. */
function parameterCount(parser: AslParser): number {
  const { cursor } = parser;
  const type = (): void => {
    if (cursor.accept('{')) parser.list('}', objectType);
    else objectType();
  };
  const objectType = (): void => {
    if (parser.keyword(OBJECT_TYPE_WORDS) === undefined) {
      cursor.fail(`an object type expected, not ${describeToken(cursor.peek())}`);
    }
  };
  if (cursor.accept('{')) return parser.list('}', type).length;
  objectType();
  return 1;
}

/** Parses the optional `, return type` and `, argument types`. @returns the number of argument types, if given */
function signature(parser: AslParser): number | undefined {
  parser.optional(() => parameterCount(parser));
  return parser.optional(() => parameterCount(parser));
}

/** Argument count of an external method without argument types. */
const UNKNOWN_ARGUMENTS = 0xff;

const external: SpecialForm = (parser, word) => {
  const { cursor } = parser;
  cursor.expect('(');
  const name = parser.name();
  const type = parser.optionalKeyword(OBJECT_TYPE_WORDS, 'an object type') ?? 0;
  const method = type === OBJECT_TYPE_WORDS.get('methodobj');
  const count = signature(parser) ?? (method ? UNKNOWN_ARGUMENTS : 0);
  cursor.expect(')');
  return parser.make('External', [name, type, count], word.start);
};

function readMethod(parser: AslParser, word: Token, isFunction: boolean): Term {
  const { cursor } = parser;
  cursor.expect('(');
  const name = parser.name();
  let count: number | undefined;
  let serialized = 0;
  let level = 0;
  if (!isFunction) {
    count = parser.optional(() => parser.constant(8));
    serialized = parser.optionalKeyword(SERIALIZE_WORDS, 'Serialized or NotSerialized') ?? 0;
    level = parser.optional(() => parser.constant(8)) ?? 0;
  }
  const parameters = signature(parser);
  cursor.expect(')');
  if ((count ?? 0) > 7) cursor.report('acpi/asl-method', 'a method has at most 7 arguments', word);
  checkLevel(parser, level, word);
  const outer = parser.method;
  const method = {
    temporaries: [] as Term[],
    count: 0,
    serialized: serialized === 1,
    name: formatName(name),
  };
  parser.method = method;
  const body = parser.body();
  parser.method = outer;
  const flags = ((count ?? parameters ?? 0) & 7) | (method.serialized ? 8 : 0) | ((level & 15) << 4);
  return parser.make('Method', [name, flags, [...method.temporaries.reverse(), ...body]], word.start);
}

function checkLevel(parser: AslParser, level: number, word: Token): void {
  if (level > 15) parser.cursor.report('acpi/asl-sync-level', 'a sync level is at most 15', word);
}

const mutex: SpecialForm = (parser, word) => {
  const { cursor } = parser;
  cursor.expect('(');
  const name = parser.name();
  const level = parser.optional(() => parser.constant(8)) ?? 0;
  cursor.expect(')');
  checkLevel(parser, level, word);
  return parser.make('Mutex', [name, level], word.start);
};

const operationRegion: SpecialForm = (parser, word) => {
  const { cursor } = parser;
  cursor.expect('(');
  const name = parser.name();
  cursor.expect(',');
  const space = parser.keyword(REGION_SPACE_WORDS) ?? parser.constant(8);
  cursor.expect(',');
  const offset = parser.expression();
  cursor.expect(',');
  const length = parser.expression();
  cursor.expect(')');
  return parser.make('OperationRegion', [name, space, offset, length], word.start);
};

const processor: SpecialForm = (parser, word) => {
  const { cursor } = parser;
  cursor.expect('(');
  const name = parser.name();
  cursor.expect(',');
  const id = parser.constant(8);
  const address = parser.optional(() => parser.constant(32)) ?? 0;
  const length = parser.optional(() => parser.constant(8)) ?? 0;
  cursor.expect(')');
  return parser.make('Processor', [name, id, address, length, parser.body()], word.start);
};

/** Field, IndexField and BankField. @param read parses the operands before the flags */
function fieldForm(opcode: OpcodeName, read: (parser: AslParser) => Operand[]): SpecialForm {
  return (parser, word) => {
    const { cursor } = parser;
    cursor.expect('(');
    const operands = read(parser);
    const access = parser.optionalKeyword(ACCESS_TYPE_WORDS, 'an access type') ?? 0;
    const lock = parser.optionalKeyword(LOCK_RULE_WORDS, 'Lock or NoLock') ?? 0;
    const update = parser.optionalKeyword(UPDATE_RULE_WORDS, 'an update rule') ?? 0;
    cursor.expect(')');
    const elements = fieldElements(parser);
    return parser.make(opcode, [...operands, access | lock | update, elements], word.start);
  };
}

/** `{ … }`. Reserved elements of no bits are left out: `, 0`, and an Offset to the current position. */
function fieldElements(parser: AslParser): FieldElement[] {
  const { cursor } = parser;
  const elements: FieldElement[] = [];
  let bit = 0n;
  cursor.expect('{');
  while (!cursor.failed && !cursor.at('}')) {
    const token = cursor.peek();
    const { start } = token;
    const called = token.kind === 'word' && cursor.at('(', 1) ? token.text.toLowerCase() : '';
    if (called === 'offset') {
      const to = bracketed(parser, () => parser.constantInteger()) * 8n;
      if (to < bit) cursor.report('acpi/asl-field-offset', 'an Offset before the current position', token);
      if (to > bit) elements.push({ kind: 'reserved', bits: fieldBits(parser, to - bit, token), start });
      if (to > bit) bit = to;
    } else if (called === 'accessas') {
      elements.push(bracketed(parser, () => accessAs(parser, start)));
    } else if (called === 'connection') {
      elements.push(bracketed(parser, () => ({ kind: 'connection', connection: connection(parser), start })));
    } else {
      const name = cursor.at(',') ? undefined : parser.name();
      cursor.expect(',');
      const bits = fieldBits(parser, parser.constantInteger(), token);
      if (name !== undefined) elements.push({ kind: 'named', name: name.segments[0] ?? '____', bits, start });
      else if (bits > 0) elements.push({ kind: 'reserved', bits, start });
      bit += BigInt(bits);
    }
    if (!cursor.accept(',')) break;
  }
  cursor.expect('}');
  return elements;
}

/** A PkgLength is at most 2^28 - 1. */
function fieldBits(parser: AslParser, bits: bigint, at: Token): number {
  if (bits >= 1n << 28n) parser.cursor.fail('a field of more than 268435455 bits', at);
  return Number(bits & 0xfff_ffffn);
}

function bracketed<T>(parser: AslParser, read: () => T): T {
  parser.cursor.next();
  parser.cursor.expect('(');
  const value = read();
  parser.cursor.expect(')');
  return value;
}

function accessAs(parser: AslParser, start: number): FieldElement {
  const { cursor } = parser;
  const type = parser.keyword(ACCESS_TYPE_WORDS);
  if (type === undefined) cursor.fail(`an access type expected, not ${describeToken(cursor.peek())}`);
  if (!cursor.accept(',') || cursor.at(')')) return { kind: 'access', type: type ?? 0, attribute: 0, start };
  const extended = parser.keyword(LENGTH_ATTRIBUTE_WORDS);
  if (extended === undefined) {
    const attribute = parser.keyword(ACCESS_ATTRIBUTE_WORDS) ?? parser.constant(8);
    return { kind: 'access', type: type ?? 0, attribute, start };
  }
  cursor.expect('(');
  const length = parser.constant(8);
  cursor.expect(')');
  return { kind: 'extended-access', type: type ?? 0, attribute: extended, length, start };
}

/** `Connection (NAME)`, or with one resource macro, which becomes a buffer of its descriptor without an end tag. */
function connection(parser: AslParser): Term {
  const { cursor } = parser;
  const { start } = cursor.peek();
  if (!cursor.at('(', 1)) return parser.make('NamePath', [parser.name()], start);
  const bytes: number[] = [];
  readMacro(parser, bytes, []);
  const size = parser.integer(BigInt(bytes.length), start);
  return new Term(OPCODES.Buffer, [size, Uint8Array.from(bytes)], start, cursor.lastEnd);
}

export const DECLARATION_FORMS: Readonly<Record<string, SpecialForm>> = {
  External: external,
  Method: (parser, word) => readMethod(parser, word, false),
  Function: (parser, word) => readMethod(parser, word, true),
  Mutex: mutex,
  OperationRegion: operationRegion,
  Processor: processor,
  Field: fieldForm('Field', (parser) => [parser.name()]),
  IndexField: fieldForm('IndexField', (parser) => {
    const index = parser.name();
    parser.cursor.expect(',');
    return [index, parser.name()];
  }),
  BankField: fieldForm('BankField', (parser) => {
    const region = parser.name();
    parser.cursor.expect(',');
    const bank = parser.name();
    parser.cursor.expect(',');
    return [region, bank, parser.expression()];
  }),
};
