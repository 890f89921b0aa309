/** What is no firmware description: configuration, boot_params, iomem, logs, lspci, memory maps. */
import { limitHint } from '../../limits/limits.ts';
import { EVIDENCE, NOTHING, row } from '../row.ts';

export const EVIDENCE_ROWS = {
  'evidence/boot-params-truncated': row({
    severity: 'error',
    summary: 'a dump of boot_params is too short',
    why: 'Its fields would be misread, so none is: the framebuffer and the boot path it names are missing.',
    example: {
      files: { 'boot_params.bin': [{ repeat: '\0', times: 100 }] },
      run: 'sysfb --as boot-params boot_params.bin',
    },
    source: 'Documentation/arch/x86/zero-page.rst (4096 bytes), include/uapi/linux/screen_info.h (64 bytes)',
    hides: ['framebuffer', 'platform'],
    text: sizes,
    hint: () => 'copy /sys/kernel/boot_params/data whole',
  }),
  'evidence/boot-params-length': row({
    severity: 'error',
    summary: 'a dump of boot_params is too long',
    why: 'It is not known where in it the structure begins, so nothing of it is read.',
    example: {
      files: { 'boot_params.bin': [{ repeat: '\0', times: 5000 }] },
      run: 'sysfb --as boot-params boot_params.bin',
    },
    source: 'Documentation/arch/x86/zero-page.rst (4096 bytes), include/uapi/linux/screen_info.h (64 bytes)',
    hides: ['framebuffer', 'platform'],
    text: sizes,
    hint: () => 'copy /sys/kernel/boot_params/data whole',
  }),
  'evidence/boot-params-header': row({
    severity: 'warning',
    summary: 'boot_params has neither a setup header nor an EFI signature',
    why: 'It may be another page of the same size. Its fields are read all the same.',
    example: {
      files: { 'boot_params.bin': [{ repeat: '\0', times: 4096 }] },
      run: 'sysfb --as boot-params boot_params.bin',
    },
    source: 'Documentation/arch/x86/zero-page.rst: HdrS at 0x202, efi_info at 0x1c0',
    hides: NOTHING,
    text: () => 'neither a setup header (HdrS at 0x202) nor an EFI signature: this may be no boot_params',
  }),
  'evidence/e820-count': row({
    severity: 'error',
    summary: 'boot_params says it has more E820 entries than fit in it',
    why: 'The memory map is left out. It only bounds what the firmware leaves open, so no window is lost.',
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
      `${count} E820 entries, but boot_params holds ${most} at most; the map is left out`,
  }),
  'evidence/iomem-line': row({
    severity: 'warning',
    summary: 'a line of /proc/iomem cannot be read',
    why: "The range it names is missing; it could be the framebuffer's.",
    example: {
      files: {
        'iomem.txt':
          '00001000-0009ffff : System RAM\n000a0000-000bffff : PCI Bus 0000:00\nf8000000-f87fffff\n00100000-7fffffff : System RAM\nfee00000-fee00fff : Local APIC\n',
      },
      run: 'sysfb --as iomem iomem.txt',
    },
    source: 'r_show() in kernel/resource.c',
    hides: ['framebuffer'],
    text: () => 'no line of /proc/iomem; left out',
  }),
  'evidence/iomem-cut': row({
    severity: 'warning',
    summary: '/proc/iomem ends inside a line',
    why: "That line and those that came after it are missing; one could be the framebuffer's.",
    example: {
      files: { 'iomem.txt': '00001000-0009ffff : System RAM\n000a0000-000bffff : ' },
      run: 'sysfb --as iomem iomem.txt',
    },
    source: 'r_show() in kernel/resource.c',
    hides: ['framebuffer'],
    text: () => 'the last line is cut; left out',
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
    summary: 'an input read as /proc/iomem has no line of it',
    why: 'It says nothing.',
    example: { files: { 'iomem.txt': 'permission denied\n' }, run: 'sysfb --as iomem iomem.txt' },
    source: 'r_show() in kernel/resource.c',
    hides: ['framebuffer'],
    text: () => 'no line of /proc/iomem in it',
  }),
  'evidence/iomem-unprivileged': row({
    severity: 'error',
    summary: '/proc/iomem was read without privilege',
    why: 'Linux prints zeros for addresses then, so it says nothing about where things are.',
    example: {
      files: { 'iomem.txt': '00000000-00000000 : System RAM\n00000000-00000000 : efifb\n' },
      run: 'sysfb iomem.txt',
    },
    source: 'r_show() in kernel/resource.c: addresses only with CAP_SYS_ADMIN',
    hides: NOTHING,
    text: () => 'its addresses are all zeros: it was read without privilege; it is left out',
    hint: () => 'read /proc/iomem as root',
  }),
  'evidence/config-cut': row({
    severity: 'warning',
    summary: 'a kernel configuration ends inside a line',
    why: 'That symbol and those that came after it are not known.',
    example: {
      files: { 'config.txt': 'CONFIG_HYPERV=y\nCONFIG_SYSFB=' },
      run: 'sysfb --as kconfig config.txt',
    },
    source: 'conf_write() in scripts/kconfig/confdata.c',
    hides: ['kernel'],
    text: ({ symbol }: { symbol: string }) => `the last line is cut: CONFIG_${symbol} is left out`,
  }),
  'evidence/config-empty': row({
    severity: 'error',
    summary: 'an input read as a kernel configuration has no CONFIG_ line',
    why: 'It says nothing.',
    example: { files: { 'config.txt': '# empty\n' }, run: 'sysfb --as kconfig config.txt' },
    source: 'conf_write() in scripts/kconfig/confdata.c',
    hides: ['kernel'],
    text: () => 'no CONFIG_ line in it',
  }),
  'evidence/config-architecture': row({
    severity: 'error',
    summary: 'a kernel configuration is for an architecture without a VMBus driver',
    why: 'It is not of a kernel that the question could be about, so it is left out.',
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
    hint: () => 'give the .config beside it',
  }),
  'evidence/kernel-source': row({
    severity: 'error',
    summary: 'a file is not a part of a kernel’s source that shows anything here',
    why: 'Only a few files show what this kernel does with MMIO space; this is none of them.',
    example: { files: { 'x.c': 'int x;\n' }, run: 'sysfb --as kernel-source x.c' },
    source: 'FILES in src/evidence/image/kernel-source.ts',
    hides: NOTHING,
    text: () => 'this is not a source file of a kernel that shows what it does here',
    hint: ({ files }: { files: readonly string[] }) => `give ${files.join(', ')} of the kernel’s source`,
  }),
  'evidence/log-restarts': row({
    severity: 'warning',
    summary: 'the clock of a kernel log goes back',
    why: 'The log holds more than one boot, or pieces out of order; they may disagree.',
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
      `the clock goes back from ${before} to ${now} seconds: the log holds more than one boot, or pieces out of order`,
  }),
  'evidence/log-boots': row({
    severity: 'note',
    summary: 'a kernel log holds several boots',
    why: 'The last one counts; the kernel and the machine may have been others before.',
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
      `the log holds ${boots} boots; the last one counts, which begins here`,
  }),
  'evidence/log-foreign': row({
    severity: 'error',
    summary: 'a log is of another system than Linux',
    why: 'It does not say what Linux does on this machine, so nothing of it is read.',
    example: {
      files: {
        'dmesg.txt': 'OpenBSD 7.3 (GENERIC.MP) #1125: Sat Mar 25 10:36:29 MDT 2023\nreal mem = 2130694144\n',
      },
      run: 'sysfb --as dmesg dmesg.txt',
    },
    source: 'the banners that FreeBSD, OpenBSD, NetBSD, DragonFly and illumos print',
    hides: NOTHING,
    text: ({ system }: { system: string }) =>
      `a log of ${system}: it does not say what Linux does on this machine, and is left out`,
    hint: () => 'give the log of Linux there, or the ACPI tables (acpidump)',
  }),
  'evidence/log-cut': row({
    severity: 'warning',
    summary: 'a kernel log ends inside a line',
    why: 'That line and those that came after it are missing.',
    example: {
      files: { 'dmesg.txt': '[    0.000000] Linux version 6.12.0 (x) #1\n[    0.000000] efi: EFI v' },
      run: 'sysfb dmesg.txt',
    },
    source: 'a log that was copied whole ends with a newline',
    hides: EVIDENCE,
    text: () => 'the last line has no end and may be cut; it is left out',
  }),
  'evidence/log-beginning': row({
    severity: 'warning',
    summary: 'a kernel log does not begin with its first line',
    why: 'What was printed before is not known. Nothing is concluded from what such a log lacks.',
    example: {
      files: { 'dmesg.txt': '[    1.000000] hv_vmbus: Vmbus version:5.3\n' },
      run: 'sysfb dmesg.txt',
    },
    source: 'start_kernel() in init/main.c prints linux_banner first',
    hides: NOTHING,
    text: ({ first }: { first: number | undefined }) =>
      `the log has no "Linux version" line${first === undefined ? '' : ` and starts at ${first} seconds`}: its beginning is missing, and with it whatever was logged there`,
    hint: () => 'journalctl -k -b keeps the whole log',
  }),
  'evidence/lspci-cut': row({
    severity: 'warning',
    summary: 'an lspci listing ends inside a line',
    why: 'That BAR and what came after it are missing; one could hold the framebuffer.',
    example: {
      files: {
        'lspci.txt':
          '00:02.0 VGA compatible controller [0300]: X [1234:1111]\n\tRegion 0: Memory at f8000000 (32-bit, pref',
      },
      run: 'sysfb lspci.txt',
    },
    source: 'show_bases() in lspci.c of pciutils',
    hides: ['framebuffer'],
    text: () => 'the last line is cut; the region is left out',
  }),
  'evidence/lspci-empty': row({
    severity: 'error',
    summary: 'an input read as lspci has no device line',
    why: 'It says nothing.',
    example: {
      files: { 'lspci.txt': 'pcilib: Cannot open /proc/bus/pci\n' },
      run: 'sysfb --as lspci lspci.txt',
    },
    source: 'show_terse() in lspci.c of pciutils',
    hides: ['framebuffer', 'platform'],
    text: () => 'no device line of lspci in it',
  }),
  'evidence/memmap-empty': row({
    severity: 'error',
    summary: 'an input read as a memory map has no line of one',
    why: 'It says nothing. A memory map only bounds what the firmware leaves open, so no window is lost.',
    example: { files: { 'memmap.txt': 'start end type\n' }, run: 'sysfb --as memmap memmap.txt' },
    source: 'drivers/firmware/memmap.c',
    hides: NOTHING,
    text: () => 'no line of a memory map in it',
  }),
  'evidence/cmdline-empty': row({
    severity: 'error',
    summary: 'an input read as /proc/cmdline is empty',
    why: 'What the kernel was started with is not known: acpi=off, pci= and elfcorehdr= decide much.',
    example: { files: { 'cmdline.txt': '\n' }, run: 'sysfb --as cmdline cmdline.txt' },
    source: 'proc_cmdline(5)',
    hides: ['kernel'],
    text: () => 'no command line in it',
  }),
  'evidence/uname': row({
    severity: 'error',
    summary: 'an input read as uname -a is not its output',
    why: 'The release it would name is not known.',
    example: { files: { 'uname.txt': 'hello\n' }, run: 'sysfb --as uname uname.txt' },
    source: 'uname(1)',
    hides: ['kernel'],
    text: () => 'no line of uname -a',
  }),
  'evidence/contradiction': row({
    severity: 'warning',
    summary: 'two pieces of evidence disagree',
    why: 'They are of different machines, boots or kernels. The message names the one that counts; the other is not used.',
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
    hint: () => 'leave out what is not of this machine and kernel',
  }),
};

function sizes({ length }: { length: number }): string {
  return `${length} bytes: a screen_info has 64, boot_params 4096; the dump is left out`;
}
