/** Resource macros and ToPLD as ASL text. */
import type { MacroCall, MacroValue } from '../resources/macro-values.ts';
import { INDENT, stringText } from './literals.ts';
import type { PldField } from './pld.ts';
import type { RecognizedDescriptor } from './recognize.ts';

/** A macro with more arguments has one on each line. */
const ARGUMENTS_ON_A_LINE = 7;

/**
 * A whole template.
 * @param tags names of its descriptors by their offset
 * @param indent of the lines after the first
 */
export function formatTemplate(
  descriptors: readonly RecognizedDescriptor[],
  tags: ReadonlyMap<number, string> | undefined,
  indent: string,
): string {
  const lines: string[] = [];
  let inner = indent + INDENT;
  let open = false;
  const close = (): void => {
    if (!open) return;
    inner = indent + INDENT;
    lines.push(`${inner}}`);
    open = false;
  };
  for (const { call, resource } of descriptors) {
    if (resource.type === 'start-dependent' || resource.type === 'end-dependent') close();
    lines.push(inner + macroText(call, tags?.get(resource.offset), inner));
    if (!call.macro.nested) continue;
    lines.push(`${inner}{`);
    inner += INDENT;
    open = true;
  }
  close();
  return `ResourceTemplate ()\n${indent}{\n${lines.join('\n')}\n${indent}}`;
}

/** One macro with its arguments and what stands in braces. */
export function macroText(call: MacroCall, tag: string | undefined, indent: string): string {
  const { macro } = call;
  const given = macro.arguments.map((argument, index) =>
    argument.kind === 'descriptor-name' ? (tag ?? '') : valueText(call.values[index]),
  );
  while (given.at(-1) === '') given.pop();
  const list =
    call.list &&
    listText(call.list, macro.list?.of === 'dwords' ? 8 : macro.list?.of === 'words' ? 4 : 2, indent);
  if (given.length <= ARGUMENTS_ON_A_LINE || given.every((text) => text === '')) {
    return `${macro.name} (${given.join(', ')})${list ?? ''}`;
  }
  const lines = wrapped(
    given,
    macro.arguments.map((argument) => argument.name),
    indent + INDENT,
  );
  return `${macro.name} (${lines})${list ?? ''}`;
}

/** Words on the first line, then each number on a line of its own with what it is. */
function wrapped(given: readonly string[], names: readonly string[], indent: string): string {
  let text = '';
  given.forEach((value, index) => {
    const last = index === given.length - 1;
    const comma = last ? '' : ',';
    if (/^(0x|")/.test(value))
      text += `${text.endsWith('\n') ? '' : '\n'}${indent}${value}${comma}`.padEnd(1);
    else text += `${text.endsWith('\n') ? indent : index === 0 ? '' : ' '}${value}${comma}`;
    if (/^0x/.test(value)) text += `${' '.repeat(Math.max(1, 20 - value.length))}// ${names[index]}\n`;
  });
  return text.endsWith('\n') ? `${text}${indent}` : text;
}

function valueText(value: MacroValue): string {
  switch (value?.kind) {
    case 'integer': {
      const digits = value.value.toString(16).toUpperCase();
      const width = digits.length <= 2 ? 2 : digits.length <= 4 ? 4 : digits.length <= 8 ? 8 : 16;
      return `0x${digits.padStart(width, '0')}`;
    }
    case 'keyword':
      return value.word;
    case 'string':
      return stringText(value.text);
    case 'bytes':
      return `RawDataBuffer (0x${value.bytes.length.toString(16).toUpperCase().padStart(2, '0')}) {${value.bytes.map(byteText).join(', ')}}`;
    default:
      return '';
  }
}

function byteText(value: unknown): string {
  return `0x${(value as bigint).toString(16).toUpperCase().padStart(2, '0')}`;
}

function listText(list: readonly unknown[], digits: number, indent: string): string {
  const numbers = list.map(
    (value) => `0x${(value as bigint).toString(16).toUpperCase().padStart(digits, '0')}`,
  );
  if (numbers.length <= 8) return ` {${numbers.join(', ')}}`;
  const lines: string[] = [];
  for (let at = 0; at < numbers.length; at += 8)
    lines.push(indent + INDENT + numbers.slice(at, at + 8).join(', '));
  return `\n${indent}{\n${lines.join(',\n')}\n${indent}}`;
}

/** `ToPLD (…)` with the fields that aren't zero. */
export function formatPld(values: ReadonlyMap<PldField, bigint>, indent: string): string {
  const inner = indent + INDENT;
  const lines = [...values]
    .filter(([field, value]) => value !== 0n || field.name === 'PLD_Revision')
    .map(([field, value]) => {
      const word = field.words?.[Number(value)];
      return `${inner}${field.name} = ${word === undefined ? `0x${value.toString(16).toUpperCase()}` : `"${word}"`}`;
    });
  return `ToPLD (\n${lines.join(',\n')})`;
}
