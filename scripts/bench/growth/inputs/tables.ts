/** ACPI tables that grow. */
import * as make from '../../../../test/containers/make-images.ts';
import { asl, type Growing, hex, lines } from '../growing.ts';

export const TABLES: readonly Growing[] = [
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
