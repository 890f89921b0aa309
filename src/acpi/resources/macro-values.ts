/** From a resource macro's arguments to a descriptor and back. */
import type { Quantity } from '../../symbolic/index.ts';
import { fieldPlaces } from './decode.ts';
import { type FieldValue, isExpr, type ResourceDescriptor } from './descriptor.ts';
import { type DescriptorFields, encodeDescriptor } from './encode.ts';
import { fieldSpec } from './field-spec.ts';
import type { FieldPlace } from './fields.ts';
import { type MacroArgument, RESOURCE_MACROS, type ResourceMacro } from './macros.ts';
import { rowOfType } from './rows/table.ts';

/** An argument as ASL has it; undefined for one left out. */
export type MacroValue =
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'keyword'; readonly word: string }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: readonly Quantity[] }
  | undefined;

/** A macro with its arguments, `list` what stands in braces. */
export interface MacroCall {
  readonly macro: ResourceMacro;
  readonly values: readonly MacroValue[];
  readonly list?: readonly Quantity[];
}

const SHARE_KEYWORDS = ['Exclusive', 'Shared', 'ExclusiveAndWake', 'SharedAndWake'] as const;

/**
 * The descriptor a macro call makes. `problems` are sentences about arguments that are missing or of the wrong kind;
 * such an argument counts as its default or 0.
 */
export function descriptorOfCall(call: MacroCall): { descriptor: DescriptorFields; problems: string[] } {
  const { macro, values } = call;
  const fields: Record<string, FieldValue> = { ...macro.settled };
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
    problems.push(`${macro.name} has ${macro.arguments.length} arguments, ${values.length} are given`);
  }
  if (macro.list) fields[macro.list.field] = [...(call.list ?? [])];
  return { descriptor: { type: macro.type, fields: busTypeOf(macro, fields) }, problems };
}

/** The byte that tells serial buses apart isn't an argument. */
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
        if (index < 0) return `can't be ${value.word}`;
        Object.assign(fields, { sharing: index & 1 ? 'Shared' : 'Exclusive', wakeCapable: index >= 2 });
        return undefined;
      }
      const spec = fieldSpec(macro.type, field, fields);
      const index = indexOfKeyword(spec?.codec.keywords ?? [], value.word);
      if (!spec || index < 0) return `can't be ${value.word}`;
      fields[field] = spec.codec.decode(BigInt(index));
      return undefined;
    }
    case 'integer': {
      if (argument.kind === 'keyword' || argument.kind === 'share' || argument.kind === 'string') {
        return 'is to be a word, not a number';
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
      if (argument.kind !== 'buffer') return 'is no buffer';
      fields[field] = [...value.bytes];
      return undefined;
  }
}

function indexOfKeyword(keywords: readonly (string | undefined)[], word: string): number {
  const lower = word.toLowerCase();
  return keywords.findIndex((keyword) => keyword?.toLowerCase() === lower);
}

/**
 * The macro call that makes exactly the descriptor's bytes; undefined when no macro does: reserved bits, odd offsets,
 * unknown bytes. The caller then prints the bytes.
 */
export function callOfDescriptor(descriptor: ResourceDescriptor): MacroCall | undefined {
  if (!descriptor.bytes?.every((byte) => typeof byte === 'number')) return undefined;
  for (const macro of RESOURCE_MACROS) {
    if (macro.type !== descriptor.type || !settledBy(macro, descriptor)) continue;
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

/** Does the macro make descriptors like this one? */
export function settledBy(macro: ResourceMacro, descriptor: ResourceDescriptor): boolean {
  return Object.entries(macro.settled ?? {}).every(([name, value]) => descriptor.fields[name] === value);
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

/** The argument that a field of the descriptor is; undefined where no argument says it. */
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

/** A field that ASL names under a descriptor name, in bits from the descriptor's first. */
export interface TagPlace {
  readonly tag: string;
  readonly bit: number;
  readonly bits: number;
}

/** The fields `_MIN`, `_LEN` … that a descriptor name gives access to (ACPI 6.5, table 6.45 and following). */
export function tagPlaces(descriptor: ResourceDescriptor): TagPlace[] {
  return fieldPlaces(descriptor)
    .filter((place): place is FieldPlace & { tag: string } => place.tag !== undefined)
    .map((place) => ({
      tag: place.tag,
      bit: place.offset * 8 + (place.bits?.low ?? 0),
      bits: place.bits?.width ?? (place.unit ?? place.bytes) * 8,
    }));
}
