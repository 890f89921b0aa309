/**
 * What a check is. Names, levels, prerequisites, order and message texts are dtc 1.8.1's, since people switch checks
 * by name and filter by text; a check only finds, it prints nothing.
 */
import { textBeforeNul } from '../../bytes/text-encoding.ts';
import { type LiveNode, type LiveProperty, type LiveTree, livePropertyOf } from '../live/live-tree.ts';
import type { References } from '../live/references.ts';

export type CheckLevel = 'off' | 'warning' | 'error';

/** What one check said about one place. */
export interface Finding {
  readonly check: string;
  readonly level: 'warning' | 'error';
  readonly message: string;
  /** Absent when a prerequisite failed, which concerns the whole tree. */
  readonly node?: LiveNode;
  readonly property?: LiveProperty;
}

export type BusKind = 'pci' | 'simple-bus' | 'i2c-bus' | 'spi-bus' | 'graph-port' | 'graph-ports';

export interface CheckContext {
  readonly tree: LiveTree;
  readonly references: References;
  /** dtc's -@. */
  readonly symbols: boolean;
  /** What earlier checks took nodes for. */
  readonly buses: Map<LiveNode, BusKind>;
  /** `#address-cells` and `#size-cells` of each node, -1 where it has none; filled by the check `addr_size_cells`. */
  readonly cells: Map<LiveNode, { readonly address: number; readonly size: number }>;
  /** So much was found that no more is kept: checks that compare everything with everything stop. */
  readonly full: boolean;
  /** Reports that the check failed here. */
  fail(node: LiveNode, message: string, property?: LiveProperty): void;
}

export interface Check {
  readonly name: string;
  readonly level: CheckLevel;
  readonly requires: readonly string[];
  /** The check can only fail where a property of such a name occurs, so a tree without one passes at once. */
  readonly concerns?: string | RegExp;
  /** Looks at one node; called for parents before their children. */
  readonly visit: (node: LiveNode, context: CheckContext) => void;
}

export function warning(
  name: string,
  requires: readonly string[],
  visit: Check['visit'],
  concerns?: string | RegExp,
): Check {
  return { name, level: 'warning', requires, visit, ...(concerns ? { concerns } : {}) };
}

export function error(
  name: string,
  requires: readonly string[],
  visit: Check['visit'],
  concerns?: string | RegExp,
): Check {
  return { name, level: 'error', requires, visit, ...(concerns ? { concerns } : {}) };
}

export function optional(name: string, requires: readonly string[], visit: Check['visit']): Check {
  return { name, level: 'off', requires, visit };
}

/**
 * Gives pairs of entries that share a key, in the order of the first and then of the second, without comparing all
 * with all. Ends when `more` says no.
 */
export function eachPair<T>(
  entries: readonly T[],
  keyOf: (entry: T) => string,
  give: (first: T, second: T) => void,
  more: () => boolean,
): void {
  const byKey = new Map<string, number[]>();
  let shared = false;
  entries.forEach((entry, index) => {
    const key = keyOf(entry);
    const known = byKey.get(key);
    if (known) known.push(index);
    else byKey.set(key, [index]);
    shared ||= known !== undefined;
  });
  if (!shared) return;
  const passed = new Map<string, number>();
  for (const entry of entries) {
    if (!more()) return;
    const key = keyOf(entry);
    const same = byKey.get(key)!;
    const from = (passed.get(key) ?? 0) + 1;
    passed.set(key, from);
    for (let at = from; at < same.length && more(); at += 1) give(entry, entries[same[at]!]!);
  }
}

/** The name up to the `@`. */
export function baseName(node: LiveNode): string {
  const at = node.name.indexOf('@');
  return at < 0 ? node.name : node.name.slice(0, at);
}

/** The name behind the first `@`; empty when there is none. */
export function unitAddress(node: LiveNode): string {
  const at = node.name.indexOf('@');
  return at < 0 ? '' : node.name.slice(at + 1);
}

/** Cell number `index` of a value; undefined when the value ends before. */
export function cellAt(property: LiveProperty, index: number): number | undefined {
  const { value } = property;
  if (value.length < index * 4 + 4) return undefined;
  return new DataView(value.buffer, value.byteOffset).getUint32(index * 4);
}

/** The value's bytes up to the first NUL. */
export function firstString(property: LiveProperty): string {
  return textBeforeNul(property.value);
}

/** One string and nothing behind it. */
export function isString(property: LiveProperty): boolean {
  return property.value.length > 0 && property.value.indexOf(0) === property.value.length - 1;
}

export function isStringList(property: LiveProperty): boolean {
  return property.value.length === 0 || property.value.at(-1) === 0;
}

export function hasProperty(node: LiveNode, name: string): boolean {
  return livePropertyOf(node, name) !== undefined;
}

export function children(node: LiveNode): LiveNode[] {
  return node.children.filter((child) => !child.deleted);
}

export function properties(node: LiveNode): LiveProperty[] {
  return node.properties.filter((property) => !property.deleted);
}

/** As dtc counts: a divisor of 0 divides only 0. */
export function isMultiple(value: number, divisor: number): boolean {
  return divisor === 0 ? value === 0 : value % divisor === 0;
}

export function hexDigits(value: number | bigint): string {
  return value.toString(16);
}

/** The cells a node states for its children, or the specification's 2 and 1. */
export function childCells(node: LiveNode, context: CheckContext): { address: number; size: number } {
  const stated = context.cells.get(node) ?? { address: 0, size: 0 };
  return {
    address: stated.address === -1 ? 2 : stated.address,
    size: stated.size === -1 ? 1 : stated.size,
  };
}
