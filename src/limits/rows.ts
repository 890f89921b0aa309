/**
 * All limits on inputs and work, by subject in `rows/`: name, default, unit, reason. `--limit NAME=VALUE` sets one for a
 * run, and docs/limits.md is generated from here. The maximum of a format, and how much of something a report shows, are
 * not limits in this sense and stay where they are used.
 */
import { ACPI } from './rows/acpi.ts';
import { CONTAINERS } from './rows/containers.ts';
import { DEVICE_TREES } from './rows/device-trees.ts';
import { EVIDENCE } from './rows/evidence.ts';
import { JUDGING } from './rows/judging.ts';
import { OPENING } from './rows/opening.ts';

export type { LimitRow } from './rows/row.ts';

/** The limits by subject. */
export const LIMIT_GROUPS = {
  'Opening inputs': OPENING,
  'Images, archives and compression': CONTAINERS,
  'Device trees': DEVICE_TREES,
  ACPI,
  Evidence: EVIDENCE,
  'Answers and reports': JUDGING,
} as const;

export const LIMITS = { ...OPENING, ...CONTAINERS, ...DEVICE_TREES, ...ACPI, ...EVIDENCE, ...JUDGING };
