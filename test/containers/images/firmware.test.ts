/** Firmware volumes, their files and sections, and IGVM files: what is in them and where, and what is none. */
import { describe, expect, test } from 'vitest';
import { accessTo } from '../../../src/containers/access.ts';
import { crc32 } from '../../../src/containers/codecs/checksum.ts';
import { runsOf } from '../../../src/containers/extents.ts';
import { SECTIONS_FORMAT } from '../../../src/containers/uefi/sections.ts';
import * as make from '../make-images.ts';
import { changed, isOne, opened, partsOf } from './opened.ts';

const { le, text, u8 } = make;
const BODY = new Uint8Array(10).fill(7);
/** Vendor's GUIDs that nobody knows, and the one of LZMA (PI 1.8; EDK II, LzmaDecompress.h). */
const UNKNOWN = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
const LZMA = [0x98, 0x58, 0x4e, 0xee, 0x14, 0x39, 0x59, 0x42, 0x9d, 0x6e, 0xdc, 0x7b, 0xd7, 0x94, 0x03, 0xcf];

describe('sections', () => {
  const of = (...list: readonly Uint8Array[]) => opened(SECTIONS_FORMAT, make.sections(...list));
  const compressed = (method: number, body: Uint8Array) =>
    make.section(1, make.join(le(4, body.length), u8(method), body));

  test.each([
    [0x10, 'pe32'],
    [0x11, 'pic'],
    [0x12, 'te'],
    [0x13, 'depex'],
    [0x14, 'version'],
    [0x16, 'compat16'],
    [0x17, 'volume'],
    [0x19, 'raw'],
    [0x1b, 'depex'],
    [0x1c, 'depex'],
  ])('a leaf of type 0x%s is %s', (type, name) => {
    const content = opened(SECTIONS_FORMAT, make.section(type, BODY));
    const [part] = content!.parts;
    expect([part!.name.split('@')[0], part!.offset, part!.size]).toEqual([name, 4, 10]);
    expect(part!.raw).toBe(type === 0x19 ? true : undefined);
  });

  test('stand at multiples of four; a freeform one has a GUID in front; an empty one is none', () => {
    const content = of(
      make.section(0x19, BODY),
      make.section(0x18, make.join(u8(...UNKNOWN), BODY)),
      make.section(0x19, new Uint8Array(0)),
      make.section(0x18, u8(...UNKNOWN)),
    );
    expect(content?.parts.map(({ offset, size, raw }) => [offset, size, raw])).toEqual([
      [4, 10, true],
      [16 + 4 + 16, 10, true],
    ]);
  });

  test('a size of more than 16 MiB stands behind', () => {
    const large = make.join(u8(0xff, 0xff, 0xff, 0x19), le(4, 18), BODY);
    expect(opened(SECTIONS_FORMAT, large)?.parts.map(({ offset, size }) => [offset, size])).toEqual([
      [8, 10],
    ]);
    expect(opened(SECTIONS_FORMAT, changed(large, 4, le(4, 7)))?.parts).toEqual([]);
    expect(opened(SECTIONS_FORMAT, changed(large, 4, le(4, 19)))?.parts).toEqual([]);
  });

  test('compressed ones hold others', () => {
    expect(partsOf(of(compressed(1, BODY)))?.map(([, ...rest]) => rest)).toEqual([[9, 10, 'tiano']]);
    expect(partsOf(of(compressed(2, BODY)))?.map(([, ...rest]) => rest)).toEqual([[9, 10, 'lzma']]);
    expect(partsOf(of(compressed(0x86, BODY)))?.map(([, ...rest]) => rest)).toEqual([[9, 10, 'lzma-x86']]);
    expect(of(compressed(1, BODY))?.parts[0]).toMatchObject({
      title: 'compression type 1',
      content: SECTIONS_FORMAT,
    });
    expect(
      of(compressed(0, make.section(0x19, BODY)))?.parts.map(({ offset, size }) => [offset, size]),
    ).toEqual([[13, 10]]);
    expect(of(compressed(9, BODY))?.faults).toEqual(['a section is compressed by the unknown method 9']);
  });

  test('those with a GUID: packed as that says, or plain where nothing has to be done first', () => {
    const inner = make.section(0x19, BODY);
    expect(partsOf(of(make.guidedSection(LZMA, BODY)))?.map(([, ...rest]) => rest)).toEqual([
      [24, 10, 'lzma'],
    ]);
    expect(
      of(make.guidedSection(UNKNOWN, inner, 0))?.parts.map(({ offset, size }) => [offset, size]),
    ).toEqual([[28, 10]]);
    expect(of(make.guidedSection(UNKNOWN, inner, 2))?.parts).toHaveLength(1);
    expect(of(make.guidedSection(UNKNOWN, inner, 1))?.faults).toEqual([
      expect.stringContaining('the encoding of a section'),
    ]);
    const elsewhere = (data: number) => of(changed(make.guidedSection(UNKNOWN, inner, 0), 20, le(2, data)));
    expect(elsewhere(23)?.faults).toEqual([expect.stringContaining('outside of the section')]);
    expect(elsewhere(24)?.faults).toEqual([]);
    expect(elsewhere(24 + 14)?.faults).toEqual([]);
    expect(elsewhere(24 + 15)?.faults).toEqual([expect.stringContaining('outside of the section')]);
  });

  test.each<[string, (inner: Uint8Array) => Uint8Array]>([
    ['disposable', (inner) => make.section(3, inner)],
    ['with a GUID', (inner) => make.guidedSection(UNKNOWN, inner, 0)],
    ['compressed by nothing', (inner) => compressed(0, inner)],
  ])('sections %s hold others, eight deep at most, and that is told', (_title, wrap) => {
    const nested = (depth: number): Uint8Array =>
      depth === 0 ? make.section(0x19, BODY) : wrap(nested(depth - 1));
    expect(of(nested(8))).toMatchObject({ parts: [{ size: 10 }], faults: [] });
    expect(of(nested(9))).toMatchObject({
      parts: [],
      faults: ['sections nested more than 8 deep are not read'],
    });
  });

  test('what is no section ends them; no more than the limit', () => {
    expect(
      of(make.section(0x19, BODY), make.section(0x1a, BODY), make.section(0x19, BODY))?.parts,
    ).toHaveLength(1);
    const two = make.sections(make.section(0x19, BODY), make.section(0x19, BODY));
    expect(opened(SECTIONS_FORMAT, two, 1)?.parts).toHaveLength(1);
    expect(opened(SECTIONS_FORMAT, two)?.size).toBe(two.length);
    expect(isOne(SECTIONS_FORMAT, two)).toBe(true);
    expect(isOne(SECTIONS_FORMAT, new Uint8Array(8))).toBe(false);
    expect(isOne(SECTIONS_FORMAT, two.subarray(0, 13))).toBe(false);
  });
});

describe('a volume', () => {
  const RAW = make.firmwareFile(0x11111111, 1, BODY);
  const name = make.section(0x15, make.join(new Uint8Array(Buffer.from('Shell\0', 'utf16le'))));
  const DRIVER = make.firmwareFile(0x22222222, 7, make.sections(make.section(0x10, BODY), name));
  const VENDOR = make.firmwareFile(0x33333333, 0xc0, BODY);
  const volume = make.firmwareVolume([RAW, DRIVER, VENDOR]);

  test('its files at multiples of eight, with their names and sections', () => {
    const content = opened('uefi-volume', volume);
    expect(content?.parts.map(({ name: called, offset, size, raw }) => [called, offset, size, raw])).toEqual([
      ['file:11111111', 72 + 24, 10, true],
      ['file:22222222', 112 + 24, DRIVER.length - 24, undefined],
      [`file:33333333`, 112 + Math.ceil(DRIVER.length / 8) * 8 + 24, 10, undefined],
    ]);
    expect(content?.parts[1]?.title).toMatch(/ Shell$/);
    expect(content?.parts[1]?.parts?.[0]).toMatchObject({ offset: 4, size: 10 });
    expect(content?.parts[0]).not.toHaveProperty('parts');
    expect(content).toMatchObject({ size: volume.length, faults: [] });
  });

  test('sections after the first 4096 of a file are not read, which is reported', () => {
    const file = (count: number): Uint8Array =>
      make.firmwareFile(
        0x66666666,
        7,
        make.sections(...Array.from({ length: count }, () => make.section(0x19, BODY))),
      );
    const read = (count: number) => opened('uefi-volume', make.firmwareVolume([file(count)]));
    expect(read(4096)?.parts[0]?.parts).toHaveLength(4096);
    expect(read(4096)?.faults).toEqual([]);
    expect(read(4097)?.faults).toEqual([
      expect.stringMatching(/^file 66666666-.*: sections after the first 4096 are not read$/),
    ]);
  });

  test('padding and empty files are none, and faults in sections are those of their file', () => {
    const pad = make.firmwareFile(0x44444444, 0xf0, BODY);
    const all = make.firmwareFile(0x44444444, 0, BODY);
    const empty = make.firmwareFile(0x44444444, 1, new Uint8Array(0));
    expect(opened('uefi-volume', make.firmwareVolume([pad, all, empty, RAW]))?.parts).toHaveLength(1);
    const odd = make.firmwareFile(0x55555555, 7, make.section(1, make.join(le(4, 1), u8(9), BODY)));
    expect(opened('uefi-volume', make.firmwareVolume([odd]))?.faults).toEqual([
      expect.stringMatching(/^file 55555555-.*: a section is compressed by the unknown method 9/),
    ]);
  });

  test('a header whose sum fails ends them; state and the sum of the content do not count', () => {
    expect(opened('uefi-volume', changed(volume, 72, u8(0x12)))?.parts).toHaveLength(0);
    expect(opened('uefi-volume', changed(volume, 72 + 17, u8(0x12)))?.parts).toHaveLength(3);
    expect(opened('uefi-volume', changed(volume, 72 + 23, u8(0x12)))?.parts).toHaveLength(3);
    expect(opened('uefi-volume', volume, 2)?.parts).toHaveLength(2);
  });

  test('of a file system that is not known it has no files; cut short it says so', () => {
    const summed = (bytes: Uint8Array): Uint8Array => {
      const copy = changed(bytes, 50, u8(0, 0));
      let sum = 0;
      for (let at = 0; at < 72; at += 2) sum += copy[at]! | (copy[at + 1]! << 8);
      return changed(copy, 50, le(2, (65_536 - (sum & 65_535)) & 65_535));
    };
    expect(opened('uefi-volume', summed(changed(volume, 16, u8(...UNKNOWN))))?.parts).toEqual([]);
    expect(opened('uefi-volume', volume.subarray(0, -1))).toMatchObject({
      size: volume.length - 1,
      faults: ['the volume is truncated'],
    });
    const rows: [string, Uint8Array, boolean][] = [
      ['a volume', volume, true],
      ['a sum that fails', changed(volume, 0, u8(1)), false],
      ['revision 1', summed(changed(volume, 55, u8(1))), true],
      ['revision 3', summed(changed(volume, 55, u8(3))), false],
      ['revision 0', summed(changed(volume, 55, u8(0))), false],
      ['a header of 54 bytes', summed(changed(volume, 48, le(2, 54))), false],
      ['a header of odd size', summed(changed(volume, 48, le(2, 73))), false],
      ['no more than its header', summed(changed(volume, 32, le(8, 72))), false],
      ['cut in its header', volume.subarray(0, 71), false],
    ];
    expect(rows.map(([title, bytes]) => [title, isOne('uefi-volume', bytes)])).toEqual(
      rows.map(([title, , is]) => [title, is]),
    );
    // An extended header (PI 1.8, volume 3, 3.2.1.2): a GUID and a size; files begin behind it.
    const extended = make.placed(
      4096,
      [0, new Uint8Array(4096).fill(0xff)],
      [0, volume.subarray(0, 72)],
      [52, le(2, 72)],
      [72, make.join(u8(...UNKNOWN), le(4, 20))],
      [96, RAW],
    );
    expect(opened('uefi-volume', summed(extended))?.parts.map(({ offset }) => offset)).toEqual([96 + 24]);
    const lying = summed(changed(extended, 88, le(4, 19)));
    expect(opened('uefi-volume', lying)?.parts).toEqual([]);
  });
});

describe('IGVM', () => {
  const PAGE = new Uint8Array(4096).fill(5);
  const OTHER = new Uint8Array(4096).fill(6);
  const platforms = [
    { mask: 1, vtl: 2, type: 1 },
    { mask: 2, vtl: 0, type: 0 },
  ];
  const summed = (bytes: Uint8Array): Uint8Array => {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const [offset, size] = [view.getUint32(8, true), view.getUint32(12, true)];
    const fixed = changed(bytes, 20, le(4, 0)).subarray(0, view.getUint32(4, true) === 1 ? 24 : 32);
    return changed(bytes, 20, le(4, crc32(bytes.subarray(offset, offset + size), crc32(fixed))));
  };

  test('pages of each platform', () => {
    const file = make.igvm(platforms, [
      { address: 0x1000, mask: 1, bytes: PAGE },
      { address: 0x2000, mask: 3, bytes: OTHER },
      { address: 0x3000, mask: 2 },
      { address: 0x4000, mask: 4, bytes: PAGE },
    ]);
    const content = opened('igvm', file);
    expect(content?.memory?.map(({ name, title, extents }) => [name, title, extents])).toEqual([
      [
        'mask=0x1',
        'vsm, highest VTL 2',
        [
          { address: 0x1000, size: 4096, offset: 4096 },
          { address: 0x2000, size: 4096, offset: 8192 },
        ],
      ],
      [
        'mask=0x2',
        'native, highest VTL 0',
        [
          { address: 0x2000, size: 4096, offset: 8192 },
          { address: 0x3000, size: 4096 },
        ],
      ],
    ]);
    expect(content).toMatchObject({
      size: file.length,
      name: 'version 1, x64',
      faults: [],
      onlyMemory: true,
      choices: {
        axis: 'platform',
        list: [
          { name: 'vsm', description: 'highest VTL 2, mask=0x1', parts: ['gpa(mask=0x1)'] },
          { name: 'native', description: 'highest VTL 0, mask=0x2', parts: ['gpa(mask=0x2)'] },
        ],
      },
    });
    expect(opened('igvm', make.igvm(platforms, [], { version: 2 }))?.name).toBe('version 2, arm64');
  });

  test('areas that the host fills in, with what is there first', () => {
    const file = make.igvm(platforms, [], {
      areas: [
        { mask: 1, address: 0x10000, size: 4096, parameter: 0x309 },
        { mask: 2, address: 0x20000, size: 4096, parameter: 0x312, bytes: PAGE },
      ],
    });
    const content = opened('igvm', file);
    expect(content?.memory?.map(({ extents, replaced }) => [extents, replaced])).toEqual([
      [
        [{ address: 0x10000, size: 4096 }],
        [{ address: 0x10000, size: 4096, by: 'the host, as parameter MADT' }],
      ],
      [
        [{ address: 0x20000, size: 4096, offset: 4096 }],
        [{ address: 0x20000, size: 4096, by: 'the host, as parameter DEVICE_TREE' }],
      ],
    ]);
    expect(content?.remarks?.map(({ name, text: words }) => [name, words])).toEqual([
      ['MADT', 'at 0x10000, 4096 bytes, which the host fills in'],
      ['DEVICE_TREE', 'at 0x20000, 4096 bytes, with initial data, which the host replaces'],
    ]);
  });

  test("OpenHCL's command line: a policy, a length and a text, five pages before the SLIT", () => {
    const line = (policy: number, words: string): Uint8Array =>
      make.join(le(2, policy, words.length), text(words));
    const lines = (bytes: Uint8Array, address = 0x5000) =>
      opened(
        'igvm',
        make.igvm(platforms, [{ address, mask: 3, bytes }], {
          areas: [{ mask: 3, address: 0xa000, size: 4096, parameter: 0x30f }],
        }),
      )
        ?.remarks?.filter(({ kind }) => kind === 'command-line')
        .map(({ name, text: words, offset, size, memory }) => [name, words, offset, size, memory]);
    expect(lines(line(0, 'lab=1'))).toEqual([['static', 'lab=1', 4096 + 4, 5, ['mask=0x1', 'mask=0x2']]]);
    expect(lines(line(1, 'lab=1'))?.[0]?.[0]).toBe('the host may append to it');
    for (const [bytes, address] of [
      [line(2, 'lab=1'), 0x5000],
      [line(0, ''), 0x5000],
      [line(0, 'lab\x01'), 0x5000],
      [line(0, 'lab=1'), 0x6000],
      [make.join(le(2, 0, 4093), new Uint8Array(4092).fill(0x61)), 0x5000],
    ] as const)
      expect(lines(bytes, address)).toEqual([]);
    expect(lines(make.join(le(2, 0, 4092), new Uint8Array(4092).fill(0x61)))).toHaveLength(1);
  });

  test('faults', () => {
    const file = make.igvm(platforms, [{ address: 0x1000, mask: 1, bytes: PAGE }]);
    expect(opened('igvm', changed(file, 32, u8(file[32]! ^ 4)))?.faults).toEqual([
      'the checksum of the headers is wrong',
    ]);
    expect(opened('igvm', file.subarray(0, -1))?.faults).toEqual([
      'page data lies outside of the file',
      'the file is truncated',
    ]);
    const size = new DataView(file.buffer).getUint32(12, true);
    expect(opened('igvm', summed(changed(file, 12, le(4, size - 8))))?.faults).toEqual([
      'the headers are truncated or invalid',
    ]);
    // A header that may be passed over has the same meaning where it is known.
    expect(opened('igvm', summed(changed(file, 24, le(4, 0x80000001))))?.memory).toHaveLength(2);
    expect(opened('igvm', summed(changed(file, 24, le(4, 0x90000001))))?.memory).toHaveLength(1);
    const odd = summed(changed(file, 24 + 8 + 5, u8(9)));
    expect(opened('igvm', odd)?.memory?.[0]?.title).toBe('platform 9, highest VTL 2');
    // Only pages of ordinary data are memory.
    const pageAt = 24 + 2 * 24;
    expect(opened('igvm', summed(changed(file, pageAt + 8 + 20, le(2, 1))))?.memory?.[0]?.extents).toEqual(
      [],
    );
  });

  const file = make.igvm(platforms, []);
  const size = new DataView(file.buffer).getUint32(12, true);
  test.each<[string, Uint8Array, boolean]>([
    ['a file', file, true],
    ['version 2', make.igvm(platforms, [], { version: 2 }), true],
    ['version 3', changed(file, 4, le(4, 3)), false],
    ['headers in the fixed one', changed(file, 8, le(4, 23)), false],
    [
      'headers far behind',
      changed(make.join(file, new Uint8Array(70_000)), 8, make.join(le(4, 65_536, size, 80_000))),
      true,
    ],
    [
      'farther',
      changed(make.join(file, new Uint8Array(70_000)), 8, make.join(le(4, 65_537, size, 80_000))),
      false,
    ],
    ['headers that are not all there', changed(file, 12, le(4, file.length - 23, file.length)), false],
    ['headers up to the end', changed(file, 12, le(4, file.length - 24, file.length)), true],
    ['less in all than its headers', changed(file, 16, le(4, 24 + size - 1)), false],
    ['no more', changed(file, 16, le(4, 24 + size)), true],
    ['cut', file.subarray(0, 19), false],
  ])('%s: %s', (_title, bytes, is) => {
    expect(isOne('igvm', bytes)).toBe(is);
  });
});

describe('memory that extents describe', () => {
  const image = accessTo(Uint8Array.from({ length: 64 }, (_, at) => at));
  const runs = (...extents: Parameters<typeof runsOf>[1]) =>
    runsOf(image, extents).map(({ address, access }) => [address, [...access.read(0, access.size)]]);

  test('is in runs without holes, in order', () => {
    expect(
      runs(
        { address: 20, size: 2, offset: 8 },
        { address: 10, size: 2, offset: 1 },
        { address: 12, size: 1, offset: 5 },
      ),
    ).toEqual([
      [10, [1, 2, 5]],
      [20, [8, 9]],
    ]);
    expect(runs({ address: 10, size: 2, offset: 1 }, { address: 12, size: 2 })).toEqual([[10, [1, 2, 0, 0]]]);
    expect(runs({ address: 10, size: 0, offset: 1 })).toEqual([]);
    expect(runs({ address: 0, size: 1 << 20 })).toEqual([]);
    expect(runs({ address: 0, size: (1 << 20) - 1 })[0]?.[0]).toBe(0);
  });

  test('where two lay claim to an address the lower one has it', () => {
    expect(runs({ address: 10, size: 4, offset: 1 }, { address: 12, size: 4, offset: 30 })).toEqual([
      [10, [1, 2, 3, 4, 32, 33]],
    ]);
    expect(runs({ address: 10, size: 4, offset: 1 }, { address: 12, size: 2, offset: 30 })).toEqual([
      [10, [1, 2, 3, 4]],
    ]);
    expect(runs({ address: 10, size: 4, offset: 1 }, { address: 12, size: 3 })).toEqual([
      [10, [1, 2, 3, 4, 0]],
    ]);
  });

  test('is read from anywhere in it, and only there', () => {
    const [run] = runsOf(image, [
      { address: 10, size: 4, offset: 1 },
      { address: 14, size: 3 },
      { address: 17, size: 4, offset: 40 },
      { address: 21, size: 2, offset: 44 },
    ]);
    const { access } = run!;
    const all = [1, 2, 3, 4, 0, 0, 0, 40, 41, 42, 43, 44, 45];
    expect(access.size).toBe(13);
    for (let from = 0; from < 13; from += 1)
      for (let length = 0; length < 15; length += 1)
        expect([from, length, ...access.read(from, length)]).toEqual([
          from,
          length,
          ...all.slice(from, from + length),
        ]);
    expect([access.read(-1, 2).length, access.read(13, 1).length, access.read(2, -1).length]).toEqual([
      0, 0, 0,
    ]);
    expect(run!.imageOffset(0, 4)).toBe(1);
    expect(run!.imageOffset(1, 3)).toBe(2);
    expect(run!.imageOffset(0, 5)).toBeUndefined();
    expect(run!.imageOffset(4, 1)).toBeUndefined();
    expect(run!.imageOffset(7, 4)).toBe(40);
    expect(run!.imageOffset(8, 5)).toBe(41);
    expect(run!.imageOffset(12, 1)).toBe(45);
  });
});
