import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { asyncBufferFromFile } from 'hyparquet/src/node.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TABLE_NAMES } from '../../src/survey/tables.ts';
import { type TarMember, tarOf } from '../../src/survey/tar.ts';
import { run } from '../cli/fake-io.ts';
import { violations } from '../report/schemas.ts';
import { contentOf } from './folder.ts';

const SAMPLES = resolve('samples');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fwmap-survey-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function rowsIn(into: string, table: string): Promise<Record<string, unknown>[]> {
  const parts = readdirSync(join(into, table)).sort();
  const rows = await Promise.all(
    parts.map(async (name) =>
      parquetReadObjects({ file: await asyncBufferFromFile(join(into, table, name)) }),
    ),
  );
  return rows.flat();
}

/** Trees that differ, one a file. */
function manyTrees(into: string, count: number): void {
  mkdirSync(into);
  for (let i = 0; i < count; i += 1)
    writeFileSync(
      join(into, `${i}.dts`),
      `/dts-v1/; / { #address-cells = <2>; #size-cells = <2>; model = "board ${i}";
         soc { compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>;
           ranges = <0 0 0x${(0x80000000 + i * 0x1000).toString(16)} 0x1000>; uart@0 { reg = <0 0x100>; }; }; };`,
    );
}

describe('a survey', () => {
  test('has what the commands say of each machine, and of each path', async () => {
    const inputs = join(folder, 'mixed');
    mkdirSync(join(inputs, 'capture'), { recursive: true });
    copyFileSync(join(SAMPLES, 'openhcl-vtl2.dts'), join(inputs, 'a.dts'));
    copyFileSync(join(SAMPLES, 'openhcl-vtl2.dts'), join(inputs, 'b.dts'));
    copyFileSync(join(SAMPLES, 'low-window-framebuffer.dts'), join(inputs, 'c.dts'));
    copyFileSync(join(SAMPLES, 'gen2-dsdt.aml'), join(inputs, 'capture', 'dsdt.aml'));
    writeFileSync(
      join(inputs, 'capture', 'dmesg.txt'),
      '[    0.000000] Linux version 6.12.30 (a@b) #1 SMP\n',
    );
    writeFileSync(join(inputs, 'README.txt'), 'Nothing here describes a machine.\n');
    writeFileSync(join(inputs, 'cut.dtb'), Buffer.from('d00dfeed00001000', 'hex'));
    const into = join(folder, 'mixed-survey');
    const outcome = await run(['survey', inputs, '--into', into, '--jobs', '2']);
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(outcome.stdout).toBe(
      '6 inputs, 5 distinct; the survey has 3 machines, 1 that could not be read or judged, ' +
        '1 file that describes none\n',
    );
    const machines = await rowsIn(into, 'machines');
    const named = (name: string) => machines.find(({ path }) => path === join(inputs, name));
    expect(named('a.dts')).toMatchObject({ status: 'ok', platform: 'openhcl-vtl2', boot: 'dt' });
    expect(named('b.dts')).toBeUndefined();
    expect((await rowsIn(into, 'inputs')).map(({ path }) => path)).toContain(join(inputs, 'b.dts'));
    expect(named('capture')).toMatchObject({ status: 'ok', platform: 'hyperv-gen2' });
    expect(named('README.txt')).toMatchObject({ status: 'none' });

    for (const table of TABLE_NAMES) {
      // As JSON has them: integers of the tables in question are below 2^53 or are rounded the same way.
      const rows = (await rowsIn(into, table)).map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [
            name,
            typeof value === 'bigint' ? Number(value) : value,
          ]),
        ),
      );
      expect([table, violations('survey', { [table]: rows })]).toEqual([table, []]);
    }

    for (const name of ['a.dts', 'c.dts', 'capture']) {
      const { machine } = named(name)!;
      const alone = JSON.parse((await run(['sysfb', join(inputs, name), '--format', 'json'])).stdout);
      const answers = (await rowsIn(into, 'answers')).filter((row) => row.machine === machine);
      expect(answers).toMatchObject([
        {
          question: 'sysfb',
          answer: alone.answer,
          effective: alone.effective,
          hazard: alone.hazard,
          summary: alone.summary,
        },
      ]);
      const listed = JSON.parse((await run(['windows', join(inputs, name), '--format', 'json'])).stdout);
      const windows = (await rowsIn(into, 'windows')).filter((row) => row.machine === machine);
      const hex = (value: unknown) => (typeof value === 'bigint' ? `0x${value.toString(16)}` : value);
      expect(
        windows.map(({ base, size, role, certainty }) => [hex(base), hex(size), role, certainty]),
      ).toEqual(
        listed.windows.map((each: Record<string, unknown>) => [
          each.base,
          each.size,
          each.role,
          each.certainty,
        ]),
      );
    }
  });

  test('judges all machines for the kernel that is named, as sysfb does', async () => {
    const inputs = join(folder, 'asked');
    mkdirSync(inputs);
    copyFileSync(join(SAMPLES, 'gen2-dsdt.aml'), join(inputs, 'dsdt.aml'));
    writeFileSync(join(inputs, 'broken.dts'), '/dts-v1/; / { vmbus { compatible = "microsoft,vmbus"; ');
    const config = join(folder, 'hv.config');
    writeFileSync(
      config,
      '# Linux/x86 6.12.60 Kernel Configuration\nCONFIG_HYPERV=y\nCONFIG_SYSFB=y\nCONFIG_EFI=y\nCONFIG_ACPI=y\nCONFIG_PCI_HYPERV=y\n',
    );
    const dsdt = join(inputs, 'dsdt.aml');
    const kernels: readonly (readonly string[])[] = [
      ['--kernel', '6.6.10'],
      ['--kernel', '6.6.10', '--with-commit', 'a07b50d80ab6'],
      ['--config', config],
    ];
    const answers = new Set<unknown>();
    for (const [number, kernel] of kernels.entries()) {
      const into = join(folder, `asked-${number}`);
      expect((await run(['survey', inputs, '--into', into, '--jobs', '1', ...kernel])).status).toBe(0);
      const alone = JSON.parse((await run(['sysfb', dsdt, ...kernel, '--format', 'json'])).stdout);
      const [row, ...others] = await rowsIn(into, 'answers');
      expect(others).toEqual([]);
      expect(row).toMatchObject({ answer: alone.answer, summary: alone.summary, hazard: alone.hazard });
      answers.add(row!.summary);
      const broken = (await rowsIn(into, 'machines')).find(({ path }) => path === join(inputs, 'broken.dts'));
      expect(broken).toMatchObject({ status: 'unreadable' });
    }
    expect(answers.size).toBeGreaterThan(1);
  });

  test('keeps to the kernel that it was begun for', async () => {
    const inputs = join(folder, 'kept');
    manyTrees(inputs, 1);
    const into = join(folder, 'kept-survey');
    expect((await run(['survey', inputs, '--into', into, '--kernel', '6.6.10'])).status).toBe(0);
    const other = await run(['survey', inputs, '--into', into, '--kernel', '6.12.60']);
    expect(other).toMatchObject({ status: 2, stdout: '' });
    expect(other.stderr).toBe(
      `fwmap: ${into} holds a survey for kernel 6.6.10; name the same kernel, or another folder\n`,
    );
    expect((await run(['survey', inputs, '--into', into])).status).toBe(2);
    expect(await run(['survey', inputs, '--into', join(folder, 'none'), '--kernel', '6.x'])).toMatchObject({
      status: 2,
      stderr: 'fwmap: --kernel 6.x: not a kernel release; for example 6.12.30\n',
    });
  });

  test('takes what the capture script makes as one machine', async () => {
    const into = join(folder, 'capture-survey');
    const capture = 'samples/gen2-capture.tar.gz';
    expect((await run(['survey', capture, '--into', into])).stdout).toMatch(/the survey has 1 machine\n$/);
    expect((await rowsIn(into, 'machines')).map(({ path, status }) => [path, status])).toEqual([
      [capture, 'ok'],
    ]);
    const { answer } = JSON.parse((await run(['sysfb', capture, '--format', 'json'])).stdout) as {
      answer: string;
    };
    expect((await rowsIn(into, 'answers')).map((row) => [row.question, row.answer])).toContainEqual([
      'sysfb',
      answer,
    ]);
  });

  test('takes an archive of captures apart, as the folder of them', async () => {
    const captures = join(folder, 'captures');
    const members: TarMember[] = [];
    const long = `${'a'.repeat(120)}.txt`;
    for (const host of ['host1', 'host2']) {
      mkdirSync(join(captures, host), { recursive: true });
      const files = {
        'dsdt.aml': readFileSync(join(SAMPLES, 'gen2-dsdt.aml')),
        'dmesg.txt': Buffer.from(`[    0.000000] Linux version 6.6.10 (${host})\n`),
        [long]: Buffer.from('a note\n'),
      };
      for (const [name, bytes] of Object.entries(files)) {
        writeFileSync(join(captures, host, name), bytes);
        members.push({ path: `${host}/${name}`, bytes });
      }
    }
    const archive = join(folder, 'captures.tar');
    writeFileSync(archive, tarOf(members));
    const [ofFolder, ofArchive] = [join(folder, 'of-folder'), join(folder, 'of-archive')];
    const found = /^2 inputs, 2 distinct; the survey has 2 machines\n$/;
    expect((await run(['survey', captures, '--into', ofFolder])).stdout).toMatch(found);
    expect((await run(['survey', archive, '--into', ofArchive])).stdout).toMatch(found);
    const machines = async (into: string) =>
      (await rowsIn(into, 'machines')).map(
        ({ path, ...row }): Record<string, unknown> => ({ ...row, path: String(path).slice(-5) }),
      );
    expect(await machines(ofArchive)).toEqual(await machines(ofFolder));
    expect(await rowsIn(ofArchive, 'answers')).toEqual(await rowsIn(ofFolder, 'answers'));
    expect((await machines(ofArchive)).map(({ path, kinds }) => [path, kinds]).sort()).toEqual([
      ['host1', 'acpi-table,dmesg'],
      ['host2', 'acpi-table,dmesg'],
    ]);
  });

  test('takes a mailbox apart', async () => {
    const box = join(folder, 'box.mbox');
    const mail = (start: string) =>
      `From a@b Thu Nov 26 00:00:00 2026\nFrom: a@b\nSubject: x\n\nranges = <0x0f 0x${start} 0x0f 0x${start} 0x10000000>;\n\n`;
    writeFileSync(box, mail('f0000000') + mail('e0000000'));
    const into = join(folder, 'box-survey');
    expect((await run(['survey', box, '--into', into])).status).toBe(0);
    const machines = await rowsIn(into, 'machines');
    expect(machines.map(({ path, status }) => [path, status]).sort()).toEqual([
      [`${box}!1`, 'ok'],
      [`${box}!2`, 'ok'],
    ]);
    expect(existsSync(join(into, 'spool'))).toBe(false);
  });

  test('is the same with one thread and with several, and whatever the order of the inputs', async () => {
    const inputs = join(folder, 'trees');
    manyTrees(inputs, 60);
    const [one, several, listed] = ['one', 'several', 'listed'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await run(['survey', inputs, '--into', one, '--jobs', '1']);
    await run(['survey', inputs, '--into', several, '--jobs', '3']);
    const paths = readdirSync(inputs)
      .sort()
      .reverse()
      .map((name) => `${join(inputs, name)}\0`);
    await run(['survey', '-0', '--files-from', '-', '--into', listed], { stdin: paths.join('') });
    expect(contentOf(several)).toEqual(contentOf(one));
    expect(contentOf(listed)).toEqual(contentOf(one));
  });

  test('goes on where it was killed', async () => {
    const inputs = join(folder, 'killed-trees');
    manyTrees(inputs, 200);
    const whole = join(folder, 'whole');
    await run(['survey', inputs, '--into', whole]);
    const killed = join(folder, 'killed');
    for (const after of [1, 3, 6]) {
      const child = spawn(
        process.execPath,
        ['bin/fwmap.js', 'survey', inputs, '--into', killed, '--jobs', '1'],
        { stdio: 'ignore' },
      );
      const ended = once(child, 'exit');
      // Killed when so many shards are done.
      const done = () =>
        existsSync(join(killed, 'done')) && readdirSync(join(killed, 'done')).length >= after;
      while (child.exitCode === null && !done()) await new Promise((go) => setTimeout(go, 5));
      child.kill('SIGKILL');
      await ended;
    }
    const before = contentOf(join(killed, 'done'));
    await run(['survey', inputs, '--into', killed]);
    rmSync(join(killed, '.new'), { recursive: true });
    mkdirSync(join(killed, '.new'));
    expect(contentOf(killed)).toEqual(contentOf(whole));
    expect(Object.keys(before).length).toBeGreaterThanOrEqual(6);
  });

  test('adds what is new, and nothing twice', async () => {
    const inputs = join(folder, 'growing');
    manyTrees(inputs, 5);
    const into = join(folder, 'growing-survey');
    await run(['survey', inputs, '--into', into]);
    const before = contentOf(into);
    await run(['survey', inputs, '--into', into]);
    expect(contentOf(into)).toEqual(before);
    copyFileSync(join(SAMPLES, 'openhcl-vtl2.dts'), join(inputs, 'more.dts'));
    copyFileSync(join(inputs, '0.dts'), join(inputs, 'again.dts'));
    await run(['survey', inputs, '--into', into]);
    expect(contentOf(into)).toMatchObject(before);
    expect(await rowsIn(into, 'machines')).toHaveLength(6);
    expect(await rowsIn(into, 'inputs')).toHaveLength(7);
  });

  test('does not find itself where it is kept among its inputs', async () => {
    const inputs = join(folder, 'around');
    mkdirSync(join(inputs, 'deep'), { recursive: true });
    writeFileSync(join(inputs, 'a.dts'), '/dts-v1/; / { };');
    writeFileSync(join(inputs, 'b.dts'), '/dts-v1/; / { b; };');
    const argv = ['survey', '.', '--into', 'deep/store'];
    const first = await run(argv, { cwd: inputs });
    expect([first.status, first.stdout]).toEqual([0, expect.stringMatching(/^2 inputs/)]);
    const content = contentOf(join(inputs, 'deep', 'store'));
    expect(await run(argv, { cwd: inputs })).toEqual(first);
    expect(contentOf(join(inputs, 'deep', 'store'))).toEqual(content);
    // With a log the folder is one machine, which would be another after each run.
    writeFileSync(join(inputs, 'dmesg'), '[    0.000000] Linux version 6.12.30 (a@b) #1 SMP\n');
    rmSync(join(inputs, 'b.dts'));
    const { status, stderr } = await run(['survey', '.', '--into', 'again'], { cwd: inputs });
    expect([status, stderr]).toEqual([2, expect.stringContaining('the survey is in it')]);
  });

  test('says what is wrong with how it was asked', async () => {
    expect(await run(['survey', SAMPLES])).toMatchObject({ status: 2, stdout: '' });
    expect((await run(['survey', SAMPLES, '--into', join(folder, 'x'), '--jobs', '0'])).stderr).toMatch(
      '--jobs 0',
    );
    expect((await run(['survey', SAMPLES, '--into', join(folder, 'x'), '--queue', 'nowhere'])).status).toBe(
      2,
    );
    expect((await run(['query', folder, '--summary'])).status).toBe(2);
  });
});
