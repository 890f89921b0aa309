/** Decision diagrams against truth tables: a function of eight variables is a number of 256 bits. */
import { describe, expect, it } from 'vitest';
import { type Bdd, BddManager, FALSE, OutOfWork, TRUE } from '../../../src/symbolic/decision/bdd.ts';

const VARIABLES = 8;
const CASES = 1 << VARIABLES;
const ALL = (1n << BigInt(CASES)) - 1n;
const ENOUGH = 1 << 20;

/** In which cases a variable is 1; in case `i` variable `v` is bit `v` of `i`. */
const TABLES: readonly bigint[] = Array.from({ length: VARIABLES }, (_, variable) => {
  let table = 0n;
  for (let i = 0; i < CASES; i++) if ((i >> variable) & 1) table |= 1n << BigInt(i);
  return table;
});

const valuesOf = (i: number): Map<number, boolean> =>
  new Map(TABLES.map((_, variable) => [variable, ((i >> variable) & 1) === 1]));

interface Both {
  readonly bdd: Bdd;
  readonly table: bigint;
}

/** A linear congruential generator: the same functions each time. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return ((state >>> 8) & 0xffff) % below;
  };
}

/** Functions made of each other, by every operation. */
function functions(manager: BddManager, count: number, seed: number): Both[] {
  const below = numbers(seed);
  const made: Both[] = TABLES.map((table, variable) => ({ bdd: manager.variable(variable), table }));
  const any = (): Both => made[below(made.length)]!;
  while (made.length < count) {
    const [a, b, c] = [any(), any(), any()];
    made.push(
      [
        { bdd: manager.and(a.bdd, b.bdd), table: a.table & b.table },
        { bdd: manager.or(a.bdd, b.bdd), table: a.table | b.table },
        { bdd: manager.xor(a.bdd, b.bdd), table: a.table ^ b.table },
        { bdd: manager.not(a.bdd), table: a.table ^ ALL },
        {
          bdd: manager.choose(a.bdd, b.bdd, c.bdd),
          table: (a.table & b.table) | (~a.table & ALL & c.table),
        },
      ][below(5)]!,
    );
  }
  return made;
}

describe('functions of eight variables', () => {
  const manager = new BddManager(ENOUGH, ENOUGH);
  const made = functions(manager, 3000, 7);

  it('are what their truth tables say', () => {
    for (const { bdd, table } of made.filter((_, at) => at % 10 === 0))
      for (let i = 0; i < CASES; i++)
        expect(manager.holdsFor(bdd, valuesOf(i))).toBe(((table >> BigInt(i)) & 1n) === 1n);
  });

  it('are the same number where they are the same function, also when the table has grown', () => {
    const byTable = new Map<bigint, Bdd>([
      [0n, FALSE],
      [ALL, TRUE],
    ]);
    for (const { bdd, table } of made) {
      const other = byTable.get(table);
      if (other !== undefined) expect(bdd).toBe(other);
      byTable.set(table, bdd);
    }
    expect(new Set(byTable.values()).size).toBe(byTable.size);
    expect(manager.nodes).toBeGreaterThan(4 * 512);
    // Made once more, none is new.
    const nodes = manager.nodes;
    functions(manager, 3000, 7);
    expect(manager.nodes).toBe(nodes);
  });

  it('depend on the variables by which their tables change', () => {
    for (const { bdd, table } of made.slice(0, 500)) {
      const wanted = TABLES.flatMap((ones, variable) => {
        const shift = BigInt(1 << variable);
        return (table & ones) >> shift === (table & ~ones & ALL) ? [] : [variable];
      });
      expect([...manager.support(bdd)].sort((a, b) => a - b)).toEqual(wanted);
    }
  });

  it('hold for their solutions, whatever is not named', () => {
    expect(manager.solution(FALSE)).toBeUndefined();
    expect(manager.solution(TRUE)).toEqual(new Map());
    for (const { bdd, table } of made.slice(0, 500)) {
      const solution = manager.solution(bdd);
      if (table === 0n) {
        expect(solution).toBeUndefined();
        continue;
      }
      for (let i = 0; i < CASES; i++) {
        const agrees = [...solution!].every(([variable, value]) => (((i >> variable) & 1) === 1) === value);
        if (agrees) expect((table >> BigInt(i)) & 1n).toBe(1n);
      }
    }
  });

  it('are restricted as their tables are', () => {
    for (const [at, { bdd, table }] of made.slice(0, 500).entries()) {
      const values = new Map([
        [at % VARIABLES, at % 2 === 0],
        [(at + 3) % VARIABLES, at % 3 === 0],
      ]);
      const restricted = manager.restrict(bdd, values);
      for (let i = 0; i < CASES; i += 5) {
        const chosen = [...values].reduce(
          (all, [variable, value]) => (value ? all | (1 << variable) : all & ~(1 << variable)),
          i,
        );
        expect(manager.holdsFor(restricted, valuesOf(i))).toBe(((table >> BigInt(chosen)) & 1n) === 1n);
      }
      for (const variable of values.keys()) expect(manager.support(restricted).has(variable)).toBe(false);
    }
  });

  it('imply each other as their tables do', () => {
    for (let at = 0; at + 1 < 500; at++) {
      const [a, b] = [made[at]!, made[at + 1]!];
      expect(manager.implies(a.bdd, b.bdd)).toBe((a.table & ~b.table) === 0n);
    }
  });
});

describe('what may be taken', () => {
  it('steps are counted, those taken elsewhere too', () => {
    const manager = new BddManager(ENOUGH, 10);
    expect(manager.work).toBe(0);
    manager.charge(4);
    manager.charge(6);
    expect(manager.work).toBe(10);
    expect(() => manager.charge(1)).toThrow(OutOfWork);
  });

  it('a question may be allowed steps of its own, from where the last ended', () => {
    const manager = new BddManager(ENOUGH, 10);
    manager.charge(8);
    manager.allow(5);
    manager.charge(5);
    expect(() => manager.charge(1)).toThrow(OutOfWork);
    expect(() => manager.and(manager.variable(0), manager.variable(1))).toThrow(OutOfWork);
    manager.allow(100);
    expect(manager.and(manager.variable(0), manager.variable(1))).not.toBe(FALSE);
  });

  it('a known result is one step, found again after the table has grown', () => {
    const manager = new BddManager(ENOUGH, ENOUGH);
    const made = functions(manager, 200, 3);
    const [a, b] = [made[150]!.bdd, made[151]!.bdd];
    const first = manager.and(a, b);
    const before = manager.work;
    expect(manager.and(a, b)).toBe(first);
    expect(manager.work - before).toBeLessThanOrEqual(1);
  });

  it('no more nodes than allowed', () => {
    const manager = new BddManager(4, ENOUGH);
    const [a, b, c] = [manager.variable(0), manager.variable(1), manager.variable(2)];
    expect(manager.nodes).toBe(4);
    expect(() => manager.xor(manager.xor(a, b), c)).toThrow(OutOfWork);
  });
});
