/** Converts between a number in a descriptor and a field value: a number, a named value or a boolean. */
import { FIXED_HARDWARE_SPACE, REGION_SPACES } from '../terms/opcodes.ts';
import type { FieldValue } from './descriptor.ts';

export interface Codec {
  /** The field value of a number. */
  decode(value: bigint): FieldValue;
  /** The number for a field value; `undefined` if the value is of another type or unknown. */
  encode(value: FieldValue): bigint | undefined;
  /** The ASL keywords of the numbers from 0 on (ACPI 6.5, 19.6). */
  readonly keywords?: readonly (string | undefined)[];
}

/** A plain number. */
export const NUMBER: Codec = {
  decode: (value) => value,
  encode: (value) => (typeof value === 'bigint' ? value : undefined),
};

/** Named values, numbered from 0. A number without a name remains a number. @param keywords ASL keywords, if not the names */
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

/** One bit, true if set. @param keywords ASL keywords for clear and set */
export function flag(keywords?: readonly [string, string]): Codec {
  return {
    decode: (value) => value !== 0n,
    encode: (value) => (typeof value === 'boolean' ? (value ? 1n : 0n) : undefined),
    ...(keywords ? { keywords } : {}),
  };
}

/** One bit, true if clear. @param keywords ASL keywords for clear and set */
export function invertedFlag(keywords?: readonly [string, string]): Codec {
  return {
    decode: (value) => value === 0n,
    encode: (value) => (typeof value === 'boolean' ? (value ? 0n : 1n) : undefined),
    ...(keywords ? { keywords } : {}),
  };
}

/** A producer, which passes the range to its children, has a clear bit. */
export const PRODUCER = invertedFlag(['ResourceProducer', 'ResourceConsumer']);
export const TRIGGERING = words(['Level', 'Edge']);
export const POLARITY = words(['ActiveHigh', 'ActiveLow']);
/** GPIO interrupts may also be active on both edges. */
export const GPIO_POLARITY = words(['ActiveHigh', 'ActiveLow', 'ActiveBoth']);
export const SHARING = words(['Exclusive', 'Shared']);
/** Whether the interrupt can wake the system. In ASL it is part of the sharing keyword: `SharedAndWake`. */
export const WAKE_CAPABLE = flag();
export const READ_WRITE = words(['ReadOnly', 'ReadWrite']);
export const PIN_CONFIG = words(['PullDefault', 'PullUp', 'PullDown', 'PullNone']);

const SPACES = ['memory', 'io', 'bus'] as const;
const PLATFORM_COMMUNICATION_CHANNEL = 10n;

/** Resource types of address space descriptors (ACPI 6.5, table 6.47). */
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

/** Address spaces of a Generic Register (ACPI 6.5, tables 5.1 and 6.59). */
export const REGISTER_SPACE = words([
  ...REGION_SPACES,
  ...new Array<undefined>(FIXED_HARDWARE_SPACE - REGION_SPACES.length).fill(undefined),
  'FFixedHW',
]);
