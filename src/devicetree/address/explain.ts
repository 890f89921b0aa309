/** How one node's addresses come to be CPU addresses, as data: for `fwmap explain TREE --node PATH`. */

import { limit } from '../../limits/limits.ts';
import { type DeviceTree, type DtNode, pathOf, propertyOf, walk } from '../tree.ts';
import { type Bus, cString, isAvailable } from './bus.ts';
import type { AddressEntry } from './entries.ts';
import type { TreeRules } from './profile.ts';
import { Translator } from './translate.ts';

/** A bus on the way from a node to the root. */
export interface BusLevel {
  readonly bus: Bus;
  readonly path: string;
  /** How its `ranges` translates: by so many entries, 1:1 (`empty`), or not at all (`missing`). The root needs none. */
  readonly ranges: 'root' | 'missing' | 'empty' | { readonly entries: number };
  /** A missing `ranges` is 1:1 here, as on a PowerMac (of_empty_ranges_quirk). */
  readonly passesWithoutRanges: boolean;
  readonly dmaRanges: 'missing' | 'empty' | { readonly entries: number };
  /** The bus node's own `status`, when it has one. */
  readonly status?: string;
}

export interface NodeExplanation {
  readonly node: DtNode;
  readonly path: string;
  readonly status?: string;
  readonly available: boolean;
  /** The buses that the node sits on, the nearest first, the root last. */
  readonly buses: readonly BusLevel[];
  /** The node's entries, each with its steps. */
  readonly entries: readonly AddressEntry[];
  readonly dma: DmaView;
}

/** The memory that a device can reach by DMA, and at which addresses. */
export interface DmaView {
  /** The bus whose `dma-ranges` applies; undefined when none does, and DMA addresses equal CPU addresses. */
  readonly bus: DtNode | undefined;
  /** Its `dma-ranges`: `base` is the DMA address, `cpu` the memory's CPU address. */
  readonly entries: readonly AddressEntry[];
}

/**
 * Finds the node of a path. Names may omit the unit address where that is unique among siblings; a path without a leading
 * `/` starts with a label or an alias.
 */
export function nodeAt(tree: DeviceTree, path: string): DtNode | undefined {
  const named = path.startsWith('/') ? tree.root : byLabelOrAlias(tree, path.split('/', 1)[0]!);
  let node = named;
  const names = path.startsWith('/') ? path.split('/') : path.split('/').slice(1);
  for (const name of names) {
    if (name === '') continue;
    const children = node?.children ?? [];
    const sameBase = children.filter((child) => child.name.split('@', 1)[0] === name);
    node = children.find((child) => child.name === name) ?? (sameBase.length === 1 ? sameBase[0] : undefined);
  }
  return node;
}

function byLabelOrAlias(tree: DeviceTree, name: string): DtNode | undefined {
  for (const node of walk(tree.root)) if (node.labels.includes(name)) return node;
  for (const table of ['aliases', '__symbols__']) {
    const holder = tree.root.children.find((child) => child.name === table);
    const target = holder && propertyOf(holder, name);
    const path = target && cString(target);
    if (path?.startsWith('/')) return nodeAt(tree, path);
  }
  return undefined;
}

/**
 * The chain of buses from a node to the root, and the node's entries with every step of their translation.
 * @param entries of the same tree, as {@link addressEntries} gives them
 * @returns undefined when the tree has no such node
 */
export function explainNode(
  tree: DeviceTree,
  entries: readonly AddressEntry[],
  path: string,
  rules?: TreeRules,
): NodeExplanation | undefined {
  const node = nodeAt(tree, path);
  if (!node) return undefined;
  const translator = new Translator(tree.root, undefined, rules);
  const buses: BusLevel[] = [];
  for (let bus = node.parent; bus; bus = bus.parent) buses.push(levelOf(bus, translator));
  const status = statusOf(node);
  return {
    node,
    path: pathOf(node),
    ...(status === undefined ? {} : { status }),
    available: isAvailable(node),
    buses,
    entries: entries.filter((entry) => entry.node === node),
    dma: dmaViewOf(node, entries, translator),
  };
}

/**
 * As Linux' of_dma_get_range(): the first `dma-ranges` that isn't empty, from the device's DMA parent upwards; past the
 * first bus, one without the property ends the search.
 */
function dmaViewOf(node: DtNode, entries: readonly AddressEntry[], translator: Translator): DmaView {
  let bus = translator.dmaParentOf(node);
  for (let level = 0; bus && level < limit('tree-depth'); level += 1) {
    const ranges = propertyOf(bus, 'dma-ranges');
    if (ranges && ranges.value.length > 0) {
      const found = bus;
      return {
        bus,
        entries: entries.filter((entry) => entry.node === found && entry.item === 'dma-ranges'),
      };
    }
    if (!ranges && level > 0) break;
    bus = translator.dmaParentOf(bus);
  }
  return { bus: undefined, entries: [] };
}

function levelOf(node: DtNode, translator: Translator): BusLevel {
  const bus = translator.busOf(node);
  const outer = node.parent ? translator.busOf(node.parent) : bus;
  const entryBytes = 4 * (bus.addressCells.cells + outer.addressCells.cells + bus.sizeCells.cells);
  const translation = (item: string): 'missing' | 'empty' | { entries: number } => {
    const property = propertyOf(node, item);
    if (!property) return 'missing';
    if (property.value.length === 0) return 'empty';
    return { entries: entryBytes > 0 ? Math.floor(property.value.length / entryBytes) : 0 };
  };
  const status = statusOf(node);
  return {
    bus,
    path: pathOf(node),
    ranges: node.parent ? translation('ranges') : 'root',
    passesWithoutRanges: translator.passesWithoutRanges(node),
    dmaRanges: translation('dma-ranges'),
    ...(status === undefined ? {} : { status }),
  };
}

function statusOf(node: DtNode): string | undefined {
  const status = propertyOf(node, 'status');
  return status && cString(status);
}
