/** Checks the observed operations with z3, each distinct case once. */
import type { Expr, Quantity } from '../../../../src/symbolic/index.ts';
import { KeyWriter } from './key.ts';
import { knownBits, type Observed } from './observed.ts';
import { ask, conjunction, Smt } from './smt.ts';

/** Number of operations in one run of z3. */
const BATCH = 500;

export interface OperationCount {
  /** Number of cases that differ in more than names. */
  cases: number;
  /** Cases for which z3 timed out. */
  open: number;
  /** Cases whose result is or contains an unknown value, as it would be too large: nothing is claimed. */
  tooLarge: number;
}

export class OperationChecker {
  readonly counts = new Map<string, OperationCount>();
  readonly wrong: string[] = [];
  total = 0;
  readonly #cases = new Set<string>();
  /** Cases of the current machine, by the identity of their operands, which is faster. */
  #seen = new Set<string>();
  #ids = new WeakMap<Expr, number>();
  #next = 0;
  #fresh: Observed[] = [];
  readonly #planted: boolean;
  readonly #only: string | undefined;

  /**
   * @param planted whether a fault is planted: in each run of z3 one claim is negated
   * @param only the one operation to check
   */
  constructor(planted: boolean, only?: string) {
    this.#planted = planted;
    this.#only = only;
  }

  get passed(): number {
    let passed = -this.wrong.length;
    for (const { cases, open, tooLarge } of this.counts.values()) passed += cases - open - tooLarge;
    return passed;
  }

  readonly observer = (observed: Observed): void => {
    const { operation, how, operands, results } = observed;
    if (this.#only !== undefined && operation !== this.#only) return;
    this.total += 1;
    const quick = `${operation} ${how} ${operands.map(this.#id)} ${results.map(this.#id)}`;
    if (this.#seen.has(quick)) return;
    this.#seen.add(quick);
    const writer = new KeyWriter();
    const key = `${operation} ${how} ${operands.map((each) => writer.of(each))} ${results.map((each) => writer.of(each))}`;
    if (this.#cases.has(key)) return;
    this.#cases.add(key);
    this.#fresh.push(observed);
  };

  readonly #id = (value: Quantity): string => {
    if (typeof value === 'bigint') return value.toString(36);
    let id = this.#ids.get(value);
    if (id === undefined) {
      id = this.#next++;
      this.#ids.set(value, id);
    }
    return `#${id}`;
  };

  /** Checks the operations observed since the last call. */
  check(machine: string): void {
    const fresh = this.#fresh;
    this.#fresh = [];
    this.#seen = new Set();
    this.#ids = new WeakMap();
    for (let at = 0; at < fresh.length; at += BATCH) this.#ask(machine, fresh.slice(at, at + BATCH));
  }

  report(): void {
    for (const each of this.wrong.slice(0, 20)) console.log(each);
    if (this.wrong.length > 20) console.log(`... ${this.wrong.length - 20} more`);
    console.log(`operations: ${this.total} seen; that differ, by kind:`);
    for (const [operation, { cases, open, tooLarge }] of this.counts)
      console.log(`  ${operation}: ${cases}, ${tooLarge} of them too large, ${open} not decided by z3`);
  }

  #ask(machine: string, cases: readonly Observed[]): void {
    const smt = new Smt();
    const claimed: Observed[] = [];
    for (const each of cases) {
      const count = this.counts.get(each.operation) ?? { cases: 0, open: 0, tooLarge: 0 };
      this.counts.set(each.operation, count);
      count.cases += 1;
      const given = opaqueIn(each.operands);
      if ([...opaqueIn(each.results)].some((value) => !given.has(value))) count.tooLarge += 1;
      else claimed.push(each);
    }
    if (this.#planted && claimed.length > 0) claimed[0] = spoiled(claimed[0]!);
    const answers = ask(
      smt,
      claimed.map(({ operation, how, results, claim }) => {
        const known = results
          .filter((result) => typeof result !== 'bigint')
          .map((result) => knownBits(smt, result));
        return {
          about: `${operation} ${how}`,
          all: [`(not ${conjunction([claim(smt), ...known])})`],
          wanted: 'unsat',
        };
      }),
    );
    answers.forEach((answer, i) => {
      const { operation, how } = claimed[i]!;
      if (answer === 'sat') this.wrong.push(`${machine}: ${operation} ${how} is not what was asked for`);
      else if (answer !== 'unsat') this.counts.get(operation)!.open += 1;
    });
  }
}

/** The operation with its claim negated. */
function spoiled(observed: Observed): Observed {
  return { ...observed, claim: (smt) => `(not ${observed.claim(smt)})` };
}

function opaqueIn(values: readonly Quantity[]): Set<Expr> {
  const found = new Set<Expr>();
  const seen = new Set<Expr>();
  const pending: Quantity[] = [...values];
  while (pending.length > 0) {
    const next = pending.pop()!;
    if (typeof next === 'bigint' || seen.has(next)) continue;
    seen.add(next);
    switch (next.kind) {
      case 'opaque':
        found.add(next);
        break;
      case 'sum':
        pending.push(...next.terms.map(({ of }) => of));
        break;
      case 'bitwise':
      case 'arithmetic':
      case 'compare':
        pending.push(next.left, next.right);
        break;
      case 'slice':
      case 'not':
        pending.push(next.of);
        break;
      case 'join':
        pending.push(...next.parts.map(({ value }) => value));
        break;
      case 'all':
      case 'any':
        pending.push(...next.of);
        break;
      case 'choose':
        pending.push(next.when, next.yes, next.no);
        break;
      default:
    }
  }
  return found;
}
