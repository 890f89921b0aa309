/** The role of each entry of a tree. */

import { baseNameOf, type DeviceTree, type DtNode, type Placement, propertyOf, walk } from '../tree.ts';
import { isCompatible, isCString } from './bus.ts';

export type EntryRole = 'window' | 'register' | 'ram' | 'reserved' | 'framebuffer';

/**
 * The role of an entry: `ranges` make a `window`, `reg` a `register` block unless its node is known to be something else.
 * Undefined for `dma-ranges`, which describes memory as devices see it and no window of the CPU.
 * @param framebuffers of the tree, from {@link simpleFramebuffers}
 */
export function roleOf(
  node: DtNode,
  item: keyof Placement,
  framebuffers: ReadonlySet<DtNode>,
): EntryRole | undefined {
  if (item === 'dma-ranges') return undefined;
  if (item === 'ranges') return 'window';
  if (isMemoryNode(node)) return 'ram';
  if (isReservedMemory(node)) return 'reserved';
  return framebuffers.has(node) ? 'framebuffer' : 'register';
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

const FRAMEBUFFER = 'simple-framebuffer';

export function isSimpleFramebuffer(node: DtNode): boolean {
  return isCompatible(node, FRAMEBUFFER);
}

/**
 * The `simple-framebuffer` nodes anywhere, in tree order, also below `/chosen`: there `reg` translates to a CPU address
 * only when `/chosen` has `ranges`, as the binding requires.
 */
export function simpleFramebuffers(tree: DeviceTree): ReadonlySet<DtNode> {
  let found = known.get(tree);
  if (found === undefined) {
    found = new Set(tree.nodesCompatible?.(FRAMEBUFFER) ?? [...walk(tree.root)].filter(isSimpleFramebuffer));
    known.set(tree, found);
  }
  return found;
}

/** Asked for when entries are decoded, and again when memory is read. */
const known = new WeakMap<DeviceTree, ReadonlySet<DtNode>>();
