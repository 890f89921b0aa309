/** The outcome of one world: can a window that VMBus hands out overlap the framebuffer, without CONFIG_SYSFB and with it? */
import type { Arithmetic } from '../../../linux/vmbus/arithmetic.ts';
import {
  bitsOf,
  type Condition,
  compare,
  type Expr,
  isKnown,
  type Quantity,
  sum,
} from '../../../symbolic/index.ts';
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

type Binary = (a: Quantity, b: Quantity) => Quantity;

/** Caches the results of an operation: all worlds calculate with the same few quantities. */
function kept(make: Binary): Binary {
  const byFirst = new WeakMap<Expr, Map<Quantity, Quantity>>();
  const ofNumbers = new WeakMap<Expr, Map<Quantity, Quantity>>();
  const find = (results: typeof byFirst, key: Expr, other: Quantity, a: Quantity, b: Quantity): Quantity => {
    const known = results.get(key) ?? new Map<Quantity, Quantity>();
    let result = known.get(other);
    if (result !== undefined) return result;
    result = make(a, b);
    results.set(key, known.set(other, result));
    return result;
  };
  return (a, b) => {
    if (!isKnown(a)) return find(byFirst, a, b, a, b);
    return isKnown(b) ? make(a, b) : find(ofNumbers, b, a, a, b);
  };
}

const less = kept((a, b) => compare('lt', a, b));
const same = kept((a, b) => compare('eq', a, b));
const added = kept((a, b) => linear(a, b, 1n));
const subtracted = kept((a, b) => linear(a, b, -1n));

function linear(a: Quantity, b: Quantity, sign: bigint): Quantity {
  return sum(BITS, 0n, [
    { coefficient: 1n, of: a },
    { coefficient: sign, of: b },
  ]);
}

/** Arithmetic for addresses that are partly unknown: results of comparisons are asked. */
export function askedArithmetic(ask: Ask): Arithmetic<Quantity> {
  const holds = (condition: Quantity): boolean => ask.holds(condition as Condition);
  return {
    of: (value) => value,
    below: (a, b) => holds(less(a, b)),
    equal: (a, b) => holds(same(a, b)),
    plus: added,
    add: added,
    minus: subtracted,
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
