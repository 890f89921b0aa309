/** JSON Schemas of what the commands print, from the types in src/report/json; of a survey's rows, from its columns. */
import { join } from 'node:path';
import {
  createFormatter,
  createParser,
  createProgram,
  DEFAULT_CONFIG,
  SchemaGenerator,
} from 'ts-json-schema-generator';
import { TABLE_NAMES, TABLES } from '../../src/survey/tables.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** Each schema with the type that it is of; the files are named alike. */
const DOCUMENTS = {
  at: 'AtJson',
  bridges: 'BridgesJson',
  diff: 'DiffJson',
  eval: 'EvalJson',
  explain: 'ExplainJson',
  finding: 'FindingJson',
  machines: 'MachinesJson',
  query: 'QueryJson',
  resources: 'ResourcesJson',
  scan: 'ScanJson',
  simulate: 'SimulateJson',
  sysfb: 'SysfbJson',
  windows: 'WindowsJson',
};

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

function titleOf(name) {
  if (name === 'machines') return 'Several machines of an image, each as it is reported alone';
  return name === 'finding' ? 'fwmap explain CODE --format json' : `fwmap ${name} --format json`;
}

const COLUMN_SCHEMAS = {
  text: { type: ['string', 'null'] },
  uint64: { type: ['integer', 'null'], minimum: 0, maximum: 2 ** 64 },
  int32: { type: ['integer', 'null'], minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
  boolean: { type: ['boolean', 'null'] },
};

/** Rows of each table; a column that a row doesn't have is null. */
function surveySchema() {
  const tables = TABLE_NAMES.map((name) => {
    const columns = TABLES[name].map((column) => [
      column.name,
      { ...COLUMN_SCHEMAS[column.type], description: column.describe },
    ]);
    const row = { type: 'object', properties: Object.fromEntries(columns), additionalProperties: false };
    return [name, { type: 'array', items: row }];
  });
  return {
    $schema: DIALECT,
    $id: 'urn:fwmap:survey:1',
    title: 'Rows of the tables of fwmap survey, by the name of the table',
    type: 'object',
    properties: Object.fromEntries(tables),
    additionalProperties: false,
  };
}

function schemaText(schema) {
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

/** As draft 2020-12 writes it: definitions are `$defs`. */
function modern(text) {
  return text.replaceAll('"#/definitions/', '"#/$defs/');
}

/**
 * The text of each schema, by the name of its file.
 * @returns {ReadonlyMap<string, string>}
 */
export function generateSchemas() {
  const config = {
    ...DEFAULT_CONFIG,
    path: join(ROOT, 'src', 'report', 'json', '*.ts'),
    tsconfig: join(ROOT, 'tsconfig.json'),
    expose: 'export',
    topRef: false,
    jsDoc: 'extended',
    additionalProperties: false,
    // `npm run types` does.
    skipTypeCheck: true,
  };
  const program = createProgram(config);
  const generator = new SchemaGenerator(
    program,
    createParser(program, config),
    createFormatter(config),
    config,
  );
  const documents = Object.entries(DOCUMENTS).map(([name, type]) => {
    const { definitions, $schema: _, ...document } = generator.createSchema(type);
    const schema = {
      $schema: DIALECT,
      $id: `urn:fwmap:${name}:1`,
      title: titleOf(name),
      ...document,
      ...(definitions === undefined ? {} : { $defs: definitions }),
    };
    return [`${name}.json`, modern(schemaText(schema))];
  });
  return new Map([...documents, ['survey.json', schemaText(surveySchema())]]);
}
