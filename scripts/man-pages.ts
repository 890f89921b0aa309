/**
 * `node --import tsx scripts/man-pages.ts DIR`: writes the manual pages, fwmap(1) and one per command. They have the same
 * sources as `fwmap help`: the descriptions and option tables of the commands.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS } from '../src/cli/commands.ts';
import { commandPage, dtcPage, programPage } from './man/pages.ts';

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: man-pages.ts DIR');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const write = (name: string, page: string): void => writeFileSync(join(folder, `${name}.1`), page);
write('fwmap', programPage());
for (const row of COMMANDS) write(`fwmap-${row.name}`, commandPage(row, await row.load()));
write('fwmap-dtc', dtcPage());
