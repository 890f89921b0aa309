/** Interactive pages of several machines: the reader chooses one, and it is answered as the command that is shown answers. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../cli/fake-io.ts';
import { hasProgram } from '../containers/pack.ts';
import {
  accessibilityFaults,
  answered,
  CHROMIUM,
  openWatched,
  sharedBrowser,
  WHY_SKIPPED,
} from './chromium.ts';

const SAMPLES = join(import.meta.dirname, '..', '..', 'samples');
const HIGH = join(SAMPLES, 'openhcl-vtl2.dts');
const LOW = join(SAMPLES, 'low-window-framebuffer.dts');
const GEN2 = join(SAMPLES, 'gen2-dsdt.asl');
const GEN1 = join(SAMPLES, 'gen1-dsdt.asl');
const HAS_TAR = hasProgram('tar');
const folder = mkdtempSync(join(tmpdir(), 'fwmap-machines-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Machines in a folder, and the same in an archive. */
const fleet = join(folder, 'fleet');
const archive = join(folder, 'fleet.tar');
beforeAll(() => {
  mkdirSync(fleet);
  for (const file of [HIGH, LOW]) copyFileSync(file, join(fleet, basename(file)));
  if (HAS_TAR) execFileSync('tar', ['cf', archive, '-C', folder, 'fleet']);
});

describe.skipIf(CHROMIUM === undefined || !HAS_TAR)(`in Chromium (${WHY_SKIPPED})`, () => {
  const browser = sharedBrowser();

  const names = (page: Page): Promise<string[]> => page.locator('#which option').allTextContents();
  const json = async (page: Page): Promise<unknown> =>
    JSON.parse((await page.locator('#json').textContent())!);

  /** What the command that the page shows prints. */
  async function commandJson(page: Page, cwd = ''): Promise<unknown> {
    const words = (await page.locator('#command').textContent())!.split(' ').slice(1);
    const { stdout } = await run([...words, '--format', 'json'], cwd === '' ? {} : { cwd });
    return JSON.parse(stdout);
  }

  async function pageOf(argv: readonly string[]) {
    const file = join(folder, 'page.html');
    const { status, stderr } = await run([...argv, '--output', file]);
    expect([status, stderr]).toEqual([0, '']);
    const watched = await openWatched(browser(), file);
    await answered(watched.page);
    return watched;
  }

  test.each([
    ['a folder', fleet, (name: string) => join(fleet, name)],
    ['an archive', archive, (name: string) => `${archive}/fleet/${name}`],
  ])(
    '%s has a chooser',
    async (_, input, nameOf) => {
      const { page, faults, requests } = await pageOf(['sysfb', input, '--format', 'html', '--interactive']);
      expect(await names(page)).toEqual([nameOf(basename(LOW)), nameOf(basename(HIGH))]);
      expect(await page.locator('h1').textContent()).not.toContain('not needed');
      expect(await json(page)).toEqual(await commandJson(page));
      await page.selectOption('#which', nameOf(basename(HIGH)));
      await answered(page);
      expect(await page.locator('h1').textContent()).toContain('not needed');
      expect(await page.locator('#inputs').textContent()).not.toContain(basename(LOW));
      expect(await json(page)).toEqual(await commandJson(page));
      expect(await accessibilityFaults(page)).toEqual([]);
      expect([faults, requests]).toEqual([[], []]);
      await page.context().close();
    },
    120_000,
  );

  test('one machine has none, and one that --select names neither', async () => {
    for (const argv of [
      ['sysfb', HIGH],
      ['sysfb', archive, '--select', `${archive}/fleet/${basename(HIGH)}`],
    ]) {
      const { page } = await pageOf([...argv, '--format', 'html', '--interactive']);
      expect(await page.locator('#machines').isVisible()).toBe(false);
      expect(await json(page)).toEqual(await commandJson(page));
      await page.context().close();
    }
  }, 120_000);

  test('what is dropped later is of the machine that is shown, or another one', async () => {
    const { page, faults, requests } = await pageOf(['explore', '--no-open']);
    const drop = async (...files: readonly (readonly [string, Buffer])[]): Promise<void> => {
      await page.setInputFiles(
        '#file',
        files.map(([name, buffer]) => ({ name, mimeType: 'application/octet-stream', buffer })),
      );
      await answered(page);
    };
    await drop(['gen2-dsdt.asl', readFileSync(GEN2)]);
    expect(await names(page)).toEqual([]);
    await page.fill('#field-MG2L', '0x8000000');
    await answered(page);
    // Tables of another machine must not be read as more of this one.
    await drop(['gen1-dsdt.asl', readFileSync(GEN1)]);
    expect(await names(page)).toEqual(['gen2-dsdt.asl', 'gen1-dsdt.asl']);
    expect(await page.locator('#which').inputValue()).toBe('gen1-dsdt.asl');
    expect(await page.locator('#field-MG2L').count()).toBe(0);
    const shown = (await json(page)) as { inputs: { path: string }[]; machine: { platform: string } };
    expect(shown.inputs.map(({ path }) => path)).toEqual(['gen1-dsdt.asl']);
    expect(shown.machine.platform).toBe('hyperv-gen1');
    expect(await page.locator('#command').textContent()).toBe('fwmap sysfb gen1-dsdt.asl');
    // A log belongs to the machine that is shown.
    const log = join(folder, 'dmesg.txt');
    writeFileSync(log, 'Linux version 6.6.10 (gcc) #1 SMP\n');
    await drop(['dmesg.txt', readFileSync(log)]);
    expect(await page.locator('#command').textContent()).toBe('fwmap sysfb gen1-dsdt.asl dmesg.txt');
    await page.selectOption('#which', 'gen2-dsdt.asl');
    await answered(page);
    expect(await page.locator('#command').textContent()).toBe('fwmap sysfb gen2-dsdt.asl');
    expect(await json(page)).toEqual(await commandJson(page, SAMPLES));
    await page.click('#clear');
    await answered(page);
    expect(await page.locator('#machines').isVisible()).toBe(false);
    // Together: as the files of a folder are; an archive is opened.
    await drop(['a.dts', readFileSync(LOW)], ['b.dts', readFileSync(HIGH)]);
    expect(await names(page)).toEqual(['a.dts', 'b.dts']);
    await page.click('#clear');
    await drop(['fleet.tar', readFileSync(archive)]);
    expect(await names(page)).toEqual([LOW, HIGH].map((file) => `fleet.tar/fleet/${basename(file)}`));
    expect([faults, requests]).toEqual([[], []]);
    await page.context().close();
  }, 120_000);
});
