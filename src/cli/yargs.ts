/**
 * The command line as yargs reads it: help, version, completion, and every line that has a mistake in it. Loaded only
 * for those; see arguments.ts for the others.
 */
import { parseArgs } from 'node:util';
import type { Argv, Options } from 'yargs';
import { DESCRIPTION, EXIT_STATUSES, SUMMARY } from './about.ts';
import { COMMANDS, type CommandRow, commandRow, DEFAULT_COMMAND, RAW_COMMANDS } from './commands.ts';
import { parserOptions } from './common/arguments.ts';
import type { Command, OptionSpec, OptionTable, OptionValues } from './common/command.ts';
import { CommandError } from './common/command-error.ts';
import type { Io } from './common/io.ts';
import { refuseMistakes } from './common/mistakes.ts';
import { PROCESS_OPTIONS } from './common/options.ts';
import {
  COMPLETION_SHELLS,
  completionScript,
  isCompletionShell,
  WORDS_OPTION,
} from './completion/scripts.ts';
import { VERSION } from './version.ts';

/** Either text to print (exit status 0), or a command to run. */
export type Reading =
  | { readonly print: string }
  | {
      readonly command: Command;
      readonly inputs: readonly string[];
      readonly options: OptionValues<OptionTable>;
    };

/** Columns of help where there is no terminal. */
const HELP_WIDTH = 80;
/** Longer lines are hard to read. */
const MAX_HELP_WIDTH = 100;

const MIN_HELP_WIDTH = 40;
/** Standard input among the inputs. */
const STDIN = '-';

const ABOUT = `${SUMMARY}

Usage: fwmap INPUT...
or: fwmap COMMAND INPUT... [options]

${DESCRIPTION}`;

const TOPICS = `Exit status: ${EXIT_STATUSES}

fwmap help COMMAND shows the options of a command.`;

function yargsOption(spec: OptionSpec): Options {
  return {
    type: spec.type,
    describe: spec.value && !spec.choices ? `${spec.describe} [${spec.value}]` : spec.describe,
    ...(spec.alias === undefined ? {} : { alias: spec.alias }),
    ...(spec.choices === undefined ? {} : { choices: [...spec.choices] }),
    ...(spec.repeat ? { array: true } : {}),
    ...(spec.group === undefined ? {} : { group: spec.group }),
    ...(spec.type === 'string' ? { requiresArg: true } : {}),
  };
}

function declareOptions(parser: Argv, options: OptionTable): void {
  for (const [name, spec] of Object.entries(options)) parser.option(name, yargsOption(spec));
}

function declareCommand(parser: Argv, command: Command): void {
  parser.usage(`${command.description}\n\nUsage: fwmap ${command.name} ${command.operands} [options]`);
  declareOptions(parser, command.options);
}

/** Joins every value to its option, also in `-Idir` and `-o -`, so that yargs doesn't decide which word belongs to which. */
function joinValues(words: readonly string[], options: OptionTable): string[] {
  const { tokens } = parseArgs({
    args: [...words],
    options: parserOptions(options),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  return tokens.flatMap((token) => {
    if (token.kind === 'option-terminator') return ['--'];
    if (token.kind === 'positional') return [token.value];
    const { name, rawName, value, inlineValue } = token;
    if (value === undefined) return [rawName];
    // An option in place of a value: the value was forgotten.
    if (!inlineValue && value.startsWith('-') && value !== '-') return [rawName, value];
    return [`--${name}=${value}`];
  });
}

interface Taken {
  readonly command: Command;
  readonly words: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
}

async function makeParser(
  argv: readonly string[],
  took: (taken: Taken) => void,
  loaded: Map<CommandRow, Command>,
  width: number,
): Promise<Argv> {
  // The bundled command is CommonJS, and the package is not.
  const { default: yargs } = await import('yargs');
  const parser = yargs([...argv])
    .locale('en')
    .scriptName('fwmap')
    .usage(ABOUT)
    .epilogue(TOPICS)
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .option('completion', {
      type: 'string',
      choices: [...COMPLETION_SHELLS],
      requiresArg: true,
      describe: 'Print the completion script of a shell',
      group: 'General:',
    })
    .group(['help', 'version'], 'General:')
    .help('help', 'Show help')
    .alias('help', 'h')
    .version('version', 'Show the version', VERSION)
    .strictOptions()
    .exitProcess(false)
    .wrap(width);
  declareOptions(parser, PROCESS_OPTIONS);
  for (const row of COMMANDS) {
    parser.command(
      row.name === DEFAULT_COMMAND ? [row.name, '$0'] : row.name,
      row.summary,
      (inner) => {
        const command = loaded.get(row);
        // Help of the program itself shows no command's options.
        if (command) declareCommand(inner, command);
        return inner;
      },
      (values) => {
        const command = loaded.get(row);
        if (command) took({ command, words: values._.map(String), values });
      },
    );
  }
  for (const row of RAW_COMMANDS) parser.command(row.name, row.summary);
  return parser;
}

/** `--format json windows x` as `windows --format json x`: a command may come after options that most commands have. */
async function commandFirst(words: readonly string[]): Promise<readonly string[]> {
  const { options } = await commandRow(DEFAULT_COMMAND)!.load();
  const { tokens } = parseArgs({
    args: [...words],
    options: parserOptions({ ...PROCESS_OPTIONS, ...options }),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const first = tokens.find((token) => token.kind === 'positional');
  if (first?.kind !== 'positional' || commandRow(first.value) === undefined) return words;
  return [first.value, ...words.filter((_word, index) => index !== first.index)];
}

async function unknownTopic(name: string): Promise<CommandError> {
  const { nearest } = await import('../findings/nearest.ts');
  const close = await nearest(
    name,
    [...COMMANDS, ...RAW_COMMANDS].map((each) => each.name),
  );
  return new CommandError(
    `there is no command ${name}`,
    close === undefined ? 'fwmap help lists the commands' : `did you mean ${close}?`,
  );
}

/** The examples below the help, each on a line of its own that can be copied. */
function examplesText({ examples }: Command): string {
  if (examples.length === 0) return '';
  return `\nExamples:\n${examples.map(({ line, does }) => `  # ${does}\n  ${line}\n`).join('')}`;
}

/** `fwmap help windows` as `fwmap windows --help`. */
function withHelp(words: readonly string[]): readonly string[] {
  const [first, topic] = words;
  if (first !== 'help') return words;
  return topic === undefined ? ['--help'] : [topic, '--help'];
}

/** Reads a command line. Throws {@link CommandError} with what is wrong with it. */
export async function readWithYargs(line: readonly string[], io: Io): Promise<Reading> {
  const words = withHelp(line);
  if (words[0] === WORDS_OPTION) {
    const { completionsOf } = await import('./completion/words.ts');
    const completions = await completionsOf(words.slice(1), io);
    return { print: completions.map((word) => `${word}\n`).join('') };
  }
  const argv = await commandFirst(words);
  const row = commandRow(argv[0] ?? '');
  const loaded = new Map<CommandRow, Command>();
  const aboutItself = row === undefined && argv.some((word) => word === '--help' || word === '-h');
  const active = row ?? COMMANDS.find((candidate) => candidate.name === DEFAULT_COMMAND)!;
  if (!aboutItself) loaded.set(active, await active.load());
  const options: OptionTable = { ...PROCESS_OPTIONS, ...loaded.get(active)?.options };
  const wantsHelp = argv.some((word) => word === '--help' || word === '-h' || word === '--version');
  if (line[0] === 'help' && line[1] !== undefined && row === undefined) throw await unknownTopic(line[1]);
  if (!wantsHelp) await refuseMistakes(row === undefined ? argv : argv.slice(1), options, row?.name ?? '');
  const columns = (await io.stdout.isTerminal())
    ? Number(io.env.COLUMNS ?? (await io.columns()))
    : HELP_WIDTH;
  const width = Math.min(MAX_HELP_WIDTH, columns >= MIN_HELP_WIDTH ? columns : HELP_WIDTH);

  let taken: Taken | undefined;
  let printed = '';
  let problem: string | undefined;
  const joined = joinValues(argv, options);
  const parser = await makeParser(
    joined,
    (value) => {
      taken = value;
    },
    loaded,
    width,
  );
  parser.fail((message, error) => {
    problem ??= message ?? error?.message;
  });
  const values = await parser.parseAsync(joined, {}, (_error, _values, output) => {
    printed = output;
  });
  if (problem !== undefined) throw new CommandError(problem.trim().replace(/\s*\n\s*/g, ' '));
  const shell = values.completion;
  if (isCompletionShell(shell)) return { print: completionScript(shell) };
  const shown = loaded.get(active);
  if (printed !== '')
    return {
      print: `${printed}\n${wantsHelp && shown !== undefined && row !== undefined ? examplesText(shown) : ''}`,
    };
  if (!taken) return { print: `${await parser.getHelp()}\n` };

  const { command } = taken;
  const named = row ? taken.words.slice(1) : taken.words;
  // Where an input is missing, piped standard input is it.
  const piped = named.length === command.minimumInputs - 1 && io.isPiped();
  const inputs = piped && taken.values.live !== true ? [STDIN, ...named] : named;
  if (inputs.length + (taken.values.live === true ? 1 : 0) < command.minimumInputs)
    throw new CommandError(
      inputs.length === 0 ? 'no input given' : `${command.name} takes ${command.operands}`,
      row === undefined ? 'fwmap help lists the commands' : `fwmap help ${command.name} shows how it is used`,
    );
  const given: Record<string, string | boolean | readonly string[]> = {};
  for (const [name, spec] of Object.entries(options)) {
    const value = taken.values[name];
    if (value === undefined) continue;
    if (spec.repeat) given[name] = [value].flat().map(String);
    else if (Array.isArray(value)) throw new CommandError(`--${name} is given ${value.length} times`);
    else given[name] = typeof value === 'boolean' ? value : String(value);
    if (given[name] === '') throw new CommandError(`--${name} needs a value`);
  }
  return { command, inputs, options: given as OptionValues<OptionTable> };
}
