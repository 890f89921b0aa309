/** `fwmap at ADDRESS INPUT...` */
import { atReport } from '../../../report/subjects/at.ts';
import type { Asked } from '../../../verdict/address/claims.ts';
import { answerAt } from '../../../verdict/answer.ts';
import { defineCommand } from '../../common/command.ts';
import { CommandError } from '../../common/command-error.ts';
import { QUESTION_OPTIONS } from '../../common/question-options.ts';
import { answerMachines } from '../../inputs/answer.ts';

/** `0xf8000000`, `f8000000`, `io:0xcf8`, `f8000000-fbffffff`, `[mem 0xf8000000-0xfbffffff 64bit]` */
const FORM =
  /^\[?\s*(?:(mem|io)(?::\s*|\s+))?(?:0x)?([0-9a-f]{1,16})(?:-(?:0x)?([0-9a-f]{1,16}))?(?:\s[^\]]*)?\]?$/i;

/** The last port of any architecture, as the kernel numbers them. */
const LAST_PORT = 0xff_ffffn;

function parseAddress(text: string): Asked {
  const match = FORM.exec(text.trim());
  if (match === null)
    throw new CommandError(
      `${text} is not an address`,
      'it comes first: 0xf8000000, f8000000-fbffffff, io:0xcf8 or "[mem 0xf8000000-0xfbffffff]"',
    );
  const start = BigInt(`0x${match[2]}`);
  const last = match[3] === undefined ? start : BigInt(`0x${match[3]}`);
  const space = match[1]?.toLowerCase() === 'io' ? 'io' : 'memory';
  if (last < start) throw new CommandError(`${text}: the range ends before it starts`);
  if (space === 'io' && last > LAST_PORT)
    throw new CommandError(`${text}: there is no such port`, 'ports are 0x0 to 0xffffff');
  return { space, start, last };
}

export const command = defineCommand({
  name: 'at',
  operands: 'ADDRESS INPUT...',
  minimumInputs: 2,
  description:
    'Who claims this address: windows and registers of devices, RAM, reservations, memory maps, /proc/iomem, BARs, the ' +
    'framebuffer, what Linux gives its PCI host bridges and VMBus; each with its source, its condition, and whether Linux ' +
    'uses it. ADDRESS is hexadecimal, as in a log, or a range: f8000000, 0xf8000000-0xfbffffff, ' +
    '"[mem 0xf8000000-0xfbffffff]"; ports are io:0xcf8.',
  options: {
    ...QUESTION_OPTIONS,
    all: {
      type: 'boolean',
      describe: 'List each claim on its own line, also where several are alike',
      group: 'Output:',
    },
  },
  examples: [
    { line: 'fwmap at 0xfed40000 acpidump.txt', does: 'in ACPI tables' },
    {
      line: 'fwmap at f8000000-fbffffff tables/ dmesg.txt iomem.txt lspci.txt',
      does: 'in everything there is about one machine',
    },
    { line: 'fwmap at io:0x3f8 board.dtb', does: 'a port' },
  ],
  run: ({ inputs, options, io }) => {
    const [address, ...files] = inputs;
    const asked = parseAddress(address!);
    return answerMachines(files, options, io, {
      engine: 'compileSparingly',
      answer: (artifacts, given, sink) => answerAt(artifacts, { ...given, asked }, sink),
      found: ({ claims }) => claims.length,
      report: (answer) => atReport(answer, { all: options.all === true }),
    });
  },
});
