/** What the entries of a tree are there for. */

import { baseNameOf, type DtNode, propertyOf } from '../tree.ts';
import { isCompatible, isCString } from './bus.ts';
import type { AddressEntry } from './entries.ts';

export type EntryRole = 'window' | 'register' | 'ram' | 'reserved' | 'framebuffer';

/**
 * The role of an entry: what a bus passes on is a `window`, a `reg` is a `register` block unless its node is known to
 * be something else. Undefined for `dma-ranges`: that is memory as devices see it, no window of the CPU's.
 */
export function roleOf({ node, item }: AddressEntry): EntryRole | undefined {
  if (item === 'dma-ranges') return undefined;
  if (item === 'ranges') return 'window';
  if (isMemoryNode(node)) return 'ram';
  if (isReservedMemory(node)) return 'reserved';
  return isSimpleFramebuffer(node) ? 'framebuffer' : 'register';
}

/**
 * A node with `device_type = "memory"`, or a child of the root that is named so. Linux takes RAM only from a node that
 * is both (early_init_dt_scan_memory); memory.ts says so of the others.
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
 * A `simple-framebuffer` node anywhere, also below `/chosen`: there its `reg` is an address of the CPU only when
 * `/chosen` has `ranges`, as the binding asks for.
 */
export function isSimpleFramebuffer(node: DtNode): boolean {
  return isCompatible(node, 'simple-framebuffer');
}
