/** Errors that end a command. */
import type { Diagnostic } from '../../bytes/diagnostic.ts';

interface Told {
  readonly inputs: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Ends a command with exit status 2 and one line on standard error: misuse, or an input that can't be read. */
export class CommandError extends Error {
  readonly hint: string | undefined;
  /** The inputs read so far and their diagnostics, which were already written to standard error. */
  readonly told: Told;

  constructor(message: string, hint?: string, told: Told = { inputs: [], diagnostics: [] }) {
    super(message);
    this.name = 'CommandError';
    this.hint = hint;
    this.told = told;
  }
}

/** An input that can't be opened. */
export class UnreadableInputError extends CommandError {
  /** As given on the command line. */
  readonly path: string;

  constructor(message: string, path: string) {
    super(message);
    this.name = 'UnreadableInputError';
    this.path = path;
  }
}
