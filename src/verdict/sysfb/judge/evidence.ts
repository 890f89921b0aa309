/** What a rule about an ACPI boot rests on, each where it is written. */

import { formatRange } from '../../../window/range-text.ts';
import type { AddressWindow } from '../../../window/window.ts';
import { evidenceItem } from '../../facts/strength.ts';
import type { EvidenceItem } from '../../question.ts';
import { AUTHORITY } from '../authorities.ts';
import type { Situation } from '../situation/situation.ts';

/** The windows that the driver collects, each where it is described. */
export function poolItems(pool: readonly AddressWindow[]): EvidenceItem[] {
  return pool.map((window, at) => ({
    text: `VMBus gets ${listText([window])}`,
    ...(window.origin.span === undefined ? {} : { origin: window.origin }),
    ...(at === 0 ? { authority: AUTHORITY.walk } : {}),
  }));
}

/** The facts about release and boot that decided what the driver does: where each is written. */
export function kernelItems({ constraints }: Situation): EvidenceItem[] {
  return constraints.flatMap(({ kind, id, text, origin }) =>
    kind === 'fact' && origin !== undefined && (id === 'release' || id === 'boot') ? [{ text, origin }] : [],
  );
}

/** What a configuration among the inputs says of the symbol. */
export function sysfbItems({ configuration }: Situation, value: 'y' | 'n'): EvidenceItem[] {
  const fact = configuration.fact('SYSFB', value);
  return fact === undefined ? [] : [evidenceItem(fact)];
}

export function listText(pool: readonly AddressWindow[]): string {
  return pool.map((window) => formatRange(window)).join(' and ');
}
