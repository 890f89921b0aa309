import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { readBlob } from '../../../src/devicetree/blob/reader.ts';
import { type DeviceTree, propertyOf } from '../../../src/devicetree/tree.ts';
import { seededRandom } from '../../grammar/ebnf.ts';
import { installedVersion, Recordings } from '../../recorded.ts';
import { contents, tell, treeOf } from '../trees.ts';

function read(bytes: Uint8Array): { tree: DeviceTree | undefined; told: string[] } {
  const sink = new DiagnosticList();
  const tree = readBlob({ name: 'test.dtb', form: 'blob', bytes }, sink);
  return { tree, told: sink.all.map(tell) };
}

/** Bytes from hex; everything from a `;` to the end of its line is a comment. */
function bytes(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replace(/;.*$/gm, '').replace(/\s/g, ''), 'hex'));
}

/** A version 17 blob by the Devicetree Specification 0.4, chapter 5: `/ { a = <1>; n { }; };`, one reservation. */
const SMALL = bytes(`
  d00dfeed ; 00 magic
  00000084 ; 04 total size
  00000048 ; 08 structure block
  00000080 ; 0c strings block
  00000028 ; 10 reservation block
  00000011 ; 14 version 17
  00000010 ; 18 compatible with 16
  00000003 ; 1c boot CPU
  00000002 ; 20 size of strings
  00000038 ; 24 size of structure
  0000000010000000 0000000000004000 ; 28 reserved: address, size
  0000000000000000 0000000000000000 ; 38 the end
  00000001 00000000 ; 48 BEGIN_NODE ""
  00000003 00000004 00000000 00000001 ; 50 PROP 4 bytes, name at 0: a
  00000004 ; 60 NOP
  00000001 6e000000 ; 64 BEGIN_NODE "n"
  00000002 ; 6c END_NODE
  00000002 ; 70 END_NODE
  00000004 ; 74 NOP
  00000009 ; 78 END
  00000000 ; 7c unused
  61 00 0000 ; 80 "a"
`);

describe('a blob', () => {
  it('is read with exact places', () => {
    const { tree, told } = read(SMALL);
    expect(told).toEqual([
      '@36 dt/blob-struct-size The header says that the structure block has 56 bytes, but it has 52',
    ]);
    expect(contents(tree!)).toEqual(['/', 'a=00000001', '/n']);
    const [property] = tree!.root.properties;
    expect(property!.valueSpan).toMatchObject({ start: 0x5c, end: 0x60 });
    expect(property!.span).toMatchObject({ start: 0x50, end: 0x60 });
    expect(tree!.root.children[0]!.span).toMatchObject({ start: 0x64, end: 0x70 });
    expect(tree!.reservations.map(({ address, size }) => [address, size])).toEqual([[0x10000000n, 0x4000n]]);
    expect(tree!.bootCpuid).toBe(3);
    expect(tree!.header).toMatchObject({ version: 17, totalSize: 0x84, structSize: 0x38 });
  });

  it.each([
    ['no magic', (blob: Uint8Array) => blob.set([0xd0, 0x0d, 0xfe, 0xee]), '@0 dt/blob-magic', false],
    ['a version to come', (blob: Uint8Array) => blob.set([0, 0, 0, 18], 0x18), '@20 dt/blob-version', false],
    [
      'a structure block outside',
      (blob: Uint8Array) => blob.set([0xff, 0xff, 0xff, 0xfc], 8),
      '@8 dt/blob-struct',
      false,
    ],
    [
      'strings outside',
      (blob: Uint8Array) => blob.set([0xff, 0xff, 0xff, 0xff], 0xc),
      '@12 dt/blob-strings',
      true,
    ],
    ['a size too large', (blob: Uint8Array) => blob.set([0x7f], 4), '@4 dt/blob-truncated', true],
    [
      'a value too long',
      (blob: Uint8Array) => blob.set([0xff, 0xff, 0xff, 0xff], 0x54),
      '@80 dt/blob-property-length',
      true,
    ],
    ['a name outside', (blob: Uint8Array) => blob.set([0, 1, 0, 0], 0x58), '@80 dt/blob-property-name', true],
    ['an unknown token', (blob: Uint8Array) => blob.set([0, 0, 0, 7], 0x60), '@96 dt/blob-token', true],
    ['an early end', (blob: Uint8Array) => blob.set([0, 0, 0, 9], 0x60), '@96 dt/blob-token', true],
    ['reservations without end', (blob: Uint8Array) => blob.fill(1, 0x38, 0x48), '@', true],
  ] as const)('with %s', (_, break_, code, readable) => {
    const broken = SMALL.slice();
    break_(broken);
    const { tree, told } = read(broken);
    expect(
      told.some((line) => line.startsWith(code)),
      told.join('\n'),
    ).toBe(true);
    expect(tree !== undefined).toBe(readable);
  });

  it('cut anywhere, or with any byte changed, is read as far as it goes', () => {
    for (let length = 0; length < SMALL.length; length += 1) {
      const { told } = read(SMALL.subarray(0, length));
      expect(told.length).toBeGreaterThan(0);
    }
    for (let at = 0; at < SMALL.length; at += 1)
      for (const value of [0, 1, 2, 3, 4, 9, 0x7f, 0x80, 0xff]) {
        const changed = SMALL.slice();
        changed[at] = value;
        read(changed);
      }
  });

  it('of a million nested nodes ends in a diagnostic, soon', () => {
    const head = SMALL.slice(0, 0x48);
    const view = new DataView(head.buffer);
    const nodes = new Uint8Array(8_000_000);
    for (let at = 3; at < nodes.length; at += 8) nodes[at] = 1;
    view.setUint32(4, head.length + nodes.length);
    view.setUint32(0xc, head.length);
    const start = process.cpuUsage();
    const { tree, told } = read(Buffer.concat([head, nodes]));
    expect(process.cpuUsage(start).user).toBeLessThan(1_000_000);
    expect(tree).toBeDefined();
    expect(told.join()).toContain('dt/too-deep');
  });

  it('whose names share their ends has each property under its own name', () => {
    // "reg" at 3, inside of "my-reg" at 0.
    const blob = bytes(`
      d00dfeed 00000078 00000038 00000070 00000028 00000011 00000010 00000000 00000007 00000038
      0000000000000000 0000000000000000 ; 28 no reservations
      00000001 00000000 ; 38 BEGIN_NODE ""
      00000003 00000004 00000000 00000001 ; 40 PROP my-reg
      00000003 00000004 00000003 00000002 ; 50 PROP reg
      00000003 00000004 00000003 00000003 ; 60 PROP reg, once more
      6d792d72 65670000 ; 70 "my-reg", where two tokens should be
    `);
    const { tree, told } = read(blob);
    expect(told.join()).toContain('dt/blob-token');
    expect(contents(tree!)).toEqual(['/', 'my-reg=00000001', 'reg=00000002', 'reg=00000003']);
    // The first counts.
    expect([...propertyOf(tree!.root, 'reg')!.value]).toEqual([0, 0, 0, 2]);
    expect([...propertyOf(tree!.root, 'my-reg')!.value]).toEqual([0, 0, 0, 1]);
    expect(propertyOf(tree!.root, 'ranges')).toBeUndefined();
  });

  it('with properties after a subnode is read, with a warning', () => {
    const swapped = SMALL.slice();
    swapped.set(SMALL.subarray(0x64, 0x70), 0x50);
    swapped.set(SMALL.subarray(0x50, 0x64), 0x5c);
    const { tree, told } = read(swapped);
    expect(contents(tree!)).toEqual(['/', 'a=00000001', '/n']);
    expect(told).toContain('@92 dt/blob-property-order The property "a" comes after subnodes');
  });
});

const recordings = new Recordings('dtc-versions', installedVersion('dtc', '--version'));

describe(`what dtc writes${recordings.note}`, () => {
  const text = `/dts-v1/;
    /memreserve/ 0x1000 0x2000;
    / {
      compatible = "a", "bc";
      long = [00 11 22 33 44 55 66 77 88];
      cpus { cpu@7 { reg = <7>; }; };
      soc@0 { eight = <1 2>; odd = [01]; uart@10 { x; }; };
    };`;
  const want = treeOf(text);
  const blobIn = (version: number): Uint8Array => {
    const options = ['-q', '-I', 'dts', '-O', 'dtb', '-V', String(version)];
    const base64 = recordings.output(`dtc ${options.join(' ')}`, text, () =>
      spawnSync('dtc', options, { input: text }).stdout.toString('base64'),
    );
    return Buffer.from(base64, 'base64');
  };

  it.each([1, 2, 3, 16, 17])('in version %i is read alike', (version) => {
    const { tree, told } = read(blobIn(version));
    expect(told).toEqual([]);
    expect(tree!.header!.version).toBe(version);
    expect(contents(tree!)).toEqual(contents(want));
    expect(tree!.reservations.map(({ address, size }) => [address, size])).toEqual([[0x1000n, 0x2000n]]);
    // Version 1 has no field for it.
    expect(tree!.bootCpuid).toBe(version === 1 ? 0 : 7);
  });

  it('broken at random never throws', () => {
    const random = seededRandom(1);
    for (const version of [1, 3, 17]) {
      const blob = blobIn(version);
      for (let round = 0; round < 500; round += 1) {
        const broken = Uint8Array.from(blob);
        for (let change = 0; change < 3; change += 1)
          broken[Math.floor(random() * broken.length)] = Math.floor(random() * 256);
        read(broken);
      }
    }
  });
});
