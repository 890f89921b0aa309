/** Memory ranges other than address space descriptors, the large vendor descriptor, and registers (ACPI 6.5, 6.4.3). */
import { NUMBER, READ_WRITE, REGISTER_SPACE, words } from '../codec.ts';
import { bits, type DescriptorRow, flags, number } from '../layout.ts';

const INFORMATION = flags('information', 1, bits('writeProtect', 0, 1, READ_WRITE, '_RW_'));

export const MEMORY_ROWS: readonly DescriptorRow[] = [
  {
    // Minimum, maximum and length are in units of 256 bytes. An alignment of 0 means 64 KiB.
    type: 'memory24',
    title: '24-Bit Memory Range Descriptor',
    section: '6.4.3.1',
    size: 'large',
    item: 0x01,
    elements: [
      INFORMATION,
      number('min', 2, NUMBER, { tag: '_MIN' }),
      number('max', 2, NUMBER, { tag: '_MAX' }),
      number('alignment', 2, NUMBER, { tag: '_ALN' }),
      number('length', 2, NUMBER, { tag: '_LEN' }),
    ],
  },
  {
    type: 'register',
    title: 'Generic Register Descriptor',
    section: '6.4.3.7',
    size: 'large',
    item: 0x02,
    elements: [
      number('addressSpace', 1, REGISTER_SPACE, { tag: '_ASI' }),
      number('bitWidth', 1, NUMBER, { tag: '_RBW' }),
      number('bitOffset', 1, NUMBER, { tag: '_RBO' }),
      number('accessSize', 1, words(['Undefined', 'Byte', 'Word', 'DWord', 'QWord'], []), { tag: '_ASZ' }),
      number('address', 8, NUMBER, { tag: '_ADR' }),
    ],
  },
  {
    // Since ACPI 3.0 the data begins with a subtype byte and a UUID; older firmware may have any data.
    type: 'vendor-long',
    title: 'Vendor-Defined Descriptor, Type 1',
    section: '6.4.3.2',
    size: 'large',
    item: 0x04,
    elements: [{ kind: 'data', name: 'data' }],
  },
  {
    type: 'memory32',
    title: '32-Bit Memory Range Descriptor',
    section: '6.4.3.3',
    size: 'large',
    item: 0x05,
    elements: [
      INFORMATION,
      number('min', 4, NUMBER, { tag: '_MIN' }),
      number('max', 4, NUMBER, { tag: '_MAX' }),
      number('alignment', 4, NUMBER, { tag: '_ALN' }),
      number('length', 4, NUMBER, { tag: '_LEN' }),
    ],
  },
  {
    type: 'memory32-fixed',
    title: '32-Bit Fixed Memory Range Descriptor',
    section: '6.4.3.4',
    size: 'large',
    item: 0x06,
    elements: [
      INFORMATION,
      number('base', 4, NUMBER, { tag: '_BAS' }),
      number('length', 4, NUMBER, { tag: '_LEN' }),
    ],
  },
];
