/** Images to start from: one of every kind that is known, and streams as their own programs pack them. */
import { readFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { makeCpio } from '../../test/containers/make-cpio.ts';
import * as make from '../../test/containers/make-images.ts';
import { flattened, kdump } from '../../test/containers/make-kdump.ts';
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

/** An archive of one file, as POSIX has it (pax, ustar interchange format). */
export function tarOf(name: string, content: Uint8Array): Uint8Array {
  const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;
  const header = new Uint8Array(512);
  const set = (at: number, text: string): void => header.set(make.text(text), at);
  set(0, name);
  set(100, octal(0o644, 8));
  set(124, octal(content.length, 12));
  set(148, '        ');
  set(156, '0');
  set(257, 'ustar\x0000');
  const sum = header.reduce((total, byte) => total + byte, 0);
  set(148, octal(sum, 7));
  const filled = new Uint8Array(Math.ceil(content.length / 512) * 512);
  filled.set(content);
  return make.join(header, filled, new Uint8Array(1024));
}

/** An archive of one file, as ar(5) has it. */
export function arOf(name: string, content: Uint8Array): Uint8Array {
  const fields = [
    [`${name}/`, 16],
    ['0', 12],
    ['0', 6],
    ['0', 6],
    ['644', 8],
    [String(content.length), 10],
  ] as const;
  const header = fields.map(([text, width]) => text.padEnd(width)).join('');
  return make.join(make.text(`!<arch>\n${header}\x60\n`), content, new Uint8Array(content.length % 2));
}

/** A boot sector with one partition of type 0x83, from the second sector on. */
export function mbrOf(partition: Uint8Array): Uint8Array {
  const entry = make.join(make.u8(0x80, 0, 0, 0, 0x83, 0, 0, 0), make.le(4, 1, partition.length / 512));
  return make.placed(512 + partition.length, [446, entry], [510, make.u8(0x55, 0xaa)], [512, partition]);
}

/** RISC-V's flat image (Documentation/arch/riscv/boot-image-header.rst). */
export function riscvImageOf(content: Uint8Array): Uint8Array {
  const header = make.placed(
    64,
    [0, make.u8(0x4d, 0x5a)],
    [16, make.le(8, 64 + content.length)],
    [48, make.text('RISCV')],
    [56, make.text('RSC\x05')],
  );
  return make.join(header, content);
}

/** Of a file no more is taken. */
const LONGEST_START = 2 << 20;

/** @param files images besides those made here */
export function imageStarts(files: readonly string[] = []): Uint8Array[] {
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
        areas: [{ mask: 1, address: 0x4000, size: 4096, parameter: 0x312, bytes: tree }],
      },
    ),
    make.gpt(tree),
    kdump('KDUMP   ', tree),
    flattened(kdump('KDUMP   ', tree)),
    makeCpio([
      { name: 'x', content: tree },
      { name: 'y', content: 'CONFIG_A=y\n' },
    ]),
    tarOf('x', tree),
    arOf('x', tree),
    new Uint8Array(gzipSync(mixedBytes(3000))),
    new Uint8Array(brotliCompressSync(mixedBytes(3000))),
    ...packed,
    ...files.map((path) => new Uint8Array(readFileSync(path)).subarray(0, LONGEST_START)),
  ];
}
