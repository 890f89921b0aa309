import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasProgram } from '../../containers/pack.ts';
import { faultsOf } from '../../report/results/sarif-schema.ts';
import { commandsOf } from '../../report/results/workflow-commands.ts';
import { violations } from '../../report/schemas.ts';
import { run } from '../fake-io.ts';

const SAMPLE = resolve('samples/openhcl-vtl2.dts');
const SAMPLES = resolve('samples');
const LOW = readFileSync(SAMPLE, 'utf8').replaceAll('0x0f 0xf0000000', '0x00 0xf8000000');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fwmap-diff-'));
  writeFileSync(join(folder, 'low.dts'), LOW);
});
afterAll(() => rmSync(folder, { recursive: true }));

interface DiffOfMachine {
  readonly name: string;
  readonly windows: readonly { readonly did: string }[];
  readonly answers: readonly { readonly flipped: boolean }[];
}

const diff = (...argv: string[]) => run(['diff', ...argv], { cwd: folder });
async function json(...argv: string[]) {
  const outcome = await diff(...argv, '--format', 'json');
  expect(outcome.stderr).toBe('');
  const parsed = JSON.parse(outcome.stdout);
  expect(violations('diff', parsed)).toEqual([]);
  return parsed;
}

describe('fwmap diff', () => {
  test('of a window that moves below 4 GiB tells that the answer flips', async () => {
    expect(LOW).not.toBe(readFileSync(SAMPLE, 'utf8'));
    const { windows, answers, same } = await json(SAMPLE, 'low.dts');
    expect(same).toBe(false);
    expect(windows).toMatchObject([
      { did: 'moved', what: ['base'], before: { base: '0xff0000000' }, after: { base: '0xf8000000' } },
    ]);
    const alone = JSON.parse((await run(['sysfb', join(folder, 'low.dts'), '--format', 'json'])).stdout);
    expect(answers).toMatchObject([
      {
        flipped: true,
        before: { answer: 'not-needed' },
        after: { answer: alone.answer, summary: alone.summary },
      },
      { question: 'bridges', flipped: false, before: { windows: [] }, because: [] },
    ]);
    for (const format of ['text', 'mail', 'markdown'])
      expect((await diff(SAMPLE, 'low.dts', '--format', format)).stdout).toMatch(/moved.*0xf8000000/s);
  });

  // drivers/acpi/pci_root.c, acpi_pci_root_validate_resources(): of two windows that overlap the later is united with the
  // earlier, so one that grows into the next leaves one window of both, 0xc0000000-0xe7ffffff.
  test('of windows of a host bridge tells what Linux gives it then', async () => {
    const asl = (last: string, length: string): string =>
      `DefinitionBlock ("", "DSDT", 2, "TEST", "TEST", 1) { Device (\\_SB.PCI0) {
        Name (_HID, EisaId ("PNP0A08")) Name (_CID, EisaId ("PNP0A03")) Name (_UID, 0)
        Name (_CRS, ResourceTemplate () {
          QWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, NonCacheable, ReadWrite, 0, 0xc0000000, ${last}, 0, ${length})
          QWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, NonCacheable, ReadWrite, 0, 0xd8000000, 0xe7ffffff, 0, 0x10000000) }) } }`;
    writeFileSync(join(folder, 'a.asl'), asl('0xcfffffff', '0x10000000'));
    writeFileSync(join(folder, 'b.asl'), asl('0xdfffffff', '0x20000000'));
    const { answers, same } = await json('a.asl', 'b.asl', '--kernel', '6.12.30');
    expect(same).toBe(false);
    expect(answers[1]).toMatchObject({
      question: 'bridges',
      flipped: true,
      because: [
        'now: \\_SB.PCI0: [mem 0xc0000000-0xe7ffffff]',
        'before: \\_SB.PCI0: [mem 0xc0000000-0xcfffffff]',
        'before: \\_SB.PCI0: [mem 0xd8000000-0xe7ffffff]',
      ],
    });
    expect((await diff('a.asl', 'b.asl')).stdout).toContain('What Linux gives the PCI host bridges changes');
  });

  test('exits with 1 only when asked, and when something is different', async () => {
    expect((await diff(SAMPLE, 'low.dts')).status).toBe(0);
    expect((await diff(SAMPLE, 'low.dts', '--exit-code')).status).toBe(1);
    expect((await diff(SAMPLE, SAMPLE, '--exit-code')).status).toBe(0);
    expect((await diff(SAMPLE, 'missing.dts', '--exit-code')).status).toBe(2);
    expect((await diff(SAMPLE)).status).toBe(2);
  });

  test('of a blob and its source finds nothing', async () => {
    expect((await run(['dtc', '-I', 'dts', '-O', 'dtb', '-o', join(folder, 'a.dtb'), SAMPLE])).status).toBe(
      0,
    );
    expect(await json(SAMPLE, 'a.dtb')).toMatchObject({ same: true, windows: [] });
  });

  test('of a condition that changed says so', async () => {
    const asl = readFileSync(resolve('samples/gen2-dsdt.asl'), 'utf8');
    const changed = asl.replace(/MG2L\s*>\s*0|If \(MG2L\)/, 'If (MG2L == 0x1000)');
    writeFileSync(join(folder, 'a.asl'), asl);
    writeFileSync(join(folder, 'b.asl'), changed);
    const { windows, same } = await json('a.asl', 'b.asl');
    expect(same).toBe(changed === asl);
    for (const { what } of windows) expect(what).toContain('condition');
  });

  test('of a patch alone is what it changes', async () => {
    const patch = createTwoFilesPatch(SAMPLE, join(folder, 'low.dts'), readFileSync(SAMPLE, 'utf8'), LOW);
    writeFileSync(join(folder, 'low.patch'), patch);
    const { windows, answers } = await json('low.patch');
    expect(windows).toMatchObject([{ did: 'moved' }]);
    expect(answers).toMatchObject([{ flipped: true }, { flipped: false }]);
  });

  test('with nothing on a side is what git shows of a new file', async () => {
    expect((await diff('/dev/null', SAMPLE, '--exit-code')).status).toBe(1);
  });
});

describe('a patch alone', () => {
  const patch = createTwoFilesPatch('a/board.dts', 'b/board.dts', readFileSync(SAMPLE, 'utf8'), LOW);

  test.each(['text', 'mail', 'markdown', 'json', 'ndjson', 'sarif', 'github', 'html'])(
    'as %s',
    async (format) => {
      writeFileSync(join(folder, 'alone.patch'), patch);
      const { status, stdout } = await diff('alone.patch', '--format', format, '--exit-code');
      expect(status).toBe(1);
      expect(stdout).toMatch(/moved/);
      if (format !== 'sarif') return;
      const log = JSON.parse(stdout);
      expect(faultsOf(log)).toEqual([]);
      // Where the patch itself has the new line.
      const line =
        patch.split('\n').findIndex((each) => each.startsWith('+') && each.includes('0x00 0xf8000000')) + 1;
      const moved = log.runs[0].results.find(
        ({ ruleId }: { ruleId: string }) => ruleId === 'diff/window-moved',
      );
      expect(moved.locations[0].physicalLocation).toMatchObject({
        artifactLocation: { uri: 'alone.patch' },
        region: { startLine: line },
      });
    },
  );
});

const hasGit = spawnSync('git', ['--version']).status === 0;
describe.skipIf(!hasGit)('git', () => {
  const git = (...argv: string[]) => {
    const { stdout, stderr, status } = spawnSync('git', argv, { cwd: folder, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    return stdout;
  };

  test('of dumps, of captures, of folders and of archives compares machine with machine', async () => {
    const hasTar = hasProgram('tar');
    const [high, low] = ['openhcl-vtl2.dts', 'low-window-framebuffer.dts'].map((name) =>
      readFileSync(join(SAMPLES, name), 'utf8'),
    ) as [string, string];
    const put = (name: string, text: string): void => {
      mkdirSync(join(folder, name, '..'), { recursive: true });
      writeFileSync(join(folder, name), text);
    };
    for (const [side, a] of [
      ['old', high],
      ['new', low],
    ] as const) {
      put(`${side}/a.dts`, a);
      put(`${side}/b.dts`, high.replace('/ {', '/ { model = "b";'));
      put(`${side}/only-${side}.dts`, high.replace('/ {', `/ { model = "${side}";`));
      if (hasTar) execFileSync('tar', ['cf', `${side}.tar`, '-C', side, '.'], { cwd: folder });
    }
    const pairs = [['old', 'new', ''] as const, ['old.tar', 'new.tar', './'] as const];
    for (const [before, after, at] of hasTar ? pairs : pairs.slice(0, 1)) {
      const { stdout, status } = await run(['diff', before, after, '--format', 'json', '--exit-code'], {
        cwd: folder,
      });
      expect(status).toBe(1);
      const { schema, machines } = JSON.parse(stdout);
      expect(schema).toBe('fwmap/machines@1');
      expect(violations('machines', JSON.parse(stdout))).toEqual([]);
      const told = Object.fromEntries(
        machines.map(({ name, windows, answers }: DiffOfMachine) => [
          name.replace(at, ''),
          [windows.map(({ did }) => did).join(' '), answers[0]!.flipped],
        ]),
      );
      expect(told).toEqual({
        'a.dts': ['added resized added added removed', true],
        'b.dts': ['', false],
        'only-old.dts': ['removed removed', false],
        'only-new.dts': ['added added', false],
      });
    }
    // With one machine on one side it has to be said which it is compared with.
    const { status, stderr } = await run(['diff', 'old/a.dts', 'new'], { cwd: folder });
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining('new describes 3 machines; choose one with --select:'),
    ]);
    const chosen = await run(['diff', 'old/a.dts', 'new', '--select', 'new/b.dts', '--exit-code'], {
      cwd: folder,
    });
    expect(chosen.stdout).toContain('No window differs.');
    // Captures are of one machine each.
    const capture = join(SAMPLES, 'gen2-capture.tar.gz');
    expect((await run(['diff', capture, capture, '--exit-code'], { cwd: folder })).status).toBe(0);
    const table = await run(['diff', capture, join(SAMPLES, 'gen1-dsdt.aml'), '--exit-code'], {
      cwd: folder,
    });
    expect(table.status).toBe(1);
  }, 60_000);

  test('revisions, textconv and difftool', async () => {
    git('init', '-q');
    git('config', 'user.name', 'a');
    git('config', 'user.email', 'a@example.com');
    writeFileSync(join(folder, 'board.dts'), readFileSync(SAMPLE));
    git('add', 'board.dts');
    git('commit', '-q', '-m', 'x');
    writeFileSync(join(folder, 'board.dts'), LOW);
    expect((await json('HEAD:board.dts', 'board.dts')).windows).toMatchObject([{ did: 'moved' }]);
    expect((await diff('HEAD:nothing.dts', 'board.dts')).status).toBe(2);
    // As results: both sides are the file of the repository, at the lines that each has it.
    const log = JSON.parse((await diff('HEAD:board.dts', 'board.dts', '--format', 'sarif')).stdout);
    expect(faultsOf(log)).toEqual([]);
    const [{ results, artifacts }] = log.runs;
    expect(results.map(({ ruleId, level }: { ruleId: string; level: string }) => [ruleId, level])).toEqual([
      ['diff/answer-worse', 'error'],
      ['diff/window-moved', 'warning'],
    ]);
    const uris = artifacts.map(({ location }: { location: { uri: string } }) => location.uri);
    expect([...new Set(uris)]).toEqual(['board.dts']);
    const { stdout } = await diff('HEAD:board.dts', 'board.dts', '--format', 'github');
    expect(commandsOf(stdout)).toMatchObject([
      { name: 'error', properties: { file: 'board.dts', title: 'diff/answer-worse' } },
      { name: 'warning', properties: { file: 'board.dts', title: 'diff/window-moved' } },
    ]);
    // The lines of README.
    const fwmap = `${process.execPath} ${resolve('bin/fwmap.js')}`;
    writeFileSync(join(folder, '.gitattributes'), '*.dts diff=fwmap\n');
    git('config', 'diff.fwmap.textconv', `${fwmap} windows`);
    expect(git('diff', 'board.dts')).toMatch(/^-.*0xff0000000.*^\+.*0xf8000000/ms);
    expect(git('difftool', '--no-prompt', '-x', `${fwmap} diff`, 'board.dts')).toContain('moved');
  });
});
