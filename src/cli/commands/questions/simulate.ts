/** `fwmap simulate` */
import type { Artifact } from '../../../artifact/artifact.ts';
import { DiagnosticList } from '../../../bytes/diagnostic.ts';
import { escapeControls } from '../../../bytes/escape.ts';
import { formatDiagnostic, hintOf } from '../../../findings/finding.ts';
import { defineCommand, EXIT_ERROR } from '../../common/command.ts';
import { CommandError } from '../../common/command-error.ts';
import type { Io } from '../../common/io.ts';
import { QUESTION_OPTIONS } from '../../common/question-options.ts';
import { oneMachine } from '../../inputs/images.ts';
import { openInputs } from '../../inputs/inputs.ts';
import { kernelFacts } from '../../inputs/kernel-facts.ts';
import { describeOptions, refuseSettings } from '../../inputs/machine.ts';
import { printNoAnswer, printReport } from '../../output/print.ts';

/** Opens and reads a scenario file. Throws {@link CommandError} when it is not valid. */
async function scenarioFrom(path: string, io: Io) {
  const [{ resolve }, { readFileBytes }, { readScenario }] = await Promise.all([
    import('node:path'),
    import('../../../artifact/file.ts'),
    import('../../../linux/scenario.ts'),
  ]);
  io.inputs.add(resolve(io.cwd, path));
  const read = readFileBytes(resolve(io.cwd, path));
  if (!('bytes' in read))
    throw new CommandError(`cannot read ${path}: ${'failure' in read ? read.failure : 'Is a directory'}`);
  const faults = new DiagnosticList();
  const scenario = await readScenario({ name: path, form: 'text', bytes: read.bytes }, faults);
  const [fault] = faults.all;
  if (scenario === undefined || fault !== undefined)
    throw new CommandError(
      escapeControls(fault ? formatDiagnostic(fault) : `${path}: no scenario`),
      fault && hintOf(fault),
    );
  return scenario;
}

export const command = defineCommand({
  name: 'simulate',
  operands: 'INPUT...',
  minimumInputs: 1,
  description:
    "Simulates Linux' VMBus MMIO allocation on the machine that the inputs describe: the windows it collects, what it " +
    'reserves for the framebuffer, and what each driver gets in the order of a scenario. Without --scenario, a ' +
    'pass-through NVMe boot disk is probed before the graphics driver.',
  options: {
    ...QUESTION_OPTIONS,
    scenario: {
      type: 'string',
      value: 'FILE',
      describe: 'Devices, their BARs and their order, as YAML or JSON',
      group: 'The simulation:',
    },
    'compare-sysfb': {
      type: 'boolean',
      describe: 'Run it without and with CONFIG_SYSFB, side by side',
      group: 'The simulation:',
    },
  },
  examples: [
    {
      line: 'fwmap simulate acpidump.txt --kernel 6.12.30 --compare-sysfb',
      does: 'with and without CONFIG_SYSFB',
    },
    {
      line: 'fwmap simulate acpidump.txt dmesg.txt iomem.txt',
      does: 'and compared with what the kernel logged',
    },
    { line: 'fwmap simulate acpidump.txt --scenario two-gpus.yaml', does: 'other devices' },
  ],
  async run({ inputs, options, io }) {
    const sink = new DiagnosticList();
    const scenario = options.scenario === undefined ? undefined : await scenarioFrom(options.scenario, io);
    const artifacts: Artifact[] = await openInputs(inputs, options, io, sink);
    if (options.config !== undefined)
      artifacts.push(...(await openInputs([options.config], { as: ['kconfig'] }, io, sink)));
    const machine = await oneMachine(artifacts, options.select);
    const { answerSimulation } = await import('../../../verdict/simulation/simulation.ts');
    const report = await answerSimulation(
      machine.artifacts,
      {
        describe: await describeOptions(options, machine, io),
        kernel: await kernelFacts(options),
        ...(scenario === undefined ? {} : { scenario }),
        compareSysfb: options['compare-sysfb'] === true,
      },
      sink,
    );
    refuseSettings(sink.all);
    if (sink.hasErrors && report.cases.length === 0) {
      await printNoAnswer(inputs, sink.all, options, io);
      return EXIT_ERROR;
    }
    const { simulationReport } = await import('../../../report/subjects/simulation.ts');
    await printReport(simulationReport(report), sink.all, options, io);
    return 0;
  },
});
