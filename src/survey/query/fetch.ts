/** Tables of a survey in a bucket, in a folder of this host for the time of a query. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { limit, moreThan } from '../../limits/limits.ts';
import { type BucketPlace, REQUESTS_TOGETHER } from '../place/bucket.ts';
import { makeTemporary, removeTemporary } from '../place/temporary.ts';
import { TABLE_NAMES, type TableName } from '../tables.ts';
import { QueryError } from './error.ts';

/** Called after each part that was fetched. */
export type OnPart = (fetched: number, all: number) => void;

/** Tables as a survey's folder has them, until they are removed. */
export interface FetchedTables {
  readonly folder: string;
  /** Those that are there; the others were not fetched. */
  readonly tables: ReadonlySet<TableName>;
  remove(): void;
}

/**
 * The tables that statements may read: those that are named in them, wherever. @param schema the schema that a name has to
 * follow, for tables of an earlier survey
 */
export function tablesIn(statements: readonly string[], schema?: string): ReadonlySet<TableName> {
  const before = schema === undefined ? '' : `\\b${schema}"?\\s*\\.\\s*"?`;
  return new Set(
    TABLE_NAMES.filter((table) => {
      const named = new RegExp(`${before}${table}`, 'i');
      return statements.some((statement) => named.test(statement));
    }),
  );
}

/**
 * Fetches all parts of tables. Throws {@link QueryError} where the bucket has no survey or they are too large,
 * {@link PlaceError}, and system errors about the folder.
 */
export async function fetchTables(
  place: BucketPlace,
  tables: ReadonlySet<TableName>,
  onPart: OnPart,
): Promise<FetchedTables> {
  const listed = await Promise.all(
    TABLE_NAMES.map(async (table) => {
      const files = (await place.listed(table)).filter(({ name }) => name.endsWith('.parquet'));
      if (files.length === 0)
        throw new QueryError(
          `${place.name} is not a survey: it has no ${table}; fwmap survey --into makes one`,
        );
      return files.map(({ name, bytes }) => ({ table, name, bytes }));
    }),
  );
  const wanted = listed.flat().filter(({ table }) => tables.has(table));
  if (wanted.reduce((sum, { bytes }) => sum + bytes, 0) > limit('query-bytes'))
    throw new QueryError(`the tables of ${place.name} that are asked for have ${moreThan('query-bytes')}`);
  const folder = makeTemporary();
  try {
    for (const table of tables) mkdirSync(join(folder, table));
    // Names in a bucket may be none of a file system's; numbers have the order that they have in a folder.
    const waiting = wanted.sort((a, b) => (a.name < b.name ? -1 : 1)).entries();
    let fetched = 0;
    let isEnding = false;
    const worker = async (): Promise<void> => {
      for (const [number, { table, name }] of waiting)
        try {
          if (isEnding) return;
          const path = join(folder, table, `${String(number).padStart(9, '0')}.parquet`);
          await place.download(`${table}/${name}`, path);
          fetched += 1;
          onPart(fetched, wanted.length);
        } catch (error) {
          isEnding = true;
          throw error;
        }
    };
    const ended = await Promise.allSettled(Array.from({ length: REQUESTS_TOGETHER }, worker));
    for (const each of ended) if (each.status === 'rejected') throw each.reason;
    return { folder, tables, remove: () => removeTemporary(folder) };
  } catch (error) {
    removeTemporary(folder);
    throw error;
  }
}
