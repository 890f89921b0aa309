import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { run } from '../fake-io.ts';

const SAMPLES = join(import.meta.dirname, '..', '..', '..', 'samples');
const SEED = 'ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;\n';
const folder = mkdtempSync(join(tmpdir(), 'fwmap-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('exit status', () => {
  test.each([
    // DOMAIN: a VTL2 device tree with its window above 4 GiB; one whose window holds the framebuffer; a framebuffer nobody knows.
    ['openhcl-vtl2.dts', 'not-needed', 0],
    ['low-window-framebuffer.dts', 'needed', 1],
  ])('--exit-code on %s', async (sample, answer, status) => {
    const path = join(SAMPLES, sample);
    const withCode = await run(['sysfb', '--exit-code', '--format', 'json', path]);
    expect(JSON.parse(withCode.stdout).answer).toBe(answer);
    expect(withCode.status).toBe(status);
    expect((await run(['sysfb', path])).status).toBe(0);
  });

  test('unknown is 3', async () => {
    const { status, stdout } = await run(['sysfb', '--exit-code', '--format', 'json', '-'], {
      stdin: '/dts-v1/;\n/ { };\n',
    });
    expect(JSON.parse(stdout).answer).toBe('unknown');
    expect(status).toBe(3);
  });

  test.each([
    [['sysfb', 'no-such-file'], 'fwmap: cannot read no-such-file: No such file or directory\n'],
    [['no-such-file.dtb'], 'fwmap: cannot read no-such-file.dtb: No such file or directory\n'],
    [['hlp'], 'fwmap: cannot read hlp: No such file or directory; did you mean the command help?\n'],
    [['windws'], 'fwmap: cannot read windws: No such file or directory; did you mean the command windows?\n'],
    [['sysfb', '--set', 'A', 'x'], undefined],
    [['sysfb', '--vtl', 'two', join(SAMPLES, 'seed-line.dtsi')], undefined],
    [['sysfb', '--kernel', 'soon', join(SAMPLES, 'seed-line.dtsi')], undefined],
    [['sysfb', '--framebuffer', '12', join(SAMPLES, 'seed-line.dtsi')], undefined],
    [['sysfb', '--set', 'A', join(SAMPLES, 'seed-line.dtsi')], undefined],
    [
      ['sysfb', '--memory', 'nofile@0x0', join(SAMPLES, 'seed-line.dtsi')],
      'fwmap: cannot read nofile: No such file or directory\n',
    ],
    [['sysfb', '--cells', '2,2', join(SAMPLES, 'seed-line.dtsi')], undefined],
    [['explain', '--node', '/nowhere', join(SAMPLES, 'openhcl-vtl2.dts')], undefined],
  ])('2 for %j', async (argv, stderr) => {
    const outcome = await run(argv as string[]);
    expect(outcome.status).toBe(2);
    expect(outcome.stdout).toBe('');
    expect(outcome.stderr).toMatch(/^fwmap: /);
    expect(outcome.stderr).not.toContain('    at ');
    if (stderr !== undefined) expect(outcome.stderr).toBe(stderr);
  });

  test('2 when nothing useful could be read, which says what would be recognised', async () => {
    for (const command of ['sysfb', 'windows', 'resources', 'explain']) {
      const outcome = await run([command, '-'], { stdin: 'Hello, world.\n' });
      expect([command, outcome.status, outcome.stdout]).toEqual([command, 2, '']);
      expect(outcome.stderr).toContain('artifact/unknown-text');
      expect(outcome.stderr).toContain('fwmap explain artifact/unknown-text');
    }
    const explained = await run(['explain', 'artifact/unknown-text']);
    expect(explained.stdout).toContain('device tree blob (magic d00dfeed)');
  });

  test('one line for each file that is not used, and what to do about it once', async () => {
    const mixed = join(folder, 'mixed');
    mkdirSync(mixed, { recursive: true });
    writeFileSync(join(mixed, 'a.dts'), SEED);
    writeFileSync(join(mixed, 'notes'), 'Hello, world.\n');
    writeFileSync(join(mixed, 'dump.bin'), Buffer.from('00ff00ff00ff00ff0011', 'hex'));
    writeFileSync(join(mixed, 'none'), '');
    const { stderr } = await run(['windows', mixed]);
    const lines = stderr.trimEnd().split('\n');
    expect(lines.map((line) => line.replace(`${mixed}/`, ''))).toEqual([
      'dump.bin: error: not used: unknown kind, begins with 00 ff 00 ff 00 ff 00 ff [artifact/unknown-kind]; --as KIND names its kind (fwmap explain artifact/unknown-kind)',
      'none: error: not used: it is empty [artifact/empty]',
      'notes: note: not used: a text that contains nothing of a known kind [artifact/unknown-text]',
    ]);
    writeFileSync(join(mixed, 'other.bin'), Buffer.from('11ff00ff00ff00ff0011', 'hex'));
    expect((await run(['windows', mixed])).stderr.trimEnd().split('\n').at(-1)).toBe(
      'fwmap: --as FILE=KIND names the kind of a file; fwmap explain artifact/unknown-kind lists what is recognised',
    );
  });

  test('texts beside the inputs of a folder are no errors, and many of them one line', async () => {
    const beside = join(folder, 'beside');
    mkdirSync(beside, { recursive: true });
    for (let i = 0; i < 5; i += 1) writeFileSync(join(beside, `notes-${i}`), `Hello, world ${i}.\n`);
    // Of a folder with nothing else they are what is wrong with it.
    const alone = await run(['windows', beside]);
    expect(alone).toMatchObject({ status: 2, stdout: '' });
    expect(alone.stderr).toContain('error: ');
    writeFileSync(join(beside, 'a.dts'), SEED);
    const { status, stderr } = await run(['windows', beside]);
    expect([status, stderr.replace(`${beside}/`, '')]).toEqual([
      0,
      'notes-0: note: not used: a text that contains nothing of a known kind; so are 4 more files [artifact/unknown-text]\n',
    ]);
  });

  test('--as FILE=KIND says of one input what it is', async () => {
    const mixed = join(folder, 'as');
    mkdirSync(mixed, { recursive: true });
    writeFileSync(join(mixed, 'a.dts'), SEED);
    // A configuration that lacks what a configuration is recognised by.
    writeFileSync(join(mixed, 'conf'), '# comments\n# only\n');
    const kinds = async (...as: string[]) => {
      const outcome = await run(['sysfb', mixed, ...as, '--format', 'json']);
      return outcome.status === 0
        ? (JSON.parse(outcome.stdout) as { inputs: { kind: string }[] }).inputs.map(({ kind }) => kind)
        : outcome.stderr;
    };
    expect(await kinds()).toEqual(['dts-fragment']);
    for (const name of ['conf', 'as/conf', join(mixed, 'conf')])
      expect(await kinds('--as', `${name}=kconfig`)).toEqual(['dts-fragment', 'kconfig']);
    expect(await kinds('--as', 'other=kconfig')).toContain('none of the inputs is called other');
    expect(await kinds('--as', 'conf=kconfg')).toContain('did you mean kconfig?');
    expect(await kinds('--as', 'dtb', '--as', 'dts')).toContain('given twice');
  });

  test('a second input that is of no kind is said, and the rest answered', async () => {
    const junk = join(folder, 'junk');
    writeFileSync(junk, 'Hello, world.\n');
    const outcome = await run([join(SAMPLES, 'openhcl-vtl2.dts'), junk]);
    expect(outcome.status).toBe(0);
    expect(outcome.stdout).toContain('not needed');
    expect(outcome.stderr).toContain('artifact/unknown-text');
  });
});

describe('inputs', () => {
  test('a folder of inputs, standard input, gzip', async () => {
    const packed = join(folder, 'seed.gz');
    writeFileSync(packed, gzipSync(SEED));
    const forFile = await run(['windows', '--format', 'json', packed]);
    const forStdin = await run(['windows', '--format', 'json', '-'], { stdin: SEED });
    const [a, b] = [JSON.parse(forFile.stdout), JSON.parse(forStdin.stdout)];
    expect(a.windows).toEqual(b.windows);
    expect(a.inputs[0].steps).toEqual([{ how: 'gzip' }]);
  });

  test('relative paths start from the current folder', async () => {
    const { status, stdout } = await run(['windows', '--format', 'json', 'openhcl-vtl2.dts'], {
      cwd: SAMPLES,
    });
    expect(status).toBe(0);
    expect(JSON.parse(stdout).inputs[0].path).toBe('openhcl-vtl2.dts');
  });

  test('ndjson: a line an input, and a bad one does not stop the others', async () => {
    const { stdout } = await run(
      ['windows', '--format', 'ndjson', 'openhcl-vtl2.dts', 'openhcl-vtl2-arm64.dts'],
      { cwd: SAMPLES },
    );
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => line.inputs[0].path)).toEqual(['openhcl-vtl2.dts', 'openhcl-vtl2-arm64.dts']);
  });
});

describe('output', () => {
  test('--output writes the file whole, and leaves nothing beside it', async () => {
    const path = join(folder, 'out', 'report.json');
    const nowhere = await run(['windows', '-', '--output', path], { stdin: SEED });
    expect(nowhere).toMatchObject({
      status: 2,
      stdout: '',
      stderr: `fwmap: cannot write ${path}: No such file or directory\n`,
    });
    const target = join(folder, 'report.json');
    writeFileSync(target, 'old');
    const { status, stdout } = await run(['windows', '-', '--format', 'json', '-o', target], { stdin: SEED });
    expect([status, stdout]).toEqual([0, '']);
    expect(JSON.parse(readFileSync(target, 'utf8')).schema).toBe('fwmap/windows@1');
    expect(readdirSync(folder).filter((name) => name.includes('tmp'))).toEqual([]);
  });

  test('an error leaves the file as it was', async () => {
    const target = join(folder, 'kept.json');
    writeFileSync(target, 'old');
    expect((await run(['windows', '-', '-o', target], { stdin: 'nothing' })).status).toBe(2);
    expect(readFileSync(target, 'utf8')).toBe('old');
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });

  const CSI = '\u001b[';
  test.each([
    ['a terminal', [], {}, true, true],
    ['no terminal', [], {}, false, false],
    ['NO_COLOR', [], { NO_COLOR: '1' }, true, false],
    ['an empty NO_COLOR', [], { NO_COLOR: '' }, true, true],
    ['FORCE_COLOR', [], { FORCE_COLOR: '1' }, false, true],
    ['NO_COLOR and FORCE_COLOR', [], { NO_COLOR: '1', FORCE_COLOR: '1' }, false, false],
    ['FORCE_COLOR=0', [], { FORCE_COLOR: '0' }, true, false],
    ['a dumb terminal', [], { TERM: 'dumb' }, true, false],
    ['--color never', ['--color', 'never'], { FORCE_COLOR: '1' }, true, false],
    ['--color always', ['--color', 'always'], { NO_COLOR: '1' }, false, true],
  ])('colour with %s', async (_name, options, env, terminal, colored) => {
    const { stdout } = await run(['sysfb', '-', ...options], {
      stdin: SEED,
      env: env as Record<string, string>,
      terminal,
    });
    expect(stdout.includes(CSI)).toBe(colored);
  });

  test('equal input, equal output', async () => {
    for (const format of ['text', 'mail', 'markdown', 'json', 'ndjson']) {
      const [a, b] = [
        await run(['sysfb', '-', '--format', format], { stdin: SEED }),
        await run(['sysfb', '-', '--format', format], {
          stdin: SEED,
          env: { LANG: 'de_DE.UTF-8', TZ: 'Asia/Tokyo' },
        }),
      ];
      expect(a).toEqual(b);
    }
  });

  test('logs go to standard error, as JSON, and only when asked for', async () => {
    const quiet = await run(['windows', '-'], { stdin: SEED });
    expect(quiet.stderr).toBe('');
    const loud = await run(['windows', '-', '--log-level', 'debug'], { stdin: SEED });
    expect(loud.stdout).toBe(quiet.stdout);
    expect(JSON.parse(loud.stderr.split('\n')[0]!)).toMatchObject({ name: 'fwmap', msg: 'command line' });
  });

  test('a log shows invisible characters of names as escapes', async () => {
    const name = 'a\u202eb\u009b31m.dts';
    const { stderr } = await run(['windows', name, '--log-level', 'debug']);
    expect(stderr).not.toMatch(/(?!\n)\p{C}/u);
    expect(JSON.parse(stderr.split('\n')[0]!)).toMatchObject({ inputs: [name] });
  });
});

describe('explain', () => {
  const CELLS = '<0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>';

  test.each([CELLS, `ranges = ${CELLS};`, '0x0f 0xf0000000 0x0f 0xf0000000 0x10000000'])(
    '%s',
    async (cells) => {
      const { status, stdout } = await run(['explain', cells, '--format', 'json']);
      expect(status).toBe(0);
      const [property] = JSON.parse(stdout).readings;
      // 5 cells: child, parent of 1 to 3 and size of 1 or 2 that add up: 2/2/1, 2/1/2, 3/1/1, 1/2/2, 1/3/1.
      expect(property.readings).toHaveLength(5);
      expect(property.readings[0]).toMatchObject({
        cells: { child: 2, parent: 2, size: 1 },
        taken: true,
        entries: [{ child: '0xff0000000', parent: '0xff0000000', size: '0x10000000' }],
      });
    },
  );

  test('--cells decides', async () => {
    const { stdout } = await run(['explain', CELLS, '--cells', '1,3,1', '--format', 'json']);
    const { deviceTree } = JSON.parse(stdout);
    expect(deviceTree[0].steps[0].text).toContain('0xf');
    expect(deviceTree[0].cells).toHaveLength(5);
  });

  test('a descriptor byte by byte', async () => {
    // ACPI 6.5, table 6.37: Memory32Fixed is 86 09 00, information, base, length; here 0xfed40000, 0x1000, writable.
    const { stdout } = await run(['explain', '-', '--format', 'json'], {
      stdin: '86090001 0000d4fe 00100000 7900\n',
    });
    const [crs] = JSON.parse(stdout).acpi;
    expect(crs.descriptors[0]).toMatchObject({ type: 'memory32-fixed', offset: 0, length: 12 });
    const fields = Object.fromEntries(
      crs.descriptors[0].fields.map((field: { name: string; offset: number; bytes: string }) => [
        field.name,
        [field.offset, field.bytes],
      ]),
    );
    expect(fields.base).toEqual([4, '0000d4fe']);
    expect(fields.length).toEqual([8, '00100000']);
  });
});
