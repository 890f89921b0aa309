/** What `scan` finds in firmware: UEFI volumes, coreboot, IGVM. */
import { brotliCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import * as make from '../containers/make-images.ts';
import { encodeTiano } from '../containers/make-tiano.ts';
import { packedBy } from '../containers/pack.ts';
import { scanned } from './scanned.ts';
import { at, DSDT, finds, KERNEL, OTHER, SSDT, TREE } from './seen.ts';

const PACKED = make.board('Lab Packed');

describe('firmware volumes', () => {
  const TEMPLATE = make.table('SSDT', { id: 'LABTEMPL', checksum: 'none' });
  const inner = make.sections(
    make.section(0x19, DSDT),
    make.section(0x10, make.join(new Uint8Array(50), TREE)),
    make.section(0x15, new Uint8Array(Buffer.from('Lab\0', 'utf16le'))),
  );
  const guids = {
    lzma: [0x98, 0x58, 0x4e, 0xee, 0x14, 0x39, 0x59, 0x42, 0x9d, 0x6e, 0xdc, 0x7b, 0xd7, 0x94, 0x03, 0xcf],
    brotli: [0x50, 0x20, 0x53, 0x3d, 0xda, 0x5c, 0xd0, 0x4f, 0x87, 0x9e, 0x0f, 0x7f, 0x63, 0x0d, 0x5a, 0xfb],
    crc32: [0xb0, 0xcd, 0x1b, 0xfc, 0x31, 0x7d, 0xaa, 0x49, 0x93, 0x6a, 0xa4, 0x60, 0x0d, 0x9d, 0xd0, 0x83],
    tiano: [0xad, 0x80, 0x12, 0xa3, 0x1e, 0x48, 0xb6, 0x41, 0x95, 0xe8, 0x12, 0x7f, 0x4c, 0x98, 0x47, 0x79],
    gzip: [0xe9, 0x1f, 0x30, 0x1d, 0x79, 0xbe, 0x53, 0x43, 0x91, 0xc2, 0xd2, 0x3b, 0xc9, 0x59, 0xae, 0x0c],
  };

  test('raw sections: with a checksum, without one, with another one', async () => {
    const wrong = Uint8Array.from(TEMPLATE);
    wrong[9] = 0x55;
    const bodies = [SSDT, TEMPLATE, wrong].map((bytes) => make.section(0x19, bytes));
    const image = make.firmwareVolume([make.firmwareFile(0x1ab, 2, make.sections(...bodies))]);
    const { finds: found } = await scanned(image);
    expect(found.map(({ kind, oemTableId }) => [kind, oemTableId])).toEqual([
      ['acpi-table', 'LABSSDT'],
      ['acpi-template', 'LABTEMPL'],
      ['acpi-template', 'LABTEMPL'],
    ]);
    expect(found[0]!.path).toMatch(/^image!uefi-volume@0x0!file:000001AB!raw@0x60$/);
  });

  test('a table of a vendor, and one that has no checksum, where they are all of a raw section', async () => {
    const oem = make.table('LABX', { id: 'LABOEM' });
    const facs = make.placed(64, [0, make.text('FACS')], [4, make.le(4, 64)]);
    const bodies = [oem, facs].map((bytes) => make.section(0x19, bytes));
    const image = make.join(oem, make.firmwareVolume([make.firmwareFile(1, 2, make.sections(...bodies))]));
    expect((await finds(image)).map(([kind, what]) => [kind, what])).toEqual([
      ['acpi-table', 'LABX'],
      ['acpi-template', 'FACS'],
    ]);
  });

  test('a template outside of a raw section is nothing', async () => {
    const image = make.firmwareVolume([make.firmwareFile(1, 7, make.section(0x10, TEMPLATE))]);
    expect(await finds(image)).toEqual([]);
  });

  const volume = make.firmwareVolume([make.firmwareFile(2, 7, inner)]);
  const nested = make.sections(make.section(0x17, volume));
  const lzma = packedBy('xz', ['-c', '--format=lzma'], nested);
  // The data of the checksum's section begins behind the sum.
  const summed = make.guidedSection(guids.crc32, make.join(make.le(4, 0), nested), 2);
  summed[20] = 28;
  const packings: [string, Uint8Array | undefined][] = [
    ['plain', nested],
    ['lzma', lzma && make.guidedSection(guids.lzma, lzma)],
    [
      'brotli',
      make.guidedSection(
        guids.brotli,
        make.join(make.le(8, nested.length, 0), new Uint8Array(brotliCompressSync(nested))),
      ),
    ],
    ['gzip', make.guidedSection(guids.gzip, make.gz(nested))],
    ['a checksum', summed],
    [
      'a compression section with LZMA',
      lzma && make.section(1, make.join(make.le(4, nested.length), make.u8(2), lzma)),
    ],
    ['Tiano', make.guidedSection(guids.tiano, encodeTiano(nested, 'tiano'))],
    [
      'a compression section of EFI 1.1',
      make.section(1, make.join(make.le(4, nested.length), make.u8(1), encodeTiano(nested, 'efi11'))),
    ],
    [
      'a compression section with nothing',
      make.section(1, make.join(make.le(4, nested.length), make.u8(0), nested)),
    ],
  ];
  test.each(packings)('volumes in volumes: %s', async (_, packed) => {
    if (packed === undefined) return;
    const image = make.firmwareVolume([make.firmwareFile(3, 0x0b, make.sections(packed))]);
    const found = await finds(image);
    expect(found.map(([kind, what]) => [kind, what])).toEqual([
      ['acpi-table', 'DSDT'],
      ['dtb', 'Lab Board'],
    ]);
    expect(found[0]![2]).toMatch(
      /^uefi-volume@0x0!file:00000003!.*uefi-volume@0x\w+!file:00000002!raw@0x\w+$/,
    );
  });

  test('a section packed in a way that is not known is reported', async () => {
    const image = make.firmwareVolume([
      make.firmwareFile(3, 0x0b, make.guidedSection(new Array(16).fill(9), new Uint8Array(50))),
    ]);
    const { diagnostics } = await scanned(image);
    expect(diagnostics.map(({ code }) => code)).toEqual(['container/archive']);
  });

  test('in a capsule, in the BIOS region of a flash chip', async () => {
    expect((await finds(make.capsule(volume))).map(([, , path]) => path)).toEqual([
      expect.stringMatching(/^uefi-capsule@0x0!body!uefi-volume@0x20!/),
      expect.stringMatching(/^uefi-capsule@0x0!body!uefi-volume@0x20!/),
    ]);
    expect((await finds(make.flash(volume))).map(([, , path]) => path)).toEqual([
      expect.stringMatching(/^flash@0x0!bios!uefi-volume@0x1000!/),
      expect.stringMatching(/^flash@0x0!bios!uefi-volume@0x1000!/),
    ]);
  });
});

describe('coreboot', () => {
  test('files, plain and packed', async () => {
    const lzma = packedBy('xz', ['-c', '--format=lzma'], DSDT);
    if (lzma === undefined) return;
    const image = make.cbfs([
      { name: 'fallback/dsdt.aml', bytes: lzma, packing: 1 },
      { name: 'board.dtb', bytes: TREE },
    ]);
    expect(await finds(image)).toEqual([
      ['acpi-table', 'DSDT', 'cbfs@0x0!fallback/dsdt.aml', null],
      ['dtb', 'Lab Board', 'cbfs@0x0!board.dtb', at(image, TREE)],
    ]);
  });
});

describe('IGVM', () => {
  // Longer than a page, so that its pages can lie apart; a page of zeros has no bytes.
  const LONG = make.table('DSDT', {
    id: 'LABLONG',
    body: make.join(new Uint8Array(9000).fill(0xa3), new Uint8Array(5000).fill(0xa3)),
  });
  const pageOf = (bytes: Uint8Array, index: number): Uint8Array =>
    bytes.subarray(index * 4096, (index + 1) * 4096);

  test.each([1, 2] as const)('version %d: memory is laid out first', async (version) => {
    const pages = [0, 1, 2, 3].map((index) => ({
      address: 0x10_0000 + index * 4096,
      mask: 1,
      bytes: pageOf(LONG, index),
    }));
    const image = make.igvm(
      [{ mask: 1, vtl: 2, type: 1 }],
      [
        pages[2]!,
        { address: 0x20_0000, mask: 1, bytes: make.join(KERNEL, TREE) },
        {
          address: 0x30_0000,
          mask: 1,
          bytes: make.gz(make.join(make.text('Linux version 6.6.11-packed (a@b) 1\n'), PACKED)),
        },
        pages[0]!,
        pages[3]!,
        pages[1]!,
      ],
      {
        version,
        areas: [
          { mask: 1, address: 0x80_0000, size: 8192, parameter: 0x312, bytes: OTHER },
          { mask: 1, address: 0x90_0000, size: 4096, parameter: 0x30a },
        ],
      },
    );
    const { finds: found, memory } = await scanned(image);
    expect(
      found.map(({ kind, signature, model, release, name, address, fileOffset }) => [
        kind,
        signature ?? model ?? release ?? name,
        address,
        fileOffset,
      ]),
    ).toEqual([
      ['parameter', 'DEVICE_TREE', undefined, expect.any(Number)],
      ['parameter', 'MMIO_RANGES', undefined, expect.any(Number)],
      ['acpi-table', 'DSDT', 0x10_0000n, null],
      ['kernel', '6.6.10-lab', 0x20_0000n, expect.any(Number)],
      ['dtb', 'Lab Board', 0x20_0000n + BigInt(KERNEL.length), at(image, TREE)],
      ['kernel', '6.6.11-packed', undefined, null],
      ['dtb', 'Lab Packed', undefined, null],
      ['dtb', 'Lab Other', 0x80_0000n, at(image, OTHER)],
    ]);
    expect(memory.map(({ address }) => address)).toEqual([
      0x10_0000n,
      0x20_0000n,
      0x30_0000n,
      0x80_0000n,
      0x90_0000n,
    ]);
  });

  test('several platforms: each has pages of its own', async () => {
    const image = make.igvm(
      [
        { mask: 1, vtl: 2, type: 0 },
        { mask: 2, vtl: 2, type: 2 },
      ],
      [
        { address: 0, mask: 3, bytes: SSDT },
        { address: 4096, mask: 1, bytes: TREE },
        { address: 4096, mask: 2, bytes: OTHER },
      ],
    );
    const { finds: found, alternatives } = await scanned(image);
    expect(found.map(({ signature, model, path }) => [signature ?? model, path.replace(/.*!/, '')])).toEqual([
      ['SSDT', 'gpa(mask=0x1)'],
      ['Lab Board', 'gpa(mask=0x1)'],
      ['SSDT', 'gpa(mask=0x2)'],
      ['Lab Other', 'gpa(mask=0x2)'],
    ]);
    expect(
      alternatives.map(({ axis, choices }) => [axis, choices.map(({ name, finds: ids }) => [name, ids])]),
    ).toEqual([
      [
        'platform',
        [
          ['native', [0, 1]],
          ['snp', [2, 3]],
        ],
      ],
    ]);
  });
});
