/** Files that are given after others, as they are dropped on a page: whether they are of a machine that is there or of others. */
import type { Diagnostic } from '../../bytes/diagnostic.ts';
import type { Artifact, MachineOfImage } from '../artifact.ts';
import { fitTogether, isWholeDescription, machinesApart } from './machines-apart.ts';

export interface AddedLater {
  /** All that there is now. */
  readonly artifacts: readonly Artifact[];
  /** What is of no machine, or of all. */
  readonly diagnostics: readonly Diagnostic[];
  /** The machine that the files are of, by its id; undefined where all is of one. */
  readonly at: string | undefined;
}

/**
 * Adds files that were given together. They are told apart as the files of a folder are. What has no second tree and no
 * second set of tables for the machine that is looked at belongs to that; else it is another machine.
 * @param there what was there
 * @param id the machine that is looked at; undefined where all is of one
 * @param added the files, opened
 * @param said what was said while they were
 */
export function addedLater(
  there: readonly Artifact[],
  id: string | undefined,
  added: readonly Artifact[],
  said: readonly Diagnostic[],
): AddedLater {
  const apart = machinesApart([{ path: '', artifacts: added }], said);
  const fresh = apart.artifacts.map((artifact) =>
    artifact.machine === undefined ? artifact : { ...artifact, machine: belowNothing(artifact.machine) },
  );
  const { diagnostics } = apart;
  const first = fresh.find(({ machine }) => machine !== undefined)?.machine;
  const here = there.filter(({ machine }) => machine === undefined || machine.id === id);
  if (first === undefined && fitTogether([...here, ...fresh].map((artifact) => ({ artifact })))) {
    const machine = here.find((artifact) => artifact.machine !== undefined)?.machine;
    return { artifacts: [...there, ...fresh.map((artifact) => of(artifact, machine))], diagnostics, at: id };
  }
  const hasWhole = there.some((artifact) => artifact.machine === undefined && isWholeDescription(artifact));
  const before = hasWhole ? asMachine(there, []) : there;
  const after = first === undefined ? asMachine(fresh, before) : fresh;
  const at = first ?? after.find(({ machine }) => machine !== undefined)?.machine;
  return { artifacts: [...before, ...after], diagnostics, at: at?.id };
}

function of(artifact: Artifact, machine: MachineOfImage | undefined): Artifact {
  return machine === undefined ? artifact : { ...artifact, machine };
}

/** Without the sign before it that a folder without a name leaves. */
function belowNothing(machine: MachineOfImage): MachineOfImage {
  const [id, name] = [machine.id, machine.name].map((text) => text.replace(/^\//, '')) as [string, string];
  return { ...machine, id, name };
}

/** What is of no machine becomes one, called as what describes it. @param others whose names are taken */
function asMachine(artifacts: readonly Artifact[], others: readonly Artifact[]): Artifact[] {
  const alone = artifacts.filter(({ machine }) => machine === undefined);
  const path = (alone.find(isWholeDescription) ?? alone[0])?.path ?? '';
  const taken = new Set([...artifacts, ...others].flatMap(({ machine }) => machine?.id ?? []));
  let name = path;
  for (let count = 2; taken.has(name); count += 1) name = `${path} (${count})`;
  const machine: MachineOfImage = { id: name, name, memory: [], overlays: [], findings: [] };
  return artifacts.map((artifact) => (artifact.machine === undefined ? { ...artifact, machine } : artifact));
}
