/** `--set` on every command that runs firmware code: a name that means no field, a value that doesn't fit, two values for one field. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run as runCommand } from '../fake-io.ts';

const ASL = `DefinitionBlock ("", "DSDT", 2, "TEST", "TEST", 1) {
  External (\\FRGN, IntObj)
  OperationRegion (NVS, SystemMemory, 0x1000, 0x10)
  Field (NVS, ByteAcc, NoLock, Preserve) { MG2B, 32, MG2L, 32, FLAG, 4 }
  Device (\\_SB.VMOD) {
    Name (_HID, "ACPI0004")
    OperationRegion (MORE, SystemMemory, 0x2000, 0x10)
    Field (MORE, ByteAcc, NoLock, Preserve) { SIZE, 8 }
    Method (_CRS) {
      OperationRegion (INNR, SystemMemory, 0x3000, 0x10)
      Field (INNR, ByteAcc, NoLock, Preserve) { DEEP, 16 }
      Return (Buffer () { 0x79, 0 })
    }
    Device (VMBS) { Name (_HID, "VMBUS") Name (_CRS, Buffer () { 0x79, 0 }) }
  }
}`;

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fwmap-set-'));
  file = join(folder, 'dsdt.asl');
  writeFileSync(file, ASL);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...args: readonly string[]) {
  const { status, stdout: out, stderr: err } = await runCommand(args);
  return { status, out, err };
}

describe.each([
  ['windows', []],
  ['resources', []],
  ['explain', []],
  ['sysfb', []],
  ['sysfb', ['--format', 'json']],
  ['simulate', []],
  ['eval', ['\\_SB.VMOD._CRS']],
])('%s %j', (command, rest) => {
  const set = (...values: readonly string[]) =>
    run(command, file, ...rest, ...values.flatMap((value) => ['--set', value]));

  it.each([
    [['MG2X=1'], /no field is named MG2X[\s\S]*did you mean MG2B or MG2L\?/],
    [['\\MG2X=1'], /no field is named \\MG2X[\s\S]*did you mean \\MG2B or \\MG2L\?/],
    [['WXYZ=1'], /no field is named WXYZ[\s\S]*the fields are .*MG2B/],
    [['MG2L=0x100000000'], /MG2L.* 32 bits/],
    [['FLAG=16'], /FLAG.* 4 bits/],
    [['MG2L=1', 'MG2L=1'], /MG2L is given twice/],
    [['MG2L=1', '\\MG2L=1'], /\\MG2L is given a value as MG2L and as \\MG2L/],
  ])('%j is refused', async (values, said) => {
    const { status, out, err } = await set(...values);
    expect(err).toMatch(said);
    expect(status).toBe(2);
    expect(out).toBe('');
  });

  it.each([
    ['MG2L=0xffffffff'],
    ['\\MG2L=1'],
    ['\\_SB.VMOD.SIZE=255'],
    ['SIZE=0'],
    ['DEEP=0xffff'],
    ['FRGN=5'],
  ])('%s is taken', async (value) => {
    const { status, err } = await set(value);
    expect(err).not.toContain('--set');
    expect(status).not.toBe(2);
  });
});

it('there have to be tables whose fields it sets', async () => {
  const tree = join(folder, 'tree.dts');
  writeFileSync(tree, '/dts-v1/; / { };');
  const { status, err } = await run('windows', tree, '--set', 'MG2B=1');
  expect(err).toContain('--set sets fields of ACPI tables, and none of the inputs is one');
  expect(status).toBe(2);
});
