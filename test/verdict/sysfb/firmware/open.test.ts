/**
 * What firmware code may find on the machine and not in the inputs: IDs that it computes, tables that are not given,
 * registers of devices. Windows: low [0xf8000000-0xffffffff], which a framebuffer of Generation 2 is in, or high.
 */
import { describe, expect, it } from 'vitest';
import { DiagnosticList } from '../../../../src/bytes/diagnostic.ts';
import { linuxSystem } from '../../../../src/linux/osi.ts';
import { parseRelease } from '../../../../src/linux/release.ts';
import { answerSysfb } from '../../../../src/verdict/answer.ts';
import type { Verdict } from '../../../../src/verdict/sysfb/verdict.ts';
import { artifactOf } from '../../../evidence/artifacts.ts';

const template = (min: string, max: string, length: string): string =>
  `ResourceTemplate () { QWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, ${min}, ${max}, 0, ${length}) }`;
const LOW = template('0xF8000000', '0xFFFFFFFF', '0x8000000');
const HIGH = template('0xFE0000000', '0xFFFFFFFFF', '0x20000000');
const IRQ = 'Name (_CRS, ResourceTemplate () { IRQ (Edge, ActiveHigh, Exclusive) {5} })';
const FIELD =
  'OperationRegion (BIOS, SystemMemory, 0xF7FD9000, 8) Field (BIOS, DWordAcc, NoLock, Preserve) { FLD, 32 }';
const MODULE = (name: string, crs: string, ids: string): string =>
  `Device (\\_SB.${name}) { Name (_HID, "ACPI0004") ${crs} Device (VMBS) { ${ids} ${IRQ} } }`;
const VMBUS = 'Name (_HID, "VMBus")';
const IS_LOW = (condition: string, before = ''): string =>
  MODULE(
    'VMOD',
    `Method (_CRS, 0, Serialized) { ${before} If (${condition}) { Return (${LOW}) } Return (${HIGH}) }`,
    VMBUS,
  );

async function judge(body: string, commandLine?: string): Promise<Verdict> {
  const table = artifactOf(
    'asl',
    `DefinitionBlock ("", "DSDT", 2, "MSFTVM", "DSDT01", 1) { ${body} }`,
    'd.asl',
  );
  const log = `[    0.000000] Linux version 6.8.0 (a@b) (gcc) #1 SMP\n[    0.000000] Command line: ${commandLine}\n`;
  return answerSysfb(
    [table, ...(commandLine === undefined ? [] : [artifactOf('dmesg', log, 'dmesg')])],
    {
      describe: { system: linuxSystem(parseRelease('6.8.0')) },
      kernel: { release: '6.8.0' },
      judgedOnly: true,
    },
    new DiagnosticList(),
  );
}

async function answer(body: string, commandLine?: string): Promise<string> {
  return (await judge(body, commandLine)).answer;
}

/** vmbus_acpi_device_ids of drivers/hv/vmbus_drv.c; acpi_set_pnp_ids() of drivers/acpi/scan.c evaluates both objects. */
describe('a device whose IDs depend on what is not known', () => {
  const either = (object: string, is: string, other: string): string =>
    `Method (${object}) { If (\\FLD) { Return ("${is}") } Return ("${other}") }`;

  it('is VMBus where they say so', async () => {
    const verdict = await judge(
      `${FIELD} ${MODULE('VMOD', `Name (_CRS, ${LOW})`, either('_HID', 'VMBus', 'ACPI0003'))}`,
    );
    expect(verdict.answer).toBe('depends');
    expect(verdict.rules.map(({ id }) => id)).toContain('acpi-other-id');
  });

  it.each([
    ['_HID', either('_HID', 'VMBus', 'ACPI0003')],
    ['_CID', `Name (_HID, "MSFT1000") ${either('_CID', 'VMBUS', 'ACPI0003')}`],
  ])('may be a second VMBus with a low window, by %s', async (_object, ids) => {
    const first = MODULE('VMOD', `Name (_CRS, ${HIGH})`, VMBUS);
    expect(await answer(`${FIELD} ${first} ${MODULE('VMO2', `Name (_CRS, ${LOW})`, ids)}`)).toBe('depends');
    const never = ids.replace(/VMBus|VMBUS/, 'ACPI0005');
    expect(await answer(`${FIELD} ${first} ${MODULE('VMO2', `Name (_CRS, ${LOW})`, never)}`)).toBe(
      'not-needed',
    );
  });

  it('may be any device where they come from another table', async () => {
    const second = MODULE('VMO2', `Name (_CRS, ${LOW})`, 'Method (_HID) { Return (\\IDS) }');
    const first = MODULE('VMOD', `Name (_CRS, ${HIGH})`, VMBUS);
    expect(await answer(`External (\\IDS) ${first} ${second}`)).toBe('unknown');
    // An integer is an EISA ID, which is not "VMBus".
    expect(await answer(`${FIELD} ${first} ${second.replace('\\IDS', '\\FLD')}`)).toBe('not-needed');
  });
});

/** acpi_ds_eval_table_region_operands() of ACPICA: the table is looked for among all that the machine has. */
it('a DataTableRegion of a table that is not given: what it holds is open', async () => {
  const region =
    'DataTableRegion (DTR, "OEM1", "", "") Field (DTR, ByteAcc, NoLock, Preserve) { Offset (40), SEL, 8 }';
  expect(await answer(`${region} ${IS_LOW('\\SEL == 0x55')}`)).toBe('depends');
  expect(await answer(IS_LOW('SEL == 0x55', region))).toBe('depends');
});

/** ACPI 6.5, 5.5.2.4: an access goes to the device, which need not give back what was written. */
describe('registers of a device', () => {
  const ports =
    'OperationRegion (PIO, SystemIO, 0x2E, 4) Field (PIO, ByteAcc, NoLock, Preserve) { IDX, 8, DAT, 8 }';

  it.each([
    ['a port', 'OperationRegion (REG, SystemIO, 0x80, 4)', 'depends'],
    ['a register of an embedded controller', 'OperationRegion (REG, EmbeddedControl, 0, 8)', 'depends'],
    ['memory', 'OperationRegion (REG, SystemMemory, 0xF7FD9000, 8)', 'not-needed'],
  ])('%s that is written and read', async (_what, region, wanted) => {
    const field = `${region} Field (REG, ByteAcc, NoLock, Preserve) { SEL, 8 }`;
    expect(await answer(`${field} ${IS_LOW('SEL == 2', 'SEL = 1')}`)).toBe(wanted);
  });

  it('a data port gives another value after its index was written', async () => {
    const reads = 'IDX = 0x10 Local0 = DAT IDX = 0x11 Local1 = DAT';
    expect(await answer(`${ports} ${IS_LOW('Local0 != Local1', reads)}`)).toBe('depends');
    // Nothing was written in between.
    expect(await answer(`${ports} ${IS_LOW('Local0 != Local1', 'Local0 = DAT Local1 = DAT')}`)).toBe(
      'not-needed',
    );
  });

  it('configuration space: a BAR that is sized, but not the registers beside it', async () => {
    const device = (condition: string, before: string): string =>
      `Device (\\_SB.PCI0) { Name (_HID, "PNP0A03") Device (DEV0) { Name (_ADR, 0x10000) OperationRegion (CFG, PCI_Config, 0, 0x40) Field (CFG, DWordAcc, NoLock, Preserve) { VID, 32, Offset (0x10), BAR, 32 } } } ${IS_LOW(condition, before)}`;
    const bar = '\\_SB.PCI0.DEV0.BAR';
    const id = '\\_SB.PCI0.DEV0.VID';
    expect(await answer(device(`${bar} != 0xFFFFFFFF`, `${bar} = 0xFFFFFFFF`))).toBe('depends');
    expect(await answer(device(`Local0 != ${id}`, `Local0 = ${id} ${bar} = 0xFFFFFFFF`))).toBe('not-needed');
  });
});

/** acpi_osi_setup() of drivers/acpi/osi.c, acpi_os_name_setup() and acpi_rev_override_setup() of osl.c. */
describe('a command line that changes what firmware code sees', () => {
  it.each([
    ['_OSI ("Linux")', 'root=/dev/sda1', 'not-needed'],
    ['_OSI ("Linux")', 'acpi_osi=Linux', 'needed'],
    ['!_OSI ("Windows 2015")', 'acpi_osi=!', 'needed'],
    ['!_OSI ("Windows 2015")', '"acpi_osi=!Windows 2015" quiet', 'needed'],
    ['!_OSI ("Windows 2015")', 'acpi_osi="!Windows 2015"', 'needed'],
    ['!_OSI ("Windows 2015")', 'acpi_osi="Windows 2015" acpi_osi=!', 'not-needed'],
    ['!_OSI ("Windows 2015")', 'acpi_osi=! acpi_osi=!!', 'not-needed'],
    ['!_OSI ("Module Device")', 'acpi_osi=!', 'not-needed'],
    ['!_OSI ("Module Device")', 'acpi_osi=!*', 'needed'],
    ['!CondRefOf (\\_OSI)', 'acpi_osi=', 'needed'],
    ['_OS == "Other"', 'acpi_os_name=Other', 'needed'],
    ['_REV == 5', 'acpi_rev_override', 'needed'],
  ])('%s with %s: %s', async (condition, line, wanted) => {
    expect(await answer(IS_LOW(condition), line)).toBe(wanted);
  });
});
