/** What would settle the open windows. */
import type { ToSettle } from '../question.ts';
import { toSettle } from '../settle.ts';
import type { JudgedBridge } from './result.ts';
import { ADDRESS_BITS, BIOS_YEAR } from './variables.ts';

const HOW: Readonly<Record<string, string>> = {
  [ADDRESS_BITS.id]: '--address-bits N: "address sizes" of /proc/cpuinfo',
  [BIOS_YEAR.id]: 'the line "DMI:" of a log, or its "E820 reservations" line',
};

export function settles(bridges: readonly JudgedBridge[]): ToSettle[] {
  const conditions = bridges.flatMap((bridge) => [
    bridge.when,
    ...bridge.windows.flatMap((window) => (window.certainty === 'conditional' ? [window.when] : [])),
    ...bridge.changed.map(({ when }) => when),
    ...bridge.keptFree.map(({ when }) => when),
  ]);
  const bounds = bridges.flatMap((bridge) =>
    bridge.windows.flatMap(({ base, size }) =>
      [base, size].flatMap((bound) => (bound === null || typeof bound === 'bigint' ? [] : [bound])),
    ),
  );
  return toSettle([...conditions, ...bounds], HOW);
}
