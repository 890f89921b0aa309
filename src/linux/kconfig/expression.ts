/**
 * Kconfig expressions (Documentation/kbuild/kconfig-language.rst): the values are n, m and y; `&&` is the minimum, `||` the
 * maximum, `!x` is 2-x, comparisons are y or n. With unknown symbols, an expression has several possible values.
 */
import type { Tristate } from './rules.ts';

/** The value of a symbol without `CONFIG_`; `undefined` if unknown. */
export type SymbolLookup = (symbol: string) => string | undefined;

/** An expression in postfix order. */
export interface KconfigExpression {
  readonly text: string;
  readonly postfix: readonly Token[];
  /** The distinct symbols in it. */
  readonly symbols: readonly string[];
}

type Operator = '!' | '=' | '!=' | '<' | '>' | '<=' | '>=' | '&&' | '||';
type Token =
  | { readonly is: 'symbol'; readonly name: string }
  | { readonly is: 'constant'; readonly text: string }
  | { readonly is: 'operator'; readonly operator: Operator };

/** Precedence; higher binds more tightly (scripts/kconfig/parser.y). `!A = m` is `!(A = m)`. */
const PRECEDENCE: Readonly<Record<Operator, number>> = {
  '||': 1,
  '&&': 2,
  '!': 3,
  '=': 4,
  '!=': 4,
  '<': 4,
  '>': 4,
  '<=': 4,
  '>=': 4,
};
const COMPARISON = 4;

const TOKEN = /\s*(?:(&&|\|\||!=|<=|>=|[=<>!()])|"([^"]*)"|'([^']*)'|([A-Za-z0-9_]+))/y;
const MAX_TOKENS = 1000;

/** Parses an expression. @returns an error message if it is invalid */
export function parseKconfigExpression(text: string): KconfigExpression | string {
  const postfix: Token[] = [];
  const waiting: (Operator | '(')[] = [];
  const symbols = new Set<string>();
  let wantsValue = true;
  /** The previous token was a word that is not the right side of a comparison. */
  let afterWord = false;
  let afterComparison = false;
  let count = 0;
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    count += 1;
    if (match === null) return `"${text.slice(at).trim()}" is not a part of an expression`;
    if (count > MAX_TOKENS) return `more than ${MAX_TOKENS} words`;
    const [, mark, double, single, word] = match;
    if (mark === undefined) {
      if (!wantsValue) return `an operator is missing before "${match[0].trim()}"`;
      wantsValue = false;
      afterWord = !afterComparison;
      afterComparison = false;
      const constant = double ?? single;
      if (constant !== undefined) postfix.push({ is: 'constant', text: constant });
      else if (/^(?:[ymn]|\d+|0x[0-9a-fA-F]+)$/.test(word!)) postfix.push({ is: 'constant', text: word! });
      else {
        symbols.add(word!);
        postfix.push({ is: 'symbol', name: word! });
      }
    } else if (mark === '(' || mark === '!') {
      if (!wantsValue) return `an operator is missing before "${mark}"`;
      if (afterComparison) return `a comparison with what is not a word, before "${mark}"`;
      waiting.push(mark);
    } else if (mark === ')') {
      if (wantsValue) return 'a value is missing before ")"';
      afterWord = false;
      for (let top = waiting.pop(); top !== '('; top = waiting.pop()) {
        if (top === undefined) return '")" without "("';
        postfix.push({ is: 'operator', operator: top });
      }
    } else {
      if (wantsValue) return `a value is missing before "${mark}"`;
      const operator = mark as Operator;
      if (PRECEDENCE[operator] === COMPARISON && !afterWord)
        return `a comparison of what is not a word, at "${mark}"`;
      afterComparison = PRECEDENCE[operator] === COMPARISON;
      for (let top = waiting.at(-1); top !== undefined && top !== '('; top = waiting.at(-1)) {
        if (PRECEDENCE[top] < PRECEDENCE[operator]) break;
        postfix.push({ is: 'operator', operator: top });
        waiting.pop();
      }
      waiting.push(operator);
      wantsValue = true;
    }
  }
  if (wantsValue) return count === 0 ? 'the expression is empty' : 'a value is missing at the end';
  for (let top = waiting.pop(); top !== undefined; top = waiting.pop()) {
    if (top === '(') return '"(" without ")"';
    postfix.push({ is: 'operator', operator: top });
  }
  return { text: text.trim(), postfix, symbols: [...symbols] };
}

const NUMBERS: Readonly<Record<string, number>> = { n: 0, m: 1, y: 2 };
const TRISTATES: readonly Tristate[] = ['n', 'm', 'y'];

/** A tristate as a number; anything but y and m is 0, as an undefined symbol. */
function level(text: string): number {
  return NUMBERS[text] ?? 0;
}

/** Compares tristates and numbers as numbers, anything else as strings (scripts/kconfig/expr.c, expr_parse_string). */
function compare(left: string, right: string, operator: Operator): boolean {
  const number = (text: string): number | undefined =>
    NUMBERS[text] ?? (/^(?:-?\d+|0x[0-9a-fA-F]+)$/.test(text) ? Number(text) : undefined);
  const [a, b] = [number(left), number(right)];
  let order: number;
  if (a !== undefined && b !== undefined) order = a - b;
  else order = left < right ? -1 : left > right ? 1 : 0;
  switch (operator) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '>':
      return order > 0;
    case '<=':
      return order <= 0;
    default:
      return order >= 0;
  }
}

/** The value for one assignment of all symbols. */
function valueUnder(expression: KconfigExpression, of: (symbol: string) => string): Tristate {
  const stack: string[] = [];
  for (const token of expression.postfix) {
    if (token.is === 'symbol') stack.push(of(token.name));
    else if (token.is === 'constant') stack.push(token.text);
    else if (token.operator === '!') stack.push(TRISTATES[2 - level(stack.pop()!)]!);
    else {
      const right = stack.pop()!;
      const left = stack.pop()!;
      if (token.operator === '&&') stack.push(TRISTATES[Math.min(level(left), level(right))]!);
      else if (token.operator === '||') stack.push(TRISTATES[Math.max(level(left), level(right))]!);
      else stack.push(compare(left, right, token.operator) ? 'y' : 'n');
    }
  }
  return TRISTATES[level(stack[0]!)]!;
}

/** Maximum number of unknown symbols whose values are enumerated; with more, the result is unknown. */
const MAX_OPEN = 8;

/** The possible values of an expression. */
export interface KconfigOutcome {
  /** In the order n, m, y; one if it is known. */
  readonly values: readonly Tristate[];
  /** Unknown symbols on which it depends. */
  readonly open: readonly string[];
}

/** Evaluates an expression for all values of unknown symbols. */
export function evaluateKconfigExpression(
  expression: KconfigExpression,
  lookup: SymbolLookup,
): KconfigOutcome {
  const unknown = expression.symbols.filter((symbol) => lookup(symbol) === undefined);
  if (unknown.length > MAX_OPEN) return { values: TRISTATES, open: unknown };
  const found = new Set<Tristate>();
  const depends = new Set<string>();
  const assigned = new Map<string, Tristate>();
  const under = (): Tristate =>
    valueUnder(expression, (symbol) => assigned.get(symbol) ?? lookup(symbol) ?? 'n');
  for (let index = 0; index < 3 ** unknown.length; index += 1) {
    let rest = index;
    for (const symbol of unknown) {
      assigned.set(symbol, TRISTATES[rest % 3]!);
      rest = Math.floor(rest / 3);
    }
    const value = under();
    found.add(value);
    for (const symbol of unknown) {
      if (depends.has(symbol)) continue;
      const kept = assigned.get(symbol)!;
      for (const other of TRISTATES) {
        assigned.set(symbol, other);
        if (under() !== value) depends.add(symbol);
      }
      assigned.set(symbol, kept);
    }
  }
  return {
    values: TRISTATES.filter((value) => found.has(value)),
    open: unknown.filter((symbol) => depends.has(symbol)),
  };
}
