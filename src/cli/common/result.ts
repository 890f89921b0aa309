/** Where results and diagnostics go. */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemMessage } from '../../artifact/file.ts';
import type { Diagnostic } from '../../bytes/diagnostic.ts';
import { escapeCommands, escapeControls } from '../../bytes/escape.ts';
import { diagnosticText, messageOf, UNRECOGNISED_CODES } from '../../findings/finding.ts';
import { writeWhole } from '../output/whole-file.ts';
import { CommandError } from './command-error.ts';
import type { Io } from './io.ts';

/** `--output -` is standard output too. */
const STANDARD_OUTPUT = '-';

/** Writes a result to standard output, or with `--output` to a file: whole or not at all. Throws {@link CommandError}. */
export function writeResult(
  content: string | Uint8Array,
  options: { readonly output?: string },
  io: Io,
): void {
  if (options.output === undefined || options.output === STANDARD_OUTPUT) io.stdout.write(content);
  else writeWhole(resolve(io.cwd, options.output), options.output, content, io);
}

/** Makes a folder for results, with those around it, where it isn't there. Throws {@link CommandError}. */
export function makeFolder(name: string, io: Io): void {
  try {
    mkdirSync(resolve(io.cwd, name), { recursive: true });
  } catch (error) {
    throw new CommandError(`cannot make the folder ${name}: ${systemMessage(error)}`);
  }
}

/** Diagnostics on standard error, a line each: where, how bad, what, what to do. */
export function writeDiagnostics(diagnostics: readonly Diagnostic[], io: Io): void {
  const folded = new Set<string>();
  for (const diagnostic of diagnostics) {
    const { code, severity, path = '' } = diagnostic;
    const alike =
      severity === 'note' && UNUSED_CODES.has(code)
        ? diagnostics.filter((each) => each.code === code && each.severity === severity)
        : [];
    if (alike.length <= MOST_UNUSED_LINES) {
      io.stderr.write(`${escapeCommands(escapeControls(diagnosticText(diagnostic)))}\n`);
      continue;
    }
    if (folded.has(code)) continue;
    folded.add(code);
    const line = `note: ${path} and ${alike.length - 1} more files: ${messageOf(diagnostic)} [${code}]`;
    io.stderr.write(`${escapeCommands(escapeControls(line))}\n`);
  }
  const unknown = diagnostics.find(
    ({ code, severity }) => UNRECOGNISED_CODES.has(code) && severity !== 'note',
  );
  if (unknown !== undefined)
    io.stderr.write(
      `fwmap: --as FILE=KIND reads a file as what it is; fwmap explain ${unknown.code} lists what is recognised\n`,
    );
}

/** What is said of files in a folder that are left out; many folders have many. */
const UNUSED_CODES: ReadonlySet<string> = new Set(['artifact/unknown-text', 'artifact/irrelevant']);
const MOST_UNUSED_LINES = 3;
