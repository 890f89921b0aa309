/** The interpreter's namespace: a tree of names with objects. It is generic in the types of objects. */
import type { AcpiTable } from '../tables/table.ts';
import type { NamePath } from '../terms/name.ts';
import { trimSegment } from '../terms/name.ts';
import type { Term } from '../terms/term.ts';

const NO_CHILDREN: ReadonlyMap<string, never> = new Map<string, never>();

/** A name. `Held` is the type of objects, `Shared` the type of an integer that packages share with its name. */
export class NameNode<Held, Shared> {
  declare readonly segment: string;
  declare readonly parent: NameNode<Held, Shared> | undefined;
  /** `undefined` if no object of this name exists now. A Choice with an `undefined` side exists under a condition. */
  declare object: Held | undefined;
  /** The object at the end of the method that created it. */
  declare former: Held | undefined;
  /** Shared with packages that refer to this node's integer by name: they see its changes. */
  declare shared: Shared | undefined;
  /** The declaration. */
  declare term: Term | undefined;
  declare table: AcpiTable | undefined;
  /** Ordinal of the table load that created it; 0 for predefined names. */
  declare owner: number;
  /** Created on demand: most nodes have no children. */
  #children: Map<string, NameNode<Held, Shared>> | undefined = undefined;

  constructor(segment: string, parent: NameNode<Held, Shared> | undefined) {
    this.segment = segment;
    this.parent = parent;
    this.object = undefined;
    this.former = undefined;
    this.shared = undefined;
    this.term = undefined;
    this.table = undefined;
    this.owner = 0;
  }

  get children(): ReadonlyMap<string, NameNode<Held, Shared>> {
    return this.#children ?? NO_CHILDREN;
  }

  /** Absolute path, segments without padding: `\_SB.PCI0`. */
  get path(): string {
    let text = '';
    for (let at: NameNode<Held, Shared> = this; at.parent; at = at.parent)
      text = text === '' ? trimSegment(at.segment) : `${trimSegment(at.segment)}.${text}`;
    return `\\${text}`;
  }

  child(segment: string): NameNode<Held, Shared> {
    this.#children ??= new Map();
    let child = this.#children.get(segment);
    if (child === undefined) {
      child = new NameNode(segment, this);
      this.#children.set(segment, child);
    }
    return child;
  }
}

/** The absolute name of a node. */
export function nameOfNode<Held, Shared>(node: NameNode<Held, Shared>): NamePath {
  const segments: string[] = [];
  for (let at: NameNode<Held, Shared> = node; at.parent; at = at.parent) segments.unshift(at.segment);
  return { root: true, parents: 0, segments };
}
