/**
 * Expressions as SMT-LIB 2 bit-vectors, for z3. Written from the definition of each kind in `src/symbolic/quantity.ts`,
 * without using code that decides or simplifies.
 */
import { spawnSync } from 'node:child_process';
import type {
  ArithmeticOperator,
  Expr,
  FieldSymbol,
  Literal,
  Quantity,
} from '../../../../src/symbolic/index.ts';

/** Address spaces of which a machine has one: overlapping fields share the bytes at an address. */
const SPACES = ['SystemMemory', 'SystemIO', 'SystemCMOS'];

/** Timeout of z3 for one question, in milliseconds. */
const PATIENCE = 5000;

/** A question: is there an assignment for which all of these formulas hold? */
export interface Question {
  readonly about: string;
  readonly all: readonly string[];
  readonly wanted: 'sat' | 'unsat';
}

/** The definitions of expressions, each once; questions use their names. */
export class Smt {
  readonly lines: string[] = [];
  readonly #names = new Map<Expr, string>();
  readonly #variables = new Map<string | object, string>();
  /** Formulas that always hold: choices have one of their values. */
  readonly domain: string[] = [];
  #count = 0;

  #define(width: number, body: string): string {
    const name = `e${this.#count++}`;
    this.lines.push(`(define-fun ${name} () (_ BitVec ${width}) ${body})`);
    return name;
  }

  #declare(key: string | object, width: number): string {
    let name = this.#variables.get(key);
    if (name === undefined) {
      name = `v${this.#variables.size}`;
      this.#variables.set(key, name);
      this.lines.push(`(declare-const ${name} (_ BitVec ${width}))`);
    }
    return name;
  }

  #field(field: FieldSymbol): string {
    const { space, within, address, bitOffset, bits, epoch, path } = field;
    if (address === undefined || (!SPACES.includes(space) && within === undefined))
      return this.#declare(`${path} ${epoch} ${address ?? ''} ${bitOffset}`, bits);
    const bytes: string[] = [];
    for (let i = 0; i < Math.ceil((bitOffset + bits) / 8); i++)
      bytes.unshift(this.#declare(`${space} ${within ?? ''} ${epoch} ${address + BigInt(i)}`, 8));
    const whole = bytes.length === 1 ? bytes[0]! : `(concat ${bytes.join(' ')})`;
    return `((_ extract ${bitOffset + bits - 1} ${bitOffset}) ${whole})`;
  }

  /** A value of `width` bits: zero-extended or truncated. */
  fit(value: Quantity, width: number): string {
    if (typeof value === 'bigint') return `(_ bv${BigInt.asUintN(width, value)} ${width})`;
    const name = this.name(value);
    if (value.bits === width) return name;
    return value.bits < width
      ? `((_ zero_extend ${width - value.bits}) ${name})`
      : `((_ extract ${width - 1} 0) ${name})`;
  }

  /** The formula that a condition holds. */
  holds(condition: Quantity): string {
    if (typeof condition === 'bigint') return condition === 0n ? 'false' : 'true';
    return `(distinct ${this.name(condition)} (_ bv0 ${condition.bits}))`;
  }

  /** The formula that a literal holds, made without converting it to a condition. */
  literal({ left, op, right }: Literal): string {
    const width = Math.max(widthOf(left), widthOf(right));
    const sign = { '==': '=', '!=': 'distinct', '<': 'bvult', '<=': 'bvule', '>': 'bvugt', '>=': 'bvuge' }[
      op
    ];
    return `(${sign} ${this.fit(left, width)} ${this.fit(right, width)})`;
  }

  /** The formula that two values are equal numbers. */
  same(a: Quantity, b: Quantity): string {
    const width = Math.max(widthOf(a), widthOf(b));
    return `(= ${this.fit(a, width)} ${this.fit(b, width)})`;
  }

  // Recurses no deeper than an expression's size.
  name(value: Expr): string {
    let name = this.#names.get(value);
    if (name === undefined) {
      name = this.#define(value.bits, this.#body(value));
      this.#names.set(value, name);
    }
    return name;
  }

  #body(value: Expr): string {
    const width = value.bits;
    const flag = (holds: string): string => `(ite ${holds} (_ bv1 ${width}) (_ bv0 ${width}))`;
    switch (value.kind) {
      case 'field':
        return this.#field(value.field);
      case 'choice': {
        const known = this.#variables.has(`choice ${value.choice.id}`);
        const name = this.#declare(`choice ${value.choice.id}`, width);
        if (!known)
          this.domain.push(
            `(bvult ((_ zero_extend 1) ${name}) (_ bv${value.choice.values.length} ${width + 1}))`,
          );
        return name;
      }
      case 'opaque':
        return this.#declare(value, width);
      case 'sum':
        return value.terms.reduce(
          (total, { coefficient, of }) =>
            `(bvadd ${total} (bvmul ${this.fit(coefficient, width)} ${this.fit(of, width)}))`,
          this.fit(value.constant, width),
        );
      case 'bitwise':
        return `(bv${value.op} ${this.fit(value.left, width)} ${this.fit(value.right, width)})`;
      case 'arithmetic': {
        const all = Math.max(width, widthOf(value.left), widthOf(value.right));
        const body = dividing(value.op, all, this.fit(value.left, all), this.fit(value.right, all));
        return all === width ? body : `((_ extract ${width - 1} 0) ${body})`;
      }
      case 'slice': {
        const need = Math.max(value.low + width, value.of.bits);
        return `((_ extract ${value.low + width - 1} ${value.low}) ${this.fit(value.of, need)})`;
      }
      case 'join': {
        const parts = value.parts.map((part) => this.fit(part.value, part.bits)).reverse();
        const total = value.parts.reduce((sum, part) => sum + part.bits, 0);
        const whole = parts.length === 1 ? parts[0]! : `(concat ${parts.join(' ')})`;
        if (total === width) return whole;
        return total < width
          ? `((_ zero_extend ${width - total}) ${whole})`
          : `((_ extract ${width - 1} 0) ${whole})`;
      }
      case 'compare': {
        const all = Math.max(widthOf(value.left), widthOf(value.right));
        const sign = { eq: '=', ne: 'distinct', lt: 'bvult', le: 'bvule' }[value.op];
        return flag(`(${sign} ${this.fit(value.left, all)} ${this.fit(value.right, all)})`);
      }
      case 'all':
        return flag(`(and true ${value.of.map((part) => this.holds(part)).join(' ')})`);
      case 'any':
        return flag(`(or false ${value.of.map((part) => this.holds(part)).join(' ')})`);
      case 'not':
        return flag(`(not ${this.holds(value.of)})`);
      case 'choose':
        return `(ite ${this.holds(value.when)} ${this.fit(value.yes, width)} ${this.fit(value.no, width)})`;
    }
  }
}

/** An arithmetic operation of `width` bits. Division by zero, which is an error in AML, gives 0. */
export function dividing(op: ArithmeticOperator, width: number, left: string, right: string): string {
  const sign = {
    multiply: 'mul',
    divide: 'udiv',
    modulo: 'urem',
    'shift-left': 'shl',
    'shift-right': 'lshr',
  }[op];
  const body = `(bv${sign} ${left} ${right})`;
  return sign === 'udiv' || sign === 'urem'
    ? `(ite (= ${right} (_ bv0 ${width})) (_ bv0 ${width}) ${body})`
    : body;
}

/** Width of a value in bits; at least one, as SMT-LIB requires. */
export function widthOf(value: Quantity): number {
  return typeof value === 'bigint' ? Math.max(1, value.toString(2).length) : value.bits;
}

export const conjunction = (all: readonly string[]): string => `(and true ${all.join(' ')})`;
export const disjunction = (any: readonly string[]): string => `(or false ${any.join(' ')})`;

/** The answers of z3 to the questions, in order; `unknown` or `timeout` if it did not decide. */
export function ask(smt: Smt, questions: readonly Question[]): string[] {
  if (questions.length === 0) return [];
  const script = [
    '(set-logic QF_BV)',
    `(set-option :timeout ${PATIENCE})`,
    ...smt.lines,
    ...smt.domain.map((holds) => `(assert ${holds})`),
    ...questions.flatMap(({ all }) => [
      '(push)',
      ...all.map((holds) => `(assert ${holds})`),
      '(check-sat)',
      '(pop)',
    ]),
  ].join('\n');
  const { stdout, error } = spawnSync('z3', ['-in'], { input: script, maxBuffer: 1 << 28, encoding: 'utf8' });
  if (error) throw error;
  const answers = stdout.trim().split('\n');
  const wrong = answers.find((answer) => !['sat', 'unsat', 'unknown', 'timeout'].includes(answer));
  if (wrong !== undefined || answers.length !== questions.length)
    throw new Error(`z3 answers ${answers.length} of ${questions.length} questions: ${wrong ?? ''}`);
  return answers;
}
