/**
 * Applies overlays. The steps, their order and the errors are those of libfdt's fdt_overlay_apply() (dtc 1.8.1), including
 * where new nodes and properties are inserted, so that the result equals fdtoverlay's.
 */
import type { Diagnostic, DiagnosticSink } from '../../bytes/diagnostic.ts';
import { latin1Bytes, latin1Text, textBeforeNul } from '../../bytes/text-encoding.ts';
import { finding } from '../../findings/finding.ts';
import type { BlobEdit } from '../blob/edit.ts';
import { OVERLAY_HINT } from '../source/parser.ts';
import type { DeviceTree } from '../tree.ts';
import {
  type LiveNode,
  type LiveProperty,
  type LiveTree,
  liveFromTree,
  liveNode,
  livePathOf,
  liveProperty,
  livePropertyOf,
  treeFromLive,
  walkLive,
} from './live-tree.ts';
import { References } from './references.ts';
import { generateFixups, generateLabelTree, generateLocalFixups } from './symbols.ts';

export interface AppliedOverlay {
  readonly tree: LiveTree;
  /** The changes, in order: the same edits of the base's blob give fdtoverlay's blob. */
  readonly edits: readonly BlobEdit[];
}

/** Aborts applying an overlay; the tree must not be used afterwards. */
class OverlayError {
  readonly diagnostic: Diagnostic;
  constructor(diagnostic: Diagnostic) {
    this.diagnostic = diagnostic;
  }
}

type OverlayCode = 'dt/overlay-target' | 'dt/overlay-fixup' | 'dt/overlay-phandle' | 'dt/overlay-symbol';

function overlayError(code: OverlayCode, problem: string): OverlayError {
  return new OverlayError(finding(code, { problem }));
}

/** libfdt's comparison of node names: one without a unit address matches any unit address. */
function nameMatches(node: LiveNode, wanted: string): boolean {
  return node.name === wanted || (!wanted.includes('@') && node.name.startsWith(`${wanted}@`));
}

function childNamed(node: LiveNode, name: string): LiveNode | undefined {
  return node.children.find((child) => !child.deleted && nameMatches(child, name));
}

/** The node at a path; a path that doesn't start with a slash starts with an alias. */
function nodeAt(root: LiveNode, path: string): LiveNode | undefined {
  let node: LiveNode | undefined = root;
  let rest = path;
  if (!path.startsWith('/')) {
    const slash = path.indexOf('/');
    const alias = slash < 0 ? path : path.slice(0, slash);
    const aliases = childNamed(root, 'aliases');
    const property = aliases && livePropertyOf(aliases, alias);
    if (!property) return undefined;
    node = nodeAt(root, `/${textBeforeNul(property.value).replace(/^\/+/, '')}`);
    rest = slash < 0 ? '' : path.slice(slash);
  }
  for (const name of rest.split('/')) if (node && name !== '') node = childNamed(node, name);
  return node;
}

function cell(property: LiveProperty | undefined, offset = 0): number | undefined {
  if (!property || property.value.length < offset + 4) return undefined;
  return new DataView(property.value.buffer, property.value.byteOffset).getUint32(offset);
}

/** Writes a cell into a copy of the value, whose bytes may be shared with a blob. */
function setCell(property: LiveProperty, offset: number, value: number): void {
  property.value = Uint8Array.from(property.value);
  new DataView(property.value.buffer).setUint32(offset, value);
}

const PHANDLE_NAMES = ['phandle', 'linux,phandle'] as const;

function namesOf(node: LiveNode): string[] {
  const names: string[] = [];
  for (let at: LiveNode | undefined = node; at?.parent; at = at.parent) names.push(at.name);
  return names.reverse();
}

/** 0 when the node has none. */
function phandleOf(node: LiveNode): number {
  for (const name of PHANDLE_NAMES) {
    const property = livePropertyOf(node, name);
    if (property?.value.length === 4) return cell(property)!;
  }
  return 0;
}

class OverlayApplication {
  readonly #base: LiveNode;
  readonly #overlay: LiveNode;
  readonly #byPhandle = new Map<number, LiveNode>();
  readonly edits: BlobEdit[] = [];
  #highest = 0;

  constructor(base: LiveNode, overlay: LiveNode) {
    this.#base = base;
    this.#overlay = overlay;
    for (const node of walkLive(base)) {
      const phandle = phandleOf(node);
      if (phandle === 0) continue;
      if (!this.#byPhandle.has(phandle)) this.#byPhandle.set(phandle, node);
      this.#highest = Math.max(this.#highest, phandle);
    }
  }

  /** Whether the overlay has anything to apply. */
  get isEmpty(): boolean {
    return this.#fragments().next().done === true;
  }

  apply(): void {
    this.#shiftPhandles();
    const localFixups = childNamed(this.#overlay, '__local_fixups__');
    if (localFixups) this.#eachLocalReference(localFixups, (value) => (value + this.#highest) >>> 0);
    this.#resolveFixups();
    this.#keepPhandles(localFixups);
    this.#merge();
    this.#updateSymbols();
  }

  /** Moves the overlay's own phandles above those of the base. */
  #shiftPhandles(): void {
    for (const node of walkLive(this.#overlay)) {
      for (const name of PHANDLE_NAMES) {
        const property = livePropertyOf(node, name);
        if (!property) continue;
        if (property.value.length !== 4) {
          throw overlayError(
            'dt/overlay-phandle',
            `${livePathOf(node)}:${name} of the overlay is not one cell`,
          );
        }
        const shifted = cell(property)! + this.#highest;
        if (shifted >= 0xffffffff) {
          throw overlayError(
            'dt/overlay-phandle',
            `No phandle is left for ${livePathOf(node)} of the overlay`,
          );
        }
        setCell(property, 0, shifted);
      }
    }
  }

  /** Changes every cell of the overlay that `__local_fixups__` names. */
  #eachLocalReference(fixups: LiveNode, change: (phandle: number) => number): void {
    const waiting: [LiveNode, LiveNode][] = [[fixups, this.#overlay]];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const [fixup, node] = next;
      const wrong = (what: string): OverlayError =>
        overlayError('dt/overlay-fixup', `__local_fixups__${livePathOf(node)} ${what}`);
      for (const { name, value, deleted } of fixup.properties) {
        if (deleted) continue;
        const property = livePropertyOf(node, name);
        if (value.length % 4 !== 0) throw wrong(`has a property ${name} that is not a list of cells`);
        if (!property) throw wrong(`names the property ${name}, which the node does not have`);
        const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
        for (let index = 0; index < value.length; index += 4) {
          const offset = view.getUint32(index);
          const phandle = cell(property, offset);
          if (phandle === undefined) throw wrong(`names offset ${offset}, past the end of ${name}`);
          setCell(property, offset, change(phandle));
        }
      }
      for (const child of fixup.children) {
        if (child.deleted) continue;
        const target = childNamed(node, child.name);
        if (!target) throw wrong(`names the node ${child.name}, which the overlay does not have`);
        waiting.push([child, target]);
      }
    }
  }

  /** Resolves references to labels of the base. */
  #resolveFixups(): void {
    const fixups = childNamed(this.#overlay, '__fixups__');
    if (!fixups) return;
    const symbols = childNamed(this.#base, '__symbols__');
    for (const { name: label, value, deleted } of fixups.properties) {
      if (deleted) continue;
      const entries = latin1Text(value).split('\0');
      const wanted = `wanted at ${entries[0] || 'an unreadable place'}${entries.length > 2 ? ` and ${entries.length - 2} more` : ''}`;
      const symbol = symbols && livePropertyOf(symbols, label);
      if (!symbol) {
        const lacks = `the base tree has ${symbols ? 'no such label' : 'no /__symbols__ node'}`;
        throw new OverlayError(finding('dt/overlay-label', { label, wanted, lacks }));
      }
      const path = textBeforeNul(symbol.value);
      const node = nodeAt(this.#base, path);
      if (!node) {
        const lacks = `the base tree has no node ${path}`;
        throw new OverlayError(finding('dt/overlay-label', { label, wanted, lacks }));
      }
      const phandle = phandleOf(node);
      if (phandle === 0) {
        const lacks = `${path} of the base tree has no phandle`;
        throw new OverlayError(finding('dt/overlay-label', { label, wanted, lacks }));
      }
      if (entries.length < 2 || entries.at(-1) !== '') {
        throw overlayError('dt/overlay-fixup', `The fixups of label ${label} are not a list of strings`);
      }
      for (const entry of entries.slice(0, -1)) this.#resolveFixup(label, entry, phandle);
    }
  }

  #resolveFixup(label: string, entry: string, phandle: number): void {
    const wrong = (what: string): OverlayError =>
      overlayError('dt/overlay-fixup', `The fixup "${entry}" of label ${label} ${what}`);
    const parts = /^([^:]*):([^:]+):([0-9]+)$/.exec(entry);
    if (!parts) throw wrong('is not of the form path:property:offset');
    const node = nodeAt(this.#overlay, parts[1]!);
    if (!node) throw wrong('names a node that the overlay does not have');
    const property = livePropertyOf(node, parts[2]!);
    if (!property) throw wrong('names a property that the node does not have');
    const offset = Number(parts[3]);
    if (offset + 4 > property.value.length) throw wrong('names an offset past the end of the value');
    setCell(property, offset, phandle);
  }

  /** The target of a fragment in the base; `node` is undefined when the base has none. `by` is for messages. */
  #target(fragment: LiveNode): { node: LiveNode | undefined; path: string | undefined; by: string } {
    const target = livePropertyOf(fragment, 'target');
    const where = `${livePathOf(fragment)} of the overlay`;
    let phandle = 0;
    if (target) {
      phandle = cell(target) ?? 0xffffffff;
      if (target.value.length !== 4 || phandle === 0xffffffff) {
        throw overlayError('dt/overlay-target', `The target of ${where} is not resolved`);
      }
    }
    if (phandle !== 0)
      return { node: this.#byPhandle.get(phandle), path: undefined, by: `phandle ${phandle}` };
    const path = livePropertyOf(fragment, 'target-path');
    if (!path) throw overlayError('dt/overlay-target', `${where} has neither target nor target-path`);
    const text = textBeforeNul(path.value);
    return { node: nodeAt(this.#base, text), path: text, by: text };
  }

  *#fragments(): Generator<{ fragment: LiveNode; body: LiveNode }> {
    for (const fragment of this.#overlay.children) {
      const body = fragment.deleted ? undefined : childNamed(fragment, '__overlay__');
      if (body) yield { fragment, body };
    }
  }

  /** A node in both trees keeps the base's phandle; the overlay's references to it are updated. */
  #keepPhandles(localFixups: LiveNode | undefined): void {
    for (const { fragment, body } of this.#fragments()) {
      const { node } = this.#target(fragment);
      if (!node) continue;
      const waiting: [LiveNode, LiveNode][] = [[node, body]];
      for (let next = waiting.pop(); next; next = waiting.pop()) {
        const [base, over] = next;
        const keep = phandleOf(base);
        const drop = phandleOf(over);
        if (keep !== 0 && drop !== 0) {
          for (const name of PHANDLE_NAMES) {
            const property = livePropertyOf(over, name);
            if (property?.value.length === 4) setCell(property, 0, keep);
          }
          if (localFixups) this.#eachLocalReference(localFixups, (value) => (value === drop ? keep : value));
        }
        const both: [LiveNode, LiveNode][] = [];
        for (const child of over.children) {
          const same = child.deleted ? undefined : childNamed(base, child.name);
          if (same) both.push([same, child]);
        }
        waiting.push(...both.reverse());
      }
    }
  }

  #merge(): void {
    for (const { fragment, body } of this.#fragments()) {
      const { node, by } = this.#target(fragment);
      if (!node) {
        throw overlayError(
          'dt/overlay-target',
          `The target of ${livePathOf(fragment)} of the overlay, ${by}, is not in the base tree`,
        );
      }
      this.#mergeNode(node, body);
    }
  }

  #mergeNode(base: LiveNode, over: LiveNode): void {
    const path: { to: LiveNode; from: LiveNode; next: number }[] = [];
    const enter = (to: LiveNode, from: LiveNode): void => {
      for (const property of from.properties) if (!property.deleted) this.#setProperty(to, property);
      const phandle = phandleOf(to);
      if (phandle !== 0 && !this.#byPhandle.has(phandle)) this.#byPhandle.set(phandle, to);
      path.push({ to, from, next: 0 });
    };
    enter(base, over);
    while (path.length > 0) {
      const top = path.at(-1)!;
      const child = top.from.children[top.next];
      top.next += 1;
      if (!child) path.pop();
      else if (!child.deleted) enter(childNamed(top.to, child.name) ?? this.#addNode(top.to, child), child);
    }
  }

  #addNode(parent: LiveNode, from: { readonly name: string; readonly spans: LiveNode['spans'] }): LiveNode {
    const made = liveNode(from.name, parent);
    made.spans = [...from.spans];
    // libfdt inserts a new node right after the properties.
    parent.children.unshift(made);
    this.edits.push({ kind: 'node', parent: namesOf(parent), name: from.name });
    return made;
  }

  #setProperty(node: LiveNode, from: LiveProperty): void {
    const known = livePropertyOf(node, from.name);
    const made = known ?? liveProperty(from.name, from.value);
    made.value = from.value;
    made.markers = [];
    made.span = from.span;
    made.valueSpan = from.valueSpan;
    // libfdt inserts a new property right after the node's name.
    if (!known) node.properties.unshift(made);
    this.edits.push({ kind: 'property', node: namesOf(node), name: from.name, value: from.value });
  }

  /** Adds the overlay's labels to `__symbols__`, with the paths of their nodes in the base. */
  #updateSymbols(): void {
    const from = childNamed(this.#overlay, '__symbols__');
    if (!from) return;
    const to =
      childNamed(this.#base, '__symbols__') ?? this.#addNode(this.#base, { name: '__symbols__', spans: [] });
    for (const property of from.properties) {
      if (property.deleted) continue;
      const { name, value } = property;
      const path = textBeforeNul(value);
      const wrong = (what: string): OverlayError =>
        overlayError('dt/overlay-symbol', `The symbol ${name} of the overlay ${what}`);
      if (value.length !== path.length + 1 || !path.startsWith('/')) throw wrong('is not a path');
      const parts = /^\/([^/]*)\/__overlay__(?:\/(.*))?$/s.exec(path);
      // A label outside of `__overlay__`, which is not merged into the base.
      if (!parts) continue;
      const fragment = childNamed(this.#overlay, parts[1]!);
      if (!fragment || !childNamed(fragment, '__overlay__')) throw wrong(`is not inside a fragment: ${path}`);
      const target = this.#target(fragment);
      if (!target.node) throw wrong(`is in a fragment whose target ${target.by} is not in the base tree`);
      const above = target.path ?? livePathOf(target.node);
      const joined = `${above.length > 1 ? above : ''}/${parts[2] ?? ''}`;
      this.#setProperty(to, { ...property, value: Uint8Array.from(latin1Bytes(`${joined}\0`)) });
    }
  }
}

/**
 * Applies one overlay to a live tree, changing both. Undefined, with an error that names the label or fragment, when it
 * can't be applied; then neither tree may be used.
 */
export function applyOverlay(
  base: LiveTree,
  overlay: LiveTree,
  sink: DiagnosticSink,
): AppliedOverlay | undefined {
  const application = new OverlayApplication(base.root, overlay.root);
  try {
    application.apply();
  } catch (error) {
    if (!(error instanceof OverlayError)) throw error;
    sink.add({ ...error.diagnostic, path: overlay.source.name });
    return undefined;
  }
  if (application.isEmpty)
    sink.add(finding('dt/overlay-empty', { advice: OVERLAY_HINT }, { path: overlay.source.name }));
  return { tree: base, edits: application.edits };
}

/**
 * A copy of `base` with overlays applied in order. Trees from source are taken as if compiled with `dtc -@`: the base with
 * its symbols, an overlay with its fixups. Undefined, with an error, when an overlay can't be applied.
 */
export function applyOverlays(
  base: DeviceTree,
  overlays: readonly DeviceTree[],
  sink: DiagnosticSink,
): DeviceTree | undefined {
  const live = liveFromTree(base, { spans: true });
  const made = base.form === 'dts' ? addSymbols(live) : undefined;
  for (const overlay of overlays) {
    const over = liveFromTree(overlay, { spans: true });
    if (overlay.form === 'dts' && !addFixups(over, sink)) return undefined;
    if (!applyOverlay(live, over, sink)) return undefined;
  }
  made?.remove();
  return treeFromLive(live);
}

/**
 * Adds the `/__symbols__` and phandles of `dtc -@` to a tree from source, so that overlays can be applied to it.
 * @returns how to remove `/__symbols__` again; undefined when the source has that node itself
 */
export function addSymbols(tree: LiveTree): { remove(): void } | undefined {
  const known = childNamed(tree.root, '__symbols__');
  const references = new References(tree);
  for (const node of walkLive(tree.root)) references.readExplicitPhandle(node, () => {});
  generateLabelTree(tree, references, '__symbols__', true, () => {});
  if (known) return undefined;
  return {
    remove() {
      tree.root.children = tree.root.children.filter(({ name }) => name !== '__symbols__');
    },
  };
}

/**
 * Adds the symbols and fixups of `dtc -@` to an overlay from source whose references have been resolved. False, with an
 * error, when a reference can't be expressed as a fixup.
 */
function addFixups(tree: LiveTree, sink: DiagnosticSink): boolean {
  addSymbols(tree);
  const references = new References(tree);
  const problem = generateFixups(tree, references, () => {});
  if (problem) {
    sink.add(finding('dt/overlay-fixup', { problem: problem.failure }, { path: tree.source.name }));
    return false;
  }
  generateLocalFixups(tree, references, () => {});
  return true;
}
