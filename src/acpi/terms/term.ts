/**
 * The term tree: what AML bytes and ASL text both become, and what is run, printed and compiled.
 *
 * A term is its opcode's row and one operand for each operand kind of that row, PkgLength left out:
 *
 * - TermArg, SuperName, SimpleName, DataRefObject: a Term. Target: a Term, or null when the result goes nowhere.
 * - NameString: a NamePath. A name in a Term's place is a Term of `OPCODES.NamePath` around it, or, where a method is
 *   called, of `OPCODES.MethodCall` with the name and the argument terms.
 * - ByteData, WordData, DWordData of a term that is no constant (flags, levels, spaces): number.
 * - The constants Byte, Word, DWord and QWord: bigint. Zero, One and Ones have no operands.
 * - AsciiString: string of Latin-1 characters. ByteList: Uint8Array.
 * - Unreadable: the bytes that are no terms, as a list's last term.
 * - TermList, PackageElementList: Term[]. FieldList: FieldElement[].
 *
 * `If` and `Else` are neighbours in a list as in AML. `LNotEqual` and its kin are LNot around the comparison.
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

/** Operands that are made when somebody looks: those of methods, and of packages that are plain data. */
export abstract class LateOperands {
  #made: readonly Operand[] | undefined;

  get operands(): readonly Operand[] {
    this.#made ??= this.make();
    return this.#made;
  }

  protected abstract make(): readonly Operand[];
}

/**
 * One node. `start` and `end` are byte offsets [start, end): from the table's first byte, or into the ASL source.
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

  /** The operands unmade, where they are made late. */
  get late(): LateOperands | undefined {
    return this.#operands instanceof LateOperands ? this.#operands : undefined;
  }

  // The operand at a place of the opcode's row, counted as `operands` is. That it isn't of that kind is an error in the
  // program: decoder and parser make what the row says.

  /** TermArg, SuperName, SimpleName, DataRefObject, and a Target that isn't null. */
  termAt(index: number): Term {
    const operand = this.operands[index];
    return operand instanceof Term ? operand : this.#wrong(index, 'term');
  }

  /** NameString. */
  nameAt(index: number): NamePath {
    const operand = this.operands[index];
    return isName(operand) ? operand : this.#wrong(index, 'name');
  }

  /** ByteData, WordData, DWordData: flags, levels, spaces. */
  numberAt(index: number): number {
    const operand = this.operands[index];
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

  /** Where the list is that a term ends with: the terms of a body, field elements, the bytes of a buffer. */
  get lastOperand(): number {
    return this.operands.length - 1;
  }

  #wrong(index: number, wanted: string): never {
    throw new TypeError(`operand ${index} of ${this.op.name} is no ${wanted}`);
  }
}

/** Is the operand a NameString? */
export function isName(operand: Operand | undefined): operand is NamePath {
  // Asked for each name that is planned: `in` would take longer.
  return typeof operand === 'object' && (operand as Partial<NamePath> | null)?.segments !== undefined;
}

function isList(operand: Operand | undefined): operand is readonly Term[] | readonly FieldElement[] {
  return Array.isArray(operand);
}

/** An element of a Field, IndexField or BankField. Bits count from where the element before ended. */
export type FieldElement =
  | { readonly kind: 'named'; readonly name: string; readonly bits: number; readonly start: number }
  /** Bits without a name; in ASL `Offset (n)` or a leading comma. */
  | { readonly kind: 'reserved'; readonly bits: number; readonly start: number }
  /** AccessAs: type is an AccessType byte, attribute an AccessAttrib byte. */
  | { readonly kind: 'access'; readonly type: number; readonly attribute: number; readonly start: number }
  | {
      readonly kind: 'extended-access';
      readonly type: number;
      readonly attribute: number;
      readonly length: number;
      readonly start: number;
    }
  /** Connection: a NamePath term, or a Buffer term holding one resource descriptor. */
  | { readonly kind: 'connection'; readonly connection: Term; readonly start: number };

/** Is this operand a list of terms: a body? */
export function isTermList(operand: Operand): operand is readonly Term[] {
  return Array.isArray(operand) && (operand.length === 0 || operand[0] instanceof Term);
}

/** Is this term one of the named opcode? */
export function isTerm(term: Term, name: OpcodeName): boolean {
  return term.op.name === name;
}

/** The constant a term is, as Byte, Word, DWord, QWord, Zero and One give it; undefined for others (Ones needs a width). */
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
