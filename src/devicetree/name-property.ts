/** The `name` property that old forms of a tree repeat each node's name in. */
import type { DtNode } from './tree.ts';
import { baseNameOf } from './tree.ts';

/**
 * Drops a `name` property that says what the node's name says without its unit address: Open Firmware, `/proc` and
 * blobs before version 16 have one in each node, and dtc drops it too. One that says something else stays.
 */
export function dropRedundantName(node: DtNode): void {
  const base = baseNameOf(node);
  const index = node.properties.findIndex((property) => property.name === 'name');
  if (index < 0) return;
  const { value } = node.properties[index]!;
  if (value.length !== base.length + 1 || value[base.length] !== 0) return;
  for (let at = 0; at < base.length; at += 1) if (value[at] !== base.charCodeAt(at)) return;
  node.properties.splice(index, 1);
}
