/** The units of a survey, one machine each, and how they are grouped into shards. */
import { isAbsolute } from 'node:path';
import { sha256Of } from '../platform/hash.ts';

/** The input of one machine, or of those in one image: a file, or a folder that is one description. */
export interface Unit {
  /** SHA-256 of its bytes, or for a folder of the list of its files' hashes; lower-case hex. */
  readonly hash: string;
  /** The first of its paths in byte order, as reports name it. */
  readonly path: string;
  /** An absolute path, or for the content of an archive a path relative to the survey's folder. */
  readonly file: string;
  readonly bytes: number;
}

/** Units that are processed together and whose rows are in the same files. */
export interface Shard {
  /** A hash of its units' hashes: equal units make an equal shard, wherever they were found. */
  readonly id: string;
  readonly units: readonly Unit[];
}

/** Whether a value that was read from a plan or a queue is a shard: names of files are made of its ids. */
export function isShard(value: unknown): value is Shard {
  const { id, units } = (value ?? {}) as Partial<Record<keyof Shard, unknown>>;
  return typeof id === 'string' && /^[0-9a-f]{32}$/.test(id) && Array.isArray(units) && units.every(isUnit);
}

function isUnit(value: unknown): value is Unit {
  const { hash, path, file, bytes } = (value ?? {}) as Partial<Record<keyof Unit, unknown>>;
  return (
    typeof hash === 'string' &&
    /^[0-9a-f]{64}$/.test(hash) &&
    typeof path === 'string' &&
    typeof file === 'string' &&
    (isAbsolute(file) || file === `spool/${hash}`) &&
    Number.isSafeInteger(bytes)
  );
}

/** Query engines read this many files fast; more machines make larger shards. */
const SHARDS_AIMED_AT = 256;
/** Small shards lose less when a worker is killed, and keep others waiting less at the end. */
const LEAST_UNITS = 16;
/** Rows of a shard are in memory together: at some 2 KiB a row and ten rows a tree, some 100 MiB. */
const MOST_UNITS = 4096;
/** Tables of a machine give about as many bytes of rows as they have themselves. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Groups units in the order of their hashes, on which alone the grouping depends. */
export function shardsOf(units: readonly Unit[]): Shard[] {
  const sorted = [...units].sort((a, b) => (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0));
  const most = Math.min(MOST_UNITS, Math.max(LEAST_UNITS, Math.ceil(sorted.length / SHARDS_AIMED_AT)));
  const shards: Shard[] = [];
  let together: Unit[] = [];
  let bytes = 0;
  const close = (): void => {
    if (together.length === 0) return;
    shards.push({
      id: sha256Of(together.map(({ hash }) => `${hash}\n`).join('')).slice(0, 32),
      units: together,
    });
    together = [];
    bytes = 0;
  };
  for (const unit of sorted) {
    if (together.length >= most || (together.length > 0 && bytes + unit.bytes > MOST_BYTES)) close();
    together.push(unit);
    bytes += unit.bytes;
  }
  close();
  return shards;
}
