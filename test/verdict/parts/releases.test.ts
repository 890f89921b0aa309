/** What is known of the kernel's release, from made facts, and tables by release. */
import { describe, expect, test } from 'vitest';
import type { MachineFacts, ReleaseFact, Strength } from '../../../src/evidence/facts.ts';
import { NEWEST_RELEASE } from '../../../src/linux/profile.ts';
import { parseRelease } from '../../../src/linux/release.ts';
import { RELEASE, releaseIs } from '../../../src/linux/release-choice.ts';
import { type Condition, DecisionContext } from '../../../src/symbolic/index.ts';
import { releaseFacts } from '../../../src/verdict/facts/release.ts';
import { eachRelease, stretches } from '../../../src/verdict/facts/releases.ts';
import type { GivenFacts } from '../../../src/verdict/given.ts';
import type { Assumption, Constraint, Default, RuleFinding } from '../../../src/verdict/question.ts';
import { observedFact, read } from '../../evidence/artifacts.ts';

const none = read().evidence;
const is = (text: string): Condition => releaseIs(parseRelease(text)!);
const GATE = 'a07b50d80ab6';

function asked(
  given: GivenFacts,
  ...releases: readonly (string | ReleaseFact | [string | ReleaseFact, Strength])[]
) {
  const [constraints, defaults, assumptions, rules]: [Constraint[], Default[], Assumption[], RuleFinding[]] =
    [[], [], [], []];
  const facts: MachineFacts = {
    ...none,
    releases: releases.map((each) => {
      const [value, strength] = Array.isArray(each) ? [each[0], each[1]] : [each, 'observed' as const];
      return { ...observedFact(typeof value === 'string' ? { release: value } : value), strength };
    }),
  };
  const { kernel, model } = releaseFacts(given, facts, constraints, defaults, assumptions, rules);
  const context = new DecisionContext();
  const known = constraints.map(({ condition }) => condition);
  return {
    kernel: [kernel.name, kernel.release, kernel.presumed],
    /** Which of these releases it may be. */
    may: ['5.4', '5.10.100', '6.1.50', '6.1.60', '6.6.20', '6.7.1', '7.3.4'].filter(
      (text) => context.possible([...known, is(text)]) !== false,
    ),
    model,
    rules,
    ids: rules.map(({ id }) => id),
    told: [constraints.length, defaults.length, assumptions.length],
    /** Whether the gate is there: `yes`, `no`, or `open`. */
    gate: (release: string): string => {
      const yes = model.is('sysfbGate', true);
      const given = [...known, is(release)];
      if (context.possible([...given, yes]) === false) return 'no';
      return context.possible([...given, model.is('sysfbGate', false)]) === false ? 'yes' : 'open';
    },
  };
}

describe('the release', () => {
  test('of which nothing is known: 5.10 or newer, and the newest where one has to be taken', () => {
    const { kernel, may, told } = asked({});
    expect(kernel).toEqual(['Linux', null, true]);
    expect(may).toEqual(['5.10.100', '6.1.50', '6.1.60', '6.6.20', '6.7.1', '7.3.4']);
    expect(told).toEqual([1, 1, 0]);
    expect(asked({}, 'nonsense').kernel).toEqual(['Linux', null, true]);
  });

  test('by option, whatever the inputs say', () => {
    const { kernel, may, told, ids } = asked({ release: '6.6.20' }, '6.1.50');
    expect(kernel).toEqual(['Linux 6.6.20', '6.6.20', false]);
    expect(may).toEqual(['6.6.20']);
    expect([told, ids]).toEqual([[1, 0, 0], []]);
    expect(asked({ release: '5.4' }).may).toEqual(['5.4']);
  });

  test('by the inputs, the strongest of them', () => {
    const { kernel, may, told, ids } = asked({}, '6.6.20', ['6.1.50', 'inferred']);
    expect(kernel).toEqual(['Linux 6.6.20', '6.6.20', false]);
    expect([may, told, ids]).toEqual([['6.6.20'], [1, 0, 0], []]);
    expect(asked({}, { release: '6.1.0-9-amd64', upstream: '6.1.50' }).kernel[0]).toBe('Linux 6.1.50');
  });

  test('the log of one kernel and the configuration of another: it may be either', () => {
    const { kernel, may, ids } = asked({}, '6.6.20', ['6.7.1', 'configured']);
    expect([kernel[1], may, ids]).toEqual(['6.6.20', ['6.6.20', '6.7.1'], ['evidence-contradicts']]);
    // The configuration of the same kernel names it more or less exactly.
    expect(asked({}, '6.6.20-custom', ['6.6.20', 'configured']).ids).toEqual([]);
    // One that names its vendor tells it of the other.
    const vendor = { mark: 'CONFIG_SUSE_KERNEL=y', name: 'SUSE' };
    const told = asked({}, '6.6.20', [{ release: '6.6.20', vendor }, 'configured']);
    expect([told.ids, told.gate('6.6.20')]).toEqual([['vendor-kernel'], 'open']);
    const same = asked({}, '6.6', ['6.6.20', 'configured']);
    expect([same.ids, same.kernel[1]]).toEqual([[], '6.6']);
  });

  test('the branch alone may be any of it, unless another line says which', () => {
    expect(asked({}, '6.1').may).toEqual(['6.1.50', '6.1.60']);
    const both = asked({}, '6.1', '6.1.60');
    expect([both.may, both.ids, both.kernel[0]]).toEqual([['6.1.60'], [], 'Linux 6.1.60']);
    expect(asked({}, '6.1.60', '6.1').may).toEqual(['6.1.60']);
    // Another branch narrows nothing.
    expect(asked({}, '6.1', '6.6.20').may).toEqual(['6.1.50', '6.1.60', '6.6.20']);
  });

  test('several that contradict each other leave all of them', () => {
    const { may, ids, rules } = asked({}, '6.1.50', '6.6.20', '6.1.50');
    expect([may, ids]).toEqual([['6.1.50', '6.6.20'], ['evidence-contradicts']]);
    expect(rules[0]!.says).toBe('The inputs name several releases: 6.1.50 or 6.6.20.');
    expect(rules[0]!.evidence).toHaveLength(3);
  });

  test('newer than any that was read is assumed to be like the newest', () => {
    const newest = parseRelease(NEWEST_RELEASE)!;
    const next = `${newest.major}.${newest.minor}.${(newest.patch ?? 0) + 1}`;
    expect(asked({ release: NEWEST_RELEASE }).told[2]).toBe(0);
    expect(asked({ release: next }).told[2]).toBe(1);
    expect(asked({}, next).told[2]).toBe(1);
    expect(asked({}, NEWEST_RELEASE).told[2]).toBe(0);
  });

  test("a vendor's kernel: what was backported is open", () => {
    const vendor = { mark: '.el9', name: 'Red Hat' };
    const { ids, gate, rules } = asked({}, { release: '6.1.50-1.el9', upstream: '6.1.50', vendor });
    expect(ids).toEqual(['vendor-kernel']);
    expect(rules[0]!.says).toContain('Red Hat (.el9)');
    expect([gate('6.1.50'), asked({}, '6.1.50').gate('6.1.50')]).toEqual(['open', 'no']);
    const given = asked({ release: '5.14.0-570.el9' });
    expect([given.ids, given.gate('5.14')]).toEqual([['vendor-kernel'], 'open']);
    // A row that the release has is in a vendor's kernel, too.
    expect(asked({}, { release: '6.7.1-1.el9', upstream: '6.7.1', vendor }).gate('6.7.1')).toBe('yes');
  });
});

describe('changes that are reported', () => {
  test('by option', () => {
    expect(asked({ release: '6.6.20' }).gate('6.6.20')).toBe('no');
    expect(asked({ release: '6.6.20', withCommits: [GATE] }).gate('6.6.20')).toBe('yes');
    expect(asked({ release: '6.7.1' }).gate('6.7.1')).toBe('yes');
    expect(asked({ release: '6.7.1', withoutCommits: [GATE] }).gate('6.7.1')).toBe('no');
  });

  const shown = (present: boolean, given: GivenFacts) => {
    const rules: RuleFinding[] = [];
    const facts = { ...none, codeStrings: [observedFact({ string: 'sysfb_primary_display', present })] };
    releaseFacts(given, facts, [], [], [], rules);
    return rules.map(({ id, says, evidence }) => [id, says, evidence.length]);
  };

  test('by the code of the kernel', () => {
    expect(shown(true, {})).toEqual([
      ['kernel-code-shows', "The kernel's code shows that it has a41e0ab394e4.", 1],
    ]);
    expect(shown(false, {})).toEqual([
      ['kernel-code-shows', "The kernel's code shows that it lacks a41e0ab394e4.", 1],
    ]);
    const { rules } = asked({});
    expect(rules).toEqual([]);
  });
});

describe('rows by release', () => {
  const values = RELEASE.values;
  const rows = (cells: readonly (string | undefined)[]) => stretches(cells, (a, b) => a === b);

  test('a cell for each, in their order', () => {
    const conditions = eachRelease((release) => release);
    expect(conditions).toHaveLength(values.length);
    expect(new Set(conditions).size).toBe(values.length);
  });

  test('neighbours that are alike are one', () => {
    const all = values.map(() => 'x');
    expect(rows(all)).toEqual([{ releases: `${values[0]} and newer`, cell: 'x' }]);
    const last = all.with(-1, 'y');
    expect(rows(last)).toEqual([
      { releases: `${values[0]} - before ${values.at(-1)}`, cell: 'x' },
      { releases: `${values.at(-1)} and newer`, cell: 'y' },
    ]);
    expect(rows([])).toEqual([]);
  });

  test('where there is no cell there is no row, and what is alike behind it is one of its own', () => {
    const cells: (string | undefined)[] = values.map(() => 'x');
    [cells[1], cells[2]] = [undefined, undefined];
    expect(rows(cells)).toEqual([
      { releases: `${values[0]} - before ${values[1]}`, cell: 'x' },
      { releases: `${values[3]} and newer`, cell: 'x' },
    ]);
    expect(rows(values.map(() => undefined))).toEqual([]);
  });

  test('a stretch of one stable branch ends with it', () => {
    const at = values.findIndex(
      (value, i) => /\.\d+\./.test(value) && !/\.\d+\./.test(values[i + 1] ?? '1.2.3'),
    );
    const cells = values.map((_, i) => (i === at ? 'y' : 'x'));
    expect(rows(cells)[1]).toEqual({ releases: `${values[at]} up to ${values[at + 1]}`, cell: 'y' });
    const two = values.map((_, i) => (i === at || i === at + 1 ? 'y' : 'x'));
    expect(rows(two)[1]).toEqual({ releases: `${values[at]} - before ${values[at + 2]}`, cell: 'y' });
  });
});
