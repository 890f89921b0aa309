/** Prints a descriptor as its ASL macro on one line, like iasl's disassembler, with expressions for unknown values. */
import type { Quantity } from '../../symbolic/index.ts';
import { hexText } from '../terms/hex-text.ts';
import { type FieldValue, isExpr, type ResourceDescriptor } from './descriptor.ts';
import { fieldSpec } from './field-spec.ts';
import { hasImpliedFields, macroValue } from './macro-values.ts';
import { type MacroArgument, RESOURCE_MACROS, type ResourceMacro } from './macros.ts';

const LIST_DIGITS = { bytes: 2, words: 4, dwords: 8 } as const;

/** Number of hexadecimal digits of a field. */
function digitsOf(macro: ResourceMacro, field: string, descriptor: ResourceDescriptor): number {
  const spec = fieldSpec(macro.type, field, descriptor.fields as Record<string, FieldValue>);
  const bits = spec === undefined ? 8 : 'width' in spec ? spec.width : spec.bytes * 8;
  return Math.max(2, Math.ceil(bits / 4));
}

function argumentText(
  macro: ResourceMacro,
  argument: MacroArgument,
  descriptor: ResourceDescriptor,
  quantity: (value: Quantity) => string,
): string | undefined {
  const [field] = argument.fields;
  const value = field === undefined ? undefined : descriptor.fields[field];
  if (field === undefined || value === undefined) return argument.required ? undefined : '';
  if (isExpr(value)) {
    const words = fieldSpec(macro.type, field, descriptor.fields as Record<string, FieldValue>)?.codec
      .keywords;
    return argument.kind === 'keyword' && words?.length === 2
      ? `${quantity(value)} ? ${words[1]} : ${words[0]}`
      : quantity(value);
  }
  const written = macroValue(macro, argument, value, descriptor);
  switch (written?.kind) {
    case 'integer':
      return hexText(written.value, digitsOf(macro, field, descriptor));
    case 'keyword':
      return written.word;
    case 'string':
      return JSON.stringify(written.text);
    case 'bytes':
      return `RawDataBuffer () {${written.bytes.map((byte) => (typeof byte === 'bigint' ? hexText(byte, 2) : quantity(byte))).join(', ')}}`;
    default:
      return undefined;
  }
}

/**
 * `DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0x00000000, 0x000A0000, …)`;
 * `undefined` if ASL has no macro for the descriptor.
 * @param quantity formats an unknown number
 */
export function macroLine(
  descriptor: ResourceDescriptor,
  quantity: (value: Quantity) => string,
): string | undefined {
  for (const macro of RESOURCE_MACROS) {
    if (macro.type !== descriptor.type || !hasImpliedFields(macro, descriptor)) continue;
    const given = macro.arguments.map((argument) => argumentText(macro, argument, descriptor, quantity));
    if (given.includes(undefined)) continue;
    while (given.at(-1) === '') given.pop();
    const listed = macro.list === undefined ? undefined : descriptor.fields[macro.list.field];
    const digits = macro.list === undefined ? 2 : LIST_DIGITS[macro.list.of];
    const list = Array.isArray(listed)
      ? ` {${(listed as readonly Quantity[])
          .map((each) => (typeof each === 'bigint' ? hexText(each, digits) : quantity(each)))
          .join(', ')}}`
      : '';
    return `${macro.name} (${given.join(', ')})${list}`;
  }
  return undefined;
}
