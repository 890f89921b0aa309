/**
 * The kernel's release as a variable with one value for each range of releases with the same behaviour, in order. A
 * backport starts a range (`6.6.144`) that ends at the next mainline release.
 */
import {
  anyOf,
  type ChoiceVariable,
  type Condition,
  chosen,
  chosenFrom,
  gather,
  not,
} from '../symbolic/index.ts';
import { BASE_BEHAVIOUR, type Behaviour } from './behaviour.ts';
import { RELEASE_CHANGES, type ReleaseChange } from './changes.ts';
import { type AppliedChange, appliedTo, type ProfileOptions } from './profile.ts';
import { compareReleases, type KernelRelease, parseRelease } from './release.ts';

/** The oldest release that is considered if none is given. */
export const OLDEST_RELEASE = '5.10';

/** Older than any change of the table. */
const FIRST = '4.0';

/**
 * Further first releases of ranges: changes of `_OSI` interfaces (drivers/acpi/acpica/utosi.c and drivers/acpi/osi.c).
 */
const OTHER_POINTS: readonly string[] = [OLDEST_RELEASE, '5.16', '5.19', '6.1', '6.12', '6.16'];

interface Point {
  /** For reports: without the release candidate if there is no later change in that release. */
  readonly label: string;
  /** The first release of the range. */
  readonly release: KernelRelease;
  /** A release with the profile of the range: some rows of the table have a final release, not a candidate. */
  readonly typical: KernelRelease;
}

const POINTS: readonly Point[] = pointsOf();

function pointsOf(): Point[] {
  const mainlines = new Set([FIRST, ...OTHER_POINTS]);
  const branches = new Set<string>();
  const texts = new Set<string>();
  for (const { mainline, stable } of RELEASE_CHANGES) {
    if (mainline !== null) mainlines.add(mainline);
    for (const { branch, since } of stable) {
      branches.add(branch);
      if (since !== null) texts.add(since);
    }
  }
  for (const branch of branches) mainlines.add(branch).add(nextBranch(branch));
  for (const mainline of mainlines) texts.add(firstOf(mainline));
  const releases = [...texts].map((text) => parseRelease(text)!).sort(compareReleases);
  return releases.map((release, index) => {
    const later = releases[index + 1];
    const last = later === undefined || !sameVersion(release, later);
    const label = last ? plain(release) : release.text;
    const typical = last && release.candidate !== undefined ? parseRelease(`${label}.0`)! : release;
    return { label, release, typical };
  });
}

/** A mainline release starts with its first candidate. */
function firstOf(text: string): string {
  return /^\d+\.\d+$/.test(text) ? `${text}-rc1` : text;
}

/** The mainline release after a branch. Linux 5 ended with 5.19, 6 with 6.19. */
function nextBranch(branch: string): string {
  const { major, minor } = parseRelease(branch)!;
  return minor === 19 ? `${major + 1}.0` : `${major}.${minor + 1}`;
}

function sameVersion(a: KernelRelease, b: KernelRelease): boolean {
  return a.major === b.major && a.minor === b.minor && (a.patch ?? 0) === (b.patch ?? 0);
}

function plain({ major, minor, patch }: KernelRelease): string {
  return patch === undefined || patch === 0 ? `${major}.${minor}` : `${major}.${minor}.${patch}`;
}

/** The kernel's release. */
export const RELEASE: ChoiceVariable = {
  id: 'release',
  values: POINTS.map(({ label }) => label),
  ordered: true,
};

/** The range of a release, as an index of {@link RELEASE}'s values. */
function stretchOf(release: KernelRelease): number {
  let found = 0;
  for (const [index, point] of POINTS.entries())
    if (compareReleases(point.release, release) <= 0) found = index;
  return found;
}

/** The condition that the kernel has this release. `6.12` without an update may be any release of the branch. */
export function releaseIs(release: KernelRelease): Condition {
  const from = stretchOf(release);
  if (release.patch !== undefined || release.candidate !== undefined) return between(from, from + 1);
  return between(from, stretchOf(parseRelease(nextBranch(`${release.major}.${release.minor}`))!));
}

/** The condition that the release is this one or newer. */
export function releaseFrom(text: string): Condition {
  return between(stretchOf(parseRelease(text)!), POINTS.length);
}

function between(from: number, to: number): Condition {
  if (from >= to) return chosen(RELEASE, RELEASE.values[from]!) as Condition;
  const least = from <= 0 ? 1n : chosenFrom(RELEASE, RELEASE.values[from]!);
  const most = to >= POINTS.length ? 1n : not(chosenFrom(RELEASE, RELEASE.values[to]!));
  return gather('all', [least, most]) as Condition;
}

/** The condition that the release is in the newest range, the default assumption. */
export const NEWEST: Condition = between(POINTS.length - 1, POINTS.length);

/** The variable for whether a kernel has a commit that its release does not decide. */
export function commitChoice({ commit }: Pick<ReleaseChange, 'commit'>): ChoiceVariable {
  return { id: `has ${commit}`, values: ['n', 'y'], ordered: false };
}

export interface ReleaseModelOptions extends ProfileOptions {
  /** A vendor's kernel: any newer change may have been backported. */
  readonly vendor?: boolean;
}

/** The kernel's behaviour as conditions on its release and on uncertain commits. */
export class ReleaseModel {
  readonly #options: ReleaseModelOptions;
  readonly #known = new Map<string, Condition>();
  /** Cache: rows of the table for each range. */
  readonly #rows = new Map<ReleaseChange, readonly AppliedChange[]>();

  constructor(options: ReleaseModelOptions = {}) {
    this.#options = options;
  }

  /** The condition under which a property of the behaviour has a value. */
  is<K extends keyof Behaviour>(key: K, value: Behaviour[K]): Condition {
    const name = `${key}=${String(value)}`;
    let condition = this.#known.get(name);
    if (condition === undefined) {
      condition = this.#conditionOf(key, value);
      this.#known.set(name, condition);
    }
    return condition;
  }

  #row(change: ReleaseChange): readonly AppliedChange[] {
    let row = this.#rows.get(change);
    if (row === undefined) {
      row = POINTS.map(({ typical }) => appliedTo(typical, change, this.#options));
      this.#rows.set(change, row);
    }
    return row;
  }

  #conditionOf<K extends keyof Behaviour>(key: K, value: Behaviour[K]): Condition {
    const ways: Condition[] = [];
    const rows = RELEASE_CHANGES.filter(({ effect }) => effect[key] !== undefined).map((change) =>
      this.#row(change),
    );
    // Adjacent ranges with the same condition are combined.
    let start = 0;
    let current: Condition | undefined;
    let name = '';
    const close = (end: number): void => {
      if (current !== undefined && current !== 0n)
        ways.push(gather('all', [between(start, end), current]) as Condition);
    };
    for (let index = 0; index < POINTS.length; index += 1) {
      const here = rows.map((row) => row[index]!);
      const { condition, id } = this.#at(here, key, value);
      if (id === name && current !== undefined) continue;
      close(index);
      [start, current, name] = [index, condition, id];
    }
    close(POINTS.length);
    return anyOf(ways);
  }

  /** The condition within a range; later rows override earlier ones. */
  #at<K extends keyof Behaviour>(
    rows: readonly AppliedChange[],
    key: K,
    value: Behaviour[K],
  ): { readonly condition: Condition; readonly id: string } {
    let holds: Condition = BASE_BEHAVIOUR[key] === value ? 1n : 0n;
    const open: string[] = [];
    for (const { change, present, unsure, by } of rows) {
      const then: Condition = change.effect[key] === value ? 1n : 0n;
      const isOpen = by !== 'given' && (unsure !== undefined || (this.#options.vendor === true && !present));
      if (!isOpen) {
        if (present) {
          holds = then;
          open.length = 0;
        }
        continue;
      }
      const has = chosen(commitChoice(change), 'y');
      open.push(change.commit);
      holds = gather('any', [gather('all', [has, then]), gather('all', [not(has), holds])]) as Condition;
    }
    return { condition: holds, id: `${open.join(',')}:${typeof holds === 'bigint' ? holds : 'open'}` };
  }
}
