/** Many conditions that are made of the same comparisons: simplified where the same is given, or seen to stay long. */
import { choiceValue } from '../identity.ts';
import { type ChoiceVariable, type Condition, isKnown, type Quantity } from '../quantity.ts';
import { variablesOf } from '../variables.ts';
import { type Bdd, type BddManager, FALSE, OutOfWork, TRUE } from './bdd.ts';
import { Bits, MAX_NODES, MAX_STEPS } from './bits.ts';
import { alternativesOf, simplified } from './cover.ts';
import { conditionOfAlternatives } from './situation.ts';
import { Ground } from './subjects/subjects.ts';

/** ` < ` and ` == `, and what stands between two comparisons at least (` || `), in characters. */
const ORDER_SIGN = 3;
const EQUALITY_SIGN = 4;
const BETWEEN = 4;

/** A choice, and the values of its bits that stand for each of its values. */
interface Cut {
  readonly choice: ChoiceVariable;
  readonly values: readonly ReadonlyMap<number, boolean>[];
  /** What is given where it takes the value. */
  readonly given: readonly Bdd[];
}

/** Functions past which there is too little room for the next condition. */
const FULL = MAX_NODES / 2;

/** Keeps what it makes of the comparisons. For conditions that are made of those that it was told, where one thing is given. */
export class Simplifier {
  readonly #given: Quantity;
  readonly #conditions: readonly Condition[];
  readonly #choices: readonly ChoiceVariable[];
  #ground: Ground | undefined;
  #cuts: readonly Cut[] = [];

  /** @param conditions what the conditions are made of that will be asked about */
  constructor(given: Quantity, conditions: readonly Condition[]) {
    this.#given = given;
    this.#conditions = conditions;
    // At the top of the diagrams, where a value is put in without looking at the rest; the one with most values first.
    this.#choices = variablesOf(...conditions)
      .flatMap((variable) => (variable.kind === 'choice' ? [variable.choice] : []))
      .sort((a, b) => b.values.length - a.values.length);
  }

  /** As {@link simplified}. */
  simplified(condition: Condition): Condition {
    if (isKnown(condition)) return condition;
    try {
      const ground = this.#usable();
      // Made of something else after all: then its bits have no place here.
      if (ground.bits.announce([condition]) !== true) {
        this.#ground = undefined;
        return simplified(condition, this.#given);
      }
      return conditionOfAlternatives(alternativesOf(condition, this.#given, false, ground));
    } catch (error) {
      if (!(error instanceof OutOfWork)) throw error;
      // What was made for others may have left too little room.
      const isFull = this.#ground?.bits.bdds.isSpent ?? true;
      if (!isFull) return condition;
      this.#ground = undefined;
      return simplified(condition, this.#given);
    }
  }

  /**
   * Does it take more characters than that to write that one of several alternatives holds? However it is written there is
   * a comparison for each value of a choice at which it changes: to see that takes a small part of the work of writing it.
   * False where it isn't seen.
   */
  exceeds(alternatives: readonly (readonly Condition[])[], limit: number): boolean {
    if (this.#choices.length === 0) return false;
    try {
      const { bits } = this.#usable();
      const { bdds } = bits;
      const holds = alternatives.reduce(
        (any: Bdd, way) =>
          bdds.or(
            any,
            way.reduce((all: Bdd, each) => bdds.and(all, bits.condition(each)), TRUE),
          ),
        FALSE,
      );
      let length = -BETWEEN;
      for (const cut of this.#cuts) {
        length += lengthOf(cut, changesOf(bdds, holds, cut));
        if (length > limit) return true;
      }
      return false;
    } catch (error) {
      if (!(error instanceof OutOfWork)) throw error;
      this.#ground = undefined;
      return false;
    }
  }

  /** What was made so far, as long as there is room for more. */
  #usable(): Ground {
    if (this.#ground !== undefined && this.#ground.bits.bdds.nodes < FULL) {
      this.#ground.bits.bdds.allow(MAX_STEPS);
      return this.#ground;
    }
    const bits = new Bits([...this.#choices.map(choiceValue), this.#given, ...this.#conditions]);
    const { bdds } = bits;
    const given = bdds.and(bits.domain(), bits.condition(this.#given));
    this.#cuts = this.#choices.map((choice) => {
      const levels = bits.levelsOf({ kind: 'choice', choice });
      const values = choice.values.map(
        (_, index) => new Map(levels.map((level, i) => [level, ((index >> i) & 1) === 1])),
      );
      return { choice, values, given: values.map((value) => bdds.restrict(given, value)) };
    });
    this.#ground = new Ground(bits);
    return this.#ground;
  }
}

/** For each value, but for the first, whether the function is another than for the value before it. */
function changesOf(bdds: BddManager, holds: Bdd, { values, given }: Cut): boolean[] {
  const each = values.map((value) => bdds.restrict(holds, value));
  return each.map((here, i) => {
    if (i === 0 || here === each[i - 1]) return false;
    const both = bdds.and(given[i]!, given[i - 1]!);
    return bdds.and(bdds.xor(here, each[i - 1]!), both) !== FALSE;
  });
}

/** The least that comparisons take which tell such values apart, with what stands between them. */
function lengthOf({ choice: { id, values, ordered } }: Cut, changes: readonly boolean[]): number {
  const length = (i: number): number => values[i]!.length;
  // In brackets a choice of two is written by its name alone.
  if (!ordered) return changes.includes(true) ? id.length + BETWEEN : 0;
  // The least for all changes up to a value, and up to the one before it.
  let [least, before] = [0, 0];
  for (const [i, isChange] of changes.entries()) {
    let next = least;
    if (isChange) {
      next += id.length + ORDER_SIGN + Math.min(length(i), length(i - 1)) + BETWEEN;
      // One value by itself is a change twice.
      if (changes[i - 1]) next = Math.min(next, before + id.length + EQUALITY_SIGN + length(i - 1) + BETWEEN);
    }
    [least, before] = [next, least];
  }
  return least;
}
