/**
 * `#if` expressions (C 6.10.1): 64-bit integers, signed or unsigned as in C; undefined names are 0. Reads tokens from the
 * expander one by one, so that `defined X` can suppress the expansion of X.
 */
import { limit, moreThan } from '../../limits/limits.ts';
import { BINARY_PRECEDENCE } from '../source/precedence.ts';
import type { Token } from './tokens.ts';

interface Value {
  /** In two's complement: within [-2^63, 2^63) when signed, [0, 2^64) when unsigned. */
  readonly value: bigint;
  readonly unsigned: boolean;
}

export interface ConditionTokens {
  next(): Token;
  prevent(by: 1 | -1): void;
}

export interface ConditionHost {
  isDefined(name: string): boolean;
  hasInclude(name: string, form: 'quote' | 'angle', next: boolean): boolean;
}

export type ConditionResult = { readonly truth: boolean } | { readonly problem: string };

class ConditionError {
  readonly problem: string;
  constructor(problem: string) {
    this.problem = problem;
  }
}

function wrapped(value: bigint, unsigned: boolean): Value {
  return { value: unsigned ? BigInt.asUintN(64, value) : BigInt.asIntN(64, value), unsigned };
}

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, e: 27 };

/** Value of a character constant: its last four characters, eight bits each, as in GNU cpp. */
function characterValue(text: string): bigint {
  const body = text.slice(1, -1);
  const pattern = /\\(?:x([0-9a-fA-F]+)|([0-7]{1,3})|([\s\S]))|[\s\S]/g;
  let value = 0;
  let count = 0;
  for (const match of body.matchAll(pattern)) {
    let code: number;
    if (match[1] !== undefined) code = Number.parseInt(match[1].slice(-2), 16);
    else if (match[2] !== undefined) code = Number.parseInt(match[2], 8) & 0xff;
    else if (match[3] !== undefined) code = ESCAPES[match[3]] ?? match[3].charCodeAt(0);
    else code = match[0].charCodeAt(0);
    value = (value << 8) | code;
    count += 1;
  }
  if (count === 0) throw new ConditionError('empty character constant');
  return BigInt(count === 1 ? (value << 24) >> 24 : value | 0);
}

function numberValue(text: string): Value {
  const match = /^(0[xX][0-9a-fA-F]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)([uUlL]*)$/.exec(text);
  if (!match || !/^(u?(l|ll|LL|L)?|(l|ll)u)$/i.test(match[2]!))
    throw new ConditionError(`invalid integer "${text}" in #if`);
  const digits = match[1]!;
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  if (value >> 64n) throw new ConditionError('integer constant is too large for its type');
  return wrapped(value, /u/i.test(match[2]!) || value >> 63n !== 0n);
}

const PRECEDENCE: Readonly<Record<string, number>> = { ',': 1, '?': 2, ...BINARY_PRECEDENCE };

class Evaluator {
  readonly #tokens: ConditionTokens;
  readonly #host: ConditionHost;
  #token!: Token;
  #depth = 0;

  constructor(tokens: ConditionTokens, host: ConditionHost) {
    this.#tokens = tokens;
    this.#host = host;
  }

  #advance(): Token {
    do this.#token = this.#tokens.next();
    while (this.#token.kind === 'padding');
    return this.#token;
  }

  #atEnd(): boolean {
    return this.#token.kind === 'end';
  }

  evaluate(): boolean {
    this.#advance();
    if (this.#atEnd()) throw new ConditionError('#if with no expression');
    const { value } = this.#binary(0, true);
    if (this.#token.kind !== 'end')
      throw new ConditionError(`missing binary operator before token "${this.#token.text}"`);
    return value !== 0n;
  }

  /** @param live false where the value is not used, as after `0 &&`: division by zero is not an error there */
  #binary(above: number, live: boolean): Value {
    let left = this.#unary(live);
    for (;;) {
      const operator = this.#token.kind === 'punctuator' ? this.#token.text : '';
      const precedence = PRECEDENCE[operator] ?? 0;
      if (precedence <= above) return left;
      this.#advance();
      if (operator === '?') {
        left = this.#choice(left, live);
        continue;
      }
      const truth = left.value !== 0n;
      const rightLive = live && !(operator === '&&' && !truth) && !(operator === '||' && truth);
      const right = this.#binary(precedence, rightLive);
      left = this.#apply(operator, left, right, rightLive);
    }
  }

  #choice(condition: Value, live: boolean): Value {
    this.#enter();
    const truth = condition.value !== 0n;
    const yes = this.#binary(0, live && truth);
    if (this.#token.text !== ':') throw new ConditionError('"?" without following ":"');
    this.#advance();
    const no = this.#binary(1, live && !truth);
    this.#depth -= 1;
    const unsigned = yes.unsigned || no.unsigned;
    return wrapped(truth ? yes.value : no.value, unsigned);
  }

  #apply(operator: string, left: Value, right: Value, live: boolean): Value {
    const bool = (truth: boolean): Value => ({ value: truth ? 1n : 0n, unsigned: false });
    switch (operator) {
      case ',':
        return right;
      case '&&':
        return bool(left.value !== 0n && right.value !== 0n);
      case '||':
        return bool(left.value !== 0n || right.value !== 0n);
      case '<<':
      case '>>': {
        const by = right.unsigned ? right.value : BigInt.asIntN(64, right.value);
        const leftwards = (operator === '<<') === by >= 0n;
        const distance = by >= 0n ? by : -by;
        if (leftwards) return wrapped(distance >= 64n ? 0n : left.value << distance, left.unsigned);
        return wrapped(
          distance >= 64n ? (left.value < 0n ? -1n : 0n) : left.value >> distance,
          left.unsigned,
        );
      }
      default:
        break;
    }
    const unsigned = left.unsigned || right.unsigned;
    const a = wrapped(left.value, unsigned).value;
    const b = wrapped(right.value, unsigned).value;
    switch (operator) {
      case '==':
        return bool(a === b);
      case '!=':
        return bool(a !== b);
      case '<':
        return bool(a < b);
      case '>':
        return bool(a > b);
      case '<=':
        return bool(a <= b);
      case '>=':
        return bool(a >= b);
      case '|':
        return wrapped(a | b, unsigned);
      case '^':
        return wrapped(a ^ b, unsigned);
      case '&':
        return wrapped(a & b, unsigned);
      case '+':
        return wrapped(a + b, unsigned);
      case '-':
        return wrapped(a - b, unsigned);
      case '*':
        return wrapped(a * b, unsigned);
      default:
        if (b === 0n) {
          if (live) throw new ConditionError('division by zero in #if');
          return wrapped(0n, unsigned);
        }
        return wrapped(operator === '/' ? a / b : a % b, unsigned);
    }
  }

  #enter(): void {
    this.#depth += 1;
    if (this.#depth > limit('condition-depth'))
      throw new ConditionError(`#if expression nested ${moreThan('condition-depth')}`);
  }

  #unary(live: boolean): Value {
    this.#enter();
    const value = this.#operand(live);
    this.#depth -= 1;
    return value;
  }

  #operand(live: boolean): Value {
    const token = this.#token;
    switch (token.kind) {
      case 'number':
        this.#advance();
        return numberValue(token.text);
      case 'string':
        if (!token.text.startsWith("'"))
          throw new ConditionError(`token ${token.text} is not valid in preprocessor expressions`);
        this.#advance();
        return wrapped(characterValue(token.text), false);
      case 'name':
        return this.#name(token.text);
      case 'punctuator':
        break;
      case 'end':
        throw new ConditionError('#if expression ends too early');
      default:
        throw new ConditionError(`token "${token.text}" is not valid in preprocessor expressions`);
    }
    this.#advance();
    switch (token.text) {
      case '(': {
        const value = this.#binary(0, live);
        if (this.#token.text !== ')') throw new ConditionError('missing ")" in expression');
        this.#advance();
        return value;
      }
      case '!':
        return { value: this.#unary(live).value === 0n ? 1n : 0n, unsigned: false };
      case '~': {
        const { value, unsigned } = this.#unary(live);
        return wrapped(~value, unsigned);
      }
      case '-': {
        const { value, unsigned } = this.#unary(live);
        return wrapped(-value, unsigned);
      }
      case '+':
        return this.#unary(live);
      default:
        throw new ConditionError(`operator "${token.text}" has no left operand`);
    }
  }

  #name(name: string): Value {
    if (name === 'defined') return wrapped(this.#defined() ? 1n : 0n, false);
    if (name === '__has_include' || name === '__has_include_next') {
      return wrapped(this.#hasInclude(name === '__has_include_next') ? 1n : 0n, false);
    }
    this.#advance();
    return wrapped(0n, false);
  }

  #defined(): boolean {
    this.#tokens.prevent(1);
    this.#advance();
    const parenthesis = this.#token.text === '(';
    if (parenthesis) this.#advance();
    const { kind, text } = this.#token;
    if (parenthesis && kind === 'name' && this.#advance().text !== ')') {
      this.#tokens.prevent(-1);
      throw new ConditionError('missing ")" after "defined"');
    }
    this.#tokens.prevent(-1);
    if (kind !== 'name') throw new ConditionError('operator "defined" requires an identifier');
    this.#advance();
    return this.#host.isDefined(text);
  }

  #hasInclude(next: boolean): boolean {
    if (this.#advance().text !== '(') throw new ConditionError('missing "(" before "__has_include" operand');
    this.#advance();
    let found: boolean;
    if (this.#token.kind === 'string') {
      found = this.#host.hasInclude(this.#token.text.slice(1, -1), 'quote', next);
    } else if (this.#token.text === '<') {
      let name = '';
      while (this.#advance().text !== '>') {
        if (this.#token.kind === 'end') throw new ConditionError('missing ">" in "__has_include" operand');
        name += this.#token.white && name !== '' ? ` ${this.#token.text}` : this.#token.text;
      }
      found = this.#host.hasInclude(name, 'angle', next);
    } else {
      throw new ConditionError('operator "__has_include" requires a header-name');
    }
    if (this.#advance().text !== ')') throw new ConditionError('missing ")" after "__has_include" operand');
    this.#advance();
    return found;
  }
}

/** Evaluates the expression of `#if` or `#elif`; `problem` is an error message. */
export function evaluateCondition(tokens: ConditionTokens, host: ConditionHost): ConditionResult {
  try {
    return { truth: new Evaluator(tokens, host).evaluate() };
  } catch (error) {
    if (error instanceof ConditionError) return { problem: error.problem };
    throw error;
  }
}
