import { describe, expect, test } from 'vitest';
import { compareReleases, formatRelease, parseRelease } from '../../src/linux/release.ts';

describe('kernel release strings', () => {
  test.each([
    ['6.12.30-1-amd64', 6, 12, 30, undefined],
    ['6.6.10-hcl', 6, 6, 10, undefined],
    ['7.1-rc3', 7, 1, undefined, 3],
    ['7.1.0-rc3', 7, 1, 0, 3],
    // Fedora's.
    ['7.1.0-0.rc3.29.fc45.x86_64', 7, 1, 0, 3],
    ['v6.16', 6, 16, undefined, undefined],
    ['5.10.218+', 5, 10, 218, undefined],
    ['6.12.107+deb13-riscv64', 6, 12, 107, undefined],
    // Distributions' names: some 6.1.N, 6.8.N.
    ['6.1.0-56-amd64', 6, 1, undefined, undefined],
    ['6.8.0-1010-azure', 6, 8, undefined, undefined],
  ])('%s', (text, major, minor, patch, candidate) => {
    expect(parseRelease(text)).toMatchObject({ major, minor, patch, candidate });
  });

  test.each(['', 'linux', '6', 'x6.1', '6.1.2.3.4 5'])('%j is none', (text) => {
    expect(parseRelease(text)).toBeUndefined();
  });

  test('a candidate comes before its release, a stable update after it', () => {
    const texts = ['6.0-rc5', '6.0-rc6', '6.0', '6.0.1', '6.1.177', '7.1-rc8', '7.1', '7.1.2'];
    const releases = texts.map((text) => parseRelease(text)!);
    const sorted = releases.toReversed().sort(compareReleases);
    expect(sorted.map(formatRelease)).toEqual(texts);
  });
});
