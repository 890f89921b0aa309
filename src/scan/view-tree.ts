/** A tree of nested ranges: containers and their parts. */
import type { ContainerStep } from './find.ts';

/** A container or a part of one, stored uncompressed in a space. Half-open. */
export interface View {
  readonly start: number;
  readonly end: number;
  /** Its name in paths. */
  readonly label: string;
  readonly step: ContainerStep;
  /** A raw file of a firmware volume (EFI_FV_FILETYPE_RAW). */
  readonly raw: boolean;
}

interface Node {
  readonly view: View | undefined;
  /** By start offset. */
  readonly children: Node[];
}

/** The most siblings examined: views overlap without nesting in damaged images only. */
const MAX_OVERLAPS = 8;

function holds(node: Node, start: number, end: number): boolean {
  return node.view === undefined || (node.view.start <= start && end <= node.view.end);
}

/** Index of the first child that begins after an offset. */
function firstAfter(children: readonly Node[], place: number): number {
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
  const last = firstAfter(children, start) - 1;
  for (let index = last; index >= 0 && index > last - MAX_OVERLAPS; index -= 1)
    if (holds(children[index]!, start, end)) return children[index];
  return undefined;
}

export class ViewTree {
  readonly #root: Node = { view: undefined, children: [] };

  /** Inserts a view below those that contain it, and moves those inside of it below it. */
  add(view: View): void {
    let node = this.#root;
    for (let inner = childAround(node, view.start, view.end); inner !== undefined; ) {
      node = inner;
      inner = childAround(node, view.start, view.end);
    }
    const { children } = node;
    const at = firstAfter(children, view.start);
    // A child with the same start that contained the view was descended into above; later ones inside of it become its children.
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
