/** Options that several commands share, by subject. A command takes the groups that apply to it. */
import { KIND_NAMES } from '../../artifact/kinds.ts';
import type { OptionTable } from './command.ts';
import { LOG_LEVELS } from './log.ts';

/** Every command has these. */
export const PROCESS_OPTIONS = {
  'log-level': {
    type: 'string',
    choices: LOG_LEVELS,
    value: 'LEVEL',
    describe: 'Log to standard error, as JSON lines',
    group: 'General:',
  },
  limit: {
    type: 'string',
    repeat: true,
    value: 'NAME=VALUE',
    describe: 'Set a limit, such as unpacked-bytes=1G; the message about a limit names it',
    group: 'General:',
  },
} as const satisfies OptionTable;

/** How inputs are opened and read. */
export const INPUT_OPTIONS = {
  as: {
    type: 'string',
    repeat: true,
    value: '[FILE=]KIND',
    describe:
      'Read FILE as this kind instead of detecting it; without FILE= the input, or of several inputs those that are ' +
      `not recognised. Kinds: ${KIND_NAMES.join(', ')}`,
    group: 'Reading inputs:',
  },
  live: {
    type: 'boolean',
    describe: 'Read this machine too, with the script that fwmap capture prints; run it as root to read all',
    group: 'Reading inputs:',
  },
  'include-root': {
    type: 'string',
    repeat: true,
    value: 'DIR',
    describe: 'Folder that included files may come from (default: the folder of the input)',
    group: 'Reading inputs:',
  },
  include: {
    type: 'string',
    repeat: true,
    alias: 'I',
    value: 'DIR',
    describe: 'Search this folder for included files',
    group: 'Reading inputs:',
  },
  define: {
    type: 'string',
    repeat: true,
    alias: 'D',
    value: 'NAME[=VALUE]',
    describe: 'Define a macro for the preprocessor of device tree source',
    group: 'Reading inputs:',
  },
  overlay: {
    type: 'string',
    repeat: true,
    value: 'FILE',
    describe: 'Apply this overlay, source or blob, to the device tree first',
    group: 'Reading inputs:',
  },
  base: {
    type: 'string',
    repeat: true,
    value: 'FILE|REV:PATH',
    describe: 'File that a patch among the inputs applies to, also from a git revision',
    group: 'Reading inputs:',
  },
  select: {
    type: 'string',
    value: 'NAME',
    describe: 'Take this one of the machines in an image, an archive or a folder',
    group: 'Reading inputs:',
  },
  cells: {
    type: 'string',
    value: 'CHILD,PARENT,SIZE',
    describe: 'Cell counts of a fragment that does not give them',
    group: 'Reading inputs:',
  },
} as const satisfies OptionTable;

/** What only the running machine knows. */
export const MACHINE_OPTIONS = {
  set: {
    type: 'string',
    repeat: true,
    value: 'NAME=VALUE',
    describe: 'Value of a firmware field: MG2B=0xf8000000',
    group: 'The machine:',
  },
  memory: {
    type: 'string',
    repeat: true,
    value: 'FILE@ADDRESS',
    describe: 'Dump of physical memory that starts at this address',
    group: 'The machine:',
  },
  'host-tree': {
    type: 'string',
    value: 'FILE',
    describe:
      'Device tree that the host gives an OpenHCL guest; its boot shim chooses the ranges of VTL 2 from it',
    group: 'The machine:',
  },
  assume: {
    type: 'string',
    choices: ['zero', 'ones'],
    value: 'zero|ones',
    describe: 'Let unknown firmware fields read as zeros or ones, as a simulator would',
    group: 'The machine:',
  },
  osi: {
    type: 'string',
    repeat: true,
    value: 'NAME',
    describe:
      "Strings that _OSI supports: +NAME adds one, !NAME or -NAME removes one, NAME,NAME replaces Linux' list",
    group: 'The machine:',
  },
} as const satisfies OptionTable;

/** The kernel that the question is about, and how it boots. */
export const KERNEL_OPTIONS = {
  kernel: {
    type: 'string',
    value: 'RELEASE',
    describe: 'Kernel release: 6.12.30',
    group: 'The kernel:',
  },
  config: {
    type: 'string',
    value: 'FILE',
    describe: "The kernel's .config",
    group: 'The kernel:',
  },
  'with-commit': {
    type: 'string',
    repeat: true,
    value: 'ID',
    describe: 'The kernel has this commit, whatever its release',
    group: 'The kernel:',
  },
  'without-commit': {
    type: 'string',
    repeat: true,
    value: 'ID',
    describe: 'The kernel lacks this commit',
    group: 'The kernel:',
  },
  boot: {
    type: 'string',
    choices: ['efi', 'bios', 'dt'],
    value: 'efi|bios|dt',
    describe: 'How it boots (default: what the inputs show)',
    group: 'The kernel:',
  },
  vtl: {
    type: 'string',
    value: 'N',
    describe: 'Virtual trust level it runs in',
    group: 'The kernel:',
  },
  framebuffer: {
    type: 'string',
    value: 'BASE+SIZE',
    describe: 'Where the framebuffer is: 0xf8000000+0x800000',
    group: 'The kernel:',
  },
} as const satisfies OptionTable;

/** For commands that only need to know the release of the kernel. */
export const RELEASE_OPTION = { kernel: KERNEL_OPTIONS.kernel } as const satisfies OptionTable;

/** For commands whose exit status can carry the answer. @param describe what each status means */
export const exitCodeOption = (describe: string) =>
  ({ 'exit-code': { type: 'boolean', describe, group: 'Output:' } }) as const satisfies OptionTable;

/** Where the result goes. */
export const OUTPUT_OPTIONS = {
  output: {
    type: 'string',
    alias: 'o',
    value: 'FILE',
    describe: 'Write to this file, atomically, instead of standard output',
    group: 'Output:',
  },
  color: {
    type: 'string',
    choices: ['auto', 'always', 'never'],
    value: 'auto|always|never',
    describe: 'Colours (default: on a terminal, unless NO_COLOR is set)',
    group: 'Output:',
  },
  'no-pager': {
    type: 'boolean',
    describe: 'Do not pipe long output into PAGER',
    group: 'Output:',
  },
} as const satisfies OptionTable;

/** For commands whose reports have an address map. */
export const MAP_OPTION = {
  map: {
    type: 'boolean',
    describe: 'Also draw the address map (--format svg makes a picture of it)',
    group: 'Output:',
  },
} as const satisfies OptionTable;

/** `--format` with the formats of a command; the first is the default. */
export function formatOption<const F extends readonly string[]>(formats: F) {
  return {
    type: 'string',
    alias: 'f',
    choices: formats,
    value: 'FORMAT',
    describe: `Output format: ${formats.join(', ')}`,
    group: 'Output:',
  } as const;
}
