/** Resource descriptors (ACPI 6.5, 6.4), the contents of a `_CRS`, decoded field by field. */
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

/** `serial-bus` is a vendor-defined serial bus; `unknown` is a tag that ACPI 6.5 does not define, or an unknown tag. */
export type ResourceType = (typeof RESOURCE_TYPES)[number];

/**
 * A field's value. Numbers are `bigint`, one-bit flags are mostly booleans. Named values are the names, or a number that
 * has no name in ACPI. A value that depends on unknown bytes is an {@link Expr}.
 */
export type FieldValue = Quantity | boolean | string | readonly Quantity[];

export type FieldValues = Readonly<Record<string, FieldValue>>;

export interface ResourceDescriptor {
  readonly type: ResourceType;
  /** First byte, with the length bits of a small descriptor; `undefined` if unknown. */
  readonly tag: number | undefined;
  /** Offset in the template. Offset and length are 0 if there are no bytes. */
  readonly offset: number;
  /** Size in bytes with the header; of a truncated descriptor, the remaining size. */
  readonly length: number;
  /** By the names in the descriptor's row; `unknown` has `data`. */
  readonly fields: FieldValues;
  /** `certain` if every field is known. */
  readonly certainty: 'certain' | 'unknown';
  /** Fields that are truncated, or that a printed list lacks. */
  readonly missing?: readonly string[];
  /** Absent if it was read from a printed list. */
  readonly bytes?: TemplateBytes;
  /** Place in the input. */
  readonly span?: Span;
}

/** Known bytes as a template. */
export function templateOf(bytes: Uint8Array): TemplateBytes {
  return Array.from(bytes);
}

/** A field that is a number or an expression; `undefined` for any other. */
export function quantityField(descriptor: ResourceDescriptor, name: string): Quantity | undefined {
  const value = descriptor.fields[name];
  return typeof value === 'bigint' || isExpr(value) ? value : undefined;
}

/** Whether a field value is an expression. */
export function isExpr(value: FieldValue | undefined): value is Expr {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
