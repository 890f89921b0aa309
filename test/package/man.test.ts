/** The manual pages: made of the descriptions that the help prints, and without a fault that groff sees. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inline } from '../../scripts/man/roff.ts';
import { COMMANDS, RAW_COMMANDS } from '../../src/cli/commands.ts';
import type { Command } from '../../src/cli/common/command.ts';
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

/** What groff finds wrong with a page. */
function complaints(page: string): string {
  return execFileSync('sh', ['-c', 'groff -man -Tutf8 -ww -z "$1" 2>&1', 'sh', join(folder, page)], {
    encoding: 'utf8',
  });
}

/** What the help says and a page doesn't show: the description, options with their words, examples. */
function missing(page: string, command: Command): string[] {
  const text = shown(page);
  const said = [
    command.description,
    ...Object.entries(command.options).flatMap(([name, { describe: says }]) => [`--${name}`, says]),
    ...command.examples.map(({ line }) => line),
  ];
  return said.filter((each) => !text.includes(each.replaceAll('`', '').replaceAll(/\s+/g, ' ')));
}

/** A copy of a page with a change planted. */
function planted(page: string, change: (text: string) => string): string {
  const text = readFileSync(join(folder, page), 'utf8');
  const changed = change(text);
  expect(changed).not.toBe(text);
  writeFileSync(join(folder, 'planted'), changed);
  return 'planted';
}

describe.skipIf(!isInstalled('groff'))('groff (skipped without it)', () => {
  test.each(PAGES)('has no complaint about %s', (page) => {
    expect(complaints(page)).toBe('');
  });

  test('every option of every command is there, with its words', async () => {
    for (const row of COMMANDS)
      expect([row.name, missing(`fwmap-${row.name}.1`, await row.load())]).toEqual([row.name, []]);
  });

  test('these checks see a request that there is not, an option left out, and a hyphen that is none', async () => {
    expect(complaints(planted('fwmap-windows.1', (text) => `${text}.nonsense\n`))).toContain('nonsense');
    const windows = await COMMANDS.find(({ name }) => name === 'windows')!.load();
    expect(
      missing(
        planted('fwmap-windows.1', (text) => text.replaceAll('\\-\\-all', '')),
        windows,
      ),
    ).toContain('--all');
    expect(
      missing(
        planted('fwmap-windows.1', (text) => text.replaceAll('\\-', '\\(en')),
        windows,
      ),
    ).toContain('--format');
  });
});
