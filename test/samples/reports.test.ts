/**
 * Reports of commands other than `sysfb` on the samples, as they are printed. With UPDATE_SAMPLES=1 the files are written
 * anew, to be read before they are committed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { run } from '../cli/fake-io.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const REPORTS: Readonly<Record<string, readonly string[]>> = {
  'bridges-gen1': [
    'bridges',
    'samples/gen1-dsdt.aml',
    '--kernel',
    '6.12.30',
    '--bar',
    '256M,64bit,prefetchable',
  ],
  'github-low-window': ['windows', 'samples/low-window-framebuffer.dts', '--format', 'github'],
  'github-gen1': [
    'bridges',
    'samples/gen1-dsdt.aml',
    '--kernel',
    '6.12.30',
    '--bar',
    '1T,64bit',
    '--format',
    'github',
  ],
  'github-diff': [
    'diff',
    'samples/openhcl-vtl2.dts',
    'samples/low-window-framebuffer.dts',
    '--format',
    'github',
  ],
  'at-framebuffer': ['at', '0xf8000000', 'samples/low-window-framebuffer.dts'],
  'at-gen2': ['at', '0xf8000000', 'samples/gen2-dsdt.aml', '--format', 'markdown'],
};

it.each(Object.keys(REPORTS))('%s', async (name) => {
  const { status, stdout, stderr } = await run(REPORTS[name]!, { cwd: root });
  const file = `${root}/samples/${name}.expected.txt`;
  if (process.env.UPDATE_SAMPLES) writeFileSync(file, stdout);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toBe(readFileSync(file, 'utf8'));
});
