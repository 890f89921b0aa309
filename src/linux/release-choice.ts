/**
 * The kernel's release as a variable: one value for each stretch of releases that behave alike, in the order of their
 * numbers. A backport starts a stretch of its own (`6.6.144`), which ends where the next mainline release begins.
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

/** The oldest release that questions are answered for when none is named. */
export const OLDEST_RELEASE = '5.10';

/** What comes before any change of the table. */
const FIRST = '4.0';

/**
 * First releases of the stretches where the table has no row: what ACPICA's `_OSI` says yes to changed there
 * (drivers/acpi/acpica/utosi.c and drivers/acpi/osi.c by release).
 */
const OTHER_POINTS: readonly string[] = [OLDEST_RELEASE, '5.16', '5.19', '6.1', '6.12', '6.16'];

interface Point {
  /** As it is printed: a mainline release without its candidate where no later change came in that release. */
  readonly label: string;
  /** The first release of the stretch. */
  readonly release: KernelRelease;
  /** One whose profile is that of the stretch: the table names some changes by the final release they were first in. */
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

/** A mainline release counts from its first candidate on: what was merged for it is in all of them. */
function firstOf(text: string): string {
  return /^\d+\.\d+$/.test(text) ? `${text}-rc1` : text;
}

/** The mainline release after a branch: where that branch's stable updates end. Linux 5 went up to 5.19, 6 to 6.19. */
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

/** The stretch that a release is in, as an index of {@link RELEASE}'s values. */
function stretchOf(release: KernelRelease): number {
  let found = 0;
  for (const [index, point] of POINTS.entries())
    if (compareReleases(point.release, release) <= 0) found = index;
  return found;
}

/** That the release is one that the text may mean: `6.12` without its update may be any of the branch. */
export function releaseIs(release: KernelRelease): Condition {
  const from = stretchOf(release);
  if (release.patch !== undefined || release.candidate !== undefined) return between(from, from + 1);
  return between(from, stretchOf(parseRelease(nextBranch(`${release.major}.${release.minor}`))!));
}

/** That the release is this one or newer. */
export function releaseFrom(text: string): Condition {
  return between(stretchOf(parseRelease(text)!), POINTS.length);
}

function between(from: number, to: number): Condition {
  if (from >= to) return chosen(RELEASE, RELEASE.values[from]!) as Condition;
  const least = from <= 0 ? 1n : chosenFrom(RELEASE, RELEASE.values[from]!);
  const most = to >= POINTS.length ? 1n : not(chosenFrom(RELEASE, RELEASE.values[to]!));
  return gather('all', [least, most]) as Condition;
}

/** That it is the newest stretch: what is assumed where nothing says which. */
export const NEWEST: Condition = between(POINTS.length - 1, POINTS.length);

/** That a kernel has a commit about which its release says nothing. */
export function commitChoice({ commit }: Pick<ReleaseChange, 'commit'>): ChoiceVariable {
  return { id: `has ${commit}`, values: ['n', 'y'], ordered: false };
}

export interface ReleaseModelOptions extends ProfileOptions {
  /** A vendor's kernel: any change newer than its release may have been backported to it. */
  readonly vendor?: boolean;
}

/** What the kernel does, as conditions on its release and on commits that may or may not be in it. */
export class ReleaseModel {
  readonly #options: ReleaseModelOptions;
  readonly #known = new Map<string, Condition>();
  /** What comes of a row of the table in each stretch: few of the rows are asked about. */
  readonly #rows = new Map<ReleaseChange, readonly AppliedChange[]>();

  constructor(options: ReleaseModelOptions = {}) {
    this.#options = options;
  }

  /** When the kernel behaves so. */
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
    // Stretches in a row with the same condition become one range.
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

  /** When a stretch behaves so: by its rows about that, each later one over the earlier. */
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
