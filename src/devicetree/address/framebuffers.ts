/**
 * The addresses of simple framebuffers. Linux prefers `memory-region` (the first `reg` of the node it names) to the node's
 * own `reg` (drivers/gpu/drm/sysfb/simpledrm.c, simplefb_get_memory_of). A node with neither is still a framebuffer, whose
 * address the boot loader was to fill in.
 */
import { formatMemRange } from '../../bytes/address.ts';
import { type DeviceTree, type DtNode, pathOf, propertyOf, walk } from '../tree.ts';
import { isAvailable } from './bus.ts';
import { firstCell, phandlesOf } from './cells.ts';
import type { AddressEntry } from './entries.ts';
import type { MemoryEntry } from './memory-entry.ts';
import { simpleFramebuffers } from './roles.ts';

export interface Framebuffers {
  /** Framebuffers that are not described by an entry of their own `reg`. */
  readonly entries: readonly MemoryEntry[];
  /** Nodes whose `reg` is not used, and why. */
  readonly ignored: ReadonlyMap<DtNode, string>;
}

/**
 * The simple framebuffers of a tree.
 * @param entries of the same tree, from `addressEntries`
 */
export function framebufferEntries(tree: DeviceTree, entries: readonly AddressEntry[]): Framebuffers {
  const nodes = simpleFramebuffers(tree);
  const found: MemoryEntry[] = [];
  const ignored = new Map<DtNode, string>();
  if (nodes.size === 0) return { entries: found, ignored };
  const firstReg = new Map<DtNode, AddressEntry>();
  for (const entry of entries) if (entry.item === 'reg' && entry.index === 0) firstReg.set(entry.node, entry);
  const phandles = phandlesOf(tree.nodes ?? walk(tree.root));
  for (const node of nodes) {
    const region = propertyOf(node, 'memory-region');
    const target = region && phandles.get(firstCell(region) ?? 0);
    const own = firstReg.get(node);
    const place = target ? firstReg.get(target) : own;
    if (target && own)
      ignored.set(node, `Linux uses its memory-region, ${pathOf(target)}, instead of its reg`);
    const isPlaced = place !== undefined && place.cpu !== null && place.size !== null && place.size > 0n;
    // Described by the entry of its own reg already.
    if (isPlaced && !target) continue;
    found.push({
      node,
      item: target ? 'memory-region' : own ? 'reg' : 'compatible',
      index: 0,
      role: 'framebuffer',
      base: isPlaced ? place.cpu : null,
      size: isPlaced ? place.size : null,
      why: isPlaced ? undefined : whyNowhere(node, target, place),
      available: isAvailable(node),
      text:
        isPlaced && target
          ? `memory-region of ${pathOf(node)} is ${pathOf(target)}, whose reg[0] is ${formatMemRange(place.cpu!, place.size!)}`
          : `${pathOf(node)} is a simple-framebuffer`,
      span: region?.valueSpan ?? node.span,
    });
  }
  return { entries: found, ignored };
}

function whyNowhere(node: DtNode, target: DtNode | undefined, place: AddressEntry | undefined): string {
  const path = pathOf(target ?? node);
  if (place?.cpu === null) return `reg[0] of ${path} is no CPU address: ${place.why}`;
  if (place) return `reg[0] of ${path} has no size`;
  if (!target)
    return propertyOf(node, 'memory-region')
      ? `the memory-region of ${path} names no node, and it has no reg`
      : `${path} has neither memory-region nor reg`;
  return propertyOf(target, 'size')
    ? `Linux places ${path} when it boots`
    : `${path}, which its memory-region names, has no reg`;
}
