import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bitwise,
  type ChoiceVariable,
  type Condition,
  choose,
  chosen,
  compare,
  conditionTree,
  type Expr,
  type FieldSymbol,
  formatCondition,
  formatQuantity,
  gather,
  join,
  Names,
  not,
  opaque,
  printedCover,
  type Quantity,
  sum,
  variablesOf,
  withNames,
} from '../../src/symbolic/index.ts';
import { runs } from '../runs.ts';
import { fieldOf } from './fields.ts';
import { holdsText, holdsTree, type Meaning, type Tree } from './reading.ts';
import { anyCondition, type Content, contents, meaningOf, RELEASE, SETTING } from './small-world.ts';

function field(name: string, more: Partial<FieldSymbol> = {}): Expr {
  return fieldOf(name, { bits: 8, ...more });
}

const any = (...conditions: Quantity[]): Quantity => gather('any', conditions);
const all = (...conditions: Quantity[]): Quantity => gather('all', conditions);
const is = (of: Quantity, value: bigint): Quantity => compare('eq', of, value);

/** What the names of the small world stand for in a content; values of choices are their indexes. */
function namesIn({ memory, elsewhere, opaque: unknown, release, setting }: Content): Meaning {
  const values: Readonly<Record<string, number>> = {
    LOWA: memory & 7,
    HIGB: (memory >> 2) & 15,
    BOTH: memory,
    ELSE: elsewhere,
    unknown1: unknown,
    release,
    SYSFB: setting,
  };
  return (name) => {
    const value =
      values[name] ?? [RELEASE, SETTING].flatMap((choice) => choice.values.indexOf(name)).find((i) => i >= 0);
    if (value === undefined) throw new SyntaxError(`no such name: ${name}`);
    return BigInt(value);
  };
}

describe('what is printed, read by itself', () => {
  test('is the condition, as text and as a tree', () => {
    fc.assert(
      fc.property(anyCondition, (condition) => {
        const [text, tree, meaning] = [
          formatCondition(condition),
          conditionTree(condition),
          meaningOf(condition),
        ];
        // Some contents, others each time.
        for (let i = text.length % 31; i < contents().length; i += 31) {
          const content = contents()[i]!;
          const wanted = meaning(content) !== 0;
          expect(holdsText(text, namesIn(content)), text).toBe(wanted);
          expect(holdsTree(tree as Tree, namesIn(content)), text).toBe(wanted);
        }
      }),
      { numRuns: runs(300) },
    );
  });

  test('a disjunction inside does not leak into the text', () => {
    const condition = all(any(is(field('KIND'), 1n), is(field('KIND'), 5n)), not(is(field('MG2L'), 0n)));
    expect(formatCondition(condition)).toBe('KIND == 1 and MG2L > 0, or KIND == 5 and MG2L > 0');
    expect(conditionTree(condition)).toEqual({
      any: [
        {
          all: [
            { op: '==', left: 'KIND', right: '1' },
            { op: '>', left: 'MG2L', right: '0' },
          ],
        },
        {
          all: [
            { op: '==', left: 'KIND', right: '5' },
            { op: '>', left: 'MG2L', right: '0' },
          ],
        },
      ],
    });
  });

  test('independent parts of a long condition stand in brackets', () => {
    // Each of four: off, or of another kind. Multiplied out these are 16 alternatives of 4 comparisons.
    const parts = [0, 1, 2, 3].map((i) =>
      any(is(field(`IER${i}`, { bits: 1 }), 0n), not(is(field(`WUR${i}`, { bits: 2 }), 2n))),
    );
    const condition = all(...parts, is(field('KIND'), 7n));
    expect(formatCondition(condition)).toBe(
      '(!IER0 || WUR0 != 2) != 0 and (!IER1 || WUR1 != 2) != 0 and (!IER2 || WUR2 != 2) != 0 and (!IER3 || WUR3 != 2) != 0 and KIND == 7',
    );
    expect(printedCover(condition).alternatives).toHaveLength(1);
    const [first, ...more] = (conditionTree(condition) as { all: Tree[] }).all;
    expect(first).toEqual({
      any: [
        { op: '==', left: 'IER0', right: '0' },
        { op: '!=', left: 'WUR0', right: '2' },
      ],
    });
    expect(more.at(-1)).toEqual({ op: '==', left: 'KIND', right: '7' });
  });

  test('values of choices are written by name, wherever they stand', () => {
    const condition = any(chosen(SETTING, 'y'), not(is(field('KIND'), 0n)));
    expect(formatQuantity(condition)).toBe('SYSFB == y || KIND > 0');
  });

  test('of two values each is written by its name, also where it is a truth in brackets', () => {
    const place: ChoiceVariable = { id: 'framebuffer', values: ['outside', 'inside'], ordered: false };
    const [inside, outside, kind] = [chosen(place, 'inside'), chosen(place, 'outside'), field('KIND')];
    const set = not(is(kind, 0n));
    expect(formatQuantity(any(outside, set))).toBe('framebuffer == outside || KIND > 0');
    expect(formatQuantity(any(inside, set))).toBe('framebuffer == inside || KIND > 0');
    expect(formatQuantity(all(outside, set))).toBe('framebuffer == outside && KIND > 0');
    expect(formatQuantity(choose(inside as Condition, kind, 3n))).toBe('framebuffer == inside ? KIND : 3');
    expect(formatCondition(outside)).toBe('framebuffer == outside');
  });

  test('a sum that wraps at a width of its own says so', () => {
    const [a, b] = [field('AAAA'), field('BBBB')];
    const added = (bits: number): Quantity =>
      sum(bits, 0n, [
        { coefficient: 1n, of: a },
        { coefficient: 1n, of: b },
      ]);
    expect(formatQuantity(added(8))).toBe('AAAA + BBBB & 0xff');
    expect(formatQuantity(added(9))).toBe('AAAA + BBBB');
    expect(formatCondition(is(added(8), 3n))).toBe('(AAAA + BBBB & 0xff) == 3');
  });
});

describe('names', () => {
  test('one for each variable of a document', () => {
    const names = new Names();
    const [one, other] = [field('ENAB'), field('ENAB', { path: '\\_SB.PCI1.ENAB' })];
    const lost = [opaque(8, 'a loop was given up'), opaque(8, 'a loop was given up')] as const;
    expect(formatCondition(is(one, 1n), names)).toBe('ENAB == 1');
    expect(formatCondition(is(other, 1n), names)).toBe('\\_SB.PCI1.ENAB == 1');
    expect(formatCondition(is(one, 2n), names)).toBe('ENAB == 2');
    expect(formatCondition(is(lost[1], 0n), names)).toBe('unknown1 == 0');
    expect(formatCondition(is(lost[0], 0n), names)).toBe('unknown2 == 0');
    expect(formatCondition(is(lost[1], 3n), names)).toBe('unknown1 == 3');
    expect(names.named().map(({ name, variable }) => [name, variable.kind])).toEqual([
      ['ENAB', 'field'],
      ['\\_SB.PCI1.ENAB', 'field'],
      ['unknown1', 'unknown'],
      ['unknown2', 'unknown'],
    ]);
  });

  test('a later read of the same place is another variable', () => {
    const [first, later] = [
      field('M32B', { address: 0x1000n }),
      field('M32B', { address: 0x1000n, epoch: 35 }),
    ];
    expect(formatCondition(all(is(first, 1n), is(later, 2n)))).toBe("M32B == 1 and M32B'35 == 2");
    // There is nothing to tell apart where only one read is meant.
    expect(formatCondition(is(later, 2n))).toBe('M32B == 2');
    const write = (names: Names): string[] => [first, later].map((of) => formatCondition(is(of, 2n), names));
    expect(withNames(write)).toEqual(['M32B == 2', "M32B'35 == 2"]);
    expect(withNames((names) => formatCondition(is(later, 2n), names))).toBe('M32B == 2');
  });

  test('of the ways to say it the shortest', () => {
    const kind = field('PNHM', { bits: 32 });
    const family = bitwise('and', kind, 0xffff0n);
    // 0x106a0 and 0x106e0 differ in bit 6.
    expect(formatCondition(any(is(family, 0x106a0n), is(family, 0x106e0n)))).toBe(
      '(PNHM & 0xfffb0) == 0x106a0',
    );
    expect(formatCondition(all(not(is(family, 0x106a0n)), not(is(family, 0x106e0n))))).toBe(
      '(PNHM & 0xfffb0) != 0x106a0',
    );
    // A field by itself is compared with both values.
    expect(formatCondition(any(is(kind, 1n), is(kind, 5n)))).toBe('PNHM == 1, or PNHM == 5');
    // What is below a base wraps at 0: with other comparisons of the field its values are shorter.
    const base = field('MG2B', { bits: 32 });
    const before = sum(32, 0xffff_ffffn, [{ coefficient: 1n, of: base as Expr }]);
    const above = [not(is(base, 0n)), compare('le', 0x100000n, before), compare('lt', base, 0xfed40000n)];
    expect(formatCondition(all(...above))).toBe('MG2B >= 0x100001 and MG2B < 0xfed40000');
    // Sums that wrap are left as they were compared where taking them apart would be longer.
    const size = field('MG2L', { bits: 32 });
    const last = sum(32, 0xffff_ffffn, [
      { coefficient: 1n, of: base as Expr },
      { coefficient: 1n, of: size as Expr },
    ]);
    expect(formatCondition(all(not(is(size, 0n)), compare('le', base, last), not(is(last, 0n))))).toBe(
      'MG2L > 0 and MG2B <= MG2B + MG2L - 1 and MG2B + MG2L - 1 != 0',
    );
  });

  test('the same path at two places', () => {
    const [here, there] = [field('FLD0', { address: 0x1000n }), field('FLD0', { address: 0x2000n })];
    expect(formatCondition(all(is(here, 1n), is(there, 2n)))).toBe('FLD0 == 1 and \\FLD0 == 2');
    const third = field('FLD0', { address: 0x3000n, bitOffset: 4 });
    expect(formatCondition(all(is(here, 1n), is(there, 2n), is(third, 3n)))).toBe(
      'FLD0 == 1 and \\FLD0 == 2 and \\FLD0@0x3000.4 == 3',
    );
  });

  test('the variables of expressions, each once, in their order', () => {
    const condition = all(is(field('KIND'), 1n), chosen(RELEASE, '6.7'), not(is(field('MG2L'), 0n)));
    const lost = opaque(32, 'why');
    expect(variablesOf(condition, field('KIND'), lost).map(({ kind }) => kind)).toEqual([
      'field',
      'choice',
      'field',
      'unknown',
    ]);
  });
});

describe('bytes of a field', () => {
  const osys = (more: Partial<FieldSymbol> = {}): Expr =>
    field('OSYS', { address: 0x1000n, bits: 16, ...more });
  const byte = (index: number, epoch = 0): Expr => {
    const { field: whole } = osys({ epoch }) as Extract<Expr, { kind: 'field' }>;
    const path = `SystemMemory[0x${(0x1000 + index).toString(16)}]`;
    return field(path, { path, address: 0x1000n + BigInt(index), epoch, byteOf: { field: whole, index } });
  };
  const both = (...parts: Expr[]): Quantity => join(parts.map((value) => ({ bits: 8, value })));

  test('side by side are the field', () => {
    expect(formatQuantity(both(byte(0), byte(1)))).toBe('OSYS');
    expect(formatCondition(compare('lt', both(byte(0), byte(1)), 0x7dcn))).toBe('OSYS < 0x7dc');
  });

  test('by themselves are a part of it, and of another read of another', () => {
    expect(formatQuantity(byte(1))).toBe('OSYS >> 8');
    expect(formatQuantity(byte(0))).toBe('OSYS & 0xff');
    expect(formatQuantity(both(byte(1), byte(0)))).toBe('(OSYS & 0xff) << 8 | OSYS >> 8');
    const names = new Names();
    expect(formatQuantity(both(byte(0), byte(1, 3)), names)).toBe("(OSYS'3 >> 8) << 8 | OSYS & 0xff");
    expect(names.named().map(({ name }) => name)).toEqual(['OSYS', "OSYS'3"]);
  });
});

test('a bit that is true or false stays in its place', () => {
  const [a, b, c] = ['AAAA', 'BBBB', 'CCCC'].map((name) => field(name));
  const bit = bitwise('and', a!, 2n);
  const either = any(all(is(b!, 1n), not(is(bit, 0n))), all(is(c!, 1n), is(bit, 0n)));
  expect(formatQuantity(either)).toBe('BBBB == 1 && AAAA & 2 || CCCC == 1 && !(AAAA & 2)');
});
