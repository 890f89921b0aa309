/** Conditions as they were built, without deciding anything. */
import { type Expr, isKnown } from '../quantity.ts';
import type { Literal } from './literal.ts';

/** An alternative for each part of a disjunction; what is gathered inside of them stays in brackets. */
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
