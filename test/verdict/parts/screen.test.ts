/** What screen_info and the video device leave open, from made facts: which constraint, and what is known of lfb_base. */
import { describe, expect, test } from 'vitest';
import type { MachineFacts, Platform } from '../../../src/evidence/facts.ts';
import { formatCondition } from '../../../src/symbolic/index.ts';
import { Configuration } from '../../../src/verdict/facts/configuration.ts';
import type { Constraint, Premise, RuleFinding } from '../../../src/verdict/question.ts';
import { assumeGuest, screenFacts, videoFacts } from '../../../src/verdict/sysfb/situation/screen.ts';
import { artifactOf, read } from '../../evidence/artifacts.ts';

const none = read().evidence;
const fact = <T>(value: T, strength: 'given' | 'observed' | 'configured' | 'inferred' = 'observed') => ({
  ...{ value, strength, text: `${String(value)}`, artifact: artifactOf('dmesg', '') },
});
const summary = (constraints: readonly Constraint[]): string[] =>
  constraints.map(({ id, kind, condition }) => `${kind} ${id}: ${formatCondition(condition)}`);

describe('screen_info', () => {
  const asked = (
    facts: Partial<MachineFacts>,
    platform: Platform | 'other' = 'hyperv-gen2',
    efi: boolean | 'open' = true,
    architecture: 'x86_64' | 'arm64' | 'open' = 'x86_64',
  ) => {
    const [constraints, premises, rules]: [Constraint[], Premise[], RuleFinding[]] = [[], [], []];
    const { lfb } = screenFacts(
      platform,
      architecture === 'open' ? undefined : architecture,
      efi === 'open' ? undefined : efi,
      { ...none, ...facts },
      constraints,
      premises,
      rules,
    );
    return { lfb, is: summary(constraints), premises: premises.length, rules: rules.map(({ id }) => id) };
  };
  const ZERO = 'fact lfb-base: lfb_base == 0';
  const SET = 'fact lfb-base: lfb_base == framebuffer';
  const screen = (lfbBase: bigint, strength: 'given' | 'observed' = 'observed') =>
    fact({ lfbBase, lfbSize: 0x30_0000n } as never, strength);

  test.each<[string, Partial<MachineFacts>, ReturnType<typeof asked>['lfb'], readonly string[]]>([
    ['dumped', { screenInfos: [screen(0xf800_0000n)] }, { base: 0xf800_0000n, size: 0x30_0000n }, [SET]],
    ['dumped as 0', { screenInfos: [screen(0n)] }, undefined, [ZERO]],
    // The driver reads 32 bits of it.
    ['dumped above 4 GiB', { screenInfos: [screen(0x1_0000_0000n)] }, undefined, [ZERO]],
    [
      'dumped with high bits',
      { screenInfos: [screen(0x1_f800_0000n)] },
      { base: 0xf800_0000n, size: 0x30_0000n },
      [SET],
    ],
    [
      'given beats observed',
      { screenInfos: [screen(0n), screen(0xf800_0000n, 'given')] },
      { base: 0xf800_0000n, size: 0x30_0000n },
      [SET],
    ],
    ['in a log', { lfbBase: [fact(0xf800_0000n)] }, { base: 0xf800_0000n, size: 0n }, [SET]],
    [
      'in a log twice',
      { lfbBase: [fact(0xf800_0000n), fact(0xf800_0000n)] },
      { base: 0xf800_0000n, size: 0n },
      [SET],
    ],
    ['in a log as 0', { lfbBase: [fact(0n)] }, undefined, [ZERO]],
    ['in a log, not where', { lfbBase: [fact('nonzero' as const)] }, undefined, [SET]],
    ['left open by a line', { lfbBase: [fact(null)] }, undefined, []],
    ['two places', { lfbBase: [fact(0xf800_0000n), fact(0xf900_0000n)] }, undefined, [SET]],
    ['a place and somewhere', { lfbBase: [fact(0xf800_0000n), fact('nonzero' as const)] }, undefined, [SET]],
    ['a place and 0', { lfbBase: [fact(0xf800_0000n), fact(0n)] }, undefined, []],
    ['a place and nothing known', { lfbBase: [fact(0xf800_0000n), fact(null)] }, undefined, []],
    ['observed beats inferred', { lfbBase: [fact(0n), fact(0xf800_0000n, 'inferred')] }, undefined, [ZERO]],
  ])('%s', (_, facts, lfb, is) => {
    expect(asked(facts)).toEqual({ lfb, is, premises: 0, rules: [] });
  });

  test('a first boot by firmware is a premise, of EFI on Hyper-V', () => {
    const premise = 'premise first-boot: lfb_base == framebuffer';
    expect(asked({})).toEqual({ lfb: undefined, is: [premise], premises: 1, rules: [] });
    for (const [platform, efi] of [
      ['other', true],
      ['hyperv-gen1', false],
      ['hyperv-gen2', 'open'],
    ] as const)
      expect(asked({}, platform, efi)).toEqual({ lfb: undefined, is: [], premises: 0, rules: [] });
  });

  test('started by another kernel it may be empty; on arm64 it is', () => {
    const kexec = { kexec: [fact('kdump' as const)] };
    const rules = ['started-by-kexec'];
    expect(asked(kexec)).toEqual({ lfb: undefined, is: [], premises: 0, rules });
    expect(asked(kexec, 'hyperv-gen2', true, 'open')).toEqual({
      lfb: undefined,
      is: [],
      premises: 0,
      rules,
    });
    expect(asked(kexec, 'hyperv-gen2', true, 'arm64')).toEqual({
      lfb: undefined,
      is: [ZERO],
      premises: 0,
      rules,
    });
    // A dump shows what it is, whoever started it.
    expect(asked({ ...kexec, screenInfos: [screen(0xf800_0000n)] }).is).toEqual([SET]);
  });

  test('a confidential machine has none', () => {
    const rules = ['confidential'];
    expect(asked({ confidential: [fact('snp' as never)] })).toEqual({
      lfb: undefined,
      is: [ZERO],
      premises: 0,
      rules,
    });
    expect(asked({ confidential: [fact('none' as never)] }).rules).toEqual([]);
    expect(asked({ confidential: [fact('none' as never), fact('tdx' as never)] }).is).toEqual([ZERO]);
  });
});

describe('the video device', () => {
  const configured = (value?: 'y' | 'n'): Configuration =>
    new Configuration({
      ...none,
      symbols:
        value === undefined ? [] : [fact({ symbol: 'PCI', value: value === 'y' ? 'on' : 'n' } as never)],
    });
  const asked = (facts: Partial<MachineFacts>, platform: Platform | 'other', pci?: 'y' | 'n') => {
    const constraints: Constraint[] = [];
    const bar = videoFacts(platform, { ...none, ...facts }, configured(pci), constraints);
    return [bar, summary(constraints)];
  };
  const HAS = 'fact video: 1414:5353 == present';
  const LACKS = 'fact video: 1414:5353 == absent';
  const bar = { kind: 'mem', start: 0xf800_0000n, size: 0x400_0000n } as const;
  const seen = (present: boolean, more: object | null = null) => ({
    video: [fact({ present, bar: more } as never)],
  });
  const listed = (index: number, space: 'memory' | 'io' = 'memory') => ({
    pciDevices: [
      fact({
        address: '0000:00:08.0',
        ...{ vendor: 0x1414, device: 0x5353 },
        bars: [{ index, space, base: 0xf800_0000n, size: 0x400_0000n }],
      }),
    ],
  });

  test.each<[string, () => ReturnType<typeof asked>, unknown, readonly string[]]>([
    [
      'nothing seen, Generation 1',
      () => asked({}, 'hyperv-gen1'),
      undefined,
      ['authority gen1-video: 1414:5353 == present'],
    ],
    [
      'nothing seen, Generation 2',
      () => asked({}, 'hyperv-gen2'),
      undefined,
      ['authority gen2-no-pci-video: 1414:5353 == absent'],
    ],
    ['nothing seen, another machine', () => asked({}, 'other'), undefined, []],
    ['no PCI', () => asked(seen(true, bar), 'hyperv-gen1', 'n'), undefined, [LACKS]],
    ['PCI', () => asked({}, 'other', 'y'), undefined, []],
    ['seen', () => asked(seen(true, bar), 'other'), bar, [HAS]],
    ['seen without a BAR', () => asked(seen(true), 'other'), undefined, [HAS]],
    ['seen, its BAR listed', () => asked({ ...seen(true), ...listed(0) }, 'other'), bar, [HAS]],
    [
      'seen, its BAR of ports',
      () => asked({ ...seen(true), ...listed(0, 'io') }, 'other'),
      { ...bar, kind: 'io' },
      [HAS],
    ],
    ['seen, another BAR listed', () => asked({ ...seen(true), ...listed(2) }, 'other'), undefined, [HAS]],
    ['a listing without it', () => asked(seen(false), 'hyperv-gen2'), undefined, [LACKS]],
    [
      'a listing without it, of a machine that has one',
      () => asked(seen(false), 'hyperv-gen1'),
      undefined,
      [],
    ],
  ])('%s', (_, result, found, is) => {
    expect(result()).toEqual([found, is]);
  });

  test('of a guest whose generation is not known: what holds for each', () => {
    const guest = (efi: 'y' | 'n' | undefined, ...ids: readonly string[]): string[] => {
      const constraints = ids.map(
        (id): Constraint => ({ id, kind: 'fact', condition: 1n, text: '', source: '' }),
      );
      const configuration = new Configuration({
        ...none,
        symbols: efi === undefined ? [] : [fact({ symbol: 'EFI', value: efi === 'y' ? 'on' : 'n' } as never)],
      });
      assumeGuest(configuration, constraints);
      return constraints.slice(ids.length).map(({ id }) => id);
    };
    expect(guest(undefined)).toEqual(['first-boot', 'gen1-video']);
    expect(guest('y')).toEqual(['first-boot', 'gen1-video']);
    // A kernel without EFI looks for the device on Generation 2, too.
    expect(guest('n')).toEqual(['first-boot']);
    expect(guest('y', 'lfb-base')).toEqual(['gen1-video']);
    expect(guest('y', 'video')).toEqual(['first-boot']);
    expect(guest('y', 'lfb-base', 'video')).toEqual([]);
  });
});
