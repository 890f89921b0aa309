/** What `query` tells of tables, statements and a database that are not as they should be. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { BrokenPackageError } from '../../src/survey/optional.ts';
import { TABLE_NAMES } from '../../src/survey/tables.ts';
import { run } from '../cli/fake-io.ts';

const database = vi.hoisted(() => ({
  load: async (): Promise<unknown> => undefined,
  statements: 1,
  view: async (): Promise<void> => {},
}));
vi.mock('../../src/survey/optional.ts', async (load) => ({
  ...(await load<typeof import('../../src/survey/optional.ts')>()),
  loadOptional: () => database.load(),
}));

const CONNECTION = {
  extractStatements: async () => ({ count: database.statements }),
  runAndReadAll: async (sql: string) => {
    if (sql.startsWith('CREATE VIEW')) await database.view();
    return { columnNames: () => ['path'], getRowsJS: () => [['a.dts']] };
  },
  closeSync: () => {},
};
const LOADED = { DuckDBInstance: { create: async () => ({ connect: async () => CONNECTION }) } };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fwmap-query-'));
  for (const table of TABLE_NAMES) {
    mkdirSync(join(folder, 'store', table), { recursive: true });
    writeFileSync(join(folder, 'store', table, '1.parquet'), 'PAR1');
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  Object.assign(database, { load: async () => LOADED, statements: 1, view: async () => {} });
});
database.load = async () => LOADED;

const query = (...words: string[]): ReturnType<typeof run> =>
  run(['query', 'store', ...words], { cwd: folder });

test('a statement has its result', async () => {
  expect(await query('SELECT path FROM machines', '--format', 'csv')).toEqual({
    status: 0,
    stdout: 'path\r\na.dts\r\n',
    stderr: '',
  });
});

test('a table that DuckDB cannot read is an error on one line, without the statement that reads it', async () => {
  database.view = async () => {
    throw new Error(
      "Invalid Input Error: No magic bytes found at end of file 'x'\n\nLINE 1: CREATE VIEW ...\n",
    );
  };
  const { status, stdout, stderr } = await query('--summary');
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(
    /^fwmap: cannot read the table machines of \S+\/store: Invalid Input Error: No magic bytes found at end of file 'x'\n$/,
  );
});

test('a DuckDB that cannot be loaded is an error, with its reason', async () => {
  database.load = async () => {
    throw new BrokenPackageError(
      '@duckdb/node-api',
      new Error('libduckdb.so: cannot open shared object file'),
    );
  };
  expect(await query('--summary')).toEqual({
    status: 2,
    stdout: '',
    stderr: 'fwmap: cannot load @duckdb/node-api: libduckdb.so: cannot open shared object file\n',
  });
});

test.each([0, 2])('%i statements are an error', async (count) => {
  database.statements = count;
  const { status, stdout, stderr } = await query('SELECT 1; SELECT 2');
  expect([status, stdout, stderr]).toEqual([2, '', `fwmap: a query is one SQL statement, not ${count}\n`]);
});
