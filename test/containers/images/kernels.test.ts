/** Kernels, programs and core files: what their headers say, and what is none. Fields are those that the readers' sources name. */
import { describe, expect, test } from 'vitest';
import * as make from '../make-images.ts';
import { changed, isOne, opened, partsOf } from './opened.ts';

const { be, le, text, u8 } = make;
const gz = make.gz(new Uint8Array(100));

describe('bzImage', () => {
  const image = make.bzImage(gz);
  const code = 1024;

  test('its kernel, its release and the stream in it', () => {
    const content = opened('bzimage', image);
    expect(partsOf(content)).toEqual([['gzip', code, gz.length, 'gzip']]);
    expect(content).toMatchObject({
      size: image.length,
      name: '6.6.10-lab (a@b) #1',
      faults: [],
      kernel: { architecture: 'x86_64', size: image.length, release: '6.6.10-lab' },
    });
  });

  test.each<[string, Uint8Array, object]>([
    ['four sectors of setup where the field is 0', changed(image, 0x1f1, u8(0)), { size: image.length }],
    ['32 bits by its flags', changed(image, 0x236, le(2, 2)), { kernel: { architecture: 'i686' } }],
    ['32 bits before 2.12', changed(image, 0x206, le(2, 0x20b)), { kernel: { architecture: 'i686' } }],
    ['64 bits from 2.12 on', changed(image, 0x206, le(2, 0x20c)), { kernel: { architecture: 'x86_64' } }],
    ['without a payload before 2.8', changed(image, 0x206, le(2, 0x207)), { parts: [] }],
    ['with one from 2.8 on', changed(image, 0x206, le(2, 0x208)), { parts: [{ offset: code }] }],
    ['without one where its length is 0', changed(image, 0x24c, le(4, 0)), { parts: [] }],
    [
      'with one behind the start of the code',
      changed(image, 0x248, le(4, 16)),
      { parts: [{ offset: code + 16 }] },
    ],
    [
      'with one that is longer than the file',
      changed(image, 0x24c, le(4, 0xffff)),
      { parts: [{ offset: code, size: image.length - code }] },
    ],
    [
      'a version that begins with no number',
      changed(image, 0x300, text('v6')),
      { name: 'v66.10-lab (a@b) #1' },
    ],
  ])('%s', (_title, bytes, expected) => {
    expect(opened('bzimage', bytes)).toMatchObject(expected);
  });

  test('no kernel that is loaded low, no name without a pointer, no release without a number', () => {
    expect(opened('bzimage', changed(image, 0x211, u8(0x80)))).not.toHaveProperty('kernel');
    expect(opened('bzimage', changed(image, 0x20e, le(2, 0)))).not.toHaveProperty('name');
    expect(opened('bzimage', changed(image, 0x300, text('v6')))?.kernel).not.toHaveProperty('release');
  });

  test('cut short: more than the last sixteen bytes are missing', () => {
    const whole = make.bzImage(new Uint8Array(256));
    expect(opened('bzimage', whole.subarray(0, -16))?.faults).toEqual([]);
    expect(opened('bzimage', whole.subarray(0, -17))?.faults).toEqual(['the kernel is truncated']);
  });

  test.each<[string, Uint8Array, boolean]>([
    ['a kernel', image, true],
    ['another boot flag', changed(image, 0x1fe, u8(0x54)), false],
    ['another magic', changed(image, 0x205, u8(0)), false],
    ['signed by a loader', changed(image, 0x210, u8(0x72)), false],
    ['protocol 2.00', changed(image, 0x206, le(2, 0x200)), true],
    ['protocol 1.ff', changed(image, 0x206, le(2, 0x1ff)), false],
    ['protocol 2.ff', changed(image, 0x206, le(2, 0x2ff)), true],
    ['protocol 3.00', changed(image, 0x206, le(2, 0x300)), false],
    ['63 sectors', changed(image, 0x1f1, u8(63)), true],
    ['64 sectors', changed(image, 0x1f1, u8(64)), false],
    ['no code', changed(image, 0x1f4, le(4, 0)), false],
    ['cut in its version', image.subarray(0, 0x207), false],
  ])('%s: %s', (_title, bytes, is) => {
    expect(isOne('bzimage', bytes)).toBe(is);
  });
});

describe('flat images', () => {
  const image = make.arm64Image(new Uint8Array(1000));
  const riscv = changed(image, 56, text('RSC\x05'));

  test('are as long as the file where they say more', () => {
    expect(opened('arm64-image', image)).toEqual({
      size: 1064,
      parts: [],
      faults: [],
      kernel: { architecture: 'aarch64', size: 1064 },
    });
    expect(opened('riscv-image', changed(riscv, 16, le(8, 500)))).toMatchObject({
      size: 500,
      kernel: { architecture: 'riscv64', size: 500 },
    });
  });

  test.each<[string, string, Uint8Array, boolean]>([
    ['arm64-image', 'an image', image, true],
    ['riscv-image', 'an image', riscv, true],
    ['riscv-image', 'of arm64', image, false],
    ['arm64-image', 'smaller than its header', changed(image, 16, le(8, 63)), false],
    ['arm64-image', 'as large as that', changed(image, 16, le(8, 64)), true],
    ['arm64-image', 'of 1 GiB', changed(image, 16, le(8, 2 ** 30)), true],
    ['arm64-image', 'of more', changed(image, 16, le(8, 2 ** 30 + 1)), false],
    ['arm64-image', 'just below 1 GiB', changed(image, 8, le(8, 2 ** 30 - 1)), true],
    ['arm64-image', 'at 1 GiB', changed(image, 8, le(8, 2 ** 30)), false],
    ['arm64-image', 'with a reserved word', changed(image, 40, u8(1)), false],
    ['arm64-image', 'cut', image.subarray(0, 59), false],
  ])('%s %s: %s', (format, _title, bytes, is) => {
    expect(isOne(format, bytes)).toBe(is);
  });
});

describe('zImage', () => {
  // arch/arm/boot/compressed/head.S: start and end at 0x28 and 0x2c, the mark of the byte order at 0x30.
  const image = make.zimage(new Uint8Array(200));
  const unmarked = changed(image, 0x30, le(4, 0));
  /** LZMA as kernels have it: properties 5d, a dictionary of 8 MiB, the size not said, the first byte of the stream. */
  const LZMA = make.join(u8(0x5d, 0, 0, 0x80, 0), new Uint8Array(8).fill(0xff), new Uint8Array(5));

  test('is as long as it says, or as the file', () => {
    expect(opened('zimage', image)).toEqual({
      size: 264,
      parts: [],
      mayBegin: [],
      faults: [],
      kernel: { architecture: 'armv7l', size: 264 },
    });
    expect(opened('zimage', changed(image, 0x28, le(4, 64)))?.size).toBe(200);
    expect(opened('zimage', image.subarray(0, 263))).toMatchObject({
      size: 263,
      faults: ['the kernel is truncated'],
    });
  });

  test('LZMA may begin wherever its header does, at eight places at most', () => {
    const at = (...places: readonly number[]) =>
      places.reduce((bytes, place) => changed(bytes, place, LZMA), make.zimage(new Uint8Array(1000)));
    const begins = (bytes: Uint8Array) => opened('zimage', bytes)?.mayBegin?.map(({ offset }) => offset);
    expect(begins(at(100, 300))).toEqual([100, 300]);
    expect(begins(changed(at(100, 300), 113, u8(1)))).toEqual([300]);
    const many = Array.from({ length: 9 }, (_, index) => 100 + index * 50);
    expect(begins(at(...many))).toEqual(many.slice(0, 8));
  });

  test.each<[string, Uint8Array, boolean]>([
    ['with a mark', image, true],
    ['without one, whole', unmarked, true],
    ['without one, cut', unmarked.subarray(0, -1), false],
    ['without one, not from 0', changed(unmarked, 0x28, le(4, 1)), false],
    ['with a mark, cut', image.subarray(0, 60), true],
    ['of no bytes', changed(image, 0x2c, le(4, 0)), false],
    ['of 1 GiB', changed(image, 0x2c, le(4, 2 ** 30)), true],
    ['of more', changed(image, 0x2c, le(4, 2 ** 30 + 1)), false],
    ['without its end', image.subarray(0, 0x2f), false],
  ])('%s: %s', (_title, bytes, is) => {
    expect(isOne('zimage', bytes)).toBe(is);
  });
});

describe('an EFI program that unpacks a kernel', () => {
  const image = make.zboot(gz, 'gzip');
  test('has it at a place', () => {
    expect(partsOf(opened('efi-zboot', image))).toEqual([['gzip', 128, gz.length, 'gzip']]);
    expect(opened('efi-zboot', image)).toMatchObject({ size: image.length, name: 'gzip', faults: [] });
    const cut = opened('efi-zboot', image.subarray(0, -1));
    expect([partsOf(cut), cut?.faults]).toEqual([
      [['gzip', 128, gz.length - 1, 'gzip']],
      ['the kernel is truncated'],
    ]);
    expect(opened('efi-zboot', changed(image, 8, le(4, image.length)))).toBeUndefined();
    expect(opened('efi-zboot', changed(image, 8, le(4, image.length - 1)))).toBeDefined();
    expect(partsOf(opened('efi-zboot', changed(image, 128, u8(0))))).toEqual([['payload', 128, gz.length]]);
  });

  test.each<[string, Uint8Array, boolean]>([
    ['gzip', image, true],
    ...['lz4', 'lzma', 'lzo', 'xzkern', 'zstd', 'zstd22'].map((type): [string, Uint8Array, boolean] => [
      type,
      make.zboot(gz, type),
      true,
    ]),
    ['another name', make.zboot(gz, 'zip'), false],
    ['another beginning', changed(image, 1, text('?')), false],
    ['of no bytes', changed(image, 12, le(4, 0)), false],
  ])('%s: %s', (_title, bytes, is) => {
    expect(isOne('efi-zboot', bytes)).toBe(is);
  });
});

describe('ELF', () => {
  const A = new Uint8Array(100).fill(1);
  const B = new Uint8Array(50).fill(2);
  const program = make.elf(
    2,
    [],
    [
      { name: '.text', bytes: A },
      { name: '.data', bytes: B },
    ],
  );
  const core = make.elf(4, [
    { address: 0x1000, bytes: A },
    { address: 0x9000, bytes: B },
    { address: 0, bytes: make.text('x\nOSRELEASE=6.1.0-lab\nPAGESIZE=4096\n'), kind: 4 },
  ]);

  test('a program has its sections', () => {
    const content = opened('elf', program);
    const names = '\0.text\0.data\0.shstrtab\0';
    expect(partsOf(content)).toEqual([
      ['.text', 64, 100],
      ['.data', 164, 50],
      ['.shstrtab', 214, names.length],
    ]);
    expect(content).toMatchObject({ size: program.length, faults: [], program: { architecture: 'x86_64' } });
    // The first section's header is empty; sizes of 0 and sections that are nowhere in the file are none.
    const table = program.length - 4 * 64;
    expect(partsOf(opened('elf', changed(program, table + 64 + 4, le(4, 8))))?.[0]?.[0]).toBe('.data');
    expect(partsOf(opened('elf', changed(program, table + 64 + 32, le(8, 0))))?.[0]?.[0]).toBe('.data');
    expect(partsOf(opened('elf', changed(program, table + 64, le(4, 0))))?.[0]?.[0]).toBe('section 1');
  });

  test.each([
    [3, 'i686'],
    [40, 'armv7l'],
    [62, 'x86_64'],
    [183, 'aarch64'],
    [243, 'riscv64'],
  ])('machine %i is %s', (machine, architecture) => {
    expect(opened('elf', changed(program, 18, le(2, machine)))?.program).toEqual({ architecture });
  });

  test('another machine is no kernel of one that is known', () => {
    expect(opened('elf', changed(program, 18, le(2, 1)))).not.toHaveProperty('program');
  });

  test('a core file is memory, with the release of its kernel', () => {
    const at = 64 + 3 * 56;
    const content = opened('elf', core);
    expect(content).toEqual({
      size: core.length,
      faults: [],
      parts: [],
      memory: [
        {
          name: '',
          format: 'memory',
          physical: true,
          extents: [
            { address: 0x1000, size: 100, offset: at },
            { address: 0x9000, size: 50, offset: at + 100 },
          ],
        },
      ],
      onlyMemory: true,
      remarks: [
        {
          kind: 'kernel-release',
          text: '6.1.0-lab',
          offset: at + 150 + 2,
          size: 'OSRELEASE=6.1.0-lab\n'.length,
        },
      ],
    });
  });

  test("a process' core has no physical addresses, and is no memory of a machine", () => {
    const process = make.elf(4, [
      { address: 0, bytes: A },
      { address: 0, bytes: B },
    ]);
    expect(opened('elf', process)).not.toHaveProperty('memory');
    expect(opened('elf', make.elf(4, [{ address: 0, bytes: A }]))?.memory?.[0]?.extents).toHaveLength(1);
    const oneAbove = make.elf(4, [
      { address: 0, bytes: A },
      { address: 5, bytes: B },
    ]);
    expect(opened('elf', oneAbove)?.memory?.[0]?.extents).toHaveLength(2);
  });

  test('cut short: what is there counts', () => {
    const one = make.elf(4, [{ address: 0x1000, bytes: A }]);
    expect(opened('elf', one.subarray(0, -1))).toMatchObject({
      size: one.length - 1,
      faults: ['the file is truncated'],
      memory: [{ extents: [{ address: 0x1000, size: 99 }] }],
    });
    expect(opened('elf', program.subarray(0, program.length - 1))?.faults).toEqual(['the file is truncated']);
    // Headers that are not all there are not read.
    expect(opened('elf', one.subarray(0, 64 + 55))?.memory?.[0]?.extents).toEqual([]);
    expect(opened('elf', core, 1)?.memory?.[0]?.extents).toHaveLength(1);
  });

  test('the number of segments where the field is too small for it', () => {
    // PN_XNUM (gABI): sh_info of the first section's header, 44 bytes into it, has the number.
    const many = make.join(
      changed(changed(core, 56, le(2, 0xffff)), 40, le(8, core.length)),
      changed(new Uint8Array(64), 44, le(4, 2)),
    );
    expect(opened('elf', many)?.memory?.[0]?.extents).toHaveLength(2);
    const fewer = changed(many, core.length + 44, le(4, 1));
    expect(opened('elf', fewer)?.memory?.[0]?.extents).toHaveLength(1);
  });

  test('32 bits, of either order of bytes', () => {
    // gABI, figure 4-3 and 5-1: fields of 4 bytes; a program header of 32 bytes, a section header of 40.
    const of = (big: boolean): Uint8Array => {
      const four = (...values: number[]) => (big ? be(...values) : le(4, ...values));
      const two = (...values: number[]) =>
        make.join(...values.map((value) => (big ? u8(value >> 8, value & 255) : le(2, value))));
      return make.join(
        u8(0x7f, 0x45, 0x4c, 0x46, 1, big ? 2 : 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        two(4, 20),
        four(1, 0, 52, 0, 0),
        two(52, 32, 1, 40, 0, 0),
        four(1, 84, 0, 0x2000, 10, 10, 0, 0),
        A.subarray(0, 10),
      );
    };
    for (const big of [false, true]) {
      expect(isOne('elf', of(big))).toBe(true);
      expect(opened('elf', of(big))).toMatchObject({
        size: 94,
        memory: [{ extents: [{ address: 0x2000, size: 10, offset: 84 }] }],
      });
    }
  });

  test.each<[string, Uint8Array, boolean]>([
    ['a program', program, true],
    ['no magic', changed(program, 3, u8(0x47)), false],
    ['class 1', changed(program, 4, u8(1)), true],
    ['class 3', changed(program, 4, u8(3)), false],
    ['class 0', changed(program, 4, u8(0)), false],
    ['order 3', changed(program, 5, u8(3)), false],
    ['version 2 of the identification', changed(program, 6, u8(2)), false],
    ['version 2', changed(program, 20, le(4, 2)), false],
    ['19 bytes', program.subarray(0, 19), false],
  ])('%s: %s', (_title, bytes, is) => {
    expect(isOne('elf', bytes)).toBe(is);
  });
});

describe('PE', () => {
  const image = make.pe([
    { name: '.text', bytes: new Uint8Array(100) },
    { name: '.rsrc', bytes: new Uint8Array(50) },
  ]);
  const table = 0x80 + 24;

  test('its sections', () => {
    expect(partsOf(opened('pe', image))).toEqual([
      ['.text', table + 80, 100],
      ['.rsrc', table + 180, 50],
    ]);
    expect(opened('pe', image)).toMatchObject({ size: image.length, faults: [] });
    // With an optional header in front of the table.
    const optional = make.join(
      changed(image.subarray(0, table), 0x80 + 20, le(2, 8)),
      new Uint8Array(8),
      image.subarray(table),
    );
    expect(partsOf(opened('pe', optional))?.map(([name]) => name)).toEqual(['.text', '.rsrc']);
    // What is stored nowhere is no part.
    expect(partsOf(opened('pe', changed(image, table + 16, le(4, 0))))?.map(([name]) => name)).toEqual([
      '.rsrc',
    ]);
    expect(partsOf(opened('pe', changed(image, table + 20, le(4, 0))))?.map(([name]) => name)).toEqual([
      '.rsrc',
    ]);
    expect(opened('pe', image.subarray(0, -60))?.size).toBe(image.length - 60);
  });

  test('sections: some, 96 at most, all of whose headers are there', () => {
    expect(opened('pe', changed(image, 0x86, le(2, 0)))).toBeUndefined();
    expect(opened('pe', changed(make.join(image, new Uint8Array(5000)), 0x86, le(2, 96)))).toBeDefined();
    expect(opened('pe', changed(make.join(image, new Uint8Array(5000)), 0x86, le(2, 97)))).toBeUndefined();
    expect(opened('pe', image.subarray(0, table + 40 + 23))).toBeUndefined();
    expect(opened('pe', image.subarray(0, table + 40 + 24))).toBeDefined();
  });

  test.each<[string, Uint8Array, boolean]>([
    ['a program', image, true],
    ['another signature', changed(image, 0x83, u8(1)), false],
    ['a signature elsewhere', changed(image, 0x3c, le(4, 0x81)), false],
    ['one at 4 KiB', make.placed(4200, [0x3c, le(4, 4096)], [4096, text('PE\0\0')]), true],
    ['one behind that', make.placed(4200, [0x3c, le(4, 4097)], [4097, text('PE\0\0')]), false],
    ['63 bytes', image.subarray(0, 63), false],
  ])('%s: %s', (_title, bytes, is) => {
    expect(isOne('pe', bytes)).toBe(is);
  });
});
