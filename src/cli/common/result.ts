/** Where results and diagnostics go. */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemCode, systemMessage } from '../../artifact/file.ts';
import type { Diagnostic } from '../../bytes/diagnostic.ts';
import { escapeCommands, escapeControls } from '../../bytes/escape.ts';
import { diagnosticText, messageOf, UNRECOGNISED_CODES, UNUSED_CODES } from '../../findings/finding.ts';
import { isAddress } from '../../survey/place/name.ts';
import { writeWhole } from '../output/whole-file.ts';
import { CommandError } from './command-error.ts';
import type { Io } from './io.ts';

/** `--output -` is standard output too. */
const STANDARD_OUTPUT = '-';

/** Writes a result to standard output, or with `--output` to a file, atomically. Throws {@link CommandError}. */
export function writeResult(
  content: string | Uint8Array,
  options: { readonly output?: string },
  io: Io,
): void {
  if (options.output === undefined || options.output === STANDARD_OUTPUT) io.stdout.write(content);
  else writeWhole(resolve(io.cwd, options.output), options.output, content, io);
}

/** Makes a folder for results, and its parents, unless it exists. Throws {@link CommandError}. */
export function makeFolder(name: string, io: Io): void {
  if (isAddress(name))
    throw new CommandError(`${name} is not a folder`, `a folder of that name is ./${name}`);
  try {
    mkdirSync(resolve(io.cwd, name), { recursive: true });
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw new CommandError(`${name} is a file`, 'name a folder');
    throw new CommandError(`cannot make the folder ${name}: ${systemMessage(error)}`);
  }
}

/** Diagnostics on standard error, a line each: where, how bad, what, what to do. */
export function writeDiagnostics(diagnostics: readonly Diagnostic[], io: Io): void {
  const unused = new Map<string, number>();
  for (const each of diagnostics) if (isUnused(each)) unused.set(each.code, (unused.get(each.code) ?? 0) + 1);
  const unknown = diagnostics.filter(
    ({ code, severity }) => UNRECOGNISED_CODES.has(code) && severity !== 'note',
  );
  for (const diagnostic of diagnostics) {
    const { code, path = '' } = diagnostic;
    const alike = isUnused(diagnostic) ? unused.get(code)! : 1;
    if (alike === 0) continue;
    const isFolded = alike > MOST_UNUSED_LINES;
    if (isFolded) unused.set(code, 0);
    const line = isFolded
      ? `${path}: note: ${messageOf(diagnostic)}; so are ${alike - 1} more files [${code}]`
      : unknown.length === 1 && unknown[0] === diagnostic
        ? `${diagnosticText(diagnostic)}; --as KIND names its kind (fwmap explain ${code})`
        : diagnosticText(diagnostic);
    io.stderr.write(`${escapeCommands(escapeControls(line))}\n`);
  }
  if (unknown.length > 1)
    io.stderr.write(
      `fwmap: --as FILE=KIND names the kind of a file; fwmap explain ${unknown[0]!.code} lists what is recognised\n`,
    );
}

/** A folder may have many files that aren't used: more than this many share one line. */
const MOST_UNUSED_LINES = 3;

/** Whether it is about a file of a folder that isn't used. */
function isUnused({ code, severity }: Diagnostic): boolean {
  return severity === 'note' && UNUSED_CODES.has(code);
}
