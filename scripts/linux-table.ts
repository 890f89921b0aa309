/** `npm run linux-table`: writes the table of docs/linux.md from the rows of src/linux/changes.ts. */
import { readFileSync, writeFileSync } from 'node:fs';
import { linuxTable, withTable } from './linux-table/table.ts';

const file = new URL('../docs/linux.md', import.meta.url);
writeFileSync(file, withTable(readFileSync(file, 'utf8'), linuxTable()));
