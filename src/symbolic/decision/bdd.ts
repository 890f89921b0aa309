/**
 * Binary decision diagrams: Boolean functions of numbered variables, each function in one form only, so that equal
 * functions are the same number. Edges may say the opposite of the node they lead to, which makes negation free
 * (Brace, Rudell, Bryant: Efficient implementation of a BDD package, 1990).
 */

/** A function: twice the number of a node, plus one where it is the opposite of what the node says. */
export type Bdd = number;

export const TRUE: Bdd = 0;
export const FALSE: Bdd = 1;

/** The bound on work was reached. Caught by whoever asked the question; what was asked is then left open. */
export class OutOfWork extends Error {}

const FIRST_CAPACITY = 1 << 9;
/** The memory for results is this much of what there is room for in nodes, as a power of two. */
const CACHE_SHIFT = 1;
/** Variable of the constant: below all others. */
const CONSTANT_LEVEL = 0x7fff_ffff;

const AND = 0;
const XOR = 1;

function hashOf(a: number, b: number, c: number): number {
  let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

export class BddManager {
  #capacity = FIRST_CAPACITY;
  #count = 1;
  #levels = new Int32Array(FIRST_CAPACITY);
  #lows = new Int32Array(FIRST_CAPACITY);
  #highs = new Int32Array(FIRST_CAPACITY);
  /** Nodes by their hash, open addressing; 0 is free. Twice as many places as there is room for nodes. */
  #table = new Int32Array(FIRST_CAPACITY * 2);
  /** Results by the hash of what was asked: operands (the operator in the first), result. */
  #cacheLeft = new Int32Array(FIRST_CAPACITY << CACHE_SHIFT).fill(-1);
  #cacheRight = new Int32Array(FIRST_CAPACITY << CACHE_SHIFT);
  #cacheResult = new Int32Array(FIRST_CAPACITY << CACHE_SHIFT);
  #work = 0;
  readonly #maxNodes: number;
  #maxWork: number;

  /**
   * @param maxNodes nodes there may be
   * @param maxWork steps that may be taken
   */
  constructor(maxNodes: number, maxWork: number) {
    this.#maxNodes = maxNodes;
    this.#maxWork = maxWork;
    this.#levels[0] = CONSTANT_LEVEL;
  }

  /** Steps taken so far. */
  get work(): number {
    return this.#work;
  }

  /** The bound on work was reached. */
  get isSpent(): boolean {
    return this.#work > this.#maxWork || this.#count >= this.#maxNodes;
  }

  /** From now on so many steps may be taken. */
  allow(steps: number): void {
    this.#maxWork = this.#work + steps;
  }

  /** Counts steps that were taken elsewhere on behalf of the same question. */
  charge(steps: number): void {
    this.#work += steps;
    if (this.#work > this.#maxWork) throw new OutOfWork('too many steps');
  }

  get nodes(): number {
    return this.#count;
  }

  /** The variable that a function depends on first; {@link CONSTANT_LEVEL} for a constant. */
  levelOf(of: Bdd): number {
    return this.#levels[of >> 1]!;
  }

  /** What the function is where the first variable it depends on is 0. */
  low(of: Bdd): Bdd {
    return this.#lows[of >> 1]! ^ (of & 1);
  }

  /** What the function is where the first variable it depends on is 1. */
  high(of: Bdd): Bdd {
    return this.#highs[of >> 1]! ^ (of & 1);
  }

  variable(level: number): Bdd {
    return this.#node(level, FALSE, TRUE);
  }

  not(of: Bdd): Bdd {
    return of ^ 1;
  }

  or(a: Bdd, b: Bdd): Bdd {
    return this.and(a ^ 1, b ^ 1) ^ 1;
  }

  /** Are all cases of `a` cases of `b`? */
  implies(a: Bdd, b: Bdd): boolean {
    return !this.meets(a, b ^ 1);
  }

  choose(when: Bdd, yes: Bdd, no: Bdd): Bdd {
    if (yes === no) return yes;
    return this.or(this.and(when, yes), this.and(when ^ 1, no));
  }

  // Recurses no deeper than there are variables.
  and(a: Bdd, b: Bdd): Bdd {
    if (a === b || b === TRUE) return a;
    if (a === TRUE) return b;
    if (a === FALSE || b === FALSE || a === (b ^ 1)) return FALSE;
    if (a > b) {
      const first = b;
      b = a;
      a = first;
    }
    const known = this.#cached(AND, a, b);
    if (known >= 0) return known;
    const levelA = this.#levels[a >> 1]!;
    const levelB = this.#levels[b >> 1]!;
    const level = levelA < levelB ? levelA : levelB;
    const low = this.and(levelA === level ? this.low(a) : a, levelB === level ? this.low(b) : b);
    const high = this.and(levelA === level ? this.high(a) : a, levelB === level ? this.high(b) : b);
    return this.#keep(AND, a, b, this.#node(level, low, high));
  }

  /** Is there a case of both? Found without making the function of both. */
  meets(a: Bdd, b: Bdd): boolean {
    if (a === FALSE || b === FALSE || a === (b ^ 1)) return false;
    if (a === TRUE || b === TRUE || a === b) return true;
    if (a > b) {
      const first = b;
      b = a;
      a = first;
    }
    const known = this.#cached(AND, a, b);
    if (known >= 0) return known !== FALSE;
    const levelA = this.#levels[a >> 1]!;
    const levelB = this.#levels[b >> 1]!;
    const level = levelA < levelB ? levelA : levelB;
    if (
      this.meets(levelA === level ? this.high(a) : a, levelB === level ? this.high(b) : b) ||
      this.meets(levelA === level ? this.low(a) : a, levelB === level ? this.low(b) : b)
    )
      return true;
    this.#keep(AND, a, b, FALSE);
    return false;
  }

  xor(a: Bdd, b: Bdd): Bdd {
    // The opposite of one operand is the opposite of the result.
    const opposite = (a ^ b) & 1;
    a &= ~1;
    b &= ~1;
    if (a === b) return FALSE ^ opposite;
    if (a === TRUE) return b ^ 1 ^ opposite;
    if (b === TRUE) return a ^ 1 ^ opposite;
    if (a > b) {
      const first = b;
      b = a;
      a = first;
    }
    const known = this.#cached(XOR, a, b);
    if (known >= 0) return known ^ opposite;
    const levelA = this.#levels[a >> 1]!;
    const levelB = this.#levels[b >> 1]!;
    const level = levelA < levelB ? levelA : levelB;
    const low = this.xor(levelA === level ? this.low(a) : a, levelB === level ? this.low(b) : b);
    const high = this.xor(levelA === level ? this.high(a) : a, levelB === level ? this.high(b) : b);
    return this.#keep(XOR, a, b, this.#node(level, low, high)) ^ opposite;
  }

  /** The variables that a function depends on. */
  support(of: Bdd): Set<number> {
    const levels = new Set<number>();
    const seen = new Set<number>();
    const pending = [of >> 1];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      if (node === 0 || seen.has(node)) continue;
      seen.add(node);
      levels.add(this.#levels[node]!);
      pending.push(this.#lows[node]! >> 1, this.#highs[node]! >> 1);
    }
    return levels;
  }

  /** Values of variables for which the function holds; those not named may be anything. Undefined when it never does. */
  solution(of: Bdd): Map<number, boolean> | undefined {
    if (of === FALSE) return undefined;
    const values = new Map<number, boolean>();
    for (let at = of; at !== TRUE; ) {
      const low = this.low(at);
      values.set(this.levelOf(at), low === FALSE);
      at = low === FALSE ? this.high(at) : low;
    }
    return values;
  }

  /** Does it hold for these values? Variables not named are 0. */
  holdsFor(of: Bdd, values: ReadonlyMap<number, boolean>): boolean {
    let at = of;
    while (at !== TRUE && at !== FALSE) at = values.get(this.levelOf(at)) ? this.high(at) : this.low(at);
    return at === TRUE;
  }

  /** What the function is where some variables have these values. */
  restrict(of: Bdd, values: ReadonlyMap<number, boolean>): Bdd {
    // What has a value often stands at the top, where nothing is made anew.
    for (let value = values.get(this.levelOf(of)); value !== undefined; value = values.get(this.levelOf(of)))
      of = value ? this.high(of) : this.low(of);
    let last = -1;
    for (const level of values.keys()) if (level > last) last = level;
    if (this.levelOf(of) > last) return of;
    const done = new Map<Bdd, Bdd>();
    // Recurses no deeper than there are variables.
    const walk = (at: Bdd): Bdd => {
      // Below them nothing changes.
      if (this.levelOf(at) > last) return at;
      const known = done.get(at);
      if (known !== undefined) return known;
      this.charge(1);
      const level = this.levelOf(at);
      const value = values.get(level);
      const result =
        value === undefined
          ? this.#node(level, walk(this.low(at)), walk(this.high(at)))
          : walk(value ? this.high(at) : this.low(at));
      done.set(at, result);
      return result;
    };
    return walk(of);
  }

  #node(level: number, low: Bdd, high: Bdd): Bdd {
    if (low === high) return low;
    // The edge for 1 never says the opposite: of each function and its opposite one has a node.
    if ((high & 1) === 1) return this.#node(level, low ^ 1, high ^ 1) ^ 1;
    const mask = this.#table.length - 1;
    let at = hashOf(level, low, high) & mask;
    for (let node = this.#table[at]!; node !== 0; node = this.#table[at]!) {
      if (this.#lows[node] === low && this.#highs[node] === high && this.#levels[node] === level)
        return node << 1;
      at = (at + 1) & mask;
    }
    const node = this.#count++;
    if (node >= this.#maxNodes) throw new OutOfWork('too many nodes');
    if (node >= this.#capacity) {
      this.#grow();
      return this.#insert(level, low, high, node);
    }
    this.#table[at] = node;
    this.#levels[node] = level;
    this.#lows[node] = low;
    this.#highs[node] = high;
    return node << 1;
  }

  #insert(level: number, low: Bdd, high: Bdd, node: number): Bdd {
    this.#levels[node] = level;
    this.#lows[node] = low;
    this.#highs[node] = high;
    this.#enter(node);
    return node << 1;
  }

  #enter(node: number): void {
    const mask = this.#table.length - 1;
    let at = hashOf(this.#levels[node]!, this.#lows[node]!, this.#highs[node]!) & mask;
    while (this.#table[at] !== 0) at = (at + 1) & mask;
    this.#table[at] = node;
  }

  #grow(): void {
    const old = this.#capacity;
    this.#capacity *= 2;
    const larger = (from: Int32Array): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(this.#capacity);
      to.set(from);
      return to;
    };
    this.#levels = larger(this.#levels);
    this.#lows = larger(this.#lows);
    this.#highs = larger(this.#highs);
    this.#table = new Int32Array(this.#capacity * 2);
    for (let node = 1; node < old; node++) this.#enter(node);
    // Results may be forgotten: they are found again.
    const size = this.#capacity << CACHE_SHIFT;
    this.#cacheLeft = new Int32Array(size).fill(-1);
    this.#cacheRight = new Int32Array(size);
    this.#cacheResult = new Int32Array(size);
  }

  #cached(op: number, a: Bdd, b: Bdd): number {
    this.#work += 1;
    if (this.#work > this.#maxWork) throw new OutOfWork('too many steps');
    const at = hashOf(op, a, b) & (this.#cacheLeft.length - 1);
    return this.#cacheLeft[at] === ((a << 1) | op) && this.#cacheRight[at] === b
      ? this.#cacheResult[at]!
      : -1;
  }

  #keep(op: number, a: Bdd, b: Bdd, result: Bdd): Bdd {
    const at = hashOf(op, a, b) & (this.#cacheLeft.length - 1);
    this.#cacheLeft[at] = (a << 1) | op;
    this.#cacheRight[at] = b;
    this.#cacheResult[at] = result;
    return result;
  }
}
