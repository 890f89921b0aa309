/**
 * A condition as a function of which pieces its subjects' values are in: all that its comparisons tell apart. There are
 * few of them, so what took thousands of nodes over bits takes dozens here.
 */
import { type Bdd, BddManager, FALSE, OutOfWork, TRUE } from '../bdd.ts';
import type { Subject } from './subjects.ts';

/** Ways in which the values of subjects that share bits may lie. */
const MAX_COMBINATIONS = 4096;
const MAX_NODES = 1 << 17;
const MAX_STEPS = 1 << 19;

/** One way in which the values of some subjects lie: in which piece of each, and bits for which it is so. */
interface Combination {
  readonly code: Bdd;
  readonly bits: ReadonlyMap<number, boolean>;
}

export class Cells {
  readonly bdds = new BddManager(MAX_NODES, MAX_STEPS);
  /** That a subject's value is in a piece: by subject, by piece. */
  readonly #codes: readonly (readonly Bdd[])[];
  readonly #groups: readonly (readonly Combination[])[];
  readonly #source: BddManager;
  readonly #domain: Bdd;

  /**
   * @param source where the pieces' functions are
   * @param domain which values of choices there are
   * @param rankOf by which of their bits subjects stand first
   */
  constructor(
    source: BddManager,
    subjects: readonly Subject[],
    domain: Bdd,
    rankOf: (level: number) => number = (level) => level,
  ) {
    this.#source = source;
    this.#domain = domain;
    const groups = groupsOf(subjects, rankOf);
    const codes: Bdd[][] = subjects.map(() => []);
    let level = 0;
    for (const group of groups)
      for (const i of group) {
        const { length } = subjects[i]!.pieces;
        const width = (length - 1).toString(2).length;
        codes[i] = Array.from({ length }, (_, piece) => this.#codeOf(piece, level, width));
        level += width;
      }
    this.#codes = codes;
    this.#groups = groups.map((group) => this.#combinations(group, subjects));
  }

  /** As many steps may be taken from now on as from the start. */
  renew(): void {
    this.bdds.allow(MAX_STEPS);
  }

  #codeOf(piece: number, level: number, width: number): Bdd {
    let code: Bdd = TRUE;
    for (let bit = width - 1; bit >= 0; bit--) {
      const variable = this.bdds.variable(level + width - 1 - bit);
      code = this.bdds.and(code, (piece >> bit) & 1 ? variable : this.bdds.not(variable));
    }
    return code;
  }

  /** That a subject's value is in one of some pieces. */
  in(subject: number, pieces: readonly boolean[]): Bdd {
    return this.#codes[subject]!.reduce(
      (any: Bdd, code, i) => (pieces[i] ? this.bdds.or(any, code) : any),
      FALSE,
    );
  }

  piece(subject: number, piece: number): Bdd {
    return this.#codes[subject]![piece]!;
  }

  #combinations(group: readonly number[], subjects: readonly Subject[]): Combination[] {
    const levels = new Set(group.flatMap((i) => [...subjects[i]!.levels]));
    let found: { readonly code: Bdd; readonly holds: Bdd }[] = [{ code: TRUE, holds: this.#domain }];
    for (const i of group) {
      found = found.flatMap(({ code, holds }) =>
        subjects[i]!.pieces.flatMap((piece, at) => {
          const both = this.#source.and(holds, piece.holds);
          return both === FALSE ? [] : [{ code: this.bdds.and(code, this.#codes[i]![at]!), holds: both }];
        }),
      );
      if (found.length > MAX_COMBINATIONS) throw new OutOfWork('too many combinations');
    }
    return found.map(({ code, holds }) => {
      const solution = this.#source.solution(holds)!;
      return { code, bits: new Map([...levels].map((level) => [level, solution.get(level) ?? false])) };
    });
  }

  /** A function of the subjects' bits that says the same for all values in a piece, as one of pieces. */
  of(holds: Bdd): Bdd {
    const done = this.#groups.map(() => new Map<Bdd, Bdd>());
    // Recurses no deeper than there are groups.
    const walk = (at: number, rest: Bdd): Bdd => {
      if (at === this.#groups.length) {
        // What is left may be about values that a choice doesn't have.
        if (this.#source.and(rest, this.#domain) === FALSE) return FALSE;
        if (this.#source.implies(this.#domain, rest)) return TRUE;
        throw new OutOfWork('the comparisons do not tell');
      }
      const known = done[at]!.get(rest);
      if (known !== undefined) return known;
      let result: Bdd = FALSE;
      for (const { code, bits } of this.#groups[at]!)
        result = this.bdds.or(result, this.bdds.and(code, walk(at + 1, this.#source.restrict(rest, bits))));
      done[at]!.set(rest, result);
      return result;
    };
    return walk(0, holds);
  }
}

/** Subjects that share bits, together; in the order in which their bits are asked for. */
function groupsOf(subjects: readonly Subject[], rankOf: (level: number) => number): number[][] {
  let groups: { readonly members: number[]; readonly levels: ReadonlySet<number> }[] = [];
  for (const [i, { levels }] of subjects.entries()) {
    const [met, apart] = [
      groups.filter((group) => meet(group.levels, levels)),
      groups.filter((group) => !meet(group.levels, levels)),
    ];
    groups = [
      ...apart,
      {
        members: [...met.flatMap(({ members }) => members), i].sort((a, b) => a - b),
        levels: new Set([...met.flatMap((group) => [...group.levels]), ...levels]),
      },
    ];
  }
  const first = (levels: ReadonlySet<number>): number => Math.min(...[...levels].map(rankOf));
  return groups.sort((a, b) => first(a.levels) - first(b.levels)).map(({ members }) => members);
}

function meet(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  for (const level of b) if (a.has(level)) return true;
  return false;
}
