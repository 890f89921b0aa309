/** The shortest comparisons that say which of a subject's pieces its value is in. */
import { maskOf } from '../../known-bits.ts';
import { bitwise } from '../../numbers.ts';
import { isKnown } from '../../quantity.ts';
import type { Literal } from '../literal.ts';
import { literalOf, type Piece, type Subject } from './subjects.ts';

/** Values left out one by one, in one conjunction, before it is several. */
const MAX_HOLES = 4;
/** Pieces of pairs of literals that are looked at in the time of a step on a diagram. */
const OPERATIONS_A_STEP = 32;

/** A literal and the pieces it leaves. */
export interface SubjectLiteral {
  readonly literal: Literal;
  readonly pieces: readonly boolean[];
}

interface Candidate extends SubjectLiteral {
  readonly cost: number;
}

/** Conjunctions of literals of one subject, one of which has to hold. */
export type Alternatives = readonly (readonly SubjectLiteral[])[];

function covers(pieces: readonly boolean[], needed: readonly boolean[]): boolean {
  return needed.every((is, i) => !is || pieces[i]!);
}

function both(a: readonly boolean[], b: readonly boolean[]): boolean[] {
  return a.map((is, i) => is && b[i]!);
}

function costOf(literal: Literal): number {
  const { op, right } = literal;
  if (typeof right !== 'bigint') return op.length;
  // Comparing with zero is what people do first.
  return op.length + (right === 0n ? 0 : right < 10n ? 1 : right.toString(16).length + 2);
}

function isOne({ first, end }: Piece): boolean {
  return end === first + 1n;
}

const PAIR_SIGNS: readonly (readonly [Literal['op'], readonly number[]])[] = [
  ['==', [1]],
  ['!=', [0, 2]],
  ['<', [0]],
  ['>', [2]],
  ['<=', [0, 1]],
  ['>=', [1, 2]],
];

/** Every single literal there is of a subject's pieces. */
function candidatesOf(subject: Subject): Candidate[] {
  const { pieces, kind, choice, styles, form } = subject;
  const candidates: Candidate[] = [];
  const add = (literal: Literal, holds: (piece: Piece, i: number) => boolean): void => {
    candidates.push({ literal, pieces: pieces.map(holds), cost: costOf(literal) });
  };
  if (kind === 'pair') {
    for (const [op, which] of PAIR_SIGNS)
      add(literalOf(subject, op, 0n), ({ first }) => which.includes(Number(first)));
    return candidates;
  }
  pieces.forEach((piece, at) => {
    // Of an ordered choice the first and the last stand for what lies before and behind: `release >= 7.1`.
    if (isOne(piece) && !(choice?.ordered && (at === 0 || at === pieces.length - 1))) {
      add(literalOf(subject, '==', piece.first), (_, i) => i === at);
      if (choice === undefined || choice.values.length > 2)
        add(literalOf(subject, '!=', piece.first), (_, i) => i !== at);
    }
    if (at === 0 || (choice !== undefined && !choice.ordered)) return;
    const bound = piece.first;
    // `> 0` is written `!= 0` here; what is printed for it is settled there.
    if (bound === 1n && form.valueOf(0n) === 0n && choice === undefined) return;
    const before = choice === undefined && styles.get(bound) === 'before';
    add(literalOf(subject, before ? '<=' : '<', before ? bound - 1n : bound), (_, i) => i < at);
    add(literalOf(subject, before ? '>' : '>=', before ? bound - 1n : bound), (_, i) => i >= at);
  });
  return [...candidates, ...pairsOfValues(subject)];
}

/**
 * Two values of masked bits that differ in one bit are one value of the others: `(PNHM & 0xfffb0) == 0x106a0` for 0x106a0 and
 * 0x106e0. Where nothing is masked yet people write both.
 */
function pairsOfValues({ pieces, form }: Subject): Candidate[] {
  const { masked } = form;
  if (masked === undefined || masked.mask === maskOf(masked.of.bits)) return [];
  const found: Candidate[] = [];
  for (const [i, one] of pieces.entries())
    for (const [k, other] of pieces.entries()) {
      if (k <= i || !isOne(one) || !isOne(other)) continue;
      const value = form.valueOf(one.first);
      const bit = value ^ form.valueOf(other.first);
      if ((bit & (bit - 1n)) !== 0n) continue;
      const left = bitwise('and', masked.of, masked.mask & ~bit);
      if (isKnown(left)) continue;
      for (const op of ['==', '!='] as const) {
        const literal = { left, op, right: value & ~bit };
        const holds = pieces.map((_, at) => (at === i || at === k) === (op === '=='));
        found.push({ literal, pieces: holds, cost: costOf(literal) });
      }
    }
  return found;
}

/**
 * The shortest way to say that a subject's value is in one of the needed pieces, and in none but the allowed ones.
 *
 * @param needed pieces that have to be covered; a part of the allowed ones, which are not all
 * @param charge is told of the work that is about to be done, in steps of a diagram
 */
export function literalsFor(
  subject: Subject,
  needed: readonly boolean[],
  allowed: readonly boolean[],
  charge: (steps: number) => void,
): Alternatives {
  const candidates = candidatesOf(subject).filter(({ pieces }) => covers(pieces, needed));
  const fits = candidates.filter(({ pieces }) => covers(allowed, pieces));
  const shortest = fits.reduce<Candidate | undefined>(
    (best, next) => (isBetter(next, best) ? next : best),
    undefined,
  );
  if (shortest !== undefined) return [[shortest]];
  charge(Math.ceil((candidates.length ** 2 * allowed.length) / OPERATIONS_A_STEP));
  const pair = shortestPair(candidates, allowed);
  if (pair !== undefined) return [pair];
  return subject.choice !== undefined && !subject.choice.ordered
    ? withoutOrder(subject, needed, allowed)
    : runsOf(subject, needed, allowed, charge);
}

/** What says less covers more, and may make another alternative needless; of the same, the shorter one. */
function isBetter(a: Candidate, b: Candidate | undefined): boolean {
  if (b === undefined) return true;
  const size = ({ pieces }: Candidate): number => pieces.filter((is) => is).length;
  return size(a) !== size(b) ? size(a) > size(b) : a.cost < b.cost;
}

function shortestPair(
  candidates: readonly Candidate[],
  allowed: readonly boolean[],
): readonly SubjectLiteral[] | undefined {
  let best: { readonly pair: readonly SubjectLiteral[]; readonly cost: number } | undefined;
  for (const [i, a] of candidates.entries()) {
    for (const b of candidates.slice(i + 1)) {
      const cost = a.cost + b.cost;
      if ((best !== undefined && cost >= best.cost) || !covers(allowed, both(a.pieces, b.pieces))) continue;
      best = { pair: [a, b], cost };
    }
  }
  // Bounds, the lower one first, then what is left out.
  return best?.pair.toSorted(
    (a, b) => READING_ORDER.indexOf(a.literal.op) - READING_ORDER.indexOf(b.literal.op),
  );
}

const READING_ORDER: readonly Literal['op'][] = ['==', '>', '>=', '<', '<=', '!='];

/** Of a choice without order: without each value that may not be, or each that has to be by itself. */
function withoutOrder(
  subject: Subject,
  needed: readonly boolean[],
  allowed: readonly boolean[],
): Alternatives {
  const each = (op: '==' | '!=', which: (i: number) => boolean): SubjectLiteral[] =>
    subject.pieces.flatMap((piece, i) =>
      which(i) ? valuesOf(piece).map((value) => ofValue(subject, op, value)) : [],
    );
  const without = each('!=', (i) => !allowed[i]!);
  const wanted = each('==', (i) => needed[i]!);
  return without.length <= wanted.length ? [without] : wanted.map((literal) => [literal]);
}

function ofValue(subject: Subject, op: '==' | '!=', value: bigint): SubjectLiteral {
  const pieces = subject.pieces.map(({ first, end }) => (value >= first && value < end) === (op === '=='));
  return { literal: literalOf(subject, op, value), pieces };
}

function valuesOf({ first, end }: Piece): bigint[] {
  return Array.from({ length: Number(end - first) }, (_, i) => first + BigInt(i));
}

/** Ranges of pieces that are allowed and hold one that is needed; several are joined where single values part them. */
function runsOf(
  subject: Subject,
  needed: readonly boolean[],
  allowed: readonly boolean[],
  charge: (steps: number) => void,
): Alternatives {
  const runs: { from: number; to: number; holes: number[] }[] = [];
  for (let at = 0; at < allowed.length; at++) {
    if (!allowed[at]) continue;
    let end = at;
    while (end + 1 < allowed.length && allowed[end + 1]) end += 1;
    const hasNeeded = needed.slice(at, end + 1).some((is) => is);
    if (hasNeeded) runs.push({ from: at, to: end, holes: [] });
    at = end;
  }
  const joined: typeof runs = [];
  for (const run of runs) {
    const last = joined.at(-1);
    const between =
      last === undefined ? [] : Array.from({ length: run.from - last.to - 1 }, (_, i) => last.to + 1 + i);
    const holes = between.filter((i) => !allowed[i]);
    const parted = holes.length <= MAX_HOLES && holes.every((i) => isOne(subject.pieces[i]!));
    if (last !== undefined && parted && last.holes.length + holes.length <= MAX_HOLES) {
      last.to = run.to;
      last.holes.push(...holes);
    } else joined.push(run);
  }
  return joined.flatMap(({ from, to, holes }) => {
    const inside = (i: number): boolean => i >= from && i <= to;
    const whole = allowed.map((_, i) => inside(i));
    const bounds = whole.every((is) => is) ? [[]] : literalsFor(subject, whole, whole, charge);
    const without = holes.map((i) => ofValue(subject, '!=', subject.pieces[i]!.first));
    return bounds.map((literals) => [...literals, ...without]);
  });
}
