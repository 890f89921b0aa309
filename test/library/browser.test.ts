/**
 * `fwmap/core` in a browser: the bundle answers there what the library answers here. Chromium is Debian's; without it
 * the tests are skipped.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
// @ts-expect-error a script without types
import { bundleCore } from '../../scripts/bundle-core.mjs';
import * as fwmap from '../../src/core.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
const PAGE = `<!doctype html><title>fwmap</title>
<script type="module">import * as fwmap from '/core.js'; globalThis.fwmap = fwmap;</script>`;
const folder = mkdtempSync(join(tmpdir(), 'fwmap-browser-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the bundle', () => {
  const chunks: Promise<{ imports: string[]; dynamicImports: string[] }[]> = bundleCore(
    join(folder, 'core.js'),
  );

  test('imports nothing', async () => {
    const written = await chunks;
    expect(written.flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports])).toEqual([]);
    expect(statSync(join(folder, 'core.js')).size).toBeLessThan(1_600_000);
  });

  describe.skipIf(CHROMIUM === undefined)('in Chromium (skipped without /usr/bin/chromium)', () => {
    let server: Server;
    let browser: Browser;
    let page: Page;
    const faults: string[] = [];

    beforeAll(async () => {
      await chunks;
      server = createServer((request, response) => {
        const isScript = request.url === '/core.js';
        response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
        response.end(isScript ? readFileSync(join(folder, 'core.js')) : PAGE);
      });
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      browser = await chromium.launch({
        executablePath: CHROMIUM!,
        args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
      });
      page = await browser.newPage();
      page.on('pageerror', (error) => faults.push(error.message));
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await page.waitForFunction('globalThis.fwmap !== undefined');
    }, 60_000);

    afterAll(async () => {
      await browser?.close();
      server?.close();
    });

    /** The JSON and the text of `sysfb`, there and here. */
    async function bothWays(name: string, bytes: Uint8Array) {
      const ask = async (
        library: typeof fwmap,
        path: string,
        given: number[],
      ): Promise<{ json: string; text: string; mail: string }> => {
        const diagnostics = new library.DiagnosticList();
        const artifacts = await library.openBytes(path, Uint8Array.from(given), {}, diagnostics);
        const verdict = await library.answerSysfb(artifacts, { describe: {}, kernel: {} }, diagnostics);
        const report = library.sysfbReport(verdict, { version: 'x' });
        const options = { color: false, width: 80 };
        return {
          json: await library.renderReport(report, 'json', options),
          text: await library.renderReport(report, 'text', options),
          mail: await library.renderReport(report, 'mail', options),
        };
      };
      const there: Awaited<ReturnType<typeof ask>> = await page.evaluate(
        `(${ask.toString()})(globalThis.fwmap, ${JSON.stringify(name)}, ${JSON.stringify([...bytes])})`,
      );
      return { here: await ask(fwmap, name, [...bytes]), there };
    }

    test.each([
      'seed-line.dtsi',
      'openhcl-vtl2.dts',
      'low-window-framebuffer.dts',
      'gen1-dsdt.aml',
      'gen2-dsdt.aml',
      'gen2-dsdt.asl',
      'seed-reply.txt',
    ])('%s is answered as it is here', async (name) => {
      const { here, there } = await bothWays(name, readFileSync(join(ROOT, 'samples', name)));
      expect(there).toEqual(here);
      expect(faults).toEqual([]);
    });

    test('gzip is opened', async () => {
      const packed = gzipSync(readFileSync(join(ROOT, 'samples', 'gen2-dsdt.asl')));
      const { here, there } = await bothWays('dsdt.asl.gz', packed);
      expect(there).toEqual(here);
      expect(JSON.parse(there.json).answer).toBe('depends');
    });

    // Linux' scripts/extract-ikconfig: a gzip member between IKCFG_ST and IKCFG_ED.
    test('the configuration in a kernel image is read', async () => {
      const config = gzipSync('CONFIG_HYPERV=y\nCONFIG_HYPERV_VMBUS=y\n# CONFIG_SYSFB is not set\n');
      const image = Buffer.concat([
        Buffer.from('\x7fELF'),
        Buffer.alloc(4096),
        Buffer.from('IKCFG_ST'),
        config,
        Buffer.from('IKCFG_ED'),
      ]);
      const { here, there } = await bothWays('vmlinux', image);
      expect(there).toEqual(here);
      expect(there.text).toContain('CONFIG_SYSFB=n');
    });
  });
});
