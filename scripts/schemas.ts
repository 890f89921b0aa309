/** `npm run schemas`: writes schemas/ from the types of src/report/json. A test holds them current. */
import { writeFileSync } from 'node:fs';
import { generateSchemas } from './schemas/generate.ts';

for (const [name, text] of generateSchemas())
  writeFileSync(new URL(`../schemas/${name}`, import.meta.url), text);
