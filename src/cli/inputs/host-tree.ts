/** `--host-tree`: the tree that the host gives an OpenHCL guest, taken through the guest's boot shim. */
import type { Artifact, MachineOfImage } from '../../artifact/artifact.ts';
import { hex } from '../../bytes/address.ts';
import { DiagnosticList, type DiagnosticSink } from '../../bytes/diagnostic.ts';
import { readDeviceTree } from '../../devicetree/read.ts';
import type { DeviceTree } from '../../devicetree/tree.ts';
import { finding, messageOf } from '../../findings/finding.ts';
import { chooseVtl2Ranges, type Vtl2Choice, vtl2TreeSource } from '../../linux/openhcl/boot-shim.ts';
import { ShimRefuses } from '../../linux/openhcl/host-tree.ts';
import { sha256Of } from '../../platform/hash.ts';
import { CommandError } from '../common/command-error.ts';

/** What the host's tree may be. */
const TREE_KINDS: ReadonlySet<string> = new Set(['dtb', 'dts']);

/** Opens the file of the tree. */
type Open = (sink: DiagnosticSink) => Promise<readonly Artifact[]>;

async function readTree(path: string, open: Open): Promise<DeviceTree> {
  const sink = new DiagnosticList();
  const artifacts = await open(sink);
  const [artifact] = artifacts;
  const tree =
    artifacts.length === 1 && artifact !== undefined && TREE_KINDS.has(artifact.kind)
      ? readDeviceTree(artifact, sink, {})
      : undefined;
  const error = sink.all.find(({ severity }) => severity === 'error');
  if (error) throw new CommandError(`--host-tree ${path}: ${messageOf(error)}`);
  if (!tree) throw new CommandError(`--host-tree ${path}: no device tree`);
  return tree;
}

/** What the shim does in a guest that is isolated, or is not. */
type Outcome = { readonly choice: Vtl2Choice } | { readonly refused: string };

function outcomeOf(tree: DeviceTree, isolated: boolean): Outcome {
  try {
    return { choice: chooseVtl2Ranges(tree.root, isolated) };
  } catch (error) {
    if (error instanceof ShimRefuses) return { refused: error.message };
    throw error;
  }
}

/** Whether a guest is isolated: what its platform decides, or undefined where the guest finds out when it starts. */
function isolationOf({
  platform,
  architecture,
}: NonNullable<MachineOfImage['treeFromHost']>): boolean | undefined {
  if (platform !== 'vsm' && platform !== 'native') return true;
  // openhcl_boot/src/arch: on arm64 there is none, on x64 the hypervisor's CPUID leaf tells.
  return architecture === 'arm64' ? false : undefined;
}

interface World {
  readonly suffix: string;
  readonly choice: Vtl2Choice;
}

/** What may come of a tree. Throws {@link CommandError} where the shim starts with it in no case. */
function worldsOf(path: string, tree: DeviceTree, isolated: boolean | undefined): World[] {
  const cases = isolated === undefined ? [false, true] : [isolated];
  const outcomes = cases.map((each) => ({ isolated: each, outcome: outcomeOf(tree, each) }));
  const worlds = outcomes.flatMap(({ isolated: each, outcome }) =>
    'choice' in outcome
      ? [{ suffix: each ? ', isolated (VBS)' : ', not isolated', choice: outcome.choice }]
      : [],
  );
  const [first, second] = worlds;
  if (first === undefined) {
    const why = outcomes.map(({ outcome }) => ('refused' in outcome ? outcome.refused : '')).join('; ');
    throw new CommandError(`--host-tree ${path}: openhcl_boot does not start with it: ${why}`);
  }
  const differs = second !== undefined && vtl2TreeSource(first.choice) !== vtl2TreeSource(second.choice);
  if (differs) return worlds;
  return [{ ...first, suffix: '' }];
}

/**
 * Gives the machines whose tree the host makes the one that comes of a host's tree. Where it depends on whether the guest is
 * isolated, and the image doesn't say, there is a machine for each.
 * Throws {@link CommandError} where no machine takes its tree from the host, or the boot shim refuses this one.
 */
export async function withHostTree(
  path: string,
  artifacts: readonly Artifact[],
  open: Open,
): Promise<Artifact[]> {
  const machines = new Set(artifacts.flatMap(({ machine }) => (machine?.treeFromHost ? [machine] : [])));
  if (machines.size === 0)
    throw new CommandError(
      `--host-tree ${path}: none of the inputs is an OpenHCL guest`,
      'give its IGVM file; a tree as the kernel in VTL2 sees it is an input itself',
    );
  const tree = await readTree(path, open);
  const given = artifacts.filter(({ machine }) => machine === undefined || !machines.has(machine));
  for (const machine of machines) {
    const own = artifacts.filter((artifact) => artifact.machine === machine && artifact.kind !== 'dtb');
    for (const { suffix, choice } of worldsOf(path, tree, isolationOf(machine.treeFromHost!))) {
      const ranges =
        choice.ranges.map(({ start, end }) => `[${hex(start)}, ${hex(end)})`).join(', ') || 'none';
      const source = new TextEncoder().encode(vtl2TreeSource(choice));
      const name = `${machine.name}${suffix}`;
      const told = finding('openhcl/host-tree', { ranges, how: choice.how }, { path });
      const here: MachineOfImage = {
        ...machine,
        id: `${machine.id}${suffix}`,
        name,
        findings: [
          ...machine.findings.filter(
            ({ code }) => code !== 'container/from-host' && code !== 'container/replaced',
          ),
          told,
        ],
      };
      const made: Artifact = {
        kind: 'dts',
        source: { name: `${path}!openhcl_boot`, form: 'text', bytes: source },
        path,
        sha256: sha256Of(tree.source.bytes),
        contentSha256: sha256Of(source),
        steps: [{ how: 'openhcl_boot' }],
        machine: here,
      };
      given.push(made, ...own.map((artifact) => ({ ...artifact, machine: here })));
    }
  }
  return given;
}
