/** ACPI tables, dumps of them, and the code in them. Sections are those of ACPI 6.5. */
import { limitHint } from '../../limits/limits.ts';
import { FIRMWARE, NOTHING, row } from '../row.ts';
import type { Problem } from './problem.ts';

/** An SSDT with `body` as its AML; length and checksum are right unless given. */
function ssdt(body: string, { length, sum }: { length?: number; sum?: number } = {}) {
  const content = body.replaceAll(' ', '');
  const little = (value: number): string =>
    [0, 8, 16, 24].map((shift) => ((value >>> shift) & 0xff).toString(16).padStart(2, '0')).join('');
  // Signature, length, revision 2, checksum, "FWMAP ", "EXAMPLE ", revision 1, "FWMP", revision 1.
  const table = (checksum: number): string =>
    `53534454${little(length ?? 36 + content.length / 2)}02${checksum.toString(16).padStart(2, '0')}` +
    `46574d415020${'4558414d504c4520'}${little(1)}46574d50${little(1)}${content}`;
  const total = (table(0).match(/../g) ?? []).reduce((before, pair) => before + Number.parseInt(pair, 16), 0);
  const hex = table(sum ?? -total & 0xff);
  return { files: { 'ssdt.aml': { hex } }, run: 'windows ssdt.aml' };
}

const CUT = 'The missing part could declare devices with windows.';
const DUMP = 'SSDT @ 0x0000000000000000\n';

/** As acpidump prints bytes. */
function dumped(hex: string): string {
  const rows = hex.match(/.{1,32}/g) ?? [];
  return rows
    .map(
      (row, index) => `    ${(index * 16).toString(16).padStart(4, '0')}: ${row.match(/../g)!.join(' ')}\n`,
    )
    .join('');
}

export const ACPI_TABLE_ROWS = {
  'acpi/not-a-table': row({
    severity: 'error',
    summary: 'bytes read as an ACPI table do not begin with a table header',
    why: 'They are not read.',
    example: { files: { 'x.aml': { hex: '00010203040506070809' } }, run: 'windows --as acpi-table x.aml' },
    source: '5.2.6',
    hides: FIRMWARE,
    text: () => 'the bytes do not begin with a table header',
  }),
  'acpi/table-extra': row({
    severity: 'warning',
    summary: 'bytes after a table are not another table',
    why: 'They are not read. If the file holds several tables, the header of one of them is damaged.',
    example: {
      files: { 'ssdt.aml': { hex: `${ssdt('').files['ssdt.aml'].hex}0102030405060708` } },
      run: 'windows ssdt.aml',
    },
    source: '5.2.6',
    hides: FIRMWARE,
    text: ({ length }: { length: number }) =>
      length === 1
        ? "1 byte after the table's end is not another table"
        : `${length} bytes after the table's end are not another table`,
  }),
  'acpi/too-many-tables': row({
    severity: 'error',
    summary: 'an input contains more ACPI tables than are read',
    why: CUT,
    example: {
      files: {
        'tables.aml': [
          { repeat: Buffer.from(ssdt('').files['ssdt.aml'].hex, 'hex').toString('latin1'), times: 4097 },
        ],
      },
      run: 'windows tables.aml',
    },
    source: 'the limit acpi-tables',
    hides: FIRMWARE,
    text: ({ most }: { most: number }) =>
      `more than ${most} tables ${limitHint('acpi-tables')}; the rest is not read`,
  }),
  'acpi/second-dsdt': row({
    severity: 'warning',
    summary: 'the inputs contain two different DSDTs',
    why: 'A machine has one. The first is used and the second is not read; the inputs may be from two machines.',
    example: {
      files: {
        'a.asl': 'DefinitionBlock ("", "DSDT", 2, "FWMAP", "ONE", 1) { Name (A, 1) }\n',
        'b.asl': 'DefinitionBlock ("", "DSDT", 2, "FWMAP", "TWO", 1) { Name (A, 2) }\n',
      },
      run: 'windows a.asl b.asl',
    },
    source: '5.2.11.1',
    hides: FIRMWARE,
    text: ({ name, first }: { name: string; first: string }) =>
      `${name} is a second DSDT and is not read; the first is in ${first}`,
  }),
  'acpi/table-length': row({
    severity: 'error',
    summary: 'a table says it is shorter than its header',
    why: 'All available bytes are read as the table, which may be more or less than it was.',
    get example() {
      return ssdt('', { length: 16 });
    },
    source: '5.2.6, Length',
    hides: FIRMWARE,
    text: ({ signature, length, available }: { signature: string; length: number; available: number }) =>
      `${signature}: the header's length ${length} is shorter than the header; all ${available} available bytes are read`,
  }),
  'acpi/table-truncated': row({
    severity: 'error',
    summary: 'a table with code, or one that lists tables, is cut off',
    why: CUT,
    get example() {
      return ssdt('', { length: 100 });
    },
    source: '5.2.6, Length',
    hides: FIRMWARE,
    text: truncated,
  }),
  'acpi/data-table-truncated': row({
    severity: 'error',
    summary: 'a table without code is cut off',
    why: 'Such tables declare no device; the missing part may describe the platform.',
    example: {
      files: {
        'hpet.aml': { hex: '4850455438000000010046574d41502020204558414d504c45200100000046574d5001000000' },
      },
      run: 'windows hpet.aml',
    },
    source: '5.2.6, Length',
    hides: ['platform'],
    text: truncated,
  }),
  'acpi/checksum': row({
    severity: 'warning',
    summary: 'the checksum of a table is wrong',
    why: 'Linux warns too and reads the table. It may have been edited or damaged.',
    get example() {
      return ssdt('', { sum: 0 });
    },
    source: '5.2.6, Checksum; acpi_ut_verify_checksum() of ACPICA',
    hides: NOTHING,
    text: ({ signature, sum }: { signature: string; sum: string }) =>
      `${signature}: the bytes sum to ${sum}, not 0; the table is read anyway`,
  }),
  'acpi/dump-empty': row({
    severity: 'error',
    summary: 'a text read as output of acpidump has no table',
    why: 'It says nothing.',
    example: { files: { 'acpi.txt': 'hello\n' }, run: 'windows --as acpidump acpi.txt' },
    source: 'acpidump(8)',
    hides: FIRMWARE,
    text: () => 'no table heading (`SIG @ 0x…`) with lines of hex was found',
  }),
  'acpi/dump-not-a-table': row({
    severity: 'warning',
    summary: 'the bytes below a heading of acpidump are no table',
    why: 'They are not read. The dump may be damaged.',
    example: {
      files: { 'acpi.txt': `${DUMP}    0000: 00 01 02 03 04 05 06 07 08 09\n` },
      run: 'windows acpi.txt',
    },
    source: 'acpidump(8); 5.2.6',
    hides: FIRMWARE,
    text: ({ heading, length }: { heading: string; length: number }) =>
      `${heading}: ${length} bytes that don't begin with a table header`,
  }),
  'acpi/dump-heading': row({
    severity: 'warning',
    summary: 'lines of hex stand before the first heading of a dump',
    why: `They are not read: the beginning of the dump is missing. ${CUT}`,
    example: {
      files: {
        'acpi.txt': `    0010: 00 01 02 03 04 05 06 07\n\n${DUMP}    0000: 53 53 44 54 24 00 00 00\n`,
      },
      run: 'windows acpi.txt',
    },
    source: 'acpidump(8)',
    hides: FIRMWARE,
    text: () => 'hex lines without a heading before them are not read',
  }),
  'acpi/dump-extra': row({
    severity: 'warning',
    summary: 'a dump has more bytes than its table',
    why: "They are after the table's end and not part of it.",
    example: {
      files: {
        'acpi.txt': `${DUMP}${dumped(`${ssdt('').files['ssdt.aml'].hex}00000000`)}`,
      },
      run: 'windows acpi.txt',
    },
    source: '5.2.6, Length',
    hides: NOTHING,
    text: ({ heading, extra, length }: { heading: string; extra: number; length: number }) =>
      `${heading}: the dump has ${extra} bytes more than the header's length ${length}`,
  }),
  'acpi/dump-offset': row({
    severity: 'warning',
    summary: 'lines of a dump are missing or out of order',
    why: `The bytes are read in the order of the lines. ${CUT}`,
    example: {
      files: { 'acpi.txt': `${DUMP}    0000: 53 53 44 54 24 00 00 00\n    0010: 00 00 00 00\n` },
      run: 'windows acpi.txt',
    },
    source: 'acpidump(8)',
    hides: FIRMWARE,
    text: ({ heading, from, to }: { heading: string; from: string; to: string }) =>
      `${heading}: the dump jumps from offset ${from} to ${to}; bytes are read in the order of the lines`,
  }),
  'acpi/subtable-length': row({
    severity: 'error',
    summary: 'a structure in a table does not fit it',
    why: 'The structures after it, which describe processors and memory, are not read.',
    example: undefined,
    source: '5.2.12, 5.2.16',
    hides: ['platform'],
    text: ({
      signature,
      at,
      length,
      left,
    }: {
      signature: string;
      at: string;
      length: number;
      left: number;
    }) =>
      `${signature}: the length of the structure at offset ${at} is ${length}, but only ${left} ${left === 1 ? 'byte is' : 'bytes are'} left`,
  }),
  'acpi/package-end': row({
    severity: 'error',
    summary: 'an AML package extends past the end of the one that contains it',
    why: `It is cut at the end of the containing package. ${CUT}`,
    // Scope (\) of 32 bytes in a table that has 3 left.
    get example() {
      return ssdt('10 20 5c');
    },
    source: '20.2.4, PkgLength',
    hides: FIRMWARE,
    text: ({ table, opcode, says, is }: { table: string; opcode: string; says: string; is: string }) =>
      `${table}: ${opcode} says it ends at offset ${says}, but what contains it ends at ${is}`,
  }),
  'acpi/unreadable-aml': row({
    severity: 'error',
    summary: 'a part of the AML cannot be decoded',
    why: `The rest of the term list that contains it is not read. ${CUT}`,
    get example() {
      return ssdt('02');
    },
    source: '20.2',
    hides: FIRMWARE,
    text: (args: {
      table: string;
      problem: string;
      at: string;
      length: number;
      from: string;
      first: string | undefined;
    }) =>
      `${args.table}: ${args.problem} at offset ${args.at}: ${args.length} bytes of AML from offset ${args.from} can't be read${args.first === undefined ? '' : ` (they begin with ${args.first})`}`,
  }),
  'acpi/aml-fault': row({
    severity: 'warning',
    summary: 'firmware code ended in an error, as it would on the machine',
    why: 'ACPICA aborts the method with the same exception. What it did before that stays.',
    // Store (\NONE, Debug)
    get example() {
      return ssdt('70 5c 4e 4f 4e 45 5b 31');
    },
    source: 'acexcep.h of ACPICA',
    hides: NOTHING,
    text: fault,
  }),
  'acpi/aml-abandoned': row({
    severity: 'warning',
    summary: 'fwmap stopped following a path of firmware code',
    why: 'It depends on unknown values in a way that is not followed. The machine would continue, so the result of the code is unknown.',
    example: {
      files: {
        'dsdt.asl':
          'DefinitionBlock ("", "DSDT", 2, "FWMAP", "EXAMPLE", 1)\n{\n  Device (D) {\n    Name (_HID, "PNP0A03")\n    Method (_CRS) { While (One) { } Return (ResourceTemplate () { }) }\n  }\n}\n',
      },
      run: 'windows dsdt.asl',
    },
    source: 'isAbandonment() in src/acpi/interpreter/state/fault.ts',
    hides: ['window'],
    scope: 'path',
    text: fault,
  }),
  'acpi/aml-budget': row({
    severity: 'error',
    summary: 'firmware code took more work than is allowed',
    why: 'The machine would continue, so the result of the code is unknown.',
    example: undefined,
    source: 'src/acpi/interpreter/state/budget.ts',
    hides: ['window'],
    scope: 'path',
    text: fault,
  }),
  'acpi/ids-open': row({
    severity: 'warning',
    summary: 'beside VMBus there is a device whose _HID or _CID is not known',
    why: 'It may be a second VMBus device, whose windows the driver gets too.',
    example: {
      files: {
        'dsdt.asl':
          'DefinitionBlock ("", "DSDT", 2, "FWMAP", "EXAMPLE", 1)\n{\n  External (\\IDS)\n  Device (V) { Name (_HID, "VMBus") }\n  Device (D) { Method (_HID) { Return (\\IDS) } }\n}\n',
      },
      run: 'sysfb dsdt.asl',
    },
    source: 'vmbus_acpi_device_ids in drivers/hv/vmbus_drv.c',
    hides: ['window'],
    text: () => 'The _HID or _CID of a device beside VMBus is not known: it may be VMBus, too',
  }),
  'acpi/table-loaded-unknown': row({
    severity: 'note',
    summary: 'code that runs at boot loads a table whose contents are unknown',
    why: 'It may describe any device, including VMBus.',
    example: {
      files: {
        'dsdt.asl':
          'DefinitionBlock ("", "DSDT", 2, "FWMAP", "EXAMPLE", 1)\n{\n  OperationRegion (TABL, SystemMemory, 0x7FFF0000, 0x1000)\n  Name (HNDL, 0)\n  Method (_INI) { Load (TABL, HNDL) }\n}\n',
      },
      run: 'windows dsdt.asl',
    },
    source: '19.6.76',
    hides: ['window'],
    scope: 'path',
    text: () => 'a table that is loaded at boot has unknown contents: it may describe more devices',
    hint: () => 'give its contents with --memory DUMP@ADDRESS',
  }),
  'acpi/not-found': row({
    severity: 'error',
    summary: 'there is no object of that name',
    why: 'Nothing is evaluated.',
    get example() {
      return { ...ssdt(''), run: 'eval ssdt.aml \\NONE' };
    },
    source: '5.3',
    hides: NOTHING,
    text: ({ name }: { name: string }) => `there is no ${name}`,
    hint: () => 'fwmap asl lists the objects',
  }),
  'acpi/set-unknown': row({
    severity: 'error',
    summary: '--set names a field that none of the tables has',
    why: 'The value would have no effect on the answer.',
    get example() {
      return { ...ssdt(''), run: 'windows ssdt.aml --set NOPE=1' };
    },
    source: '19.6.48',
    hides: NOTHING,
    text: ({ name }: UnknownName) => `no field is named ${name}`,
    hint: ({ near, names, more }) =>
      near.length > 0
        ? `did you mean ${near.join(' or ')}?`
        : names.length === 0
          ? 'the tables have no fields'
          : `the fields are ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
  }),
  'acpi/set-width': row({
    severity: 'error',
    summary: '--set gives a field a value that does not fit',
    why: 'The value or the name is a mistake.',
    // OperationRegion (REGN, SystemMemory, 0, 1), Field (REGN, ByteAcc) { BYTE, 8 }
    example: {
      ...ssdt('5b 80 52 45 47 4e 00 00 01 5b 81 0b 52 45 47 4e 01 42 59 54 45 08'),
      run: 'windows ssdt.aml --set BYTE=0x100',
    },
    source: '19.6.48',
    hides: NOTHING,
    text: ({ name, path, bits }: { name: string; path: string; bits: number }) =>
      `the value of ${name} is too large: ${path} has ${bits} bits`,
  }),
  'acpi/set-twice': row({
    severity: 'error',
    summary: '--set gives one field two values',
    why: 'It is unclear which one is meant.',
    // OperationRegion (REGN, SystemMemory, 0, 1), Field (REGN, ByteAcc) { BYTE, 8 }
    example: {
      ...ssdt('5b 80 52 45 47 4e 00 00 01 5b 81 0b 52 45 47 4e 01 42 59 54 45 08'),
      run: 'windows ssdt.aml --set BYTE=1 --set \\BYTE=2',
    },
    source: '19.6.48',
    hides: NOTHING,
    text: ({ name, before, path }: { name: string; before: string; path: string }) =>
      `${path} is given a value as ${before} and as ${name}`,
  }),
  'acpi/no-aml': row({
    severity: 'error',
    summary: 'no input contains AML',
    why: 'There is nothing to print as ASL.',
    example: {
      files: {
        'hpet.aml': { hex: '4850455424000000010046574d41502020204558414d504c45200100000046574d5001000000' },
      },
      run: 'asl hpet.aml',
    },
    source: '5.2.11',
    hides: FIRMWARE,
    text: () => 'no table that contains AML was found',
  }),
};

function truncated({
  signature,
  length,
  available,
}: {
  signature: string;
  length: number;
  available: number;
}): string {
  return signature === 'RSDP'
    ? `RSDP: ${length} bytes expected, ${available} available`
    : `${signature}: the header's length is ${length}, but only ${available} bytes are available`;
}

export interface UnknownName {
  readonly name: string;
  /** Similar names, the nearest first. */
  readonly near: readonly string[];
  /** Some of the existing names; `more` is the number of others. */
  readonly names: readonly string[];
  readonly more: number;
}

export interface Fault extends Problem {
  readonly table: string | undefined;
  readonly exception: string;
  /** The method at fault, where the path of the diagnostic is that of its caller. */
  readonly inside: string | undefined;
}

/** Not exceptions of the machine but limits of fwmap; the problem says the same in words. */
const OWN_EXCEPTIONS: ReadonlySet<string> = new Set(['NOT_FOLLOWED', 'BUDGET']);

function fault({ table, exception, problem, inside }: Fault): string {
  const name = OWN_EXCEPTIONS.has(exception) ? '' : `${exception}: `;
  return `${table === undefined ? '' : `${table}: `}${name}${problem}${inside === undefined ? '' : `, in ${inside}`}`;
}
