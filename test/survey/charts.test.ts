import { describe, expect, test } from 'vitest';
import type { ResultSet } from '../../src/survey/query/database.ts';
import { renderResults } from '../../src/survey/query/formats.ts';
import { NAMED_QUERIES } from '../../src/survey/query/questions.ts';

const page = (result: ResultSet, named: Partial<(typeof NAMED_QUERIES.summary)[number]> = {}): string =>
  renderResults([{ title: 'T', ...named, ...result }], 'html', { heading: 'H', width: 80 });
const numbers = (text: string, pattern: RegExp): number[] =>
  [...text.matchAll(pattern)].map(([, value]) => Number(value));

describe('a page of a query', () => {
  test('has a bar for each row, as long as what it counts', () => {
    const text = page({
      columns: ['code', 'machines', 'for example'],
      rows: [
        ['a', 8, 'x'],
        ['b', 2, 'y'],
        ['c', 0, 'z'],
      ],
    });
    expect(numbers(text, /<rect width="([\d.]+)"/g)).toEqual([100, 25, 0]);
  });

  test.each([
    ['no row counts', { columns: ['a', 'b'], rows: [['x', 'y']] }],
    ['a row has no number', { columns: ['a', 'b'], rows: [['x', 1], ['y', null]] }], // biome-ignore format: a row a line
    ['there is nothing but a number', { columns: ['count'], rows: [[3]] }],
    ['a number is below 0', { columns: ['a', 'b'], rows: [['x', -1]] }],
    ['there is no row', { columns: ['a', 'b'], rows: [] }],
  ])('has none where %s', (_, result) => {
    expect(page(result)).not.toContain('<rect');
  });

  test('has as many rows as there are', () => {
    // More than a call can have arguments.
    const rows = Array.from({ length: 200_000 }, (_, index) => [`m${index}`, index]);
    const text = page({ columns: ['machine', 'windows'], rows });
    expect(text.split('<tr>')).toHaveLength(1 + 1 + rows.length);
    expect(text).toContain('<rect width="100.00"');
  });

  test('has a histogram of what counts by addresses', () => {
    const asked = NAMED_QUERIES.summary.find(({ addresses }) => addresses !== undefined)!;
    expect(asked.addresses).toMatchObject({ slot: 0x800_0000n, slots: 32 });
    const text = page(
      {
        columns: ['from', 'machines'],
        rows: [
          ['0x0', 1],
          ['0xf8000000', 4],
        ],
      },
      asked,
    );
    // The floor is at 160 and the top at 14; 32 slots are between 46 and 700; a pixel is left free at each side.
    expect(numbers(text, /<rect x="([\d.]+)"/g)).toEqual([47, 680.6]);
    expect(numbers(text, /height="([\d.]+)"><title>/g)).toEqual([36.5, 146]);
    for (const tick of ['>0<', '>1 GiB<', '>4 GiB<']) expect(text).toContain(tick);
    expect(text).toContain('role="img"');
  });

  test('escapes what a statement names', () => {
    const text = page({ columns: ['<b>', '"n"'], rows: [['<script>', 1]] });
    expect(text).not.toMatch(/<b>|<script>/);
  });
});
