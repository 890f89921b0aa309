/** Patches of one file in any order, and with their blanks changed: diff and patch make what is expected. */
import { createTwoFilesPatch } from 'diff';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applySeries, orderOfShown } from '../../../src/artifact/patch/series.ts';
import { readUnifiedDiff } from '../../../src/artifact/patch/unified-diff.ts';

/** A file, and what each of several edits leaves of it. */
function versions(edits: readonly number[]): string[] {
  let lines = Array.from({ length: 40 }, (_, index) => `\tline ${index} {`);
  const all = [lines];
  for (const [index, at] of edits.entries()) {
    lines = lines.with(at, `\tedit ${index} of ${lines[at]!.trim()}`);
    all.push(lines);
  }
  return all.map((each) => `${each.join('\n')}\n`);
}

function partsOf(texts: readonly string[]) {
  return texts.slice(1).map((text, index) => ({
    index,
    patch: readUnifiedDiff(createTwoFilesPatch('a/f', 'b/f', texts[index]!, text))[0]!,
  }));
}

describe('a series', () => {
  test('gives the last version in whatever order its patches come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(39), { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(1000), { minLength: 5, maxLength: 5 }),
        (edits, keys) => {
          const texts = versions(edits);
          const parts = partsOf(texts);
          const shuffled = [...parts].sort((a, b) => keys[a.index]! - keys[b.index]!);
          const series = applySeries(texts[0]!, shuffled);
          expect('after' in series && [series.before, series.after]).toEqual([texts[0], texts.at(-1)]);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('that shows one line again and again is put in order without the file', () => {
    const parts = partsOf(versions([20, 20, 20, 20]));
    const order = orderOfShown([parts[2]!, parts[0]!, parts[3]!, parts[1]!]);
    expect(order.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  });

  test('of which one does not apply names it', () => {
    const texts = versions([3, 4]);
    const [first, second] = partsOf(texts);
    const other = texts[0]!.replaceAll('line', 'other');
    expect(applySeries(other, [first!, second!])).toEqual({ stuck: first, large: false });
  });
});

test('tabs that became spaces, and blanks lost at the ends, still apply', () => {
  const texts = versions([7]);
  const diff = createTwoFilesPatch('a/f', 'b/f', texts[0]!, texts[1]!).replaceAll('\t', '        ');
  const series = applySeries(texts[0]!, [{ patch: readUnifiedDiff(diff)[0]! }]);
  expect('after' in series && series.after.replace(/ {8}edit/, '\tedit')).toBe(texts[1]);
  // But not other words.
  expect(applySeries(texts[0]!.replace('line 7', 'line seven'), partsOf(texts))).toHaveProperty('stuck');
});
