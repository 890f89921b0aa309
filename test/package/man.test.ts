/** The manual pages: made of the descriptions that the help prints, and without a fault that groff sees. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inline } from '../../scripts/man/roff.ts';
import { COMMANDS, RAW_COMMANDS } from '../../src/cli/commands.ts';
import { isInstalled } from '../cli/terminal.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'fwmap-man-'));
afterAll(() => rmSync(folder, { recursive: true }));
const PAGES = ['fwmap', ...[...COMMANDS, ...RAW_COMMANDS].map(({ name }) => `fwmap-${name}`)].map(
  (name) => `${name}.1`,
);

/** As a terminal shows it, with nothing bold, and no hyphen that was not there. */
function shown(page: string): string {
  const text = execFileSync(
    'groff',
    ['-man', '-Tutf8', '-P-cbou', '-rHY=0', '-rLL=200n', join(folder, page)],
    { encoding: 'utf8' },
  );
  return text.replaceAll(/\s+/g, ' ');
}

beforeAll(() => {
  execFileSync(process.execPath, ['--import', 'tsx', 'scripts/man-pages.ts', folder], { cwd: ROOT });
}, 60_000);

test('there is one for each command, and the package lists them', () => {
  expect(readdirSync(folder).sort()).toEqual([...PAGES].sort());
  const { man } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { man: string[] };
  expect([...man].sort()).toEqual(PAGES.map((page) => `./man/${page}`).sort());
});

test('text is no request, and stays what it is', () => {
  expect(inline('.config')).toBe('\\&.config');
  expect(inline("'x'")).toBe('\\(aqx\\(aq');
  expect(inline('a\\b --c `d` …')).toBe('a\\eb \\-\\-c \\fBd\\fR \\[u2026]');
});

describe.skipIf(!isInstalled('groff'))('groff (skipped without it)', () => {
  test.each(PAGES)('has no complaint about %s', (page) => {
    const complaints = execFileSync(
      'sh',
      ['-c', 'groff -man -Tutf8 -ww -z "$1" 2>&1', 'sh', join(folder, page)],
      {
        encoding: 'utf8',
      },
    );
    expect(complaints).toBe('');
  });

  test('every option of every command is there, with its words', async () => {
    for (const row of COMMANDS) {
      const command = await row.load();
      const text = shown(`fwmap-${row.name}.1`);
      expect(text).toContain(command.description.replaceAll('`', '').replaceAll(/\s+/g, ' '));
      for (const [name, { describe: says }] of Object.entries(command.options)) {
        expect(text).toContain(`--${name}`);
        expect(text).toContain(says.replaceAll('`', '').replaceAll(/\s+/g, ' '));
      }
      for (const { line } of command.examples) expect(text).toContain(line.replaceAll(/\s+/g, ' '));
    }
  });
});
