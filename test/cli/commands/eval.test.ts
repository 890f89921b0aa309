/** `fwmap eval`. Expected values are what the ASL says, worked out by hand. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BufferObject, StringObject } from '../../../src/acpi/interpreter/state/objects.ts';
import { parseAslConstant } from '../../../src/acpi/interpreter/values/constant.ts';
import { violations } from '../../report/schemas.ts';
import { type Outcome, run as runCommand } from '../fake-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'fwmap-eval-'));
const table = join(folder, 'test.asl');
writeFileSync(
  table,
  `DefinitionBlock ("", "DSDT", 2, "FWMAP", "EVAL", 1) {
  OperationRegion (NVSR, SystemMemory, 0x1000, 0x10)
  Field (NVSR, DWordAcc, NoLock, Preserve) { BASE, 32, LIMT, 32 }
  Name (NUMB, 0x1234)
  Method (ADD2, 2) { Return (Arg0 + Arg1) }
  Method (SIZE, 1) { Return (SizeOf (Arg0)) }
  Method (TALK) { Debug = "hello" Debug = 0x10 Return (Package () { 1, "two", Buffer () { 3 } }) }
  Method (SPAN) { Return (LIMT - BASE) }
  Method (WHAT) { If (_OSI ("Windows 2015")) { Return (10) } If (_OSI ("Linux")) { Return (1) } Return (0) }
  Method (FAIL) { Return (Local0 / Zero) }
}`,
);

const run = (...argv: string[]): Promise<Outcome> => runCommand(['eval', table, ...argv]);

describe('fwmap eval', () => {
  it('takes no table from what is no ACPI', async () => {
    const tree = join(folder, 'board.dts');
    const log = join(folder, 'dmesg.txt');
    writeFileSync(tree, '/dts-v1/;\n/ { compatible = "a,b"; };\n');
    writeFileSync(
      log,
      '[    0.000000] Linux version 6.12.30 (a@b) #1 SMP\n[    0.000000] Command line: quiet\n',
    );
    const { status, stdout, stderr } = await runCommand(['eval', tree, '\\NUMB']);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      'fwmap: no ACPI table could be read; eval takes a DSDT or SSDT: raw, acpidump or ASL text\n',
    );
    const beside = await runCommand(['eval', table, tree, log, '\\NUMB']);
    expect([beside.status, beside.stdout, beside.stderr]).toEqual([0, '0x1234\n', '']);
  });

  it('gives the value of a name as ASL', async () => {
    expect(await run('\\NUMB')).toMatchObject({ status: 0, stdout: '0x1234\n' });
  });

  it('passes arguments', async () => {
    expect((await run('\\ADD2', '0x10', '5')).stdout).toBe('0x15\n');
    expect((await run('\\SIZE', '"four"')).stdout).toBe('0x4\n');
    expect((await run('\\SIZE', '{ 1, 2, 3 }')).stdout).toBe('0x3\n');
  });

  it('prints what is stored to Debug, and ends with the result', async () => {
    const lines = (await run('\\TALK')).stdout.trimEnd().split('\n');
    expect(lines.slice(0, 2)).toEqual(['hello', '0x0000000000000010']);
    expect(lines.at(-1)).toBe('Package (0x3) { One, "two", Buffer (0x1) { 0x03 } }');
  });

  it('lets _OSI say yes to what it is reported', async () => {
    // Linux says yes to Windows' names and no to its own (drivers/acpi/osi.c).
    expect((await run('\\WHAT')).stdout).toBe('0xA\n');
    expect((await run('\\WHAT', '--osi', 'Linux', '--osi', 'Windows 2009')).stdout).toBe('One\n');
    expect((await run('\\WHAT', '--osi', 'none')).stdout).toBe('Zero\n');
  });

  it("keeps what isn't known as an expression, and settles it", async () => {
    expect((await run('\\SPAN')).stdout).toBe('LIMT - BASE\n');
    expect((await run('\\SPAN', '--set', 'BASE=0x1000', '--set', 'LIMT=0x3000')).stdout).toBe('0x2000\n');
  });

  it('traces calls and field reads', async () => {
    const { stdout } = await run('\\SPAN', '--trace');
    expect(stdout).toMatch(/^call \\SPAN/m);
    expect(stdout).toMatch(/^read \\LIMT, 32 bits at SystemMemory 0x1004 \(.*test\.asl:\d+\.\d+\)$/m);
  });

  it('ends with 2 when there is no such object, or it faults', async () => {
    expect(await run('\\NOPE')).toMatchObject({ status: 2, stdout: '' });
    expect((await run('\\NOPE')).stderr).toContain('there is no \\NOPE');
    const failing = await run('\\FAIL', '--assume', 'zero');
    expect(failing.status).toBe(2);
    expect(failing.stdout).toMatch(/^AE_AML_/);
    expect((await run('\\1x')).stderr).toContain('is not an ACPI path');
    expect((await run('NUMB')).stderr).toContain('no object is named');
    expect((await run('\\ADD2', 'what')).stderr).toContain('argument what');
  });

  it('has JSON that its schema describes', async () => {
    for (const path of ['\\NUMB', '\\TALK', '\\SPAN', '\\NVSR']) {
      const { stdout } = await run(path, '--format', 'json', '--trace');
      expect(violations('eval', JSON.parse(stdout))).toEqual([]);
    }
  });
});

describe('parseAslConstant', () => {
  it('reads numbers, strings and buffers', () => {
    expect(parseAslConstant('0x10')).toBe(16n);
    expect(parseAslConstant('Ones')).toBe((1n << 64n) - 1n);
    expect((parseAslConstant('"a\\"b"') as StringObject).text).toBe('a"b');
    expect((parseAslConstant('Buffer () { 1, 0xff, }') as BufferObject).bytes).toEqual(Uint8Array.of(1, 255));
  });

  it('refuses what is none of them', () => {
    for (const text of ['', 'x', '"open', '{ 256 }', '{ 1, x }', `${1n << 64n}`])
      expect(parseAslConstant(text)).toBeUndefined();
  });
});
