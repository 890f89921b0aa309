/** Serial bus connections (ACPI 6.5, 6.4.3.8.2), one tag with a row for each bus type, and clock input (6.4.3.14). */
import { NUMBER, PRODUCER, SHARING, words } from '../codec.ts';
import type { FieldValues } from '../descriptor.ts';
import { bits, type DescriptorRow, type Element, type FlagsElement, flags, number } from '../layout.ts';

const SERIAL_BUS_ITEM = 0x0e;
/** Offset of the bus type byte. */
const BUS_TYPE_AT = 5;
/** Offset of the type-specific data. */
const TYPE_DATA_AT = 12;

/** Exclusive end of the vendor data, which the type data length includes; the resource source follows. */
function vendorDataEnd(fields: FieldValues): number | undefined {
  return typeof fields.typeDataLength === 'bigint' ? TYPE_DATA_AT + Number(fields.typeDataLength) : undefined;
}

function connection(typeFlags: FlagsElement | Element, ...typeData: readonly Element[]): readonly Element[] {
  return [
    number('revisionId', 1, NUMBER, { initial: 1 }),
    number('resourceSourceIndex', 1, NUMBER),
    number('busType', 1, words([undefined, 'I2C', 'SPI', 'UART', 'CSI2'], [])),
    flags(
      'generalFlags',
      1,
      bits('slaveMode', 0, 1, words(['ControllerInitiated', 'DeviceInitiated']), '_SLV'),
      bits('producer', 1, 1, PRODUCER),
      bits('sharing', 2, 1, SHARING, '_SHR'),
    ),
    typeFlags,
    number('typeRevisionId', 1, NUMBER, { initial: 1 }),
    number('typeDataLength', 2, NUMBER),
    ...typeData,
    { kind: 'data', name: 'vendorData', tag: '_VEN', end: vendorDataEnd },
    { kind: 'string', name: 'resourceSource' },
  ];
}

const I2C = connection(
  flags(
    'typeFlags',
    2,
    bits('accessMode', 0, 1, words(['AddressingMode7Bit', 'AddressingMode10Bit']), '_MOD'),
    // For a legacy device on an I3C bus, since ACPI 6.4.
    bits('legacyVirtualRegister', 8, 8, NUMBER),
  ),
  number('connectionSpeed', 4, NUMBER, { tag: '_SPE' }),
  number('slaveAddress', 2, NUMBER, { tag: '_ADR' }),
);

const SPI = connection(
  flags(
    'typeFlags',
    2,
    bits('wireMode', 0, 1, words(['FourWireMode', 'ThreeWireMode']), '_MOD'),
    bits('devicePolarity', 1, 1, words(['PolarityLow', 'PolarityHigh']), '_DPL'),
  ),
  number('connectionSpeed', 4, NUMBER, { tag: '_SPE' }),
  number('dataBitLength', 1, NUMBER, { tag: '_LEN' }),
  number('clockPhase', 1, words(['ClockPhaseFirst', 'ClockPhaseSecond']), { tag: '_PHA' }),
  number('clockPolarity', 1, words(['ClockPolarityLow', 'ClockPolarityHigh']), { tag: '_POL' }),
  number('deviceSelection', 2, NUMBER, { tag: '_ADR' }),
);

const UART = connection(
  flags(
    'typeFlags',
    2,
    bits('flowControl', 0, 2, words(['FlowControlNone', 'FlowControlHardware', 'FlowControlXON']), '_FLC'),
    bits(
      'stopBits',
      2,
      2,
      words(['StopBitsZero', 'StopBitsOne', 'StopBitsOnePlusHalf', 'StopBitsTwo']),
      '_STB',
    ),
    bits(
      'dataBits',
      4,
      3,
      words(['DataBitsFive', 'DataBitsSix', 'DataBitsSeven', 'DataBitsEight', 'DataBitsNine']),
      '_LEN',
    ),
    bits('endian', 7, 1, words(['LittleEndian', 'BigEndian']), '_END'),
  ),
  number('connectionSpeed', 4, NUMBER, { tag: '_SPE' }),
  number('rxFifoSize', 2, NUMBER, { tag: '_RXL' }),
  number('txFifoSize', 2, NUMBER, { tag: '_TXL' }),
  number(
    'parity',
    1,
    words(['ParityTypeNone', 'ParityTypeEven', 'ParityTypeOdd', 'ParityTypeMark', 'ParityTypeSpace']),
    { tag: '_PAR' },
  ),
  number('linesEnabled', 1, NUMBER, { tag: '_LIN' }),
);

const CSI2 = connection(
  flags(
    'typeFlags',
    2,
    bits('phyType', 0, 2, words(['C-PHY', 'D-PHY'], []), '_PHY'),
    bits('localPortInstance', 2, 6, NUMBER, '_PRT'),
  ),
);

const SERIAL = { title: 'Serial Bus Connection Descriptor', size: 'large', item: SERIAL_BUS_ITEM } as const;

export const SERIAL_BUS_ROWS: readonly DescriptorRow[] = [
  { ...SERIAL, type: 'i2c', section: '6.4.3.8.2.1', match: { at: BUS_TYPE_AT, value: 1 }, elements: I2C },
  { ...SERIAL, type: 'spi', section: '6.4.3.8.2.2', match: { at: BUS_TYPE_AT, value: 2 }, elements: SPI },
  { ...SERIAL, type: 'uart', section: '6.4.3.8.2.3', match: { at: BUS_TYPE_AT, value: 3 }, elements: UART },
  { ...SERIAL, type: 'csi2', section: '6.4.3.8.2.4', match: { at: BUS_TYPE_AT, value: 4 }, elements: CSI2 },
  {
    // Vendor-defined types (from 0xC0 on) and reserved ones: all type-specific data is vendor data.
    ...SERIAL,
    type: 'serial-bus',
    section: '6.4.3.8.2',
    match: { at: BUS_TYPE_AT, value: [0, 0xff] },
    elements: connection(number('typeFlags', 2, NUMBER)),
  },
];

export const CLOCK_INPUT_ROW: DescriptorRow = {
  type: 'clock-input',
  title: 'Clock Input Descriptor',
  section: '6.4.3.14',
  size: 'large',
  item: 0x13,
  elements: [
    number('revisionId', 1, NUMBER, { initial: 1 }),
    flags(
      'flags',
      2,
      bits('frequencyMode', 0, 1, words(['Fixed', 'Variable'])),
      bits('frequencyScale', 1, 2, words(['Hz', 'KHz', 'MHz'])),
    ),
    number('frequencyDivisor', 2, NUMBER),
    number('frequencyNumerator', 4, NUMBER),
    { kind: 'source' },
  ],
};
