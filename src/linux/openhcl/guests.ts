/** Guests of OpenHCL that get their device tree from the host. */
import type { Artifact, MachineOfImage } from '../../artifact/artifact.ts';
import { hex } from '../../bytes/address.ts';
import { DiagnosticList } from '../../bytes/diagnostic.ts';
import { readDeviceTree } from '../../devicetree/read.ts';
import type { DeviceTree } from '../../devicetree/tree.ts';
import { finding, messageOf } from '../../findings/finding.ts';
import { sha256Of } from '../../platform/hash.ts';
import { chooseVtl2Ranges, type Vtl2Choice, vtl2TreeSource } from './boot-shim.ts';
import { ShimError } from './host-tree.ts';

/** What the shim does in a guest that is isolated, or is not. */
type Outcome = { readonly choice: Vtl2Choice } | { readonly refused: string };

function outcomeOf(tree: DeviceTree, isolated: boolean): Outcome {
  try {
    return { choice: chooseVtl2Ranges(tree.root, isolated) };
  } catch (error) {
    if (error instanceof ShimError) return { refused: error.message };
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

/** What may come of a tree; why the shim starts with it in no case, where that is so. */
function worldsOf(tree: DeviceTree, isolated: boolean | undefined): readonly World[] | string {
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
    return `openhcl_boot does not start with it: ${why}`;
  }
  const differs = second !== undefined && vtl2TreeSource(first.choice) !== vtl2TreeSource(second.choice);
  if (differs) return worlds;
  return [{ ...first, suffix: '' }];
}

/** What a host's tree may be, as an input. */
const TREE_KINDS: ReadonlySet<string> = new Set(['dtb', 'dts']);

/** Why no guest is started with a host's tree, and what to do about it. */
export interface HostTreeRefused {
  readonly problem: string;
  readonly hint?: string;
}

/**
 * Guests of OpenHCL whose tree the host makes, with the tree that comes of a host's: it is taken through the guest's boot
 * shim. Where that depends on whether the guest is isolated, and the image doesn't say, there is a machine for each.
 * @param artifacts the inputs, an IGVM file among them
 * @param hostTree what the file of the host's tree was opened to
 * @returns the artifacts of all machines
 */
export function withHostTree(
  artifacts: readonly Artifact[],
  hostTree: readonly Artifact[],
): readonly Artifact[] | HostTreeRefused {
  const machines = new Set(artifacts.flatMap(({ machine }) => (machine?.treeFromHost ? [machine] : [])));
  if (machines.size === 0)
    return {
      problem: 'none of the inputs is an OpenHCL guest',
      hint: 'give its IGVM file; a tree as the kernel in VTL2 sees it is an input itself',
    };
  const sink = new DiagnosticList();
  const [artifact] = hostTree;
  const tree =
    hostTree.length === 1 && artifact !== undefined && TREE_KINDS.has(artifact.kind)
      ? readDeviceTree(artifact, sink, {})
      : undefined;
  const error = sink.all.find(({ severity }) => severity === 'error');
  if (error) return { problem: messageOf(error) };
  if (artifact === undefined || !tree) return { problem: 'no device tree' };
  const { path } = artifact;
  const given = artifacts.filter(({ machine }) => machine === undefined || !machines.has(machine));
  for (const machine of machines) {
    const own = artifacts.filter((artifact) => artifact.machine === machine && artifact.kind !== 'dtb');
    const worlds = worldsOf(tree, isolationOf(machine.treeFromHost!));
    if (typeof worlds === 'string') return { problem: worlds };
    for (const { suffix, choice } of worlds) {
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
