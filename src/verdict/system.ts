/** Options for reading a description that depend on the kernel. */
import type { Artifact, ArtifactKind } from '../artifact/artifact.ts';
import { isKind } from '../artifact/kinds.ts';
import { DiagnosticList } from '../bytes/diagnostic.ts';
import type { DeviceTree } from '../devicetree/tree.ts';
import type { DescribeOptions } from '../window/describe.ts';

/** Kinds of inputs with ACPI tables, whose fields can be set. */
export const TABLE_KINDS: ReadonlySet<ArtifactKind> = new Set(['acpi-table', 'acpidump', 'acpi-dir', 'asl']);

export interface SystemSettings {
  /** The release; undefined where none is named, and what differs between releases stays open. */
  readonly kernel?: string | undefined;
  /** Changes to Linux' `_OSI`, as `--osi` takes them. */
  readonly osi?: readonly string[] | undefined;
  /** Read unknown fields as a simulator would; the options then don't depend on a kernel. */
  readonly assume?: DescribeOptions['assume'] | undefined;
}

/** The options of `describe`; undefined where `kernel` is not a release. */
export async function systemOptions(
  artifacts: readonly Artifact[],
  { kernel, osi, assume }: SystemSettings,
): Promise<DescribeOptions | undefined> {
  const hasTables = artifacts.some(({ kind }) => TABLE_KINDS.has(kind));
  const hasBridges = artifacts.some(({ kind }) => isKind(kind, 'acpi') || kind === 'dmesg');
  const hasTrees = artifacts.some(({ kind }) => isKind(kind, 'tree'));
  const [system, bridges, trees] = await Promise.all([
    hasTables ? operatingSystem(kernel, osi, assume !== undefined) : {},
    hasBridges ? import('../linux/host-bridge/descriptors.ts') : undefined,
    hasTrees ? treesFor(kernel) : {},
  ]);
  if (system === undefined || trees === undefined) return undefined;
  return {
    ...system,
    ...(bridges === undefined ? {} : { hostBridges: bridges.LINUX_HOST_BRIDGES }),
    ...trees,
  };
}

/** How the kernel reads a tree and translates its addresses; without a kernel, the variants of all. */
async function treesFor(
  kernel: string | undefined,
): Promise<Pick<DescribeOptions, 'addressing' | 'rules'> | undefined> {
  const [{ addressingOf, addressingVariants }, { LINUX_TREE_RULES: rules }] = await Promise.all([
    import('../linux/address-translation.ts'),
    import('../linux/tree-rules.ts'),
  ]);
  if (kernel === undefined) return { addressing: { variants: addressingVariants() }, rules };
  const profile = addressingOf(kernel);
  return profile && { addressing: { profile }, rules };
}

/** What `_OSI` and the like return; for a simulation only the changes of `--osi`. */
async function operatingSystem(
  kernel: string | undefined,
  osi: readonly string[] | undefined,
  simulated: boolean,
): Promise<Pick<DescribeOptions, 'system' | 'interfaces'> | undefined> {
  const [{ linuxSystem, simulatedInterfaces }, { parseRelease }] = await Promise.all([
    import('../linux/osi.ts'),
    import('../linux/release.ts'),
  ]);
  const release = kernel === undefined ? undefined : parseRelease(kernel);
  if (kernel !== undefined && release === undefined) return undefined;
  if (simulated) return osi === undefined ? {} : { interfaces: simulatedInterfaces(osi) };
  return { system: linuxSystem(release, osi) };
}

/** Reads the overlays that an image combines with a tree. */
export async function overlayTrees(artifacts: readonly Artifact[]): Promise<DeviceTree[]> {
  if (artifacts.length === 0) return [];
  const { readDeviceTree } = await import('../devicetree/read.ts');
  return artifacts.flatMap((artifact) => readDeviceTree(artifact, new DiagnosticList(), {}) ?? []);
}
