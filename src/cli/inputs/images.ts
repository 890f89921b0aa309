/** Which of the machines in the inputs a command is about. */
import type { Artifact } from '../../artifact/artifact.ts';
import { machinesOf, type NamedMachine } from '../../artifact/machines.ts';
import { CommandError } from '../common/command-error.ts';

/** The machine that `--select` names, or all. Throws {@link CommandError} where there is none of that name. */
export function selectMachines(artifacts: readonly Artifact[], select: string | undefined): NamedMachine[] {
  const machines = machinesOf(artifacts);
  if (select === undefined) return machines;
  const chosen = machines.filter(({ name }) => name === select);
  if (chosen.length > 0) return chosen;
  const names = machines.flatMap(({ name }) => name ?? []);
  throw new CommandError(
    `--select ${select}: there is no such machine`,
    names.length === 0 ? 'the inputs are of one machine' : `there are ${names.join(', ')}`,
  );
}

/** For commands that ask about one machine. Throws {@link CommandError} where there are several and none is chosen. */
export function oneMachine(artifacts: readonly Artifact[], select: string | undefined): NamedMachine {
  const machines = selectMachines(artifacts, select);
  const [only] = machines;
  if (machines.length === 1 && only !== undefined) return only;
  const names = machines.flatMap(({ name }) => name ?? []);
  throw new CommandError(
    `the inputs describe ${names.length} machines`,
    `--select one of ${names.join(', ')}`,
  );
}
