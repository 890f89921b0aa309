/**
 * The live tree: a mutable device tree, as in dtc (livetree.c). Deleted entries keep their place, where a later definition
 * revives them; references may be unresolved; a node has the spans of all definitions merged into it. The parser builds
 * one, the checks, symbols, fixups and writers of `fwmap dtc` work on it, and {@link treeFromLive} converts it to the
 * immutable {@link DeviceTree}.
 */
import type { Source, Span } from '../../bytes/source.ts';
import type { BlobHeader, DeviceTree, DtNode, DtProperty, Marker, MemoryReservation } from '../tree.ts';

export interface LiveLabel {
  readonly name: string;
  deleted: boolean;
}

export interface LiveProperty {
  readonly name: string;
  value: Uint8Array;
  /** In order of their offsets; of two at one offset the type marker comes first. */
  markers: Marker[];
  labels: LiveLabel[];
  deleted: boolean;
  /** From the name to the semicolon; absent where there is no source (a blob, a generated property). */
  span?: Span | undefined;
  valueSpan?: Span | undefined;
}

export interface LiveNode {
  name: string;
  parent: LiveNode | undefined;
  properties: LiveProperty[];
  children: LiveNode[];
  /** The latest label first. */
  labels: LiveLabel[];
  deleted: boolean;
  /** `/omit-if-no-ref/`: dropped unless something refers to it. */
  omitIfUnused: boolean;
  referenced: boolean;
  /** Brace to semicolon of each definition merged into this node, in order. */
  spans: Span[];
  /** Its phandle, explicit or assigned; 0 while it has none. */
  phandle: number;
}

export interface LiveReservation {
  readonly address: bigint;
  readonly size: bigint;
  readonly labels: readonly string[];
  readonly span?: Span;
}

export interface LiveTree {
  readonly source: Source;
  readonly form: DeviceTree['form'];
  readonly root: LiveNode;
  reservations: LiveReservation[];
  bootCpuid: number;
  /** `/plugin/`, or a blob with `__fixups__` or `__local_fixups__`. */
  readonly plugin: boolean;
  readonly header?: BlobHeader;
}

export function liveNode(name: string, parent?: LiveNode): LiveNode {
  return {
    name,
    parent,
    properties: [],
    children: [],
    labels: [],
    deleted: false,
    omitIfUnused: false,
    referenced: false,
    spans: [],
    phandle: 0,
  };
}

export function liveProperty(name: string, value: Uint8Array, markers: Marker[] = []): LiveProperty {
  return { name, value, markers, labels: [], deleted: false, span: undefined, valueSpan: undefined };
}

/** Adds a label in front, or revives it when the list has it. */
export function addLabel(labels: LiveLabel[], name: string): void {
  const known = labels.find((label) => label.name === name);
  if (known) known.deleted = false;
  else labels.unshift({ name, deleted: false });
}

/** The first property of that name that is not deleted. */
export function livePropertyOf(node: LiveNode, name: string): LiveProperty | undefined {
  for (const property of node.properties) if (property.name === name && !property.deleted) return property;
  return undefined;
}

/** The first child of that name that is not deleted. */
export function liveChildOf(node: LiveNode, name: string): LiveNode | undefined {
  for (const child of node.children) if (child.name === name && !child.deleted) return child;
  return undefined;
}

/** `/soc/uart@1000`; `/` for the root. */
export function livePathOf(node: LiveNode): string {
  let path = '';
  for (let at: LiveNode | undefined = node; at?.parent; at = at.parent) path = `/${at.name}${path}`;
  return path || '/';
}

/** dtc's guess_boot_cpuid(): `reg` of the first node in `/cpus`, if that is one cell; else 0. */
export function guessedBootCpuid(root: LiveNode): number {
  const first = liveChildOf(root, 'cpus')?.children[0];
  const value = first && livePropertyOf(first, 'reg')?.value;
  return value?.length === 4 ? new DataView(value.buffer, value.byteOffset).getUint32(0) : 0;
}

/** Nodes with at least this many children are searched through an index. */
const INDEXED_CHILDREN = 32;

/** Repeated lookups by path in a tree that does not change in between. */
export class PathFinder {
  readonly #root: LiveNode;
  readonly #children = new Map<LiveNode, ReadonlyMap<string, LiveNode>>();

  constructor(root: LiveNode) {
    this.#root = root;
  }

  #child(node: LiveNode, name: string): LiveNode | undefined {
    if (node.children.length < INDEXED_CHILDREN) return liveChildOf(node, name);
    let index = this.#children.get(node);
    if (!index) {
      // Backwards, so that of several the first is kept.
      const living = node.children.filter((child) => !child.deleted).reverse();
      index = new Map(living.map((child) => [child.name, child]));
      this.#children.set(node, index);
    }
    return index.get(name);
  }

  /** The node at a path with full unit addresses; repeated slashes are ignored. */
  find(path: string): LiveNode | undefined {
    let node: LiveNode | undefined = this.#root;
    for (const name of path.split('/')) if (node && name !== '') node = this.#child(node, name);
    return node;
  }
}

/** Every node that is not deleted nor below a deleted one, parents first. */
export function* walkLive(root: LiveNode): Generator<LiveNode> {
  const waiting: LiveNode[] = root.deleted ? [] : [root];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    yield next;
    for (let index = next.children.length - 1; index >= 0; index -= 1) {
      const child = next.children[index]!;
      if (!child.deleted) waiting.push(child);
    }
  }
}

/** Marks a node, everything below it, and all their labels as deleted. */
export function deleteNode(node: LiveNode): void {
  for (const at of [...walkLive(node)]) {
    at.deleted = true;
    for (const label of at.labels) label.deleted = true;
    for (const property of at.properties) deleteProperty(property);
  }
}

export function deleteProperty(property: LiveProperty): void {
  property.deleted = true;
  for (const label of property.labels) label.deleted = true;
}

/**
 * A live copy of a tree that was read from a blob or a directory, to be checked, changed and written. Spans are left out
 * unless `spans` is set: dtc's messages have no source positions for a blob.
 */
export function liveFromTree(tree: DeviceTree, options: { readonly spans?: boolean } = {}): LiveTree {
  const copy = (node: DtNode, parent: LiveNode | undefined): LiveNode => {
    const live = liveNode(node.name, parent);
    live.labels = node.labels.map((name) => ({ name, deleted: false }));
    live.properties = node.properties.map((property) => ({
      name: property.name,
      value: property.value,
      markers: [...property.markers],
      labels: property.labels.map((name) => ({ name, deleted: false })),
      deleted: false,
      ...(options.spans ? { span: property.span, valueSpan: property.valueSpan } : {}),
    }));
    if (options.spans && node.span) live.spans.push(node.span);
    return live;
  };
  const root = copy(tree.root, undefined);
  const waiting: [DtNode, LiveNode][] = [[tree.root, root]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [from, to] = next;
    for (const child of from.children) {
      const made = copy(child, to);
      to.children.push(made);
      waiting.push([child, made]);
    }
  }
  return {
    source: tree.source,
    form: tree.form,
    root,
    reservations: tree.reservations.map((entry) => ({ ...entry })),
    bootCpuid: tree.bootCpuid,
    plugin:
      (tree.form === 'dts' && tree.overlay) ||
      root.children.some((child) => child.name === '__fixups__' || child.name === '__local_fixups__'),
    ...(tree.header ? { header: tree.header } : {}),
  };
}

/** Shared: most nodes and nearly all properties have none. */
const NO_LABELS: readonly string[] = [];

/** An immutable copy of a live tree without deleted entries. References must have been resolved before. */
export function treeFromLive(live: LiveTree): DeviceTree {
  const names = (labels: readonly LiveLabel[]): readonly string[] =>
    labels.length === 0 ? NO_LABELS : labels.filter((label) => !label.deleted).map((label) => label.name);
  const copy = (node: LiveNode, parent: DtNode | undefined): DtNode & { readonly children: DtNode[] } => ({
    name: node.name,
    parent,
    properties: node.properties
      .filter((property) => !property.deleted)
      .map(
        (property): DtProperty => ({
          name: property.name,
          value: property.value,
          markers: property.markers,
          labels: names(property.labels),
          span: property.span,
          valueSpan: property.valueSpan,
        }),
      ),
    children: [],
    labels: names(node.labels),
    span: node.spans[0],
  });
  const root = copy(live.root, undefined);
  const waiting: [LiveNode, typeof root][] = [[live.root, root]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [from, to] = next;
    for (const child of from.children) {
      if (child.deleted) continue;
      const made = copy(child, to);
      to.children.push(made);
      waiting.push([child, made]);
    }
  }
  return {
    source: live.source,
    form: live.form,
    root,
    reservations: live.reservations.map((entry): MemoryReservation => ({ ...entry })),
    bootCpuid: live.bootCpuid,
    overlay: live.plugin,
    ...(live.header ? { header: live.header } : {}),
  };
}
