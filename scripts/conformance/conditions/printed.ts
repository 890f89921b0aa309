/** What is asked of z3 about a condition and what is printed for it. */
import type { Cover, Quantity } from '../../../src/symbolic/index.ts';
import { conjunction, disjunction, type Question, type Smt } from './smt.ts';

/**
 * That what is printed is the condition; and, where it claims so, that no alternative is impossible or covered by the
 * others, and that no comparison could be left out.
 */
export function questionsAbout(
  smt: Smt,
  about: string,
  raw: Quantity,
  { alternatives, complete }: Cover,
): Question[] {
  const holds = smt.holds(raw);
  const terms = alternatives.map((literals) => literals.map((literal) => smt.literal(literal)));
  const printed = disjunction(terms.map(conjunction));
  const questions: Question[] = [
    {
      about: `${about}: what is printed is the condition`,
      all: [`(distinct ${holds} ${printed})`],
      wanted: 'unsat',
    },
  ];
  if (!complete) return questions;
  terms.forEach((term, at) => {
    questions.push({ about: `${about}: alternative ${at} is possible`, all: term, wanted: 'sat' });
    const others = terms.filter((_, i) => i !== at).map(conjunction);
    if (others.length > 0)
      questions.push({
        about: `${about}: alternative ${at} is needed`,
        all: [...term, `(not ${disjunction(others)})`],
        wanted: 'sat',
      });
    for (const [i, literal] of term.entries())
      questions.push({
        about: `${about}: comparison ${i} of alternative ${at} is needed`,
        // Without it the alternative would hold where the condition doesn't.
        all: [...term.filter((_, k) => k !== i), `(not ${literal})`, `(not ${holds})`],
        wanted: 'sat',
      });
  });
  return questions;
}

/** That no two of several conditions hold together. */
export function questionsAboutExclusion(
  smt: Smt,
  about: string,
  conditions: readonly Quantity[],
): Question[] {
  return conditions.flatMap((one, i) =>
    conditions.slice(i + 1).map(
      (other, k): Question => ({
        about: `${about}: ${i} and ${i + 1 + k} exclude each other`,
        all: [smt.holds(one), smt.holds(other)],
        wanted: 'unsat',
      }),
    ),
  );
}
