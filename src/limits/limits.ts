/**
 * The limits of a run: the defaults, or what somebody set. They belong to everything that a call of {@link withLimits}
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

/** Made when limits are first set: most processes never do, and pay nothing for it. */
let runs: RunStorage<Limits> | undefined;

/** A limit of the run that this is called in. */
export function limit(name: LimitName): number {
  return runs?.getStore()?.[name] ?? DEFAULT_LIMITS[name];
}

/**
 * A limit that is asked for in inner loops. As {@link limit} gives it in the run that looks, but a plain comparison where
 * no run of the process has set one.
 */
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

/** What the run that this is called in sets, to hand it on to another thread. */
export function givenLimits(): Partial<Limits> {
  return runs?.getStore() ?? {};
}

/**
 * Does `work` with other limits than the defaults. Those that are not given stay as they are around it.
 * Throws RangeError for a name that is none, and for a value that is no whole number from 0 on.
 */
export function withLimits<T>(given: Partial<Limits>, work: () => T): T {
  for (const [name, value] of Object.entries(given)) {
    if (!isLimitName(name)) throw new RangeError(`there is no limit ${name}`);
    if (!Number.isSafeInteger(value) || value < 0)
      throw new RangeError(`the limit ${name} is a whole number from 0 on, not ${value}`);
  }
  if (Object.keys(given).length === 0) return work();
  runs ??= newRunStorage<Limits>();
  return runs.run({ ...DEFAULT_LIMITS, ...runs.getStore(), ...given }, work);
}

/** What raises a limit, as messages about it end: `(--limit tree-nodes=N)`. */
export function limitHint(name: LimitName): string {
  return `(--limit ${name}=N)`;
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
 * A limit as messages name it: `100000 nodes (--limit tree-nodes=N)`.
 * @param unit another word for what is counted
 */
export function limitText(name: LimitName, unit: string = LIMITS[name].unit): string {
  const value = limit(name);
  const amount =
    LIMITS[name].unit === 'bytes'
      ? `${bytesText(value)}${unit === 'bytes' ? '' : ` ${unit}`}`
      : `${value} ${unit}`;
  return `${amount} ${limitHint(name)}`;
}

/** What a limit that is reached is told by: `more than 100000 nodes (--limit tree-nodes=N)`. */
export function moreThan(name: LimitName, unit?: string): string {
  return `more than ${limitText(name, unit)}`;
}

/** The same at the beginning of a sentence. */
export function overLimit(name: LimitName, unit?: string): string {
  return `More than ${limitText(name, unit)}`;
}
