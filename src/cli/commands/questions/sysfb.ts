/** `fwmap sysfb`, and plain `fwmap` */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { moreThan } from '../../../limits/limits.ts';
import type { KconfigLine } from '../../../linux/kconfig/line.ts';
import { sysfbReport } from '../../../report/subjects/sysfb/report.ts';
import { answerSysfb } from '../../../verdict/answer.ts';
import type { SysfbOptions } from '../../../verdict/sysfb/kconfig.ts';
import { sysfbFound, type Verdict } from '../../../verdict/sysfb/verdict.ts';
import { CommandError, defineCommand } from '../../common/command.ts';
import type { Io } from '../../common/io.ts';
import { exitCodeOption } from '../../common/options.ts';
import { QUESTION_OPTIONS } from '../../common/question-options.ts';
import { writeResult } from '../../common/result.ts';
import { answerMachines } from '../../inputs/answer.ts';
import { VERSION } from '../../version.ts';

/** Exit statuses of `--exit-code`. */
const ANSWER_STATUS: Record<Verdict['answer'], number> = {
  'not-needed': 0,
  needed: 1,
  depends: 3,
  unknown: 3,
};

/** Formats that show every window, also those that the answer doesn't depend on. */
const LISTING: ReadonlySet<string> = new Set(['json', 'ndjson', 'html', 'svg']);

/** The line itself, or the file of a patch that adds one. Throws {@link CommandError} when it is neither. */
async function kconfigLine(text: string, { cwd }: Io): Promise<KconfigLine> {
  const { kconfigChange, parseKconfigLine } = await import('../../../linux/kconfig/line.ts');
  const file = resolve(cwd, text);
  if (existsSync(file)) {
    const { added } = kconfigChange(readFileSync(file, 'latin1'), 'SYSFB', () => {
      throw new CommandError(`--kconfig-line: ${text} has ${moreThan('patch-hunks')}`);
    });
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
    'the part that holds the framebuffer. The answer names the windows, the rules and the assumptions behind it.',
  options: {
    ...QUESTION_OPTIONS,
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
        "A line proposed for Kconfig, such as 'select SYSFB if EFI', or a patch that adds one: shows which of the given configurations it enables SYSFB in",
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
    interactive: {
      type: 'boolean',
      describe:
        'With --format html: an interactive page that contains fwmap and the inputs; its reader can change what is given',
      group: 'Output:',
    },
    'reply-to': {
      type: 'string',
      value: 'FILE',
      describe: 'Write the short report as a reply to the message in FILE, for git send-email',
      group: 'Output:',
    },
    ...exitCodeOption('Exit with 0 for not-needed, 1 for needed, 3 for depends and unknown'),
  },
  examples: [
    { line: 'fwmap sysfb openhcl.dts', does: 'of a device tree' },
    { line: 'fwmap sysfb acpidump.txt --kernel 6.12.30', does: 'of ACPI tables and a kernel' },
    { line: 'fwmap sysfb dsdt.dat .config dmesg.txt', does: 'of everything there is about one machine' },
    { line: "echo 'ranges = <…>;' | fwmap sysfb -", does: 'of a line from a mail' },
    { line: 'fwmap sysfb u-boot.itb --select conf-1', does: 'of one machine in an image' },
    { line: 'fwmap sysfb openhcl.dts --format mail', does: 'as a reply on a list' },
    {
      line: 'fwmap sysfb acpidump.txt --format html --interactive -o guest.html',
      does: 'as an interactive page',
    },
    {
      line: 'fwmap sysfb thread.mbox --reply-to thread.mbox',
      does: 'as a whole reply, with header fields and the lines in question quoted',
    },
  ],
  run: async ({ inputs, options, io }) => {
    if (options.interactive === true) {
      if (options.format !== undefined && options.format !== 'html')
        throw new CommandError(
          `--interactive does not work with --format ${options.format}`,
          'use --format html',
        );
      const { pageOfInputs } = await import('../../page/asked.ts');
      writeResult(await pageOfInputs(inputs, options, io), options, io);
      return 0;
    }
    const line = options['kconfig-line'];
    const sysfb: SysfbOptions = line === undefined ? {} : { kconfigLine: await kconfigLine(line, io) };
    const sources = options['kernel-source'];
    const replyTo = options['reply-to'];
    const full = options.full === true || options.matrix === true;
    const judgedOnly = options.map !== true && !LISTING.has(options.format ?? 'text');
    return answerMachines<Verdict>(inputs, options, io, {
      engine: 'compileLate',
      ...(sources === undefined
        ? {}
        : {
            openMore: async (sink) =>
              (await import('../../inputs/kernel-source.ts')).openKernelSource(sources, io, sink),
          }),
      answer: (artifacts, given, sink) => answerSysfb(artifacts, { ...given, sysfb, judgedOnly }, sink),
      found: sysfbFound,
      report: (verdict) => sysfbReport(verdict, { full, version: VERSION }),
      status: ({ answer }) => ANSWER_STATUS[answer],
      ...(replyTo === undefined
        ? {}
        : {
            print: async (reports, verdicts) => {
              const { printReply } = await import('../../inputs/answered.ts');
              const about = verdicts.flatMap(({ pool }) => pool.map(({ origin }) => origin.span));
              await printReply(replyTo, reports, about, options, io);
            },
          }),
    });
  },
});
