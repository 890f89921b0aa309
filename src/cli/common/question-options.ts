/** What every command that asks a question of a machine takes; each adds its own. */
import { MAP_FORMATS } from '../../report/formats/render.ts';
import type { OptionTable } from './command.ts';
import {
  formatOption,
  INPUT_OPTIONS,
  KERNEL_OPTIONS,
  MACHINE_OPTIONS,
  MAP_OPTION,
  OUTPUT_OPTIONS,
} from './options.ts';

export const QUESTION_OPTIONS = {
  ...INPUT_OPTIONS,
  ...MACHINE_OPTIONS,
  ...KERNEL_OPTIONS,
  ...OUTPUT_OPTIONS,
  ...MAP_OPTION,
  format: formatOption(MAP_FORMATS),
} as const satisfies OptionTable;
