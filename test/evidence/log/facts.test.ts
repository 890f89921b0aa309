/** What single messages come to, and what a boot's messages say together. Shapes are those of posted logs. */
import { describe, expect, test } from 'vitest';
import type { MachineFacts } from '../../../src/evidence/facts.ts';
import { VMBUS_PLATFORMS } from '../../../src/evidence/platform.ts';
import { artifactOf, read } from '../artifacts.ts';

const log = (...lines: string[]): MachineFacts => read(artifactOf('dmesg', `${lines.join('\n')}\n`)).evidence;
const values = (facts: readonly { readonly value: unknown; readonly strength: string }[]): unknown[] =>
  facts.map(({ value, strength }) => [value, strength]);

describe('the platform', () => {
  test.each([
    [
      'DMI: Microsoft Corporation Virtual Machine/Virtual Machine, BIOS Hyper-V UEFI Release v4.1 08/23/2024',
      ['hyperv-gen2'],
    ],
    ['DMI: Microsoft Corporation Virtual Machine/Virtual Machine, BIOS 090008  12/07/2018', ['hyperv-gen1']],
    [
      'Hardware name: Microsoft Corporation Virtual Machine/Virtual Machine, BIOS Hyper-V UEFI Release v4.1 08/23/2024',
      ['hyperv-gen2'],
    ],
    [
      'DMI: QEMU Standard PC (Q35 + ICH9, 2009), BIOS 1.16.2-1 04/01/2014',
      ['other-hypervisor', 'qemu-vmbus'],
    ],
    ['DMI: LENOVO 20XW004AUS/20XW004AUS, BIOS N32ET75W (1.51 ) 12/02/2021', ['pc', 'hyperv-root']],
    ['Hypervisor detected: Microsoft Hyper-V', [...VMBUS_PLATFORMS, 'hyperv-root']],
    ['Hypervisor detected: KVM', ['other-hypervisor']],
    ['Hypervisor detected: VMware', ['other-hypervisor']],
    ['Hypervisor detected: Xen PV', ['xen-pv']],
    [
      'Hyper-V: privilege flags low 0x2e7f, high 0x3a8030, hints 0xe, misc 0x31e1',
      [...VMBUS_PLATFORMS, 'hyperv-root'],
    ],
    ['hv_vmbus: Vmbus version:5.3', VMBUS_PLATFORMS],
    ['Linux runs in Hyper-V Virtual Trust Level', ['openhcl-vtl2']],
    ['Linux runs in Hyper-V Virtual Trust Level 2', ['openhcl-vtl2']],
    ['ACPI: DSDT 0x000000003FFF1D24 003CD5 (v01 MSFTVM MSFTVM02 00000002 INTL 02002026)', ['hyperv-gen1']],
    [
      'ACPI: DSDT 0x000000003FFD7000 01E184 (v02 MSFTVM DSDT01   00000001 MSFT 05000000)',
      ['hyperv-gen2', 'hyperv-direct'],
    ],
    ['ACPI: RSDP 0x00000000000F59D0 000014 (v00 BOCHS )', ['other-hypervisor', 'qemu-vmbus']],
    ['pci 0000:00:08.0: [1414:5353] type 00 class 0x030000', ['hyperv-gen1']],
    ['pci 0000:00:01.0: [1234:1111] type 00 class 0x030000', ['other-hypervisor', 'qemu-vmbus']],
  ])('%s', (line, platforms) => {
    expect(values(log(line).platforms)).toEqual([[platforms, 'observed']]);
  });

  test.each([
    'Hypervisor detected: none of them',
    'DMI: To Be Filled By O.E.M./X, BIOS 1.0 01/01/2020',
    'ACPI: SSDT 0x000000003FFF1D24 003CD5 (v01 AMD    ALIB     00000002 INTL 02002026)',
    'pci 1ab8:00:02.0: [15b3:1014] type 00 class 0x020000',
  ])('%s leaves it open, or is not of a guest', (line) => {
    for (const { value } of log(line).platforms) expect(value).not.toContain('hyperv-gen2');
  });

  test('the root partition has no VMBus driver, unless it runs nested', () => {
    const root = 'Hyper-V: running as root partition';
    expect(values(log(root).platforms)).toEqual([[['hyperv-root'], 'observed']]);
    expect(log(root, 'Hyper-V: running on a nested hypervisor').platforms).toEqual([]);
  });
});

describe('efi_enabled(EFI_BOOT)', () => {
  test.each([
    ['efi: EFI v2.7 by Microsoft', true, 'observed'],
    ['efi: UEFI not found.', false, 'observed'],
    ['efifb: probing for efifb', true, 'observed'],
    ['fb0: EFI VGA frame buffer device', true, 'observed'],
    ['fb0: VESA VGA frame buffer device', false, 'observed'],
    ['Registered efivars operations', true, 'observed'],
    ['secureboot: Secure boot disabled', true, 'inferred'],
    ['Console: colour VGA+ 80x25', false, 'inferred'],
    [
      'DMI: Microsoft Corporation Virtual Machine/Virtual Machine, BIOS 090008  12/07/2018',
      false,
      'inferred',
    ],
  ])('%s', (line, value, strength) => {
    expect(values(log(line).efiBoot)).toEqual([[value, strength]]);
  });
});

describe('lfb_base and how the kernel was started', () => {
  test('kdump: a command line with elfcorehdr leaves any value open', () => {
    const facts = log(
      'Command line: elfcorehdr=0xd000000 ro',
      'Kernel command line: elfcorehdr=0xd000000 ro',
    );
    expect(values(facts.kexec)).toEqual([['kdump', 'observed']]);
    expect(values(facts.lfbBase)).toEqual([[null, 'inferred']]);
    expect(log('Reserving 4KB of memory at 0xbfc00000 for elfcorehdr').kexec).toHaveLength(1);
    expect(log('Command line: noelfcorehdr=1').kexec).toEqual([]);
  });

  // arm64 has elfcorehdr in its tree; acpi_rsdp= is what a second kernel gets that can't ask the EFI firmware for it.
  test.each([
    ['root=/dev/sda2 irqpoll nr_cpus=1 reset_devices', 'kdump'],
    ['reset_devices cgroup_disable=memory elfcorehdr=0xd000000', 'kdump'],
    ['root=/dev/sda2 acpi_rsdp=0x7ff00014 ro', 'kexec'],
  ])('a second kernel by its command line: %s', (line, value) => {
    const facts = log(`Command line: ${line}`, `Kernel command line: ${line}`);
    expect(values(facts.kexec)).toEqual([[value, 'observed']]);
    expect(values(facts.lfbBase)).toEqual([[null, 'inferred']]);
  });

  test('parameters of other names are none of those', () => {
    for (const line of ['reset_devices=1', 'x.reset_devices', 'no_acpi_rsdp=1', 'crashkernel=256M'])
      expect(log(`Command line: ${line}`).kexec).toEqual([]);
  });

  test('kexec: the log goes on with the kernel that the last one started', () => {
    const facts = log(
      '[    0.0] Linux version 6.1.5 (x) #1',
      '[  100.0] kexec_core: Starting new kernel',
      '[    0.0] Linux version 6.12.30 (x) #1',
    );
    expect(values(facts.kexec)).toEqual([['kexec', 'observed']]);
    expect(facts.releases.map(({ value }) => value.release)).toEqual(['6.12.30']);
    // Said of the boot before the one that counts.
    const later = log(
      '[    0.0] Linux version 6.1.5 (x) #1',
      '[  100.0] kexec_core: Starting new kernel',
      '[    0.0] Linux version 6.12.30 (x) #1',
      '[    9.0] reboot: Restarting system',
      '[    0.0] Linux version 6.12.31 (x) #1',
    );
    expect(later.kexec).toEqual([]);
  });

  test('text mode, a framebuffer, one of which only the driver is seen', () => {
    expect(values(log('Console: colour VGA+ 80x25').lfbBase)).toEqual([[0n, 'inferred']]);
    expect(values(log('efifb: framebuffer at 0x140000000, using 3072k, total 3072k').lfbBase)).toEqual([
      // The VMBus driver reads 32 bits.
      [0x40000000n, 'observed'],
    ]);
    expect(values(log('fb0: EFI VGA frame buffer device').lfbBase)).toEqual([['nonzero', 'observed']]);
    expect(log('Console: colour dummy device 80x25').lfbBase).toEqual([]);
  });

  test.each([
    ['Memory Encryption Features active: AMD SEV SEV-ES SEV-SNP', ['sev-snp', 'sev-es', 'sev']],
    ['AMD Memory Encryption Features active: SEV SEV-ES SEV-SNP', ['sev-snp', 'sev-es', 'sev']],
    ['Memory Encryption Features active: Intel TDX', ['tdx']],
    ['Memory Encryption Features active: AMD SME', []],
    ['Hyper-V: Isolation Config: Group A 0x1, Group B 0xba2', ['sev-snp']],
    ['Hyper-V: Isolation Config: Group A 0x1, Group B 0xbe3', ['tdx']],
    ['Hyper-V: Isolation Config: Group A 0x0, Group B 0x1', ['vbs']],
    ['Hyper-V: Isolation Config: Group A 0x0, Group B 0x0', ['none']],
    ['tdx: Guest detected', ['tdx']],
    ['AMD Secure Encrypted Virtualization (SEV) active', ['sev']],
  ])('%s', (line, kinds) => {
    const facts = log(line);
    expect(facts.confidential.map(({ value }) => value)).toEqual(kinds);
    const hidden = kinds.includes('sev-snp') || kinds.includes('tdx');
    expect(values(facts.lfbBase)).toEqual(hidden ? [[0n, 'inferred']] : []);
  });
});

describe('the description that the kernel reads', () => {
  test.each([
    ['ACPI: Interpreter enabled', ['acpi']],
    ['ACPI: Core revision 20220331', ['acpi']],
    ['ACPI: RSDP 0x00000000000F5C00 000014 (v00 ACPIAM)', ['acpi']],
    ['ACPI: Interpreter disabled.', ['dt', 'none']],
    ['ACPI BIOS Error (bug): A valid RSDP was not found (20220331/tbxfroot-210)', ['dt', 'none']],
    ['Kernel command line: acpi=off ro', ['dt', 'none']],
    ['hv_vmbus: VMBus is present in DeviceTree', ['dt']],
  ])('%s', (line, descriptions) => {
    expect(log(line).descriptions.map(({ value }) => value)).toEqual([descriptions]);
  });

  test('the last acpi= counts', () => {
    expect(log('Kernel command line: acpi=off acpi=force').descriptions).toEqual([]);
  });
});

describe('the configuration that a log shows', () => {
  const on = (line: string): string[] => log(line).symbols.map(({ value }) => value.symbol);

  test.each([
    ['efifb: framebuffer at 0x40000000, using 3072k, total 3072k', ['FB_EFI', 'SYSFB', 'EFI']],
    ['fb0: EFI VGA frame buffer device', ['FB_EFI', 'SYSFB', 'EFI']],
    [
      '[drm] Initialized simpledrm 1.0.0 20200625 for simple-framebuffer.0 on minor 0',
      ['SYSFB_SIMPLEFB', 'SYSFB'],
    ],
    ['[drm] Initialized simpledrm 1.0.0 20200625 for 7e00000.framebuffer on minor 0', []],
    ['hv_vmbus: registering driver hv_pci', ['HYPERV', 'PCI_HYPERV']],
    ['hv_pci bb8c4f33-2ba2-4808-9f7f-02f3b4da22fe: PCI VMBus probing: Using version 0x10004', ['PCI_HYPERV']],
    ['Linux runs in Hyper-V Virtual Trust Level 2', ['HYPERV_VTL_MODE']],
  ])('%s', (line, symbols) => {
    expect(on(line)).toEqual(symbols);
  });

  test('modules', () => {
    const facts = log('Modules linked in: pci_hyperv(E) hv_netsvc hyperv_drm [last unloaded: x]');
    expect(facts.modules.map(({ value }) => value)).toEqual(['pci_hyperv', 'hv_netsvc', 'hyperv_drm']);
  });
});

describe('PCI', () => {
  test('no PCI at all: no video device', () => {
    expect(values(log('PCI: System does not support PCI').video)).toEqual([[{ present: false }, 'observed']]);
    expect(values(log('PCI: Fatal: No config space access function found').video)).toHaveLength(1);
  });

  test('the Generation 1 video device with its BAR', () => {
    const facts = log(
      'pci 0000:00:08.0: [1414:5353] type 00 class 0x030000',
      'pci 0000:00:08.0: reg 0x10: [mem 0xf8000000-0xfbffffff]',
    );
    expect(values(facts.video)).toEqual([
      [{ present: true, bar: { kind: 'mem', start: 0xf8000000n, size: 0x4000000n } }, 'observed'],
    ]);
  });

  test('devices of a log that is not whole prove nothing by what they lack', () => {
    expect(log('pci 0000:00:00.0: [8086:7192] type 00 class 0x060000').video).toEqual([]);
  });

  test('what Linux makes of host bridge windows (DOMAIN 13.5 to 13.8, 13.12, 13.18)', () => {
    const facts = log(
      'acpi PNP0A08:00: host bridge window [mem 0x7ff00000000-0x8fefffffffff window] (ignored, not CPU addressable)',
      'acpi PNP0A08:00: host bridge window [mem 0x7ff00000000-0x8ffffffffff window] ([0x80000000000-0x8ffffffffff] ignored, not CPU addressable)',
      'acpi PNP0A03:00: host bridge window expanded to [mem 0x000a0000-0x000fffff window]; [mem 0x000c0000-0x000fffff window] ignored',
      'acpi PNP0A03:00: ignoring host bridge window [mem 0x000d0000-0x000dffff window] (conflicts with Adapter ROM [mem 0x000cf800-0x000d07ff])',
      'acpi PNP0A03:00: host bridge window [io  0x0d00-0xffff window] (ignored)',
      'PCI: Ignoring host bridge windows from ACPI; if necessary, use "pci=use_crs" and report a bug',
      'PCI: Using E820 reservations for host bridge windows',
    );
    expect(facts.bridgeChanges.map(({ value: { bridge, did, space } }) => [bridge, did, space])).toEqual([
      ['PNP0A08:00', 'not-addressable', 'memory'],
      ['PNP0A08:00', 'clipped', 'memory'],
      ['PNP0A03:00', 'expanded', 'memory'],
      ['PNP0A03:00', 'conflicts', 'memory'],
      ['PNP0A03:00', 'ignored', 'io'],
    ]);
    expect(facts.bridgeChanges[2]!.value).toMatchObject({ start: 0xa0000n, last: 0xfffffn });
    expect(values(facts.pciRules)).toEqual([
      ['nocrs', 'observed'],
      ['use_e820', 'observed'],
    ]);
    expect(values(log('Command line: pci=noaer,use_crs,no_e820 ro').pciRules)).toEqual([
      ['use_crs', 'given'],
      ['no_e820', 'given'],
    ]);
  });
});

test('SRAT, and what is taken out of E820', () => {
  const facts = log(
    'ACPI: SRAT: Node 0 PXM 0 [mem 0x100000000-0xfdfffffff] hotplug',
    'SRAT: Node 0 PXM 0 [mem 0x00000000-0x5fffffff]',
    'e820: remove [mem 0x80000000-0x8fffffff] reserved',
    'e820: remove [mem 0x000a0000-0x000fffff] usable',
  );
  expect(facts.srat.map(({ value }) => value)).toEqual([
    { start: 0x100000000n, last: 0xfdfffffffn, hotplug: true },
    { start: 0n, last: 0x5fffffffn, hotplug: false },
  ]);
  expect(facts.e820Removals.map(({ value }) => value)).toEqual([
    { start: 0x80000000n, last: 0x8fffffffn, type: 'reserved' },
    { start: 0xa0000n, last: 0xfffffn, type: 'usable' },
  ]);
});

test('E820 as newer kernels print it (DOMAIN 16.11)', () => {
  const { memoryMap } = log('BIOS-e820: [mem 0x0000000000100000-0x000000003e12cfff]  System RAM');
  expect(memoryMap[0]!.value).toMatchObject({ base: 0x100000n, type: 'ram' });
});

test('several boots: the last counts, also after a journal that says so', () => {
  const facts = log(
    'Nov 22 15:04:11 host kernel: Linux version 6.1.5 (x) #1',
    'Nov 22 15:04:11 host kernel: efi: EFI v2.7 by Microsoft',
    '-- Boot 0123456789abcdef0123456789abcdef --',
    'Nov 22 16:04:11 host kernel: Linux version 6.12.30 (x) #1',
    'Nov 22 16:04:11 host kernel: hv_vmbus: Vmbus version:5.3',
  );
  expect(facts.releases.map(({ value }) => value.release)).toEqual(['6.12.30']);
  expect(facts.efiBoot).toEqual([]);
  expect(facts.logs[0]!.boots).toBe(2);
});

describe('logs of other systems', () => {
  test.each([
    [
      'FreeBSD',
      'Copyright (c) 1992-2023 The FreeBSD Project.\nFreeBSD 13.2-RELEASE releng/13.2 GENERIC amd64\nVT(efifb): resolution 1024x768\n',
    ],
    [
      'OpenBSD',
      'OpenBSD 7.3 (GENERIC.MP) #1125: Sat Mar 25 10:36:29 MDT 2023\nreal mem = 2130694144 (2031MB)\n',
    ],
  ])('%s is named and left out', (system, text) => {
    const { evidence, codes } = read(artifactOf('dmesg', text));
    expect(codes).toEqual(['evidence/log-foreign']);
    expect(evidence.logs).toEqual([]);
    expect(system).toBeTruthy();
  });
});

describe('vendor kernels', () => {
  const vendor = (release: string): string | undefined =>
    log(`Linux version ${release} (x) #1`).releases[0]!.value.vendor?.mark;

  test.each([
    ['5.14.0-570.el9.x86_64', '.el9'],
    ['4.18.0-553.el8_10.x86_64', '.el8_10'],
    ['5.15.0-1041-azure', '-azure'],
    ['6.8.0-1021-azure-fde', '-azure-fde'],
    ['6.6.57.1-7.azl3', '.azl3'],
    ['5.15.153.1-microsoft-standard-WSL2', '-microsoft-standard-WSL2'],
    ['6.4.0-150600.23.7-default', '-150600'],
    ['6.6.10-hcl', '-hcl'],
  ])('%s', (release, mark) => {
    expect(vendor(release)).toBe(mark);
  });

  test.each(['6.12.30', '6.1.0-56-amd64', '6.1.0-50-cloud-amd64', '7.1.0-rc3', '6.9.7-arch1-1'])(
    '%s is none',
    (release) => {
      expect(vendor(release)).toBeUndefined();
    },
  );
});

describe('logs as mails have them', () => {
  test('a mail program filled the lines like prose', () => {
    const facts = log(
      '   [  415.140854] CPU: 8 UID: 0 PID: 1048 Comm: stress-ng-iomix',
      '   Not tainted 6.19.0-rc7 #30 PREEMPT_{RT,(full)} [  415.140856] Hardware',
      '   name: Microsoft Corporation Virtual Machine/Virtual Machine, BIOS Hyper-V',
      '   UEFI Release v4.1 09/04/2024 [  415.140857] Call Trace:',
      '   [  415.140861]  <TASK>',
    );
    expect(facts.releases.map(({ value }) => value.release)).toEqual(['6.19.0-rc7']);
    expect(values(facts.platforms)).toEqual([[['hyperv-gen2'], 'observed']]);
  });

  test.each([
    ['CPU: 26 PID: 1 Comm: swapper/0 Not tainted 5.7.0+ #1', '5.7.0+'],
    [
      'CPU: 1 PID: 3 Comm: npm start Tainted: G             L     6.5.0-1021-azure #22~22.04.1-Ubuntu',
      '6.5.0-1021-azure',
    ],
    [
      'CPU: 2 PID: 9 Comm: kworker/1:2 Kdump: loaded Tainted: G W OE --------- --- 5.14.0-162.6.1.el9_1.x86_64 #1',
      '5.14.0-162.6.1.el9_1.x86_64',
    ],
  ])('a warning names the release: %s', (line, release) => {
    expect(log(line).releases.map(({ value }) => value.release)).toEqual([release]);
    expect(log(`Linux version ${release} (x) #1`, line).releases).toHaveLength(1);
  });

  test('a stamp that is a thread alone', () => {
    const line =
      'Hardware name: Microsoft Corporation Virtual Machine/Virtual Machine, BIOS 090008 12/07/2018';
    expect(values(log(`[  T669] ${line}`).platforms)).toEqual([[['hyperv-gen1'], 'observed']]);
    expect(values(log(`[ 3765.235793][    C0] ${line}`).platforms)).toEqual([[['hyperv-gen1'], 'observed']]);
  });
});
