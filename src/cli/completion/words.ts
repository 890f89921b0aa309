/** What the last word of an unfinished command line may become. */

import { COMMANDS, commandRow, DEFAULT_COMMAND, RAW_COMMANDS } from '../commands.ts';
import type { OptionSpec, OptionTable } from '../common/command.ts';
import type { Io } from '../common/io.ts';
import { OWN_OPTIONS } from '../common/mistakes.ts';
import { PROCESS_OPTIONS } from '../common/options.ts';
import { COMPLETION_SHELLS, WITH_FILES } from './scripts.ts';

/** An option whose value is, or starts with, a file. */
function takesFile(spec: OptionSpec): boolean {
  return /FILE|DIR|PATH/.test(spec.value ?? '');
}

/** What a word may be, before those that don't begin with it are removed. */
type Candidates = readonly string[];

function specOf(word: string, options: OptionTable): [string, OptionSpec] | undefined {
  const name = /^--([^=]+)$/.exec(word)?.[1];
  const letter = /^-([^-])$/.exec(word)?.[1];
  return Object.entries(options).find(([each, { alias }]) => each === name || (alias && alias === letter));
}

/** Values of an option. @param before the words of the line before it */
async function valuesOf(
  [name, spec]: [string, OptionSpec],
  current: string,
  before: readonly string[],
  options: OptionTable,
  io: Io,
): Promise<Candidates> {
  if (spec.choices !== undefined) return spec.choices;
  if (name === 'set' || (name === 'memory' && current.includes('@'))) {
    const fields = await import('./fields.ts');
    const inputs = await fields.inputsOf(before, options);
    if (name === 'set') return fields.settingsOf(inputs, current, io);
    return fields.memoryOf(inputs, current, io);
  }
  if (name === 'as') {
    const { KIND_NAMES } = await import('../../artifact/kinds.ts');
    const file = current.slice(0, current.lastIndexOf('=') + 1);
    return [...KIND_NAMES.map((kind) => `${file}${kind}`), ...(file === '' ? [WITH_FILES] : [])];
  }
  return takesFile(spec) ? [WITH_FILES] : [];
}

async function operandsOf(command: string, before: readonly string[], current: string): Promise<Candidates> {
  if (command === 'capture') return [];
  if (command === 'explain' && /^[a-z]+\//.test(current)) {
    const { CODES } = await import('../../findings/finding.ts');
    return [...CODES, WITH_FILES];
  }
  return before.length === 0
    ? [...[...COMMANDS, ...RAW_COMMANDS].map(({ name }) => name), 'help', WITH_FILES]
    : [WITH_FILES];
}

async function candidatesOf(before: readonly string[], current: string, io: Io): Promise<Candidates> {
  const [first] = before;
  if (first === 'help')
    return before.length === 1 ? [...COMMANDS, ...RAW_COMMANDS].map(({ name }) => name) : [];
  if (RAW_COMMANDS.some(({ name }) => name === first)) {
    const { dtcCandidates } = await import('../dtc/completion.ts');
    return dtcCandidates(before.at(-1) ?? '', current);
  }
  if (before.includes('--')) return [WITH_FILES];
  const row = before.map(commandRow).find((found) => found !== undefined);
  const command = await (row ?? commandRow(DEFAULT_COMMAND)!).load();
  const options: OptionTable = { ...PROCESS_OPTIONS, ...command.options };
  if (before.at(-1) === '--completion') return COMPLETION_SHELLS;

  const inline = /^(--[^=]+)=(.*)$/s.exec(current);
  const option = specOf(inline?.[1] ?? before.at(-1) ?? '', options);
  if (option?.[1].type === 'string') {
    const values = await valuesOf(option, inline?.[2] ?? current, before, options, io);
    return inline ? values.map((value) => (value === WITH_FILES ? value : `${inline[1]}=${value}`)) : values;
  }
  if (current.startsWith('-')) return [...Object.keys(options), ...OWN_OPTIONS].map((name) => `--${name}`);
  return operandsOf(command.name, before, current);
}

/**
 * What the last word may become, and at the end {@link WITH_FILES} where file names fit too.
 * @param words the line so far, the program's name first, the last word unfinished
 */
export async function completionsOf(words: readonly string[], io: Io): Promise<string[]> {
  const current = words.at(-1) ?? '';
  const candidates = await candidatesOf(words.slice(1, -1), current, io);
  return candidates.filter((candidate) => candidate === WITH_FILES || candidate.startsWith(current));
}
