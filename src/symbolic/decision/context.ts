/**
 * Many questions about conditions that have much in common: what was made of a condition for one question is there for
 * the next. Conditions that share no variable are looked at apart.
 */
import { not } from '../conditions.ts';
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
  readonly id: number;
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

/**
 * Answers as `isPossible` does, without making everything from scratch each time. For one run of a judgement: it keeps
 * what it was asked.
 */
export class DecisionContext {
  readonly #entries = new Map<number, Entry[]>();
  readonly #byExpr = new WeakMap<Expr, Entry>();
  readonly #places = new Map<string | object, bigint>();
  readonly #answers = new Map<string, boolean | undefined>();
  #bits: Bits | undefined;
  #generation = 0;
  #failures = 0;
  #last = 0;

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

  /**
   * Can a condition hold beside others, of which it is known that they can hold together? Undefined past the bound on
   * work.
   */
  possibleBeside(condition: Quantity, others: readonly Quantity[]): boolean | undefined {
    const own = this.#conjuncts([condition]);
    if (own === false) return false;
    const all = this.#conjuncts(others);
    if (all === false) return false;
    if (own.some(({ opposite }) => opposite !== undefined && all.includes(opposite))) return false;
    let places = 0n;
    for (const entry of own) places |= entry.places;
    const { taken } = bearing(places, all);
    const ids = new Set(own);
    return this.#decide([...taken.filter((entry) => !ids.has(entry)), ...own]);
  }

  /** The conditions that are gathered, each once; false when one of them never holds, or is another's opposite. */
  #conjuncts(conditions: readonly Quantity[]): Entry[] | false {
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
    const id = ++this.#last;
    const entry = {
      id,
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
    const key = entries
      .map(({ id }) => id)
      .sort((a, b) => a - b)
      .join(' ');
    if (this.#answers.has(key)) return this.#answers.get(key);
    const answer = this.#isKeptPossible(entries) ?? canHold(entries.map(({ condition }) => condition));
    this.#answers.set(key, answer);
    return answer;
  }

  /** By the functions that are kept; undefined when they are too many or take too much work. */
  #isKeptPossible(entries: readonly Entry[]): boolean | undefined {
    if (this.#failures >= MAX_FAILURES) return undefined;
    const answer = bounded(() => {
      const bits = this.#announced(entries);
      const { bdds } = bits;
      bdds.allow(MAX_STEPS);
      let all: Bdd = TRUE;
      for (const entry of entries) {
        all = bdds.and(all, this.#functionOf(entry, bits));
        if (all === FALSE) return false;
      }
      return true;
    });
    if (answer === undefined) {
      this.#failures += 1;
      this.#forget();
    }
    return answer;
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
