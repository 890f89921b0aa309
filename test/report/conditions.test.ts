/** Long conditions get a name, which is explained once; the same condition has the same name. */
import { expect, test } from 'vitest';
import { releaseFrom } from '../../src/linux/release-choice.ts';
import { Conditions } from '../../src/report/conditions.ts';
import {
  allOf,
  anyOf,
  type Condition,
  compare,
  type Expr,
  fieldValue,
  not,
  opaque,
} from '../../src/symbolic/index.ts';

const field = (name: string, epoch = 0): Expr =>
  fieldValue({
    name,
    path: `\\_SB.${name}`,
    space: 'SystemMemory',
    address: BigInt(`0x${Buffer.from(name).toString('hex')}`),
    bitOffset: 0,
    bits: 32,
    epoch,
  });
const is = (of: Expr, value: bigint): Condition => compare('eq', of, value) as Condition;
const LONG = anyOf([1n, 2n, 3n, 4n].map((n) => allOf([is(field('AAAA'), n), is(field('BBBB'), n * 16n)])));

test('what fits stands where it is', () => {
  const conditions = new Conditions();
  expect(conditions.text(compare('ne', field('MG2L'), 0n) as Condition)).toBe('MG2L > 0');
  expect(conditions.blocks().map((block) => block.kind === 'heading' && block.text)).toEqual([
    'Fields',
    false,
  ]);
});

test('what does not is named, once', () => {
  const conditions = new Conditions();
  expect(conditions.text(LONG)).toBe('[C1]');
  expect(conditions.text(is(field('AAAA'), 9n))).toBe('AAAA == 9');
  expect(conditions.text(LONG)).toBe('[C1]');
  const text = JSON.stringify(conditions.blocks());
  expect(text.match(/\[C1\]/g)).toHaveLength(1);
  expect(text).toContain('AAAA == 1 and BBBB == 0x10');
});

test('releases are written as words, other conditions beside them', () => {
  const conditions = new Conditions();
  const [from, before] = [releaseFrom('5.19'), not(releaseFrom('5.19')) as Condition];
  expect(conditions.when(from)).toBe('on Linux 5.19 and newer');
  expect(conditions.when(before)).toBe('on Linux before 5.19');
  expect(conditions.when(allOf([from, not(releaseFrom('6.12'))]))).toBe(
    'on Linux 5.19 and newer, before 6.12',
  );
  expect(conditions.when(allOf([from, is(field('KIND'), 5n)]))).toBe('on Linux 5.19 and newer if KIND == 5');
  expect(conditions.when(anyOf([from, is(field('KIND'), 5n)]))).toBe('if release >= 5.19, or KIND == 5');
});

test('a later read and what is not known are explained', () => {
  const conditions = new Conditions();
  conditions.text(is(field('M32B', 35), 1n));
  conditions.quantity(opaque(8, 'a loop was given up'));
  const text = JSON.stringify(conditions.blocks());
  expect(text).toContain("M32B'35");
  expect(text).toContain('32 bits in memory of \\\\_SB');
  expect(text).toContain('unknown: a loop was given up');
  expect(text).not.toContain('unknown()');
});
