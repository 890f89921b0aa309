/** Small things that answers are made of, each by a table. */
import { describe, expect, test } from 'vitest';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import type { MachineFacts, Platform } from '../../../src/evidence/facts.ts';
import { addressingOf, addressingVariants } from '../../../src/linux/address-translation.ts';
import { cite } from '../../../src/linux/change-text.ts';
import { ReleaseModel } from '../../../src/linux/release-choice.ts';
import { parseSize } from '../../../src/linux/scenario.ts';
import { answerSysfb } from '../../../src/verdict/answer.ts';
import { Configuration } from '../../../src/verdict/facts/configuration.ts';
import { fromTree, groupedFramebuffers } from '../../../src/verdict/framebuffers.ts';
import type { GivenFacts } from '../../../src/verdict/given.ts';
import { isNothingRead } from '../../../src/verdict/question.ts';
import { notRead } from '../../../src/verdict/sysfb/situation/not-read.ts';
import type { Subject } from '../../../src/verdict/sysfb/subject.ts';
import { artifactOf, observedFact as fact, read } from '../../evidence/artifacts.ts';
import { certain, unknown } from './made-bridges.ts';

const none = read().evidence;

test.each<[string, boolean, string]>([
  ['a07b50d80ab6', true, 'a07b50d80ab6 ("hyperv: avoid dependency on screen_info"), v6.7'],
  ['a07b50d80ab6', false, 'a07b50d80ab6, v6.7'],
  // Merged for a release candidate: told by the release.
  ['96959283a58d', false, '96959283a58d, v6.16'],
])('%s is cited', (commit, subject, text) => {
  expect(cite(commit, { subject })).toBe(text);
});

test('a commit that is no row is a fault of the caller', () => {
  expect(() => cite('000000000000')).toThrow(RangeError);
});

test('an answer of nothing but errors is none', () => {
  const errors = [{ severity: 'error' }] as never;
  const warnings = [{ severity: 'warning' }] as never;
  const input = artifactOf('asl', '');
  expect(isNothingRead([input], 0, errors)).toBe(true);
  expect(isNothingRead([], 1, errors)).toBe(true);
  expect(isNothingRead([input], 1, errors)).toBe(false);
  expect(isNothingRead([input], 0, warnings)).toBe(false);
  expect(isNothingRead([], 0, [])).toBe(false);
});

test.each<[unknown, bigint | undefined]>([
  [16384, 16384n],
  [0, undefined],
  [-1, undefined],
  [1.5, undefined],
  [2 ** 53, undefined],
  [5n, 5n],
  [0n, undefined],
  [-5n, undefined],
  ['16K', 0x4000n],
  ['16 KiB', 0x4000n],
  [' 16kb ', 0x4000n],
  ['1T', 1n << 40n],
  ['0x4000', 0x4000n],
  ['0', undefined],
  ['0x0', undefined],
  ['8M8', undefined],
  ['16  K', undefined],
  ['18446744073709551616', undefined],
  ['0xffffffffffffffff', (1n << 64n) - 1n],
  ['0xffffffffffffffffK', undefined],
  [null, undefined],
  [[], undefined],
])('%s is a size', (text, size) => {
  expect(parseSize(text)).toBe(size);
});

test('kernels that translate addresses otherwise, by release', () => {
  const kernels = addressingVariants().map((variant) => variant.kernels);
  // 3d5089c4263d, 7f05e20b989a and 64ee3cf096ac with the releases that have them.
  expect(kernels).toEqual([
    'Linux before 6.4, 6.1.125',
    'Linux before 6.13, 6.12.7, 6.1.125',
    'Linux from 6.13 on',
  ]);
  expect(addressingOf('nonsense')).toBeUndefined();
  expect(addressingOf('6.12.30')).toMatchObject({ threeCellsHaveFlags: true, missingCells: 'inherited' });
  expect(addressingOf('7.2.13')).toMatchObject({ missingCells: 'no-bus' });
});

describe('framebuffers', () => {
  const sighting = (base: bigint, size: bigint | null, by = 'efifb') => fact({ base, size, by } as never);
  const grouped = (...framebuffers: ReturnType<typeof sighting>[]) =>
    groupedFramebuffers({ ...none, framebuffers } as MachineFacts, undefined).map(({ base, size, from }) => [
      base,
      size,
      from,
    ]);

  test('those at one place are one, the one with a size stands for it', () => {
    expect(grouped(sighting(0xf800_0000n, null), sighting(0xf800_0000n, 0x30_0000n))).toEqual([
      [0xf800_0000n, 0x30_0000n, 'dmesg'],
    ]);
    expect(grouped(sighting(0xf800_0000n, 1n), sighting(0xe000_0000n, 1n))).toHaveLength(2);
    expect(grouped(sighting(0n, 1n))).toEqual([]);
    expect(grouped(sighting(0xf800_0000n, 0x30_0000n, 'iomem'))[0]![2]).toBe('dmesg');
    expect(grouped(sighting(0xf800_0000n, 0x30_0000n, 'screen_info'))[0]![2]).toBe('boot-params');
  });

  test('of a tree, also one without a place', () => {
    expect(fromTree(certain(0xf800_0000n, 0x30_0000n))).toMatchObject({
      base: 0xf800_0000n,
      size: 0x30_0000n,
      from: 'device-tree',
      text: 'simple-framebuffer \\_SB.PCI0: [mem 0xf8000000-0xf82fffff]',
    });
    expect(fromTree(unknown())).toMatchObject({
      base: null,
      size: null,
      text: 'simple-framebuffer \\_SB.PCI0, whose place is not known',
    });
  });
});

describe('whether the kernel has the driver and reads the description', () => {
  const symbols = (...pairs: readonly (readonly [string, string])[]): Partial<MachineFacts> => ({
    symbols: pairs.map(([symbol, value]) => fact({ symbol, value } as never)),
  });
  const reads = (...allowed: readonly (readonly ('acpi' | 'dt')[])[]): Partial<MachineFacts> => ({
    descriptions: allowed.map((each) => fact(each as never)),
  });
  const asked = (
    kind: 'acpi' | 'device-tree',
    facts: Partial<MachineFacts> = {},
    given: GivenFacts = {},
    platform: Platform | 'other' = 'other',
  ): string | undefined => {
    const all = { ...none, ...facts };
    const found = notRead(
      { kind } as Subject,
      platform,
      given,
      all,
      new Configuration(all),
      'Linux',
      new ReleaseModel(),
      undefined,
    );
    return found && `${found.rule.id} ${found.safe}${found.when === undefined ? '' : ' when'}`;
  };
  const claim = { vmbusClaims: [fact({} as never)] };

  test.each<[string, Parameters<typeof asked>, string | undefined]>([
    ['nothing known', ['acpi'], undefined],
    ['nothing known, a tree', ['device-tree'], undefined],
    ['HYPERV=n', ['acpi', symbols(['HYPERV', 'n'])], 'no-vmbus-driver true'],
    ['HYPERV=y', ['acpi', symbols(['HYPERV', 'on'])], undefined],
    ['HYPERV_VMBUS=n', ['acpi', symbols(['HYPERV_VMBUS', 'n'])], 'no-vmbus-driver true when'],
    [
      'HYPERV_VMBUS=n, a message of the core',
      ['acpi', symbols(['HYPERV', 'on'], ['HYPERV_VMBUS', 'n'])],
      undefined,
    ],
    ['HYPERV=n, and the driver was seen', ['acpi', { ...symbols(['HYPERV', 'n']), ...claim }], undefined],
    ['Xen', ['acpi', {}, {}, 'xen-pv'], 'no-vmbus-here true'],
    ['the root partition', ['acpi', {}, {}, 'hyperv-root'], 'no-vmbus-here true'],
    ['ACPI=n', ['acpi', symbols(['ACPI', 'n'])], 'acpi-not-read false'],
    ['ACPI=n, a tree', ['device-tree', symbols(['ACPI', 'n'])], undefined],
    ['--boot dt', ['acpi', {}, { boot: 'dt' }], 'acpi-not-read false'],
    ['--boot efi', ['acpi', {}, { boot: 'efi' }], undefined],
    ['a log of a tree boot', ['acpi', reads(['dt'])], 'acpi-not-read false'],
    ['a log that allows both', ['acpi', reads(['acpi', 'dt'])], undefined],
    ['a log of an ACPI boot', ['acpi', reads(['acpi'])], undefined],
    ['two lines, one of which rules it out', ['acpi', reads(['acpi', 'dt'], ['dt'])], 'acpi-not-read false'],
  ])('%s', (_, question, answer) => {
    expect(asked(...question)).toBe(answer);
  });
});

describe('a device tree', () => {
  const ask = async (text: string) =>
    answerSysfb([artifactOf('dts', text, 'a.dts')], { describe: {}, kernel: {} }, new DiagnosticList());
  const tree = (ranges: string): string => `/dts-v1/;
/ { #address-cells = <2>; #size-cells = <2>; compatible = "microsoft,hyperv";
  vmbus { compatible = "microsoft,vmbus"; #address-cells = <2>; #size-cells = <2>; ${ranges} };
};`;

  test('of a low and a high window only the low one may hold a framebuffer', async () => {
    const { rules } = await ask(
      tree('ranges = <0xf 0xf0000000 0xf 0xf0000000 0 0x10000000>, <0 0xf8000000 0 0xf8000000 0 0x4000000>;'),
    );
    const rule = rules.find(({ id }) => id === 'dt-low-window-open')!;
    expect(rule.evidence.filter(({ origin }) => origin !== undefined).map(({ text }) => text)).toEqual([
      '[mem 0xf8000000-0xfbffffff]',
    ]);
  });

  test('with empty ranges hands out nothing', async () => {
    const ids = (await ask(tree('ranges;'))).rules.map(({ id }) => id);
    expect(ids).not.toContain('dt-window-unknown');
    expect(ids).toContain('dt-no-window');
  });
});
