/** Images of every kind that is known, each with something in it that is to be found where it is. */
import { describe, expect, test } from 'vitest';
import { crc32 } from '../../src/containers/codecs/checksum.ts';
import * as make from '../containers/make-images.ts';
import { packedBy } from '../containers/pack.ts';
import { scanned } from './scanned.ts';
import { at, DSDT, finds, OVERLAY, SSDT, TREE } from './seen.ts';

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
    const pointer = make.rootPointer(base + xsdtAt);
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

describe('disks', () => {
  test('partitions have names', async () => {
    const image = make.gpt(make.join(new Uint8Array(100), TREE));
    expect(await finds(image)).toEqual([['dtb', 'Lab Board', 'gpt@0x0!partition 1 boot', 34 * 512 + 100]]);
  });
});

test('a stream that is one, packed in a way that is not known, is reported', async () => {
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
