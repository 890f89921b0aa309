/** Completion: what the command offers, and what three real shells make of it when Tab is typed. */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  COMPLETION_SHELLS,
  type CompletionShell,
  completionScript,
} from '../../../src/cli/completion/scripts.ts';
import { MAP_FORMATS } from '../../../src/report/formats/render.ts';
import { run } from '../fake-io.ts';
import { HAS_TERMINALS, isInstalled, Terminal } from '../terminal.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
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

/** A line and Tab: what the line becomes. Several candidates are listed by a second Tab. */
const COMPLETED: readonly (readonly [string, string])[] = [
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

const folder = mkdtempSync(join(tmpdir(), 'fwmap-shells-'));
afterAll(() => rmSync(folder, { recursive: true }));
const work = join(folder, 'work');
const env = { PATH: `${join(folder, 'bin')}:${process.env.PATH}`, HOME: folder };

/** A shell with a completion script loaded as a newcomer loads it; each check throws where it does not hold. */
interface Shell {
  completes(line: string, expected: string): Promise<void>;
  listsFormatsAlone(): Promise<void>;
}

interface Loading {
  readonly script: string;
  /** Milliseconds that an answer is waited for. */
  readonly patience?: number;
}

/** Bash and zsh take Tab from a terminal. */
async function inTerminal(
  start: string,
  load: string,
  { patience }: Loading,
  check: (shell: Shell) => Promise<void>,
): Promise<void> {
  const terminal = new Terminal(start, {
    env: { ...env, PS1: '$ ', TERM: 'dumb' },
    cwd: work,
    columns: 200,
    ...(patience === undefined ? {} : { patience }),
  });
  try {
    terminal.type(`${load}; echo lo''aded\r`);
    await terminal.until(/loaded\n/);
    await check({
      async completes(line, expected) {
        terminal.type(`${line}\t`);
        await terminal.until(new RegExp(expected.replace(/[.*+?^$()[\]{}|\\]/g, '\\$&')));
        terminal.type('\x15');
      },
      async listsFormatsAlone() {
        terminal.type('fwmap sysfb x --format \t\t');
        const listed = await terminal.until(/text/);
        await new Promise((resolve) => setTimeout(resolve, 500));
        const all = listed + terminal.text.slice(terminal.text.lastIndexOf(listed) + listed.length);
        for (const format of ['json', 'mail', 'markdown', 'ndjson']) expect(all).toContain(format);
        expect(all).not.toContain('json.dts');
        expect(all).not.toContain('board.dts');
      },
    });
  } finally {
    terminal.close();
  }
}

/** `complete -C` gives what Tab would, one a line. */
function fishOffers(file: string, line: string): string[] {
  const found = execFileSync('fish', ['--no-config', '-c', `source '${file}'; complete -C '${line}'`], {
    cwd: work,
    env,
    encoding: 'utf8',
  });
  return found.split('\n').flatMap((each) => (each === '' ? [] : [each.split('\t')[0]!]));
}

const SHELLS: Readonly<
  Record<CompletionShell, (loading: Loading, check: (shell: Shell) => Promise<void>) => Promise<void>>
> = {
  bash: async (loading, check) => {
    const file = join(folder, 'completion.bash');
    writeFileSync(file, loading.script);
    await inTerminal('bash --noprofile --norc -i', `. '${file}'`, loading, check);
  },
  // The file is in a folder of fpath, and compinit has run.
  zsh: async (loading, check) => {
    const functions = join(folder, 'functions');
    writeFileSync(join(functions, '_fwmap'), loading.script);
    const load = `fpath=('${functions}' $fpath); autoload -U compinit; compinit -u -D`;
    await inTerminal('zsh -f -i', load, loading, check);
  },
  fish: async ({ script }, check) => {
    const file = join(folder, 'completion.fish');
    writeFileSync(file, script);
    await check({
      async completes(line, expected) {
        expect([line, fishOffers(file, line)[0]]).toEqual([line, expected.trimEnd().split(' ').at(-1)]);
      },
      async listsFormatsAlone() {
        expect(fishOffers(file, 'fwmap sysfb x --format ').sort()).toEqual([...MAP_FORMATS].sort());
      },
    });
  },
};

/** One change of a script each, which a check has to see. */
const FAULTS: readonly (readonly [CompletionShell, string, (script: string) => string, keyof Shell])[] = [
  ...COMPLETION_SHELLS.flatMap((shell): (typeof FAULTS)[number][] => [
    [
      shell,
      'the command is asked wrongly',
      (text) => text.replace('--complete-words', '--words'),
      'completes',
    ],
    [
      shell,
      'files are among formats',
      (text) =>
        shell === 'fish' ? text.replace('-c fwmap -f', '-c fwmap') : text.replace(/files=$/m, 'files=1'),
      'listsFormatsAlone',
    ],
  ]),
  [
    'zsh',
    'the first Tab only defines the function',
    (text) => text.replace(/^if \[\[ \$funcstack[\s\S]*/m, 'compdef _fwmap fwmap\n'),
    'completes',
  ],
];
/** Milliseconds after which an answer that a planted fault keeps away is no more waited for. */
const FAULT_PATIENCE = 3000;

describe.each(COMPLETION_SHELLS)('%s', (shell) => {
  const ready = isInstalled(shell) && (shell === 'fish' || HAS_TERMINALS);
  const inShell = SHELLS[shell];
  beforeAll(() => {
    for (const name of ['bin', 'work', 'functions']) mkdirSync(join(folder, name), { recursive: true });
    const program = join(folder, 'bin', 'fwmap');
    writeFileSync(
      program,
      `#!/bin/sh\nexec '${process.execPath}' --import '${join(ROOT, 'node_modules/tsx/dist/loader.mjs')}' '${join(ROOT, 'src/cli/main.ts')}' "$@"\n`,
    );
    chmodSync(program, 0o755);
    for (const name of ['json.dts', 'board.dts']) writeFileSync(join(work, name), '');
    copyFileSync(join(ROOT, GEN2), join(work, 'gen2.aml'));
  });

  test.skipIf(!ready)(
    `completes at the first Tab (skipped without ${shell}, and script for a terminal)`,
    () =>
      inShell({ script: completionScript(shell) }, async (at) => {
        for (const [line, expected] of COMPLETED) await at.completes(line, expected);
      }),
    120_000,
  );

  test.skipIf(!ready)(
    'no file is among the values of --format',
    () => inShell({ script: completionScript(shell) }, (at) => at.listsFormatsAlone()),
    120_000,
  );

  test.skipIf(!ready).each(FAULTS.filter(([of]) => of === shell))(
    'with a fault planted the check of %s fails: %s',
    async (_shell, _name, change, check) => {
      const whole = completionScript(shell);
      const script = change(whole);
      expect(script).not.toBe(whole);
      const fails = inShell({ script, patience: FAULT_PATIENCE }, (at) =>
        check === 'completes' ? at.completes(...COMPLETED[0]!) : at.listsFormatsAlone(),
      );
      await expect(fails).rejects.toThrow();
    },
    60_000,
  );
});
