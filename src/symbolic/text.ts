/** Expressions as people write them: C's operators over the firmware's field names. */
import { fieldValue } from './identity.ts';
import { isExactSum, maskOf } from './known-bits.ts';
import { Names } from './names.ts';
import { bitsOf, join } from './numbers.ts';
import type { ChoiceVariable, Expr, ExprOf, Quantity } from './quantity.ts';

/** Binding strength, the strongest highest; as in C. */
const STRENGTH = {
  choose: 1,
  any: 2,
  all: 3,
  or: 4,
  xor: 5,
  and: 6,
  equality: 7,
  order: 8,
  shift: 9,
  sum: 10,
  product: 11,
  unary: 12,
  name: 13,
} as const;

/** Longer text is cut: a report line is to be read. */
const MAX_TEXT = 400;

function constant(value: bigint): string {
  return value < 10n ? value.toString() : `0x${value.toString(16)}`;
}

/** Of numbers wider than this bits are shifted down: the mask would be the longer part. */
const WIDE = 64;

interface Text {
  readonly text: string;
  readonly strength: number;
}

function within(part: Text, strength: number): string {
  return part.strength < strength ? `(${part.text})` : part.text;
}

function shifted(part: Text, by: number): Text {
  return by === 0 ? part : { text: `${within(part, STRENGTH.shift + 1)} << ${by}`, strength: STRENGTH.shift };
}

/** Widths that numbers of AML have: where arithmetic wraps at another, the text has to say so. */
const INTEGER_WIDTHS: ReadonlySet<number> = new Set([32, 64]);

function wrapped(part: Text, bits: number, exact: boolean): Text {
  if (exact || INTEGER_WIDTHS.has(bits)) return part;
  return { text: `${within(part, STRENGTH.and)} & ${constant(maskOf(bits))}`, strength: STRENGTH.and };
}

// Recurses no deeper than an expression's size, which is bounded.
function render(value: Quantity, names: Names): Text {
  if (typeof value === 'bigint') return { text: constant(value), strength: STRENGTH.name };
  switch (value.kind) {
    case 'field': {
      const part = partOfField(value, 1);
      if (part !== undefined) return render(part, names);
      return { text: names.of({ kind: 'field', field: value.field }), strength: STRENGTH.name };
    }
    case 'choice':
      return { text: names.of({ kind: 'choice', choice: value.choice }), strength: STRENGTH.name };
    case 'opaque':
      return { text: names.of({ kind: 'unknown', of: value }), strength: STRENGTH.name };
    case 'sum':
      return wrapped(renderSum(value, names), value.bits, isExactSum(value));
    case 'bitwise': {
      const strength = STRENGTH[value.op];
      const sign = value.op === 'and' ? '&' : value.op === 'or' ? '|' : '^';
      return {
        text: `${within(render(value.left, names), strength)} ${sign} ${within(render(value.right, names), strength + 1)}`,
        strength,
      };
    }
    case 'arithmetic': {
      const { op, bits } = value;
      const isShift = op === 'shift-left' || op === 'shift-right';
      const strength = isShift ? STRENGTH.shift : STRENGTH.product;
      const sign = { multiply: '*', divide: '/', modulo: '%', 'shift-left': '<<', 'shift-right': '>>' }[op];
      const [left, right] = [render(value.left, names), render(value.right, names)];
      const text = `${within(left, strength)} ${sign} ${within(right, strength + 1)}`;
      return wrapped({ text, strength }, bits, op !== 'multiply' && op !== 'shift-left');
    }
    case 'slice': {
      const whole = render(value.of, names);
      const down: Text =
        value.low === 0
          ? whole
          : { text: `${within(whole, STRENGTH.shift + 1)} >> ${value.low}`, strength: STRENGTH.shift };
      if (value.low + value.bits >= value.of.bits) return down;
      return {
        text: `${within(down, STRENGTH.and)} & ${constant((1n << BigInt(value.bits)) - 1n)}`,
        strength: STRENGTH.and,
      };
    }
    case 'join': {
      const whole = withFields(value);
      if (whole !== value) return render(whole, names);
      const pieces: Text[] = [];
      let at = 0;
      for (const part of value.parts) {
        if (typeof part.value === 'bigint') {
          if (part.value !== 0n) pieces.push(render(part.value << BigInt(at), names));
        } else pieces.push(shifted(render(part.value, names), at));
        at += part.bits;
      }
      pieces.reverse();
      if (pieces.length === 1) return pieces[0]!;
      return { text: pieces.map((part) => within(part, STRENGTH.or + 1)).join(' | '), strength: STRENGTH.or };
    }
    case 'compare':
      return renderComparison(value, names);
    case 'all':
    case 'any': {
      const strength = STRENGTH[value.kind];
      return {
        text: value.of
          .map((part) => within(renderTruth(part, names), strength + 1))
          .join(value.kind === 'all' ? ' && ' : ' || '),
        strength,
      };
    }
    case 'not':
      if (value.of.kind === 'choice') return chosenText(value.of, 0n, names);
      return { text: `!${within(renderTruth(value.of, names), STRENGTH.unary)}`, strength: STRENGTH.unary };
    case 'choose':
      return {
        text: `${within(renderTruth(value.when, names), STRENGTH.choose + 1)} ? ${within(render(value.yes, names), STRENGTH.choose + 1)} : ${within(render(value.no, names), STRENGTH.choose)}`,
        strength: STRENGTH.choose,
      };
  }
}

/** That a choice has a value, which is written by its name: `framebuffer == outside`. */
function chosenText({ choice }: ExprOf<'choice'>, index: bigint, names: Names): Text {
  const text = `${names.of({ kind: 'choice', choice })} == ${nameOfIndex(choice, index)}`;
  return { text, strength: STRENGTH.equality };
}

/** What is taken for true or false: a bit is left in its place, and a choice between two values has the second. */
function renderTruth(value: Expr, names: Names): Text {
  if (value.kind === 'choice') return chosenText(value, 1n, names);
  if (value.kind !== 'slice' || value.bits !== 1 || value.low === 0 || value.of.bits > WIDE)
    return render(value, names);
  const of = within(render(value.of, names), STRENGTH.and);
  return { text: `${of} & ${constant(1n << BigInt(value.low))}`, strength: STRENGTH.and };
}

/** The bytes of a field from one on, as bits of that field; undefined where it is no byte of another. */
function partOfField({ field }: ExprOf<'field'>, bytes: number): Quantity | undefined {
  return field.byteOf && bitsOf(fieldValue(field.byteOf.field), 8 * field.byteOf.index, 8 * bytes);
}

/** With bytes side by side that are of one field put together. */
function withFields(value: ExprOf<'join'>): Quantity {
  const { parts } = value;
  const joined: { bits: number; value: Quantity }[] = [];
  for (let i = 0; i < parts.length; ) {
    let end = i + 1;
    while (end < parts.length && isNextByte(parts[end - 1]!.value, parts[end]!.value)) end += 1;
    const first = parts[i]!.value;
    const part =
      end > i + 1 && typeof first !== 'bigint' && first.kind === 'field'
        ? partOfField(first, end - i)
        : undefined;
    if (part === undefined) joined.push(...parts.slice(i, end));
    else joined.push({ bits: 8 * (end - i), value: part });
    i = end;
  }
  return joined.length < parts.length ? join(joined) : value;
}

function isNextByte(a: Quantity, b: Quantity): boolean {
  if (typeof a === 'bigint' || typeof b === 'bigint' || a.kind !== 'field' || b.kind !== 'field')
    return false;
  const [one, other] = [a.field.byteOf, b.field.byteOf];
  return (
    one !== undefined &&
    other?.index === one.index + 1 &&
    a.field.epoch === b.field.epoch &&
    one.field.path === other.field.path
  );
}

function renderComparison({ op, left, right }: ExprOf<'compare'>, names: Names): Text {
  // The constant goes to the right: `MG2L > 0`.
  const swap = typeof left === 'bigint';
  const [of, by] = swap ? [right, left] : [left, right];
  const bare = typeof of !== 'bigint' && of.kind === 'field';
  const sign = {
    eq: '==',
    // Of a field by itself: nothing is below zero.
    ne: bare && by === 0n ? '>' : '!=',
    lt: swap ? '>' : '<',
    le: swap ? '>=' : '<=',
  }[op];
  const strength = sign === '==' || sign === '!=' ? STRENGTH.equality : STRENGTH.order;
  const value = typeof of !== 'bigint' && of.kind === 'choice' ? nameOfIndex(of.choice, by) : undefined;
  const operand = value ?? within(render(by, names), strength + 1);
  return { text: `${within(render(of, names), strength + 1)} ${sign} ${operand}`, strength };
}

/** The value of a choice at an index, as it is written; undefined for what is no such index. */
export function nameOfIndex(choice: ChoiceVariable, index: Quantity): string | undefined {
  return typeof index === 'bigint' ? choice.values[Number(index)] : undefined;
}

/** `part` times a power of two: a shift, or bits masked where they stand. */
function renderShifted(of: Expr, part: Text, size: bigint, names: Names): Text {
  const by = size.toString(2).length - 1;
  if (of.kind !== 'slice' || of.low !== by) return shifted(part, by);
  const mask = ((1n << BigInt(of.bits)) - 1n) << BigInt(by);
  return {
    text: `${within(render(of.of, names), STRENGTH.and)} & ${constant(mask)}`,
    strength: STRENGTH.and,
  };
}

function renderSum(value: Extract<Expr, { kind: 'sum' }>, names: Names): Text {
  const pieces: { negative: boolean; part: Text }[] = [];
  for (const { coefficient, of } of value.terms) {
    const negative = coefficient < 0n;
    const size = negative ? -coefficient : coefficient;
    const part = render(of, names);
    if (size === 1n) pieces.push({ negative, part });
    else if ((size & (size - 1n)) === 0n)
      pieces.push({ negative, part: renderShifted(of, part, size, names) });
    else
      pieces.push({
        negative,
        part: { text: `${within(part, STRENGTH.product)} * ${constant(size)}`, strength: STRENGTH.product },
      });
  }
  const top = BigInt.asIntN(value.bits, value.constant);
  if (value.constant !== 0n) {
    // A large constant is a small one subtracted: 2^64 - 1 is -1. But where nothing wraps it is what it is.
    const negative = top < 0n && -top < 1n << 20n && !isExactSum(value);
    pieces.push({ negative, part: render(negative ? -top : value.constant, names) });
  }
  const [first, ...rest] = [...pieces].sort((a, b) => Number(a.negative) - Number(b.negative));
  if (!first) return { text: '0', strength: STRENGTH.name };
  if (rest.length === 0 && !first.negative) return first.part;
  let text = (first.negative ? '-' : '') + within(first.part, STRENGTH.sum + (first.negative ? 1 : 0));
  for (const { negative, part } of rest)
    text += ` ${negative ? '-' : '+'} ${within(part, STRENGTH.sum + (negative ? 1 : 0))}`;
  return { text, strength: STRENGTH.sum };
}

/** The expression in C's operators over field names: `MG2B + MG2L - 1`. Arithmetic wraps at 32 or 64 bits. */
export function formatExpr(expr: Expr, names = new Names()): string {
  const { text } = render(expr, names);
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}...` : text;
}

/** As {@link formatExpr}; a number as hex, below 10 as a digit. */
export function formatQuantity(value: Quantity, names = new Names()): string {
  return typeof value === 'bigint' ? constant(value) : formatExpr(value, names);
}

/** As an operand of a comparison: with brackets where it would bind less strongly than `==` and `<` do. Never cut. */
export function formatOperand(value: Quantity, names: Names): string {
  return within(render(value, names), STRENGTH.shift);
}
