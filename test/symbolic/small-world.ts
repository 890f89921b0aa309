/**
 * Fields so small that every content can be tried: what conditions mean is calculated here, one content after the
 * other, and by no means of `src/symbolic` but the shapes of its expressions.
 */
import fc from 'fast-check';
import {
  arithmetic,
  bitsOf,
  bitwise,
  type ChoiceVariable,
  choiceValue,
  choose,
  compare,
  type Expr,
  type FieldSymbol,
  fieldValue,
  gather,
  join,
  not,
  opaque,
  type Quantity,
  sum,
} from '../../src/symbolic/index.ts';

/** One content: bits of memory, of a field at an unknown place, of the opaque value; indexes of the choices. */
export interface Content {
  readonly memory: number;
  readonly elsewhere: number;
  readonly opaque: number;
  readonly release: number;
  readonly setting: number;
}

const ADDRESS = 0x1000n;

function memoryField(name: string, bitOffset: number, bits: number): FieldSymbol {
  return { name, path: `\\${name}`, space: 'SystemMemory', address: ADDRESS, bitOffset, bits, epoch: 0 };
}

/** Bits 0 to 2 and bits 2 to 5 of one byte, and all six of them: they share bits. */
export const LOWA = memoryField('LOWA', 0, 3);
export const HIGB = memoryField('HIGB', 2, 4);
export const BOTH = memoryField('BOTH', 0, 6);
export const ELSE: FieldSymbol = {
  name: 'ELSE',
  path: '\\ELSE',
  space: 'SystemMemory',
  address: undefined,
  bitOffset: 0,
  bits: 2,
  epoch: 0,
};
export const RELEASE: ChoiceVariable = { id: 'release', values: ['5.19', '6.7', '7.1'], ordered: true };
export const SETTING: ChoiceVariable = { id: 'SYSFB', values: ['n', 'm', 'y'], ordered: false };
export const UNKNOWN = opaque(1, 'nobody knows');

const CONTENTS: readonly Content[] = Array.from({ length: 64 * 4 * 2 * 3 * 3 }, (_, i) => ({
  memory: i & 63,
  elsewhere: (i >> 6) & 3,
  opaque: (i >> 8) & 1,
  release: (i >> 9) % 3,
  setting: Math.floor((i >> 9) / 3),
}));

/** Every content there is. */
export function contents(): readonly Content[] {
  return CONTENTS;
}

/** The contents for which a function holds, as a text that can be compared. */
export function casesWhere(holds: (content: Content) => boolean): string {
  return CONTENTS.map((content) => (holds(content) ? '1' : '0')).join('');
}

function bitsIn(value: Quantity): number {
  return typeof value === 'bigint' ? value.toString(2).length : value.bits;
}

/** What an expression comes to, as a function of the content. */
export function meaningOf(value: Quantity): (content: Content) => number {
  if (typeof value === 'bigint') {
    const plain = Number(value);
    return () => plain;
  }
  const size = 2 ** value.bits;
  const wrapped = (n: number): number => ((n % size) + size) % size;
  switch (value.kind) {
    case 'field': {
      const { name, bitOffset, bits } = value.field;
      if (name === 'ELSE') return ({ elsewhere }) => elsewhere;
      return ({ memory }) => (memory >> bitOffset) & (2 ** bits - 1);
    }
    case 'choice':
      return value.choice.id === 'release' ? ({ release }) => release : ({ setting }) => setting;
    case 'opaque':
      if (value !== UNKNOWN) throw new Error(`an expression was lost: ${value.reason}`);
      return (content) => content.opaque;
    case 'sum': {
      const terms = value.terms.map(({ coefficient, of }) => ({
        by: Number(coefficient),
        of: meaningOf(of),
      }));
      const start = Number(value.constant);
      return (content) => wrapped(terms.reduce((total, { by, of }) => total + by * of(content), start));
    }
    case 'bitwise': {
      const [a, b] = [meaningOf(value.left), meaningOf(value.right)];
      if (value.op === 'and') return (content) => a(content) & b(content);
      return value.op === 'or' ? (content) => a(content) | b(content) : (content) => a(content) ^ b(content);
    }
    case 'arithmetic': {
      const [a, b] = [meaningOf(value.left), meaningOf(value.right)];
      const calculate = {
        multiply: (x: number, y: number) => x * y,
        divide: (x: number, y: number) => (y === 0 ? 0 : Math.floor(x / y)),
        modulo: (x: number, y: number) => (y === 0 ? 0 : x % y),
        'shift-left': (x: number, y: number) => x * 2 ** y,
        'shift-right': (x: number, y: number) => Math.floor(x / 2 ** y),
      }[value.op];
      return (content) => wrapped(calculate(a(content), b(content)));
    }
    case 'slice': {
      const of = meaningOf(value.of);
      return (content) => wrapped(Math.floor(of(content) / 2 ** value.low));
    }
    case 'join': {
      const parts = value.parts.map(({ bits, value: part }) => ({ size: 2 ** bits, of: meaningOf(part) }));
      return (content) => parts.reduceRight((total, { size: s, of }) => total * s + (of(content) % s), 0);
    }
    case 'compare': {
      const [a, b] = [meaningOf(value.left), meaningOf(value.right)];
      const holds = {
        eq: (x: number, y: number) => x === y,
        ne: (x: number, y: number) => x !== y,
        lt: (x: number, y: number) => x < y,
        le: (x: number, y: number) => x <= y,
      }[value.op];
      return (content) => Number(holds(a(content), b(content)));
    }
    case 'all':
    case 'any': {
      const parts = value.of.map(meaningOf);
      return value.kind === 'all'
        ? (content) => Number(parts.every((part) => part(content) !== 0))
        : (content) => Number(parts.some((part) => part(content) !== 0));
    }
    case 'not': {
      const of = meaningOf(value.of);
      return (content) => Number(of(content) === 0);
    }
    case 'choose': {
      const [when, yes, no] = [meaningOf(value.when), meaningOf(value.yes), meaningOf(value.no)];
      return (content) => (when(content) === 0 ? no(content) : yes(content));
    }
  }
}

const leaves: readonly Expr[] = [
  ...[LOWA, HIGB, BOTH, ELSE].map(fieldValue),
  choiceValue(RELEASE),
  choiceValue(SETTING),
  UNKNOWN,
];

/** Numbers of up to about 8 bits, and conditions over them. */
export const { number: anyNumber, condition: anyCondition } = fc.letrec<{
  number: Quantity;
  condition: Quantity;
}>((tie) => ({
  number: fc.oneof(
    { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: fc.constantFrom(...leaves) },
    { weight: 1, arbitrary: fc.bigInt(0n, 9n) },
    fc
      .tuple(
        fc.integer({ min: 3, max: 8 }),
        fc.bigInt(0n, 20n),
        tie('number'),
        tie('number'),
        fc.bigInt(-3n, 4n),
      )
      .map(([bits, constant, a, b, coefficient]) =>
        sum(bits, constant, [
          { coefficient: 1n, of: a },
          { coefficient, of: b },
        ]),
      ),
    fc
      .tuple(tie('number'), fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 4 }))
      .map(([a, low, bits]) => bitsOf(a, low, bits)),
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const, 'xor' as const), tie('number'), tie('number'))
      .map(([op, a, b]) => bitwise(op, a, b)),
    fc.tuple(tie('number'), fc.bigInt(1n, 15n)).map(([a, mask]) => bitwise('and', a, mask)),
    fc.tuple(tie('number'), tie('number')).map(([a, b]) =>
      join([
        { bits: 3, value: bitsOf(a, 0, 3) },
        { bits: Math.min(4, bitsIn(b)), value: bitsOf(b, 0, 4) },
      ]),
    ),
    fc.tuple(tie('condition'), tie('number'), tie('number')).map(([when, a, b]) => choose(when, a, b)),
    fc
      .tuple(
        fc.constantFrom(
          'multiply' as const,
          'divide' as const,
          'modulo' as const,
          'shift-left' as const,
          'shift-right' as const,
        ),
        tie('number'),
        tie('number'),
      )
      // Plain numbers are calculated elsewhere.
      .filter(([, a, b]) => typeof a !== 'bigint' && typeof b !== 'bigint')
      .map(([op, a, b]) => arithmetic(op, Math.max(4, bitsIn(a), bitsIn(b)), a, b)),
  ),
  condition: fc.oneof(
    { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
    {
      weight: 4,
      arbitrary: fc
        .tuple(
          fc.constantFrom('eq' as const, 'ne' as const, 'lt' as const, 'le' as const),
          tie('number'),
          fc.oneof({ weight: 4, arbitrary: fc.bigInt(0n, 9n) }, tie('number')),
          fc.boolean(),
        )
        .map(([op, a, b, swapped]) => (swapped ? compare(op, b, a) : compare(op, a, b))),
    },
    fc
      .tuple(fc.constantFrom('all' as const, 'any' as const), fc.array(tie('condition'), { maxLength: 4 }))
      .map(([kind, parts]) => gather(kind, parts)),
    tie('condition').map(not),
    fc.tuple(tie('condition'), tie('condition'), tie('condition')).map(([when, a, b]) => choose(when, a, b)),
  ),
}));
