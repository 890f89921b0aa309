/**
 * Compressed streams, archives and images: a target for each row of the tables in src/containers/rows.ts, and for what
 * commands do with an image as a whole.
 */
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { openBytes } from '../../../src/artifact/open-bytes.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { accessTo } from '../../../src/containers/access.ts';
import { decoderOf } from '../../../src/containers/codecs/decoders.ts';
import type { Decoder } from '../../../src/containers/codecs/output.ts';
import { decodeTianoAs } from '../../../src/containers/codecs/tiano.ts';
import type { Part } from '../../../src/containers/container.ts';
import { ARCHIVES, COMPRESSIONS, IMAGES } from '../../../src/containers/rows.ts';
import { openImage } from '../../../src/scan/open-image.ts';
import { Scanner } from '../../../src/scan/scan.ts';
import { makeCpio } from '../../../test/containers/make-cpio.ts';
import * as make from '../../../test/containers/make-images.ts';
import { flattened, kdump } from '../../../test/containers/make-kdump.ts';
import { encodeTiano } from '../../../test/containers/make-tiano.ts';
import { mixedBytes, packedBy } from '../../../test/containers/pack.ts';
import { pick } from '../../../test/grammar/ebnf.ts';
import { Draw } from '../draw.ts';
import { arOf, imageStarts, mbrOf, riscvImageOf, tarOf } from '../image-starts.ts';
import { anyChange } from '../mutations.ts';
import { type Case, type Known, type Reader, readerTarget, type Target } from '../target.ts';

const MOST_MILLISECONDS = 1500;
/** Most bytes that a decoder may give here. */
const LIMIT = 8 << 20;
const MOST_PARTS = 1000;
/** Inputs that other programs pack are made once: running one takes longer than a case. */
const PACKED = 12;

const change = anyChange();

/** Bytes packed by programs that are not ours, with what they pack. */
const PACKERS: Readonly<Record<string, (content: Uint8Array) => readonly (Uint8Array | undefined)[]>> = {
  gzip: (content) => [
    gzipSync(content),
    gzipSync(content, { level: 0 }),
    packedBy('gzip', ['-c', '-1'], content),
  ],
  zlib: (content) => [deflateSync(content)],
  deflate: (content) => [deflateRawSync(content)],
  brotli: (content) => [brotliCompressSync(content)],
  xz: (content) => [packedBy('xz', ['-c'], content), packedBy('xz', ['-c', '--x86', '--lzma2='], content)],
  lzma: (content) => [packedBy('xz', ['-c', '--format=lzma'], content)],
  zstd: (content) => [packedBy('zstd', ['-c'], content), packedBy('zstd', ['-c', '-19'], content)],
  lz4: (content) => [packedBy('lz4', ['-c'], content), packedBy('lz4', ['-c', '-l'], content)],
  bzip2: (content) => [packedBy('bzip2', ['-c'], content)],
  lzo: (content) => [packedBy('lzop', ['-c'], content)],
};

function stream(
  format: string,
  decode: Decoder,
  pack: (content: Uint8Array) => readonly (Uint8Array | undefined)[],
): Reader {
  let made: readonly Known[] | undefined;
  return {
    name: format,
    group: 'images',
    known: (random) => {
      made ??= Array.from({ length: PACKED }, (_, at) => {
        const content = mixedBytes(Math.floor(4 ** (at / 2)) + at, at + 1);
        return pack(content).flatMap((bytes) =>
          bytes === undefined ? [] : [{ bytes: new Uint8Array(bytes), value: { end: 'whole', content } }],
        );
      }).flat();
      return pick(random, made);
    },
    read: async (bytes) => {
      const { end, bytes: content } = await decode(bytes, LIMIT);
      return { end, content: Uint8Array.from(content) };
    },
    change,
  };
}

const decoders = [
  ...COMPRESSIONS.map(({ format, decode }) => [format, decode] as const),
  ...['zlib', 'deflate', 'brotli'].map((format) => [format, decoderOf(format)!] as const),
];

const ARCHIVERS: Readonly<Record<string, (name: string, content: Uint8Array) => Uint8Array | undefined>> = {
  zip: (_name, content) => packedBy('zip', ['-q', '-', '-'], content),
  cpio: (name, content) =>
    makeCpio([
      { name, content },
      { name: 'y', content: 'CONFIG_A=y\n' },
    ]),
  ar: arOf,
  tar: tarOf,
};

/** The first member's bytes. */
function archive({ format, list }: (typeof ARCHIVES)[number]): Reader {
  let zipped: readonly Known[] | undefined;
  const known = (name: string, content: Uint8Array): Known => ({
    bytes: new Uint8Array(ARCHIVERS[format]!(name, content) ?? []),
    value: content,
  });
  return {
    name: format,
    group: 'images',
    known: (random) => {
      const draw = new Draw(random);
      if (format !== 'zip') return known(draw.word(1, 9), draw.bytes(0, 300));
      zipped ??= Array.from({ length: PACKED }, (_, at) => known('-', mixedBytes(1 + at * 90, at)));
      return pick(random, zipped);
    },
    read: async (bytes) => {
      const access = accessTo(bytes);
      const { members } = list(access, 0, MOST_PARTS);
      const contents: Uint8Array[] = [];
      for (const { offset, size, packed } of members) {
        const stored = access.read(offset, size);
        contents.push(packed ? (await packed.decode(stored, LIMIT)).bytes : stored);
      }
      return contents[0] && Uint8Array.from(contents[0]);
    },
    change,
  };
}

/** The bytes that the parts of an image are, or that its memory has, in their order; of a kernel its size. */
async function piecesOf(format: string, bytes: Uint8Array): Promise<string[] | undefined> {
  const image = IMAGES.find((row) => row.format === format)!;
  const access = accessTo(bytes);
  if (!image.sniff(access, 0)) return undefined;
  const content = image.open(access, 0, MOST_PARTS);
  if (!content) return undefined;
  const found: string[] = [];
  const add = async (list: readonly Part[], within: ReturnType<typeof accessTo>): Promise<void> => {
    for (const { offset, size, packed, parts } of list) {
      const stored = within.read(offset, size);
      const plain = packed ? (await packed.decode(stored, LIMIT)).bytes : stored;
      found.push(Buffer.from(plain).toString('hex'));
      if (parts) await add(parts, accessTo(plain));
    }
  };
  await add(content.parts, access);
  for (const { extents } of content.memory ?? [])
    for (const { address, size, offset } of extents)
      found.push(
        `${address}: ${offset === undefined ? `${size} zeros` : Buffer.from(access.read(offset, size)).toString('hex')}`,
      );
  if (content.kernel) found.push(`kernel of ${content.kernel.size}`);
  return found;
}

/** Images by their format, with some of the pieces that they are known to hold. */
const MAKERS: Readonly<
  Record<string, (content: Uint8Array, draw: Draw) => readonly [Uint8Array, ...(string | Uint8Array)[]]>
> = {
  fit: (content, draw) => [
    make.fit([{ name: 'a', data: content }], [{ name: 'c', fdt: 'a' }], draw.chance(0.5)),
    content,
  ],
  uimage: (content) => [make.uimage(content), content],
  'android-boot': (content) => [
    make.androidBoot(content, make.text('ramdisk'), make.text('dtb')),
    content,
    make.text('dtb'),
  ],
  'android-vendor-boot': (content) => [make.androidVendorBoot(make.text('ramdisk'), content), content],
  'dtbo-table': (content) => [make.dtboTable([{ bytes: content }, { bytes: make.text('other') }]), content],
  sparse: (content) => [make.sparse(make.padded(content, 4096))],
  bzimage: (content) => [make.bzImage(content), content],
  'arm64-image': (content) => [make.arm64Image(content), `kernel of ${64 + content.length}`],
  'riscv-image': (content) => [riscvImageOf(content), `kernel of ${64 + content.length}`],
  zimage: (content) => [make.zimage(content), `kernel of ${64 + content.length}`],
  'efi-zboot': (content) => [make.zboot(make.gz(content), 'gzip'), content],
  elf: (content) => [
    make.elf(4, [{ address: 0x1000, bytes: content }]),
    `4096: ${Buffer.from(content).toString('hex')}`,
  ],
  pe: (content) => [make.pe([{ name: '.rsrc', bytes: content }]), content],
  kdump: (content, draw) => [kdump(draw.chance(0.5) ? 'KDUMP   ' : 'DISKDUMP', content)],
  makedumpfile: (content) => [flattened(kdump('KDUMP   ', content))],
  cbfs: (content) => [make.cbfs([{ name: 'a', bytes: content }]), content],
  gpt: (content) => [make.gpt(make.padded(content, 512)), make.padded(content, 512)],
  mbr: (content) => [mbrOf(make.padded(content, 512)), make.padded(content, 512)],
  igvm: (content) => [
    make.igvm([{ mask: 1, vtl: 2, type: 1 }], [{ address: 0x1000, mask: 1, bytes: content }]),
    `4096: ${Buffer.from(make.padded(content, 4096)).toString('hex')}`,
  ],
  'uefi-capsule': (content) => [make.capsule(content), content],
  flash: (content) => [make.flash(content), make.padded(content, 4096, 0xff)],
  'uefi-volume': (content) => [
    make.firmwareVolume([make.firmwareFile(1, 2, make.sections(make.section(0x19, content)))]),
    content,
  ],
  'uefi-sections': (content) => [make.sections(make.section(0x19, content)), content],
};

/** The pieces are many, those that are known few: whether each known one is among them. */
function image({ format }: (typeof IMAGES)[number]): Target {
  const caseOf = (bytes: Uint8Array, known?: readonly string[]): Case => ({
    bytes,
    async run(watch) {
      const found = await watch.step(format, () => piecesOf(format, bytes));
      const missing = known && (found ? known.filter((piece) => !found.includes(piece)) : known);
      if (known)
        watch.same(
          `what a ${format} image holds`,
          { missing, found: known.length },
          { missing: [], found: known.length },
        );
    },
  });
  return {
    name: format,
    group: 'images',
    milliseconds: MOST_MILLISECONDS,
    prepare: () => ({
      make(random) {
        const draw = new Draw(random);
        const [made, ...pieces] = MAKERS[format]!(draw.bytes(1, 400), draw);
        if (draw.chance(0.85)) return caseOf(change(made, random));
        return caseOf(
          made,
          pieces.map((piece) => (typeof piece === 'string' ? piece : Buffer.from(piece).toString('hex'))),
        );
      },
      of: (bytes) => caseOf(bytes),
    }),
  };
}

const tianoVariants = (['efi11', 'tiano'] as const).map((variant) =>
  stream(
    variant,
    (input, limit) => decodeTianoAs(input, limit, variant),
    (content) => [encodeTiano(content, variant)],
  ),
);

/** Images in images, found and opened as commands do it. */
const scan: Target = {
  name: 'scan',
  group: 'images',
  milliseconds: MOST_MILLISECONDS,
  weight: 4,
  prepare(files) {
    const starts = imageStarts(files);
    const board = make.board('Fuzzed');
    const caseOf = (bytes: Uint8Array, treeAt?: number): Case => ({
      bytes,
      async run(watch) {
        const finds = await watch.step('scan', async () => {
          const scanner = new Scanner(new DiagnosticList());
          return (await scanner.scan({ name: 'fuzz', access: accessTo(bytes), steps: [] })).finds;
        });
        for (const { fileOffset, size } of finds)
          if (fileOffset !== null && fileOffset + size > bytes.length)
            throw new Error('a find is outside of the image');
        if (treeAt !== undefined)
          watch.same(
            'the tree',
            finds.filter(({ fileOffset }) => fileOffset === treeAt).map(({ size }) => size),
            [board.length],
          );
        await watch.step('open', () => openBytes('fuzz', bytes, { openImage }, new DiagnosticList()));
      },
    });
    return {
      make(random) {
        const draw = new Draw(random);
        if (draw.chance(0.1)) {
          // A tree somewhere in noise.
          const before = draw.bytes(0, 500).map((byte) => byte & 0x3f);
          const at = Math.ceil(before.length / 8) * 8;
          return caseOf(
            make.join(
              make.padded(before, 8),
              board,
              draw.bytes(0, 99).map((byte) => byte & 0x3f),
            ),
            at,
          );
        }
        const first = pick(random, starts);
        let bytes = draw.chance(0.3) ? make.join(first, pick(random, starts)) : Uint8Array.from(first);
        if (draw.chance(0.2)) {
          const other = pick(random, starts);
          const at = draw.below(bytes.length);
          bytes.set(other.subarray(0, bytes.length - at), at);
        }
        bytes = Uint8Array.from(change(bytes, random));
        return caseOf(draw.chance(0.25) ? bytes.subarray(0, draw.below(bytes.length)) : bytes);
      },
      of: (bytes) => caseOf(bytes),
    };
  },
};

export const imageTargets: readonly Target[] = [
  ...decoders.map(([format, decode]) => readerTarget(stream(format, decode, PACKERS[format]!))),
  ...tianoVariants.map(readerTarget),
  ...ARCHIVES.map((row) => readerTarget(archive(row))),
  ...IMAGES.map(image),
  scan,
];
