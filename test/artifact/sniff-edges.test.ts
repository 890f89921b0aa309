/** What tells one kind from another, on both sides of each edge. */
import { describe, expect, test } from 'vitest';
import {
  foreignSystem,
  hasMemoryMap,
  isMail,
  looksLikeText,
  Probe,
  sniffKind,
} from '../../src/artifact/sniff.ts';

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
const kindOf = (text: string): string | undefined => sniffKind(bytesOf(text));

describe('text', () => {
  // Up to one control character in fifty bytes that texts don't have.
  test.each([
    ['', false],
    ['a', true],
    ['\t\n\v\f\r\x1b', true],
    ['\0', false],
    [`${'a'.repeat(49)}\0`, true],
    [`${'a'.repeat(48)}\0`, false],
    [`${'a'.repeat(98)}\0\x1f`, true],
    [`${'a'.repeat(97)}\0\x08`, false],
    [`${'a'.repeat(48)} `, true],
    // What is behind the first 4 KiB isn't looked at.
    [`${'a'.repeat(4096)}${'\0'.repeat(4096)}`, true],
  ])('%#', (text, is) => {
    expect(looksLikeText(bytesOf(text))).toBe(is);
  });
});

describe('a probe', () => {
  test('gives lines that are not blank, without blanks at their ends, the first 400', () => {
    expect(new Probe(bytesOf('a \n\n \r\n  b\r\nc')).lines).toEqual(['a', '  b', 'c']);
    expect(new Probe(bytesOf('\n')).lines).toEqual([]);
    expect(new Probe(bytesOf('x\n'.repeat(500))).lines).toHaveLength(400);
  });

  test('gives the share of lines that match', () => {
    expect(new Probe(bytesOf('a1\nb\na2\nc\n')).share(/^a/)).toBe(0.5);
    expect(new Probe(bytesOf('')).share(/^/)).toBe(0);
  });

  test('reads a number where it is all there', () => {
    const probe = new Probe(bytesOf('??\x01\x02\x03\x04').subarray(2));
    expect([probe.u32(0), probe.u32(1)]).toEqual([0x04030201, undefined]);
    expect([probe.ascii(1, 2), probe.contains('\x03\x04'), probe.contains('??')]).toEqual([
      '\x02\x03',
      true,
      false,
    ]);
  });

  test('takes blanks that do not break for blanks, and a blob for no text', () => {
    expect(new Probe(new Uint8Array(Buffer.from('a\u00a0b'))).text).toBe('a b');
    expect([new Probe(bytesOf('a\0\0\0')).text, new Probe(bytesOf('a\0\0\0')).code]).toEqual(['', '']);
    expect(new Probe(bytesOf('??a\n').subarray(2)).text).toBe('a\n');
    expect(new Probe(bytesOf('??// one\nb').subarray(2)).code).toBe('b');
  });
});

describe('an ACPI table', () => {
  /** ACPI 6.5, 5.2.6: signature, length, revision, checksum; the sum of all bytes is zero. */
  function table(
    signature: string,
    length: number,
    size: number,
    sum: 'right' | 'wrong' = 'right',
  ): Uint8Array {
    const bytes = new Uint8Array(size);
    bytes.set(bytesOf(signature));
    new DataView(bytes.buffer).setUint32(4, length, true);
    const total = bytes.subarray(0, length).reduce((all, byte) => all + byte, 0);
    bytes[9] = ((256 - (total & 255)) & 255) ^ (sum === 'right' ? 0 : 1);
    return bytes;
  }

  test.each<[string, Uint8Array, boolean]>([
    ['of a known signature', table('DSDT', 36, 36), true],
    ['of a known signature with a wrong sum', table('DSDT', 36, 36, 'wrong'), true],
    ['of a known signature, cut short', table('DSDT', 400, 40), true],
    ['of a known signature, less than a header', table('DSDT', 36, 35), false],
    ['of an unknown signature with a right sum', table('AB_!', 40, 40), true],
    ['of an unknown signature with a right sum and more behind', table('AB9!', 40, 400), true],
    ['of an unknown signature with a wrong sum', table('AB_!', 40, 40, 'wrong'), false],
    ['of an unknown signature, cut short', table('AB_!', 41, 40), false],
    ['of an unknown signature that is shorter than a header', table('AB_!', 35, 40), false],
    ['with small letters', table('dsdt', 36, 36), false],
    ['FACS of 64 bytes', table('FACS', 64, 64), true],
    ['FACS of fewer', table('FACS', 63, 64), false],
    ['FACS that is cut', table('FACS', 65, 64), false],
    ['RSDP', bytesOf('RSD PTR '), true],
    ['nearly an RSDP', bytesOf('RSD PTR?'), false],
    ['seven bytes', bytesOf('DSDT\x24\0\0'), false],
  ])('%s', (_title, bytes, is) => {
    expect(sniffKind(bytes) === 'acpi-table').toBe(is);
  });

  test('words that begin as one are a text', () => {
    expect(kindOf('DSDT of the machine, as it was dumped last week.\n')).toBeUndefined();
  });
});

describe('a zero page', () => {
  // Documentation/arch/x86/zero-page.rst: e820_entries at 0x1e8, e820_table at 0x2d0, 20 bytes each (address, size, type).
  function page(entries: readonly (readonly [bigint, bigint, number])[], count = entries.length): Uint8Array {
    const bytes = new Uint8Array(4096);
    bytes[0x1e8] = count;
    const view = new DataView(bytes.buffer);
    for (const [index, [address, size, type]] of entries.entries()) {
      view.setBigUint64(0x2d0 + index * 20, address, true);
      view.setBigUint64(0x2d8 + index * 20, size, true);
      view.setUint32(0x2e0 + index * 20, type, true);
    }
    return bytes;
  }
  const RAM = [0n, 0x9fc00n, 1] as const;
  const RESERVED = [0x9fc00n, 0x400n, 2] as const;

  test.each<[string, Uint8Array, boolean]>([
    ['a map of RAM and what is reserved', page([RAM, RESERVED]), true],
    ['the second entry is RAM', page([RESERVED, RAM]), true],
    ['no RAM', page([RESERVED]), false],
    ['RAM of no bytes', page([[0n, 0n, 1]]), false],
    ['no entries', page([RAM], 0), false],
    ['128 entries', page(Array.from({ length: 128 }, () => RAM)), true],
    ['129', page(Array.from({ length: 129 }, () => RAM)), false],
    ['an unknown type', page([RAM, [0n, 1n, 6]]), false],
    ['type 0, behind the last entry', page([RAM], 2), false],
    [
      'every known type',
      page([RAM, ...[2, 3, 4, 5, 7, 12, 0xefffffff].map((type) => [0n, 1n, type] as const)]),
      true,
    ],
    ['an end at 2^52', page([[1n << 51n, 1n << 51n, 1]]), true],
    ['an end behind 2^52', page([[1n << 51n, (1n << 51n) + 1n, 1]]), false],
    ['less than a page', page([RAM]).subarray(0, 4095), false],
  ])('%s', (_title, bytes, is) => {
    expect(hasMemoryMap(bytes)).toBe(is);
    const inside = new Uint8Array(bytes.length + 3);
    inside.set(bytes, 3);
    expect(hasMemoryMap(inside.subarray(3))).toBe(is);
    expect(sniffKind(bytes) === 'boot-params').toBe(is);
  });

  const marked = (size: number, at: number, mark: string): Uint8Array => {
    const bytes = new Uint8Array(size);
    bytes.set(bytesOf(mark), at);
    return bytes;
  };
  test.each<[string, Uint8Array, string | undefined]>([
    ['HdrS in a page', marked(4096, 0x202, 'HdrS'), 'boot-params'],
    ['HdrS in as much as has it', marked(0x268, 0x202, 'HdrS'), 'boot-params'],
    ['HdrS in less', marked(0x267, 0x202, 'HdrS'), undefined],
    ['HdrS in two pages', marked(8192, 0x202, 'HdrS'), 'boot-params'],
    ['HdrS in more: a kernel', marked(8193, 0x202, 'HdrS'), 'image'],
    ['EL32', marked(4096, 0x1c0, 'EL32'), 'boot-params'],
    ['EL64', marked(4096, 0x1c0, 'EL64'), 'boot-params'],
    ['EL65', marked(4096, 0x1c0, 'EL65'), undefined],
    ['EL64 in more', marked(8193, 0x1c0, 'EL64'), undefined],
    ['HdrS elsewhere', marked(4096, 0x203, 'HdrS'), undefined],
  ])('%s: %s', (_title, bytes, kind) => {
    expect(sniffKind(bytes)).toBe(kind);
  });

  /** include/uapi/linux/screen_info.h: orig_video_isVGA at 0x0f; 0x3e and 0x3f are reserved. */
  function screen(type: number, size = 64, last = 0, beforeLast = 0): Uint8Array {
    const bytes = new Uint8Array(size);
    bytes[0x0f] = type;
    bytes[0x3f] = last;
    bytes[0x3e] = beforeLast;
    return bytes;
  }
  test.each<[string, Uint8Array, boolean]>([
    ['EFI', screen(0x70), true],
    ['VESA', screen(0x23), true],
    ['text', screen(0x01), true],
    ['no type', screen(0), false],
    ['an unknown type', screen(0x24), false],
    ['a byte more', screen(0x70, 65), false],
    ['a reserved byte that is set', screen(0x70, 64, 1), false],
    ['the other', screen(0x70, 64, 0, 1), false],
  ])('a screen_info of %s', (_title, bytes, is) => {
    expect(sniffKind(bytes) === 'boot-params').toBe(is);
  });
});

describe('a kernel image', () => {
  test.each([
    ['\x7fELF\0\0\0\0vermagic=6.1', 'image'],
    ['\x7fELF\0\0\0\0Linux version 6.1', 'image'],
    ['\x7fELF\0\0\0\0', undefined],
    ['\0ELF\0\0\0\0vermagic=6.1', undefined],
    ['\0\0\0\0IKCFG_ST\x1f\x8b\x08', 'image'],
    ['\0\0\0\0IKCFG_ST\0\0\0', undefined],
  ])('%j: %s', (text, kind) => {
    expect(kindOf(text)).toBe(kind);
  });
});

describe('a mail', () => {
  // RFC 5322, 2.2: a field is a name, a colon and a body; 2.2.3: lines that begin with a blank go on.
  test.each([
    ['From: a\nTo: b\nSubject: c\n', true],
    ['From: a\nTo: b\nSubject: c', true],
    ['From: a\nTo: b\n', false],
    ['From: a\nTo: b\n\nSubject: c\n', false],
    ['From: a\nTo: b\nwords\nSubject: c\n', false],
    ['From: a,\n b,\n\tc\nX-Other: d\nTo: e\nCc: f\n', true],
    ['From: a\n \nTo: b\nSubject: c\n', false],
    ['From a@b Tue May 20\nFrom: a\nTo: b\nCc: c\n', true],
    ['\nFrom: a\nTo: b\nCc: c\n', false],
    ['from: a\nDATE: b\nMessage-ID:\tc\n', true],
    ['From:a\nTo:b\nCc:c\n', false],
    [`${'X-A: b\n'.repeat(397)}From: a\nTo: b\nCc: c\n`, true],
    [`${'X-A: b\n'.repeat(398)}From: a\nTo: b\nCc: c\n`, false],
  ])('%#', (text, is) => {
    expect(isMail(text)).toBe(is);
  });
});

test.each([
  ['FreeBSD 14.0-RELEASE', 'FreeBSD'],
  ['x\nCopyright (c) 1992-2023 The FreeBSD Project.', 'FreeBSD'],
  ['OpenBSD 7.4 (GENERIC)', 'OpenBSD'],
  ['NetBSD 9.3 (GENERIC)', 'NetBSD'],
  ['DragonFly v6.4', 'DragonFly BSD'],
  ['SunOS Release 5.11', 'illumos'],
  ['[    0.0] Linux version 6.1', undefined],
  ['I use FreeBSD 14.0-RELEASE', undefined],
])('the log that begins %j is of %s', (text, system) => {
  expect(foreignSystem(text)).toBe(system);
  if (system !== undefined) expect(kindOf(`${text}\n`)).toBe('dmesg');
});

describe('a log or a list of what it prints', () => {
  const stamped = (text: string): string => `[    0.100000] ${text}`;
  const BUS = 'pci_bus 0000:00: root bus resource [mem 0xf8000000-0xfffbffff window]';
  test.each([
    ['stamped lines', [stamped('a'), stamped('b')], 'dmesg'],
    ['one among others', [stamped('a'), 'words', 'words'], undefined],
    ['half of the lines', [stamped('a'), 'words'], undefined],
    ['more than half', [stamped('a'), stamped('b'), 'words'], 'dmesg'],
    ['nothing but resources', [stamped(BUS), stamped(BUS)], 'crs-text'],
    ['resources and one line more', [stamped(BUS), stamped('a')], 'dmesg'],
    ['messages of boot without stamps', ['hv_vmbus: Vmbus version:5.3', 'DMI: x'], 'dmesg'],
    ['half of them', ['hv_vmbus: Vmbus version:5.3', 'x'], undefined],
    ['a banner and more', ['Linux version 6.1.0', 'x', 'y'], 'dmesg'],
    ['a tenth of resources', [BUS, ...Array.from({ length: 9 }, () => 'x')], undefined],
    ['more than that', [BUS, ...Array.from({ length: 8 }, () => 'x')], 'crs-text'],
    ['what acpiexec prints', ['x', 'Device: \\_SB.A', 'Evaluating _CRS', ...'abcdefghijklmnop'], 'crs-text'],
  ])('%s', (_title, lines, kind) => {
    expect(kindOf(`${lines.join('\n')}\n`)).toBe(kind);
  });
});

describe('a configuration and a listing are most of their lines', () => {
  test.each([
    [['CONFIG_A=y', '# CONFIG_B is not set', '# x', 'CONFIG_C=m', 'CONFIG_D=1'], 'kconfig'],
    [['CONFIG_A=y', 'CONFIG_B=y', 'CONFIG_C=y', 'CONFIG_D=y', 'x'], undefined],
    [['# only', '# comments'], undefined],
    [
      ['00001000-0009fbff : a', '00001000-0009fbff : b', '  00001000-0009fbff : c', '00001000-0009fbff : d'],
      'iomem',
    ],
    [
      [
        '00001000-0009fbff : a',
        '00001000-0009fbff : b',
        '00001000-0009fbff : c',
        '00001000-0009fbff : d',
        'x',
      ],
      undefined,
    ],
  ])('%#: %s', (lines, kind) => {
    expect(kindOf(`${lines.join('\n')}\n`)).toBe(kind);
  });
});

describe('bytes of a resource template', () => {
  // ACPI 6.5, table 6.27: 0x22 is an IRQ descriptor of two bytes, 0x47 I/O, 0x79 the end; table 6.40: 0x81 to 0x93 are large
  // descriptors, 0x83 is not one (its number is 0x03, "reserved").
  test.each([
    ['22 10 00 79 00', true],
    ['47 01 f8 0c f8 0c 01 08 79 00', true],
    ['86 09 00 01', true],
    ['81 09 00 01', true],
    ['93 09 00 01', true],
    ['83 09 00 01', false],
    ['80 09 00 01', false],
    ['94 09 00 01', false],
    ['21 10 00', false],
    ['0x47, 0x01, 0xf8', true],
    ['00000000: 4701 f80c f80c 0108', true],
    ['00000010: 2201', true],
    ['0000000 47 01 f8 0c', true],
    ['words\n47 01\n47 01', true],
    ['words\nwords\nwords\n47 01', false],
  ])('%j: %s', (text, is) => {
    expect(kindOf(`${text}\n`) === 'crs-hex').toBe(is);
  });
});
