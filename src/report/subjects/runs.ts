/** Runs of similar rows that are folded into one. */

import { formatSize, hex } from '../../bytes/address.ts';
import type { BridgeChange } from '../../verdict/host-bridge/result.ts';
import { type AddressWindow, boundsOf } from '../../window/window.ts';

/** Up to this many rows of a kind are listed; more are folded. */
export const FEW = 3;

/** How many windows from `from` on are contiguous, with the same size, role and certainty. */
export function similarRun(windows: readonly AddressWindow[], from: number): number {
  const first = windows[from]!;
  const start = boundsOf(first);
  if (start === undefined || first.inferences !== undefined) return 1;
  let to = from + 1;
  for (; to < windows.length; to += 1) {
    const next = windows[to]!;
    const bounds = boundsOf(next);
    if (
      bounds === undefined ||
      bounds.size !== start.size ||
      bounds.base !== start.base + start.size * BigInt(to - from) ||
      next.space !== first.space ||
      next.role !== first.role ||
      next.certainty !== first.certainty ||
      next.inferences !== undefined
    )
      break;
  }
  return to - from;
}

/** The line below the first window of a run, about the others. */
export function moreText(windows: readonly AddressWindow[], from: number, run: number): string {
  const first = windows[from]!;
  const last = boundsOf(windows[from + run - 1]!)!;
  const { size } = boundsOf(first)!;
  const upTo = `0x${(last.base + last.size - 1n).toString(16).padStart(8, '0')}`;
  const each = first.certainty === 'conditional' ? ', each with its condition' : '';
  return `... ${run - 1} more of ${first.space === 'memory' ? formatSize(size) : hex(size)} up to ${upTo}${each} (--all)`;
}

/**
 * How many changes from `from` on unite contiguous windows that may or may not exist, each with the next; 1 for any other
 * change.
 */
export function unitedRun(changes: readonly BridgeChange[], from: number): number {
  const first = changes[from]!;
  if (first.kernels === undefined) return 1;
  let to = from + 1;
  for (; to < changes.length; to += 1) {
    const next = changes[to]!;
    const before = boundsOf(changes[to - 1]!.window);
    if (
      next.kernels !== first.kernels ||
      next.source !== first.source ||
      before === undefined ||
      boundsOf(next.window)?.base !== before.base + before.size
    )
      break;
  }
  return to - from;
}
