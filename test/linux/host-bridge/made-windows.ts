/** Windows for tests; ends inclusive, as the kernel prints them. */
import type { BridgeWindow } from '../../../src/linux/host-bridge/window.ts';
import { printWindow } from '../../../src/linux/host-bridge/window.ts';

export function mem(start: bigint, end: bigint, index = 0, more: Partial<BridgeWindow> = {}): BridgeWindow {
  return {
    space: 'memory',
    start,
    end,
    offset: 0n,
    prefetchable: false,
    window: true,
    from: [index],
    ...more,
  };
}

export function io(start: bigint, end: bigint, index = 0, more: Partial<BridgeWindow> = {}): BridgeWindow {
  return { ...mem(start, end, index), space: 'io', ...more };
}

export const printed = (windows: readonly BridgeWindow[]): string[] => windows.map(printWindow);
