/** What each operation makes, as it is printed. The texts are written by hand: C over the fields' names, simplified. */
import { describe, expect, test } from 'vitest';
import {
  anyOf,
  arithmetic,
  bitsOf,
  bitwise,
  choiceValue,
  choose,
  chosen,
  chosenFrom,
  compare,
  type Expr,
  type FieldSymbol,
  fieldValue,
  formatExpr,
  formatQuantity,
  gather,
  insertBits,
  join,
  mapConstantLeaves,
  maskOf,
  maximumOf,
  minimumOf,
  not,
  opaque,
  type Quantity,
  sameQuantity,
  sum,
  truth,
} from '../../src/symbolic/index.ts';
import { symbolOf } from './fields.ts';
import { RELEASE } from './small-world.ts';

function symbol(name: string, bits: number, more: Partial<FieldSymbol> = {}): FieldSymbol {
  return symbolOf(name, { bits, ...more });
}
const field = (name: string, bits: number): Expr => fieldValue(symbol(name, bits));
const [X, Z] = [field('X', 32), field('Z', 32)];
const [Y, V] = [field('Y', 8), field('V', 8)];
const [B, D] = [field('B', 1), field('D', 1)];
const WIDE = field('WIDE', 128);

type Term = readonly [bigint, Quantity];
const total = (bits: number, constant: bigint, ...terms: readonly Term[]): Quantity =>
  sum(
    bits,
    constant,
    terms.map(([coefficient, of]) => ({ coefficient, of })),
  );
const side = (...parts: readonly (readonly [number, Quantity])[]): Quantity =>
  join(parts.map(([bits, value]) => ({ bits, value })));
const and = (a: Quantity, b: Quantity): Quantity => bitwise('and', a, b);
const or = (a: Quantity, b: Quantity): Quantity => bitwise('or', a, b);
const xor = (a: Quantity, b: Quantity): Quantity => bitwise('xor', a, b);
const all = (...of: readonly Quantity[]): Quantity => gather('all', of);
const any = (...of: readonly Quantity[]): Quantity => gather('any', of);
/** A condition that is nothing but itself. */
const C = compare('lt', 3n, X);
const E = compare('lt', Z, 9n);

/** Made when they are looked at, so that a test makes them. */
const ROWS: Readonly<Record<string, () => readonly (readonly [string, Quantity])[]>> = {
  'a sum': () => [
    ['X', total(32, 0n, [1n, X])],
    ['X & 0xff', total(8, 0n, [1n, X])],
    ['X + 5', total(64, 5n, [1n, X])],
    ['X + 0xa', total(64, 10n, [1n, X])],
    ['X - 1', total(64, -1n, [1n, X])],
    // Too large to be meant as a subtraction.
    ['X + 0xffffffffffe00000', total(64, -0x200000n, [1n, X])],
    ['X << 1', total(64, 0n, [2n, X])],
    ['X * 3', total(64, 0n, [3n, X])],
    ['X * 3 + 1', total(64, 1n, [3n, X])],
    ['X * 3 + Z * 3', total(64, 0n, [3n, total(64, 0n, [1n, X], [1n, Z])])],
    ['X - Y', total(64, 0n, [1n, X], [-1n, Y])],
    ['Y - X', total(64, 0n, [-1n, X], [1n, Y])],
    ['X - (Y << 2)', total(64, 0n, [1n, X], [-4n, Y])],
    ['X - Y * 5', total(64, 0n, [1n, X], [-5n, Y])],
    ['-X', total(64, 0n, [-1n, X])],
    ['-X - 1', total(64, -1n, [-1n, X])],
    ['-(X | 5)', total(64, 0n, [-1n, or(X, 5n)])],
    ['X << 1', total(64, 0n, [1n, X], [1n, X])],
    ['0', total(64, 0n, [1n, X], [-1n, X])],
    ['0x10', total(64, 1n, [3n, 5n])],
    ['0', total(4, 15n, [1n, 1n])],
    // A sum inside that can't wrap, or wraps where the outer one does, is one sum with it.
    ['X + 3', total(64, 1n, [1n, total(64, 2n, [1n, X])])],
    ['X + 3', total(64, 1n, [1n, total(33, 2n, [1n, X])])],
    ['X + 2 + 1', total(64, 1n, [1n, total(32, 2n, [1n, X])])],
    ['X + 3', total(32, 1n, [1n, total(64, 2n, [1n, X])])],
    ['X * 6 + 7', total(64, 1n, [3n, total(64, 2n, [2n, X])])],
    // At a width that is no integer's the text says that it wraps.
    ['Y + V & 0xff', total(8, 0n, [1n, Y], [1n, V])],
    ['Y + V', total(9, 0n, [1n, Y], [1n, V])],
    ['-Y & 0xff', total(8, 0n, [255n, Y])],
    // A negative coefficient becomes positive where nothing wraps then.
    ['B << 7', total(8, 0n, [-0x80n, B])],
  ],
  'bits cut out': () => [
    ['0', bitsOf(X, 0, 0)],
    ['0', bitsOf(0xabcn, 4, 0)],
    ['0xb', bitsOf(0xabcn, 4, 4)],
    ['0', bitsOf(X, 32, 4)],
    ['X >> 31', bitsOf(X, 31, 4)],
    ['X', bitsOf(X, 0, 32)],
    ['X', bitsOf(X, 0, 40)],
    ['X & 0x7fffffff', bitsOf(X, 0, 31)],
    ['X >> 4 & 0xf', bitsOf(X, 4, 4)],
    ['X >> 6 & 0xf', bitsOf(bitsOf(X, 4, 8), 2, 4)],
    ['X >> 10 & 3', bitsOf(bitsOf(X, 4, 8), 6, 4)],
    ['V', bitsOf(side([8, Y], [8, V]), 8, 8)],
    ['Y', bitsOf(side([8, Y], [8, V]), 0, 8)],
    ['(V & 0xf) << 4 | Y >> 4', bitsOf(side([8, Y], [8, V]), 4, 8)],
    ['X > 3 ? X >> 4 & 0xff : 0x23', bitsOf(choose(C, X, 0x1234n), 4, 8)],
    ['X >> 8 & 0xff ^ Z >> 8 & 0xff', bitsOf(xor(X, Z), 8, 8)],
    ['X + Z & 0xff', bitsOf(total(64, 0n, [1n, X], [1n, Z]), 0, 8)],
    ['X + 0x10 & 0xff', bitsOf(total(64, 0x100n, [0x10n, X]), 4, 8)],
    ['X >> 4 & 0xff', bitsOf(total(64, 0n, [16n, X]), 8, 8)],
    ['(X << 4) + 0x108 >> 4 & 0xff', bitsOf(total(64, 0x108n, [0x10n, X]), 4, 8)],
    ['Y + 1 >> 1 & 0xff', bitsOf(total(64, 1n, [1n, Y]), 1, 20)],
    ['Y + 1', bitsOf(total(64, 1n, [1n, Y]), 0, 20)],
    ['0', bitsOf(total(64, 1n, [1n, Y]), 9, 20)],
  ],
  'bits side by side': () => [
    ['0', side()],
    ['V', side([0, Y], [8, V])],
    ['Y', side([8, Y], [8, 0n])],
    ['Y << 8', side([8, 0n], [8, Y])],
    ['V << 8 | Y', side([8, Y], [8, V])],
    ['V << 16 | Y', side([16, Y], [8, V])],
    ['0x100 | Y', side([8, Y], [8, 1n])],
    ['0x10000 | Y', side([8, Y], [8, 0n], [8, 1n])],
    ['Y << 8 | 5', side([8, 5n], [8, Y])],
    ['0x201', side([8, 1n], [8, 2n])],
    ['V << 16 | Y << 8', side([8, 0n], [8, Y], [8, V])],
    ['X & 0xff', side([4, bitsOf(X, 0, 4)], [4, bitsOf(X, 4, 4)])],
    ['Y', side([4, bitsOf(Y, 0, 4)], [4, bitsOf(Y, 4, 4)])],
    ['X >> 4 & 0xff', side([4, bitsOf(X, 4, 4)], [4, bitsOf(X, 8, 4)])],
    ['(X >> 9 & 0xf) << 4 | X >> 4 & 0xf', side([4, bitsOf(X, 4, 4)], [4, bitsOf(X, 9, 4)])],
    ['(Z >> 4 & 0xf) << 4 | X & 0xf', side([4, bitsOf(X, 0, 4)], [4, bitsOf(Z, 4, 4)])],
    ['V << 8 | Y', side([16, side([8, Y], [8, V])])],
    ['0x5000000 | V << 8 | Y', side([24, side([8, Y], [8, V])], [8, 5n])],
    ['X > 3 ? Y : V << 8', side([8, choose(C, Y, 0n)], [8, choose(C, 0n, V)])],
    ['X > 3 ? 0x500 | Y : 0x500', side([8, choose(C, Y, 0n)], [8, 5n])],
    ['(Z < 9 ? 0 : V) << 8 | (X > 3 ? Y : 0)', side([8, choose(C, Y, 0n)], [8, choose(E, 0n, V)])],
    ['(X >> 16) << 16 | V << 8 | X & 0xff', insertBits(X, 32, 8, 8, V)],
    ['(X >> 16) << 16 | 0x1234', insertBits(X, 32, 0, 16, 0x1234n)],
  ],
  'and, or, exclusive or': () => [
    ['4', and(0xcn, 6n)],
    ['0xe', or(0xcn, 6n)],
    ['0xa', xor(0xcn, 6n)],
    ['0', and(X, 0n)],
    ['0', and(0n, X)],
    ['X', or(X, 0n)],
    ['X', xor(0n, X)],
    ['X', and(X, X)],
    ['X', or(X, X)],
    ['0', xor(X, X)],
    ['X & 5', and(X, 5n)],
    ['X & 5', and(5n, X)],
    ['X & 0xf0', and(X, 0xf0n)],
    ['X & 7', and(X, 7n)],
    ['X', and(X, 0xffff_ffffn)],
    ['Y', and(Y, 0xfffn)],
    ['0', and(Y, 0x100n)],
    ['X & 5', and(and(X, 0x15n), 0x25n)],
    ['Y & X', and(Y, X)],
    ['0xff', or(Y, 0xffn)],
    ['Y + 0x100', or(Y, 0x100n)],
    ['X | 5', or(5n, X)],
    ['X ^ 5', xor(X, 5n)],
    ['Y', and(or(X, 0xffn), Y)],
    ['Y', and(Y, or(X, 0xffn))],
    ['X | 0xff', or(or(X, 0xffn), Y)],
    ['X | 0xff', or(Y, or(X, 0xffn))],
    ['Y + (V << 8)', or(Y, total(64, 0n, [0x100n, V]))],
    ['X > 3 ? 5 : 6', or(choose(C, 1n, 2n), 4n)],
    ['X | Z', or(X, Z)],
    ['X & (Z | 5)', and(X, or(Z, 5n))],
    ['X | Z & 5', or(X, and(Z, 5n))],
    ['X ^ Z & 5', xor(X, and(Z, 5n))],
    ['(X ^ Z) & Y', and(xor(X, Z), Y)],
    ['X & (Z & Y)', and(X, and(Z, Y))],
  ],
  arithmetic: () => [
    ['(X + Z) * Y', arithmetic('multiply', 64, total(64, 0n, [1n, X], [1n, Z]), Y)],
    ['X / (Y * V)', arithmetic('divide', 64, X, arithmetic('multiply', 64, Y, V))],
    ['X / Y / V', arithmetic('divide', 64, arithmetic('divide', 64, X, Y), V)],
    ['X % Y', arithmetic('modulo', 64, X, Y)],
    ['X << Y', arithmetic('shift-left', 64, X, Y)],
    ['X >> (Y << V)', arithmetic('shift-right', 64, X, arithmetic('shift-left', 64, Y, V))],
    ['Y * V & 0xffff', arithmetic('multiply', 16, Y, V)],
    ['Y << V & 0xffff', arithmetic('shift-left', 16, Y, V)],
    ['Y / V', arithmetic('divide', 16, Y, V)],
    ['Y >> V', arithmetic('shift-right', 16, Y, V)],
    ['X + Y << V', arithmetic('shift-left', 64, total(64, 0n, [1n, X], [1n, Y]), V)],
  ],
  'a comparison': () => [
    ['X < 5', compare('lt', X, 5n)],
    ['X > 5', compare('lt', 5n, X)],
    ['X <= 5', compare('le', X, 5n)],
    ['X >= 5', compare('le', 5n, X)],
    ['X == 5', compare('eq', X, 5n)],
    ['X == 5', compare('eq', 5n, X)],
    ['X != 5', compare('ne', X, 5n)],
    ['X != 5', compare('ne', 5n, X)],
    ['X > 0', compare('ne', X, 0n)],
    ['X > 0', compare('lt', 0n, X)],
    ['X == 0', compare('lt', X, 1n)],
    ['X >= 1', compare('le', 1n, X)],
    ['X <= 1', compare('le', X, 1n)],
    ['0', compare('lt', X, 0n)],
    ['1', compare('le', 0n, X)],
    ['1', compare('le', X, 0xffff_ffffn)],
    ['0', compare('lt', 0xffff_ffffn, X)],
    ['X < 0xffffffff', compare('lt', X, 0xffff_ffffn)],
    ['X <= 0xfffffffe', compare('le', X, 0xffff_fffen)],
    ['X >= 0xffffffff', compare('le', 0xffff_ffffn, X)],
    ['1', compare('lt', Y, 0x100n)],
    ['0', compare('le', 0x100n, Y)],
    ['0', compare('eq', Y, 0x100n)],
    ['0', compare('eq', 0x100n, Y)],
    ['1', compare('ne', Y, 0x100n)],
    ['0', compare('lt', X, X)],
    ['1', compare('le', X, X)],
    ['1', compare('eq', X, X)],
    ['0', compare('ne', X, X)],
    ['X == Z', compare('eq', X, Z)],
    ['X < Z', compare('lt', X, Z)],
    ['X <= Z', compare('le', X, Z)],
    ['X != Z', compare('ne', X, Z)],
    ['B', compare('eq', B, 1n)],
    ['!B', compare('eq', B, 0n)],
    ['!B', compare('ne', B, 1n)],
    ['X == 0', compare('eq', total(64, 0n, [0x100000n, X]), 0n)],
    ['Y == 0', compare('eq', total(64, 0n, [3n, Y]), 0n)],
    // It may have wrapped: 0x80 << 1 is 0, too.
    ['(Y << 1 & 0xff) == 0', compare('eq', total(8, 0n, [2n, Y]), 0n)],
    ['Y + V == 0', compare('eq', total(64, 0n, [1n, Y], [1n, V]), 0n)],
    ['X > 3', compare('lt', choose(C, 1n, 9n), 5n)],
    ['X <= 3', compare('lt', 5n, choose(C, 1n, 9n))],
    ['X > 3', compare('eq', choose(C, 1n, 9n), 1n)],
    ['0', compare('lt', or(X, 0x10n), 0x10n)],
    ['1', compare('le', 0x10n, or(X, 0x10n))],
    ['1', compare('lt', 0xfn, or(X, 0x10n))],
    ['0', compare('eq', or(X, 0x10n), 0xfn)],
    ['1', compare('lt', 1n, 2n)],
    ['0', compare('lt', 2n, 2n)],
    ['1', compare('le', 2n, 2n)],
    ['0', compare('le', 3n, 2n)],
    ['1', compare('ne', 3n, 2n)],
    ['0', compare('ne', 2n, 2n)],
    ['0', compare('eq', 3n, 2n)],
    ['(X & 5) > 1', compare('lt', 1n, and(X, 5n))],
    // As in C, < binds more strongly than ==.
    ['X < 5 == B', compare('eq', compare('lt', X, 5n), B)],
    ['(X < 5) <= B', compare('le', compare('lt', X, 5n), B)],
    ['(X == Z) < B', compare('lt', compare('eq', X, Z), B)],
    ['(X == Z) == B', compare('eq', compare('eq', X, Z), B)],
    ['X + 1 == Z', compare('eq', total(32, 1n, [1n, X]), Z)],
  ],
  'the opposite': () => [
    ['0', not(1n)],
    ['0', not(5n)],
    ['1', not(0n)],
    ['X != 5', not(compare('eq', X, 5n))],
    ['X == 5', not(not(compare('eq', X, 5n)))],
    ['X >= 5', not(compare('lt', X, 5n))],
    ['X > 5', not(compare('le', X, 5n))],
    ['X == 0', not(compare('lt', 0n, X))],
    ['X <= 3 || Z >= 9', not(all(C, E))],
    ['X <= 3 && Z >= 9', not(any(C, E))],
    ['!B', not(B)],
    ['B', not(not(B))],
    ['!(X > 3 ? B : D)', not(choose(C, B, D))],
    ['X > 3 ? B : D', not(not(choose(C, B, D)))],
  ],
  'whether a value is other than zero': () => [
    ['0', truth(0n)],
    ['1', truth(5n)],
    ['1', truth(or(X, 4n))],
    ['B', truth(B)],
    ['X > 0', truth(X)],
    ['X > 3', truth(choose(C, 5n, 0n))],
    ['X <= 3', truth(choose(C, 0n, 5n))],
    ['X > 3 ? Z > 0 : Y > 0', truth(choose(C, Z, Y))],
  ],
  'conditions together': () => [
    ['1', all()],
    ['0', any()],
    ['X > 3', all(C)],
    ['X > 3', all(1n, C, 2n)],
    ['0', all(C, 0n)],
    ['1', any(C, 7n)],
    ['X > 3', any(0n, C)],
    ['X > 3', all(C, C)],
    ['0', all(C, E, not(C))],
    ['1', any(C, E, not(C))],
    ['X > 3 && Z < 9 && B', all(all(C, E), B)],
    ['X > 3 && Z < 9 && B', all(C, all(E, B))],
    ['X > 3 && Z < 9', all(all(C, E), C)],
    ['X > 3 || Z < 9 || B', any(any(C, E), B)],
    ['X > 3 && (Z < 9 || B)', all(C, any(E, B))],
    ['X > 3 || Z < 9 && B', any(C, all(E, B))],
    ['X & 8 && B', all(bitsOf(X, 3, 1), B)],
    ['X & 1 && B', all(bitsOf(X, 0, 1), B)],
    ['!(X & 8)', not(bitsOf(X, 3, 1))],
    ['WIDE >> 70 & 1 && B', all(bitsOf(WIDE, 70, 1), B)],
  ],
  'a choice': () => [
    ['X', choose(1n, X, Y)],
    ['X', choose(5n, X, Y)],
    ['Y', choose(0n, X, Y)],
    ['X', choose(C, X, X)],
    ['X > 3 ? X : Y', choose(C, X, Y)],
    ['B ? Y : X', choose(not(B), X, Y)],
    ['X == 5 ? Y : Z', choose(compare('ne', X, 5n), Z, Y)],
    ['X > 3 ? 1 : 3', choose(C, choose(C, 1n, 2n), 3n)],
    ['X > 3 ? 1 : 3', choose(C, 1n, choose(C, 2n, 3n))],
    ['1', choose(C, choose(C, 1n, 2n), 1n)],
    ['X > 3 ? (Z < 9 ? 1 : 2) : 3', choose(C, choose(E, 1n, 2n), 3n)],
    ['X > 3 ? 1 : Z < 9 ? 2 : 3', choose(C, 1n, choose(E, 2n, 3n))],
    ['X > 3', choose(C, 1n, 0n)],
    ['X <= 3', choose(C, 0n, 1n)],
    ['X > 3 || B', choose(C, 1n, B)],
    ['X > 3 && B', choose(C, B, 0n)],
    ['X <= 3 && B', choose(C, 0n, B)],
    ['X <= 3 || B', choose(C, B, 1n)],
    ['X > 3 ? B : D', choose(C, B, D)],
    ['(B ? D : C) ? Y : V', choose(choose(B, D, field('C', 1)), Y, V)],
    ['release == 6.7', chosen(RELEASE, '6.7')],
    ['release >= 6.7', chosenFrom(RELEASE, '6.7')],
    ['release < 6.7', not(chosenFrom(RELEASE, '6.7'))],
    ['release != 7.1', not(chosen(RELEASE, '7.1'))],
    ['1', chosenFrom(RELEASE, '5.19')],
    // No release has that index.
    ['release == 3', compare('eq', choiceValue(RELEASE), 3n)],
  ],
};

test.each(Object.entries(ROWS))('%s', (_, rows) => {
  for (const [index, [text, made]] of rows().entries())
    expect([index, formatQuantity(made)]).toEqual([index, text]);
});

describe('bytes of a field that is read byte by byte', () => {
  const whole = symbol('BUFF', 32);
  const byte = (index: number, of = whole, epoch = 0): Expr =>
    fieldValue(symbol(`${of.name}.${index}`, 8, { byteOf: { field: of, index }, epoch }));
  const other = symbol('ELSE', 32);
  const rows = (): readonly (readonly [string, Quantity])[] => [
    ['BUFF >> 8 & 0xff', byte(1)],
    ['BUFF', side([8, byte(0)], [8, byte(1)], [8, byte(2)], [8, byte(3)])],
    ['BUFF >> 8 & 0xffff', side([8, byte(1)], [8, byte(2)])],
    ['(BUFF & 0xff) << 8 | BUFF >> 8 & 0xff', side([8, byte(1)], [8, byte(0)])],
    ['(BUFF >> 16 & 0xff) << 8 | BUFF & 0xff', side([8, byte(0)], [8, byte(2)])],
    ['(ELSE >> 8 & 0xff) << 8 | BUFF & 0xff', side([8, byte(0)], [8, byte(1, other)])],
    ['(BUFF >> 8 & 0xff) << 8 | BUFF & 0xff', side([8, byte(0)], [8, byte(1, whole, 1)])],
    ['Y << 16 | BUFF & 0xffff', side([8, byte(0)], [8, byte(1)], [8, Y])],
    ['(BUFF & 0xffff) << 8 | Y', side([8, Y], [8, byte(0)], [8, byte(1)])],
  ];
  test('is put together again', () => {
    for (const [text, made] of rows()) expect(formatQuantity(made)).toBe(text);
  });
});

describe('what is known of a number', () => {
  // Bits of Y are free; each row is what they leave.
  const rows = (): readonly (readonly [string, Quantity, bigint, bigint])[] => [
    ['a shift', total(64, 0n, [16n, Y]), 0n, 0xff0n],
    ['a multiple and a constant below it', total(64, 3n, [4n, Y]), 3n, 0x3ffn],
    ['a sum that wraps', total(8, 1n, [2n, Y]), 1n, 0xffn],
    ['a difference', total(64, 0n, [-1n, Y]), 0n, maskOf(64)],
    ['a shift of a number with a known bit', total(64, 0n, [8n, or(X, 1n)]), 8n, 0x7_ffff_fff8n],
    ['a sum', total(64, 0n, [1n, Y], [1n, V]), 0n, 0x1ffn],
    ['a part of it', bitsOf(or(X, 0x30n), 4, 4), 3n, 0xfn],
    ['side by side', side([8, or(Y, 1n)], [8, 2n], [8, V]), 0x201n, 0xff02ffn],
    ['and', and(or(Y, 3n), or(V, 6n)), 2n, 0xffn],
    ['or', or(or(Y, 3n), or(V, 4n)), 7n, 0xffn],
    ['exclusive or of bits that are both set', xor(or(Y, 3n), or(V, 1n)), 0n, 0xfen],
    ['exclusive or of a bit that one has', xor(or(Y, 3n), total(9, 0n, [2n, V])), 1n, 0x1ffn],
    ['a choice', choose(C, 5n, 7n), 5n, 7n],
    ['a quotient', arithmetic('divide', 32, Y, 4n), 0n, 63n],
    ['a quotient by what may be 1', arithmetic('divide', 32, Y, X), 0n, 0xffn],
    ['a rest', arithmetic('modulo', 32, X, 10n), 0n, 15n],
    ['a rest of something small', arithmetic('modulo', 32, Y, X), 0n, 0xffn],
    ['a shift down', arithmetic('shift-right', 32, Y, 4n), 0n, 15n],
    ['a shift down by what may be 0', arithmetic('shift-right', 32, Y, X), 0n, 0xffn],
    ['a shift down by 2 at least', arithmetic('shift-right', 32, Y, or(V, 2n)), 0n, 63n],
    ['a product', arithmetic('multiply', 32, Y, 4n), 0n, 0xffff_ffffn],
  ];
  test('is no less and no more than its parts say', () => {
    for (const [of, value, least, most] of rows())
      expect([of, minimumOf(value), maximumOf(value)]).toEqual([of, least, most]);
  });
});

test('bits put into a number leave it as wide as it was', () => {
  for (const [low, bits] of [
    [0, 8],
    [8, 8],
    [24, 8],
    [0, 31],
  ] as const)
    expect((insertBits(X, 32, low, bits, Z) as Expr).bits).toBe(32);
  expect(insertBits(X, 32, 0, 32, Z)).toBe(Z);
  expect(formatQuantity(insertBits(0n, 32, 8, 8, Y))).toBe('Y << 8');
  expect(insertBits(0xffff_ffffn, 32, 8, 8, 0x12n)).toBe(0xffff_12ffn);
});

describe('the same', () => {
  /** Made anew each time, so that nothing is the same object. */
  const kinds: Readonly<Record<string, (x: Expr, n: bigint) => Quantity>> = {
    field: (x) => x,
    sum: (x, n) => total(64, n, [1n, x]),
    coefficient: (x, n) => total(64, 1n, [n, x]),
    and: (x, n) => and(x, 2n * n + 5n),
    comparison: (x, n) => compare('lt', x, n),
    slice: (x, n) => bitsOf(x, Number(n), 5),
    join: (x, n) => side([8, bitsOf(x, 0, 8)], [8, n], [8, bitsOf(x, 8, 8)]),
    all: (x, n) => all(compare('lt', x, n), B),
    any: (x, n) => any(compare('lt', x, n), B),
    not: (x, n) => not(bitsOf(x, Number(n), 1)),
    choice: (x, n) => choose(compare('lt', x, n), Y, V),
    'chosen value': (x, n) => choose(B, x, n),
    quotient: (x, n) => arithmetic('divide', 32, x, n),
  };
  test.each(Object.entries(kinds))('%s', (kind, make) => {
    const anew = (name = 'X'): Expr => field(name, 64);
    expect(sameQuantity(make(anew(), 3n), make(anew(), 3n))).toBe(true);
    expect(sameQuantity(make(anew(), 3n), make(anew('Z'), 3n))).toBe(false);
    if (kind !== 'field') expect(sameQuantity(make(anew(), 3n), make(anew(), 4n))).toBe(false);
    // These numbers have one hash: their halves are told together.
    const [small, large] = [6n, 6n << 32n];
    if (!['field', 'slice', 'not'].includes(kind))
      expect(sameQuantity(make(anew(), small), make(anew(), large)), 'large').toBe(false);
  });

  test('fields are by path, place and read, whatever they are called', () => {
    const at = (more: Partial<FieldSymbol>): Expr => fieldValue(symbol('X', 32, more));
    expect(sameQuantity(at({}), at({ name: 'other' }))).toBe(true);
    for (const more of [{ epoch: 1 }, { address: 16n }, { bitOffset: 8 }, { bits: 16 }, { path: '\\_SB.X' }])
      expect(sameQuantity(at({}), at(more))).toBe(false);
    // One hash again: each character is mixed in by multiplication and exclusive or.
    const mixed = (hash: number, next: number): number => (Math.imul(hash, 0x01000193) ^ next) | 0;
    const hash = (path: string): number => [...path].reduce((h, c) => mixed(h, c.charCodeAt(0)), 0x811c9dc5);
    const epoch = mixed(hash('\\X'), 1) ^ mixed(hash('\\Z'), 0);
    expect(sameQuantity(at({ epoch: 1 }), at({ path: '\\Z', epoch }))).toBe(false);
  });

  test('what is not known is the same as itself alone', () => {
    const lost = opaque(8, 'a loop was given up');
    expect(sameQuantity(lost, lost)).toBe(true);
    expect(sameQuantity(lost, opaque(8, 'a loop was given up'))).toBe(false);
    expect(sameQuantity(5n, 5n)).toBe(true);
    expect(sameQuantity(5n, 6n)).toBe(false);
    expect(sameQuantity(5n, X)).toBe(false);
  });
});

describe('a choice among numbers is calculated leaf by leaf', () => {
  const deep = (leaves: number): Quantity => {
    let value: Quantity = 0n;
    for (let i = 1; i < leaves; i++) value = choose(field(`B${i}`, 1), BigInt(i + 1), value);
    return value;
  };
  test('up to 24 of them', () => {
    const within = deep(24) as Expr;
    const beyond = deep(25) as Expr;
    expect(mapConstantLeaves(within, (leaf) => leaf + 1n)).toBeDefined();
    expect(mapConstantLeaves(beyond, (leaf) => leaf + 1n)).toBeUndefined();
  });
  test('and no other choice', () => {
    expect(mapConstantLeaves(choose(C, 1n, Y) as Expr, (leaf) => leaf)).toBeUndefined();
    expect(mapConstantLeaves(choose(C, Y, 1n) as Expr, (leaf) => leaf)).toBeUndefined();
    expect(mapConstantLeaves(X, (leaf) => leaf)).toBeUndefined();
    const nested = choose(C, choose(E, 1n, 2n), 3n) as Expr;
    expect(formatQuantity(mapConstantLeaves(nested, (leaf) => leaf + 0x10n)!)).toBe(
      'X > 3 ? (Z < 9 ? 0x11 : 0x12) : 0x13',
    );
  });
});

test('a value that a choice never takes is a fault of the caller', () => {
  expect(() => chosen(RELEASE, '4.4')).toThrow(new RangeError('release is never 4.4'));
  expect(() => chosenFrom(RELEASE, '9')).toThrow(RangeError);
});

test('text for a line is cut after 400 characters', () => {
  const long = (count: number): Expr =>
    anyOf(Array.from({ length: count }, (_, i) => compare('eq', field(`F${i % 10}`, 32), BigInt(i)))) as Expr;
  // F0 == 0 || F1 == 1 || …: 7 characters and 4 between, up to ten of them.
  expect(formatExpr(long(10))).toHaveLength(10 * 7 + 9 * 4);
  const cut = formatExpr(long(60));
  expect(cut).toHaveLength(403);
  expect(cut.endsWith('...')).toBe(true);
});
