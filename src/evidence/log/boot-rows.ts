/** Messages about the kernel and the boot. */

import type { Confidentiality, PciWindowRule } from '../facts.ts';
import { kernelRelease } from '../release-text.ts';
import { type Boot, firstTime, type LogMessage, type LogRow, symbolOn } from './row.ts';

/** Whether `acpi=` disables ACPI; the last one counts (arch/x86/kernel/acpi/boot.c, parse_acpi). */
function acpiIsOff(commandLine: string): boolean {
  let off = false;
  for (const [, value] of commandLine.matchAll(/(?:^|\s)acpi=(\S*)/g)) {
    if (value === 'off') off = true;
    else if (value === 'force' || value === 'on') off = false;
  }
  return off;
}

const PCI_RULES: readonly PciWindowRule[] = ['nocrs', 'use_crs', 'no_e820', 'use_e820'];

/**
 * What kexec-tools and the services of kdump add to a command line (Documentation/admin-guide/kernel-parameters.txt,
 * kdump/kdump.rst). On arm64 elfcorehdr is in the device tree, and only reset_devices shows a capture kernel.
 */
const KEXEC_PARAMETERS: readonly (readonly [RegExp, 'kdump' | 'kexec'])[] = [
  [/(?:^|\s)(?:elfcorehdr=|reset_devices(?:\s|$))/, 'kdump'],
  [/(?:^|\s)acpi_rsdp=/, 'kexec'],
];

/** Adds the facts of a command line. */
export function takeCommandLine(text: string, message: LogMessage, boot: Pick<Boot, 'facts' | 'once'>): void {
  // Linux prints it twice, the second time with its own additions.
  if (!firstTime(boot, `command line ${text.trim()}`)) return;
  const { facts } = boot;
  facts.commandLines.push({ ...message, value: text });
  if (acpiIsOff(text) && firstTime(boot, 'acpi=off')) {
    facts.descriptions.push({ ...message, value: ['dt', 'none'] });
  }
  for (const [parameter, value] of KEXEC_PARAMETERS)
    if (parameter.test(text) && firstTime(boot, value === 'kdump' ? 'elfcorehdr=' : value))
      facts.kexec.push({ ...message, value });
  for (const [, options] of text.matchAll(/(?:^|\s)pci=(\S+)/g))
    for (const option of options!.split(',')) {
      const rule = PCI_RULES.find((name) => name === option);
      if (rule !== undefined && firstTime(boot, `pci=${rule}`))
        facts.pciRules.push({ ...message, strength: 'given', value: rule });
    }
}

/** Names in `Memory Encryption Features active:`. SME alone is a feature of hosts. */
const ENCRYPTION: readonly (readonly [RegExp, Confidentiality])[] = [
  [/\bSEV-SNP\b/, 'sev-snp'],
  [/\bSEV-ES\b/, 'sev-es'],
  [/\bSEV\b/, 'sev'],
  [/\bTDX\b/, 'tdx'],
];

/** `cvm_type` of the isolation configuration (include/asm-generic/mshyperv.h). */
const ISOLATION: readonly Confidentiality[] = ['none', 'vbs', 'sev-snp', 'tdx'];

function takeConfidential(value: Confidentiality, message: LogMessage, boot: Boot): void {
  if (firstTime(boot, `confidential ${value}`)) boot.facts.confidential.push({ ...message, value });
}

function efi(value: boolean, message: LogMessage, boot: Boot): void {
  if (value) symbolOn(boot, message, 'EFI');
  if (firstTime(boot, `efi ${value} ${message.strength}`)) boot.facts.efiBoot.push({ ...message, value });
}

/** The beginning of the banner (init/main.c, start_kernel). */
export const BANNER_START = 'Linux version ';
/** What arm and arm64 print before the banner (smp_setup_processor_id). */
const PROCESSOR_START = 'Booting Linux on physical CPU ';
/** The same of RISC-V. */
const HART_START = 'Booting Linux on hartid ';

/** Whether a message is the first of a boot: the banner, or what is printed before it. */
export function beginsBoot(message: string): boolean {
  return [BANNER_START, PROCESSOR_START, HART_START].some((start) => message.startsWith(start));
}

export const BOOT_ROWS: readonly LogRow[] = [
  {
    starts: [BANNER_START],
    pattern: /^Linux version (\d+\.\d+\S*)(?: (.*))?$/,
    take: (match, message, boot) => {
      boot.facts.releases.push({ ...message, value: kernelRelease(match[1]!, match[2] ?? '') });
    },
  },
  {
    // The first lines of a warning or oops name the kernel too (lib/dump_stack.c, dump_stack_print_info).
    starts: ['CPU: '],
    pattern: /^CPU: \d+ .*\b(?:Not tainted|Tainted: [A-Z(][A-Z()\s-]*?) +(\d+\.\d+\.\d\S*) #\d/,
    take: (match, message, boot) => {
      if (boot.facts.releases.length > 0 || !firstTime(boot, `release ${match[1]}`)) return;
      boot.facts.releases.push({ ...message, value: kernelRelease(match[1]!, '') });
    },
  },
  {
    // 32-bit ARM prints a shorter number and no MIDR.
    starts: [PROCESSOR_START],
    pattern: /^Booting Linux on physical CPU 0x[0-9a-f]{10} \[0x[0-9a-f]{8}\]$/,
    take: (_match, message, boot) => {
      if (firstTime(boot, 'arm64')) boot.facts.architectures.push({ ...message, value: 'arm64' });
    },
  },
  {
    starts: ['Command line: ', 'Kernel command line: '],
    pattern: /^(?:Kernel c|C)ommand line: (.*)$/,
    take: (match, message, boot) => {
      boot.seen.set('command line', message);
      takeCommandLine(match[1]!, message, boot);
    },
  },
  {
    starts: ['efi: EFI v'],
    pattern: /^efi: EFI v\d+\.\d+.*$/,
    take: (_match, message, boot) => {
      boot.seen.set('efi', message);
      efi(true, message, boot);
    },
  },
  {
    starts: ['efi: UEFI not found.'],
    pattern: /^efi: UEFI not found\.$/,
    take: (_match, message, boot) => {
      symbolOn(boot, message, 'EFI');
      if (firstTime(boot, 'efi not found')) boot.facts.efiBoot.push({ ...message, value: false });
    },
  },
  {
    starts: [
      'efivars: ',
      'Registered efivars ',
      'EFI Variables Facility',
      'esrt: ',
      'pstore: Registered efi',
    ],
    pattern:
      /^(?:efivars: Registered|Registered efivars|EFI Variables Facility|esrt: Reserving|pstore: Registered efi)/,
    take: (_match, message, boot) => efi(true, message, boot),
  },
  {
    // The directory exists where the kernel has EFI runtime services or tables (drivers/firmware/efi/efi.c, efisubsys_init).
    starts: ['fwmap capture: '],
    pattern: /^fwmap capture: \/sys\/firmware\/efi is there$/,
    take: (_match, message, boot) => efi(true, message, boot),
  },
  {
    starts: ['secureboot: ', 'Secure boot '],
    pattern: /^(?:secureboot: )?Secure boot (?:enabled|disabled|could not be determined)/,
    take: (_match, message, boot) => {
      // A kernel that was not booted by EFI prints "could not be determined".
      if (/(?:enabled|disabled)/.test(message.text)) efi(true, { ...message, strength: 'inferred' }, boot);
    },
  },
  {
    starts: ['Hyper-V: Linux runs ', 'Linux runs in Hyper-V'],
    pattern: /^(?:Hyper-V: )?Linux runs in Hyper-V Virtual Trust Level(?: (\d+))?$/,
    take: (match, message, boot) => {
      symbolOn(boot, message, 'HYPERV_VTL_MODE');
      const level = match[1] === undefined ? undefined : Number.parseInt(match[1], 10);
      if (level !== undefined) boot.facts.vtls.push({ ...message, value: level });
      // Releases that don't print the number support VTL 2 only.
      if (level === undefined || level === 2)
        boot.facts.platforms.push({ ...message, value: ['openhcl-vtl2'] });
    },
  },
  {
    starts: ['hv_vmbus: VMBus is present', 'vmbus: VMBus is present', 'VMBus is present'],
    pattern: /^(?:hv_vmbus: |vmbus: )?VMBus is present in DeviceTree/,
    take: (_match, message, boot) => {
      symbolOn(boot, message, 'OF');
      boot.facts.descriptions.push({ ...message, value: ['dt'] });
    },
  },
  {
    starts: ['ACPI: Interpreter '],
    pattern: /^ACPI: Interpreter (enabled|disabled)\.?$/,
    take: (match, message, boot) => {
      symbolOn(boot, message, 'ACPI');
      const on = match[1] === 'enabled';
      boot.facts.descriptions.push({ ...message, value: on ? ['acpi'] : ['dt', 'none'] });
    },
  },
  {
    starts: ['ACPI: Core revision '],
    pattern: /^ACPI: Core revision \d+$/,
    take: (_match, message, boot) => {
      symbolOn(boot, message, 'ACPI');
      boot.facts.descriptions.push({ ...message, value: ['acpi'] });
    },
  },
  {
    starts: ['ACPI BIOS Error'],
    pattern: /^ACPI BIOS Error \(bug\): A valid RSDP was not found/,
    take: (_match, message, boot) => {
      boot.facts.descriptions.push({ ...message, value: ['dt', 'none'] });
    },
  },
  {
    starts: ['Reserving '],
    pattern: /^Reserving \d+KB of memory at 0x[0-9a-f]+ for elfcorehdr/,
    take: (_match, message, boot) => {
      if (firstTime(boot, 'elfcorehdr=')) boot.facts.kexec.push({ ...message, value: 'kdump' });
    },
  },
  {
    starts: ['AMD Memory Encryption', 'Memory Encryption Features'],
    pattern: /^(?:AMD )?Memory Encryption Features active: (.*)$/,
    take: (match, message, boot) => {
      for (const [name, value] of ENCRYPTION)
        if (name.test(match[1]!)) takeConfidential(value, message, boot);
    },
  },
  {
    starts: ['AMD Secure Encrypted Virtualization'],
    pattern: /^AMD Secure Encrypted Virtualization \(SEV\) active/,
    take: (_match, message, boot) => takeConfidential('sev', message, boot),
  },
  {
    starts: ['SEV: ', 'SEV-SNP: '],
    pattern: /^(?:SEV: (?:SNP running at|Using SNP CPUID table)|SEV-SNP: )/,
    take: (_match, message, boot) => takeConfidential('sev-snp', message, boot),
  },
  {
    starts: ['tdx: Guest detected'],
    pattern: /^tdx: Guest detected/,
    take: (_match, message, boot) => takeConfidential('tdx', message, boot),
  },
  {
    starts: ['RME: Using RSI', 'RSI: Using RSI'],
    pattern: /^(?:RME|RSI): Using RSI version/,
    take: (_match, message, boot) => takeConfidential('cca', message, boot),
  },
  {
    starts: ['Hyper-V: Isolation Config'],
    pattern: /^Hyper-V: Isolation Config: Group A 0x[0-9a-f]+, Group B 0x([0-9a-f]+)/,
    take: (match, message, boot) => {
      const value = ISOLATION[Number.parseInt(match[1]!, 16) & 0xf];
      if (value !== undefined) takeConfidential(value, message, boot);
    },
  },
];

export { efi as noteEfiBoot };
