/**
 * Labels of pictures as Chromium draws them, with its fonts: none meets another, leaves the picture or goes out of its box,
 * wide, narrow and as a file of its own. And the checks that tests of pages rest on find what they look for.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { run } from '../cli/fake-io.ts';
import {
  accessibilityFaults,
  CHROMIUM,
  openWatched,
  overflow,
  sharedBrowser,
  WHY_SKIPPED,
} from './chromium.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const CORPUS = join(ROOT, '..', 'shared', 'corpus');
const folder = mkdtempSync(join(tmpdir(), 'fwmap-labels-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Some of each kind of the corpus: with long names, deep nesting, conditions. */
function some(kind: string, pattern: RegExp): string[] {
  const path = join(CORPUS, kind);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((name) => pattern.test(name))
    .sort()
    .filter((_, at) => at % 45 === 0)
    .map((name) => join(path, name));
}

const MACHINES = [
  ...readdirSync(join(ROOT, 'samples'))
    .filter((name) => /^(?:gen.*\.aml|low.*\.dts)$/.test(name))
    .map((name) => join(ROOT, 'samples', name)),
  ...some('acpi', /\.txt\.gz$/),
  ...some('boot', /^boot-/),
  ...some('dtb', /\.dtb\.gz$/),
];

/**
 * What is wrong with the labels of the pictures that are seen: a label that meets another, leaves the picture, or is wider
 * than its box. In pixels of the screen.
 */
const FAULTS = `(() => {
  const found = [];
  for (const svg of document.querySelectorAll('svg.map')) {
    const paper = svg.getBoundingClientRect();
    if (paper.width === 0) continue;
    const seen = [...svg.querySelectorAll('text')].map((text) => ({ text, at: text.getBoundingClientRect() }))
      .filter(({ at }) => at.width > 0)
      .sort((a, b) => a.at.top - b.at.top);
    for (const { text, at } of seen) {
      if (at.left < paper.left - 0.5 || at.right > paper.right + 0.5 || at.top < paper.top - 1 || at.bottom > paper.bottom + 1)
        found.push('leaves the picture: ' + text.textContent);
      const box = text.closest('g.b')?.querySelector('.f')?.getBoundingClientRect();
      if (box !== undefined && (at.left < box.left - 0.5 || at.right > box.right + 0.5))
        found.push('leaves its box: ' + text.textContent);
    }
    for (let one = 0; one < seen.length; one += 1)
      for (let two = one + 1; two < seen.length && seen[two].at.top < seen[one].at.bottom; two += 1) {
        const [a, b] = [seen[one].at, seen[two].at];
        // A line's box has room above and below its letters.
        if (Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4 && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5)
          found.push('meet: ' + seen[one].text.textContent + ' | ' + seen[two].text.textContent);
      }
  }
  return found;
})()`;

describe.skipIf(CHROMIUM === undefined)(`in Chromium (${WHY_SKIPPED})`, () => {
  const browser = sharedBrowser();

  async function shown(name: string, text: string, width: number): Promise<Page> {
    const file = join(folder, name);
    writeFileSync(file, text);
    const context = await browser().newContext({ viewport: { width, height: 900 } });
    const page = await context.newPage();
    await page.goto(`file://${file}`);
    return page;
  }

  const faultsOf = (page: Page): Promise<string[]> => page.evaluate(FAULTS);

  test.each(MACHINES)(
    'labels of %s',
    async (machine) => {
      const [svg, html] = await Promise.all(
        ['svg', 'html'].map((format) => run(['windows', machine, '--format', format])),
      );
      for (const [name, { stdout }, width] of [
        ['map.svg', svg!, 960],
        ['map.html', html!, 360],
        ['map.html', html!, 1280],
      ] as const) {
        const page = await shown(name, stdout, width);
        expect(await page.locator('svg.map text').count()).toBeGreaterThan(0);
        expect(await faultsOf(page)).toEqual([]);
        await page.context().close();
      }
    },
    60_000,
  );

  test('labels that meet, or leave their box or the picture, are found', async () => {
    const picture = (inside: string): string =>
      `<svg xmlns="http://www.w3.org/2000/svg" class="map" width="300" height="100" font-size="12">${inside}</svg>`;
    const box = (inside: string): string =>
      `<g class="b"><rect class="f" x="10" y="10" width="100" height="20"/>${inside}</g>`;
    for (const [inside, fault] of [
      ['<text x="10" y="20">one</text><text x="10" y="36">two</text>', undefined],
      ['<text x="10" y="20">one label</text><text x="20" y="24">another</text>', 'meet: one label | another'],
      ['<text x="290" y="20">out of it</text>', 'leaves the picture: out of it'],
      [box('<text x="12" y="22">inside</text>'), undefined],
      [box('<text x="90" y="22">over the edge</text>'), 'leaves its box: over the edge'],
    ] as const) {
      const page = await shown('planted.svg', picture(inside), 960);
      expect(await faultsOf(page)).toEqual(fault === undefined ? [] : [fault]);
      await page.context().close();
    }
  });

  test('what tests of pages look for is found where it is planted', async () => {
    const { stdout } = await run(['sysfb', join(ROOT, 'samples', 'gen2-dsdt.asl'), '--format', 'html']);
    const planted = async (from: string | RegExp, to: string) => {
      const file = join(folder, 'planted.html');
      const text = stdout.replace(from, to);
      expect(text).not.toBe(stdout);
      writeFileSync(file, text);
      return openWatched(browser(), file, { viewport: { width: 360, height: 800 } });
    };
    const policy = /<meta http-equiv="Content-Security-Policy"[^>]*>/;
    const contrast = await planted(
      policy,
      '<style>body *{color:#bbb!important;background:#fff!important}</style>',
    );
    expect((await accessibilityFaults(contrast.page)).join('\n')).toContain('color-contrast');
    const unnamed = await planted('</main>', '<button></button><img src="data:,"></main>');
    expect((await accessibilityFaults(unnamed.page)).join('\n')).toMatch(/button-name[\s\S]*image-alt/);
    const wide = await planted(
      '</main>',
      '<pre>0123456789012345678901234567890123456789012345678901234567890123456789</pre></main>',
    );
    const wider = await planted(policy, '<style>body{min-width:500px}</style>');
    expect(Math.max(await overflow(wide.page), await overflow(wider.page))).toBeGreaterThan(0);
    const asking = await planted(policy, '<script>fetch("http://127.0.0.1:9/").catch(() => {})</script>');
    expect(asking.requests).toEqual(['http://127.0.0.1:9/']);
    const failing = await planted(policy, '<script>throw new Error("planted")</script>');
    expect(failing.faults).toContain('planted');
    const refused = await planted('</main>', '<script>globalThis.planted = 1</script></main>');
    expect(refused.faults.join('\n')).toContain('Content Security Policy');
    for (const { page } of [contrast, unnamed, wide, wider, asking, failing, refused])
      await page.context().close();
  }, 60_000);
});
