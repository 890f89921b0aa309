/** Literals: comparisons, as they are printed. */
import { compare, not } from '../conditions.ts';
import { type Condition, type Expr, isKnown, type Quantity } from '../quantity.ts';

export type Relation = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** A comparison. The right side is a number wherever one side is; for a choice, the index of the value. */
export interface Literal {
  readonly left: Quantity;
  readonly op: Relation;
  readonly right: Quantity;
}

/** What a literal says, as a condition. */
export function conditionOfLiteral({ left, op, right }: Literal): Condition {
  switch (op) {
    case '==':
      return compare('eq', left, right) as Condition;
    case '!=':
      return not(compare('eq', left, right)) as Condition;
    case '<':
      return compare('lt', left, right) as Condition;
    case '<=':
      return compare('le', left, right) as Condition;
    case '>':
      return compare('lt', right, left) as Condition;
    case '>=':
      return compare('le', right, left) as Condition;
  }
}

/** The literals of a condition as it was built, without deciding anything: an alternative for each part of a disjunction; what is gathered inside of them stays in brackets. */
export function asBuilt(condition: Expr): Literal[][] {
  const ways = condition.kind === 'any' ? condition.of : [condition];
  return ways.map((way) => (way.kind === 'all' ? way.of : [way]).map(builtLiteral));
}

function builtLiteral(condition: Expr): Literal {
  if (condition.kind === 'not') return { left: condition.of, op: '==', right: 0n };
  if (condition.kind !== 'compare') return { left: condition, op: '!=', right: 0n };
  const { op, left, right } = condition;
  if (op === 'eq' || op === 'ne') return { left, op: op === 'eq' ? '==' : '!=', right };
  if (isKnown(left)) return { left: right, op: op === 'lt' ? '>' : '>=', right: left };
  return { left, op: op === 'lt' ? '<' : '<=', right };
}
