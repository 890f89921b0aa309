/** What a run opens, and what it writes to. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { processIo } from '../../../src/cli/common/io.ts';
import { hasProgram } from '../../containers/pack.ts';
import { run } from '../fake-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'fwmap-files-'));
afterAll(() => rmSync(folder, { recursive: true }));
const inside = join(folder, 'inside');
mkdirSync(inside);
mkdirSync(join(folder, 'outside'));

/** Absolute paths below `folder` for what is named. */
const COMMAND = fileURLToPath(new URL('../../../bin/fwmap.js', import.meta.url));
const isBuilt = existsSync(new URL('../../../dist/start.cjs', import.meta.url));
const at = (...parts: string[]): string => join(folder, ...parts);

writeFileSync(at('outside', 'there'), 'secret\n');
const hasPipes = hasProgram('mkfifo') && hasProgram('cat');
if (hasPipes) execFileSync('mkfifo', [at('inside', 'pipe'), at('outside', 'pipe')]);
symlinkSync('../outside/there', at('inside', 'to-there'));
symlinkSync('../outside/not-there', at('inside', 'to-nothing'));
symlinkSync('../outside', at('inside', 'to-folder'));
symlinkSync('to-nothing', at('inside', 'to-link'));
symlinkSync('/dev/zero', at('inside', 'to-zero'));

/** Every way in which a text names another file. */
const WAYS: readonly (readonly [way: string, text: (name: string) => string])[] = [
  ['board.dts', (name) => `/dts-v1/;\n#include "${name}"\n/ { };\n`],
  ['board.dts', (name) => `/dts-v1/;\n/include/ "${name}"\n/ { };\n`],
  ['board.dts', (name) => `/dts-v1/;\n/ { a = /incbin/("${name}"); };\n`],
  ['table.asl', (name) => `DefinitionBlock ("", "DSDT", 2, "A", "B", 1) { Include ("${name}") }\n`],
  ['table.asl', (name) => `#include "${name}"\nDefinitionBlock ("", "DSDT", 2, "A", "B", 1) { }\n`],
];

async function errors(way: (typeof WAYS)[number], name: string): Promise<string> {
  const path = at('inside', way[0]);
  writeFileSync(path, way[1](name));
  const { status, stderr } = await run(['windows', path]);
  expect(status).toBe(2);
  return stderr.replaceAll(name, 'NAME');
}

describe.each(WAYS.map((way) => [way[1]('FILE').replaceAll('\n', ' '), way] as const))('%s', (_, way) => {
  test('of what is outside nothing is reported, not even whether it is there', async () => {
    const told = await errors(way, '../outside/there');
    expect(told).toContain('outside of');
    for (const name of [
      '../outside/not-there',
      '../outside/pipe',
      '../outside',
      '/dev/zero',
      '/not/there',
      'to-there',
      'to-nothing',
      'to-link',
      'to-zero',
      'to-folder/there',
      'to-folder/not-there',
    ])
      expect(await errors(way, name)).toBe(told);
  });

  test('what is no file is not opened', async () => {
    if (hasPipes) expect(await errors(way, 'pipe')).toContain('Not a regular file');
    expect(await errors(way, '.')).toContain('Is a directory');
  });
});

test.skipIf(!existsSync('/dev/zero'))('a device is no source, whatever may be opened', async () => {
  writeFileSync(at('inside', 'device.dts'), '/dts-v1/;\n/include/ "/dev/zero"\n/ { };\n');
  const { stderr } = await run(['windows', at('inside', 'device.dts'), '--include-root', '/']);
  expect(stderr).toContain('Not a regular file');
});

const BOARD = at('inside', 'whole.dts');
writeFileSync(at('inside', 'part.dtsi'), '/ { #address-cells = <1>; #size-cells = <1>; };\n');
writeFileSync(BOARD, '/dts-v1/;\n/include/ "part.dtsi"\n/ { ram { reg = <0x1000 0x1000>; }; };\n');

describe('--output', () => {
  test.each<[string, (output: string) => void, string]>([
    ['the input itself', () => {}, BOARD],
    ['a second name of it', (output) => linkSync(BOARD, output), at('second.dts')],
    ['a link to it', (output) => symlinkSync(BOARD, output), at('link.dts')],
    ['what it includes', () => {}, at('inside', 'part.dtsi')],
  ])('never goes onto an input: %s', async (_, prepare, output) => {
    prepare(output);
    const before = readFileSync(output);
    const outcome = await run(['windows', BOARD, '--output', output]);
    expect([outcome.status, outcome.stderr]).toEqual([2, `fwmap: cannot write ${output}: it is an input\n`]);
    expect(Buffer.compare(readFileSync(output), before)).toBe(0);
  });

  test('nor onto other files that are read', async () => {
    const config = at('config');
    writeFileSync(config, 'CONFIG_SYSFB=y\n');
    const tables = at('tables');
    mkdirSync(tables);
    writeFileSync(join(tables, 'board.dts'), '/dts-v1/;\n/ { };\n');
    for (const argv of [
      ['sysfb', BOARD, '--config', config, '--output', config],
      ['windows', BOARD, '--memory', `${config}@0x1000`, '--output', config],
      ['windows', BOARD, '--overlay', config, '--output', config],
      ['scan', config, '--output', config],
      ['windows', tables, '--output', join(tables, 'board.dts')],
    ])
      expect((await run(argv)).status).toBe(2);
    expect(readFileSync(config, 'utf8')).toBe('CONFIG_SYSFB=y\n');
    expect(readFileSync(join(tables, 'board.dts'), 'utf8')).toBe('/dts-v1/;\n/ { };\n');
  });

  test('nor onto a file that standard input is', async () => {
    const board = at('standard.dts');
    writeFileSync(board, '/dts-v1/;\n/ { };\n');
    const input = openSync(board, 'r');
    const io = processIo();
    io.inputs.addStandardInput(input);
    closeSync(input);
    expect([io.inputs.has(board), io.inputs.has(BOARD)]).toEqual([true, false]);
    if (!isBuilt) return;
    const again = openSync(board, 'r');
    const { status, stderr } = spawnSync(process.execPath, [COMMAND, 'windows', '-', '--output', board], {
      stdio: [again, 'pipe', 'pipe'],
      encoding: 'utf8',
    });
    closeSync(again);
    expect([status, stderr]).toEqual([2, expect.stringContaining('it is an input')]);
    expect(readFileSync(board, 'utf8')).toBe('/dts-v1/;\n/ { };\n');
  });

  test('nor does dtc, with what it makes or with the names of what it read', async () => {
    const before = readFileSync(BOARD, 'utf8');
    const link = at('dtc-link.dts');
    symlinkSync(BOARD, link);
    for (const argv of [
      ['dtc', '-o', link, BOARD],
      ['dtc', '-o', at('inside', 'part.dtsi'), BOARD],
      ['dtc', '-o', at('board.dtb'), '-d', BOARD, BOARD],
    ]) {
      const { status, stderr } = await run(argv);
      expect([argv, status, stderr]).toEqual([argv, 1, expect.stringContaining('it is an input')]);
    }
    expect(readFileSync(BOARD, 'utf8')).toBe(before);
  });

  test('a link stays a link, also one to nothing yet', async () => {
    mkdirSync(at('elsewhere'));
    for (const name of ['old', 'new']) {
      if (name === 'old') writeFileSync(at('elsewhere', name), 'before');
      symlinkSync(`elsewhere/${name}`, at(`${name}.json`));
      const { status } = await run(['windows', BOARD, '--format', 'json', '--output', at(`${name}.json`)]);
      expect([status, lstatSync(at(`${name}.json`)).isSymbolicLink()]).toEqual([0, true]);
      expect(JSON.parse(readFileSync(at('elsewhere', name), 'utf8')).schema).toBe('fwmap/windows@1');
    }
    symlinkSync('loop', at('loop'));
    expect((await run(['windows', BOARD, '--output', at('loop')])).status).toBe(2);
    expect(readdirSync(at('elsewhere')).sort()).toEqual(['new', 'old']);
  });

  test('a read-only file stays as it is; permissions are kept', async () => {
    writeFileSync(at('mine'), 'before');
    chmodSync(at('mine'), 0o444);
    const refused = await run(['windows', BOARD, '--output', at('mine')]);
    expect([refused.status, refused.stderr]).toEqual([
      2,
      `fwmap: cannot write ${at('mine')}: it is read-only\n`,
    ]);
    expect(readFileSync(at('mine'), 'utf8')).toBe('before');
    chmodSync(at('mine'), 0o640);
    expect((await run(['windows', BOARD, '--output', at('mine')])).status).toBe(0);
    expect(statSync(at('mine')).mode & 0o777).toBe(0o640);
  });

  test.skipIf(!hasPipes)('a pipe gets it as it is', async () => {
    execFileSync('mkfifo', [at('fifo')]);
    const reader = spawn('cat', [at('fifo')]);
    let text = '';
    reader.stdout.setEncoding('utf8').on('data', (piece) => {
      text += piece;
    });
    const ended = new Promise((resolve) => reader.on('close', resolve));
    expect((await run(['windows', BOARD, '--format', 'json', '--output', at('fifo')])).status).toBe(0);
    await ended;
    expect(JSON.parse(text).schema).toBe('fwmap/windows@1');
  });
});

describe('a run that is interrupted', () => {
  const ROOT = join(import.meta.dirname, '..', '..', '..');
  // Says when it writes; what it writes takes long enough to be met in the middle.
  const CODE = `
    import { writeWhole } from '${ROOT}/src/cli/output/whole-file.ts';
    import { InputFiles } from '${ROOT}/src/cli/common/input-files.ts';
    const content = Buffer.alloc(96 << 20, 'x');
    process.stdout.write('now', () => {
      for (;;) writeWhole(process.argv[1], 'out', content, { inputs: new InputFiles() });
    });`;
  const temporary = (): string[] => readdirSync(at('results')).filter((name) => name.includes('fwmap'));

  async function killed(signal: NodeJS.Signals, delay: number): Promise<void> {
    const child = spawn(
      process.execPath,
      [
        '--import',
        'tsx',
        '--input-type=module',
        '-e',
        CODE.replace('for (;;)', signal === 'SIGKILL' ? 'for (;;)' : ''),
        at('results', 'out'),
      ],
      { cwd: ROOT },
    );
    const ended = new Promise((resolve) => child.on('exit', (_, by) => resolve(by)));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await new Promise((resolve) => setTimeout(resolve, delay));
    child.kill(signal);
    await ended;
    const path = at('results', 'out');
    if (existsSync(path)) expect(statSync(path).size).toBe(96 << 20);
  }

  test('leaves no temporary file and no half result', { timeout: 60_000 }, async () => {
    mkdirSync(at('results'));
    for (const [signal, delay] of [
      ['SIGINT', 0],
      ['SIGTERM', 15],
      ['SIGINT', 40],
      ['SIGHUP', 80],
    ] as const) {
      await killed(signal, delay);
      expect(temporary()).toEqual([]);
    }
  });

  test('the next one takes away what a killed one left', { timeout: 60_000 }, async () => {
    for (let tries = 0; tries < 5 && temporary().length === 0; tries += 1)
      await killed('SIGKILL', 30 + tries * 7);
    expect(temporary()).toHaveLength(1);
    // One of a program that still runs is its own.
    writeFileSync(at('results', `.fwmap-${process.ppid}.tmp`), '');
    expect((await run(['windows', BOARD, '--output', at('results', 'next')])).status).toBe(0);
    expect(temporary()).toEqual([`.fwmap-${process.ppid}.tmp`]);
  });
});

test.skipIf(!existsSync('/dev/full'))('an error is status 2 when nothing can be said of it', () => {
  const root = join(import.meta.dirname, '..', '..', '..');
  const command = `"${process.execPath}" --import tsx src/cli/main.ts`;
  for (const to of ['2>/dev/full', '2>&-', '>/dev/full', '>/dev/full 2>/dev/full'])
    expect(
      spawnSync('sh', ['-c', `${command} windows ${to.startsWith('2') ? 'not-there' : BOARD} ${to}`], {
        cwd: root,
      }).status,
    ).toBe(2);
});
