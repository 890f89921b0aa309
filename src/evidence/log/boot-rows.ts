/** Messages about the kernel and how it was started. */

import type { Confidentiality, PciWindowRule } from '../facts.ts';
import { kernelRelease } from '../release-text.ts';
import { type Boot, firstTime, type LogRow, type Said, symbolOn } from './row.ts';

/** What `acpi=` on a command line comes to: the last one counts (arch/x86/kernel/acpi/boot.c, parse_acpi). */
function acpiIsOff(commandLine: string): boolean {
  let off = false;
  for (const [, value] of commandLine.matchAll(/(?:^|\s)acpi=(\S*)/g)) {
    if (value === 'off') off = true;
    else if (value === 'force' || value === 'on') off = false;
  }
  return off;
}

const PCI_RULES: readonly PciWindowRule[] = ['nocrs', 'use_crs', 'no_e820', 'use_e820'];

/** The facts of a command line. */
export function takeCommandLine(text: string, said: Said, boot: Pick<Boot, 'facts' | 'once'>): void {
  // Printed twice, the second time with what the kernel added.
  if (!firstTime(boot, `command line ${text.trim()}`)) return;
  const { facts } = boot;
  facts.commandLines.push({ ...said, value: text });
  if (acpiIsOff(text) && firstTime(boot, 'acpi=off')) {
    facts.descriptions.push({ ...said, value: ['dt', 'none'] });
  }
  if (/(?:^|\s)elfcorehdr=/.test(text) && firstTime(boot, 'elfcorehdr='))
    facts.kexec.push({ ...said, value: 'kdump' });
  for (const [, options] of text.matchAll(/(?:^|\s)pci=(\S+)/g))
    for (const option of options!.split(',')) {
      const rule = PCI_RULES.find((name) => name === option);
      if (rule !== undefined && firstTime(boot, `pci=${rule}`))
        facts.pciRules.push({ ...said, strength: 'given', value: rule });
    }
}

/** Names in `Memory Encryption Features active:`. SME alone is a host's. */
const ENCRYPTION: readonly (readonly [RegExp, Confidentiality])[] = [
  [/\bSEV-SNP\b/, 'sev-snp'],
  [/\bSEV-ES\b/, 'sev-es'],
  [/\bSEV\b/, 'sev'],
  [/\bTDX\b/, 'tdx'],
];

/** `cvm_type` of the isolation configuration (include/asm-generic/mshyperv.h). */
const ISOLATION: readonly Confidentiality[] = ['none', 'vbs', 'sev-snp', 'tdx'];

function takeConfidential(value: Confidentiality, said: Said, boot: Boot): void {
  if (firstTime(boot, `confidential ${value}`)) boot.facts.confidential.push({ ...said, value });
}

function efi(value: boolean, said: Said, boot: Boot): void {
  if (value) symbolOn(boot, said, 'EFI');
  if (firstTime(boot, `efi ${value} ${said.strength}`)) boot.facts.efiBoot.push({ ...said, value });
}

export const BOOT_ROWS: readonly LogRow[] = [
  {
    starts: ['Linux version '],
    pattern: /^Linux version (\d+\.\d+\S*)(?: (.*))?$/,
    take: (match, said, boot) => {
      boot.facts.releases.push({ ...said, value: kernelRelease(match[1]!, match[2] ?? '') });
    },
  },
  {
    // The first lines of a warning or oops name the kernel too (lib/dump_stack.c, dump_stack_print_info).
    starts: ['CPU: '],
    pattern: /^CPU: \d+ .*\b(?:Not tainted|Tainted: [A-Z(][A-Z()\s-]*?) +(\d+\.\d+\.\d\S*) #\d/,
    take: (match, said, boot) => {
      if (boot.facts.releases.length > 0 || !firstTime(boot, `release ${match[1]}`)) return;
      boot.facts.releases.push({ ...said, value: kernelRelease(match[1]!, '') });
    },
  },
  {
    // 32-bit ARM prints a shorter number and no MIDR.
    starts: ['Booting Linux on physical CPU '],
    pattern: /^Booting Linux on physical CPU 0x[0-9a-f]{10} \[0x[0-9a-f]{8}\]$/,
    take: (_match, said, boot) => {
      if (firstTime(boot, 'arm64')) boot.facts.architectures.push({ ...said, value: 'arm64' });
    },
  },
  {
    starts: ['Command line: ', 'Kernel command line: '],
    pattern: /^(?:Kernel c|C)ommand line: (.*)$/,
    take: (match, said, boot) => {
      boot.seen.set('command line', said);
      takeCommandLine(match[1]!, said, boot);
    },
  },
  {
    starts: ['efi: EFI v'],
    pattern: /^efi: EFI v\d+\.\d+.*$/,
    take: (_match, said, boot) => {
      boot.seen.set('efi', said);
      efi(true, said, boot);
    },
  },
  {
    starts: ['efi: UEFI not found.'],
    pattern: /^efi: UEFI not found\.$/,
    take: (_match, said, boot) => {
      symbolOn(boot, said, 'EFI');
      if (firstTime(boot, 'efi not found')) boot.facts.efiBoot.push({ ...said, value: false });
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
    take: (_match, said, boot) => efi(true, said, boot),
  },
  {
    // The folder is there where the kernel has EFI's runtime services or its tables (drivers/firmware/efi/efi.c, efisubsys_init).
    starts: ['fwmap capture: '],
    pattern: /^fwmap capture: \/sys\/firmware\/efi is there$/,
    take: (_match, said, boot) => efi(true, said, boot),
  },
  {
    starts: ['secureboot: ', 'Secure boot '],
    pattern: /^(?:secureboot: )?Secure boot (?:enabled|disabled|could not be determined)/,
    take: (_match, said, boot) => {
      // A kernel without EFI's help says "could not be determined".
      if (/(?:enabled|disabled)/.test(said.text)) efi(true, { ...said, strength: 'inferred' }, boot);
    },
  },
  {
    starts: ['Hyper-V: Linux runs ', 'Linux runs in Hyper-V'],
    pattern: /^(?:Hyper-V: )?Linux runs in Hyper-V Virtual Trust Level(?: (\d+))?$/,
    take: (match, said, boot) => {
      symbolOn(boot, said, 'HYPERV_VTL_MODE');
      const level = match[1] === undefined ? undefined : Number.parseInt(match[1], 10);
      if (level !== undefined) boot.facts.vtls.push({ ...said, value: level });
      // Before the number was printed there was only VTL 2.
      if (level === undefined || level === 2) boot.facts.platforms.push({ ...said, value: ['openhcl-vtl2'] });
    },
  },
  {
    starts: ['hv_vmbus: VMBus is present', 'vmbus: VMBus is present', 'VMBus is present'],
    pattern: /^(?:hv_vmbus: |vmbus: )?VMBus is present in DeviceTree/,
    take: (_match, said, boot) => {
      symbolOn(boot, said, 'OF');
      boot.facts.descriptions.push({ ...said, value: ['dt'] });
    },
  },
  {
    starts: ['ACPI: Interpreter '],
    pattern: /^ACPI: Interpreter (enabled|disabled)\.?$/,
    take: (match, said, boot) => {
      symbolOn(boot, said, 'ACPI');
      const on = match[1] === 'enabled';
      boot.facts.descriptions.push({ ...said, value: on ? ['acpi'] : ['dt', 'none'] });
    },
  },
  {
    starts: ['ACPI: Core revision '],
    pattern: /^ACPI: Core revision \d+$/,
    take: (_match, said, boot) => {
      symbolOn(boot, said, 'ACPI');
      boot.facts.descriptions.push({ ...said, value: ['acpi'] });
    },
  },
  {
    starts: ['ACPI BIOS Error'],
    pattern: /^ACPI BIOS Error \(bug\): A valid RSDP was not found/,
    take: (_match, said, boot) => {
      boot.facts.descriptions.push({ ...said, value: ['dt', 'none'] });
    },
  },
  {
    starts: ['Reserving '],
    pattern: /^Reserving \d+KB of memory at 0x[0-9a-f]+ for elfcorehdr/,
    take: (_match, said, boot) => {
      if (firstTime(boot, 'elfcorehdr=')) boot.facts.kexec.push({ ...said, value: 'kdump' });
    },
  },
  {
    starts: ['AMD Memory Encryption', 'Memory Encryption Features'],
    pattern: /^(?:AMD )?Memory Encryption Features active: (.*)$/,
    take: (match, said, boot) => {
      for (const [name, value] of ENCRYPTION) if (name.test(match[1]!)) takeConfidential(value, said, boot);
    },
  },
  {
    starts: ['AMD Secure Encrypted Virtualization'],
    pattern: /^AMD Secure Encrypted Virtualization \(SEV\) active/,
    take: (_match, said, boot) => takeConfidential('sev', said, boot),
  },
  {
    starts: ['SEV: ', 'SEV-SNP: '],
    pattern: /^(?:SEV: (?:SNP running at|Using SNP CPUID table)|SEV-SNP: )/,
    take: (_match, said, boot) => takeConfidential('sev-snp', said, boot),
  },
  {
    starts: ['tdx: Guest detected'],
    pattern: /^tdx: Guest detected/,
    take: (_match, said, boot) => takeConfidential('tdx', said, boot),
  },
  {
    starts: ['RME: Using RSI', 'RSI: Using RSI'],
    pattern: /^(?:RME|RSI): Using RSI version/,
    take: (_match, said, boot) => takeConfidential('cca', said, boot),
  },
  {
    starts: ['Hyper-V: Isolation Config'],
    pattern: /^Hyper-V: Isolation Config: Group A 0x[0-9a-f]+, Group B 0x([0-9a-f]+)/,
    take: (match, said, boot) => {
      const value = ISOLATION[Number.parseInt(match[1]!, 16) & 0xf];
      if (value !== undefined) takeConfidential(value, said, boot);
    },
  },
];

export { efi as noteEfiBoot };
