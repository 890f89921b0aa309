/** No folder of this repository is too full to be looked through, no file too long to be read. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const MOST_FILES = 16;
const MOST_LINES = 500;

/** Made by programs, or by whoever clones: not written by hand here. */
const NOT_OURS = ['.git', '.stryker-tmp', 'coverage', 'dist', 'docs/api', 'man', 'node_modules', 'reports'];
/** Inputs, and what programs gave for them: one of a kind beside the next. */
const DATA = ['samples', 'test/recorded'];
/** Written by `npm run findings`, `limits` and `schemas`, and by npm. */
const GENERATED = /^(?:docs\/(?:findings|limits)\.md|schemas\/.*\.json|package-lock\.json)$/;
/** What people read: the rest is bytes. */
const TEXT = /\.(?:c?ts|[cm]?js|json|md|ya?ml|ebnf|html|css|sh|wat)$|(?:^|\/)(?:run|LICENSE)$/;

/** Folders of more files, and texts of more lines, than a person takes in: `PATH: NUMBER`. */
function tooLarge(root: string): string[] {
  const found: string[] = [];
  const folders = [''];
  for (const folder of folders) {
    let files = 0;
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (NOT_OURS.includes(path)) continue;
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile()) {
        files += 1;
        if (!TEXT.test(path) || GENERATED.test(path) || DATA.some((data) => path.startsWith(`${data}/`)))
          continue;
        const lines = readFileSync(join(root, path), 'utf8').split('\n').length - 1;
        if (lines > MOST_LINES) found.push(`${path}: ${lines} lines`);
      }
    }
    if (files > MOST_FILES && !DATA.some((data) => `${folder}/`.startsWith(`${data}/`)))
      found.push(`${folder}: ${files} files`);
  }
  return found.sort();
}

test('folders and files are small', () => {
  expect(tooLarge(ROOT)).toEqual([]);
});

describe('what is too large is found', () => {
  test('and what is as large as it may be is not', () => {
    const root = mkdtempSync(join(tmpdir(), 'fwmap-sizes-'));
    try {
      for (const [folder, files] of [
        ['src/full', MOST_FILES],
        ['src/fuller', MOST_FILES + 1],
        ['samples', MOST_FILES + 1],
        ['node_modules/x', MOST_FILES + 1],
      ] as const) {
        mkdirSync(join(root, folder), { recursive: true });
        for (let at = 0; at < files; at++) writeFileSync(join(root, folder, `${at}.ts`), '');
      }
      writeFileSync(join(root, 'src/long.ts'), 'a\n'.repeat(MOST_LINES));
      writeFileSync(join(root, 'src/longer.ts'), 'a\n'.repeat(MOST_LINES + 1));
      writeFileSync(join(root, 'package-lock.json'), 'a\n'.repeat(MOST_LINES + 1));
      expect(tooLarge(root)).toEqual(['src/fuller: 17 files', 'src/longer.ts: 501 lines']);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
