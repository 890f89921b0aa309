/** Kernel release strings: `6.12.30-1-amd64`, `6.6.10-hcl`, `7.1-rc3`, `5.10.218+`. */

export interface KernelRelease {
  readonly major: number;
  readonly minor: number;
  /** The stable update, 0 for a mainline release; undefined when the string leaves it out (`6.12`). */
  readonly patch: number | undefined;
  /** `-rcN`. */
  readonly candidate: number | undefined;
  /** What follows the numbers: `-1-amd64`, `-hcl`. */
  readonly suffix: string;
  /** As it was given. */
  readonly text: string;
}

/**
 * Reads a release; a leading `v` is allowed. Undefined when the text does not start like one. A distribution's
 * `6.1.0-56-amd64` names a branch, not its first release: its update is not known.
 */
export function parseRelease(text: string): KernelRelease | undefined {
  const match = /^v?(\d{1,3})\.(\d{1,3})(?:\.(\d{1,4}))?(?:-rc(\d{1,3}))?([^\s]*)$/.exec(text.trim());
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

/** `6.12.30` or `7.1-rc3`, without the distribution's suffix. */
export function formatRelease(release: KernelRelease): string {
  const patch = release.patch === undefined ? '' : `.${release.patch}`;
  const candidate = release.candidate === undefined ? '' : `-rc${release.candidate}`;
  return `${release.major}.${release.minor}${patch}${candidate}`;
}

/** The stable branch a release belongs to: `6.12`. */
export function branchOf(release: KernelRelease): string {
  return `${release.major}.${release.minor}`;
}

/** Negative when `a` is the older. A release candidate comes before its release; an unsaid update counts as 0. */
export function compareReleases(a: KernelRelease, b: KernelRelease): number {
  return (
    a.major - b.major ||
    a.minor - b.minor ||
    (a.patch ?? 0) - (b.patch ?? 0) ||
    (a.candidate ?? Number.POSITIVE_INFINITY) - (b.candidate ?? Number.POSITIVE_INFINITY) ||
    0
  );
}
