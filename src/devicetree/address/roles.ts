/** The role of each entry of a tree. */

import { baseNameOf, type DtNode, propertyOf } from '../tree.ts';
import { isCompatible, isCString } from './bus.ts';
import type { AddressEntry } from './entries.ts';

export type EntryRole = 'window' | 'register' | 'ram' | 'reserved' | 'framebuffer';

/**
 * The role of an entry: `ranges` make a `window`, `reg` a `register` block unless its node is known to be something else.
 * Undefined for `dma-ranges`, which describes memory as devices see it and no window of the CPU.
 */
export function roleOf({ node, item }: AddressEntry): EntryRole | undefined {
  if (item === 'dma-ranges') return undefined;
  if (item === 'ranges') return 'window';
  if (isMemoryNode(node)) return 'ram';
  if (isReservedMemory(node)) return 'reserved';
  return isSimpleFramebuffer(node) ? 'framebuffer' : 'register';
}

/**
 * A node with `device_type = "memory"`, or a child of the root named `memory`. Linux takes RAM only from a child of the root
 * with that device_type (early_init_dt_scan_memory); memory.ts reports the others.
 */
export function isMemoryNode(node: DtNode): boolean {
  if (!node.parent) return false;
  const type = propertyOf(node, 'device_type');
  return type ? isCString(type, 'memory') : !node.parent.parent && baseNameOf(node) === 'memory';
}

/** A child of `/reserved-memory`. */
function isReservedMemory({ parent }: DtNode): boolean {
  return parent?.parent !== undefined && !parent.parent.parent && baseNameOf(parent) === 'reserved-memory';
}

/**
 * A `simple-framebuffer` node anywhere, also below `/chosen`: there its `reg` translates to a CPU address only when
 * `/chosen` has `ranges`, as the binding requires.
 */
export function isSimpleFramebuffer(node: DtNode): boolean {
  return isCompatible(node, 'simple-framebuffer');
}
