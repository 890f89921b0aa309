/** The outcome of one world: can a window that VMBus hands out overlap the framebuffer, without CONFIG_SYSFB and with it? */
import type { Arithmetic } from '../../../linux/vmbus/arithmetic.ts';
import { bitsOf, type Condition, compare, type Quantity, sum } from '../../../symbolic/index.ts';
import type { AddressWindow } from '../../../window/window.ts';
import type { FramebufferFinding } from '../../framebuffers.ts';
import type { Ask, RuleFinding } from '../../question.ts';

/** `open`: the inputs don't decide it in this world. */
export type Possible = 'yes' | 'no' | 'open';

export interface Outcome {
  /** The kind of case: worlds of one kind share a row. */
  readonly kind:
    | 'no-driver'
    | 'not-read'
    | 'unreadable'
    | 'no-window'
    | 'outside'
    | 'reserved'
    | 'reserved-with-sysfb'
    | 'unprotected';
  /** The hazard without CONFIG_SYSFB, and with it. */
  readonly without: Possible;
  readonly with: Possible;
  readonly pool: readonly AddressWindow[];
  readonly framebuffer: FramebufferFinding | null;
  /** Why, as a clause for the conditions. */
  readonly because: string;
  readonly rules: readonly RuleFinding[];
}

/** A framebuffer, or a part of the address space that may hold one. */
export interface Place {
  readonly base: Quantity;
  /** In bytes, above 0. */
  readonly size: bigint;
}

/** Inclusive bounds, as the driver keeps them. */
export interface Range {
  readonly start: Quantity;
  readonly end: Quantity;
}

/** Whether a claim may get a part of a place; `around`: only a claim that contains the whole reservation. */
export type Touch = 'no' | 'around' | 'yes';

const BITS = 64;

/** Arithmetic for addresses that are partly unknown: results of comparisons are asked. */
export function askedArithmetic(ask: Ask): Arithmetic<Quantity> {
  const holds = (condition: Quantity): boolean => ask.holds(condition as Condition);
  const linear = (constant: bigint, a: Quantity, b: Quantity, sign: bigint): Quantity =>
    sum(BITS, constant, [
      { coefficient: 1n, of: a },
      { coefficient: sign, of: b },
    ]);
  return {
    of: (value) => value,
    below: (a, b) => holds(compare('lt', a, b)),
    equal: (a, b) => holds(compare('eq', a, b)),
    plus: (a, by) => linear(by, a, 0n, 1n),
    add: (a, b) => linear(0n, a, b, 1n),
    minus: (from, of) => linear(0n, from, of, -1n),
    half: (of) => bitsOf(of, 1, BITS - 1),
    asInt: (of) => {
      const low = bitsOf(of, 0, 32);
      return holds(compare('lt', low, 1n << 31n)) ? low : 0n;
    },
  };
}

/**
 * Whether a claim in `window` can touch `place`, where `reserved` is kept free. Asks as few questions as possible.
 * @param isEnclosable whether a claim around all of `reserved` is allowed
 */
export function canTouch(
  window: Range,
  place: Place,
  reserved: Range | undefined,
  { below, plus, add, of }: Arithmetic<Quantity>,
  isEnclosable: () => boolean = () => false,
): Touch {
  const last = plus(add(place.base, of(place.size)), -1n);
  if (below(window.end, window.start)) return 'no';
  if (below(window.end, place.base) || below(last, window.start)) return 'no';
  if (reserved === undefined) return 'yes';
  const coversStart = !below(place.base, reserved.start) || !below(window.start, reserved.start);
  if (!(coversStart && (!below(reserved.end, last) || !below(reserved.end, window.end)))) return 'yes';
  const isAround = isEnclosable() && below(window.start, reserved.start) && below(reserved.end, window.end);
  return isAround ? 'around' : 'no';
}
