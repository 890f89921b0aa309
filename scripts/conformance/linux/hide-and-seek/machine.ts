/**
 * A whole true machine: firmware with the contents of its region, kernel with its configuration, boot, framebuffer. Machines
 * obey the premises and authorities that fwmap prints, or `must` names the evidence that defeats them.
 */
import type { Behaviour } from '../../../../src/linux/behaviour.ts';
import { RELEASE_CHANGES } from '../../../../src/linux/changes.ts';
import { resolveConfig } from '../../../../src/linux/kconfig/sysfb.ts';
import { type AppliedChange, profileOf } from '../../../../src/linux/profile.ts';
import { compareReleases, parseRelease } from '../../../../src/linux/release.ts';
import { type AcpiFirmware, type Contents, drawAcpi, drawContents, levelsIn } from './firmware-acpi.ts';
import { drawTree, type Range, type TreeFirmware } from './firmware-tree.ts';
import type { Random } from './random.ts';

export type Arch = 'x86_64' | 'arm64';

/** Files that a machine may not hide, since they defeat a premise or an authority. */
export type Must = 'log' | 'params' | 'lspci' | 'config' | 'values' | 'firmware';

export interface Kernel {
  readonly release: string;
  readonly vendor: boolean;
  /** Changes that the release does not decide, and whether this kernel has them. */
  readonly withCommits: readonly string[];
  readonly withoutCommits: readonly string[];
  readonly behaviour: Behaviour;
}

export interface Configuration {
  readonly values: ReadonlyMap<string, string>;
  readonly sysfb: boolean;
  /** The driver has its own symbol. */
  readonly vmbusSymbol: boolean;
}

/** How the kernel was started, and what firmware passed to it about the framebuffer. */
export interface Boot {
  readonly by: 'efi' | 'bios' | 'dt';
  readonly start: 'firmware' | 'kdump';
  readonly confidential: 'none' | 'sev-snp' | 'tdx' | 'vbs';
  readonly framebuffer: Range | null;
  readonly lfb: { readonly base: bigint; readonly size: bigint };
  /** PCI 1414:5353, BAR 0. */
  readonly video: Range | null;
}

export interface Machine {
  readonly arch: Arch;
  readonly firmware: AcpiFirmware | TreeFirmware;
  readonly contents: Contents;
  readonly kernel: Kernel;
  readonly configuration: Configuration;
  readonly boot: Boot;
  readonly must: ReadonlySet<Must>;
}

const FOUR_GIB = 1n << 32n;
const MIB = 1n << 20n;
/** Below the virtual TPM. */
const LAST_LOW = 0xfed3ffffn;
export const GEN1_BAR: Range = { base: 0xf8000000n, size: 64n * MIB };

/** Releases around every row of the table, from 5.10 on. */
const RELEASES: readonly string[] = releasesAround();

function releasesAround(): string[] {
  const found = new Set<string>(['5.10.1', '5.10.262', '7.3.4', '7.2.1', '6.6.10', '6.12.60', '5.15.150']);
  const before = (text: string): string => {
    const { major, minor } = parseRelease(text)!;
    const branch = minor > 0 ? `${major}.${minor - 1}` : `${major - 1}.19`;
    return `${branch}.9`;
  };
  for (const { mainline, stable } of RELEASE_CHANGES) {
    if (mainline !== null) {
      const { major, minor, candidate } = parseRelease(mainline)!;
      found.add(`${major}.${minor}.1`);
      found.add(before(mainline));
      if (candidate !== undefined) {
        found.add(`${major}.${minor}.0-rc${candidate}`);
        if (candidate > 1) found.add(`${major}.${minor}.0-rc${candidate - 1}`);
      }
    }
    for (const { branch, since } of stable) {
      found.add(`${branch}.3`);
      if (since === null) continue;
      found.add(since);
      const { major, minor, patch } = parseRelease(since)!;
      found.add(`${major}.${minor}.${(patch ?? 1) - 1}`);
    }
  }
  const oldest = parseRelease('5.10')!;
  return [...found].filter((text) => compareReleases(parseRelease(text)!, oldest) >= 0).sort();
}

const VENDORS = [
  '6.8.0-1021-azure',
  '5.15.0-1041-azure',
  '5.14.0-427.el9',
  '6.6.57.1-7.azl3',
  '6.4.0-150600',
];

/** A change whose presence the release leaves open. */
function isOpen({ unsure, present }: AppliedChange, vendor: boolean): boolean {
  return unsure !== undefined || (vendor && !present);
}

export function drawKernel(random: Random, newest = 0.1): Kernel {
  const vendor = random.chance(0.05);
  const release = random.chance(newest) ? '7.3.4' : random.pick(vendor ? VENDORS : RELEASES);
  return kernelOf(random, release, vendor && release !== '7.3.4');
}

/** A kernel of a release; what that leaves open is drawn. */
export function kernelOf(random: Random, release: string, vendor: boolean): Kernel {
  const withCommits: string[] = [];
  const withoutCommits: string[] = [];
  const parsed = parseRelease(release)!;
  for (const applied of profileOf(parsed).changes)
    if (isOpen(applied, vendor))
      (random.chance(0.5) ? withCommits : withoutCommits).push(applied.change.commit);
  const { behaviour } = profileOf(parsed, { withCommits, withoutCommits });
  return { release, vendor, withCommits, withoutCommits, behaviour };
}

/**
 * A kernel's configuration. It has the VMBus driver, and what the driver needs.
 * @param odd it may lack something of that
 */
export function drawConfiguration(
  random: Random,
  { behaviour }: Kernel,
  arch: Arch,
  tree: boolean,
  odd = false,
): Configuration {
  const driver = random.pick(['y', 'm']);
  const wanted = new Map<string, string>([
    ['EFI', 'y'],
    ['ACPI', 'y'],
    // A bool that is set to m is off: where the driver has its own symbol only that may be m.
    ['HYPERV', behaviour.vmbusSymbol ? 'y' : driver],
    ['HYPERV_VMBUS', driver],
    ['FB', 'y'],
    ['DRM', 'y'],
    ['FB_EFI', random.pick(['y', 'n'])],
    ['FB_VESA', random.pick(['y', 'n'])],
    ['SYSFB_SIMPLEFB', random.pick(['y', 'n', 'n', 'n'])],
    ['DRM_EFIDRM', random.pick(['y', 'n', 'n', 'n'])],
    [
      'HYPERV_VTL_MODE',
      tree ? random.pick(['y', 'y', 'y', 'n']) : random.pick(['n', 'n', 'n', 'n', 'n', 'y']),
    ],
  ]);
  if (tree && behaviour.deviceTree && arch === 'x86_64' && random.chance(0.7)) wanted.set('ACPI', 'n');
  let of = arch === 'arm64' || tree ? 'y' : random.pick(['y', 'n']);
  if (odd) {
    const lacking = random.pick(['EFI', 'ACPI', 'HYPERV', 'HYPERV_VMBUS', 'OF']);
    if (lacking === 'OF') of = tree && arch === 'x86_64' ? 'n' : of;
    else wanted.set(lacking, 'n');
  }
  const { sysfb, values } = resolveConfig(behaviour, wanted, arch, { rest: 'defaults', modules: true });
  const all = new Map(values);
  all.set('OF', of);
  all.set(
    'PCI_HYPERV',
    all.has('HYPERV') && (behaviour.vmbusSymbol ? all.has('HYPERV_VMBUS') : true)
      ? random.pick(['y', 'm', 'n'])
      : 'n',
  );
  return { values: all, sysfb: sysfb === 'y', vmbusSymbol: behaviour.vmbusSymbol };
}

/** Where the low window starts as the firmware gives it: the lowest of the ranges that are there. */
function lowRange(firmware: AcpiFirmware, contents: Contents): Range | undefined {
  let least: Range | undefined;
  for (const { crs } of levelsIn(firmware, contents))
    for (const { type, min, max } of crs ?? []) {
      if ((type !== 'dword' && type !== 'qword') || max < min || max < MIB || min >= FOUR_GIB) continue;
      const range = { base: min, size: max - min + 1n };
      // What starts at 0 is a gap that isn't there, whose end wrapped; the firmware's low gap is another range.
      if (least === undefined || least.base === 0n || (min !== 0n && min < least.base)) least = range;
    }
  return least;
}

/** @param must what defeats an authority or a premise is added; without it none is defeated */
export function drawBoot(
  random: Random,
  firmware: AcpiFirmware | TreeFirmware,
  contents: Contents,
  arch: Arch,
  must?: Set<Must>,
): Boot {
  const none = { base: 0n, size: 0n };
  const plain = { start: 'firmware' as const, confidential: 'none' as const, video: null };
  if (firmware.kind === 'tree') {
    const low = firmware.windows?.filter(({ base }) => base < FOUR_GIB) ?? [];
    let framebuffer = firmware.described;
    if (framebuffer === null && low.length > 0 && random.chance(0.6)) {
      const { base, size } = random.pick(low);
      framebuffer = { base: base + random.pick([0n, size / 2n]), size: 8n * MIB };
    }
    return { ...plain, by: 'dt', framebuffer, lfb: none };
  }
  const { family } = firmware;
  const by = family === 'gen2' ? 'efi' : family === 'gen1' ? 'bios' : random.pick(['efi', 'bios'] as const);
  const low = lowRange(firmware, contents);
  let framebuffer: Range | null = null;
  let elsewhere = false;
  if (family === 'gen1') {
    framebuffer = GEN1_BAR;
    if (must !== undefined && random.chance(0.12)) {
      must.add('lspci');
      framebuffer = {
        base: random.pick([0xf8000000n, 0xf0000000n, 0xe0000000n, 0xfc000000n]),
        size: random.pick([16n, 32n, 64n]) * MIB,
      };
    }
  } else if (family === 'qemu') {
    if (low !== undefined && random.chance(0.75)) {
      const size = random.pick([8n, 16n]) * MIB;
      // A BAR is aligned to its size and inside one of the driver's windows.
      const places = levelsIn(firmware, contents)
        .flatMap(({ crs }) => crs ?? [])
        .filter(({ type, max }) => type !== 'other' && max >= MIB)
        .map(({ min, max }) => ({
          least: ((min + size - 1n) / size) * size,
          most: (((max < LAST_LOW ? max : LAST_LOW) + 1n) / size - 1n) * size,
        }))
        .filter(({ least, most }) => least <= most);
      if (places.length > 0) {
        const { least, most } = random.pick(places);
        framebuffer = { base: random.big(least, most, size), size };
      }
    } else if (random.chance(0.7))
      framebuffer = { base: random.pick([0x40000000n, 0x70000000n]), size: 16n * MIB };
  } else if (low !== undefined && low.base !== 0n)
    framebuffer = { base: low.base, size: random.pick([3n, 8n, 8n]) * MIB };
  else if (low !== undefined && random.chance(0.7)) {
    // Its place in a window that starts at 0 is not known.
    const most = low.size < FOUR_GIB ? low.size : FOUR_GIB;
    const base = random.pick([
      0xf8000000n,
      most > 32n * MIB ? random.big(16n * MIB, most - 16n * MIB, 16n * MIB) : 0n,
    ]);
    framebuffer = { base: base === 0n ? 0xf8000000n : base, size: 8n * MIB };
  }
  if (family === 'gen2' && must !== undefined && arch === 'x86_64' && random.chance(0.08)) {
    // A framebuffer somewhere else, which a dump of boot_params shows.
    must.add('params');
    const inside = low === undefined || low.size < 64n * MIB || random.chance(0.4) ? undefined : low;
    framebuffer = {
      base:
        inside === undefined ? 0x80000000n : inside.base + random.pick([16n * MIB, inside.size - 8n * MIB]),
      size: random.pick([3n, 8n]) * MIB,
    };
    framebuffer = { ...framebuffer, base: (framebuffer.base / 4096n) * 4096n };
    elsewhere = true;
  }
  const video = family === 'gen1' ? framebuffer : null;
  // VESA's size is in units of 64 KiB; the driver compares it as it stands.
  const set =
    framebuffer === null || framebuffer.base >= FOUR_GIB
      ? none
      : { base: framebuffer.base, size: by === 'bios' ? framebuffer.size >> 16n : framebuffer.size };
  if (by === 'bios') return { ...plain, by, framebuffer, video, lfb: random.chance(0.5) ? set : none };
  // A framebuffer where firmware puts none exists only if firmware passed it to the kernel.
  if (must !== undefined && !elsewhere && random.chance(0.16)) {
    const reason = random.pick(arch === 'arm64' ? ['kdump'] : ['kdump', 'confidential', 'params']);
    if (reason === 'params') must.add('params');
    else must.add('log');
    if (reason === 'confidential')
      return {
        ...plain,
        by,
        framebuffer,
        video,
        lfb: none,
        confidential: random.pick(['sev-snp', 'tdx', 'vbs'] as const),
      };
    if (reason === 'kdump')
      return {
        ...plain,
        by,
        framebuffer,
        video,
        start: 'kdump',
        lfb: arch === 'arm64' || random.chance(0.5) ? none : set,
      };
    return { ...plain, by, framebuffer, video, lfb: none };
  }
  return { ...plain, by, framebuffer, video, lfb: set };
}

/** Draws a machine. */
export function drawMachine(random: Random): Machine {
  const must = new Set<Must>();
  const family = random.pick(['gen2', 'gen2', 'gen2', 'gen1', 'gen1', 'qemu', 'tree', 'tree'] as const);
  const firmware = family === 'tree' ? drawTree(random) : drawAcpi(random, family);
  const arch = (family === 'gen2' || family === 'tree') && random.chance(0.2) ? 'arm64' : 'x86_64';
  let contents: Contents = new Map();
  if (firmware.kind === 'acpi') {
    const wild = firmware.fields.length > 0 && random.chance(0.06);
    if (wild) must.add('values');
    contents = drawContents(random, firmware, wild);
  } else if (firmware.described !== null) must.add('firmware');
  const kernel = drawKernel(random);
  const odd = random.chance(0.06);
  if (odd) must.add('config');
  const configuration = drawConfiguration(random, kernel, arch, family === 'tree', odd);
  const boot = drawBoot(random, firmware, contents, arch, must);
  return { arch, firmware, contents, kernel, configuration, boot, must };
}
