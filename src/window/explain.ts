/** How the entries of a machine, or of one of its nodes, are read. */
import type { CrsEntry } from '../acpi/crs/crs.ts';
import type { Artifact } from '../artifact/artifact.ts';
import type { Diagnostic } from '../bytes/diagnostic.ts';
import type { AddressEntry } from '../devicetree/address/entries.ts';
import type { NodeExplanation } from '../devicetree/address/explain.ts';
import type { EntryCells, FragmentReading } from '../devicetree/address/readings.ts';
import { type DtNode, pathOf, walk } from '../devicetree/tree.ts';
import type { Machine } from './describe.ts';

/** A property without cell counts, with the reading that was chosen. */
export interface ReadProperty {
  readonly artifact: Artifact;
  readonly property: FragmentReading;
  /** The chosen counts: given, or those of the best reading; undefined when none fits. */
  readonly taken: EntryCells | undefined;
}

/** How a machine's entries are read. */
export interface Explanation {
  readonly inputs: readonly Artifact[];
  /** The requested node in each tree that has it, with its buses. */
  readonly nodes: readonly { readonly artifact: Artifact; readonly node: NodeExplanation }[];
  readonly readings: readonly ReadProperty[];
  readonly entries: readonly { readonly artifact: Artifact; readonly entry: AddressEntry }[];
  readonly crs: readonly { readonly artifact: Artifact; readonly entry: CrsEntry }[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface ExplainOptions {
  /** A path, label or alias of a device tree, or the path of an ACPI device; by default everything. */
  readonly node?: string | undefined;
  /** Cell counts given for a fragment. */
  readonly cells?: EntryCells | undefined;
}

/** An ACPI path in its normal form: `\_SB.PCI0`, in capitals, without trailing underscores. */
function acpiPath(text: string): string {
  const segments = text.toUpperCase().replace(/^\\/, '').split('.');
  return `\\${segments.map((segment) => segment.replace(/_+$/, '')).join('.')}`;
}

/** Paths of the nodes and devices of a machine, as {@link ExplainOptions} take them. */
export function explainable(machine: Machine): string[] {
  const nodes = machine.trees.flatMap(({ tree }) => [...walk(tree.root)].map(pathOf));
  return [...nodes, ...(machine.acpi?.crs.map(({ entry }) => entry.device) ?? [])];
}

/**
 * How the entries of a machine are read: every `reg` and `ranges` cell by cell, every `_CRS` descriptor by descriptor.
 * @returns undefined where no input has the requested node
 */
export async function explain(
  machine: Machine,
  options: ExplainOptions,
  diagnostics: readonly Diagnostic[],
): Promise<Explanation | undefined> {
  const { node, cells } = options;
  const { fragmentReadings } = await import('../devicetree/address/readings.ts');
  const entries = machine.trees.flatMap(({ artifact, entries: all }) =>
    all.map((entry) => ({ artifact, entry })),
  );
  const crs = machine.acpi?.crs ?? [];
  const everything: Explanation = {
    inputs: machine.artifacts,
    nodes: [],
    readings: machine.trees.flatMap(({ artifact, tree }) =>
      fragmentReadings(tree).map((property) => ({
        artifact,
        property,
        taken: cells ?? property.readings[0]?.cells,
      })),
    ),
    entries,
    crs,
    diagnostics,
  };
  if (node === undefined) return everything;
  const { explainNode } = await import('../devicetree/address/explain.ts');
  const nodes = machine.trees.flatMap(({ artifact, tree, rules, entries: all }) => {
    const explained = explainNode(tree, all, node, rules);
    return explained ? [{ artifact, node: explained }] : [];
  });
  const isChosen = (candidate: DtNode): boolean => nodes.some((chosen) => chosen.node.node === candidate);
  const chosen = {
    nodes,
    readings: everything.readings.filter(({ property }) => isChosen(property.node)),
    entries: entries.filter(({ entry }) => isChosen(entry.node)),
    crs: crs.filter(({ entry }) => acpiPath(entry.device) === acpiPath(node)),
  };
  if (nodes.length + chosen.crs.length === 0) return undefined;
  return { ...everything, ...chosen };
}
