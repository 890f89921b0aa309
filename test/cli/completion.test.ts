/** Completion: what the command offers, and what three real shells make of it when Tab is typed. */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMPLETION_SHELLS, completionScript } from '../../src/cli/completion/scripts.ts';
import { MAP_FORMATS } from '../../src/report/formats/render.ts';
import { run } from './fake-io.ts';
import { HAS_TERMINALS, isInstalled, Terminal } from './terminal.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const GEN2 = 'samples/gen2-dsdt.aml';

async function offered(...line: string[]): Promise<string[]> {
  const { stdout } = await run(['--complete-words', 'fwmap', ...line]);
  return stdout.split('\n').slice(0, -1);
}

describe('what is offered', () => {
  test.each<[string[], string[]]>([
    [['sy'], ['sysfb', ':files']],
    [['sysfb', '--form'], ['--format']],
    [
      ['sysfb', '--boot', ''],
      ['efi', 'bios', 'dt'],
    ],
    [['windows', '-f', 'nd'], ['ndjson']],
    [['windows', '--format=nd'], ['--format=ndjson']],
    [['--format', 'j'], ['json']],
    [['sysfb', 'board.d'], [':files']],
    [['sysfb', '--kernel', ''], []],
    [['sysfb', '--config', ''], [':files']],
    [
      ['sysfb', '--as', 'x=crs'],
      ['x=crs-hex', 'x=crs-text'],
    ],
    [['help', 'wi'], ['windows']],
    [['capture', ''], []],
    [
      ['--completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [
      ['dtc', '-I', ''],
      ['dts', 'dtb', 'fs'],
    ],
    [['dtc', '-i', ''], [':files']],
    [
      ['dtc', '-W', 'no-node_name_c'],
      ['no-node_name_chars', 'no-node_name_chars_strict'],
    ],
    [
      ['explain', 'acpi/set-w'],
      ['acpi/set-width', ':files'],
    ],
    [
      ['windows', GEN2, '--set', 'MG'],
      ['MG2B=', 'MG2L='],
    ],
    [['windows', GEN2, '--set', 'MG2B=0', '--set=HMIL'], ['--set=HMIL=']],
    [['windows', GEN2, '--set', 'MG2B='], []],
    [['windows', GEN2, '--memory', ''], [':files']],
    // samples/gen2-dsdt.asl: OperationRegion (MGMT, SystemMemory, 0xf7fd9000, …), four fields of 32 bits.
    [
      ['windows', GEN2, '--memory', 'page.bin@'],
      [0, 4, 8, 12].map((at) => `page.bin@0x${(0xf7fd9000 + at).toString(16)}`),
    ],
    [['windows', 'samples/openhcl-vtl2.dts', '--set', ''], []],
    [['windows', 'no-such-file', '--set', ''], []],
  ])('fwmap %j', async (line, expected) => {
    expect((await offered(...line)).sort()).toEqual([...expected].sort());
  });

  test('dtc has its own options, not those of others', async () => {
    const options = await offered('dtc', '-');
    for (const option of ['-I', '-O', '--in-format', '--symbols', '-@']) expect(options).toContain(option);
    for (const option of ['--format', '--set', '--kernel']) expect(options).not.toContain(option);
  });

  test.each(COMPLETION_SHELLS)('%s has a script that asks for words', async (shell) => {
    const { stdout } = await run(['--completion', shell]);
    expect(stdout).toContain('fwmap --complete-words');
  });
});

describe('in a shell', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fwmap-shells-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const bin = join(folder, 'bin');
  const work = join(folder, 'work');
  const env = { PATH: `${bin}:${process.env.PATH}`, HOME: folder };
  beforeAll(() => {
    for (const name of [bin, work, join(folder, 'functions')]) mkdirSync(name);
    writeFileSync(
      join(bin, 'fwmap'),
      `#!/bin/sh\nexec '${process.execPath}' --import '${join(ROOT, 'node_modules/tsx/dist/loader.mjs')}' '${join(ROOT, 'src/cli/main.ts')}' "$@"\n`,
    );
    chmodSync(join(bin, 'fwmap'), 0o755);
    writeFileSync(join(work, 'json.dts'), '');
    writeFileSync(join(work, 'board.dts'), '');
    copyFileSync(join(ROOT, GEN2), join(work, 'gen2.aml'));
    writeFileSync(join(folder, 'completion.bash'), completionScript('bash'));
    writeFileSync(join(folder, 'functions', '_fwmap'), completionScript('zsh'));
    writeFileSync(join(folder, 'completion.fish'), completionScript('fish'));
  });

  /** A line and Tab: what the line becomes. Several candidates are listed by a second Tab. */
  const COMPLETED: [string, string][] = [
    ['fwmap wind', 'fwmap windows '],
    ['fwmap sysfb --form', 'fwmap sysfb --format '],
    ['fwmap sysfb x --format js', 'fwmap sysfb x --format json '],
    ['fwmap sysfb x --format=mark', 'fwmap sysfb x --format=markdown '],
    ['fwmap sysfb boa', 'fwmap sysfb board.dts '],
    ['fwmap sysfb x --config boa', 'fwmap sysfb x --config board.dts '],
    ['fwmap windows gen2.aml --set MG2B', 'fwmap windows gen2.aml --set MG2B='],
    ['fwmap windows gen2.aml --memory x@0xf7fd900c', 'fwmap windows gen2.aml --memory x@0xf7fd900c '],
    ['fwmap dtc --in-f', 'fwmap dtc --in-format '],
    ['fwmap help simu', 'fwmap help simulate '],
  ];

  describe.each([
    ['bash', 'bash --noprofile --norc -i', (): string => `. '${folder}/completion.bash'`],
    [
      'zsh',
      'zsh -f -i',
      // As a newcomer has it: the file in a folder of fpath, and compinit.
      (): string => `fpath=('${folder}/functions' $fpath); autoload -U compinit; compinit -u -D`,
    ],
  ])('%s', (shell, command, load) => {
    const ready = HAS_TERMINALS && isInstalled(shell);
    let terminal: Terminal;
    test.skipIf(!ready)(
      `completes at the first Tab (skipped without ${shell} and script)`,
      async () => {
        terminal = new Terminal(command, {
          env: { ...env, PS1: '$ ', TERM: 'dumb' },
          cwd: work,
          columns: 200,
        });
        try {
          terminal.type(`${load()}; echo lo''aded\r`);
          await terminal.until(/loaded\n/);
          for (const [line, expected] of COMPLETED) {
            terminal.type(`${line}\t`);
            await terminal.until(new RegExp(expected.replace(/[.*+?^$()[\]{}|\\]/g, '\\$&')));
            terminal.type('\x15');
          }
        } finally {
          terminal.close();
        }
      },
      120_000,
    );

    test.skipIf(!ready)(
      'no file is among the values of --format',
      async () => {
        terminal = new Terminal(command, {
          env: { ...env, PS1: '$ ', TERM: 'dumb' },
          cwd: work,
          columns: 200,
        });
        try {
          terminal.type(`${load()}; echo lo''aded\r`);
          await terminal.until(/loaded\n/);
          terminal.type('fwmap sysfb x --format \t\t');
          const listed = await terminal.until(/text/);
          await new Promise((resolve) => setTimeout(resolve, 500));
          const all = listed + terminal.text.slice(terminal.text.lastIndexOf(listed) + listed.length);
          for (const format of ['json', 'mail', 'markdown', 'ndjson']) expect(all).toContain(format);
          expect(all).not.toContain('json.dts');
          expect(all).not.toContain('board.dts');
        } finally {
          terminal.close();
        }
      },
      120_000,
    );
  });

  test.skipIf(!isInstalled('fish'))(
    'fish completes (skipped without fish)',
    () => {
      for (const [line, expected] of COMPLETED) {
        // `complete -C` gives what Tab would, one a line.
        const found = execFileSync(
          'fish',
          ['--no-config', '-c', `source '${folder}/completion.fish'; complete -C '${line}'`],
          { cwd: work, env, encoding: 'utf8' },
        );
        const last = expected.trimEnd().split(' ').at(-1);
        expect([line, found.split('\n')[0]?.split('\t')[0]]).toEqual([line, last]);
      }
      const formats = execFileSync(
        'fish',
        ['--no-config', '-c', `source '${folder}/completion.fish'; complete -C 'fwmap sysfb x --format '`],
        { cwd: work, env, encoding: 'utf8' },
      );
      expect(formats.trimEnd().split('\n').sort()).toEqual([...MAP_FORMATS].sort());
    },
    120_000,
  );
});
