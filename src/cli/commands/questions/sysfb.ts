/** `fwmap sysfb`, and plain `fwmap` */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Artifact } from '../../../artifact/artifact.ts';
import { isKind } from '../../../artifact/kinds.ts';
import { DiagnosticList } from '../../../bytes/diagnostic.ts';
import type { KconfigLine } from '../../../linux/kconfig/line.ts';
import { MAP_FORMATS } from '../../../report/formats/render.ts';
import type { NamedReport } from '../../../report/subjects/machines.ts';
import { sysfbReport } from '../../../report/subjects/sysfb/report.ts';
import { answerSysfb } from '../../../verdict/answer.ts';
import type { Verdict } from '../../../verdict/sysfb/verdict.ts';
import { CommandError, defineCommand, EXIT_ERROR, type OptionValues } from '../../common/command.ts';
import type { Io } from '../../common/io.ts';
import {
  formatOption,
  INPUT_OPTIONS,
  KERNEL_OPTIONS,
  MACHINE_OPTIONS,
  MAP_OPTION,
  OUTPUT_OPTIONS,
} from '../../common/options.ts';
import { type PrintOptions, printMachines, printNoAnswer } from '../../common/print.ts';
import { type NamedMachine, selectMachines } from '../../inputs/images.ts';
import { openInputs } from '../../inputs/inputs.ts';
import { kernelFacts } from '../../inputs/kernel-facts.ts';
import { describeOptions, type MachineOptionValues, refuseSettings } from '../../inputs/machine.ts';
import { VERSION } from '../../version.ts';

type SysfbOptions = MachineOptionValues &
  OptionValues<typeof KERNEL_OPTIONS> &
  PrintOptions & {
    readonly 'exit-code'?: boolean;
    readonly matrix?: boolean;
    readonly 'reply-to'?: string;
    readonly full?: boolean;
    readonly 'kconfig-line'?: string;
    readonly 'kernel-source'?: readonly string[];
  };

/** Exit statuses of `--exit-code`. */
const ANSWER_STATUS: Record<Verdict['answer'], number> = {
  'not-needed': 0,
  needed: 1,
  depends: 3,
  unknown: 3,
};
/** Formats that show every window, also where the answer doesn't depend on it. */
const LISTING: ReadonlySet<string> = new Set(['json', 'ndjson', 'html', 'svg']);

/** Nothing came of the inputs but errors: that is no answer. */
function readNothing(verdict: Verdict, sink: DiagnosticList): boolean {
  const { answer, inputs, windows, pool } = verdict;
  return (
    sink.hasErrors && (inputs.length === 0 || (answer === 'unknown' && windows.length + pool.length === 0))
  );
}

/** Asks of one machine. What goes wrong is added to `sink`, which the verdict carries. */
async function verdictOf(
  machine: NamedMachine,
  options: SysfbOptions,
  io: Io,
  sink: DiagnosticList,
): Promise<Verdict> {
  if (machine.artifacts.some(({ kind }) => isKind(kind, 'acpi'))) {
    const { compileLate } = await import('../../common/engine.ts');
    await compileLate();
  }
  const verdict = await answerSysfb(
    machine.artifacts,
    {
      describe: await describeOptions(options, machine, io),
      kernel: {
        ...(await kernelFacts(options)),
        matrix: options.matrix === true,
        ...(options['kconfig-line'] === undefined
          ? {}
          : { kconfigLine: await kconfigLine(options['kconfig-line'], io) }),
      },
      // The other formats list every window.
      judgedOnly: options.map !== true && !LISTING.has(options.format ?? 'text'),
    },
    sink,
  );
  refuseSettings(sink.all);
  return verdict;
}

function reportOf(verdict: Verdict, name: string | undefined, full: boolean): NamedReport {
  return { name, ...sysfbReport(verdict, { full, version: VERSION }) };
}

async function answer(inputs: readonly string[], options: SysfbOptions, io: Io): Promise<number> {
  const opening = new DiagnosticList();
  const artifacts: Artifact[] = await openInputs(inputs, options, io, opening);
  if (options.config !== undefined)
    artifacts.push(...(await openInputs([options.config], { as: ['kconfig'] }, io, opening)));
  if (options['kernel-source'] !== undefined) {
    const { openKernelSource } = await import('../../inputs/kernel-source.ts');
    artifacts.push(...(await openKernelSource(options['kernel-source'], io, opening)));
  }
  const verdicts: { readonly name: string | undefined; readonly verdict: Verdict }[] = [];
  const all = new DiagnosticList();
  for (const machine of selectMachines(artifacts, options.select)) {
    const sink = new DiagnosticList();
    for (const diagnostic of [...opening.all, ...machine.findings]) sink.add(diagnostic);
    const verdict = await verdictOf(machine, options, io, sink);
    if (!readNothing(verdict, sink)) verdicts.push({ name: machine.name, verdict });
    for (const diagnostic of verdicts.length > 1 ? sink.all.slice(opening.all.length) : sink.all)
      all.add(diagnostic);
  }
  if (verdicts.length === 0) {
    await printNoAnswer(inputs, all.all, options, io);
    return EXIT_ERROR;
  }
  const reports = verdicts.map(({ verdict, name }) =>
    reportOf(verdict, name, options.full === true || options.matrix === true),
  );
  if (options['reply-to'] !== undefined) {
    const { printReply } = await import('../../inputs/answered.ts');
    const about = verdicts.flatMap(({ verdict }) => verdict.pool.map(({ origin }) => origin.span));
    await printReply(options['reply-to'], reports, about, options, io);
    return 0;
  }
  await printMachines(
    reports,
    verdicts.length === 1 ? verdicts[0]!.verdict.diagnostics : all.all,
    options,
    io,
  );
  if (!options['exit-code']) return 0;
  // Of several the worst: 1 is told before 3.
  const statuses = verdicts.map(({ verdict }) => ANSWER_STATUS[verdict.answer]);
  return statuses.includes(ANSWER_STATUS.needed) ? ANSWER_STATUS.needed : Math.max(...statuses);
}

/** The line itself, or the file of a patch that adds one. Throws {@link CommandError} when it is neither. */
async function kconfigLine(text: string, { cwd }: Io): Promise<KconfigLine> {
  const { kconfigChange, parseKconfigLine } = await import('../../../linux/kconfig/line.ts');
  const file = resolve(cwd, text);
  if (existsSync(file)) {
    const { added } = kconfigChange((await readFile(file)).toString('latin1'), 'SYSFB');
    const [only, ...others] = added;
    if (only === undefined) throw new CommandError(`--kconfig-line: ${text} adds no line about SYSFB`);
    if (others.length > 0)
      throw new CommandError(
        `--kconfig-line: ${text} adds ${added.length} lines about SYSFB`,
        `give one of them: ${added.map((line) => `'${line.text}'`).join(', ')}`,
      );
    return only;
  }
  const line = parseKconfigLine(text);
  if (typeof line === 'string') throw new CommandError(`--kconfig-line: ${line}`);
  return line;
}

export const command = defineCommand({
  name: 'sysfb',
  operands: 'INPUT...',
  minimumInputs: 1,
  description:
    'Does a kernel on this machine need CONFIG_SYSFB? VMBus hands out MMIO space; without CONFIG_SYSFB it may hand out ' +
    'the part in which the framebuffer lies. The answer names the windows, the rules and the assumptions it rests on.',
  options: {
    ...INPUT_OPTIONS,
    ...MACHINE_OPTIONS,
    ...KERNEL_OPTIONS,
    ...OUTPUT_OPTIONS,
    ...MAP_OPTION,
    format: formatOption(MAP_FORMATS),
    'kernel-source': {
      type: 'string',
      repeat: true,
      value: 'PATH',
      describe: "The kernel's source tree, or vmbus_drv.c and Kconfig of it: shows which changes it has",
      group: 'The kernel:',
    },
    'kconfig-line': {
      type: 'string',
      value: 'LINE',
      describe:
        "A line proposed for Kconfig, 'select SYSFB if EFI', or a patch that adds one: which of the given configurations get SYSFB",
      group: 'The kernel:',
    },
    matrix: {
      type: 'boolean',
      describe: 'Add the what-if table: each release with CONFIG_SYSFB off and on, and without CONFIG_EFI',
      group: 'Output:',
    },
    full: {
      type: 'boolean',
      describe: 'Print all: derivations, every piece of evidence, the Kconfig line, the raw data',
      group: 'Output:',
    },
    'reply-to': {
      type: 'string',
      value: 'FILE',
      describe: 'Write the short report as a reply to the message in FILE, for git send-email',
      group: 'Output:',
    },
    'exit-code': {
      type: 'boolean',
      describe: 'Exit with 0 for not-needed, 1 for needed, 3 for depends and unknown',
      group: 'Output:',
    },
  },
  examples: [
    { line: 'fwmap sysfb openhcl.dts', does: 'ask of a device tree' },
    { line: 'fwmap sysfb acpidump.txt --kernel 6.12.30', does: 'of ACPI tables and a kernel' },
    { line: 'fwmap sysfb dsdt.dat .config dmesg.txt', does: 'of everything there is about one machine' },
    { line: "echo 'ranges = <…>;' | fwmap sysfb -", does: 'of a line from a mail' },
    { line: 'fwmap sysfb u-boot.itb --select conf-1', does: 'of one machine in an image' },
    { line: 'fwmap sysfb openhcl.dts --format mail', does: 'as a reply on a list' },
    {
      line: 'fwmap sysfb thread.mbox --reply-to thread.mbox',
      does: 'with the header fields, and what it is about quoted',
    },
  ],
  async run({ inputs, options, io }) {
    if (options.format !== 'ndjson' || options.output !== undefined) return answer(inputs, options, io);
    // A long list: each input is a machine of its own, and the worst status is that of all.
    const statuses: number[] = [];
    for (const input of inputs) statuses.push(await answer([input], options, io));
    return statuses.includes(EXIT_ERROR) ? EXIT_ERROR : Math.max(...statuses);
  },
});
