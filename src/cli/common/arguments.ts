/**
 * The fast path of the command line. Node's own parser takes a few tenths of a millisecond, and loading yargs takes
 * longer than starting node, so Node's reads every well-formed line. Everything else (help, version, completion, any
 * mistake) goes to yargs, which reads the same option tables and explains.
 */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { OptionTable, OptionValues } from './command.ts';

export interface ParsedArguments {
  readonly inputs: readonly string[];
  readonly options: OptionValues<OptionTable>;
}

/** Options whose values may begin with a dash: `--osi -NAME`. */
const DASHED: ReadonlySet<string> = new Set(['--osi']);

/** Joins such a value to its option (`--osi=-NAME`), so that no parser reads it as another option. */
export function joinDashed(argv: readonly string[]): string[] {
  const joined: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const [word, next] = [argv[i]!, argv[i + 1]];
    if (word === '--') return [...joined, ...argv.slice(i)];
    if (DASHED.has(word) && next !== undefined && /^-[^-]/.test(next)) {
      joined.push(`${word}=${next}`);
      i += 1;
    } else joined.push(word);
  }
  return joined;
}

/** An option table in the form of Node's parser. */
export function parserOptions(options: OptionTable): NonNullable<ParseArgsConfig['options']> {
  const config: NonNullable<ParseArgsConfig['options']> = {};
  for (const [name, spec] of Object.entries(options)) {
    config[name] = {
      type: spec.type,
      multiple: spec.repeat ?? false,
      ...(spec.alias === undefined ? {} : { short: spec.alias }),
    };
  }
  return config;
}

/** Reads a well-formed line. @returns undefined when yargs has to read it */
export function parseQuickly(
  argv: readonly string[],
  options: OptionTable,
  minimumInputs: number,
): ParsedArguments | undefined {
  // Node's parser takes longer to load than to read most lines; inputs alone need none.
  if (argv.length >= minimumInputs && !argv.some((word) => word.startsWith('-')))
    return { inputs: [...argv], options: {} };
  let values: Record<string, string | boolean | (string | boolean)[] | undefined>;
  let positionals: string[];
  let tokens: readonly { readonly kind: string; readonly name?: string }[];
  try {
    ({ values, positionals, tokens } = parseArgs({
      args: [...argv],
      options: parserOptions(options),
      allowPositionals: true,
      strict: true,
      tokens: true,
    }));
  } catch {
    return undefined;
  }
  // With --live this machine is an input.
  if (positionals.length + (values.live === true ? 1 : 0) < minimumInputs) return undefined;
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== 'option' || token.name === undefined) continue;
    if (seen.has(token.name) && !options[token.name]?.repeat) return undefined;
    seen.add(token.name);
  }
  for (const [name, value] of Object.entries(values)) {
    if (value === '') return undefined;
    const choices = options[name]?.choices;
    if (choices && !choices.includes(String(value))) return undefined;
  }
  return { inputs: positionals, options: values as OptionValues<OptionTable> };
}
