/** Files added to earlier ones, as when dropped on a page: decides whether they belong to the same machine. */
import type { Diagnostic } from '../../bytes/diagnostic.ts';
import type { Artifact, MachineOfImage } from '../artifact.ts';
import { fitTogether, isWholeDescription, machinesApart } from './machines-apart.ts';

export interface AddedLater {
  /** The earlier and the added artifacts. */
  readonly artifacts: readonly Artifact[];
  /** Diagnostics that belong to no particular machine. */
  readonly diagnostics: readonly Diagnostic[];
  /** Id of the machine that the files belong to; undefined when there is one machine only. */
  readonly at: string | undefined;
}

/**
 * Adds files that were given together, grouped into machines like the files of a folder. Files without a second tree and
 * without a second set of tables belong to the current machine; otherwise they are another machine.
 * @param there the earlier artifacts
 * @param id id of the current machine; undefined when there is one machine only
 * @param added the opened files
 * @param said diagnostics of opening them
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

/** Removes the leading `/` that the empty folder name leaves. */
function belowNothing(machine: MachineOfImage): MachineOfImage {
  const [id, name] = [machine.id, machine.name].map((text) => text.replace(/^\//, '')) as [string, string];
  return { ...machine, id, name };
}

/** Makes the artifacts without a machine one machine, named after its description. @param others their ids are taken */
function asMachine(artifacts: readonly Artifact[], others: readonly Artifact[]): Artifact[] {
  const alone = artifacts.filter(({ machine }) => machine === undefined);
  const path = (alone.find(isWholeDescription) ?? alone[0])?.path ?? '';
  const taken = new Set([...artifacts, ...others].flatMap(({ machine }) => machine?.id ?? []));
  let name = path;
  for (let count = 2; taken.has(name); count += 1) name = `${path} (${count})`;
  const machine: MachineOfImage = { id: name, name, memory: [], overlays: [], findings: [] };
  return artifacts.map((artifact) => (artifact.machine === undefined ? { ...artifact, machine } : artifact));
}
