/** `npm run fleet-columns`: writes the columns into docs/fleet.md. A test checks that they are current. */
import { readFileSync, writeFileSync } from 'node:fs';
import { withColumns } from './fleet/columns.ts';

const file = new URL('../docs/fleet.md', import.meta.url);
writeFileSync(file, withColumns(readFileSync(file, 'utf8')));
