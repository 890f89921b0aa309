/** OpenHCL guests, whose device tree depends on the host's. */
import type { Artifact, MachineOfImage } from '../../artifact/artifact.ts';
import { hex } from '../../bytes/address.ts';
import { DiagnosticList } from '../../bytes/diagnostic.ts';
import { readDeviceTree } from '../../devicetree/read.ts';
import type { DeviceTree } from '../../devicetree/tree.ts';
import { finding, messageOf } from '../../findings/finding.ts';
import { sha256Of } from '../../platform/hash.ts';
import { chooseVtl2Ranges, type Vtl2Choice, vtl2TreeSource } from './boot-shim.ts';
import { ShimError } from './host-tree.ts';

/** The result of the shim. */
type Outcome = { readonly choice: Vtl2Choice } | { readonly refused: string };

function outcomeOf(tree: DeviceTree, isolated: boolean): Outcome {
  try {
    return { choice: chooseVtl2Ranges(tree.root, isolated) };
  } catch (error) {
    if (error instanceof ShimError) return { refused: error.message };
    throw error;
  }
}

/** Whether a guest is isolated; `undefined` if that is decided at boot. */
function isolationOf({
  platform,
  architecture,
}: NonNullable<MachineOfImage['treeFromHost']>): boolean | undefined {
  if (platform !== 'vsm' && platform !== 'native') return true;
  // openhcl_boot/src/arch: never on arm64; on x64 by a CPUID leaf of the hypervisor.
  return architecture === 'arm64' ? false : undefined;
}

interface World {
  readonly suffix: string;
  readonly choice: Vtl2Choice;
}

/** The possible results for a host's tree; a message if the shim cannot boot with it. */
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

/** Kinds of artifacts that can be a host's tree. */
const TREE_KINDS: ReadonlySet<string> = new Set(['dtb', 'dts']);

/** Why a host's tree cannot be used, and what to do. */
export interface HostTreeRefused {
  readonly problem: string;
  readonly hint?: string;
}

/**
 * Adds the tree of the kernel in VTL2 to OpenHCL guests, computed from the host's tree as the boot shim does. If it
 * depends on whether the guest is isolated, and the image does not decide that, there are two machines.
 * @param artifacts the inputs, with an IGVM file
 * @param hostTree the artifacts in the file of the host's tree
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
