/** pci_register_host_bridge() of drivers/pci/probe.c: merges contiguous windows. */
import { type BridgeWindow, type Change, printWindow, type Step } from './window.ts';

/**
 * Merges neighbours in the list that are contiguous and have the same flags and offset. The list is not sorted, so other
 * contiguous windows are not merged. The result replaces the later one.
 */
export function coalesce(windows: readonly BridgeWindow[]): Step {
  const kept: BridgeWindow[] = [];
  const changes: Change[] = [];
  // One list for a merged window, which avoids quadratic copying.
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
      why: `${printWindow(window)} follows it without a gap`,
      source: 'pci_register_host_bridge()',
    });
  }
  return { windows: kept, changes };
}

/** Whether two windows are merged. */
export function continues(before: BridgeWindow, after: BridgeWindow): boolean {
  return (
    before.space === after.space &&
    before.prefetchable === after.prefetchable &&
    before.window === after.window &&
    before.offset === after.offset &&
    before.end + 1n === after.start
  );
}
