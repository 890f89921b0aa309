/** Conditions as reports print them: alternatives of comparisons, as text and as a tree. */
import { type Cover, coverOf } from './decision/cover.ts';
import { bracketedIn, factorsOf } from './decision/factors.ts';
import type { Literal } from './decision/literal.ts';
import { Names } from './names.ts';
import { type Expr, isKnown, type Quantity } from './quantity.ts';
import { formatOperand, nameOfIndex } from './text.ts';

/** A condition as JSON: the same as its text. */
export type ConditionTree =
  | { readonly all: readonly ConditionTree[] }
  | { readonly any: readonly ConditionTree[] }
  | { readonly not: ConditionTree }
  | { readonly op: string; readonly left: string; readonly right: string };

/**
 * `MG2L > 0 and KIND == 1, or KIND == 5`: alternatives joined by `, or `, each a conjunction joined by ` and ` of
 * comparisons whose sides are C expressions. What always holds is `1 == 1`, what never does `1 == 0`. Never cut.
 *
 * @param names the names of a document; without, those of this text alone
 */
export function formatCondition(condition: Quantity, names = new Names()): string {
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
export function conditionTree(condition: Quantity, names = new Names()): ConditionTree {
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
function piecesOf({ left, op, right }: Literal, names: Names): { op: string; left: string; right: string } {
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

function shorter(condition: Expr): Cover {
  const cover = coverOf(condition);
  const { length } = formatCover(cover);
  if (cover.complete && length <= SHORT) return cover;
  const alternatives = factorsOf(
    condition,
    (literals) => formatCover({ alternatives: [literals], complete: true }).length,
  );
  if (alternatives === undefined) return cover;
  const factored = { alternatives, complete: true };
  return 4 * formatCover(factored).length <= 3 * length ? factored : cover;
}
