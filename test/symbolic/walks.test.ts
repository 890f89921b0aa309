/** What expressions depend on, what becomes of them where something gets a value, and their bytes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Assignment,
  arithmetic,
  type ByteValue,
  bitsOf,
  bytesOfQuantity,
  choiceIn,
  choicesOf,
  choiceValue,
  choose,
  compare,
  type Expr,
  type FieldSymbol,
  fieldsOf,
  fieldValue,
  formatQuantity,
  given,
  isKnown,
  join,
  keyOfVariable,
  maskOf,
  not,
  opaque,
  opaqueReasons,
  type Quantity,
  quantityOfByte,
  quantityOfBytes,
  sameByte,
  substitute,
  sum,
  type Variable,
  variablesOf,
} from '../../src/symbolic/index.ts';
import { runs } from '../runs.ts';
import { symbolOf as symbol } from './fields.ts';
import {
  anyCondition,
  anyNumber,
  BOTH,
  type Content,
  contents,
  ELSE,
  HIGB,
  LOWA,
  meaningOf,
  RELEASE,
  SETTING,
  UNKNOWN,
} from './small-world.ts';

const X = fieldValue(symbol('X'));
const Y = fieldValue(symbol('Y', { bits: 8 }));

/** One expression of each kind, over these parts in this order. */
function each(a: Expr, b: Expr, c: Expr): Quantity[] {
  const when = compare('eq', a, 3n) as Expr;
  return [
    sum(64, 1n, [
      { coefficient: 1n, of: a },
      { coefficient: 5n, of: b },
      { coefficient: 3n, of: c },
    ]),
    arithmetic('multiply', 64, arithmetic('divide', 64, a, b), c),
    compare('lt', arithmetic('modulo', 64, a, b), c),
    choose(when, b, c),
    choose(not(when), c, b),
    join([
      { bits: a.bits, value: a },
      { bits: b.bits, value: b },
      { bits: c.bits, value: c },
    ]),
    choose(bitsOf(arithmetic('divide', 64, a, b), 2, 1), c, 0n),
  ];
}

describe('what an expression depends on', () => {
  const [a, b, c] = ['A', 'B', 'C'].map((name) => fieldValue(symbol(name))) as [Expr, Expr, Expr];

  test('its fields, each once, in the order in which they stand there', () => {
    for (const value of each(a, b, c)) {
      const names = fieldsOf(value).map(({ name }) => name);
      expect(names.sort()).toEqual(['A', 'B', 'C']);
      expect(variablesOf(value).map((variable) => variable.kind)).toEqual(['field', 'field', 'field']);
    }
    expect(fieldsOf(arithmetic('divide', 64, b, a)).map(({ name }) => name)).toEqual(['B', 'A']);
    expect(
      variablesOf(arithmetic('divide', 64, b, a), c, b).map((variable) => keyOfVariable(variable)),
    ).toEqual(['\\B#0@.0', '\\A#0@.0', '\\C#0@.0']);
    expect(fieldsOf(5n)).toEqual([]);
    expect(variablesOf(5n)).toEqual([]);
  });

  test('about as many as are asked for', () => {
    expect(fieldsOf(each(a, b, c)[0]!, 2)).toHaveLength(2);
    expect(fieldsOf(each(a, b, c)[0]!, 0)).toHaveLength(0);
  });

  test('a field made twice is one, two reads of it are two', () => {
    const again = fieldValue(symbol('A'));
    const later = fieldValue(symbol('A', { epoch: 1 }));
    const names = (value: Quantity): string[] => fieldsOf(value).map(({ name, epoch }) => `${name}${epoch}`);
    expect(names(arithmetic('divide', 64, a, again))).toEqual(['A0']);
    expect(names(arithmetic('divide', 64, a, later))).toEqual(['A0', 'A1']);
    expect(variablesOf(a, again, later)).toHaveLength(2);
  });

  test('the fields that something unknown was made from, its reasons, and choices', () => {
    const lost = opaque(8, 'a loop was given up', [symbol('A'), symbol('B')]);
    const other = opaque(8, 'a method is missing');
    const value = arithmetic('divide', 64, lost, choose(compare('eq', other, 1n), choiceValue(RELEASE), c));
    expect(fieldsOf(value).map(({ name }) => name)).toEqual(['A', 'B', 'C']);
    expect(opaqueReasons(value).sort()).toEqual(['a loop was given up', 'a method is missing']);
    expect(opaqueReasons(arithmetic('divide', 64, lost, lost))).toEqual(['a loop was given up']);
    expect(opaqueReasons(a)).toEqual([]);
    expect(opaqueReasons(1n)).toEqual([]);
    expect(choicesOf(value)).toEqual([RELEASE]);
    expect(
      choicesOf(compare('eq', choiceValue(SETTING), choiceValue(RELEASE)))
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['SYSFB', 'release']);
    expect(choicesOf(a)).toEqual([]);
    expect(choicesOf(0n)).toEqual([]);
    expect(variablesOf(value).map(({ kind }) => kind)).toEqual(['unknown', 'unknown', 'choice', 'field']);
    const many = Array.from({ length: 20 }, (_, i) => symbol(`F${i}`));
    expect(fieldsOf(opaque(8, 'many', many))).toHaveLength(12);
  });

  test('keys: fields by path, place and read, choices by id, the unknown by itself', () => {
    const key = (more: Partial<FieldSymbol>) => keyOfVariable({ kind: 'field', field: symbol('A', more) });
    expect(key({})).toBe(key({ name: 'other', bits: 8 }));
    const others = [{ epoch: 1 }, { address: 0x10n }, { bitOffset: 4 }, { path: '\\B' }].map(key);
    expect(new Set([key({}), ...others]).size).toBe(5);
    expect(keyOfVariable({ kind: 'choice', choice: RELEASE })).toBe('release');
    expect(keyOfVariable({ kind: 'unknown', of: UNKNOWN as never })).toBe(UNKNOWN);
  });
});

const fields = [LOWA, HIGB, BOTH, ELSE];
const choices = [RELEASE, SETTING];

/** What each variable of the small world is in a content. */
function valuesIn(content: Content): (readonly [Variable, bigint])[] {
  return [
    ...fields.map(
      (field) => [{ kind: 'field', field } as const, BigInt(meaningOf(fieldValue(field))(content))] as const,
    ),
    ...choices.map(
      (choice) =>
        [{ kind: 'choice', choice } as const, BigInt(meaningOf(choiceValue(choice))(content))] as const,
    ),
  ];
}

describe('with values put in', () => {
  const content = fc.nat(contents().length - 1).map((i) => contents()[i]!);

  test('an expression is what it means', () => {
    fc.assert(
      fc.property(fc.oneof(anyNumber, anyCondition), content, fc.nat(63), (value, at, which) => {
        const assignment = new Assignment();
        const put = valuesIn(at).filter((_, i) => (which >> i) & 1);
        for (const [variable, n] of put) assignment.set(variable, n);
        expect(assignment.size).toBe(put.length);
        const result = substitute(value, assignment);
        expect(meaningOf(result)(at)).toBe(meaningOf(value)(at));
        // What got a value is gone.
        const left = new Set(variablesOf(result).map(keyOfVariable));
        for (const [variable] of put) expect(left.has(keyOfVariable(variable))).toBe(false);
      }),
      { numRuns: runs(1500) },
    );
  });

  test('nothing is put in of nothing', () => {
    const value = sum(64, 1n, [{ coefficient: 1n, of: X }]);
    expect(substitute(value, new Assignment())).toBe(value);
    expect(substitute(5n, new Assignment())).toBe(5n);
  });

  test.each([
    ['multiply', 0x1_0000n, 0x1_0001n, 0x1_0000n],
    ['divide', 100n, 7n, 14n],
    ['modulo', 100n, 7n, 2n],
    ['shift-left', 3n, 31n, 0x8000_0000n],
    ['shift-left', 3n, 127n, 0n],
    ['shift-left', 3n, 128n, 0n],
    ['shift-left', 3n, 1n << 40n, 0n],
    ['shift-right', 0x100n, 4n, 0x10n],
    ['shift-right', 0x100n, 1n << 40n, 0n],
  ] as const)('%s of %i by %i', (op, left, right, expected) => {
    const [a, b] = [symbol('A'), symbol('B', { bits: 64 })];
    const assignment = new Assignment();
    assignment.set({ kind: 'field', field: a }, left);
    assignment.set({ kind: 'field', field: b }, right);
    expect(substitute(arithmetic(op, 32, fieldValue(a), fieldValue(b)), assignment)).toBe(expected);
  });

  test('a division by zero stays, AML never arrives there', () => {
    const assignment = new Assignment();
    assignment.set({ kind: 'field', field: symbol('A') }, 5n);
    assignment.set({ kind: 'field', field: symbol('B') }, 0n);
    const quotient = arithmetic('divide', 32, fieldValue(symbol('A')), fieldValue(symbol('B')));
    expect(formatQuantity(substitute(quotient, assignment))).toBe('5 / 0');
  });
});

describe('on one side of a condition', () => {
  test('an expression is what it was there', () => {
    fc.assert(
      fc.property(fc.oneof(anyNumber, anyCondition), anyCondition, fc.boolean(), (value, condition, side) => {
        const when = choiceIn(value) ?? condition;
        if (isKnown(when)) return;
        const [before, after] = [meaningOf(value), meaningOf(given(value, when, side))];
        const holds = meaningOf(when);
        for (let i = 0; i < contents().length; i += 7) {
          const at = contents()[i]!;
          if ((holds(at) !== 0) === side) expect(after(at)).toBe(before(at));
        }
      }),
      { numRuns: runs(400) },
    );
  });

  test('its choices by the condition are made, wherever they stand', () => {
    const when = compare('lt', 3n, X) as Expr;
    const inner = choose(when, Y, 7n) as Expr;
    for (const value of each(inner, fieldValue(symbol('B')), fieldValue(symbol('C')))) {
      expect(choiceIn(value)).toBeDefined();
      for (const side of [true, false]) {
        const made = given(value, when, side);
        expect(formatQuantity(made)).not.toContain('X > 3');
        expect(fieldsOf(made).some(({ name }) => name === 'Y')).toBe(side);
      }
    }
    expect(given(when, when, true)).toBe(1n);
    expect(given(when, when, false)).toBe(0n);
    expect(choiceIn(X)).toBeUndefined();
    expect(choiceIn(5n)).toBeUndefined();
    expect(choiceIn(inner)).toBe(when);
  });
});

describe('bytes', () => {
  test('of numbers of any length, and back', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, maskOf(200)), fc.integer({ min: 0, max: 26 }), (value, length) => {
        const bytes = bytesOfQuantity(value, length);
        expect(bytes).toEqual(Array.from({ length }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn)));
        expect(quantityOfBytes(bytes)).toBe(value & maskOf(8 * length));
      }),
      { numRuns: runs(500) },
    );
  });

  test('of a field are its bytes; those that are known are plain', () => {
    expect(bytesOfQuantity(X, 4)).toEqual([0, 1, 2, 3].map((index) => ({ of: X, index })));
    expect(bytesOfQuantity(X, 3)).toHaveLength(3);
    // Beyond its bits there is nothing.
    expect(bytesOfQuantity(Y, 3)).toEqual([{ of: Y, index: 0 }, 0, 0]);
    const shifted = sum(64, 0x12n, [{ coefficient: 0x10000n, of: Y }]) as Expr;
    expect(bytesOfQuantity(shifted, 4)).toEqual([0x12, 0, { of: shifted, index: 2 }, 0]);
  });

  test.each<[string, readonly ByteValue[]]>([
    ['X', [0, 1, 2, 3].map((index) => ({ of: X, index }))],
    ['X >> 8 & 0xffff', [1, 2].map((index) => ({ of: X, index }))],
    ['(X >> 24) << 8 | X >> 8 & 0xff', [1, 3].map((index) => ({ of: X, index }))],
    ['(X & 0xff) << 8 | X >> 8 & 0xff', [1, 0].map((index) => ({ of: X, index }))],
    [
      'Y << 8 | X & 0xff',
      [
        { of: X, index: 0 },
        { of: Y, index: 0 },
      ],
    ],
    ['0x500 | X & 0xff', [{ of: X, index: 0 }, 5]],
    ['(X & 0xff) << 8 | 5', [5, { of: X, index: 0 }]],
    ['(X & 0xffff) << 16 | 0x605', [5, 6, { of: X, index: 0 }, { of: X, index: 1 }]],
    ['Y', [{ of: Y, index: 0 }, 0, 0]],
    ['X & 0xff', [{ of: X, index: 0 }, 0, 0, 0]],
  ])('that make %s', (text, bytes) => {
    expect(formatQuantity(quantityOfBytes(bytes))).toBe(text);
  });

  test('known ones among those of one expression are part of it only where they are its own', () => {
    const shifted = sum(64, 0x12n, [{ coefficient: 0x10000n, of: Y }]) as Expr;
    const bytes = bytesOfQuantity(shifted, 4);
    expect(quantityOfBytes(bytes)).toEqual(bitsOf(shifted, 0, 32));
    expect(formatQuantity(quantityOfBytes([0x13, ...bytes.slice(1)]))).toBe(
      '((Y << 16) + 0x12 >> 16 & 0xff) << 16 | 0x13',
    );
  });

  test('by themselves, and whether two are the same', () => {
    expect(quantityOfByte(7)).toBe(7n);
    expect(formatQuantity(quantityOfByte({ of: X, index: 3 }))).toBe('X >> 24');
    const again = fieldValue(symbol('X'));
    expect(sameByte(7, 7)).toBe(true);
    expect(sameByte(7, 8)).toBe(false);
    expect(sameByte(7, { of: X, index: 0 })).toBe(false);
    expect(sameByte({ of: X, index: 0 }, 7)).toBe(false);
    expect(sameByte({ of: X, index: 1 }, { of: again, index: 1 })).toBe(true);
    expect(sameByte({ of: X, index: 1 }, { of: X, index: 2 })).toBe(false);
    expect(sameByte({ of: X, index: 0 }, { of: Y, index: 0 })).toBe(false);
  });
});
