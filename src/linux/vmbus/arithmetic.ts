/**
 * The VMBus driver's arithmetic on addresses, generic in their type: known numbers, or expressions for which comparisons
 * fork. Unsigned, modulo 2^64 like `resource_size_t`.
 */
import { u64 } from '../region-tree.ts';

export interface Arithmetic<N> {
  readonly of: (value: bigint) => N;
  /** `a < b`. */
  readonly below: (a: N, b: N) => boolean;
  readonly equal: (a: N, b: N) => boolean;
  readonly plus: (a: N, by: bigint) => N;
  readonly add: (a: N, b: N) => N;
  /** `from - of`. */
  readonly minus: (from: N, of: N) => N;
  /** Half, rounded down. */
  readonly half: (of: N) => N;
  /** Truncated to an `int`; negative values become 0. */
  readonly asInt: (of: N) => N;
}

export const PLAIN: Arithmetic<bigint> = {
  of: (value) => value,
  below: (a, b) => a < b,
  equal: (a, b) => a === b,
  plus: (a, by) => u64(a + by),
  add: (a, b) => u64(a + b),
  minus: (from, of) => u64(from - of),
  half: (of) => of >> 1n,
  asInt: (of) => {
    const value = BigInt.asIntN(32, of);
    return value < 0n ? 0n : value;
  },
};
