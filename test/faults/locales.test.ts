/** What a run prints doesn't depend on where it is run: no language, no time zone, no data of ICU. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const isBuilt = existsSync(join(ROOT, 'dist/start.cjs'));

const LOCALES: readonly Readonly<Record<string, string>>[] = [
  { LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8', LC_MESSAGES: 'tr_TR.UTF-8' },
  { LANG: 'de_DE.UTF-8', LANGUAGE: 'de', LC_MESSAGES: 'de_DE', TZ: 'Pacific/Apia' },
  { LC_ALL: 'ar_EG', TZ: ':/nowhere', NODE_ICU_DATA: '/' },
  { LC_ALL: '../../x', LANG: 'POSIX', TZ: '' },
];
/** Words of yargs, of the system, of reports. */
const LINES: readonly (readonly string[])[] = [
  ['help', 'sysfb'],
  ['sysfb', '--nonsense'],
  ['sysfb', 'nowhere'],
  ['sysfb', 'samples/gen2-dsdt.asl'],
];

function ends(argv: readonly string[], env: Readonly<Record<string, string>>): unknown {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/fwmap.js', ...argv], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...env },
  });
  return { status, stdout, stderr };
}

describe.skipIf(!isBuilt)('odd locales', () => {
  test.each(LINES)('%s %s', (...argv) => {
    const plain = ends(argv, { LC_ALL: 'C', TZ: 'UTC' });
    for (const env of LOCALES) expect([env, ends(argv, env)]).toEqual([env, plain]);
  });
});

/** What asks for the language or the zone of the machine; `Date` alone gives UTC. */
const ASKS =
  /\btoLocale\w+|\blocaleCompare\b|\bIntl\.|\.get(?:Hours|Minutes|Day|Date|Month|FullYear)\(|\.to(?:Date|Time)String\(/g;

function askedIn(text: string): readonly string[] {
  return text.match(ASKS) ?? [];
}

test('no source asks for them', () => {
  const asked = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) =>
      askedIn(readFileSync(join(ROOT, 'src', path), 'utf8')).map((what) => `${path}: ${what}`),
    );
  expect(asked).toEqual([]);
  expect(askedIn('a.toLocaleUpperCase() + b.localeCompare(c) + new Intl.Collator()')).toHaveLength(3);
});
