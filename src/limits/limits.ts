/**
 * The limits of a run: the defaults, or other values set with {@link withLimits}. These apply to everything that the call
 * starts, synchronous or not, and to nothing else in the process.
 */
import { newRunStorage, type RunStorage } from '../platform/run-storage.ts';
import { LIMITS, type LimitRow } from './rows.ts';

export type LimitName = keyof typeof LIMITS;
export type Limits = Readonly<Record<LimitName, number>>;

export const LIMIT_NAMES = Object.keys(LIMITS) as readonly LimitName[];

export function isLimitName(name: string): name is LimitName {
  return Object.hasOwn(LIMITS, name);
}

export function limitRow(name: LimitName): LimitRow {
  return LIMITS[name];
}

export const DEFAULT_LIMITS = Object.fromEntries(
  LIMIT_NAMES.map((name) => [name, LIMITS[name].default]),
) as Limits;

/** Created when limits are first set, so that other processes pay nothing for it. */
let runs: RunStorage<Limits> | undefined;

/** The value of a limit in the current run. */
export function limit(name: LimitName): number {
  return runs?.getStore()?.[name] ?? DEFAULT_LIMITS[name];
}

/** A limit for inner loops: the value of {@link limit}, at the cost of a comparison while no run of the process sets limits. */
export class InnerLimit {
  readonly #name: LimitName;
  readonly #default: number;

  constructor(name: LimitName) {
    this.#name = name;
    this.#default = LIMITS[name].default;
  }

  get now(): number {
    return runs === undefined ? this.#default : limit(this.#name);
  }
}

/** The limits that the current run sets, to pass them to another thread. */
export function givenLimits(): Partial<Limits> {
  return runs?.getStore() ?? {};
}

/**
 * Calls `work` with other limits; those that are not given keep their current values.
 * @returns the result of `work`. Throws RangeError for an unknown name or a value that is not a non-negative integer.
 */
export function withLimits<T>(given: Partial<Limits>, work: () => T): T {
  for (const [name, value] of Object.entries(given)) {
    if (!isLimitName(name)) throw new RangeError(`there is no limit ${name}`);
    if (!Number.isSafeInteger(value) || value < 0)
      throw new RangeError(`the limit ${name} must be a non-negative integer, not ${value}`);
  }
  if (Object.keys(given).length === 0) return work();
  runs ??= newRunStorage<Limits>();
  return runs.run({ ...DEFAULT_LIMITS, ...runs.getStore(), ...given }, work);
}

/** How to raise a limit, for the end of a message: `(--limit tree-nodes=N)`. */
export function limitHint(name: LimitName): string {
  return `(--limit ${name}=N)`;
}

/** The hint in a message that says that a limit was reached; undefined in any other. */
export function hintIn(message: string): string | undefined {
  return /\(--limit [a-z-]+=N\)/.exec(message)?.[0];
}

/** Whether a message says that a limit was reached. */
export function isOfLimit(message: string): boolean {
  return hintIn(message) !== undefined;
}

const UNITS = [
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
] as const;

/** `256 MiB`, `1000 bytes`. */
export function bytesText(value: number): string {
  const [name, size] = UNITS.find((each) => value >= each[1] && value % each[1] === 0) ?? ['bytes', 1];
  return `${value / size} ${name}`;
}

/**
 * A limit in a message: `100000 nodes (--limit tree-nodes=N)`.
 * @param unit what is counted, if other than the limit's own unit
 */
export function limitText(name: LimitName, unit: string = LIMITS[name].unit): string {
  const value = limit(name);
  const amount =
    LIMITS[name].unit === 'bytes'
      ? `${bytesText(value)}${unit === 'bytes' ? '' : ` ${unit}`}`
      : `${value} ${unit}`;
  return `${amount} ${limitHint(name)}`;
}

/** The message for a limit that was reached: `more than 100000 nodes (--limit tree-nodes=N)`. */
export function moreThan(name: LimitName, unit?: string): string {
  return `more than ${limitText(name, unit)}`;
}

/** The same at the beginning of a sentence. */
export function overLimit(name: LimitName, unit?: string): string {
  return `More than ${limitText(name, unit)}`;
}
