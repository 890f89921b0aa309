/** What a line of Kconfig makes of configurations, in words; and what is shown of a configuration. */
import { expect, test } from 'vitest';
import type { MachineFacts } from '../../../src/evidence/facts.ts';
import { readEvidence } from '../../../src/evidence/read.ts';
import { parseKconfigLine } from '../../../src/linux/kconfig/line.ts';
import { Configuration } from '../../../src/verdict/facts/configuration.ts';
import { kconfigFinding, shownConfiguration } from '../../../src/verdict/sysfb/kconfig.ts';
import type { Situation } from '../../../src/verdict/sysfb/situation/situation.ts';
import { artifactOf } from '../../evidence/artifacts.ts';

const facts = (...configs: string[]): MachineFacts =>
  readEvidence(
    configs.map((text, i) =>
      artifactOf(
        'kconfig',
        `${text
          .split(' ')
          .map((pair) =>
            pair.endsWith('=n') ? `# CONFIG_${pair.slice(0, -2)} is not set` : `CONFIG_${pair}`,
          )
          .join('\n')}\n`,
        `c${i}`,
      ),
    ),
    { add: () => {} },
  );
const finding = (release: string | null, known: MachineFacts, line?: string) => {
  const kernel = {
    name: release === null ? 'Linux' : `Linux ${release}`,
    release,
    presumed: release === null,
  };
  const parsed = line === undefined ? undefined : parseKconfigLine(line);
  if (typeof parsed === 'string') throw new Error(parsed);
  return kconfigFinding(
    { kernel, configuration: new Configuration(known), architecture: 'x86_64' } as Situation,
    known,
    parsed,
  );
};
const LINE = 'select SYSFB if EFI && !HYPERV_VTL_MODE';
/** All that decides, on. */
const ALL =
  'X86_64=y ACPI=y EFI=y HYPERV=y HYPERV_VTL_MODE=n FB=n DRM=n FB_EFI=n FB_VESA=n FB_SIMPLE=n SYSFB_SIMPLEFB=n DRM_SIMPLEDRM=n';

test.each<[string, string, RegExp]>([
  ['at risk, and reached', ALL, /^c0: gets SYSFB by the line; it is at risk/],
  [
    'not at risk',
    ALL.replace('EFI=y', 'EFI=n'),
    /^c0: (?:does not get SYSFB|it is not known whether it gets SYSFB); it is not at risk/,
  ],
  [
    'for VTL2',
    ALL.replace('VTL_MODE=n', 'VTL_MODE=y'),
    /^c0: (?:does not get SYSFB|it is not known whether it gets SYSFB); it is not at risk/,
  ],
  [
    'not known',
    'HYPERV=y',
    /^c0: it is not known whether it gets SYSFB; whether it is at risk is not known \(depends on .*EFI/,
  ],
])('%s', (_, config, expected) => {
  const { explanation, asked, proposal } = finding('6.12.60', facts(config), LINE);
  expect([asked, proposal, explanation.length]).toEqual([true, LINE, 1]);
  expect(explanation[0]).toMatch(expected);
});

test('what a line that is too narrow does not reach', () => {
  const [told] = finding('6.12.60', facts(ALL), 'select SYSFB if ARM64').explanation;
  expect(told).toMatch(
    /^c0: (?:does not get SYSFB; it is at risk and the line does not reach it|it is not known)/,
  );
});

test('of each configuration', () => {
  expect(
    finding('6.12.60', facts(ALL, 'HYPERV=y'), LINE).explanation.map((text) => text.slice(0, 3)),
  ).toEqual(['c0:', 'c1:']);
});

test('without a line: the one that expresses the answer, what for, and whether the release has it', () => {
  const old = finding('6.12.60', facts());
  expect([old.asked, old.proposal, old.explanation.length]).toEqual([false, LINE, 4]);
  expect(old.explanation.at(-1)).toBe('Linux 6.12.60 does not have the line; it belongs below HYPERV');
  expect(finding('7.3.4', facts()).explanation.at(-1)).toBe('Linux 7.3.4 has the line, below HYPERV_VMBUS');
  expect(finding(null, facts()).explanation.at(-1)).toBe(
    'the newest release has the line, below HYPERV_VMBUS',
  );
  expect(finding('6.12.60', facts('SYSFB=y')).explanation.at(-1)).toBe(
    'in the given configuration CONFIG_SYSFB is y',
  );
  expect(finding('6.12.60', facts('SYSFB=n')).explanation.at(-1)).toBe(
    'in the given configuration CONFIG_SYSFB is n',
  );
});

test('of a configuration the symbols that count, as far as they are known', () => {
  expect(shownConfiguration(new Configuration(facts('SYSFB=y EFI=n NET=y PCI_HYPERV=m')))).toEqual({
    ...{ SYSFB: 'y', EFI: 'n', PCI_HYPERV: 'm' },
  });
  expect(shownConfiguration(new Configuration(facts()))).toEqual({});
});
