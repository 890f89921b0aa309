/** Small things that are told of kernels, each by a table. */
import { describe, expect, test } from 'vitest';
import { readEvidence } from '../../src/evidence/read.ts';
import { addressingVariants } from '../../src/linux/address-translation.ts';
import { cite, firstRelease, lastReleaseWithout } from '../../src/linux/change-text.ts';
import { RELEASE_CHANGES } from '../../src/linux/changes.ts';
import { parseBar } from '../../src/linux/host-bridge/bar-text.ts';
import { kconfigJudgement, resolveConfig } from '../../src/linux/kconfig/sysfb.ts';
import { shownChanges } from '../../src/linux/kernel-code.ts';
import { profileOf } from '../../src/linux/profile.ts';
import { parseRelease } from '../../src/linux/release.ts';
import { artifactOf, observedFact as fact, read } from '../evidence/artifacts.ts';

test('a change without a release, of a candidate and of a release', () => {
  for (const { commit, mainline, subject } of RELEASE_CHANGES) {
    const release = mainline === null ? '' : `, v${/^\d+\.\d+/.exec(mainline)![0]}`;
    expect(cite(commit)).toBe(`${commit}${release}`);
    expect(cite(commit, { subject: true })).toBe(`${commit} ("${subject}")${release}`);
  }
});

test('each variant of address translation differs in one thing, and names releases', () => {
  for (const { kernels } of addressingVariants())
    expect(kernels).toMatch(/^Linux (before|from) \d[\d., ]*\d( on)?$/);
});

describe('why CONFIG_SYSFB is as it is', () => {
  const why = (release: string, text: string) =>
    kconfigJudgement(
      profileOf(parseRelease(release)!).behaviour,
      new Map(text.split(' ').map((pair) => pair.split('=') as [string, string])),
      'x86_64',
    ).why;

  test.each<[string, string, string | RegExp]>([
    ['5.10.218', 'EFI=y', 'this release has no CONFIG_SYSFB; the VMBus driver reads screen_info in any case'],
    ['5.15.100', 'EFI=y', 'CONFIG_SYSFB is on by default and has no prompt'],
    ['6.16', 'HYPERV=y EFI=y', /^CONFIG_HYPERV selects it if EFI.*, so it cannot be off$/],
    ['6.16-rc5', 'HYPERV=y', /^CONFIG_HYPERV selects it.*, so it cannot be off$/],
    [
      '7.3.4',
      'HYPERV=y HYPERV_VMBUS=m EFI=y',
      /^CONFIG_HYPERV_VMBUS selects it if EFI.*, so it cannot be off$/,
    ],
    ['6.12.94', 'SYSFB=y FB=y FB_EFI=y EFI=y', 'CONFIG_FB_EFI selects it; with that off it would be off'],
    [
      '6.12.94',
      'SYSFB=y FB=y FB_EFI=y FB_VESA=y EFI=y',
      /^CONFIG_FB_\w+, CONFIG_FB_\w+ select it; with those off it would be off$/,
    ],
    [
      '6.12.94',
      'SYSFB=y HYPERV=y',
      'it is set, but nothing in the configuration that this release knows of selects it',
    ],
    [
      '7.3.4',
      'SYSFB=n HYPERV=y HYPERV_VMBUS=y HYPERV_VTL_MODE=y EFI=y',
      'CONFIG_HYPERV_VTL_MODE keeps Hyper-V support from selecting it, and no framebuffer driver does',
    ],
    [
      '6.12.94',
      'SYSFB=n HYPERV=y HYPERV_VTL_MODE=y',
      'nothing selects it: no framebuffer driver that would is on',
    ],
    ['7.3.4', 'SYSFB=n EFI=y', 'nothing selects it: no framebuffer driver that would is on'],
  ])('%s: %s', (release, config, expected) => {
    expect(why(release, config)).toMatch(
      expected instanceof RegExp ? expected : new RegExp(`^${expected.replace(/[()|.]/g, '\\$&')}$`),
    );
  });
});

test('what a configuration program makes of what is asked for', () => {
  const { behaviour } = profileOf(parseRelease('6.12.30')!);
  const values = (text: string, modules = true, rest: 'off' | 'defaults' = 'off') =>
    Object.fromEntries(
      resolveConfig(
        behaviour,
        new Map(text.split(' ').map((pair) => pair.split('=') as [string, string])),
        'x86_64',
        { rest, modules },
      ).values,
    );
  expect(values('ACPI=y EFI=y HYPERV=m')).toMatchObject({ ACPI: 'y', EFI: 'y', HYPERV: 'm' });
  expect(values('ACPI=y EFI=y HYPERV=m', false)).toMatchObject({ HYPERV: 'y' });
  expect(values('ACPI=y EFI=y HYPERV=n')).not.toHaveProperty('HYPERV');
  // EFI depends on ACPI here.
  expect(values('EFI=y HYPERV=y')).not.toHaveProperty('EFI');
  expect(values('ACPI=m EFI=y')).not.toHaveProperty('ACPI');
});

describe('what code shows', () => {
  const signs = (text: string) =>
    shownChanges(readEvidence([artifactOf('kernel-source', text, 'a')], { add: () => {} })).map(
      ({ value, text: said, span }) => [value.commit, value.present, said, span?.start],
    );
  const kconfig = (body: string): string =>
    `menu "Firmware"\n\nconfig SYSFB\n\tbool\n${body}\nconfig DMIID\n\tbool "x"\n`;

  test('is reported with its place and its line', () => {
    const text = kconfig('\tdefault y\n\tselect BOOT_VESA_SUPPORT');
    const found = signs(text).filter(([commit]) => commit === 'a4a072d98d8c');
    expect(found).toEqual([['a4a072d98d8c', false, 'default y', text.indexOf('config SYSFB')]]);
    const without = signs(kconfig('\tselect BOOT_VESA_SUPPORT')).find(
      ([commit]) => commit === 'a4a072d98d8c',
    );
    expect(without!.slice(1, 3)).toEqual([true, 'config SYSFB without a default']);
  });

  test('a Kconfig of firmware without the symbol', () => {
    const text = 'menu "Firmware"\n\nconfig FIRMWARE_MEMMAP\n\tbool "x"\n';
    const told = signs(text).map(([commit, present, said]) => [commit, present, said]);
    expect(told).toEqual([
      ['d391c5827107', false, 'no config SYSFB'],
      ['a4a072d98d8c', false, 'no config SYSFB'],
    ]);
  });

  test('help texts say nothing, up to the line that is indented no deeper', () => {
    const said = (body: string) => signs(kconfig(body)).find(([commit]) => commit === 'a4a072d98d8c')![1];
    expect(said('\thelp\n\t  The text\n\n\t  default y')).toBe(true);
    expect(said('\thelp\n\t  The text\n\tdefault y')).toBe(false);
    expect(said('\t---help---\n\t  default y')).toBe(true);
    // Deeper than a blank line is deep; and a tab is eight columns.
    expect(said('\thelp\n          default y')).toBe(true);
    expect(said('        help\n\tdefault y')).toBe(false);
  });

  test('the interrupt is asked for before the ranges are read', () => {
    const add = (body: string): string =>
      `static void vmbus_reserve_fb(void)\n{\n}\nstatic int vmbus_device_add(struct platform_device *pdev)\n{\n${body}\n}\nint vmbus_allocate_mmio(void)\n{\n}\n`;
    const found = (body: string) => signs(add(body)).find(([commit]) => commit === '1dc5df133b98')!;
    const irq = '\tirq = platform_get_irq(pdev, 0);';
    const ranges = '\tret = of_range_parser_init(&parser, np);';
    const first = found(`${irq}\n${ranges}`);
    expect(first.slice(1)).toEqual([
      true,
      'irq = platform_get_irq(pdev, 0);',
      add(irq).indexOf('platform_get_irq'),
    ]);
    expect(found(`${ranges}\n${irq}`).slice(1, 3)).toEqual([
      false,
      'vmbus_device_add() reads the ranges first',
    ]);
    expect(found(irq)[1]).toBe(true);
    expect(found(ranges)[1]).toBe(false);
  });

  test('strings of the driver as it was built', () => {
    const none = read().evidence;
    const shown = (string: string, present: boolean) =>
      shownChanges({ ...none, codeStrings: [fact({ string, present })] }).map(({ value, strength }) => [
        value.commit,
        value.present,
        strength,
      ]);
    expect(shown('hv_mmio=%pR,%pR fb=%pR', true)).toEqual([['016a25e4b0df', true, 'observed']]);
    expect(shown('sysfb_primary_display', false)).toEqual([['a41e0ab394e4', false, 'observed']]);
    expect(shown('pci_get_device', true)).toEqual([['2a8a8afba0c3', true, 'observed']]);
    expect(shown('printk', true)).toEqual([]);
  });
});

test('BARs as they are written', () => {
  const said = (text: string) => {
    const bar = parseBar(text);
    return typeof bar === 'string' ? bar : [bar.size, bar.space, bar.is64Bit, bar.prefetchable];
  };
  expect(said('16M')).toEqual([16n << 20n, 'memory', false, false]);
  expect(said('16M,64bit')).toEqual([16n << 20n, 'memory', true, false]);
  expect(said('16M,prefetchable,64bit')).toEqual([16n << 20n, 'memory', true, true]);
  expect(said('256,io')).toEqual([256n, 'io', false, false]);
  for (const bad of ['16M,128bit', '16M,64bit,x', '3M', '', '0', 'x16M', '16Mx', '16 MM', '1.6M'])
    expect(typeof said(bad)).not.toBe('object');
});

test('releases in texts are those of the table', () => {
  // v6.7 is the first with a07b50d80ab6; d33db956c961 came with v7.1-rc1.
  expect([firstRelease('a07b50d80ab6'), lastReleaseWithout('a07b50d80ab6')]).toEqual(['6.7', '6.6']);
  expect(firstRelease('d33db956c961')).toBe('7.1');
  expect(() => firstRelease('0123456789ab')).toThrow('not in the release table');
});
