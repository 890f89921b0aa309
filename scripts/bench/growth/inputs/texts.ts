/** Texts that grow: logs, listings, mails, patches. */
import { type Growing, hex, LINUX, lines, mail, wide } from '../growing.ts';

const RANGE = '<0xf 0xf0000000 0xf 0xf0000000 0x1000>';

const BUS = (index: number): string =>
  `pci_bus 0000:00: root bus resource [mem 0x${hex(index << 16)}-0x${hex((index << 16) + 0xffff)} window]`;

export const TEXTS: readonly Growing[] = [
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
