/** Converts between the arguments of a resource macro and a descriptor. */
import type { Quantity } from '../../symbolic/index.ts';
import { fieldPlaces } from './decode.ts';
import { type FieldValue, isExpr, type ResourceDescriptor } from './descriptor.ts';
import { type DescriptorFields, encodeDescriptor } from './encode.ts';
import { fieldSpec } from './field-spec.ts';
import type { FieldPlace } from './fields.ts';
import { type MacroArgument, RESOURCE_MACROS, type ResourceMacro } from './macros.ts';
import { rowOfType } from './rows/table.ts';

/** An argument in ASL; `undefined` if it is omitted. */
export type MacroValue =
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'keyword'; readonly word: string }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: readonly Quantity[] }
  | undefined;

/** A macro with its arguments; `list` is the list in braces. */
export interface MacroCall {
  readonly macro: ResourceMacro;
  readonly values: readonly MacroValue[];
  readonly list?: readonly Quantity[];
}

const SHARE_KEYWORDS = ['Exclusive', 'Shared', 'ExclusiveAndWake', 'SharedAndWake'] as const;

/**
 * The descriptor that a macro call makes. `problems` are messages about missing or invalid arguments, which count as
 * their default or 0.
 */
export function descriptorOfCall(call: MacroCall): { descriptor: DescriptorFields; problems: string[] } {
  const { macro, values } = call;
  const fields: Record<string, FieldValue> = { ...macro.implied };
  const problems: string[] = [];
  macro.arguments.forEach((argument, index) => {
    const value = values[index];
    if (argument.fields.length === 0) return;
    if (value === undefined) {
      if (argument.required) problems.push(`${macro.name}: ${argument.name} is missing`);
      if (argument.kind === 'share') Object.assign(fields, { sharing: 'Exclusive', wakeCapable: false });
      else if (argument.initial !== undefined) fields[argument.fields[0]!] = argument.initial;
      return;
    }
    const wrong = setArgument(macro, argument, value, fields);
    if (wrong !== undefined) problems.push(`${macro.name}: ${argument.name} ${wrong}`);
  });
  if (values.length > macro.arguments.length) {
    problems.push(`${macro.name} takes ${macro.arguments.length} arguments, not ${values.length}`);
  }
  if (macro.list) fields[macro.list.field] = [...(call.list ?? [])];
  return { descriptor: { type: macro.type, fields: busTypeOf(macro, fields) }, problems };
}

/** Adds the bus type of a serial bus, which is not an argument. */
function busTypeOf(macro: ResourceMacro, fields: Record<string, FieldValue>): Record<string, FieldValue> {
  const match = rowOfType(macro.type)?.match;
  return match && typeof match.value === 'number' ? { ...fields, busType: BigInt(match.value) } : fields;
}

function setArgument(
  macro: ResourceMacro,
  argument: MacroArgument,
  value: NonNullable<MacroValue>,
  fields: Record<string, FieldValue>,
): string | undefined {
  const field = argument.fields[0]!;
  switch (value.kind) {
    case 'keyword': {
      if (argument.kind === 'share') {
        const index = indexOfKeyword(SHARE_KEYWORDS, value.word);
        if (index < 0) return `cannot be ${value.word}`;
        Object.assign(fields, { sharing: index & 1 ? 'Shared' : 'Exclusive', wakeCapable: index >= 2 });
        return undefined;
      }
      const spec = fieldSpec(macro.type, field, fields);
      const index = indexOfKeyword(spec?.codec.keywords ?? [], value.word);
      if (!spec || index < 0) return `cannot be ${value.word}`;
      fields[field] = spec.codec.decode(BigInt(index));
      return undefined;
    }
    case 'integer': {
      if (argument.kind === 'keyword' || argument.kind === 'share' || argument.kind === 'string') {
        return 'must be a keyword, not a number';
      }
      for (const each of argument.fields) {
        const spec = fieldSpec(macro.type, each, fields);
        const width = spec === undefined ? 64 : 'width' in spec ? spec.width : spec.bytes * 8;
        const cut = BigInt.asUintN(width, value.value);
        fields[each] = spec ? spec.codec.decode(cut) : cut;
        if (cut !== value.value) return `0x${value.value.toString(16)} doesn't fit ${width} bits`;
      }
      return undefined;
    }
    case 'string':
      if (argument.kind !== 'string') return 'is not a string';
      fields[field] = value.text;
      return undefined;
    case 'bytes':
      if (argument.kind !== 'buffer') return 'is not a buffer';
      fields[field] = [...value.bytes];
      return undefined;
  }
}

function indexOfKeyword(keywords: readonly (string | undefined)[], word: string): number {
  const lower = word.toLowerCase();
  return keywords.findIndex((keyword) => keyword?.toLowerCase() === lower);
}

/**
 * The macro call that makes exactly the descriptor's bytes; `undefined` if there is none because of reserved bits,
 * unusual offsets or unknown bytes.
 */
export function callOfDescriptor(descriptor: ResourceDescriptor): MacroCall | undefined {
  if (!descriptor.bytes?.every((byte) => typeof byte === 'number')) return undefined;
  for (const macro of RESOURCE_MACROS) {
    if (macro.type !== descriptor.type || !hasImpliedFields(macro, descriptor)) continue;
    const call = callWith(macro, descriptor);
    if (!call) continue;
    const bytes = encodeDescriptor(descriptorOfCall(call).descriptor);
    if (
      bytes.length === descriptor.bytes.length &&
      bytes.every((byte, index) => byte === descriptor.bytes![index])
    ) {
      return call;
    }
  }
  return undefined;
}

/** Whether a descriptor has the fields that a macro implies. */
export function hasImpliedFields(macro: ResourceMacro, descriptor: ResourceDescriptor): boolean {
  return Object.entries(macro.implied ?? {}).every(([name, value]) => descriptor.fields[name] === value);
}

function callWith(macro: ResourceMacro, descriptor: ResourceDescriptor): MacroCall | undefined {
  const values: MacroValue[] = [];
  for (const argument of macro.arguments) {
    const field = argument.fields[0];
    const value = field === undefined ? undefined : descriptor.fields[field];
    if (field === undefined || value === undefined) {
      if (argument.required) return undefined;
      values.push(undefined);
      continue;
    }
    const written = macroValue(macro, argument, value, descriptor);
    if (!written) return undefined;
    values.push(written);
  }
  const list = macro.list ? descriptor.fields[macro.list.field] : undefined;
  return {
    macro,
    values,
    ...(macro.list ? { list: Array.isArray(list) ? (list as readonly Quantity[]) : [] } : {}),
  };
}

/** The argument for a field's value; `undefined` if ASL cannot express it. */
export function macroValue(
  macro: ResourceMacro,
  argument: MacroArgument,
  value: FieldValue,
  descriptor: ResourceDescriptor,
): MacroValue {
  if (isExpr(value)) return undefined;
  if (argument.kind === 'share') {
    const index = (value === 'Shared' ? 1 : 0) + (descriptor.fields.wakeCapable === true ? 2 : 0);
    return { kind: 'keyword', word: SHARE_KEYWORDS[index]! };
  }
  if (argument.kind === 'string')
    return typeof value === 'string' ? { kind: 'string', text: value } : undefined;
  if (argument.kind === 'buffer') {
    return Array.isArray(value) ? { kind: 'bytes', bytes: value as readonly Quantity[] } : undefined;
  }
  const spec = fieldSpec(macro.type, argument.fields[0]!, descriptor.fields as Record<string, FieldValue>);
  const number = spec?.codec.encode(value);
  if (!spec || number === undefined) return undefined;
  if (argument.kind === 'integer') return { kind: 'integer', value: number };
  const word = spec.codec.keywords?.[Number(number)];
  if (word !== undefined) return { kind: 'keyword', word };
  return argument.kind === 'keyword-or-integer' ? { kind: 'integer', value: number } : undefined;
}

/** A field that ASL names, with its offset `bit` in the descriptor and its width `bits`. */
export interface TagPlace {
  readonly tag: string;
  readonly bit: number;
  readonly bits: number;
}

/** The fields of a descriptor that ASL names, such as `_MIN` and `_LEN` (ACPI 6.5, 19.2.3). */
export function tagPlaces(descriptor: ResourceDescriptor): TagPlace[] {
  return fieldPlaces(descriptor)
    .filter((place): place is FieldPlace & { tag: string } => place.tag !== undefined)
    .map((place) => ({
      tag: place.tag,
      bit: place.offset * 8 + (place.bits?.low ?? 0),
      bits: place.bits?.width ?? (place.unit ?? place.bytes) * 8,
    }));
}
