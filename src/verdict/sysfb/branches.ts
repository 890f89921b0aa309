/** The tree of decisions that worlds are the leaves of, without decisions that make no difference. */
import {
  type Condition,
  isKnown,
  keyOfVariable,
  not,
  sameQuantity,
  variablesOf,
} from '../../symbolic/index.ts';

/** A leaf of the tree: the decisions on the way to it, and what it is there. */
export interface Branch {
  readonly decisions: readonly Condition[];
  readonly key: string;
}

/** Undefined where no world is. */
type Node =
  | { readonly id: number; readonly key: string }
  | {
      readonly id: number;
      readonly condition: Condition;
      readonly yes: Node | undefined;
      readonly no: Node | undefined;
    };

/** A part of the decision table: the way to it, and the branches behind that, by what they come to. */
export interface Part {
  readonly path: readonly Condition[];
  readonly groups: ReadonlyMap<string, readonly Branch[]>;
  /** What it comes to takes long conditions to tell, and there is no room to divide it further: it is one row. */
  readonly isCoarse: boolean;
}

/** Rows that a table has: what is left then is told as depending on more. */
const MAX_ROWS = 8;

/**
 * The worlds as the branches of a smaller tree: a decision that is followed by the same either way is left out. Where
 * `sizeOf` says that what lies behind a decision isn't told in short conditions, its two sides are parts of their own, as
 * long as there is room for their rows.
 *
 * @param worlds as leaves in the order in which the tree has them; decisions at one place of it are of one condition
 */
export function partsOf(
  worlds: readonly Branch[],
  sizeOf: (part: Part) => { readonly isShort: boolean; readonly rows: number },
): Part[] {
  const rank = ranksOf(worlds);
  const ranks = new Map<Condition, number>();
  const first = (condition: Condition): number => {
    let at = ranks.get(condition);
    if (at === undefined) {
      at = Math.min(...variablesOf(condition).map((variable) => rank.get(keyOfVariable(variable))!));
      ranks.set(condition, at);
    }
    return at;
  };
  // In the order in which the judgement came upon what they are about: they are printed so.
  const sorted = (decisions: readonly Condition[]): Condition[] =>
    decisions
      .map((condition) => ({ condition, at: first(condition) }))
      .sort((a, b) => a.at - b.at)
      .map(({ condition }) => condition);
  const partOf = (node: Node, path: readonly Condition[]): Part => {
    const groups = new Map<string, Branch[]>();
    for (const { decisions, key } of branchesIn(node)) {
      const branch = { decisions: sorted(decisions), key };
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [branch]);
      else group.push(branch);
    }
    return { path: sorted(path), groups, isCoarse: false };
  };
  const root = new Tree().of(worlds, 0);
  if (root === undefined) return [];
  const parts: Part[] = [];
  const reached = (node: Node, path: readonly Condition[]) => {
    const part = partOf(node, path);
    return { node, path, part, ...sizeOf(part) };
  };
  const waiting = [reached(root, [])];
  let { rows } = waiting[0]!;
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { node, path, part, isShort } = next;
    if ('key' in node || isShort) {
      parts.push(part);
      continue;
    }
    const sides = [
      ...(node.yes === undefined ? [] : [reached(node.yes, [...path, node.condition])]),
      ...(node.no === undefined ? [] : [reached(node.no, [...path, not(node.condition) as Condition])]),
    ];
    const more = sides.reduce((sum, side) => sum + side.rows, -next.rows);
    if (rows + more > MAX_ROWS) parts.push({ ...part, isCoarse: true });
    else {
      rows += more;
      waiting.push(...sides);
    }
  }
  return parts;
}

function branchesIn(root: Node): Branch[] {
  const branches: Branch[] = [];
  // Recurses no deeper than there are decisions on the way to a world.
  const walk = (node: Node | undefined, decisions: readonly Condition[]): void => {
    if (node === undefined) return;
    if ('key' in node) {
      branches.push({ decisions, key: node.key });
      return;
    }
    walk(node.yes, [...decisions, node.condition]);
    walk(node.no, [...decisions, not(node.condition) as Condition]);
  };
  walk(root, []);
  return branches;
}

/** Variables by when they were first asked about. */
function ranksOf(worlds: readonly Branch[]): Map<string | object, number> {
  const rank = new Map<string | object, number>();
  for (const condition of new Set(worlds.flatMap(({ decisions }) => decisions)))
    for (const variable of variablesOf(condition)) {
      const key = keyOfVariable(variable);
      if (!rank.has(key)) rank.set(key, rank.size);
    }
  return rank;
}

class Tree {
  /** Nodes by what they are made of: the same subtree is the same node. */
  readonly #nodes = new Map<string, Node>();
  readonly #conditions = new Map<number, { readonly id: number; readonly condition: Condition }[]>();
  #last = 0;

  // Recurses no deeper than there are decisions on the way to a world.
  of(worlds: readonly Branch[], depth: number): Node | undefined {
    const [first] = worlds;
    if (first === undefined) return undefined;
    const condition = first.decisions[depth];
    if (condition === undefined) return this.#node(first.key, (id) => ({ id, key: first.key }));
    const holds = ({ decisions }: Branch): boolean => sameQuantity(decisions[depth]!, condition);
    const yes = this.of(worlds.filter(holds), depth + 1);
    const no = this.of(
      worlds.filter((world) => !holds(world)),
      depth + 1,
    );
    if (yes === no) return yes;
    return this.#node(`${this.#idOf(condition)} ${yes?.id} ${no?.id}`, (id) => ({ id, condition, yes, no }));
  }

  #node(name: string, make: (id: number) => Node): Node {
    let node = this.#nodes.get(name);
    if (node === undefined) {
      node = make(++this.#last);
      this.#nodes.set(name, node);
    }
    return node;
  }

  #idOf(condition: Condition): number {
    if (isKnown(condition)) return 0;
    const same = this.#conditions.get(condition.hash) ?? [];
    let entry = same.find((each) => sameQuantity(each.condition, condition));
    if (entry === undefined) {
      entry = { id: ++this.#last, condition };
      this.#conditions.set(condition.hash, [...same, entry]);
    }
    return entry.id;
  }
}
