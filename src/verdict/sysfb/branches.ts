/** The decision tree whose leaves are the worlds, without decisions that make no difference. */
import {
  type Condition,
  isKnown,
  keyOfVariable,
  not,
  sameQuantity,
  variablesOf,
} from '../../symbolic/index.ts';

/** A leaf of the tree: the decisions on the way to it, and the key of its outcome. */
export interface Branch {
  readonly decisions: readonly Condition[];
  readonly key: string;
}

/** A subtree; undefined where there is no world. */
type Node =
  | { readonly id: number; readonly key: string }
  | {
      readonly id: number;
      readonly condition: Condition;
      readonly yes: Node | undefined;
      readonly no: Node | undefined;
    };

/** A part of the decision table: the decisions that lead to it, and its branches by outcome. */
export interface Part {
  readonly path: readonly Condition[];
  readonly groups: ReadonlyMap<string, readonly Branch[]>;
  /** Its conditions are long and there is no room to divide it further: it is one row. */
  readonly isCoarse: boolean;
}

/** The most rows of a table; the rest is a row that depends on more. */
const MAX_ROWS = 8;

/**
 * The worlds as branches of a smaller tree: a decision with the same result either way is left out. Where `sizeOf` says
 * that a part has long conditions, it is split at its first decision, as long as there is room for the rows.
 *
 * @param worlds as leaves in the order of the tree; decisions at one place of it have the same condition
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

/** Ranks variables by when they were first asked about. */
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
  /** Nodes by content: equal subtrees are the same node. */
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
