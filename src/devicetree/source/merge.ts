/**
 * Merges repeated definitions of a node, as dtc's merge_nodes() does. Deleted entries keep their place in the lists, so one
 * that is deleted and defined again is where it was first.
 */
import {
  addLabel,
  deleteNode,
  deleteProperty,
  type LiveNode,
  type LiveProperty,
  walkLive,
} from '../live/live-tree.ts';

/** Lists of at least this many entries are searched through an index. */
const INDEXED_LENGTH = 16;

/** First entry of each name, deleted ones too. */
class ByName<T extends { readonly name: string }> {
  readonly #entries: T[];
  #index: Map<string, T> | undefined;

  constructor(entries: T[]) {
    this.#entries = entries;
  }

  find(name: string): T | undefined {
    if (!this.#index) {
      if (this.#entries.length < INDEXED_LENGTH) return this.#entries.find((entry) => entry.name === name);
      this.#index = new Map();
      for (const entry of this.#entries) if (!this.#index.has(entry.name)) this.#index.set(entry.name, entry);
    }
    return this.#index.get(name);
  }

  add(entry: T): void {
    this.#entries.push(entry);
    if (this.#index && !this.#index.has(entry.name)) this.#index.set(entry.name, entry);
  }
}

/**
 * The tree while it is parsed, with an index of its labels for `&label { … }`. All changes during parsing go through this
 * class.
 */
export class GrowingTree {
  readonly root: LiveNode;
  /** All nodes that have had the label; more than one only with a duplicate label. */
  readonly #labelled = new Map<string, Set<LiveNode>>();
  /** Indexes of the nodes that were merged into. */
  readonly #indexes = new Map<LiveNode, NodeIndex>();

  constructor(root: LiveNode) {
    this.root = root;
    this.#adopt(root);
  }

  #adopt(node: LiveNode): void {
    for (const at of walkLive(node)) for (const { name } of at.labels) this.#noteLabel(name, at);
  }

  #noteLabel(name: string, node: LiveNode): void {
    const nodes = this.#labelled.get(name);
    if (nodes) nodes.add(node);
    else this.#labelled.set(name, new Set([node]));
  }

  label(node: LiveNode, name: string): void {
    addLabel(node.labels, name);
    this.#noteLabel(name, node);
  }

  add(parent: LiveNode, child: LiveNode): void {
    child.parent = parent;
    this.#indexOf(parent).children.add(child);
    this.#adopt(child);
  }

  #indexOf(node: LiveNode): NodeIndex {
    let index = this.#indexes.get(node);
    if (!index) {
      index = { properties: new ByName(node.properties), children: new ByName(node.children) };
      this.#indexes.set(node, index);
    }
    return index;
  }

  /** The first node in tree order that has the label now. */
  #byLabel(label: string): LiveNode | undefined {
    const isLabelled = (node: LiveNode): boolean =>
      node.labels.some(({ name, deleted }) => name === label && !deleted);
    const nodes = this.#labelled.get(label);
    if (nodes?.size === 1) {
      const [node] = nodes;
      return node && isLabelled(node) ? node : undefined;
    }
    if (nodes) for (const node of walkLive(this.root)) if (isLabelled(node)) return node;
    return undefined;
  }

  /** The node that `&label`, `&{/path}` or `&{label/path}` names now. */
  find(reference: string): LiveNode | undefined {
    if (reference === '/') return this.root;
    const slash = reference.indexOf('/');
    if (slash < 0) return this.#byLabel(reference);
    let node = slash === 0 ? this.root : this.#byLabel(reference.slice(0, slash));
    for (const name of reference.slice(slash).split('/')) {
      if (!node || node.deleted) return undefined;
      if (name !== '') node = node.children.find((child) => child.name === name && !child.deleted);
    }
    return node;
  }

  /** Merges `addition` into `target`, with its labels, properties, children and spans. */
  merge(target: LiveNode, addition: LiveNode): void {
    const open = [this.#lay(target, addition)];
    for (let top = open.at(-1); top; top = open.at(-1)) {
      const child = top.laid.children[top.next];
      top.next += 1;
      if (!child) {
        top.old.spans.push(...top.laid.spans);
        open.pop();
        continue;
      }
      const same = top.children.find(child.name);
      if (child.deleted) {
        if (same) deleteNode(same);
      } else if (same) {
        open.push(this.#lay(same, child));
      } else {
        child.parent = top.old;
        top.children.add(child);
        this.#adopt(child);
      }
    }
  }

  /** Merges labels and properties; children follow one by one, so that a deletion applies to earlier definitions. */
  #lay(old: LiveNode, laid: LiveNode): Overlay {
    old.deleted = false;
    for (const { name } of laid.labels) this.label(old, name);
    const { properties, children } = this.#indexOf(old);
    for (const property of laid.properties) layProperty(properties, property);
    return { old, laid, children, next: 0 };
  }
}

interface NodeIndex {
  readonly properties: ByName<LiveProperty>;
  readonly children: ByName<LiveNode>;
}

/** A definition being merged into a node, up to its child `next`. */
interface Overlay {
  readonly old: LiveNode;
  readonly laid: LiveNode;
  readonly children: ByName<LiveNode>;
  next: number;
}

function layProperty(properties: ByName<LiveProperty>, laid: LiveProperty): void {
  const same = properties.find(laid.name);
  if (laid.deleted) {
    if (same) deleteProperty(same);
    return;
  }
  if (!same) {
    properties.add(laid);
    return;
  }
  for (const { name } of laid.labels) addLabel(same.labels, name);
  same.value = laid.value;
  same.markers = laid.markers;
  same.deleted = false;
  same.span = laid.span;
  same.valueSpan = laid.valueSpan;
}
