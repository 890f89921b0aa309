/** Every row of the release timeline. Which release has what is from the sources the rows name, written out by hand. */
import { describe, expect, test } from 'vitest';
import { RELEASE_CHANGES } from '../../src/linux/changes.ts';
import { NEWEST_RELEASE, profileOf, unknownCommits } from '../../src/linux/profile.ts';
import { parseRelease } from '../../src/linux/release.ts';

const at = (release: string, options = {}) => profileOf(parseRelease(release)!, options);

/** commit, releases that have it, releases that have not. */
const ROWS: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['7f163a6fd957', ['4.3', '4.9', '5.10.218'], ['4.2']],
  ['40f26f3168bf', ['4.5', '4.9', '7.3.4'], ['4.4.302']],
  ['23a0683186b7', ['4.7', '4.19.300', '7.3.4'], ['4.4.302', '4.6']],
  ['6d146aefbaa5', ['4.7', '4.9', '7.3.4'], ['4.6']],
  ['78e04bbff849', ['6.1.53', '6.1.170', '6.6', '6.12.94', '7.3.4'], ['5.10.218', '5.10.262', '6.1.52']],
  ['resource-free-message', ['6.1.170', '6.12.94', '7.3.4'], ['5.10.218', '5.10.262']],
  ['d391c5827107', ['5.15.100', '6.1.192'], ['5.10.262', '5.14']],
  ['a4a072d98d8c', ['5.19', '6.1.192', '7.3.4'], ['5.10.262', '5.15.100', '5.18']],
  ['2a8a8afba0c3', ['6.0', '6.1.170', '6.12.94'], ['5.10.218', '5.10.262', '5.15.211', '5.19']],
  ['f0880e2cb7e1', ['5.10.146', '5.10.218', '6.0', '7.3.4'], ['5.10.145', '5.19']],
  ['f83705a51275', ['6.4', '6.6.10', '6.12.94', '7.3.4'], ['6.1.192', '6.3']],
  ['a07b50d80ab6', ['6.7', '6.12.94', '7.3.4'], ['5.10.262', '6.1.192', '6.6.10']],
  ['3d5089c4263d', ['6.1.125', '6.1.192', '6.4', '7.2.13'], ['5.10.262', '6.1.124', '6.3']],
  [
    '7f05e20b989a',
    ['6.1.125', '6.1.192', '6.12.7', '6.12.118', '6.13', '7.2.13'],
    ['5.10.262', '6.1.124', '6.12.6'],
  ],
  ['64ee3cf096ac', ['6.13', '7.2.13', '7.3.4'], ['6.1.192', '6.12.118']],
  ['ranges-cell-counts', ['7.3.4'], ['6.12.117']],
  [
    '73fe9073c0cc',
    ['5.10.236', '6.1.132', '6.12.20', '6.12.94', '6.14', '7.3.4'],
    ['5.10.218', '6.1.131', '6.12.19'],
  ],
  ['drm-sysfb-drivers', ['7.2.13', '7.3.4'], ['6.1.192', '6.12.117']],
  ['96959283a58d', ['6.16', '6.18.30', '7.3.4'], ['6.1.192', '6.12.94', '6.12.117']],
  ['7b89a44b2e8c', ['6.16', '7.3.4'], ['6.16-rc6', '6.12.117']],
  ['94b04355e639', ['6.18', '7.2.13', '7.3.4'], ['6.12.117', '6.17']],
  ['1dc5df133b98', ['6.16', '7.2.13', '7.3.4'], ['6.12.117', '6.15']],
  ['a41e0ab394e4', ['7.0', '7.2.13', '7.3.4'], ['6.12.117', '6.19']],
  ['d33db956c961', ['6.18.30', '7.0.7', '7.1', '7.3.4'], ['6.18.29', '7.0.6', '6.16', '6.12.117']],
  [
    '016a25e4b0df',
    [
      '5.10.260',
      '5.10.262',
      '5.15.211',
      '6.6.144',
      '6.1.177',
      '6.1.192',
      '6.12.95',
      '6.12.117',
      '6.18.37',
      '7.1',
      '7.2.13',
      '7.3.4',
    ],
    ['5.10.218', '6.1.170', '6.1.176', '6.12.94', '6.18.36', '7.1-rc7', '6.6.10', '6.6.143', '5.15.210'],
  ],
  ['0ae084d5a674', ['5.19', '6.1.192', '7.3.4'], ['5.10.262', '5.18', '5.19-rc2']],
  ['07eab0901ede', ['6.2', '6.12.118', '7.3.4'], ['5.10.262', '6.1.192']],
  ['7c3855c423b1', ['5.10.237', '5.10.262', '5.16', '6.1.192', '7.3.4'], ['5.10.218', '5.14']],
  [
    'd277f6e88c88',
    ['5.10.68', '5.10.262', '5.14.7', '5.15', '6.1.192', '7.3.4'],
    ['5.10.67', '5.14.6', '5.13'],
  ],
  ['fede8526cc48', ['6.1.192', '7.3.4'], ['5.10.262']],
  ['5ad20c289cd7', ['6.14', '7.2.13', '7.3.4'], ['6.12.118', '6.13']],
];

describe('the release timeline', () => {
  test('every row is tested, and every tested row is there', () => {
    expect(RELEASE_CHANGES.map(({ commit }) => commit).toSorted()).toEqual(
      ROWS.map(([commit]) => commit).toSorted(),
    );
  });

  for (const [commit, having, lacking] of ROWS) {
    const present = (release: string): boolean =>
      at(release).changes.find(({ change }) => change.commit === commit)!.present;
    test.each(having)(`${commit} is in %s`, (release) => expect(present(release)).toBe(true));
    test.each(lacking)(`${commit} is not in %s`, (release) => expect(present(release)).toBe(false));
  }

  test('a row says something, where from, and changes behaviour', () => {
    for (const { says, source, effect, mainline } of RELEASE_CHANGES) {
      expect(says).not.toBe('');
      expect(source).not.toBe('');
      expect(Object.keys(effect).length).toBeGreaterThan(0);
      if (mainline !== null) expect(parseRelease(mainline)).toBeDefined();
    }
  });

  test('stable releases are of their branch', () => {
    for (const { stable } of RELEASE_CHANGES)
      for (const { branch, since } of stable)
        if (since !== null) expect(since.startsWith(`${branch}.`)).toBe(true);
  });
});

describe('profiles', () => {
  test.each([
    // corpus/vmbus: the names of the vectors' variants.
    [
      '5.10.218',
      {
        biosFramebuffer: 'screen-info',
        sysfbGate: false,
        lowBaseFallback: false,
        reservationSizeIsInt: true,
      },
    ],
    ['5.10.262', { biosFramebuffer: 'screen-info', sysfbGate: false, lowBaseFallback: true }],
    ['6.1.170', { biosFramebuffer: 'pci-bar', sysfbGate: false, lowBaseFallback: false, deviceTree: false }],
    ['6.1.192', { biosFramebuffer: 'pci-bar', sysfbGate: false, lowBaseFallback: true, vtpmCut: 'below' }],
    [
      '6.6.10',
      { biosFramebuffer: 'pci-bar', sysfbGate: false, deviceTree: true, vtpmCut: 'keeps-first-byte' },
    ],
    [
      '6.12.94',
      { sysfbGate: true, lowBaseFallback: false, hypervSelectsSysfb: 'nothing', freeSkipsFramebuffer: true },
    ],
    ['6.12.117', { sysfbGate: true, lowBaseFallback: true, hypervSelectsSysfb: 'nothing' }],
    ['6.16', { sysfbGate: true, hypervSelectsSysfb: 'HYPERV', selectNeedsEfi: true }],
    ['6.18.36', { hypervSelectsSysfb: 'HYPERV_VMBUS', lowBaseFallback: false }],
    ['7.3.4', { hypervSelectsSysfb: 'HYPERV_VMBUS', lowBaseFallback: true, deviceTreeIrqFirst: true }],
  ])('%s', (release, behaviour) => {
    expect(at(release).behaviour).toMatchObject(behaviour);
  });

  test('without a release: the newest known, and said to be presumed', () => {
    const profile = profileOf(undefined);
    expect(profile.presumed).toBe(true);
    expect(profile.behaviour).toEqual(at(NEWEST_RELEASE).behaviour);
    expect(at('6.1.5').presumed).toBe(false);
  });

  test('--with-commit and --without-commit win over the release', () => {
    expect(at('6.12.94', { withCommits: ['016a25e4b0df'] }).behaviour.lowBaseFallback).toBe(true);
    // A full id, and one that is shorter than twelve digits.
    expect(
      at('6.12.94', { withCommits: ['016a25e4b0df00000000000000000000000000aa'] }).behaviour.lowBaseFallback,
    ).toBe(true);
    expect(at('7.3.4', { withoutCommits: ['016a25e'] }).behaviour.lowBaseFallback).toBe(false);
    expect(at('7.3.4', { withoutCommits: ['016a25'] }).behaviour.lowBaseFallback).toBe(true);
    expect(unknownCommits(['016a25e4b0df', 'deadbeef0000'])).toEqual(['deadbeef0000']);
  });

  test('a release between what sources show rests on what is believed', () => {
    const unsure = (release: string): string[] => at(release).unsure.map(({ change }) => change.commit);
    // 7.0.13 was pushed with it; its announcement was not seen.
    expect(unsure('7.0.13')).toContain('016a25e4b0df');
    expect(unsure('7.0.12')).toContain('016a25e4b0df');
    // Without the update nobody can tell.
    expect(unsure('6.12')).toContain('016a25e4b0df');
    // What the sources themselves were read of is sure, apart from nothing.
    for (const release of ['6.12.94', '6.12.117', '7.3.4', '6.1.192']) expect(unsure(release)).toEqual([]);
  });
});

test('what no source confirms of a stable branch is said to be so, and nothing else', () => {
  // DOMAIN 11.3 (5.15 of f0880e2cb7e1), 13.33 (6.6 of 7f05e20b989a), 13.8 (5.15 of 7c3855c423b1), 15.4 (7.0.13); of the
  // others the ChangeLogs that were read are those of 5.10, 6.1 and 6.12.
  const unconfirmed = RELEASE_CHANGES.flatMap(({ commit, stable }) =>
    stable.flatMap(({ branch, confirmed }) => (confirmed ? [] : [`${commit} ${branch}`])),
  );
  expect(unconfirmed.sort()).toEqual([
    '016a25e4b0df 7.0',
    '73fe9073c0cc 5.15',
    '73fe9073c0cc 6.6',
    '7c3855c423b1 5.15',
    '7f05e20b989a 6.6',
    'f0880e2cb7e1 5.15',
  ]);
});
