/** Conditions as they were built, without deciding anything. */
import { choose, not } from '../conditions.ts';
import { type Expr, isKnown, type Quantity } from '../quantity.ts';
import type { Literal } from './literal.ts';

/** More alternatives than this are not taken apart. */
const MAX_ALTERNATIVES = 64;

/** An alternative for each way in which the condition was built to hold; one literal past the bound. */
export function asBuilt(condition: Expr): Literal[][] {
  const ways = taken(condition) ?? [[condition]];
  return ways.map((each) => each.map(builtLiteral));
}

/** Undefined past the bound. Recurses no deeper than an expression's size. */
function taken(condition: Quantity): (readonly Expr[])[] | undefined {
  if (isKnown(condition)) return condition === 0n ? [] : [[]];
  switch (condition.kind) {
    case 'any': {
      const all: (readonly Expr[])[] = [];
      for (const part of condition.of) {
        const ways = taken(part);
        if (ways === undefined || all.length + ways.length > MAX_ALTERNATIVES) return undefined;
        all.push(...ways);
      }
      return all;
    }
    case 'all': {
      let all: (readonly Expr[])[] = [[]];
      for (const part of condition.of) {
        const ways = taken(part);
        if (ways === undefined || all.length * ways.length > MAX_ALTERNATIVES) return undefined;
        all = all.flatMap((each) => ways.map((way) => [...each, ...way]));
      }
      return all;
    }
    case 'not': {
      const opposite = not(condition);
      return !isKnown(opposite) && opposite.kind === 'choose'
        ? taken(choose(opposite.when, not(opposite.yes), not(opposite.no)))
        : [[condition]];
    }
    default:
      return [[condition]];
  }
}

function builtLiteral(condition: Expr): Literal {
  if (condition.kind === 'not') return { left: condition.of, op: '==', right: 0n };
  if (condition.kind !== 'compare') return { left: condition, op: '!=', right: 0n };
  const { op, left, right } = condition;
  if (op === 'eq' || op === 'ne') return { left, op: op === 'eq' ? '==' : '!=', right };
  if (isKnown(left)) return { left: right, op: op === 'lt' ? '>' : '>=', right: left };
  return { left, op: op === 'lt' ? '<' : '<=', right };
}
