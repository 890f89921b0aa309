/** What one expects of a command without having read its manual. */
import { describe, expect, test } from 'vitest';
import { run } from '../fake-io.ts';

const SEED = 'ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;\n';
const GEN2 = 'samples/gen2-dsdt.aml';

describe('piped input', () => {
  test.each([[[]], [['sysfb']]])('is read where no input is named: fwmap %j', async (argv) => {
    const { status, stdout } = await run(argv, { stdin: SEED });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^CONFIG_SYSFB: not needed\n/);
  });

  test('without a pipe there is no input', async () => {
    expect(await run(['sysfb'])).toMatchObject({
      status: 2,
      stderr: 'fwmap: no input given; fwmap help sysfb shows how it is used\n',
    });
    expect(await run([])).toMatchObject({
      status: 2,
      stderr: 'fwmap: no input given; fwmap help lists the commands\n',
    });
  });
});

describe('help', () => {
  test('fwmap help COMMAND is fwmap COMMAND --help', async () => {
    const help = await run(['help', 'windows']);
    expect(help.status).toBe(0);
    expect(help.stdout).toBe((await run(['windows', '--help'])).stdout);
    expect((await run(['help'])).stdout).toBe((await run(['--help'])).stdout);
    expect((await run(['help', 'dtc'])).stdout).toContain('-I');
  });

  test('of a command that there is not', async () => {
    expect(await run(['help', 'widows'])).toMatchObject({
      status: 2,
      stderr: 'fwmap: there is no command widows; did you mean windows?\n',
    });
  });

  test.each([60, 80, 120])('fits a terminal of %i columns', async (columns) => {
    const { stdout } = await run(['help', 'sysfb'], { terminal: true, columns });
    const [options] = stdout.split('\nExamples:\n');
    for (const line of options!.split('\n')) expect(line.length).toBeLessThanOrEqual(Math.min(columns, 100));
  });

  test('has each example on a line that can be copied', async () => {
    const { stdout } = await run(['help', 'windows']);
    expect(stdout).toContain('\n  fwmap windows acpidump.txt --set MG2L=0x10000000\n');
  });
});

describe('mistakes are reported in one line with what to do', () => {
  test.each([
    [['sysfb', GEN2, '--format', 'jsn'], 'invalid --format jsn; one of text, mail, markdown'],
    [['sysfb', GEN2, '--format', 'jsn'], '; did you mean json?\n'],
    [['sysfb', GEN2, '--fromat', 'json'], 'unknown option --fromat; did you mean --format?'],
    [['sysfb', GEN2, '--zzzzzzz'], 'unknown option --zzzzzzz; fwmap help sysfb lists the options'],
    [['sysfb', GEN2, '--format'], '--format needs a value; one of text, mail, markdown'],
    [['sysfb', GEN2, '--kernel'], '--kernel needs a value; --kernel RELEASE'],
    [['sysfb', GEN2, '--as', 'dst'], 'invalid --as dst; one of dts, dts-fragment'],
    [['sysfb', GEN2, '--as', 'dst'], '; did you mean dts?\n'],
    [['--completion', 'zhs'], 'invalid --completion zhs; one of bash, zsh, fish; did you mean zsh?'],
    [['capture', 'x'], 'capture takes options only, not x; fwmap help capture lists them'],
    [['survey', GEN2, '--into', GEN2], `${GEN2} is a file; name a folder`],
    [['scan', GEN2, '--extract', GEN2], `${GEN2} is a file; name a folder`],
    [['windows', GEN2, '--set', 'MG2X=1'], 'no field is named MG2X; did you mean'],
    [['windows', GEN2, '--set', 'MG2L=8Q'], '--set: 8Q is not a number; write it as 0x1000, 4096 or 4K'],
  ])('%j', async (argv, message) => {
    const { status, stderr } = await run(argv);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

test.each([
  ['soc.dtsi', '-I DIR'],
  ['dt-bindings/clock/x.h', '-I LINUX/include'],
])('a missing #include of %s is one line, and not also what is missing behind it', async (name, hint) => {
  const { status, stderr } = await run(['windows', '--as', 'dts', '-'], {
    stdin: `/dts-v1/;\n#include "${name}"\n/ { };\n`,
  });
  expect(status).toBe(2);
  expect(stderr).toMatch(new RegExp(`^<stdin>:2\\.1: error: .*"${name}".*${hint}\\n$`));
});

test('cells that are not quoted are taken together', async () => {
  const cells = ['0x0f', '0xf0000000', '0x0f', '0xf0000000', '0x10000000'];
  expect(await run(['explain', ...cells])).toEqual(await run(['explain', cells.join(' ')]));
});

test.each([
  ['8M', 0x800000n],
  ['128MiB', 0x8000000n],
  ['0x10k', 0x4000n],
])('sizes have units: MG2L=%s', async (text, size) => {
  const { stdout } = await run([
    'windows',
    GEN2,
    '--set',
    `MG2L=${text}`,
    '--set',
    'MG2B=0xe0000000',
    '-f',
    'json',
  ]);
  const { windows } = JSON.parse(stdout) as { windows: { base: string | null; size: string | null }[] };
  expect(windows[0]).toMatchObject({ base: '0xe0000000', size: `0x${size.toString(16)}` });
});

describe('the width of the terminal', () => {
  test.each([80, 100, 160])('%i columns: no line is longer', async (columns) => {
    for (const command of ['sysfb', 'windows', 'simulate']) {
      const { stdout } = await run([command, 'samples/low-window-framebuffer.dts'], {
        terminal: true,
        columns,
        env: { NO_COLOR: '1' },
      });
      for (const line of stdout.split('\n'))
        if (!line.startsWith('    ')) expect(line.length).toBeLessThanOrEqual(columns);
    }
  });
});
