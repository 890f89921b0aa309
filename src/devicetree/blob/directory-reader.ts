/**
 * Reads a device tree from a directory, as Linux exports it in /proc/device-tree: a directory is a node, a file is a
 * property with its value as content.
 */

import type { Artifact } from '../../artifact/artifact.ts';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { finding } from '../../findings/finding.ts';
import { limit, overLimit } from '../../limits/limits.ts';
import { type DeviceTree, type DtNode, type DtProperty, holdsOverlay } from '../tree.ts';
import { repeatsNodeName } from './name-property.ts';

interface FolderNode extends DtNode {
  readonly properties: DtProperty[];
  readonly children: DtNode[];
}

/**
 * Reads the entries of a `dt-dir` artifact; undefined, with an error, when there are none. This form has no memory
 * reservation block and no boot CPU. `name` properties that only repeat the node's name are dropped.
 */
export function readDirectory(artifact: Artifact, sink: DiagnosticSink): DeviceTree | undefined {
  const entries = artifact.entries ?? [];
  if (entries.length === 0) {
    sink.add(finding('dt/directory-empty', {}, { path: artifact.path }));
    return undefined;
  }
  const root: FolderNode = { name: '', parent: undefined, properties: [], children: [], labels: [] };
  const nodes = new Map<string, FolderNode>([['', root]]);
  let properties = 0;
  /** The node of a directory, created with its parents when it was not listed itself; undefined past a limit. */
  const nodeAt = (path: string): FolderNode | undefined => {
    const known = nodes.get(path);
    if (known) return known;
    const names = path.split('/');
    if (names.length > limit('tree-depth')) return undefined;
    let node = root;
    for (let depth = 1; depth <= names.length; depth += 1) {
      const below = names.slice(0, depth).join('/');
      let child = nodes.get(below);
      if (!child) {
        if (nodes.size >= limit('tree-nodes')) return undefined;
        child = { name: names[depth - 1]!, parent: node, properties: [], children: [], labels: [] };
        node.children.push(child);
        nodes.set(below, child);
      }
      node = child;
    }
    return node;
  };
  for (const { path, type, source } of entries) {
    const slash = path.lastIndexOf('/');
    const node = nodeAt(type === 'directory' ? path : path.slice(0, Math.max(slash, 0)));
    if (!node || properties >= limit('tree-properties')) {
      const problem = `${overLimit(properties >= limit('tree-properties') ? 'tree-properties' : nodes.size >= limit('tree-nodes') ? 'tree-nodes' : 'tree-depth')}; the rest is not read`;
      sink.add(finding('dt/too-large', { problem }, { path: artifact.path }));
      break;
    }
    if (type === 'directory' || !source) continue;
    properties += 1;
    const span = { source, start: 0, end: source.bytes.length };
    const name = path.slice(slash + 1);
    const property: DtProperty = {
      name,
      value: source.bytes,
      markers: [],
      labels: [],
      span,
      valueSpan: span,
    };
    if (!repeatsNodeName(property, node)) node.properties.push(property);
  }
  return {
    source: artifact.source,
    form: 'dt-dir',
    root,
    reservations: [],
    bootCpuid: 0,
    overlay: holdsOverlay(root),
  };
}
