/** Groups artifacts by machine. */
import type { Diagnostic } from '../bytes/diagnostic.ts';
import type { Artifact, MachineOfImage } from './artifact.ts';

/** One machine to answer questions about. */
export interface NamedMachine {
  /** Undefined when the inputs describe one machine only. */
  readonly name: string | undefined;
  readonly artifacts: readonly Artifact[];
  readonly memory: MachineOfImage['memory'];
  readonly overlays: readonly Artifact[];
  readonly findings: readonly Diagnostic[];
}

/** The most combinations of base trees and overlays; with more, the user has to select. */
const MOST_COMBINED = 256;

/**
 * The machines that inputs describe, each with the artifacts that belong to no machine: one, or those of an image. Names
 * are unique. Each overlay of a table of overlays is applied, on its own, to the tree beside the table.
 */
export function machinesOf(artifacts: readonly Artifact[]): NamedMachine[] {
  const machines = new Map<string, MachineOfImage>();
  for (const { machine } of artifacts) if (machine !== undefined) machines.set(machine.id, machine);
  if (machines.size === 0) return [{ name: undefined, artifacts, memory: [], overlays: [], findings: [] }];
  const shared = artifacts.filter(({ machine }) => machine === undefined);
  const owned = grouped(artifacts, ({ machine }) => machine?.id);
  const named = grouped([...machines.values()], ({ name }) => name);
  const places = new Map(artifacts.map((artifact, place) => [artifact, place]));
  const all = [...machines.values()].map(({ id, name, memory, overlays, findings }) => {
    const own = owned.get(id) ?? [];
    const both = shared.length === 0 ? own : [...shared, ...own];
    return {
      name: named.get(name)!.length > 1 ? id : name,
      // In the order given.
      artifacts: both.toSorted((a, b) => places.get(a)! - places.get(b)!),
      own,
      memory,
      overlays,
      findings,
    };
  });
  const isOffered = ({ own }: { readonly own: readonly Artifact[] }): boolean =>
    own.every(({ kind }) => kind === 'dtbo');
  const offered = all.filter(isOffered);
  const whole = all.filter((machine) => !isOffered(machine));
  const trees = whole.filter(({ own }) => own.some(({ kind }) => kind === 'dtb'));
  const besideIt = shared.some(({ kind }) => BASES.has(kind));
  const bases: readonly NamedMachine[] = besideIt
    ? [{ name: undefined, artifacts: shared, memory: [], overlays: [], findings: [] }]
    : trees;
  const isMuch = bases.length * offered.length > MOST_COMBINED;
  const combined =
    bases.length === 0 || isMuch
      ? offered
      : bases.flatMap((base) => offered.map((entry) => onto(base, entry)));
  return [...whole, ...combined].map(({ name, artifacts: of, memory, overlays, findings }) => ({
    name,
    artifacts: of,
    memory,
    overlays,
    findings,
  }));
}

function grouped<K, V>(values: readonly V[], keyOf: (value: V) => K): Map<K, V[]> {
  const groups = new Map<K, V[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value]);
    else group.push(value);
  }
  return groups;
}

/** Kinds that overlays can be applied to. */
const BASES: ReadonlySet<string> = new Set(['dtb', 'dts', 'dt-dir']);

function onto(base: NamedMachine, entry: NamedMachine & { readonly own: readonly Artifact[] }): NamedMachine {
  const { name, artifacts, memory, overlays, findings } = base;
  return {
    name: name === undefined ? entry.name : `${name} + ${entry.name}`,
    artifacts,
    memory,
    overlays: [...overlays, ...entry.own, ...entry.overlays],
    findings: [...findings, ...entry.findings],
  };
}
