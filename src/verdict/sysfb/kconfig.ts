/** The Kconfig side of the answer: the line that expresses it, and what the given configuration makes of it. */
import { sysfbProposal } from '../../linux/kconfig.ts';
import { profileOf } from '../../linux/profile.ts';
import { parseRelease } from '../../linux/release.ts';
import type { KconfigFinding } from '../verdict.ts';
import type { Configuration } from './configuration.ts';
import type { Situation } from './situation.ts';

/** Configuration symbols that bear on the answer and are shown with it. */
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

/** Symbols with their values, as far as they are known; one of which nothing is known is left out. */
export function shownConfiguration(configuration: Configuration): Record<string, string> {
  return Object.fromEntries(
    SHOWN_SYMBOLS.flatMap((symbol) => {
      const value = configuration.value(symbol);
      return value === undefined ? [] : [[symbol, value]];
    }),
  );
}

/** The Kconfig line that expresses the answer for every machine alike. */
export function kconfigFinding({ kernel, configuration }: Situation): KconfigFinding {
  const release = kernel.release === null ? undefined : parseRelease(kernel.release);
  const { line, parts, under, inForce } = sysfbProposal(profileOf(release).behaviour);
  const name = kernel.release === null ? 'the newest release' : kernel.name;
  const set = configuration.value('SYSFB');
  return {
    proposal: line,
    explanation: [
      ...parts.map(({ text, why }) => `${text}: ${why}`),
      inForce
        ? `${name} has the line, below ${under}`
        : `${name} does not have the line; it belongs below ${under}`,
      ...(set === undefined ? [] : [`in the given configuration CONFIG_SYSFB is ${set}`]),
    ],
  };
}
