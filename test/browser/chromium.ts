/** Debian's Chromium, for tests of pages. Where it isn't installed the tests that need it say so and are skipped. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

export const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
export const WHY_SKIPPED = 'skipped without /usr/bin/chromium';

/** One for all tests of a block; it is there while they run. */
export function sharedBrowser(): () => Browser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: CHROMIUM!,
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    });
  }, 60_000);
  afterAll(() => browser?.close());
  return () => browser!;
}

/** A page, and what it did that it must not. */
export interface Watched {
  readonly page: Page;
  /** Script errors, and what the policy refused. */
  readonly faults: string[];
  /** Everything that was asked for, but for the page itself. */
  readonly requests: string[];
}

/** Opens a file, and notes each fault and each request. */
export async function openWatched(
  browser: Browser,
  file: string,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  // Longer than usual: other tests use the processors too.
  page.setDefaultTimeout(60_000);
  const faults: string[] = [];
  const requests: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
  });
  page.on('request', (request) => {
    if (request.url() !== `file://${file}`) requests.push(request.url());
  });
  await page.goto(`file://${file}`);
  return { page, faults, requests };
}

/** Waits until an interactive page has answered what was set. */
export async function answered(page: Page): Promise<void> {
  // Longer than it waits for the next key.
  await page.waitForTimeout(250);
  // No function that is asked again and again: the policy admits no text as code.
  await page.locator('body[data-state="ready"]').waitFor({ state: 'attached', timeout: 60_000 });
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds wrong, contrast among it: rule and element. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  // Through the debugger: the policy of the page admits no script but its own.
  await page.evaluate(AXE);
  const found: { violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] } =
    await page.evaluate('axe.run(document, { resultTypes: ["violations"] })');
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ''}`),
  );
}

/** By how many pixels the page is wider than the window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
