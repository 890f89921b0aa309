import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { run } from '../cli/fake-io.ts';

const page = readFileSync(new URL('../../docs/unknown-values.md', import.meta.url), 'utf8');

/** The blocks of a page between fences of a language. */
function blocks(language: string): string[] {
  return [...page.matchAll(/^```(\w*)\n(.*?)^```$/gms)]
    .filter((match) => match[1] === language)
    .map((match) => match[2]!);
}

describe('docs/unknown-values.md', () => {
  test('the example prints what it says', async () => {
    const [asl] = blocks('asl');
    const [session] = blocks('');
    const [command, ...lines] = session!.split('\n');
    expect(command).toBe('$ fwmap windows bridge.asl');
    const { stdout, status } = await run(['windows', '-'], { stdin: asl! });
    expect(status).toBe(0);
    expect(stdout.trim()).toBe(lines.join('\n').trim());
  });
});
