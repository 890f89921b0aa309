/** What is too large, too many or too deep for a scan: it is found all the same, or told, never passed over. */
import { expect, test } from 'vitest';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { accessTo } from '../../src/containers/access.ts';
import { Budget } from '../../src/containers/limits.ts';
import { withLimits } from '../../src/limits/limits.ts';
import { openImage } from '../../src/scan/open-image.ts';
import * as make from '../containers/make-images.ts';
import { scanned } from './scanned.ts';
import { KERNEL, TREE } from './seen.ts';

/** A table of so many bytes: a name, and a buffer of the rest (ACPI 6.5, 20.2.4: a package of four length bytes). */
function tableOf(size: number): Uint8Array {
  const inBuffer = size - 36 - 6;
  const lead = make.u8(
    ...[0xc0 | (inBuffer & 15), (inBuffer >> 4) & 255, (inBuffer >> 12) & 255, (inBuffer >> 20) & 255],
  );
  const content = inBuffer - lead.length;
  const buffer = make.join(
    make.u8(0x11),
    lead,
    make.u8(0x0c),
    make.le(4, content - 5),
    new Uint8Array(content - 5),
  );
  return make.table('SSDT', { body: make.join(make.u8(0x08), make.text('BUF_'), buffer) });
}

async function toldOf(bytes: Uint8Array, limits: Parameters<typeof scanned>[1] = {}): Promise<unknown> {
  const { finds, diagnostics } = await scanned(bytes, limits);
  return [finds.map(({ kind, size }) => [kind, size]), diagnostics.map(({ code, args }) => [code, args])];
}

test('a table of 17 MiB in an image', async () => {
  const size = 17 << 20;
  const table = tableOf(size);
  expect(table.length).toBe(size);
  expect(await toldOf(make.join(make.u8(1, 2, 3, 4), table, TREE))).toEqual([
    [
      ['acpi-table', size],
      ['dtb', TREE.length],
    ],
    [],
  ]);
});

test('a table and a tree that are larger than is read', async () => {
  const limit = (unit: string): unknown => [
    'container/limit',
    { limit: `64 bytes of one ${unit} (--limit input-bytes=N)` },
  ];
  const limits = { 'input-bytes': 64 };
  expect(await toldOf(make.join(make.u8(1), tableOf(65), make.u8(1)), limits)).toEqual([
    [],
    [limit('ACPI table')],
  ]);
  // What has no valid checksum is no table.
  const broken = tableOf(65);
  broken[60]! ^= 1;
  expect(await toldOf(make.join(make.u8(1), broken, make.u8(1)), limits)).toEqual([[], []]);
  expect(await toldOf(make.join(make.u8(1), TREE), limits)).toEqual([[], [limit('device tree')]]);
});

test('a tree with more nodes than are read: whoever reads it is told', async () => {
  const children = Array.from({ length: 5 }, (_, index) => ({ name: `n${index}` }));
  const tree = make.tree({ properties: { model: make.text('Many\0') }, children });
  for (const limits of [{ 'tree-nodes': 3 }, { 'tree-properties': 0 }, { 'blob-name-bytes': 1 }])
    expect(await toldOf(make.join(make.u8(1, 2), tree), limits)).toEqual([[['dtb', tree.length]], []]);
});

test('a table of a vendor behind a thousand entries of the root table', async () => {
  const base = 0x10000;
  const count = 1500;
  const vendor = make.table('ABCD');
  const xsdtAt = 64;
  const vendorAt = xsdtAt + 36 + 8 * count;
  const entries = new Array<number>(count - 1).fill(base + vendorAt);
  entries.fill(0x7000_0000, 0, 1400);
  const root = make.table('XSDT', { body: make.le(8, ...entries, base + vendorAt) });
  const pointer = make.rootPointer(base + xsdtAt);
  const { finds } = await scanned(make.join(make.padded(pointer, 64), root, vendor));
  expect(finds.map(({ kind, signature, address }) => [kind, signature, address])).toEqual([
    ['rsdp', undefined, BigInt(base)],
    ['acpi-table', 'XSDT', BigInt(base + xsdtAt)],
    ['acpi-table', 'ABCD', BigInt(base + vendorAt)],
  ]);
});

test('a FIT with more nodes in each other than are read', async () => {
  let deep: make.Node = { name: 'x' };
  for (let depth = 0; depth < 20; depth += 1) deep = { name: 'x', children: [deep] };
  const image = { name: 'a', properties: { data: make.gz(TREE), compression: make.text('gzip\0') } };
  const tree = make.tree({ children: [{ name: 'images', children: [image] }, deep] });
  const { diagnostics } = await scanned(tree);
  expect(diagnostics.map(({ code, args, path }) => [code, args, path])).toEqual([
    ['container/archive', { format: 'fit', why: 'its list of images cannot be read' }, 'image!fit@0x0'],
  ]);
});

test('a file of coreboot with more attributes than are read', async () => {
  const attributes = make.join(
    ...new Array<Uint8Array>(64).fill(make.be(0x1234, 16, 0, 0)),
    make.be(0x42435a4c, 16, 1, 0),
  );
  const header = make.join(
    make.text('LARCHIVE'),
    make.be(8, 0x50, 32, 32 + attributes.length),
    make.text('name', 8),
    attributes,
    new Uint8Array(8),
  );
  const { diagnostics } = await scanned(header);
  expect(diagnostics.map(({ code, args }) => [code, args.why])).toEqual([
    ['container/archive', 'attributes of name after the first 64 are not read'],
  ]);
});

test('a memory dump of more segments than are read', async () => {
  const core = make.elf(
    4,
    [1, 2, 3].map((page) => ({ address: page * 4096, bytes: TREE })),
  );
  expect(await toldOf(core)).toMatchObject([{ length: 3 }, []]);
  const { diagnostics } = await scanned(core, { 'container-pieces': 2 });
  expect(diagnostics.map(({ args }) => args.why)).toEqual([
    'more than 2 segments (--limit container-pieces=N); the rest is not read',
  ]);
});

test('a kernel that is larger than is read is no input, which is told', async () => {
  const image = make.join(TREE, make.arm64Image(KERNEL));
  const opened = (bytes: number): Promise<unknown> => {
    const sink = new DiagnosticList();
    const input = { path: 'x', name: 'x', sha256: '', steps: [], access: accessTo(image) };
    return withLimits({ 'input-bytes': bytes }, async () => {
      const artifacts = await openImage(input, new Budget(), sink);
      return [artifacts.map(({ kind }) => kind), sink.all.map(({ code }) => code)];
    });
  };
  expect(await opened(image.length)).toEqual([['dtb', 'image'], []]);
  expect(await opened(TREE.length)).toEqual([['dtb'], ['container/kernel-too-large']]);
});
