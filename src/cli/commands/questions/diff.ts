/** `fwmap diff`: what is different between two machines, or before and after a change. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Artifact } from '../../../artifact/artifact.ts';
import { openBytes } from '../../../artifact/open-bytes.ts';
import { DiagnosticList } from '../../../bytes/diagnostic.ts';
import { compareSides, describeSide, isSame, NO_SIDE, type Side } from '../../../compare/compare.ts';
import { formatDiagnostic } from '../../../findings/finding.ts';
import { FORMATS } from '../../../report/formats/render.ts';
import { diffReport } from '../../../report/subjects/diff.ts';
import { isNothingRead } from '../../../verdict/question.ts';
import { sysfbFound } from '../../../verdict/sysfb/verdict.ts';
import { CommandError, defineCommand, EXIT_ERROR } from '../../common/command.ts';
import { compileSparingly } from '../../common/engine.ts';
import type { Io } from '../../common/io.ts';
import {
  exitCodeOption,
  formatOption,
  INPUT_OPTIONS,
  KERNEL_OPTIONS,
  MACHINE_OPTIONS,
  OUTPUT_OPTIONS,
} from '../../common/options.ts';
import { oneMachine } from '../../inputs/images.ts';
import { openInputs } from '../../inputs/inputs.ts';
import { kernelFacts } from '../../inputs/kernel-facts.ts';
import { describeOptions, type MachineOptionValues, refuseSettings } from '../../inputs/machine.ts';
import { readBase } from '../../inputs/patch-bases.ts';
import { printNoAnswer, printReport } from '../../output/print.ts';

type DiffOptions = MachineOptionValues & Parameters<typeof kernelFacts>[0] & { readonly config?: string };

/** What git names for a side that has no file. */
const NO_FILE = '/dev/null';

/** What a side names: inputs, or a file of a git revision. */
async function openSide(
  name: string,
  options: DiffOptions,
  io: Io,
  sink: DiagnosticList,
): Promise<Artifact[]> {
  if (name === NO_FILE) return [];
  if (name === '-' || existsSync(resolve(io.cwd, name)) || !/^[^:]+:./.test(name))
    return openInputs([name], options, io, sink);
  const { bytes, how } = readBase(name, io);
  const { openImage } = await import('../../../scan/open-image.ts');
  return openBytes(how, bytes, { openImage }, sink);
}

async function sideOf(
  artifacts: readonly Artifact[],
  more: readonly Artifact[],
  options: DiffOptions,
  io: Io,
  sink: DiagnosticList,
): Promise<Side> {
  if (artifacts.length === 0) return { ...NO_SIDE, diagnostics: sink.all };
  const machine = await oneMachine([...artifacts, ...more], options.select);
  for (const diagnostic of machine.findings) sink.add(diagnostic);
  const asked = { describe: await describeOptions(options, machine, io), kernel: await kernelFacts(options) };
  const side = await describeSide(machine.artifacts, asked, sink);
  refuseSettings(sink.all);
  return side;
}

/** Nothing came of a side that was named. */
function readNothing({ windows, sysfb, diagnostics }: Side, named: readonly Artifact[]): boolean {
  return isNothingRead(named, sysfb === undefined ? windows.length : sysfbFound(sysfb), diagnostics);
}

export const command = defineCommand({
  name: 'diff',
  operands: 'BEFORE AFTER | PATCH',
  minimumInputs: 1,
  description:
    'What is different between two descriptions: windows that were added, removed, moved or resized, conditions that ' +
    'changed, whether the answer of sysfb is another, and what Linux gives the PCI host bridges. Windows are matched by device and meaning, so the two may be of ' +
    'different kinds: a blob and its source, two dumps, a capture and another. A side may be a file of a git revision, ' +
    'REV:PATH. A patch alone is compared with what it changes.',
  options: {
    ...INPUT_OPTIONS,
    ...MACHINE_OPTIONS,
    ...KERNEL_OPTIONS,
    ...OUTPUT_OPTIONS,
    format: formatOption(FORMATS),
    'before-include': {
      type: 'string',
      repeat: true,
      value: 'DIR',
      describe: 'Folder that BEFORE includes files from, in place of --include',
      group: 'Reading inputs:',
    },
    ...exitCodeOption('Exit with 1 when something is different, else with 0'),
  },
  examples: [
    { line: 'fwmap diff old.dtb new.dtb', does: 'of two blobs' },
    { line: 'fwmap diff HEAD~1:board.dts board.dts', does: 'against a revision' },
    {
      line: 'fwmap diff before.acpidump after.acpidump --exit-code',
      does: 'of a firmware update, for a script',
    },
    { line: 'fwmap diff 0001-board.patch', does: 'what a patch changes' },
  ],
  async run({ inputs, options, io }) {
    if (inputs.length > 2) throw new CommandError('diff takes two inputs, or a patch');
    await compileSparingly();
    const [first, second] = inputs as [string, string | undefined];
    const [sinkBefore, sinkAfter] = [new DiagnosticList(), new DiagnosticList()];
    let before: Artifact[];
    let after: Artifact[];
    if (second === undefined) {
      after = await openSide(first, options, io, sinkAfter);
      if (!after.some((artifact) => artifact.before !== undefined))
        throw new CommandError(
          `${first} is not a patch of a description`,
          'name a second input to compare it with',
        );
      before = after.map((artifact) => artifact.before ?? artifact);
    } else {
      before = await openSide(first, options, io, sinkBefore);
      after = await openSide(second, options, io, sinkAfter);
    }
    const config =
      options.config === undefined
        ? []
        : await openInputs([options.config], { as: ['kconfig'] }, io, sinkAfter);
    const [old, fresh] = [
      await sideOf(
        before,
        config,
        options['before-include'] === undefined
          ? options
          : { ...options, include: options['before-include'] },
        io,
        sinkBefore,
      ),
      await sideOf(after, config, options, io, sinkAfter),
    ];
    // What both sides say of one input is said once.
    const said = new Map([...sinkBefore.all, ...sinkAfter.all].map((each) => [formatDiagnostic(each), each]));
    const diagnostics = [...said.values()];
    if (
      (first !== NO_FILE && readNothing(old, before)) ||
      (second !== NO_FILE && readNothing(fresh, after))
    ) {
      await printNoAnswer(inputs, diagnostics, options, io);
      return EXIT_ERROR;
    }
    const comparison = compareSides(old, fresh);
    await printReport(diffReport(comparison, diagnostics), diagnostics, options, io);
    return options['exit-code'] && !isSame(comparison) ? 1 : 0;
  },
});
