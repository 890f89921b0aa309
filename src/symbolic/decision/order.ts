/**
 * Which bits conditions depend on, and in which order a diagram asks for them. Fields that one comparison holds
 * together stand together, their bits interleaved by their weight in it, the highest first: sums and comparisons are
 * then about as large as they are wide. Bits of memory have one place, whatever fields lie over them.
 */
import { trailingZeros, widthOf } from '../known-bits.ts';
import { type ChoiceVariable, type Expr, isKnown, type Quantity } from '../quantity.ts';
import { keyOfVariable, type Variable } from '../variables.ts';

/** More bits than this aren't decided upon: work on diagrams recurses as deep as there are bits. */
const MAX_BITS = 2048;

/** Address spaces of which there is one on a machine: the address says it all. */
const ONE_OF_A_KIND: ReadonlySet<string> = new Set(['SystemMemory', 'SystemIO', 'SystemCMOS']);

/** Fields up to this width are taken as a whole. */
const WHOLE = 64;

/** Where bit 0 of a field is, as a key and a number of bits behind it: bits of one key and number are the same. */
function placeOf(variable: Variable): { readonly key: string | object; readonly at: bigint } {
  if (variable.kind === 'field') {
    const { space, within, address, bitOffset, epoch } = variable.field;
    if (address !== undefined && (ONE_OF_A_KIND.has(space) || within !== undefined))
      return { key: `${space} ${within ?? ''} ${epoch}`, at: address * 8n + BigInt(bitOffset) };
  }
  return { key: keyOfVariable(variable), at: 0n };
}

function bitsIn(variable: Variable): number {
  switch (variable.kind) {
    case 'field':
      return variable.field.bits;
    case 'choice':
      return widthOf(BigInt(variable.choice.values.length - 1));
    case 'unknown':
      return variable.of.bits;
  }
}

interface Bit {
  /** By the measure of its cluster. */
  readonly weight: number;
  readonly cluster: Cluster;
  readonly order: number;
  level: number;
}

/** Bits that stand together; of joined clusters, all but one refer to another. */
interface Cluster {
  into: Cluster | undefined;
  /** What is added to a weight for it to be one by the measure of `into`. */
  shift: number;
  readonly order: number;
  /** Some bit is by its measure. */
  isUsed: boolean;
}

/** Bits of a variable side by side, in one cluster. */
interface Whole {
  readonly cluster: Cluster;
  /** Of bit 0, also where that is not among them. */
  readonly weight: number;
  readonly low: number;
  readonly end: number;
}

/** The cluster that others were joined to, and what is added to a weight to be one by its measure. */
function rootOf(cluster: Cluster): { readonly root: Cluster; readonly shift: number } {
  let [root, shift] = [cluster, 0];
  while (root.into !== undefined) {
    shift += root.shift;
    root = root.into;
  }
  return { root, shift };
}

/** The levels of all bits of some expressions, made at once or added to. */
export class BitOrder {
  readonly #bits = new Map<string | object, Map<bigint, Bit>>();
  readonly #all: Bit[] = [];
  /** Fields, choices and opaque values whose bits came together, and what their lowest bit has. */
  readonly #whole = new Map<object, Whole>();
  /** Fields of which bits were cut out. */
  readonly #cut = new Map<string | object, { readonly variable: Variable; readonly bits: number }>();
  readonly #seen = new Map<Expr, { readonly cluster: Cluster; readonly offset: number }>();
  readonly #apart = new Set<Expr>();
  readonly choices = new Map<string, ChoiceVariable>();
  #clusters = 0;
  /** There are bits without a level, or clusters that stood apart are one. */
  #changed = false;

  /** Undefined when there are too many bits. */
  static of(values: readonly Quantity[]): BitOrder | undefined {
    const order = new BitOrder();
    return order.add(values) === undefined ? undefined : order;
  }

  /**
   * Takes in more expressions. True where the bits that were there keep their levels, false where some have another one
   * now; undefined when there are too many bits, and the order is of no use any more.
   */
  add(values: readonly Quantity[]): boolean | undefined {
    this.#changed = false;
    for (const value of values) if (!this.#visit(value, undefined, 0)) return undefined;
    for (const { variable, bits } of this.#cut.values())
      if (!this.#announce(variable, 0, bits, this.#newCluster(), 0)) return undefined;
    this.#cut.clear();
    return !this.#changed || this.#number();
  }

  /** The levels of a variable's bits from `low` on, the lowest first; -1 for one that no expression had. */
  levelsOf(variable: Variable, low = 0, count = Infinity): number[] {
    const { key, at } = placeOf(variable);
    const bits = this.#bits.get(key);
    const end = Math.min(bitsIn(variable), low + count);
    const levels: number[] = [];
    for (let i = low; i < end; i++) levels.push(bits?.get(at + BigInt(i))?.level ?? -1);
    return levels;
  }

  get size(): number {
    return this.#all.length;
  }

  #newCluster(): Cluster {
    return { into: undefined, shift: 0, order: this.#clusters++, isUsed: false };
  }

  /**
   * @param inside the cluster that what is inside belongs to; undefined where conditions are gathered
   * @param offset the weight of the value's lowest bit
   * @returns false when there are too many bits
   */
  #visit(value: Quantity, inside: Cluster | undefined, offset: number): boolean {
    if (isKnown(value)) return true;
    const seen = this.#seen.get(value);
    if (seen !== undefined) {
      if (inside !== undefined) this.#join(seen.cluster, seen.offset, inside, offset);
      return true;
    }
    const cluster = inside ?? this.#newCluster();
    switch (value.kind) {
      case 'field':
      case 'choice':
      case 'opaque':
        return this.#note(value, 0, value.bits, cluster, offset);
      case 'all':
      case 'any':
      case 'not': {
        const parts = value.kind === 'not' ? [value.of] : value.of;
        // Conditions inside of a number go together with it only by what they choose.
        this.#seen.set(value, { cluster, offset });
        return parts.every((part) => this.#visit(part, undefined, 0));
      }
      case 'choose': {
        this.#seen.set(value, { cluster, offset });
        const within = value.bits === 1 ? undefined : cluster;
        return (
          this.#visit(value.when, undefined, 0) &&
          this.#visit(value.yes, within, offset) &&
          this.#visit(value.no, within, offset)
        );
      }
      case 'slice': {
        const { of, low } = value;
        if (of.kind === 'field' || of.kind === 'opaque')
          return this.#note(of, low, value.bits, cluster, offset - low);
        return this.#visit(of, cluster, offset - low);
      }
      case 'join': {
        let at = offset;
        for (const part of value.parts) {
          if (!this.#visit(part.value, cluster, at)) return false;
          at += part.bits;
        }
        return true;
      }
      case 'sum':
        this.#seen.set(value, { cluster, offset });
        return value.terms.every(({ coefficient, of }) =>
          this.#visit(of, cluster, offset + trailingZeros(coefficient)),
        );
      case 'bitwise':
      case 'arithmetic':
        this.#seen.set(value, { cluster, offset });
        return this.#visit(value.left, cluster, offset) && this.#visit(value.right, cluster, offset);
      case 'compare': {
        this.#seen.set(value, { cluster, offset });
        const { left, right } = value;
        if (isKnown(right) && !isKnown(left) && left.kind === 'choose') return this.#visitEach(left);
        if (isKnown(left) && !isKnown(right) && right.kind === 'choose') return this.#visitEach(right);
        return this.#visit(left, cluster, 0) && this.#visit(right, cluster, 0);
      }
    }
  }

  /** A choice that is compared with a number: each of what it chooses among is compared by itself. */
  #visitEach(value: Quantity): boolean {
    if (isKnown(value)) return true;
    if (value.kind !== 'choose') return this.#visit(value, undefined, 0);
    if (this.#apart.has(value)) return true;
    this.#apart.add(value);
    return this.#visit(value.when, undefined, 0) && this.#visitEach(value.yes) && this.#visitEach(value.no);
  }

  /** What has the one weight in the one cluster has the other in the other. */
  #join(a: Cluster, weightA: number, b: Cluster, weightB: number): void {
    const [from, to] = [rootOf(a), rootOf(b)];
    if (from.root === to.root) return;
    const shift = weightB + to.shift - (weightA + from.shift);
    if (from.root.isUsed && to.root.isUsed) this.#changed = true;
    from.root.isUsed ||= to.root.isUsed;
    to.root.isUsed = from.root.isUsed;
    // The older one stays where it is.
    if (from.root.order < to.root.order) {
      to.root.into = from.root;
      to.root.shift = -shift;
    } else {
      from.root.into = to.root;
      from.root.shift = shift;
    }
  }

  #note(
    value: Extract<Expr, { kind: 'field' | 'choice' | 'opaque' }>,
    low: number,
    count: number,
    cluster: Cluster,
    offset: number,
  ): boolean {
    // The usual case: it stands in another comparison already.
    const object = objectOf(value);
    const whole = this.#whole.get(object);
    if (whole !== undefined && low >= whole.low && low + count <= whole.end) {
      this.#join(whole.cluster, whole.weight, cluster, offset);
      return true;
    }
    const variable = variableOf(value);
    // Of a field of usual width all bits are to be there, whichever are cut out of it.
    if (value.bits <= WHOLE && count < value.bits)
      this.#cut.set(keyOfVariable(variable), { variable, bits: value.bits });
    if (variable.kind === 'choice') this.choices.set(variable.choice.id, variable.choice);
    const before = this.#all.length;
    if (!this.#announce(variable, low, count, cluster, offset)) return false;
    if (this.#all.length - before === count && count === value.bits)
      this.#whole.set(object, { cluster, weight: offset, low, end: low + count });
    return true;
  }

  /** Takes note of bits of a variable. False when there are too many. */
  #announce(variable: Variable, low: number, count: number, cluster: Cluster, offset: number): boolean {
    const { key, at } = placeOf(variable);
    let bits = this.#bits.get(key);
    if (bits === undefined) {
      bits = new Map();
      this.#bits.set(key, bits);
    }
    for (let i = low; i < low + count; i++) {
      const place = at + BigInt(i);
      const known = bits.get(place);
      if (known !== undefined) {
        this.#join(known.cluster, known.weight, cluster, offset + i);
        continue;
      }
      if (this.#all.length >= MAX_BITS) return false;
      const bit: Bit = { weight: offset + i, cluster, order: this.#all.length, level: -1 };
      bits.set(place, bit);
      this.#all.push(bit);
      rootOf(cluster).root.isUsed = true;
      this.#changed = true;
    }
    return true;
  }

  /** Gives all bits their levels; false when one that had a level has another one now. */
  #number(): boolean {
    let same = true;
    const roots = new Map<Cluster, ReturnType<typeof rootOf>>();
    this.#all
      .map((bit) => {
        let found = roots.get(bit.cluster);
        if (found === undefined) {
          found = rootOf(bit.cluster);
          roots.set(bit.cluster, found);
        }
        return { bit, rank: found.root.order, weight: bit.weight + found.shift };
      })
      .sort((a, b) => a.rank - b.rank || b.weight - a.weight || a.bit.order - b.bit.order)
      .forEach(({ bit }, level) => {
        if (bit.level >= 0 && bit.level !== level) same = false;
        bit.level = level;
      });
    return same;
  }
}

function objectOf(value: Extract<Expr, { kind: 'field' | 'choice' | 'opaque' }>): object {
  return value.kind === 'field' ? value.field : value.kind === 'choice' ? value.choice : value;
}

export function variableOf(value: Extract<Expr, { kind: 'field' | 'choice' | 'opaque' }>): Variable {
  switch (value.kind) {
    case 'field':
      return { kind: 'field', field: value.field };
    case 'choice':
      return { kind: 'choice', choice: value.choice };
    case 'opaque':
      return { kind: 'unknown', of: value };
  }
}
