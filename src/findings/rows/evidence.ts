/** Evidence: configuration, boot_params, iomem, logs, lspci, memory maps. */
import { limitHint } from '../../limits/limits.ts';
import { ANYTHING, EVIDENCE, NOTHING, row } from '../row.ts';

export const EVIDENCE_ROWS = {
  'evidence/boot-params-truncated': row({
    severity: 'error',
    summary: 'a dump of boot_params is too short',
    why: 'Its fields could be misread, so none is read: the framebuffer and the boot path are missing.',
    example: {
      files: { 'boot_params.bin': [{ repeat: '\0', times: 100 }] },
      run: 'sysfb --as boot-params boot_params.bin',
    },
    source: 'Documentation/arch/x86/zero-page.rst (4096 bytes), include/uapi/linux/screen_info.h (64 bytes)',
    hides: ['framebuffer', 'platform'],
    text: sizes,
    hint: () => 'copy all of /sys/kernel/boot_params/data',
  }),
  'evidence/boot-params-length': row({
    severity: 'error',
    summary: 'a dump of boot_params is too long',
    why: 'Where the structure begins is unknown, so it is not read.',
    example: {
      files: { 'boot_params.bin': [{ repeat: '\0', times: 5000 }] },
      run: 'sysfb --as boot-params boot_params.bin',
    },
    source: 'Documentation/arch/x86/zero-page.rst (4096 bytes), include/uapi/linux/screen_info.h (64 bytes)',
    hides: ['framebuffer', 'platform'],
    text: sizes,
    hint: () => 'copy all of /sys/kernel/boot_params/data',
  }),
  'evidence/boot-params-header': row({
    severity: 'warning',
    summary: 'boot_params has neither a setup header nor an EFI signature',
    why: 'It may be another page of the same size. Its fields are read anyway.',
    example: {
      files: { 'boot_params.bin': [{ repeat: '\0', times: 4096 }] },
      run: 'sysfb --as boot-params boot_params.bin',
    },
    source: 'Documentation/arch/x86/zero-page.rst: HdrS at 0x202, efi_info at 0x1c0',
    hides: NOTHING,
    text: () => 'neither a setup header (HdrS at 0x202) nor an EFI signature: this may not be boot_params',
  }),
  'evidence/e820-count': row({
    severity: 'error',
    summary: 'the number of E820 entries in boot_params is too large',
    why: 'The memory map is left out. It only limits unknown values, so no window is lost.',
    example: {
      files: {
        'boot_params.bin': [
          { repeat: '\0', times: 0x1e8 },
          'ÿ',
          { repeat: '\0', times: 25 },
          'HdrS',
          { repeat: '\0', times: 4096 - 0x206 },
        ],
      },
      run: 'sysfb boot_params.bin',
    },
    source: 'E820_MAX_ENTRIES_ZEROPAGE in arch/x86/include/uapi/asm/setup_data.h',
    hides: NOTHING,
    text: ({ count, most }: { count: number; most: number }) =>
      `${count} E820 entries, but boot_params has room for ${most}; the map is left out`,
  }),
  'evidence/iomem-line': row({
    severity: 'warning',
    summary: 'a line of /proc/iomem cannot be read',
    why: "Its range is missing; it could be the framebuffer's.",
    example: {
      files: {
        'iomem.txt':
          '00001000-0009ffff : System RAM\n000a0000-000bffff : PCI Bus 0000:00\nf8000000-f87fffff\n00100000-7fffffff : System RAM\nfee00000-fee00fff : Local APIC\n',
      },
      run: 'sysfb --as iomem iomem.txt',
    },
    source: 'r_show() in kernel/resource.c',
    hides: ['framebuffer'],
    text: () => 'not a line of /proc/iomem; left out',
  }),
  'evidence/iomem-cut': row({
    severity: 'warning',
    summary: '/proc/iomem ends inside a line',
    why: "That line and those after it are missing; one could be the framebuffer's.",
    example: {
      files: { 'iomem.txt': '00001000-0009ffff : System RAM\n000a0000-000bffff : ' },
      run: 'sysfb --as iomem iomem.txt',
    },
    source: 'r_show() in kernel/resource.c',
    hides: ['framebuffer'],
    text: () => 'the last line is cut off; left out',
  }),
  'evidence/iomem-too-long': row({
    severity: 'error',
    summary: '/proc/iomem has more lines than are read',
    why: 'Ranges past the limit are missing.',
    example: {
      files: { 'iomem.txt': [{ repeat: '00001000-0009ffff : System RAM\n', times: 100_001 }] },
      run: 'sysfb iomem.txt',
    },
    source: 'the limit iomem-lines',
    hides: ['framebuffer'],
    text: ({ most }: { most: number }) =>
      `more than ${most} lines ${limitHint('iomem-lines')}; the rest is left out`,
  }),
  'evidence/iomem-nesting': row({
    severity: 'warning',
    summary: 'a range of /proc/iomem is not inside the one it is printed under',
    why: 'Linux never prints such a line, so it was changed or lines are missing. The range is left out.',
    example: {
      files: { 'iomem.txt': '00001000-0009ffff : System RAM\n  000a0000-000bffff : efifb\n' },
      run: 'sysfb iomem.txt',
    },
    source: '__request_resource() in kernel/resource.c',
    hides: ['framebuffer'],
    text: ({ line }: { line: string }) => `${line} is not inside the line above it; left out`,
  }),
  'evidence/iomem-empty': row({
    severity: 'error',
    summary: 'an input read as /proc/iomem has no such line',
    why: 'It contains nothing that fwmap can use.',
    example: { files: { 'iomem.txt': 'permission denied\n' }, run: 'sysfb --as iomem iomem.txt' },
    source: 'r_show() in kernel/resource.c',
    hides: ['framebuffer'],
    text: () => 'it contains no line of /proc/iomem',
  }),
  'evidence/iomem-unprivileged': row({
    severity: 'error',
    summary: '/proc/iomem was read without privilege',
    why: 'Linux prints zeros instead of addresses then.',
    example: {
      files: { 'iomem.txt': '00000000-00000000 : System RAM\n00000000-00000000 : efifb\n' },
      run: 'sysfb iomem.txt',
    },
    source: 'r_show() in kernel/resource.c: addresses only with CAP_SYS_ADMIN',
    hides: NOTHING,
    text: () => 'left out: all addresses are zero, because it was read without privilege',
    hint: () => 'read /proc/iomem as root',
  }),
  'evidence/config-cut': row({
    severity: 'warning',
    summary: 'a kernel configuration ends inside a line',
    why: 'That symbol and those after it are unknown.',
    example: {
      files: { 'config.txt': 'CONFIG_HYPERV=y\nCONFIG_SYSFB=' },
      run: 'sysfb --as kconfig config.txt',
    },
    source: 'conf_write() in scripts/kconfig/confdata.c',
    hides: ['kernel'],
    text: ({ symbol }: { symbol: string }) => `the last line is cut off: CONFIG_${symbol} is left out`,
  }),
  'evidence/config-empty': row({
    severity: 'error',
    summary: 'an input read as a kernel configuration has no CONFIG_ line',
    why: 'It contains nothing that fwmap can use.',
    example: { files: { 'config.txt': '# empty\n' }, run: 'sysfb --as kconfig config.txt' },
    source: 'conf_write() in scripts/kconfig/confdata.c',
    hides: ['kernel'],
    text: () => 'it contains no CONFIG_ line',
  }),
  'evidence/config-architecture': row({
    severity: 'error',
    summary: 'a kernel configuration is for an architecture without a VMBus driver',
    why: 'The question cannot be about such a kernel, so it is left out.',
    example: { files: { 'config.txt': 'CONFIG_RISCV=y\nCONFIG_SYSFB=y\n' }, run: 'sysfb config.txt' },
    source: 'drivers/hv/Kconfig: HYPERV depends on X86 or ARM64',
    hides: NOTHING,
    text: ({ architecture }: { architecture: string }) =>
      `this configuration is for ${architecture}, where Linux has no VMBus driver; it is left out`,
    hint: () => 'give the configuration of the kernel that the question is about',
  }),
  'evidence/image-without-config': row({
    severity: 'note',
    summary: 'no configuration was found in a kernel image',
    why: 'The kernel was built without CONFIG_IKCONFIG.',
    example: undefined,
    source: 'kernel/configs.c (IKCFG_ST … IKCFG_ED)',
    hides: ['kernel'],
    text: () => 'no configuration found in this kernel image (CONFIG_IKCONFIG is off)',
    hint: () => 'give its .config as another input',
  }),
  'evidence/kernel-source': row({
    severity: 'error',
    summary: 'a file is not one of the kernel source files that fwmap examines',
    why: 'Only a few files show what a kernel does with MMIO space; this is not one of them.',
    example: { files: { 'x.c': 'int x;\n' }, run: 'sysfb --as kernel-source x.c' },
    source: 'FILES in src/evidence/image/kernel-source.ts',
    hides: NOTHING,
    text: () => 'this is not one of the kernel source files that show what the kernel does with MMIO space',
    hint: ({ files }: { files: readonly string[] }) => `give ${files.join(', ')} of the kernel’s source`,
  }),
  'evidence/log-restarts': row({
    severity: 'warning',
    summary: 'the time stamps of a kernel log go backwards',
    why: 'The log contains more than one boot, or parts out of order; they may disagree.',
    example: {
      files: {
        'dmesg.txt':
          '[    0.000000] Linux version 6.12.0 (x) #1\n[   90.000000] x: up\n[    0.000000] x: again\n',
      },
      run: 'sysfb dmesg.txt',
    },
    source: 'time stamps of printk, which begin at 0 with each boot',
    hides: NOTHING,
    text: ({ before, now }: { before: number; now: number }) =>
      `the time stamps go back from ${before} to ${now} seconds: the log contains more than one boot, or parts out of order`,
  }),
  'evidence/log-boots': row({
    severity: 'note',
    summary: 'a kernel log contains several boots',
    why: 'The last one is used; kernel and machine may have been different before.',
    example: {
      files: {
        'dmesg.txt':
          '[    0.000000] Linux version 6.1.0 (x) #1\n[   90.000000] x: up\n[    0.000000] Linux version 6.12.0 (x) #1\n',
      },
      run: 'sysfb dmesg.txt',
    },
    source: 'start_kernel() in init/main.c prints linux_banner first',
    hides: NOTHING,
    text: ({ boots }: { boots: number }) =>
      `the log contains ${boots} boots; the last one, which begins here, is used`,
  }),
  'evidence/log-hosts': row({
    severity: 'warning',
    summary: 'a log contains the kernel messages of several machines',
    why: 'The question is about one of them, and the others may have another kernel and other windows.',
    example: {
      files: {
        'messages.txt':
          'Jun  5 10:00:00 one kernel: [    0.000000] Linux version 6.12.0 (x) #1\nJun  5 10:00:01 two kernel: [    0.000000] Linux version 6.6.0 (x) #1\n',
      },
      run: 'sysfb messages.txt',
    },
    source: 'the host in a line of syslog (RFC 3164, section 4.1.2)',
    hides: ANYTHING,
    text: () => 'the log has the messages of another machine, which begin here',
    hint: () => 'give the lines of one machine',
  }),
  'evidence/log-foreign': row({
    severity: 'error',
    summary: 'a log is from another system than Linux',
    why: 'It does not show what Linux does on this machine, so it is not read.',
    example: {
      files: {
        'dmesg.txt': 'OpenBSD 7.3 (GENERIC.MP) #1125: Sat Mar 25 10:36:29 MDT 2023\nreal mem = 2130694144\n',
      },
      run: 'sysfb --as dmesg dmesg.txt',
    },
    source: 'the banners that FreeBSD, OpenBSD, NetBSD, DragonFly and illumos print',
    hides: NOTHING,
    text: ({ system }: { system: string }) =>
      `a log of ${system}: it does not show what Linux does on this machine, and is left out`,
    hint: () => 'give the log of Linux there, or the ACPI tables (acpidump)',
  }),
  'evidence/log-cut': row({
    severity: 'warning',
    summary: 'a kernel log ends inside a line',
    why: 'That line and those after it are missing.',
    example: {
      files: { 'dmesg.txt': '[    0.000000] Linux version 6.12.0 (x) #1\n[    0.000000] efi: EFI v' },
      run: 'sysfb dmesg.txt',
    },
    source: 'a complete log ends with a newline',
    hides: EVIDENCE,
    text: () => 'the last line has no newline and may be cut off; it is left out',
  }),
  'evidence/log-beginning': row({
    severity: 'warning',
    summary: 'a kernel log does not begin with its first line',
    why: 'Earlier lines are unknown. Nothing is concluded from what is missing in such a log.',
    example: {
      files: { 'dmesg.txt': '[    1.000000] hv_vmbus: Vmbus version:5.3\n' },
      run: 'sysfb dmesg.txt',
    },
    source: 'start_kernel() in init/main.c prints linux_banner first',
    hides: NOTHING,
    text: ({ first }: { first: number | undefined }) =>
      `the log has no "Linux version" line${first === undefined ? '' : ` and starts at ${first} seconds`}: its beginning is missing`,
    hint: () => 'journalctl -k -b prints the whole log',
  }),
  'evidence/lspci-cut': row({
    severity: 'warning',
    summary: 'an lspci listing ends inside a line',
    why: 'That BAR and everything after it are missing; one could contain the framebuffer.',
    example: {
      files: {
        'lspci.txt':
          '00:02.0 VGA compatible controller [0300]: X [1234:1111]\n\tRegion 0: Memory at f8000000 (32-bit, pref',
      },
      run: 'sysfb lspci.txt',
    },
    source: 'show_bases() in lspci.c of pciutils',
    hides: ['framebuffer'],
    text: () => 'the last line is cut off; the region is left out',
  }),
  'evidence/lspci-empty': row({
    severity: 'error',
    summary: 'an input read as lspci has no device line',
    why: 'It contains nothing that fwmap can use.',
    example: {
      files: { 'lspci.txt': 'pcilib: Cannot open /proc/bus/pci\n' },
      run: 'sysfb --as lspci lspci.txt',
    },
    source: 'show_terse() in lspci.c of pciutils',
    hides: ['framebuffer', 'platform'],
    text: () => 'it contains no device line of lspci',
  }),
  'evidence/memmap-empty': row({
    severity: 'error',
    summary: 'an input read as a memory map has no such line',
    why: 'A memory map only limits unknown values, so no window is lost.',
    example: { files: { 'memmap.txt': 'start end type\n' }, run: 'sysfb --as memmap memmap.txt' },
    source: 'drivers/firmware/memmap.c',
    hides: NOTHING,
    text: () => 'it contains no line of a memory map',
  }),
  'evidence/cmdline-empty': row({
    severity: 'error',
    summary: 'an input read as /proc/cmdline is empty',
    why: 'The kernel’s parameters are unknown; acpi=off, pci= and elfcorehdr= affect answers.',
    example: { files: { 'cmdline.txt': '\n' }, run: 'sysfb --as cmdline cmdline.txt' },
    source: 'proc_cmdline(5)',
    hides: ['kernel'],
    text: () => 'it contains no command line',
  }),
  'evidence/uname': row({
    severity: 'error',
    summary: 'an input read as uname -a is not its output',
    why: 'The release is unknown.',
    example: { files: { 'uname.txt': 'hello\n' }, run: 'sysfb --as uname uname.txt' },
    source: 'uname(1)',
    hides: ['kernel'],
    text: () => 'it contains no line of uname -a',
  }),
  'evidence/contradiction': row({
    severity: 'warning',
    summary: 'two pieces of evidence disagree',
    why: 'They are from different machines, boots or kernels. The message names the one that is used; the other is not.',
    example: {
      files: {
        'uname.txt': 'Linux vm 6.12.30 #1 SMP x86_64 GNU/Linux\n',
        'dmesg.txt':
          '[    0.000000] Linux version 6.12.94 (x) #1\n[    0.000000] BIOS-e820: [mem 0x0-0x9ffff] usable\n',
      },
      run: 'sysfb uname.txt dmesg.txt',
    },
    source: 'src/evidence/reconcile.ts',
    hides: NOTHING,
    text: ({ about, what }: { about: string; what: string }) => `${about}: ${what}`,
    hint: () => 'leave out inputs that are not from this machine and kernel',
  }),
};

function sizes({ length }: { length: number }): string {
  return `${length} ${length === 1 ? 'byte' : 'bytes'}, but screen_info has 64 and boot_params 4096; the dump is left out`;
}
