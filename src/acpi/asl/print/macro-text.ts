/** Prints resource macros and ToPLD. */
import type { MacroCall, MacroValue } from '../../resources/macro-values.ts';
import { hexText } from '../../terms/hex-text.ts';
import { INDENT, stringText } from '../text/literals.ts';
import type { PldField } from '../values/pld.ts';
import type { RecognizedDescriptor } from '../values/recognize.ts';

/** A macro with more arguments spans several lines. */
const ARGUMENTS_ON_A_LINE = 7;
/** Width of a 64-bit number with its comma and two blanks. */
const COMMENT_COLUMN = 21;

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

/** One macro with its arguments and its braces. */
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
  return `${macro.name} (${argumentLines(call, given, indent + INDENT)})${list ?? ''}`;
}

/** Keywords on one line, each number on its own line with a comment that names it. */
function argumentLines({ macro }: MacroCall, given: readonly string[], indent: string): string {
  const lines: string[] = [];
  let words: string[] = [];
  const flush = (): void => {
    if (words.length > 0) lines.push(words.join(' '));
    words = [];
  };
  for (const [index, value] of given.entries()) {
    const text = index === given.length - 1 ? value : `${value},`;
    if (/^(0x|")/.test(value)) {
      flush();
      lines.push(
        value.startsWith('"') ? text : `${text.padEnd(COMMENT_COLUMN)}// ${macro.arguments[index]!.name}`,
      );
    } else {
      words.push(text);
    }
  }
  flush();
  // The closing bracket must not be part of a comment.
  const end = /\/\/ \w+$/.test(lines.at(-1) ?? '') ? `\n${indent}` : '';
  const head = /^[A-Za-z,]/.test(lines[0] ?? '') ? '' : `\n${indent}`;
  return head + lines.join(`\n${indent}`) + end;
}

function valueText(value: MacroValue): string {
  switch (value?.kind) {
    case 'integer': {
      const { length } = value.value.toString(16);
      const width = length <= 2 ? 2 : length <= 4 ? 4 : length <= 8 ? 8 : 16;
      return hexText(value.value, width);
    }
    case 'keyword':
      return value.word;
    case 'string':
      return stringText(value.text);
    case 'bytes':
      return `RawDataBuffer (${hexText(BigInt(value.bytes.length), 2)}) {${numbersText(value.bytes, 2).join(', ')}}`;
    default:
      return '';
  }
}

/** A descriptor that can be written as a macro has only known numbers. */
function numbersText(values: readonly unknown[], digits: number): string[] {
  return values.map((value) => hexText(value as bigint, digits));
}

function listText(list: readonly unknown[], digits: number, indent: string): string {
  const numbers = numbersText(list, digits);
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
      return `${inner}${field.name} = ${word === undefined ? hexText(value, 1) : `"${word}"`}`;
    });
  return `ToPLD (\n${lines.join(',\n')})`;
}
