/** The corpus beside the checkout, which tests skip visibly without. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const CORPUS = fileURLToPath(new URL('../../../shared/corpus/', import.meta.url));
export const HAS_CORPUS = existsSync(CORPUS);
/** For a title: says why a test is skipped. */
export const NEEDS_CORPUS = HAS_CORPUS ? '' : ' (skipped: ../shared/corpus is not there)';
