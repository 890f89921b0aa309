/** Rows to Parquet. */
import type { SchemaElement } from 'hyparquet';
import { type ColumnType, type Row, SURVEY_SCHEMA, TABLES, type TableName } from './tables.ts';

/** https://github.com/apache/parquet-format/blob/master/LogicalTypes.md */
const ELEMENTS: Readonly<Record<ColumnType, Pick<SchemaElement, 'type' | 'converted_type'>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  uint64: { type: 'INT64', converted_type: 'UINT_64' },
  int32: { type: 'INT32' },
  boolean: { type: 'BOOLEAN' },
};

/**
 * The bytes of a Parquet file with the rows of a table, in their order. Equal rows give equal bytes. A column that a row
 * lacks is null there.
 */
export async function parquetOf(table: TableName, rows: readonly Row[]): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  const columns = TABLES[table];
  const schema: SchemaElement[] = [
    { name: 'root', num_children: columns.length },
    ...columns.map(
      ({ name, type }): SchemaElement => ({ name, repetition_type: 'OPTIONAL', ...ELEMENTS[type] }),
    ),
  ];
  const buffer = parquetWriteBuffer({
    schema,
    columnData: columns.map(({ name }) => ({
      name,
      data: rows.map((row) => row[name] ?? null),
    })),
    kvMetadata: [{ key: 'fwmap.schema', value: SURVEY_SCHEMA }],
    createdBy: 'fwmap',
  });
  return new Uint8Array(buffer);
}
