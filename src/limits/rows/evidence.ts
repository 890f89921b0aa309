/** Logs, listings and mails. */
import { MIB, REST, row } from './row.ts';

export const EVIDENCE = {
  'log-line-bytes': row(
    'one line of a log',
    8192,
    'characters',
    'The kernel prints no line of more than about 1 KiB (LOG_LINE_MAX).',
    'the line is not read, and the log is incomplete, which is reported',
  ),
  'iomem-lines': row('/proc/iomem', 100_000, 'lines', 'The largest servers have a few thousand.', REST),
  'framebuffer-sightings': row(
    'one log or listing',
    64,
    'framebuffers',
    'More than a machine has; an input with more is hostile.',
    REST,
  ),
  'kernel-config-bytes': row(
    'the configuration in a kernel image',
    16 * MIB,
    'bytes',
    'Real ones have about 300 KiB.',
    'it is not read, which is reported',
  ),
} as const;
