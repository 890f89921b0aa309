/** AML constants and strings: ComputationalData (ACPI 6.5, 20.2.3). */
import { OPCODES } from '../terms/opcodes.ts';
import { type Operand, Term } from '../terms/term.ts';

const BYTE = OPCODES.Byte.code;
const WORD = OPCODES.Word.code;
const DWORD = OPCODES.DWord.code;
const STRING = OPCODES.String.code;
const QWORD = OPCODES.QWord.code;

/** Operand lists of numbers below this are shared. */
const SHARED_NUMBERS = 256;
const SMALL: (readonly Operand[] | undefined)[] = new Array(SHARED_NUMBERS).fill(undefined);

/** Whether this byte is BytePrefix, WordPrefix, DWordPrefix, StringPrefix or QWordPrefix. */
export function startsConstant(byte: number): boolean {
  return byte >= BYTE && byte <= QWORD;
}

/** Reads the constant or string at `start`, which must end at or before `limit`; `undefined` if it is truncated. */
export function readConstant(bytes: Uint8Array, start: number, limit: number): Term | undefined {
  switch (bytes[start]) {
    case BYTE:
      if (start + 2 > limit) return undefined;
      return new Term(OPCODES.Byte, small(bytes[start + 1]!), start, start + 2);
    case WORD: {
      if (start + 3 > limit) return undefined;
      const word = wordAt(bytes, start + 1);
      const operands = word < SHARED_NUMBERS ? small(word) : [BigInt(word)];
      return new Term(OPCODES.Word, operands, start, start + 3);
    }
    case DWORD:
      if (start + 5 > limit) return undefined;
      return new Term(OPCODES.DWord, [BigInt(dwordAt(bytes, start + 1))], start, start + 5);
    case QWORD: {
      if (start + 9 > limit) return undefined;
      const value = (BigInt(dwordAt(bytes, start + 5)) << 32n) | BigInt(dwordAt(bytes, start + 1));
      return new Term(OPCODES.QWord, [value], start, start + 9);
    }
    case STRING: {
      const nul = bytes.indexOf(0, start + 1);
      if (nul < 0 || nul >= limit) return undefined;
      let text = '';
      for (let i = start + 1; i < nul; i++) text += String.fromCharCode(bytes[i]!);
      return new Term(OPCODES.String, [text], start, nul + 1);
    }
    default:
      return undefined;
  }
}

/** The operands of a constant below {@link SHARED_NUMBERS}. */
function small(value: number): readonly Operand[] {
  let operands = SMALL[value];
  if (operands === undefined) {
    operands = [BigInt(value)];
    SMALL[value] = operands;
  }
  return operands;
}

/** The little-endian 16-bit number at an offset; the caller has checked the bounds. */
export function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8);
}

/** The little-endian unsigned 32-bit number at an offset; the caller has checked the bounds. */
export function dwordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}
