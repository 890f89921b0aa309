/** Artifacts by the machine that they are of. */
import type { Diagnostic } from '../bytes/diagnostic.ts';
import type { Artifact, MachineOfImage } from './artifact.ts';

/** What is asked about as one machine. */
export interface NamedMachine {
  /** Undefined where the inputs are of one machine. */
  readonly name: string | undefined;
  readonly artifacts: readonly Artifact[];
  readonly memory: MachineOfImage['memory'];
  readonly overlays: readonly Artifact[];
  readonly findings: readonly Diagnostic[];
}

/** The machines that inputs are of: one, or those of an image, each with what is of no machine. Names are unique. */
export function machinesOf(artifacts: readonly Artifact[]): NamedMachine[] {
  const machines = new Map<string, MachineOfImage>();
  for (const { machine } of artifacts) if (machine !== undefined) machines.set(machine.id, machine);
  if (machines.size === 0) return [{ name: undefined, artifacts, memory: [], overlays: [], findings: [] }];
  const names = [...machines.values()].map(({ name }) => name);
  return [...machines.values()].map(({ id, name, memory, overlays, findings }) => ({
    name: names.filter((other) => other === name).length > 1 ? id : name,
    artifacts: artifacts.filter(({ machine }) => machine === undefined || machine.id === id),
    memory,
    overlays,
    findings,
  }));
}
