/**
 * Reports of every command on the samples, in the formats that people and programs read, in `test/recorded/reports/NAME.txt`.
 * With UPDATE_SAMPLES=1 the files are written anew, to be read before they are committed.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../cli/fake-io.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDER = join(ROOT, 'test', 'recorded', 'reports');

/** A word that ends like a file is a sample, or one of those that are made for these tests. */
const pathOf = (word: string): string =>
  word.startsWith('made/') ? `test/samples/${word}` : `samples/${word}`;

const LINES = [
  'windows low-window-framebuffer.dts --map',
  'windows gen1-dsdt.aml',
  'windows gen1-dsdt.aml --format mail',
  'windows gen1-dsdt.aml --format json',
  'windows gen1-dsdt.aml --format svg',
  'resources gen2-dsdt.aml',
  'resources openhcl-vtl2.dts',
  'resources openhcl-vtl2.dts --format markdown',
  'resources openhcl-vtl2.dts --format json',
  'explain seed-line.dtsi',
  'explain seed-line.dtsi --format json',
  'explain low-window-framebuffer.dts --format markdown',
  'explain gen2-dsdt.aml',
  'simulate low-window-framebuffer.dts',
  'simulate low-window-framebuffer.dts --format json',
  'simulate gen1-dsdt.aml --format mail',
  'diff openhcl-vtl2.dts low-window-framebuffer.dts',
  'diff gen1-dsdt.aml gen2-dsdt.aml --format markdown',
  'diff gen1-dsdt.aml gen2-dsdt.aml --format json',
  'diff seed-line.dtsi seed-line.dtsi',
  'eval gen1-dsdt.aml \\_SB.PCI0._CRS',
  'eval gen1-dsdt.aml \\_SB.PCI0._CRS --format json',
  'scan gen2-capture.tar.gz',
  'scan gen2-capture.tar.gz --format json',
  'at 0xf8000000 gen1-dsdt.aml',
  'at 0xf8000000 gen1-dsdt.aml --format json',
  'bridges gen2-dsdt.aml',
  'bridges gen1-dsdt.aml --kernel 6.12.30 --format json',
  'bridges gen1-dsdt.aml --format markdown',
  'bridges gen1-dsdt.aml --format sarif',
  'bridges made/fields.asl',
  'bridges made/fields.asl --format json',
  'bridges made/fields.asl --format html',
  'bridges made/gaps.dts --bar 1G,64bit,prefetchable --bar 1G --map',
  'bridges made/gaps.dts --bar 1G --format sarif',
  'windows made/fields.asl --map',
  'windows made/fields.asl --format html',
  'windows made/gaps.dts --map',
  'windows made/gaps.dts --format svg',
  'windows made/gaps.dts --format html',
  'windows made/gaps.dts --format json',
  'windows made/gaps.dts --format github',
  'resources made/fields.asl',
  'resources made/fields.asl --format json',
  'resources made/fields.asl --format mail',
  'resources made/gaps.dts',
  'resources made/gaps.dts --format html',
  'explain made/fields.asl',
  'explain made/gaps.dts --node /soc/vmbus',
  'at 0xc0001000 made/fields.asl',
  'at 0x150000000 made/fields.asl',
  'at 0x150000000 made/fields.asl --format json',
  'at 0x150000000 made/fields.asl --format sarif',
  'at 0xfe001000 made/gaps.dts --format html',
  'eval made/fields.asl \\_SB.DEV0.FAIL --trace',
  'eval made/fields.asl \\_SB.DEV0.FAIL --format json',
  'eval made/fields.asl \\_SB.DEV0.PACK --format json',
  'eval made/fields.asl \\_SB.DEV0._CRS',
  'eval made/fields.asl \\_SB.DEV0._CRS --format markdown',
  'sysfb made/gaps.dts',
  'sysfb made/gaps.dts --format mail',
  'sysfb made/gaps.dts --format json',
  'sysfb gen2-dsdt.aml --matrix',
  'sysfb gen2-dsdt.aml --set MG2B=0xf8000000 --set MG2L=0x8000000 --kernel 6.1.5 --boot efi',
  'sysfb gen1-dsdt.aml --kernel 6.12.30 --format sarif',
  'simulate gen1-dsdt.aml --format html',
  'simulate low-window-framebuffer.dts --format sarif',
  'diff made/gaps.dts openhcl-vtl2.dts --format sarif',
  'diff made/fields.asl gen1-dsdt.aml',
  'bridges made/fields.asl made/boot.log',
  'bridges made/fields.asl made/boot.log --format json',
  'bridges made/fields.asl made/boot.log --format mail',
  'bridges gen1-dsdt.aml made/boot.log --format html',
  'sysfb gen1-dsdt.aml made/boot.log made/iomem.txt',
  'sysfb gen1-dsdt.aml made/boot.log made/iomem.txt --full --format markdown',
  'sysfb gen2-dsdt.aml made/boot.log --full',
  'sysfb gen2-dsdt.aml --full --format mail',
  'sysfb gen2-dsdt.aml --matrix --format html',
  'simulate gen2-dsdt.aml made/boot.log --set MG2B=0xf8000000 --set MG2L=0x6d40000 --set HMIB=0xfe00 --set HMIL=0x200',
  'simulate gen1-dsdt.aml made/boot.log made/iomem.txt --format json',
  'sysfb made/machines',
  'sysfb made/machines --format mail',
  'sysfb made/machines --format json',
  'sysfb made/machines --format ndjson',
  'sysfb made/machines --format html',
  'bridges made/machines --format markdown',
  'windows made/machines',
  'at 0xf8000000 gen1-dsdt.aml made/boot.log made/iomem.txt',
  'at 0xf8000000 gen1-dsdt.aml made/boot.log made/iomem.txt --format json',
  'scan made/machines/b/board.dtb.gz --format markdown',
];

const nameOf = (line: string): string =>
  line
    .replaceAll('--format ', '')
    .replace(/[^\w.-]+/g, '-')
    .replace(/-+/g, '-');

describe('what a command prints', () => {
  it.each(LINES)('fwmap %s', async (line) => {
    const argv = line
      .split(' ')
      .map((word) => (/^made\/|\.(?:dtsi?|aml|gz)$/.test(word) ? pathOf(word) : word));
    const { status, stdout } = await run(argv, { cwd: ROOT });
    // What is the same in every page is left out.
    const now = stdout
      .replace(/<(style|script)([^>]*)>[\s\S]*?<\/\1>/g, '<$1$2></$1>')
      .replace(/'sha256-[^']*'/g, "'sha256-…'");
    const file = join(FOLDER, `${nameOf(line)}.txt`);
    if (process.env.UPDATE_SAMPLES) {
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(file, now);
    }
    expect(status).toBe(0);
    expect(now).toBe(readFileSync(file, 'utf8'));
  });

  it('is all that is kept', () => {
    expect(readdirSync(FOLDER).sort()).toEqual(LINES.map((line) => `${nameOf(line)}.txt`).sort());
  });
});
