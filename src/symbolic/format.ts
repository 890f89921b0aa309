/** Conditions as reports print them: alternatives of comparisons, as text and as a tree. */
import {
  builtCoverOf,
  type Cover,
  coverIn,
  coverOf,
  isPlain,
  rangeCoverOf,
  takenApart,
} from './decision/cover.ts';
import { bracketedIn, factorsIn } from './decision/factors.ts';
import type { Literal, Relation } from './decision/literal.ts';
import type { TakenApart } from './decision/situation.ts';
import { Names } from './names.ts';
import { type Expr, isKnown, type Quantity } from './quantity.ts';
import { formatOperand, nameOfIndex } from './text.ts';
import { variablesOf } from './variables.ts';

/** A condition as JSON: the same as its text. */
export type ConditionTree =
  | { readonly all: readonly ConditionTree[] }
  | { readonly any: readonly ConditionTree[] }
  | { readonly not: ConditionTree }
  | { readonly op: Relation; readonly left: string; readonly right: string };

/**
 * `MG2L > 0 and KIND == 1, or KIND == 5`: alternatives joined by `, or `, each a conjunction joined by ` and ` of
 * comparisons whose sides are C expressions. What always holds is `1 == 1`, what never does `1 == 0`. Never cut.
 *
 * @param names the names of a document; without, those of this text alone
 */
export function formatCondition(condition: Quantity, names = new Names(variablesOf(condition))): string {
  return formatCover(printedCover(condition), names);
}

/** As {@link formatCondition}, of alternatives. */
export function formatCover({ alternatives }: Cover, names = new Names()): string {
  if (alternatives.length === 0) return '1 == 0';
  return alternatives
    .map((literals) =>
      literals.length === 0
        ? '1 == 1'
        : literals
            .map((literal) => piecesOf(literal, names))
            .map(({ left, op, right }) => `${left} ${op} ${right}`)
            .join(' and '),
    )
    .join(', or ');
}

/** The condition as a tree, each comparison with its sides as text. `{all: []}` always holds, `{any: []}` never. */
export function conditionTree(condition: Quantity, names = new Names(variablesOf(condition))): ConditionTree {
  return treeOf(printedCover(condition).alternatives, names);
}

function treeOf(alternatives: Cover['alternatives'], names: Names): ConditionTree {
  const ways = alternatives.map((literals): ConditionTree => {
    const all = literals.map((literal) => treeOfLiteral(literal, names));
    return all.length === 1 ? all[0]! : { all };
  });
  return ways.length === 1 ? ways[0]! : { any: ways };
}

function treeOfLiteral(literal: Literal, names: Names): ConditionTree {
  const inner = bracketedIn(literal);
  return inner === undefined ? piecesOf(literal, names) : treeOf(inner, names);
}

/** The sides and the sign of a comparison. */
function piecesOf({ left, op, right }: Literal, names: Names): { op: Relation; left: string; right: string } {
  const of = isKnown(left) ? undefined : left;
  const sign = right === 0n && op === '!=' && of?.kind === 'field' ? '>' : op;
  const value = of?.kind === 'choice' ? nameOfIndex(of.choice, right) : undefined;
  return { op: sign, left: formatOperand(left, names), right: value ?? formatOperand(right, names) };
}

/** Text up to this length is printed as alternatives, whatever else it could be. */
const SHORT = 80;

/** Of conditions that are printed more than once: as text, as a tree. What is kept goes with the condition. */
const printed = new WeakMap<Expr, Cover>();

/**
 * What is printed: the alternatives, or, where those are long because independent parts are multiplied out, one
 * conjunction with alternatives in brackets: `(CL00 > 0 || PCHG == 6) != 0 and PM1L == 0`.
 */
export function printedCover(condition: Quantity): Cover {
  if (isKnown(condition)) return coverOf(condition);
  let cover = printed.get(condition);
  if (cover === undefined) {
    cover = shorter(condition);
    printed.set(condition, cover);
  }
  return cover;
}

/**
 * Is a condition printed without alternatives inside of comparisons, in so many characters at most?
 * @param limit at least {@link SHORT}
 */
export function isPlainWithin(condition: Quantity, limit: number): boolean {
  // Longer than that without brackets, it takes brackets to be shorter, and those are not looked for.
  if (
    !isKnown(condition) &&
    !isPlain(condition) &&
    formatCover(shortestOf(condition), new Names(variablesOf(condition))).length > limit
  )
    return false;
  const text = formatCondition(condition);
  return text.length <= limit && !/[|&]{2}/.test(text);
}

/** Ways to write conditions without brackets, kept with them. */
const unbracketed = new WeakMap<Expr, Cover>();

/** Nothing shorter than this is looked for. */
const SHORT_ENOUGH = 24;

/** Of the ways to write it without brackets, the shortest. */
function shortestOf(condition: Expr, apart = () => takenApart(condition)): Cover {
  let cover = unbracketed.get(condition);
  if (cover === undefined) {
    cover = shortestAmong(condition, apart());
    unbracketed.set(condition, cover);
  }
  return cover;
}

function shortestAmong(condition: Expr, taken: TakenApart | undefined): Cover {
  const cover = coverIn(condition, taken);
  if (!cover.complete) return cover;
  const lengthOf = (each: Cover): number => formatCover(each).length;
  let best = { cover, length: lengthOf(cover) };
  const consider = (other: Cover | undefined, limit: number): void => {
    const length = other === undefined ? Infinity : lengthOf(other);
    if (other !== undefined && length < limit) best = { cover: other, length };
  };
  if (best.length > SHORT_ENOUGH) {
    if (cover.alternatives.some((literals) => literals.some(isOfSum)))
      consider(rangeCoverOf(condition), best.length);
    // Bits of a field stand in their places in a cover: a little shorter is no reason to do without that.
    consider(builtCoverOf(condition, taken), (7 / 8) * best.length);
  }
  return best.cover;
}

/** A sum of one variable is held against a number. */
function isOfSum({ left, right }: Literal): boolean {
  return isKnown(right) && !isKnown(left) && left.kind === 'sum' && variablesOf(left).length === 1;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function shorter(condition: Expr): Cover {
  if (isPlain(condition)) return coverOf(condition);
  const apart = once(() => takenApart(condition));
  const cover = shortestOf(condition, apart);
  const { length } = formatCover(cover);
  if (cover.complete && length <= SHORT) return cover;
  const taken = apart();
  const alternatives =
    taken && factorsIn(taken, (ways) => formatCover({ alternatives: ways, complete: true }).length);
  if (alternatives === undefined) return cover;
  const factored = { alternatives, complete: true };
  return !cover.complete || 4 * formatCover(factored).length <= 3 * length ? factored : cover;
}
