/** Every bound in the sources is a limit that can be set, or is known not to be one. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { LIMIT_NAMES } from '../../src/limits/limits.ts';
import { NO_LIMITS } from './no-limits.ts';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/** A constant whose name says that it is the most there may be of something. */
const BOUND =
  /^\s*(?:export )?const ((?:MAX|MOST|LONGEST|LARGEST|DEEPEST)_\w+|\w*_(?:MAX|MOST)|\w*(?:LIMIT|BUDGET|TIMEOUT)\w*)\b[^=]*=/gm;

/** `acpi/crs/x.ts MAX_Y` for each bound in a source. */
function boundsIn(path: string, text: string): string[] {
  return [...text.matchAll(BOUND)]
    .filter(([, name]) => /^[A-Z0-9_]+$/.test(name!))
    .map(([, name]) => `${path} ${name}`);
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.startsWith('limits'))
  .map((path) => ({ path: path.replaceAll('\\', '/'), text: readFileSync(join(SRC, path), 'utf8') }));

describe('bounds', () => {
  test('are limits (src/limits/rows.ts) or listed with why they are none (no-limits.ts)', () => {
    const found = files.flatMap(({ path, text }) => boundsIn(path, text)).sort();
    expect(found).toEqual(Object.values(NO_LIMITS).flat().sort());
  });

  test('a stray one is found', () => {
    expect(
      boundsIn(
        'x.ts',
        '/** Why. */\nexport const MAX_THINGS = 7;\nconst THING_LIMIT: number = 3;\nconst other = 1;',
      ),
    ).toEqual(['x.ts MAX_THINGS', 'x.ts THING_LIMIT']);
  });
});

test('every limit is kept somewhere', () => {
  const sources = files.map(({ text }) => text).join('\n');
  const kept = LIMIT_NAMES.filter(
    (name) =>
      sources.includes(`'${name}'`) &&
      new RegExp(`(?:limit|Than|Limit|Text|Bytes)\\(\\s*[^)]*'${name}'|'${name}'`).test(sources),
  );
  expect(kept).toEqual(LIMIT_NAMES);
});
