/** The Kconfig part of the answer: the line that expresses it, and its effect on the given configuration. */
import type { MachineFacts } from '../../evidence/facts.ts';
import { judgeKconfigLine, type KconfigLine, type KconfigLineVerdict } from '../../linux/kconfig/line.ts';
import { sysfbProposal } from '../../linux/kconfig/sysfb.ts';
import { profileOf } from '../../linux/profile.ts';
import { parseRelease } from '../../linux/release.ts';
import type { Configuration } from '../facts/configuration.ts';
import type { Situation } from './situation/situation.ts';
import type { KconfigFinding } from './verdict.ts';

/** What the user gives besides the kernel. */
export interface SysfbOptions {
  /** A line proposed for Kconfig, to be evaluated with the given configurations. */
  readonly kconfigLine?: KconfigLine;
}

/** Configuration symbols that affect the answer and are shown with it. */
const SHOWN_SYMBOLS = [
  'SYSFB',
  'HYPERV',
  'HYPERV_VMBUS',
  'HYPERV_VTL_MODE',
  'EFI',
  'ACPI',
  'OF',
  'PCI_HYPERV',
  'FB_EFI',
  'DRM_HYPERV',
];

/** The symbols whose values are known. */
export function shownConfiguration(configuration: Configuration): Record<string, string> {
  return Object.fromEntries(
    SHOWN_SYMBOLS.flatMap((symbol) => {
      const value = configuration.value(symbol);
      return value === undefined ? [] : [[symbol, value]];
    }),
  );
}

/** The Kconfig line that expresses the answer for every machine alike. */
export function kconfigFinding(
  { kernel, configuration, architecture }: Situation,
  facts: MachineFacts,
  line: KconfigLine | undefined,
): KconfigFinding {
  const release = kernel.release === null ? undefined : parseRelease(kernel.release);
  const { behaviour } = profileOf(release);
  const { line: proposal, parts, under, inForce } = sysfbProposal(behaviour);
  const name = kernel.release === null ? 'the newest release' : kernel.name;
  const set = configuration.value('SYSFB');
  if (line !== undefined)
    return {
      proposal: line.text,
      asked: true,
      explanation: facts.configs.map((config) =>
        verdictText(judgeKconfigLine(line, config, behaviour, architecture ?? 'x86_64')),
      ),
    };
  return {
    proposal,
    asked: false,
    explanation: [
      ...parts.map(({ text, why }) => `${text}: ${why}`),
      inForce
        ? `${name} has the line, below ${under}`
        : `${name} does not have the line; it belongs below ${under}`,
      ...(set === undefined ? [] : [`in the given configuration CONFIG_SYSFB is ${set}`]),
    ],
  };
}

/** The effect of a proposed line on one configuration. */
function verdictText({ config, sysfb, by, atRisk, missed, open }: KconfigLineVerdict): string {
  const gets =
    sysfb === undefined
      ? 'it is not known whether it gets SYSFB'
      : sysfb === 'y'
        ? `gets SYSFB${by.length === 0 ? '' : ` by ${by.join(' and ')}`}`
        : 'does not get SYSFB';
  const risk =
    missed === true
      ? '; it is at risk and the line does not cover it'
      : atRisk === true
        ? '; it is at risk'
        : atRisk === false
          ? '; it is not at risk'
          : '; whether it is at risk is not known';
  const depends = open.length === 0 ? '' : ` (depends on ${open.join(', ')})`;
  return `${config.artifact.source.name}: ${gets}${risk}${depends}`;
}
