/**
 * What a survey stores, by name. Every file is written completely or not at all, and the content doesn't depend on the order
 * in which shards are finished.
 *
 *     kernel.json           the kernel that machines are judged for; absent where that is each machine's own
 *     plan/ID.ndjson        the plan: a shard a line
 *     TABLE/SHARD.parquet   the rows of a shard, a file for each table; `inputs/ID.parquet` comes from the plan
 *     done/SHARD.json       written last: this shard is complete
 *     spool/HASH            contents of archives, until they are processed
 */
import { isAbsolute, join } from 'node:path';
import { type AskedKernel, textOfAsked } from './asked.ts';
import { parquetOf } from './parquet.ts';
import { BucketPlace } from './place/bucket.ts';
import { FolderPlace, UNFINISHED } from './place/folder.ts';
import { type FolderLock, lockFolder } from './place/lock.ts';
import { placeNamed } from './place/name.ts';
import { type LentFile, type Place, PlaceError } from './place/place.ts';
import { MACHINE_TABLES, type MachineRows, type Row, SURVEY_SCHEMA } from './tables.ts';
import { isShard, type Shard, type Unit } from './unit.ts';

/** The counts of a finished shard. */
export interface ShardCounts {
  /** Inputs that describe a machine. */
  readonly machines: number;
  /** Inputs that could not be read, or whose machine could not be judged. */
  readonly faulty: number;
  /** Inputs that describe none. */
  readonly others: number;
}

export interface PlannedInput {
  readonly hash: string;
  readonly path: string;
  readonly bytes: number;
}

export interface Plan {
  readonly shards: readonly Shard[];
  readonly inputs: readonly PlannedInput[];
}

/** The folders that a survey in a folder has from its beginning. */
const FOLDERS = ['plan', 'done', 'inputs', ...MACHINE_TABLES];

/** Spooled contents that are written at a time, to a place that is far away. */
const MOST_SPOOLING = 16;
const MOST_SPOOLING_BYTES = 64 * 1024 * 1024;

const OTHER_FOLDER = 'name another folder';
const AGAIN = 'remove it, and run the same command again';

function areInputs(value: unknown): value is PlannedInput[] {
  return (
    Array.isArray(value) &&
    value.every((each: Partial<Record<keyof PlannedInput, unknown>> | null) => {
      const { hash, path, bytes } = each ?? {};
      return typeof hash === 'string' && typeof path === 'string' && Number.isSafeInteger(bytes);
    })
  );
}

function areCounts(value: Readonly<Record<string, unknown>>): value is ShardCounts & typeof value {
  return ['machines', 'faulty', 'others'].every((name) => Number.isSafeInteger(value[name]));
}

export class SurveyStore {
  readonly place: Place;
  /** Hashes of spooled contents, those that are being written included. */
  #spooled: Set<string> | undefined;
  readonly #spooling = new Set<Promise<void>>();
  #spoolingBytes = 0;
  #unspooled: { readonly error: unknown } | undefined;

  constructor(place: Place) {
    this.place = place;
  }

  /**
   * A survey in a folder, which is made if it doesn't exist, or in a bucket, of which nothing is asked yet. Throws
   * {@link PlaceError}, {@link MissingPackageError} and the system's error.
   * @param name a path, or `s3://BUCKET/PREFIX` @param cwd the folder that fwmap is run in
   */
  static async open(name: string, cwd: string): Promise<SurveyStore> {
    const place = placeNamed(name, cwd);
    return 'folder' in place
      ? SurveyStore.inFolder(place.folder)
      : new SurveyStore(await BucketPlace.open(place, cwd));
  }

  /** A survey in a folder, which is made if it doesn't exist. Throws the system's error. @param path absolute */
  static inFolder(path: string): SurveyStore {
    return new SurveyStore(new FolderPlace(path, FOLDERS));
  }

  /**
   * Keeps other surveys out of a folder until it is released; of a bucket it can't. Throws {@link PlaceError} where another
   * is running there.
   */
  async lock(): Promise<FolderLock | undefined> {
    const { folder } = this.place;
    return folder === undefined ? undefined : lockFolder(join(folder, UNFINISHED));
  }

  async #text(name: string): Promise<string | undefined> {
    const bytes = await this.place.read(name);
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  }

  /** The value of a JSON text in a file. Throws {@link PlaceError} where it is not an object. */
  #object(name: string, text: string, hint = OTHER_FOLDER): Readonly<Record<string, unknown>> {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      // Told below.
    }
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
    throw this.#damaged(name, hint);
  }

  #damaged(name: string, hint: string): PlaceError {
    return new PlaceError(`${this.place.name}/${name} is damaged, or not of a survey`, hint);
  }

  /** The kernel that machines are judged for. Throws {@link PlaceError} where the file is damaged. */
  async asked(): Promise<AskedKernel> {
    const text = await this.#text('kernel.json');
    return text === undefined ? {} : this.#object('kernel.json', text);
  }

  /**
   * Stores the kernel before anything is planned. @returns false where the survey is for another kernel: rows for different
   * kernels could not be distinguished
   */
  async ask(asked: AskedKernel): Promise<boolean> {
    const text = textOfAsked(asked);
    if (text === textOfAsked(await this.asked())) return true;
    if ((await this.place.list('plan')).length > 0) return false;
    await this.place.write('kernel.json', text);
    return true;
  }

  /** Every plan, in the order of their ids. Throws {@link PlaceError} where one is damaged or of another version. */
  async plans(): Promise<Plan[]> {
    const plans: Plan[] = [];
    const names = (await this.place.list('plan')).filter((name) => name.endsWith('.ndjson'));
    for (const name of names.sort()) {
      const text = await this.#text(`plan/${name}`);
      if (text === undefined) continue;
      const [head, ...shards] = text.trimEnd().split('\n');
      const { schema, inputs } = this.#object(`plan/${name}`, head!);
      if (typeof schema === 'string' && schema !== SURVEY_SCHEMA)
        throw new PlaceError(`${this.place.name} holds a survey of another version: ${schema}`, OTHER_FOLDER);
      const planned: unknown[] = shards.map((line) => this.#object(`plan/${name}`, line));
      if (schema !== SURVEY_SCHEMA || !areInputs(inputs) || !planned.every(isShard))
        throw this.#damaged(`plan/${name}`, OTHER_FOLDER);
      plans.push({ inputs, shards: planned });
    }
    return plans;
  }

  /** Adds a plan. The rows of its inputs are written before it, and what was spooled. */
  async addPlan(id: string, { inputs, shards }: Plan): Promise<void> {
    await Promise.all(this.#spooling);
    this.#throwUnspooled();
    const rows = inputs.map(({ hash, path, bytes }): Row => ({ machine: hash, path, bytes: BigInt(bytes) }));
    await this.place.write(`inputs/${id}.parquet`, await parquetOf('inputs', rows));
    const lines = [{ schema: SURVEY_SCHEMA, inputs }, ...shards].map((line) => JSON.stringify(line));
    await this.place.write(`plan/${id}.ndjson`, `${lines.join('\n')}\n`);
  }

  isDone(shard: Pick<Shard, 'id'>): Promise<boolean> {
    return this.place.has(`done/${shard.id}.json`);
  }

  /** The ids of all shards that are done. */
  async done(): Promise<ReadonlySet<string>> {
    const names = await this.place.list('done');
    return new Set(names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5)));
  }

  /** The counts of a shard that is done. Throws {@link PlaceError} where they are damaged. */
  async countsOf(shard: Pick<Shard, 'id'>): Promise<ShardCounts> {
    const text = await this.#text(`done/${shard.id}.json`);
    if (text === undefined) throw new Error(`shard ${shard.id} is not done`);
    const counts = this.#object(`done/${shard.id}.json`, text, AGAIN);
    if (!areCounts(counts)) throw this.#damaged(`done/${shard.id}.json`, AGAIN);
    return counts;
  }

  /** Writes the tables of a shard and marks it as done. The same shard gives the same files. @returns its counts */
  async finish(shard: Pick<Shard, 'id'>, machines: readonly MachineRows[]): Promise<ShardCounts> {
    for (const table of MACHINE_TABLES) {
      const rows = machines.flatMap((rowsOfMachine) => rowsOfMachine[table]);
      await this.place.write(`${table}/${shard.id}.parquet`, await parquetOf(table, rows));
    }
    const rows = machines.flatMap(({ machines: own }) => own);
    const machineCount = rows.filter(({ status }) => status === 'ok').length;
    const others = rows.filter(({ status }) => status === 'none').length;
    const counts: ShardCounts = {
      machines: machineCount,
      faulty: rows.length - machineCount - others,
      others,
    };
    await this.place.write(`done/${shard.id}.json`, `${JSON.stringify(counts)}\n`);
    return counts;
  }

  /**
   * Stores bytes that aren't a file on disk, by the time that {@link addPlan} ends. @returns the name, as `file` of a unit
   * has it
   */
  async spool(hash: string, bytes: Uint8Array): Promise<string> {
    const name = `spool/${hash}`;
    this.#spooled ??= new Set(await this.place.list('spool'));
    if (this.#spooled.has(hash)) return name;
    this.#spooled.add(hash);
    while (this.#spoolingBytes > MOST_SPOOLING_BYTES || this.#spooling.size >= MOST_SPOOLING)
      await Promise.race(this.#spooling);
    this.#throwUnspooled();
    this.#spoolingBytes += bytes.length;
    const writing = this.place
      .write(name, bytes)
      .catch((error: unknown) => {
        this.#unspooled ??= { error };
      })
      .finally(() => {
        this.#spooling.delete(writing);
        this.#spoolingBytes -= bytes.length;
      });
    this.#spooling.add(writing);
    return name;
  }

  #throwUnspooled(): void {
    const { error } = this.#unspooled ?? {};
    if (error === undefined) return;
    this.#unspooled = undefined;
    // What was and wasn't written is looked up again.
    this.#spooled = undefined;
    throw error;
  }

  /** Calls `use` with the absolute paths of units, which are valid until it has ended. */
  async withFiles<T>(units: readonly Unit[], use: (paths: readonly string[]) => Promise<T>): Promise<T> {
    const lent: LentFile[] = [];
    const paths: string[] = [];
    try {
      for (const { file } of units) {
        if (!isAbsolute(file)) lent.push(await this.place.lend(file));
        paths.push(isAbsolute(file) ? file : lent.at(-1)!.path);
      }
      return await use(paths);
    } finally {
      for (const each of lent) each.release();
    }
  }

  /** Removes spooled contents, once all shards are done. */
  async removeSpool(): Promise<void> {
    this.#spooled = undefined;
    await this.place.remove('spool');
  }
}
