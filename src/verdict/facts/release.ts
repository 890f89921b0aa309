/** What is known about the kernel's release and its changes. */
import type { FactOf } from '../../evidence/fact.ts';
import type { MachineFacts, ReleaseFact } from '../../evidence/facts.ts';
import { kernelRelease } from '../../evidence/release-text.ts';
import { shownChanges } from '../../linux/kernel-code.ts';
import { NEWEST_RELEASE } from '../../linux/profile.ts';
import {
  branchOf,
  compareReleases,
  formatRelease,
  type KernelRelease,
  parseRelease,
} from '../../linux/release.ts';
import { NEWEST, OLDEST_RELEASE, ReleaseModel, releaseFrom, releaseIs } from '../../linux/release-choice.ts';
import { type Condition, gather } from '../../symbolic/index.ts';
import type { GivenFacts } from '../given.ts';
import type { Assumption, Constraint, Default, EvidenceItem, RuleFinding } from '../question.ts';
import { byOption, evidenceItem, fromFact, strongest } from './strength.ts';

/** The kernel's name; `presumed` where no input and no option names its release. */
export interface KernelName {
  readonly name: string;
  readonly release: string | null;
  readonly presumed: boolean;
}

/** Releases before it are judged only when one is named. */
export const RELEASE_MODELLED: Constraint = {
  id: 'release-modelled',
  kind: 'premise',
  condition: releaseFrom(OLDEST_RELEASE),
  text: `the kernel is Linux ${OLDEST_RELEASE} or newer`,
  source: 'the question',
  defeatedBy: '--kernel RELEASE',
};

export function releaseFacts(
  given: GivenFacts,
  facts: MachineFacts,
  constraints: Constraint[],
  defaults: Default[],
  assumptions: Assumption[],
  rules: RuleFinding[],
): { kernel: KernelName; model: ReleaseModel } {
  const shown = shownChanges(facts);
  const seen = (present: boolean | 'open'): string[] =>
    shown.filter(({ value }) => value.present === present).map(({ value }) => value.commit);
  // Options come first: they override what the code shows.
  const { withCommits = [], withoutCommits = [] } = given;
  const commits = {
    withCommits: [...withCommits, ...seen(true).filter((commit) => !withoutCommits.includes(commit))],
    withoutCommits: [...withoutCommits, ...seen(false).filter((commit) => !seen('open').includes(commit))],
    openCommits: seen('open'),
  };
  const changes = [
    ['has', seen(true)],
    ['lacks', seen(false)],
    ['may have', seen('open')],
  ] as const;
  if (shown.length > 0)
    rules.push({
      id: 'kernel-code-shows',
      says: `The kernel's code shows that it ${changes.flatMap(([verb, ids]) => (ids.length === 0 ? [] : [`${verb} ${ids.join(', ')}`])).join(' and ')}.`,
      evidence: shown.map(evidenceItem),
    });
  if (given.release !== undefined) {
    const release = parseRelease(given.release)!;
    tellBeyond(given.release, release, assumptions);
    constraints.push(
      byOption('release', releaseIs(release), `the release is ${given.release}`, `--kernel ${given.release}`),
    );
    const { vendor } = kernelRelease(given.release, '');
    if (vendor !== undefined) rules.push(vendorRule(vendor, { text: `--kernel ${given.release}` }));
    return {
      kernel: { name: `Linux ${given.release}`, release: given.release, presumed: false },
      model: new ReleaseModel({ ...commits, vendor: vendor !== undefined }),
    };
  }
  const parsed = named(strongest(facts.releases));
  // The log of a machine and the configuration of the kernel meant for it: the question may be about either.
  for (const other of named(facts.releases.filter(({ strength }) => strength === 'configured')))
    if (!parsed.some(({ release }) => mayBeSame(release, other.release))) parsed.push(other);
  const distinct = new Map<string, (typeof parsed)[number]>();
  for (const each of parsed) {
    const key = formatRelease(each.release);
    if (!distinct.has(key) && !parsed.some(({ release }) => isNarrower(release, each.release)))
      distinct.set(key, each);
  }
  const [first] = distinct.values();
  for (const { release } of parsed) tellBeyond(release.text, release, assumptions);
  if (first === undefined) {
    constraints.push(RELEASE_MODELLED);
    defaults.push({
      condition: NEWEST,
      text: `the kernel is Linux ${NEWEST_RELEASE}, the newest release known to fwmap`,
      otherwise: 'an older kernel (--kernel RELEASE)',
    });
    return {
      kernel: { name: 'Linux', release: null, presumed: true },
      model: new ReleaseModel(commits),
    };
  }
  const condition = gather(
    'any',
    [...distinct.values()].map(({ release }) => releaseIs(release)),
  ) as Condition;
  const text = [...distinct.values()].map(({ release }) => release.text).join(' or ');
  constraints.push(fromFact('release', condition, `the release is ${text}`, first.fact));
  if (distinct.size > 1)
    rules.push({
      id: 'evidence-contradicts',
      says: `The inputs name several releases: ${text}.`,
      evidence: parsed.map(({ fact }) => evidenceItem(fact)),
    });
  // Of one release named twice the plainer text may be the stronger: a log's `5.15.116`, and Ubuntu's configuration of it.
  const made = [...parsed, ...named(facts.releases)].find(
    ({ fact, release }) =>
      fact.value.vendor !== undefined && parsed.some((other) => mayBeSame(other.release, release)),
  );
  const vendor = made?.fact.value.vendor;
  if (made !== undefined && vendor !== undefined) rules.push(vendorRule(vendor, evidenceItem(made.fact)));
  const name = first.fact.value.upstream ?? first.fact.value.release;
  return {
    kernel: { name: `Linux ${name}`, release: name, presumed: false },
    model: new ReleaseModel({ ...commits, vendor: vendor !== undefined }),
  };
}

interface NamedRelease {
  readonly fact: FactOf<ReleaseFact>;
  readonly release: KernelRelease;
}

function named(facts: readonly FactOf<ReleaseFact>[]): NamedRelease[] {
  return facts.flatMap((fact) => {
    const release = parseRelease(fact.value.upstream ?? fact.value.release);
    return release === undefined ? [] : [{ fact, release }];
  });
}

function mayBeSame(a: KernelRelease, b: KernelRelease): boolean {
  return formatRelease(a) === formatRelease(b) || isNarrower(a, b) || isNarrower(b, a);
}

/** Whether one names the update of a branch of which the other names only the branch: `6.1.176`, `6.1.0-50-amd64`. */
function isNarrower(release: KernelRelease, than: KernelRelease): boolean {
  return (
    than.patch === undefined &&
    than.candidate === undefined &&
    release.patch !== undefined &&
    branchOf(release) === branchOf(than)
  );
}

function vendorRule({ name, mark }: NonNullable<ReleaseFact['vendor']>, evidence: EvidenceItem): RuleFinding {
  return {
    id: 'vendor-kernel',
    says: `The kernel is from ${name} (${mark}): which newer changes it has is not known.`,
    evidence: [evidence],
  };
}

/** Assumes that a release newer than all known ones behaves like the newest of them. */
function tellBeyond(text: string, release: KernelRelease, assumptions: Assumption[]): void {
  if (compareReleases(release, parseRelease(NEWEST_RELEASE)!) <= 0) return;
  assumptions.push({
    text: `Linux ${text}, which is newer than any release known to fwmap, behaves like ${NEWEST_RELEASE}`,
    authority: 'no change of the driver is known after it',
    otherwise: '--with-commit, --without-commit, or --kernel-source of that release',
  });
}
