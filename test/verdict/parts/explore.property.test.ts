/**
 * Worlds against every content of small fields: each content that the constraints leave is in one world, and what was
 * judged there is what a judgement comes to that knows the content.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Condition,
  compare,
  fieldValue,
  not,
  type Quantity,
  sameQuantity,
} from '../../../src/symbolic/index.ts';
import { explore, undefeated } from '../../../src/verdict/explore.ts';
import { eachRelease, stretches } from '../../../src/verdict/facts/releases.ts';
import type { Ask, Constraint } from '../../../src/verdict/question.ts';
import { runs } from '../../runs.ts';
import {
  anyCondition,
  BOTH,
  type Content,
  contents,
  ELSE,
  meaningOf,
  RELEASE,
  SETTING,
} from '../../symbolic/small-world.ts';

/** What is asked one after the other; the answers, and what a choice is, make up the outcome. */
type Questions = readonly (Condition | 'setting' | 'release')[];

/** The first questions as a part that is made once, the next with it as another part, and the rest in each world. */
function judgeInParts(questions: Questions, first: number, next: number): (ask: Ask) => string {
  return (ask) => {
    const { begin, more } = ask.once('outer', () => ({
      begin: ask.once('inner', () => judgeBy(questions.slice(0, first))(ask)),
      more: judgeBy(questions.slice(first, first + next))(ask),
    }));
    const rest = judgeBy(questions.slice(first + next))(ask);
    return [begin, more, rest].join(' ').trim();
  };
}

function judgeBy(questions: Questions): (ask: Ask) => string {
  return (ask) => {
    const answers: string[] = [];
    for (const question of questions) {
      if (question === 'setting') answers.push(ask.value(SETTING));
      else if (question === 'release') answers.push(ask.value(RELEASE));
      else if (ask.holds(question)) answers.push('y');
      // After two refusals nothing more is asked.
      else if (answers.at(-1) === 'n') return answers.join(' ');
      else answers.push('n');
    }
    return answers.join(' ');
  };
}

const holdsIn = (condition: Quantity, content: Content): boolean => meaningOf(condition)(content) !== 0;
const knowing = (content: Content): Ask => ({
  holds: (condition) => holdsIn(condition, content),
  value: ({ id, values }) => values[id === 'release' ? content.release : content.setting]!,
  once: (_name, make) => make(),
});

const constraint = (id: string, kind: Constraint['kind'], condition: Quantity): Constraint => ({
  ...{ id, kind, condition: condition as Condition, text: id, source: 'test' },
});
const questions = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: anyCondition.map((condition) => condition as Condition) },
    { weight: 1, arbitrary: fc.constantFrom('setting' as const, 'release' as const) },
  ),
  { minLength: 1, maxLength: 5 },
);
const limits = fc.record({ fact: anyCondition, authority: anyCondition });
const some = contents().filter((_, i) => i % 17 === 0);

describe('worlds', () => {
  test('cover what the constraints leave, each content once and with its own outcome', () => {
    fc.assert(
      fc.property(questions, limits, (asked, { fact, authority }) => {
        const judge = judgeBy(asked);
        const constraints = [constraint('a', 'fact', fact), constraint('b', 'authority', authority)];
        const { worlds, unexplored, used, reached } = explore(judge, constraints, undefined, 200);
        expect([unexplored, reached]).toEqual([0n, undefined]);
        const [isSo, isAllowed] = [meaningOf(fact), meaningOf(authority)];
        const left = contents().filter((each) => isSo(each) !== 0 && isAllowed(each) !== 0);
        if (left.length === 0) {
          expect(worlds.length).toBeGreaterThan(0);
          return;
        }
        const meanings = worlds.map(({ when }) => meaningOf(when));
        for (const content of left.filter((_, i) => i % 7 === 0)) {
          const mine = worlds.filter((_, i) => meanings[i]!(content) !== 0);
          expect(mine.map(({ outcome }) => outcome)).toEqual([judge(knowing(content))]);
          expect(mine[0]!.decisions.every((decision) => holdsIn(decision, content))).toBe(true);
        }
        for (const meaning of meanings) expect(left.some((content) => meaning(content) !== 0)).toBe(true);
        // An authority that was not used makes no difference.
        const without = explore(judge, constraints.slice(0, 1), undefined, 200).worlds;
        if (used.size === 0)
          expect(without.map(({ outcome }) => outcome)).toEqual(worlds.map(({ outcome }) => outcome));
        else expect(without.length).toBeGreaterThan(worlds.length);
      }),
      { numRuns: runs(100) },
    );
  });

  test('are the same where parts of the judgement are made once', () => {
    fc.assert(
      fc.property(
        questions,
        fc.nat(3),
        fc.nat(3),
        fc.integer({ min: 1, max: 20 }),
        limits,
        (asked, first, next, most, { fact, authority }) => {
          const constraints = [constraint('a', 'fact', fact), constraint('b', 'authority', authority)];
          // The same questions in the same order, with nothing kept.
          const judge = judgeInParts(asked, first, next);
          const plainly = (ask: Ask): string =>
            judge({
              holds: (condition) => ask.holds(condition),
              value: (choice) => ask.value(choice),
              once: (_name, make) => make(),
            });
          const kept = explore(judge, constraints, undefined, most);
          const made = explore(plainly, constraints, undefined, most);
          expect(kept.worlds.map(({ outcome }) => outcome)).toEqual(
            made.worlds.map(({ outcome }) => outcome),
          );
          for (const [i, { decisions }] of kept.worlds.entries()) {
            const others = made.worlds[i]!.decisions;
            expect(decisions.length).toBe(others.length);
            expect(decisions.every((each, k) => sameQuantity(each, others[k]!))).toBe(true);
          }
          expect([kept.reached, kept.used]).toEqual([made.reached, made.used]);
          const [open, other] = [kept.unexplored, made.unexplored].map(meaningOf);
          for (const content of some) expect(open!(content)).toBe(other!(content));
        },
      ),
      { numRuns: runs(100) },
    );
  });

  test('that are not looked at are reported', () => {
    fc.assert(
      fc.property(questions, fc.integer({ min: 0, max: 3 }), (asked, most) => {
        const judge = judgeBy(asked);
        const all = explore(judge, [], undefined, 200).worlds;
        const { worlds, unexplored, reached } = explore(judge, [], undefined, most);
        // One is looked at in any case.
        expect(worlds.map(({ outcome }) => outcome)).toEqual(
          all.slice(0, Math.max(1, most)).map(({ outcome }) => outcome),
        );
        expect(reached).toBe(all.length > Math.max(1, most) ? 'worlds' : undefined);
        const [open, ...seen] = [unexplored, ...worlds.map(({ when }) => when)].map(meaningOf);
        for (const content of some)
          expect(open!(content) !== 0).toBe(!seen.some((meaning) => meaning(content) !== 0));
      }),
      { numRuns: runs(100) },
    );
  });

  test('the same question twice gets the same answer, and a judgement that fails does so', () => {
    const is = compare('lt', fieldValue(BOTH), 9n) as Condition;
    const { worlds } = explore((ask) => [ask.holds(is), ask.holds(is), ask.holds(not(is) as Condition)], []);
    expect(worlds.map(({ outcome }) => outcome)).toEqual([
      [true, true, false],
      [false, false, true],
    ]);
    expect(explore((ask) => [ask.holds(1n), ask.holds(0n)], []).worlds[0]!.outcome).toEqual([true, false]);
    expect(() =>
      explore(() => {
        throw new TypeError('a bug');
      }, []),
    ).toThrow(new TypeError('a bug'));
    expect(() => explore((ask) => ask.value({ id: 'none', values: [], ordered: false }), [])).toThrow(
      RangeError,
    );
  });

  test('authorities are named that made a difference, and no others', () => {
    const [small, other] = [
      compare('lt', fieldValue(BOTH), 9n),
      compare('eq', fieldValue(ELSE), 1n),
    ] as const;
    const constraints = [constraint('small', 'authority', small), constraint('other', 'authority', other)];
    const asked = (condition: Quantity): string[] => [
      ...explore((ask) => ask.holds(condition as Condition), constraints).used,
    ];
    expect(asked(compare('lt', fieldValue(BOTH), 20n))).toEqual(['small']);
    expect(asked(other)).toEqual(['other']);
    expect(asked(compare('lt', fieldValue(BOTH), 3n))).toEqual([]);
    expect(asked(1n)).toEqual([]);
  });
});

describe('premises and authorities that facts defeat', () => {
  const [is, isNot] = [compare('eq', fieldValue(BOTH), 1n), compare('eq', fieldValue(BOTH), 2n)] as const;
  const kept = (...constraints: Constraint[]): string[] => undefeated(constraints).map(({ id }) => id);
  test.each<[string, readonly Constraint[], readonly string[]]>([
    ['agree', [constraint('fact', 'fact', is), constraint('premise', 'premise', is)], ['fact', 'premise']],
    [
      'a premise is defeated',
      [constraint('fact', 'fact', is), constraint('premise', 'premise', isNot)],
      ['fact'],
    ],
    [
      'an authority is defeated',
      [constraint('authority', 'authority', isNot), constraint('fact', 'fact', is)],
      ['fact'],
    ],
    [
      'a premise comes before an authority',
      [constraint('authority', 'authority', isNot), constraint('premise', 'premise', is)],
      ['premise'],
    ],
    [
      'of two premises the first',
      [constraint('one', 'premise', is), constraint('two', 'premise', isNot)],
      ['one'],
    ],
    [
      'facts stay, whatever they say',
      [constraint('one', 'fact', is), constraint('two', 'fact', isNot)],
      ['one', 'two'],
    ],
  ])('%s', (_, constraints, ids) => {
    expect(kept(...constraints)).toEqual(ids);
  });
});

describe('stretches of releases', () => {
  const cells = eachRelease(() => 'old');
  const labels: string[] = [];
  eachRelease((release) => labels.push(String(release)));
  const rows = (list: readonly (string | undefined)[]): (readonly [string, string])[] =>
    stretches(list, (a, b) => a === b).map(({ releases, cell }) => [releases, cell]);

  test('what is the same is one row', () => {
    expect(rows(cells)).toEqual([[expect.stringMatching(/^4\.0 and newer$/), 'old']]);
    const changed = cells.map((_, i) => (i < 2 ? 'old' : 'new'));
    const [first, second, ...more] = rows(changed);
    expect([first![1], second![1], more]).toEqual(['old', 'new', []]);
    expect(first![0]).toMatch(/^4\.0 - before /);
    expect(second![0]).toMatch(/ and newer$/);
    expect(first![0].split('before ')[1]).toBe(second![0].split(' and newer')[0]);
  });

  test('where there is nothing there is no row, and it parts what is the same', () => {
    const parted = cells.map((cell, i) => (i === 3 || i === 4 ? undefined : cell));
    expect(rows(parted).map(([, cell]) => cell)).toEqual(['old', 'old']);
    expect(rows(cells.map(() => undefined))).toEqual([]);
    expect(rows([])).toEqual([]);
  });
});
