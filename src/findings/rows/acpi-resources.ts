/** Resource templates, and lists of resources that programs print. Sections are those of ACPI 6.5. */
import { FIRMWARE, type Hidden, NOTHING, row } from '../row.ts';

const WINDOW: readonly Hidden[] = ['window', 'framebuffer'];
const hexDump = (hex: string) => ({ files: { 'crs.hex': `${hex}\n` }, run: 'windows --as crs-hex crs.hex' });
const list = (text: string) => ({ files: { 'crs.txt': text }, run: 'windows --as crs-text crs.txt' });
const REST = 'Its meaning is unknown; it could be a window.';

export const ACPI_RESOURCE_ROWS = {
  'acpi/descriptor-unknown': row({
    severity: 'warning',
    summary: 'a descriptor has a tag that ACPI does not define',
    why: `${REST} ACPICA rejects the whole template.`,
    example: hexDump('94 01 00 00 79 00'),
    source: '6.4, tables 6.27 and 6.40; acpi_ut_validate_resource() of ACPICA',
    hides: WINDOW,
    scope: 'path',
    text: ({ tag, at }: { tag: string; at: number }) =>
      `ACPI 6.5 defines no descriptor with tag ${tag} (byte ${at})`,
  }),
  'acpi/descriptor-tag': row({
    severity: 'warning',
    summary: 'the tag of a descriptor is unknown',
    why: 'Firmware computes it. The rest of the template cannot be decoded.',
    example: hexDump('?? 01 00 00 79 00'),
    source: '6.4',
    hides: WINDOW,
    scope: 'path',
    text: ({ at }: { at: number }) => `the tag at byte ${at} is unknown; the rest can't be decoded`,
  }),
  'acpi/descriptor-length': row({
    severity: 'error',
    summary: 'the length of a descriptor is unknown or does not fit the template',
    why: `${REST} Nothing after it is read.`,
    example: hexDump('86 09 00 00 01'),
    source: '6.4.3',
    hides: WINDOW,
    scope: 'path',
    text: (args: { at: number; tag: string; length: number | undefined; left: number; cut: boolean }) =>
      args.length === undefined
        ? `the length of the descriptor at byte ${args.at} (tag ${args.tag}) ${args.cut ? 'is cut off' : 'is unknown'}`
        : `the length of the descriptor at byte ${args.at} (tag ${args.tag}) is ${args.length}, but only ${args.left} ${args.left === 1 ? 'byte is' : 'bytes are'} left`,
  }),
  'acpi/descriptor-short': row({
    severity: 'error',
    summary: 'a descriptor ends before required fields',
    why: 'Their values are unknown.',
    example: hexDump('86 05 00 01 00 00 00 00 79 00'),
    source: '6.4',
    hides: WINDOW,
    scope: 'path',
    text: ({ title, at, missing }: { title: string; at: number; missing: string }) =>
      `${title} at byte ${at} ends before ${missing}`,
  }),
  'acpi/descriptor-content': row({
    severity: 'warning',
    summary: 'a field of a descriptor has a value that ACPI does not define',
    why: 'The rest of the descriptor is read.',
    example: hexDump('86 0a 00 01 00 00 00 00 04 00 00 00 00 79 00'),
    source: '6.4',
    hides: NOTHING,
    text: ({ title, at, problem }: { title: string; at: number; problem: string }) =>
      `${title} at byte ${at}: ${problem}`,
  }),
  'acpi/no-end-tag': row({
    severity: 'warning',
    summary: 'a resource template has no end tag',
    why: 'It may be cut off, with more windows after the cut. ACPICA rejects it: Linux would use none of it.',
    example: hexDump('47 01 f8 0c f8 0c 01 08'),
    source: '6.4.2.9; AE_AML_NO_RESOURCE_END_TAG of ACPICA',
    hides: WINDOW,
    scope: 'path',
    text: () => 'the template has no end tag',
  }),
  'acpi/no-template': row({
    severity: 'error',
    summary: 'a text read as a hex dump contains no bytes',
    why: 'It contains nothing that fwmap can use.',
    example: hexDump('hello'),
    source: 'README: inputs',
    hides: FIRMWARE,
    text: () => 'no bytes of a resource template were found',
  }),
  'acpi/no-resources': row({
    severity: 'error',
    summary: 'a text read as a printed resource list contains none',
    why: 'It contains nothing that fwmap can use.',
    example: list('hello\n'),
    source: 'README: inputs',
    hides: FIRMWARE,
    text: () => 'no printed resource list was found',
  }),
  'acpi/hex-dump': row({
    severity: 'warning',
    summary: 'bytes of a hex dump are missing or not read',
    why: 'Lines are missing or out of order, or the content of a Buffer is not a list of bytes.',
    example: hexDump('0000: 47 01 f8 0c f8 0c 01 08\n0010: 79 00'),
    source: 'README: inputs',
    hides: WINDOW,
    text: ({ problem }: { problem: string }) => problem,
  }),
  'acpi/list-limit': row({
    severity: 'error',
    summary: 'an input contains more resource lists than are read',
    why: 'Everything past the limit is missing.',
    example: hexDump('79 00 '.repeat(4097)),
    source: 'the limits text-templates, template-tokens and list-entries',
    hides: WINDOW,
    text: ({ limit }: { limit: string }) => `more than ${limit}; the rest is not read`,
  }),
  'acpi/list-cut': row({
    severity: 'warning',
    summary: 'a resource list of acpiexec has no end tag',
    why: 'acpiexec prints one for every list, so descriptors at its end may be missing.',
    example: list(
      'Device: \\_SB.PCI0\nEvaluating _CRS\n[00] I/O Resource\n                  Decode : Full 16-bit\n         Address Minimum : 0CF8\n',
    ),
    source: 'acpi_rs_dump_resource_list() of ACPICA',
    hides: WINDOW,
    scope: 'path',
    text: () => 'the list has no end tag',
  }),
  'acpi/printed-line': row({
    severity: 'warning',
    summary: 'a line of a printed resource list cannot be read',
    why: 'The range in it is missing; it could be a window.',
    example: list(
      'pci_bus 0000:00: root bus resource [mem 0xf8000000-\npci_bus 0000:00: root bus resource [io 0x60-0x60 window]\n',
    ),
    source: '%pR in lib/vsprintf.c; drivers/pnp/interface.c',
    hides: WINDOW,
    text: ({ line }: { line: string }) => `"${line}" is not a complete resource; it is left out`,
  }),
  'acpi/range-backwards': row({
    severity: 'warning',
    summary: 'a printed range ends before it starts',
    why: 'The line is left out; it may be damaged.',
    example: list('state = active\nmem 0x2000-0x1000\nio 0x60-0x60\n'),
    source: 'drivers/pnp/interface.c; %pR in lib/vsprintf.c',
    hides: WINDOW,
    text: ({ start, end }: { start: string; end: string }) =>
      `the range ends at ${end}, before its start ${start}`,
  }),
  'acpi/unknown-title': row({
    severity: 'warning',
    summary: "acpiexec's list has a descriptor with an unknown name",
    why: REST,
    example: list('Device: \\_SB.PCI0\nEvaluating _CRS\n[00] Nonsense Resource\n       Length : 00000010\n'),
    source: 'acpi_rs_dump_resource_list() of ACPICA',
    hides: WINDOW,
    text: ({ title }: { title: string }) => `no descriptor is called "${title}"`,
  }),
  'acpi/unknown-value': row({
    severity: 'warning',
    summary: "acpiexec's list has a value that its field cannot have",
    why: 'The value is unknown.',
    example: list(
      'Device: \\_SB.PCI0\nEvaluating _CRS\n[00] I/O Resource\n                  Decode : Sideways\n         Address Minimum : 0CF8\n[01] EndTag Resource\n',
    ),
    source: 'acpi_rs_dump_descriptor() of ACPICA',
    hides: WINDOW,
    text: ({ title, value }: { title: string; value: string }) => `"${title}" can't be "${value}"`,
  }),
  'acpi/acpiexec-fill': row({
    severity: 'note',
    summary: 'a list comes from acpiexec, which reads unreachable memory as zeros',
    why: 'Values that the firmware reads from memory or registers are not those of the machine.',
    example: list(
      'Device: \\_SB.PCI0\nEvaluating _CRS\n[00] I/O Resource\n                  Decode : Full 16-bit\n         Address Minimum : 0CF8\n         Address Maximum : 0CF8\n               Alignment : 01\n          Address Length : 08\n',
    ),
    source: 'ae_region_handler() of acpiexec',
    hides: NOTHING,
    text: () =>
      'acpiexec reads zeros from memory and registers it cannot reach: such values are not those of the machine',
    hint: () => 'give fwmap the tables themselves; it reports which values depend on such reads',
  }),
};
