/** Decodes a descriptor's fields by its row, on request with their places for an explanation. */
import { type ByteValue, bitsOf, isKnown, type Quantity, quantityOfBytes } from '../../symbolic/index.ts';
import { type FieldValue, isExpr, type TemplateBytes } from './descriptor.ts';
import type { Area, BitField, DescriptorRow, Element } from './layout.ts';

/** Place and value of a field. */
export interface FieldPlace {
  readonly name: string;
  /** Offset in the descriptor. */
  readonly offset: number;
  /** Size in bytes. */
  readonly bytes: number;
  /** Size in bytes of a list's member. */
  readonly unit?: number;
  /** Bits [low, low + width) of those bytes, if the field is a part of them. */
  readonly bits?: { readonly low: number; readonly width: number };
  readonly value: FieldValue;
  /** Name of the field in ASL: `_MIN`. */
  readonly tag?: string;
}

/** The decoded fields of one descriptor. */
export interface FieldReading {
  readonly fields: Record<string, FieldValue>;
  /** Some fields depend on unknown bytes. */
  unknown: boolean;
  /** Names of fields beyond the descriptor's end. */
  readonly missing: string[];
  /** Problems, ready to print. */
  readonly faults: string[];
}

class FieldReader {
  readonly reading: FieldReading = { fields: {}, unknown: false, missing: [], faults: [] };
  readonly #bytes: TemplateBytes;
  readonly #start: number;
  readonly #end: number;
  readonly #places: FieldPlace[] | undefined;
  #at: number;

  /** @param start the descriptor's first byte @param end exclusive */
  constructor(
    bytes: TemplateBytes,
    start: number,
    content: number,
    end: number,
    places: FieldPlace[] | undefined,
  ) {
    this.#bytes = bytes;
    this.#start = start;
    this.#at = content;
    this.#end = end;
    this.#places = places;
  }

  /** Decodes all elements; remaining bytes become `trailing`. */
  run(elements: readonly Element[]): FieldReading {
    const waiting: Element[] = [...elements].reverse();
    for (let element = waiting.pop(); element; element = waiting.pop()) {
      if (element.kind === 'choice') waiting.push(...[...element.choose(this.reading.fields)].reverse());
      else this.#element(element);
    }
    if (this.#at < this.#end) {
      this.reading.faults.push(`${this.#end - this.#at} bytes after the last field`);
      this.#data('trailing', this.#end);
    }
    return this.reading;
  }

  #element(element: Exclude<Element, { kind: 'choice' }>): void {
    switch (element.kind) {
      case 'number': {
        const value = this.#number(element.name, element.bytes);
        if (value === undefined) return;
        this.#put(
          element.name,
          this.#at - element.bytes,
          element.bytes,
          isKnown(value) ? element.codec.decode(value) : value,
          element.tag,
        );
        return;
      }
      case 'flags': {
        const value = this.#number(element.bits[0]?.name ?? element.name, element.bytes);
        if (value === undefined) {
          this.reading.missing.push(...element.bits.slice(1).map((bit) => bit.name));
          return;
        }
        this.#bits(element.name, element.bytes, element.bits, value);
        return;
      }
      case 'mask': {
        const value = this.#number(element.name, element.bytes);
        if (value === undefined) return;
        this.#put(
          element.name,
          this.#at - element.bytes,
          element.bytes,
          isKnown(value) ? membersOf(value) : value,
          element.tag,
        );
        return;
      }
      case 'list': {
        const count = this.reading.fields[element.count];
        const room = Math.floor((this.#end - this.#at) / element.bytes);
        const wanted = typeof count === 'bigint' ? Number(count) : room;
        if (wanted > room)
          this.reading.faults.push(`${element.count} is ${wanted}, but there is room for ${room} only`);
        this.#list(element.name, Math.min(wanted, room), element.bytes, element.tag);
        return;
      }
      case 'data': {
        const end = element.end?.(this.reading.fields);
        const stop = end === undefined ? this.#end : this.#start + end;
        if (stop < this.#at || stop > this.#end) {
          this.reading.faults.push(
            `${element.name} would end at byte ${stop - this.#start} of the descriptor`,
          );
        }
        if (end === undefined || stop > this.#at)
          this.#data(element.name, Math.min(stop, this.#end), element.tag);
        return;
      }
      case 'string':
        if (this.#at < this.#end) this.#string(element.name, this.#end);
        return;
      case 'source': {
        if (this.#at >= this.#end) return;
        this.#put('resourceSourceIndex', this.#at, 1, quantityOfBytes(this.#slice(this.#at, this.#at + 1)));
        this.#at += 1;
        if (this.#at < this.#end) this.#string('resourceSource', this.#end);
        return;
      }
      case 'areas':
        this.#areas(element.areas);
    }
  }

  #slice(from: number, to: number): ByteValue[] {
    return this.#bytes.slice(from, to);
  }

  #put(
    name: string,
    offset: number,
    bytes: number,
    value: FieldValue,
    tag?: string,
    more: { readonly bit?: BitField; readonly unit?: number } = {},
  ): void {
    const { fields } = this.reading;
    fields[name] = value;
    if (isExpr(value) || (Array.isArray(value) && value.some((member) => !isKnown(member)))) {
      this.reading.unknown = true;
    }
    this.#places?.push({
      name,
      offset: offset - this.#start,
      bytes,
      value,
      ...(tag === undefined ? {} : { tag }),
      ...(more.bit === undefined ? {} : { bits: { low: more.bit.low, width: more.bit.width } }),
      ...(more.unit === undefined ? {} : { unit: more.unit }),
    });
  }

  /** The next `size` bytes as a number; `undefined`, with the field added to `missing`, if they are truncated. */
  #number(name: string, size: number): Quantity | undefined {
    if (this.#at + size > this.#end) {
      this.reading.missing.push(name);
      this.#at = this.#end;
      return undefined;
    }
    const at = this.#at;
    this.#at += size;
    if (size === 1) {
      const byte = this.#bytes[at]!;
      if (typeof byte === 'number') return BigInt(byte);
    }
    return quantityOfBytes(this.#slice(at, at + size));
  }

  #bits(name: string, size: number, fields: readonly BitField[], value: Quantity): void {
    const at = this.#at - size;
    let reserved = (1n << BigInt(size * 8)) - 1n;
    for (const field of fields) {
      const part = bitsOf(value, field.low, field.width);
      reserved &= ~(((1n << BigInt(field.width)) - 1n) << BigInt(field.low));
      this.#put(field.name, at, size, isKnown(part) ? field.codec.decode(part) : part, field.tag, {
        bit: field,
      });
    }
    if (isKnown(value) && (value & reserved) !== 0n) {
      this.#put(`${name}Reserved`, at, size, value & reserved);
    }
  }

  #list(name: string, count: number, size: number, tag?: string): void {
    const at = this.#at;
    const members: Quantity[] = [];
    for (let index = 0; index < count; index += 1) {
      members.push(quantityOfBytes(this.#slice(this.#at, this.#at + size)));
      this.#at += size;
    }
    this.#put(name, at, count * size, members, tag, { unit: size });
  }

  #data(name: string, end: number, tag?: string): void {
    this.#list(name, Math.max(0, end - this.#at), 1, tag);
  }

  /** A string up to its NUL or `end`. */
  #string(name: string, end: number): void {
    const at = this.#at;
    let text = '';
    let closed = false;
    while (this.#at < end && !closed) {
      const byte = this.#bytes[this.#at]!;
      this.#at += 1;
      if (byte === 0) closed = true;
      else if (typeof byte === 'number') text += String.fromCharCode(byte);
      else {
        this.reading.unknown = true;
        text += '?';
      }
    }
    if (!closed) this.reading.faults.push(`${name} has no NUL at its end`);
    this.#put(name, at, this.#at - at, text);
  }

  #areas(areas: readonly Area[]): void {
    const fixedEnd = this.#at;
    const starts = areas.map((area) => {
      const offset = this.reading.fields[area.offset];
      return typeof offset === 'bigint' && offset !== 0n ? this.#start + Number(offset) : undefined;
    });
    let covered = fixedEnd;
    areas.forEach((area, index) => {
      const start = starts[index];
      const { offset } = area;
      if (start === undefined) {
        if (isExpr(this.reading.fields[offset])) this.reading.missing.push(area.name);
        return;
      }
      const declared = area.length === undefined ? undefined : this.reading.fields[area.length];
      if (declared === 0n) return;
      if (start < fixedEnd || start > this.#end) {
        this.reading.faults.push(`${offset} ${start - this.#start} is outside the descriptor`);
        this.reading.missing.push(area.name);
        return;
      }
      const next = starts.reduce<number>(
        (least, other) => (other !== undefined && other > start && other < least ? other : least),
        this.#end,
      );
      let end = next;
      if (typeof declared === 'bigint') {
        end = start + Number(declared);
        if (end > this.#end) {
          this.reading.faults.push(`${area.name} would end past the descriptor`);
          end = this.#end;
        }
      }
      this.#at = start;
      if (area.content === 'words') this.#list(area.name, (end - start) >> 1, 2, area.tag);
      else if (area.content === 'bytes') this.#data(area.name, end, area.tag);
      else if (start < end) this.#string(area.name, end);
      covered = Math.max(covered, this.#at);
    });
    this.#at = covered;
  }
}

function membersOf(mask: bigint): bigint[] {
  const members: bigint[] = [];
  for (let bit = 0n; mask >> bit !== 0n; bit += 1n) {
    if (((mask >> bit) & 1n) === 1n) members.push(bit);
  }
  return members;
}

/** Size in bytes of a descriptor's header. */
export function headerLength(row: DescriptorRow): number {
  return row.size === 'small' ? 1 : 3;
}

/**
 * Decodes the fields of the descriptor at `start`.
 * @param end exclusive @param places gets the place of every field, if given
 */
export function readFields(
  row: DescriptorRow,
  bytes: TemplateBytes,
  start: number,
  end: number,
  places?: FieldPlace[],
): FieldReading {
  return new FieldReader(bytes, start, start + headerLength(row), end, places).run(row.elements);
}
