import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../src/cli/commands.ts';
import { parseQuickly } from '../../../src/cli/common/arguments.ts';
import { CommandError } from '../../../src/cli/common/command-error.ts';
import { InputFiles } from '../../../src/cli/common/input-files.ts';
import type { Io } from '../../../src/cli/common/io.ts';
import { PROCESS_OPTIONS } from '../../../src/cli/common/options.ts';
import { NO_PROGRESS } from '../../../src/cli/progress/progress.ts';
import { readWithYargs } from '../../../src/cli/yargs.ts';

/** No terminal, and nothing piped in. */
const IO: Io = {
  stdout: { write: () => {}, isTerminal: () => false },
  stderr: { write: () => {}, isTerminal: () => false },
  readStdin: async () => new Uint8Array(),
  isPiped: () => false,
  columns: async () => undefined,
  rows: async () => undefined,
  env: {},
  inputs: new InputFiles(),
  progress: NO_PROGRESS,
  cwd: '/',
};

/** Pieces of command lines, right ones and wrong ones. */
const words = fc.constantFrom(
  '--format',
  '--format=json',
  'json',
  'text',
  '-f',
  '-fjson',
  '--set',
  'A=1',
  '--set=B=0x2',
  '--exit-code',
  '--exit-code=no',
  '-I',
  'dir',
  '-Idir',
  '--kernel',
  '6.12',
  '1e3',
  '0x10',
  '-',
  '--',
  '-x',
  '--nosuch',
  '--no-color',
  '--color=always',
  'board.dtb',
  '<0x0f 0xf0000000>',
  '--output=',
  '-o',
  'out.txt',
  'windows',
);

describe('the quick parser and yargs', () => {
  test('read every line alike that the quick one takes', async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...COMMANDS.filter((row) => ['sysfb', 'windows', 'explain'].includes(row.name))),
        fc.array(words, { maxLength: 7 }),
        async (row, line) => {
          const command = await row.load();
          const quick = parseQuickly(line, { ...PROCESS_OPTIONS, ...command.options }, command.minimumInputs);
          if (quick === undefined) return;
          taken += 1;
          const slow = await readWithYargs([row.name, ...line], IO);
          if ('print' in slow) throw new Error(`yargs prints ${slow.print}`);
          expect(slow.command.name).toBe(row.name);
          expect(slow.inputs).toEqual(quick.inputs);
          expect({ ...slow.options }).toEqual({ ...quick.options });
        },
      ),
      { numRuns: 500 },
    );
    // About a fifth of the random lines is well-formed; far fewer would be a test that tests nothing.
    expect(taken).toBeGreaterThan(30);
  });

  test('yargs rejects what the quick one leaves to it, or prints help', async () => {
    const refused: [string[], RegExp][] = [
      [['sysfb'], /no input given/],
      [['sysfb', '--formt', 'json', 'x'], /unknown option --formt/],
      [['sysfb', '--format', 'jsn', 'x'], /jsn/],
      [['sysfb', '--format', 'json', '--format', 'text', 'x'], /--format is given more than once/],
      [['sysfb', 'x', '--format'], /format/],
      [['sysfb', 'x', '--output', ''], /output/],
      [['--no-such-option', 'x'], /unknown option --no-such-option/],
    ];
    for (const [line, message] of refused)
      await expect(readWithYargs(line, IO), line.join(' ')).rejects.toThrow(message);
    await expect(readWithYargs(['sysfb', '--formt', 'x'], IO)).rejects.toMatchObject({
      hint: 'did you mean --format?',
    });
    await expect(readWithYargs(['sysfb'], IO)).rejects.toBeInstanceOf(CommandError);
  });

  test('a command may come after options', async () => {
    const reading = await readWithYargs(['--format', 'json', 'windows', 'x'], IO);
    expect('command' in reading && reading.command.name).toBe('windows');
    expect('command' in reading && reading.inputs).toEqual(['x']);
  });
});
