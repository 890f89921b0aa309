/** What is in an image twice is found twice, each with its own place, though it is unpacked once. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { imageStarts } from '../../scripts/fuzz/image-starts.ts';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { accessTo } from '../../src/containers/access.ts';
import { decodeGzip } from '../../src/containers/codecs/zlib.ts';
import type { Find } from '../../src/scan/find.ts';
import { Repeats } from '../../src/scan/repeats.ts';
import { Scanner, type ScanResult } from '../../src/scan/scan.ts';
import * as make from '../containers/make-images.ts';
import { packedBy } from '../containers/pack.ts';
import { scanned } from './scanned.ts';

/** Where one copy ends and the next begins: a page, so that nothing runs into it. */
const PAGE = 4096;

function filled(bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array(Math.ceil((bytes.length + 1) / PAGE) * PAGE);
  all.set(bytes);
  return all;
}

/** Without numbers, which count through. */
function bare({ id: _, ...find }: Find): unknown {
  return find;
}

async function scan(bytes: Uint8Array): Promise<ScanResult> {
  return new Scanner(new DiagnosticList()).scan({ name: 'image', access: accessTo(bytes), steps: [] });
}

describe('a copy is found as if it were alone at its place', () => {
  const starts = imageStarts();
  // The same stream in containers that are not the same: what is around it must not come along.
  const kernel = make.gz(make.join(make.text(make.BANNER, 128), make.board('Inside')));
  const others = [make.bzImage(kernel), make.zimage(kernel), make.zboot(kernel, 'gzip'), kernel];
  for (const [index, start] of [...starts, ...others].entries())
    test(`image ${index}`, async () => {
      const gap = make.text('-');
      const one = filled(make.join(make.gz(filled(start)), gap));
      const alone = await scan(make.join(new Uint8Array(one.length), one));
      const twice = await scan(make.join(one, one));
      const second = twice.finds.slice(twice.finds.length / 2);
      expect(second.map(bare)).toEqual(alone.finds.map(bare));
      expect(twice.alternatives.slice(twice.alternatives.length / 2).map(({ path }) => path)).toEqual(
        alone.alternatives.map(({ path }) => path),
      );
    });

  test('kernels around one payload each have its release', async () => {
    const { finds } = await scan(make.join(...others.map(filled)));
    const kernels = finds.filter(({ kind }) => kind === 'kernel');
    expect(kernels.map(({ release }) => release)).toEqual(kernels.map(() => make.BANNER.split(' ')[2]));
    expect(finds.filter(({ model }) => model === 'Inside').length).toBe(others.length);
  });

  test('both have the same diagnostics', async () => {
    const capsule = make.gz(make.join(gzipSync(Buffer.alloc(200_000, 1)).subarray(0, 150), make.board('A')));
    const one = filled(make.join(capsule, make.text('-')));
    const once = await scanned(one);
    const { diagnostics } = await scanned(make.join(one, one));
    expect(diagnostics.length).toBe(2 * once.diagnostics.length);
  });
});

describe('tables and trees that stand there as they are', () => {
  const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

  test('are found again, and told from those that only begin alike', async () => {
    const [a, b] = [make.board('A'), make.board('B')];
    const [table, tree] = [make.table('SSDT'), a];
    // The same sum, and no AML from its first byte on: there is no opcode 0xfe.
    const broken = table.map((byte, at) => byte + (at === 36 ? 0xf6 : at === 41 ? 0x0a : 0));
    // The end of the structure block, four bytes before its strings (dtspec, 5.2).
    const cut = tree.slice();
    const strings = new DataView(tree.buffer, tree.byteOffset).getUint32(12);
    cut[strings - 1] = 7;
    const all = [table, broken, table, tree, cut, b, tree, table, cut].map((bytes) => make.padded(bytes, 64));
    const { finds } = await scan(make.join(...all));
    const starts = all.map((_, index) => make.join(...all.slice(0, index)).length);
    expect(finds.map(({ offset, sha256: hash }) => [offset, hash])).toEqual([
      [starts[0], sha256(table)],
      [starts[2], sha256(table)],
      [starts[3], sha256(tree)],
      [starts[5], sha256(b)],
      [starts[6], sha256(tree)],
      [starts[7], sha256(table)],
    ]);
  });
});

test('bytes of finds are given of each copy', async () => {
  const given: [Find, string][] = [];
  const one = filled(
    make.gz(make.join(make.board('A'), make.gz(make.join(make.table('SSDT'), make.board('B'))))),
  );
  await new Scanner(new DiagnosticList(), {
    reader: {
      reads: ({ kind }) => kind === 'dtb',
      read: (find, bytes) =>
        given.push([find, createHash('sha256').update(bytes.read(0, bytes.size)).digest('hex')]),
    },
  }).scan({ name: 'image', access: accessTo(make.join(one, one, one)), steps: [] });
  expect(given.map(([find]) => find.model)).toEqual(['A', 'B', 'A', 'B', 'A', 'B']);
  for (const [{ sha256 }, hash] of given) expect(hash).toBe(sha256);
});

test('a stream that differs in one byte is another one', async () => {
  const [a, b] = ['Board A', 'Board B'].map((model) => filled(gzipSync(make.board(model), { level: 0 })));
  const { finds } = await scan(make.join(a!, b!, a!));
  expect(finds.map(({ model }) => model)).toEqual(['Board A', 'Board B', 'Board A']);
});

test.runIf(packedBy('xz', ['-c'], new Uint8Array(1)) !== undefined)(
  'a stream that goes on is not the one that ended there',
  async () => {
    const [a, b] = ['A', 'B'].map((model) => packedBy('xz', ['-c'], make.board(model))!);
    const zeros = new Uint8Array(8);
    const { finds } = await scan(make.join(a!, make.text('-'), a!, zeros, b!, make.text('-'), a!));
    expect(finds.map(({ model }) => model)).toEqual(['A', 'A', 'B', 'A']);
    // Both are in one stream.
    expect(finds[2]!.path).toBe(finds[1]!.path);
  },
);

describe('what is kept', () => {
  const stream = make.gz(make.board('A'));
  const asked = {
    access: accessTo(stream),
    at: 0,
    most: stream.length,
    isWhole: true,
    format: 'gzip',
    decode: decodeGzip,
    content: undefined,
    inKernel: false,
  };
  const origin = { path: 'p', steps: 1, depth: 2, banner: undefined };
  const outcome = { finds: [], contents: new Map(), choices: [], same: [], diagnostics: [] };
  const repeat = { origin, outcome, size: stream.length, unpacked: 100 };

  test('is given where all is the same, and no deeper', () => {
    const repeats = new Repeats(1 << 20);
    repeats.keep(asked, repeat);
    expect(repeats.find(asked, 2)).toMatchObject(repeat);
    expect(repeats.find(asked, 1)).toMatchObject(repeat);
    expect(repeats.find(asked, 3)).toBeUndefined();
    expect(repeats.find({ ...asked, content: 'kconfig' }, 2)).toBeUndefined();
    expect(repeats.find({ ...asked, inKernel: true }, 2)).toBeUndefined();
    expect(repeats.find({ ...asked, isWhole: false }, 2)).toBeUndefined();
    expect(repeats.find({ ...asked, most: stream.length - 1 }, 2)).toBeUndefined();
    expect(repeats.find({ ...asked, decode: () => decodeGzip(stream, 0) }, 2)).toBeUndefined();
  });

  test('is let go of where there is no room', () => {
    const repeats = new Repeats(3 * (stream.length + 4096));
    for (let count = 0; count < 100; count += 1) {
      const other = make.join(stream.subarray(0, 4), make.be(count), stream.subarray(8));
      repeats.keep({ ...asked, access: accessTo(other) }, repeat);
    }
    expect(repeats.find(asked, 2)).toBeUndefined();
    expect(repeats.bytes).toBeLessThanOrEqual(3 * (stream.length + 4096));
    repeats.keep(asked, { ...repeat, size: 1 << 20 });
    expect(repeats.find(asked, 2)).toBeUndefined();
  });
});
