/** Questions, and what is done with many machines. */
import { MIB, REFUSED, row, UNKNOWN } from './row.ts';

export const JUDGING = {
  'vmbus-devices': row(
    'one machine',
    64,
    'VMBus devices',
    'A machine has one. Each is judged, and what is said of all of them together grows with their number.',
    'the rest is not judged, which is a gap',
  ),
  worlds: row(
    'one question',
    1024,
    'worlds',
    'Real machines have under a hundred; what is left is reported as unexplored.',
    'what is left is unknown, which is a gap',
  ),
  decisions: row(
    'the way to one world',
    64,
    'decisions',
    'Real machines take under twenty.',
    'what is left is unknown, which is a gap',
  ),
  'decision-steps': row(
    'the cases of one question',
    8_000_000,
    'steps',
    'About a second of deciding which cases are possible; real machines take under a tenth of it.',
    'what is left is unknown, which is a gap',
  ),
  'expression-size': row(
    'one expression over fields',
    160,
    'operators',
    'Nobody can read more, and work on it must stay bounded.',
    UNKNOWN,
  ),
  'condition-size': row(
    'one condition that windows and reports gather',
    8192,
    'operators',
    'They are simplified before anybody reads them; work on them must stay bounded.',
    UNKNOWN,
  ),
  'scenario-steps': row('a scenario of simulate', 1000, 'steps', 'More than a machine has.', REFUSED),
  'scenario-bytes': row(
    'a scenario of simulate',
    MIB,
    'bytes',
    'A thousand steps have some 50 KiB.',
    REFUSED,
  ),
  diagnostics: row(
    'one report',
    1000,
    'diagnostics',
    'Hostile input may have a fault in every byte.',
    'the rest is counted, which is reported',
  ),
} as const;
