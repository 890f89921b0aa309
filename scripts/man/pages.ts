/** The manual pages. */
import { DESCRIPTION, EXIT_STATUSES, SUMMARY } from '../../src/cli/about.ts';
import { COMMANDS, type CommandRow, RAW_COMMANDS } from '../../src/cli/commands.ts';
import type { Command, OptionSpec, OptionTable } from '../../src/cli/common/command.ts';
import { PROCESS_OPTIONS } from '../../src/cli/common/options.ts';
import { ROWS } from '../../src/cli/dtc/options.ts';
import { VERSION } from '../../src/cli/version.ts';
import { bold, heading, inline, literal, page, placeholder, subheading, tagged } from './roff.ts';

const OTHER_OPTIONS = 'General';

function optionTerm(name: string, { alias, value, choices, type }: OptionSpec): string {
  const names = [...(alias === undefined ? [] : [bold(`-${alias}`)]), bold(`--${name}`)].join(', ');
  if (type === 'boolean') return names;
  return `${names} ${placeholder(value ?? choices?.join('|') ?? 'VALUE')}`;
}

function optionsText(table: OptionTable): string[] {
  const groups = new Map<string, [string, OptionSpec][]>();
  for (const [name, spec] of Object.entries(table)) {
    const group = (spec.group ?? OTHER_OPTIONS).replace(/:$/, '');
    groups.set(group, [...(groups.get(group) ?? []), [name, spec]]);
  }
  return [...groups].flatMap(([group, rows]) => [
    subheading(group),
    ...rows.map(([name, spec]) => {
      const once = spec.choices === undefined || spec.describe.includes(spec.choices[0]!);
      const choices = once ? '' : `; one of ${spec.choices.join(', ')}`;
      return tagged(
        optionTerm(name, spec),
        `${spec.describe}${choices}.${spec.repeat ? ' May be given several times.' : ''}`,
      );
    }),
  ]);
}

function seeAlso(...names: readonly string[]): string[] {
  return [heading('See also'), names.map((name) => `${bold(name)}(1)`).join(', ')];
}

export function programPage(): string {
  const all = [...COMMANDS, ...RAW_COMMANDS];
  return page('fwmap', VERSION, SUMMARY, [
    heading('Synopsis'),
    `${bold('fwmap')} ${placeholder('INPUT')}...`,
    '.br',
    `${bold('fwmap')} ${placeholder('COMMAND')} ${placeholder('INPUT')}... [${placeholder('options')}]`,
    heading('Description'),
    inline(DESCRIPTION),
    heading('Commands'),
    ...all.map(({ name, summary }) => tagged(`${bold(`fwmap-${name}`)}(1)`, `${summary}`)),
    heading('Options'),
    tagged(bold('--help'), 'Show help; `fwmap help COMMAND` that of a command.'),
    tagged(bold('--version'), 'Show the version.'),
    tagged(
      `${bold('--completion')} ${placeholder('SHELL')}`,
      'Print the completion script of bash, zsh or fish; where it belongs is its first line.',
    ),
    heading('Environment'),
    tagged(
      `${bold('FWMAP_PAGER')}, ${bold('PAGER')}`,
      'What a report that is longer than the terminal is shown with; empty or cat for nothing.',
    ),
    tagged(
      `${bold('NO_COLOR')}, ${bold('FORCE_COLOR')}`,
      'Whether reports are coloured, where --color does not say it.',
    ),
    tagged(bold('COLUMNS'), 'The width of reports and help.'),
    tagged(
      `${bold('XDG_CACHE_HOME')}, ${bold('NODE_DISABLE_COMPILE_CACHE')}`,
      'Where the folder fwmap with V8’s code is, else in ~/.cache, where nobody else can write to it; 1 for none.',
    ),
    heading('Exit status'),
    inline(EXIT_STATUSES),
    ...seeAlso(...all.map(({ name }) => `fwmap-${name}`)),
  ]);
}

export function commandPage(row: CommandRow, command: Command): string {
  return page(`fwmap-${row.name}`, VERSION, row.summary, [
    heading('Synopsis'),
    `${bold(`fwmap ${row.name}`)} ${placeholder(command.operands)} [${placeholder('options')}]`,
    heading('Description'),
    inline(command.description),
    heading('Options'),
    ...optionsText({ ...command.options, ...PROCESS_OPTIONS }),
    heading('Exit status'),
    inline(EXIT_STATUSES),
    ...(command.examples.length === 0 ? [] : [heading('Examples')]),
    ...command.examples.flatMap(({ line, does }) => [`.PP`, inline(`${does}:`), literal([line])]),
    ...seeAlso('fwmap'),
  ]);
}

export function dtcPage(): string {
  const { summary } = RAW_COMMANDS.find(({ name }) => name === 'dtc')!;
  return page('fwmap-dtc', VERSION, summary, [
    heading('Synopsis'),
    `${bold('fwmap dtc')} [${placeholder('options')}] ${placeholder('FILE')}`,
    heading('Description'),
    'Takes the options of ',
    `${bold('dtc')}(1), and does what that does with them. Source is read with a C preprocessor of its own.`,
    heading('Options'),
    ...ROWS.map((row) =>
      tagged(
        [
          ...('short' in row ? [bold(`-${row.short}`)] : []),
          `${bold(`--${row.long}`)}${'value' in row ? ` ${placeholder(row.value)}` : ''}`,
        ].join(', '),
        `${row.help}.`,
      ),
    ),
    ...seeAlso('fwmap', 'dtc'),
  ]);
}
