/** `--host-tree`: the device tree that the host gives an OpenHCL guest. */
import type { Artifact } from '../../artifact/artifact.ts';
import { DiagnosticList, type DiagnosticSink } from '../../bytes/diagnostic.ts';
import { messageOf } from '../../findings/finding.ts';
import { withHostTree } from '../../linux/openhcl/guests.ts';
import { CommandError } from '../common/command-error.ts';

/**
 * Applies the host's tree to the guests among the inputs. @returns the inputs, with the trees that the boot shim makes
 * Throws {@link CommandError} where no machine takes a tree from the host, or the boot shim refuses this one.
 * @param open opens the file of the tree
 */
export async function hostTreeApplied(
  path: string,
  artifacts: readonly Artifact[],
  open: (sink: DiagnosticSink) => Promise<readonly Artifact[]>,
): Promise<readonly Artifact[]> {
  const sink = new DiagnosticList();
  const opened = await open(sink);
  const error = sink.all.find(({ severity }) => severity === 'error');
  if (error) throw new CommandError(`--host-tree ${path}: ${messageOf(error)}`);
  const applied = withHostTree(artifacts, opened);
  if ('problem' in applied) throw new CommandError(`--host-tree ${path}: ${applied.problem}`, applied.hint);
  return applied;
}
