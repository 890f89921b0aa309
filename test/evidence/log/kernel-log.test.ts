/** Every line form of DOMAIN.md section 8, in the dress that dmesg and journalctl give it. */
import { describe, expect, test } from 'vitest';
import { textOf } from '../../../src/bytes/source.ts';
import { artifactOf, read } from '../artifacts.ts';

const log = (...lines: string[]) => read(artifactOf('dmesg', `${lines.join('\n')}\n`)).evidence;

describe('line forms', () => {
  test('Linux version, with the upstream release of a distribution', () => {
    const { releases } = log(
      '[    0.000000] Linux version 6.1.0-56-amd64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld 2.40) #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)',
    );
    expect(releases[0]!.value).toEqual({ release: '6.1.0-56-amd64', upstream: '6.1.192' });
    const ubuntu = log(
      '[    0.000000] Linux version 6.8.0-31-generic (buildd@lcy02) (x86_64-linux-gnu-gcc-13 (Ubuntu 13.2.0-23ubuntu4) 13.2.0) #31-Ubuntu SMP (Ubuntu 6.8.0-31.31-generic 6.8.1)',
    );
    expect(ubuntu.releases[0]!.value).toEqual({
      release: '6.8.0-31-generic',
      upstream: '6.8.1',
      vendor: { mark: '-generic', name: 'Ubuntu' },
    });
    expect(log('Linux version 6.12.30 (me@here) (gcc 14) #3 SMP').releases[0]!.value).toEqual({
      release: '6.12.30',
    });
  });

  test.each([
    '[    1.0] efifb: framebuffer at 0xf8000000, using 3072k, total 3072k',
    '[    1.0][    T1] efifb: framebuffer at 0xf8000000, using 3072k, total 3072k',
    '<6>[    1.0] efifb: framebuffer at 0xf8000000, using 3072k, total 3072k',
    'kern  :info  : [    1.0] efifb: framebuffer at 0xf8000000, using 3072k, total 3072k',
    '[Sun Nov 22 15:04:11 2026] efifb: framebuffer at 0xf8000000, using 3072k, total 3072k',
    'Nov 22 15:04:11 host kernel: efifb: framebuffer at 0xf8000000, using 3072k, total 3072k',
    '2026-11-22T15:04:11+0000 host kernel: efifb: framebuffer at 0xf8000000, using 3072k, total 3072k',
    'efifb: framebuffer at 0xf8000000, using 3072k, total 3072k\r',
  ])('efifb: %s', (line) => {
    expect(log(line).framebuffers[0]?.value).toEqual({ base: 0xf8000000n, size: 0x300000n, by: 'efifb' });
  });

  test('vesafb and simple-framebuffer', () => {
    const { framebuffers } = log(
      'vesafb: framebuffer at 0xfd000000, mapped to 0x00000000a1b2c3d4, using 1875k, total 16384k',
      'simple-framebuffer simple-framebuffer.0: framebuffer at 0xbe000000, 0x7e9000 bytes, mapped to 0x(____ptrval____)',
      '[drm] Initialized simpledrm 1.0.0 20200625 for simple-framebuffer.0 on minor 0',
    );
    expect(framebuffers.map(({ value }) => value)).toEqual([
      { base: 0xfd000000n, size: 0x1000000n, by: 'vesafb' },
      { base: 0xbe000000n, size: 0x7e9000n, by: 'simple-framebuffer' },
    ]);
  });

  test('what hv_vmbus prints of its pool', () => {
    const { printedPools, unexpectedLowBase, framebufferBaseZero } = log(
      'hv_vmbus: hv_mmio=[mem 0xf8000000-0xfed3ffff],[mem 0xfe0000000-0xfffffffff] fb=[mem 0xf8000000-0xfbffffff]',
      'hv_vmbus: hv_mmio=[mem 0xfed3ffff],(null) fb=(null)',
      'hv_vmbus: Unexpected low mmio base 0x0000000fe0000000',
      'hv_vmbus: Unexpected framebuffer mmio base of zero',
    );
    expect(printedPools.map(({ value }) => value)).toEqual([
      {
        windows: [
          { start: 0xf8000000n, last: 0xfed3ffffn },
          { start: 0xfe0000000n, last: 0xfffffffffn },
        ],
        framebuffer: { start: 0xf8000000n, last: 0xfbffffffn },
      },
      { windows: [{ start: 0xfed3ffffn, last: 0xfed3ffffn }, null], framebuffer: null },
    ]);
    expect(unexpectedLowBase.map(({ value }) => value)).toEqual([0xfe0000000n]);
    expect(framebufferBaseZero).toHaveLength(1);
  });

  test('VMBus in the device tree, and other ways to say that ACPI is off', () => {
    const read = (line: string) => log(line).descriptions.map(({ value }) => value);
    expect(read('hv_vmbus: VMBus is present in DeviceTree')).toEqual([['dt']]);
    expect(read('VMBus is present in DeviceTree')).toEqual([['dt']]);
    expect(read('[    0.1] ACPI: Interpreter disabled.')).toEqual([['dt', 'none']]);
    expect(read('Kernel command line: acpi=off console=ttyS0')).toEqual([['dt', 'none']]);
    expect(read('Command line: noacpi=offset')).toEqual([]);
    expect(log('[    0.2] Linux runs in Hyper-V Virtual Trust Level 2').vtls[0]?.value).toBe(2);
  });

  test('host bridge windows, once each', () => {
    const { pciWindows } = log(
      'pci_bus 0000:00: root bus resource [mem 0xf8000000-0xfffbffff window]',
      'pci_bus 0000:00: resource 7 [mem 0xf8000000-0xfffbffff window]',
      'pci_bus 0000:00: root bus resource [io  0x0000-0x0cf7 window]',
      'pci_bus 0000:00: root bus resource [bus 00-ff]',
      'pci_bus ff02:00: root bus resource [mem 0xff0020000-0xff002bfff window]',
    );
    expect(pciWindows.map(({ value }) => value)).toEqual([
      { bus: '0000:00', space: 'memory', start: 0xf8000000n, last: 0xfffbffffn },
      { bus: '0000:00', space: 'io', start: 0n, last: 0xcf7n },
      { bus: 'ff02:00', space: 'memory', start: 0xff0020000n, last: 0xff002bfffn },
    ]);
  });

  test('pass-through that failed', () => {
    const guid = 'bb8c4f33-2ba2-4808-9f7f-02f3b4da22fe';
    const { passThroughFailures } = log(
      `hv_pci ${guid}: PCI Pass-through VSP failed D0 Entry with status c0370048`,
      `hv_pci ${guid}: Need 0x1000 of low MMIO space. Consider reconfiguring the VM.`,
    );
    expect(passThroughFailures.map(({ value }) => value)).toEqual([
      { guid, failure: 'd0-entry' },
      { guid, failure: 'no-low-space' },
    ]);
  });

  test('E820 and EFI memory maps, firmware date, boot', () => {
    const { memoryMap, biosYears, efiBoot, pciRules } = log(
      '[    0.0] Linux version 6.12.30 (x) #1',
      'BIOS-e820: [mem 0x0000000000000000-0x000000000009ffff] usable',
      'BIOS-e820: [mem 0x00000000f7ff0000-0x00000000f7ffefff] ACPI data',
      'BIOS-e820: [mem 0x00000000f7fff000-0x00000000f7ffffff] ACPI NVS',
      'BIOS-e820: [mem 0x00000000fec00000-0x00000000fec00fff] type 20',
      'efi: mem00: [Conventional Memory|   |  |  |  |  |  |  |  |  |   |WB|WT|WC|UC] range=[0x0000000000100000-0x00000000001fffff] (1MB)',
      'efi: mem01: type=11, attr=0x8000000000000001, range=[0x00000000fec00000-0x00000000fec01000) (0MB)',
      'efi: EFI v2.7 by Microsoft',
      'DMI: Microsoft Corporation Virtual Machine/Virtual Machine, BIOS Hyper-V UEFI Release v4.1 05/13/2024',
      'PCI: Ignoring E820 reservations for host bridge windows',
    );
    expect(memoryMap.map(({ value: { base, size, type, map } }) => [base, size, type, map])).toEqual([
      [0n, 0xa0000n, 'ram', 'e820'],
      [0xf7ff0000n, 0xf000n, 'acpi-data', 'e820'],
      [0xf7fff000n, 0x1000n, 'acpi-nvs', 'e820'],
      [0xfec00000n, 0x1000n, 'other', 'e820'],
      [0x100000n, 0x100000n, 'ram', 'efi'],
      [0xfec00000n, 0x1000n, 'mmio', 'efi'],
    ]);
    expect(biosYears[0]?.value).toBe(2024);
    expect(efiBoot.map(({ value, strength }) => [value, strength])).toEqual([
      [true, 'observed'],
      [true, 'inferred'],
    ]);
    expect(pciRules.map(({ value }) => value)).toEqual(['no_e820']);
  });

  test('a whole x86 log without an EFI line is of a boot without EFI; one with a piece missing says nothing', () => {
    const start = '[    0.0] Linux version 6.1.5 (x) #1';
    const early = [
      '[    0.0] Command line: ro',
      '[    0.0] BIOS-e820: [mem 0x0000000000000000-0x000000000009ffff] usable',
      '[    0.0] last_pfn = 0x7ffdd max_arch_pfn = 0x400000000',
      '[    0.0] Zone ranges:',
      '[    0.1] Memory: 2020612K/2096620K available (14342K kernel code)',
    ];
    const said = log(start, ...early);
    expect(said.efiBoot.map(({ value }) => value)).toEqual([false]);
    expect(said.logs[0]).toMatchObject({ early: true, complete: false, boots: 1 });
    expect(log(...early).efiBoot).toEqual([]);
    for (const gone of early.keys()) {
      const partial = log(start, ...early.filter((_, index) => index !== gone));
      expect(partial.logs[0]!.early, early[gone]).toBe(false);
      expect(partial.efiBoot).toEqual([]);
    }
    expect(log(start, early[0]!, '[...]', ...early.slice(1)).efiBoot).toEqual([]);
    expect(log(start, ...early, '<snip>', '[   9.0] x').efiBoot).toHaveLength(1);
  });

  test('a fact points at its line', () => {
    const artifact = artifactOf(
      'dmesg',
      '[    0.1] x\n[    1.0] hv_vmbus: Unexpected framebuffer mmio base of zero\n',
    );
    const [zero] = read(artifact).evidence.framebufferBaseZero;
    expect(textOf(artifact.source).slice(zero!.span!.start, zero!.span!.end)).toBe(
      'hv_vmbus: Unexpected framebuffer mmio base of zero',
    );
  });
});

describe('logs that are not whole', () => {
  test('the beginning is missing', () => {
    expect(read(artifactOf('dmesg', '[   55.0] usb 1-1: new device\n')).codes).toEqual([
      'evidence/log-beginning',
    ]);
  });

  test('the last line is cut: its number would be another one', () => {
    const { evidence, codes } = read(
      artifactOf('dmesg', '[    0.0] Linux version 6.1.5 (x) #1\n[    1.0] efifb: framebuffer at 0xf8'),
    );
    expect(evidence.framebuffers).toEqual([]);
    expect(codes).toEqual(['evidence/log-cut']);
  });

  test('cut in the middle: what is left of a line runs into the next and is no line', () => {
    const { evidence } = read(
      artifactOf(
        'dmesg',
        [
          '[    0.0] Linux version 6.1.5 (x) #1',
          '[    0.1] BIOS-e820: [mem 0x0000000000000000-0x0000000000[    0.9] BIOS-e820: [mem 0x1-0x2] usable',
          '[    1.0] hv_vmbus: hv_mmio=[mem 0xf8000000-0xfed3ffff],[mem 0xfe00000',
          '[    1.1] efifb: framebuffer at 0xf8000000, using 3[    2.0] x',
          '',
        ].join('\n'),
      ),
    );
    expect([evidence.memoryMap, evidence.printedPools, evidence.framebuffers]).toEqual([[], [], []]);
  });

  test('two boots in one log', () => {
    const lines = [
      '[    0.0] Linux version 6.1.5 (x) #1',
      '[  900.0] a',
      '[    0.0] Linux version 6.12.30 (x) #1',
      '',
    ];
    const { evidence, codes } = read(artifactOf('dmesg', lines.join('\n')));
    expect(codes).toEqual(['evidence/log-boots']);
    expect(evidence.releases.map(({ value }) => value.release)).toEqual(['6.12.30']);
    expect(evidence.logs[0]!.boots).toBe(2);
  });

  test('lines as long as a disk image are passed over', () => {
    expect(
      log(`[    0.0] efifb: framebuffer at 0x${'f'.repeat(100_000)}, using 1k, total 1k`).framebuffers,
    ).toEqual([]);
  });
});
