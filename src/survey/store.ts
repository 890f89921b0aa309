/**
 * The folder of a survey. Every file is written completely and then renamed, so that a killed run leaves no partial files,
 * and the content doesn't depend on the order in which shards are finished.
 *
 *     kernel.json           the kernel that machines are judged for; absent where that is each machine's own
 *     plan/ID.ndjson        the plan: a shard a line
 *     TABLE/SHARD.parquet   the rows of a shard, a file for each table; `inputs/ID.parquet` comes from the plan
 *     done/SHARD.json       written last: this shard is complete
 *     spool/HASH            contents of archives, until they are processed
 */
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type AskedKernel, textOfAsked } from './asked.ts';
import { parquetOf } from './parquet.ts';
import { MACHINE_TABLES, type MachineRows, type Row, SURVEY_SCHEMA } from './tables.ts';
import type { Shard, Unit } from './unit.ts';

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

/** Unfinished files that are older than this belong to a run that was killed. */
const ABANDONED_MS = 60 * 60 * 1000;

export class SurveyStore {
  readonly folder: string;

  /** Makes the folder if it doesn't exist. Throws the system's error. */
  constructor(folder: string) {
    this.folder = folder;
    for (const name of ['plan', 'done', 'inputs', ...MACHINE_TABLES, '.new'])
      mkdirSync(join(folder, name), { recursive: true });
    for (const name of readdirSync(join(folder, '.new'))) {
      const path = join(folder, '.new', name);
      const since = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
      if (since !== undefined && Date.now() - since > ABANDONED_MS) rmSync(path, { force: true });
    }
  }

  #write(name: string, content: Uint8Array | string): void {
    const fresh = join(this.folder, '.new', randomBytes(12).toString('hex'));
    // Flushed before it is renamed, so that after a power failure the file is complete or missing.
    try {
      writeFileSync(fresh, content, { flush: true });
      renameSync(fresh, join(this.folder, name));
    } catch (error) {
      rmSync(fresh, { force: true });
      throw error;
    }
  }

  /** The kernel that machines are judged for. Throws where the file can't be read. */
  asked(): AskedKernel {
    const file = join(this.folder, 'kernel.json');
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as AskedKernel) : {};
  }

  /**
   * Stores the kernel before anything is planned. @returns false where the survey is for another kernel: rows for different
   * kernels could not be distinguished
   */
  ask(asked: AskedKernel): boolean {
    const text = textOfAsked(asked);
    if (text === textOfAsked(this.asked())) return true;
    if (readdirSync(join(this.folder, 'plan')).length > 0) return false;
    this.#write('kernel.json', text);
    return true;
  }

  /** Every plan, in the order of their ids. Throws where one can't be read. */
  plans(): Plan[] {
    return readdirSync(join(this.folder, 'plan'))
      .filter((name) => name.endsWith('.ndjson'))
      .sort()
      .map((name) => {
        const [head, ...shards] = readFileSync(join(this.folder, 'plan', name), 'utf8')
          .trimEnd()
          .split('\n');
        const { schema, inputs } = JSON.parse(head!) as { schema: string; inputs: PlannedInput[] };
        if (schema !== SURVEY_SCHEMA) throw new Error(`${name} has another version: ${schema}`);
        return { inputs, shards: shards.map((line) => JSON.parse(line) as Shard) };
      });
  }

  /** Adds a plan. The rows of its inputs are written before it. */
  async addPlan(id: string, { inputs, shards }: Plan): Promise<void> {
    const rows = inputs.map(({ hash, path, bytes }): Row => ({ machine: hash, path, bytes: BigInt(bytes) }));
    this.#write(`inputs/${id}.parquet`, await parquetOf('inputs', rows));
    const lines = [{ schema: SURVEY_SCHEMA, inputs }, ...shards].map((line) => JSON.stringify(line));
    this.#write(`plan/${id}.ndjson`, `${lines.join('\n')}\n`);
  }

  isDone(shard: Pick<Shard, 'id'>): boolean {
    return existsSync(join(this.folder, 'done', `${shard.id}.json`));
  }

  countsOf(shard: Pick<Shard, 'id'>): ShardCounts {
    return JSON.parse(readFileSync(join(this.folder, 'done', `${shard.id}.json`), 'utf8')) as ShardCounts;
  }

  /** Writes the tables of a shard and marks it as done. The same shard gives the same files. @returns its counts */
  async finish(shard: Pick<Shard, 'id'>, machines: readonly MachineRows[]): Promise<ShardCounts> {
    for (const table of MACHINE_TABLES) {
      const rows = machines.flatMap((rowsOfMachine) => rowsOfMachine[table]);
      this.#write(`${table}/${shard.id}.parquet`, await parquetOf(table, rows));
    }
    const rows = machines.flatMap(({ machines: own }) => own);
    const machineCount = rows.filter(({ status }) => status === 'ok').length;
    const others = rows.filter(({ status }) => status === 'none').length;
    const counts: ShardCounts = {
      machines: machineCount,
      faulty: rows.length - machineCount - others,
      others,
    };
    this.#write(`done/${shard.id}.json`, `${JSON.stringify(counts)}\n`);
    return counts;
  }

  /** Stores bytes that aren't a file on disk. @returns the path relative to the folder */
  spool(hash: string, bytes: Uint8Array): string {
    const name = `spool/${hash}`;
    mkdirSync(join(this.folder, 'spool'), { recursive: true });
    if (!existsSync(join(this.folder, name))) this.#write(name, bytes);
    return name;
  }

  /** The absolute path of a unit. */
  pathOf({ file }: Unit): string {
    return file.startsWith('/') ? file : join(this.folder, file);
  }

  /** Removes spooled contents, once all shards are done. */
  removeSpool(): void {
    rmSync(join(this.folder, 'spool'), { recursive: true, force: true });
  }
}
