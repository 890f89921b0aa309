/** What is surveyed: inputs of a machine each, and how they are put together in shards. */
import { sha256Of } from '../platform/hash.ts';

/** The input of one machine, or of those in one image: a file, or a folder that is one description. */
export interface Unit {
  /** SHA-256 of its bytes, of a folder that of the listing of its files' hashes; lower-case hex. */
  readonly hash: string;
  /** The first of its paths in byte order, as reports name it. */
  readonly path: string;
  /** Where it is: an absolute path, or one below the survey's folder for what came out of an archive. */
  readonly file: string;
  readonly bytes: number;
}

/** Units that are worked on together and whose rows are in the same parts. */
export interface Shard {
  /** Of its units' hashes alone: equal units make an equal shard, wherever they were found. */
  readonly id: string;
  readonly units: readonly Unit[];
}

/** Parts of this many shards are what a query engine reads fast; more machines make larger shards. */
const SHARDS_AIMED_AT = 256;
/** Smaller shards lose less when a worker is killed; larger ones would keep others waiting at the end. */
const LEAST_UNITS = 16;
/** Rows of a shard are in memory together: at some 2 KiB a row and ten rows a tree, some 100 MiB. */
const MOST_UNITS = 4096;
/** Tables of a machine give about as many bytes of rows as they have themselves. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Puts units together, in the order of their hashes: which are together depends on nothing else. */
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
