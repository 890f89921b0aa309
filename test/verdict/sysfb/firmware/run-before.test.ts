/**
 * What Linux runs before the VMBus driver asks for `_CRS`, besides starting up: acpi_bus_init_irq() runs `\_PIC`,
 * acpi_bus_osc_negotiate_platform_control() `_OSC`, acpi_init_device_object() `_ADR` and `_UID`, drivers what is theirs. `X`
 * says which of two lists `_CRS` gives; the first holds the framebuffer.
 */
import { expect, it } from 'vitest';
import { DiagnosticList } from '../../../../src/bytes/diagnostic.ts';
import { answerSysfb } from '../../../../src/verdict/answer.ts';
import { describe } from '../../../../src/window/describe.ts';
import { artifactOf } from '../../../evidence/artifacts.ts';

const LOW =
  'ResourceTemplate () { DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, 0xF8000000, 0xFFFBFFFF, 0, 0x07FC0000) }';
const HIGH =
  'ResourceTemplate () { QWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, 0xFE0000000, 0xFFFFFFFFF, 0, 0x20000000) }';
const CRS = `Method (_CRS, 0, Serialized) { If (X == 1) { Return (${LOW}) } Return (${HIGH}) }`;

async function answers(before: string, module = CRS): Promise<string[]> {
  const text = `DefinitionBlock ("", "DSDT", 2, "MSFTVM", "DSDT01", 1) {
  Name (\\X, 0)
  ${before}
  Device (\\_SB.VMOD) {
    Name (_HID, "ACPI0004") ${module}
    Device (VMBS) { Name (_HID, "VMBus") Name (_CRS, ResourceTemplate () { IRQ (Edge, ActiveHigh, Exclusive) {5} }) }
  }
}`;
  const found: string[] = [];
  for (const judgedOnly of [true, false]) {
    const verdict = await answerSysfb(
      [artifactOf('asl', text, 'dsdt.asl')],
      { describe: {}, kernel: { release: '6.12.60' }, judgedOnly },
      new DiagnosticList(),
    );
    found.push(verdict.answer);
  }
  return found;
}

const inDevice = (method: string, id = 'PNP0A08'): string =>
  `Device (\\_SB.PCI0) { Name (_HID, EisaId ("${id}")) ${method} }`;

it.each([
  ['_PIC', 'Method (\\_PIC, 1) { X = Arg0 }'],
  ['_OSC of the platform', 'Scope (\\_SB) { Method (_OSC, 4) { X = 1 Return (Arg3) } }'],
  ['_OSC of a bridge', inDevice('Method (_OSC, 4) { X = 1 Return (Arg3) }')],
  ['_PRT', inDevice('Method (_PRT) { X = 1 Return (Package () {}) }')],
  ['_ADR', 'Device (\\_SB.AAA) { Method (_ADR) { X = 1 Return (0) } }'],
  ['_UID', inDevice('Method (_UID) { X++ Return (0) }')],
  ['_REG', 'OperationRegion (\\RR, SystemMemory, 0x1000, 4) Method (\\_REG, 2) { X = 1 }'],
  [
    '_CRS of another device',
    inDevice('Method (_CRS, 0, Serialized) { X = 1 Return (ResourceTemplate () {}) }'),
  ],
  ['_DIS of a link', inDevice('Method (_DIS) { X = 1 }', 'PNP0C0F')],
  ['a method that one of these calls', 'Method (\\SETX, 1) { X = Arg0 } Method (\\_PIC, 1) { SETX (Arg0) }'],
  [
    'one in a device that nothing refers to',
    'Device (\\_SB.AAA) { Name (_HID, "ABC0001") Method (_DSM, 4) { \\X = 1 Return (0) } }',
  ],
])('%s may have changed what it reads', async (_, before) => {
  expect(await answers(before)).toEqual(['depends', 'depends']);
});

it('a reference to it may have been written through', async () => {
  const before = 'Method (\\_PIC, 1) { SETX (RefOf (X)) } Method (\\SETX, 1) { Arg0 = 1 }';
  expect(await answers(before)).not.toContain('not-needed');
});

it('fields of its buffer may have been written', async () => {
  const module = `Name (_CRS, ${LOW.replace('0xF8000000, 0xFFFBFFFF, 0, 0x07FC0000', '0xF0000000, 0xF0FFFFFF, 0, 0x01000000')})
    CreateDWordField (_CRS, 10, MINX)`;
  expect(await answers('', module)).toEqual(await answers('Method (\\_PIC, 1) { Local0 = Arg0 }', module));
  expect(await answers('Method (\\_PIC, 1) { \\_SB.VMOD.MINX = Arg0 }', module)).not.toContain('not-needed');
});

it.each([
  ['nothing writes it', ''],
  ['it is written when the machine sleeps', 'Method (\\_PTS, 1) { X = 1 }'],
  ['an event writes it', 'Scope (\\_GPE) { Method (_L01) { X = 1 } }'],
  ['what writes it is called by nobody', 'Method (\\SETX) { X = 1 }'],
  ['what writes it was run', 'Method (\\SETX) { X = 0 } Method (\\_INI) { SETX () }'],
  [
    'another X is written',
    'Device (\\_SB.AAA) { Name (_HID, "ABC0001") Name (X, 0) Method (_UID) { X = 1 Return (0) } }',
  ],
])('still crisp: %s', async (_, before) => {
  expect(await answers(before)).toEqual(['not-needed', 'not-needed']);
});

it('a listing, where no driver asks, is what the tables give, also of a device whose id is not known', async () => {
  const text = `DefinitionBlock ("", "DSDT", 2, "TEST", "TEST", 1) {
  Name (\\X, 0) OperationRegion (PORT, SystemIO, 0xB2, 1) Field (PORT, ByteAcc, NoLock, Preserve) { SEL, 8 }
  Method (\\_PIC, 1) { X = Arg0 }
  Device (\\_SB.VMOD) { Method (_HID) { If (SEL) { Return ("ABC0001") } Return ("ABC0002") } ${CRS} }
}`;
  const { windows } = await describe([artifactOf('asl', text, 'dsdt.asl')], {}, new DiagnosticList());
  expect(windows.map(({ certainty }) => certainty)).toEqual(['certain']);
});
