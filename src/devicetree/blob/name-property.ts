/** The `name` property, in which old forms of a tree repeat each node's name. */
import { baseNameOf } from '../tree.ts';

/**
 * True for a `name` property that equals the node's name without its unit address: Open Firmware, `/proc` and blobs before
 * version 16 have one in each node. Readers drop it, as dtc does, and keep one that differs.
 */
export function repeatsNodeName(
  property: { readonly name: string; readonly value: Uint8Array },
  node: { readonly name: string },
): boolean {
  if (property.name !== 'name') return false;
  const { value } = property;
  const base = baseNameOf(node);
  if (value.length !== base.length + 1 || value[base.length] !== 0) return false;
  for (let at = 0; at < base.length; at += 1) if (value[at] !== base.charCodeAt(at)) return false;
  return true;
}
