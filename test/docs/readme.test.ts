/** Every command that README and samples/README.md show as one to type is run, and gives an answer. */
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { run } from '../cli/fake-io.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'fwmap-readme-'));
afterAll(() => rmSync(folder, { recursive: true }));
symlinkSync(join(ROOT, 'samples'), join(folder, 'samples'));
// What README names without there being one: a dump of a page, with zeros, which are values as good as any.
writeFileSync(join(folder, 'page.bin'), new Uint8Array(4096));

/** Lines of code blocks that call fwmap on something that is there, as words. */
function commandsOf(file: string): string[] {
  const blocks = readFileSync(join(ROOT, file), 'utf8').matchAll(/^```\w*\n(.*?)^```/gms);
  return [...blocks].flatMap(([, block]) =>
    block!
      .split('\n')
      .map((line) => line.replace(/^\$ /, '').replace(/^npm ci && npx --no-install /, ''))
      .filter((line) => /^fwmap .*samples\//.test(line)),
  );
}

describe.each(['README.md', 'samples/README.md'])('%s', (file) => {
  const lines = commandsOf(file);

  test('has commands to try', () => {
    expect(lines.length).toBeGreaterThanOrEqual(4);
  });

  test.each(lines)('%s', async (line) => {
    const { status, stdout, stderr } = await run(line.split(/ +/).slice(1), { cwd: folder });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).not.toBe('');
  });
});

test('the first screen of README has the question, an input, the answer, and how to install', () => {
  // What a terminal or a page shows without scrolling, generously.
  const screen = readFileSync(join(ROOT, 'README.md'), 'utf8').split('\n').slice(0, 42).join('\n');
  for (const part of ['CONFIG_SYSFB', "echo 'ranges = <", 'npm install -g fwmap', '4 GiB', 'framebuffer'])
    expect(screen).toContain(part);
});

test('the answer in README is the one that is given', async () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const shown = /^\$ echo '([^']*)' \| fwmap\n(.*?)^\.\.\.$/ms.exec(readme)!;
  const { stdout } = await run([], { stdin: `${shown[1]}\n` });
  expect(stdout.startsWith(shown[2]!)).toBe(true);
});

test('samples/README.md has every sample', async () => {
  const { readdirSync } = await import('node:fs');
  const text = readFileSync(join(ROOT, 'samples', 'README.md'), 'utf8');
  for (const name of readdirSync(join(ROOT, 'samples')))
    if (!name.endsWith('.expected.txt') && name !== 'README.md') expect(text).toContain(`\`${name}\``);
});

test("README's picture is what its command draws", async () => {
  const line = commandsOf('README.md').find((each) => each.endsWith('--format svg'))!;
  const { stdout } = await run(line.split(/ +/).slice(1), { cwd: folder });
  const file = join(ROOT, 'docs', 'address-map.svg');
  if (process.env.UPDATE_SAMPLES !== undefined) writeFileSync(file, stdout);
  expect(readFileSync(file, 'utf8')).toBe(stdout);
});
