/** Logs go to standard error as JSON lines, through pino, which is loaded only when a level was asked for. */
import { toJsonText } from '../../bytes/escape.ts';
import type { Io } from './io.ts';

export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface Log {
  warn(fields: object, message: string): void;
  info(fields: object, message: string): void;
  debug(fields: object, message: string): void;
  trace(fields: object, message: string): void;
}

const nothing = (): void => {};
export const SILENT: Log = { warn: nothing, info: nothing, debug: nothing, trace: nothing };

/** A log at the level asked for; without one nothing is logged and nothing is loaded. */
export async function openLog(level: string | undefined, io: Io): Promise<Log> {
  if (level === undefined || level === 'silent') return SILENT;
  const { pino } = await import('pino');
  const logger = pino(
    // No process id, host name or time: equal runs log equal lines.
    { level, base: { name: 'fwmap' }, timestamp: false },
    // pino leaves invisible characters of names as they are.
    { write: (line: string) => io.stderr.write(`${toJsonText(JSON.parse(line))}\n`) },
  );
  return {
    warn: (fields, message) => logger.warn(fields, message),
    info: (fields, message) => logger.info(fields, message),
    debug: (fields, message) => logger.debug(fields, message),
    trace: (fields, message) => logger.trace(fields, message),
  };
}
