/** Listings at the edges of what is told: ends of ranges, lines that are cut, levels, and what a device lacks. */
import { describe, expect, test } from 'vitest';
import { formatPlace, textOf } from '../../src/bytes/source.ts';
import { mmioGaps } from '../../src/evidence/srat.ts';
import { withLimits } from '../../src/limits/limits.ts';
import { artifactOf, read } from './artifacts.ts';

const listing = (...lines: string[]) => `${lines.join('\n')}\n`;

describe('/proc/iomem', () => {
  const iomem = (text: string) => read(artifactOf('iomem', text));
  const names = (text: string) => {
    const shown = (nodes: readonly { name: string; children: readonly never[] }[]): unknown[] =>
      nodes.map(({ name, children }) => (children.length === 0 ? name : [name, ...shown(children)]));
    return shown(iomem(text).evidence.iomem as never);
  };

  test('a child is in its parent, ends included', () => {
    expect(
      names(
        listing(
          '00001000-00001fff : A',
          '  00001000-00001fff : same',
          '  00000fff-00001fff : before',
          '  00001000-00002000 : behind',
          '    00001800-00001800 : in the last that fits',
          '      00001800-00001800 : deeper',
          '00003000-00002fff : backwards',
          '00004000-00004000 : B',
        ),
      ),
    ).toEqual([['A', ['same', ['in the last that fits', 'deeper']]], 'B']);
  });

  test('a level without its parent lies nowhere', () => {
    const { codes } = iomem(listing('00001000-00001fff : A', '    00001000-00001fff : two levels down'));
    expect(codes).toEqual(['evidence/iomem-nesting']);
    expect(iomem(listing('  00001000-00001fff : A', '00002000-00002fff : B')).codes).toEqual([
      'evidence/iomem-nesting',
    ]);
  });

  test('most lines are zeros: read without privilege', () => {
    const zero = '00000000-00000000 : x';
    const some = '00001000-00001fff : A';
    expect(iomem(listing(zero, zero, some)).codes).toEqual(['evidence/iomem-unprivileged']);
    expect(iomem(listing(zero, zero, some)).evidence.iomem).toEqual([]);
    expect(iomem(listing(zero, some)).codes).toEqual([]);
    expect(iomem(listing(zero)).codes).toEqual([]);
    expect(iomem(listing(zero, zero)).codes).toEqual(['evidence/iomem-unprivileged']);
  });

  test('a last line without an end is a cut one where its name is missing', () => {
    expect(iomem('00001000-00001fff : A\n00002000-00002fff : ').codes).toEqual(['evidence/iomem-cut']);
    expect(iomem('00001000-00001fff : A\n00002000-0000').codes).toEqual(['evidence/iomem-cut']);
    expect(iomem('00001000-00001fff : A\nwords\n').codes).toEqual(['evidence/iomem-line']);
    expect(iomem('00001000-00001fff : A\n00002000-00002fff : B').codes).toEqual([]);
    expect(iomem('\n').codes).toEqual(['evidence/iomem-empty']);
  });

  test('as many lines as the limit', () => {
    const two = listing('00001000-00001fff : A', '00002000-00002fff : B');
    withLimits({ 'iomem-lines': 2 }, () => expect(iomem(two).codes).toEqual([]));
    withLimits({ 'iomem-lines': 1 }, () => {
      expect(iomem(two).codes).toEqual(['evidence/iomem-too-long']);
      expect(iomem(two).evidence.iomem).toHaveLength(1);
    });
  });

  test('framebuffers up to a limit, which is reported once', () => {
    const many = listing(...[1, 2, 3, 4].map((at) => `0000${at}000-0000${at}fff : efifb`));
    withLimits({ 'framebuffer-sightings': 2 }, () => {
      const { evidence, codes } = iomem(many);
      expect([evidence.framebuffers.length, codes]).toEqual([2, ['fwmap/limit']]);
    });
    withLimits({ 'framebuffer-sightings': 4 }, () => expect(iomem(many).codes).toEqual([]));
    expect(iomem(many).evidence.framebuffers[0]?.value).toEqual({
      base: 0x1000n,
      size: 0x1000n,
      by: 'iomem',
    });
  });

  test.each([
    ['efifb', ['FB_EFI', 'SYSFB']],
    ['vesafb', ['FB_VESA', 'SYSFB']],
    ['BOOTFB', ['SYSFB_SIMPLEFB', 'SYSFB']],
    ['efidrm', ['DRM_EFIDRM', 'SYSFB']],
    ['vesadrm', ['DRM_VESADRM', 'SYSFB']],
    ['simplefb', []],
    ['simpledrm', []],
  ])('%s is a framebuffer, and shows %s', (name, symbols) => {
    const { evidence } = iomem(listing(`f8000000-f87fffff : ${name}`));
    expect(evidence.framebuffers).toHaveLength(1);
    expect(evidence.symbols.map(({ value }) => value.symbol)).toEqual(symbols);
  });

  test('the video device of Generation 1 by its name and its place, both', () => {
    const video = (line: string) =>
      iomem(listing(line)).evidence.video.map(({ value, strength }) => [value, strength]);
    expect(video('f8000000-fbffffff : 0000:00:08.0')).toEqual([
      [{ present: true, bar: { kind: 'mem', start: 0xf8000000n, size: 0x4000000n } }, 'inferred'],
    ]);
    expect(
      iomem(listing('f8000000-fbffffff : 0000:00:08.0')).evidence.platforms.map(({ value }) => value),
    ).toEqual([['hyperv-gen1']]);
    for (const line of [
      'f8000000-fbffffff : 0000:00:07.0',
      'f7000000-fbffffff : 0000:00:08.0',
      'f8000000-fcffffff : 0000:00:08.0',
    ])
      expect([line, video(line)]).toEqual([line, []]);
  });

  test('claims of VMBus devices, with what contains them', () => {
    const guid = '5620e0c7-8062-4dce-aeb7-520c7ef76171';
    const { evidence } = iomem(
      listing(
        '00001000-00001fff : A',
        '00002000-00005fff : B',
        '  00002000-00002fff : C',
        '  00003000-00004fff : D',
        `    00003000-00003fff : ${guid.toUpperCase()}`,
        `  00005000-00005fff : {bb8c4f33-2ba2-4808-9f7f-02f3b4da22fe}`,
      ),
    );
    expect(
      evidence.vmbusClaims.map(({ value: { guid: id, video, inside, start, last } }) => [
        id,
        video,
        inside.map(({ name }) => name),
        start,
        last,
      ]),
    ).toEqual([
      [guid, true, ['B', 'D'], 0x3000n, 0x3fffn],
      ['bb8c4f33-2ba2-4808-9f7f-02f3b4da22fe', false, ['B'], 0x5000n, 0x5fffn],
    ]);
  });

  test('a listing that is indented as a whole keeps its levels and its places', () => {
    const text = '\n   00001000-00001fff : A\n     00001000-000017ff : B\n\n';
    expect(names(text)).toEqual([['A', 'B']]);
    const node = iomem(text).evidence.iomem[0]!;
    const { span } = node.fact;
    expect(textOf(span!.source).slice(span!.start, span!.end)).toBe('00001000-00001fff : A');
    expect(formatPlace(node.children[0]!.fact.span!)).toBe('iomem.txt:3.4');
  });
});

describe('lspci', () => {
  const lspci = (text: string) => read(artifactOf('lspci', text));
  const devices = (text: string) => lspci(text).evidence.pciDevices.map(({ value }) => value);
  const VIDEO = '00:08.0 VGA compatible controller: Microsoft Corporation Hyper-V virtual VGA';

  test.each([
    [
      'by numbers',
      '0001:00:02.0 0300: 1414:5353 (rev 01)',
      { address: '0001:00:02.0', vendor: 0x1414, device: 0x5353, classCode: 0x030000 },
    ],
    [
      'by names and numbers',
      '00:02.0 VGA compatible controller [0300]: A [8086:0046] [1414:5353]',
      { address: '0000:00:02.0', vendor: 0x1414, device: 0x5353, classCode: 0x030000 },
    ],
    ['by names', VIDEO, { address: '0000:00:08.0', vendor: 0x1414, device: 0x5353, classCode: 0x030000 }],
    [
      'by another name',
      '00:02.0 VGA compatible controller: Intel',
      { address: '0000:00:02.0', classCode: 0x030000 },
    ],
    ['that is no display', '00:00.0 Host bridge: Intel', { address: '0000:00:00.0' }],
    ['with Class in front', '00:02.0 Class 0300: 1414:5353', { vendor: 0x1414, classCode: 0x030000 }],
  ])('a device %s', (_how, line, expected) => {
    const [device] = devices(listing(line));
    expect(device).toMatchObject(expected);
    expect(Object.keys(device!).sort()).toEqual([...new Set([...Object.keys(device!), 'bars'])].sort());
    for (const key of ['vendor', 'classCode'] as const)
      if (!(key in expected)) expect(device).not.toHaveProperty(key);
  });

  test('BARs with and without numbers, of both spaces, with every unit', () => {
    const [device] = devices(
      listing(
        VIDEO,
        '\tMemory at f8000000 (32-bit, non-prefetchable) [size=64M]',
        '\tI/O ports at c000 [size=256]',
        '\tRegion 4: Memory at 1000 (64-bit, prefetchable) [size=4K]',
        '\tMemory at 100000000 (64-bit) [size=2G]',
        '\tExpansion ROM at 000c0000 [disabled] [size=128K]',
        '\tMemory at <unassigned> (32-bit, non-prefetchable) [disabled]',
        '\tRegion 5: Memory at <ignored> (32-bit, non-prefetchable)',
      ),
    );
    expect(device!.bars).toEqual([
      { index: 0, space: 'memory', base: 0xf8000000n, size: 64n << 20n },
      { index: 1, space: 'io', base: 0xc000n, size: 256n },
      { index: 4, space: 'memory', base: 0x1000n, size: 4096n },
      { index: 3, space: 'memory', base: 0x100000000n, size: 2n << 30n },
    ]);
    expect(device!.unassigned).toEqual([4, 5]);
  });

  test('the video device: where its first BAR is', () => {
    const video = (...lines: string[]) =>
      lspci(listing(VIDEO, ...lines)).evidence.video.map(({ value }) => value);
    expect(video()).toEqual([{ present: true, bar: null }]);
    expect(video('\tMemory at f8000000 (32-bit) [size=64M]')).toEqual([
      { present: true, bar: { kind: 'mem', start: 0xf8000000n, size: 64n << 20n } },
    ]);
    expect(video('\tI/O ports at c000 [size=256]')).toEqual([
      { present: true, bar: { kind: 'io', start: 0xc000n, size: 256n } },
    ]);
    expect(video('\tMemory at <unassigned> (32-bit)')).toEqual([
      { present: true, bar: { kind: 'mem', start: 0n, size: 0n } },
    ]);
    expect(video('\tRegion 1: Memory at <unassigned> (32-bit)')).toEqual([{ present: true, bar: null }]);
    expect(video('\tRegion 1: Memory at f8000000 (32-bit) [size=64M]')).toEqual([
      { present: true, bar: null },
    ]);
  });

  test('the video device in the machine-readable forms (lspci -mm, -vmm, with -nn and -n)', () => {
    const seen = (text: string) => {
      const { pciDevices, video } = lspci(text).evidence;
      return [pciDevices.map(({ value }) => value.address), video.map(({ value }) => value)];
    };
    const both = ['0000:00:00.0', '0000:00:08.0'];
    const forms = [
      [
        'Host bridge',
        'Intel Corporation',
        '440BX',
        'VGA compatible controller',
        'Microsoft Corporation',
        'Hyper-V virtual VGA',
      ],
      [
        'Host bridge [0600]',
        'Intel Corporation [8086]',
        '440BX [7192]',
        'VGA compatible controller [0300]',
        'Microsoft Corporation [1414]',
        'Hyper-V virtual VGA [5353]',
      ],
      ['0600', '8086', '7192', '0300', '1414', '5353'],
    ];
    for (const form of forms) {
      const devices = [form.slice(0, 3), form.slice(3)];
      const slots = ['00:00.0', '00:08.0'];
      const mm = devices.map(
        (names, i) => `${slots[i]} ${names.map((name) => `"${name}"`).join(' ')} -r03 "" ""`,
      );
      const vmm = devices.map(
        ([code, vendor, device], i) =>
          `Slot:\t${slots[i]}\nClass:\t${code}\nVendor:\t${vendor}\nDevice:\t${device}\nRev:\t03\n`,
      );
      const there = [both, [{ present: true, bar: null }]];
      expect(seen(`${mm.join('\n')}\n`)).toEqual(there);
      expect(seen(`${vmm.join('\n')}\n`)).toEqual(there);
    }
  });

  test('the video device in configuration space (lspci -x): its BAR, or none', () => {
    const video = (bytes: string, ...before: string[]) =>
      lspci(
        listing(
          VIDEO,
          ...before,
          '00: 14 14 53 53 07 00 00 02 00 00 00 03 00 40 00 00',
          `10: ${bytes} 00 00 00 00 00 00 00 00`,
        ),
      ).evidence.video.map(({ value }) => value);
    const at = (start: bigint) => [{ present: true, bar: { kind: 'mem', start, size: 64n << 20n } }];
    expect(video('00 00 00 f8 00 00 00 00')).toEqual(at(0xf800_0000n));
    // Bits 0 to 3 are flags; 10 in bits 1 and 2 means 64 bits.
    expect(video('0c 00 00 e0 0f 00 00 00')).toEqual(at(0xf_e000_0000n));
    expect(video('00 00 00 00 00 00 00 00')).toEqual([
      { present: true, bar: { kind: 'mem', start: 0n, size: 0n } },
    ]);
    // A Region line is what Linux has.
    expect(video('00 00 00 fc 00 00 00 00', '\tMemory at f8000000 (32-bit) [size=64M]')).toEqual(
      at(0xf800_0000n),
    );
  });

  test('a BAR without a size is passed over; cut at the end it is reported', () => {
    expect(lspci(`${VIDEO}\n\tMemory at f8000000 (32-bit)`).codes).toEqual(['evidence/lspci-cut']);
    const { evidence, codes } = lspci(listing(VIDEO, '\tMemory at f8000000 (32-bit)'));
    expect([codes, evidence.pciDevices[0]?.value.bars]).toEqual([[], []]);
  });

  test('a whole machine without the device: from the host bridge on, more than it, not cut', () => {
    const BRIDGE = '00:00.0 Host bridge: Intel Corporation 440BX';
    const OTHER = '00:07.0 ISA bridge: Intel';
    const found = (text: string) => lspci(text).evidence.video.map(({ value }) => value);
    expect(found(listing(BRIDGE, OTHER))).toEqual([{ present: false }]);
    expect(found(listing('00:00.0 0600: 8086:7192', OTHER))).toEqual([{ present: false }]);
    expect(found(listing('00:00.0 0601: 8086:7192', OTHER))).toEqual([]);
    expect(found(listing(BRIDGE))).toEqual([]);
    expect(found(`${BRIDGE}\n${OTHER}`)).toEqual([]);
    expect(found(listing('00:01.0 Host bridge: Intel', OTHER))).toEqual([]);
    expect(found(listing(BRIDGE, VIDEO))).toEqual([{ present: true, bar: null }]);
  });

  test('a device spans its lines; several of one emulator are one sign', () => {
    const { evidence } = lspci(
      listing(
        '00:02.0 VGA compatible controller [0300]: A [1234:1111]',
        '\tMemory at f8000000 (32-bit) [size=64M]',
        '\tKernel driver in use: bochs',
        '00:03.0 Ethernet controller [0200]: B [1af4:1000]',
      ),
    );
    expect(evidence.platforms).toHaveLength(1);
    const { span } = evidence.pciDevices[0]!;
    expect(textOf(span!.source).slice(span!.start, span!.end)).toMatch(/^00:02\.0.*\[size=64M\]$/s);
  });

  test('nothing of it', () => {
    expect(lspci('words\n').codes).toEqual(['evidence/lspci-empty']);
  });
});

describe('/sys/firmware/memmap and uname', () => {
  test.each([
    ['0x5 0x5 System RAM', [{ base: 5n, size: 1n, type: 'ram', name: 'System RAM', map: 'sysfs' }]],
    ['0x6 0x5 System RAM', []],
    [
      '0x0 - 0xfff  Reserved',
      [{ base: 0n, size: 0x1000n, type: 'reserved', name: 'Reserved', map: 'sysfs' }],
    ],
    ['0x0 0xfff ACPI Tables', [{ type: 'acpi-data' }]],
    ['0x0 0xfff ACPI Non-volatile Storage', [{ type: 'acpi-nvs' }]],
    ['0x0 0xfff Unusable memory', [{ type: 'unusable' }]],
    ['0x0 0xfff Persistent Memory (legacy)', [{ type: 'persistent' }]],
    ['0x0 0xfff Soft Reserved', [{ type: 'soft-reserved' }]],
    ['0x0 0xfff MMIO', [{ type: 'mmio' }]],
    ['0x0 0xfff What', [{ type: 'other' }]],
  ])('%s', (line, entries) => {
    const { evidence, codes } = read(artifactOf('memmap', listing(line)));
    expect(evidence.memoryMap.map(({ value }) => value)).toMatchObject(entries);
    expect(codes).toEqual(entries.length === 0 ? ['evidence/memmap-empty'] : []);
  });

  test.each([
    ['x86_64', 'x86_64'],
    ['aarch64', 'arm64'],
    ['i686', 'i686'],
    ['riscv64', 'riscv64'],
  ])('uname of %s', (machine, architecture) => {
    const { evidence } = read(
      artifactOf('uname', `words\nLinux host 6.12.30 #1 SMP ${machine} GNU/Linux\r\n`),
    );
    expect(evidence.architectures.map(({ value }) => value)).toEqual([architecture]);
    expect(evidence.releases[0]).toMatchObject({ value: { release: '6.12.30' }, strength: 'observed' });
    const { span } = evidence.releases[0]!;
    expect([span!.start, span!.end]).toEqual([
      6,
      6 + `Linux host 6.12.30 #1 SMP ${machine} GNU/Linux`.length,
    ]);
  });

  test('uname that is none', () => {
    expect(read(artifactOf('uname', 'Linux\n')).codes).toEqual(['evidence/uname']);
  });
});

describe('gaps that a SRAT shows', () => {
  const G = 1n << 30n;
  const range = (start: bigint, end: bigint, hotplug = false) => ({ start, last: end - 1n, hotplug });
  test.each([
    [
      'from the end of low memory to 4 GiB',
      [range(0n, 3n * G), range(4n * G, 8n * G, true)],
      [['low', 3n * G, G]],
    ],
    ['above', [range(0n, 4n * G), range(5n * G, 8n * G, true)], [['high', 4n * G, G]]],
    [
      'across',
      [range(0n, 3n * G), range(5n * G, 8n * G, true)],
      [
        ['low', 3n * G, G],
        ['high', 4n * G, G],
      ],
    ],
    [
      'two above',
      [range(0n, 4n * G), range(4n * G, 5n * G), range(6n * G, 7n * G, true)],
      [['high', 5n * G, G]],
    ],
    [
      'one range inside of another',
      [range(0n, 3n * G), range(G, 2n * G), range(4n * G, 5n * G, true)],
      [['low', 3n * G, G]],
    ],
    ['in any order', [range(4n * G, 5n * G, true), range(0n, 3n * G)], [['low', 3n * G, G]]],
    ['no hotplug', [range(0n, 3n * G), range(4n * G, 8n * G)], []],
    ['nothing above 4 GiB', [range(0n, 3n * G), range(3n * G, 4n * G, true)], []],
    ['no gap', [range(0n, 4n * G), range(4n * G, 8n * G, true)], []],
  ] as const)('%s', (_title, ranges, gaps) => {
    expect(mmioGaps(ranges).map((gap) => [gap.class, gap.base, gap.size])).toEqual(gaps);
  });
});
