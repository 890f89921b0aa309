/** What of the windows is left for BARs that Linux places, and whether given BARs fit. */
import { formatMemRange } from '../../bytes/address.ts';
import { keptOut, spanOf } from '../../linux/host-bridge/e820.ts';
import { allOf, type Condition } from '../../symbolic/index.ts';
import { type AddressWindow, boundsOf } from '../../window/window.ts';
import type { JudgedBridge, KeptFree } from './result.ts';
import type { BridgeSituation } from './situation.ts';

/** Parts of a bridge's memory windows that E820, or the BIOS ROM, keeps free of new BARs. */
export function keptFree(
  { windows }: JudgedBridge,
  { e820, architecture }: BridgeSituation,
  simplify: (condition: Condition) => Condition,
): KeptFree[] {
  if (!architecture.isX86) return [];
  return windows.flatMap((window) => partsOf(window, e820, simplify));
}

function partsOf(
  window: AddressWindow,
  e820: BridgeSituation['e820'],
  simplify: (condition: Condition) => Condition,
): KeptFree[] {
  const bounds = boundsOf(window);
  if (window.space !== 'memory' || bounds === undefined) return [];
  return keptOut(
    spanOf(bounds),
    e820.entries.map(({ entry }) => entry),
  ).flatMap(({ start, end, by }): KeptFree[] => {
    if (by === 'bios-rom') return [{ window, start, end, by: 'the BIOS ROM, always kept free', when: 1n }];
    const source = e820.entries.find(({ entry }) => entry === by)!;
    const when = simplify(allOf([e820.counts, source.when]));
    return when === 0n
      ? []
      : [
          {
            window,
            start,
            end,
            by: `E820: ${formatMemRange(by.base, by.size)} ${by.name}`,
            when,
            evidence: source.evidence,
          },
        ];
  });
}
