import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linuxTable, withTable } from '../../scripts/linux-table/table.ts';

const root = join(import.meta.dirname, '..', '..');
const docs = join(root, 'docs');

/** Beside `src`. */
const OTHER_FOLDERS = ['test', 'scripts', 'schemas', 'docs', 'samples', 'drivers'];

describe('documents', () => {
  it('docs/linux.md has the table as the rows make it: npm run linux-table', () => {
    const document = readFileSync(join(docs, 'linux.md'), 'utf8');
    expect(withTable(document, linuxTable())).toBe(document);
    expect(document).toContain('7c3855c423b1');
  });

  it('files that the map, the glossary and the guide name are there', () => {
    const all = new Set(readdirSync(join(root, 'src'), { recursive: true }).map((name) => String(name)));
    const missing: string[] = [];
    for (const name of ['architecture.md', 'glossary.md', 'adding.md', 'linux.md']) {
      // What is thought through on paper has no files yet.
      const [text] = readFileSync(join(docs, name), 'utf8').split('## A third question on paper');
      for (const [, path] of text!.matchAll(/`(?:src\/)?((?:[\w-]+\/)+(?:[\w-]+\.ts)?)`/g)) {
        const plain = path!.replace(/^src\/|\/$/g, '');
        if (OTHER_FOLDERS.includes(plain.split('/')[0]!)) continue;
        if (![...all].some((file) => file === plain || file.endsWith(`/${plain}`)))
          missing.push(`${name}: ${path}`);
      }
    }
    expect(missing).toEqual([]);
  });
});
