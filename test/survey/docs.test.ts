import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { withColumns } from '../../scripts/fleet/columns.ts';

test('docs/fleet.md has the columns that there are', () => {
  const document = readFileSync('docs/fleet.md', 'utf8');
  expect(withColumns(document)).toBe(document);
});
