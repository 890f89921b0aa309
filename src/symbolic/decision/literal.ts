/** Literals: comparisons, as they are printed. */
import { compare, not } from '../conditions.ts';
import type { Condition, Quantity } from '../quantity.ts';

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
