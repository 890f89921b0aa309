/** Encodes resource templates: descriptors from their fields, and the end tag. */
import {
  type ByteValue,
  bitsOf,
  bytesOfQuantity,
  isKnown,
  join,
  type Quantity,
} from '../../symbolic/index.ts';
import {
  type FieldValue,
  type FieldValues,
  isExpr,
  type ResourceType,
  type TemplateBytes,
} from './descriptor.ts';
import { headerLength } from './fields.ts';
import type { AreasElement, DescriptorRow, Element, FlagsElement } from './layout.ts';
import { END_TAG } from './rows/small.ts';
import { rowOfType } from './rows/table.ts';

/** The parts of a descriptor that the encoder needs. */
export interface DescriptorFields {
  readonly type: ResourceType;
  readonly fields: FieldValues;
  /** Of a descriptor of type `unknown`. */
  readonly bytes?: TemplateBytes;
}

/** The template of descriptors with an end tag. @param options `checksum` false writes 0, which is valid too */
export function encodeTemplate(
  descriptors: readonly DescriptorFields[],
  options: { readonly checksum?: boolean } = {},
): ByteValue[] {
  const bytes: ByteValue[] = descriptors.flatMap((descriptor) => encodeDescriptor(descriptor));
  bytes.push(END_TAG);
  const known = bytes.every((byte) => typeof byte === 'number');
  const sum = bytes.reduce<number>(
    (total, byte) => (typeof byte === 'number' ? (total + byte) & 0xff : total),
    0,
  );
  bytes.push(options.checksum === true && known ? (0x100 - sum) & 0xff : 0);
  return bytes;
}

/**
 * The bytes of one descriptor. Absent fields are 0 or have the initial value in the row; absent offsets, counts and
 * lengths are computed.
 */
export function encodeDescriptor(descriptor: DescriptorFields): ByteValue[] {
  const row = rowOfType(descriptor.type);
  if (!row) return [...(descriptor.bytes ?? [])];
  const writer = new DescriptorWriter(row, descriptor.fields);
  return writer.run();
}

class DescriptorWriter {
  readonly #row: DescriptorRow;
  readonly #fields: FieldValues;
  readonly #out: ByteValue[] = [];

  constructor(row: DescriptorRow, fields: FieldValues) {
    this.#row = row;
    this.#fields = fields;
  }

  run(): ByteValue[] {
    const row = this.#row;
    const header = headerLength(row);
    for (let index = 0; index < header; index += 1) this.#out.push(0);
    if (!this.#leftOut()) this.#elements(row.elements);
    this.#list(this.#fields.trailing, 1);
    const content = this.#out.length - header;
    if (row.size === 'small') {
      this.#out[0] = (row.item << 3) | (content & 7);
    } else {
      this.#out[0] = 0x80 | row.item;
      this.#out[1] = content & 0xff;
      this.#out[2] = (content >> 8) & 0xff;
    }
    return this.#out;
  }

  /** Writes a small descriptor without its optional flags, if none of their fields is given; returns whether it did. */
  #leftOut(): boolean {
    const { content, elements } = this.#row;
    if (!content || content[0] === content[1]) return false;
    const last = elements.at(-1);
    if (last?.kind !== 'flags') return false;
    const given = last.bits.some((bit) => this.#fields[bit.name] !== undefined);
    if (given || this.#fields[`${last.name}Reserved`] !== undefined) return false;
    this.#elements(elements.slice(0, -1));
    return true;
  }

  #elements(elements: readonly Element[]): void {
    const waiting: Element[] = [...elements].reverse();
    for (let element = waiting.pop(); element; element = waiting.pop()) {
      if (element.kind === 'choice') waiting.push(...[...element.choose(this.#fields)].reverse());
      else this.#element(element, waiting);
    }
  }

  #element(element: Exclude<Element, { kind: 'choice' }>, following: readonly Element[]): void {
    const fields = this.#fields;
    switch (element.kind) {
      case 'number': {
        const given = fields[element.name];
        this.#number(
          given === undefined
            ? this.#derived(element.name, following, element.initial)
            : isExpr(given)
              ? given
              : (element.codec.encode(given) ?? 0n),
          element.bytes,
        );
        return;
      }
      case 'flags':
        this.#flags(element);
        return;
      case 'mask': {
        const given = fields[element.name];
        this.#number(isExpr(given) ? given : maskOf(given, element.bytes), element.bytes);
        return;
      }
      case 'list':
        this.#list(fields[element.name], element.bytes);
        return;
      case 'data':
        this.#list(fields[element.name], 1);
        return;
      case 'string':
        this.#string(fields[element.name]);
        return;
      case 'source': {
        const index = fields.resourceSourceIndex;
        if (index === undefined && fields.resourceSource === undefined) return;
        this.#number(isQuantity(index) ? index : 0n, 1);
        this.#string(fields.resourceSource);
        return;
      }
      case 'areas':
        this.#areas(element);
    }
  }

  /** The value of an absent count, offset or length. */
  #derived(name: string, following: readonly Element[], initial = 0): bigint {
    for (const element of following) {
      if (element.kind === 'list' && element.count === name)
        return BigInt(lengthOf(this.#fields[element.name]));
      if (element.kind === 'areas') {
        const found = this.#areaNumber(element, name, following);
        if (found !== undefined) return found;
      }
    }
    if (name === 'typeDataLength') {
      return BigInt(fixedLength(following) + lengthOf(this.#fields.vendorData));
    }
    return BigInt(initial);
  }

  /** The offset of an area in the descriptor, or its length. */
  #areaNumber(element: AreasElement, name: string, following: readonly Element[]): bigint | undefined {
    // `following` is a stack of the elements after this number, which has two bytes.
    let at = this.#out.length + 2 + fixedLength(following);
    for (const area of element.areas) {
      const length = areaLength(area.content, this.#fields[area.name]);
      if (area.offset === name) return BigInt(at);
      if (area.length === name) return BigInt(length);
      at += length;
    }
    return undefined;
  }

  #areas(element: AreasElement): void {
    for (const area of element.areas) {
      const value = this.#fields[area.name];
      if (value === undefined) continue;
      const offset = this.#fields[area.offset];
      // Areas of a decoded descriptor keep their offsets; gaps are filled with zeros.
      if (typeof offset === 'bigint') {
        while (this.#out.length < Number(offset) && Number(offset) <= 0xffff) this.#out.push(0);
      }
      if (area.content === 'string') this.#string(value);
      else this.#list(value, area.content === 'words' ? 2 : 1);
    }
  }

  #flags(element: FlagsElement): void {
    const reserved = this.#fields[`${element.name}Reserved`];
    const known = typeof reserved === 'bigint' ? reserved : 0n;
    const parts: { bits: number; value: Quantity }[] = [];
    let at = 0;
    const fill = (to: number): void => {
      if (to > at) parts.push({ bits: to - at, value: bitsOf(known, at, to - at) });
      at = to;
    };
    for (const bit of element.bits) {
      const given = this.#fields[bit.name];
      const value = given === undefined ? 0n : isExpr(given) ? given : (bit.codec.encode(given) ?? 0n);
      fill(bit.low);
      parts.push({ bits: bit.width, value: bitsOf(value, 0, bit.width) });
      at = bit.low + bit.width;
    }
    fill(element.bytes * 8);
    this.#number(join(parts), element.bytes);
  }

  #number(value: Quantity, size: number): void {
    if (isKnown(value)) {
      for (let index = 0; index < size; index += 1)
        this.#out.push(Number((value >> BigInt(8 * index)) & 0xffn));
    } else this.#out.push(...bytesOfQuantity(value, size));
  }

  #list(value: FieldValue | undefined, size: number): void {
    if (!Array.isArray(value)) return;
    for (const member of value as readonly Quantity[]) this.#number(member, size);
  }

  #string(value: FieldValue | undefined): void {
    if (typeof value !== 'string') return;
    for (const character of value) this.#out.push(character.charCodeAt(0) & 0xff);
    this.#out.push(0);
  }
}

function isQuantity(value: FieldValue | undefined): value is Quantity {
  return typeof value === 'bigint' || isExpr(value);
}

function lengthOf(value: FieldValue | undefined): number {
  return Array.isArray(value) ? value.length : 0;
}

function areaLength(content: 'words' | 'string' | 'bytes', value: FieldValue | undefined): number {
  if (content === 'string') return typeof value === 'string' ? value.length + 1 : 0;
  return lengthOf(value) * (content === 'words' ? 2 : 1);
}

/** Total size in bytes of the elements with a fixed size. */
function fixedLength(elements: readonly Element[]): number {
  return elements.reduce(
    (total, element) => total + ('bytes' in element && element.kind !== 'list' ? element.bytes : 0),
    0,
  );
}

/** A mask of the members that are less than `8 * bytes`. */
function maskOf(value: FieldValue | undefined, bytes: number): bigint {
  const end = BigInt(8 * bytes);
  let mask = 0n;
  if (Array.isArray(value)) {
    for (const member of value as readonly Quantity[])
      if (isKnown(member) && member < end) mask |= 1n << member;
  }
  return mask;
}
