/** The process: what `fwmap` starts. Importing it runs it; `program.ts` has `main` for everybody else. */
import { EXIT_ERROR } from './common/command.ts';
import { processIo } from './common/io.ts';
import { main } from './program.ts';

// No top-level await: commands are imported while this runs, and a bundler may put what they share in this very module.
main(process.argv.slice(2), processIo()).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    // Whatever gets here is a bug of ours; node's own exit status for it, 1, would mean `needed`.
    const trace = error instanceof Error ? error.stack : String(error);
    processIo().stderr.write(`fwmap: internal error, please report it\n${trace}\n`);
    process.exitCode = EXIT_ERROR;
  },
);
