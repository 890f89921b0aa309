/** Images of every kind that is known, each with something in it that is to be found where it is. */
import { brotliCompressSync, deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { crc32 } from '../../src/containers/codecs/checksum.ts';
import type { Find } from '../../src/scan/find.ts';
import { makeCpio } from '../containers/make-cpio.ts';
import * as make from '../containers/make-images.ts';
import { encodeTiano } from '../containers/make-tiano.ts';
import { packedBy } from '../containers/pack.ts';
import { scanned } from './scanned.ts';

const TREE = make.board('Lab Board');
const OTHER = make.board('Lab Other');
const OVERLAY = make.tree({
  children: [{ name: 'fragment@0', properties: { target: make.be(1) }, children: [{ name: '__overlay__' }] }],
});
const SSDT = make.table('SSDT', { id: 'LABSSDT' });
const DSDT = make.table('DSDT', { id: 'LABDSDT' });
const PACKED = make.board('Lab Packed');
const KERNEL = make.join(make.text(make.BANNER, 256), new Uint8Array(2000).fill(0x90));

/** What it is called and where it is, without the image's own name. */
function seen(finds: readonly Find[]) {
  return finds.map(({ kind, path, signature, model, release, fileOffset }) => [
    kind,
    signature ?? model ?? release ?? null,
    path.replace(/^image!?/, ''),
    fileOffset,
  ]);
}

async function finds(bytes: Uint8Array): Promise<unknown[][]> {
  const { finds: found, diagnostics } = await scanned(bytes);
  expect(diagnostics).toEqual([]);
  return seen(found);
}

function at(image: Uint8Array, part: Uint8Array): number {
  const place = Buffer.from(image).indexOf(part);
  expect(place).toBeGreaterThanOrEqual(0);
  return place;
}

describe('bare bytes', () => {
  test('trees and tables at any place, each of its kind', async () => {
    const image = make.join(new Uint8Array(13), TREE, make.u8(1), OVERLAY, SSDT, make.u8(7, 7), DSDT);
    expect(await finds(image)).toEqual([
      ['dtb', 'Lab Board', '', 13],
      ['dtbo', null, '', at(image, OVERLAY)],
      ['acpi-table', 'SSDT', '', at(image, SSDT)],
      ['acpi-table', 'DSDT', '', at(image, DSDT)],
    ]);
  });

  test('decoys are none', async () => {
    const cut = TREE.subarray(0, TREE.length - 1);
    const changed = (bytes: Uint8Array, place: number, byte: number): Uint8Array => {
      const copy = Uint8Array.from(bytes);
      copy[place] = byte;
      return copy;
    };
    const garbage = make.table('DSDT', {
      body: new Uint8Array(64).map((_, index) => (index * 37 + 5) & 255),
    });
    const image = make.join(
      // The magic number in code, big and little endian.
      make.be(0xd00dfeed, 0x48, 0x38, 0x40, 0x28, 17, 16),
      new Uint8Array(64),
      make.le(4, 0xd00dfeed),
      // A node without an end, a property that is longer than the block, an end token too early.
      changed(TREE, 59, 9),
      changed(TREE, 67, 0xff),
      changed(TREE, TREE.length - 1 - 'model\0compatible\0'.length, 2),
      changed(SSDT, 20, 0x01),
      make.text('DSDTFACPSSDTAPIC'),
      make.text('RSD PTR '),
      new Uint8Array(40),
      garbage,
      make.table('XSDT', { body: new Uint8Array(7) }),
      make.text('Linux version %s (%s)\n'),
      make.text('IKCFG_ST'),
      make.text('IKCFG_ED'),
      cut,
    );
    expect(await finds(image)).toEqual([]);
  });

  test('a root pointer, and the tables that it leads to, give a dump its address', async () => {
    const base = 0x7fe0_0000;
    const oem = make.table('LABX', { id: 'LABXTABL' });
    const xsdtAt = 0x1000;
    const oemAt = 0x2000;
    const xsdt = make.table('XSDT', { body: make.le(8, base + oemAt, base + 0x3000) });
    const pointer = make.join(
      make.text('RSD PTR '),
      make.u8(0),
      make.text('LAB   '),
      make.u8(2),
      make.le(4, 0, 36),
      make.le(8, base + xsdtAt),
      make.u8(0, 0, 0, 0),
    );
    const sum = (bytes: Uint8Array): number =>
      (256 - (bytes.reduce((total, byte) => total + byte, 0) & 255)) & 255;
    pointer[8] = sum(pointer.subarray(0, 20));
    pointer[32] = sum(pointer);
    const image = make.placed(0x4000, [0x40, pointer], [xsdtAt, xsdt], [oemAt, oem], [0x3000, SSDT]);
    const { finds: found, memory } = await scanned(image);
    expect(found.map(({ kind, signature, address, offset }) => [kind, signature, address, offset])).toEqual([
      ['rsdp', undefined, BigInt(base + 0x40), 0x40],
      ['acpi-table', 'XSDT', BigInt(base + xsdtAt), xsdtAt],
      ['acpi-table', 'SSDT', BigInt(base + 0x3000), 0x3000],
      ['acpi-table', 'LABX', BigInt(base + oemAt), oemAt],
    ]);
    expect(memory.map(({ address, size }) => [address, size])).toEqual([[BigInt(base), 0x4000n]]);
  });

  test('boot_params of a running kernel, not the header of its file', async () => {
    const params = make.placed(
      4096,
      [0x1e8, make.u8(1)],
      [0x1f1, make.u8(4)],
      [0x1fe, make.u8(0x55, 0xaa)],
      [0x202, make.text('HdrS')],
      [0x206, make.le(2, 0x20f)],
      [0x210, make.u8(0x72)],
      [0x2d0, make.join(make.le(8, 0, 0x9fc00), make.le(4, 1))],
    );
    const image = make.placed(0x3000, [0x1000, params]);
    expect(await finds(image)).toEqual([['boot-params', null, '', 0x1000]]);
  });
});

describe('U-Boot', () => {
  test('a FIT with data behind it', async () => {
    const image = make.fit(
      [
        { name: 'fdt-1', data: TREE },
        { name: 'fdt-2', data: make.gz(OTHER), compression: 'gzip' },
      ],
      [
        { name: 'conf-1', fdt: 'fdt-1' },
        { name: 'conf-2', fdt: 'fdt-2' },
      ],
    );
    const { finds: found, alternatives } = await scanned(image);
    expect(seen(found)).toEqual([
      ['fit', null, '', 0],
      ['dtb', 'Lab Other', 'fit@0x0!fdt-2', null],
      ['dtb', 'Lab Board', 'fit@0x0!fdt-1', at(image, TREE)],
    ]);
    expect(alternatives).toEqual([
      {
        axis: 'configuration',
        path: 'image!fit@0x0',
        choices: [
          { name: 'conf-1', finds: [2], isDefault: true },
          { name: 'conf-2', finds: [1] },
        ],
      },
    ]);
  });

  test('a FIT with its data inside, LZMA without a magic number', async () => {
    const lzma = packedBy('xz', ['-c', '--format=lzma'], OTHER);
    if (lzma === undefined) return;
    const image = make.fit(
      [
        { name: 'fdt-1', data: TREE },
        { name: 'fdt-2', data: lzma, compression: 'lzma' },
      ],
      [{ name: 'only', fdt: 'fdt-1' }],
      true,
    );
    expect((await finds(image)).slice(1)).toEqual([
      ['dtb', 'Lab Other', 'fit@0x0!fdt-2', null],
      ['dtb', 'Lab Board', 'fit@0x0!fdt-1', at(image, TREE)],
    ]);
  });

  test('legacy images: plain, packed, of several parts', async () => {
    const plain = make.uimage(make.join(new Uint8Array(100), TREE), { type: 5 });
    expect(await finds(plain)).toEqual([['dtb', 'Lab Board', 'uimage@0x0!data', 164]]);
    const packed = make.uimage(make.gz(make.join(KERNEL, TREE)), { packing: 1 });
    expect(await finds(packed)).toEqual([
      ['kernel', '6.6.10-lab', 'uimage@0x0', 0],
      ['dtb', 'Lab Board', 'uimage@0x0!kernel', null],
    ]);
    const multi = make.uimage(
      make.join(make.be(5, TREE.length, 0), make.padded(make.text('12345'), 4), TREE),
      { type: 4 },
    );
    expect(await finds(multi)).toEqual([['dtb', 'Lab Board', 'uimage@0x0!part 1', 64 + 12 + 8]]);
  });
});

describe('Android', () => {
  test('boot, version 2: kernel, ramdisk, tree', async () => {
    const ramdisk = make.gz(makeCpio([{ name: 'lib/a.dtb', content: OTHER }]));
    const image = make.androidBoot(make.gz(make.arm64Image(KERNEL)), ramdisk, TREE);
    expect(await finds(image)).toEqual([
      ['command-line', null, 'android-boot@0x0', 64],
      ['kernel', '6.6.10-lab', 'android-boot@0x0!kernel!gzip@0x800!arm64-image@0x0', null],
      ['dtb', 'Lab Other', 'android-boot@0x0!ramdisk!gzip@0x1000!cpio@0x0!lib/a.dtb', null],
      ['dtb', 'Lab Board', 'android-boot@0x0!dtb', at(image, TREE)],
    ]);
  });

  test('boot, version 4, and vendor_boot', async () => {
    expect(
      await finds(make.androidBoot4(make.arm64Image(KERNEL), makeCpio([{ name: 'x', content: TREE }]))),
    ).toEqual([
      ['command-line', null, 'android-boot@0x0', 44],
      ['kernel', '6.6.10-lab', 'android-boot@0x0!kernel!arm64-image@0x1000', 4096],
      ['dtb', 'Lab Board', 'android-boot@0x0!ramdisk!cpio@0x2000!x', 8192 + 112],
    ]);
    const vendor = make.androidVendorBoot(new Uint8Array(10), make.join(TREE, OTHER));
    expect((await finds(vendor)).map(([kind, what, path]) => [kind, what, path])).toEqual([
      ['command-line', null, 'android-vendor-boot@0x0'],
      ['dtb', 'Lab Board', 'android-vendor-boot@0x0!dtb'],
      ['dtb', 'Lab Other', 'android-vendor-boot@0x0!dtb'],
    ]);
  });

  test('a table of overlays: plain, packed, two entries in one place', async () => {
    const table = make.dtboTable([{ bytes: OVERLAY }, { bytes: make.gz(OVERLAY) }, { bytes: make.gz(TREE) }]);
    expect(await finds(table)).toEqual(
      [
        ['dtbo', null, 'dtbo-table@0x0!entry 1!gzip@0x112', null],
        ['dtb', 'Lab Board', expect.stringMatching(/^dtbo-table@0x0!entry 2!gzip@/), null],
        ['dtbo', null, 'dtbo-table@0x0!entry 0', 128],
      ].map((row) =>
        row.map((cell) =>
          typeof cell === 'string' && cell.includes('gzip@0x112')
            ? expect.stringMatching(/^dtbo-table@0x0!entry 1!gzip@/)
            : cell,
        ),
      ),
    );
    const packed = make.dtboTable(
      [
        { bytes: new Uint8Array(deflateSync(OVERLAY)), flags: 1 },
        { bytes: make.gz(TREE), flags: 2 },
      ],
      1,
    );
    expect((await finds(packed)).map(([kind, , path]) => [kind, path])).toEqual([
      ['dtbo', 'dtbo-table@0x0!entry 0'],
      ['dtb', 'dtbo-table@0x0!entry 1'],
    ]);
  });

  test('a sparse image, a tree across chunks', async () => {
    const big = make.tree({
      properties: {
        model: make.text('Lab Big\0'),
        data: new Uint8Array(9000).fill(0x55),
        zero: new Uint8Array(9000),
      },
    });
    const partition = make.join(new Uint8Array(4000), big);
    const image = make.sparse(partition);
    expect(await finds(image)).toEqual([['dtb', 'Lab Big', 'sparse@0x0!partition', null]]);
  });
});

describe('kernels', () => {
  const CONFIG = 'CONFIG_64BIT=y\n# CONFIG_SYSFB is not set\n';
  const WITH_CONFIG = make.join(
    KERNEL,
    make.text('IKCFG_ST'),
    make.gz(make.text(CONFIG)),
    make.text('IKCFG_ED'),
    TREE,
  );

  test('a flat image with its configuration, trees built in and behind it', async () => {
    const image = make.join(make.gz(make.arm64Image(WITH_CONFIG)), OTHER);
    expect(await finds(image)).toEqual([
      ['kernel', '6.6.10-lab', 'gzip@0x0!arm64-image@0x0', null],
      ['kconfig', null, 'gzip@0x0!arm64-image@0x0!ikconfig', null],
      ['dtb', 'Lab Board', 'gzip@0x0!arm64-image@0x0', null],
      ['dtb', 'Lab Other', '', at(image, OTHER)],
    ]);
  });

  test.each([
    ['gzip', ['-c']],
    ['xz', ['-c', '--check=crc32', '--x86', '--lzma2=']],
    ['xz', ['-c', '--format=lzma']],
    ['zstd', ['-c']],
    ['lz4', ['-c', '-l']],
    ['bzip2', ['-c']],
  ])('a bzImage packed by %s, the size behind the stream', async (program, options) => {
    const vmlinux = make.elf(2, [], [{ name: '.rodata', bytes: WITH_CONFIG }]);
    const packed = packedBy(program, options, vmlinux);
    if (packed === undefined) return;
    const image = make.bzImage(make.join(packed, make.le(4, vmlinux.length)));
    const found = await finds(image);
    expect(found.map(([kind, what]) => [kind, what])).toEqual([
      ['kernel', '6.6.10-lab'],
      ['kconfig', null],
      ['dtb', 'Lab Board'],
    ]);
    expect(found[2]![2]).toMatch(/^bzimage@0x0!\w+!elf@0x0!\.rodata$/);
  });

  test('zImage: the packed kernel is found, trees behind it', async () => {
    const packed = packedBy('xz', ['-c', '--check=crc32', '--arm', '--lzma2='], make.join(KERNEL, OTHER));
    if (packed === undefined) return;
    // The unpacker has the magic number in it too.
    const code = make.join(make.u8(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00), new Uint8Array(90));
    const image = make.join(make.zimage(make.join(code, packed)), TREE);
    expect(await finds(image)).toEqual([
      ['kernel', '6.6.10-lab', 'zimage@0x0', 0],
      ['dtb', 'Lab Other', expect.stringMatching(/^zimage@0x0!xz@/), null],
      ['dtb', 'Lab Board', '', at(image, TREE)],
    ]);
  });

  test.each([
    ['lzma', 'xz', ['-c', '--format=lzma']],
    ['lzo', 'lzop', ['-c']],
  ])('zImage packed by %s', async (format, program, options) => {
    const packed = packedBy(program, options, make.join(KERNEL, OTHER));
    if (packed === undefined) return;
    const code = make.join(make.u8(0x5d, 0, 0, 1, 2, 3), new Uint8Array(90));
    const image = make.join(make.zimage(make.join(code, packed)), TREE);
    const { finds: found, diagnostics } = await scanned(image);
    expect(diagnostics).toEqual([]);
    expect(found.map(({ kind, model, release, path }) => [kind, model ?? release, path])).toEqual([
      ['kernel', '6.6.10-lab', 'image!zimage@0x0'],
      ['dtb', 'Lab Other', expect.stringMatching(new RegExp(`^image!zimage@0x0!${format}@`))],
      ['dtb', 'Lab Board', 'image'],
    ]);
  });

  test.each([
    ['gzip', 'gzip', ['-c']],
    ['xzkern', 'xz', ['-c', '--check=crc32']],
    ['zstd22', 'zstd', ['-c']],
    ['lzma', 'xz', ['-c', '--format=lzma']],
  ])('an EFI program that unpacks a kernel: %s', async (type, program, options) => {
    const packed = packedBy(program, options, make.arm64Image(WITH_CONFIG));
    if (packed === undefined) return;
    const image = make.zboot(packed, type);
    expect((await finds(image)).map(([kind, what]) => [kind, what])).toEqual([
      ['kernel', '6.6.10-lab'],
      ['kconfig', null],
      ['dtb', 'Lab Board'],
    ]);
  });

  test('a vmlinux', async () => {
    const image = make.elf(
      2,
      [],
      [
        { name: '.text', bytes: new Uint8Array(100) },
        { name: '.rodata', bytes: WITH_CONFIG },
      ],
    );
    expect(await finds(image)).toEqual([
      ['kernel', '6.6.10-lab', 'elf@0x0', 0],
      ['kconfig', null, 'elf@0x0!.rodata!ikconfig', null],
      ['dtb', 'Lab Board', 'elf@0x0!.rodata', at(image, TREE)],
    ]);
  });
});

describe('programs and dumps', () => {
  test('a core file is memory', async () => {
    const image = make.elf(4, [
      { address: 0x1000, bytes: make.text('OSRELEASE=6.6.10-lab\n'), kind: 4 },
      { address: 0xe0000, bytes: make.placed(4096, [0x100, SSDT]) },
      { address: 0x3fe0_0000, bytes: make.placed(4096, [0x20, DSDT]) },
    ]);
    const { finds: found, memory } = await scanned(image);
    expect(
      found.map(({ kind, signature, address, fileOffset, text }) => [
        kind,
        signature ?? text,
        address,
        fileOffset,
      ]),
    ).toEqual([
      ['kernel-release', '6.6.10-lab', undefined, expect.any(Number)],
      ['acpi-table', 'SSDT', 0xe0100n, at(image, SSDT)],
      ['acpi-table', 'DSDT', 0x3fe0_0020n, at(image, DSDT)],
    ]);
    expect(memory.map(({ address, size }) => [address, size])).toEqual([
      [0xe0000n, 4096n],
      [0x3fe0_0000n, 4096n],
    ]);
  });

  test('a DLL with firmware in a resource', async () => {
    const guest = make.igvm([{ mask: 1, vtl: 2, type: 1 }], [{ address: 0, mask: 1, bytes: SSDT }]);
    const image = make.pe([
      { name: '.text', bytes: TREE },
      { name: '.rsrc', bytes: guest },
    ]);
    expect((await finds(image)).map(([kind, , path]) => [kind, path])).toEqual([
      ['dtb', 'pe@0x0!.text'],
      ['acpi-table', expect.stringMatching(/^pe@0x0!\.rsrc!igvm@0x\w+!gpa\(mask=0x1\)$/)],
    ]);
  });
});

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

  test('a section packed in a way that is not known is told', async () => {
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

describe('disks', () => {
  test('partitions have names', async () => {
    const image = make.gpt(make.join(new Uint8Array(100), TREE));
    expect(await finds(image)).toEqual([['dtb', 'Lab Board', 'gpt@0x0!partition 1 boot', 34 * 512 + 100]]);
  });
});

test('a stream that is one, packed in a way that is not known, is told', async () => {
  const packed = packedBy('xz', ['--check=crc32', '--ia64', '--lzma2', '-c'], TREE);
  if (packed === undefined) return;
  // The first filter of the block, ia64, becomes one that none has yet (.xz, 3.1 and 5.3.2): its id, and the check of the header.
  const [header, size] = [12, (packed[12]! + 1) * 4];
  expect(packed[header + 2]).toBe(6);
  packed[header + 2] = 12;
  packed.set(make.le(4, crc32(packed.subarray(header, header + size - 4))), header + size - 4);
  const { finds: found, diagnostics } = await scanned(packed);
  expect(found).toEqual([]);
  expect(diagnostics.map(({ code }) => code)).toEqual(['container/damaged']);
});
