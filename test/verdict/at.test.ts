/** `fwmap at`: what has an address. Expected values stand in the inputs. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { littleEndian, table } from '../acpi/tables/made-tables.ts';
import { run } from '../cli/fake-io.ts';
import { violations } from '../report/schemas.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'fwmap-at-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Claim {
  readonly kind: string;
  readonly who: string;
  readonly certainty: string;
  readonly when?: string;
  readonly whole: boolean;
  readonly note?: string;
}

async function at(address: string, ...inputs: string[]): Promise<{ summary: string; claims: Claim[] }> {
  const { status, stdout } = await run(['at', address, ...inputs, '--format', 'json'], { cwd: root });
  expect(status).toBe(0);
  const document = JSON.parse(stdout);
  expect(violations('at', document)).toEqual([]);
  return document;
}

const put = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const kinds = ({ claims }: { claims: Claim[] }): string[] => claims.map(({ kind }) => kind);

describe('at', () => {
  it('a device tree: the framebuffer, the window around it, VMBus', async () => {
    const found = await at('0xf8000000', 'samples/low-window-framebuffer.dts');
    expect(kinds(found)).toEqual(['framebuffer', 'window', 'vmbus']);
    expect(found.claims.every(({ certainty }) => certainty === 'certain')).toBe(true);
    expect(
      (await at('0x1', 'samples/low-window-framebuffer.dts')).claims.map(({ kind }) => kind),
    ).not.toContain('window');
  });

  it('registers that only a table names', async () => {
    const madt = join(folder, 'madt.dat');
    writeFileSync(madt, table('APIC', [...littleEndian(0xfee00000, 4), ...littleEndian(1, 4)]));
    const { claims } = await at('fee00020', madt);
    expect(claims.map(({ kind, who }) => [kind, who])).toEqual([['register', 'MADT: local APIC']]);
  });

  it('bounds that are not known: when the address is inside', async () => {
    const { claims, summary } = await at('f8000000', 'samples/gen2-dsdt.aml');
    expect(summary).toMatch(/^Nothing claims 0xf8000000 for certain;/);
    const low = claims.find(({ who }) => who.endsWith('_CRS[0]'))!;
    expect(low.certainty).toBe('conditional');
    expect(low.when).toContain('MG2B <= 0xf8000000');
    const set = await at(
      'f8000000',
      'samples/gen2-dsdt.aml',
      '--set',
      'MG2B=0xf8000000',
      '--set',
      'MG2L=0x4000000',
    );
    expect(set.claims.find(({ who }) => who.endsWith('_CRS[0]'))?.certainty).toBe('certain');
    const above = await at(
      'fc000000',
      'samples/gen2-dsdt.aml',
      '--set',
      'MG2B=0xf8000000',
      '--set',
      'MG2L=0x4000000',
    );
    expect(above.claims.find(({ who }) => who.endsWith('_CRS[0]'))).toBeUndefined();
  });

  it('evidence: the memory map, /proc/iomem with its levels, BARs; a range as a log has it', async () => {
    const log = put(
      'dmesg.txt',
      `[    0.000000] Linux version 6.1.100 (x@y) (gcc) #1 SMP
[    0.000000] BIOS-e820: [mem 0x00000000fec00000-0x00000000ffffffff] reserved
[    0.400000] pci 0000:00:02.0: [8086:1234] type 00 class 0x030000
[    0.400001] pci 0000:00:02.0: reg 0x10: [mem 0xfd000000-0xfdffffff pref]
`,
    );
    const iomem = put(
      'iomem.txt',
      `00100000-7fffffff : System RAM
  01000000-01ffffff : Kernel code
fec00000-fec003ff : IOAPIC 0
`,
    );
    expect((await at('01800000', log, iomem)).claims.map(({ who }) => who)).toEqual([
      'Kernel code',
      'System RAM',
    ]);
    expect((await at('fec00000', log, iomem)).claims.map(({ who }) => who)).toEqual([
      'IOAPIC 0',
      'e820: reserved',
    ]);
    const part = await at('[mem 0xfd800000-0xfe7fffff 64bit]', log, iomem);
    expect(part.claims.map(({ kind, whole }) => [kind, whole])).toContainEqual(['bar', false]);
    expect((await at('fd800000-fd8fffff', log)).claims.find(({ kind }) => kind === 'bar')?.whole).toBe(true);
    expect(kinds(await at('io:0x3f8', log, iomem))).toEqual([]);
  });

  it('what Linux takes nothing from is there, with the reason', async () => {
    const tree = put(
      'a.dts',
      `/dts-v1/; / { #address-cells = <1>; #size-cells = <1>;
        memory@0 { device_type = "memory"; reg = <0 0x10000000>; };
        soc { #address-cells = <1>; #size-cells = <1>; ranges; uart@40000000 { reg = <0x40000000 0x1000>; status = "disabled"; }; }; };`,
    );
    const { claims } = await at('40000800', tree);
    expect(claims.map(({ kind, note }) => [kind, note])).toEqual([['register', 'disabled']]);
  });

  it('a host bridge, ports, and what is kept free', async () => {
    const tables = put(
      'b.asl',
      `DefinitionBlock ("", "DSDT", 2, "TEST", "TEST", 1) { Scope (\\_SB) { Device (PCI0) {
        Name (_HID, EisaId ("PNP0A08")) Name (_CID, EisaId ("PNP0A03"))
        Name (_CRS, ResourceTemplate () { IO (Decode16, 0xcf8, 0xcf8, 1, 8)
          DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, NonCacheable, ReadWrite, 0, 0xff000000, 0xffffffff, 0, 0x1000000) }) } } }`,
    );
    expect(kinds(await at('io:cfc', tables))).toEqual(['register']);
    expect(kinds(await at('ffe80000', tables, '--kernel', '6.12.30'))).toEqual([
      'kept-free',
      'window',
      'pci-bridge',
    ]);
  });

  it('says what is no address', async () => {
    for (const address of ['nothing', '0x', '2-1', 'io:0xffffffffff', '0x10000000000000000']) {
      const { status, stderr } = await run(['at', address, 'samples/openhcl-vtl2.dts'], { cwd: root });
      expect([address, status]).toEqual([address, 2]);
      expect(stderr).toContain(address);
    }
    expect((await run(['at', '0x1'], { cwd: root })).status).toBe(2);
  });

  // Windows and BARs of these tables and listings are plain numbers: who has an address can be read off them.
  it('the summary counts the claims, sure ones and others', async () => {
    const tree = put(
      'summary.dts',
      `/dts-v1/;
/ { #address-cells = <1>; #size-cells = <1>;
  one@1000 { reg = <0x1000 0x100>; };
  two@2000 { reg = <0x2000 0x100>; inner@0 { reg = <0 1>; }; };
  three@2000 { reg = <0x2000 0x80>; };
  four@2000 { reg = <0x2000 0x10>; };
};
`,
    );
    expect((await at('0x500', tree)).summary).toBe('Nothing in the inputs claims 0x500.');
    const one = await at('0x1000', tree);
    expect(one.claims).toHaveLength(1);
    expect(one.summary).toBe(`0x1000 is claimed by ${one.claims[0]!.who}.`);
    const two = await at('0x2050', tree);
    expect(two.summary).toBe(`0x2050 is claimed by ${two.claims[0]!.who} and 1 more.`);
    const three = await at('0x2000', tree);
    expect(three.summary).toBe(`0x2000 is claimed by ${three.claims[0]!.who} and 2 more.`);
    expect((await at('0x500-0x5ff', tree)).summary).toBe(
      'Nothing in the inputs claims [mem 0x00000500-0x000005ff].',
    );
  });

  it('claims that may be are counted apart', async () => {
    const table = (low: string): string =>
      put(
        'summary.asl',
        `DefinitionBlock ("", "DSDT", 2, "FWMAP", "TEST", 1) {
  OperationRegion (PORT, SystemIO, 0xB2, 1)
  Field (PORT, ByteAcc, NoLock, Preserve) { SEL, 8 }
  Device (\\_SB.DEVA) { Name (_HID, "ACME0001") Name (_CRS, ResourceTemplate () { Memory32Fixed (ReadWrite, 0x80000000, 0x1000) }) }
  ${low}
}
`,
      );
    const may = `Device (\\_SB.DEVB) { Name (_HID, "ACME0002") Method (_CRS) {
      If (LEqual (SEL, 1)) { Return (ResourceTemplate () { Memory32Fixed (ReadWrite, 0x80000000, 0x2000) }) }
      Return (ResourceTemplate () { }) } }`;
    const sure = await at('0x80000000', table(''));
    expect(sure.summary).toBe(`0x80000000 is claimed by ${sure.claims[0]!.who}.`);
    const both = table(may);
    expect((await at('0x80000000', both)).summary).toMatch(
      /^0x80000000 is claimed by .*DEVA.*; 1 more claim is conditional or unknown\.$/,
    );
    expect((await at('0x80001000', both)).summary).toBe(
      'Nothing claims 0x80001000 for certain; 1 claim is conditional or unknown.',
    );
  });
});
