/** Which of the machines among the inputs a command is about. */
import type { Artifact } from '../../artifact/artifact.ts';
import { machinesOf, type NamedMachine } from '../../artifact/machines.ts';
import { nearestOf } from '../../findings/nearest.ts';
import { CommandError } from '../common/command-error.ts';

/** How many names an error message lists. */
const MOST_LISTED = 12;

function listed(names: readonly string[]): string {
  const rest = names.length - MOST_LISTED;
  const shown = names.slice(0, MOST_LISTED).join(', ');
  return rest > 0 ? `${shown} and ${rest} more, which fwmap scan lists` : shown;
}

/** The hint for a name that doesn't exist: similar names, or all. @param none the hint where there are no names */
export async function otherNames(name: string, names: readonly string[], none: string): Promise<string> {
  if (names.length === 0) return none;
  const near = await nearestOf(name, names, 3);
  return near.length > 0
    ? `did you mean ${near.join(' or ')}?${names.length > near.length ? ` There are ${listed(names)}` : ''}`
    : `there are ${listed(names)}`;
}

/** The machine that `--select` names, or all. Throws {@link CommandError} where there is none of that name. */
export async function selectMachines(
  artifacts: readonly Artifact[],
  select: string | undefined,
): Promise<NamedMachine[]> {
  const machines = machinesOf(artifacts);
  if (select === undefined) return machines;
  const chosen = machines.filter(({ name }) => name === select);
  if (chosen.length > 0) return chosen;
  const names = machines.flatMap(({ name }) => name ?? []);
  throw new CommandError(
    `--select ${select}: there is no such machine`,
    await otherNames(select, names, 'the inputs are of one machine'),
  );
}

/** For commands that ask about one machine. Throws {@link CommandError} where there are several and none is chosen. */
export async function oneMachine(
  artifacts: readonly Artifact[],
  select: string | undefined,
): Promise<NamedMachine> {
  const machines = await selectMachines(artifacts, select);
  const [only] = machines;
  if (machines.length === 1 && only !== undefined) return only;
  const names = machines.flatMap(({ name }) => name ?? []);
  throw new CommandError(
    `the inputs describe ${names.length} machines`,
    `choose one with --select: ${listed(names)}`,
  );
}
