/** Every rule of the question has a row in the registry, so that `fwmap explain sysfb/RULE` knows it, and no row is left over. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { CODES } from '../../src/findings/finding.ts';

const FOLDER = fileURLToPath(new URL('../../src/verdict/', import.meta.url));

/** Ids before `says`, or given to the function that makes such a rule; of a choice both. */
function idsIn(text: string): string[] {
  const found: string[] = [];
  for (const [, before] of text.matchAll(/\bid: ([^,\n]+),\n\s*says\b/g))
    found.push(...[...before!.matchAll(/'([a-z0-9-]+)'(?! \?)/g)].map(([, id]) => id!));
  for (const [, id] of text.matchAll(/\bmade\(\s*'([a-z0-9-]+)'/g)) found.push(id!);
  return found;
}

it('rules and rows are the same', () => {
  const made = new Set<string>();
  for (const room of ['sysfb', 'facts'])
    for (const name of readdirSync(join(FOLDER, room), { recursive: true, encoding: 'utf8' }))
      if (name.endsWith('.ts'))
        for (const id of idsIn(readFileSync(join(FOLDER, room, name), 'utf8'))) made.add(`sysfb/${id}`);
  expect(made.size).toBeGreaterThan(40);
  expect([...made].sort()).toEqual(CODES.filter((code) => code.startsWith('sysfb/')).sort());
});
