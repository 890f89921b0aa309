/** The corpus beside the checkout, which tests skip visibly without. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'vitest';

export const CORPUS = fileURLToPath(new URL('../../../shared/corpus/', import.meta.url));
export const HAS_CORPUS = existsSync(CORPUS);
/** For a title: says why a test is skipped. */
export const NEEDS_CORPUS = HAS_CORPUS ? '' : ' (skipped: ../shared/corpus is not there)';

/**
 * Tests that need the corpus: `body` runs only where it is there. What stands in `describe.skipIf` runs all the same when
 * the tests are collected, and would open files that are not there.
 */
export function describeCorpus(title: string, body: () => void): void {
  if (HAS_CORPUS) describe(title, body);
  else describe.skip(`${title}${NEEDS_CORPUS}`, () => test('what needs it', () => {}));
}
