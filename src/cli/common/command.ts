/**
 * The shape of a command. Options are data: the quick parser, yargs, the help text and the completion all read the
 * same table, so a new option is a new row.
 */
import { CommandError } from './command-error.ts';
import type { Io } from './io.ts';
import type { Log } from './log.ts';

export { CommandError } from './command-error.ts';

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  /** May be given several times; its value is then a list. */
  readonly repeat?: true;
  /** One letter. */
  readonly alias?: string;
  readonly choices?: readonly string[];
  /** Placeholder of the value in the help: `FILE`, `NAME=VALUE`. */
  readonly value?: string;
  readonly describe: string;
  /** Heading in the help. */
  readonly group?: string;
}

export type OptionTable = Readonly<Record<string, OptionSpec>>;

type ValueOf<S extends OptionSpec> = S extends { type: 'boolean' }
  ? boolean
  : S extends { repeat: true }
    ? readonly string[]
    : S extends { choices: readonly (infer C)[] }
      ? C
      : string;

/** The options that were given; others are absent. */
export type OptionValues<O extends OptionTable> = { readonly [K in keyof O]?: ValueOf<O[K]> };

export interface Invocation<O extends OptionTable> {
  /** The operands, in order. */
  readonly inputs: readonly string[];
  readonly options: OptionValues<O>;
  readonly io: Io;
  readonly log: Log;
}

export interface Example {
  readonly line: string;
  readonly does: string;
}

/** A command as its module exports it, under the name `command`. */
export interface Command<O extends OptionTable = OptionTable> {
  readonly name: string;
  /** What follows the name in the usage line: `INPUT...`. */
  readonly operands: string;
  /** How many operands it needs at least. */
  readonly minimumInputs: number;
  /** A paragraph or two. */
  readonly description: string;
  readonly options: O;
  readonly examples: readonly Example[];
  /** Runs it. @returns the exit status. Throws {@link CommandError} for misuse and for input that can't be read. */
  run(invocation: Invocation<O>): Promise<number>;
}

/** Gives `run` the option values' types, inferred from the table. */
export function defineCommand<const O extends OptionTable>(command: Command<O>): Command {
  return command as unknown as Command;
}

/** Exit status for any error, always. */
export const EXIT_ERROR = 2;

/** The worst of several exit statuses: 2 (error), then 1 (`needed`), then the highest. */
export function worstStatus(statuses: readonly number[]): number {
  return [EXIT_ERROR, 1].find((status) => statuses.includes(status)) ?? Math.max(0, ...statuses);
}
