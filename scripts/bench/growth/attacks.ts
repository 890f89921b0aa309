/** Inputs made to cost a reader more than linear time, if it did work for the rest of the input at each position. */
import { asl, dts, type Growing, hex, lines, mail } from './growing.ts';

export const ATTACKS: readonly Growing[] = [
  {
    name: 'tree: letters between brackets of bytes',
    count: 1_000_000,
    command: ['windows'],
    make: (count) => dts(`a = [${'x'.repeat(count)}];`),
  },
  {
    name: 'tree: quotes without end',
    count: 400_000,
    command: ['windows'],
    make: (count) => dts(`a = "${'\\"'.repeat(count)}`),
  },
  {
    name: 'resource templates in hex',
    count: 20_000,
    command: ['windows', '--as', 'crs-hex'],
    make: (count) => `${'86 09 00 01 00 00 00 f8 00 00 00 01 79 00\n'.repeat(count)}`,
  },
  {
    name: 'ASL: buffers without a brace, as hex',
    count: 100_000,
    command: ['windows', '--as', 'crs-hex'],
    make: (count) => 'Buffer(){'.repeat(count),
  },
  {
    name: 'tree: ranges of a host bridge',
    count: 20_000,
    command: ['bridges'],
    make: (count) =>
      dts(
        `pci@0 { device_type = "pci"; compatible = "pci-host-ecam-generic"; #address-cells = <3>; #size-cells = <2>; reg = <0 0 0 0x1000>; ranges = ${lines(
          count,
          (index) => `<0x2000000 0 0x${hex(index << 12)} 0 0x${hex(index << 12)} 0 0x1000>,`,
        )
          .trimEnd()
          .slice(0, -1)}; };`,
      ),
  },
  {
    name: 'preprocessor: choices in a condition',
    count: 30_000,
    command: ['windows'],
    make: (count) => `#if ${'1 ? '.repeat(count)}1${' : 1'.repeat(count)}\n#endif\n${dts('')}`,
  },
  {
    name: 'log: lines of two characters',
    count: 300_000,
    command: ['sysfb'],
    make: (count) => `Linux version 6.12.30 (a@b) (gcc) #1 SMP\n${'[ \n'.repeat(count)}`,
  },
  {
    name: 'mail: messages inside of messages',
    count: 10_000,
    command: ['sysfb'],
    make: (count) => {
      const type = 'MIME-Version: 1.0\nContent-Type: message/rfc822\n';
      return mail(`From: a@b\nSubject: s\n${type}\n`.repeat(count), type);
    },
  },
  {
    name: 'mail: short lines of an attachment',
    count: 300_000,
    command: ['sysfb'],
    make: (count) =>
      mail(
        `--B\nContent-Type: application/octet-stream\n\n${'a\n'.repeat(count)}--B--\n`,
        'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n',
      ),
  },
  {
    name: 'mail: short pieces of base64',
    count: 150_000,
    command: ['sysfb'],
    make: (count) => mail('AA==\n'.repeat(count), 'MIME-Version: 1.0\nContent-Transfer-Encoding: base64\n'),
  },
  {
    name: 'mail: elements of HTML that stay open',
    count: 60_000,
    command: ['sysfb'],
    make: (count) => mail('<table><tr><td>'.repeat(count), 'MIME-Version: 1.0\nContent-Type: text/html\n'),
  },
  {
    name: 'mail: blocks of ASL that stay open',
    count: 40_000,
    command: ['sysfb'],
    make: (count) => mail('Device (A) {\n'.repeat(count)),
  },
  {
    name: 'patch: renames',
    count: 20_000,
    command: ['sysfb'],
    make: (count) =>
      lines(
        count,
        (index) =>
          `diff --git a/${index}.dts b/${index + 1}.dts\nsimilarity index 100%\nrename from ${index}.dts\nrename to ${index + 1}.dts`,
      ),
  },
  {
    name: 'ASL: host bridges with a window each, bridges',
    count: 1500,
    command: ['bridges'],
    make: (count) =>
      asl(
        lines(
          count,
          (index) =>
            `Device (N${hex(index).toUpperCase().padStart(3, '0')}) { Name (_HID, "PNP0A08") Name (_UID, ${index}) Name (_CRS, ResourceTemplate () { Memory32Fixed (ReadWrite, 0x${hex(index << 12)}, 0x1000) }) }`,
        ),
      ),
  },
  {
    name: 'ASL: cases of a Switch',
    count: 5000,
    command: ['windows'],
    make: (count) =>
      asl(
        `Method (A, 1) { Switch (Arg0) { ${lines(count, (index) => `Case (${index}) { Return (${index}) }`)} } }`,
      ),
  },
  {
    name: 'ASL: operators in a row',
    count: 40_000,
    command: ['windows'],
    make: (count) => asl(`Method (A, 1) { Return (${'Arg0 + '.repeat(count)}1) }`),
  },
  {
    name: 'ASL: arguments of Printf',
    count: 20_000,
    command: ['windows'],
    make: (count) => asl(`Method (A, 1) { Printf ("${'%s'.repeat(count)}"${', Arg0'.repeat(count)}) }`),
  },
  {
    name: 'preprocessor: parameters in a body',
    count: 40_000,
    command: ['windows'],
    make: (count) =>
      `#define M(${Array.from({ length: count }, (_, index) => `a${index}`).join(',')}) ${Array.from({ length: count }, (_, index) => `a${index}`).join(' ')}\n${dts('')}`,
  },
  {
    name: 'image: heads of PE files',
    count: 100_000,
    command: ['scan'],
    make: (count) => 'PE\0\0MZab'.repeat(count),
  },
];
