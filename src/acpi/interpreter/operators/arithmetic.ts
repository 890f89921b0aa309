/** Integer operators (ACPI 6.5, 19.6; ACPICA exoparg1.c, exoparg2.c). Results of unknown operands are expressions. */
import {
  arithmetic,
  bitsOf,
  bitwise,
  compare,
  type Expr,
  fieldsOf,
  isKnown,
  mapConstantLeaves,
  opaque,
  type Quantity,
  sum,
} from '../../../symbolic/index.ts';
import { fault } from '../state/fault.ts';
import type { Deciding, Integers, Operators, Places, Run } from '../state/machine.ts';
import { integer, ObjectReference } from '../state/objects.ts';
import type { Storing } from '../state/operands.ts';
import { toInteger } from '../values/values.ts';
import { dereference } from './references.ts';

/** Arithmetic needs the integer width, and forks paths at a possible division by zero. */
type Arithmetic = Integers & Deciding;

/** An operator with two integer operands and a target. */
function binary(calculate: (m: Arithmetic, a: Quantity, b: Quantity) => Quantity): Run<Arithmetic> {
  return (m, operands) => {
    const a = operands.integer(0);
    const b = operands.integer(1);
    return operands.deliver(2, integer(calculate(m, a, b)), 'result');
  };
}

function unary(
  calculate: (m: Arithmetic, a: Quantity) => Quantity,
  storing: Storing = 'result',
): Run<Arithmetic> {
  return (m, operands) => operands.deliver(1, integer(calculate(m, operands.integer(0))), storing);
}

/** A function that expressions do not have: exact for a choice among constants, otherwise opaque. */
function calculated(bits: number, reason: string, value: Expr, known: (value: bigint) => bigint): Quantity {
  return mapConstantLeaves(value, known) ?? opaque(bits, reason, fieldsOf(value));
}

function add(m: Arithmetic, a: Quantity, b: Quantity): Quantity {
  if (isKnown(a) && isKnown(b)) return (a + b) & m.mask;
  return leafwise(a, b, (x, y) => (x + y) & m.mask) ?? linear(m, a, b, 1n);
}

function linear(m: Arithmetic, a: Quantity, b: Quantity, sign: bigint): Quantity {
  return sum(m.bits, 0n, [
    { coefficient: 1n, of: a },
    { coefficient: sign, of: b },
  ]);
}

/** Applies a function to a constant and a choice among constants, leaf by leaf; `undefined` for other operands. */
function leafwise(a: Quantity, b: Quantity, known: (a: bigint, b: bigint) => bigint): Quantity | undefined {
  if (isKnown(a)) return isKnown(b) ? known(a, b) : mapConstantLeaves(b, (leaf) => known(a, leaf));
  return isKnown(b) ? mapConstantLeaves(a, (leaf) => known(leaf, b)) : undefined;
}

function subtract(m: Arithmetic, a: Quantity, b: Quantity): Quantity {
  if (isKnown(a) && isKnown(b)) return (a - b) & m.mask;
  return leafwise(a, b, (x, y) => (x - y) & m.mask) ?? linear(m, a, b, -1n);
}

function multiply(m: Arithmetic, a: Quantity, b: Quantity): Quantity {
  if (isKnown(a) && isKnown(b)) return (a * b) & m.mask;
  const leaves = leafwise(a, b, (x, y) => (x * y) & m.mask);
  if (leaves !== undefined) return leaves;
  if (isKnown(a)) return sum(m.bits, 0n, [{ coefficient: a, of: b }]);
  if (isKnown(b)) return sum(m.bits, 0n, [{ coefficient: b, of: a }]);
  return arithmetic('multiply', m.bits, a, b);
}

function checkDivisor(m: Arithmetic, divisor: Quantity): void {
  if (m.decide(compare('eq', divisor, 0n))) fault('AE_AML_DIVIDE_BY_ZERO', 'division by zero');
}

function powerOfTwo(value: Quantity): number | undefined {
  return isKnown(value) && value > 0n && (value & (value - 1n)) === 0n
    ? value.toString(2).length - 1
    : undefined;
}

function divide(m: Arithmetic, a: Quantity, b: Quantity): Quantity {
  if (isKnown(a) && isKnown(b)) return a / b;
  const shift = powerOfTwo(b);
  if (shift !== undefined) return bitsOf(a, shift, m.bits);
  return (isKnown(b) ? leafwise(a, b, (x, y) => x / y) : undefined) ?? arithmetic('divide', m.bits, a, b);
}

function modulo(m: Arithmetic, a: Quantity, b: Quantity): Quantity {
  if (isKnown(a) && isKnown(b)) return a % b;
  const shift = powerOfTwo(b);
  if (shift !== undefined) return bitsOf(a, 0, shift);
  return (isKnown(b) ? leafwise(a, b, (x, y) => x % y) : undefined) ?? arithmetic('modulo', m.bits, a, b);
}

function shiftLeft(m: Arithmetic, a: Quantity, b: Quantity): Quantity {
  const limit = BigInt(m.bits);
  if (isKnown(b)) {
    if (b >= limit) return 0n;
    return isKnown(a) ? (a << b) & m.mask : multiply(m, a, 1n << b);
  }
  return (
    leafwise(a, b, (x, y) => (y >= limit ? 0n : (x << y) & m.mask)) ?? arithmetic('shift-left', m.bits, a, b)
  );
}

function shiftRight(m: Arithmetic, a: Quantity, b: Quantity): Quantity {
  if (isKnown(b)) {
    if (b >= BigInt(m.bits)) return 0n;
    return isKnown(a) ? a >> b : bitsOf(a, Number(b), m.bits);
  }
  return (
    leafwise(a, b, (x, y) => (y >= BigInt(m.bits) ? 0n : x >> y)) ?? arithmetic('shift-right', m.bits, a, b)
  );
}

function complement(m: Arithmetic, a: Quantity): Quantity {
  return bitwise('xor', a, m.mask);
}

function leftBit(value: bigint): bigint {
  return value === 0n ? 0n : BigInt(value.toString(2).length);
}

function rightBit(value: bigint): bigint {
  return leftBit(value & -value);
}

function fromBcd(m: Arithmetic, value: bigint): bigint {
  const digits = value.toString(16);
  if (!/^[0-9]+$/.test(digits)) fault('AE_AML_NUMERIC_OVERFLOW', `0x${digits} is not a BCD number`);
  return BigInt(digits) & m.mask;
}

function toBcd(m: Arithmetic, value: bigint): bigint {
  const digits = value.toString();
  if (digits.length > m.bits / 4) fault('AE_AML_NUMERIC_OVERFLOW', `${digits} has too many digits for BCD`);
  return BigInt(`0x${digits}`);
}

/** Increment and Decrement, also through a reference. */
function stepping(by: bigint): Run<Places> {
  return (m, operands) => {
    const place = operands.raw(0);
    const value = place instanceof ObjectReference ? dereference(m, place) : operands.value(0);
    const now = toInteger(m, value);
    const next = integer(by > 0n ? add(m, now, by) : subtract(m, now, -by));
    operands.store(0, next, 'result');
    return next;
  };
}

const divideOperator: Run<Arithmetic> = (m, operands) => {
  const a = operands.integer(0);
  const b = operands.integer(1);
  checkDivisor(m, b);
  const quotient = integer(divide(m, a, b));
  operands.store(2, integer(modulo(m, a, b)), 'result');
  operands.store(3, quotient, 'result');
  return quotient;
};

/** By ASL name. */
export const ARITHMETIC_OPERATORS: Operators<Places> = {
  Add: binary(add),
  Subtract: binary(subtract),
  Multiply: binary(multiply),
  Divide: divideOperator,
  Mod: binary((m, a, b) => {
    checkDivisor(m, b);
    return modulo(m, a, b);
  }),
  ShiftLeft: binary(shiftLeft),
  ShiftRight: binary(shiftRight),
  And: binary((_m, a, b) => bitwise('and', a, b)),
  Or: binary((_m, a, b) => bitwise('or', a, b)),
  XOr: binary((_m, a, b) => bitwise('xor', a, b)),
  NAnd: binary((m, a, b) => complement(m, bitwise('and', a, b))),
  NOr: binary((m, a, b) => complement(m, bitwise('or', a, b))),
  Not: unary(complement),
  FindSetLeftBit: unary((_m, a) =>
    isKnown(a) ? leftBit(a) : calculated(7, 'the highest bit that is set', a, leftBit),
  ),
  FindSetRightBit: unary((_m, a) =>
    isKnown(a) ? rightBit(a) : calculated(7, 'the lowest bit that is set', a, rightBit),
  ),
  FromBCD: unary(
    (m, a) => (isKnown(a) ? fromBcd(m, a) : opaque(m.bits, 'a number from BCD', fieldsOf(a))),
    'fixed',
  ),
  ToBCD: unary(
    (m, a) => (isKnown(a) ? toBcd(m, a) : opaque(m.bits, 'a number in BCD', fieldsOf(a))),
    'fixed',
  ),
  Increment: stepping(1n),
  Decrement: stepping(-1n),
};
