/** Operators that compute, convert and refer, by ASL name. */

import type { Operators, Places } from '../state/machine.ts';
import { ARITHMETIC_OPERATORS } from './arithmetic.ts';
import { COMPARING_OPERATORS } from './comparison.ts';
import { DATA_OPERATORS } from './data-operators.ts';
import { REFERRING_OPERATORS } from './references.ts';

export const COMPUTING_OPERATORS: Operators<Places> = {
  ...ARITHMETIC_OPERATORS,
  ...COMPARING_OPERATORS,
  ...DATA_OPERATORS,
  ...REFERRING_OPERATORS,
};
