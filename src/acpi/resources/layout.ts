/**
 * The layout of descriptors as data. A row describes one descriptor: its tag, and its fields in the order of its bytes.
 * Decoder, encoder, byte-by-byte explanation, ASL macros and field tags (`_MIN` …) all use the rows.
 */
import type { Codec } from './codec.ts';
import type { FieldValues, ResourceType } from './descriptor.ts';

/** A bit field of a flags element. */
export interface BitField {
  readonly name: string;
  /** Number of the lowest bit. */
  readonly low: number;
  /** In bits. */
  readonly width: number;
  readonly codec: Codec;
  /** Name of the field in ASL: `_MIF`. */
  readonly tag?: string;
}

/** A little-endian number of 1, 2, 4 or 8 bytes. */
export interface NumberElement {
  readonly kind: 'number';
  readonly name: string;
  readonly bytes: number;
  readonly codec: Codec;
  readonly tag?: string;
  /** Value in an encoded descriptor if the field is absent, mostly a revision. */
  readonly initial?: number;
}

/** Bit fields. Reserved bits become a field `<name>Reserved` if any is set. */
export interface FlagsElement {
  readonly kind: 'flags';
  readonly name: string;
  readonly bytes: number;
  readonly bits: readonly BitField[];
}

/** A set encoded as a bit mask: interrupts or DMA channels from 0. */
export interface MaskElement {
  readonly kind: 'mask';
  readonly name: string;
  readonly bytes: number;
  readonly tag?: string;
}

/** Numbers of `bytes` each; the field `count` is their number. */
export interface ListElement {
  readonly kind: 'list';
  readonly name: string;
  readonly bytes: number;
  readonly count: string;
  readonly tag?: string;
}

/** Bytes up to the offset `end` in the descriptor (exclusive), by default the descriptor's end. */
export interface DataElement {
  readonly kind: 'data';
  readonly name: string;
  readonly tag?: string;
  readonly end?: (fields: FieldValues) => number | undefined;
}

/** A NUL-terminated string at the descriptor's end; absent if no byte is left. */
export interface StringElement {
  readonly kind: 'string';
  readonly name: string;
}

/** Resource Source Index and Resource Source, an optional byte and an optional string (ACPI 6.5, 6.4.3.5.1). */
export interface SourceElement {
  readonly kind: 'source';
}

/** Elements that depend on preceding fields. */
export interface ChoiceElement {
  readonly kind: 'choice';
  readonly choose: (fields: FieldValues) => readonly Element[];
}

/** A part of the descriptor whose offset is in a field. */
export interface Area {
  readonly name: string;
  readonly content: 'words' | 'string' | 'bytes';
  /** The field with its offset in the descriptor; 0 means absent. */
  readonly offset: string;
  /** The field with its length in bytes; without one the area ends where the next begins. */
  readonly length?: string;
  readonly tag?: string;
}

/** Areas; always the last element. */
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
  /** Name in ACPI 6.5. */
  readonly title: string;
  /** Section of ACPI 6.5. */
  readonly section: string;
  /** Small descriptors have the length in the tag's low three bits, large ones in the two bytes after it. */
  readonly size: 'small' | 'large';
  /** Item name: bits 6:3 of a small tag, bits 6:0 of a large one. */
  readonly item: number;
  /** Minimum and maximum size in bytes of a small descriptor without its header. */
  readonly content?: readonly [number, number];
  /** Rows with the same tag differ in the byte at offset `at` in the descriptor. */
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
