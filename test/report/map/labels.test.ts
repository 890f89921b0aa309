/**
 * In pictures of every machine of the corpus no two labels meet and none leaves the picture, wide and narrow, folded and
 * whole. The width of labels is calculated here as a browser's widest font has it; test/browser/labels.test.ts measures some.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../cli/fake-io.ts';
import { faults, labelsIn } from './labels.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const CORPUS = join(ROOT, '..', 'shared', 'corpus');

function machinesOf(folder: string, pattern: RegExp): string[] {
  const path = join(CORPUS, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => join(path, name));
}

const MACHINES = [
  ...readdirSync(join(ROOT, 'samples'))
    .filter((name) => !/\.(?:expected\.txt|md)$/.test(name))
    .map((name) => join(ROOT, 'samples', name)),
  ...machinesOf('acpi', /\.txt\.gz$/),
  ...machinesOf('boot', /^boot-/),
  // Every eighth of the trees: boards of a kind are alike.
  ...machinesOf('dtb', /\.dtb\.gz$/).filter((_, at) => at % 8 === 0),
];

/** The pictures in a report: one of `svg`, the wide and the narrow one of a page. */
async function pictures(argv: readonly string[]): Promise<string[]> {
  const { stdout, status } = await run(argv);
  if (status !== 0) return [];
  return stdout.match(/<svg[\s\S]*?<\/svg>/g) ?? [];
}

describe('labels', () => {
  it.each(MACHINES)(
    '%s',
    async (machine) => {
      const all = [
        ...(await pictures(['sysfb', machine, '--format', 'svg'])),
        ...(await pictures(['windows', machine, '--format', 'html'])),
        ...(await pictures(['windows', machine, '--format', 'svg'])),
      ];
      expect(all.length).toBeGreaterThan(0);
      for (const picture of all) expect(faults(picture)).toEqual([]);
    },
    60_000,
  );

  it('that meet or leave the picture are found', () => {
    const svg = (inner: string) => `<svg width="100" height="50">${inner}</svg>`;
    expect(faults(svg('<text x="10" y="20">abcdef</text><text x="10" y="32">abcdef</text>'))).toEqual([]);
    expect(faults(svg('<text x="10" y="20">abcdef</text><text x="40" y="24">abc</text>'))).toEqual([
      'meet: abcdef | abc',
    ]);
    expect(faults(svg('<text x="60" y="20">abcdef</text>'))).toEqual(['leaves the picture: abcdef']);
    expect(faults(svg('<text x="30" y="20" text-anchor="end">abcdef</text>'))).toEqual([
      'leaves the picture: abcdef',
    ]);
    expect(labelsIn(svg('<text x="0" y="9">a&lt;b</text>')).labels[0]!.text).toBe('a<b');
  });
});
