/**
 * Windows from a device tree: `ranges` entries, `reg` (registers), memory nodes, reservations and simple framebuffers. A
 * `ranges` entry that does not translate to a CPU address is a window at an unknown address; such a `reg` is an address on
 * a bus and not a window.
 */
import type { Artifact } from '../artifact/artifact.ts';
import { formatMemRange, hex } from '../bytes/address.ts';
import { type DiagnosticSink, IGNORED } from '../bytes/diagnostic.ts';
import { type AddressEntry, addressEntries, decodeEntries } from '../devicetree/address/entries.ts';
import { reportKernelDifferences } from '../devicetree/address/kernel-differences.ts';
import { type LinuxMemory, linuxMemory } from '../devicetree/address/memory.ts';
import type { MemoryEntry } from '../devicetree/address/memory-entry.ts';
import type { AddressingProfile, AddressingVariant, TreeRules } from '../devicetree/address/profile.ts';
import {
  type EntryCells,
  type FragmentReading,
  fragmentReadings,
  type Reading,
} from '../devicetree/address/readings.ts';
import { type ReadOptions, readDeviceTree } from '../devicetree/read.ts';
import { type DeviceTree, type DtNode, pathOf } from '../devicetree/tree.ts';
import { finding } from '../findings/finding.ts';
import { type AddressWindow, boundsOf, type InTheMaking, type Origin, type WindowFlags } from './window.ts';

export interface TreeOptions {
  /** The loader of included files (without one none is opened), include paths, and overlays to apply. */
  readonly parse?: ReadOptions;
  /** Cell counts for a fragment, from `--cells`. */
  readonly cells?: EntryCells;
  /** What the kernel decides about a tree beyond the specification. */
  readonly rules?: TreeRules;
  /** How the kernel in question translates addresses, and variants of other kernels whose differences are reported. */
  readonly addressing?: {
    readonly profile?: AddressingProfile | undefined;
    readonly variants?: readonly AddressingVariant[];
  };
}

export interface TreeDescription {
  readonly artifact: Artifact;
  readonly tree: DeviceTree;
  /** The rules it was read with. */
  readonly rules: TreeRules | undefined;
  readonly entries: readonly AddressEntry[];
  /** RAM, reservations and framebuffers that Linux reads from other properties than `reg`. */
  readonly memory: LinuxMemory;
  readonly windows: readonly AddressWindow[];
  /** The windows before the patches that the input comes from. */
  readonly before?: readonly AddressWindow[];
  /** The possible readings of each property of a fragment without cell counts. */
  readonly readings: readonly FragmentReading[];
  /** The windows when the cells of a fragment are read in one way. Nothing is reported. */
  readonly windowsAs: (reading: Reading) => AddressWindow[];
}

/** Reads a tree and gives its windows; undefined when it can't be read. */
export function describeTree(
  artifact: Artifact,
  options: TreeOptions,
  sink: DiagnosticSink,
): TreeDescription | undefined {
  const tree = readDeviceTree(artifact, sink, options.parse);
  if (tree === undefined) return undefined;
  const { profile, variants = [] } = options.addressing ?? {};
  const { rules } = options;
  const decoding = { cells: options.cells, addressing: profile, rules };
  const decoded = decodeEntries(tree, sink, decoding);
  const { entries } = decoded;
  if (variants.length > 0) reportKernelDifferences(tree, decoded, decoding, variants, sink);
  const readings = options.cells === undefined ? fragmentReadings(tree) : [];
  const memory = linuxMemory(tree, entries, sink, rules);
  const windows = windowsOfTree(artifact, tree, entries, memory);
  const before =
    artifact.before && describeTree(artifact.before, { ...options, addressing: { profile } }, IGNORED);
  if (before) sayChanges(artifact, before.windows, windows, sink);
  return {
    artifact,
    tree,
    rules,
    entries,
    memory,
    readings,
    windows,
    windowsAs: ({ cells }) =>
      windowsOfTree(artifact, tree, addressEntries(tree, IGNORED, { cells, rules }), memory),
    ...(before ? { before: before.windows } : {}),
  };
}

/** Role and range of each window, for a comparison. */
function placeKey({ space, role, base, size, flags }: AddressWindow): string {
  return `${space} ${role} ${base} ${size} ${flags.available !== false}`;
}

/** Reports the windows that patches add and remove. */
function sayChanges(
  artifact: Artifact,
  before: readonly AddressWindow[],
  after: readonly AddressWindow[],
  sink: DiagnosticSink,
): void {
  const only = (windows: readonly AddressWindow[], others: readonly AddressWindow[]): string[] => {
    const known = new Set(others.map(placeKey));
    return windows.flatMap((window) => {
      const bounds = boundsOf(window);
      if (bounds === undefined || known.has(placeKey(window))) return [];
      const { role, space } = window;
      return [`${role} ${formatMemRange(bounds.base, bounds.size, space === 'memory' ? 'mem' : space)}`];
    });
  };
  const added = only(after, before);
  const removed = only(before, after);
  sink.add(finding('dt/patch-changes', { added, removed }, { path: artifact.path }));
}

/** The windows of a tree's entries, in their order, then its other memory and its memory reservation block. */
export function windowsOfTree(
  artifact: Artifact,
  tree: DeviceTree,
  entries: readonly AddressEntry[],
  memory: LinuxMemory,
): AddressWindow[] {
  const windows: AddressWindow[] = [];
  // Entries of one node are adjacent, so its path is built once.
  let last: { node: DtNode; path: string } | undefined;
  for (let index = 0; index < entries.length; index += 1) {
    const entry = entries[index]!;
    if (last?.node !== entry.node) last = { node: entry.node, path: pathOf(entry.node) };
    const window = windowOfEntry(artifact, entry, last.path, memory);
    if (window) windows.push(window);
  }
  for (const entry of memory.entries) windows.push(windowOfMemory(artifact, entry));
  for (const [index, { address, size, span }] of tree.reservations.entries()) {
    if (size === 0n) continue;
    windows.push({
      space: 'memory',
      role: 'reserved',
      base: address,
      size,
      certainty: 'certain',
      flags: {},
      origin: { artifact, path: '/', item: '/memreserve/', index, ...(span ? { span } : {}) },
      derivation: [
        { what: 'address', text: `${hex(address)} as it stands`, ...(span ? { span } : {}) },
        { what: 'size', text: `${hex(size)} as it stands` },
      ],
    });
  }
  return windows;
}

/** The window that an entry is, if it is one. */
function windowOfEntry(
  artifact: Artifact,
  entry: AddressEntry,
  path: string,
  { ignored: ignoredNodes }: LinuxMemory,
): AddressWindow | undefined {
  const { item, role, size, cpu, flags } = entry;
  if (role === undefined || size === null || size === 0n) return undefined;
  if (item === 'reg' && (cpu === null || flags?.space === 'config')) return undefined;
  const { base: child } = entry;
  const ignored = item === 'reg' ? ignoredNodes.get(entry.node) : undefined;
  const space = item === 'ranges' && flags?.space === 'io' ? 'io' : 'memory';
  const told = flagsOf(entry, flags, ignored);
  const origin = originOf(artifact, entry, path);
  const derivation = { entry };
  const window: InTheMaking<AddressWindow> =
    cpu !== null
      ? { space, role, flags: told, origin, derivation, size, certainty: 'certain', base: cpu }
      : {
          space,
          role,
          flags: told,
          origin,
          derivation,
          size,
          certainty: 'unknown',
          base: null,
          why: entry.why ?? 'the address does not translate to a CPU address',
        };
  if (child !== cpu) window.bus = { base: child };
  if (ignored !== undefined) window.ignored = ignored;
  return window;
}

function windowOfMemory(artifact: Artifact, entry: MemoryEntry): AddressWindow {
  const { node, item, index, role, base, size, why, available, ignored, text, span } = entry;
  const at = span ? { span } : {};
  const window = {
    space: 'memory' as const,
    role,
    flags: { available: available && ignored === undefined },
    ...(ignored === undefined ? {} : { ignored }),
    origin: { artifact, path: pathOf(node), item, index, ...at },
    derivation: [{ what: 'memory', text, ...at }],
  };
  return base === null || size === null
    ? { ...window, certainty: 'unknown', base, size, why: why ?? 'nothing says where it is' }
    : { ...window, certainty: 'certain', base, size };
}

function flagsOf(
  { available, item }: AddressEntry,
  flags: AddressEntry['flags'],
  ignored: string | undefined,
): WindowFlags {
  const told: InTheMaking<WindowFlags> = { available: available && ignored === undefined };
  if (item === 'ranges') told.producer = true;
  if (flags?.prefetchable !== undefined) told.prefetchable = flags.prefetchable;
  if (flags?.space !== undefined && flags.space !== 'mem') told.pci = flags.space;
  return told;
}

function originOf(artifact: Artifact, { item, index, span }: AddressEntry, path: string): Origin {
  return span === undefined ? { artifact, path, item, index } : { artifact, path, item, index, span };
}
