/**
 * Every sample in every format as it is printed, in `test/recorded/samples/NAME.FORMAT`; mail is beside the sample. Pages and
 * pictures are kept without their styles and scripts, which are the same in all, and with a line an element, to be read.
 * With UPDATE_SAMPLES=1 the files are written anew, to be read before they are committed.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MAP_FORMATS } from '../../src/report/formats/render.ts';
import { run } from '../cli/fake-io.ts';
import { violations } from '../report/schemas.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDER = join(ROOT, 'test', 'recorded', 'samples');
const SAMPLES = readdirSync(join(ROOT, 'samples')).filter((name) => !/\.(?:expected\.txt|md)$/.test(name));

/** Endings of the formats that others know by theirs. */
const ENDINGS: Readonly<Record<string, string>> = { text: 'txt', markdown: 'md', github: 'github.txt' };

/** What is the same in every page is left out; what is long is broken where that means nothing. */
function kept(format: string, printed: string): string {
  if (format !== 'html' && format !== 'svg') return printed;
  return printed
    .replace(/<(style|script)([^>]*)>[\s\S]*?<\/\1>/g, '<$1$2></$1>')
    .replace(/(content="default-src[^"]*?)'sha256-[^']*'/g, "$1'sha256-…'")
    .replace(/(<\/[\w]+>|<(?:path|rect|line|circle)[^>]*\/>)(?=<)/g, '$1\n');
}

const FORMATS = MAP_FORMATS.filter((format) => format !== 'mail' && format !== 'ndjson');

describe('samples in every format', () => {
  it.each(SAMPLES)('%s', async (sample) => {
    mkdirSync(FOLDER, { recursive: true });
    for (const format of FORMATS) {
      const argv = ['sysfb', `samples/${sample}`, '--format', format];
      if (format === 'text') argv.push('--map');
      const { status, stdout, stderr } = await run(argv, { cwd: ROOT });
      expect([status, stderr]).toEqual([0, '']);
      const now = kept(format, stdout);
      const file = join(FOLDER, `${sample}.${ENDINGS[format] ?? format}`);
      if (process.env.UPDATE_SAMPLES) writeFileSync(file, now);
      expect([file, now]).toEqual([file, readFileSync(file, 'utf8')]);
      if (format === 'json') expect(violations('sysfb', JSON.parse(stdout))).toEqual([]);
    }
  });

  it('are all that is kept', () => {
    const files = SAMPLES.flatMap((sample) =>
      FORMATS.map((format) => `${sample}.${ENDINGS[format] ?? format}`),
    );
    expect(readdirSync(FOLDER).sort()).toEqual(files.sort());
  });
});
