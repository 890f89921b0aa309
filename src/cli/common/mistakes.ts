/** What is wrong with a command line, in one line that says what to do. */
import { parseArgs } from 'node:util';
import { nearest } from '../../findings/nearest.ts';
import { COMPLETION_SHELLS } from '../completion/scripts.ts';
import { parserOptions } from './arguments.ts';
import type { OptionSpec, OptionTable } from './command.ts';
import { CommandError } from './command-error.ts';

/** Options of the program itself. */
export const OWN_OPTIONS = ['help', 'version', 'completion'] as const;

const COMPLETION: OptionSpec = {
  type: 'string',
  choices: COMPLETION_SHELLS,
  describe: '',
};

/** What an option takes: `--kernel RELEASE`, as in the help, or its choices. */
function takenBy(name: string, spec: OptionSpec): string {
  return spec.choices === undefined
    ? `--${name} ${spec.value ?? 'VALUE'}`
    : `one of ${spec.choices.join(', ')}`;
}

async function unknownOption(name: string, options: OptionTable, command: string): Promise<CommandError> {
  const shown = name.length > 1 ? `--${name}` : `-${name}`;
  const close = name.length > 1 ? await nearest(name, [...Object.keys(options), ...OWN_OPTIONS]) : undefined;
  return new CommandError(
    `unknown option ${shown}`,
    close === undefined ? `fwmap help ${command} lists the options` : `did you mean --${close}?`,
  );
}

/** Throws {@link CommandError} for the first mistake. @param words the line after the command's name */
export async function refuseMistakes(
  words: readonly string[],
  options: OptionTable,
  command: string,
): Promise<void> {
  const { tokens } = parseArgs({
    args: [...words],
    options: parserOptions({ ...options, completion: COMPLETION }),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, value, inlineValue } = token;
    if (name === 'help' || name === 'version' || name === 'h') continue;
    const spec =
      name === 'completion' ? COMPLETION : Object.hasOwn(options, name) ? options[name] : undefined;
    if (spec === undefined) throw await unknownOption(name, options, command);
    if (spec.type === 'boolean') {
      if (value !== undefined) throw new CommandError(`--${name} takes no value`);
    } else if (
      value === undefined ||
      value === '' ||
      (!inlineValue && value.startsWith('-') && value !== '-')
    )
      throw new CommandError(`--${name} needs a value`, takenBy(name, spec));
    if (spec.choices !== undefined && value !== undefined && !spec.choices.includes(value)) {
      const close = await nearest(value, spec.choices);
      throw new CommandError(
        `invalid --${name} ${value}; ${takenBy(name, spec)}`,
        close === undefined ? undefined : `did you mean ${close}?`,
      );
    }
    if (seen.has(name) && spec.repeat !== true) throw new CommandError(`--${name} is given more than once`);
    seen.add(name);
  }
}
