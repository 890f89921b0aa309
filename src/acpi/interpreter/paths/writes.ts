/** The places that code may write, and how. */
import type { FieldSymbol } from '../../../symbolic/index.ts';
import type { Changes } from '../../terms/opcodes.ts';
import type {
  BufferObject,
  EventObject,
  NamespaceNode,
  PackageObject,
  SlotReference,
  StringObject,
} from '../state/objects.ts';

/** Why something is unknown, and the fields on which it depends. */
export interface Cause {
  readonly reason: string;
  readonly inputs: readonly FieldSymbol[];
}

/** An object whose elements can be written. */
export type Container = BufferObject | StringObject | PackageObject;

/**
 * How a named object may be written: its contents (the type remains), by an object of a type, or by any object.
 */
export type NodeWrite = 'content' | 'object' | NonNullable<Changes['type']>;

/** Bits [first, first + length) of a buffer. */
export interface BitRange {
  readonly first: number;
  readonly length: number;
}

export class Writes {
  readonly nodes = new Map<NamespaceNode, Set<NodeWrite>>();
  readonly bits = new Map<BufferObject, Map<string, BitRange>>();
  /** Indices; `undefined` for any. */
  readonly elements = new Map<Container, Set<number> | undefined>();
  readonly slots = new Set<SlotReference>();
  readonly events = new Set<EventObject>();
  /** Tables may be loaded or unloaded. */
  tables = false;
  /** Anything may be written, or the analysis reached its limits. */
  anything = false;

  node(node: NamespaceNode, how: NodeWrite): void {
    const known = this.nodes.get(node);
    if (known === undefined) this.nodes.set(node, new Set([how]));
    else known.add(how);
  }

  /** @param index `undefined` for any */
  element(object: Container, index: number | undefined): void {
    const known = this.elements.get(object);
    if (index === undefined) this.elements.set(object, undefined);
    else if (known !== undefined) known.add(index);
    else if (!this.elements.has(object)) this.elements.set(object, new Set([index]));
  }

  bitsOf(buffer: BufferObject, first: number, length: number): void {
    let ranges = this.bits.get(buffer);
    if (ranges === undefined) {
      ranges = new Map();
      this.bits.set(buffer, ranges);
    }
    ranges.set(`${first}+${length}`, { first, length });
  }

  /** Adds what other code may write. */
  add(other: Writes): void {
    for (const [node, ways] of other.nodes) for (const how of ways) this.node(node, how);
    for (const [buffer, ranges] of other.bits)
      for (const { first, length } of ranges.values()) this.bitsOf(buffer, first, length);
    for (const [object, indices] of other.elements)
      if (indices === undefined) this.element(object, undefined);
      else for (const index of indices) this.element(object, index);
    for (const slot of other.slots) this.slots.add(slot);
    for (const event of other.events) this.events.add(event);
    this.tables ||= other.tables;
    this.anything ||= other.anything;
  }
}
