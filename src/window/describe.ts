/**
 * From artifacts to descriptions to windows: what the inputs named together say about one machine. Readers of device
 * trees and of ACPI are loaded only when there is something for them to read.
 */
import type { EvaluationOptions } from '../acpi/machine.ts';
import type { Artifact, ArtifactKind } from '../artifact/artifact.ts';
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import type { AcpiDescription } from './from-acpi.ts';
import type { TreeDescription, TreeOptions } from './from-device-tree.ts';
import type { AddressWindow } from './window.ts';

export interface DescribeOptions extends TreeOptions, EvaluationOptions {}

/** What the firmware of one machine says. */
export interface Machine {
  readonly artifacts: readonly Artifact[];
  readonly trees: readonly TreeDescription[];
  readonly acpi: AcpiDescription | undefined;
  /** Everything normalised, in the order of the inputs and of the firmware. */
  readonly windows: readonly AddressWindow[];
}

const TREE_KINDS: ReadonlySet<ArtifactKind> = new Set(['dts', 'dts-fragment', 'dtb', 'dtbo', 'dt-dir']);
const ACPI_KINDS: ReadonlySet<ArtifactKind> = new Set([
  'acpi-table',
  'acpidump',
  'acpi-dir',
  'asl',
  'crs-hex',
  'crs-text',
]);

/** Reads every firmware description among the artifacts. What can't be read is said to `sink`; evidence is left alone. */
export async function describe(
  artifacts: readonly Artifact[],
  options: DescribeOptions,
  sink: DiagnosticSink,
): Promise<Machine> {
  const treeArtifacts = artifacts.filter((artifact) => TREE_KINDS.has(artifact.kind));
  const acpiArtifacts = artifacts.filter((artifact) => ACPI_KINDS.has(artifact.kind));
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
    acpi = await describeAcpi(acpiArtifacts, options, sink);
  }
  return {
    artifacts,
    trees,
    acpi,
    windows: [...trees.flatMap((tree) => tree.windows), ...(acpi?.windows ?? [])],
  };
}
