/** GPIO connections and pin functions, configurations and groups (ACPI 6.5, 6.4.3.8.1 and 6.4.3.9 to 6.4.3.13). */
import {
  GPIO_POLARITY,
  NUMBER,
  PIN_CONFIG,
  PRODUCER,
  SHARING,
  TRIGGERING,
  WAKE_CAPABLE,
  words,
} from '../codec.ts';
import type { FieldValues } from '../descriptor.ts';
import { type Area, bits, type DescriptorRow, type Element, flags, number } from '../layout.ts';

const REVISION = number('revisionId', 1, NUMBER, { initial: 1 });
const SHARED = bits('sharing', 0, 1, SHARING, '_SHR');

const PIN_TABLE_OFFSET = number('pinTableOffset', 2, NUMBER);
const SOURCE_INDEX = number('resourceSourceIndex', 1, NUMBER);
const SOURCE_OFFSET = number('resourceSourceOffset', 2, NUMBER);
const VENDOR: readonly Element[] = [number('vendorOffset', 2, NUMBER), number('vendorLength', 2, NUMBER)];

const PINS: Area = { name: 'pins', content: 'words', offset: 'pinTableOffset', tag: '_PIN' };
const SOURCE: Area = { name: 'resourceSource', content: 'string', offset: 'resourceSourceOffset' };
const VENDOR_DATA: Area = {
  name: 'vendorData',
  content: 'bytes',
  offset: 'vendorOffset',
  length: 'vendorLength',
  tag: '_VEN',
};
const GROUP_LABEL: Area = {
  name: 'resourceSourceLabel',
  content: 'string',
  offset: 'resourceSourceLabelOffset',
};

const INTERRUPT_FLAGS = flags(
  'connectionFlags',
  2,
  bits('triggering', 0, 1, TRIGGERING, '_MOD'),
  bits('polarity', 1, 2, GPIO_POLARITY, '_POL'),
  bits('sharing', 3, 1, SHARING, '_SHR'),
  bits('wakeCapable', 4, 1, WAKE_CAPABLE),
);

const IO_FLAGS = flags(
  'connectionFlags',
  2,
  bits(
    'ioRestriction',
    0,
    2,
    words([
      'IoRestrictionNone',
      'IoRestrictionInputOnly',
      'IoRestrictionOutputOnly',
      'IoRestrictionNoneAndPreserve',
    ]),
    '_IOR',
  ),
  bits('sharing', 3, 1, SHARING, '_SHR'),
  bits('wakeCapable', 4, 1, WAKE_CAPABLE),
);

function connectionFlags(fields: FieldValues): readonly Element[] {
  if (fields.connectionType === 'Interrupt') return [INTERRUPT_FLAGS];
  return fields.connectionType === 'I/O' ? [IO_FLAGS] : [number('connectionFlags', 2, NUMBER)];
}

const PIN_CONFIG_VALUE: readonly Element[] = [
  number('pinConfigType', 1, NUMBER, { tag: '_TYP' }),
  number('pinConfigValue', 4, NUMBER, { tag: '_VAL' }),
];

export const PIN_ROWS: readonly DescriptorRow[] = [
  {
    type: 'gpio',
    title: 'GPIO Connection Descriptor',
    section: '6.4.3.8.1',
    size: 'large',
    item: 0x0c,
    elements: [
      REVISION,
      number('connectionType', 1, words(['Interrupt', 'I/O'], [])),
      flags('generalFlags', 2, bits('producer', 0, 1, PRODUCER)),
      { kind: 'choice', choose: connectionFlags },
      number('pinConfig', 1, PIN_CONFIG, { tag: '_PPI' }),
      // In units of 10 µA and 10 µs.
      number('driveStrength', 2, NUMBER, { tag: '_DRS' }),
      number('debounceTimeout', 2, NUMBER, { tag: '_DBT' }),
      PIN_TABLE_OFFSET,
      SOURCE_INDEX,
      SOURCE_OFFSET,
      ...VENDOR,
      { kind: 'areas', areas: [PINS, SOURCE, VENDOR_DATA] },
    ],
  },
  {
    type: 'pin-function',
    title: 'Pin Function Descriptor',
    section: '6.4.3.9',
    size: 'large',
    item: 0x0d,
    elements: [
      REVISION,
      flags('flags', 2, SHARED),
      number('pinConfig', 1, PIN_CONFIG, { tag: '_PPI' }),
      number('functionNumber', 2, NUMBER, { tag: '_FUN' }),
      PIN_TABLE_OFFSET,
      SOURCE_INDEX,
      SOURCE_OFFSET,
      ...VENDOR,
      { kind: 'areas', areas: [PINS, SOURCE, VENDOR_DATA] },
    ],
  },
  {
    type: 'pin-config',
    title: 'Pin Configuration Descriptor',
    section: '6.4.3.10',
    size: 'large',
    item: 0x0f,
    elements: [
      REVISION,
      flags('flags', 2, SHARED, bits('producer', 1, 1, PRODUCER)),
      ...PIN_CONFIG_VALUE,
      PIN_TABLE_OFFSET,
      SOURCE_INDEX,
      SOURCE_OFFSET,
      ...VENDOR,
      { kind: 'areas', areas: [PINS, SOURCE, VENDOR_DATA] },
    ],
  },
  {
    type: 'pin-group',
    title: 'Pin Group Descriptor',
    section: '6.4.3.11',
    size: 'large',
    item: 0x10,
    elements: [
      REVISION,
      flags('flags', 2, bits('producer', 0, 1, PRODUCER)),
      PIN_TABLE_OFFSET,
      number('resourceLabelOffset', 2, NUMBER),
      ...VENDOR,
      {
        kind: 'areas',
        areas: [
          PINS,
          { name: 'resourceLabel', content: 'string', offset: 'resourceLabelOffset' },
          VENDOR_DATA,
        ],
      },
    ],
  },
  {
    type: 'pin-group-function',
    title: 'Pin Group Function Descriptor',
    section: '6.4.3.12',
    size: 'large',
    item: 0x11,
    elements: [
      REVISION,
      flags('flags', 2, SHARED, bits('producer', 1, 1, PRODUCER)),
      number('functionNumber', 2, NUMBER, { tag: '_FUN' }),
      SOURCE_INDEX,
      SOURCE_OFFSET,
      number('resourceSourceLabelOffset', 2, NUMBER),
      ...VENDOR,
      { kind: 'areas', areas: [SOURCE, GROUP_LABEL, VENDOR_DATA] },
    ],
  },
  {
    type: 'pin-group-config',
    title: 'Pin Group Configuration Descriptor',
    section: '6.4.3.13',
    size: 'large',
    item: 0x12,
    elements: [
      REVISION,
      flags('flags', 2, SHARED, bits('producer', 1, 1, PRODUCER)),
      ...PIN_CONFIG_VALUE,
      SOURCE_INDEX,
      SOURCE_OFFSET,
      number('resourceSourceLabelOffset', 2, NUMBER),
      ...VENDOR,
      { kind: 'areas', areas: [SOURCE, GROUP_LABEL, VENDOR_DATA] },
    ],
  },
];
