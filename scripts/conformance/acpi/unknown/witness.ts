/**
 * Contents of regions under which a condition holds, to be tried: what a `_CRS` is said to depend on changes it, or it
 * doesn't. The caller checks the guess, so this can be simple.
 */

import { REGION_SPACES } from '../../../../src/acpi/terms/opcodes.ts';
import {
  bitsOf,
  type Expr,
  type FieldSymbol,
  fieldsOf,
  isKnown,
  maskOf,
  partsOf,
  type Quantity,
} from '../../../../src/symbolic/index.ts';

/** What regions hold: bytes by `space:address` over a fill, and what index registers select, by field. */
export class Contents {
  readonly bytes = new Map<string, number>();
  readonly set = new Map<string, bigint>();
  readonly #rest: (space: number, address: bigint) => number;

  constructor(rest: (space: number, address: bigint) => number) {
    this.#rest = rest;
  }

  readonly fill = (space: number, address: bigint): number =>
    this.bytes.get(`${space}:${address}`) ?? this.#rest(space, address);

  read(field: FieldSymbol): bigint {
    const { address, bitOffset, bits } = field;
    const space = spaceOf(field);
    if (address === undefined || space < 0) return this.set.get(field.path) ?? 0n;
    let value = 0n;
    const count = (bitOffset + bits + 7) >> 3;
    for (let i = count - 1; i >= 0; i--)
      value = (value << 8n) | BigInt(this.fill(space, address + BigInt(i)));
    return (value >> BigInt(bitOffset)) & maskOf(bits);
  }

  write(field: FieldSymbol, value: bigint): void {
    const { address, bitOffset, bits } = field;
    const space = spaceOf(field);
    if (address === undefined || space < 0) {
      this.set.set(field.path, value & maskOf(bits));
      return;
    }
    for (let bit = 0; bit < bits; bit++) {
      const at = bitOffset + bit;
      const byte = address + BigInt(at >> 3);
      const old = this.fill(space, byte) & ~(1 << (at & 7));
      this.bytes.set(`${space}:${byte}`, old | (Number((value >> BigInt(bit)) & 1n) << (at & 7)));
    }
  }
}

function spaceOf(field: FieldSymbol): number {
  return REGION_SPACES.indexOf(field.space as (typeof REGION_SPACES)[number]);
}

/** What an expression comes to under these contents; undefined where it is not expressed. */
export function valueUnder(value: Quantity, contents: Contents): bigint | undefined {
  if (isKnown(value)) return value;
  const all = maskOf(value.bits);
  const at = (part: Quantity): bigint | undefined => valueUnder(part, contents);
  const both = (
    left: Quantity,
    right: Quantity,
    of: (a: bigint, b: bigint) => bigint,
  ): bigint | undefined => {
    const [a, b] = [at(left), at(right)];
    return a === undefined || b === undefined ? undefined : of(a, b);
  };
  switch (value.kind) {
    case 'field':
      return contents.read(value.field);
    case 'choice':
    case 'opaque':
      return undefined;
    case 'sum': {
      let total = value.constant;
      for (const { coefficient, of } of value.terms) {
        const part = at(of);
        if (part === undefined) return undefined;
        total += coefficient * part;
      }
      return total & all;
    }
    case 'bitwise':
      return both(value.left, value.right, (a, b) =>
        value.op === 'and' ? a & b : value.op === 'or' ? a | b : a ^ b,
      );
    case 'arithmetic':
      return both(value.left, value.right, (a, b) => calculated(value.op, a, b) & all);
    case 'slice': {
      const whole = at(value.of);
      return whole === undefined ? undefined : (bitsOf(whole, value.low, value.bits) as bigint);
    }
    case 'join': {
      let whole = 0n;
      let low = 0;
      for (const part of value.parts) {
        const bits = at(part.value);
        if (bits === undefined) return undefined;
        whole |= (bits & maskOf(part.bits)) << BigInt(low);
        low += part.bits;
      }
      return whole;
    }
    case 'compare':
      return both(value.left, value.right, (a, b) => {
        const holds =
          value.op === 'eq' ? a === b : value.op === 'ne' ? a !== b : value.op === 'lt' ? a < b : a <= b;
        return holds ? 1n : 0n;
      });
    case 'not': {
      const of = at(value.of);
      return of === undefined ? undefined : of === 0n ? 1n : 0n;
    }
    case 'all':
    case 'any': {
      const decided = value.kind === 'all' ? 0n : 1n;
      const parts = value.of.map(at);
      if (parts.some((part) => part === decided)) return decided;
      return parts.includes(undefined) ? undefined : 1n - decided;
    }
    case 'choose': {
      const when = at(value.when);
      return when === undefined ? undefined : at(when === 0n ? value.no : value.yes);
    }
  }
}

function calculated(op: string, a: bigint, b: bigint): bigint {
  if (op === 'multiply') return a * b;
  if (op === 'divide') return b === 0n ? 0n : a / b;
  if (op === 'modulo') return b === 0n ? 0n : a % b;
  if (b > 127n) return 0n;
  return op === 'shift-left' ? a << b : a >> b;
}

/** Numbers from 0 to below 1, the same each time. */
export function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** Tries to give a condition's fields contents that make it so. */
const TRIES = 40;

/** Contents, over these, under which the condition holds; undefined when none were found. */
export function contentsFor(
  condition: Quantity,
  rest: (space: number, address: bigint) => number,
  random: () => number,
): Contents | undefined {
  const constants = constantsOf(condition);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const contents = new Contents(rest);
    if (attempt > TRIES / 2)
      for (const field of fieldsOf(condition, 64))
        contents.write(field, constants[Math.floor(random() * constants.length)] ?? 0n);
    for (let round = 0; round < 4; round++) {
      force(condition, 1n, contents, random);
      if (valueUnder(condition, contents) === 1n) return contents;
    }
  }
  return undefined;
}

function constantsOf(value: Quantity): bigint[] {
  const found = new Set<bigint>([0n, 1n, 0xffn]);
  const pending: Quantity[] = [value];
  const seen = new Set<Quantity>();
  while (pending.length > 0) {
    const next = pending.pop()!;
    if (seen.has(next)) continue;
    seen.add(next);
    if (isKnown(next)) for (const near of [next - 1n, next, next + 1n]) found.add(near < 0n ? 0n : near);
    else pending.push(...partsOf(next));
  }
  return [...found];
}

/** Writes contents so that an expression becomes `wanted`, one way of several. */
function force(value: Quantity, wanted: bigint, contents: Contents, random: () => number): void {
  if (isKnown(value)) return;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  switch (value.kind) {
    case 'field':
      contents.write(value.field, wanted);
      return;
    case 'slice': {
      const whole = valueUnder(value.of, contents) ?? 0n;
      const mask = maskOf(value.bits) << BigInt(value.low);
      force(value.of, (whole & ~mask) | (wanted << BigInt(value.low)), contents, random);
      return;
    }
    case 'join': {
      let low = 0;
      for (const part of value.parts) {
        force(part.value, (wanted >> BigInt(low)) & maskOf(part.bits), contents, random);
        low += part.bits;
      }
      return;
    }
    case 'sum': {
      const { coefficient, of } = pick(value.terms);
      const others = (valueUnder(value, contents) ?? 0n) - coefficient * (valueUnder(of, contents) ?? 0n);
      const rest = (wanted - others) & maskOf(value.bits);
      const size = coefficient < 0n ? -coefficient : coefficient;
      const part = coefficient < 0n ? -rest & maskOf(value.bits) : rest;
      if (part % size === 0n) force(of, (part / size) & maskOf(of.bits), contents, random);
      return;
    }
    case 'bitwise': {
      const side = isKnown(value.left) || random() < 0.5 ? value.right : value.left;
      const other = valueUnder(side === value.left ? value.right : value.left, contents) ?? 0n;
      const now = valueUnder(side, contents) ?? 0n;
      const free = value.op === 'and' ? other : value.op === 'or' ? ~other : -1n;
      const goal = value.op === 'xor' ? wanted ^ other : (now & ~free) | (wanted & free);
      force(side, goal & maskOf(isKnown(side) ? 64 : side.bits), contents, random);
      return;
    }
    case 'arithmetic': {
      const by = valueUnder(value.right, contents) ?? 0n;
      const goal =
        value.op === 'shift-right' && by < 64n
          ? wanted << by
          : value.op === 'shift-left' && by < 64n
            ? wanted >> by
            : value.op === 'divide'
              ? wanted * by
              : value.op === 'multiply' && by > 0n
                ? wanted / by
                : wanted;
      force(random() < 0.8 ? value.left : value.right, goal, contents, random);
      return;
    }
    case 'compare':
      forceComparison(value, wanted !== 0n, contents, random);
      return;
    case 'not':
      force(value.of, wanted === 0n ? 1n : 0n, contents, random);
      return;
    case 'all':
    case 'any':
      if ((value.kind === 'all') === (wanted !== 0n))
        for (const part of value.of) {
          if (valueUnder(part, contents) !== wanted) force(part, wanted, contents, random);
        }
      else force(pick(value.of), wanted, contents, random);
      return;
    case 'choose': {
      const yes = random() < 0.5;
      force(value.when, yes ? 1n : 0n, contents, random);
      force(yes ? value.yes : value.no, wanted, contents, random);
      return;
    }
    case 'opaque':
  }
}

function forceComparison(
  { op, left, right }: Extract<Expr, { kind: 'compare' }>,
  holds: boolean,
  contents: Contents,
  random: () => number,
): void {
  const changesLeft = isKnown(right) || (!isKnown(left) && random() < 0.5);
  const [side, other] = changesLeft ? [left, right] : [right, left];
  if (isKnown(side)) return;
  const bound = valueUnder(other, contents) ?? 0n;
  const most = maskOf(side.bits);
  const equal = (op === 'eq' && holds) || (op === 'ne' && !holds);
  if (op === 'eq' || op === 'ne') {
    const different = [bound + 1n, bound - 1n, 0n, 1n, most].filter(
      (candidate) => candidate >= 0n && candidate <= most && candidate !== bound,
    );
    force(side, equal ? bound : different[Math.floor(random() * different.length)]!, contents, random);
    return;
  }
  // Is the side changed to be the lesser one, and may it equal the other?
  const below = changesLeft === holds;
  const strict = (op === 'lt') === holds;
  const near = below ? (strict ? bound - 1n : bound) : strict ? bound + 1n : bound;
  const far = below ? 0n : most;
  const goal = random() < 0.7 ? near : far;
  force(side, goal < 0n ? 0n : goal > most ? most : goal, contents, random);
}
