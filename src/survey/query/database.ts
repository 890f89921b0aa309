/** The tables of a survey in DuckDB. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadOptional } from '../optional.ts';
import { TABLE_NAMES, type TableName } from '../tables.ts';

/** The part of DuckDB's client that is used (https://duckdb.org/docs/stable/clients/node_neo/overview). */
interface DuckDb {
  readonly DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<Connection> }> };
}

interface Connection {
  runAndReadAll(sql: string): Promise<{
    columnNames(): string[];
    getRowsJS(): readonly (readonly unknown[])[];
  }>;
  closeSync(): void;
}

/** The result of a statement. */
export interface ResultSet {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export type Cell = string | number | bigint | boolean | null;

/** A folder that isn't a survey, or a statement that DuckDB rejects. */
export class QueryError extends Error {}

export class SurveyDatabase {
  readonly #connection: Connection;

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Opens a survey: each table is a view of its name. Throws {@link QueryError}.
   * @param before another survey, whose tables are in the schema `before`
   * @param cwd the folder that fwmap is run in
   */
  static async open(folder: string, before: string | undefined, cwd: string): Promise<SurveyDatabase> {
    for (const each of [folder, before])
      for (const table of TABLE_NAMES)
        if (each !== undefined && !hasParts(each, table))
          throw new QueryError(`${each} is not a survey: it has no ${table}; fwmap survey --into makes one`);
    const { DuckDBInstance } = (await loadOptional('@duckdb/node-api', cwd)) as DuckDb;
    const database = new SurveyDatabase(await (await DuckDBInstance.create(':memory:')).connect());
    await database.#view('main', folder);
    if (before !== undefined) {
      await database.#connection.runAndReadAll('CREATE SCHEMA before');
      await database.#view('before', before);
    }
    return database;
  }

  async #view(schema: string, folder: string): Promise<void> {
    for (const table of TABLE_NAMES) {
      // The folder's name may contain glob characters.
      const glob = join(folder, table, '*.parquet')
        .replace(/[[\]?]/g, '[$&]')
        .replaceAll("'", "''");
      await this.#connection.runAndReadAll(
        `CREATE VIEW ${schema}.${table} AS SELECT * FROM read_parquet('${glob}', union_by_name = true)`,
      );
    }
  }

  /** Runs a statement. Throws {@link QueryError} with DuckDB's message. */
  async ask(sql: string): Promise<ResultSet> {
    try {
      const result = await this.#connection.runAndReadAll(sql);
      return { columns: result.columnNames(), rows: result.getRowsJS().map((row) => row.map(cellOf)) };
    } catch (error) {
      throw new QueryError(error instanceof Error ? error.message : String(error));
    }
  }

  close(): void {
    this.#connection.closeSync();
  }
}

function hasParts(folder: string, table: TableName): boolean {
  try {
    return readdirSync(join(folder, table)).some((name) => name.endsWith('.parquet'));
  } catch {
    return false;
  }
}

function cellOf(value: unknown): Cell {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER)
        ? Number(value)
        : value;
    default:
      if (value === null || value === undefined) return null;
      if (value instanceof Date) return value.toISOString();
      return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? inner.toString() : inner));
  }
}
