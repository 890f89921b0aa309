/**
 * How descriptors are laid out, as data. A descriptor is one row: its tag, and its fields in the order of its bytes.
 * Decoder, encoder, byte-by-byte explanation, ASL macros and field tags (`_MIN` …) all read the rows.
 */
import type { Codec } from './codec.ts';
import type { FieldValues, ResourceType } from './descriptor.ts';

/** Some bits of a flags element. */
export interface BitField {
  readonly name: string;
  /** Lowest bit, from 0. */
  readonly low: number;
  /** In bits. */
  readonly width: number;
  readonly codec: Codec;
  /** Name of the field ASL declares for it under a descriptor name: `_MIF`. */
  readonly tag?: string;
}

/** A little-endian number of 1, 2, 4 or 8 bytes. */
export interface NumberElement {
  readonly kind: 'number';
  readonly name: string;
  readonly bytes: number;
  readonly codec: Codec;
  readonly tag?: string;
  /** The number a new descriptor has when the field isn't given: a revision, mostly. */
  readonly initial?: number;
}

/** Bit fields side by side. Bits that no field declares come as `<name>Reserved` when any is set. */
export interface FlagsElement {
  readonly kind: 'flags';
  readonly name: string;
  readonly bytes: number;
  readonly bits: readonly BitField[];
}

/** A set written as one bit for each member: interrupts or DMA channels, from 0. */
export interface MaskElement {
  readonly kind: 'mask';
  readonly name: string;
  readonly bytes: number;
  readonly tag?: string;
}

/** Numbers of `bytes` each, as many as the field `count` says. */
export interface ListElement {
  readonly kind: 'list';
  readonly name: string;
  readonly bytes: number;
  readonly count: string;
  readonly tag?: string;
}

/** Bytes up to the descriptor's end, or up to where `end` says (an offset in the descriptor). */
export interface DataElement {
  readonly kind: 'data';
  readonly name: string;
  readonly tag?: string;
  readonly end?: (fields: FieldValues) => number | undefined;
}

/** A NUL-terminated string up to the descriptor's end; absent when no byte is left. */
export interface StringElement {
  readonly kind: 'string';
  readonly name: string;
}

/** The optional end of many descriptors: an index byte, then a string; both may be missing (ACPI 6.5, 6.4.3.5.1). */
export interface SourceElement {
  readonly kind: 'source';
}

/** Which elements follow depends on fields already read. */
export interface ChoiceElement {
  readonly kind: 'choice';
  readonly choose: (fields: FieldValues) => readonly Element[];
}

/** A part of the descriptor whose start a field gives, counted from the descriptor's first byte. */
export interface Area {
  readonly name: string;
  readonly content: 'words' | 'string' | 'bytes';
  /** The field that holds the offset; 0 means absent. */
  readonly offset: string;
  /** The field that holds the length in bytes; without one the area ends where the next begins. */
  readonly length?: string;
  readonly tag?: string;
}

/** Parts found by their offsets; always the last element. */
export interface AreasElement {
  readonly kind: 'areas';
  readonly areas: readonly Area[];
}

export type Element =
  | NumberElement
  | FlagsElement
  | MaskElement
  | ListElement
  | DataElement
  | StringElement
  | SourceElement
  | ChoiceElement
  | AreasElement;

export interface DescriptorRow {
  readonly type: ResourceType;
  /** As ACPI 6.5 calls it. */
  readonly title: string;
  /** Section of ACPI 6.5. */
  readonly section: string;
  /** Small descriptors have the length in the tag's low three bits, large ones in the two bytes after it. */
  readonly size: 'small' | 'large';
  /** Item name: bits 6:3 of a small tag, bits 6:0 of a large one. */
  readonly item: number;
  /** Fewest and most bytes after the header of a small descriptor. */
  readonly content?: readonly [number, number];
  /** Rows that share a tag differ in the byte at `at`, counted from the descriptor's first. */
  readonly match?: { readonly at: number; readonly value: number | readonly [number, number] };
  readonly elements: readonly Element[];
}

export function number(
  name: string,
  bytes: number,
  codec: Codec,
  rest: { readonly tag?: string; readonly initial?: number } = {},
): NumberElement {
  return { kind: 'number', name, bytes, codec, ...rest };
}

export function bits(name: string, low: number, width: number, codec: Codec, tag?: string): BitField {
  return tag === undefined ? { name, low, width, codec } : { name, low, width, codec, tag };
}

export function flags(name: string, bytes: number, ...fields: BitField[]): FlagsElement {
  return { kind: 'flags', name, bytes, bits: fields };
}
