import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../fake-io.ts';

let cwd = '';
const write = (name: string, text: string): void => writeFileSync(join(cwd, name), text);

const HEAD = '--- a/dts/board.dts\n+++ b/dts/board.dts\n';
const BOARD = (ranges: string): string =>
  `/dts-v1/;\n/ {\n\t#address-cells = <2>;\n\t#size-cells = <2>;\n\n\tbus {\n\t\t#address-cells = <2>;\n\t\t#size-cells = <2>;\n\t\tranges = ${ranges};\n\t};\n};\n`;
const OLD = '<0 0 0x1 0 0 0x1000>';
const NEW = '<0 0 0x2 0 0 0x1000>';
const PATCH = `${HEAD}@@ -6,6 +6,6 @@\n \tbus {\n \t\t#address-cells = <2>;\n \t\t#size-cells = <2>;\n-\t\tranges = ${OLD};\n+\t\tranges = ${NEW};\n \t};\n };\n`;

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'fwmap-patches-'));
  mkdirSync(join(cwd, 'dts'), { recursive: true });
  write('dts/board.dts', BOARD(OLD));
  write('board.patch', PATCH);
});

afterAll(() => rmSync(cwd, { recursive: true }));

/** Bases of windows, and codes of what was said. */
async function windows(...argv: string[]): Promise<{ bases: unknown[]; codes: string[]; said: string[] }> {
  const { stdout, stderr } = await run(['windows', '--format', 'json', ...argv], { cwd });
  if (stdout === '') return { bases: [], codes: [stderr], said: [] };
  const { windows: found, diagnostics } = JSON.parse(stdout);
  return {
    bases: found.map(({ base }: { base: unknown }) => base),
    codes: diagnostics.map(({ code }: { code: string }) => code),
    said: diagnostics.map(({ message }: { message: string }) => message),
  };
}

describe('a patch', () => {
  const CHANGE =
    'The patch adds window [mem 0x200000000-0x200000fff] and removes window [mem 0x100000000-0x100000fff]';

  it('alone is read by what its hunks show, and what it changes is said', async () => {
    const { bases, said } = await windows('board.patch');
    expect(bases).toEqual(['0x200000000']);
    expect(said).toContain(CHANGE);
  });

  it('is completed by a file beside it, or of a git revision; both sides of it will do', async () => {
    expect(await windows('dts/board.dts', 'board.patch')).toMatchObject({
      bases: ['0x200000000'],
      said: [CHANGE],
    });
    expect(await windows('board.patch', '--base', 'dts/board.dts')).toMatchObject({ said: [CHANGE] });
    write('board.dts', BOARD(NEW));
    expect(await windows('board.dts', 'board.patch')).toMatchObject({
      bases: ['0x200000000'],
      said: [CHANGE],
    });
    const git = (...argv: string[]): void => {
      const settings = ['-c', 'user.name=x', '-c', 'user.email=x@example.org', '-c', 'commit.gpgsign=false'];
      expect(spawnSync('git', [...settings, ...argv], { cwd }).status).toBe(0);
    };
    git('init', '-q');
    git('add', 'dts');
    git('commit', '-qm', 'x');
    expect(await windows('board.patch', '--base', 'HEAD:dts/board.dts')).toMatchObject({
      bases: ['0x200000000'],
      said: [CHANGE],
    });
    expect((await run(['windows', 'board.patch', '--base', 'HEAD:gone'], { cwd })).stderr).toContain('gone');
    expect((await run(['windows', 'board.patch', '--base', '-x:y'], { cwd })).status).toBe(2);
  });

  it('that does not fit the file says so, and is read by itself', async () => {
    write('other.dts', '/dts-v1/; / { };\n');
    const { bases, codes } = await windows('board.patch', '--base', 'other.dts');
    expect(bases).toEqual(['0x200000000']);
    expect(codes).toContain('artifact/patch-does-not-apply');
  });

  it('of a file that the input includes is in what is included', async () => {
    write('dts/main.dts', '/dts-v1/;\n/include/ "soc.dtsi"\n');
    write('dts/soc.dtsi', BOARD(OLD).replace('/dts-v1/;\n', ''));
    const patch = PATCH.replaceAll('board.dts', 'soc.dtsi').replace('@@ -6,6 +6,6 @@', '@@ -5,6 +5,6 @@');
    write('soc.patch', patch);
    expect((await windows('dts/main.dts')).bases).toEqual(['0x100000000']);
    expect((await windows('dts/main.dts', 'soc.patch')).bases).toEqual(['0x200000000']);
  });

  it('in a mail, quoted or not, and in a series of mails', async () => {
    const mail = (body: string, number: number): string =>
      `From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001\nFrom: A <a@example.org>\nDate: Mon, 1 Jan 2024 00:00:00 +0000\nSubject: [PATCH ${number}/2] arm64: dts: ranges\n\nWhy.\n\nSigned-off-by: A\n---\n dts/board.dts | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n\ndiff --git a/dts/board.dts b/dts/board.dts\n${body}-- \n2.40.1\n\n`;
    write('0001.patch', mail(PATCH, 1));
    expect((await windows('0001.patch')).bases).toEqual(['0x200000000']);
    const further = PATCH.replace(`+\t\tranges = ${NEW}`, '+\t\tranges = <0 0 0x3 0 0 0x1000>').replace(
      `-\t\tranges = ${OLD}`,
      `-\t\tranges = ${NEW}`,
    );
    write('0002.patch', mail(further, 2));
    const series = {
      bases: ['0x300000000'],
      said: [CHANGE.replace('0x200000000-0x200000fff', '0x300000000-0x300000fff')],
    };
    expect(await windows('0001.patch', '0002.patch')).toMatchObject(series);
    write('series.mbox', mail(PATCH, 1) + mail(further, 2));
    expect(await windows('series.mbox')).toMatchObject(series);
    expect(await windows('series.mbox', 'dts/board.dts')).toMatchObject(series);
    write('reply.txt', `On Monday, A wrote:\n${PATCH.replace(/^/gm, '> ')}\n\nIs that right?\n`);
    expect((await windows('reply.txt')).bases).toEqual(['0x200000000']);
  });

  it('of ASL gives the resources after it', async () => {
    write(
      'asl.patch',
      '--- a/x.asl\n+++ b/x.asl\n@@ -3,3 +3,3 @@\n   Name (_CRS, ResourceTemplate () {\n-    Memory32Fixed (ReadWrite, 0xE0000000, 0x1000)\n+    Memory32Fixed (ReadWrite, 0xF0000000, 0x1000)\n   })\n',
    );
    expect((await windows('asl.patch')).bases).toEqual(['0xf0000000']);
  });

  it('of C code says nothing of a machine', async () => {
    write('c.patch', '--- a/x.c\n+++ b/x.c\n@@ -1 +1 @@\n-a\n+b\n');
    const { status, stderr } = await run(['windows', 'c.patch'], { cwd });
    expect(status).toBe(2);
    expect(stderr).toContain('x.c');
  });
});

it('a hunk that shows only what is inside of the VMBus node knows it by its properties', async () => {
  const hunk = (property: string): string =>
    `--- a/b.dts\n+++ b/b.dts\n@@ -43,5 +43,5 @@\n \t\t\t${property}\n` +
    '-\t\t\tranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;\n' +
    '+\t\t\tranges = <0x0 0xf8000000 0x0 0xf8000000 0x1000000>;\n \t\t};\n \t};\n \n';
  const answer = async (stdin: string): Promise<string> =>
    JSON.parse((await run(['sysfb', '--format', 'json', '-'], { stdin })).stdout).answer;
  expect(await answer(hunk('microsoft,message-connection-id = <0x800074>;'))).toBe('depends');
  expect(await answer(hunk('x,other = <1>;'))).toBe('unknown');
});
