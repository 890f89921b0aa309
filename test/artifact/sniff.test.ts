import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ArtifactKind, KINDS as KIND_ROWS } from '../../src/artifact/kinds.ts';
import { SNIFF_ROWS, sniffKind } from '../../src/artifact/sniff.ts';
import { hintOf, messageOf } from '../../src/findings/finding.ts';
import { openAt, openText } from './open.ts';

function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

/** A table header (ACPI 6.5, 5.2.6) of 36 bytes, checksummed. */
function table(signature: string, length = 36): Uint8Array {
  const made = new Uint8Array(length);
  made.set(Buffer.from(signature, 'latin1'));
  new DataView(made.buffer).setUint32(4, length, true);
  made[8] = 2;
  made[9] = (0x100 - (made.reduce((sum, byte) => sum + byte, 0) & 0xff)) & 0xff;
  return made;
}

function zeroPage(loader: string): Uint8Array {
  const page = new Uint8Array(4096);
  if (loader === 'HdrS') page.set(Buffer.from(loader), 0x202);
  else page.set(Buffer.from(loader), 0x1c0);
  return page;
}

function screenInfo(): Uint8Array {
  const made = new Uint8Array(64);
  made[0x0f] = 0x70;
  new DataView(made.buffer).setUint32(0x18, 0xf8000000, true);
  return made;
}

const FDT = 'd00dfeed';
/** More than the beginning that is looked at. */
const DEFINES = Array.from({ length: 20_000 }, (_, index) => `#define NAME_${index} ${index}\n`).join('');
const KINDS: [string, ArtifactKind, string | Uint8Array][] = [
  ['a blob', 'dtb', Buffer.from(`${FDT}00000048`, 'hex')],
  [
    'a blob with an overlay node',
    'dtbo',
    Buffer.concat([Buffer.from(FDT, 'hex'), Buffer.from('\0\0\0\x01__overlay__\0\0')]),
  ],
  ['a table', 'acpi-table', table('DSDT')],
  ['a table of an unknown signature whose checksum is right', 'acpi-table', table('ZZZ9')],
  ['a table cut short', 'acpi-table', table('SSDT', 400).subarray(0, 100)],
  ['an RSDP', 'acpi-table', Buffer.from('RSD PTR \0\0\0\0\0\0\0\0\0\0\0\0')],
  ['a FACS', 'acpi-table', table('FACS', 64)],
  ['a zero page', 'boot-params', zeroPage('HdrS')],
  ['a zero page that the EFI stub made', 'boot-params', zeroPage('EL64')],
  ['a screen_info', 'boot-params', screenInfo()],
  ['source', 'dts', '/dts-v1/;\n/ { };\n'],
  ['source without a version tag', 'dts', '// board\n/ {\n\t#address-cells = <2>;\n};\n'],
  ['preprocessed source', 'dts', `# 1 "board.dts"\n${'\n'.repeat(500)}/dts-v1/;\n/ { };\n`],
  ['source behind 20,000 definitions', 'dts', `${DEFINES}/dts-v1/;\n/ { };\n`],
  [
    'source behind definitions of statements',
    'dts',
    `${'#define REG \\\n\treg = <1>; /* one\n and more */\n'.repeat(10_000)}/dts-v1/;\n/ { };\n`,
  ],
  ['source behind many comments', 'dts', `${'/* # */\n// reg = <1>;\n'.repeat(20_000)}/dts-v1/;\n/ { };\n`],
  ['source behind one long comment', 'dts', `/*${' *\n'.repeat(200_000)}*/ /dts-v1/;\n/ { };\n`],
  [
    'source behind conditions and line markers',
    'dts',
    `${'#ifndef A\n#define A\n#endif\n# 1 "a.h"\n'.repeat(10_000)}#include <b.h>\n/ {\n};\n`,
  ],
  ['ASL behind 20,000 definitions', 'asl', `${DEFINES}DefinitionBlock ("", "DSDT", 2, "A", "B", 1) { }\n`],
  ['property lines', 'dts-fragment', '#address-cells = <2>;\nranges = <0x0 0x1 0x2>;\n'],
  [
    'one quoted line in prose',
    'dts-fragment',
    'Hello,\n\n> > ranges = <0x0f 0xf0000000>;\n\nWhat does it mean?\n',
  ],
  [
    'acpidump',
    'acpidump',
    'DSDT @ 0x0000000000000000\n    0000: 44 53 44 54 24 00 00 00 02 00 00 00 00 00 00 00  DSDT$...........\n',
  ],
  [
    'acpidump of old',
    'acpidump',
    'FACP @ 0xbfee3000\n  0000: 46 41 43 50 f4 00 00 00 03 1f 49 4e 54 45 4c 20  FACP......INTEL \n',
  ],
  ['a table as ASL', 'asl', 'DefinitionBlock ("", "DSDT", 2, "A", "B", 1)\n{\n}\n'],
  ['a template as ASL', 'asl', 'Name (_CRS, ResourceTemplate ()\n{\n})\n'],
  ['bytes by xxd', 'crs-hex', '00000000: 8609 0001 0000 d4fe 0010 0000 7900       ............y.\n'],
  [
    'bytes by hexdump -C',
    'crs-hex',
    '00000000  86 09 00 01 00 00 d4 fe  00 10 00 00 79 00        |............y.|\n0000000e\n',
  ],
  ['bytes by iasl', 'crs-hex', '/* 0000 */ 0x86, 0x09, 0x00, 0x01,\n/* 0004 */ 0x00, 0x00, 0xD4, 0xFE\n'],
  ['bytes alone', 'crs-hex', '86090001 0000d4fe 00100000 7900\n'],
  [
    'root bus resources',
    'crs-text',
    'pci_bus 0000:00: root bus resource [mem 0xf8000000-0xfffbffff window]\n',
  ],
  [
    'root bus resources with time stamps',
    'crs-text',
    '[    0.1] pci_bus 0000:00: root bus resource [io  0x0000-0x0cf7 window]\n',
  ],
  ['pnp resources', 'crs-text', 'state = active\nio 0x60-0x60\nirq 1\n'],
  ['acpiexec', 'crs-text', '    Address Minimum : F8000000\n    Address Maximum : FFFBFFFF\n'],
  [
    'a configuration',
    'kconfig',
    '#\n# Linux/x86 6.12.30 Kernel Configuration\n#\nCONFIG_64BIT=y\n# CONFIG_SYSFB is not set\n',
  ],
  [
    'iomem',
    'iomem',
    '00000000-00000fff : Reserved\n00001000-0009fbff : System RAM\n  fed00000-fed003ff : HPET 0\n',
  ],
  ['a kernel log', 'dmesg', '[    0.000000] Linux version 6.1.0 (gcc)\n[    0.000000] Command line: quiet\n'],
  [
    'a journal',
    'dmesg',
    'Nov 22 14:52:00 vm kernel: BIOS-e820: [mem 0x0-0x9fbff] usable\nNov 22 14:52:00 vm kernel: hv_vmbus: Vmbus version:5.3\n',
  ],
  ['lspci', 'lspci', '00:08.0 VGA compatible controller: Microsoft Corporation Hyper-V virtual VGA\n'],
  ['/proc/cmdline', 'cmdline', 'BOOT_IMAGE=/boot/vmlinuz-6.12.30 root=/dev/sda1 ro quiet\n'],
  ['uname', 'uname', 'Linux vm 6.1.0-56-amd64 #1 SMP Debian x86_64 GNU/Linux\n'],
  ['a memory map', 'memmap', '0x0 0x9fbff System RAM\n0x9fc00 0x9ffff Reserved\n'],
];

describe('the kind is found from the content', () => {
  test.each(KINDS)('%s: %s', (_name, kind, content) => {
    expect(sniffKind(new Uint8Array(Buffer.from(content as string)))).toBe(kind);
  });

  test('what is defined before the first of many lines counts', async () => {
    const text = `${DEFINES}/dts-v1/;\n/ { a { reg = <NAME_7>; }; };\n`;
    const { artifacts, diagnostics } = await openText(text);
    expect(artifacts.map(({ kind, source }) => [kind, source.bytes.length])).toEqual([['dts', text.length]]);
    expect(diagnostics).toEqual([]);
  });

  test.each([
    ['prose', 'The range is in the reply; see there.\nThanks; bye.\n'],
    ['Markdown', '# Title\n\nSome `code`: a = b;\n'],
    ['JSON', '{ "a": [1, 2, 3] }\n'],
    ['C', '#include <stdio.h>\nint main(void) { return 0; }\n'],
    ['zeros', new Uint8Array(4096)],
    ['ELF', bytes(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0)],
    ['a decimal table', '10 20 30\n40 50 60\n'],
  ])('%s is of none', async (_name, content) => {
    const { artifacts, diagnostics } = await openText(content as string);
    expect(artifacts).toEqual([]);
    expect(diagnostics.map(({ severity, code }) => [severity, code])).toEqual([
      ['error', typeof content === 'string' ? 'artifact/unknown-text' : 'artifact/unknown-kind'],
    ]);
    // A few words, and what was looked for once, by `fwmap explain`.
    expect(messageOf(diagnostics[0]!).length).toBeLessThan(80);
    expect(hintOf(diagnostics[0]!)).toBeUndefined();
  });

  test('an empty input is of none', async () => {
    const { artifacts, diagnostics } = await openText('');
    expect(artifacts).toEqual([]);
    expect(diagnostics.map(({ code }) => code)).toEqual(['artifact/empty']);
  });

  test('every kind that a file can have has a row or is found on the way', () => {
    const rows = new Set(SNIFF_ROWS.map((row) => row.kind));
    expect(KIND_ROWS.filter(({ name }) => !rows.has(name)).every((row) => 'folder' in row)).toBe(true);
  });

  test('--as decides', async () => {
    const { artifacts } = await openText('anything at all', { as: 'dmesg' });
    expect(artifacts.map((artifact) => artifact.kind)).toEqual(['dmesg']);
  });

  test('never throws, whatever the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc
            .tuple(fc.constantFrom(...KINDS), fc.uint8Array({ maxLength: 40 }), fc.nat(60))
            .map(([[, , content], junk, at]) => {
              const made = Buffer.from(content as string);
              return new Uint8Array(Buffer.concat([made.subarray(0, at), junk, made.subarray(at)]));
            }),
          fc.string({ unit: 'binary' }).map((text) => new Uint8Array(Buffer.from(text))),
        ),
        async (content) => {
          const { artifacts, diagnostics } = await openText(content);
          expect(artifacts.length + diagnostics.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 600 },
    );
  });

  test('is cheap on long lines and many of them', () => {
    for (const piece of [
      '<',
      '> ',
      'a = <',
      'a:',
      '0x',
      '[mem ',
      ' ',
      'ab ',
      '/*',
      '{\n',
      'a = "\\',
      'ranges = <1>;',
    ])
      for (const content of [piece.repeat(100_000), `${piece}\n`.repeat(50_000)]) {
        const start = performance.now();
        sniffKind(new Uint8Array(Buffer.from(content)));
        expect([piece, performance.now() - start < 2000]).toEqual([piece, true]);
      }
  });
});

const CORPUS = join(import.meta.dirname, '..', '..', '..', 'shared', 'corpus');

describe.skipIf(!existsSync(CORPUS))('real files (skipped without ../shared/corpus)', () => {
  const expected: [string, RegExp, ArtifactKind][] = [
    ['acpi', /\.txt\.gz$/, 'acpidump'],
    ['dtb', /\.dtb\.gz$/, 'dtb'],
    ['dtbo', /\.dtbo\.gz$/, 'dtbo'],
    ['pp', /\.gz$/, 'dts'],
    ['hyperv-gen2', /\.dat$/, 'acpi-table'],
  ];
  test.each(expected)('%s', async (folder, pattern, kind) => {
    const names = readdirSync(join(CORPUS, folder)).filter((name) => pattern.test(name));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      const { artifacts } = await openAt(join(CORPUS, folder, name));
      expect([name, artifacts.map((artifact) => artifact.kind)]).toEqual([name, [kind]]);
    }
  });

  test('what was captured of machines', async () => {
    const captured: [string, ArtifactKind][] = [
      ['boot_params.bin', 'boot-params'],
      ['dmesg.txt', 'dmesg'],
      ['iomem.txt', 'iomem'],
      ['uname.txt', 'uname'],
      ['pnp.txt', 'crs-text'],
      ['memmap.txt', 'memmap'],
      ['tables', 'acpi-dir'],
      ['fdt.dtb.gz', 'dtb'],
    ];
    let count = 0;
    for (const machine of readdirSync(join(CORPUS, 'boot')))
      for (const [name, kind] of captured) {
        const path = join(CORPUS, 'boot', machine, name);
        // Where a machine has no such thing, the capture is an empty line.
        if (!existsSync(path) || (name.endsWith('.txt') && readFileSync(path, 'latin1').trim() === ''))
          continue;
        const { artifacts } = await openAt(path);
        expect([path, artifacts.map((artifact) => artifact.kind)]).toEqual([path, [kind]]);
        count += 1;
      }
    expect(count).toBeGreaterThan(100);
  });
});
