/**
 * Conditions in the firmware's own names, as text: a conjunction is a list of literals like `MG2L > 0`, and several
 * conjunctions are alternatives. They are simplified enough to be read: what repeats, what can't be, and what holds
 * either way falls out.
 */

/** Literals that hold together. */
export type Conjunction = readonly string[];

/** So many conjunctions are simplified; more are left as they are, for the work grows with their square. */
const MAX_CONJUNCTIONS = 128;

const RELATION = /^(.*\S) (==|!=|<|<=|>|>=) (\S+)$/;

/** One spelling for each literal: nothing is below zero, so what is not 0 is above it. */
function canonical(literal: string): string {
  return literal.trim().replace(/^(.*\S) != (?:0|0x0)$/, '$1 > 0');
}

/** The literal that holds exactly when this one does not; undefined when its form isn't known. */
function complement(literal: string): string | undefined {
  const match = RELATION.exec(literal);
  if (!match) return undefined;
  const [, subject, relation, value] = match;
  const opposite: Readonly<Record<string, string>> = {
    '==': '!=',
    '!=': '==',
    '<': '>=',
    '>=': '<',
    '<=': '>',
    '>': '<=',
  };
  if (relation === '>' && value === '0') return `${subject} == 0`;
  return canonical(`${subject} ${opposite[relation!]} ${value}`);
}

/** Splits `A && B`; a text with brackets or other operators is one literal. */
export function literalsOf(condition: string): Conjunction {
  if (/[()|]/.test(condition)) return [canonical(condition)];
  return condition.split(/ && | and /).map(canonical);
}

/** The literals once each; undefined when two of them exclude each other. */
export function conjunction(literals: readonly string[]): Conjunction | undefined {
  const all = [...new Set(literals.flatMap(literalsOf))];
  for (const literal of all) {
    const opposite = complement(literal);
    if (opposite !== undefined && all.includes(opposite)) return undefined;
  }
  return all;
}

function covers(general: Conjunction, special: Conjunction): boolean {
  return general.every((literal) => special.includes(literal));
}

/** `A && B` or `A && !B` is `A`; undefined when the two don't meet like that. */
function merged(a: Conjunction, b: Conjunction): Conjunction | undefined {
  if (a.length !== b.length) return undefined;
  const only = a.filter((literal) => !b.includes(literal));
  const other = b.filter((literal) => !a.includes(literal));
  if (only.length !== 1 || other.length !== 1 || complement(only[0]!) !== other[0]) return undefined;
  return a.filter((literal) => literal !== only[0]);
}

/** Alternatives with as few and as short conjunctions as pairwise merging gives; the order of the first stays. */
export function simplified(alternatives: readonly Conjunction[]): Conjunction[] {
  let list = [...alternatives];
  if (list.length > MAX_CONJUNCTIONS) return list;
  for (let changed = true; changed; ) {
    changed = false;
    search: for (let i = 0; i < list.length; i += 1)
      for (let j = i + 1; j < list.length; j += 1) {
        const [a, b] = [list[i]!, list[j]!];
        const one = covers(a, b) ? a : covers(b, a) ? b : merged(a, b);
        if (one === undefined) continue;
        list = list.filter((_, at) => at !== j);
        list[i] = one;
        changed = true;
        break search;
      }
  }
  return list;
}

/** `A and B`; empty when nothing is asked. */
export function formatConjunction(literals: Conjunction): string {
  return literals.join(' and ');
}

/** `A and B, or C`. */
export function formatAlternatives(alternatives: readonly Conjunction[]): string {
  return alternatives.map(formatConjunction).join(', or ');
}
