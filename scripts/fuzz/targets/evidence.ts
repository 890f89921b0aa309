/** Evidence from a running machine: logs, listings, configurations, boot_params, kernel images and their source, scenarios. */
import { gzipSync } from 'node:zlib';
import type { ArtifactKind } from '../../../src/artifact/kinds.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import type { MachineFacts } from '../../../src/evidence/facts.ts';
import { readEvidence } from '../../../src/evidence/read.ts';
import { reconcile } from '../../../src/evidence/reconcile.ts';
import type { IomemNode } from '../../../src/evidence/values.ts';
import { readScenario } from '../../../src/linux/scenario.ts';
import { Draw, hex, latin1 } from '../draw.ts';
import { anyChange, type Change, textChange } from '../mutations.ts';
import { type Known, type Reader, readerTarget, type Target } from '../target.ts';

/** A reader of evidence: what is compared is part of the facts. */
function evidence(
  name: string,
  kind: ArtifactKind,
  known: (draw: Draw) => Known,
  facts: (found: MachineFacts) => unknown,
  change: Change,
): Reader {
  const form = kind === 'boot-params' || kind === 'image' ? 'blob' : 'text';
  return {
    name,
    group: 'evidence',
    known: (random) => known(new Draw(random)),
    read: (bytes) => {
      const source = { name: 'fuzz', form, bytes } as const;
      const found = readEvidence(
        [{ kind, source, path: 'fuzz', sha256: '', steps: [] }],
        new DiagnosticList(),
      );
      reconcile(found);
      return facts(found);
    },
    change,
  };
}

const lines = (...all: readonly string[]): Uint8Array => latin1(`${all.join('\n')}\n`);

const SYMBOLS = ['HYPERV', 'SYSFB', 'FB_EFI', 'EFI', 'NR_CPUS', 'SYSFB_SIMPLEFB', 'ACPI'];

function drawConfig(draw: Draw): { text: string; values: [string, string][] } {
  const values = new Map<string, string>();
  for (const symbol of draw.some(1, 8, () => draw.pick([...SYMBOLS, draw.word(2, 9).toUpperCase()])))
    values.set(symbol, draw.pick(['y', 'm', 'n', '512', '"a b"']));
  const text = [...values].map(([symbol, value]) =>
    value === 'n' ? `# CONFIG_${symbol} is not set\n` : `CONFIG_${symbol}=${value}\n`,
  );
  // An architecture that is read.
  values.set('X86_64', 'y');
  return { text: `CONFIG_X86_64=y\n${text.join('')}`, values: [...values].sort() };
}

function configValues({ configs }: MachineFacts): unknown {
  return configs.map(({ values }) => [...values].sort());
}

const RELEASES = ['6.12.30', '5.15.0', '7.1.2', '6.6.10', '6.1.192'];
const release = (found: MachineFacts): unknown => found.releases.map(({ value }) => value.release);

const E820: readonly (readonly [string, string])[] = [
  ['usable', 'ram'],
  ['reserved', 'reserved'],
  ['ACPI data', 'acpi-data'],
  ['ACPI NVS', 'acpi-nvs'],
];

function knownLog(draw: Draw): Known {
  const version = draw.pick(RELEASES);
  const map = draw.ranges(5, 0x1000n).map((range) => ({ ...range, type: draw.pick(E820) }));
  const windows = draw.ranges(2, 0x10_0000n);
  const [first, second] = [windows[0]!, windows[1]];
  const resource = (range: { start: bigint; last: bigint } | undefined): string =>
    range ? `[mem 0x${hex(range.start, 8)}-0x${hex(range.last, 8)}]` : '(null)';
  const texts = [
    `Linux version ${version} (a@b) (gcc) #1 SMP`,
    ...map.map(
      ({ start, last, type }) => `BIOS-e820: [mem 0x${hex(start, 16)}-0x${hex(last, 16)}] ${type[0]}`,
    ),
    `hv_vmbus: hv_mmio=${resource(first)},${resource(second)} fb=(null)`,
  ];
  let seconds = 0;
  const stamped = texts.map((text) => {
    seconds += draw.below(1000) / 1e6;
    return `[    ${seconds.toFixed(6)}] ${text}`;
  });
  return {
    bytes: lines(...stamped),
    value: {
      release: [version],
      map: map.map(({ start, last, type }) => [start, last - start + 1n, type[1]]),
      pools: [[first, second ?? null]],
    },
  };
}

interface MadeNode {
  readonly start: bigint;
  readonly last: bigint;
  readonly name: string;
  readonly children: MadeNode[];
}

function drawIomem(draw: Draw): MadeNode[] {
  return draw.ranges(5, 0x10_0000n).map(({ start, last }) => {
    const name = draw.pick(['System RAM', 'PCI Bus 0000:00', 'Reserved', 'ACPI Tables']);
    const half = start + (last - start) / 2n;
    const children = draw.chance(0.5)
      ? [{ start, last: half, name: draw.pick(['0000:00:08.0', 'Kernel code']), children: [] }]
      : [];
    return { start, last, name, children };
  });
}

function iomemLines(nodes: readonly MadeNode[], indent = ''): string[] {
  return nodes.flatMap(({ start, last, name, children }) => [
    `${indent}${hex(start, 8)}-${hex(last, 8)} : ${name}`,
    ...iomemLines(children, `${indent}  `),
  ]);
}

function plainNode({ start, last, name, children }: MadeNode | IomemNode): unknown {
  return [start, last, name, children.map(plainNode)];
}

const UNITS = ['', 'K', 'M', 'G'];

function knownLspci(draw: Draw): Known {
  const seen = new Set<string>();
  const devices = draw
    .some(1, 5, () => ({
      address: `${hex(draw.below(2), 4)}:${hex(draw.below(256), 2)}:${hex(draw.below(32), 2)}.${draw.below(8)}`,
      vendor: draw.below(0x10000),
      device: draw.below(0x10000),
      bars: draw.some(0, 3, (index) => {
        const unit = 1 + draw.below(3);
        const count = 1 << draw.below(8);
        const size = BigInt(count) << BigInt(10 * unit);
        return { index, unit, count, size, base: size * BigInt(1 + draw.below(64)) };
      }),
    }))
    .filter(({ address }) => !seen.has(address) && seen.add(address));
  const text = devices.flatMap(({ address, vendor, device, bars }) => [
    `${address} Ethernet controller [0200]: Some Name [${hex(vendor, 4)}:${hex(device, 4)}] (rev 01)`,
    ...bars.map(
      ({ index, base, count, unit }) =>
        `\tRegion ${index}: Memory at ${hex(base)} (64-bit, non-prefetchable) [size=${count}${UNITS[unit]}]`,
    ),
  ]);
  return {
    bytes: lines(...text),
    value: devices.map(({ address, vendor, device, bars }) => [
      address,
      vendor,
      device,
      bars.map(({ index, base, size }) => [index, base, size]),
    ]),
  };
}

/** Offsets: include/uapi/linux/screen_info.h and Documentation/arch/x86/zero-page.rst. */
function knownBootParams(draw: Draw): Known {
  const bytes = Buffer.alloc(4096);
  const [base, size] = [draw.below(2 ** 32), draw.below(2 ** 32)];
  const [width, height] = [draw.below(0x10000), draw.below(0x10000)];
  bytes[0x0f] = 0x70;
  bytes.writeUInt16LE(width, 0x12);
  bytes.writeUInt16LE(height, 0x14);
  bytes.writeUInt32LE(base, 0x18);
  bytes.writeUInt32LE(size, 0x1c);
  bytes.write('HdrS', 0x202);
  bytes.write('EL64', 0x1c0);
  const map = draw.ranges(5, 0x1000n);
  bytes[0x1e8] = map.length;
  map.forEach(({ start, last }, at) => {
    bytes.writeBigUInt64LE(start, 0x2d0 + at * 20);
    bytes.writeBigUInt64LE(last - start + 1n, 0x2d8 + at * 20);
    bytes.writeUInt32LE(1, 0x2e0 + at * 20);
  });
  return {
    bytes,
    value: {
      screens: [[width, height, BigInt(base), BigInt(size)]],
      map: map.map(({ start, last }) => [start, last - start + 1n, 'ram']),
    },
  };
}

const memoryMap = (found: MachineFacts): unknown =>
  found.memoryMap.map(({ value: { base, size, type } }) => [base, size, type]);

/** An ELF header, and the strings that a kernel has (kernel/configs.c for the configuration). */
function knownKernel(draw: Draw): Known {
  const header = Buffer.alloc(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  header.writeUInt16LE(62, 18);
  const version = draw.pick(RELEASES);
  const { text, values } = drawConfig(draw);
  const bytes = Buffer.concat([
    header,
    draw.bytes(0, 50).map((byte) => byte & 0x1f),
    latin1(`\0Linux version ${version} (a@b) (gcc 12) #1 SMP\n\0`),
    latin1('IKCFG_ST'),
    gzipSync(text),
    latin1('IKCFG_ED'),
  ]);
  return { bytes, value: { release: [version], configs: [values] } };
}

const READERS: readonly Reader[] = [
  evidence(
    'config',
    'kconfig',
    (draw) => {
      const { text, values } = drawConfig(draw);
      return { bytes: latin1(text), value: [values] };
    },
    configValues,
    textChange([
      'CONFIG_SYSFB=y',
      '# CONFIG_',
      ' is not set',
      '=',
      '"',
      '\\"',
      '#\n# Linux/x86 6.6 Kernel Configuration\n',
    ]),
  ),
  evidence(
    'boot-params',
    'boot-params',
    knownBootParams,
    (found) => ({
      screens: found.screenInfos.map(({ value: { width, height, lfbBase, lfbSize } }) => [
        width,
        height,
        lfbBase,
        lfbSize,
      ]),
      map: memoryMap(found),
    }),
    (bytes, random) =>
      random() < 0.5 ? anyChange()(bytes, random).subarray(0, 4096) : anyChange()(bytes, random),
  ),
  evidence(
    'iomem',
    'iomem',
    (draw) => {
      const nodes = drawIomem(draw);
      return { bytes: lines(...iomemLines(nodes)), value: nodes.map(plainNode) };
    },
    ({ iomem }) => iomem.map(plainNode),
    textChange([
      '  ',
      '00000000-ffffffffffffffff : x',
      ' : ',
      '-',
      'efifb',
      'BOOTFB',
      '5620e0c7-8062-4dce-aeb7-520c7ef76171',
    ]),
  ),
  evidence(
    'log',
    'dmesg',
    knownLog,
    (found) => ({
      release: release(found),
      map: memoryMap(found),
      pools: found.printedPools.map(({ value: { windows } }) => windows),
    }),
    textChange([
      '[    0.000000] ',
      'Command line: acpi=off pci=nocrs,use_e820 ',
      'DMI: Microsoft Corporation Virtual Machine/Virtual Machine, BIOS 090008  12/07/2018',
      'efifb: framebuffer at 0xf8000000, using 3072k, total 3072k',
      'pci 0000:00:08.0: [1414:5353] type 00 class 0x030000',
      'pci_bus 0000:00: root bus resource [mem 0xf8000000-0xfffbffff window]',
      'e820: remove [mem 0x000a0000-0x000fffff] usable',
      'Nov 27 06:12:17 host kernel: ',
      '<6>',
      '[...]',
    ]),
  ),
  evidence(
    'lspci',
    'lspci',
    knownLspci,
    (found) =>
      found.pciDevices.map(({ value: { address, vendor, device, bars } }) => [
        address,
        vendor,
        device,
        bars.map(({ index, base, size }) => [index, base, size]),
      ]),
    textChange([
      '\tRegion 0: Memory at ',
      ' [size=',
      ']',
      '(64-bit, prefetchable)',
      '00:08.0 ',
      '[1414:5353]',
      '<unassigned>',
    ]),
  ),
  evidence(
    'cmdline',
    'cmdline',
    (draw) => {
      const words = draw.some(1, 6, () =>
        draw.pick(['root=/dev/sda1', 'ro', 'quiet', 'elfcorehdr=0x30000000', `x=${draw.word(1, 9)}`]),
      );
      const text = words.join(' ');
      return {
        bytes: lines(text),
        value: [[text], words.includes('elfcorehdr=0x30000000') ? ['kdump'] : []],
      };
    },
    ({ commandLines, kexec }) => [commandLines.map(({ value }) => value), kexec.map(({ value }) => value)],
    textChange(['elfcorehdr=', 'acpi=off', 'pci=nocrs,', ' ', 'ro']),
  ),
  evidence(
    'uname',
    'uname',
    (draw) => {
      const version = draw.pick(RELEASES);
      return {
        bytes: lines(`Linux ${draw.word(1, 9)} ${version} #1 SMP x86_64 GNU/Linux`),
        value: [version],
      };
    },
    release,
    textChange(['Linux ', '#1 SMP', 'x86_64', ' aarch64', '-azure', '.el9']),
  ),
  evidence(
    'memory-map',
    'memmap',
    (draw) => {
      const ranges = draw.ranges(8, 0x1000n);
      const text = ranges.map(
        ({ start, last }) => `0x${hex(start)}${draw.pick([' ', '-'])}0x${hex(last)} System RAM`,
      );
      return {
        bytes: lines(...text),
        value: ranges.map(({ start, last }) => [start, last - start + 1n, 'ram']),
      };
    },
    memoryMap,
    textChange(['0x0 0xffffffffffffffff Reserved\n', ' System RAM', 'ACPI Tables', 'Soft Reserved']),
  ),
  evidence(
    'kernel-image',
    'image',
    knownKernel,
    (found) => ({ release: release(found), configs: configValues(found) }),
    anyChange([
      latin1('IKCFG_ST\x1f\x8b\x08'),
      latin1('IKCFG_ED'),
      latin1('Linux version 6.'),
      latin1('\0vermagic=6.1'),
    ]),
  ),
  evidence(
    'kernel-source',
    'kernel-source',
    (draw) => {
      const [major, minor, patch] = [5 + draw.below(3), draw.below(20), draw.below(200)];
      const text = `VERSION = ${major}\nPATCHLEVEL = ${minor}\nSUBLEVEL = ${patch}\nEXTRAVERSION =\nNAME = x\n`;
      return { bytes: latin1(text), value: { release: [`${major}.${minor}.${patch}`], files: ['Makefile'] } };
    },
    (found) => ({ release: release(found), files: found.kernelSources.map(({ value }) => value) }),
    textChange([
      'config HYPERV\n',
      'struct resource *vmbus_allocate_mmio(struct resource **new)\n{\n',
      'EXTRAVERSION = -rc1\n',
      '{',
      '}',
      '/*',
    ]),
  ),
  {
    name: 'scenario',
    group: 'evidence',
    known: (random) => {
      const draw = new Draw(random);
      const steps = draw.some(1, 5, (at) => ({ name: `d${at}`, size: 1 << (10 + draw.below(16)) }));
      const text = steps.map(
        ({ name, size }) =>
          `  - device: pci-pass-through\n    name: ${name}\n    bars:\n      - size: ${size}\n        bits: 64\n`,
      );
      return { bytes: latin1(`name: x\nsteps:\n${text.join('')}`), value: steps };
    },
    read: async (bytes) => {
      const scenario = await readScenario({ name: 'fuzz', form: 'text', bytes }, new DiagnosticList());
      return scenario?.steps.map((step) =>
        step.do === 'probe' ? { name: step.device.name, size: Number(step.device.bars[0]?.size) } : step.name,
      );
    },
    change: textChange([
      '- ',
      '&a ',
      '*a',
      '<<: *a',
      '{',
      '[',
      '!!binary ',
      'size: 16K',
      'remove: d0',
      '? ',
      '|\n',
      '0x',
    ]),
  },
];

export const evidenceTargets: readonly Target[] = READERS.map(readerTarget);
