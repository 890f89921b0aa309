/** The commands there are. A new one is a row here and a file in a folder of `commands/`. */
import type { Command } from './common/command.ts';
import type { Io } from './common/io.ts';

export interface CommandRow {
  readonly name: string;
  readonly summary: string;
  /** Imports the command's module; done only when it runs or its help is asked for. */
  readonly load: () => Promise<Command>;
}

/** A command with its own option parser, which gets its arguments as they were given. */
export interface RawCommandRow {
  readonly name: string;
  readonly summary: string;
  readonly loadRaw: () => Promise<(argv: readonly string[], io: Io) => Promise<number>>;
}

export const COMMANDS: readonly CommandRow[] = [
  {
    name: 'sysfb',
    summary: 'Does a kernel on this machine need CONFIG_SYSFB?',
    load: async () => (await import('./commands/questions/sysfb.ts')).command,
  },
  {
    name: 'bridges',
    summary: 'The windows that Linux gives the PCI host bridges, and what it drops or changes',
    load: async () => (await import('./commands/questions/bridges.ts')).command,
  },
  {
    name: 'at',
    summary: 'Who claims an address',
    load: async () => (await import('./commands/questions/at.ts')).command,
  },
  {
    name: 'windows',
    summary: 'The address windows that the firmware describes',
    load: async () => (await import('./commands/descriptions/windows.ts')).command,
  },
  {
    name: 'resources',
    summary: 'Every reg, ranges and dma-ranges entry and every _CRS descriptor, decoded',
    load: async () => (await import('./commands/descriptions/resources.ts')).command,
  },
  {
    name: 'explain',
    summary: 'How an entry is read: cell by cell, descriptor byte by byte',
    load: async () => (await import('./commands/descriptions/explain.ts')).command,
  },
  {
    name: 'simulate',
    summary: 'What the VMBus driver hands out, and what lands on the framebuffer',
    load: async () => (await import('./commands/questions/simulate.ts')).command,
  },
  {
    name: 'explore',
    summary: 'Writes an interactive page: drop inputs on it and change what is given, offline',
    load: async () => (await import('./commands/questions/explore.ts')).command,
  },
  {
    name: 'diff',
    summary: 'Windows and answers that differ between two inputs, or that a patch changes',
    load: async () => (await import('./commands/questions/diff.ts')).command,
  },
  {
    name: 'scan',
    summary: 'What descriptions are inside an image',
    load: async () => (await import('./commands/inputs/scan.ts')).command,
  },
  {
    name: 'capture',
    summary: 'Prints the script that collects one machine into a tar',
    load: async () => (await import('./commands/inputs/capture.ts')).command,
  },
  {
    name: 'survey',
    summary: 'Describes and judges many machines, into tables',
    load: async () => (await import('./commands/fleet/survey.ts')).command,
  },
  {
    name: 'query',
    summary: 'Queries the tables of a survey',
    load: async () => (await import('./commands/fleet/query.ts')).command,
  },
  {
    name: 'worker',
    summary: 'Processes the shards of surveys that a queue holds',
    load: async () => (await import('./commands/fleet/worker.ts')).command,
  },
  {
    name: 'eval',
    summary: 'Evaluates an ACPI object',
    load: async () => (await import('./commands/descriptions/eval.ts')).command,
  },
  {
    name: 'asl',
    summary: 'ACPI tables as ASL text, and ASL text as tables',
    load: async () => (await import('./commands/descriptions/asl.ts')).command,
  },
];

/** Commands that replace another program and keep its options. */
export const RAW_COMMANDS: readonly RawCommandRow[] = [
  {
    name: 'dtc',
    summary: "Compiles and decompiles device trees with dtc's own options",
    loadRaw: async () => (await import('./commands/descriptions/dtc.ts')).runDtc,
  },
];

/** What runs when no command is named. */
export const DEFAULT_COMMAND = 'sysfb';

export function commandRow(name: string): CommandRow | undefined {
  return COMMANDS.find((row) => row.name === name);
}
