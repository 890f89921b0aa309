/** Conditions as reports print them: alternatives of comparisons, as text and as a tree. */
import { type Cover, coverOf } from './decision/cover.ts';
import type { Literal } from './decision/literal.ts';
import { Names } from './names.ts';
import { isKnown, type Quantity } from './quantity.ts';
import { formatOperand } from './text.ts';

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
  return formatCover(coverOf(condition), names);
}

/** As {@link formatCondition}, of alternatives. */
export function formatCover({ alternatives }: Cover, names = new Names()): string {
  if (alternatives.length === 0) return '1 == 0';
  return alternatives
    .map((literals) =>
      literals.length === 0
        ? '1 == 1'
        : literals.map((literal) => Object.values(piecesOf(literal, names)).join(' ')).join(' and '),
    )
    .join(', or ');
}

/** The condition as a tree, each comparison with its sides as text. `{all: []}` always holds, `{any: []}` never. */
export function conditionTree(condition: Quantity, names = new Names()): ConditionTree {
  const { alternatives } = coverOf(condition);
  const ways = alternatives.map((literals): ConditionTree => {
    const all = literals.map((literal): ConditionTree => {
      const { left, op, right } = piecesOf(literal, names);
      return { op, left, right };
    });
    return all.length === 1 ? all[0]! : { all };
  });
  return ways.length === 1 ? ways[0]! : { any: ways };
}

/** The sides and the sign of a comparison, in the order in which they are read. */
function piecesOf({ left, op, right }: Literal, names: Names): { left: string; op: string; right: string } {
  if (!isKnown(left) && left.kind === 'choice' && isKnown(right))
    return {
      left: formatOperand(left, names),
      op,
      right: left.choice.values[Number(right)] ?? String(right),
    };
  const isBare = !isKnown(left) && left.kind === 'field';
  const sign = right === 0n && op === '!=' && isBare ? '>' : op;
  return { left: formatOperand(left, names), op: sign, right: formatOperand(right, names) };
}
