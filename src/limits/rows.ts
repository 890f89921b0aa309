/**
 * Every limit of what is read and how much is worked on, by subject in `rows/`: name, default, unit, reason. Only there is one
 * written down; `--limit NAME=VALUE` sets it for a run, and docs/limits.md is made from here. What a format itself allows
 * at most, and how much of something a report shows, is no limit in this sense: it stays where it is needed.
 */
import { ACPI } from './rows/acpi.ts';
import { CONTAINERS } from './rows/containers.ts';
import { DEVICE_TREES } from './rows/device-trees.ts';
import { EVIDENCE } from './rows/evidence.ts';
import { JUDGING } from './rows/judging.ts';
import { OPENING } from './rows/opening.ts';

export type { LimitRow } from './rows/row.ts';

/** What the limits are about, with the limits of each. */
export const LIMIT_GROUPS = {
  'Opening inputs': OPENING,
  'Images, archives and compression': CONTAINERS,
  'Device trees': DEVICE_TREES,
  ACPI,
  Evidence: EVIDENCE,
  'Answers and reports': JUDGING,
} as const;

export const LIMITS = { ...OPENING, ...CONTAINERS, ...DEVICE_TREES, ...ACPI, ...EVIDENCE, ...JUDGING };
