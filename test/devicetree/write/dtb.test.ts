import { describe, expect, it } from 'vitest';
import { type BlobOptions, blobVersion, StringTable, writeDtb } from '../../../src/devicetree/write/dtb.ts';
import { compile, loadBlob } from '../compiled.ts';

function words(bytes: Uint8Array, from = 0, to = bytes.length): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const list: number[] = [];
  for (let at = from; at + 4 <= to; at += 4) list.push(view.getUint32(at));
  return list;
}

const SOURCE = '/dts-v1/; /memreserve/ 0x1000 0x200; / { a = "x"; n@1 { reg = <1>; long = "12345678"; }; };';

function written(options: BlobOptions = {}, source = SOURCE): Uint8Array {
  return writeDtb(compile(source).tree, options).bytes;
}

describe('a blob', () => {
  it('of version 17 is laid out as the specification has it (0.4, chapter 5)', () => {
    const bytes = written();
    // Header 40, two reservations of 16 (the second ends the list), structure, strings "a\0reg\0long\0" = 11.
    // Structure: BEGIN "" | PROP 2 0 "x\0" | BEGIN "n@1\0" | PROP 4 2 1 | PROP 9 6 "12345678\0" | END_NODE twice | END
    // = 8 + 16 + 8 + 16 + 24 + 8 + 4 = 84.
    expect(words(bytes, 0, 40)).toEqual([0xd00dfeed, 40 + 32 + 84 + 11, 72, 72 + 84, 40, 17, 16, 0, 11, 84]);
    expect(words(bytes, 40, 72)).toEqual([0, 0x1000, 0, 0x200, 0, 0, 0, 0]);
    expect(words(bytes, 72, 156)).toEqual([
      1, 0, 3, 2, 0, 0x78000000, 1, 0x6e403100, 3, 4, 2, 1, 3, 9, 6, 0x31323334, 0x35363738, 0, 2, 2, 9,
    ]);
    expect(Buffer.from(bytes.subarray(156)).toString('latin1')).toBe('a\0reg\0long\0');
  });

  it('before version 16 has paths as names, name properties, and long values aligned to 8', () => {
    const bytes = written({ version: blobVersion(3)! });
    expect(words(bytes, 0, 36)).toEqual([0xd00dfeed, bytes.length, 72, bytes.length - 16, 40, 3, 1, 0, 16]);
    // name "" in the root; "12345678\0" starts at offset 8 * n of the structure, behind a word of padding.
    expect(words(bytes, 72, 72 + 84 + 16 * 2 + 4).slice(0, 10)).toEqual([
      1, 0x2f000000, 3, 2, 0, 0x78000000, 3, 1, 2, 0,
    ]);
    expect(Buffer.from(bytes.subarray(-16)).toString('latin1')).toBe('a\0name\0reg\0long\0');
    expect(written({}, SOURCE)).toEqual(writeDtb(loadBlob(bytes)).bytes);
  });

  it.each([1, 2, 3, 16, 17])('of version %i reads back', (version) => {
    const bytes = written({ version: blobVersion(version)! });
    expect(words(bytes, 20, 28)).toEqual([version, version < 16 ? 1 : 16]);
    expect(writeDtb(loadBlob(bytes)).bytes).toEqual(written());
  });

  it('grows as -R, -S, -p and -a ask', () => {
    const plain = written().length;
    expect(written({ reservationSlots: 3 }).length).toBe(plain + 48);
    expect(written({ minimumSize: 1024 }).length).toBe(1024);
    expect(written({ minimumSize: 10 }).length).toBe(plain);
    expect(writeDtb(compile(SOURCE).tree, { minimumSize: 10 }).sizeOverMinimum).toBe(plain);
    expect(written({ padding: 5 }).length).toBe(plain + 5);
    expect(written({ padding: 5, alignment: 64 }).length).toBe(Math.ceil((plain + 5) / 64) * 64);
    expect(words(written({ padding: 5 }), 4, 8)).toEqual([plain + 5]);
  });
});

describe('the string table', () => {
  it('lets a name share the end of an earlier one, the first that has it', () => {
    const table = new StringTable();
    expect(
      ['interrupt-parent', 'parent', 'x-parent', 'parent', 't', ''].map((name) => table.offsetOf(name)),
    ).toEqual([
      // "interrupt-parent\0x-parent\0": "parent" at 10, "t" at 15, "" at the first NUL.
      0, 10, 17, 10, 15, 16,
    ]);
    expect(table.bytes.toString('latin1')).toBe('interrupt-parent\0x-parent\0');
  });
});
