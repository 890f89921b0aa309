/** Named questions, and values that DuckDB gives. */
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../cli/fake-io.ts';
import { hasPackage } from './fleet.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fwmap-questions-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A tree with a window of a bus at an address, in a file below the folder. */
function tree(path: string, base: string, model = path): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(
    join(folder, path),
    `/dts-v1/; / { model = "${model}"; #address-cells = <1>; #size-cells = <1>; bus { compatible = "simple-bus";
       #address-cells = <1>; #size-cells = <1>; ranges = <0 ${base} 0x1000>; uart@0 { reg = <0 0x100>; }; }; };`,
  );
}

async function survey(inputs: string, into: string): Promise<string> {
  const { status, stderr } = await run(['survey', inputs, '--into', into], { cwd: folder });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return into;
}

interface Result {
  readonly title: string;
  readonly rows: readonly unknown[][];
}

async function ask(...words: string[]): Promise<(readonly unknown[][])[]> {
  const { stdout, stderr } = await run(['query', ...words, '--format', 'json'], { cwd: folder });
  expect(stderr).toBe('');
  return (JSON.parse(stdout) as { results: Result[] }).results.map(({ rows }) => rows);
}

describe.skipIf(!hasPackage('@duckdb/node-api'))('what moved', () => {
  test('is found in folders of another name, by the paths below them', async () => {
    for (const [name, base] of [
      ['old/vm/a.dts', '0xe0000000'],
      ['old/vm/b.dts', '0xe0000000'],
      ['old/vm/c.dts', '0xe0000000'],
      ['old/gone.dts', '0xd0000000'],
      ['new/vm/a.dts', '0xe0000000'],
      ['new/vm/b.dts', '0xf0000000'],
      ['new/vm/come.dts', '0xd0000000'],
    ] as const)
      tree(name, base, name.slice(4));
    tree('new/vm/c.dts', '0xe0000000', 'another');
    // Nothing at the top, so that the shared folder is a longer one in this survey.
    tree('new/x.dts', '0xa0000000');
    const [moved, compared, left] = await ask(
      await survey('new', 's2'),
      '--moved',
      await survey('old', 's1'),
    );
    expect(moved).toEqual([
      ['new/vm/b.dts', '/bus ranges[0]', '[mem 0xe0000000-0xe0000fff]', '[mem 0xf0000000-0xf0000fff]'],
      ['new/vm/b.dts', '/bus/uart@0 reg[0]', '[mem 0xe0000000-0xe00000ff]', '[mem 0xf0000000-0xf00000ff]'],
    ]);
    expect(compared).toEqual([
      ['not compared', 3],
      ['other content, no window moved', 1],
      ['other content, windows moved', 1],
      ['same content', 1],
    ]);
    expect(left).toEqual([
      ['new/vm/come.dts', 'only in this survey'],
      ['new/x.dts', 'only in this survey'],
      ['old/gone.dts', 'only in the earlier survey'],
    ]);
  });

  test('is not told of a machine that was read only once, that is open, or that has several contents', async () => {
    for (const name of ['fails', 'twice', 'open', 'same']) tree(`in/${name}.dts`, '0xe0000000', name);
    await survey('in', 'before');
    writeFileSync(join(folder, 'in/fails.dts'), '/dts-v1/; / { bus {');
    tree('in/twice.dts', '0xf0000000', 'twice');
    await survey('in', 'after');
    tree('in/twice.dts', '0xf1000000', 'twice');
    await survey('in', 'after');
    const [moved, compared, left] = await ask('after', '--moved', 'before');
    expect(moved).toEqual([]);
    expect(compared).toEqual([
      ['not compared', 2],
      ['same content', 2],
    ]);
    expect(left).toEqual([
      ['in/fails.dts', expect.stringMatching(/^in this survey: unreadable, /)],
      ['in/twice.dts', 'this survey has several contents of this path'],
    ]);
    // As a run that was killed after its plan leaves it.
    tree('in/open.dts', '0xc0000000', 'open');
    await survey('in', 'third');
    for (const table of ['machines', 'windows']) {
      const [part] = readdirSync(join(folder, 'third', table));
      copyFileSync(
        join(folder, 'before', table, readdirSync(join(folder, 'before', table))[0]!),
        join(folder, 'third', table, part!),
      );
    }
    expect((await ask('third', '--moved', 'before'))[2]).toContainEqual([
      'in/open.dts',
      'in this survey: not examined yet',
    ]);
    expect((await ask('third', '--summary'))[0]).toEqual([
      ['ok', 4],
      ['not examined yet', 3],
    ]);
  });

  test('is found in images of several machines, one by one', async () => {
    for (const [name, base] of [
      ['old', '0xe0000000'],
      ['new', '0xf0000000'],
    ] as const) {
      mkdirSync(join(folder, name));
      tree('board-1.dts', '0xd0000000', 'board-1');
      tree('board-2.dts', base, 'board-2');
      const image: Uint8Array[] = [];
      for (const board of ['board-1', 'board-2']) {
        const file = join(folder, `${board}.dtb`);
        await run(['dtc', '-I', 'dts', '-O', 'dtb', '-o', file, join(folder, `${board}.dts`)]);
        image.push(new Uint8Array(4096), readFileSync(file));
      }
      writeFileSync(join(folder, name, 'flash.bin'), Buffer.concat(image));
    }
    const [moved, compared] = await ask(await survey('new', 's2'), '--moved', await survey('old', 's1'));
    expect(moved).toEqual([
      ['new/flash.bin#board-2', '/bus ranges[0]', '[mem 0xe0000000-0xe0000fff]', '[mem 0xf0000000-0xf0000fff]'],
      ['new/flash.bin#board-2', '/bus/uart@0 reg[0]', '[mem 0xe0000000-0xe00000ff]', '[mem 0xf0000000-0xf00000ff]'],
    ]); // biome-ignore format: a window a line
    expect(compared).toEqual([
      ['other content, no window moved', 1],
      ['other content, windows moved', 1],
    ]);
  });
});

describe.skipIf(!hasPackage('@duckdb/node-api'))('what VMBus gets below 4 GiB', () => {
  test('is named by model and by machine', async () => {
    mkdirSync(join(folder, 'in'));
    for (const name of ['gen1-dsdt.asl', 'gen2-dsdt.asl', 'low-window-framebuffer.dts'])
      copyFileSync(resolve('samples', name), join(folder, 'in', name));
    tree('in/none.dts', '0xe0000000');
    writeFileSync(join(folder, 'in/guest.log'), '[    0.000000] Linux version 6.13.0 (a@b) #1\n[    0.000000] DMI: Microsoft Corporation Virtual Machine/Virtual Machine, BIOS Hyper-V UEFI Release v4.1 04/06/2022\n[    0.000000] Hypervisor detected: Microsoft Hyper-V\n[    0.000000] Hyper-V: Host Build 10.0.22621.1-0-0\n[    1.0] hv_vmbus: Vmbus version:5.3\n'); // biome-ignore format: a line of a log
    const [models, windows, open] = await ask(await survey('in', 's'), '--vmbus');
    expect(models).toEqual([
      ['hyperv-gen1', 'MSFTVM MSFTVM02', 1],
      ['hyperv-gen2', 'MSFTVM DSDT01', 1],
      ['other', null, 1],
    ]);
    expect(windows?.map(([path, , window, certainty]) => [path, window, certainty])).toEqual([
      ['in/gen1-dsdt.asl', '[mem 0xf8000000-0xfffbffff]', 'certain'],
      ['in/gen2-dsdt.asl', 'MG2B, size MG2L', 'conditional'],
      ['in/gen2-dsdt.asl', 'HMIB << 20, size HMIL << 20', 'conditional'],
      ['in/low-window-framebuffer.dts', '[mem 0xf8000000-0xfed3ffff]', 'certain'],
    ]);
    expect(open).toEqual([['in/guest.log', expect.any(String), null]]);
  });
});

describe.skipIf(!hasPackage('@duckdb/node-api'))('values', () => {
  test('that neither JSON nor JavaScript has are text', async () => {
    tree('in/a.dts', '0xe0000000');
    const into = await survey('in', 's');
    expect(await ask(into, "SELECT 'nan'::DOUBLE, '-inf'::DOUBLE, '\\xAA'::BLOB, NULL")).toEqual([
      [['NaN', '-Infinity', '0xaa', null]],
    ]);
    // DuckDB's own text (https://duckdb.org/docs/stable/sql/data_types/timestamp, "Special Values").
    expect(await ask(into, "SELECT 'infinity'::TIMESTAMP, DATE '2020-01-01', 1")).toEqual([
      [['infinity', '2020-01-01', 1]],
    ]);
  });
});
