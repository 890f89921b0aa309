/**
 * Plain packages: their elements are constants, strings, names or plain packages. Most of the bytes of tables are such
 * packages. The bytes are validated once; values are then made from them without a term for each element. Terms are
 * made on demand.
 */
import type { NamePath } from '../terms/name.ts';
import { OPCODES } from '../terms/opcodes.ts';
import { LateOperands, type Operand } from '../terms/term.ts';
import { dwordAt, wordAt } from './constants.ts';
import { type NameReader, nameEnd, startsName } from './names.ts';
import { packageLength, packageLengthSize } from './package-length.ts';

/** Nesting: `_PRT` has two levels, the deepest packages in real tables have four. */
const MAX_DEPTH = 4;

const ZERO = OPCODES.Zero.code;
const ONE = OPCODES.One.code;
const ONES = OPCODES.Ones.code;
const BYTE = OPCODES.Byte.code;
const WORD = OPCODES.Word.code;
const DWORD = OPCODES.DWord.code;
const QWORD = OPCODES.QWord.code;
const STRING = OPCODES.String.code;
const PACKAGE = OPCODES.Package.code;

/** Makes values from a package's elements. */
export interface PackageMaker<T> {
  number(value: bigint): T;
  /** Ones: all bits of an integer, 32 or 64. */
  ones(): T;
  text(text: string): T;
  name(name: NamePath): T;
  /** @param count NumElements @param given the elements in the initializer, maybe fewer or more */
  pack(count: number, given: T[]): T;
}

/** The operands of a package for which {@link plainPackageEnd} returned an end. */
export class PlainPackage extends LateOperands {
  readonly #bytes: Uint8Array;
  /** Of the package length. */
  readonly #start: number;
  readonly #names: NameReader;
  readonly #decode: () => readonly Operand[];

  constructor(bytes: Uint8Array, start: number, names: NameReader, decode: () => readonly Operand[]) {
    super();
    this.#bytes = bytes;
    this.#start = start;
    this.#names = names;
    this.#decode = decode;
  }

  protected make(): readonly Operand[] {
    return this.#decode();
  }

  /** The package as values, inner packages first. */
  read<T>(maker: PackageMaker<T>): T {
    return this.#package(this.#start, maker);
  }

  // Recurses no deeper than MAX_DEPTH.
  #package<T>(start: number, maker: PackageMaker<T>): T {
    const bytes = this.#bytes;
    const end = start + packageLength(bytes, start);
    let at = start + packageLengthSize(bytes[start]!);
    const count = bytes[at]!;
    at += 1;
    const given: T[] = [];
    while (at < end) {
      switch (bytes[at]) {
        case ZERO:
          given.push(maker.number(0n));
          at += 1;
          break;
        case ONE:
          given.push(maker.number(1n));
          at += 1;
          break;
        case ONES:
          given.push(maker.ones());
          at += 1;
          break;
        case BYTE:
          given.push(maker.number(smallNumber(bytes[at + 1]!)));
          at += 2;
          break;
        case WORD:
          given.push(maker.number(smallNumber(wordAt(bytes, at + 1))));
          at += 3;
          break;
        case DWORD:
          given.push(maker.number(smallNumber(dwordAt(bytes, at + 1))));
          at += 5;
          break;
        case QWORD:
          given.push(maker.number((BigInt(dwordAt(bytes, at + 5)) << 32n) | BigInt(dwordAt(bytes, at + 1))));
          at += 9;
          break;
        case STRING: {
          const nul = bytes.indexOf(0, at + 1);
          let text = '';
          for (let i = at + 1; i < nul; i++) text += String.fromCharCode(bytes[i]!);
          given.push(maker.text(text));
          at = nul + 1;
          break;
        }
        case PACKAGE:
          given.push(this.#package(at + 1, maker));
          at += 1 + packageLength(bytes, at + 1);
          break;
        default:
          given.push(maker.name(this.#names.read(bytes, at, end)!));
          at = this.#names.end;
      }
    }
    return maker.pack(count, given);
  }
}

/** Bigints of numbers below this are shared. */
const SHARED_NUMBERS = 256;
const SMALL = Array.from({ length: SHARED_NUMBERS }, (_, value) => BigInt(value));

function smallNumber(value: number): bigint {
  return value < SHARED_NUMBERS ? SMALL[value]! : BigInt(value);
}

/**
 * Exclusive end of the package whose PkgLength is at `start` if it is valid and plain; otherwise -1, and the package must
 * be decoded into terms, which also reports what is wrong with it.
 * @param limit exclusive end of the enclosing package
 */
export function plainPackageEnd(bytes: Uint8Array, start: number, limit: number, depth = 1): number {
  if (start >= limit || depth > MAX_DEPTH) return -1;
  let at = start + packageLengthSize(bytes[start]!);
  if (at >= limit) return -1;
  const end = start + packageLength(bytes, start);
  // There must be room for the number of elements.
  if (end > limit || end <= at) return -1;
  at += 1;
  while (at < end) {
    const lead = bytes[at]!;
    if (lead === ZERO || lead === ONE || lead === ONES) at += 1;
    else if (lead === BYTE) at += 2;
    else if (lead === WORD) at += 3;
    else if (lead === DWORD) at += 5;
    else if (lead === QWORD) at += 9;
    else if (lead === STRING) {
      const nul = bytes.indexOf(0, at + 1);
      if (nul < 0) return -1;
      at = nul + 1;
    } else if (lead === PACKAGE) at = plainPackageEnd(bytes, at + 1, end, depth + 1);
    else if (startsName(lead)) at = nameEnd(bytes, at, end);
    else return -1;
    if (at < 0) return -1;
  }
  return at === end ? end : -1;
}
