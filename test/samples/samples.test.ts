/**
 * Every sample and the report expected of it, `NAME.expected.txt` beside it: what a person attaches to a review, as
 * `fwmap sysfb NAME --format mail` prints it. With UPDATE_SAMPLES=1 the files are written anew, to be read before they
 * are committed.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { run } from '../cli/fake-io.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const samples = readdirSync(`${root}/samples`)
  .filter((name) => !name.endsWith('.expected.txt') && name !== 'README.md')
  .sort();

/** The answer that each sample is here for. */
const ANSWERS: Readonly<Record<string, { answer: string }>> = {
  'gen1-dsdt.aml': { answer: 'needs CONFIG_SYSFB depends on' },
  'gen1-dsdt.asl': { answer: 'needs CONFIG_SYSFB depends on' },
  'gen2-capture.tar.gz': { answer: 'A kernel on this machine needs CONFIG_SYSFB.' },
  'gen2-dsdt.aml': { answer: 'needs CONFIG_SYSFB depends on' },
  'gen2-dsdt.asl': { answer: 'needs CONFIG_SYSFB depends on' },
  'low-window-framebuffer.dts': { answer: 'needs a reservation, and CONFIG_SYSFB would not make it.' },
  'openhcl-vtl2-arm64.dts': { answer: 'does not need CONFIG_SYSFB.' },
  'openhcl-vtl2-binding.dts': { answer: 'does not need CONFIG_SYSFB.' },
  'openhcl-vtl2.dts': { answer: 'does not need CONFIG_SYSFB.' },
  'seed-line.dtsi': { answer: 'does not need CONFIG_SYSFB.' },
  'seed-reply.txt': { answer: 'does not need CONFIG_SYSFB.' },
};

describe('samples', () => {
  it('are all listed here', () => {
    expect(Object.keys(ANSWERS).sort()).toEqual(samples);
  });

  it.each(samples)('%s gives the report beside it', async (name) => {
    const { status, stdout, stderr } = await run(['sysfb', `samples/${name}`, '--format', 'mail'], {
      cwd: root,
    });
    const file = `${root}/samples/${name}.expected.txt`;
    if (process.env.UPDATE_SAMPLES) writeFileSync(file, stdout);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toBe(readFileSync(file, 'utf8'));
    // Mail: plain ASCII, 72 columns; a path or digest alone on its line may be longer.
    expect(stdout).toMatch(/^[\x20-\x7e\n]*$/);
    for (const line of stdout.split('\n'))
      if (line.trim().includes(' ')) expect(line.length).toBeLessThanOrEqual(72);
    // A reply, not a document.
    expect(stdout.trimEnd().split('\n').length).toBeLessThanOrEqual(15);
    expect(stdout.replace(/\s+/g, ' ')).toContain(ANSWERS[name]?.answer);
  });
});
