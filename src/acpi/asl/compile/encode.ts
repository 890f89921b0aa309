/** Encodes terms as AML (ACPI 6.5, chapter 20) and records which bytes each term became. */
import { DUAL_NAME_PREFIX, MULTI_NAME_PREFIX, PARENT_PREFIX, ROOT_PREFIX } from '../../aml/names.ts';
import type { NamePath } from '../../terms/name.ts';
import { EXTENSION_PREFIX, type OperandKind } from '../../terms/opcodes.ts';
import { type FieldElement, type Operand, Term } from '../../terms/term.ts';

/** The bytes of a term in the table, and its text. Ends are exclusive. */
export interface EncodedTerm {
  readonly at: number;
  readonly end: number;
  readonly textStart: number;
  readonly textEnd: number;
}

/** Size in bytes of an encoded name. */
export function encodedNameLength(name: NamePath): number {
  const count = name.segments.length;
  const prefixes = (name.root ? 1 : 0) + name.parents;
  // NullName; NameSeg; DualNamePath: a prefix; MultiNamePath: a prefix and a count.
  return prefixes + (count === 0 ? 1 : 4 * count + (count === 1 ? 0 : count === 2 ? 1 : 2));
}

/**
 * Size in bytes of the PkgLength before `content` bytes. The bounds are iasl's, one below what would fit. They are the
 * same in a field list, where the number does not include the PkgLength's own size.
 */
function packageLengthBytes(content: number): number {
  if (content <= 0x3e) return 1;
  if (content <= 0xffd) return 2;
  return content <= 0xffffc ? 3 : 4;
}

/**
 * Encodes a list of terms.
 * @param base offset in the table of the first encoded byte
 * @returns `map` in the order of `at`, a term before those nested in it
 */
export function encodeTerms(
  terms: readonly Term[],
  base: number,
): { readonly bytes: Uint8Array; readonly map: readonly EncodedTerm[] } {
  const encoder = new Encoder(base);
  return encoder.run(terms);
}

class Encoder {
  readonly #base: number;
  readonly #lengths = new Map<Term, number>();
  readonly #map: EncodedTerm[] = [];
  #bytes = new Uint8Array();
  #at = 0;

  constructor(base: number) {
    this.#base = base;
  }

  run(terms: readonly Term[]): { bytes: Uint8Array; map: readonly EncodedTerm[] } {
    this.#bytes = new Uint8Array(this.#lengthOfAll(terms));
    for (const term of terms) this.#term(term);
    return { bytes: this.#bytes, map: this.#map };
  }

  #lengthOfAll(terms: readonly Term[]): number {
    let total = 0;
    for (const term of terms) total += this.#lengthOf(term);
    return total;
  }

  #lengthOf(term: Term): number {
    const known = this.#lengths.get(term);
    if (known !== undefined) return known;
    const content = this.#contentLength(term);
    const { code, operands } = term.op;
    let length = content + (code < 0 ? 0 : code > 0xff ? 2 : 1);
    if (operands[0] === 'PkgLength') length += packageLengthBytes(content);
    this.#lengths.set(term, length);
    return length;
  }

  /** Bytes of the operands. */
  #contentLength(term: Term): number {
    let length = 0;
    let index = 0;
    for (const kind of term.op.operands) {
      if (kind === 'PkgLength') continue;
      length += this.#operandLength(kind, term.operands[index]!);
      index += 1;
    }
    return length;
  }

  #operandLength(kind: OperandKind, operand: Operand): number {
    switch (kind) {
      case 'NameString':
        return encodedNameLength(operand as NamePath);
      case 'ByteData':
        return 1;
      case 'WordData':
        return 2;
      case 'DWordData':
        return 4;
      case 'QWordData':
        return 8;
      case 'AsciiString':
        return (operand as string).length + 1;
      case 'ByteList':
        return (operand as Uint8Array).length;
      case 'FieldList':
        return (operand as readonly FieldElement[]).reduce((sum, each) => sum + this.#elementLength(each), 0);
      case 'TermList':
      case 'PackageElementList':
        return this.#lengthOfAll(operand as readonly Term[]);
      default:
        return operand instanceof Term ? this.#lengthOf(operand) : 1;
    }
  }

  #elementLength(element: FieldElement): number {
    switch (element.kind) {
      case 'named':
        return 4 + packageLengthBytes(element.bits);
      case 'reserved':
        return 1 + packageLengthBytes(element.bits);
      case 'access':
        return 3;
      case 'extended-access':
        return 4;
      case 'connection':
        return 1 + this.#lengthOf(element.connection);
    }
  }

  #byte(value: number): void {
    this.#bytes[this.#at] = value;
    this.#at += 1;
  }

  #integer(value: bigint, size: number): void {
    for (let index = 0; index < size; index += 1) this.#byte(Number((value >> BigInt(8 * index)) & 0xffn));
  }

  #packageLength(value: number, size: number): void {
    if (size === 1) {
      this.#byte(value);
      return;
    }
    this.#byte(((size - 1) << 6) | (value & 0x0f));
    for (let shift = 4; shift < 4 + 8 * (size - 1); shift += 8) this.#byte((value >> shift) & 0xff);
  }

  #name(name: NamePath): void {
    if (name.root) this.#byte(ROOT_PREFIX);
    for (let index = 0; index < name.parents; index += 1) this.#byte(PARENT_PREFIX);
    const { segments } = name;
    if (segments.length === 0) this.#byte(0);
    if (segments.length === 2) this.#byte(DUAL_NAME_PREFIX);
    if (segments.length > 2) {
      this.#byte(MULTI_NAME_PREFIX);
      this.#byte(segments.length);
    }
    for (const segment of segments) this.#text(segment);
  }

  #text(text: string): void {
    for (let index = 0; index < text.length; index += 1) this.#byte(text.charCodeAt(index));
  }

  #term(term: Term): void {
    const at = this.#base + this.#at;
    const end = at + this.#lengthOf(term);
    this.#map.push({ at, end, textStart: term.start, textEnd: term.end });
    const { code } = term.op;
    if (code > 0xff) this.#byte(EXTENSION_PREFIX);
    if (code >= 0) this.#byte(code & 0xff);
    let index = 0;
    for (const kind of term.op.operands) {
      if (kind === 'PkgLength') {
        const content = this.#contentLength(term);
        const size = packageLengthBytes(content);
        this.#packageLength(content + size, size);
      } else {
        this.#operand(kind, term.operands[index]!);
        index += 1;
      }
    }
  }

  #operand(kind: OperandKind, operand: Operand): void {
    switch (kind) {
      case 'NameString':
        this.#name(operand as NamePath);
        return;
      case 'ByteData':
        this.#integer(BigInt(operand as number | bigint), 1);
        return;
      case 'WordData':
        this.#integer(BigInt(operand as number | bigint), 2);
        return;
      case 'DWordData':
        this.#integer(BigInt(operand as number | bigint), 4);
        return;
      case 'QWordData':
        this.#integer(BigInt(operand as number | bigint), 8);
        return;
      case 'AsciiString':
        this.#text(operand as string);
        this.#byte(0);
        return;
      case 'ByteList':
        this.#bytes.set(operand as Uint8Array, this.#at);
        this.#at += (operand as Uint8Array).length;
        return;
      case 'FieldList':
        for (const element of operand as readonly FieldElement[]) this.#element(element);
        return;
      case 'TermList':
      case 'PackageElementList':
        for (const term of operand as readonly Term[]) this.#term(term);
        return;
      default:
        // An absent target is NullName.
        if (operand instanceof Term) this.#term(operand);
        else this.#byte(0);
    }
  }

  #element(element: FieldElement): void {
    switch (element.kind) {
      case 'named':
        this.#text(element.name);
        this.#packageLength(element.bits, packageLengthBytes(element.bits));
        return;
      case 'reserved':
        this.#byte(0x00);
        this.#packageLength(element.bits, packageLengthBytes(element.bits));
        return;
      case 'access':
        this.#byte(0x01);
        this.#byte(element.type);
        this.#byte(element.attribute);
        return;
      case 'extended-access':
        this.#byte(0x03);
        this.#byte(element.type);
        this.#byte(element.attribute);
        this.#byte(element.length);
        return;
      case 'connection':
        this.#byte(0x02);
        this.#term(element.connection);
        return;
    }
  }
}
