/** From a command line to an interactive page. */
import type { Artifact } from '../../artifact/artifact.ts';
import type { NamedMachine } from '../../artifact/machines.ts';
import { DiagnosticList } from '../../bytes/diagnostic.ts';
import { emptyPage, machinePage } from '../../page/carry.ts';
import type { OptionValues } from '../common/command.ts';
import { CommandError } from '../common/command-error.ts';
import type { Io } from '../common/io.ts';
import type { KERNEL_OPTIONS } from '../common/options.ts';
import { selectMachines } from '../inputs/images.ts';
import { openInputs } from '../inputs/inputs.ts';
import { kernelFacts } from '../inputs/kernel-facts.ts';
import { describeOptions, type MachineOptionValues } from '../inputs/machine.ts';
import { VERSION } from '../version.ts';
import { pageBundles } from './bundles.ts';

/** The interactive page of the machines that the inputs describe. Throws {@link CommandError}. */
export async function pageOfInputs(
  inputs: readonly string[],
  options: MachineOptionValues & OptionValues<typeof KERNEL_OPTIONS>,
  io: Io,
): Promise<string> {
  const opening = new DiagnosticList();
  const artifacts: Artifact[] = await openInputs(inputs, options, io, opening);
  if (options.config !== undefined)
    artifacts.push(...(await openInputs([options.config], { as: ['kconfig'] }, io, opening)));
  if (artifacts.length === 0) throw new CommandError('none of the inputs could be read');
  const machines = await selectMachines(artifacts, options.select);
  const common = { artifacts: machines.flatMap((machine) => machine.artifacts), memory: [], overlays: [] };
  const asked = {
    machines,
    said: opening.all,
    describe: (machine: Pick<NamedMachine, 'artifacts' | 'memory' | 'overlays'> = common) =>
      describeOptions(options, machine, io),
    kernel: await kernelFacts(options),
    ...(options.osi === undefined ? {} : { osi: options.osi }),
  };
  const page = await machinePage(asked, pageBundles(), VERSION);
  if (typeof page !== 'string') throw new CommandError(`--interactive: ${page.problem}`, page.hint);
  return page;
}

/** The page without inputs, to drop some on. Throws {@link CommandError}. */
export function pageWithoutInputs(): string {
  return emptyPage(pageBundles(), VERSION);
}
