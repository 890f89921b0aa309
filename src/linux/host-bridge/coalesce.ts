/** pci_register_host_bridge() of drivers/pci/probe.c: neighbours of the list that continue each other become one window. */
import { type BridgeWindow, type Change, printWindow, type Step } from './window.ts';

/**
 * Neighbours with equal flags and offset of which one starts where the other ends. The list is not sorted, so windows
 * that continue each other and don't stand together stay. The window takes the place of the later one.
 */
export function coalesce(windows: readonly BridgeWindow[]): Step {
  const kept: BridgeWindow[] = [];
  const changes: Change[] = [];
  // What a joined window comes from grows with it: a list for each step would be the square of them.
  let from: number[] | undefined;
  for (const window of windows) {
    const before = kept.at(-1);
    if (before === undefined || !continues(before, window)) {
      kept.push(window);
      from = undefined;
      continue;
    }
    from ??= [...before.from];
    from.push(...window.from);
    const joined = { ...window, start: before.start, from };
    kept[kept.length - 1] = joined;
    changes.push({
      did: 'coalesced',
      window: before,
      into: joined,
      why: `${printWindow(window)} continues it`,
      source: 'pci_register_host_bridge()',
    });
  }
  return { windows: kept, changes };
}

/** May the two be one window? */
export function continues(before: BridgeWindow, after: BridgeWindow): boolean {
  return (
    before.space === after.space &&
    before.prefetchable === after.prefetchable &&
    before.window === after.window &&
    before.offset === after.offset &&
    before.end + 1n === after.start
  );
}
