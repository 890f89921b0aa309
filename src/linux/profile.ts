/** A kernel's behaviour from the release timeline: which rows a release has, and which of them are only believed. */
import { BASE_BEHAVIOUR, type Behaviour } from './behaviour.ts';
import { RELEASE_CHANGES, type ReleaseChange } from './changes.ts';
import { branchOf, compareReleases, formatRelease, type KernelRelease, parseRelease } from './release.ts';

/** How one row of the timeline was decided for a kernel. */
export interface AppliedChange {
  readonly change: ReleaseChange;
  readonly present: boolean;
  /** `mainline`: by the mainline release; `stable`: by its branch's backport; `given`: by --with-commit or --without-commit. */
  readonly by: 'mainline' | 'stable' | 'given';
  /** Whether it is there rests on what no source confirms; says why. */
  readonly unsure?: string;
}

export interface KernelProfile {
  /** The release asked for, or the newest of the table. */
  readonly release: KernelRelease;
  /** No release was given. */
  readonly presumed: boolean;
  readonly behaviour: Behaviour;
  readonly changes: readonly AppliedChange[];
  /** Rows whose presence is not sure and that bear on windows, reservation, allocation or CONFIG_SYSFB. */
  readonly unsure: readonly AppliedChange[];
}

/** The newest release whose code was compared with this model. */
export const NEWEST_RELEASE = '7.3.4';

export interface ProfileOptions {
  /** Commits that this kernel has beyond its release: twelve hex digits or the start of them. */
  readonly withCommits?: readonly string[];
  readonly withoutCommits?: readonly string[];
}

/**
 * The profile of a release. Without one, that of {@link NEWEST_RELEASE}. Commits given twice count as present.
 * A commit that the timeline does not know changes nothing: see {@link unknownCommits}.
 */
export function profileOf(release: KernelRelease | undefined, options: ProfileOptions = {}): KernelProfile {
  const target = release ?? parseRelease(NEWEST_RELEASE)!;
  const changes = RELEASE_CHANGES.map((change) => appliedTo(target, change, options));
  let behaviour = BASE_BEHAVIOUR;
  for (const { change, present } of changes) if (present) behaviour = { ...behaviour, ...change.effect };
  const unsure = changes.filter((applied) => applied.unsure !== undefined && bears(applied.change.effect));
  return { release: target, presumed: release === undefined, behaviour, changes, unsure };
}

/** Commits among `commits` that no row of the timeline is about. */
export function unknownCommits(commits: readonly string[]): readonly string[] {
  return commits.filter((commit) => !RELEASE_CHANGES.some((change) => isCommit(change, commit)));
}

/** What changes messages, where a fact is kept or what freeing does, but not what is reserved and handed out. */
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

/** At least seven hex digits that start the same, or the row's name. */
function isCommit(change: ReleaseChange, commit: string): boolean {
  const wanted = commit.trim().toLowerCase();
  if (wanted === change.commit) return true;
  return wanted.length >= 7 && (change.commit.startsWith(wanted) || wanted.startsWith(change.commit));
}

/** The releases that the timeline names, by their text: it is held against one release after the other. */
const inTable = new Map<string, KernelRelease>();

function releaseInTable(text: string): KernelRelease {
  let release = inTable.get(text);
  if (release === undefined) {
    release = parseRelease(text)!;
    inTable.set(text, release);
  }
  return release;
}

/** Whether a release has the change of one row of the timeline. */
export function appliedTo(
  release: KernelRelease,
  change: ReleaseChange,
  options: ProfileOptions,
): AppliedChange {
  if (options.withCommits?.some((commit) => isCommit(change, commit)))
    return { change, present: true, by: 'given' };
  if (options.withoutCommits?.some((commit) => isCommit(change, commit)))
    return { change, present: false, by: 'given' };
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
