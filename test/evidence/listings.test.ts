/** /proc/iomem, lspci, uname, /sys/firmware/memmap. */
import { describe, expect, test } from 'vitest';
import { sniffKind } from '../../src/artifact/sniff.ts';
import type { MachineFacts } from '../../src/evidence/facts.ts';
import { artifactOf, read } from './artifacts.ts';

describe('/proc/iomem', () => {
  test('nesting by two spaces, ends inclusive', () => {
    const { evidence, codes } = read(
      artifactOf(
        'iomem',
        [
          '00001000-0009fbff : System RAM',
          'f8000000-fffbffff : PCI Bus 0000:00',
          '  f8000000-fbffffff : 0000:00:08.0',
          '    f8000000-f82fffff : efifb',
          '  fc000000-fc001fff : bb8c4f33-2ba2-4808-9f7f-02f3b4da22fe',
          'fe0000000-fffffffff : PCI Bus 0000:00',
          '',
        ].join('\n'),
      ),
    );
    expect(codes).toEqual([]);
    expect(evidence.iomem.map(({ name, children }) => [name, children.length])).toEqual([
      ['System RAM', 0],
      ['PCI Bus 0000:00', 2],
      ['PCI Bus 0000:00', 0],
    ]);
    expect(evidence.iomem[1]!.children[0]!.children[0]).toMatchObject({
      start: 0xf8000000n,
      last: 0xf82fffffn,
    });
    expect(evidence.framebuffers.map(({ value }) => value)).toEqual([
      { base: 0xf8000000n, size: 0x300000n, by: 'iomem' },
    ]);
  });

  test('read without privilege: all zeros, left out', () => {
    const { evidence, codes } = read(
      artifactOf(
        'iomem',
        '00000000-00000000 : Reserved\n00000000-00000000 : System RAM\n  00000000-00000000 : x\n',
      ),
    );
    expect(codes).toEqual(['evidence/iomem-unprivileged']);
    expect(evidence.iomem).toEqual([]);
  });

  test('a line that is cut, is no line, or is outside its parent', () => {
    expect(read(artifactOf('iomem', '00001000-0009fbff : System RAM\nf8000000-fff')).codes).toEqual([
      'evidence/iomem-cut',
    ]);
    expect(read(artifactOf('iomem', 'hello\n')).codes).toEqual([
      'evidence/iomem-line',
      'evidence/iomem-empty',
    ]);
    expect(
      read(artifactOf('iomem', '00001000-0009fbff : System RAM\n  f8000000-f8000fff : x\n')).codes,
    ).toEqual(['evidence/iomem-nesting']);
  });

  test('as deep as one likes', () => {
    const lines = Array.from(
      { length: 5000 },
      (_, depth) => `${'  '.repeat(depth)}00001000-00001fff : n${depth}`,
    );
    expect(read(artifactOf('iomem', `${lines.join('\n')}\n`)).evidence.iomem).toHaveLength(1);
  });
});

describe('lspci', () => {
  const bars = (text: string) =>
    read(artifactOf('lspci', text)).evidence.pciDevices.map(({ value }) => value);

  test('-vv -nn', () => {
    expect(
      bars(
        '00:08.0 VGA compatible controller [0300]: Microsoft Corporation Hyper-V virtual VGA [1414:5353] (prog-if 00 [VGA controller])\n' +
          '\tControl: I/O+ Mem+ BusMaster+\n' +
          '\tRegion 0: Memory at f8000000 (32-bit, non-prefetchable) [size=64M]\n',
      ),
    ).toEqual([
      {
        address: '0000:00:08.0',
        classCode: 0x30000,
        vendor: 0x1414,
        device: 0x5353,
        bars: [{ index: 0, space: 'memory', base: 0xf8000000n, size: 0x4000000n }],
      },
    ]);
  });

  test('-v by name alone, as the message of f0880e2cb7e1 quotes it', () => {
    expect(
      bars(
        '0000:00:08.0 VGA compatible controller: Microsoft Corporation Hyper-V virtual VGA (prog-if 00 [VGA controller])\n' +
          '\tFlags: bus master, fast devsel, latency 0, IRQ 11\n' +
          '\tMemory at f8000000 (32-bit, non-prefetchable) [size=64M]\n',
      ),
    ).toMatchObject([{ vendor: 0x1414, device: 0x5353, bars: [{ base: 0xf8000000n }] }]);
  });

  test('-n, a 64-bit BAR, I/O ports, a disabled one', () => {
    expect(
      bars(
        '2ba2:00:02.0 0108: 144d:a808 (rev 01)\n' +
          '\tRegion 0: Memory at fe0000000 (64-bit, non-prefetchable) [size=16K]\n' +
          '\tRegion 4: I/O ports at c000 [disabled] [size=64]\n',
      ),
    ).toEqual([
      {
        address: '2ba2:00:02.0',
        classCode: 0x10800,
        vendor: 0x144d,
        device: 0xa808,
        bars: [
          { index: 0, space: 'memory', base: 0xfe0000000n, size: 0x4000n },
          { index: 4, space: 'io', base: 0xc000n, size: 64n },
        ],
      },
    ]);
  });

  test('nothing of it', () => {
    expect(read(artifactOf('lspci', 'hello\n')).codes).toEqual(['evidence/lspci-empty']);
  });
});

describe('/proc/cmdline', () => {
  test('says what a log of the same boot says', () => {
    const text = 'BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro acpi=off pci=nocrs,use_e820 elfcorehdr=0x30000000';
    const values = ({ commandLines, descriptions, kexec, pciRules }: MachineFacts) =>
      [commandLines, descriptions, kexec, pciRules].map((facts) => facts.map(({ value }) => value));
    const found = values(read(artifactOf('cmdline', `${text}\n`)).evidence);
    expect(found).toEqual([[text], [['dt', 'none']], ['kdump'], ['nocrs', 'use_e820']]);
    expect(found).toEqual(
      values(read(artifactOf('dmesg', `[    0.000000] Command line: ${text}\n`)).evidence),
    );
    expect(read(artifactOf('cmdline', '\n')).codes).toEqual(['evidence/cmdline-empty']);
  });

  test.each([
    ['root=/dev/vda1 ro\n', 'cmdline'],
    ['BOOT_IMAGE=/boot/vmlinuz\n', 'cmdline'],
    ['console=ttyS0 root=/dev/vda1\n', 'cmdline'],
    ['the root of it is quiet\n', undefined],
    ['ro\nrw\n', undefined],
  ])('%j is found by content, or is not one', (text, kind) => {
    expect(sniffKind(new TextEncoder().encode(text))).toBe(kind);
  });
});

describe('uname -a and /sys/firmware/memmap', () => {
  test('uname', () => {
    const { evidence } = read(
      artifactOf(
        'uname',
        'Linux host 6.1.0-56-arm64 #1 SMP Debian 6.1.192-2 (2026-11-16) aarch64 GNU/Linux\n',
      ),
    );
    expect(evidence.releases[0]!.value).toEqual({ release: '6.1.0-56-arm64', upstream: '6.1.192' });
    expect(evidence.architectures[0]!.value).toBe('arm64');
    expect(read(artifactOf('uname', 'Darwin\n')).codes).toEqual(['evidence/uname']);
  });

  test('memmap', () => {
    const { evidence, codes } = read(
      artifactOf('memmap', '0x0 0x9ffff System RAM\n0xb0000000-0xbfffffff Reserved\nno line\n'),
    );
    expect(codes).toEqual([]);
    expect(evidence.memoryMap.map(({ value: { base, size, type } }) => [base, size, type])).toEqual([
      [0n, 0xa0000n, 'ram'],
      [0xb0000000n, 0x10000000n, 'reserved'],
    ]);
    expect(read(artifactOf('memmap', '\n')).codes).toEqual(['evidence/memmap-empty']);
  });

  test.each([
    ['lspci', '00:08.0 0300: 1414:5353\n'],
    ['lspci', '0000:00:08.0 VGA compatible controller: Microsoft Corporation Hyper-V virtual VGA\n'],
    ['uname', 'Linux host 6.12.30 #1 SMP x86_64 GNU/Linux\n'],
    ['memmap', '0x0 0x9ffff System RAM\n'],
    ['iomem', '00001000-0009fbff : System RAM\nf8000000-fffbffff : PCI Bus 0000:00\n'],
    ['kconfig', '# Linux/x86 6.12 Kernel Configuration\nCONFIG_X86_64=y\n# CONFIG_FB is not set\n'],
    ['dmesg', '[    0.000000] Linux version 6.12.30 (x) #1\n[    0.000000] Command line: ro\n'],
  ])('found by content: %s', (kind, text) => {
    expect(sniffKind(new TextEncoder().encode(text))).toBe(kind);
  });
});

describe('what claims and video devices show', () => {
  test('claims by VMBus devices, with what contains them', () => {
    const { evidence } = read(
      artifactOf(
        'iomem',
        [
          'f8000000-fffbffff : PCI Bus 0000:00',
          '  f8000000-fbffffff : 0000:00:08.0',
          '    f8000000-f8001fff : bb8c4f33-2ba2-4808-9f7f-02f3b4da22fe',
          'fe0000000-fffffffff : PCI Bus 0000:00',
          '  fe0000000-fe7ffffff : 5620e0c7-8062-4dce-aeb7-520c7ef76171',
          '',
        ].join('\n'),
      ),
    );
    expect(evidence.vmbusClaims.map(({ value }) => value)).toEqual([
      {
        start: 0xf8000000n,
        last: 0xf8001fffn,
        guid: 'bb8c4f33-2ba2-4808-9f7f-02f3b4da22fe',
        video: false,
        inside: [
          { start: 0xf8000000n, last: 0xfffbffffn, name: 'PCI Bus 0000:00' },
          { start: 0xf8000000n, last: 0xfbffffffn, name: '0000:00:08.0' },
        ],
      },
      {
        start: 0xfe0000000n,
        last: 0xfe7ffffffn,
        guid: '5620e0c7-8062-4dce-aeb7-520c7ef76171',
        video: true,
        inside: [{ start: 0xfe0000000n, last: 0xfffffffffn, name: 'PCI Bus 0000:00' }],
      },
    ]);
    expect(evidence.video.map(({ value, strength }) => [value, strength])).toEqual([
      [{ present: true, bar: { kind: 'mem', start: 0xf8000000n, size: 0x4000000n } }, 'inferred'],
    ]);
  });

  test('a listing that is indented as a whole keeps its levels', () => {
    const text = '    f8000000-fffbffff : PCI Bus 0000:00\n      f8000000-fbffffff : 0000:00:08.0\n';
    const { evidence, codes } = read(artifactOf('iomem', text));
    expect(codes).toEqual([]);
    expect(evidence.iomem[0]!.children.map(({ name }) => name)).toEqual(['0000:00:08.0']);
  });

  test('efifb and BOOTFB in it: the symbols without which they would not be there', () => {
    const { evidence } = read(
      artifactOf(
        'iomem',
        '40000000-402fffff : BOOTFB\n  40000000-402fffff : simplefb\n50000000-502fffff : efifb\n',
      ),
    );
    expect(evidence.symbols.map(({ value }) => value.symbol)).toEqual([
      'SYSFB_SIMPLEFB',
      'SYSFB',
      'FB_EFI',
      'SYSFB',
    ]);
  });

  const BRIDGE = '00:00.0 Host bridge [0600]: Intel Corporation 440BX [8086:7192] (rev 03)\n';
  const VGA =
    '00:08.0 VGA compatible controller [0300]: Microsoft Corporation Hyper-V virtual VGA [1414:5353]\n';
  const REGION = '\tMemory at f8000000 (32-bit, non-prefetchable) [size=64M]\n';
  const QEMU = '00:02.0 VGA compatible controller [0300]: Device [1234:1111] (rev 02)\n';
  const video = (text: string) => read(artifactOf('lspci', text)).evidence.video.map(({ value }) => value);

  test.each([
    [
      'the device with its BAR',
      BRIDGE + VGA + REGION,
      [{ present: true, bar: { kind: 'mem', start: 0xf8000000n, size: 0x4000000n } }],
    ],
    ['without what it maps', BRIDGE + VGA, [{ present: true, bar: null }]],
    [
      'by name alone',
      '00:08.0 VGA compatible controller: Microsoft Corporation Hyper-V virtual VGA\n',
      [{ present: true, bar: null }],
    ],
    ['a whole listing without it', BRIDGE + QEMU, [{ present: false }]],
    ['one device of a listing', QEMU, []],
    ['a listing that is cut', `${BRIDGE}${QEMU}00:03.0 Ethernet contr`, []],
    ['a bridge alone', BRIDGE, []],
    [
      'pass-through devices alone',
      '1ab8:00:02.0 Ethernet controller [0200]: Mellanox [15b3:1014]\n1ab9:00:02.0 Ethernet controller [0200]: Mellanox [15b3:1014]\n',
      [],
    ],
  ])('video: %s', (_name, text, expected) => {
    expect(video(text)).toEqual(expected);
  });

  test('platforms by their devices', () => {
    const platforms = (text: string) =>
      read(artifactOf('lspci', text)).evidence.platforms.map(({ value }) => value);
    expect(platforms(BRIDGE + VGA)).toEqual([['hyperv-gen1']]);
    expect(platforms(BRIDGE + QEMU)).toEqual([['other-hypervisor', 'qemu-vmbus']]);
  });
});
