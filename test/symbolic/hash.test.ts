/** Expressions are found by their hashes: few that differ may share one. */
import { expect, it } from 'vitest';
import { compare, isKnown, type Quantity } from '../../src/symbolic/index.ts';
import { fieldOf } from './fields.ts';

const hashOf = (value: Quantity): number => {
  if (isKnown(value)) throw new Error('a number has no hash');
  return value.hash;
};
const symbol = (name: string, bits: number): Quantity => fieldOf(name, { address: 0x1000n, bits });
const field = (name: string): Quantity => symbol(name, 32);
const wide = (name: string): Quantity => symbol(name, 64);

it.each<[string, (i: number) => Quantity]>([
  ['names', (i) => field(`F${i.toString(36)}`)],
  ['names that differ in their order alone', (i) => field(i.toString(2).padStart(10, '0'))],
  ['constants', (i) => compare('eq', field('FLD'), BigInt(i))],
  ['constants above 32 bits', (i) => compare('eq', wide('FLD'), BigInt(i) << 40n)],
])('%s make different hashes', (_name, made) => {
  const count = 1000;
  const hashes = new Set(Array.from({ length: count }, (_, i) => hashOf(made(i))));
  // Of 1000 random numbers of 32 bits hardly any two are the same.
  expect(hashes.size).toBeGreaterThan(0.99 * count);
});

it('the same expression has the same hash', () => {
  expect(hashOf(compare('lt', field('FLD'), 7n))).toBe(hashOf(compare('lt', field('FLD'), 7n)));
});
