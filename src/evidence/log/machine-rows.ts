/** Messages about the machine: DMI, hypervisor, ACPI tables, memory maps, SRAT. */
import type { Platform } from '../facts.ts';
import { memoryType } from '../listings/memory-map.ts';
import { platformsOfDmi, platformsOfHypervisor, platformsOfTable, VMBUS_PLATFORMS } from '../platform.ts';
import { noteEfiBoot } from './boot-rows.ts';
import { type Boot, firstTime, hex, type LogMessage, type LogRow, symbolOn } from './row.ts';

/** Names of EFI memory types, by number (UEFI 2.10, table 7.10), as newer kernels print them. */
const EFI_TYPES = [
  'Reserved',
  'Loader Code',
  'Loader Data',
  'Boot Code',
  'Boot Data',
  'Runtime Code',
  'Runtime Data',
  'Conventional Memory',
  'Unusable Memory',
  'ACPI Reclaim Memory',
  'ACPI Memory NVS',
  'Memory Mapped I/O',
  'MMIO Port',
  'PAL Code',
  'Persistent',
] as const;

function platforms(values: readonly Platform[] | undefined, message: LogMessage, boot: Boot): void {
  if (values !== undefined && firstTime(boot, `platforms ${values.join()}`))
    boot.facts.platforms.push({ ...message, value: values });
}

/** `%-6.6s %-8.8s %08X %-4.4s %08X` (drivers/acpi/acpica/tbprint.c). */
const IDS_LENGTH = 38;

/** OEM id and table id, padded to six and eight characters unless a mailer removed blanks. */
function oemIds(text: string): { oemId: string; oemTableId: string } {
  if (text.length === IDS_LENGTH)
    return { oemId: text.slice(0, 6).trim(), oemTableId: text.slice(7, 15).trim() };
  const match = /^(\S+)(?:\s+(\S.*?)\s+[0-9A-F]{8}\b)?/.exec(text);
  return { oemId: match?.[1] ?? '', oemTableId: match?.[2] ?? '' };
}

/** A row for a message that every complete log has. */
function anchor(name: string, starts: readonly string[], pattern: RegExp): LogRow {
  return {
    starts,
    pattern,
    take: (_match, message, boot) => {
      if (!boot.seen.has(name)) boot.seen.set(name, message);
    },
  };
}

export const MACHINE_ROWS: readonly LogRow[] = [
  anchor('zones', ['Zone ranges:'], /^Zone ranges:$/),
  anchor('memory', ['Memory: '], /^Memory: \d+[Kk]\/\d+[Kk] available/),
  anchor('last_pfn', ['last_pfn = ', 'e820: last_pfn = '], /^(?:e820: )?last_pfn = 0x/),
  anchor('freed', ['Freeing unused kernel'], /^Freeing unused kernel /),
  anchor(
    'nested',
    ['Hyper-V: running on a nested', 'Hyper-V: Linux running on a nested'],
    /nested hypervisor$/,
  ),
  {
    starts: ['DMI: ', 'Hardware name: '],
    pattern: /^(?:DMI|Hardware name): (.*), BIOS (.*?)(?:\s+(\d\d)\/(\d\d)\/(\d{4}))?$/,
    take: (match, message, boot) => {
      const year = match[5];
      const dmi = match[0].replace(/^[^:]*: /, '');
      if (firstTime(boot, `dmi ${dmi}`)) boot.facts.dmi.push({ ...message, value: dmi });
      if (year !== undefined && firstTime(boot, `bios ${year}`))
        boot.facts.biosYears.push({ ...message, value: Number.parseInt(year, 10) });
      const found = platformsOfDmi(match[1]!, match[2]!.trim());
      platforms(found, message, boot);
      if (found?.length !== 1) return;
      // Each generation's firmware boots in its own way; kexec may have booted this kernel instead.
      const inferred: LogMessage = { ...message, strength: 'inferred' };
      if (found[0] === 'hyperv-gen2' && firstTime(boot, 'efi by DMI'))
        boot.facts.efiBoot.push({ ...inferred, value: true });
      if (found[0] === 'hyperv-gen1' && firstTime(boot, 'efi by DMI'))
        boot.facts.efiBoot.push({ ...inferred, value: false });
    },
  },
  {
    starts: ['Hypervisor detected: '],
    pattern: /^Hypervisor detected: (.+)$/,
    take: (match, message, boot) => platforms(platformsOfHypervisor(match[1]!.trim()), message, boot),
  },
  {
    starts: ['Booting paravirtualized kernel on '],
    pattern: /^Booting paravirtualized kernel on (.+)$/,
    take: (match, message, boot) => {
      const name = match[1]!.trim();
      if (/^Hyper-V/.test(name)) platforms([...VMBUS_PLATFORMS, 'hyperv-root'], message, boot);
      else if (/^(?:KVM|VMware)/.test(name)) platforms(['other-hypervisor'], message, boot);
    },
  },
  {
    starts: ['Hyper-V: '],
    pattern:
      /^Hyper-V: (?:running (?:on )?(?:as )?(?:the )?root partition|(privilege flags|Host Build|LAPIC Timer Frequency))/i,
    take: (match, message, boot) => {
      if (match[1] === undefined) boot.seen.set('root partition', message);
      else platforms([...VMBUS_PLATFORMS, 'hyperv-root'], message, boot);
    },
  },
  {
    // `ACPI: DSDT 0x000000003FFF1D24 003CD5 (v01 MSFTVM MSFTVM02 00000002 INTL 02002026)`; OEM ids have six and eight characters.
    starts: ['ACPI: '],
    pattern: /^ACPI: (RSDP|RSDT|XSDT|FACP|DSDT|APIC|SRAT) 0x[0-9A-Fa-f]+ [0-9A-Fa-f]{6} \(v\d\d (\S[^)]*)\)$/,
    take: (match, message, boot) => {
      symbolOn(boot, message, 'ACPI');
      if (firstTime(boot, 'acpi tables')) boot.facts.descriptions.push({ ...message, value: ['acpi'] });
      platforms(platformsOfTable({ signature: match[1]!, ...oemIds(match[2]!) }), message, boot);
    },
  },
  {
    starts: ['ACPI: SRAT: ', 'SRAT: '],
    pattern: /^(?:ACPI: )?SRAT: Node \d+ PXM \d+ \[mem 0x([0-9a-f]+)-0x([0-9a-f]+)\](.*)$/,
    take: (match, message, boot) => {
      const [start, last] = [hex(match[1]!), hex(match[2]!)];
      if (last >= start)
        boot.facts.srat.push({ ...message, value: { start, last, hotplug: /\bhotplug\b/.test(match[3]!) } });
    },
  },
  {
    starts: ['BIOS-e820: '],
    pattern: /^BIOS-e820: \[mem 0x([0-9a-f]{16})-0x([0-9a-f]{16})\]\s+(\S.*)$/,
    take: (match, message, boot) => {
      boot.seen.set('e820', message);
      const [base, last] = [hex(match[1]!), hex(match[2]!)];
      if (last < base) return;
      const name = match[3]!.trim();
      const value = { base, size: last - base + 1n, type: memoryType(name), name, map: 'e820' as const };
      boot.facts.memoryMap.push({ ...message, value });
    },
  },
  {
    starts: ['e820: remove '],
    pattern: /^e820: remove \[mem 0x([0-9a-f]+)-0x([0-9a-f]+)\](?:\s+(\S.*))?$/,
    take: (match, message, boot) => {
      const [start, last] = [hex(match[1]!), hex(match[2]!)];
      const type = match[3]?.trim();
      if (last >= start)
        boot.facts.e820Removals.push({
          ...message,
          value: { start, last, ...(type === undefined ? {} : { type }) },
        });
    },
  },
  {
    starts: ['efi: mem'],
    pattern:
      /^efi: mem\d+: \[(?:type=\d+\]? *)?([A-Za-z/ ]+?) *\|.*\] range=\[0x([0-9a-f]{16})-0x([0-9a-f]{16})\]/,
    take: (match, message, boot) => {
      noteEfiBoot(true, message, boot);
      const [base, last] = [hex(match[2]!), hex(match[3]!)];
      if (last < base) return;
      const name = match[1]!.trim();
      const value = { base, size: last - base + 1n, type: memoryType(name), name, map: 'efi' as const };
      boot.facts.memoryMap.push({ ...message, value });
    },
  },
  {
    // Up to 4.x: numbers for types, the end exclusive.
    starts: ['efi: mem'],
    pattern: /^efi: mem\d+: type=(\d+), attr=0x[0-9a-f]+, range=\[0x([0-9a-f]{16})-0x([0-9a-f]{16})\)/,
    take: (match, message, boot) => {
      noteEfiBoot(true, message, boot);
      const [base, end] = [hex(match[2]!), hex(match[3]!)];
      if (end <= base) return;
      const name = EFI_TYPES[Number(match[1])] ?? `type ${match[1]}`;
      const value = { base, size: end - base, type: memoryType(name), name, map: 'efi' as const };
      boot.facts.memoryMap.push({ ...message, value });
    },
  },
  {
    starts: ['Modules linked in: '],
    pattern: /^Modules linked in: (.*)$/,
    take: (match, message, boot) => {
      for (const name of match[1]!.replace(/\[last unloaded: .*/, '').split(/\s+/)) {
        const module = name.replace(/\([A-Z+-]+\)$/, '');
        if (/^\w+$/.test(module) && firstTime(boot, `module ${module}`))
          boot.facts.modules.push({ ...message, value: module });
      }
    },
  },
];
