/** `fwmap diff`: what differs between two machines, or before and after a change. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Artifact } from '../../../artifact/artifact.ts';
import { machinesOf, type NamedMachine } from '../../../artifact/machines.ts';
import { openBytes } from '../../../artifact/open-bytes.ts';
import { type Diagnostic, DiagnosticList } from '../../../bytes/diagnostic.ts';
import { compareSides, describeSide, EMPTY_SIDE, isSame, type Side } from '../../../compare/compare.ts';
import { formatDiagnostic } from '../../../findings/finding.ts';
import { FORMATS } from '../../../report/formats/render.ts';
import { diffReport } from '../../../report/subjects/diff.ts';
import type { NamedReport } from '../../../report/subjects/machines.ts';
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
import { selectMachines } from '../../inputs/images.ts';
import { openInputs } from '../../inputs/inputs.ts';
import { kernelFacts } from '../../inputs/kernel-facts.ts';
import { describeOptions, type MachineOptionValues, refuseSettings } from '../../inputs/machine.ts';
import { readBase } from '../../inputs/patch-bases.ts';
import { printMachines, printNoAnswer } from '../../output/print.ts';

type DiffOptions = MachineOptionValues & Parameters<typeof kernelFacts>[0] & { readonly config?: string };

/** The name that git gives a side without a file. */
const NO_FILE = '/dev/null';

/** Opens a side: an input, or a file of a git revision. */
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
  machine: NamedMachine | undefined,
  options: DiffOptions,
  io: Io,
  sink: DiagnosticList,
): Promise<Side> {
  if (machine === undefined || machine.artifacts.length === 0)
    return { ...EMPTY_SIDE, diagnostics: sink.all };
  for (const diagnostic of machine.findings) sink.add(diagnostic);
  const asked = { describe: await describeOptions(options, machine, io), kernel: await kernelFacts(options) };
  const side = await describeSide(machine.artifacts, asked, sink);
  refuseSettings(sink.all);
  return side;
}

/** The machines of a side, each with the inputs given for all. `--select` applies to a side with several. */
async function machinesOfSide(
  artifacts: readonly Artifact[],
  more: readonly Artifact[],
  select: string | undefined,
): Promise<NamedMachine[]> {
  if (artifacts.length === 0) return [];
  const all = [...artifacts, ...more];
  return selectMachines(all, machinesOf(all).length > 1 ? select : undefined);
}

interface Pair {
  readonly name: string | undefined;
  readonly before: NamedMachine | undefined;
  readonly after: NamedMachine | undefined;
}

/**
 * What is compared with what: the machine of one side with that of the other, or where there are several, machines with
 * the same name. Throws {@link CommandError} where there is one machine on one side and several on the other.
 * @param names of the sides
 */
function pairsOf(
  [before, after]: readonly [readonly NamedMachine[], readonly NamedMachine[]],
  names: readonly [string, string],
): Pair[] {
  if (before.length <= 1 && after.length <= 1)
    return [{ name: undefined, before: before[0], after: after[0] }];
  for (const [one, several, name] of [
    [before, after, names[1]],
    [after, before, names[0]],
  ] as const)
    if (one.length === 1 && several.length > 1)
      throw new CommandError(
        `${name} describes ${several.length} machines`,
        `choose one with --select: ${several.flatMap((machine) => machine.name ?? []).join(', ')}`,
      );
  // In folders and archives the name of a machine begins with that of the folder.
  const keyed = (machines: readonly NamedMachine[], side: string): Map<string, NamedMachine> =>
    new Map(
      machines.map((machine) => {
        const name = machine.name ?? '';
        const folder = `${side.replace(/\/+$/, '')}/`;
        return [name.startsWith(folder) ? name.slice(folder.length) : name, machine];
      }),
    );
  const [old, fresh] = [keyed(before, names[0]), keyed(after, names[1])];
  return [...new Set([...fresh.keys(), ...old.keys()])].map((name) => ({
    name,
    before: old.get(name),
    after: fresh.get(name),
  }));
}

/** Whether nothing of a side could be read. */
function readNothing({ windows, sysfb, diagnostics }: Side, named: readonly Artifact[]): boolean {
  return isNothingRead(named, sysfb === undefined ? windows.length : sysfbFound(sysfb), diagnostics);
}

export const command = defineCommand({
  name: 'diff',
  operands: 'BEFORE AFTER | PATCH',
  minimumInputs: 1,
  description:
    'What differs between two descriptions: windows that were added, removed, moved or resized, conditions that ' +
    'changed, a different answer of sysfb, and what Linux gives the PCI host bridges. Windows are matched by device and ' +
    'meaning, so the two may be of different kinds: a blob and its source, two dumps, two captures. In images, folders ' +
    'and archives with several machines, those of the same name are compared. A side may be a file of a git revision, ' +
    'REV:PATH. A patch alone is compared with the files that it changes.',
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
      describe: 'Search this folder for files that BEFORE includes, instead of those of --include',
      group: 'Reading inputs:',
    },
    ...exitCodeOption('Exit with 1 when something differs, else with 0'),
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
    const sides = [
      await machinesOfSide(before, config, options.select),
      await machinesOfSide(after, config, options.select),
    ] as const;
    const optionsBefore =
      options['before-include'] === undefined ? options : { ...options, include: options['before-include'] };
    const all = new Map<string, Diagnostic>();
    const reports: NamedReport[] = [];
    let same = true;
    for (const pair of pairsOf(sides, [first, second ?? first])) {
      const [sinkOld, sinkNew] = [new DiagnosticList(sinkBefore.all), new DiagnosticList(sinkAfter.all)];
      const old = await sideOf(pair.before, optionsBefore, io, sinkOld);
      const fresh = await sideOf(pair.after, options, io, sinkNew);
      // A diagnostic that both sides have is printed once.
      const said = new Map([...sinkOld.all, ...sinkNew.all].map((each) => [formatDiagnostic(each), each]));
      for (const [text, each] of said) all.set(text, each);
      // A machine that is on one side only is compared with nothing.
      const isUnread = (side: Side, machine: NamedMachine | undefined, name: string): boolean =>
        name !== NO_FILE &&
        (machine !== undefined || pair.name === undefined) &&
        readNothing(side, machine?.artifacts ?? []);
      if (isUnread(old, pair.before, first) || isUnread(fresh, pair.after, second ?? first)) continue;
      const comparison = compareSides(old, fresh);
      same &&= isSame(comparison);
      reports.push({ ...diffReport(comparison, [...said.values()]), name: pair.name });
    }
    const diagnostics = [...all.values()];
    if (reports.length === 0) {
      await printNoAnswer(inputs, diagnostics, options, io);
      return EXIT_ERROR;
    }
    await printMachines(reports, diagnostics, options, io);
    return options['exit-code'] && !same ? 1 : 0;
  },
});
