/** Files that lie beside descriptions of machines and are none. */
import { describe, expect, test } from 'vitest';
import { describesNothing, irrelevance, isPlainText, nameText } from '../../src/artifact/irrelevant.ts';

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));

describe('what a file is by its first bytes', () => {
  // PNG (W3C, 5.2), JPEG (ITU-T T.81, B.1.1.3), GIF87a, BMP, ISO 32000, E-EDID, SMBIOS 3.7 (5.2.1, 5.2.2).
  test.each([
    ['\x89PNG\r\n\x1a\n', 'PNG picture'],
    ['\xff\xd8\xff\xe0', 'JPEG picture'],
    ['GIF87a', 'GIF picture'],
    ['BM\x36\0', 'bitmap'],
    ['%PDF-1.7', 'PDF document'],
    ['\0\xff\xff\xff\xff\xff\xff\0\x0d', 'EDID'],
    ['_SM_\x01', 'SMBIOS entry point'],
    ['_SM3_\x01', 'SMBIOS entry point'],
    [' \x89PNG\r\n', undefined],
    ['\x89PN', undefined],
    ['DSDT', undefined],
    ['', undefined],
  ])('%j: %s', (start, what) => {
    expect(irrelevance('file', bytesOf(start))).toBe(what);
    expect(irrelevance('file', bytesOf(`??${start}`).subarray(2))).toBe(what);
    expect(describesNothing('a.dtb', bytesOf(start))).toBe(what !== undefined || start === '');
  });

  // RFC 4880, 4.2: the first bit of a packet tag is set.
  test.each([
    ['a.sig', '\x88', 'signature'],
    ['a.gpg', '\x80', 'signature'],
    ['a.asc', '\xc2\x01', 'signature'],
    ['a.P7S', '\xff', 'signature'],
    ['a.sig', '\x7f', undefined],
    ['a.sig', '', undefined],
    ['a.sigs', '\x88', undefined],
    ['sig', '\x88', undefined],
    ['a.sig.bin', '\x88', undefined],
  ])('%s with %j: %s', (name, content, what) => {
    expect(irrelevance(name, bytesOf(content))).toBe(what);
  });
});

describe('a text that nothing promises', () => {
  test.each([
    ['README', 'Words.\n', true],
    ['notes.txt', 'Gr\xfc\xdfe\t\v\f\r\n\x1b[0m', true],
    ['README', '', false],
    ['README', 'a\0', false],
    ['README', 'a\x08', false],
    ['README', 'a\x0e', false],
    ['README', 'a\x1a', false],
    ['README', 'a\x1f', false],
    // What is behind the first 64 KiB isn't looked at.
    ['README', `${'a'.repeat(65536)}\0`, true],
    ['README', `${'a'.repeat(65535)}\0`, false],
  ])('%s, %j: %s', (name, content, plain) => {
    expect(isPlainText(name, bytesOf(content))).toBe(plain);
    expect(describesNothing(name, bytesOf(content))).toBe(plain || content === '');
  });

  // A blob may be a text: what a large file is kept by elsewhere, or the words of a server that had none.
  test.each([
    'a.dtb',
    'a.dtbo',
    'dsdt.dat',
    'tables/DSDT',
    'ssdt12',
    'fdt',
    'boot_params',
    'a.dts',
    'a.dtsi',
    // An overlay's source, as the kernel names it (scripts/Makefile.dtbs).
    'a.dtso',
    'a.DTS',
    'a.asl',
    'a.dsl',
    'a.aml',
    'a.config',
    'a.log',
    'a.dmesg',
    'a.txt.gz',
    '.config',
    'b/.config',
    'config-6.1.0-9-amd64',
    'b/config-6',
    'dmesg',
    'dmesg.1',
    'b/iomem',
    'iomem.txt',
    'lspci-vv',
  ])('by the name %s somebody says that it describes a machine', (name) => {
    expect(isPlainText(name, bytesOf('Words.\n'))).toBe(false);
    expect(describesNothing(name, bytesOf('Words.\n'))).toBe(false);
    expect(describesNothing(name, bytesOf(''))).toBe(true);
  });

  test.each([
    'a.dtsx',
    'dts',
    'my-dmesg',
    'config',
    'configuration',
    'a.config.md',
    'a.txt',
    'dsdt.txt',
    'my-fdt',
  ])('by the name %s nobody does', (name) => {
    expect(isPlainText(name, bytesOf('Words.\n'))).toBe(true);
  });
});

test.each([
  ['plain', 'plain'],
  ['Ger\xc3\xa4t', 'Gerät'],
  ['Ger\xe4t', 'Ger\xe4t'],
  ['\xef\xbf', '\xef\xbf'],
])('the name %j reads %j', (latin1, name) => {
  expect(nameText(latin1)).toBe(name);
});
