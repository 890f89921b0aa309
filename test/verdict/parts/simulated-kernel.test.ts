/** What a simulation takes for true of kernel, boot and framebuffer where nothing says it. */
import { describe, expect, test } from 'vitest';
import {
  assumeKernel,
  bootOf,
  framebufferFacts,
  framebufferOf,
} from '../../../src/verdict/simulation/assumptions.ts';
import { type KernelFacts, kernelOf } from '../../../src/verdict/simulation/kernel.ts';
import { Reasons } from '../../../src/verdict/simulation/reasons.ts';
import type { Subject } from '../../../src/verdict/sysfb/subject.ts';

const config = (text: string): Map<string, string> =>
  new Map(text.split(' ').map((pair) => pair.split('=') as [string, string]));
const texts = ({ assumptions }: Reasons): string[] => assumptions.map(({ text }) => text);
const GIVEN = { base: 0xf900_0000n, size: 0x30_0000n, from: 'given', text: '--framebuffer' } as const;

describe('CONFIG_SYSFB', () => {
  test.each<[string, KernelFacts, 'y' | 'n' | 'unknown', RegExp]>([
    // Hyper-V selects it from 6.16 on, where EFI is set and HYPERV_VTL_MODE is not.
    [
      '7.3.4',
      { release: '7.3.4' },
      'y',
      /no configuration was given; CONFIG_HYPERV_VMBUS selects it in 7\.3\.4/,
    ],
    ['6.17', { release: '6.17' }, 'y', /CONFIG_HYPERV selects it in 6\.17/],
    // By a driver alone from 5.19 on, on by default before.
    ['6.12.30', { release: '6.12.30' }, 'unknown', /only when a driver selects it/],
    ['5.18', { release: '5.18' }, 'unknown', /defaults to y/],
    ['set', { release: '6.12.30', config: config('EFI=y HYPERV=y FB=y FB_EFI=y SYSFB=y') }, 'y', /./],
    ['not set', { release: '6.12.30', config: config('EFI=y HYPERV=y') }, 'n', /./],
    ['default of x86', { release: '5.15.100', config: config('X86_64=y') }, 'y', /./],
    ['default of arm64', { release: '5.15.100', config: config('ARM64=y EFI=n') }, 'n', /./],
    [
      'of arm64 by evidence',
      { release: '5.15.100', config: config('EFI=n'), architecture: 'arm64' },
      'n',
      /./,
    ],
    [
      'of x86 by evidence, whatever the configuration is of',
      { release: '5.15.100', config: config('ARM64=y EFI=n'), architecture: 'x86_64' },
      'y',
      /./,
    ],
  ])('%s', (_, facts, sysfb, why) => {
    const kernel = kernelOf(facts);
    expect(kernel.sysfb).toBe(sysfb);
    expect(kernel.sysfbWhy).toMatch(why);
    expect(kernel.name).toBe(`Linux ${facts.release}`);
    expect(kernel.kconfig === undefined).toBe(facts.config === undefined);
  });
});

test('a release that is not known is assumed, with what an older one would do', () => {
  const reasons = new Reasons();
  assumeKernel(kernelOf({}), reasons);
  expect(texts(reasons)[0]).toMatch(/^the kernel is Linux .*, the newest release known to fwmap$/);
  const known = new Reasons();
  assumeKernel(kernelOf({ release: '6.12.30' }), known);
  expect(texts(known).filter((text) => text.startsWith('the kernel is'))).toEqual([]);
});

test('what occurs twice is assumed once', () => {
  const reasons = new Reasons();
  reasons.assume('it rains', 'assumption');
  reasons.assume('it rains', 'another', 'an umbrella');
  reasons.assume('it snows', 'assumption', 'a shovel');
  expect(reasons.assumptions).toEqual([
    { text: 'it rains', authority: 'assumption' },
    { text: 'it snows', authority: 'assumption', otherwise: 'a shovel' },
  ]);
});

test.each<[string, Partial<Subject>, KernelFacts, string, readonly string[]]>([
  ['a tree', { kind: 'device-tree' }, { boot: 'efi' }, 'dt', []],
  ['as said', { kind: 'acpi', generation: 1 }, { boot: 'efi' }, 'efi', []],
  [
    'Generation 1',
    { kind: 'acpi', generation: 1 },
    {},
    'bios',
    ['the machine boots by BIOS, as Generation 1 does'],
  ],
  [
    'Generation 2',
    { kind: 'acpi', generation: 2 },
    {},
    'efi',
    ['the machine boots by EFI, as Generation 2 does'],
  ],
  [
    'neither',
    { kind: 'acpi', generation: null },
    {},
    'efi',
    ['the machine boots by EFI, as Generation 2 does'],
  ],
])('the boot of %s', (_, subject, facts, boot, assumed) => {
  const reasons = new Reasons();
  expect(bootOf(subject as Subject, facts, reasons)).toBe(boot);
  expect(texts(reasons)).toEqual(assumed);
});

describe('the framebuffer', () => {
  const LOW = { start: 0xf800_0000n, end: 0xfed3_ffffn };
  const HIGH = { start: 0xf_e000_0000n, end: 0xf_ffff_ffffn };
  const found = (
    windows: readonly { start: bigint; end: bigint }[],
    boot: 'efi' | 'bios' | 'dt',
    facts: KernelFacts = {},
  ) => {
    const reasons = new Reasons();
    const framebuffer = framebufferOf(windows, boot, facts, reasons);
    return [framebuffer && [framebuffer.base, framebuffer.size, framebuffer.from], texts(reasons).length];
  };

  test('as said, and nothing is assumed then', () => {
    for (const boot of ['efi', 'bios', 'dt'] as const)
      expect(found([LOW], boot, { framebuffer: GIVEN })).toEqual([[GIVEN.base, GIVEN.size, 'given'], 0]);
  });

  test('of Generation 1 BAR 0 of the video device, of Generation 2 8 MiB at the base of the lowest window', () => {
    expect(found([LOW], 'bios')).toEqual([[0xf800_0000n, 0x400_0000n, 'presumed'], 1]);
    expect(found([LOW, HIGH], 'efi')).toEqual([[0xf800_0000n, 0x80_0000n, 'presumed'], 1]);
    expect(found([HIGH, LOW, { start: 0xe000_0000n, end: 0xefff_ffffn }], 'efi')).toEqual([
      [0xe000_0000n, 0x80_0000n, 'presumed'],
      1,
    ]);
    // A window with less room.
    expect(found([{ start: 0xf800_0000n, end: 0xf83f_ffffn }], 'efi')).toEqual([
      [0xf800_0000n, 0x40_0000n, 'presumed'],
      1,
    ]);
    expect(found([{ start: 0xf800_0000n, end: 0xf800_0000n }], 'efi')).toEqual([
      [0xf800_0000n, 1n, 'presumed'],
      1,
    ]);
  });

  test('none where there is no low window', () => {
    expect(found([HIGH], 'efi')).toEqual([null, 0]);
    expect(found([{ start: 0x1_0000_0000n, end: 0x1_0000_ffffn }], 'efi')).toEqual([null, 0]);
    expect(found([{ start: 0xffff_ffffn, end: 0x1_0000_ffffn }], 'efi')[0]).toEqual([
      0xffff_ffffn,
      0x1_0001n,
      'presumed',
    ]);
    // An end that wrapped.
    expect(found([{ start: 0xf800_0000n, end: 0xf7ff_ffffn }], 'efi')).toEqual([null, 0]);
  });

  test('by device tree nothing is assumed but that it is low', () => {
    expect(found([LOW], 'dt')).toEqual([null, 1]);
  });

  test('the driver reads what was dumped, or what matches it', () => {
    expect(framebufferFacts('efi', {}, GIVEN)).toEqual({
      boot: 'efi',
      screenInfo: { lfbBase: GIVEN.base, lfbSize: GIVEN.size },
      gen1Video: { kind: 'mem', start: GIVEN.base, size: GIVEN.size },
    });
    expect(framebufferFacts('dt', {}, null)).toEqual({
      boot: 'bios',
      screenInfo: { lfbBase: 0n, lfbSize: 0n },
      gen1Video: null,
    });
    expect(framebufferFacts('bios', {}, { ...GIVEN, size: null })).toEqual({
      boot: 'bios',
      screenInfo: { lfbBase: GIVEN.base, lfbSize: 0n },
      gen1Video: { kind: 'mem', start: GIVEN.base, size: 0x400_0000n },
    });
    const dumped = {
      screenInfo: { lfbBase: 1n, lfbSize: 2n },
      gen1Video: { kind: 'io', start: 3n, size: 4n },
    } as const;
    expect(framebufferFacts('efi', dumped, GIVEN)).toEqual({ boot: 'efi', ...dumped });
  });
});
