/** Parses kernel releases in `uname -a`, `Linux version …` and configuration headers. */
import type { ReleaseFact } from './facts.ts';
import type { Architecture } from './values.ts';

/**
 * The upstream release in the build text of distributions: `Debian 6.1.192-2`, `Debian 7.1~rc3-1~exp1`,
 * `Ubuntu 6.8.0-31.31-generic 6.8.1`, `Ubuntu 6.7.0-1.1-generic 6.7.0-rc3`.
 */
const UPSTREAM = [
  /\bDebian (\d+\.\d+(?:\.\d+)?)(?:~(rc\d+))?[-~+]/,
  /\bUbuntu \d+\.\d+\.\d+-\S+ (\d+\.\d+\.\d+)(?:-(rc\d+))?(?![\w.-])/,
];

/** Marks of kernels with backports or further changes, for their names. */
const VENDORS: readonly (readonly [RegExp, string])[] = [
  [/\.el\d+(?:_\d+)?uek|uek/, 'Oracle UEK'],
  [/\.el\d+(?:_\d+)?/, 'Red Hat Enterprise Linux or a rebuild'],
  [/\.(?:azl|cm)\d+/, 'Azure Linux'],
  [/\.amzn\d+/, 'Amazon Linux'],
  [/\.(?:oe\d+|an\d+|al\d+|tl\d+|ky\d+|uelc\d+|ph\d+|vz\d+)/, 'a distribution with a kernel of its own'],
  // SUSE: the service pack as a number of six digits; Leap 15.
  [/-(?:1\d{5}\b|lp15\d)/, 'SUSE Linux Enterprise'],
  // Ubuntu: ABI number and flavour, 5.15.0-1041-azure.
  [
    /-(?:azure|aws|gcp|gke|oracle|ibm|kvm|oem|intel|nvidia|raspi|generic|lowlatency|realtime|gkeop|fips|bluefield|virtual|hwe)(?:-[a-z0-9.]+)*$/,
    'Ubuntu',
  ],
  [/-pve$/, 'Proxmox VE'],
  [/-microsoft(?:-standard(?:-WSL2)?)?/i, 'Microsoft WSL'],
  [/[-.]hcl\b/, 'OpenHCL'],
  [/[-.]mshv\d*/, "Microsoft's tree for its hypervisor"],
  [/-android\d+/, 'Android'],
  [/-cip\d+/, 'the Civil Infrastructure Platform'],
  // scripts/setlocalversion: commits after the tag, or changes without a commit; linux-next's localversion.
  [
    /(?:-\d+)?-g[0-9a-f]{7,40}(?:-dirty)?$|\+$|-dirty$|-next-\d{8}/,
    'a source tree with changes after that release',
  ],
  // Snapshots between two candidates: Fedora's 0.rc3.20230926git…, and what comes before rc1.
  [/[-.]rc0\b|\.rc\d+\.\d{8}git[0-9a-f]*/, 'a source tree with changes after that release'],
];

/**
 * What follows the numbers in the releases of upstream, and of distributions whose kernels are stable releases with few
 * changes: Debian, Fedora, Arch, Alpine, Gentoo, Flatcar, Void. Any other suffix may name a tree with backports.
 */
const PLAIN: readonly RegExp[] = [
  /^$/,
  /^(?:-\d+|-0\.(?:bpo|deb\d+)\.\d+|\+deb\d+(?:u\d+)?|\+bpo)?(?:-trunk|-cloud|-rt)*-(?:amd64|arm64|arm64-16k|686|686-pae|riscv64)$/,
  /^-(?:0\.rc\d+\.)?\d+(?:\.\d+)*\.fc\d+(?:\.\w+)?(?:\+\w+)?$/,
  /^-arch\d+-\d+$|^-\d+-(?:lts|mainline)$|^-hardened\d+-\d+-hardened$/,
  /^-\d+-(?:virt|lts|edge|stable)$/,
  /^-gentoo(?:-r\d+)?(?:-dist)?(?:-x86_64)?$/,
  /^-flatcar$/,
  /^_\d+$/,
];

/** Interprets a release. @param release as in `uname -r` @param rest the text after it on the line */
export function kernelRelease(release: string, rest: string): ReleaseFact {
  const vendor = vendorOf(release);
  return { ...upstreamOf(release, rest), ...(vendor === undefined ? {} : { vendor }) };
}

/** Who made a kernel that may have changes beyond its release; undefined for upstream and distributions close to it. */
function vendorOf(release: string): ReleaseFact['vendor'] {
  for (const [pattern, name] of VENDORS) {
    const mark = pattern.exec(release)?.[0];
    if (mark !== undefined) return { mark, name };
  }
  const suffix = /^v?\d+\.\d+(?:\.\d+)?(?:-rc\d+)?(.*)$/.exec(release)?.[1];
  if (suffix === undefined || PLAIN.some((pattern) => pattern.test(suffix))) return undefined;
  return { mark: suffix, name: 'a source tree that is not known' };
}

function upstreamOf(release: string, rest: string): Pick<ReleaseFact, 'release' | 'upstream'> {
  // The compiler's version, before the build number, names a distribution, too. In an image the number may be missing,
  // since it is added in the last step of the link.
  const build = rest.slice(Math.max(0, rest.search(/(?:^| )#(?:\d| (?:SMP|PREEMPT))/)));
  const branch = /^\d+\.\d+/.exec(release)?.[0];
  for (const pattern of UPSTREAM) {
    const [, numbers, candidate] = pattern.exec(build) ?? [];
    if (numbers === undefined || /^\d+\.\d+/.exec(numbers)![0] !== branch) continue;
    return { release, upstream: candidate === undefined ? numbers : `${numbers}-${candidate}` };
  }
  return { release };
}

/**
 * The release of a configuration: its header has only the Makefile's numbers, the vendor shows in other symbols.
 * @param release of the header
 * @param value of a symbol that is a string, without its quotes
 */
export function configuredRelease(
  release: string,
  value: (symbol: string) => string | undefined,
): ReleaseFact {
  const whole = kernelRelease(release, '');
  if (whole.vendor !== undefined) return whole;
  // debian.master/config/annotations: CONFIG_VERSION_SIGNATURE is for Ubuntu's /proc/version_signature.
  const signature = value('VERSION_SIGNATURE');
  if (signature !== undefined && signature !== '')
    return { ...whole, vendor: { mark: `CONFIG_VERSION_SIGNATURE="${signature}"`, name: 'Ubuntu' } };
  for (const [symbol, name] of VENDOR_SYMBOLS)
    if (value(symbol) === 'y') return { ...whole, vendor: { mark: `CONFIG_${symbol}=y`, name } };
  const local = value('LOCALVERSION') ?? '';
  const salt = value('BUILD_SALT') ?? '';
  // Distributions put the full release into the salt of build ids.
  const names = [local === '' ? '' : release + local, /^\d+\.\d+/.test(salt) ? salt : ''];
  for (const name of names) {
    const vendor = name === '' ? undefined : vendorOf(name);
    if (vendor !== undefined) return { ...whole, vendor };
  }
  return whole;
}

/** Symbols that only a vendor's Kconfig has. */
const VENDOR_SYMBOLS: readonly (readonly [string, string])[] = [
  ['RHEL_DIFFERENCES', 'Red Hat Enterprise Linux or a rebuild'],
  ['SUSE_KERNEL', 'SUSE'],
];

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
