/** Parses kernel releases in `uname -a`, `Linux version …` and configuration headers. */
import type { ReleaseFact } from './facts.ts';
import type { Architecture } from './values.ts';

/** The upstream release in the build text of distributions: `Debian 6.1.192-2`, `Ubuntu 6.8.0-31.31-generic 6.8.1`. */
const UPSTREAM = [/\bDebian (\d+\.\d+(?:\.\d+)?)[-~+]/, /\bUbuntu \d+\.\d+\.\d+-\S+ (\d+\.\d+\.\d+)\b/];

/**
 * Marks of kernels with backports or further changes. Debian's, Fedora's and Arch's kernels are stable releases with few changes and are not
 * listed.
 */
const VENDORS: readonly (readonly [RegExp, string])[] = [
  [/\.el\d+(?:_\d+)?uek|uek/, 'Oracle UEK'],
  [/\.el\d+(?:_\d+)?/, 'Red Hat Enterprise Linux or a rebuild'],
  [/\.(?:azl|cm)\d+/, 'Azure Linux'],
  [/\.amzn\d+/, 'Amazon Linux'],
  [/\.(?:oe\d+|an\d+|tl\d+|ky\d+|uelc\d+|ph\d+)/, 'a distribution with a kernel of its own'],
  // SUSE: the service pack as a number of six digits; Leap 15.
  [/-(?:1\d{5}\b|lp15\d)/, 'SUSE Linux Enterprise'],
  // Ubuntu: ABI number and flavour, 5.15.0-1041-azure.
  [
    /-(?:azure|aws|gcp|gke|oracle|ibm|kvm|oem|intel|nvidia|raspi|generic|lowlatency|realtime|gkeop|fips|bluefield|virtual|hwe)(?:-[a-z0-9.]+)*$/,
    'Ubuntu',
  ],
  [/-pve$/, 'Proxmox VE'],
  [/-microsoft(?:-standard(?:-WSL2)?)?/, 'Microsoft WSL'],
  [/[-.]hcl\b/, 'OpenHCL'],
  [/-android\d+/, 'Android'],
  [/-cip\d+/, 'the Civil Infrastructure Platform'],
  // scripts/setlocalversion: commits after the tag, or changes without a commit; linux-next's localversion.
  [
    /(?:-\d+)?-g[0-9a-f]{7,40}(?:-dirty)?$|\+$|-dirty$|-next-\d{8}/,
    'a source tree with changes after that release',
  ],
];

/** Interprets a release. @param release as in `uname -r` @param rest the text after it on the line */
export function kernelRelease(release: string, rest: string): ReleaseFact {
  const vendor = vendorOf(release);
  return { ...upstreamOf(release, rest), ...(vendor === undefined ? {} : { vendor }) };
}

function vendorOf(release: string): ReleaseFact['vendor'] {
  for (const [pattern, name] of VENDORS) {
    const mark = pattern.exec(release)?.[0];
    if (mark !== undefined) return { mark, name };
  }
  return undefined;
}

function upstreamOf(release: string, rest: string): Pick<ReleaseFact, 'release' | 'upstream'> {
  // The compiler's version, before the build number, names a distribution, too. In an image the number may be missing,
  // since it is added in the last step of the link.
  const build = rest.slice(Math.max(0, rest.search(/(?:^| )#(?:\d| (?:SMP|PREEMPT))/)));
  const branch = /^\d+\.\d+/.exec(release)?.[0];
  for (const pattern of UPSTREAM) {
    const upstream = pattern.exec(build)?.[1];
    if (upstream !== undefined && /^\d+\.\d+/.exec(upstream)![0] === branch) return { release, upstream };
  }
  return { release };
}

/** Machine names of `uname -m` and of Kconfig headers. */
export function architectureNamed(machine: string): Architecture {
  switch (machine) {
    case 'x86':
    case 'amd64':
    case 'x86_64':
      return 'x86_64';
    case 'aarch64':
    case 'arm64':
      return 'arm64';
    default:
      return machine;
  }
}
