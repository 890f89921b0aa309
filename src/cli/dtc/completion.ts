/** What the last word of an unfinished `fwmap dtc` line may become. */
import { CHECK_NAMES } from '../../devicetree/checks/run-checks.ts';
import { WITH_FILES } from '../completion/scripts.ts';
import { ROWS } from './options.ts';

const CHECK_ARGUMENTS = CHECK_NAMES.flatMap((name) => [name, `no-${name}`]);

/** Values by the option's long name. The other options take files, except those in `NUMBERS`. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  'in-format': ['dts', 'dtb', 'fs'],
  'out-format': ['dts', 'dtb', 'yaml', 'asm', 'null'],
  'out-version': ['1', '2', '3', '16', '17'],
  phandle: ['epapr', 'legacy', 'both'],
  warning: CHECK_ARGUMENTS,
  error: CHECK_ARGUMENTS,
};
const NUMBERS: ReadonlySet<string> = new Set(['reserve', 'space', 'pad', 'align', 'boot-cpu', 'define']);

/** The candidates for an unfinished word. @param previous the word before it */
export function dtcCandidates(previous: string, current: string): readonly string[] {
  const option = ROWS.find(
    (row) => previous === `--${row.long}` || ('short' in row && previous === `-${row.short}`),
  );
  if (option !== undefined && 'value' in option)
    return VALUES[option.long] ?? (NUMBERS.has(option.long) ? [] : [WITH_FILES]);
  if (!current.startsWith('-')) return [WITH_FILES];
  return ROWS.flatMap((row) => [...('short' in row ? [`-${row.short}`] : []), `--${row.long}`]);
}
