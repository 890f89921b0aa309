/** The files that a person on a machine would have: tables or tree, log, configuration, boot_params, lspci, iomem. */
import { VTPM_BASE } from '../../../../src/linux/vmbus/acpi-pool.ts';
import { levelsIn } from './firmware-acpi.ts';
import type { Machine, Must } from './machine.ts';
import type { Random } from './random.ts';
import { efiEnabled, hasDriver, isOn, poolOf, truthOf } from './truth.ts';

/** Parts of a machine that may be hidden. */
export type Part = 'contents' | 'release' | 'commits' | 'configuration' | 'boot' | 'lfb';

export interface Line {
  readonly text: string;
  /** It defeats a premise: it may not be hidden. */
  readonly must?: boolean;
}

/** A file, as lines where it is text. */
export interface EvidenceFile {
  readonly name: string;
  readonly what: 'firmware' | 'log' | 'config' | 'params' | 'lspci' | 'iomem' | 'uname';
  readonly lines?: readonly Line[];
  readonly bytes?: Uint8Array;
  readonly must: boolean;
  /** Parts that it describes in part, and parts that it describes completely. */
  readonly mentions: readonly Part[];
  readonly shows: readonly Part[];
}

const VICTIM = '5c41ac43-1a2b-4c3d-9e8f-0123456789ab';

export function evidenceOf(machine: Machine, random: Random): EvidenceFile[] {
  const has = (what: Must): boolean => machine.must.has(what);
  const files: EvidenceFile[] = [logFile(machine, random, has('log')), configFile(machine, has('config'))];
  if (machine.firmware.kind === 'acpi' && machine.arch === 'x86_64')
    files.push(paramsFile(machine, has('params')));
  if (machine.firmware.kind === 'acpi' && machine.firmware.family !== 'gen2')
    files.push(lspciFile(machine, has('lspci')));
  const iomem = iomemFile(machine, random);
  if (iomem !== undefined) files.push(iomem);
  files.push({
    name: 'uname.txt',
    what: 'uname',
    lines: [
      {
        text: `Linux vm ${machine.kernel.release} #1 SMP PREEMPT_DYNAMIC ${machine.arch === 'arm64' ? 'aarch64' : 'x86_64'} GNU/Linux`,
      },
    ],
    must: false,
    mentions: ['release'],
    shows: ['release'],
  });
  return files;
}

function hex(value: bigint, width = 0): string {
  return value.toString(16).padStart(width, '0');
}

const FOUR_GIB = 1n << 32n;
const MEMORY_END = 1n << 44n;

/** SRAT as Hyper-V makes it: memory, there or to come, all around the gaps. */
function sratLines({ firmware, contents }: Machine): string[] {
  if (firmware.kind !== 'acpi') return [];
  const gaps = levelsIn(firmware, contents)
    .flatMap(({ crs }) => crs ?? [])
    .filter(({ type, min, max }) => type !== 'other' && max > min && min !== 0n && max < MEMORY_END)
    .map(({ min, max }) => ({ base: min, end: max < FOUR_GIB ? FOUR_GIB : max + 1n }))
    .sort((a, b) => (a.base < b.base ? -1 : 1));
  const lines: string[] = [];
  const say = (start: bigint, end: bigint): void => {
    if (end <= start) return;
    lines.push(
      `ACPI: SRAT: Node 0 PXM 0 [mem 0x${hex(start, 8)}-0x${hex(end - 1n, 8)}]${start === 0n ? '' : ' hotplug'}`,
    );
  };
  let at = 0n;
  for (const { base, end } of gaps) {
    for (const [start, last] of base > FOUR_GIB && at < FOUR_GIB
      ? [[at, FOUR_GIB] as const, [FOUR_GIB, base] as const]
      : [[at, base] as const])
      say(start, last);
    if (end > at) at = end;
  }
  say(at, MEMORY_END);
  return lines;
}

/** The log of a whole boot. */
function logFile(machine: Machine, random: Random, must: boolean): EvidenceFile {
  const { arch, boot, firmware, kernel, configuration } = machine;
  const lines: Line[] = [];
  let seconds = 0;
  const say = (text: string, isMust = false): void => {
    lines.push({ text: `[${seconds.toFixed(6).padStart(12)}] ${text}`, ...(isMust ? { must: true } : {}) });
  };
  const isEfi = efiEnabled(machine);
  const acpi = isOn(machine, 'ACPI') && firmware.kind === 'acpi';
  const x86 = arch === 'x86_64';
  if (!x86) say('Booting Linux on physical CPU 0x0000000000 [0x410fd0c1]', must);
  say(`Linux version ${kernel.release} (build@host) (gcc (GCC) 13.2.0, GNU ld 2.41) #1 SMP PREEMPT_DYNAMIC`);
  const options = `BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro console=ttyS0${firmware.kind === 'tree' && isOn(machine, 'ACPI') ? ' acpi=off' : ''}${boot.start === 'kdump' ? ' elfcorehdr=0x2f000000' : ''}`;
  if (x86) {
    say(`Command line: ${options}`, boot.start === 'kdump' && must);
    say('BIOS-provided physical RAM map:');
    say('BIOS-e820: [mem 0x0000000000000000-0x000000000009ffff] usable');
    say('BIOS-e820: [mem 0x0000000000100000-0x0000000007ffffff] usable');
  }
  if (isEfi) say(`efi: EFI v2.7 by ${firmware.family === 'gen2' ? 'Microsoft' : 'EDK II'}`);
  else if (!x86 && isOn(machine, 'EFI')) say('efi: UEFI not found.');
  if (firmware.family === 'gen2')
    say(
      'DMI: Microsoft Corporation Virtual Machine/Virtual Machine, BIOS Hyper-V UEFI Release v4.1 04/06/2022',
    );
  if (firmware.family === 'gen1')
    say('DMI: Microsoft Corporation Virtual Machine/Virtual Machine, BIOS 090008  12/07/2018');
  if (firmware.family !== 'qemu' && x86 && isOn(machine, 'HYPERV')) {
    say('Hypervisor detected: Microsoft Hyper-V');
    const type = ['none', 'vbs', 'sev-snp', 'tdx'].indexOf(boot.confidential);
    say('Hyper-V: privilege flags low 0xae7f, high 0x3b8030, hints 0x9e4e24, misc 0xe0bed7b2');
    if (type > 0) say(`Hyper-V: Isolation Config: Group A 0x0, Group B 0x${type.toString(16)}`, must);
  } else if (boot.confidential !== 'none')
    say(
      boot.confidential === 'tdx'
        ? 'tdx: Guest detected'
        : 'Memory Encryption Features active: AMD SEV SEV-ES SEV-SNP',
      must,
    );
  if (x86) say('last_pfn = 0x8000 max_arch_pfn = 0x400000000');
  if (configuration.values.get('HYPERV_VTL_MODE') === 'y' && firmware.kind === 'tree')
    say('Hyper-V: Linux runs in Hyper-V Virtual Trust Level 2');
  say('Zone ranges:');
  say('  DMA32    [mem 0x0000000000001000-0x0000000007ffffff]');
  say(`Kernel command line: ${options}`, boot.start === 'kdump' && must);
  if (firmware.family === 'gen1' && boot.lfb.base === 0n) say('Console: colour VGA+ 80x25');
  say('Memory: 100000K/131072K available');
  seconds = 0.2;
  if (acpi && firmware.family === 'gen2') for (const line of sratLines(machine)) say(line);
  if (acpi) {
    say('ACPI: Core revision 20240827');
    seconds += 0.1;
    say('ACPI: Interpreter enabled');
  } else if (isOn(machine, 'ACPI')) say('ACPI: Interpreter disabled.');
  if (firmware.family === 'gen1' && boot.video !== null) {
    say('pci 0000:00:00.0: [8086:7192] type 00 class 0x060000');
    say('pci 0000:00:08.0: [1414:5353] type 00 class 0x030000');
    const { base, size } = boot.video;
    say(`pci 0000:00:08.0: reg 0x10: [mem 0x${hex(base, 8)}-0x${hex(base + size - 1n, 8)}]`);
  }
  seconds = 0.5;
  if (hasDriver(machine)) {
    if (firmware.kind === 'tree' && kernel.behaviour.deviceTree)
      say('hv_vmbus: VMBus is present in DeviceTree');
    for (const { text } of poolOf(machine, configuration.sysfb)?.log ?? []) say(text);
    say('hv_vmbus: Vmbus version:5.3');
  }
  const { framebuffer, lfb } = boot;
  if (framebuffer !== null && lfb.base !== 0n) {
    const kib = framebuffer.size >> 10n;
    if (isEfi && isOn(machine, 'FB_EFI') && configuration.sysfb)
      say(`efifb: framebuffer at 0x${hex(framebuffer.base)}, using ${kib}k, total ${kib}k`);
    else if (boot.by === 'bios' && isOn(machine, 'FB_VESA') && configuration.sysfb)
      say(
        `vesafb: framebuffer at 0x${hex(framebuffer.base)}, mapped to 0x00000000deadbeef, using ${kib}k, total ${kib}k`,
      );
  }
  seconds = 2;
  if (truthOf(machine).actual && isOn(machine, 'PCI_HYPERV') && random.chance(0.4))
    say(`hv_pci ${VICTIM}: PCI Pass-through VSP failed D0 Entry with status c0370048`);
  say('Freeing unused kernel image (initmem) memory: 4096K');
  return {
    name: 'dmesg.txt',
    what: 'log',
    lines,
    must,
    mentions: ['contents', 'release', 'configuration', 'boot'],
    shows: ['release'],
  };
}

/** `.config` as the kernel's configuration program writes it. */
function configFile(machine: Machine, must: boolean): EvidenceFile {
  const { arch, kernel, configuration } = machine;
  const lines: Line[] = [];
  const say = (text: string): void => {
    lines.push({ text });
  };
  const heading = (title: string): void => {
    say('#');
    say(`# ${title}`);
    say('#');
  };
  const { values } = configuration;
  const symbol = (name: string): void => {
    const value = values.get(name);
    say(value === undefined || value === 'n' ? `# CONFIG_${name} is not set` : `CONFIG_${name}=${value}`);
  };
  say('#');
  say('# Automatically generated file; DO NOT EDIT.');
  say(`# Linux/${arch === 'arm64' ? 'arm64' : 'x86'} ${kernel.release} Kernel Configuration`);
  say('#');
  heading('General setup');
  say('CONFIG_LOCALVERSION=""');
  say('# end of General setup');
  say(arch === 'arm64' ? 'CONFIG_ARM64=y' : 'CONFIG_X86_64=y');
  symbol('ACPI');
  symbol('EFI');
  symbol('OF');
  heading('Device Drivers');
  if (kernel.behaviour.sysfbSymbol !== 'absent' && configuration.sysfb) say('CONFIG_SYSFB=y');
  if (kernel.behaviour.sysfbSymbol !== 'absent') symbol('SYSFB_SIMPLEFB');
  symbol('PCI_HYPERV');
  heading('Graphics support');
  symbol('DRM');
  symbol('FB');
  symbol('FB_EFI');
  symbol('FB_VESA');
  say('# end of Graphics support');
  heading('Microsoft Hyper-V guest support');
  symbol('HYPERV');
  if (kernel.behaviour.vtlMode && isOn(machine, 'HYPERV')) symbol('HYPERV_VTL_MODE');
  if (kernel.behaviour.vmbusSymbol && isOn(machine, 'HYPERV')) symbol('HYPERV_VMBUS');
  say('# end of Microsoft Hyper-V guest support');
  say('# end of Device Drivers');
  heading('Kernel hacking');
  say('CONFIG_PRINTK_TIME=y');
  say('# end of Kernel hacking');
  return {
    name: '.config',
    what: 'config',
    lines,
    must,
    mentions: ['release', 'configuration'],
    shows: ['release', 'configuration'],
  };
}

/** /sys/kernel/boot_params/data. */
function paramsFile({ boot }: Machine, must: boolean): EvidenceFile {
  const bytes = new Uint8Array(4096);
  const view = new DataView(bytes.buffer);
  const { lfb } = boot;
  if (lfb.base !== 0n) {
    bytes[0x0f] = boot.by === 'efi' ? 0x70 : 0x23;
    view.setUint16(0x12, 1024, true);
    view.setUint16(0x14, 768, true);
    view.setUint16(0x16, 32, true);
    view.setUint32(0x18, Number(lfb.base), true);
    view.setUint32(0x1c, Number(lfb.size), true);
    view.setUint16(0x24, 4096, true);
  } else bytes[0x0f] = boot.by === 'efi' ? 0x70 : 0x01;
  if (boot.by === 'efi') bytes.set(Buffer.from('EL64'), 0x1c0);
  bytes.set(Buffer.from('HdrS'), 0x202);
  bytes[0x210] = boot.start === 'kdump' ? 0xd0 : 0x72;
  return {
    name: 'boot_params',
    what: 'params',
    bytes,
    must,
    mentions: ['boot'],
    shows: boot.by === 'efi' && lfb.base !== 0n ? ['boot', 'lfb'] : ['lfb'],
  };
}

function lspciFile({ boot, firmware }: Machine, must: boolean): EvidenceFile {
  const lines: Line[] = [
    {
      text: '00:00.0 Host bridge [0600]: Intel Corporation 440BX/ZX/DX - 82443BX/ZX/DX Host bridge (AGP disabled) [8086:7192] (rev 03)',
    },
  ];
  lines.push({
    text: '00:07.0 ISA bridge [0601]: Intel Corporation 82371AB/EB/MB PIIX4 ISA [8086:7110] (rev 01)',
  });
  const { framebuffer } = boot;
  if (firmware.family === 'gen1' && boot.video !== null) {
    const { base, size } = boot.video;
    lines.push({
      text: '00:08.0 VGA compatible controller [0300]: Microsoft Corporation Hyper-V virtual VGA [1414:5353] (prog-if 00 [VGA controller])',
    });
    lines.push({
      text: `\tRegion 0: Memory at ${hex(base, 8)} (32-bit, non-prefetchable) [size=${size >> 20n}M]`,
    });
  } else if (framebuffer !== null) {
    lines.push({
      text: '00:02.0 VGA compatible controller [0300]: Device [1234:1111] (rev 02) (prog-if 00 [VGA controller])',
    });
    lines.push({
      text: `\tRegion 0: Memory at ${hex(framebuffer.base, 8)} (32-bit, prefetchable) [size=${framebuffer.size >> 20n}M]`,
    });
  }
  return { name: 'lspci.txt', what: 'lspci', lines, must, mentions: ['boot'], shows: [] };
}

/** /proc/iomem with a claim of a pass-through device on the framebuffer, where there may be one. */
function iomemFile(machine: Machine, random: Random): EvidenceFile | undefined {
  const { framebuffer } = machine.boot;
  if (framebuffer === null || machine.firmware.kind === 'tree' || !random.chance(0.4)) return undefined;
  const pool = poolOf(machine, machine.configuration.sysfb);
  const window = pool?.windows.find(
    ({ start, end }) =>
      start <= framebuffer.base && end >= framebuffer.base + 0x1fffn && end < VTPM_BASE + (1n << 32n),
  );
  if (pool === undefined || window === undefined) return undefined;
  const lines: Line[] = [
    { text: '00001000-0009ffff : System RAM' },
    { text: '00100000-07ffffff : System RAM' },
    {
      text: `${hex(window.start, 8)}-${hex(window.end, 8)} : ${machine.firmware.family === 'gen2' ? 'MSFT1000:00' : 'PCI Bus 0000:00'}`,
    },
  ];
  const isFree =
    pool.framebuffer === null ||
    pool.framebuffer.start > framebuffer.base + 0x1fffn ||
    pool.framebuffer.end < framebuffer.base;
  if (truthOf(machine).actual && isFree && isOn(machine, 'PCI_HYPERV'))
    lines.push({ text: `  ${hex(framebuffer.base, 8)}-${hex(framebuffer.base + 0x1fffn, 8)} : ${VICTIM}` });
  return { name: 'iomem.txt', what: 'iomem', lines, must: false, mentions: ['contents', 'boot'], shows: [] };
}
