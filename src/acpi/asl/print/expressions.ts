/** Prints terms that yield values as ASL+. */

import { hexText } from '../../terms/hex-text.ts';
import { formatName, type NamePath, trimSegment } from '../../terms/name.ts';
import { MATCH_OPERATORS } from '../../terms/opcodes.ts';
import { isTerm, Term } from '../../terms/term.ts';
import { INDENT, stringText } from '../text/literals.ts';
import { binarySymbol, negatedSymbol } from '../text/operators.ts';
import { isReservedWord } from '../text/words.ts';
import { eisaIdText } from '../values/eisa-id.ts';
import { bufferForm } from '../values/recognize.ts';
import { formatPld, formatTemplate } from './macro-text.ts';
import type { TagNames } from './tags.ts';

/** Bytes per line of a Buffer. */
const BYTES_PER_LINE = 8;

/** Nesting of values that is printed; the parser accepts less. */
const MAX_PRINTED_DEPTH = 1000;

export interface PrintContext {
  /** Current nesting of values. */
  depth: number;
  readonly tags: TagNames;
  /** Absolute path of the object that a single segment denotes, for segments that are ASL words. */
  readonly absolute: (name: NamePath) => string | undefined;
}

/** A name in ASL. A segment that is a reserved word is padded with `_` or written as a path. */
export function nameText(name: NamePath, context: PrintContext): string {
  const [segment] = name.segments;
  if (segment === undefined || name.segments.length > 1 || name.root || name.parents > 0) {
    return formatName(name) || '\\';
  }
  const trimmed = trimSegment(segment);
  if (!isReservedWord(trimmed)) return trimmed;
  return segment !== trimmed ? segment : (context.absolute(name) ?? `^${segment}`);
}

/**
 * The text of a term that yields a value.
 * @param indent prefix of the lines after the first
 * @param holder name of the object whose value it is
 */
export function expressionText(term: Term, context: PrintContext, indent: string, holder?: string): string {
  if (context.depth >= MAX_PRINTED_DEPTH) return 'Zero /* nested too deep to be printed */';
  context.depth += 1;
  const text = valueText(term, context, indent, holder);
  context.depth -= 1;
  return text;
}

function valueText(term: Term, context: PrintContext, indent: string, holder?: string): string {
  const { name } = term.op;
  const { operands } = term;
  const tag = context.tags.references.get(term);
  if (tag !== undefined) return tag;
  const text = (operand: unknown): string =>
    operand instanceof Term ? expressionText(operand, context, indent, holder) : '';
  switch (name) {
    case 'Byte':
      return hexText(operands[0] as bigint, 2);
    case 'Word':
      return hexText(operands[0] as bigint, 4);
    case 'DWord': {
      const id = holder === '_HID' || holder === '_CID' ? eisaIdText(operands[0] as bigint) : undefined;
      return id === undefined ? hexText(operands[0] as bigint, 8) : `EisaId ("${id}")`;
    }
    case 'QWord':
      return hexText(operands[0] as bigint, 16);
    case 'String':
      return stringText(operands[0] as string);
    case 'NamePath':
      return nameText(operands[0] as NamePath, context);
    case 'MethodCall':
      return `${nameText(operands[0] as NamePath, context)} (${(operands[1] as Term[]).map(text).join(', ')})`;
    case 'Buffer':
      return bufferText(term, context, indent, holder);
    case 'Package':
    case 'VarPackage':
      return packageText(term, context, indent, holder);
    case 'LNot': {
      const inner = operands[0] as Term;
      const operator = negatedSymbol(inner.op);
      if (operator !== undefined)
        return `(${text(inner.operands[0])} ${operator} ${text(inner.operands[1])})`;
      return `!${text(inner)}`;
    }
    case 'Not':
      if (operands[1] === null) return `~${text(operands[0])}`;
      break;
    case 'Index':
      if (operands[2] === null && isIndexable(operands[0] as Term)) {
        return `${text(operands[0])} [${text(operands[1])}]`;
      }
      break;
    case 'Match':
      return `Match (${operands
        .map((operand) => (typeof operand === 'number' ? (MATCH_OPERATORS[operand] ?? 'MTR') : text(operand)))
        .join(', ')})`;
    default: {
      const operator = binarySymbol(term.op);
      if (operator !== undefined && operands.slice(2).every((target) => target === null)) {
        return `(${text(operands[0])} ${operator} ${text(operands[1])})`;
      }
    }
  }
  return callText(term, context, indent);
}

/** Whether ASL+ allows `[…]` after the term. */
function isIndexable(term: Term): boolean {
  return /^(NamePath|Local\d|Arg\d|RefOf|DerefOf|Index|MethodCall)$/.test(term.op.name);
}

/** `Operator (a, b, target)`, or the word alone for an operator without operands. */
export function callText(term: Term, context: PrintContext, indent: string): string {
  const parts = term.op.operands
    .filter((kind) => kind !== 'PkgLength' && kind !== 'TermList')
    .map((kind, index) => operandText(kind, term.operands[index]!, context, indent));
  // Omitted targets at the end need no comma.
  while (parts.at(-1) === '') parts.pop();
  if (term.op.operands.length === 0) return term.op.name;
  return `${term.op.name} (${parts.join(', ')})`;
}

function operandText(
  kind: string,
  operand: Term['operands'][number],
  context: PrintContext,
  indent: string,
): string {
  if (operand === null) return '';
  if (operand instanceof Term) return expressionText(operand, context, indent);
  if (kind === 'NameString') return nameText(operand as NamePath, context);
  if (typeof operand === 'number') {
    return hexText(BigInt(operand), kind === 'DWordData' ? 8 : kind === 'WordData' ? 4 : 2);
  }
  return '';
}

function bufferText(term: Term, context: PrintContext, indent: string, holder?: string): string {
  const [size, bytes] = term.operands as [Term, Uint8Array];
  const form = bufferForm(term, holder);
  switch (form.kind) {
    case 'template':
      return formatTemplate(form.descriptors, context.tags.descriptors.get(term), indent);
    case 'uuid':
      return `ToUUID ("${form.text}")`;
    case 'unicode':
      return `Unicode (${stringText(form.text)})`;
    case 'pld':
      return formatPld(form.values, indent);
    default: {
      const head = `Buffer (${expressionText(size, context, indent)})`;
      if (form.kind === 'string') return `${head} { ${stringText(form.text)} }`;
      return `${head}${bytesText(bytes, indent)}`;
    }
  }
}

/** ` {}` or lines of bytes, each with the offset of its first byte. */
function bytesText(bytes: Uint8Array, indent: string): string {
  if (bytes.length === 0) return ' {}';
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_PER_LINE) {
    const row = Array.from(bytes.subarray(at, at + BYTES_PER_LINE), (byte) => hexText(BigInt(byte), 2));
    const offset = at.toString(16).toUpperCase().padStart(4, '0');
    lines.push(`${indent}${INDENT}/* ${offset} */  ${row.join(', ')}`);
  }
  return `\n${indent}{\n${lines.join(',\n')}\n${indent}}`;
}

function packageText(term: Term, context: PrintContext, indent: string, holder?: string): string {
  const [size, elements] = term.operands as [number | Term, readonly Term[]];
  const count = size instanceof Term ? expressionText(size, context, indent) : hexText(BigInt(size), 2);
  if (elements.length === 0) return `Package (${count}) {}`;
  const inner = indent + INDENT;
  const lines = elements.map((element) => inner + expressionText(element, context, inner, holder));
  return `Package (${count})\n${indent}{\n${lines.join(',\n')}\n${indent}}`;
}

/** Whether two terms are the same and have no side effects, so that `Add (A, B, A)` can be printed as `A += B`. */
export function sameTerm(a: Term, b: Term): boolean {
  if (a.op !== b.op || a.operands.length !== b.operands.length) return false;
  if (isTerm(a, 'NamePath')) {
    return formatName(a.nameAt(0)) === formatName(b.nameAt(0));
  }
  // Evaluating a term with operands may have side effects.
  return a.operands.length === 0;
}
