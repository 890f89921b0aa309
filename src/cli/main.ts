/** Entry point of the command. Importing it runs it; everything else uses `main` of `program.ts`. */
import { isOutOfMemory, systemMessage } from '../artifact/file.ts';
import { EXIT_ERROR } from './common/command.ts';
import { processIo } from './common/io.ts';
import { main } from './program.ts';

/** An error here is a bug of ours, or a lack of memory; node's own exit status for it, 1, would mean `needed`. */
function fail(error: unknown): void {
  const trace = error instanceof Error ? error.stack : String(error);
  const message = isOutOfMemory(error)
    ? `not enough memory: ${systemMessage(error)}`
    : `internal error, please report it\n${trace}`;
  processIo().stderr.write(`fwmap: ${message}\n`);
  process.exitCode = EXIT_ERROR;
}

// Errors outside of every promise: in a listener, in a timer.
process.once('uncaughtException', (error) => {
  fail(error);
  process.exit(EXIT_ERROR);
});

// No top-level await: commands are imported while this runs, and a bundler may put the code they share into this module.
main(process.argv.slice(2), processIo()).then((status) => {
  process.exitCode = status;
}, fail);
