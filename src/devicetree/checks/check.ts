/**
 * Checks of a live tree. Names, levels, prerequisites, order and message texts are those of dtc 1.8.1 (checks.c), since
 * users switch checks by name and filter by text. A check returns findings and prints nothing.
 */
import { textBeforeNul } from '../../bytes/text-encoding.ts';
import { type LiveNode, type LiveProperty, type LiveTree, livePropertyOf } from '../live/live-tree.ts';
import type { References } from '../live/references.ts';

export type CheckLevel = 'off' | 'warning' | 'error';

/** One failure of a check. */
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
  /** The bus types that earlier checks found. */
  readonly buses: Map<LiveNode, BusKind>;
  /** `#address-cells` and `#size-cells` of each node, -1 where it has none; filled by the check `addr_size_cells`. */
  readonly cells: Map<LiveNode, { readonly address: number; readonly size: number }>;
  /** The limit of findings is reached; checks with quadratic work stop. */
  readonly full: boolean;
  /** Reports that the check failed here. */
  fail(node: LiveNode, message: string, property?: LiveProperty): void;
}

export interface Check {
  readonly name: string;
  readonly level: CheckLevel;
  readonly requires: readonly string[];
  /** Names of properties without which the check can't fail; a tree that has none of them is not walked. */
  readonly concerns?: string | RegExp;
  /** Checks one node; called for parents before their children. */
  readonly visit: (node: LiveNode, context: CheckContext) => void;
}

/** Whether a check can fail in a tree with properties of these names, by its `concerns`. */
export function canFail({ concerns }: Check, propertyNames: ReadonlySet<string>): boolean {
  if (concerns === undefined) return true;
  if (typeof concerns === 'string') return propertyNames.has(concerns);
  for (const name of propertyNames) if (concerns.test(name)) return true;
  return false;
}

/** A check that warns by default. */
export function warning(
  name: string,
  requires: readonly string[],
  visit: Check['visit'],
  concerns?: string | RegExp,
): Check {
  return { name, level: 'warning', requires, visit, ...(concerns ? { concerns } : {}) };
}

/** A check that is an error by default. */
export function error(
  name: string,
  requires: readonly string[],
  visit: Check['visit'],
  concerns?: string | RegExp,
): Check {
  return { name, level: 'error', requires, visit, ...(concerns ? { concerns } : {}) };
}

/** A check that is off by default. */
export function optional(name: string, requires: readonly string[], visit: Check['visit']): Check {
  return { name, level: 'off', requires, visit };
}

/**
 * Calls `give` with each pair of entries that share a key, ordered by the first and then the second, without comparing all
 * pairs. Ends when `more` returns false.
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

/** The node name without its unit address. */
export function baseName(node: LiveNode): string {
  const at = node.name.indexOf('@');
  return at < 0 ? node.name : node.name.slice(0, at);
}

/** The unit address: what follows the first `@`; empty when there is none. */
export function unitAddress(node: LiveNode): string {
  const at = node.name.indexOf('@');
  return at < 0 ? '' : node.name.slice(at + 1);
}

/** Cell `index` (from 0) of a value; undefined past its end. */
export function cellAt(property: LiveProperty, index: number): number | undefined {
  const { value } = property;
  if (value.length < index * 4 + 4) return undefined;
  return new DataView(value.buffer, value.byteOffset).getUint32(index * 4);
}

/** The value's bytes up to the first NUL. */
export function firstString(property: LiveProperty): string {
  return textBeforeNul(property.value);
}

/** Whether the value is exactly one NUL-terminated string. */
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

/** As dtc's is_multiple_of(): a divisor of 0 divides only 0. */
export function isMultiple(value: number, divisor: number): boolean {
  return divisor === 0 ? value === 0 : value % divisor === 0;
}

export function hexDigits(value: number | bigint): string {
  return value.toString(16);
}

/** The cell counts of a node for its children; the specification's 2 and 1 where it has none. */
export function childCells(node: LiveNode, context: CheckContext): { address: number; size: number } {
  const stated = context.cells.get(node) ?? { address: 0, size: 0 };
  return {
    address: stated.address === -1 ? 2 : stated.address,
    size: stated.size === -1 ? 1 : stated.size,
  };
}
