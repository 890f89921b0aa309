import { describe, expect, test } from 'vitest';
import type { Artifact } from '../../src/artifact/artifact.ts';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { textSource } from '../../src/bytes/source.ts';
import { readEvidence } from '../../src/evidence/read.ts';
import { sameFramebuffer } from '../../src/evidence/reconcile.ts';
import { messageOf } from '../../src/findings/finding.ts';
import { findFramebuffers, gen1Video } from '../../src/linux/framebuffer.ts';
import { profileOf } from '../../src/linux/profile.ts';
import { iomemRoot } from '../../src/linux/region-tree.ts';
import { parseRelease } from '../../src/linux/release.ts';
import { checkAgainstKernel } from '../../src/linux/self-check.ts';
import { buildAcpiPool } from '../../src/linux/vmbus/acpi-pool.ts';
import { insertIomem, isBusy } from '../../src/linux/vmbus/iomem-regions.ts';
import { reserveFramebuffer } from '../../src/linux/vmbus/reservation.ts';

const artifact = (kind: Artifact['kind'], text: string): Artifact => ({
  kind,
  source: textSource(`${kind}.txt`, text),
  path: `${kind}.txt`,
  sha256: '',
  steps: [],
});
const evidence = (...artifacts: Artifact[]) => readEvidence(artifacts, new DiagnosticList());

const GEN1_LSPCI = [
  '00:00.0 Host bridge [0600]: Intel Corporation 440BX/ZX/DX - 82443BX/ZX/DX Host bridge (AGP disabled) [8086:7192] (rev 03)',
  '',
  '00:08.0 VGA compatible controller [0300]: Microsoft Corporation Hyper-V virtual VGA [1414:5353] (prog-if 00 [VGA controller])',
  '\tInterrupt: pin A routed to IRQ 11',
  '\tRegion 0: Memory at f8000000 (32-bit, non-prefetchable) [size=64M]',
  '\tExpansion ROM at 000c0000 [virtual] [disabled] [size=128K]',
  '',
].join('\n');

describe('finding the framebuffer', () => {
  test('Generation 1: BAR 0 of PCI 1414:5353', () => {
    const found = evidence(artifact('lspci', GEN1_LSPCI));
    expect(gen1Video(found)).toMatchObject({ kind: 'mem', start: 0xf8000000n, size: 0x4000000n });
    expect(findFramebuffers(found)).toMatchObject([{ base: 0xf8000000n, size: 0x4000000n, from: 'pci' }]);
  });

  test('the same from the kernel log, in the words of old and new releases', () => {
    for (const bar of ['reg 0x10:', 'BAR 0'])
      expect(
        gen1Video(
          evidence(
            artifact(
              'dmesg',
              `[    0.5] pci 0000:00:08.0: [1414:5353] type 00 class 0x030000\n[    0.6] pci 0000:00:08.0: ${bar} [mem 0xf8000000-0xfbffffff]\n`,
            ),
          ),
        ),
      ).toMatchObject({ start: 0xf8000000n, size: 0x4000000n });
  });

  test('every source stays, to be named', () => {
    const found = evidence(
      artifact('lspci', GEN1_LSPCI),
      artifact('dmesg', '[    1.0] efifb: framebuffer at 0xf8000000, using 3072k, total 3072k\n'),
      artifact('iomem', 'f8000000-f82fffff : efifb\n'),
    );
    expect(findFramebuffers(found).map(({ from }) => from)).toEqual(['dmesg', 'iomem', 'pci']);
    expect(findFramebuffers(evidence())).toEqual([]);
  });

  test.each([
    ['dfffffff', ['dmesg']],
    ['e0000000', ['dmesg', 'pci']],
    ['e0ffffff', ['dmesg', 'pci']],
    ['e1000000', ['dmesg']],
  ])('the BAR of another VGA device where a framebuffer lies in it: 0x%s', (at, from) => {
    const lspci = [
      '00:02.0 VGA compatible controller [0300]: Device [1234:1111] (rev 02)',
      '\tRegion 0: Memory at e0000000 (32-bit, prefetchable) [size=16M]',
      '\tRegion 2: Memory at e2000000 (32-bit, non-prefetchable) [size=4K]',
      '',
    ].join('\n');
    const found = evidence(
      artifact('lspci', lspci),
      artifact('dmesg', `[    1.0] efifb: framebuffer at 0x${at}, using 3072k, total 3072k\n`),
    );
    expect(findFramebuffers(found).map((each) => each.from)).toEqual(from);
    expect(gen1Video(found)).toBeNull();
  });

  test.each([
    ['1414:0001', []],
    ['1af4:5353', []],
    ['1414:5353', ['pci']],
  ])('a device that is no VGA has one only as 1414:5353: %s', (id, from) => {
    const lspci = `00:08.0 Class [ff00]: Device [${id}]\n\tRegion 0: Memory at f8000000 (32-bit, non-prefetchable) [size=64M]\n`;
    const found = evidence(artifact('lspci', lspci));
    expect(findFramebuffers(found).map((each) => each.from)).toEqual(from);
    expect(gen1Video(found) === null).toBe(from.length === 0);
  });

  test('one framebuffer seen twice: the same base, or inside a BAR', () => {
    expect(sameFramebuffer({ base: 1n, size: null }, { base: 1n, size: 4n })).toBe(true);
    expect(sameFramebuffer({ base: 0xf8001000n, size: null }, { base: 0xf8000000n, size: 0x4000000n })).toBe(
      true,
    );
    expect(sameFramebuffer({ base: 0xfc000000n, size: null }, { base: 0xf8000000n, size: 0x4000000n })).toBe(
      false,
    );
  });
});

describe('the model against the kernel itself', () => {
  const behaviour = profileOf(parseRelease('7.3.4')).behaviour;
  // The Generation 1 machine whose line is in the kernel mailing list's archive.
  const pool = () => {
    const made = buildAcpiPool(behaviour, [
      { name: 'VMBS', crs: [] },
      {
        name: 'PCI0',
        crs: [
          { type: 'dword', min: 0xa0000n, max: 0xbffffn },
          { type: 'dword', min: 0xf8000000n, max: 0xfffbffffn },
          { type: 'qword', min: 0xfe0000000n, max: 0xfffffffffn },
        ],
      },
    ]);
    reserveFramebuffer(behaviour, made, {
      boot: 'bios',
      sysfb: true,
      screenInfo: { lfbBase: 0n, lfbSize: 0n },
      gen1Video: { kind: 'mem', start: 0xf8000000n, size: 0x4000000n },
    });
    return made;
  };
  const line = (fb: string): string =>
    `[    0.9] hv_vmbus: hv_mmio=[mem 0xf8000000-0xfed3ffff],[mem 0xfe0000000-0xfffffffff] fb=${fb}\n`;

  test('agrees', () => {
    const sink = new DiagnosticList();
    const log = evidence(artifact('dmesg', line('[mem 0xf8000000-0xfbffffff]')));
    const checks = checkAgainstKernel(pool(), log, sink);
    expect(checks.map(({ agrees }) => agrees)).toEqual([true, true]);
    expect(sink.all).toEqual([]);
  });

  test('a difference is an error with both values', () => {
    const sink = new DiagnosticList();
    checkAgainstKernel(pool(), evidence(artifact('dmesg', line('(null)'))), sink);
    expect(sink.all).toMatchObject([{ severity: 'error', code: 'linux/differs-from-kernel' }]);
    expect(sink.all.map(messageOf)).toEqual([
      'framebuffer reservation: the kernel has (null), the model [mem 0xf8000000-0xfbffffff]',
    ]);
  });

  test('claims in /proc/iomem are in a window and off the reservation, but for the video device', () => {
    const iomem = (range: string, name: string): string =>
      `f8000000-fffbffff : PCI Bus 0000:00\n  ${range} : ${name}\n`;
    const check = (range: string, name: string): readonly boolean[] =>
      checkAgainstKernel(pool(), evidence(artifact('iomem', iomem(range, name))), new DiagnosticList()).map(
        ({ agrees }) => agrees,
      );
    const disk = 'bb8c4f33-2ba2-4808-9f7f-02f3b4da22fe';
    expect(check('fc000000-fc001fff', disk)).toEqual([true]);
    // What the message of f0880e2cb7e1 shows: the configuration window inside the video BAR.
    expect(check('f8000000-f8001fff', disk)).toEqual([false]);
    expect(check('f8000000-f87fffff', '5620e0c7-8062-4dce-aeb7-520c7ef76171')).toEqual([true]);
    expect(check('ff000000-ff001fff', disk)).toEqual([false]);
  });
});

describe('/proc/iomem as the resource tree', () => {
  test('what is busy (DOMAIN 11.2)', () => {
    const busy = (name: string, start = 0x100000n): boolean => isBusy({ name, start });
    for (const name of [
      'System RAM',
      'ACPI Tables',
      'ACPI Non-volatile Storage',
      'Unusable memory',
      'IOAPIC 0',
    ])
      expect(busy(name)).toBe(true);
    for (const name of ['Reserved', 'Soft Reserved', 'PCI Bus 0000:00', '0000:00:08.0', 'BOOTFB'])
      expect(busy(name)).toBe(false);
    expect(busy('Reserved', 0n)).toBe(true);
  });

  test('claims of VMBus devices are left out, with what is below them', () => {
    const root = iomemRoot();
    insertIomem(
      root,
      evidence(
        artifact(
          'iomem',
          [
            '00100000-7fffffff : System RAM',
            '  01000000-01ffffff : Kernel code',
            'f8000000-fffbffff : PCI Bus 0000:00',
            '  f8000000-fbffffff : 0000:00:08.0',
            '    f8000000-f8001fff : bb8c4f33-2ba2-4808-9f7f-02f3b4da22fe',
            'fe0000000-fe07fffff : bb8c4f33-2ba2-4808-9f7f-02f3b4da22fe',
            '  fe0000000-fe07fffff : 2ba2:00:02.0',
            '',
          ].join('\n'),
        ),
      ).iomem,
    );
    expect(root.children).toMatchObject([
      { name: 'System RAM', busy: true, children: [{ name: 'Kernel code' }] },
      { name: 'PCI Bus 0000:00', busy: false, children: [{ name: '0000:00:08.0', children: [] }] },
    ]);
    expect(root.children).toHaveLength(2);
  });
});
