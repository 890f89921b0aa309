/** Descriptors and templates in JSON reports: numbers are `0x…` strings, unknown values expressions. */
import { type ByteValue, formatExpr, isKnown, Names, type Quantity } from '../../symbolic/index.ts';
import { type FieldValue, isExpr, type ResourceDescriptor, type TemplateBytes } from './descriptor.ts';

export type JsonField = string | boolean | readonly string[];

function quantityText(value: Quantity, names: Names): string {
  return isKnown(value) ? `0x${value.toString(16)}` : formatExpr(value, names);
}

export function fieldJson(value: FieldValue, names = new Names()): JsonField {
  if (typeof value === 'bigint') return quantityText(value, names);
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (isExpr(value)) return formatExpr(value, names);
  return (value as readonly Quantity[]).map((each) => quantityText(each, names));
}

/** Defaults of an IRQ descriptor without flags (ACPI 6.5, 6.4.2.1). */
const IRQ_WITHOUT_FLAGS = {
  triggering: 'Edge',
  polarity: 'ActiveHigh',
  sharing: 'Exclusive',
  wakeCapable: false,
} as const;

/** The fields of a descriptor with what left-out ones stand for. */
export function completeFields(descriptor: ResourceDescriptor): Readonly<Record<string, FieldValue>> {
  if (descriptor.type !== 'irq' || descriptor.missing) return descriptor.fields;
  return { ...IRQ_WITHOUT_FLAGS, ...descriptor.fields };
}

/**
 * An entry of `acpi[].resources[]`.
 *
 * @param names names of fields and unknown values in the document
 */
export function descriptorJson(
  descriptor: ResourceDescriptor,
  names = new Names(),
): { readonly type: string } & Readonly<Record<string, JsonField>> {
  const json: { type: string } & Record<string, JsonField> = { type: descriptor.type };
  for (const [name, value] of Object.entries(completeFields(descriptor)))
    json[name] = fieldJson(value, names);
  if (descriptor.type === 'unknown' && descriptor.tag !== undefined)
    json.tag = `0x${descriptor.tag.toString(16)}`;
  if (descriptor.missing) json.missing = descriptor.missing;
  if (descriptor.certainty === 'unknown') json.certainty = 'unknown';
  return json;
}

function byteText(byte: ByteValue): string {
  return typeof byte === 'number' ? byte.toString(16).padStart(2, '0') : '??';
}

/** A template's bytes as lower-case hex, `??` for each unknown byte. */
export function templateHex(bytes: TemplateBytes): string {
  return bytes.map(byteText).join('');
}
