/** Every reader has a target; what fuzzing found once stays found. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { spelled, type Watch, WrongValue } from '../../scripts/fuzz/target.ts';
import { targetsNamed } from '../../scripts/fuzz/targets/all.ts';
import { KINDS } from '../../src/artifact/kinds.ts';
import { ARCHIVES, COMPRESSIONS, IMAGES } from '../../src/containers/rows.ts';
import { seededRandom } from '../grammar/ebnf.ts';

const targets = await targetsNamed([]);
const names = targets.map(({ name }) => name);

/** Targets by the kind of input that their reader takes. */
const BY_KIND: Readonly<Record<(typeof KINDS)[number]['name'], readonly string[]>> = {
  dts: ['tree-source', 'preprocessor', 'dtc', 'cpp'],
  'dts-fragment': ['tree-fragment'],
  dtb: ['tree-blob'],
  dtbo: ['overlay', 'fdtoverlay'],
  'dt-dir': ['tree-folder'],
  'acpi-table': ['acpi-table', 'aml', 'acpi-machine', 'template', 'acpiexec'],
  acpidump: ['acpidump'],
  'acpi-dir': ['acpi-machine'],
  asl: ['asl', 'iasl'],
  'crs-hex': ['crs-hex'],
  'crs-text': ['crs-text'],
  kconfig: ['config'],
  'boot-params': ['boot-params'],
  iomem: ['iomem'],
  dmesg: ['log'],
  lspci: ['lspci'],
  cmdline: ['cmdline'],
  uname: ['uname'],
  memmap: ['memory-map'],
  patch: ['patch', 'patched-file'],
  mail: ['mail', 'mailbox'],
  image: ['kernel-image', 'scan'],
  'kernel-source': ['kernel-source'],
};

describe('there is a target', () => {
  test.each(KINDS.map(({ name }) => name))('for inputs of kind %s', (kind) => {
    for (const name of BY_KIND[kind]) expect(names).toContain(name);
  });

  test.each([...COMPRESSIONS, ...ARCHIVES, ...IMAGES].map(({ format }) => format))('for %s', (format) => {
    expect(names).toContain(format);
  });

  test('of each name once', () => {
    expect(new Set(names).size).toBe(names.length);
  });
});

const watch: Watch = {
  step: async (_name, action) => action(),
  same(what, got, expected) {
    if (spelled(got) !== spelled(expected)) throw new WrongValue(what);
  },
};

/** Inputs that failed once: a folder a target. */
const FINDINGS = new URL('findings/', import.meta.url);
const findings = existsSync(FINDINGS)
  ? readdirSync(FINDINGS).flatMap((target) =>
      readdirSync(new URL(`${target}/`, FINDINGS)).map((file) => [target, file] as const),
    )
  : [];

describe('what was found before', () => {
  test.each(findings)('%s/%s', async (name, file) => {
    const target = targets.find((each) => each.name === name)!;
    const bytes = new Uint8Array(readFileSync(new URL(`${name}/${file}`, FINDINGS)));
    const started = process.cpuUsage();
    await (await target.prepare([])).of(bytes).run(watch);
    const { user } = process.cpuUsage(started);
    expect(user / 1000).toBeLessThan(10 * target.milliseconds);
  });
});

test('a case is the same whenever it is made', async () => {
  const target = targets.find(({ name }) => name === 'iomem')!;
  const cases = await target.prepare([]);
  const [a, b] = [await cases.make(seededRandom(5)), await cases.make(seededRandom(5))];
  expect(Buffer.from(a.bytes).equals(b.bytes)).toBe(true);
});
