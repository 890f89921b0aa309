/**
 * From artifacts to descriptions to windows: one machine from the inputs that were named together. The readers of device
 * trees and of ACPI are loaded only when they are needed.
 */
import type { OccupiedRange } from '../acpi/bounds.ts';
import type { Artifact } from '../artifact/artifact.ts';
import { isKind } from '../artifact/kinds.ts';
import { type Diagnostic, DiagnosticList, type DiagnosticSink } from '../bytes/diagnostic.ts';
import type { MachineFacts } from '../evidence/facts.ts';
import type { MemoryType } from '../evidence/values.ts';
import { finding } from '../findings/finding.ts';
import type { AcpiDescription, AcpiOptions } from './from-acpi.ts';
import type { TreeDescription, TreeOptions } from './from-device-tree.ts';
import type { AddressWindow } from './window.ts';

export interface DescribeOptions extends TreeOptions, AcpiOptions {
  /** The evidence among the artifacts, if it was read before. */
  readonly evidence?: MachineFacts;
}

/** The firmware's description of one machine. */
export interface Machine {
  readonly artifacts: readonly Artifact[];
  readonly trees: readonly TreeDescription[];
  readonly acpi: AcpiDescription | undefined;
  /** All windows, in the order of the inputs and of the firmware. */
  readonly windows: readonly AddressWindow[];
}

/** The diagnostic for inputs that were read and describe no machine. */
export const NO_DESCRIPTION: Diagnostic = finding('fwmap/no-description', {});

/**
 * Reads all firmware descriptions among the artifacts; of evidence only memory maps are read, which narrow windows. Problems
 * are reported to `sink`.
 */
export async function describe(
  artifacts: readonly Artifact[],
  options: DescribeOptions,
  sink: DiagnosticSink,
): Promise<Machine> {
  const treeArtifacts = artifacts.filter((artifact) => isKind(artifact.kind, 'tree'));
  const described = artifacts.filter((artifact) => isKind(artifact.kind, 'acpi'));
  // With a log alone, the windows that the kernel printed are the description.
  const acpiArtifacts =
    described.length > 0 || treeArtifacts.length > 0
      ? described
      : artifacts.filter((artifact) => artifact.kind === 'dmesg');
  const trees: TreeDescription[] = [];
  if (treeArtifacts.length > 0) {
    const { describeTree } = await import('./from-device-tree.ts');
    for (const artifact of treeArtifacts) {
      const description = describeTree(artifact, options, sink);
      if (description) trees.push(description);
    }
  }
  let acpi: AcpiDescription | undefined;
  if (acpiArtifacts.length > 0) {
    const { describeAcpi } = await import('./from-acpi.ts');
    const others = artifacts.filter(({ kind }) => !isKind(kind, 'tree') && !isKind(kind, 'acpi'));
    acpi = await describeAcpi(acpiArtifacts, options, sink, await memoryOf(others, options.evidence, sink));
  }
  return {
    artifacts,
    trees,
    acpi,
    windows: [...trees.flatMap((tree) => tree.windows), ...(acpi?.windows ?? [])],
  };
}

/** Types of the memory map that are RAM, whatever it is used for: no window of a bus can be there. */
const RAM_TYPES: ReadonlySet<MemoryType> = new Set([
  'ram',
  'acpi-data',
  'acpi-nvs',
  'persistent',
  'soft-reserved',
]);

/** The kinds of evidence that have memory maps. */
const MAP_KINDS: ReadonlySet<Artifact['kind']> = new Set(['boot-params', 'memmap', 'dmesg']);

/** Reads the memory maps; what is wrong with them is reported, since windows are narrowed by them. */
async function readMaps(artifacts: readonly Artifact[], sink: DiagnosticSink): Promise<MachineFacts> {
  const problems = new DiagnosticList();
  const { readEvidence } = await import('../evidence/read.ts');
  const facts = readEvidence(
    artifacts.filter(({ kind }) => MAP_KINDS.has(kind)),
    problems,
  );
  for (const problem of problems.all) if (problem.severity !== 'note') sink.add(problem);
  return facts;
}

/**
 * RAM according to the memory maps among the evidence.
 * @param read the evidence, if it was read before: whoever read it reports its problems
 */
async function memoryOf(
  artifacts: readonly Artifact[],
  read: MachineFacts | undefined,
  sink: DiagnosticSink,
): Promise<OccupiedRange[]> {
  if (artifacts.length === 0) return [];
  const evidence = read ?? (await readMaps(artifacts, sink));
  return evidence.memoryMap
    .filter(({ value }) => RAM_TYPES.has(value.type))
    .map(({ value: { base, size, map, name }, span }) => ({
      start: base,
      end: base + size,
      kind: 'memory',
      text: `${map} memory map: ${name}`,
      ...(span ? { span } : {}),
    }));
}
