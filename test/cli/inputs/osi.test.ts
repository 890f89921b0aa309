/** `--kernel` and `--osi` on every command that runs firmware code. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../fake-io.ts';

/** Windows above 4 GiB where `_OSI` says yes to Windows 2021, which Linux does since 5.19, and below elsewhere. */
const ASL = `DefinitionBlock ("", "DSDT", 2, "TEST", "TEST", 1) {
  Method (WHAT) { If (_OSI ("Windows 2021")) { Return (21) } If (_OSI ("Linux")) { Return (1) } Return (0) }
  Device (\\_SB.VMOD) {
    Name (_HID, "ACPI0004")
    Method (_CRS) {
      If (_OSI ("Windows 2021")) { Return (ResourceTemplate () {
        QWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, NonCacheable, ReadWrite, 0, 0xFE0000000, 0xFEFFFFFFF, 0, 0x10000000) }) }
      Return (ResourceTemplate () {
        DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, NonCacheable, ReadWrite, 0, 0xF8000000, 0xFFFBFFFF, 0, 0x7FC0000) })
    }
    Device (VMBS) { Name (_HID, "VMBUS") Name (_CRS, ResourceTemplate () { IRQ (Edge, ActiveHigh, Exclusive) { 5 } }) }
  }
}`;

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fwmap-osi-'));
  file = join(folder, 'dsdt.asl');
  writeFileSync(file, ASL);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('eval', () => {
  it.each([
    [['--kernel', '5.18.19'], 'Zero\n'],
    [['--kernel', '5.19'], '0x15\n'],
    [['--kernel', '5.18', '--osi', '+Linux'], 'One\n'],
    [['--kernel', '6.12', '--osi', '!Windows 2021'], 'Zero\n'],
    [['--kernel', '6.12', '--osi', '-Windows 2021'], 'Zero\n'],
    [['--kernel', '6.12', '--osi=-Windows 2021'], 'Zero\n'],
    [['--osi', 'Linux,Windows 2009'], 'One\n'],
    [['--osi', '-Windows 2021', '--osi', '+Linux'], 'One\n'],
    [['--assume', 'zero'], 'Zero\n'],
    [['--assume', 'zero', '--kernel', '6.12'], 'Zero\n'],
    [['--assume', 'zero', '--osi', '+Windows 2021'], '0x15\n'],
  ])('%j', async (options, expected) => {
    const { stdout, stderr } = await run(['eval', file, '\\WHAT', ...options]);
    expect(stderr).toBe('');
    expect(stdout).toBe(expected);
  });

  it('without a release, on a condition', async () => {
    expect((await run(['eval', file, '\\WHAT'])).stdout).toMatch(/release/);
  });
});

describe.each(['windows', 'resources', 'explain', 'sysfb', 'simulate'])('%s', (command) => {
  it.each([
    [['--kernel', '5.18'], /f8000000/i, /fe0000000/i],
    [['--kernel', '6.6.10'], /fe0000000/i, /f8000000/i],
    [['--kernel', '6.6.10', '--osi', '!Windows 2021'], /f8000000/i, /fe0000000/i],
  ])('%j', async (options, there, absent) => {
    const { stdout, status } = await run([command, file, ...options]);
    expect(status).not.toBe(2);
    expect(stdout).toMatch(there);
    // A framebuffer is assumed at the low base where nothing says otherwise.
    if (!/^(sysfb|simulate)$/.test(command)) expect(stdout).not.toMatch(absent);
  });

  it('refuses what is no release', async () => {
    const { status, stderr } = await run([command, file, '--kernel', 'new']);
    expect(status).toBe(2);
    expect(stderr).toContain('--kernel new');
  });
});
