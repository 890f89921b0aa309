/** `fwmap asl`. Bytes are those of ACPI 6.5, chapter 20. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../fake-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'fwmap-asl-cli-'));
const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const dsdt = write(
  'dsdt.asl',
  'DefinitionBlock ("", "DSDT", 2, "FWMAP", "A", 1) {\n#include "device.asl"\n  Name (SIZE, LENGTH)\n}\n',
);
write(
  'device.asl',
  'Device (\\_SB.DEV0) { Name (_HID, EisaId ("PNP0A08")) Method (GETX, 1) { Return (Arg0) } }\n',
);
const ssdt = write(
  'ssdt.asl',
  'DefinitionBlock ("", "SSDT", 2, "FWMAP", "B", 1) { External (\\_SB.DEV0.GETX, MethodObj) Name (A, 1) Method (M) { \\_SB.DEV0.GETX (2) } }',
);

describe('fwmap asl', () => {
  it('compiles, its includes and definitions read', async () => {
    const aml = join(folder, 'dsdt.aml');
    const outcome = await run([
      'asl',
      '--compile',
      dsdt,
      '-D',
      'LENGTH=0x1000',
      '--creator',
      'TEST:0x2a',
      '-o',
      aml,
    ]);
    expect(outcome).toEqual({ status: 0, stdout: '', stderr: '' });
    const bytes = readFileSync(aml);
    expect(bytes.toString('latin1', 0, 4)).toBe('DSDT');
    expect(bytes.readUInt32LE(4)).toBe(bytes.length);
    expect(bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0)).toBe(0);
    expect(bytes.toString('latin1', 28, 32)).toBe('TEST');
    expect(bytes.readUInt32LE(32)).toBe(0x2a);
    expect(bytes.toString('hex').endsWith('0853495a450b0010')).toBe(true);
  });

  it('makes the folder that tables are written to', async () => {
    const directory = join(folder, 'made', 'for', 'it');
    expect((await run(['asl', ssdt, '--directory', directory])).status).toBe(0);
    expect(readFileSync(join(directory, 'SSDT.dsl'), 'latin1')).toContain('Name (A, One)');
    expect((await run(['asl', ssdt, '--directory', ssdt])).status).toBe(2);
  });

  it('prints one table, the others telling what its names are', async () => {
    const { status, stdout } = await run(['asl', dsdt, ssdt, '-D', 'LENGTH=1', '--table', 'ssdt']);
    expect(status).toBe(0);
    expect(stdout).toContain('External (\\_SB.DEV0.GETX, MethodObj)    // 1 arguments\n');
    expect(stdout).not.toContain('"DSDT"');
  });

  it('writes a file for each table', async () => {
    const { status } = await run(['asl', dsdt, ssdt, '-D', 'LENGTH=1', '--directory', folder]);
    expect(status).toBe(0);
    expect(readFileSync(join(folder, 'DSDT.dsl'), 'utf8')).toContain('Name (_HID, EisaId ("PNP0A08"))');
    expect(readFileSync(join(folder, 'SSDT.dsl'), 'utf8')).toContain('Name (A, One)');
  });

  it('writes nothing when there is an error', async () => {
    const bad = write('bad.asl', 'DefinitionBlock ("", "SSDT", 2, "A", "B", 1) { Name (A) }');
    const { status, stdout, stderr } = await run(['asl', '--compile', bad]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/bad\.asl:1\.\d+: error: ',' expected before '\)'/);
  });

  it('ends with status 2 where a source had an error, and prints the rest', async () => {
    const broken = join(folder, 'broken.asl');
    writeFileSync(broken, 'DefinitionBlock ("", "SSDT", 2, "T", "T", 1) {\n Name (A, 1)\n Name (B, \n}\n');
    const { status, stdout } = await run(['asl', broken]);
    expect([status, stdout]).toEqual([2, expect.stringContaining('Name (A')]);
  });

  it.each([
    [['asl', dsdt, '-D', 'LENGTH=1', '--table', 'SSDT9'], 'no table SSDT9'],
    [['asl', '--compile', dsdt, '--creator', 'X'], '--creator X'],
    [['asl', '--compile', dsdt, '-D', '1A=2'], '--define 1A=2: it takes NAME or NAME=TEXT'],
    [['asl', '--compile', dsdt, ssdt, '-D', 'LENGTH=1'], 'the text defines 2 tables'],
  ])('refuses %j', async (argv, message) => {
    const { status, stderr } = await run(argv);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
