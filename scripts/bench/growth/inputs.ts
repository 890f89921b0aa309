/**
 * Inputs that grow, of every reader and of the kinds that once cost more than their size: what they hold `count` times, and
 * the command that reads them.
 */
import { gzipSync } from 'node:zlib';
import { makeCpio } from '../../../test/containers/make-cpio.ts';
import * as make from '../../../test/containers/make-images.ts';
import { ATTACKS } from './attacks.ts';
import { asl, dts, type Growing, hex, lines, mail, wide } from './growing.ts';

const VMBUS = (index: number): string =>
  `d${index} { #address-cells = <2>; #size-cells = <1>; compatible = "microsoft,vmbus"; ranges = <${index} 0 ${index} 0 0x1000>; };`;
const RANGE = '<0xf 0xf0000000 0xf 0xf0000000 0x1000>';
const LINUX = 'Linux version 6.12.30 (a@b) (gcc) #1 SMP\n';
const BUS = (index: number): string =>
  `pci_bus 0000:00: root bus resource [mem 0x${hex(index << 16)}-0x${hex((index << 16) + 0xffff)} window]`;

const TREES: readonly Growing[] = [
  { name: 'tree: VMBus nodes', count: 8000, command: ['sysfb'], make: (count) => dts(lines(count, VMBUS)) },
  {
    name: 'tree: VMBus nodes, windows',
    count: 8000,
    command: ['windows', '--format', 'json'],
    make: (count) => dts(lines(count, VMBUS)),
  },
  {
    name: 'tree: VMBus nodes, simulated',
    count: 8000,
    command: ['simulate'],
    make: (count) => dts(lines(count, VMBUS)),
  },
  {
    name: 'tree: VMBus nodes with windows in one place',
    count: 8000,
    command: ['sysfb'],
    make: (count) =>
      dts(
        lines(
          count,
          (index) =>
            `d${index} { #address-cells = <2>; #size-cells = <1>; compatible = "microsoft,vmbus"; ranges = <0 0xf8000000 0 0xf8000000 0x1000>; };`,
        ),
      ),
  },
  {
    name: 'tree: ranges of one node',
    count: 20_000,
    command: ['sysfb'],
    make: (count) =>
      dts(
        `v { #address-cells = <2>; #size-cells = <1>; compatible = "microsoft,vmbus"; ranges = ${Array.from({ length: count }, (_, index) => `<${index} 0 ${index} 0 0x1000>`).join(', ')}; };`,
      ),
  },
  {
    name: 'tree: nodes with reg',
    count: 16_000,
    command: ['windows'],
    make: (count) =>
      dts(lines(count, (index) => `n@${hex(index)} { reg = <0 0x${hex(index << 12)} 0 0x1000>; };`)),
  },
  {
    name: 'tree: registers, decoded',
    count: 16_000,
    command: ['resources'],
    make: (count) =>
      dts(lines(count, (index) => `n@${hex(index)} { reg = <0 0x${hex(index << 12)} 0 0x1000>; };`)),
  },
  {
    name: 'tree: nested nodes',
    count: 4000,
    command: ['windows'],
    make: (count) =>
      dts(
        `${'n { ranges; #address-cells = <2>; #size-cells = <2>; reg = <0 0 0 1>; '.repeat(count)}${'};'.repeat(count)}`,
      ),
  },
  {
    name: 'tree: nodes of one name',
    count: 16_000,
    command: ['windows'],
    make: (count) => dts(lines(count, () => 'same { a; };')),
  },
  {
    name: 'tree: properties of one node',
    count: 40_000,
    command: ['windows'],
    make: (count) => dts(lines(count, (index) => `p${index} = <${index}>;`)),
  },
  {
    name: 'tree: labels and references',
    count: 16_000,
    command: ['windows'],
    make: (count) => dts(lines(count, (index) => `l${index}: n${index} { a = <&l${count - 1 - index}>; };`)),
  },
  {
    name: 'tree: extensions by label',
    count: 16_000,
    command: ['windows'],
    make: (count) => `${dts('l: n { };')}${lines(count, (index) => `&l { a${index}; };`)}`,
  },
  {
    name: 'tree: deletions',
    count: 16_000,
    command: ['windows'],
    make: (count) => dts(lines(count, (index) => `n${index} { }; /delete-node/ n${index};`)),
  },
  {
    name: 'tree: memory reservations',
    count: 20_000,
    command: ['windows'],
    make: (count) =>
      `/dts-v1/;\n${lines(count, (index) => `/memreserve/ 0x${hex(index << 12)} 0x1000;`)}/ { };\n`,
  },
  {
    name: 'tree: reserved memory',
    count: 8000,
    command: ['sysfb'],
    make: (count) =>
      dts(
        `reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;\n${lines(count, (index) => `framebuffer@${hex(index)} { reg = <0 0x${hex(index << 12)} 0 0x1000>; };`)}};\n${VMBUS(0)}`,
      ),
  },
  {
    name: 'tree: a long expression',
    count: 40_000,
    command: ['windows'],
    make: (count) => dts(`a = <(${'1 + '.repeat(count)}1)>;`),
  },
  {
    name: 'tree: nested brackets',
    count: 20_000,
    command: ['windows'],
    make: (count) => dts(`a = <${'('.repeat(count)}1${')'.repeat(count)}>;`),
  },
  {
    name: 'tree: unfinished nodes',
    count: 40_000,
    command: ['windows'],
    make: (count) => dts('n { '.repeat(count)),
  },
  {
    name: 'tree: faulty lines',
    count: 20_000,
    command: ['windows'],
    make: (count) => dts(lines(count, () => 'a = = <;')),
  },
];

const MACROS: readonly Growing[] = [
  {
    name: 'preprocessor: definitions',
    count: 20_000,
    command: ['windows'],
    make: (count) => `${lines(count, (index) => `#define M${index} ${index}`)}${dts(`a = <M${count - 1}>;`)}`,
  },
  {
    name: 'preprocessor: a chain of macros',
    count: 16_000,
    command: ['windows'],
    make: (count) =>
      `${lines(count, (index) => `#define M${index} M${index + 1}`)}#define M${count} 1\n${dts('a = <M0>;')}`,
  },
  {
    name: 'preprocessor: parameters',
    count: 40_000,
    command: ['windows'],
    make: (count) =>
      `#define M(${Array.from({ length: count }, (_, index) => `a${index}`).join(',')}) a${count - 1}\n${dts(`a = <M(${'1,'.repeat(count - 1)}1)>;`)}`,
  },
  {
    name: 'preprocessor: pasted tokens',
    count: 20_000,
    command: ['windows'],
    make: (count) => `#define M(x) ${'x##'.repeat(count)}1\n${dts('a = <M(1)>;')}`,
  },
  {
    name: 'preprocessor: one argument in many places',
    count: 8000,
    command: ['windows'],
    make: (count) => `#define M(x) ${'x '.repeat(count)}\n${dts('a = <M(1 2 3)>;')}`,
  },
  {
    name: 'preprocessor: a call in a call',
    count: 2000,
    command: ['windows'],
    make: (count) => `#define M(x) x\n${dts(`a = <${'M('.repeat(count)}1${')'.repeat(count)}>;`)}`,
  },
  {
    name: 'preprocessor: conditions',
    count: 20_000,
    command: ['windows'],
    make: (count) => `${lines(count, () => '#if 1 + 1 == 2\n#endif')}${dts('')}`,
  },
  {
    name: 'preprocessor: nested conditions',
    count: 20_000,
    command: ['windows'],
    make: (count) => `${lines(count, () => '#if 1')}${lines(count, () => '#endif')}${dts('')}`,
  },
  {
    name: 'preprocessor: continued lines',
    count: 40_000,
    command: ['windows'],
    make: (count) => `#define A ${'1 \\\n'.repeat(count)}\n${dts('a = <A>;')}`,
  },
  {
    name: 'preprocessor: a comment without end',
    count: 400_000,
    command: ['windows'],
    make: (count) => `${dts('')}/*${'*'.repeat(count)}`,
  },
];

const TEXTS: readonly Growing[] = [
  {
    name: 'log: windows of a bus',
    count: 20_000,
    command: ['sysfb'],
    make: (count) => LINUX + lines(count, BUS),
  },
  {
    name: 'log: windows of a bus, windows',
    count: 20_000,
    command: ['windows'],
    make: (count) => LINUX + lines(count, BUS),
  },
  {
    name: 'log: windows of a bus and VMBus',
    count: 20_000,
    command: ['sysfb'],
    make: (count) => `${LINUX}hv_vmbus: Vmbus version:5.3\n${lines(count, BUS)}`,
  },
  {
    name: 'log: buses',
    count: 20_000,
    command: ['sysfb'],
    make: (count) =>
      LINUX +
      lines(
        count,
        (index) =>
          `pci_bus ${hex(index).padStart(4, '0')}:00: root bus resource [mem 0xf8000000-0xfffbffff window]`,
      ),
  },
  {
    name: 'log: E820',
    count: 20_000,
    command: ['sysfb'],
    make: (count) =>
      LINUX +
      lines(
        count,
        (index) => `BIOS-e820: [mem 0x${wide(index * 4096)}-0x${wide(index * 4096 + 4095)}] usable`,
      ),
  },
  {
    name: 'log: hv_mmio',
    count: 10_000,
    command: ['sysfb'],
    make: (count) =>
      LINUX +
      lines(
        count,
        (index) =>
          `hv_vmbus: hv_mmio=[mem 0x${hex(index << 16)}-0x${hex((index << 16) + 0xffff)}] fb=[mem 0xf8000000-0xfbffffff]`,
      ),
  },
  {
    name: 'log: boots',
    count: 10_000,
    command: ['sysfb'],
    make: (count) => lines(count, (index) => `Linux version 6.12.${index} (a@b) (gcc) #1 SMP`),
  },
  {
    name: 'log: a long line',
    count: 1_000_000,
    command: ['sysfb'],
    make: (count) => `${LINUX}Command line: ${'a'.repeat(count)}\n`,
  },
  {
    name: 'log: BARs',
    count: 20_000,
    command: ['sysfb'],
    make: (count) =>
      LINUX +
      lines(
        count,
        (index) =>
          `pci 0000:00:${hex(index % 32).padStart(2, '0')}.0: BAR 0 [mem 0x${hex(index << 12)}-0x${hex((index << 12) + 0xfff)}]`,
      ),
  },
  {
    name: 'iomem',
    count: 20_000,
    command: ['sysfb'],
    make: (count) =>
      lines(
        count,
        (index) =>
          `${hex(index * 4096).padStart(8, '0')}-${hex(index * 4096 + 4095).padStart(8, '0')} : efifb`,
      ),
  },
  {
    name: 'iomem: nested',
    count: 4000,
    command: ['sysfb'],
    make: (count) =>
      lines(count, (index) => `${'  '.repeat(Math.min(index, 400))}00000000-ffffffff : PCI Bus 0000:00`),
  },
  {
    name: 'lspci',
    count: 4000,
    command: ['sysfb'],
    make: (count) =>
      lines(
        count,
        (index) =>
          `00:${hex(index % 256).padStart(2, '0')}.0 VGA compatible controller [0300]: Microsoft Corporation Hyper-V virtual VGA [1414:5353]\n\tMemory at ${hex(index << 12)} (32-bit, non-prefetchable) [size=4K]\n`,
      ),
  },
  {
    name: 'configuration',
    count: 40_000,
    command: ['sysfb'],
    make: (count) => lines(count, (index) => `CONFIG_OPTION_${index}=y`),
  },
  {
    name: 'resource lists',
    count: 10_000,
    command: ['windows'],
    make: (count) =>
      lines(count, (index) => `[mem 0x${hex(index << 16)}-0x${hex((index << 16) + 0xffff)} window]`),
  },
  {
    name: 'resource template in hex',
    count: 20_000,
    command: ['windows', '--as', 'crs-hex'],
    make: (count) => `${'86 09 00 01 00 00 00 f8 00 00 00 01\n'.repeat(count)}79 00\n`,
  },
  {
    name: 'fragment: ranges',
    count: 10_000,
    command: ['sysfb', '--cells', '2,2,1'],
    make: (count) => `ranges = ${new Array(count).fill(RANGE).join(', ')};\n`,
  },
  {
    name: 'mail: one without blank lines',
    count: 20_000,
    command: ['sysfb'],
    make: (count) => mail('ranges = <1 2 3 '.repeat(count)),
  },
  {
    name: 'mail: fragments',
    count: 10_000,
    command: ['sysfb'],
    make: (count) => mail(lines(count, () => `> ranges = ${RANGE};\n`)),
  },
  {
    name: 'mail: quoted text',
    count: 20_000,
    command: ['sysfb'],
    make: (count) => mail(lines(count, (index) => `${'>'.repeat(index % 40)} some text`)),
  },
  {
    name: 'mail: parts',
    count: 2000,
    command: ['sysfb'],
    make: (count) =>
      mail(
        `${'--B\nContent-Type: text/plain\n\nranges\n'.repeat(count)}--B--\n`,
        'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n',
      ),
  },
  {
    name: 'mail: headers',
    count: 20_000,
    command: ['sysfb'],
    make: (count) =>
      mail(
        'ranges = <1>;\n',
        lines(count, (index) => `X-${index}: a`),
      ),
  },
  {
    name: 'mail: HTML',
    count: 20_000,
    command: ['sysfb'],
    make: (count) => mail('<div><p>text'.repeat(count), 'MIME-Version: 1.0\nContent-Type: text/html\n'),
  },
  {
    name: 'mailbox',
    count: 10_000,
    command: ['sysfb'],
    make: (count) => lines(count, () => `From x\n${mail(`${'x'.repeat(60)}\n`)}`),
  },
  {
    name: 'patch: hunks',
    count: 4000,
    command: ['sysfb'],
    make: (count) =>
      `diff --git a/a.dts b/a.dts\n--- a/a.dts\n+++ b/a.dts\n${lines(count, (index) => `@@ -${index * 10 + 1},1 +${index * 10 + 1},2 @@\n a;\n+ranges = ${RANGE};`)}`,
  },
  {
    name: 'patch: files',
    count: 4000,
    command: ['sysfb'],
    make: (count) =>
      lines(
        count,
        (index) =>
          `diff --git a/${index}.dts b/${index}.dts\n--- a/${index}.dts\n+++ b/${index}.dts\n@@ -1,1 +1,2 @@\n a;\n+b;`,
      ),
  },
];

const TABLES: readonly Growing[] = [
  {
    name: 'ASL: devices',
    count: 4000,
    command: ['windows'],
    make: (count) =>
      asl(
        lines(
          count,
          (index) =>
            `Device (D${hex(index).toUpperCase().padStart(3, '0')}) { Name (_HID, "PNP0A03") Name (_CRS, ResourceTemplate () { Memory32Fixed (ReadWrite, 0x${hex(index << 16)}, 0x1000) }) }`,
        ),
      ),
  },
  {
    name: 'ASL: descriptors of one template',
    count: 10_000,
    command: ['windows'],
    make: (count) =>
      asl(
        `Device (D) { Name (_HID, "VMBus") Name (_CRS, ResourceTemplate () {\n${lines(count, (index) => `Memory32Fixed (ReadWrite, 0x${hex(index << 16)}, 0x1000)`)}}) }`,
      ),
  },
  {
    name: 'ASL: statements',
    count: 10_000,
    command: ['windows'],
    make: (count) =>
      asl(
        `Device (D) { Name (_HID, "VMBus") Name (A, 0) Method (_CRS) {\n${lines(count, () => 'Increment (A)')} Return (ResourceTemplate () { }) } }`,
      ),
  },
  {
    name: 'ASL: conditions',
    count: 2000,
    command: ['windows'],
    make: (count) =>
      asl(
        `OperationRegion (R, SystemMemory, 0, 8) Field (R, ByteAcc, NoLock) { F, 8 } Device (D) { Name (_HID, "VMBus") Name (A, 0) Method (_CRS) {\n${lines(count, (index) => `If (F == ${index % 256}) { Increment (A) }`)} Return (ResourceTemplate () { }) } }`,
      ),
  },
  {
    name: 'ASL: nested scopes',
    count: 2000,
    command: ['windows'],
    make: (count) => asl(`${'If (1) { '.repeat(count)}${'}'.repeat(count)}`),
  },
  {
    name: 'ASL: a long expression',
    count: 4000,
    command: ['windows'],
    make: (count) => asl(`Name (A, ${'1 + '.repeat(count)}1)`),
  },
  {
    name: 'ASL: elements of a package',
    count: 20_000,
    command: ['windows'],
    make: (count) => asl(`Name (A, Package () { ${'1, '.repeat(count)}1 })`),
  },
  {
    name: 'ASL: names without end',
    count: 20_000,
    command: ['windows'],
    make: (count) => asl(`Name (A, \\${'AAAA.'.repeat(count)}AAAA)`),
  },
  {
    name: 'tables',
    count: 4000,
    command: ['windows'],
    make: (count) => make.join(make.table('DSDT'), ...new Array<Uint8Array>(count).fill(make.table('SSDT'))),
  },
  {
    name: 'acpidump: tables',
    count: 2000,
    command: ['windows'],
    make: (count) =>
      lines(
        count,
        (index) =>
          `SSDT${index === 0 ? '' : index} @ 0x0000000000000000\n    0000: 53 53 44 54 24 00 00 00 02 00 4C 41 42 00 00 00  SSDT$.....LAB...\n    0010: 4C 41 42 00 00 00 00 00 01 00 00 00 49 4E 54 4C  LAB.........INTL\n    0020: 00 00 00 00                                      ....\n`,
      ),
  },
];

const CONTAINERS: readonly Growing[] = [
  {
    name: 'image: trees',
    count: 8000,
    command: ['scan', '--format', 'json'],
    make: (count) => make.join(new Uint8Array(16), ...new Array<Uint8Array>(count).fill(make.board('Lab'))),
  },
  {
    name: 'image: machines',
    count: 2000,
    command: ['sysfb', '--format', 'json'],
    make: (count) =>
      make.join(
        new Uint8Array(16),
        ...Array.from({ length: count }, (_, index) => make.board(`Lab ${index}`)),
      ),
  },
  {
    name: 'image: streams',
    count: 4000,
    command: ['scan'],
    make: (count) =>
      make.join(...new Array<Uint8Array>(count).fill(make.join(make.gz(make.board('Lab')), make.u8(1)))),
  },
  {
    name: 'image: magics of gzip',
    count: 60_000,
    command: ['sysfb'],
    make: (count) =>
      make.join(
        make.text(LINUX),
        ...new Array<Uint8Array>(count).fill(make.u8(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3)),
      ),
  },
  {
    name: 'image: magics of a configuration',
    count: 60_000,
    command: ['sysfb'],
    make: (count) => make.text(`${LINUX}${'IKCFG_ST\x1f\x8b\x08\0'.repeat(count)}`),
  },
  {
    name: 'kernel with streams',
    count: 4000,
    command: ['sysfb'],
    make: (count) => make.bzImage(make.join(...new Array<Uint8Array>(count).fill(make.gz(make.text(LINUX))))),
  },
  {
    name: 'archive: files',
    count: 4000,
    command: ['sysfb'],
    make: (count) =>
      makeCpio(Array.from({ length: count }, (_, index) => ({ name: `f${index}`, content: 'CONFIG_A=y\n' }))),
  },
  {
    name: 'archive: tables',
    count: 2000,
    command: ['windows'],
    make: (count) =>
      makeCpio(
        Array.from({ length: count }, (_, index) => ({ name: `f${index}.aml`, content: make.table('SSDT') })),
      ),
  },
  {
    name: 'gzip: members',
    count: 20_000,
    command: ['sysfb'],
    make: (count) => Buffer.concat(new Array<Buffer>(count).fill(gzipSync('CONFIG_A=y\n'))),
  },
  {
    name: 'noise',
    count: 2_000_000,
    command: ['sysfb'],
    make: (count) => new Uint8Array(count).map((_, index) => (Math.imul(index, 2_654_435_761) >>> 13) & 0xff),
  },
];

export const GROWING: readonly Growing[] = [
  ...TREES,
  ...MACROS,
  ...TEXTS,
  ...TABLES,
  ...CONTAINERS,
  ...ATTACKS,
];
