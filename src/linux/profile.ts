/** The behaviour of a kernel by the release table, and which rows are uncertain. */
import { BASE_BEHAVIOUR, type Behaviour } from './behaviour.ts';
import { RELEASE_CHANGES, type ReleaseChange } from './changes.ts';
import { branchOf, compareReleases, formatRelease, type KernelRelease, parseRelease } from './release.ts';

/** One row of the release table for a kernel. */
export interface AppliedChange {
  readonly change: ReleaseChange;
  readonly present: boolean;
  /** Decided by the mainline release, a stable backport, or --with-commit and --without-commit. */
  readonly by: 'mainline' | 'stable' | 'given';
  /** Why it is uncertain, if it is. */
  readonly unsure?: string;
}

export interface KernelProfile {
  /** The given release, or the newest release of the table. */
  readonly release: KernelRelease;
  /** No release was given. */
  readonly presumed: boolean;
  readonly behaviour: Behaviour;
  readonly changes: readonly AppliedChange[];
  /** Uncertain rows that affect windows, reservation, allocation or CONFIG_SYSFB. */
  readonly unsure: readonly AppliedChange[];
}

/** The newest release with which this model was compared. */
export const NEWEST_RELEASE = '7.3.4';

export interface ProfileOptions {
  /** Commits that this kernel has in addition to its release: at least seven hexadecimal digits, or a row's name. */
  readonly withCommits?: readonly string[];
  readonly withoutCommits?: readonly string[];
  /** Commits that this kernel may have or not, whatever its release; those above come first. */
  readonly openCommits?: readonly string[];
}

/**
 * The profile of a release, by default the newest of the table. A commit both with and without counts as present. Commits
 * that are not in the table are ignored; see {@link unknownCommits}.
 */
export function profileOf(release: KernelRelease | undefined, options: ProfileOptions = {}): KernelProfile {
  const target = release ?? parseRelease(NEWEST_RELEASE)!;
  const changes = RELEASE_CHANGES.map((change) => appliedTo(target, change, options));
  let behaviour = BASE_BEHAVIOUR;
  for (const { change, present } of changes) if (present) behaviour = { ...behaviour, ...change.effect };
  const unsure = changes.filter((applied) => applied.unsure !== undefined && bears(applied.change.effect));
  return { release: target, presumed: release === undefined, behaviour, changes, unsure };
}

/** The commits that are not in the release table. */
export function unknownCommits(commits: readonly string[]): readonly string[] {
  return commits.filter((commit) => !RELEASE_CHANGES.some((change) => isCommit(change, commit)));
}

/** Behaviour that does not affect what VMBus reserves and allocates. */
const WITHOUT_OUTCOME: readonly (keyof Behaviour)[] = [
  'screenInfo',
  'freeMessage',
  'freeSkipsFramebuffer',
  'stopsAtNamespaceRoot',
  'refusesBadCells',
  'missingCells',
  'emptyRangesKeepFlags',
  'threeCellsHaveFlags',
  'vmbusSymbol',
  'e820Clipping',
  'removesEfiMmio',
  'coalescesBridgeWindows',
  'bridgeWithoutRanges',
  'warnsOfLargeWindow',
  'tellsDefaultBusRange',
];

function bears(effect: Partial<Behaviour>): boolean {
  return (Object.keys(effect) as (keyof Behaviour)[]).some((key) => !WITHOUT_OUTCOME.includes(key));
}

/** Whether `commit` denotes a row: an abbreviation of at least seven hexadecimal digits, or the row's name. */
function isCommit(change: ReleaseChange, commit: string): boolean {
  const wanted = commit.trim().toLowerCase();
  if (wanted === change.commit) return true;
  return wanted.length >= 7 && (change.commit.startsWith(wanted) || wanted.startsWith(change.commit));
}

/** Cache: parsed releases of the table. */
const inTable = new Map<string, KernelRelease>();

function releaseInTable(text: string): KernelRelease {
  let release = inTable.get(text);
  if (release === undefined) {
    release = parseRelease(text)!;
    inTable.set(text, release);
  }
  return release;
}

/** Whether a release has the change of a row. */
export function appliedTo(
  release: KernelRelease,
  change: ReleaseChange,
  options: ProfileOptions,
): AppliedChange {
  if (options.withCommits?.some((commit) => isCommit(change, commit)))
    return { change, present: true, by: 'given' };
  if (options.withoutCommits?.some((commit) => isCommit(change, commit)))
    return { change, present: false, by: 'given' };
  if (options.openCommits?.some((commit) => isCommit(change, commit)))
    return {
      change,
      present: false,
      by: 'mainline',
      unsure: `the code leaves open whether it has ${change.commit}`,
    };
  const branch = branchOf(release);
  const mainline = change.mainline === null ? undefined : releaseInTable(change.mainline);
  if (mainline !== undefined && compareReleases(release, mainline) >= 0) {
    const unsure = unsureMainline(change, release, true);
    return { change, present: true, by: 'mainline', ...(unsure === undefined ? {} : { unsure }) };
  }
  const backport = change.stable.find((stable) => stable.branch === branch);
  if (backport !== undefined) {
    if (backport.since === null)
      return {
        change,
        present: false,
        by: 'stable',
        unsure: `a backport of ${change.commit} to ${branch} is believed, in which release is not known`,
      };
    const since = releaseInTable(backport.since);
    const present = compareReleases(release, since) >= 0;
    if (release.patch === undefined && release.candidate === undefined)
      return {
        change,
        present,
        by: 'stable',
        unsure: `${branch} has ${change.commit} from ${backport.since} on, and the update (${branch}.N) is not given`,
      };
    return {
      change,
      present,
      by: 'stable',
      ...(backport.confirmed ? {} : { unsure: `${change.commit} in ${backport.since} is not confirmed` }),
    };
  }
  const unsure = unsureMainline(change, release, false);
  return { change, present: false, by: 'mainline', ...(unsure === undefined ? {} : { unsure }) };
}

function unsureMainline(change: ReleaseChange, release: KernelRelease, present: boolean): string | undefined {
  if (change.confirmed) return undefined;
  const branch = { ...release, patch: undefined, candidate: undefined };
  const seen = (text: string | undefined, holds: (order: number) => boolean): boolean =>
    text !== undefined && holds(compareReleases(branch, releaseInTable(text)));
  if (present && seen(change.presentFrom, (order) => order >= 0)) return undefined;
  if (!present && seen(change.absentUpTo, (order) => order <= 0)) return undefined;
  return `${change.commit} in ${change.mainline} is believed, not confirmed (${formatRelease(release)} is near it)`;
}
