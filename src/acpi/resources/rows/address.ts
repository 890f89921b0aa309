/** Address space descriptors and the extended interrupt (ACPI 6.5, 6.4.3.5 and 6.4.3.6). */
import {
  ADDRESS_SPACE,
  flag,
  NUMBER,
  POLARITY,
  PRODUCER,
  READ_WRITE,
  SHARING,
  TRIGGERING,
  WAKE_CAPABLE,
  words,
} from '../codec.ts';
import type { FieldValues } from '../descriptor.ts';
import { bits, type DescriptorRow, type Element, flags, number } from '../layout.ts';

const TRANSLATION_TYPE = words(['TypeStatic', 'TypeTranslation']);

/** Memory type-specific flags, table 6.49. */
const MEMORY_FLAGS = flags(
  'typeFlags',
  1,
  bits('writeProtect', 0, 1, READ_WRITE, '_RW_'),
  bits('caching', 1, 2, words(['NonCacheable', 'Cacheable', 'WriteCombining', 'Prefetchable']), '_MEM'),
  bits(
    'rangeType',
    3,
    2,
    words(['AddressRangeMemory', 'AddressRangeReserved', 'AddressRangeACPI', 'AddressRangeNVS']),
    '_MTP',
  ),
  bits('translationType', 5, 1, TRANSLATION_TYPE, '_TTP'),
);

/** I/O type-specific flags, table 6.50. */
const IO_FLAGS = flags(
  'typeFlags',
  1,
  bits('rangeType', 0, 2, words([undefined, 'NonISAOnlyRanges', 'ISAOnlyRanges', 'EntireRange']), '_RNG'),
  bits('translationType', 4, 1, TRANSLATION_TYPE, '_TTP'),
  bits('translationDensity', 5, 1, words(['DenseTranslation', 'SparseTranslation']), '_TRS'),
);

/** Bus number ranges have no type-specific flags, those of other types are vendor-defined. */
const OTHER_FLAGS = number('typeFlags', 1, NUMBER, { tag: '_ATT' });

function typeFlags(fields: FieldValues): readonly Element[] {
  if (fields.space === 'memory') return [MEMORY_FLAGS];
  return fields.space === 'io' ? [IO_FLAGS] : [OTHER_FLAGS];
}

const COMMON: readonly Element[] = [
  number('space', 1, ADDRESS_SPACE),
  flags(
    'generalFlags',
    1,
    bits('producer', 0, 1, PRODUCER),
    bits('decode', 1, 1, words(['positive', 'subtractive'], ['PosDecode', 'SubDecode']), '_DEC'),
    bits('minFixed', 2, 1, flag(['MinNotFixed', 'MinFixed']), '_MIF'),
    bits('maxFixed', 3, 1, flag(['MaxNotFixed', 'MaxFixed']), '_MAF'),
  ),
  { kind: 'choice', choose: typeFlags },
];

function range(bytes: number): readonly Element[] {
  return [
    number('granularity', bytes, NUMBER, { tag: '_GRA' }),
    number('min', bytes, NUMBER, { tag: '_MIN' }),
    number('max', bytes, NUMBER, { tag: '_MAX' }),
    number('translation', bytes, NUMBER, { tag: '_TRA' }),
    number('length', bytes, NUMBER, { tag: '_LEN' }),
  ];
}

export const ADDRESS_ROWS: readonly DescriptorRow[] = [
  {
    type: 'dword-address',
    title: 'DWord Address Space Descriptor',
    section: '6.4.3.5.2',
    size: 'large',
    item: 0x07,
    elements: [...COMMON, ...range(4), { kind: 'source' }],
  },
  {
    type: 'word-address',
    title: 'Word Address Space Descriptor',
    section: '6.4.3.5.3',
    size: 'large',
    item: 0x08,
    elements: [...COMMON, ...range(2), { kind: 'source' }],
  },
  {
    type: 'extended-irq',
    title: 'Extended Interrupt Descriptor',
    section: '6.4.3.6',
    size: 'large',
    item: 0x09,
    elements: [
      flags(
        'flags',
        1,
        bits('producer', 0, 1, PRODUCER),
        bits('triggering', 1, 1, TRIGGERING, '_HE_'),
        bits('polarity', 2, 1, POLARITY, '_LL_'),
        bits('sharing', 3, 1, SHARING, '_SHR'),
        bits('wakeCapable', 4, 1, WAKE_CAPABLE),
      ),
      number('interruptCount', 1, NUMBER),
      { kind: 'list', name: 'interrupts', bytes: 4, count: 'interruptCount', tag: '_INT' },
      { kind: 'source' },
    ],
  },
  {
    type: 'qword-address',
    title: 'QWord Address Space Descriptor',
    section: '6.4.3.5.1',
    size: 'large',
    item: 0x0a,
    elements: [...COMMON, ...range(8), { kind: 'source' }],
  },
  {
    type: 'extended-address',
    title: 'Extended Address Space Descriptor',
    section: '6.4.3.5.4',
    size: 'large',
    item: 0x0b,
    elements: [
      ...COMMON,
      number('revisionId', 1, NUMBER, { initial: 1 }),
      number('reserved', 1, NUMBER),
      ...range(8),
      number('typeSpecificAttribute', 8, NUMBER, { tag: '_ATT' }),
    ],
  },
];
