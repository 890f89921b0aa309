/**
 * The properties of Linux that are visible to firmware code, by release: `_OSI` interfaces, and changes of the
 * interpreter. A new interface is a new row.
 */
import { acpiexecProfile, type OperatingSystem, PLAIN_SYSTEM } from '../acpi/interpreter/state/profile.ts';
import { allOf, type Condition, not } from '../symbolic/index.ts';
import { compareReleases, type KernelRelease, parseRelease } from './release.ts';
import { OLDEST_RELEASE, releaseFrom } from './release-choice.ts';

export interface OsiRow {
  readonly interface: string;
  /** `windows`: a Windows release, which `acpi_osi=!` removes; `feature`: a feature of the kernel. */
  readonly kind: 'windows' | 'feature';
  /** First mainline release with the interface; `null` for all modelled releases. */
  readonly since: string | null;
  /** First releases without it again: mainline, and earlier stable branches. */
  readonly until?: { readonly mainline: string; readonly stable: readonly string[] };
  readonly confirmed: boolean;
  readonly source: string;
}

const TABLE = 'drivers/acpi/acpica/utosi.c of 5.10.262, 6.1.192, 6.12.118, 7.3.4';
const DATED = 'date of the ACPICA commit; first mainline release inferred';
const DRIVERS = 'acpi_osi_handler() and osi_setup_entries in drivers/acpi/osi.c';

function windows(name: string, since: string | null, confirmed: boolean, source: string): OsiRow {
  return { interface: name, kind: 'windows', since, confirmed, source };
}

export const OSI_ROWS: readonly OsiRow[] = [
  ...[
    'Windows 2000',
    'Windows 2001',
    'Windows 2001 SP1',
    'Windows 2001.1',
    'Windows 2001 SP2',
    'Windows 2001.1 SP1',
    'Windows 2006',
    'Windows 2006.1',
    'Windows 2006 SP1',
    'Windows 2006 SP2',
    'Windows 2009',
  ].map((name) => windows(name, null, true, TABLE)),
  windows('Windows 2012', '3.7', false, DATED),
  windows('Windows 2013', '3.15', false, DATED),
  windows('Windows 2015', '4.1', false, DATED),
  windows('Windows 2016', '4.16', false, DATED),
  windows('Windows 2017', '4.16', false, DATED),
  windows('Windows 2017.2', '4.17', false, DATED),
  windows('Windows 2018', '5.0', false, DATED),
  windows('Windows 2018.2', '5.0', false, DATED),
  windows('Windows 2019', '5.4', true, 'ACPI pull request for 5.4'),
  windows('Windows 2020', '5.16', true, '3bf70bd2538f, ACPI pull request for 5.16'),
  windows('Windows 2021', '5.19', true, '62b32fd961cf, ACPI pull request for 5.19'),
  windows('Windows 2022', '6.12', true, 'dd067afe3f8c, ACPI pull request for 6.12'),
  {
    interface: 'Extended Address Space Descriptor',
    kind: 'feature',
    since: null,
    confirmed: true,
    source: TABLE,
  },
  { interface: 'Module Device', kind: 'feature', since: null, confirmed: true, source: DRIVERS },
  { interface: 'Processor Device', kind: 'feature', since: null, confirmed: true, source: DRIVERS },
  {
    interface: 'Processor Aggregator Device',
    kind: 'feature',
    since: null,
    confirmed: true,
    source: DRIVERS,
  },
  {
    interface: '3.0 _SCP Extensions',
    kind: 'feature',
    since: null,
    until: { mainline: '6.16', stable: ['5.10.239', '6.1.142', '6.12.34'] },
    confirmed: true,
    source: 'ChangeLogs of 5.10.239, 6.1.142, 6.12.34; mainline release inferred',
  },
  ...[
    ['Linux-Dell-Video', '4.18', '24867516f06d'],
    ['Linux-Lenovo-NV-HDMI-Audio', '4.20', '7c3ad60b3f33'],
    ['Linux-HPI-Hybrid-Graphics', '5.0', 'e54049d481a9'],
  ].map(
    ([name, since, commit]): OsiRow => ({
      interface: name!,
      kind: 'feature',
      since: since!,
      until: { mainline: '6.1', stable: [] },
      confirmed: true,
      source: `${commit} (removed in 6.1-rc1); 5.10.262 says yes; first release believed`,
    }),
  ),
];

/** First mainline releases with changes of ACPICA's interpreter that are visible to firmware code. */
const INTERPRETER = {
  /** ToHexString of an integer yields a `0x` prefix: ACPICA pull request 903, in 20240322; 6.10 is not confirmed. */
  prefixesHex: '6.10',
  /** Load yields True instead of a handle: ACPICA 20201217; 5.12 is not confirmed. */
  givesNoHandles: '5.12',
} as const;

/** Whether a release is `text` or newer; a condition if the release is unknown. */
function from(release: KernelRelease | undefined, text: string): Condition {
  const first = parseRelease(`${text}-rc1`)!;
  if (release !== undefined) return compareReleases(release, first) >= 0 ? 1n : 0n;
  return compareReleases(parseRelease(OLDEST_RELEASE)!, first) >= 0 ? 1n : releaseFrom(text);
}

/** The condition under which the kernel supports an interface. */
function answerOf({ since, until }: OsiRow, release: KernelRelease | undefined): Condition {
  const has = since === null ? 1n : from(release, since);
  if (until === undefined) return has;
  const branch = release && until.stable.map((text) => parseRelease(text)!).find((at) => isOf(at, release));
  const gone =
    branch && release?.patch !== undefined
      ? compareReleases(release, branch) >= 0
        ? 1n
        : 0n
      : from(release, until.mainline);
  return allOf([has, not(gone)]);
}

function isOf(a: KernelRelease, b: KernelRelease): boolean {
  return a.major === b.major && a.minor === b.minor;
}

/**
 * The profile of Linux for the interpreter.
 * @param release `undefined` if unknown: properties are then conditions on it
 * @param osi changes of the `_OSI` interfaces; see {@link changedInterfaces}
 */
export function linuxSystem(
  release: KernelRelease | undefined,
  osi: readonly string[] | undefined = undefined,
): OperatingSystem {
  const interfaces = new Map<string, Condition>();
  for (const row of OSI_ROWS) {
    const when = answerOf(row, release);
    if (when !== 0n) interfaces.set(row.interface, when);
  }
  const changed = osi && changedInterfaces(interfaces, osi);
  return {
    name: release === undefined ? 'Linux' : `Linux ${release.text}`,
    interfaces: changed ?? interfaces,
    hasOsi: osi === undefined || changed !== undefined,
    ...(osi === undefined ? {} : { isGiven: true }),
    // acpi_os_name= and acpi_rev_override change these: drivers/acpi/osl.c, ACPICA's utglobal.c.
    os: PLAIN_SYSTEM.os,
    revision: 2n,
    // 5.10 has ACPICA 20200925; the revision in other releases is not modelled.
    interpreterRevision:
      release?.major === 5 && release.minor === 10 ? PLAIN_SYSTEM.interpreterRevision : undefined,
    prefixesHex: from(release, INTERPRETER.prefixesHex),
    givesTableHandles: not(from(release, INTERPRETER.givesNoHandles)) as Condition,
  };
}

/** Parameters of a command line as the kernel takes them apart: double quotes keep blanks (lib/cmdline.c, next_arg). */
const PARAMETER = /(?:"[^"]*"|[^\s"])+/g;

/** The values of a parameter, in order. */
function valuesOf(commandLine: string, name: string): string[] {
  return (commandLine.match(PARAMETER) ?? [])
    .map((parameter) => parameter.replaceAll('"', ''))
    .filter((parameter) => parameter.startsWith(`${name}=`))
    .map((parameter) => parameter.slice(name.length + 1));
}

/**
 * What firmware code sees of a kernel that was started with this command line: `acpi_osi=`, `acpi_os_name=`,
 * `acpi_rev_override` (drivers/acpi/osi.c, osl.c; CONFIG_ACPI_REV_OVERRIDE_POSSIBLE is on by default).
 */
export function systemStartedWith(system: OperatingSystem, commandLine: string): OperatingSystem {
  const osi = valuesOf(commandLine, 'acpi_osi');
  const os = valuesOf(commandLine, 'acpi_os_name').at(-1);
  const overrides = /(?:^|\s)acpi_rev_override(?:\s|=|$)/.test(commandLine);
  const changed = osi.length === 0 ? system.interfaces : interfacesStartedWith(system.interfaces, osi);
  return {
    ...system,
    interfaces: changed ?? system.interfaces,
    hasOsi: system.hasOsi && changed !== undefined,
    ...(os === undefined || os === '' ? {} : { os }),
    ...(overrides ? { revision: 5n } : {}),
  };
}

/** The interfaces after `acpi_osi=` (osi_setup and acpi_osi_setup); `undefined` where there is no `_OSI`. */
function interfacesStartedWith(
  interfaces: ReadonlyMap<string, Condition>,
  values: readonly string[],
): ReadonlyMap<string, Condition> | undefined {
  const end = values.indexOf('');
  if (end >= 0) return undefined;
  // What disables all by default takes effect first, wherever it stands; `!` does not override `!*`.
  let first = '';
  const names: string[] = [];
  for (const value of values) {
    if (value === '!') first ||= '!';
    else if (value === '!!') first = '';
    else if (value.startsWith('!*')) {
      first = '!*';
      // It also switches off the names so far.
      names.length = 0;
    } else names.push(value.startsWith('!') ? value : `+${value}`);
  }
  return changedInterfaces(interfaces, first === '' ? names : [first, ...names]) ?? interfaces;
}

/** The interfaces of acpiexec after changes. */
export function simulatedInterfaces(osi: readonly string[]): ReadonlyMap<string, Condition> {
  return changedInterfaces(acpiexecProfile.interfaces, osi) ?? new Map();
}

const WINDOWS: ReadonlySet<string> = new Set(
  OSI_ROWS.filter(({ kind }) => kind === 'windows').map((row) => row.interface),
);

/**
 * Changes `_OSI` interfaces with a syntax similar to the kernel's `acpi_osi=`: `+NAME` adds, `-NAME` and `!NAME` remove,
 * `!` removes Windows interfaces, `!*` all, and `!!` restores them. Plain names replace all interfaces. Names are separated
 * by commas. `undefined` for an empty text: then `_OSI` does not exist.
 */
export function changedInterfaces(
  interfaces: ReadonlyMap<string, Condition>,
  changes: readonly string[],
): ReadonlyMap<string, Condition> | undefined {
  const names = changes.flatMap((text) => text.split(',')).map((text) => text.trim());
  if (names.length > 0 && names.every((name) => name === '')) return undefined;
  const replaces = names.some((name) => name !== '' && !/^[-+!]/.test(name));
  const changed = new Map(replaces ? [] : interfaces);
  for (const name of names) {
    const rest = name.slice(1).trim();
    if (name === '') continue;
    if (name === '!') for (const known of WINDOWS) changed.delete(known);
    else if (name === '!*') changed.clear();
    else if (name === '!!') for (const [known, when] of interfaces) changed.set(known, when);
    else if (name.startsWith('+')) changed.set(rest, 1n);
    else if (/^[-!]/.test(name)) changed.delete(rest);
    else changed.set(name, 1n);
  }
  return changed;
}
