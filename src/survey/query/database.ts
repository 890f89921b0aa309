/** The tables of a survey in DuckDB. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode, systemMessage } from '../../artifact/file.ts';
import { loadOptional } from '../optional.ts';
import { BucketPlace } from '../place/bucket.ts';
import { placeNamed } from '../place/name.ts';
import { type ColumnType, TABLE_NAMES, TABLES, type TableName } from '../tables.ts';
import { QueryError } from './error.ts';
import { type FetchedTables, fetchTables, type OnPart, tablesIn } from './fetch.ts';

/** The part of DuckDB's client that is used (https://duckdb.org/docs/stable/clients/node_neo/overview). */
interface DuckDb {
  readonly DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<Connection> }> };
}

interface Connection {
  extractStatements(sql: string): Promise<{ readonly count: number }>;
  runAndReadAll(sql: string): Promise<Result>;
  closeSync(): void;
}

interface Result {
  columnNames(): string[];
  getRowsJS(): readonly (readonly unknown[])[];
  /** Values that JavaScript has no type for are objects with DuckDB's text. */
  getRows(): readonly (readonly unknown[])[];
}

/** The result of a statement. */
export interface ResultSet {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export type Cell = string | number | bigint | boolean | null;

export interface QueryOptions {
  /** What will be asked: of a survey in a bucket only the tables that are named in it are fetched. By default all are. */
  readonly statements?: readonly string[];
  /** Called after each part that was fetched from a bucket. */
  readonly onPart?: OnPart;
}

/** DuckDB's types (https://duckdb.org/docs/stable/sql/data_types/overview). */
const TYPES: Readonly<Record<ColumnType, string>> = {
  text: 'VARCHAR',
  uint64: 'UBIGINT',
  int32: 'INTEGER',
  boolean: 'BOOLEAN',
};

/** Waits for DuckDB; what it rejects is a {@link QueryError} with its message. */
async function asked<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new QueryError(error instanceof Error ? error.message : String(error));
  }
}

export class SurveyDatabase {
  readonly #connection: Connection;
  readonly #remove: () => void;

  private constructor(connection: Connection, remove: () => void) {
    this.#connection = connection;
    this.#remove = remove;
  }

  /**
   * Opens a survey: each table is a view of its name. Tables in a bucket are fetched into a temporary folder, until it is
   * closed. Throws {@link QueryError}, {@link PlaceError}, {@link MissingPackageError}.
   * @param survey a path, or `s3://BUCKET/PREFIX`
   * @param before another survey, whose tables are in the schema `before`
   * @param cwd the folder that fwmap is run in
   */
  static async open(
    survey: string,
    before: string | undefined,
    cwd: string,
    { statements, onPart = () => {} }: QueryOptions = {},
  ): Promise<SurveyDatabase> {
    const surveys = new Map([['main', placeNamed(survey, cwd)]]);
    if (before !== undefined) surveys.set('before', placeNamed(before, cwd));
    for (const place of surveys.values())
      for (const table of TABLE_NAMES)
        if ('folder' in place && !hasParts(place.folder, table))
          throw new QueryError(
            existsSync(join(place.folder, 'plan'))
              ? `the survey in ${place.folder} has no ${table} yet`
              : `${place.folder} is not a survey: it has no ${table}; fwmap survey --into makes one`,
          );
    const { DuckDBInstance } = (await loadOptional('@duckdb/node-api', cwd)) as DuckDb;
    const fetched: FetchedTables[] = [];
    const remove = (): void => {
      for (const each of fetched) each.remove();
    };
    try {
      const instance = await asked(DuckDBInstance.create(':memory:'));
      const database = new SurveyDatabase(await asked(instance.connect()), remove);
      for (const [schema, place] of surveys) {
        if (schema !== 'main') await asked(database.#connection.runAndReadAll(`CREATE SCHEMA ${schema}`));
        let here: Omit<FetchedTables, 'remove'>;
        if ('folder' in place) here = { folder: place.folder, tables: new Set(TABLE_NAMES) };
        else {
          const named = schema === 'main' ? undefined : schema;
          const tables = statements === undefined ? new Set(TABLE_NAMES) : tablesIn(statements, named);
          const all = await fetchTables(await BucketPlace.open(place, cwd), tables, onPart);
          fetched.push(all);
          here = all;
        }
        await database.#views(schema, here);
      }
      return database;
    } catch (error) {
      remove();
      throw error;
    }
  }

  async #views(schema: string, { folder, tables }: Omit<FetchedTables, 'remove'>): Promise<void> {
    for (const table of TABLE_NAMES) {
      // The folder's name may contain glob characters.
      const glob = join(folder, table, '*.parquet')
        .replace(/[[\]?]/g, '[$&]')
        .replaceAll("'", "''");
      // Parts of an earlier fwmap lack the columns that were added since.
      const rows = tables.has(table)
        ? `* FROM read_parquet('${glob}', union_by_name = true) UNION ALL BY NAME SELECT ${nullsOf(table)} WHERE false`
        : notFetched(schema, table);
      const sql = `CREATE VIEW ${schema}.${table} AS SELECT ${rows}`;
      try {
        await this.#connection.runAndReadAll(sql);
      } catch (error) {
        // The lines after the first show where in the statement.
        const [why] = String(error instanceof Error ? error.message : error).split('\n');
        throw new QueryError(`cannot read the table ${table} of ${folder}: ${why}`);
      }
    }
  }

  /** Runs one statement. Throws {@link QueryError}, with DuckDB's message where it rejects the statement. */
  async ask(sql: string): Promise<ResultSet> {
    // DuckDB would run them all and give the result of one; of an empty text it says nothing that helps.
    const { count } = sql.trim() === '' ? { count: 0 } : await asked(this.#connection.extractStatements(sql));
    if (count !== 1) throw new QueryError(`a query is one SQL statement, not ${count}`);
    const result = await asked(this.#connection.runAndReadAll(sql));
    return { columns: result.columnNames(), rows: cellsOf(result) };
  }

  close(): void {
    this.#connection.closeSync();
    this.#remove();
  }
}

/** A null for each column of a table. */
function nullsOf(table: TableName): string {
  return TABLES[table].map(({ name, type }) => `NULL::${TYPES[type]} AS "${name}"`).join();
}

/** The columns of a table; to read its rows is an error, not a table without any. */
function notFetched(schema: string, table: TableName): string {
  const name = schema === 'main' ? table : `${schema}.${table}`;
  const why = `${name} was not fetched from the bucket: the statement has to name it as ${name}`;
  return `${nullsOf(table)} WHERE error('${why}') IS NULL`;
}

function hasParts(folder: string, table: TableName): boolean {
  try {
    return readdirSync(join(folder, table)).some((name) => name.endsWith('.parquet'));
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw new QueryError(`cannot read ${join(folder, table)}: ${systemMessage(error)}`);
  }
}

function cellsOf(result: Result): Cell[][] {
  try {
    return result.getRowsJS().map((row) => row.map(cellOf));
  } catch {
    // A date that JavaScript can't have, such as 'infinity'.
    const textOf = (value: unknown): unknown =>
      typeof value === 'object' && value !== null ? String(value) : value;
    return result.getRows().map((row) => row.map((value) => cellOf(textOf(value))));
  }
}

function cellOf(value: unknown): Cell {
  switch (typeof value) {
    case 'number':
      // JSON has no such numbers, and null is another value.
      return Number.isFinite(value) ? value : String(value);
    case 'string':
    case 'boolean':
      return value;
    case 'bigint':
      return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER)
        ? Number(value)
        : value;
    default:
      if (value === null || value === undefined) return null;
      if (value instanceof Date) return value.toISOString();
      if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString('hex')}`;
      return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? inner.toString() : inner));
  }
}
