/** Questions and reports. */
import { MIB, REFUSED, row, UNKNOWN } from './row.ts';

export const JUDGING = {
  'vmbus-devices': row(
    'one machine',
    64,
    'VMBus devices',
    'A machine has one, OpenHCL two. Each is judged, and the work on all of them together grows with their number.',
    'the rest is not judged, which is a gap',
  ),
  worlds: row(
    'one question',
    1024,
    'worlds',
    'Real machines have under a hundred; the rest is reported as unexplored.',
    'the rest is unknown, which is a gap',
  ),
  decisions: row(
    'the decisions of one world',
    64,
    'decisions',
    'Real machines take under twenty.',
    'the rest is unknown, which is a gap',
  ),
  'decision-steps': row(
    'the cases of one question',
    8_000_000,
    'steps',
    'About a second of deciding which cases are possible; real machines take under a tenth of it.',
    'the rest is unknown, which is a gap',
  ),
  'expression-size': row(
    'one expression over fields',
    160,
    'operators',
    'Longer ones are unreadable, and the work on them must stay bounded.',
    UNKNOWN,
  ),
  'condition-size': row(
    'one condition of a window or report before it is simplified',
    8192,
    'operators',
    'The work on it must stay bounded.',
    UNKNOWN,
  ),
  'scenario-steps': row('a scenario of simulate', 1000, 'steps', 'More than a machine has.', REFUSED),
  'scenario-bytes': row(
    'a scenario of simulate',
    MIB,
    'bytes',
    'A thousand steps have about 50 KiB.',
    REFUSED,
  ),
  diagnostics: row(
    'one report',
    1000,
    'diagnostics',
    'Hostile input may have a fault in every byte.',
    'the others are only counted, which is reported',
  ),
} as const;
