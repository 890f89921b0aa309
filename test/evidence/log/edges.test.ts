/** Logs at the edges of what is told: gaps, boots, lines that mailers broke, and ends of ranges. */
import { describe, expect, test } from 'vitest';
import { textOf } from '../../../src/bytes/source.ts';
import { withLimits } from '../../../src/limits/limits.ts';
import { artifactOf, read } from '../artifacts.ts';

const logOf = (lines: readonly string[], end = '\n') =>
  read(artifactOf('dmesg', `${lines.join('\n')}${end}`));
const evidenceOf = (...lines: string[]) => logOf(lines).evidence;
const gapsOf = (...lines: string[]) => evidenceOf(...lines).logs[0]?.gaps;

/** What every kernel prints, in its order. */
const WHOLE = [
  '[    0.000000] Linux version 6.12.30 (me@here) (gcc 14) #3 SMP',
  '[    0.000000] Command line: ro quiet',
  '[    0.000000] BIOS-e820: [mem 0x0000000000000000-0x000000000009ffff] usable',
  '[    0.000000] last_pfn = 0x7ffdd max_arch_pfn = 0x400000000',
  '[    0.010000] Zone ranges:',
  '[    0.100000] Memory: 2020612K/2096620K available (14342K kernel code)',
  '[    1.500000] Freeing unused kernel image (initmem) memory: 2732K',
];

describe('a log is whole', () => {
  test('with what every kernel prints, from its first line to its start', () => {
    expect(evidenceOf(...WHOLE).logs[0]).toMatchObject({ early: true, complete: true, gaps: [], boots: 1 });
  });

  const EARLY = 'messages that every kernel prints at boot are missing';
  const NO_STAMP = 'it has lines without a time stamp between lines with one';
  test.each<[string, readonly string[], readonly string[]]>([
    ['without its first line', WHOLE.slice(1), ['it has no "Linux version" line', EARLY]],
    ['without its end', WHOLE.slice(0, -1), ['it ends before the boot is complete']],
    ['without its command line', WHOLE.toSpliced(1, 1), [EARLY]],
    ['without one of two messages about memory', WHOLE.toSpliced(2, 1), [EARLY]],
    ['without the other', WHOLE.toSpliced(3, 1), [EARLY]],
    ['with a mark of omission', WHOLE.toSpliced(5, 0, '[...]'), ['lines are marked as omitted', EARLY]],
    [
      'with one behind what early boot prints',
      WHOLE.toSpliced(6, 0, '[...]'),
      ['lines are marked as omitted'],
    ],
    ['with words in it', [...WHOLE, '[    2.0] a', 'and then'], [NO_STAMP]],
    [
      'with its pieces in another order',
      [...WHOLE, '[    9.0] a', '[    4.0] b'],
      ['its time stamps go backwards'],
    ],
    ['with times that are a little out of order', [...WHOLE, '[    9.0] a', '[    4.5] b'], []],
    [
      'with times that are, in its first second',
      [...WHOLE.slice(0, 6), '[    1.0] a', '[    0.1] b', WHOLE[6]!],
      [],
    ],
  ])('%s', (_title, lines, gaps) => {
    expect(gapsOf(...lines)).toEqual(gaps);
    expect(evidenceOf(...lines).logs[0]?.complete).toBe(gaps.length === 0);
  });

  test('two machines without E820 have neither of its messages', () => {
    expect(gapsOf(...WHOLE.toSpliced(2, 2))).toEqual([]);
  });

  test('lines of a message of several lines are indented, by four blanks or a tab', () => {
    for (const line of ['    more of it', '\tmore of it'])
      expect([line, gapsOf(...WHOLE, '[    2.0] a', line)]).toEqual([line, []]);
    expect(gapsOf(...WHOLE, '[    2.0] a', '   three blanks')).toEqual([NO_STAMP]);
  });

  test('no more than five reasons are kept', () => {
    const broken = ['[    9.0] a', 'words', '[    0.2] b', '[...]', '[    0.3] efifb: framebuffer at 0xf8'];
    expect(logOf(broken, '').evidence.logs[0]?.gaps).toHaveLength(5);
  });

  test('lines that are too long are reported once, and are a gap', () => {
    withLimits({ 'log-line-bytes': 80 }, () => {
      const { evidence, diagnostics } = logOf([
        ...WHOLE,
        `[    2.0] ${'x'.repeat(71)}`,
        `[    2.1] ${'y'.repeat(70)}`,
        `[    2.2] ${'z'.repeat(90)}`,
      ]);
      expect(evidence.logs[0]?.gaps).toEqual(['it has lines that are too long']);
      expect(diagnostics.map(({ code }) => code)).toEqual(['fwmap/limit-told']);
      const { span } = diagnostics[0]!;
      expect(textOf(span!.source).slice(span!.start)).toMatch(/^\[ {4}2\.0\]/);
    });
  });

  test('one without a stamp on any line is no less whole', () => {
    expect(gapsOf(...WHOLE.map((line) => line.slice(15)))).toEqual([]);
  });
});

describe('boots', () => {
  const [FIRST, ...REST] = WHOLE as [string, ...string[]];
  test('a mark of journalctl begins one', () => {
    const { evidence, codes } = logOf([...WHOLE, '-- Boot 0123456789abcdef0123456789abcdef --', ...WHOLE]);
    expect([evidence.logs[0]?.boots, evidence.logs[0]?.complete, codes]).toEqual([
      2,
      true,
      ['evidence/log-boots'],
    ]);
    expect(logOf(['-- Reboot --', ...WHOLE]).evidence.logs[0]?.boots).toBe(1);
    // Behind a line of any length: it is no rest of one that a mailer broke.
    expect(WHOLE.at(-1)!.length).toBeGreaterThan(62);
    expect(evidenceOf(...WHOLE, '-- Reboot --', ...REST).releases).toEqual([]);
    expect(evidenceOf(...WHOLE, '[    2.0] a', '-- Reboot --', ...REST).releases).toEqual([]);
  });

  test('gaps and releases are those of the last one', () => {
    const lines = [...WHOLE.slice(0, 3), '[...]', ...WHOLE];
    expect(evidenceOf(...lines).logs[0]).toMatchObject({ boots: 2, gaps: [], complete: true });
    expect(evidenceOf(...lines).releases).toHaveLength(1);
  });

  test('a second "Linux version" begins one; arm64 prints another line before it, which does not count twice', () => {
    const arm = '[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x410fd034]';
    expect(evidenceOf(arm, FIRST).logs[0]?.boots).toBe(1);
    expect(evidenceOf(arm, FIRST, '[    5.0] a', arm, FIRST).logs[0]?.boots).toBe(2);
    expect(evidenceOf('[    0.5] a', FIRST).logs[0]?.boots).toBe(1);
    expect(evidenceOf('[    5.0] a', FIRST).logs[0]?.boots).toBe(2);
    expect(evidenceOf('[    1.0] a', FIRST).logs[0]?.boots).toBe(1);
  });

  test.each([
    '[    0.000000] Linux version 6.12.30 (me@here) (gcc 14) #3 SMP',
    '[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x411fd400]',
    '[    0.000000] Booting Linux on hartid 1',
  ])(
    'the same messages begin a boot, excuse a clock that starts again, and come with another host: %s',
    (first) => {
      const { evidence, diagnostics } = logOf([...WHOLE, '[   90.0] a', first, '[    0.1] b']);
      const codes = diagnostics.map(({ code }) => code);
      expect(codes).toContain('evidence/log-boots');
      expect(codes).not.toContain('evidence/log-restarts');
      expect(evidence.logs[0]?.boots).toBe(2);
    },
  );

  test.each(['Booting Linux on a laptop', 'Linux versions'])('no others do: %s', (words) => {
    const { evidence, diagnostics } = logOf([...WHOLE, '[   90.0] a', `[    0.000000] ${words}`]);
    expect(diagnostics.map(({ code }) => code)).toEqual(['evidence/log-restarts']);
    expect(evidence.logs[0]?.boots).toBe(1);
  });

  test('the place of a new boot is reported', () => {
    const { diagnostics } = logOf([...WHOLE, ...WHOLE]);
    const { span } = diagnostics[0]!;
    expect(textOf(span!.source).slice(span!.start, span!.end)).toBe(FIRST);
    expect(span!.start).toBe(WHOLE.join('\n').length + 1);
  });

  test('a clock that starts again within a boot is reported with both times', () => {
    const { diagnostics } = logOf([...WHOLE, '[   90.0] a', '[   10.0] b']);
    expect(diagnostics.map(({ code, args }) => [code, args])).toEqual([
      ['evidence/log-restarts', { before: 90, now: 10 }],
    ]);
  });
});

describe('lines that mailers broke', () => {
  const LINE = '[    1.0] efifb: framebuffer at 0xf8000000, using 3072k, total 3072k';
  const seen = (...lines: string[]) => evidenceOf(...lines).framebuffers.length;

  test('are put together where the next word would not have fitted', () => {
    expect(seen(LINE.slice(0, 61).trimEnd(), LINE.slice(61).trim())).toBe(1);
    // A line of 62 characters or more with its next word was broken; a shorter one was not.
    expect(seen('[    1.0] efifb: framebuffer at 0xf8000000,', 'using 3072k, total 3072k')).toBe(0);
    const padded = `[    1.0] efifb: framebuffer at 0x${'0'.repeat(12)}f8000000,`;
    expect(padded.length + 1 + 'using'.length).toBe(62 - 1 + 0);
    expect(seen(padded, 'using 3072k, total 3072k')).toBe(0);
    expect(seen(padded.replace('0x', '0x0'), 'using 3072k, total 3072k')).toBe(1);
  });

  test('nine pieces are one too many', () => {
    const words = Array.from({ length: 9 }, (_, index) => `${index}`.repeat(70));
    const broken = (pieces: number) =>
      evidenceOf(`[    0.0] Command line: ${'a'.repeat(60)}`, ...words.slice(0, pieces)).commandLines[0]
        ?.value;
    expect(broken(8)).toBe([`${'a'.repeat(60)}`, ...words.slice(0, 8)].join(' '));
    expect(broken(9)).toBe([`${'a'.repeat(60)}`, ...words.slice(0, 8)].join(' '));
  });

  test('what stands behind a whole message is text between messages', () => {
    const rest = 'a word, and another that somebody wrote behind it';
    expect(gapsOf(...WHOLE.toSpliced(6, 0, LINE, rest))).toEqual([
      'it has lines without a time stamp between lines with one',
    ]);
    expect(evidenceOf(...WHOLE.toSpliced(6, 0, LINE, rest)).framebuffers).toHaveLength(1);
  });
});

describe('records at the ends of what they can say', () => {
  test.each([
    [
      'ACPI: SRAT: Node 0 PXM 0 [mem 0x100000000-0x1ffffffff]',
      'srat',
      [{ start: 0x1_0000_0000n, last: 0x1_ffff_ffffn, hotplug: false }],
    ],
    [
      'SRAT: Node 0 PXM 0 [mem 0x100000000-0x1ffffffff] hotplug',
      'srat',
      [{ start: 0x1_0000_0000n, last: 0x1_ffff_ffffn, hotplug: true }],
    ],
    ['SRAT: Node 0 PXM 0 [mem 0x5-0x5]', 'srat', [{ start: 5n, last: 5n, hotplug: false }]],
    ['SRAT: Node 0 PXM 0 [mem 0x6-0x5]', 'srat', []],
    [
      'e820: remove [mem 0x000a0000-0x000fffff] usable',
      'e820Removals',
      [{ start: 0xa0000n, last: 0xfffffn, type: 'usable' }],
    ],
    ['e820: remove [mem 0x5-0x5]', 'e820Removals', [{ start: 5n, last: 5n }]],
    ['e820: remove [mem 0x6-0x5]', 'e820Removals', []],
    ['BIOS-e820: [mem 0x0000000000000005-0x0000000000000005] usable', 'memoryMap', [{ base: 5n, size: 1n }]],
    ['BIOS-e820: [mem 0x0000000000000006-0x0000000000000005] usable', 'memoryMap', []],
    [
      'efi: mem00: [Reserved|   |  ] range=[0x0000000000000005-0x0000000000000005] (0MB)',
      'memoryMap',
      [{ base: 5n, size: 1n, type: 'reserved' }],
    ],
    ['efi: mem00: [Reserved|   |  ] range=[0x0000000000000006-0x0000000000000005] (0MB)', 'memoryMap', []],
    [
      'efi: mem00: type=7, attr=0xf, range=[0x0000000000000005-0x0000000000000006) (0MB)',
      'memoryMap',
      [{ base: 5n, size: 1n, type: 'ram' }],
    ],
    ['efi: mem00: type=7, attr=0xf, range=[0x0000000000000005-0x0000000000000005) (0MB)', 'memoryMap', []],
    [
      'efi: mem00: type=15, attr=0xf, range=[0x0000000000000005-0x0000000000000006) (0MB)',
      'memoryMap',
      [{ name: 'type 15', type: 'other' }],
    ],
    [
      'pci_bus 0000:00: root bus resource [mem 0x5-0x5]',
      'pciWindows',
      [{ start: 5n, last: 5n, space: 'memory' }],
    ],
    ['pci_bus 0000:00: root bus resource [mem 0x6-0x5]', 'pciWindows', []],
    [
      'acpi PNP0A03:00: host bridge window [io  0x5-0x5] (ignored)',
      'bridgeChanges',
      [{ start: 5n, last: 5n, space: 'io', did: 'ignored' }],
    ],
    ['acpi PNP0A03:00: host bridge window [io  0x6-0x5] (ignored)', 'bridgeChanges', []],
    [
      'ACPI: PCI Root Bridge [PCI0] (domain 0000 [bus 00-7f])',
      'pciHosts',
      [{ name: 'PCI0', bus: '0000:00', lastBus: 0x7f, by: 'acpi' }],
    ],
    ['ACPI: PCI Root Bridge [PCI0] (domain 0000 [bus 05])', 'pciHosts', [{ bus: '0000:05', lastBus: 5 }]],
    [
      'pci-host-generic 30000000.pcie: host bridge /pcie@30000000 ranges:',
      'pciHosts',
      [{ name: '30000000.pcie', by: 'device-tree', path: '/pcie@30000000' }],
    ],
    [
      'pci-host-generic 30000000.pcie: PCI host bridge to bus 0000:00',
      'pciHosts',
      [{ name: '30000000.pcie', by: 'device-tree', bus: '0000:00' }],
    ],
    ['Booting paravirtualized kernel on KVM', 'platforms', [['other-hypervisor']]],
    ['Booting paravirtualized kernel on VMware hypervisor', 'platforms', [['other-hypervisor']]],
    ['Booting paravirtualized kernel on bare hardware', 'platforms', []],
    ['RME: Using RSI version 1.0', 'confidential', ['cca']],
    ['SEV: SNP running at VMPL0.', 'confidential', ['sev-snp']],
    ['Hyper-V: Isolation Config: Group A 0x0, Group B 0x4', 'confidential', []],
    ['Linux runs in Hyper-V Virtual Trust Level 1', 'platforms', []],
    [
      'hv_pci bb8c4f33-2ba2-4808-9f7f-02f3b4da22fe: Need 0x1000 of high MMIO space. Consider reconfiguring the VM.',
      'passThroughFailures',
      [{ failure: 'no-high-space' }],
    ],
    [
      '[drm] Initialized efidrm 1.0.0 for efi-framebuffer.0 on minor 0',
      'symbols',
      [
        { symbol: 'DRM_EFIDRM', value: 'on' },
        { symbol: 'SYSFB', value: 'on' },
        { symbol: 'EFI', value: 'on' },
      ],
    ],
    [
      '[drm] Initialized vesadrm 1.0.0 for vesa-framebuffer.0 on minor 0',
      'symbols',
      [
        { symbol: 'DRM_VESADRM', value: 'on' },
        { symbol: 'SYSFB', value: 'on' },
      ],
    ],
    [
      'hv_vmbus: registering driver hyperv_drm',
      'symbols',
      [
        { symbol: 'HYPERV', value: 'on' },
        { symbol: 'DRM_HYPERV', value: 'on' },
      ],
    ],
    [
      'hv_vmbus: registering driver hyperv_fb',
      'symbols',
      [
        { symbol: 'HYPERV', value: 'on' },
        { symbol: 'FB_HYPERV', value: 'on' },
      ],
    ],
    [
      'vesafb: mode is 1024x768x32, linelength=4096, pages=0',
      'symbols',
      [
        { symbol: 'FB_VESA', value: 'on' },
        { symbol: 'SYSFB', value: 'on' },
      ],
    ],
    [
      'simple-framebuffer 7e00000.framebuffer: framebuffer at 0x7e00000, 0x1000 bytes',
      'framebuffers',
      [{ base: 0x7e00000n, size: 0x1000n, by: 'simple-framebuffer' }],
    ],
  ] as const)('%s: %s', (line, fact, values) => {
    const found = evidenceOf(line)[fact] as readonly { readonly value: unknown }[];
    expect(found.map(({ value }) => value)).toMatchObject(values);
    expect(found).toHaveLength(values.length);
  });

  test.each([
    ['pci=nocrs', ['nocrs']],
    ['pci=noaer,use_crs', ['use_crs']],
    ['pci=no_e820 pci=use_e820', ['no_e820', 'use_e820']],
    ['nopci=nocrs', []],
    ['pci=nocrsx', []],
  ])('the command line %s', (line, rules) => {
    const facts = evidenceOf(`Command line: ${line}`);
    expect(facts.pciRules.map(({ value, strength }) => [value, strength])).toEqual(
      rules.map((rule) => [rule, 'given']),
    );
  });

  test.each([
    ['acpi=off', 1],
    ['acpi=off acpi=on', 0],
    ['acpi=off acpi=noirq', 1],
    ['acpi=on acpi=off', 1],
    ['acpi=offline', 0],
  ])('whether ACPI is off: %s', (line, count) => {
    expect(evidenceOf(`Command line: ${line}`).descriptions).toHaveLength(count);
  });

  test('BARs of a device: registers of both kinds of message, the first six', () => {
    const bars = (...lines: string[]) =>
      evidenceOf(
        'pci 0000:00:08.0: [1414:5353] type 00 class 0x030000',
        ...lines,
      ).pciDevices[0]?.value.bars.map(({ index, space, base, size }) => [index, space, base, size]);
    expect(
      bars(
        'pci 0000:00:08.0: reg 0x14: [io  0xc000-0xc0ff]',
        'pci 0000:00:08.0: BAR 2 [mem 0xf8000000-0xfbffffff]',
        'pci 0000:00:08.0: reg 0x24: [mem 0x5-0x5]',
        'pci 0000:00:08.0: reg 0x28: [mem 0x5-0x5]',
        'pci 0000:00:08.0: reg 0x0c: [mem 0x5-0x5]',
        'pci 0000:00:08.0: reg 0x10: [mem 0x6-0x5]',
        'pci 0000:00:09.0: reg 0x10: [mem 0x5-0x5]',
      ),
    ).toEqual([
      [1, 'io', 0xc000n, 0x100n],
      [2, 'memory', 0xf8000000n, 0x4000000n],
      [5, 'memory', 5n, 1n],
    ]);
  });

  test('OEM ids have six and eight characters; where a mailer took blanks out, words tell', () => {
    const platform = (ids: string) =>
      evidenceOf(`ACPI: DSDT 0x000000003FFD7000 01E184 (v02 ${ids})`).platforms[0]?.value;
    expect(platform('MSFTVM DSDT01   00000001 MSFT 05000000')).toEqual(['hyperv-gen2', 'hyperv-direct']);
    expect(platform('MSFTVM DSDT01 00000001 MSFT 05000000')).toEqual(['hyperv-gen2', 'hyperv-direct']);
    // Blanks inside of a field are its own, those at its end are padding.
    expect(platform('A M I  ALASKA   00000001 AMI  05000000')).toContain('pc');
    expect(platform('HP     SLIC     00000001 AMI  05000000')).toContain('pc');
    expect(platform('XYZ    ALASKA   00000001 AMI  05000000')).toBeUndefined();
  });

  test('modules are named once, without their marks; the last unloaded is none', () => {
    const modules = evidenceOf(
      'Modules linked in: a(E) b(OE+) a c-d [last unloaded: e]',
      'Modules linked in: b f',
    ).modules.map(({ value }) => value);
    expect(modules).toEqual(['a', 'b', 'f']);
  });

  test('an oops names the kernel where nothing else does', () => {
    const cpu = 'CPU: 0 PID: 1 Comm: swapper/0 Not tainted 6.1.5 #1';
    expect(evidenceOf(cpu, cpu).releases.map(({ value }) => value.release)).toEqual(['6.1.5']);
    expect(evidenceOf(WHOLE[0]!, cpu).releases).toHaveLength(1);
    expect(
      evidenceOf('CPU: 1 PID: 1 Comm: x Tainted: G        W          6.2.1 #9').releases[0]?.value.release,
    ).toBe('6.2.1');
  });

  test('a whole log that lists devices without the video device says so; one that is not whole does not', () => {
    const host = '[    0.3] pci 0000:00:00.0: [8086:7192] type 00 class 0x060000';
    const video = '[    0.3] pci 0000:00:08.0: [1414:5353] type 00 class 0x030000';
    const found = (...more: string[]) =>
      evidenceOf(...WHOLE.toSpliced(6, 0, ...more)).video.map(({ value }) => value);
    expect(found(host)).toEqual([{ present: false }]);
    expect(found(host, video)).toEqual([{ present: true, bar: null }]);
    expect(found(host, '[...]')).toEqual([]);
    expect(found()).toEqual([]);
  });
});
