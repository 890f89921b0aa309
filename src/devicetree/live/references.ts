/**
 * Resolves references in a live tree: assigns phandles to the nodes that references name, and writes phandles and paths into
 * the values. Phandles are assigned in dtc's order, so that blobs are equal byte by byte.
 */
import { latin1Bytes } from '../../bytes/text-encoding.ts';
import type { Marker } from '../tree.ts';
import {
  type LiveNode,
  type LiveProperty,
  type LiveTree,
  livePathOf,
  liveProperty,
  livePropertyOf,
  walkLive,
} from './live-tree.ts';

/** dtc's `-H`: which property holds a node's phandle, `phandle`, `linux,phandle` or both. */
export type PhandleFormat = 'epapr' | 'legacy' | 'both';

export interface ReferenceOptions {
  /** `epapr` by default. */
  readonly phandleFormat?: PhandleFormat | undefined;
  /** dtc's `-@`: nodes with labels are kept, since overlays may refer to them. */
  readonly symbols?: boolean | undefined;
}

/** What can be wrong, by the name of dtc's check for it. */
export interface ReferenceProblem {
  readonly check: 'explicit_phandles' | 'phandle_references' | 'path_references';
  readonly node: LiveNode;
  readonly property?: LiveProperty;
  readonly message: string;
}

export type ReportProblem = (problem: ReferenceProblem) => void;

/** 0 and 2^32 - 1 are no phandles. */
export function isPhandle(value: number): boolean {
  return value !== 0 && value !== 0xffffffff;
}

/**
 * The labels and phandles of a tree at the time of construction; nodes and labels that are added later are not in it.
 */
export class References {
  readonly root: LiveNode;
  readonly #plugin: boolean;
  readonly #format: PhandleFormat;
  readonly #labels = new Map<string, LiveNode>();
  readonly #phandles = new Map<number, LiveNode>();
  #next = 1;

  constructor({ root, plugin }: LiveTree, options: ReferenceOptions = {}) {
    this.root = root;
    this.#plugin = plugin;
    this.#format = options.phandleFormat ?? 'epapr';
    for (const node of walkLive(root)) {
      for (const { name, deleted } of node.labels)
        if (!deleted && !this.#labels.has(name)) this.#labels.set(name, node);
      if (node.phandle !== 0 && !this.#phandles.has(node.phandle)) this.#phandles.set(node.phandle, node);
    }
  }

  /** The first node in tree order with the label. */
  byLabel(label: string): LiveNode | undefined {
    return this.#labels.get(label);
  }

  byPhandle(phandle: number): LiveNode | undefined {
    return this.#phandles.get(phandle);
  }

  /** `label`, `/path` or `label/path`. */
  byReference(reference: string): LiveNode | undefined {
    const slash = reference.indexOf('/');
    if (slash < 0) return this.byLabel(reference);
    const from = slash === 0 ? this.root : this.byLabel(reference.slice(0, slash));
    return from && nodeByPath(from, reference.slice(slash));
  }

  /** The node's phandle; when it has none, the lowest free one is assigned and its property added. */
  phandleOf(node: LiveNode): number {
    if (isPhandle(node.phandle)) return node.phandle;
    while (this.#phandles.has(this.#next)) this.#next += 1;
    node.phandle = this.#next;
    this.#phandles.set(node.phandle, node);
    if (this.#format !== 'epapr') addPhandleProperty(node, 'linux,phandle');
    if (this.#format !== 'legacy') addPhandleProperty(node, 'phandle');
    return node.phandle;
  }

  /** Reads the phandle from a node's own properties. */
  readExplicitPhandle(node: LiveNode, report: ReportProblem): void {
    const standard = this.#phandleProperty(node, 'phandle', report);
    const legacy = this.#phandleProperty(node, 'linux,phandle', report);
    if (standard === 0 && legacy === 0) return;
    if (standard !== 0 && legacy !== 0 && standard !== legacy)
      report({
        check: 'explicit_phandles',
        node,
        message: "mismatching 'phandle' and 'linux,phandle' properties",
      });
    const phandle = standard === 0 ? legacy : standard;
    const other = this.byPhandle(phandle);
    if (other && other !== node) {
      report({
        check: 'explicit_phandles',
        node,
        message: `duplicated phandle 0x${phandle.toString(16)} (seen before at ${livePathOf(other)})`,
      });
      return;
    }
    node.phandle = phandle;
    this.#phandles.set(phandle, node);
  }

  /** 0 when the node has no such property, an invalid one, or one that refers to the node itself, which asks for any phandle. */
  #phandleProperty(node: LiveNode, name: string, report: ReportProblem): number {
    const property = livePropertyOf(node, name);
    if (!property) return 0;
    const { value } = property;
    const check = 'explicit_phandles';
    if (value.length !== 4) {
      report({ check, node, property, message: `bad length (${value.length}) ${name} property` });
      return 0;
    }
    const reference = property.markers.find((marker) => marker.kind === 'phandle-reference');
    if (reference?.kind === 'phandle-reference') {
      if (this.byReference(reference.target) !== node)
        report({ check, node, message: `${name} is a reference to another node` });
      return 0;
    }
    const phandle = new DataView(value.buffer, value.byteOffset).getUint32(0);
    if (isPhandle(phandle)) return phandle;
    report({ check, node, property, message: `bad value (0x${phandle.toString(16)}) in ${name} property` });
    return 0;
  }

  /** Writes the phandles that a node's values refer to. In a plugin an unknown label may be one of the base tree. */
  resolvePhandles(node: LiveNode, report: ReportProblem): void {
    // By index: a node that refers to itself gets its phandle property while its list is walked, as in dtc.
    for (let index = 0; index < node.properties.length; index += 1) {
      const property = node.properties[index]!;
      if (property.deleted) continue;
      for (const marker of property.markers) {
        if (marker.kind !== 'phandle-reference') continue;
        const target = this.byReference(marker.target);
        if (!target && !this.#plugin)
          report({
            check: 'phandle_references',
            node,
            message: `Reference to non-existent node or label "${marker.target}"`,
          });
        if (!target && !this.#plugin) continue;
        const { value } = property;
        const phandle = target ? this.phandleOf(target) : 0xffffffff;
        new DataView(value.buffer, value.byteOffset).setUint32(marker.offset, phandle);
        if (target) target.referenced = true;
      }
    }
  }

  /** Inserts the paths that a node's values refer to. */
  resolvePaths(node: LiveNode, report: ReportProblem): void {
    for (const property of node.properties) {
      if (property.deleted || !property.markers.some(({ kind }) => kind === 'path-reference')) continue;
      const parts: Uint8Array[] = [];
      const markers: Marker[] = [];
      let inserted = 0;
      let taken = 0;
      for (const marker of property.markers) {
        markers.push({ ...marker, offset: marker.offset + inserted });
        if (marker.kind !== 'path-reference') continue;
        const target = this.byReference(marker.target);
        if (!target) {
          report({
            check: 'path_references',
            node,
            message: `Reference to non-existent node or label "${marker.target}"`,
          });
          continue;
        }
        const path = latin1Bytes(`${livePathOf(target)}\0`);
        parts.push(property.value.subarray(taken, marker.offset), path);
        taken = marker.offset;
        inserted += path.length;
        target.referenced = true;
      }
      property.value = Uint8Array.from(Buffer.concat([...parts, property.value.subarray(taken)]));
      property.markers = markers;
    }
  }
}

function addPhandleProperty(node: LiveNode, name: string): void {
  if (livePropertyOf(node, name)) return;
  const value = new Uint8Array(4);
  new DataView(value.buffer).setUint32(0, node.phandle);
  node.properties.push(liveProperty(name, value, [{ kind: 'uint32', offset: 0 }]));
}

/** The node at a path below `from`, with full unit addresses; repeated slashes are ignored. */
export function nodeByPath(from: LiveNode, path: string): LiveNode | undefined {
  let node: LiveNode | undefined = from;
  for (const name of path.split('/')) {
    if (!node || node.deleted) return undefined;
    if (name !== '') node = node.children.find((child) => child.name === name && !child.deleted);
  }
  return node;
}
