/** Resource descriptors: what a `_CRS` buffer holds (ACPI 6.5, 6.4), decoded field by field. */
import type { Span } from '../../bytes/source.ts';
import type { ByteValue, Expr, Quantity } from '../../symbolic/index.ts';

/** A resource template's bytes; some may be unknown. */
export type TemplateBytes = readonly ByteValue[];

export const RESOURCE_TYPES = [
  'irq',
  'dma',
  'start-dependent',
  'end-dependent',
  'io',
  'fixed-io',
  'fixed-dma',
  'vendor-short',
  'memory24',
  'register',
  'vendor-long',
  'memory32',
  'memory32-fixed',
  'dword-address',
  'word-address',
  'extended-irq',
  'qword-address',
  'extended-address',
  'gpio',
  'pin-function',
  'i2c',
  'spi',
  'uart',
  'csi2',
  'serial-bus',
  'pin-config',
  'pin-group',
  'pin-group-function',
  'pin-group-config',
  'clock-input',
  'unknown',
] as const;

/** `serial-bus` is a vendor-defined kind of serial bus; `unknown` a tag that ACPI 6.5 doesn't define, or bytes that can't be told apart. */
export type ResourceType = (typeof RESOURCE_TYPES)[number];

/**
 * A field's value. Numbers are `bigint`; flags of one bit with a yes/no meaning are booleans; flags with named values
 * are those names, or the number where ACPI gives it no name. What depends on unknown bytes is an {@link Expr}.
 */
export type FieldValue = Quantity | boolean | string | readonly Quantity[];

export type FieldValues = Readonly<Record<string, FieldValue>>;

export interface ResourceDescriptor {
  readonly type: ResourceType;
  /** First byte, of a small descriptor with the length bits; undefined when it isn't known. */
  readonly tag: number | undefined;
  /** Of the first byte in the template; 0, like the length, for one read from a text without bytes. */
  readonly offset: number;
  /** Bytes in all, header included; no more than there are. */
  readonly length: number;
  /** By the names in the description table; `unknown` has `data`. */
  readonly fields: FieldValues;
  /** Whether every field is known. */
  readonly certainty: 'certain' | 'unknown';
  /** Fields that are cut off, or that the text it was read from doesn't give. */
  readonly missing?: readonly string[];
  /** The descriptor's own bytes; absent when it was read from a text that doesn't give them. */
  readonly bytes?: TemplateBytes;
  /** Place in the text or table it was read from. */
  readonly span?: Span;
}

/** A blob's bytes as a template. */
export function templateOf(bytes: Uint8Array): TemplateBytes {
  return Array.from(bytes);
}

/** The field as a quantity: a number or an expression. */
export function quantityField(descriptor: ResourceDescriptor, name: string): Quantity | undefined {
  const value = descriptor.fields[name];
  return typeof value === 'bigint' || isExpr(value) ? value : undefined;
}

/** Tells an expression from the other values a field can have. */
export function isExpr(value: FieldValue | undefined): value is Expr {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
