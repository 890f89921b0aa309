/** Errors that end a command. */

/** Ends a command with exit status 2 and one line on standard error: misuse, or an input that can't be read. */
export class CommandError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.name = 'CommandError';
    this.hint = hint;
  }
}

/** An input that can't be opened. */
export class UnreadableInputError extends CommandError {
  /** As it was given. */
  readonly path: string;

  constructor(message: string, path: string) {
    super(message);
    this.name = 'UnreadableInputError';
    this.path = path;
  }
}
