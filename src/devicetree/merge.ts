/**
 * Laying one definition of a node over another: what dtc does when a source names a node again. Deleted entries keep
 * their place in the lists, so something deleted and defined anew stands where it stood first.
 */
import {
  addLabel,
  deleteNode,
  deleteProperty,
  type LiveNode,
  type LiveProperty,
  walkLive,
} from './live-tree.ts';

/** From this many entries on a list is searched through an index. */
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
 * A tree under construction that knows its labels, so that `&label { … }` finds its node at once. Everything that
 * changes the tree while it is parsed goes through here.
 */
export class GrowingTree {
  readonly root: LiveNode;
  /** Every node that ever had the label; more than one only in a source with a duplicate label. */
  readonly #labelled = new Map<string, LiveNode[]>();

  constructor(root: LiveNode) {
    this.root = root;
    this.#adopt(root);
  }

  #adopt(node: LiveNode): void {
    for (const at of walkLive(node)) for (const { name } of at.labels) this.#noteLabel(name, at);
  }

  #noteLabel(name: string, node: LiveNode): void {
    const nodes = this.#labelled.get(name);
    if (!nodes) this.#labelled.set(name, [node]);
    else if (!nodes.includes(node)) nodes.push(node);
  }

  label(node: LiveNode, name: string): void {
    addLabel(node.labels, name);
    this.#noteLabel(name, node);
  }

  add(parent: LiveNode, child: LiveNode): void {
    child.parent = parent;
    parent.children.push(child);
    this.#adopt(child);
  }

  /** The first node, in the order of the tree, that now has the label. */
  #byLabel(label: string): LiveNode | undefined {
    const having = (this.#labelled.get(label) ?? []).filter((node) =>
      node.labels.some(({ name, deleted }) => name === label && !deleted),
    );
    if (having.length < 2) return having[0];
    for (const node of walkLive(this.root)) if (having.includes(node)) return node;
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

  /** Lays `addition` over `target`, which takes over its labels, properties, children and places. */
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

  /** Labels and properties at once; the children follow one by one, so that a deletion meets what came before it. */
  #lay(old: LiveNode, laid: LiveNode): Overlay {
    old.deleted = false;
    for (const { name } of laid.labels) this.label(old, name);
    const properties = new ByName(old.properties);
    for (const property of laid.properties) layProperty(properties, property);
    return { old, laid, children: new ByName(old.children), next: 0 };
  }
}

/** A definition being laid over a node, up to its child `next`. */
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
