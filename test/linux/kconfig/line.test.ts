import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { parseKernelConfig } from '../../../src/evidence/kernel-config.ts';
import type { KernelConfig } from '../../../src/evidence/values.ts';
import { withLimits } from '../../../src/limits/limits.ts';
import {
  evaluateKconfigLine,
  judgeKconfigLine,
  type KconfigLine,
  kconfigChange,
  parseKconfigLine,
} from '../../../src/linux/kconfig/line.ts';
import { sysfbKnown } from '../../../src/linux/kconfig/sysfb.ts';
import { profileOf } from '../../../src/linux/profile.ts';
import { parseRelease } from '../../../src/linux/release.ts';
import { artifactOf } from '../../evidence/artifacts.ts';
import { CORPUS, describeCorpus } from '../corpus.ts';

const MERGED = 'select SYSFB if EFI && !HYPERV_VTL_MODE';
const behaviour = (release: string) => profileOf(parseRelease(release)!).behaviour;
const line = (text: string, under?: string): KconfigLine => {
  const parsed = parseKconfigLine(text, under);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
};

/** A configuration; complete with a header, else a fragment. */
function config(values: string, release?: string): KernelConfig {
  const header =
    release === undefined
      ? ''
      : `#\n# Automatically generated file; DO NOT EDIT.\n# Linux/x86 ${release} Kernel Configuration\n#\n`;
  const text = values
    .split(' ')
    .filter((value) => value !== '')
    .map((value) => (value.endsWith('=n') ? `# CONFIG_${value.slice(0, -2)} is not set` : `CONFIG_${value}`))
    .join('\n');
  return parseKernelConfig(artifactOf('kconfig', `${header}CONFIG_X86_64=y\n${text}\n`), { add: () => {} })!;
}

describe('a line', () => {
  test('is read: keyword, symbol, condition', () => {
    expect(line(MERGED)).toMatchObject({ keyword: 'select', target: 'SYSFB', text: MERGED });
    expect(line(MERGED).condition?.symbols).toEqual(['EFI', 'HYPERV_VTL_MODE']);
    expect(line('  select SYSFB')).toMatchObject({
      keyword: 'select',
      target: 'SYSFB',
      condition: undefined,
    });
    expect(line('depends on X86 || EFI')).toMatchObject({ keyword: 'depends on' });
    expect(line('default y if EFI')).toMatchObject({ keyword: 'default', target: 'y' });
    for (const wrong of [
      '',
      'select',
      'choose SYSFB',
      'select SYSFB if',
      'select SYSFB if EFI &&',
      'config SYSFB',
    ])
      expect(parseKconfigLine(wrong), wrong).toBeTypeOf('string');
  });

  test('comes to the lesser of the entry and its condition', () => {
    const outcome = (text: string, values: string, release?: string): string =>
      evaluateKconfigLine(line(text), config(values, release), 'HYPERV').values.join('');
    expect(outcome(MERGED, 'HYPERV=m EFI=y', '6.16.0')).toBe('m');
    expect(outcome(MERGED, 'HYPERV=y EFI=y', '6.16.0')).toBe('y');
    expect(outcome(MERGED, 'HYPERV=y EFI=y HYPERV_VTL_MODE=y', '6.16.0')).toBe('n');
    expect(outcome(MERGED, 'HYPERV=y', '6.16.0')).toBe('n');
    expect(outcome(MERGED, 'HYPERV=y EFI=y')).toBe('nmy');
    expect(outcome('select SYSFB', 'HYPERV=y')).toBe('y');
  });
});

describe('what a configuration says of SYSFB', () => {
  test.each([
    ['6.12.30', 'HYPERV=y EFI=y FB=y FB_EFI=y SYSFB=y', true, 'y', 'line'],
    ['6.12.30', 'HYPERV=y EFI=y', true, 'n', 'no line'],
    ['6.12.30', 'HYPERV=y EFI=y', false, undefined, 'rules'],
    ['6.12.30', 'FB_EFI=y', false, 'y', 'rules'],
    ['6.12.30', 'FB_EFI=n FB_VESA=n SYSFB_SIMPLEFB=n', false, 'n', 'rules'],
    ['6.16.2', 'HYPERV=y EFI=y HYPERV_VTL_MODE=n', false, 'y', 'rules'],
    ['6.16.2', 'HYPERV=y EFI=y', false, undefined, 'rules'],
    ['5.15.150', 'HYPERV=y', false, 'y', 'rules'],
    ['5.10.218', 'FB_EFI=y', false, 'absent', 'rules'],
  ] as const)('%s, %s', (release, values, complete, value, by) => {
    const known = sysfbKnown(behaviour(release), config(values, complete ? release : undefined), 'x86_64');
    expect([known.value, known.by]).toEqual([value, by]);
    if (value !== undefined && by !== 'rules') return;
    expect(known.openSelectors.length > 0 || value !== undefined).toBe(true);
  });
});

test.each([
  ['EFI=y', 'arm64', 'y', []],
  ['EFI=n', 'arm64', 'n', []],
  ['ACPI=y', 'arm64', undefined, ['EFI']],
  ['ACPI=y', 'x86_64', 'y', []],
] as const)('up to 5.18 it is on by default, on arm64 where EFI is: %s, %s', (values, arch, value, open) => {
  const known = sysfbKnown(behaviour('5.15.100'), config(values), arch);
  expect([known.value, known.openSelectors]).toEqual([value, open]);
});

test.each([
  ['SYSFB=y', 'y', 'line'],
  ['SYSFB=n', 'n', 'line'],
  ['EFI=y', undefined, 'rules'],
] as const)('a fragment with %s alone', (values, value, by) => {
  const known = sysfbKnown(behaviour('6.12.30'), config(values), 'x86_64');
  expect([known.value, known.by]).toEqual([value, by]);
});

test('a complete configuration without a line has it off', () => {
  const known = sysfbKnown(behaviour('6.12.30'), config('EFI=y', '6.12.30'), 'x86_64');
  expect([known.value, known.by]).toEqual(['n', 'no line']);
});

describe('a proposed line compared with configurations', () => {
  const judged = (text: string, values: string, release: string, complete = true) =>
    judgeKconfigLine(
      line(text),
      config(values, complete ? release : undefined),
      behaviour(release),
      'x86_64',
    );

  test.each([
    // An ordinary guest without a framebuffer driver: the line is for it.
    [MERGED, 'ACPI=y EFI=y HYPERV=y', '6.12.30', { sysfb: 'y', atRisk: true, missed: false }],
    // The same without the line.
    [
      'select SYSFB if HYPERV_VTL_MODE',
      'ACPI=y EFI=y HYPERV=y',
      '6.12.30',
      { sysfb: 'n', atRisk: true, missed: true },
    ],
    // A VTL2 kernel reserves nothing in any case.
    [
      MERGED,
      'ACPI=y EFI=y HYPERV=y HYPERV_VTL_MODE=y',
      '6.12.30',
      { sysfb: 'n', atRisk: false, missed: false },
    ],
    // A framebuffer driver selects it already.
    [
      MERGED,
      'ACPI=y EFI=y HYPERV=y FB=y FB_EFI=y SYSFB=y',
      '6.12.30',
      { sysfb: 'y', atRisk: true, missed: false },
    ],
    // Up to 6.6 screen_info is read without the symbol.
    [
      'select SYSFB if HYPERV_VTL_MODE',
      'ACPI=y EFI=y HYPERV=y',
      '6.6.10',
      { sysfb: 'n', atRisk: false, missed: false },
    ],
    // The core alone has no VMBus driver.
    [MERGED, 'ACPI=y EFI=y HYPERV=y HYPERV_VMBUS=n', '7.3.4', { sysfb: 'n', atRisk: false, missed: false }],
    [MERGED, 'ACPI=y EFI=y HYPERV=y HYPERV_VMBUS=m', '7.3.4', { sysfb: 'y', atRisk: true, missed: false }],
  ])('%s: %s, %s', (text, values, release, expected) => {
    expect(judged(text, values, release)).toMatchObject(expected);
  });

  test('a fragment leaves open what it does not name', () => {
    const verdict = judged(MERGED, 'ACPI=y HYPERV=y', '6.12.30', false);
    expect(verdict).toMatchObject({ sysfb: undefined, atRisk: undefined, missed: undefined });
    expect(verdict.open).toEqual(expect.arrayContaining(['EFI', 'HYPERV_VTL_MODE', 'FB_EFI']));
    // At risk for certain; a framebuffer driver may still select it.
    const without = 'select SYSFB if HYPERV_VTL_MODE';
    const atRisk = judged(without, 'ACPI=y HYPERV=y EFI=y HYPERV_VTL_MODE=n', '6.12.30', false);
    expect(atRisk).toMatchObject({ sysfb: undefined, atRisk: true, missed: undefined });
  });
});

describeCorpus("the merged line on what the kernel's own program made", () => {
  interface Run {
    readonly id: string;
    readonly kernel: string;
    readonly arch: 'x86_64' | 'arm64';
    readonly result: Record<string, string | null>;
  }
  const runs = readFileSync(`${CORPUS}vmbus/kconfig-truth.jsonl`, 'utf8')
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text) as Run)
    .filter(({ kernel }) => behaviour(kernel).selectNeedsEfi);

  test('gives SYSFB where the kernel did', () => {
    expect(runs.length).toBeGreaterThan(10);
    for (const { id, kernel, arch, result } of runs) {
      const values = Object.entries(result).flatMap(([name, value]) =>
        value === null ? [] : [`${name}=${value}`],
      );
      const verdict = judgeKconfigLine(
        line(MERGED),
        config(values.join(' '), kernel),
        behaviour(kernel),
        arch,
      );
      expect([id, verdict.sysfb]).toEqual([id, result.SYSFB === 'y' ? 'y' : 'n']);
    }
  });
});

describe('a patch of Kconfig', () => {
  const PATCH = `--- a/drivers/hv/Kconfig
+++ b/drivers/hv/Kconfig
@@ -9,7 +9,7 @@ config HYPERV
 \tselect PARAVIRT
 \tselect X86_HV_CALLBACK_VECTOR if X86
 \tselect OF_EARLY_FLATTREE if OF
-\tselect SYSFB if !HYPERV_VTL_MODE
+\tselect SYSFB if EFI && !HYPERV_VTL_MODE
 \thelp
--- a/drivers/hv/vmbus_drv.c
+++ b/drivers/hv/vmbus_drv.c
@@ -1,3 +1,3 @@
+	select SYSFB
`;

  test('the line before and after, with its entry', () => {
    const others = [
      PATCH.replace(/^/gm, '> > '),
      PATCH.replaceAll('\n', '\r\n'),
      // The hunk's first line as some mailers leave it: nothing behind the marks, the entry among the lines.
      PATCH.replace('@@ config HYPERV', '@@\n config HYPERV'),
      PATCH.replace('@@ -9,7 +9,7 @@', '@@ -9 +9 @@'),
    ];
    for (const text of [PATCH, ...others]) {
      const { added, removed } = kconfigChange(text, 'SYSFB');
      expect(added.map(({ text: said, under }) => [said, under])).toEqual([[MERGED, 'HYPERV']]);
      expect(removed.map(({ text: said }) => said)).toEqual(['select SYSFB if !HYPERV_VTL_MODE']);
    }
  });

  test('is read as other patches are: a merge, a signature, a symbol that ends, no names', () => {
    const added = (text: string): unknown =>
      kconfigChange(text, 'SYSFB').added.map(({ under, text: said }) => [under, said]);
    // A merge has a column of marks for each parent (git-diff, "Combined diff format").
    const merge = `diff --cc drivers/hv/Kconfig
--- a/drivers/hv/Kconfig
+++ b/drivers/hv/Kconfig
@@@ -9,2 -9,2 +9,3 @@@ config HYPERV
  \tselect PARAVIRT
 -\tselect SYSFB
++\t${MERGED}
`;
    expect(added(merge)).toEqual([['HYPERV', MERGED]]);
    // After the last line of a hunk, a signature; `+` below it is none of the patch.
    expect(added(`${PATCH.split('--- a/drivers/hv/vmbus')[0]}-- \n2.43.0\n\n+\tselect SYSFB\n`)).toEqual([
      ['HYPERV', MERGED],
    ]);
    expect(added(PATCH.replace('\thelp', 'endmenu\n+\tselect SYSFB'))).toEqual([
      ['HYPERV', MERGED],
      [undefined, 'select SYSFB'],
    ]);
    // Quoted without the names of its files.
    expect(added(PATCH.slice(PATCH.indexOf('@@'), PATCH.indexOf('--- a/drivers/hv/vmbus')))).toEqual([
      ['HYPERV', MERGED],
    ]);
  });

  test('more hunks than are read are told', () => {
    const told = vi.fn();
    withLimits({ 'patch-hunks': 0 }, () => kconfigChange(PATCH, 'SYSFB', told));
    expect(told).toHaveBeenCalledOnce();
  });

  test('a line moved to another entry', () => {
    const moved = `+++ b/drivers/hv/Kconfig
@@ -9,13 +9,13 @@ config HYPERV
 	select PARAVIRT
-	select SYSFB if EFI && !HYPERV_VTL_MODE
 	help
@@ -60,6 +60,7 @@
 config HYPERV_VMBUS
 	tristate "Microsoft Hyper-V VMBus driver"
+	select SYSFB if EFI && \\
+		!HYPERV_VTL_MODE
`;
    const { added, removed } = kconfigChange(moved, 'SYSFB');
    expect(added.map(({ under, condition }) => [under, condition?.symbols])).toEqual([
      ['HYPERV_VMBUS', ['EFI', 'HYPERV_VTL_MODE']],
    ]);
    expect(removed.map(({ under }) => under)).toEqual(['HYPERV']);
  });

  test('a Kconfig file by itself', () => {
    const file = 'config HYPERV_VMBUS\n\ttristate "x"\n\tselect SYSFB if EFI\n\tselect OTHER\n';
    expect(kconfigChange(file, 'SYSFB').added).toMatchObject([{ under: 'HYPERV_VMBUS', target: 'SYSFB' }]);
  });
});
