/**
 * Which bits conditions depend on, and in which order a diagram asks for them. Fields that one comparison holds
 * together stand together, their bits interleaved by their weight in it, the highest first: sums and comparisons are
 * then about as large as they are wide. Bits of memory have one place, whatever fields lie over them.
 */
import { trailingZeros } from '../known-bits.ts';
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

interface Bit {
  readonly weight: number;
  readonly cluster: Cluster;
  readonly order: number;
  level: number;
}

/** Bits that stand together; of joined clusters, all but one refer to another. */
interface Cluster {
  into: Cluster | undefined;
  readonly order: number;
}

function rootOf(cluster: Cluster): Cluster {
  let root = cluster;
  while (root.into !== undefined) root = root.into;
  return root;
}

/** The levels of all bits of some expressions, made at once. */
export class BitOrder {
  readonly #bits = new Map<string | object, Map<bigint, Bit>>();
  readonly #all: Bit[] = [];
  /** Fields of which bits were cut out. */
  readonly #cut = new Map<string | object, { readonly variable: Variable; readonly bits: number }>();
  readonly #seen = new Map<Expr, Cluster>();
  readonly choices = new Map<string, ChoiceVariable>();
  #clusters = 0;

  /** Undefined when there are too many bits. */
  static of(values: readonly Quantity[]): BitOrder | undefined {
    const order = new BitOrder();
    for (const value of values) if (!order.#visit(value, undefined, 0)) return undefined;
    for (const { variable, bits } of order.#cut.values())
      if (!order.#announce(variable, 0, bits, order.#newCluster(), 0)) return undefined;
    order.#number();
    return order;
  }

  /** The level of a bit of a variable; undefined for one that no expression had. */
  levelOf(variable: Variable, bit: number): number | undefined {
    const { key, at } = placeOf(variable);
    return this.#bits.get(key)?.get(at + BigInt(bit))?.level;
  }

  get size(): number {
    return this.#all.length;
  }

  #newCluster(): Cluster {
    return { into: undefined, order: this.#clusters++ };
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
      if (inside !== undefined) this.#join(seen, inside);
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
        this.#seen.set(value, cluster);
        return parts.every((part) => this.#visit(part, undefined, 0));
      }
      case 'choose': {
        this.#seen.set(value, cluster);
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
        this.#seen.set(value, cluster);
        return value.terms.every(({ coefficient, of }) =>
          this.#visit(of, cluster, offset + trailingZeros(coefficient)),
        );
      case 'bitwise':
      case 'arithmetic':
        this.#seen.set(value, cluster);
        return this.#visit(value.left, cluster, offset) && this.#visit(value.right, cluster, offset);
      case 'compare': {
        this.#seen.set(value, cluster);
        return this.#visit(value.left, cluster, 0) && this.#visit(value.right, cluster, 0);
      }
    }
  }

  #join(a: Cluster, b: Cluster): void {
    const [from, to] = [rootOf(a), rootOf(b)];
    if (from === to) return;
    // The older one stays where it is.
    if (from.order < to.order) to.into = from;
    else from.into = to;
  }

  #note(
    value: Extract<Expr, { kind: 'field' | 'choice' | 'opaque' }>,
    low: number,
    count: number,
    cluster: Cluster,
    offset: number,
  ): boolean {
    const variable = variableOf(value);
    // Of a field of usual width all bits are to be there, whichever are cut out of it.
    if (value.bits <= WHOLE && count < value.bits)
      this.#cut.set(keyOfVariable(variable), { variable, bits: value.bits });
    if (variable.kind === 'choice') this.choices.set(variable.choice.id, variable.choice);
    return this.#announce(variable, low, count, cluster, offset);
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
        this.#join(known.cluster, cluster);
        continue;
      }
      if (this.#all.length >= MAX_BITS) return false;
      const bit: Bit = { weight: offset + i, cluster, order: this.#all.length, level: 0 };
      bits.set(place, bit);
      this.#all.push(bit);
    }
    return true;
  }

  #number(): void {
    const rank = new Map(this.#all.map((bit) => [bit, rootOf(bit.cluster).order]));
    [...this.#all]
      .sort((a, b) => rank.get(a)! - rank.get(b)! || b.weight - a.weight || a.order - b.order)
      .forEach((bit, level) => {
        bit.level = level;
      });
  }
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
