/**
 * The common form of all device trees: source, blob and directory. A property's value is bytes, as in a blob, with markers
 * that keep what only source has: types, labels and references.
 */
import type { Source, Span } from '../bytes/source.ts';
import { CellList } from './cell-list.ts';

/** What the source says about an offset inside a property's value. In source order; offsets never decrease. */
export type Marker =
  /** The value from here on was written as cells of this width in bits, or as a string. A bytestring `[…]` is `uint8`. */
  | { readonly kind: 'uint8' | 'uint16' | 'uint32' | 'uint64' | 'string'; readonly offset: number }
  /** From here on bytes of a file (`/incbin/`), of no type. */
  | { readonly kind: 'none'; readonly offset: number }
  | { readonly kind: 'label'; readonly offset: number; readonly name: string }
  /** A reference to a node: four bytes of phandle, or the node's path as a string. `target` is a label or a full path. */
  | {
      readonly kind: 'phandle-reference' | 'path-reference';
      readonly offset: number;
      readonly target: string;
      readonly span?: Span;
    };

export interface DtProperty {
  readonly name: string;
  readonly value: Uint8Array;
  readonly markers: readonly Marker[];
  readonly labels: readonly string[];
  /** The definition in the source, or the property's token in a blob. */
  readonly span?: Span | undefined;
  /** Span of the value's bytes: in a blob exact, in source from after `=`. */
  readonly valueSpan?: Span | undefined;
  /** The value's cells, where a form of tree has them without copying the value. */
  cells?(): CellList;
}

export interface DtNode {
  /** With its unit address; the empty string for the root. */
  readonly name: string;
  readonly parent: DtNode | undefined;
  readonly properties: readonly DtProperty[];
  readonly children: readonly DtNode[];
  readonly labels: readonly string[];
  /** In source the body from `{` to `;`, in a blob all its tokens. */
  readonly span?: Span | undefined;
  /** As `propertyOf`, where a form of tree can do it without building all `properties`. */
  find?(name: string): DtProperty | undefined;
  /** As `placementOf`, where a form of tree can do it without building all `properties`. */
  placement?(): Placement | undefined;
}

/** The cells of the properties that place a node's registers and translate its children's addresses. */
export interface Placement {
  readonly reg: CellList | undefined;
  readonly ranges: CellList | undefined;
  readonly 'dma-ranges': CellList | undefined;
}

/** An entry of the memory reservation block; `size` in bytes. */
export interface MemoryReservation {
  readonly address: bigint;
  readonly size: bigint;
  readonly labels: readonly string[];
  readonly span?: Span;
}

export interface DeviceTree {
  readonly source: Source;
  readonly form: 'dts' | 'dts-fragment' | 'dtb' | 'dt-dir';
  readonly root: DtNode;
  /** All nodes in the order of `walk`, where a form of tree has such a list. */
  readonly nodes?: readonly DtNode[];
  /** The nodes, in the same order, whose `compatible` has a text in small letters (`isCompatible`), where a form of tree finds them at once. */
  nodesCompatible?(text: string): readonly DtNode[];
  readonly reservations: readonly MemoryReservation[];
  readonly bootCpuid: number;
  /** Header of the blob it was read from. */
  readonly header?: BlobHeader;
  /** `/plugin/` in source, or `__fixups__`/`fragment@…` with `__overlay__` in a blob: a tree meant to be applied to another. */
  readonly overlay: boolean;
}

/** The fields of a flattened device tree's header (Devicetree Specification 0.4, section 5.2); sizes in bytes. */
export interface BlobHeader {
  readonly version: number;
  readonly lastCompatibleVersion: number;
  readonly totalSize: number;
  readonly structOffset: number;
  readonly structSize: number | undefined;
  readonly stringsOffset: number;
  readonly stringsSize: number | undefined;
  readonly reservationsOffset: number;
}

/** `/soc/uart@1000`; `/` for the root. */
export function pathOf(node: DtNode): string {
  let path = '';
  for (let at: DtNode | undefined = node; at?.parent; at = at.parent) path = `/${at.name}${path}`;
  return path === '' ? '/' : path;
}

/** The name without its unit address. */
export function baseNameOf({ name }: Pick<DtNode, 'name'>): string {
  const at = name.indexOf('@');
  return at < 0 ? name : name.slice(0, at);
}

/** The first property of that name. */
export function propertyOf(node: DtNode, name: string): DtProperty | undefined {
  if (node.find) return node.find(name);
  for (const property of node.properties) if (property.name === name) return property;
  return undefined;
}

/** The properties that address decoding reads, in one call; undefined when the node has none of them. */
export function placementOf(node: DtNode): Placement | undefined {
  if (node.placement) return node.placement();
  const reg = propertyOf(node, 'reg');
  const ranges = propertyOf(node, 'ranges');
  const dmaRanges = propertyOf(node, 'dma-ranges');
  if (!reg && !ranges && !dmaRanges) return undefined;
  return {
    reg: reg && cellListOf(reg),
    ranges: ranges && cellListOf(ranges),
    'dma-ranges': dmaRanges && cellListOf(dmaRanges),
  };
}

/** A property's value as big-endian cells. */
export function cellListOf(property: DtProperty): CellList {
  if (property.cells) return property.cells();
  const { buffer, byteOffset, byteLength } = property.value;
  return new CellList(new DataView(buffer, byteOffset, byteLength), 0, byteLength);
}

/** True for the tree of an overlay, by the nodes that dtc writes for a `/plugin/`. */
export function holdsOverlay(root: DtNode): boolean {
  return root.children.some(
    ({ name, children }) =>
      name === '__fixups__' ||
      name === '__local_fixups__' ||
      (name.startsWith('fragment') && children.some((child) => child.name === '__overlay__')),
  );
}

/** `node` and all its descendants, parents first; without recursion, since the input chooses the depth. */
export function* walk(node: DtNode): Generator<DtNode> {
  const waiting: DtNode[] = [node];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    yield next;
    for (let index = next.children.length - 1; index >= 0; index -= 1) waiting.push(next.children[index]!);
  }
}
