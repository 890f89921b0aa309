/** The shipped JSON Schemas, compiled. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

const FOLDER = join(import.meta.dirname, '..', '..', 'schemas');

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
for (const name of readdirSync(FOLDER).sort())
  ajv.addSchema(JSON.parse(readFileSync(join(FOLDER, name), 'utf8')), name);

/** @param name `sysfb` */
export function schema(name: string): ValidateFunction {
  const found = ajv.getSchema(`${name}.json`);
  if (!found) throw new Error(`no schema ${name}.json`);
  return found;
}

/** What is wrong with the document, a line each; empty when nothing is. */
export function violations(name: string, document: unknown): string[] {
  const validate = schema(name);
  if (validate(document)) return [];
  return (validate.errors ?? []).map(
    (error) => `${error.instancePath} ${error.message ?? ''} ${JSON.stringify(error.params)}`,
  );
}
