/** Ranges in the format of Linux' %pR, also where a bound isn't a number. */
import { formatMemRange, hex } from '../bytes/address.ts';
import { formatQuantity, type Quantity, sum } from '../symbolic/index.ts';
import { type AddressWindow, boundsOf } from './window.ts';

const SPACE_NAMES = { memory: 'mem', io: 'io', bus: 'bus' } as const;
const BITS = 64;

/** Removes the spaces around operators, so that a range is one word. */
function compact(text: string): string {
  return text.replace(/ (\S{1,2}) /g, '$1');
}

/** A bound in the format of %pR. Buses have two digits without 0x, so expressions get brackets there. */
function boundText(
  value: Quantity | null,
  space: AddressWindow['space'],
  quantity: (value: Quantity) => string,
): string {
  if (value === null) return '?';
  if (typeof value === 'bigint') return space === 'bus' ? value.toString(16).padStart(2, '0') : hex(value);
  const text = compact(quantity(value));
  return space === 'bus' ? `(${text})` : text;
}

/**
 * The last address. A size computed as a fixed end minus the base has the width of these: in that width the base cancels
 * out, because an existing range doesn't end before it starts.
 */
function lastOf(base: Quantity, size: Quantity): Quantity {
  const of = (bits: number): Quantity =>
    sum(bits, -1n, [
      { coefficient: 1n, of: base },
      { coefficient: 1n, of: size },
    ]);
  const narrow =
    typeof base === 'bigint' || typeof size === 'bigint' ? 0n : of(Math.max(base.bits, size.bits));
  return typeof narrow === 'bigint' && narrow > 0n ? narrow : of(BITS);
}

/**
 * `[mem 0xf8000000-0xffffffff]`, `[mem MG2B-MG2B+MG2L-1]`: first and last address; `?` for an unknown one.
 * @param quantity how a bound that isn't a number is written
 */
export function formatRange(
  { space, base, size }: Pick<AddressWindow, 'space' | 'base' | 'size'>,
  quantity: (value: Quantity) => string = formatQuantity,
): string {
  const name = SPACE_NAMES[space];
  const bounds = boundsOf({ base, size });
  if (bounds !== undefined) return formatMemRange(bounds.base, bounds.size, name);
  const text = (value: Quantity | null): string => boundText(value, space, quantity);
  const last = base === null || size === null ? null : lastOf(base, size);
  const first = text(base);
  // An expression needs brackets before the hyphen.
  const start = /^[\w\\.'^[\]]+$|^\?$|^\(.*\)$/.test(first) ? first : `(${first})`;
  return `[${name === 'io' ? 'io ' : name} ${start}-${text(last)}]`;
}
