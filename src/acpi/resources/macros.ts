/**
 * ASL's resource macros (ACPI 6.5, 19.6) as data: name, arguments in order, and the descriptor field of each argument.
 * ASL parser, compiler and printer all use these rows.
 *
 * An omitted argument has its default. Keywords are in the descriptor rows, so a macro row has only names of fields.
 */
import type { FieldValue, FieldValues, ResourceType } from './descriptor.ts';

/** Syntax of an argument. `share` is a keyword that sets both `sharing` and `wakeCapable`. */
export type ArgumentKind =
  | 'integer'
  | 'keyword'
  | 'keyword-or-integer'
  | 'share'
  | 'string'
  | 'descriptor-name'
  | 'buffer';

export interface MacroArgument {
  /** Name in the specification. */
  readonly name: string;
  readonly kind: ArgumentKind;
  /** The descriptor fields that the argument sets, mostly one; none for a descriptor name. */
  readonly fields: readonly string[];
  /** Default value; `undefined` if the argument is required or its field is optional. */
  readonly initial?: FieldValue;
  readonly required: boolean;
}

/** The list in braces after the arguments. */
export interface MacroList {
  readonly field: string;
  /** Bytes, pins or interrupts. */
  readonly of: 'bytes' | 'words' | 'dwords';
}

export interface ResourceMacro {
  readonly name: string;
  readonly type: ResourceType;
  readonly arguments: readonly MacroArgument[];
  readonly list?: MacroList;
  /** The braces contain further macros: the resources of a StartDependentFn. */
  readonly nested?: boolean;
  /** Fields that the macro's name implies. */
  readonly implied?: FieldValues;
}

const required = (name: string, field: string, kind: ArgumentKind = 'integer'): MacroArgument => ({
  name,
  kind,
  fields: [field],
  required: true,
});
const optional = (
  name: string,
  field: string,
  kind: ArgumentKind,
  initial: FieldValue | undefined,
): MacroArgument => ({
  name,
  kind,
  fields: [field],
  required: false,
  ...(initial === undefined ? {} : { initial }),
});

const keyword = (name: string, field: string, initial: FieldValue): MacroArgument =>
  optional(name, field, 'keyword', initial);

const NAME: MacroArgument = { name: 'DescriptorName', kind: 'descriptor-name', fields: [], required: false };
const USAGE = keyword('ResourceUsage', 'producer', false);
const PRODUCER_USAGE = keyword('ResourceUsage', 'producer', true);
const SHARE: MacroArgument = {
  name: 'Shared',
  kind: 'share',
  fields: ['sharing', 'wakeCapable'],
  required: false,
  initial: 'Exclusive',
};
/** Sharing without a wake bit. */
const SHARE_ONLY = keyword('Shared', 'sharing', 'Exclusive');
const DECODE = keyword('Decode', 'decode', 'positive');
const MIN_FIXED = keyword('IsMinFixed', 'minFixed', false);
const MAX_FIXED = keyword('IsMaxFixed', 'maxFixed', false);
const READ_WRITE = keyword('ReadAndWrite', 'writeProtect', 'ReadWrite');
const SOURCE_INDEX = optional('ResourceSourceIndex', 'resourceSourceIndex', 'integer', undefined);
const SOURCE = optional('ResourceSource', 'resourceSource', 'string', undefined);
const REQUIRED_SOURCE = required('ResourceSource', 'resourceSource', 'string');
const CONNECTION_INDEX = optional('ResourceSourceIndex', 'resourceSourceIndex', 'integer', 0n);
const VENDOR_DATA = optional('VendorData', 'vendorData', 'buffer', undefined);
const TRANSLATION_TYPE = keyword('TranslationType', 'translationType', 'TypeStatic');
const TYPE_SPECIFIC = optional('TypeSpecificAttributes', 'typeSpecificAttribute', 'integer', 0n);
const PIN_CONFIG = required('PinConfig', 'pinConfig', 'keyword-or-integer');
const PINS: MacroList = { field: 'pins', of: 'words' };

const RANGE: readonly MacroArgument[] = [
  required('AddressGranularity', 'granularity'),
  required('AddressMinimum', 'min'),
  required('AddressMaximum', 'max'),
  required('AddressTranslation', 'translation'),
  required('RangeLength', 'length'),
];
const SOURCE_AND_NAME: readonly MacroArgument[] = [SOURCE_INDEX, SOURCE, NAME];

const ioArguments = (tail: readonly MacroArgument[]): readonly MacroArgument[] => [
  USAGE,
  MIN_FIXED,
  MAX_FIXED,
  DECODE,
  keyword('ISARanges', 'rangeType', 'EntireRange'),
  ...RANGE,
  ...tail,
  TRANSLATION_TYPE,
  keyword('TranslationDensity', 'translationDensity', 'DenseTranslation'),
];

const memoryArguments = (tail: readonly MacroArgument[]): readonly MacroArgument[] => [
  USAGE,
  DECODE,
  MIN_FIXED,
  MAX_FIXED,
  keyword('Cacheable', 'caching', 'NonCacheable'),
  READ_WRITE,
  ...RANGE,
  ...tail,
  keyword('MemoryType', 'rangeType', 'AddressRangeMemory'),
  TRANSLATION_TYPE,
];

const spaceArguments = (tail: readonly MacroArgument[]): readonly MacroArgument[] => [
  required('ResourceType', 'space'),
  USAGE,
  DECODE,
  MIN_FIXED,
  MAX_FIXED,
  required('TypeSpecificFlags', 'typeFlags'),
  ...RANGE,
  ...tail,
];

/** The macros of one address descriptor. @param prefix ASL's word for its width */
function addressMacros(prefix: string, type: ResourceType): readonly ResourceMacro[] {
  const extended = type === 'extended-address';
  const tail = extended ? [TYPE_SPECIFIC, NAME] : SOURCE_AND_NAME;
  const macros: ResourceMacro[] = [
    { name: `${prefix}IO`, type, arguments: ioArguments(tail), implied: { space: 'io' } },
    { name: `${prefix}Space`, type, arguments: spaceArguments(tail) },
  ];
  if (type !== 'word-address') {
    macros.push({
      name: `${prefix}Memory`,
      type,
      arguments: memoryArguments(tail),
      implied: { space: 'memory' },
    });
  }
  if (!extended) {
    macros.push({
      name: `${prefix}PCC`,
      type,
      arguments: [
        // One address: minimum and maximum are the same, the length is 1.
        { name: 'AddressMinimum', kind: 'integer', fields: ['min', 'max'], required: true },
        ...SOURCE_AND_NAME,
      ],
      implied: {
        space: 'pcc',
        producer: true,
        decode: 'positive',
        minFixed: true,
        maxFixed: true,
        typeFlags: 0n,
        granularity: 0n,
        translation: 0n,
        length: 1n,
      },
    });
  }
  return macros;
}

const CONNECTION_TAIL = [REQUIRED_SOURCE, CONNECTION_INDEX, USAGE, NAME] as const;

/** A serial bus macro of revision 1, and the one of revision 2 with a `V2` suffix and a sharing argument. */
function serialMacros(
  name: string,
  type: ResourceType,
  own: readonly MacroArgument[],
): readonly ResourceMacro[] {
  const head = [...own, ...CONNECTION_TAIL];
  return [
    { name, type, arguments: [...head, VENDOR_DATA], implied: { revisionId: 1n, sharing: 'Exclusive' } },
    {
      name: `${name}V2`,
      type,
      arguments: [...head, SHARE_ONLY, VENDOR_DATA],
      implied: { revisionId: 2n },
    },
  ];
}

const SLAVE_MODE = keyword('SlaveMode', 'slaveMode', 'ControllerInitiated');
const SPEED = required('ConnectionSpeed', 'connectionSpeed');
const TRIGGERING = required('EdgeLevel', 'triggering', 'keyword');
const ACTIVE_LEVEL = required('ActiveLevel', 'polarity', 'keyword');

export const RESOURCE_MACROS: readonly ResourceMacro[] = [
  {
    name: 'IRQ',
    type: 'irq',
    arguments: [TRIGGERING, ACTIVE_LEVEL, SHARE, NAME],
    list: { field: 'interrupts', of: 'bytes' },
  },
  { name: 'IRQNoFlags', type: 'irq', arguments: [NAME], list: { field: 'interrupts', of: 'bytes' } },
  {
    name: 'DMA',
    type: 'dma',
    arguments: [
      required('DmaType', 'speed', 'keyword'),
      keyword('BusMaster', 'busMaster', true),
      required('DmaTransferSize', 'transferType', 'keyword'),
      NAME,
    ],
    list: { field: 'channels', of: 'bytes' },
  },
  {
    name: 'FixedDMA',
    type: 'fixed-dma',
    arguments: [
      required('DmaRequestLines', 'requestLines'),
      required('DmaChannels', 'channels'),
      keyword('DmaTransferWidth', 'transferWidth', 'Width32bit'),
      NAME,
    ],
  },
  {
    name: 'StartDependentFn',
    type: 'start-dependent',
    arguments: [
      required('CompatibilityPriority', 'compatibilityPriority'),
      required('PerformancePriority', 'performanceRobustness'),
    ],
    nested: true,
  },
  { name: 'StartDependentFnNoPri', type: 'start-dependent', arguments: [], nested: true },
  { name: 'EndDependentFn', type: 'end-dependent', arguments: [] },
  {
    name: 'IO',
    type: 'io',
    arguments: [
      required('Decode', 'addressDecoding', 'keyword'),
      required('AddressMin', 'min'),
      required('AddressMax', 'max'),
      required('AddressAlignment', 'alignment'),
      required('RangeLength', 'length'),
      NAME,
    ],
  },
  {
    name: 'FixedIO',
    type: 'fixed-io',
    arguments: [required('AddressBase', 'base'), required('RangeLength', 'length'), NAME],
  },
  { name: 'VendorShort', type: 'vendor-short', arguments: [NAME], list: { field: 'data', of: 'bytes' } },
  { name: 'VendorLong', type: 'vendor-long', arguments: [NAME], list: { field: 'data', of: 'bytes' } },
  ...(['Memory24', 'Memory32'] as const).map(
    (name): ResourceMacro => ({
      name,
      type: name === 'Memory24' ? 'memory24' : 'memory32',
      arguments: [
        READ_WRITE,
        required('AddressMinimum', 'min'),
        required('AddressMaximum', 'max'),
        required('AddressAlignment', 'alignment'),
        required('RangeLength', 'length'),
        NAME,
      ],
    }),
  ),
  {
    name: 'Memory32Fixed',
    type: 'memory32-fixed',
    arguments: [READ_WRITE, required('AddressBase', 'base'), required('RangeLength', 'length'), NAME],
  },
  {
    name: 'Register',
    type: 'register',
    arguments: [
      required('AddressSpaceKeyword', 'addressSpace', 'keyword-or-integer'),
      required('RegisterBitWidth', 'bitWidth'),
      required('RegisterBitOffset', 'bitOffset'),
      required('RegisterAddress', 'address'),
      optional('AccessSize', 'accessSize', 'integer', 0n),
      NAME,
    ],
  },
  {
    name: 'Interrupt',
    type: 'extended-irq',
    arguments: [USAGE, TRIGGERING, ACTIVE_LEVEL, SHARE, SOURCE_INDEX, SOURCE, NAME],
    list: { field: 'interrupts', of: 'dwords' },
  },
  {
    name: 'WordBusNumber',
    type: 'word-address',
    arguments: [USAGE, MIN_FIXED, MAX_FIXED, DECODE, ...RANGE, ...SOURCE_AND_NAME],
    implied: { space: 'bus', typeFlags: 0n },
  },
  ...addressMacros('Word', 'word-address'),
  ...addressMacros('DWord', 'dword-address'),
  ...addressMacros('QWord', 'qword-address'),
  ...addressMacros('Extended', 'extended-address'),
  {
    name: 'GpioInt',
    type: 'gpio',
    arguments: [
      TRIGGERING,
      ACTIVE_LEVEL,
      SHARE,
      PIN_CONFIG,
      optional('DebounceTimeout', 'debounceTimeout', 'integer', 0n),
      ...CONNECTION_TAIL,
      VENDOR_DATA,
    ],
    list: PINS,
    implied: { connectionType: 'Interrupt', driveStrength: 0n },
  },
  {
    name: 'GpioIo',
    type: 'gpio',
    arguments: [
      SHARE,
      PIN_CONFIG,
      optional('DebounceTimeout', 'debounceTimeout', 'integer', 0n),
      optional('DriveStrength', 'driveStrength', 'integer', 0n),
      keyword('IORestriction', 'ioRestriction', 'IoRestrictionNone'),
      ...CONNECTION_TAIL,
      VENDOR_DATA,
    ],
    list: PINS,
    implied: { connectionType: 'I/O' },
  },
  ...serialMacros('I2cSerialBus', 'i2c', [
    required('SlaveAddress', 'slaveAddress'),
    SLAVE_MODE,
    SPEED,
    keyword('AddressingMode', 'accessMode', 'AddressingMode7Bit'),
  ]),
  ...serialMacros('SpiSerialBus', 'spi', [
    required('DeviceSelection', 'deviceSelection'),
    keyword('DeviceSelectionPolarity', 'devicePolarity', 'PolarityLow'),
    keyword('WireMode', 'wireMode', 'FourWireMode'),
    required('DataBitLength', 'dataBitLength'),
    SLAVE_MODE,
    SPEED,
    required('ClockPolarity', 'clockPolarity', 'keyword'),
    required('ClockPhase', 'clockPhase', 'keyword'),
  ]),
  ...serialMacros('UartSerialBus', 'uart', [
    SPEED,
    keyword('BitsPerByte', 'dataBits', 'DataBitsEight'),
    keyword('StopBits', 'stopBits', 'StopBitsOne'),
    required('LinesInUse', 'linesEnabled'),
    keyword('IsBigEndian', 'endian', 'LittleEndian'),
    keyword('Parity', 'parity', 'ParityTypeNone'),
    keyword('FlowControl', 'flowControl', 'FlowControlNone'),
    required('ReceiveBufferSize', 'rxFifoSize'),
    required('TransmitBufferSize', 'txFifoSize'),
  ]),
  {
    name: 'Csi2Bus',
    type: 'csi2',
    arguments: [
      SLAVE_MODE,
      required('PhyType', 'phyType'),
      optional('LocalPortInstance', 'localPortInstance', 'integer', 0n),
      ...CONNECTION_TAIL,
      VENDOR_DATA,
    ],
  },
  {
    name: 'PinFunction',
    type: 'pin-function',
    arguments: [
      SHARE_ONLY,
      PIN_CONFIG,
      required('FunctionNumber', 'functionNumber'),
      REQUIRED_SOURCE,
      CONNECTION_INDEX,
      // Not encoded in the descriptor.
      { name: 'ResourceUsage', kind: 'keyword', fields: [], required: false },
      NAME,
      VENDOR_DATA,
    ],
    list: PINS,
  },
  {
    name: 'PinConfig',
    type: 'pin-config',
    arguments: [
      SHARE_ONLY,
      required('PinConfigType', 'pinConfigType'),
      required('PinConfigValue', 'pinConfigValue'),
      ...CONNECTION_TAIL,
      VENDOR_DATA,
    ],
    list: PINS,
  },
  {
    name: 'PinGroup',
    type: 'pin-group',
    arguments: [required('ResourceLabel', 'resourceLabel', 'string'), PRODUCER_USAGE, NAME, VENDOR_DATA],
    list: PINS,
  },
  {
    name: 'PinGroupFunction',
    type: 'pin-group-function',
    arguments: [
      SHARE_ONLY,
      required('FunctionNumber', 'functionNumber'),
      REQUIRED_SOURCE,
      CONNECTION_INDEX,
      required('ResourceSourceLabel', 'resourceSourceLabel', 'string'),
      USAGE,
      NAME,
      VENDOR_DATA,
    ],
  },
  {
    name: 'PinGroupConfig',
    type: 'pin-group-config',
    arguments: [
      SHARE_ONLY,
      required('PinConfigType', 'pinConfigType'),
      required('PinConfigValue', 'pinConfigValue'),
      REQUIRED_SOURCE,
      CONNECTION_INDEX,
      required('ResourceSourceLabel', 'resourceSourceLabel', 'string'),
      USAGE,
      NAME,
      VENDOR_DATA,
    ],
  },
  {
    name: 'ClockInput',
    type: 'clock-input',
    arguments: [
      required('FrequencyNumerator', 'frequencyNumerator'),
      required('FrequencyDivisor', 'frequencyDivisor'),
      required('Scale', 'frequencyScale', 'keyword'),
      required('Mode', 'frequencyMode', 'keyword'),
      SOURCE,
      // iasl always writes the index byte here.
      CONNECTION_INDEX,
    ],
  },
];

let byName: Map<string, ResourceMacro> | undefined;

/** The macro with a name, case-insensitive as in ASL. */
export function macroNamed(name: string): ResourceMacro | undefined {
  byName ??= new Map(RESOURCE_MACROS.map((macro) => [macro.name.toLowerCase(), macro]));
  return byName.get(name.toLowerCase());
}
