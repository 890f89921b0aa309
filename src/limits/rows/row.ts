/** The type of a limit, and texts that several limits share. */

export interface LimitRow {
  readonly default: number;
  /** What is counted, in the plural: `bytes`, `nodes`. */
  readonly unit: string;
  /** What is limited, for the list of limits. */
  readonly of: string;
  /** Why the default is what it is. */
  readonly reason: string;
  /** What happens when it is reached. It is always reported. */
  readonly then: string;
}

export const KIB = 1024;
export const MIB = 1024 * KIB;
export const GIB = 1024 * MIB;

/** A row as a tuple, so that a table of them can be read line by line. */
export function row(of: string, value: number, unit: string, reason: string, then: string): LimitRow {
  return { of, default: value, unit, reason, then };
}

export const REST = 'the rest is not read, which is an error';
export const REFUSED = 'it is not read, which is an error';
export const UNKNOWN = 'what depends on it is unknown, with this as the reason';
