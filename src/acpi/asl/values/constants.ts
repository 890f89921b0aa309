/** Constant terms: the shortest encoding of a value, and constant folding as in iasl. */
import { latin1Bytes, latin1Text } from '../../../bytes/text-encoding.ts';
import { OPCODES, type OpcodeName } from '../../terms/opcodes.ts';
import { explicitInteger, implicitInteger } from '../../terms/string-to-integer.ts';
import { constantOf, type Operand, Term } from '../../terms/term.ts';

/** Length of the longest folded string or buffer; an operator with a longer result is not folded. */
const MAX_FOLDED_LENGTH = 4096;

/**
 * The shortest AML constant with a value: Zero, One, Ones, or the narrowest prefix.
 * @param wide false truncates the value to 32 bits
 */
export function integerTerm(value: bigint, wide: boolean, start: number, end: number): Term {
  const all = wide ? 0xffff_ffff_ffff_ffffn : 0xffff_ffffn;
  const kept = value & all;
  if (kept === 0n) return new Term(OPCODES.Zero, [], start, end);
  if (kept === 1n) return new Term(OPCODES.One, [], start, end);
  if (kept === all) return new Term(OPCODES.Ones, [], start, end);
  if (kept <= 0xffn) return new Term(OPCODES.Byte, [kept], start, end);
  if (kept <= 0xffffn) return new Term(OPCODES.Word, [kept], start, end);
  if (kept <= 0xffff_ffffn) return new Term(OPCODES.DWord, [kept], start, end);
  return new Term(OPCODES.QWord, [kept], start, end);
}

/** The integer value of a constant term; `undefined` for any other term. */
export function integerOf(term: Term, wide: boolean): bigint | undefined {
  if (term.op.name === 'Ones') return wide ? 0xffff_ffff_ffff_ffffn : 0xffff_ffffn;
  return constantOf(term);
}

type Constant = bigint | string | Uint8Array;

function constantValue(term: Term, wide: boolean): bigint | string | undefined {
  return term.op.name === 'String' ? term.textAt(0) : integerOf(term, wide);
}

/** An operand after implicit conversion to an integer. */
function integerIn(value: bigint | string, wide: boolean): bigint {
  return typeof value === 'bigint' ? value : implicitInteger(value, wide ? 64 : 32);
}

/** Implicit conversion of an integer to a string: all its hexadecimal digits, with leading zeros. */
function toText(value: bigint | string, wide: boolean): string {
  if (typeof value === 'string') return value;
  return value
    .toString(16)
    .toUpperCase()
    .padStart(wide ? 16 : 8, '0');
}

function integerBytes(value: bigint, wide: boolean): Uint8Array {
  return Uint8Array.from({ length: wide ? 8 : 4 }, (_, index) =>
    Number((value >> BigInt(8 * index)) & 0xffn),
  );
}

const ARITHMETIC: Partial<Record<OpcodeName, (a: bigint, b: bigint) => bigint>> = {
  Add: (a, b) => a + b,
  Subtract: (a, b) => a - b,
  Multiply: (a, b) => a * b,
  And: (a, b) => a & b,
  NAnd: (a, b) => ~(a & b),
  Or: (a, b) => a | b,
  NOr: (a, b) => ~(a | b),
  XOr: (a, b) => a ^ b,
};

function compareConstants(a: bigint | string, b: bigint | string, wide: boolean): number {
  // The second operand is converted to the first one's type.
  if (typeof a === 'string') {
    const right = toText(b, wide);
    return a < right ? -1 : a > right ? 1 : 0;
  }
  const right = integerIn(b, wide);
  return a < right ? -1 : a > right ? 1 : 0;
}

function fromBcd(value: bigint): bigint | undefined {
  const digits = value.toString(16);
  return /^[0-9]+$/.test(digits) ? BigInt(digits) : undefined;
}

/** The result of an operator for constant operands; `undefined` if it is not folded. */
function result(name: OpcodeName, values: readonly (bigint | string)[], wide: boolean): Constant | undefined {
  const [a, b, c] = values;
  if (a === undefined) return undefined;
  const width = wide ? 64n : 32n;
  const cut = (value: bigint): bigint => BigInt.asUintN(Number(width), value);
  const toInteger = (value: bigint | string): bigint => integerIn(value, wide);
  const truth = (value: boolean): bigint => (value ? cut(-1n) : 0n);
  const arithmetic = ARITHMETIC[name];
  if (arithmetic && b !== undefined) return cut(arithmetic(toInteger(a), toInteger(b)));
  switch (name) {
    case 'Divide':
      return b === undefined || toInteger(b) === 0n ? undefined : toInteger(a) / toInteger(b);
    case 'Mod':
      return b === undefined || toInteger(b) === 0n ? undefined : toInteger(a) % toInteger(b);
    case 'ShiftLeft':
      return toInteger(b!) >= width ? 0n : cut(toInteger(a) << toInteger(b!));
    case 'ShiftRight':
      return toInteger(b!) >= width ? 0n : toInteger(a) >> toInteger(b!);
    case 'Not':
      return cut(~toInteger(a));
    case 'FindSetLeftBit':
      return toInteger(a) === 0n ? 0n : BigInt(toInteger(a).toString(2).length);
    case 'FindSetRightBit':
      return toInteger(a) === 0n ? 0n : BigInt((toInteger(a) & -toInteger(a)).toString(2).length);
    case 'LAnd':
      return truth(toInteger(a) !== 0n && toInteger(b!) !== 0n);
    case 'LOr':
      return truth(toInteger(a) !== 0n || toInteger(b!) !== 0n);
    case 'LNot':
      return truth(toInteger(a) === 0n);
    case 'LEqual':
      return truth(compareConstants(a, b!, wide) === 0);
    case 'LGreater':
      return truth(compareConstants(a, b!, wide) > 0);
    case 'LLess':
      return truth(compareConstants(a, b!, wide) < 0);
    case 'FromBCD':
      return fromBcd(toInteger(a));
    case 'ToBCD':
      return toInteger(a).toString(10).length > Number(width / 4n) ? undefined : BigInt(`0x${toInteger(a)}`);
    case 'ToInteger':
      if (typeof a === 'bigint') return a;
      return explicitInteger(a, wide ? 64 : 32);
    case 'ToHexString':
      return typeof a === 'string' ? a : toText(a, wide);
    case 'ToDecimalString':
      return typeof a === 'string' ? a : a.toString(10);
    case 'ToString': {
      // ACPICA returns the whole string, whatever the length operand.
      if (typeof a === 'string') return a;
      const text = latin1Text(integerBytes(a, wide)).replace(/\0.*$/s, '');
      return text.slice(0, Number(toInteger(b!) > 8n ? 8n : toInteger(b!)));
    }
    case 'ToBuffer':
      return typeof a === 'string' ? latin1Bytes(`${a}\0`) : integerBytes(a, wide);
    case 'Concatenate': {
      if (typeof a === 'string') return a + toText(b!, wide);
      return Buffer.concat([integerBytes(a, wide), integerBytes(toInteger(b!), wide)]);
    }
    case 'Mid': {
      if (typeof a !== 'string' || typeof b !== 'bigint' || typeof c !== 'bigint') return undefined;
      const start = b > BigInt(a.length) ? a.length : Number(b);
      return a.slice(start, start + Number(c > BigInt(a.length) ? BigInt(a.length) : c));
    }
    default:
      return undefined;
  }
}

/** Operators whose result replaces the target's value and type: folded, they become CopyObject instead of Store. */
const CONVERSIONS: ReadonlySet<OpcodeName> = new Set<OpcodeName>([
  'ToInteger',
  'ToString',
  'ToBuffer',
  'ToDecimalString',
  'ToHexString',
  'ToBCD',
  'FromBCD',
]);

function constantTerm(value: Constant, wide: boolean, start: number, end: number): Term {
  if (typeof value === 'bigint') return integerTerm(value, wide, start, end);
  if (typeof value === 'string') return new Term(OPCODES.String, [value], start, end);
  const size = integerTerm(BigInt(value.length), wide, start, end);
  return new Term(OPCODES.Buffer, [size, value], start, end);
}

/**
 * Folds an operator with constant operands into a constant or, with a target, into a Store or CopyObject of it. Other
 * terms are returned unchanged. iasl folds the same: no buffers, no packages, no Divide with a remainder target.
 */
export function foldTerm(term: Term, wide: boolean): Term {
  const values: (bigint | string)[] = [];
  let target: Operand = null;
  for (let index = 0; index < term.op.operands.length; index += 1) {
    const operand = term.operands[index]!;
    if (term.op.operands[index] === 'TermArg') {
      if (!(operand instanceof Term)) return term;
      const value = constantValue(operand, wide);
      if (value === undefined) return term;
      values.push(value);
    } else if (term.op.operands[index] === 'Target') {
      if (target !== null || (term.op.name === 'Divide' && index === 2 && operand !== null)) return term;
      target = operand;
    } else {
      return term;
    }
  }
  const value = result(term.op.name, values, wide);
  if (value === undefined || (typeof value !== 'bigint' && value.length > MAX_FOLDED_LENGTH)) return term;
  const { start, end } = term;
  const constant = constantTerm(value, wide, start, end);
  if (target === null) return constant;
  const store = CONVERSIONS.has(term.op.name) ? OPCODES.CopyObject : OPCODES.Store;
  return new Term(store, [constant, target], start, end);
}
