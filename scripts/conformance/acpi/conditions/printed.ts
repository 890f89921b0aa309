/** Questions to z3 about a condition and its printed form. */
import { bracketedIn, type Cover, type Literal, type Quantity } from '../../../../src/symbolic/index.ts';
import { conjunction, disjunction, type Question, type Smt } from './smt.ts';

/**
 * Checks that the printed form equals the condition; and, if the cover is complete, that no alternative is impossible or
 * covered by the others and no comparison is redundant.
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
    alternatives[at]!.forEach((literal, i) => {
      for (const [part, inner] of withoutParts(smt, literal).entries())
        questions.push({
          about: `${about}: part ${part} inside of comparison ${i} of alternative ${at} is needed`,
          all: [
            `(distinct ${holds} ${disjunction([...terms.with(at, term.with(i, inner)).map(conjunction)])})`,
          ],
          wanted: 'sat',
        });
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

/** For each comparison or alternative inside of brackets: the literal without it, as SMT. */
function withoutParts(smt: Smt, literal: Literal): string[] {
  const ways = bracketedIn(literal);
  if (ways === undefined) return [];
  const terms = ways.map((way) => way.map((each) => smt.literal(each)));
  return ways.flatMap((way, at) => {
    const whole = (term: readonly string[]): string =>
      disjunction(terms.map((each, i) => conjunction(i === at ? term : each)));
    const others = disjunction(terms.filter((_, i) => i !== at).map(conjunction));
    return [
      others,
      ...way.flatMap((each, k) => [
        ...(way.length > 1 ? [whole(terms[at]!.filter((_, i) => i !== k))] : []),
        ...withoutParts(smt, each).map((inner) => whole(terms[at]!.with(k, inner))),
      ]),
    ];
  });
}

/** Checks that no two of the conditions hold together. */
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
