/** Reports as pages and pictures, in Chromium: what they show, how they are reached, and what they must not do. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

const SAMPLES = join(import.meta.dirname, '..', '..', 'samples');
const folder = mkdtempSync(join(tmpdir(), 'fwmap-page-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A report of samples as a file; options and command as on the command line. */
async function written(argv: readonly string[], name: string): Promise<string> {
  const file = join(folder, name);
  const { status, stderr } = await run([...argv, '--output', file]);
  expect([status, stderr]).toEqual([0, '']);
  return file;
}

const REPORTS: readonly (readonly [string, readonly string[]])[] = [
  ['sysfb gen2', ['sysfb', join(SAMPLES, 'gen2-dsdt.asl')]],
  ['sysfb tree', ['sysfb', join(SAMPLES, 'low-window-framebuffer.dts')]],
  ['windows gen1', ['windows', join(SAMPLES, 'gen1-dsdt.aml')]],
  ['bridges gen1', ['bridges', join(SAMPLES, 'gen1-dsdt.asl')]],
  ['at gen1', ['at', '0xf8000000', join(SAMPLES, 'gen1-dsdt.asl')]],
  [
    'simulate gen2',
    [
      'simulate',
      join(SAMPLES, 'gen2-dsdt.asl'),
      '--set',
      'MG2B=0xf8000000',
      '--set',
      'MG2L=0x7000000',
      '--set',
      'HMIB=0x1000',
      '--set',
      'HMIL=0x1000',
      '--compare-sysfb',
    ],
  ],
];

describe.skipIf(CHROMIUM === undefined)(`in Chromium (${WHY_SKIPPED})`, () => {
  const browser = sharedBrowser();

  describe.each(REPORTS)('%s', (name, argv) => {
    test.each(['light', 'dark'] as const)(
      '%s: no fault, no request, nothing that axe-core finds, no overflow',
      async (colorScheme) => {
        const file = await written([...argv, '--format', 'html'], `${name.replaceAll(' ', '-')}.html`);
        for (const width of [360, 1280, 2560]) {
          const { page, faults, requests } = await openWatched(browser(), file, {
            colorScheme,
            viewport: { width, height: 800 },
          });
          expect(await overflow(page)).toBeLessThanOrEqual(0);
          expect(await accessibilityFaults(page)).toEqual([]);
          expect([faults, requests]).toEqual([[], []]);
          await page.context().close();
        }
      },
      60_000,
    );
  });

  test('the answer comes first, and every place that is named leads to its bytes or lines', async () => {
    const file = await written(
      ['sysfb', join(SAMPLES, 'low-window-framebuffer.dts'), '--format', 'html'],
      'first.html',
    );
    const { page } = await openWatched(browser(), file);
    expect(await page.locator('h1').textContent()).toBe(
      'Reservation needed, and CONFIG_SYSFB would not make it',
    );
    const links = page.locator('#report a[href^="#e"]');
    expect(await links.count()).toBeGreaterThan(2);
    for (const link of await links.all()) {
      const target = page.locator((await link.getAttribute('href'))!);
      expect(await target.locator('mark').count()).toBeGreaterThan(0);
    }
    // The line that the window was read from.
    await links.first().click();
    expect(await page.locator('figure:target mark').first().textContent()).toContain('0xf8000000');
    await page.context().close();
  });

  test('the keyboard reaches skip link, parts, filter, report and map in this order', async () => {
    const file = await written(['sysfb', join(SAMPLES, 'gen2-dsdt.asl'), '--format', 'html'], 'keys.html');
    const { page } = await openWatched(browser(), file);
    const reached: string[] = [];
    for (let at = 0; at < 60; at += 1) {
      await page.keyboard.press('Tab');
      const now: string = await page.evaluate(
        '(() => { const e = document.activeElement; return e.classList.contains("skip") ? "skip" : e.closest("nav") ? "nav" : e.id === "filter" ? "filter" : e.closest("svg") ? "map" : e.closest("#report") ? "report" : e.closest("#sources") ? "sources" : "out"; })()',
      );
      if (reached.at(-1) !== now) reached.push(now);
      if (now === 'out') break;
    }
    expect(reached.slice(0, 5)).toEqual(['skip', 'nav', 'filter', 'report', 'map']);
    expect(reached).toContain('sources');
    await page.context().close();
  });

  test('boxes of the map tell all of theirs under the mouse and by the keyboard, and a click leads to the source', async () => {
    const file = await written(['windows', join(SAMPLES, 'gen1-dsdt.asl'), '--format', 'html'], 'map.html');
    const { page, faults } = await openWatched(browser(), file);
    const box = page.locator('.wide svg.map g.b').first();
    await box.hover();
    await expect.poll(() => page.locator('.wide .tip').textContent()).toContain('\\_SB.PCI0');
    await page.mouse.move(0, 0);
    await expect.poll(() => page.locator('.wide .tip').textContent()).toBe('');
    await box.focus();
    await page.keyboard.press('ArrowDown');
    expect(await page.locator('.wide .tip').textContent()).toContain('0xf8000000');
    await page.keyboard.press('Escape');
    expect(await page.locator('.wide .tip').textContent()).toBe('');
    await box.click();
    expect(await page.evaluate('location.hash')).toMatch(/^#e\d+$/);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('the filter leaves the rows that have all words, and says how many', async () => {
    const file = await written(
      ['windows', join(SAMPLES, 'gen1-dsdt.asl'), '--format', 'html'],
      'filter.html',
    );
    const { page } = await openWatched(browser(), file);
    const shown = () => page.locator('table.rows tbody tr:not(.g):visible').count();
    const all = await shown();
    await page.fill('#filter', 'high 512');
    expect(await shown()).toBe(1);
    expect(await page.locator('#told').textContent()).toBe(`1 of ${all} rows`);
    await page.fill('#filter', 'no such thing');
    expect(await shown()).toBe(0);
    await page.fill('#filter', '');
    expect(await shown()).toBe(all);
    await page.context().close();
  });

  test('names from firmware stay text, and no script but its own runs', async () => {
    const { writeFileSync } = await import('node:fs');
    const source = join(folder, 'hostile.dts');
    const names = [
      '</script><img src=x onerror=alert(1)>',
      '"><svg onload=alert(1)>',
      '<!--',
      '\\u202e',
      ']]>',
      "'&amp;",
    ];
    writeFileSync(
      source,
      `/dts-v1/;\n/ { #address-cells=<2>; #size-cells=<2>; compatible = ${names.map((name) => JSON.stringify(name)).join(', ')};\n` +
        names
          .map(
            (name, at) =>
              `dev${at}: bus@f${at} { label = ${JSON.stringify(name)}; compatible = "microsoft,vmbus"; #address-cells=<2>; #size-cells=<1>; ranges = <0xf 0xf0000000 0xf 0xf0000000 0x1000000${at}>; }; /* ${name} */`,
          )
          .join('\n') +
        '\n};\n',
    );
    for (const [format, command] of [
      ['html', 'sysfb'],
      ['html', 'windows'],
      ['svg', 'windows'],
    ] as const) {
      const file = join(folder, `hostile.${format}`);
      await run([command, source, '--format', format, '--output', file]);
      const { page, faults, requests } = await openWatched(browser(), file);
      page.on('dialog', (dialog) => faults.push(`dialog ${dialog.message()}`));
      await page.waitForTimeout(100);
      expect([faults, requests]).toEqual([[], []]);
      expect(await page.locator('img, [onerror], [onload]').count()).toBe(0);
      await page.context().close();
    }
  });

  test('the policy refuses a script and a request that are put into the page', async () => {
    const file = await written(['sysfb', join(SAMPLES, 'seed-line.dtsi'), '--format', 'html'], 'policy.html');
    const { page, faults, requests } = await openWatched(browser(), file);
    const failures: string[] = [];
    page.on('requestfailed', (request) => failures.push(`${request.url()} ${request.failure()?.errorText}`));
    await page.evaluate(
      `(() => { const s = document.createElement('script'); s.textContent = 'globalThis.planted = 1'; document.body.append(s);
        const i = document.createElement('img'); i.src = 'https://example.org/x.png'; document.body.append(i); })()`,
    );
    const fetched: string = await page.evaluate(
      "fetch('https://example.org/').then(() => 'went', (error) => error.name)",
    );
    expect(fetched).toBe('TypeError');
    expect(await page.evaluate('globalThis.planted')).toBeUndefined();
    expect(faults.join('\n')).toMatch(/Content Security Policy/);
    // The picture was asked for and not fetched.
    expect(failures).toEqual(requests.map((url) => `${url} csp`));
    await page.context().close();
  });

  test('the picture alone answers hover, keyboard and click, in light and dark, without a request', async () => {
    const file = await written(['windows', join(SAMPLES, 'gen1-dsdt.asl'), '--format', 'svg'], 'map.svg');
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, faults, requests } = await openWatched(browser(), file, { colorScheme });
      const paper = await page.evaluate("getComputedStyle(document.querySelector('.paper')).fill");
      expect(paper).toBe(colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(13, 17, 23)');
      const box = page.locator('g.b').nth(1);
      await box.hover();
      await expect.poll(() => page.locator('.tip').textContent()).toContain('_CRS[');
      await box.click();
      await page.mouse.move(5, 5);
      expect(await page.locator('.tip').textContent()).toContain('_CRS[');
      expect([faults, requests]).toEqual([[], []]);
      await page.context().close();
    }
  });

  test('ten thousand windows: below 5 MB, and shown at once', async () => {
    const { statSync, writeFileSync } = await import('node:fs');
    const source = join(folder, 'many.dts');
    const nodes = Array.from({ length: 10_000 }, (_, at) => {
      const address = BigInt(at) * 0x10000n;
      return `dev@${address.toString(16)} { reg = <${address >> 32n} ${address & 0xffffffffn} 0 0x1000>; };`;
    });
    writeFileSync(source, `/dts-v1/;\n/ { #address-cells=<2>; #size-cells=<2>;\n${nodes.join('\n')}\n};\n`);
    const file = await written(['windows', source, '--format', 'html'], 'many.html');
    expect(statSync(file).size).toBeLessThan(5_000_000);
    const context = await browser().newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    // The processor's time, which others that use it don't lengthen.
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.goto(`file://${file}`);
    const { metrics } = await session.send('Performance.getMetrics');
    const spent = metrics.find(({ name }) => name === 'TaskDuration')!.value;
    console.log(`10,000 windows: ready after ${Math.round(spent * 1000)} ms of the processor`);
    expect(spent).toBeLessThan(1);
    const rows = page.locator('table.rows tbody tr:not(.g)');
    expect(await rows.count()).toBe(10_000);
    // Columns of all parts are in line, and what isn't seen is there when it is scrolled to.
    const lefts: number[] = await page.evaluate(`[...document.querySelectorAll('.part')].slice(0, 3).flatMap(
      (part) => [...part.querySelector('tr:not(.g) td').parentElement.cells].map((cell) => cell.getBoundingClientRect().left))`);
    expect(lefts.slice(4, 8)).toEqual(lefts.slice(0, 4));
    await rows.last().scrollIntoViewIfNeeded();
    expect(await rows.last().isVisible()).toBe(true);
    // The filter leaves no gaps where parts are without rows, and takes in all of them again.
    await page.fill('#filter', 'dev@1230000 0x01230000');
    expect(await page.locator('table.rows tbody tr:not(.g):not([hidden])').count()).toBe(1);
    expect(await page.locator('.part:not([hidden])').count()).toBe(1);
    await page.fill('#filter', '');
    expect(await page.locator('.part[hidden]').count()).toBe(0);
    // Paper has all of it.
    await page.emulateMedia({ media: 'print' });
    const hiding: number = await page.evaluate(
      `[...document.querySelectorAll('.part')].filter((part) => getComputedStyle(part).contentVisibility !== 'visible').length`,
    );
    expect(hiding).toBe(0);
    await context.close();
  }, 60_000);
});
