/**
 * Many questions about conditions that have much in common: what was made of a condition for one question is there for
 * the next. Conditions that share no variable are looked at apart.
 */
import { compare, not } from '../conditions.ts';
import { sameExpr } from '../identity.ts';
import { type ChoiceVariable, type Expr, isKnown, type Quantity } from '../quantity.ts';
import { keyOfVariable, type Variable, variablesOf } from '../variables.ts';
import { type Bdd, FALSE, OutOfWork, TRUE } from './bdd.ts';
import { Bits, MAX_NODES, MAX_STEPS } from './bits.ts';
import { bounded, canHold } from './decide.ts';

/** What is kept past this many nodes leaves too little room for the next question. */
const FULL = MAX_NODES / 2;
/** Questions that were too large for what is kept, after which nothing is kept any more. */
const MAX_FAILURES = 8;

/** A condition that was asked about. */
interface Entry {
  /** A bit of its own: a set of conditions is the bits of all. */
  readonly bit: bigint;
  readonly condition: Expr;
  /** A bit for each place that it depends on. */
  readonly places: bigint;
  readonly choices: readonly ChoiceVariable[];
  /** What is not the case where it holds: the two together are impossible. */
  opposite: Entry | undefined;
  /** Its bits have their places in the order of the functions. */
  isAnnounced: boolean;
  /** When it holds and its choices take one of their values, and which generation of functions that is of. */
  holds: Bdd;
  generation: number;
}

/** Conditions that depend on the same, with what they are together. There is one of each set of conditions. */
interface Part {
  readonly members: bigint;
  readonly places: bigint;
  readonly entries: readonly Entry[];
  /** What it was put together from: parts, and conditions beside them. */
  readonly from: readonly Part[];
  readonly own: readonly Entry[];
  /** When all of them hold, and which generation of functions that is of. */
  holds: Bdd;
  generation: number;
}

/** Conditions that hold together, in parts that have nothing to do with each other. */
export interface Together {
  readonly parts: readonly Part[];
  /** They contradict each other by what they are: nothing can hold beside them. */
  readonly isNever: boolean;
}

/**
 * Answers as `isPossible` does, without making everything from scratch each time. For one run of a judgement: it keeps
 * what it was asked.
 */
export class DecisionContext {
  readonly #entries = new Map<number, Entry[]>();
  readonly #byExpr = new WeakMap<Expr, Entry>();
  readonly #places = new Map<string | object, bigint>();
  /** By their members. */
  readonly #parts = new Map<bigint, Part>();
  /** Whether some conditions can hold together, by their bits: many worlds ask the same of the same. */
  readonly #answers = new Map<bigint, boolean | undefined>();
  #bits: Bits | undefined;
  #generation = 0;
  #failures = 0;
  #count = 0;
  #work = 0;

  /** Steps that all questions have taken so far: a step is about what one operation on two nodes takes. */
  get work(): number {
    return this.#work;
  }

  /**
   * That numbers will be held against each other: their bits get places side by side. Where that is found out later,
   * all that was made is made again.
   */
  expect(numbers: readonly Quantity[]): void {
    const all = this.#conjuncts(numbers.slice(1).map((each, i) => compare('lt', numbers[i]!, each)));
    if (all !== false) bounded(() => this.#announced(all));
  }

  /** Can all of them hold together? Undefined past the bound on work. */
  possible(conditions: readonly Quantity[]): boolean | undefined {
    const all = this.#conjuncts(conditions);
    if (all === false) return false;
    let answer: boolean | undefined = true;
    for (let left: readonly Entry[] = all; left.length > 0; ) {
      const { taken, rest } = bearing(left[0]!.places, left);
      const part = this.#decide(taken);
      if (part === false) return false;
      if (part === undefined) answer = undefined;
      left = rest;
    }
    return answer;
  }

  /** Conditions of which it is known that they can hold together, for {@link allows}. */
  together(conditions: readonly Quantity[]): Together {
    const all = this.#conjuncts(conditions);
    if (all === false) return { parts: [], isNever: true };
    const parts: Part[] = [];
    for (let left: readonly Entry[] = all; left.length > 0; ) {
      const { taken, rest } = bearing(left[0]!.places, left);
      parts.push(this.#partOf([], taken));
      left = rest;
    }
    return { parts, isNever: false };
  }

  /** With one more, which {@link allows} allows. */
  with(together: Together, condition: Quantity): Together {
    const own = this.#conjuncts([condition]);
    if (together.isNever || own === false) return { parts: [], isNever: true };
    if (own.length === 0) return together;
    const met = bearingParts(together, own);
    return {
      parts: [...together.parts.filter((part) => !met.includes(part)), this.#partOf(met, own)],
      isNever: false,
    };
  }

  /** What all of some conditions are together, beside others of which it is known. */
  #partOf(from: readonly Part[], own: readonly Entry[]): Part {
    let members = membersOf(own);
    for (const part of from) members |= part.members;
    let part = this.#parts.get(members);
    if (part === undefined) {
      let places = 0n;
      for (const each of from) places |= each.places;
      for (const entry of own) places |= entry.places;
      const entries = [...new Set([...from.flatMap((each) => each.entries), ...own])];
      part = { members, places, entries, from, own, holds: FALSE, generation: -1 };
      this.#parts.set(members, part);
    }
    return part;
  }

  /** What has to do with some conditions; undefined where nothing has. */
  #partBearing(together: Together, own: readonly Entry[]): Part | undefined {
    const met = bearingParts(together, own);
    return met.length < 2 ? met[0] : this.#partOf(met, []);
  }

  /** Can a condition hold beside them? Undefined past the bound on work. */
  allows(together: Together, condition: Quantity): boolean | undefined {
    const own = this.#conjuncts([condition]);
    if (together.isNever || own === false) return false;
    return this.#allowsPart(this.#partBearing(together, own), own);
  }

  /** Can a condition hold beside them, and can it fail? */
  sides(
    together: Together,
    condition: Expr,
  ): { readonly yes: boolean | undefined; readonly no: boolean | undefined } {
    const own = this.#conjuncts([condition]);
    if (together.isNever || own === false) return { yes: false, no: this.allows(together, not(condition)) };
    const part = this.#partBearing(together, own);
    const opposite = this.#conjuncts([not(condition)]);
    return {
      yes: this.#allowsPart(part, own),
      no: opposite !== false && this.#allowsPart(part, opposite),
    };
  }

  #allowsPart(part: Part | undefined, own: readonly Entry[]): boolean | undefined {
    const { members, entries } = part ?? { members: 0n, entries: [] };
    if (own.some(({ opposite }) => opposite !== undefined && (opposite.bit & members) !== 0n)) return false;
    return this.#answered(members | membersOf(own), () => {
      const all = [...entries.filter((entry) => !own.includes(entry)), ...own];
      return this.#kept(all, (bits) => {
        // What is asked about is small beside what is known.
        let asked: Bdd = TRUE;
        for (const entry of own) asked = bits.bdds.and(asked, this.#functionOf(entry, bits));
        return part === undefined
          ? asked !== FALSE
          : bits.bdds.meets(this.#functionOfPart(part, bits), asked);
      });
    });
  }

  /** Has one of them, which is among those that hold together, to do with a condition, by itself or by way of others? */
  concerns(together: Together, one: Quantity, condition: Quantity): boolean {
    const [own, asked] = [this.#conjuncts([one]), this.#conjuncts([condition])];
    if (own === false || asked === false || together.isNever) return true;
    const met = bearingParts(together, asked);
    return bearingParts({ parts: met, isNever: false }, own).length > 0;
  }

  #functionOfPart(part: Part, bits: Bits): Bdd {
    if (part.generation === this.#generation) return part.holds;
    const isThere = part.from.every(({ generation }) => generation === this.#generation);
    let holds: Bdd = TRUE;
    if (isThere) for (const each of part.from) holds = bits.bdds.and(holds, each.holds);
    for (const entry of isThere ? part.own : part.entries)
      holds = bits.bdds.and(holds, this.#functionOf(entry, bits));
    part.holds = holds;
    part.generation = this.#generation;
    return holds;
  }

  /** The conditions that are gathered, each once; false when one of them never holds, or is another's opposite. */
  #conjuncts(conditions: readonly Quantity[]): Entry[] | false {
    const [only] = conditions;
    if (conditions.length === 1 && only !== undefined && !isKnown(only) && only.kind !== 'all')
      return [this.#entryOf(only)];
    const found = new Set<Entry>();
    for (const condition of conditions) {
      if (isKnown(condition)) {
        if (condition === 0n) return false;
        continue;
      }
      for (const part of condition.kind === 'all' ? condition.of : [condition]) {
        const entry = this.#entryOf(part);
        if (entry.opposite !== undefined && found.has(entry.opposite)) return false;
        found.add(entry);
      }
    }
    return [...found];
  }

  #entryOf(condition: Expr): Entry {
    const known = this.#known(condition);
    if (known !== undefined) return known;
    const variables = variablesOf(condition);
    const places = this.#placesOf(variables);
    const choices = variables.flatMap((each) => (each.kind === 'choice' ? [each.choice] : []));
    const entry = this.#enter(condition, places, choices);
    const opposite = not(condition);
    if (!isKnown(opposite) && this.#known(opposite) === undefined) {
      entry.opposite = this.#enter(opposite, places, choices);
      entry.opposite.opposite = entry;
    }
    return entry;
  }

  #known(condition: Expr): Entry | undefined {
    let entry = this.#byExpr.get(condition);
    if (entry !== undefined) return entry;
    entry = this.#entries.get(condition.hash)?.find((each) => sameExpr(each.condition, condition));
    if (entry !== undefined) this.#byExpr.set(condition, entry);
    return entry;
  }

  #enter(condition: Expr, places: bigint, choices: readonly ChoiceVariable[]): Entry {
    const entry = {
      bit: 1n << BigInt(this.#count++),
      condition,
      places,
      choices,
      opposite: undefined,
      isAnnounced: false,
      holds: FALSE,
      generation: -1,
    };
    const same = this.#entries.get(condition.hash);
    if (same === undefined) this.#entries.set(condition.hash, [entry]);
    else same.push(entry);
    this.#byExpr.set(condition, entry);
    return entry;
  }

  #placesOf(variables: readonly Variable[]): bigint {
    let places = 0n;
    for (const variable of variables) {
      if (variable.kind !== 'field' || variable.field.address === undefined) {
        places |= this.#placeOf(keyOfVariable(variable));
        continue;
      }
      // Fields that lie over the same bytes have these places in common.
      const { space, address, bitOffset, bits, epoch } = variable.field;
      const bytes = Math.ceil((bitOffset + bits) / 8);
      for (let at = 0; at < bytes; at++) places |= this.#placeOf(`${space} ${address + BigInt(at)} ${epoch}`);
    }
    return places;
  }

  #placeOf(key: string | object): bigint {
    let place = this.#places.get(key);
    if (place === undefined) {
      place = 1n << BigInt(this.#places.size);
      this.#places.set(key, place);
    }
    return place;
  }

  #decide(entries: readonly Entry[]): boolean | undefined {
    return this.#answered(membersOf(entries), () =>
      this.#kept(entries, (bits) => {
        let all: Bdd = TRUE;
        for (const entry of entries) {
          all = bits.bdds.and(all, this.#functionOf(entry, bits));
          if (all === FALSE) return false;
        }
        return true;
      }),
    );
  }

  #answered(members: bigint, decide: () => boolean | undefined): boolean | undefined {
    if (this.#answers.has(members)) return this.#answers.get(members);
    const answer = decide();
    this.#answers.set(members, answer);
    return answer;
  }

  /**
   * Whether some conditions can hold together, by the functions that are kept; where those are too many or take too much
   * work, by functions of their own.
   */
  #kept(entries: readonly Entry[], decide: (bits: Bits) => boolean): boolean | undefined {
    if (this.#failures < MAX_FAILURES) {
      const answer = bounded(() => {
        const bits = this.#announced(entries);
        const { bdds } = bits;
        const before = bdds.work;
        bdds.allow(MAX_STEPS);
        try {
          return decide(bits);
        } finally {
          this.#work += bdds.work - before;
        }
      });
      if (answer !== undefined) return answer;
      this.#failures += 1;
      this.#forget();
    }
    return canHold(
      entries.map(({ condition }) => condition),
      [],
      (steps) => {
        this.#work += steps;
      },
    );
  }

  /** The functions, with all bits of these conditions in their order. */
  #announced(entries: readonly Entry[]): Bits {
    const open = entries.filter(({ isAnnounced }) => !isAnnounced);
    this.#bits ??= new Bits([]);
    if (this.#bits.bdds.nodes > FULL) this.#forget();
    if (open.length > 0) {
      const same = this.#bits.announce(open.map(({ condition }) => condition));
      if (same === undefined) {
        this.#failures = MAX_FAILURES;
        throw new OutOfWork('too many bits');
      }
      for (const entry of open) entry.isAnnounced = true;
      if (!same) this.#generation += 1;
    }
    return this.#bits;
  }

  #forget(): void {
    this.#bits?.forget();
    this.#generation += 1;
  }

  #functionOf(entry: Entry, bits: Bits): Bdd {
    if (entry.generation === this.#generation) return entry.holds;
    const holds = bits.condition(entry.condition);
    entry.holds = entry.choices.length === 0 ? holds : bits.bdds.and(holds, bits.domain(entry.choices));
    entry.generation = this.#generation;
    return entry.holds;
  }
}

function membersOf(entries: readonly Entry[]): bigint {
  let members = 0n;
  for (const { bit } of entries) members |= bit;
  return members;
}

/** The parts that some conditions have to do with. */
function bearingParts({ parts }: Together, own: readonly Entry[]): readonly Part[] {
  let places = 0n;
  for (const entry of own) places |= entry.places;
  return parts.filter((part) => (part.places & places) !== 0n);
}

/** The conditions that share a place with some, or with one that does; and the others. */
function bearing(
  places: bigint,
  entries: readonly Entry[],
): { readonly taken: readonly Entry[]; readonly rest: readonly Entry[] } {
  const taken = new Set<Entry>();
  let rest = entries;
  for (let size = -1; size !== taken.size; ) {
    size = taken.size;
    const apart: Entry[] = [];
    for (const entry of rest) {
      if ((entry.places & places) === 0n) {
        apart.push(entry);
        continue;
      }
      taken.add(entry);
      places |= entry.places;
    }
    rest = apart;
  }
  // In the order in which they were given: what questions have in common comes first.
  return { taken: entries.filter((entry) => taken.has(entry)), rest };
}
