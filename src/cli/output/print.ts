/** Printing a report in the format asked for. */
import type { Diagnostic } from '../../bytes/diagnostic.ts';
import { FORMATS, type Format, type Report, renderReport } from '../../report/formats/render.ts';
import { type NamedReport, renderMachines } from '../../report/subjects/machines.ts';
import type { Io } from '../common/io.ts';
import { writeDiagnostics, writeResult } from '../common/result.ts';
import { writePaged } from './pager.ts';

export interface PrintOptions {
  readonly format?: Format;
  readonly output?: string;
  readonly color?: 'auto' | 'always' | 'never';
  readonly 'no-pager'?: boolean;
  readonly map?: boolean;
}

/** Columns where there is no terminal. */
const DEFAULT_WIDTH = 80;
const MIN_WIDTH = 40;

/** https://no-color.org and https://force-color.org: an option of the command line overrides both. */
async function wantsColor(options: PrintOptions, io: Io): Promise<boolean> {
  if (options.color === 'always') return true;
  if (options.color === 'never') return false;
  if (io.env.NO_COLOR) return false;
  if (io.env.FORCE_COLOR) return io.env.FORCE_COLOR !== '0';
  if (options.output !== undefined || io.env.TERM === 'dumb') return false;
  return io.stdout.isTerminal();
}

/** Columns of the report: those of the terminal, unless the environment says otherwise. */
export async function widthOf(options: { readonly output?: string }, io: Io): Promise<number> {
  const given = Number(io.env.COLUMNS);
  if (Number.isInteger(given) && given >= MIN_WIDTH) return given;
  if (options.output !== undefined || !(await io.stdout.isTerminal())) return DEFAULT_WIDTH;
  const columns = await io.columns();
  return columns === undefined || columns < MIN_WIDTH ? DEFAULT_WIDTH : columns;
}

/** Whether the locale is UTF-8 (POSIX: LC_ALL overrides LC_CTYPE, which overrides LANG). */
function hasUnicode({ env }: Io): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return /utf-?8/i.test(locale);
}

/**
 * Writes a report. Of text reports the diagnostics go to standard error; the other formats contain them.
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
  const text = await renderMachines(reports, format, {
    color,
    // A line of JSON is as long as it is: of many inputs none asks about the terminal.
    width: format === 'ndjson' ? DEFAULT_WIDTH : await widthOf(options, io),
    map: options.map === true,
    unicode: hasUnicode(io),
    ...(LISTS_RESULTS.has(format) ? await whatProgramsAsk(io) : {}),
  });
  if (format === 'text') await writePaged(text, options, io);
  else writeResult(text, options, io);
  if (format === 'text') writeDiagnostics(diagnostics, io);
  if (format === 'github' && io.env.GITHUB_STEP_SUMMARY) {
    const { addToSummary } = await import('./job-summary.ts');
    await addToSummary(io.env.GITHUB_STEP_SUMMARY, reports);
  }
}

/** Formats that list results, also where there is no answer. */
const LISTS_RESULTS: ReadonlySet<string> = new Set<Format>(['sarif', 'github']);

async function whatProgramsAsk(io: Io) {
  const [{ locatorAt }, { VERSION }] = await Promise.all([
    import('../common/repository.ts'),
    import('../version.ts'),
  ]);
  return { version: VERSION, locate: locatorAt(io.cwd) };
}

/** Reports why there is no answer: on standard error, and as results where the format is a list of them. */
export async function printNoAnswer(
  inputs: readonly string[],
  diagnostics: readonly Diagnostic[],
  options: PrintOptions,
  io: Io,
): Promise<void> {
  writeDiagnostics(diagnostics, io);
  await printFailure(inputs, diagnostics, options, io, 'none of the inputs could be read');
}

/** The results of a command that has no answer, where the format is a list of them. @param failure why */
export async function printFailure(
  inputs: readonly string[],
  diagnostics: readonly Diagnostic[],
  options: PrintOptions,
  io: Io,
  failure: string,
): Promise<void> {
  if (options.format === undefined || !LISTS_RESULTS.has(options.format)) return;
  const found = { inputs: inputs.map((path) => ({ path })), results: diagnostics, failure };
  const report = { json: () => ({}), document: () => [], found: () => found };
  const text = await renderReport(report, options.format, {
    color: false,
    width: DEFAULT_WIDTH,
    ...(await whatProgramsAsk(io)),
  });
  writeResult(text, options, io);
}
