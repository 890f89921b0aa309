/** Parses and compares kernel releases: `6.12.30-1-amd64`, `6.6.10-hcl`, `7.1-rc3`, `5.10.218+`. */

export interface KernelRelease {
  readonly major: number;
  readonly minor: number;
  /** The stable update; `undefined` if the string has none (`6.12`). */
  readonly patch: number | undefined;
  /** `-rcN`. */
  readonly candidate: number | undefined;
  /** The rest after the numbers: `-1-amd64`, `-hcl`. */
  readonly suffix: string;
  /** As it was given. */
  readonly text: string;
}

/**
 * Parses a release, with an optional leading `v`; `undefined` if the text is none. A distribution's `6.1.0-56-amd64` is a
 * branch with an unknown update, Fedora's `7.1.0-0.rc3.29.fc45` a candidate.
 */
export function parseRelease(text: string): KernelRelease | undefined {
  const match = /^v?(\d{1,3})\.(\d{1,3})(?:\.(\d{1,4}))?(?:-(?:0\.)?rc(\d{1,3}))?([^\s]*)$/.exec(text.trim());
  if (match === null) return undefined;
  const number = (digits: string | undefined): number | undefined =>
    digits === undefined ? undefined : Number.parseInt(digits, 10);
  return {
    major: number(match[1])!,
    minor: number(match[2])!,
    patch: match[3] === '0' && /^-\d/.test(match[5]!) ? undefined : number(match[3]),
    candidate: number(match[4]),
    suffix: match[5]!,
    text: text.trim(),
  };
}

/** `6.12.30` or `7.1-rc3`, without the suffix. */
export function formatRelease(release: KernelRelease): string {
  const patch = release.patch === undefined ? '' : `.${release.patch}`;
  const candidate = release.candidate === undefined ? '' : `-rc${release.candidate}`;
  return `${release.major}.${release.minor}${patch}${candidate}`;
}

/** The stable branch of a release: `6.12`. */
export function branchOf(release: KernelRelease): string {
  return `${release.major}.${release.minor}`;
}

/** Negative if `a` is older. A release candidate is older than its release; a missing update counts as 0. */
export function compareReleases(a: KernelRelease, b: KernelRelease): number {
  return (
    a.major - b.major ||
    a.minor - b.minor ||
    (a.patch ?? 0) - (b.patch ?? 0) ||
    (a.candidate ?? Number.POSITIVE_INFINITY) - (b.candidate ?? Number.POSITIVE_INFINITY) ||
    0
  );
}
