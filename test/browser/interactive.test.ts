/**
 * Interactive pages in Chromium: they answer what the command line answers, from the bytes they carry or that are dropped
 * on them, and ask nobody. They are made of dist/core.js and dist/page.js: `npm run build` first.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { libraryExpression } from '../../src/page/assemble.ts';
import { pack, sliderPosition, sliderText, unpack } from '../../src/page/machine.ts';
import { run } from '../cli/fake-io.ts';
import {
  accessibilityFaults,
  answered,
  CHROMIUM,
  openWatched,
  overflow,
  sharedBrowser,
  type Watched,
  WHY_SKIPPED,
} from './chromium.ts';

const SAMPLES = join(import.meta.dirname, '..', '..', 'samples');
const GEN2 = join(SAMPLES, 'gen2-dsdt.asl');
const folder = mkdtempSync(join(tmpdir(), 'fwmap-page-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('what a page carries', () => {
  test('comes back as it was: bytes, big numbers, maps, and what was one object is one', () => {
    const shared = { bytes: Uint8Array.of(0, 1, 255), n: 1n << 70n };
    const value = {
      a: shared,
      b: [shared, null, 'x</script>'],
      m: new Map([[shared, new Set([1n])]]),
      __proto__: null,
    };
    const back = unpack(pack(value)) as typeof value;
    expect(back).toEqual({ ...value });
    expect(back.b[0]).toBe(back.a);
    expect([...back.m.keys()][0]).toBe(back.a);
  });

  test('any value of JSON does', () => {
    fc.assert(
      // Of its text: JSON writes -0 as 0.
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        const value: unknown = JSON.parse(text);
        expect(unpack(pack(value))).toEqual(value);
      }),
      { numRuns: 200 },
    );
  });

  test('what refers to itself does', () => {
    const value: { self?: unknown } = {};
    value.self = value;
    const back = unpack(pack(value)) as typeof value;
    expect(back.self).toBe(back);
  });

  test('the exports of a bundle become a value', () => {
    const made: unknown = new Function(
      `return ${libraryExpression('const a=1,b=2;export{a as one,b};\n')}`,
    )();
    expect(made).toEqual({ one: 1, b: 2 });
    expect(() => libraryExpression('const a=1;')).toThrow(/exports/);
  });

  test('a slider is where its text says, to a step', () => {
    fc.assert(
      fc.property(fc.constantFrom(8, 32, 64), fc.integer({ min: 0, max: 4096 }), (bits, position) => {
        const text = sliderText(bits, position, 4096);
        expect(text).toMatch(/^0x[0-9a-f]+$/);
        expect(Math.abs(sliderPosition(bits, text, 4096)! - position)).toBeLessThanOrEqual(
          bits === 8 ? 17 : 1,
        );
      }),
    );
    expect(sliderText(32, 4096, 4096)).toBe('0xfff00000');
    expect(sliderPosition(32, 'x', 4096)).toBeUndefined();
  });
});

describe.skipIf(CHROMIUM === undefined)(`in Chromium (${WHY_SKIPPED})`, () => {
  const browser = sharedBrowser();

  async function opened(argv: readonly string[], name: string): Promise<Watched> {
    const file = join(folder, name);
    const { status, stderr } = await run([...argv, '--output', file]);
    expect([status, stderr]).toEqual([0, '']);
    const watched = await openWatched(browser(), file);
    await answered(watched.page);
    return watched;
  }

  /** The JSON on the page, and that of the command. */
  async function both(page: Page, argv: readonly string[]): Promise<[string, string]> {
    const { stdout } = await run(argv);
    return [(await page.locator('#json').textContent())!, stdout];
  }

  test('answers as --set does, as the reader sets fields and the release', async () => {
    const { page, faults, requests } = await opened(
      ['sysfb', GEN2, '--format', 'html', '--interactive'],
      'gen2.html',
    );
    const ask = ['sysfb', GEN2, '--format', 'json'];
    const [there, here] = await both(page, ask);
    expect(there).toBe(here);
    expect(JSON.parse(there).answer).toBe('depends');

    await page.fill('#field-MG2B', '0xf8000000');
    await page.fill('#field-MG2L', '0x7000000');
    await answered(page);
    const set = [...ask, '--set', 'MG2B=0xf8000000', '--set', 'MG2L=0x7000000'];
    const [thereSet, hereSet] = await both(page, set);
    expect(JSON.parse(thereSet)).toEqual(JSON.parse(hereSet));
    expect(await page.locator('.wide svg.map').textContent()).toContain(
      // 112 MiB from 0xf8000000, which the driver cuts at the virtual TPM (0xfed40000).
      '[mem 0xf8000000-0xfed3ffff]',
    );

    await page.fill('#release', '6.6.10');
    await answered(page);
    const [thereOld, hereOld] = await both(page, [...set, '--kernel', '6.6.10']);
    expect(JSON.parse(thereOld)).toEqual(JSON.parse(hereOld));
    expect(await page.locator('h1').textContent()).toContain('not needed');
    expect(await page.locator('#command').textContent()).toBe(
      `fwmap sysfb ${GEN2} --set MG2B=0xf8000000 --set MG2L=0x7000000 --kernel 6.6.10`,
    );
    expect([faults, requests]).toEqual([[], []]);
    await page.context().close();
  }, 120_000);

  test('a slider changes the answer as --set with its value does', async () => {
    const { page } = await opened(['sysfb', GEN2, '--format', 'html', '--interactive'], 'slider.html');
    const slider = page.locator('input[type=range][data-field=MG2L]');
    await slider.focus();
    for (let at = 0; at < 3; at += 1) await page.keyboard.press('PageUp');
    await answered(page);
    const value = await page.locator('#field-MG2L').inputValue();
    expect(value).toMatch(/^0x[1-9a-f][0-9a-f]*$/);
    const [there, here] = await both(page, ['sysfb', GEN2, '--format', 'json', '--set', `MG2L=${value}`]);
    expect(JSON.parse(there)).toEqual(JSON.parse(here));
    await page.keyboard.press('Home');
    await answered(page);
    const [none, hereNone] = await both(page, ['sysfb', GEN2, '--format', 'json', '--set', 'MG2L=0']);
    expect(JSON.parse(none)).toEqual(JSON.parse(hereNone));
    await page.context().close();
  }, 120_000);

  test('SYSFB, the framebuffer and the boot are what the options and a configuration are', async () => {
    const config = join(folder, 'sysfb.config');
    writeFileSync(config, '# CONFIG_SYSFB is not set\n');
    const base = [
      'sysfb',
      GEN2,
      '--set',
      'MG2B=0xf8000000',
      '--set',
      'MG2L=0x7000000',
      '--kernel',
      '6.12.30',
    ];
    const { page } = await opened([...base, '--format', 'html', '--interactive'], 'config.html');
    expect(await page.locator('#field-MG2B').inputValue()).toBe('0xf8000000');
    await page.selectOption('#sysfb', 'n');
    await page.fill('#framebuffer', '0xf8000000+0x800000');
    await answered(page);
    const [there, here] = await both(page, [
      ...base,
      '--framebuffer',
      '0xf8000000+0x800000',
      '--config',
      config,
      '--format',
      'json',
    ]);
    // The configuration is called by its path there.
    expect(JSON.parse(there)).toEqual(JSON.parse(here.replaceAll(config, 'sysfb.config')));
    await page.selectOption('#sysfb', '');
    await page.selectOption('#boot', 'bios');
    await answered(page);
    const boot = ['--framebuffer', '0xf8000000+0x800000', '--boot', 'bios', '--format', 'json'];
    const [thereBoot, hereBoot] = await both(page, [...base, ...boot]);
    expect(JSON.parse(thereBoot)).toEqual(JSON.parse(hereBoot));
    await page.context().close();
  }, 120_000);

  test.each(['windows', 'bridges', 'simulate'] as const)(
    'the other questions too: %s',
    async (question) => {
      const input = join(SAMPLES, 'gen1-dsdt.asl');
      const { page, faults } = await opened(
        ['sysfb', input, '--format', 'html', '--interactive'],
        `${question}.html`,
      );
      await page.selectOption('#question', question);
      await answered(page);
      const [there, here] = await both(page, [question, input, '--format', 'json']);
      expect(JSON.parse(there)).toEqual(JSON.parse(here));
      expect(faults).toEqual([]);
      await page.context().close();
    },
    120_000,
  );

  test('what can not be understood is reported, and the answer stays', async () => {
    const { page } = await opened(['sysfb', GEN2, '--format', 'html', '--interactive'], 'faults.html');
    const title = await page.locator('h1').textContent();
    for (const [box, text, told] of [
      ['#field-MG2L', 'lots', 'MG2L: lots is not a number'],
      ['#release', 'newest', 'newest is not a kernel release'],
      ['#framebuffer', '0x1000', 'is not BASE+SIZE'],
    ] as const) {
      await page.fill(box, text);
      await answered(page);
      expect(await page.locator('#answered').textContent()).toContain(told);
      expect(await page.locator('h1').textContent()).toBe(title);
      await page.fill(box, '');
    }
    await page.context().close();
  }, 60_000);

  test('an included file is carried', async () => {
    const whole = readFileSync(join(SAMPLES, 'openhcl-vtl2.dts'), 'latin1');
    writeFileSync(join(folder, 'part.dtsi'), whole.replace('/dts-v1/;', ''));
    writeFileSync(join(folder, 'whole.dts'), '/dts-v1/;\n/include/ "part.dtsi"\n');
    const input = join(folder, 'whole.dts');
    const { page } = await opened(['sysfb', input, '--format', 'html', '--interactive'], 'included.html');
    const [there, here] = await both(page, ['sysfb', input, '--format', 'json']);
    expect(there).toBe(here);
    expect(JSON.parse(there).answer).toBe('not-needed');
    await page.context().close();
  }, 60_000);

  test('overlays are carried', async () => {
    const [base, overlay] = [join(folder, 'base.dts'), join(folder, 'over.dts')];
    const whole = readFileSync(join(SAMPLES, 'openhcl-vtl2-binding.dts'), 'latin1');
    // A label that the overlay refers to; the window that it gives is where a framebuffer can be.
    writeFileSync(base, whole.replace(/\bvmbus(@\w+)?\s*\{/, 'window_of_vmbus: $&'));
    writeFileSync(
      overlay,
      '/dts-v1/; /plugin/; &window_of_vmbus { ranges = <0 0xf8000000 0 0xf8000000 0x4000000>; };\n',
    );
    const asked = ['sysfb', base, '--overlay', overlay, '--format'];
    const { page } = await opened([...asked, 'html', '--interactive'], 'overlaid.html');
    const [there, here] = await both(page, [...asked, 'json']);
    expect(there).toBe(here);
    expect(JSON.parse(there).pool).toMatchObject([{ base: '0xf8000000', size: '0x4000000' }]);
    await page.context().close();
  }, 60_000);

  test('files dropped on the empty page are answered for, and nothing is asked of anybody', async () => {
    const { page, faults, requests } = await opened(['explore', '--no-open'], 'explore.html');
    expect(await page.locator('h1').textContent()).toBe('Nothing to read yet');
    await page.setInputFiles('#file', [
      { name: 'gen2-dsdt.asl.gz', mimeType: 'application/gzip', buffer: gzipSync(readFileSync(GEN2)) },
    ]);
    await answered(page);
    expect(await page.locator('h1').textContent()).toContain('depends on');
    // A drop of the mouse, with the file that settles the release.
    const transfer = await page.evaluateHandle(`(() => {
      const data = new DataTransfer();
      data.items.add(new File(['Linux version 6.6.10 (gcc) #1 SMP\\n'], 'dmesg.txt'));
      return data;
    })()`);
    await page.dispatchEvent('#drop', 'drop', { dataTransfer: transfer });
    await answered(page);
    expect(await page.locator('#inputs').textContent()).toContain('dmesg.txt');
    await page.click('#clear');
    await answered(page);
    expect(await page.locator('h1').textContent()).toBe('Nothing to read yet');
    await page.locator('#drop summary').click();
    await page.fill('#paste', 'ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;');
    await page.click('#take');
    await answered(page);
    expect(await page.locator('h1').textContent()).toContain('not needed');
    const refused: string = await page.evaluate(
      "fetch('https://example.org/').then(() => 'went', (e) => e.name)",
    );
    expect(refused).toBe('TypeError');
    expect(requests).toEqual([]);
    expect(
      faults.filter((text) => !/Content Security Policy|Refused to connect|example\.org/.test(text)),
    ).toEqual([]);
    await page.context().close();
  }, 120_000);

  test('hostile names in what is dropped stay text', async () => {
    const { page, faults, requests } = await opened(['explore', '--no-open'], 'hostile.html');
    page.on('dialog', (dialog) => faults.push(dialog.message()));
    const name = '</script><img src=x onerror=alert(1)>';
    await page.setInputFiles('#file', [
      {
        name: `${name}.dts`,
        mimeType: 'text/plain',
        buffer: Buffer.from(
          `/dts-v1/; / { compatible = ${JSON.stringify(name)}; vmbus { compatible = "microsoft,vmbus"; label = ${JSON.stringify(name)}; #address-cells=<2>; #size-cells=<1>; ranges = <0xf 0xf0000000 0xf 0xf0000000 0x10000000>; }; };`,
        ),
      },
    ]);
    await answered(page);
    expect(await page.locator('img').count()).toBe(0);
    expect([faults, requests]).toEqual([[], []]);
    await page.context().close();
  }, 60_000);

  test.each(['light', 'dark'] as const)(
    '%s: nothing that axe-core finds, no overflow',
    async (colorScheme) => {
      const file = join(folder, 'access.html');
      await run(['sysfb', GEN2, '--format', 'html', '--interactive', '--output', file]);
      for (const width of [360, 1280]) {
        const { page } = await openWatched(browser(), file, {
          colorScheme,
          viewport: { width, height: 800 },
        });
        await answered(page);
        await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true");
        expect(await overflow(page)).toBeLessThanOrEqual(0);
        expect(await accessibilityFaults(page)).toEqual([]);
        await page.context().close();
      }
    },
    60_000,
  );
});

describe('explore', () => {
  test('prints the path of the page that it wrote', async () => {
    const file = join(folder, 'path.html');
    expect(await run(['explore', '--no-open', '--output', file])).toMatchObject({
      status: 0,
      stdout: `${file}\n`,
    });
    expect(readFileSync(file, 'utf8')).toMatch(/^<!doctype html>/);
  });

  test.skipIf(process.platform !== 'linux')(
    'opens the page in the browser that there is',
    async () => {
      const programs = join(folder, 'programs');
      mkdirSync(programs);
      const told = join(folder, 'told');
      for (const name of ['xdg-open', 'other-browser'])
        writeFileSync(join(programs, name), `#!/bin/sh\necho "\${0##*/} $*" >> ${told}\n`, { mode: 0o755 });
      const explore = async (env: Readonly<Record<string, string>>, more: readonly string[] = []) => {
        rmSync(told, { force: true });
        const file = join(folder, 'a page.html');
        const { status, stdout } = spawnSync(
          process.execPath,
          [join(SAMPLES, '..', 'bin', 'fwmap.js'), 'explore', '--output', file, ...more],
          { env: { PATH: `${programs}:${process.env.PATH}`, ...env }, encoding: 'utf8' },
        );
        expect([status, stdout]).toEqual([0, `${file}\n`]);
        // The browser goes on by itself: it is waited for here, as long as one is expected.
        const expected = more.length === 0 && Object.keys(env).length > 0;
        for (let tries = 0; tries < (expected ? 100 : 5) && !existsSync(told); tries += 1) await sleep(100);
        await sleep(50);
        return existsSync(told) ? readFileSync(told, 'utf8') : '';
      };
      const url = pathToFileURL(join(folder, 'a page.html')).href;
      expect(await explore({ DISPLAY: ':0' })).toBe(`xdg-open ${url}\n`);
      expect(await explore({ WAYLAND_DISPLAY: 'wayland-0' })).toBe(`xdg-open ${url}\n`);
      // Without a display as editors on another machine have it, and with the address where it is asked for.
      expect(await explore({ BROWSER: 'other-browser' })).toBe(`other-browser ${url}\n`);
      expect(await explore({ BROWSER: 'other-browser --new %s:xdg-open', DISPLAY: ':0' })).toBe(
        `other-browser --new ${url}\n`,
      );
      expect(await explore({})).toBe('');
      expect(await explore({ DISPLAY: ':0' }, ['--no-open'])).toBe('');
      // What isn't installed is no fault.
      expect(await explore({ BROWSER: 'no-such-browser' })).toBe('');
    },
    60_000,
  );

  test('--interactive is for pages', async () => {
    const { status, stderr } = await run(['sysfb', GEN2, '--format', 'mail', '--interactive']);
    expect([status, stderr]).toEqual([
      2,
      'fwmap: --interactive does not work with --format mail; use --format html\n',
    ]);
  });
});
