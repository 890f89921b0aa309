import fc from 'fast-check';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import { parquetOf } from '../../src/survey/parquet.ts';
import { type ColumnType, type Row, TABLE_NAMES, TABLES, type Value } from '../../src/survey/tables.ts';

const values: Record<ColumnType, fc.Arbitrary<Value>> = {
  text: fc.string({ unit: 'binary' }),
  uint64: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  int32: fc.integer(),
  boolean: fc.boolean(),
};

/** What another program reads. */
async function readBack(bytes: Uint8Array): Promise<Row[]> {
  const file = bytes.slice().buffer;
  return (await parquetReadObjects({ file })) as Row[];
}

describe('a Parquet file', () => {
  test.each(TABLE_NAMES)('of %s has every row as it was given', async (table) => {
    const anyRow = fc.record(
      Object.fromEntries(
        TABLES[table].map(({ name, type }) => [name, fc.option(values[type], { nil: null })]),
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow, { maxLength: 20 }), async (rows) => {
        expect(await readBack(await parquetOf(table, rows))).toEqual(rows);
      }),
      { numRuns: 20 },
    );
  });

  test('of equal rows has equal bytes; a column that a row lacks is null', async () => {
    const rows: Row[] = [{ machine: 'a', path: 'b' }];
    expect(await parquetOf('inputs', rows)).toEqual(await parquetOf('inputs', rows));
    expect(await readBack(await parquetOf('inputs', rows))).toEqual([
      { machine: 'a', path: 'b', bytes: null },
    ]);
  });
});
