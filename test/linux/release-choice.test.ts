/** The release as a variable holds at every release what the profile of that release says. */
import { describe, expect, test } from 'vitest';
import { BASE_BEHAVIOUR, type Behaviour } from '../../src/linux/behaviour.ts';
import { RELEASE_CHANGES } from '../../src/linux/changes.ts';
import { profileOf } from '../../src/linux/profile.ts';
import { parseRelease } from '../../src/linux/release.ts';
import { RELEASE, ReleaseModel, releaseIs } from '../../src/linux/release-choice.ts';
import { choicesOf, chosen, gather, implies, isPossible, not } from '../../src/symbolic/index.ts';

/** Releases around every row of the table. */
const NEAR: readonly string[] = [
  ...new Set(
    RELEASE_CHANGES.flatMap(({ mainline, stable }) => [
      ...(mainline === null ? [] : [mainline, `${mainline.replace(/-rc\d+$/, '')}.3`]),
      ...stable.flatMap(({ branch, since }) => [`${branch}.1`, ...(since === null ? [] : [since])]),
    ]),
  ),
];

describe('the release as a variable', () => {
  test('its values ascend and stand once', () => {
    expect(new Set(RELEASE.values).size).toBe(RELEASE.values.length);
    expect(RELEASE.values).toContain('6.6.144');
  });

  test.each(NEAR)('%s behaves as its profile says', (text) => {
    const release = parseRelease(text)!;
    const { behaviour, changes } = profileOf(release);
    const model = new ReleaseModel();
    const open = changes.flatMap(({ change, unsure }) =>
      unsure === undefined ? [] : Object.keys(change.effect),
    );
    for (const key of Object.keys(BASE_BEHAVIOUR) as (keyof Behaviour)[]) {
      const condition = model.is(key, behaviour[key]);
      if (!open.includes(key)) expect([key, implies(releaseIs(release), condition)]).toEqual([key, true]);
      // Not sure: it is possible at least.
      else expect(isPossible(gather('all', [releaseIs(release), condition]))).toBe(true);
    }
  });

  test('a branch without its update may be any of its stretches', () => {
    const model = new ReleaseModel();
    const fallback = model.is('lowBaseFallback', true);
    const branch = releaseIs(parseRelease('6.12')!);
    expect(isPossible(gather('all', [branch, fallback]))).toBe(true);
    expect(isPossible(gather('all', [branch, not(fallback)]))).toBe(true);
    expect(implies(branch, model.is('sysfbGate', true))).toBe(true);
  });

  test('a branch is all of its stretches, and none of a later one', () => {
    const branchOf = (label: string): string => /^\d+\.\d+/.exec(label)![0];
    const labels = RELEASE.values.filter((label) => !label.includes('-rc'));
    for (const [i, branch] of labels.map(branchOf).entries()) {
      const of = releaseIs(parseRelease(branch)!);
      const possible = labels
        .slice(i)
        .filter((label) => isPossible(gather('all', [of, chosen(RELEASE, label)])));
      expect(possible).toEqual(labels.slice(i).filter((label) => branchOf(label) === branch));
    }
  });

  test("a vendor's kernel may have what is newer", () => {
    const gate = new ReleaseModel({ vendor: true }).is('sysfbGate', true);
    expect(choicesOf(gate).map(({ id }) => id)).toContain('has a07b50d80ab6');
    expect(isPossible(gather('all', [releaseIs(parseRelease('5.14.0')!), gate]))).toBe(true);
  });
});
