/** The command line as a whole: finds the command, runs it, returns the exit status. */

import { isOutOfMemory, systemMessage } from '../artifact/file.ts';
import { escapeCommands, escapeControls } from '../bytes/escape.ts';
import { withLimits } from '../limits/limits.ts';
import { COMMANDS, commandRow, DEFAULT_COMMAND, RAW_COMMANDS, type RawCommandRow } from './commands.ts';
import { joinDashed, parseQuickly } from './common/arguments.ts';
import { type Command, EXIT_ERROR, type OptionTable, type OptionValues } from './common/command.ts';
import { CommandError, UnreadableInputError } from './common/command-error.ts';
import type { Io } from './common/io.ts';
import { openLog } from './common/log.ts';
import { PROCESS_OPTIONS } from './common/options.ts';

async function readCommandLine(given: readonly string[], io: Io) {
  const argv = joinDashed(given);
  const [first] = argv;
  // A line that starts with an option may name its command later, which yargs finds out.
  if (first !== undefined && first !== 'help' && (first === '-' || !first.startsWith('-'))) {
    const named = commandRow(first);
    const command = await (named ?? commandRow(DEFAULT_COMMAND)!).load();
    const parsed = parseQuickly(
      named ? argv.slice(1) : argv,
      { ...PROCESS_OPTIONS, ...command.options },
      command.minimumInputs,
    );
    if (parsed) return { command, ...parsed };
  }
  const { readWithYargs } = await import('./yargs.ts');
  return readWithYargs(argv, io);
}

async function run(
  command: Command,
  inputs: readonly string[],
  options: OptionValues<OptionTable>,
  io: Io,
): Promise<number> {
  const log = await openLog(options['log-level']?.toString(), io);
  log.debug({ command: command.name, inputs, options }, 'command line');
  const { limit } = options;
  try {
    const given = Array.isArray(limit)
      ? await (await import('./common/limits.ts')).readLimits(limit)
      : undefined;
    if (command.operands === '' && inputs.length > 0)
      throw new CommandError(
        `${command.name} takes options only, not ${inputs[0]}`,
        `fwmap help ${command.name} lists them`,
      );
    if (given === undefined) return await command.run({ inputs, options, io, log });
    return await withLimits(given, () => command.run({ inputs, options, io, log }));
  } catch (error) {
    if (error instanceof CommandError) await failAsResult(error, options, io);
    throw error;
  }
}

/** In formats that list results, the error that ended the command is a result too. */
async function failAsResult(
  { message, told }: CommandError,
  { format, output }: OptionValues<OptionTable>,
  io: Io,
): Promise<void> {
  if (format !== 'sarif' && format !== 'github') return;
  const { printFailure } = await import('./output/print.ts');
  const options = { format, ...(typeof output === 'string' ? { output } : {}) } as const;
  try {
    await printFailure(told.inputs, told.diagnostics, options, io, message);
  } catch (error) {
    // The error that ended the command is the one to report.
    if (!(error instanceof CommandError)) throw error;
  }
}

/** Runs a command with its own option parser; `--limit` works there too. */
async function runRaw(row: RawCommandRow, argv: readonly string[], io: Io): Promise<number> {
  const run = await row.loadRaw();
  if (!argv.some((word) => word.startsWith('--limit'))) return run(argv, io);
  const { readLimits, takeLimits } = await import('./common/limits.ts');
  const { given, rest } = takeLimits(argv);
  return withLimits(await readLimits(given), () => run(rest, io));
}

/** A mistyped command is read as an input of the default command: the hint that names the command. */
async function commandMeant(path: string): Promise<string | undefined> {
  if (!/^[a-z-]+$/.test(path)) return undefined;
  const { nearest } = await import('../findings/nearest.ts');
  const names = [...COMMANDS, ...RAW_COMMANDS].map((row) => row.name);
  const close = await nearest(path, ['help', ...names]);
  return close === undefined ? undefined : `did you mean the command ${close}?`;
}

/** Runs a command line (without the program's own name). @returns the exit status */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    const isHelp = argv[0] === 'help' && argv.length > 1;
    const raw = RAW_COMMANDS.find((row) => row.name === argv[isHelp ? 1 : 0]);
    if (raw) return await runRaw(raw, isHelp ? ['--help'] : argv.slice(1), io);
    const reading = await readCommandLine(argv, io);
    if ('print' in reading) {
      io.stdout.write(reading.print);
      return 0;
    }
    return await run(reading.command, reading.inputs, reading.options, io);
  } catch (thrown) {
    const error = isOutOfMemory(thrown)
      ? new CommandError(`not enough memory: ${systemMessage(thrown)}`)
      : thrown;
    if (!(error instanceof CommandError)) throw error;
    const hint = error instanceof UnreadableInputError ? await commandMeant(error.path) : error.hint;
    const line = hint === undefined ? error.message : `${error.message}; ${hint}`;
    io.stderr.write(`fwmap: ${escapeCommands(escapeControls(line))}\n`);
    return EXIT_ERROR;
  }
}
