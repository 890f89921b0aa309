/**
 * The term tree: the common representation of AML and ASL, which is executed, printed and compiled.
 *
 * A term is its opcode's row and one operand for each operand kind of that row, PkgLength left out:
 *
 * - TermArg, SuperName, SimpleName, DataRefObject: a Term. Target: a Term, or null if the result is discarded.
 * - NameString: a NamePath. Where a Term is expected, a name is a Term of `OPCODES.NamePath`, or for a method call one of
 *   `OPCODES.MethodCall` with the name and the argument terms.
 * - ByteData, WordData, DWordData of other terms than constants (flags, levels, spaces): number.
 * - The constants Byte, Word, DWord and QWord: bigint. Zero, One and Ones have no operands.
 * - AsciiString: string of Latin-1 characters. ByteList: Uint8Array.
 * - Unreadable: bytes that cannot be decoded, the last term of a list.
 * - TermList, PackageElementList: Term[]. FieldList: FieldElement[].
 *
 * `Else` follows its `If` in the same list, as in AML. `LNotEqual`, `LLessEqual` and `LGreaterEqual` are LNot of a
 * comparison.
 */
import type { NamePath } from './name.ts';
import type { Opcode, OpcodeName } from './opcodes.ts';

export type Operand =
  | Term
  | NamePath
  | bigint
  | number
  | string
  | Uint8Array
  | readonly Term[]
  | readonly FieldElement[]
  | null;

/** Operands that are decoded on first use: those of methods and of plain packages. */
export abstract class LateOperands {
  #made: readonly Operand[] | undefined;

  get operands(): readonly Operand[] {
    this.#made ??= this.make();
    return this.#made;
  }

  /** One operand. */
  at(index: number): Operand | undefined {
    return this.operands[index];
  }

  protected abstract make(): readonly Operand[];
}

/**
 * One node. [start, end) are byte offsets from the table's first byte, or positions in ASL text.
 */
export class Term {
  declare readonly op: Opcode;
  declare readonly start: number;
  declare readonly end: number;
  readonly #operands: readonly Operand[] | LateOperands;

  constructor(op: Opcode, operands: readonly Operand[] | LateOperands, start: number, end: number) {
    this.op = op;
    this.#operands = operands;
    this.start = start;
    this.end = end;
  }

  get operands(): readonly Operand[] {
    const given = this.#operands;
    return given instanceof LateOperands ? given.operands : given;
  }

  /** The operands before decoding, if they are decoded on first use. */
  get late(): LateOperands | undefined {
    return this.#operands instanceof LateOperands ? this.#operands : undefined;
  }

  // Accessors for an operand of a certain kind, by index in `operands`. An operand of another kind is a bug, since decoder
  // and parser follow the opcode's row. The name and flags of a method are there without its body being decoded.

  #at(index: number): Operand | undefined {
    const given = this.#operands;
    return given instanceof LateOperands ? given.at(index) : given[index];
  }

  /** TermArg, SuperName, SimpleName, DataRefObject, or a Target that is not null. */
  termAt(index: number): Term {
    const operand = this.operands[index];
    return operand instanceof Term ? operand : this.#wrong(index, 'term');
  }

  /** NameString. */
  nameAt(index: number): NamePath {
    const operand = this.#at(index);
    return isName(operand) ? operand : this.#wrong(index, 'name');
  }

  /** ByteData, WordData, DWordData: flags, levels, spaces. */
  numberAt(index: number): number {
    const operand = this.#at(index);
    return typeof operand === 'number' ? operand : this.#wrong(index, 'number');
  }

  /** The number of Byte, Word, DWord and QWord. */
  integerAt(index: number): bigint {
    const operand = this.operands[index];
    return typeof operand === 'bigint' ? operand : this.#wrong(index, 'integer');
  }

  /** AsciiString: Latin-1 characters. */
  textAt(index: number): string {
    const operand = this.operands[index];
    return typeof operand === 'string' ? operand : this.#wrong(index, 'string');
  }

  /** ByteList. */
  bytesAt(index: number): Uint8Array {
    const operand = this.operands[index];
    return operand instanceof Uint8Array ? operand : this.#wrong(index, 'list of bytes');
  }

  /** TermList and PackageElementList. */
  termsAt(index: number): readonly Term[] {
    const operand = this.operands[index];
    return isList(operand) ? (operand as readonly Term[]) : this.#wrong(index, 'list of terms');
  }

  /** FieldList. */
  fieldsAt(index: number): readonly FieldElement[] {
    const operand = this.operands[index];
    return isList(operand) ? (operand as readonly FieldElement[]) : this.#wrong(index, 'list of fields');
  }

  /** Index of the last operand, which is the body, field list or byte list of a term that has one. */
  get lastOperand(): number {
    return this.operands.length - 1;
  }

  #wrong(index: number, wanted: string): never {
    throw new TypeError(`operand ${index} of ${this.op.name} is no ${wanted}`);
  }
}

/** Whether the operand is a NameString. */
export function isName(operand: Operand | undefined): operand is NamePath {
  // Called for each name that is compiled to a plan; `in` would be slower.
  return typeof operand === 'object' && (operand as Partial<NamePath> | null)?.segments !== undefined;
}

function isList(operand: Operand | undefined): operand is readonly Term[] | readonly FieldElement[] {
  return Array.isArray(operand);
}

/** An element of a Field, IndexField or BankField. Its bits follow those of the element before. */
export type FieldElement =
  | { readonly kind: 'named'; readonly name: string; readonly bits: number; readonly start: number }
  /** ReservedField; in ASL `Offset (n)` or a leading comma. */
  | { readonly kind: 'reserved'; readonly bits: number; readonly start: number }
  /** AccessField (AccessAs): `type` is the AccessType byte, `attribute` the AccessAttrib byte. */
  | { readonly kind: 'access'; readonly type: number; readonly attribute: number; readonly start: number }
  | {
      readonly kind: 'extended-access';
      readonly type: number;
      readonly attribute: number;
      readonly length: number;
      readonly start: number;
    }
  /** ConnectField: a NamePath term, or a Buffer term with one resource descriptor. */
  | { readonly kind: 'connection'; readonly connection: Term; readonly start: number };

/** Whether the operand is a list of terms. */
export function isTermList(operand: Operand): operand is readonly Term[] {
  return Array.isArray(operand) && (operand.length === 0 || operand[0] instanceof Term);
}

/** Whether the term has the named opcode. */
export function isTerm(term: Term, name: OpcodeName): boolean {
  return term.op.name === name;
}

/** The value of Byte, Word, DWord, QWord, Zero or One; `undefined` for others (Ones depends on the integer width). */
export function constantOf(term: Term): bigint | undefined {
  switch (term.op.name) {
    case 'Zero':
      return 0n;
    case 'One':
      return 1n;
    case 'Byte':
    case 'Word':
    case 'DWord':
    case 'QWord':
      return term.integerAt(0);
    default:
      return undefined;
  }
}

/** The terms of a list and all terms inside of them, in no order that says anything. */
export function* termsWithin(list: readonly Term[]): Generator<Term> {
  const pending = [...list];
  for (let term = pending.pop(); term; term = pending.pop()) {
    yield term;
    for (const operand of term.operands) {
      if (operand instanceof Term) pending.push(operand);
      else if (Array.isArray(operand))
        for (const inner of operand) if (inner instanceof Term) pending.push(inner);
    }
  }
}
