/**
 * What the comparisons of a condition are about: a field, some bits of one, a sum, two numbers held against each other.
 * The comparisons cut the values of a subject into pieces, in each of which all of them say the same.
 */
import { choiceValue, fieldValue } from '../../identity.ts';
import { bitsOf, bitwise, sum } from '../../numbers.ts';
import { type ChoiceVariable, type Expr, isKnown, type Quantity } from '../../quantity.ts';
import { type Variable, variablesOf } from '../../variables.ts';
import { type Bdd, FALSE, OutOfWork, TRUE } from '../bdd.ts';
import type { Bits } from '../bits.ts';
import type { Literal } from '../literal.ts';
import { changesOf, isOneRange, SAME, type Wires, wiresOf } from './wires.ts';

/** Pieces that the values of one subject may be cut into. */
const MAX_PIECES = 64;

/** Bits of a field wider than this are shifted down rather than masked in their place. */
const WIDE = 64;
/** A number of so few parts is shown as it is rather than as ranges of the field in it. */
const MAX_SIMPLE = 5;

/** Values from `first` up to, not including, `end`, in which no comparison changes. */
export interface Piece {
  readonly first: bigint;
  readonly end: bigint;
  /** When the subject's value is one of these. */
  readonly holds: Bdd;
}

/** How a bound is written: `< c` and `>= c`, or with the value before it, `<= c - 1` and `> c - 1`. */
export type BoundStyle = 'at' | 'before';

/** How the subject is written, and what is written for its values. */
export interface Form {
  readonly left: Expr;
  readonly valueOf: (value: bigint) => bigint;
  /** Where `left` is some bits of a number in their place: of which, and which bits. */
  readonly masked?: { readonly of: Expr; readonly mask: bigint };
}

export interface Subject {
  readonly kind: 'number' | 'choice' | 'pair';
  readonly choice?: ChoiceVariable;
  readonly form: Form;
  /** Of a pair: what `form.left` is held against. Its values are 0 for below, 1 for equal, 2 for above. */
  readonly other?: Quantity;
  /** Without those that no content gives. */
  readonly pieces: readonly Piece[];
  readonly styles: ReadonlyMap<bigint, BoundStyle>;
  /** One more than the largest value. */
  readonly end: bigint;
  readonly levels: ReadonlySet<number>;
}

/** A subject while comparisons are gathered. */
interface Draft {
  readonly kind: Subject['kind'];
  readonly choice?: ChoiceVariable;
  readonly bits: readonly Bdd[];
  readonly end: bigint;
  readonly styles: Map<bigint, BoundStyle>;
  /** Written so unless a comparison suggests another form. */
  readonly plain: Form;
  shifted?: Form;
  /** A value other than zero is compared with the plain form. */
  plainNumbers: boolean;
  readonly pair?: readonly [Expr, Expr];
}

type Drafts = Map<string, Draft>;

/** Pieces of a subject, and the bits that they depend on. */
interface Pieces {
  readonly pieces: readonly Piece[];
  readonly levels: ReadonlySet<number>;
}

/** What was found out about comparisons, for the next condition that is made of them. Goes with one set of functions. */
export class Ground {
  readonly bits: Bits;
  readonly plain = new Map<Expr, boolean>();
  /** By comparison: the subjects that it is about, with the bounds that it makes. */
  readonly drafts = new Map<Expr, Drafts>();
  /** By subject, its bounds and which values choices have. */
  readonly pieces = new Map<string, Pieces>();
  readonly #supports = new Map<Bdd, ReadonlySet<number>>();

  constructor(bits: Bits) {
    this.bits = bits;
  }

  supportOf(of: Bdd): ReadonlySet<number> {
    let support = this.#supports.get(of);
    if (support === undefined) {
      support = this.bits.bdds.support(of);
      this.#supports.set(of, support);
    }
    return support;
  }
}

/** The subjects of comparisons, in their order. Throws {@link WorkLimitReached} when there are too many pieces. */
export class SubjectReader {
  readonly #ground: Ground;
  readonly #bits: Bits;
  readonly #ranges: boolean;
  readonly #drafts: Drafts = new Map();

  /** @param ranges a sum of one field is told by ranges of the field, also where the sum is short */
  constructor(ground: Ground, ranges: boolean) {
    this.#ground = ground;
    this.#bits = ground.bits;
    this.#ranges = ranges;
  }

  /** Does one variable alone decide it, or nothing? Such a comparison needs no taking apart. */
  readonly isPlain = (atom: Expr): boolean => {
    const known = this.#ground.plain.get(atom);
    if (known !== undefined) return known;
    const support = this.#bits.bdds.support(this.#bits.condition(atom));
    const is = support.size === 0 || this.#variableWith(atom, support) !== undefined;
    this.#ground.plain.set(atom, is);
    return is;
  };

  #variableWith(atom: Expr, support: ReadonlySet<number>): Variable | undefined {
    return variablesOf(atom).find((variable) => {
      const levels = new Set(this.#bits.levelsOf(variable));
      return [...support].every((level) => levels.has(level));
    });
  }

  /** Takes note of a comparison, or of a value that is asked to be other than zero. */
  add(atom: Expr): void {
    let own = this.#ground.drafts.get(atom);
    if (own === undefined) {
      const reader = new SubjectReader(this.#ground, this.#ranges);
      reader.#read(atom);
      own = reader.#drafts;
      this.#ground.drafts.set(atom, own);
    }
    for (const [key, draft] of own) this.#merge(key, draft);
  }

  #merge(key: string, { styles, shifted, plainNumbers, ...draft }: Draft): void {
    const known = this.#drafts.get(key);
    if (known === undefined) {
      const copy = { ...draft, styles: new Map(styles), plainNumbers };
      this.#drafts.set(key, shifted === undefined ? copy : { ...copy, shifted });
      return;
    }
    for (const [bound, style] of styles) if (!known.styles.has(bound)) known.styles.set(bound, style);
    if (known.styles.size >= MAX_PIECES) throw new OutOfWork('too many pieces');
    if (shifted !== undefined) known.shifted ??= shifted;
    known.plainNumbers ||= plainNumbers;
  }

  #read(atom: Expr): void {
    const { bdds } = this.#bits;
    const holds = this.#bits.condition(atom);
    if (holds === TRUE || holds === FALSE) return;
    if (atom.kind !== 'compare') {
      this.#addNumber(atom, 'ne', 0n);
      return;
    }
    const { op, left, right } = normalised(atom);
    if (!isKnown(left) && !isKnown(right)) {
      const variable = this.#variableWith(atom, bdds.support(holds));
      if (variable === undefined || !this.#addValues(variable, holds)) this.#addPair(left, right);
      return;
    }
    // The constant to the right: c < E is E > c.
    if (isKnown(left)) {
      if (!isKnown(right)) this.#addNumber(right, op === 'lt' ? 'gt' : op === 'le' ? 'ge' : op, left, holds);
    } else if (isKnown(right)) this.#addNumber(left, op, right, holds);
  }

  #addNumber(of: Expr, op: 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge', value: bigint, holds?: Bdd): void {
    const wires = wiresOf(this.#bits, of);
    const [only, ...more] = variablesOf(of);
    if (holds !== undefined && only?.kind === 'choice' && more.length === 0 && of.kind !== 'choice') {
      this.#addIndexes(only.choice, holds);
      return;
    }
    if (wires === undefined && holds !== undefined) {
      const variable = this.#variableWith(of, this.#bits.bdds.support(holds));
      // A short sum that is compared once says more than two ranges of the field would.
      const simple = !this.#ranges && of.size <= MAX_SIMPLE && op !== 'eq' && op !== 'ne';
      if (variable !== undefined && this.#addValues(variable, holds, simple)) return;
    }
    const draft = wires === undefined ? this.#draftOfNumber(of) : this.#draftOfWires(of, wires, value);
    const written = wires === undefined ? SAME : wires.valueOf;
    // The first value that is written as this one or as a larger one, and the first that is written as a larger one.
    const [at, after] = [value, value + 1n].map((least) =>
      written === SAME ? least : firstWhere(draft.end, (x) => written(x) >= least),
    );
    const cut = (bound: bigint, style: BoundStyle): void => {
      if (bound > 0n && bound < draft.end && !draft.styles.has(bound)) draft.styles.set(bound, style);
      if (draft.styles.size >= MAX_PIECES) throw new OutOfWork('too many pieces');
    };
    if (op !== 'le' && op !== 'gt') cut(at!, 'at');
    if (op !== 'lt' && op !== 'ge') cut(after!, 'before');
  }

  /**
   * Where the values of a variable alone decide: notes at which of them. False when they change too often.
   *
   * @param once whether only values side by side count
   */
  #addValues(variable: Variable, holds: Bdd, once = false): boolean {
    if (variable.kind !== 'field') return false;
    const { bdds } = this.#bits;
    const support = bdds.support(holds);
    const levels = this.#bits.levelsOf(variable);
    const used = levels.map((level, i) => (support.has(level) ? i : -1)).filter((i) => i >= 0);
    const top = used.at(-1)!;
    // Below the topmost bit of a field all are taken: `FLD < 0x10` rather than `(FLD & 0xf0) == 0`.
    const low = top === levels.length - 1 && levels.every((level) => level >= 0) ? 0 : used[0]!;
    const taken = levels.slice(low, top + 1);
    // Bits that another field lies over may stand elsewhere in the order.
    if (taken.some((level, i) => level < 0 || (i > 0 && level >= taken[i - 1]!))) return false;
    const mask = ((1n << BigInt(top + 1 - low)) - 1n) << BigInt(low);
    const of = bitwise('and', fieldValue(variable.field), mask);
    if (isKnown(of)) return false;
    const changes = changesOf(this.#bits, holds, taken);
    const wires = wiresOf(this.#bits, of);
    if (changes === undefined || wires === undefined || (once && !isOneRange(changes, holds, bdds)))
      return false;
    const draft = this.#draftOfWires(of, wires, 0n);
    for (const bound of changes) if (!draft.styles.has(bound)) draft.styles.set(bound, 'at');
    return true;
  }

  /** A condition that a choice alone decides: notes at which of its values. */
  #addIndexes(choice: ChoiceVariable, holds: Bdd): void {
    const of = choiceValue(choice);
    const draft = this.#draftOfWires(of, wiresOf(this.#bits, of)!, 1n);
    const levels = this.#bits.levelsOf({ kind: 'choice', choice });
    const taken = choice.values.map((_, index) =>
      this.#bits.bdds.holdsFor(holds, new Map(levels.map((level, i) => [level, ((index >> i) & 1) === 1]))),
    );
    taken.forEach((is, index) => {
      if (index > 0 && is !== taken[index - 1]) draft.styles.set(BigInt(index), 'at');
    });
  }

  #addPair(left: Expr, right: Expr): void {
    const { less, equal } = this.#bits.order(left, right);
    const key = `pair ${less} ${equal}`;
    if (this.#drafts.has(key)) return;
    this.#drafts.set(key, {
      kind: 'pair',
      bits: [],
      end: 3n,
      styles: new Map(),
      plain: { left, valueOf: SAME },
      plainNumbers: true,
      pair: [left, right],
    });
  }

  #draftOfNumber(of: Expr): Draft {
    const bits = this.#bits.vector(of);
    const key = `number ${bits.join(' ')}`;
    let draft = this.#drafts.get(key);
    if (draft === undefined) {
      const end = 1n << BigInt(of.bits);
      draft = {
        kind: 'number',
        bits,
        end,
        styles: new Map(),
        plain: { left: of, valueOf: SAME },
        plainNumbers: true,
      };
      this.#drafts.set(key, draft);
    }
    return draft;
  }

  #draftOfWires(of: Expr, wires: Wires, value: bigint): Draft {
    const key = `${of.kind === 'choice' ? 'choice' : 'wires'} ${wires.bits.join(' ')}`;
    let draft = this.#drafts.get(key);
    const [only, ...more] = variablesOf(of);
    if (draft === undefined) {
      const { bits } = wires;
      if (only?.kind === 'choice' && more.length === 0 && of.kind === 'choice') {
        const { choice } = only;
        const plain = { left: choiceValue(choice), valueOf: SAME };
        const end = BigInt(choice.values.length);
        draft = { kind: 'choice', choice, bits, end, styles: new Map(), plain, plainNumbers: true };
      } else {
        const plain =
          more.length === 0 && only !== undefined
            ? this.#masked(only, of, wires)
            : { left: of, valueOf: wires.valueOf };
        draft = {
          kind: 'number',
          bits,
          end: 1n << BigInt(bits.length),
          styles: new Map(),
          plain,
          plainNumbers: false,
        };
      }
      this.#drafts.set(key, draft);
    }
    if (isShift(of)) {
      if (value !== 0n) draft.shifted ??= { left: of, valueOf: wires.valueOf };
    } else if (value !== 0n) draft.plainNumbers = true;
    return draft;
  }

  /** Bits of one variable, in their place: `FLD`, `FLD & 0x30`. */
  #masked(variable: Variable, of: Expr, wires: Wires): Form {
    const as = { left: of, valueOf: wires.valueOf };
    if (variable.kind === 'choice') return as;
    const whole = variable.kind === 'field' ? fieldValue(variable.field) : variable.of;
    const levels = this.#bits.levelsOf(variable);
    const places = wires.bits.map((bit) => levels.indexOf(this.#bits.bdds.levelOf(bit)));
    if (places.some((place, i) => place < 0 || (i > 0 && place <= places[i - 1]!))) return as;
    const mask = places.reduce((all, place) => all | (1n << BigInt(place)), 0n);
    const isRun = places.every((place, i) => place === places[0]! + i);
    // Of a wide field the mask would be the longer part: `FLD >> 128 & 0xffffffffffffffff`.
    if (whole.bits > WIDE && isRun) {
      const run = bitsOf(whole, places[0]!, places.length);
      return isKnown(run) ? as : { left: run, valueOf: SAME };
    }
    const left = bitwise('and', whole, mask);
    if (isKnown(left)) return as;
    return {
      left,
      masked: { of: whole, mask },
      valueOf: (value) =>
        places.reduce((all, place, i) => all | (((value >> BigInt(i)) & 1n) << BigInt(place)), 0n),
    };
  }

  /** How many subjects there are by now. */
  get count(): number {
    return this.#drafts.size;
  }

  /** The subjects, in the order in which they were first noted. */
  subjects(domain: Bdd): Subject[] {
    return [...this.#drafts].map(([key, draft]) => this.#subject(key, draft, domain));
  }

  #subject(key: string, draft: Draft, domain: Bdd): Subject {
    const { kind, choice, styles, end, pair } = draft;
    const form = draft.plainNumbers || draft.shifted === undefined ? draft.plain : draft.shifted;
    return {
      kind,
      ...(choice ? { choice } : {}),
      form,
      ...(pair ? { other: pair[1] } : {}),
      ...this.#piecesOf(key, draft, domain),
      styles,
      end,
    };
  }

  #piecesOf(key: string, { bits, styles, end, pair }: Draft, domain: Bdd): Pieces {
    const bounds = [...styles.keys()].sort((a, b) => (a < b ? -1 : 1));
    const name = `${key} ${bounds.join(' ')} ${domain}`;
    const known = this.#ground.pieces.get(name);
    if (known !== undefined) return known;
    const { bdds } = this.#bits;
    const pieces: Piece[] = [];
    const levels = new Set<number>();
    const note = (first: bigint, to: bigint, holds: Bdd): void => {
      if (bdds.and(holds, domain) === FALSE) return;
      pieces.push({ first, end: to, holds });
      for (const level of this.#ground.supportOf(holds)) levels.add(level);
    };
    if (pair !== undefined) {
      const { less, equal } = this.#bits.order(...pair);
      note(0n, 1n, less);
      note(1n, 2n, equal);
      note(2n, 3n, bdds.and(bdds.not(less), bdds.not(equal)));
    } else {
      let from: Bdd = TRUE;
      let first = 0n;
      for (const bound of [...bounds, end]) {
        const below = bound === end ? TRUE : this.#bits.below(bits, bound);
        note(first, bound, bdds.and(from, below));
        from = bdds.not(below);
        first = bound;
      }
    }
    // Bits of a choice tell only together which value it has.
    for (const choice of this.#bits.choiceLevels()) {
      if (choice.some((level) => levels.has(level))) for (const level of choice) levels.add(level);
    }
    const made = { pieces, levels };
    this.#ground.pieces.set(name, made);
    return made;
  }
}

function isShift(of: Expr): boolean {
  return of.kind === 'sum' && of.terms.length === 1 && of.constant === 0n && of.terms[0]!.of.kind === 'field';
}

/** The least value below `end` for which a statement holds that holds for all larger ones too; `end` when for none. */
function firstWhere(end: bigint, holds: (value: bigint) => boolean): bigint {
  let [low, high] = [0n, end];
  while (low < high) {
    const middle = (low + high) >> 1n;
    if (holds(middle)) high = middle;
    else low = middle + 1n;
  }
  return low;
}

/** Sums that are compared for equality: what is subtracted goes to the other side, constants go together. */
function normalised(atom: Extract<Expr, { kind: 'compare' }>): {
  op: 'eq' | 'ne' | 'lt' | 'le';
  left: Quantity;
  right: Quantity;
} {
  const { op, left, right } = atom;
  if ((op !== 'eq' && op !== 'ne') || isKnown(left) || left.kind !== 'sum' || !isKnown(right)) return atom;
  const { bits, terms, constant } = left;
  if (right >> BigInt(bits) > 0n) return atom;
  const added = terms.filter(({ coefficient }) => coefficient > 0n);
  const taken = terms
    .filter(({ coefficient }) => coefficient < 0n)
    .map(({ coefficient, of }) => ({ coefficient: -coefficient, of }));
  const rest = right - constant;
  if (taken.length === 0) return { op, left: sum(bits, 0n, added), right: BigInt.asUintN(bits, rest) };
  if (added.length === 0) return { op, left: sum(bits, 0n, taken), right: BigInt.asUintN(bits, -rest) };
  const signed = BigInt.asIntN(bits, rest);
  return signed > 0n
    ? { op, left: sum(bits, 0n, added), right: sum(bits, signed, taken) }
    : { op, left: sum(bits, -signed, added), right: sum(bits, 0n, taken) };
}

/** The literal that a subject's value has a relation to one of its values. */
export function literalOf({ form, other }: Subject, op: Literal['op'], value: bigint): Literal {
  return { left: form.left, op, right: other ?? form.valueOf(value) };
}
