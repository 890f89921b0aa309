/** Folders and archives of several machines: each is reported apart, with its own inputs and findings. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { hasProgram } from '../../containers/pack.ts';
import { run } from '../fake-io.ts';

const SAMPLES = join(import.meta.dirname, '..', '..', '..', 'samples');
const scratch = mkdtempSync(join(tmpdir(), 'fwmap-apart-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const VTL2 = join(SAMPLES, 'openhcl-vtl2.dts');
const LOW = join(SAMPLES, 'low-window-framebuffer.dts');
const DSDT = join(SAMPLES, 'gen2-dsdt.aml');
const LOG = '[    0.000000] Linux version 6.12.60 (a@b) #1 SMP\n[    0.000000] Command line: quiet\n';

/** A folder of files: copies of others, or texts. */
function folder(name: string, files: Readonly<Record<string, string>>): string {
  const root = join(scratch, name);
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    if ((content.startsWith('/') && content.endsWith('dts')) || content === DSDT) cpSync(content, file);
    else writeFileSync(file, content);
  }
  return root;
}

interface Reported {
  readonly name?: string;
  readonly answer: string;
  readonly kernel: { readonly release?: string };
  readonly inputs: readonly { readonly path: string }[];
  readonly diagnostics: readonly { readonly code: string }[];
}

/** Each machine: its name, what is answered, its inputs below the folder, its findings. */
async function machinesIn(...inputs: string[]) {
  const { stdout, stderr } = await run(['sysfb', '--format', 'json', ...inputs]);
  expect(stderr).toBe('');
  const object = JSON.parse(stdout) as Reported & { machines?: Reported[] };
  return (object.machines ?? [object]).map(({ name, answer, inputs: own, diagnostics }) => [
    name?.replace(`${scratch}/`, ''),
    answer,
    own.map(({ path }) => path.replace(`${scratch}/`, '')),
    diagnostics.map(({ code }) => code),
  ]);
}

describe('a folder', () => {
  test('of folders, a machine each', async () => {
    const root = folder('fleet', {
      'a/board.dts': VTL2,
      'b/tables/DSDT': DSDT,
      'b/dmesg': LOG,
      'c/board.dts': LOW,
      'c/notes': 'Hello, world.\n',
      'kernel.config': 'CONFIG_64BIT=y\nCONFIG_HYPERV=y\n',
    });
    const found = await machinesIn(root);
    expect(found.map(([name, answer, inputs]) => [name, answer, inputs])).toEqual([
      ['fleet/a', 'not-needed', ['fleet/a/board.dts', 'fleet/kernel.config']],
      ['fleet/b', 'depends', ['fleet/b/dmesg', 'fleet/b/tables', 'fleet/kernel.config']],
      ['fleet/c', 'needed', ['fleet/c/board.dts', 'fleet/kernel.config']],
    ]);
    // What is said of the notes is said of their machine.
    expect(found.map(([, , , codes]) => (codes as string[]).includes('artifact/unknown-text'))).toEqual([
      false,
      false,
      true,
    ]);
    const text = await run(['windows', root]);
    expect(text.stdout.match(/^\S*\/fleet\/[abc]$/gm)?.map((name) => name.slice(-1))).toEqual([
      'a',
      'b',
      'c',
    ]);
    const chosen = await run(['sysfb', '--format', 'json', '--select', join(root, 'c'), root]);
    expect(JSON.parse(chosen.stdout).answer).toBe('needed');
  });

  test('of files: each whole description is one, with what is called as it is', async () => {
    const root = folder('files', { 'one.dts': VTL2, 'one-dmesg.txt': LOG, 'two.dts': LOW, 'more.log': LOG });
    expect((await machinesIn(root)).map(([name, answer, inputs]) => [name, answer, inputs])).toEqual([
      ['files/one.dts', 'not-needed', ['files/one.dts', 'files/one-dmesg.txt']],
      ['files/two.dts', 'needed', ['files/two.dts']],
      ['files', 'unknown', ['files/more.log']],
    ]);
  });

  test('of one machine stays one, also with its tree twice, a table more, and logs of several boots', async () => {
    const root = folder('one', {
      'board.dts': VTL2,
      'copy/board.dts': VTL2,
      dmesg: LOG,
      'dmesg.old': LOG,
      config: 'CONFIG_64BIT=y\n',
    });
    const found = await machinesIn(root);
    expect(found.map(([name]) => name)).toEqual([undefined]);
  });

  test('of logs alone, one in each folder', async () => {
    const root = folder('logs', { 'a/dmesg': LOG, 'b/dmesg': LOG.replace('6.12.60', '6.6.10') });
    expect((await machinesIn(root)).map(([name]) => name)).toEqual(['logs/a', 'logs/b']);
  });
});

test('files named themselves are one machine, beside folders or not', async () => {
  expect((await machinesIn(VTL2, LOW)).map(([name]) => name)).toEqual([undefined]);
  const a = folder('first', { 'board.dts': VTL2 });
  const b = folder('second', { 'board.dts': LOW });
  const config = join(folder('config', { 'kernel.config': 'CONFIG_64BIT=y\n' }), 'kernel.config');
  expect((await machinesIn(a, b, config)).map(([name, answer, inputs]) => [name, answer, inputs])).toEqual([
    ['first', 'not-needed', ['first/board.dts', 'config/kernel.config']],
    ['second', 'needed', ['second/board.dts', 'config/kernel.config']],
  ]);
});

test.skipIf(!hasProgram('tar'))('archives, one machine each, also in one another', async () => {
  const root = folder('captures', { 'a/board.dts': VTL2, 'a/dmesg': LOG, 'b/board.dts': LOW });
  for (const name of ['a', 'b']) execFileSync('tar', ['-C', root, '-cf', join(root, `${name}.tar`), name]);
  const found = await machinesIn(join(root, 'a.tar'), join(root, 'b.tar'));
  expect(found.map(([name, answer]) => [name, answer])).toEqual([
    ['captures/a.tar', 'not-needed'],
    ['captures/b.tar', 'needed'],
  ]);
  execFileSync('tar', ['-C', root, '-cf', join(scratch, 'all.tar'), 'a.tar', 'b.tar']);
  expect((await machinesIn(join(scratch, 'all.tar'))).map(([name, answer]) => [name, answer])).toEqual([
    ['all.tar/a.tar', 'not-needed'],
    ['all.tar/b.tar', 'needed'],
  ]);
});
