/**
 * `src/symbolic` with an observer of each operation, its operands and its results. If all operations are right, every
 * condition that is built from them is, by induction.
 */

import type { ByteValue, Expr, Quantity } from '../../../../src/symbolic/index.ts';
import * as symbolic from '../../../../src/symbolic/index.ts';
import { conjunction, disjunction, dividing, type Smt, widthOf } from './smt.ts';

export * from '../../../../src/symbolic/index.ts';

/** One operation. */
export interface Observed {
  readonly operation: string;
  /** Its other parameters: widths, positions, operators. */
  readonly how: string;
  readonly operands: readonly Quantity[];
  readonly results: readonly Quantity[];
  /** The SMT formula that the results are right. */
  readonly claim: (smt: Smt) => string;
}

let observer: ((observed: Observed) => void) | undefined;

/** Sets the observer that is called for each operation; undefined removes it. */
export function observe(by: ((observed: Observed) => void) | undefined): void {
  observer = by;
}

/** An SMT term of a number, and its width in bits. */
interface Term {
  readonly term: string;
  readonly width: number;
}

type How = readonly (string | number | bigint)[];

function told(
  operation: string,
  how: How,
  operands: readonly Quantity[],
  result: Quantity,
  wanted: (smt: Smt) => Term,
): Quantity {
  const claim = (smt: Smt): string => {
    const { term, width } = wanted(smt);
    const all = Math.max(width, widthOf(result));
    return `(= ${all === width ? term : `((_ zero_extend ${all - width}) ${term})`} ${smt.fit(result, all)})`;
  };
  observer?.({ operation, how: how.join(' '), operands, results: [result], claim });
  return result;
}

const flag = (holds: string): Term => ({ term: `(ite ${holds} #b1 #b0)`, width: 1 });

export const sum: typeof symbolic.sum = (bits, constant, parts) =>
  told(
    'sum',
    [bits, constant, ...parts.map(({ coefficient }) => coefficient)],
    parts.map(({ of }) => of),
    symbolic.sum(bits, constant, parts),
    (smt) => ({
      width: bits,
      term: parts.reduce(
        (total, { coefficient, of }) =>
          `(bvadd ${total} (bvmul ${smt.fit(coefficient, bits)} ${smt.fit(of, bits)}))`,
        smt.fit(constant, bits),
      ),
    }),
  );

export const bitsOf: typeof symbolic.bitsOf = (value, low, bits) =>
  told('bitsOf', [low, bits], [value], symbolic.bitsOf(value, low, bits), (smt) =>
    bits <= 0
      ? { term: '#b0', width: 1 }
      : {
          width: bits,
          term: `((_ extract ${low + bits - 1} ${low}) ${smt.fit(value, Math.max(low + bits, widthOf(value)))})`,
        },
  );

type Parts = Parameters<typeof symbolic.join>[0];

function side(smt: Smt, parts: Parts): Term {
  const taken = parts.filter(({ bits }) => bits > 0);
  const terms = taken.map(({ bits, value }) => smt.fit(value, bits)).reverse();
  const width = taken.reduce((total, { bits }) => total + bits, 0);
  if (width === 0) return { term: '#b0', width: 1 };
  return { width, term: terms.length === 1 ? terms[0]! : `(concat ${terms.join(' ')})` };
}

export const join: typeof symbolic.join = (parts) =>
  told(
    'join',
    parts.map(({ bits }) => bits),
    parts.map(({ value }) => value),
    symbolic.join(parts),
    (smt) => side(smt, parts),
  );

export const insertBits: typeof symbolic.insertBits = (whole, wholeBits, low, bits, value) =>
  told(
    'insertBits',
    [wholeBits, low, bits],
    [whole, value],
    symbolic.insertBits(whole, wholeBits, low, bits, value),
    (smt) => {
      const of = smt.fit(whole, wholeBits);
      const parts = [smt.fit(value, bits)];
      if (low > 0) parts.push(`((_ extract ${low - 1} 0) ${of})`);
      if (low + bits < wholeBits) parts.unshift(`((_ extract ${wholeBits - 1} ${low + bits}) ${of})`);
      return { width: wholeBits, term: parts.length === 1 ? parts[0]! : `(concat ${parts.join(' ')})` };
    },
  );

export const bitwise: typeof symbolic.bitwise = (op, left, right) =>
  told('bitwise', [op], [left, right], symbolic.bitwise(op, left, right), (smt) => {
    const width = Math.max(widthOf(left), widthOf(right));
    return { width, term: `(bv${op} ${smt.fit(left, width)} ${smt.fit(right, width)})` };
  });

export const arithmetic: typeof symbolic.arithmetic = (op, bits, left, right) =>
  told('arithmetic', [op, bits], [left, right], symbolic.arithmetic(op, bits, left, right), (smt) => {
    const width = Math.max(bits, widthOf(left), widthOf(right));
    const body = dividing(op, width, smt.fit(left, width), smt.fit(right, width));
    return { width: bits, term: `((_ extract ${bits - 1} 0) ${body})` };
  });

export const compare: typeof symbolic.compare = (op, left, right) =>
  told('compare', [op], [left, right], symbolic.compare(op, left, right), (smt) => {
    const width = Math.max(widthOf(left), widthOf(right));
    const sign = { eq: '=', ne: 'distinct', lt: 'bvult', le: 'bvule' }[op];
    return flag(`(${sign} ${smt.fit(left, width)} ${smt.fit(right, width)})`);
  });

export const truth: typeof symbolic.truth = (value) =>
  told('truth', [], [value], symbolic.truth(value), (smt) => flag(smt.holds(value)));

export const not: typeof symbolic.not = (condition) =>
  told('not', [], [condition], symbolic.not(condition), (smt) => flag(`(not ${smt.holds(condition)})`));

export const gather: typeof symbolic.gather = (kind, conditions, limit) =>
  told('gather', [kind], conditions, symbolic.gather(kind, conditions, limit), (smt) =>
    flag(
      `(${kind === 'all' ? 'and true' : 'or false'} ${conditions.map((each) => smt.holds(each)).join(' ')})`,
    ),
  );

export const allOf: typeof symbolic.allOf = (conditions) =>
  told('allOf', [], conditions, symbolic.allOf(conditions), (smt) =>
    flag(`(and true ${conditions.map((each) => smt.holds(each)).join(' ')})`),
  ) as ReturnType<typeof symbolic.allOf>;

export const anyOf: typeof symbolic.anyOf = (conditions) =>
  told('anyOf', [], conditions, symbolic.anyOf(conditions), (smt) =>
    flag(`(or false ${conditions.map((each) => smt.holds(each)).join(' ')})`),
  ) as ReturnType<typeof symbolic.anyOf>;

export const choose: typeof symbolic.choose = (when, then, otherwise) =>
  told('choose', [], [when, then, otherwise], symbolic.choose(when, then, otherwise), (smt) => {
    const width = Math.max(widthOf(then), widthOf(otherwise));
    return { width, term: `(ite ${smt.holds(when)} ${smt.fit(then, width)} ${smt.fit(otherwise, width)})` };
  });

/** For every leaf: if the value equals the leaf, the result is the mapped leaf; and the value is one of the leaves. */
export const mapConstantLeaves: typeof symbolic.mapConstantLeaves = (value, map) => {
  const leaves: { readonly leaf: bigint; readonly made: Quantity }[] = [];
  const result = symbolic.mapConstantLeaves(value, (leaf) => {
    const made = map(leaf);
    leaves.push({ leaf, made });
    return made;
  });
  if (result === undefined) return result;
  const claim = (smt: Smt): string => {
    const each = leaves.map(({ leaf, made }) => `(=> ${smt.same(value, leaf)} ${smt.same(result, made)})`);
    return conjunction([...each, disjunction(leaves.map(({ leaf }) => smt.same(value, leaf)))]);
  };
  const how = leaves.map(({ leaf }) => leaf).join(' ');
  observer?.({
    operation: 'mapConstantLeaves',
    how,
    operands: [value, ...leaves.map(({ made }) => made)],
    results: [result],
    claim,
  });
  return result;
};

const byteTerm = (smt: Smt, byte: ByteValue): string =>
  typeof byte === 'number'
    ? `(_ bv${byte} 8)`
    : `((_ extract ${byte.index * 8 + 7} ${byte.index * 8}) ${smt.fit(byte.of, Math.max(byte.index * 8 + 8, byte.of.bits))})`;

const byteOperand = (byte: ByteValue): Quantity => (typeof byte === 'number' ? BigInt(byte) : byte.of);
const byteIndex = (byte: ByteValue): number => (typeof byte === 'number' ? -1 : byte.index);

export const quantityOfByte: typeof symbolic.quantityOfByte = (byte) =>
  told('quantityOfByte', [byteIndex(byte)], [byteOperand(byte)], symbolic.quantityOfByte(byte), (smt) => ({
    width: 8,
    term: byteTerm(smt, byte),
  }));

export const quantityOfBytes: typeof symbolic.quantityOfBytes = (bytes) =>
  told(
    'quantityOfBytes',
    bytes.map(byteIndex),
    bytes.map(byteOperand),
    symbolic.quantityOfBytes(bytes),
    (smt) => {
      const terms = bytes.map((byte) => byteTerm(smt, byte)).reverse();
      if (terms.length === 0) return { width: 1, term: '#b0' };
      return {
        width: 8 * terms.length,
        term: terms.length === 1 ? terms[0]! : `(concat ${terms.join(' ')})`,
      };
    },
  );

export const bytesOfQuantity: typeof symbolic.bytesOfQuantity = (value, length) => {
  const bytes = symbolic.bytesOfQuantity(value, length);
  observer?.({
    operation: 'bytesOfQuantity',
    how: [length, ...bytes.map(byteIndex)].join(' '),
    operands: [value],
    results: bytes.map(byteOperand),
    claim: (smt) => {
      const of = smt.fit(value, Math.max(8 * length, widthOf(value)));
      return conjunction(
        bytes.map((byte, i) => `(= ((_ extract ${8 * i + 7} ${8 * i}) ${of}) ${byteTerm(smt, byte)})`),
      );
    },
  });
  return bytes;
};

/** Conditions by what they were simplified to. */
export const simplifiedFrom = new WeakMap<Expr, Quantity>();

export const simplified: typeof symbolic.simplified = (condition, given = 1n) => {
  const result = symbolic.simplified(condition, given);
  if (typeof result !== 'bigint') simplifiedFrom.set(result, condition);
  observer?.({
    operation: 'simplified',
    how: '',
    operands: [condition, given],
    results: [result],
    claim: (smt) => `(=> ${smt.holds(given)} (= ${smt.holds(condition)} ${smt.holds(result)}))`,
  });
  return result;
};

/** The SMT formula that the known bits of a result are right. */
export function knownBits(smt: Smt, value: Expr): string {
  const { bits, ones, zeros } = value;
  const name = smt.name(value);
  return `(and (= (bvand ${name} ${smt.fit(ones, bits)}) ${smt.fit(ones, bits)}) (= (bvand ${name} ${smt.fit(zeros, bits)}) (_ bv0 ${bits})))`;
}
