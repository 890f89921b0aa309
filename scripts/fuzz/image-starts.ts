/** Images to start from: one of every kind that is known, and streams as their own programs pack them. */
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { makeCpio } from '../../test/containers/make-cpio.ts';
import * as make from '../../test/containers/make-images.ts';
import { mixedBytes, packedBy } from '../../test/containers/pack.ts';

/** Programs that pack, with their options. */
const PACKERS: readonly (readonly [program: string, ...options: string[]])[] = [
  ['xz', '-c'],
  ['xz', '-c', '--x86', '--lzma2='],
  ['xz', '-c', '--format=lzma'],
  ['zstd', '-c'],
  ['lz4', '-c'],
  ['lz4', '-c', '-l'],
  ['bzip2', '-c'],
  ['zip', '-q', '-', '-'],
  ['lzop', '-c'],
];

export function imageStarts(): Uint8Array[] {
  const tree = make.board('Fuzzed');
  const ssdt = make.table('SSDT');
  const kernel = make.join(
    make.text(make.BANNER, 128),
    make.text('IKCFG_ST'),
    make.gz(make.text('CONFIG_A=y\n')),
    make.text('IKCFG_ED'),
    tree,
  );
  const volume = make.firmwareVolume([
    make.firmwareFile(1, 2, make.sections(make.section(0x19, ssdt), make.section(0x10, tree))),
  ]);
  const packed = PACKERS.flatMap(
    ([program, ...options]) => packedBy(program, options, make.join(tree, mixedBytes(3000))) ?? [],
  );
  return [
    tree,
    make.join(tree, ssdt),
    make.fit(
      [
        { name: 'a', data: tree },
        { name: 'b', data: make.gz(tree), compression: 'gzip' },
      ],
      [{ name: 'c', fdt: 'a' }],
    ),
    make.fit([{ name: 'a', data: tree }], [{ name: 'c', fdt: 'a' }], true),
    make.uimage(make.gz(tree), { packing: 1 }),
    make.uimage(make.join(make.be(5, tree.length, 0), new Uint8Array(8), tree), { type: 4 }),
    make.androidBoot(make.gz(kernel), make.gz(makeCpio([{ name: 'x', content: tree }])), tree),
    make.androidBoot4(make.arm64Image(kernel), tree),
    make.androidVendorBoot(tree, tree),
    make.dtboTable([{ bytes: tree }, { bytes: make.gz(tree), flags: 2 }], 1),
    make.sparse(make.join(new Uint8Array(4096), tree)),
    make.bzImage(make.gz(kernel)),
    make.join(make.zimage(make.gz(kernel)), tree),
    make.zboot(make.gz(kernel), 'gzip'),
    make.elf(2, [{ address: 0x1000, bytes: ssdt }], [{ name: '.rodata', bytes: kernel }]),
    make.elf(4, [
      { address: 0xe0000, bytes: ssdt },
      { address: 0x2000_0000, bytes: tree },
    ]),
    make.pe([{ name: '.rsrc', bytes: tree }]),
    make.capsule(
      make.firmwareVolume([make.firmwareFile(2, 0x0b, make.sections(make.section(0x17, volume)))]),
    ),
    make.flash(volume),
    make.cbfs([
      { name: 'a', bytes: tree },
      { name: 'b', bytes: ssdt, packing: 1 },
    ]),
    make.igvm(
      [{ mask: 1, vtl: 2, type: 1 }],
      [
        { address: 0x1000, mask: 1, bytes: ssdt },
        { address: 0x2000, mask: 1 },
      ],
      {
        area: { mask: 1, address: 0x4000, size: 4096, parameter: 0x312, bytes: tree },
      },
    ),
    make.gpt(tree),
    makeCpio([
      { name: 'x', content: tree },
      { name: 'y', content: 'CONFIG_A=y\n' },
    ]),
    new Uint8Array(gzipSync(mixedBytes(3000))),
    new Uint8Array(brotliCompressSync(mixedBytes(3000))),
    ...packed,
  ];
}
