import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shardsOf, type Unit } from '../../src/survey/unit.ts';

const anyUnit: fc.Arbitrary<Unit> = fc
  .record({ number: fc.nat(), bytes: fc.nat(80 * 1024 * 1024) })
  .map(({ number, bytes }) => {
    const hash = number.toString(16).padStart(64, '0');
    return { hash, path: `${number}.dtb`, file: `/${number}.dtb`, bytes };
  });
const units = fc.uniqueArray(anyUnit, { maxLength: 200, selector: ({ hash }) => hash });

describe('shards', () => {
  test('have every unit once, in whatever order they were found', () => {
    fc.assert(
      fc.property(units, fc.infiniteStream(fc.nat()), (given, order) => {
        const shuffled = given
          .map((unit) => ({ unit, key: order.next().value }))
          .sort((a, b) => a.key - b.key);
        const shards = shardsOf(given);
        expect(shardsOf(shuffled.map(({ unit }) => unit))).toEqual(shards);
        const hashes = shards.flatMap((shard) => shard.units.map(({ hash }) => hash));
        expect(hashes).toEqual(given.map(({ hash }) => hash).sort());
        expect(new Set(shards.map(({ id }) => id)).size).toBe(shards.length);
      }),
    );
  });

  test('hold no more than 64 MiB of inputs, but for one that has more by itself', () => {
    fc.assert(
      fc.property(units, (given) => {
        for (const shard of shardsOf(given)) {
          const bytes = shard.units.reduce((sum, unit) => sum + unit.bytes, 0);
          if (shard.units.length > 1) expect(bytes).toBeLessThanOrEqual(64 * 1024 * 1024);
        }
      }),
    );
  });

  test('are larger where there are more machines', () => {
    const many = Array.from({ length: 10_000 }, (_, i): Unit => {
      const hash = i.toString(16).padStart(64, '0');
      return { hash, path: `${i}`, file: `/${i}`, bytes: 1000 };
    });
    // 10,000 / 256 = 39.06: 40 a shard, 250 shards.
    expect(shardsOf(many)).toHaveLength(250);
    // No fewer than 16 a shard.
    expect(shardsOf(many.slice(0, 100)).map((shard) => shard.units.length)).toEqual([
      16, 16, 16, 16, 16, 16, 4,
    ]);
  });
});
