import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bitsOf,
  bitwise,
  bytesOfQuantity,
  choose,
  compare,
  type Expr,
  formatQuantity,
  insertBits,
  isKnown,
  join,
  maskOf,
  maximumOf,
  onesOf,
  type Quantity,
  quantityOfBytes,
  sum,
  truth,
} from '../../src/symbolic/index.ts';
import { runs } from '../runs.ts';
import { fieldOf } from './fields.ts';

function field(name: string, bits = 32): Expr {
  return fieldOf(name, { address: 0xf7fd9000n, bits });
}

const plus = (a: Quantity, b: Quantity): Quantity =>
  sum(64, 0n, [
    { coefficient: 1n, of: a },
    { coefficient: 1n, of: b },
  ]);

/** The number an expression stands for when each field holds what `fields` says. */
function numberOf(value: Quantity, fields: Readonly<Record<string, bigint>>): bigint {
  if (isKnown(value)) return value;
  const of = (part: Quantity): bigint => numberOf(part, fields);
  const mask = maskOf(value.bits);
  switch (value.kind) {
    case 'field':
      return fields[value.field.name]! & mask;
    case 'sum':
      return (
        value.terms.reduce((total, term) => total + term.coefficient * of(term.of), value.constant) & mask
      );
    case 'bitwise': {
      const [a, b] = [of(value.left), of(value.right)];
      return value.op === 'and' ? a & b : value.op === 'or' ? a | b : a ^ b;
    }
    case 'slice':
      return (of(value.of) >> BigInt(value.low)) & mask;
    case 'join': {
      let at = 0n;
      let total = 0n;
      for (const part of value.parts) {
        total |= (of(part.value) & maskOf(part.bits)) << at;
        at += BigInt(part.bits);
      }
      return total;
    }
    case 'compare': {
      const [a, b] = [of(value.left), of(value.right)];
      const holds = { eq: a === b, ne: a !== b, lt: a < b, le: a <= b }[value.op];
      return holds ? 1n : 0n;
    }
    case 'all':
      return value.of.every((part) => of(part) !== 0n) ? 1n : 0n;
    case 'any':
      return value.of.some((part) => of(part) !== 0n) ? 1n : 0n;
    case 'not':
      return of(value.of) === 0n ? 1n : 0n;
    case 'choose':
      return of(value.when) === 0n ? of(value.no) : of(value.yes);
    default:
      throw new Error(`no value for ${value.kind}`);
  }
}

describe('expressions as people read them', () => {
  test('the last address of a Generation 2 low window', () => {
    const last = plus(field('MG2B'), sum(64, -1n, [{ coefficient: 1n, of: field('MG2L') }]));
    expect(formatQuantity(quantityOfBytes(bytesOfQuantity(last, 4)))).toBe('MG2B + MG2L - 1');
  });

  test('a shift put in a buffer and read again is the shift', () => {
    const shifted = sum(64, 0n, [{ coefficient: 1n << 20n, of: field('HMIB') }]);
    expect(formatQuantity(quantityOfBytes(bytesOfQuantity(shifted, 8)))).toBe('HMIB << 20');
  });

  test('a choice of Ones and Zero is its condition', () => {
    const above = compare('lt', 0n, field('MG2L'));
    expect(formatQuantity(truth(choose(above, maskOf(64), 0n)))).toBe('MG2L > 0');
  });

  test('a mask shows what it masks', () => {
    expect(formatQuantity(bitwise('and', field('PMBS'), 0xf0n))).toBe('PMBS & 0xf0');
  });

  test('the topmost bit in its place is not its negative', () => {
    const byte = field('PIRC', 8);
    expect(formatQuantity(bitwise('and', byte, 0x80n))).toBe('PIRC & 0x80');
    const [high, low] = [bitwise('and', byte, 0x80n), bitwise('and', byte, 0x40n)];
    expect(formatQuantity(compare('eq', plus(high, low), 0n))).not.toContain('-');
  });

  test('a shifted value is zero when the value is', () => {
    const shifted = sum(64, 0n, [{ coefficient: 1n << 20n, of: field('HMIL') }]);
    expect(formatQuantity(compare('eq', shifted, 0n))).toBe('HMIL == 0');
  });

  test('bits that are known decide a comparison', () => {
    expect(compare('eq', bitwise('and', field('X'), 0xf0n), 1n)).toBe(0n);
    expect(bitsOf(insertBits(field('X'), 32, 4, 4, 5n), 4, 4)).toBe(5n);
  });
});

describe('expressions mean what the operations mean', () => {
  type Made = { readonly expr: Quantity; readonly value: (x: bigint, y: bigint) => bigint };
  const leaf = fc.oneof(
    fc.constant<Made>({ expr: field('X'), value: (x) => x }),
    fc.constant<Made>({ expr: field('Y', 8), value: (_x, y) => y }),
    fc.bigInt(0n, maskOf(40)).map((n): Made => ({ expr: n, value: () => n })),
  );
  const made = fc.letrec<{ node: Made }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      fc.tuple(tie('node'), tie('node')).map(
        ([a, b]): Made => ({
          expr: plus(a.expr, b.expr),
          value: (x, y) => (a.value(x, y) + b.value(x, y)) & maskOf(64),
        }),
      ),
      fc.tuple(tie('node'), fc.bigInt(1n, 0x1_0000n)).map(
        ([a, n]): Made => ({
          expr: sum(64, 0n, [{ coefficient: n, of: a.expr }]),
          value: (x, y) => (a.value(x, y) * n) & maskOf(64),
        }),
      ),
      fc.tuple(tie('node'), fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 40 })).map(
        ([a, low, bits]): Made => ({
          expr: bitsOf(a.expr, low, bits),
          value: (x, y) => (a.value(x, y) >> BigInt(low)) & maskOf(bits),
        }),
      ),
      fc.tuple(tie('node'), tie('node'), fc.constantFrom('and' as const, 'or' as const, 'xor' as const)).map(
        ([a, b, op]): Made => ({
          expr: bitwise(op, a.expr, b.expr),
          value: (x, y) => {
            const [p, q] = [a.value(x, y), b.value(x, y)];
            return op === 'and' ? p & q : op === 'or' ? p | q : p ^ q;
          },
        }),
      ),
      fc.tuple(tie('node'), tie('node')).map(
        ([a, b]): Made => ({
          expr: join([
            { bits: 16, value: bitsOf(a.expr, 0, 16) },
            { bits: 16, value: bitsOf(b.expr, 0, 16) },
          ]),
          value: (x, y) => (a.value(x, y) & 0xffffn) | ((b.value(x, y) & 0xffffn) << 16n),
        }),
      ),
      fc
        .tuple(
          tie('node'),
          tie('node'),
          tie('node'),
          tie('node'),
          fc.constantFrom('eq' as const, 'lt' as const, 'le' as const),
        )
        .map(
          ([a, b, c, d, op]): Made => ({
            expr: choose(compare(op, a.expr, b.expr), c.expr, d.expr),
            value: (x, y) => {
              const [p, q] = [a.value(x, y), b.value(x, y)];
              const holds = op === 'eq' ? p === q : op === 'lt' ? p < q : p <= q;
              return (holds ? c : d).value(x, y);
            },
          }),
        ),
    ),
  })).node;

  test('whatever the fields hold', () => {
    fc.assert(
      fc.property(made, fc.bigInt(0n, maskOf(32)), fc.bigInt(0n, 255n), ({ expr, value }, x, y) => {
        const wanted = value(x, y);
        expect(numberOf(expr, { X: x, Y: y })).toBe(wanted);
        // Known bits are so, and bytes put together again give the number.
        expect(wanted & onesOf(expr)).toBe(onesOf(expr));
        expect(wanted & ~maximumOf(expr)).toBe(0n);
        expect(numberOf(quantityOfBytes(bytesOfQuantity(expr, 8)), { X: x, Y: y })).toBe(wanted);
      }),
      { numRuns: runs(600) },
    );
  });
});
