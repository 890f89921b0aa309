/** Images as inputs of commands that ask about machines: scanned, and grouped by machine. */
import type { Artifact, MachineOfImage } from '../../artifact/artifact.ts';
import type { ImageInput } from '../../artifact/open-bytes.ts';
import type { Diagnostic, DiagnosticSink } from '../../bytes/diagnostic.ts';
import type { Budget } from '../../containers/limits.ts';
import { CommandError } from '../common/command-error.ts';

/** Of a find that is larger nothing is kept: no description is, and of a kernel in memory the beginning tells nothing. */
const MOST_KEPT = 128 << 20;

/** The machines in what may be an image. What the scan says is said only where there are some. */
export async function openImage(
  image: ImageInput,
  budget: Budget,
  sink: DiagnosticSink,
): Promise<Artifact[]> {
  const [{ Scanner }, { MACHINE_KINDS, machinesIn }, { DiagnosticList }] = await Promise.all([
    import('../../scan/scan.ts'),
    import('../../scan/machines.ts'),
    import('../../bytes/diagnostic.ts'),
  ]);
  const said = new DiagnosticList();
  const bytes = new Map<number, Uint8Array>();
  const scanner = new Scanner(said, {
    budget,
    reader: {
      reads: ({ kind, size }) => MACHINE_KINDS.has(kind) && size <= MOST_KEPT,
      read: ({ id }, content) => void bytes.set(id, content.read(0, content.size).slice()),
    },
  });
  const result = await scanner.scan({ name: image.name, access: image.access, steps: [] });
  const artifacts = machinesIn(image, result, bytes, said);
  if (artifacts.length > 0) for (const diagnostic of said.all) sink.add(diagnostic);
  return artifacts;
}

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
