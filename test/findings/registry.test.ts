/** Every row has all columns, and its example produces its code. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { CODES, rowOf } from '../../src/findings/finding.ts';
import type { Example } from '../../src/findings/row.ts';
import { run } from '../cli/fake-io.ts';
import { writeExample } from './examples.ts';

const folder = mkdtempSync(join(tmpdir(), 'fwmap-findings-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The codes that the example's command line leads to. */
async function codesOf(code: string, { files, run: line }: Example): Promise<Set<string>> {
  const root = join(folder, code);
  mkdirSync(root, { recursive: true });
  writeExample(root, files);
  const added = vi.spyOn(DiagnosticList.prototype, 'add');
  const { stdout, stderr } = await run(line.split(' '), { cwd: root });
  const codes = new Set(added.mock.calls.map(([diagnostic]) => diagnostic.code));
  added.mockRestore();
  // What is only counted is in no list.
  for (const [, printed] of `${stdout}${stderr}`.matchAll(/\[([a-z]+\/[a-z0-9-]+)\]/g)) codes.add(printed!);
  return codes;
}

describe('the registry', () => {
  it('is where every diagnostic comes from', () => {
    const src = new URL('../../src/', import.meta.url);
    const made = readdirSync(src, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.startsWith('findings'))
      .filter((name) => /\bseverity: ['"`]/.test(readFileSync(new URL(name, src), 'utf8')));
    // The entry that counts what a list left out, since the room of bytes knows no other; errors of a fragment that
    // stand in other text are warnings; texts beside the inputs of a folder are notes.
    expect(made.sort()).toEqual([
      join('artifact', 'folders', 'unused.ts'),
      join('bytes', 'diagnostic.ts'),
      join('devicetree', 'source', 'fragment.ts'),
    ]);
  });

  it.each(CODES)('%s has all columns', (code) => {
    const row = rowOf(code)!;
    expect(code).toMatch(/^[a-z]+\/[a-z0-9]+(?:-[a-z0-9]+)*$/);
    expect(['error', 'warning', 'note']).toContain(row.severity);
    expect(row.summary).toMatch(/^\S.{10,90}[^.]$/);
    expect(row.why).toMatch(/^\S.{10,300}\.$/s);
    expect(row.source).not.toBe('');
    expect(new Set(row.hides).size).toBe(row.hides.length);
  });

  it.each(CODES.filter((code) => rowOf(code)!.example))('the example of %s produces it', async (code) => {
    expect(await codesOf(code, rowOf(code)!.example!)).toContain(code);
  });
});
