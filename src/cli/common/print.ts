/** Printing a report in the format asked for. */
import type { Diagnostic } from '../../bytes/diagnostic.ts';
import { FORMATS, type Format, type Report } from '../../report/formats/render.ts';
import { type NamedReport, renderMachines } from '../../report/subjects/machines.ts';
import type { Io } from './io.ts';
import { writeDiagnostics, writeResult } from './result.ts';

export interface PrintOptions {
  readonly format?: Format;
  readonly output?: string;
  readonly color?: 'auto' | 'always' | 'never';
}

const DEFAULT_WIDTH = 80;
/** Prose wider than this is hard to read, however wide the terminal. */
const MAX_WIDTH = 100;

/** https://no-color.org and https://force-color.org: an option of the command line goes before both. */
async function wantsColor(options: PrintOptions, io: Io): Promise<boolean> {
  if (options.color === 'always') return true;
  if (options.color === 'never') return false;
  if (io.env.NO_COLOR) return false;
  if (io.env.FORCE_COLOR) return io.env.FORCE_COLOR !== '0';
  if (options.output !== undefined || io.env.TERM === 'dumb') return false;
  return io.stdout.isTerminal();
}

function widthOf(io: Io): number {
  const columns = Number(io.env.COLUMNS);
  return Number.isInteger(columns) && columns >= 40 ? Math.min(columns, MAX_WIDTH) : DEFAULT_WIDTH;
}

/**
 * Writes the report where it was asked to go. In text the diagnostics go to standard error; the other formats hold them
 * themselves.
 */
export async function printReport(
  report: Report,
  diagnostics: readonly Diagnostic[],
  options: PrintOptions,
  io: Io,
): Promise<void> {
  await printMachines([{ ...report, name: undefined }], diagnostics, options, io);
}

/** The same for the machines of an image, one or several. */
export async function printMachines(
  reports: readonly NamedReport[],
  diagnostics: readonly Diagnostic[],
  options: PrintOptions,
  io: Io,
): Promise<void> {
  const format = options.format ?? FORMATS[0]!;
  const color = format === 'text' && (await wantsColor(options, io));
  writeResult(await renderMachines(reports, format, { color, width: widthOf(io) }), options, io);
  if (format === 'text') writeDiagnostics(diagnostics, io);
}
