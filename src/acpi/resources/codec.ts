/** How a number in a descriptor reads: as a number, one of named values, or yes and no. */
import { FIXED_HARDWARE_SPACE, REGION_SPACES } from '../terms/opcodes.ts';
import type { FieldValue } from './descriptor.ts';

export interface Codec {
  /** The field value of the number. */
  decode(value: bigint): FieldValue;
  /** The number of a field value; undefined when the value doesn't fit. */
  encode(value: FieldValue): bigint | undefined;
  /** The ASL keyword of each number from 0 on (ACPI 6.5, 19.6), where ASL has any. */
  readonly keywords?: readonly (string | undefined)[];
}

/** A plain number. */
export const NUMBER: Codec = {
  decode: (value) => value,
  encode: (value) => (typeof value === 'bigint' ? value : undefined),
};

/** Named values, numbered from 0. A number without a name stays a number. ASL's keywords are the names unless given. */
export function words(
  names: readonly (string | undefined)[],
  keywords: readonly (string | undefined)[] = names,
): Codec {
  return {
    decode: (value) => (value < 256n ? names[Number(value)] : undefined) ?? value,
    encode: (value) => {
      if (typeof value === 'bigint') return value;
      const index = typeof value === 'string' ? names.indexOf(value) : -1;
      return index < 0 ? undefined : BigInt(index);
    },
    keywords,
  };
}

/** One bit that means yes when set; `keywords` are ASL's words for clear and set. */
export function flag(keywords?: readonly [string, string]): Codec {
  return {
    decode: (value) => value !== 0n,
    encode: (value) => (typeof value === 'boolean' ? (value ? 1n : 0n) : undefined),
    ...(keywords ? { keywords } : {}),
  };
}

/** One bit that means yes when clear. */
export function invertedFlag(keywords?: readonly [string, string]): Codec {
  return {
    decode: (value) => value === 0n,
    encode: (value) => (typeof value === 'boolean' ? (value ? 0n : 1n) : undefined),
    ...(keywords ? { keywords } : {}),
  };
}

/** `ResourceProducer` when the bit is clear: the device passes the range on to its children. */
export const PRODUCER = invertedFlag(['ResourceProducer', 'ResourceConsumer']);
export const TRIGGERING = words(['Level', 'Edge']);
export const POLARITY = words(['ActiveHigh', 'ActiveLow']);
/** With the both-edges value that only GPIO interrupts have. */
export const GPIO_POLARITY = words(['ActiveHigh', 'ActiveLow', 'ActiveBoth']);
export const SHARING = words(['Exclusive', 'Shared']);
/** Whether the interrupt can wake the machine; ASL writes it together with the sharing: `SharedAndWake`. */
export const WAKE_CAPABLE = flag();
export const READ_WRITE = words(['ReadOnly', 'ReadWrite']);
export const PIN_CONFIG = words(['PullDefault', 'PullUp', 'PullDown', 'PullNone']);

const SPACES = ['memory', 'io', 'bus'] as const;
const PLATFORM_COMMUNICATION_CHANNEL = 10n;

/** The resource type of an address descriptor (ACPI 6.5, table 6.47): values from 0xC0 on are the vendor's. */
export const ADDRESS_SPACE: Codec = {
  decode: (value) =>
    (value < 3n ? SPACES[Number(value)] : undefined) ??
    (value === PLATFORM_COMMUNICATION_CHANNEL
      ? 'pcc'
      : `${value >= 0xc0n ? 'vendor' : 'reserved'}-0x${value.toString(16).padStart(2, '0')}`),
  encode: (value) => {
    if (typeof value === 'bigint') return value;
    if (typeof value !== 'string') return undefined;
    if (value === 'pcc') return PLATFORM_COMMUNICATION_CHANNEL;
    const index = (SPACES as readonly string[]).indexOf(value);
    if (index >= 0) return BigInt(index);
    const digits = /^(?:vendor|reserved)-0x([0-9a-f]{1,2})$/.exec(value)?.[1];
    return digits === undefined ? undefined : BigInt(`0x${digits}`);
  },
};

/** The address space of a register (ACPI 6.5, table 5.1 and 6.59). */
export const REGISTER_SPACE = words([
  ...REGION_SPACES,
  ...new Array<undefined>(FIXED_HARDWARE_SPACE - REGION_SPACES.length).fill(undefined),
  'FFixedHW',
]);
