import { describe, expect, test } from 'vitest';
import { run } from '../../../scripts/conformance/linux/kconfig.ts';
import { kconfigJudgement, resolveConfig, sysfbOf } from '../../../src/linux/kconfig/sysfb.ts';
import { profileOf } from '../../../src/linux/profile.ts';
import { parseRelease } from '../../../src/linux/release.ts';
import { CORPUS, HAS_CORPUS, NEEDS_CORPUS } from '../corpus.ts';

const behaviour = (release: string) => profileOf(parseRelease(release)!).behaviour;
const config = (text: string): Map<string, string> =>
  new Map(text.split(' ').map((pair) => pair.split('=') as [string, string]));

describe.skipIf(!HAS_CORPUS)(`the kernel's own configuration program${NEEDS_CORPUS}`, () => {
  test.each(['kconfig-truth.jsonl', 'kconfig-debian.json'])('%s', async (file) => {
    expect(await run([`${CORPUS}vmbus/${file}`])).toBe(0);
  });
});

describe('who selects SYSFB', () => {
  // The drivers' Kconfig entries; HYPERV as the rows 96959283a58d, 7b89a44b2e8c and d33db956c961 say.
  test.each([
    ['6.12.117', 'HYPERV=y EFI=y', []],
    ['6.12.117', 'HYPERV=y EFI=y FB=y FB_EFI=y', ['FB_EFI']],
    ['6.12.117', 'SYSFB_SIMPLEFB=y', ['SYSFB_SIMPLEFB']],
    ['6.16', 'HYPERV=y EFI=y', ['HYPERV']],
    ['6.16-rc5', 'HYPERV=y', ['HYPERV']],
    ['6.16', 'HYPERV=y', []],
    ['6.16', 'HYPERV=m EFI=y', ['HYPERV']],
    ['7.3.4', 'HYPERV=y HYPERV_VMBUS=m EFI=y', ['HYPERV_VMBUS']],
    ['7.3.4', 'HYPERV=y EFI=y', []],
    ['7.3.4', 'HYPERV=y HYPERV_VMBUS=y EFI=y HYPERV_VTL_MODE=y', []],
    ['7.3.4', 'HYPERV=y HYPERV_VMBUS=y', []],
    ['7.3.4', 'DRM=m DRM_EFIDRM=m EFI=y', ['DRM_EFIDRM']],
    ['6.12.117', 'DRM=m DRM_EFIDRM=m EFI=y', []],
  ])('%s: %s', (release, values, selecting) => {
    const answer = sysfbOf(behaviour(release), config(values), 'x86_64');
    expect(answer.selectedBy.map(({ symbol }) => symbol)).toEqual(selecting);
    expect(answer.sysfb).toBe(selecting.length > 0 ? 'y' : 'n');
  });

  test('before 5.15 there is no such symbol, and up to 5.18 it is on by default', () => {
    expect(sysfbOf(behaviour('5.10.218'), config('FB_EFI=y EFI=y FB=y'), 'x86_64').sysfb).toBe('absent');
    expect(sysfbOf(behaviour('5.15.100'), config('EFI=n'), 'x86_64').sysfb).toBe('y');
    expect(sysfbOf(behaviour('5.15.100'), config('EFI=n'), 'arm64').sysfb).toBe('n');
  });

  test('a tristate asked for as m is built in without modules, a bool is off', () => {
    const options = { rest: 'off', modules: false } as const;
    const asked = config('ACPI=y EFI=y HYPERV=m');
    expect(resolveConfig(behaviour('6.12.117'), asked, 'x86_64', options).values.get('HYPERV')).toBe('y');
    expect(resolveConfig(behaviour('7.3.4'), asked, 'x86_64', options).values.has('HYPERV')).toBe(false);
  });
});

describe('judging a configuration', () => {
  test('6.12: FB_EFI alone keeps it on, so it could be off', () => {
    const judged = kconfigJudgement(
      behaviour('6.12.117'),
      config('SYSFB=y FB=y FB_EFI=y EFI=y HYPERV=m'),
      'x86_64',
    );
    expect(judged).toMatchObject({ sysfb: 'y', stated: true, disagrees: false, couldBeOff: true });
    expect(judged.why).toBe('CONFIG_FB_EFI selects it; with that off it would be off');
    expect(judged.proposal.inForce).toBe(false);
  });

  test('7.3: HYPERV_VMBUS selects it, so it cannot be off', () => {
    const judged = kconfigJudgement(
      behaviour('7.3.4'),
      config('SYSFB=y EFI=y HYPERV=y HYPERV_VMBUS=y HYPERV_VTL_MODE=n'),
      'x86_64',
    );
    expect(judged).toMatchObject({ sysfb: 'y', disagrees: false, couldBeOff: false });
    expect(judged.proposal).toMatchObject({
      under: 'HYPERV_VMBUS',
      line: 'select SYSFB if EFI && !HYPERV_VTL_MODE',
      inForce: true,
    });
    expect(judged.proposal.parts.map(({ text }) => text).join(' ')).toBe(judged.proposal.line);
  });

  test('no line means off where the symbol has no prompt (DOMAIN 11.16)', () => {
    const judged = kconfigJudgement(behaviour('6.12.94'), config('EFI=y HYPERV=y'), 'x86_64');
    expect(judged).toMatchObject({ sysfb: 'n', stated: true, disagrees: false, couldBeOff: true });
  });

  test('OpenHCL: VTL mode keeps it off', () => {
    const judged = kconfigJudgement(
      behaviour('7.3.4'),
      config('HYPERV=y HYPERV_VMBUS=y HYPERV_VTL_MODE=y EFI=y'),
      'x86_64',
    );
    expect(judged.sysfb).toBe('n');
    expect(judged.why).toContain('HYPERV_VTL_MODE');
  });

  test('a configuration that the rules of the release do not explain is named', () => {
    expect(kconfigJudgement(behaviour('6.12.94'), config('SYSFB=y EFI=y HYPERV=y'), 'x86_64').disagrees).toBe(
      true,
    );
    expect(
      kconfigJudgement(behaviour('7.3.4'), config('EFI=y HYPERV=y HYPERV_VMBUS=y'), 'x86_64').disagrees,
    ).toBe(true);
  });
});
