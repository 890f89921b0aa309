/** The evidence of rules about an ACPI boot, with places. */

import { formatRange } from '../../../window/range-text.ts';
import type { AddressWindow } from '../../../window/window.ts';
import { evidenceItem } from '../../facts/strength.ts';
import type { EvidenceItem } from '../../question.ts';
import { AUTHORITY } from '../authorities.ts';
import type { Situation } from '../situation/situation.ts';
import type { Place } from './outcome.ts';

/** The windows that the driver collects, each with its place in the description. */
export function poolItems(pool: readonly AddressWindow[]): EvidenceItem[] {
  return pool.map((window, at) => ({
    text: `VMBus gets ${listText([window])}`,
    ...(window.origin.span === undefined ? {} : { origin: window.origin }),
    ...(at === 0 ? { authority: AUTHORITY.walk } : {}),
  }));
}

/** The facts about release and boot that decided what the driver does, with places. */
export function kernelItems({ constraints }: Situation): EvidenceItem[] {
  return constraints.flatMap(({ kind, id, text, origin }) =>
    kind === 'fact' && origin !== undefined && (id === 'release' || id === 'boot') ? [{ text, origin }] : [],
  );
}

/** The line of CONFIG_SYSFB in a configuration among the inputs. */
export function sysfbItems({ configuration }: Situation, value: 'y' | 'n'): EvidenceItem[] {
  const fact = configuration.fact('SYSFB', value);
  return fact === undefined ? [] : [evidenceItem(fact)];
}

export function listText(pool: readonly AddressWindow[]): string {
  return pool.map(rangeText).join(' and ');
}

/** Texts of windows and places that many worlds have in common. */
const texts = new WeakMap<object, string>();

/** A window, or a place in memory, as it is printed. */
export function rangeText(range: AddressWindow | Place): string {
  let text = texts.get(range);
  if (text === undefined) {
    text = formatRange('space' in range ? range : { ...range, space: 'memory' });
    texts.set(range, text);
  }
  return text;
}
