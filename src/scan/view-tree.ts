/** Containers and their parts by where they are, each below the one around it. */
import type { ContainerStep } from './find.ts';

/** A container, or a part of one, that lies plain in the bytes of a space. Half-open. */
export interface View {
  readonly start: number;
  readonly end: number;
  /** In a path. */
  readonly label: string;
  readonly step: ContainerStep;
  /** A file that says of itself it is raw data. */
  readonly raw: boolean;
}

interface Node {
  readonly view: View | undefined;
  /** In the order of their beginnings. */
  readonly children: Node[];
}

/** Views that overlap without one being in the other are met in broken images only: so many are looked at. */
const MAX_OVERLAPS = 8;

function holds(node: Node, start: number, end: number): boolean {
  return node.view === undefined || (node.view.start <= start && end <= node.view.end);
}

/** Index of the first child that begins behind a place. */
function behind(children: readonly Node[], place: number): number {
  let low = 0;
  let high = children.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (children[middle]!.view!.start <= place) low = middle + 1;
    else high = middle;
  }
  return low;
}

function childAround(node: Node, start: number, end: number): Node | undefined {
  const { children } = node;
  const last = behind(children, start) - 1;
  for (let index = last; index >= 0 && index > last - MAX_OVERLAPS; index -= 1)
    if (holds(children[index]!, start, end)) return children[index];
  return undefined;
}

export class ViewTree {
  readonly #root: Node = { view: undefined, children: [] };

  /** Puts a view below those around it, and those inside of it below itself. */
  add(view: View): void {
    let node = this.#root;
    for (let inner = childAround(node, view.start, view.end); inner !== undefined; ) {
      node = inner;
      inner = childAround(node, view.start, view.end);
    }
    const { children } = node;
    const at = behind(children, view.start);
    // What begins where this does and is no longer has been passed; what begins in it may belong to it.
    let to = at;
    while (to < children.length && children[to]!.view!.end <= view.end) to += 1;
    const inside = children.slice(at, to);
    children.splice(at, to - at, { view, children: inside });
  }

  /** The views around a range, the outermost first. */
  around(start: number, end: number): View[] {
    const found: View[] = [];
    for (
      let node = childAround(this.#root, start, end);
      node !== undefined;
      node = childAround(node, start, end)
    )
      found.push(node.view!);
    return found;
  }
}
