/** Outcomes for the values that the firmware leaves open, and how they come to one answer. */
import { type Conjunction, formatConjunction, simplified } from '../window/conditions.ts';
import type { AddressWindow } from '../window/window.ts';
import { MAX_CASES } from './acpi-cases.ts';
import type { Reasons } from './judgement.ts';
import type { Answer, Condition, FramebufferFinding, Hazard } from './verdict.ts';

/** The answer for one way in which the firmware's values may come out. */
export interface Outcome {
  readonly answer: Answer;
  readonly effective: boolean | null;
  readonly hazard: Hazard;
  readonly framebuffer: FramebufferFinding | null;
  readonly pool: readonly AddressWindow[];
  readonly summary: string;
}

/** What the firmware's values have to be for an outcome. */
export interface FoundCase {
  readonly when: Conjunction;
  readonly outcome: Outcome;
}

/** Every way to take one of each list. */
export function combinations(lists: readonly (readonly string[])[]): string[][] {
  return lists.reduce<string[][]>(
    (made, list) => made.flatMap((before) => list.map((one) => [...before, one])).slice(0, MAX_CASES),
    [[]],
  );
}

/** One outcome from several: theirs when they agree, else `depends`, with the conditions as short as they get. */
export function together(
  found: readonly FoundCase[],
  complete: boolean,
  reasons: Reasons,
): [outcome: Outcome, conditions: Condition[]] {
  const groups = new Map<string, FoundCase[]>();
  for (const one of found) groups.set(one.outcome.summary, [...(groups.get(one.outcome.summary) ?? []), one]);
  const conditions = [...groups.values()].flatMap((group) =>
    simplified(group.map(({ when }) => when)).map((when) => ({ when, outcome: group[0]!.outcome })),
  );
  // The plainest case first, and those in which something is needed before the others.
  conditions.sort(
    (a, b) =>
      Number(a.outcome.answer === 'not-needed') - Number(b.outcome.answer === 'not-needed') ||
      a.when.length - b.when.length,
  );
  const worst = conditions[0]!.outcome;
  const outcomes = conditions.map(({ outcome }) => outcome);
  const said = conditions.flatMap(({ when, outcome }): Condition[] =>
    when.length === 0
      ? []
      : [{ when: formatConjunction(when), answer: outcome.answer, because: outcome.summary }],
  );
  const agree = outcomes.every(({ answer }) => answer === worst.answer);
  if (agree && (complete || worst.answer !== 'not-needed')) return [worst, said];
  reasons.change('the values in the conditions: --set NAME=VALUE or --memory FILE@ADDRESS');
  const needed = outcomes.filter(({ answer }) => answer === 'needed');
  const effects = new Set(needed.map(({ effective }) => effective));
  const pool = outcomes.flatMap((outcome) => outcome.pool);
  return [
    {
      ...worst,
      answer: 'depends',
      effective: effects.size === 1 ? [...effects][0]! : null,
      hazard: outcomes.every(({ hazard }) => hazard === 'none') ? 'none' : 'unknown',
      pool: pool.filter((window, at) => pool.findIndex((other) => sameRange(window, other)) === at),
      summary: `It depends on what only the running machine knows: ${said.map(({ when, answer }) => `${answer} when ${when}`).join('; ')}.`,
    },
    said,
  ];
}

function sameRange(a: AddressWindow, b: AddressWindow): boolean {
  return (
    a.base === b.base &&
    a.size === b.size &&
    a.expressions?.base === b.expressions?.base &&
    a.expressions?.size === b.expressions?.size
  );
}
