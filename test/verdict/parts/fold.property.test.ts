/**
 * From worlds to an answer and its table, against every content of small fields: what the answer has to be follows from
 * the outcomes of all contents that are left, and each row of the table is right for every content that it is about.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReleaseModel } from '../../../src/linux/release-choice.ts';
import {
  anyOf,
  type Condition,
  compare,
  DecisionContext,
  excludes,
  isPossible,
  not,
} from '../../../src/symbolic/index.ts';
import { explore } from '../../../src/verdict/explore.ts';
import { Configuration } from '../../../src/verdict/facts/configuration.ts';
import type { Ask, Constraint, Default } from '../../../src/verdict/question.ts';
import { fold } from '../../../src/verdict/sysfb/fold.ts';
import type { Outcome, Possible } from '../../../src/verdict/sysfb/judge/outcome.ts';
import type { Situation } from '../../../src/verdict/sysfb/situation/situation.ts';
import { artifactOf, read } from '../../evidence/artifacts.ts';
import { runs } from '../../runs.ts';
import { fieldOf } from '../../symbolic/fields.ts';
import { anyCondition, type Content, contents, meaningOf } from '../../symbolic/small-world.ts';

const none = read().evidence;
const possible = fc.constantFrom<Possible>('yes', 'no', 'open');
const KINDS = ['outside', 'reserved', 'unprotected'] as const;

/** One of four outcomes by the answers to two questions. */
interface Case {
  readonly questions: readonly [Condition, Condition];
  readonly outcomes: readonly (readonly [Possible, Possible])[];
}

const anyCase: fc.Arbitrary<Case> = fc.record({
  questions: fc.tuple(
    anyCondition.map((condition) => condition as Condition),
    anyCondition.map((condition) => condition as Condition),
  ),
  outcomes: fc.array(fc.tuple(possible, possible), { minLength: 4, maxLength: 4 }),
});

function outcomeOf({ questions, outcomes }: Case, ask: Ask): Outcome {
  const index = (ask.holds(questions[0]) ? 1 : 0) + (ask.holds(questions[1]) ? 2 : 0);
  const [without, withIt] = outcomes[index]!;
  return {
    kind: KINDS[index % KINDS.length]!,
    ...{ without, with: withIt, pool: [], framebuffer: null, because: `case ${index}` },
    rules: [
      { id: `rule ${index & 1}`, says: '', evidence: [] },
      { id: 'always', says: '', evidence: [] },
    ],
  };
}

const holds = (condition: Condition, content: Content): boolean => meaningOf(condition)(content) !== 0;

function situation(
  constraints: readonly Constraint[],
  defaults: readonly Default[],
  more: { sysfb?: 'y' | 'n'; contradicted?: boolean; isTree?: boolean; passThrough?: boolean } = {},
): Situation {
  const symbol = (name: string, value: string) => ({
    ...{
      value: { symbol: name, value },
      strength: 'observed',
      text: '',
      artifact: artifactOf('kconfig', ''),
    },
  });
  const symbols = [
    ...(more.sysfb === undefined ? [] : [symbol('SYSFB', more.sysfb === 'y' ? 'on' : 'n')]),
    ...(more.passThrough === false ? [symbol('PCI_HYPERV', 'n')] : []),
    // Then nothing selects it, whatever the release.
    symbol('EFI', 'n'),
  ];
  return {
    constraints,
    defaults,
    contradicted: more.contradicted ?? false,
    isTree: more.isTree ?? false,
    configuration: new Configuration({ ...none, symbols } as never),
    model: new ReleaseModel(),
  } as unknown as Situation;
}

const fact = (condition: Condition): Constraint => ({
  ...{ id: 'a', kind: 'fact', condition, text: '', source: '' },
});
const ANSWER = { yes: 'needed', no: 'not-needed', open: 'unknown' } as const;

test('what the outcomes of all contents make it, and what the rows say of each', () => {
  fc.assert(
    fc.property(anyCase, anyCondition, anyCondition, fc.boolean(), (made, given, wanted, hasDefault) => {
      const constraints = [fact(given as Condition)];
      const left = contents().filter((content) => holds(given as Condition, content));
      if (left.length === 0) return;
      const defaults: Default[] = hasDefault
        ? [{ condition: wanted as Condition, text: '', otherwise: '' }]
        : [];
      const context = new DecisionContext();
      const exploration = explore((ask) => outcomeOf(made, ask), constraints, context);
      const folded = fold(exploration, situation(constraints, defaults), [], context);
      const of = (content: Content): Outcome =>
        outcomeOf(made, {
          holds: (condition) => holds(condition, content),
          value: () => '',
          once: (_name, make) => make(),
        });
      // Worlds are told by their decisions: a content stands for its world.
      const worldOf = (content: Content): number =>
        exploration.worlds.findIndex(({ decisions }) =>
          decisions.every((decision) => holds(decision, content)),
        );
      const worlds = new Map<number, Content[]>();
      for (const content of left) {
        const world = worldOf(content);
        worlds.set(world, [...(worlds.get(world) ?? []), content]);
      }
      const members = [...worlds.values()];
      const isWanted = (content: Content): boolean => !hasDefault || holds(wanted as Condition, content);
      const isAsked = members.some((list) => !list.some(isWanted));
      const standing = isAsked ? members.filter((list) => list.some(isWanted)) : members;
      const counted = (standing.length === 0 ? members : standing).map(([content]) => of(content!));
      const all = members.map(([content]) => of(content!));
      const every = (list: readonly Outcome[], is: Possible): boolean =>
        list.every(({ without }) => without === is);
      const answer = every(all, 'yes')
        ? 'needed'
        : every(all, 'no')
          ? 'not-needed'
          : every(counted, 'yes')
            ? 'needed'
            : all.some(({ without }) => without === 'yes')
              ? 'depends'
              : 'unknown';
      expect(folded.answer).toBe(answer);
      const hazardous = counted.filter(({ without }) => without === 'yes');
      const exposed = hazardous.length > 0 ? hazardous : all.filter(({ without }) => without === 'yes');
      const effective =
        exposed.length === 0
          ? answer === 'unknown'
            ? null
            : false
          : exposed.every((each) => each.with === 'no')
            ? true
            : exposed.every((each) => each.with === 'yes')
              ? false
              : null;
      expect(folded.effective).toBe(effective);
      expect(folded.defaults).toEqual(answer === 'needed' && !every(all, 'yes') && isAsked ? defaults : []);
      expect(folded.shown.without).toBe(exposed[0]?.without ?? folded.shown.without);
      // What is known of the configuration: nothing.
      const seen = new Set(counted.map((each) => (each.without === each.with ? each.without : 'open')));
      const hazard =
        answer === 'unknown' || seen.size > 1 || seen.has('open')
          ? 'unknown'
          : seen.has('no')
            ? 'none'
            : 'boot-failure';
      expect(folded.hazard).toBe(hazard);
      const ids = folded.rules.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect([...ids].sort()).toEqual(
        [...new Set(counted.flatMap(({ rules }) => rules.map(({ id }) => id)))].sort(),
      );
      expect(folded.rules.find(({ id }) => id === 'always')).not.toHaveProperty('answers');
      const { cases } = folded;
      if (cases.length === 0) {
        expect(new Set(all.map((each) => `${each.kind} ${each.without} ${each.with}`)).size).toBeLessThan(4);
        return;
      }
      const meanings = cases.map(({ when }) => meaningOf(when));
      for (const content of left.filter((_, i) => i % 11 === 0)) {
        const mine = cases.filter((_, i) => meanings[i]!(content) !== 0);
        expect(mine.length).toBeGreaterThan(0);
        const { without, with: withIt, because } = of(content);
        for (const row of mine) {
          if (row.by !== undefined) {
            expect([row.answer, row.effective]).toEqual(['depends', null]);
            continue;
          }
          expect(row.answer).toBe(ANSWER[without]);
          expect(row.effective).toBe(without !== 'yes' ? false : withIt === 'open' ? null : withIt === 'no');
          if (cases.length === 4) expect(row.because).toContain(because);
        }
      }
      // The worst is read first, rows that stand for several cases last.
      const rank = cases.map((row) =>
        row.by === undefined ? ['needed', 'unknown', 'not-needed'].indexOf(row.answer) : 3,
      );
      expect(rank).toEqual(rank.toSorted((a, b) => a - b));
    }),
    { numRuns: runs(60) },
  );
});

test('a table that is too long to tell has rows that stand for several cases, and none is left out', () => {
  const fields = Array.from({ length: 7 }, (_, i) => `FLD${i}`).map((name) => fieldOf(name, { bits: 8 }));
  /** Needed where an odd number of them is 5; nothing known where three are. */
  const judge = (ask: Ask): Outcome => {
    const count = fields.filter((of) => ask.holds(compare('eq', of, 5n) as Condition)).length;
    const without = count === 3 ? 'open' : count % 2 === 1 ? 'yes' : 'no';
    return {
      ...{ kind: 'unprotected', without, with: 'no', pool: [], framebuffer: null, because: '', rules: [] },
    };
  };
  const context = new DecisionContext();
  const { answer, cases } = fold(explore(judge, [], context, 200), situation([], []), [], context);
  expect(answer).toBe('depends');
  expect(cases.some(({ by }) => by !== undefined)).toBe(true);
  for (const { by, because, answer: of, effective } of cases)
    if (by !== undefined) {
      expect([of, effective]).toEqual(['depends', null]);
      expect(because).toMatch(/ decides? as well$|^these decide further$/);
    }
  expect(isPossible(not(anyOf(cases.map(({ when }) => when))))).toBe(false);
  // Rows that stand for one case exclude those of another answer.
  const plain = cases.filter(({ by }) => by === undefined);
  for (const one of plain)
    for (const other of plain)
      if (one.answer !== other.answer) expect(excludes(one.when, other.when)).toBe(true);
});

test('not-needed needs that all was explored, that nothing is hidden, and one machine', () => {
  const safe = (): Outcome => ({
    ...{ kind: 'outside', without: 'no', with: 'no', pool: [], framebuffer: null, because: '', rules: [] },
  });
  const context = new DecisionContext();
  const exploration = explore(safe, [], context);
  const asked = (about: Situation, gaps: readonly object[] = [], unexplored: Condition = 0n): string =>
    fold({ ...exploration, unexplored }, about, gaps as never, context).answer;
  expect(asked(situation([], []))).toBe('not-needed');
  expect(asked(situation([], []), [{}])).toBe('unknown');
  expect(asked(situation([], []), [], 1n)).toBe('unknown');
  expect(asked(situation([], [], { contradicted: true }))).toBe('unknown');
  const { shown } = fold(exploration, situation([], [], { contradicted: true }), [], context);
  expect(shown.because).toMatch(/^the inputs contradict each other/);
});

test.each([
  ['yes', 'no', undefined, false, true, 'unknown'],
  ['yes', 'no', 'y', false, true, 'none'],
  ['yes', 'no', 'n', false, true, 'boot-failure'],
  ['yes', 'no', 'n', false, false, 'framebuffer-unprotected'],
  ['yes', 'no', 'n', true, true, 'framebuffer-unprotected'],
  ['yes', 'yes', undefined, false, true, 'boot-failure'],
  ['yes', 'yes', 'y', false, true, 'boot-failure'],
  ['yes', 'open', 'y', false, true, 'unknown'],
  ['no', 'no', undefined, false, true, 'none'],
  ['open', 'open', 'n', false, true, 'unknown'],
] as const)(
  'a hazard %s without CONFIG_SYSFB and %s with it, SYSFB=%s, a tree %s, pass-through %s: %s',
  (without, withIt, sysfb, isTree, passThrough, hazard) => {
    const context = new DecisionContext();
    const one = (): Outcome => ({
      ...{ kind: 'unprotected', without, with: withIt, pool: [], framebuffer: null, because: '', rules: [] },
    });
    const about = situation([], [], { ...(sysfb === undefined ? {} : { sysfb }), isTree, passThrough });
    expect(fold(explore(one, [], context), about, [], context).hazard).toBe(hazard);
  },
);
