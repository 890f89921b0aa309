/** The checks of `npm run conformance -- conditions`, on conditions of our own: what is right passes, each fault is found. */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  questionsAbout,
  questionsAboutExclusion,
} from '../../scripts/conformance/acpi/conditions/printed.ts';
import { ask, type Question, Smt } from '../../scripts/conformance/acpi/conditions/smt.ts';
import {
  type Condition,
  type Cover,
  chosenFrom,
  compare,
  fieldValue,
  gather,
  type Literal,
  not,
  printedCover,
} from '../../src/symbolic/index.ts';
import { runs } from '../runs.ts';
import { anyCondition, BOTH, ELSE, LOWA, RELEASE } from './small-world.ts';

const installed = spawnSync('z3', ['--version']).error === undefined;

/** What z3 finds wrong, by what was asked. */
function wrongIn(smt: Smt, questions: readonly Question[]): string[] {
  return ask(smt, questions).flatMap((answer, i) =>
    answer === questions[i]!.wanted ? [] : [questions[i]!.about],
  );
}

function wrongAbout(condition: Condition, cover: Cover): string[] {
  const smt = new Smt();
  return wrongIn(smt, questionsAbout(smt, 'c', condition, cover));
}

describe.skipIf(!installed)('z3 (not installed: skipped)', () => {
  const [low, both, elsewhere] = [LOWA, BOTH, ELSE].map(fieldValue);
  const condition = gather('any', [
    gather('all', [compare('eq', low!, 3n), chosenFrom(RELEASE, '6.7')]),
    not(compare('eq', elsewhere!, 0n)),
  ]) as Condition;
  const cover = printedCover(condition);
  const [first, ...rest] = cover.alternatives;
  const literal = first![0]!;
  const useless: Literal = { left: both!, op: '>=', right: 0n };

  test('agrees with what is printed, whatever the condition', () => {
    const smt = new Smt();
    const conditions = fc.sample(anyCondition, { numRuns: runs(150), seed: 4 }) as Condition[];
    const questions = conditions.flatMap((each, i) =>
      questionsAbout(smt, `condition ${i}`, each, printedCover(each)),
    );
    expect(wrongIn(smt, questions)).toEqual([]);
  });

  test.each<[string, Cover['alternatives']]>([
    ['c: what is printed is the condition', [first!.slice(1), ...rest]],
    [
      'c: alternative 2 is possible',
      [
        ...cover.alternatives,
        [
          { ...literal, op: '<' },
          { ...literal, op: '>' },
        ],
      ],
    ],
    ['c: alternative 2 is needed', [...cover.alternatives, first!]],
    ['c: comparison 2 of alternative 0 is needed', [[...first!, useless], ...rest]],
  ])('%s: a fault is found', (about, alternatives) => {
    expect(wrongAbout(condition, cover)).toEqual([]);
    expect(wrongAbout(condition, { alternatives, complete: true })).toContain(about);
  });

  test('what is redundant inside of brackets is found', () => {
    const either = (a: bigint, b: bigint): Condition =>
      gather('any', [compare('eq', low!, a), compare('eq', elsewhere!, b)]) as Condition;
    const bracketed = (ways: Condition): Literal => ({ left: ways, op: '!=', right: 0n }) as Literal;
    const [one, other] = [either(1n, 2n), compare('le', 8n, both!) as Condition];
    const parts = one as Extract<Condition, { readonly kind: string }>;
    if (parts.kind !== 'any') throw new Error('no disjunction');
    const twice = { ...parts, of: [...parts.of, parts.of[0]!] } as Condition;
    const all = gather('all', [one, other]) as Condition;
    const rest: Literal = { left: both!, op: '>=', right: 8n };
    expect(wrongAbout(all, { alternatives: [[bracketed(one), rest]], complete: true })).toEqual([]);
    expect(wrongAbout(all, { alternatives: [[bracketed(twice), rest]], complete: true })).toEqual([
      'c: part 0 inside of comparison 0 of alternative 0 is needed',
      'c: part 2 inside of comparison 0 of alternative 0 is needed',
    ]);
  });

  test('conditions that hold together don’t exclude each other', () => {
    const smt = new Smt();
    const opposites = [condition, not(condition) as Condition];
    expect(wrongIn(smt, questionsAboutExclusion(smt, 'these', opposites))).toEqual([]);
    expect(wrongIn(smt, questionsAboutExclusion(smt, 'these', [...opposites, 1n]))).toEqual([
      'these: 0 and 2 exclude each other',
      'these: 1 and 2 exclude each other',
    ]);
  });
});
