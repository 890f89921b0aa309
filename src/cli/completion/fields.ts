/** Names and addresses of firmware fields, of the inputs on an unfinished command line. */
import { parseArgs } from 'node:util';
import { settableNames } from '../../acpi/settings.ts';
import { DiagnosticList } from '../../bytes/diagnostic.ts';
import { windowsReport } from '../../report/subjects/windows.ts';
import type { Machine } from '../../window/describe.ts';
import { commandRow } from '../commands.ts';
import { parserOptions } from '../common/arguments.ts';
import type { OptionTable } from '../common/command.ts';
import type { Io } from '../common/io.ts';
import { describeMachine, readMachines } from '../inputs/machine.ts';

/** The operands of a line that may be unfinished. @param words without the program's name */
export async function inputsOf(words: readonly string[], options: OptionTable): Promise<string[]> {
  const [first = ''] = words;
  const { positionals } = parseArgs({
    args: [...(commandRow(first) ? words.slice(1) : words)],
    options: parserOptions(options),
    strict: false,
    allowPositionals: true,
  });
  return positionals;
}

/** What the inputs describe, without those that can't be read. Standard input belongs to the shell and isn't read. */
async function machinesOf(inputs: readonly string[], io: Io): Promise<Machine[]> {
  const machines: Machine[] = [];
  try {
    const named = inputs.filter((input) => input !== '-');
    for (const machine of await readMachines(named, {}, io, new DiagnosticList()))
      machines.push(await describeMachine(machine, {}, io, new DiagnosticList()));
  } catch {
    // The line is unfinished: errors are reported when it runs.
  }
  return machines;
}

interface Field {
  readonly name: string;
  readonly space?: string;
  readonly address?: string | null;
}

/** The fields that the windows of a machine depend on. */
function fieldsOf(machines: readonly Machine[]): Field[] {
  return machines.flatMap(
    (machine) => (windowsReport(machine, []).json() as { fields?: Field[] }).fields ?? [],
  );
}

/** `NAME=` for `--set`: the fields that windows depend on, or else whatever a table declares. */
export async function settingsOf(inputs: readonly string[], current: string, io: Io): Promise<string[]> {
  if (current.includes('=')) return [];
  const machines = await machinesOf(inputs, io);
  const wanted = fieldsOf(machines).map(({ name }) => name);
  const names = wanted.some((name) => name.startsWith(current))
    ? wanted
    : machines.flatMap(({ acpi }) => (acpi === undefined ? [] : settableNames(acpi.tables)));
  return [...new Set(names)].sort().map((name) => `${name}=`);
}

/** `FILE@ADDRESS` for `--memory`: addresses of the fields that windows depend on. */
export async function memoryOf(inputs: readonly string[], current: string, io: Io): Promise<string[]> {
  const file = current.slice(0, current.lastIndexOf('@') + 1);
  const addresses = fieldsOf(await machinesOf(inputs, io)).flatMap(({ space, address }) =>
    space === 'memory' && address ? [address] : [],
  );
  return [...new Set(addresses)].sort().map((address) => `${file}${address}`);
}
