/**
 * `npm run schemas`: writes schemas/ from the types of src/report/json; with `--check`, which a test uses, it writes
 * nothing and fails if a schema is not current.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { generateSchemas } from './schemas/generate.mjs';

const folder = new URL('../schemas/', import.meta.url);
const schemas = generateSchemas();
const present = readdirSync(folder);
const gone = present.filter((name) => !schemas.has(name));
const changed = [...schemas].filter(
  ([name, text]) => !present.includes(name) || readFileSync(new URL(name, folder), 'utf8') !== text,
);
if (process.argv.includes('--check')) {
  const names = [...gone, ...changed.map(([name]) => name)];
  if (names.length > 0) {
    process.stderr.write(`not current: ${names.join(', ')}; npm run schemas\n`);
    process.exitCode = 1;
  }
} else {
  for (const name of gone) rmSync(new URL(name, folder));
  for (const [name, text] of changed) writeFileSync(new URL(name, folder), text);
}
