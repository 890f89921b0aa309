/** Sorts a tree by names (dtc -s), so that two trees can be compared as text. */
import { type LiveTree, walkLive } from './live-tree.ts';

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Sorts properties and children by the bytes of their names, reservations by address and size. */
export function sortTree(tree: LiveTree): void {
  tree.reservations = [...tree.reservations].sort(
    (a, b) => compare(a.address, b.address) || compare(a.size, b.size),
  );
  for (const node of walkLive(tree.root)) {
    node.properties.sort(byName);
    node.children.sort(byName);
  }
}
