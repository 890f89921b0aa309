/** What `scan` finds in images that boot: U-Boot, Android, kernels. */
import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { makeCpio } from '../containers/make-cpio.ts';
import * as make from '../containers/make-images.ts';
import { packedBy } from '../containers/pack.ts';
import { scanned } from './scanned.ts';
import { at, finds, KERNEL, OTHER, OVERLAY, seen, TREE } from './seen.ts';

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
