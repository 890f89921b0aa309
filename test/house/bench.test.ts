/** `npm run bench -- all` runs every file of scripts/bench: what isn't a benchmark is in a folder below. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const FOLDER = join(import.meta.dirname, '..', '..', 'scripts', 'bench');

test('each file exports what is run', () => {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.ts'));
  expect(files).toContain('table.ts');
  for (const file of files)
    expect(readFileSync(join(FOLDER, file), 'utf8'), file).toMatch(/^export (?:async )?function run\(/m);
});
