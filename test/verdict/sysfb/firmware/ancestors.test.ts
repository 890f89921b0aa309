/** What VMBus stands in: devices that no given table declares, and such that `_STA` says are not there. */
import { describe, expect, it } from 'vitest';
import type { Artifact } from '../../../../src/artifact/artifact.ts';
import { DiagnosticList } from '../../../../src/bytes/diagnostic.ts';
import { answerSysfb } from '../../../../src/verdict/answer.ts';
import type { Verdict } from '../../../../src/verdict/sysfb/verdict.ts';
import { artifactOf } from '../../../evidence/artifacts.ts';

const KERNEL = { release: '6.12.60' };

/** Both ways of reading the tables: all of them, and what bears on VMBus alone. */
async function ask(...inputs: Artifact[]): Promise<Verdict> {
  const [one, other] = await Promise.all(
    [true, false].map((judgedOnly) =>
      answerSysfb(inputs, { describe: {}, kernel: KERNEL, judgedOnly }, new DiagnosticList()),
    ),
  );
  expect(one!.answer).toBe(other!.answer);
  expect(one!.reason).toBe(other!.reason);
  return one!;
}

const table = (signature: string, body: string): Artifact =>
  artifactOf(
    'asl',
    `DefinitionBlock ("", "${signature}", 2, "MSFTVM", "TEST", 1) {\n${body}\n}\n`,
    `${signature}.asl`,
  );
const IRQ = 'IRQ (Edge, ActiveHigh, Exclusive) {5}';
const LOW =
  'DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, 0xF8000000, 0xFEBFFFFF, 0, 0x6C00000)';
const vmbus = (more = ''): string =>
  `Device (VMBS) { Name (_HID, "VMBus") Name (_CRS, ResourceTemplate () { ${IRQ} }) ${more} }`;
const SELECT = `OperationRegion (PORT, SystemIO, 0xB2, 1)
  Field (PORT, ByteAcc, NoLock, Preserve) { SEL, 8 }`;

describe('a device above VMBus that no given table declares', () => {
  // vmbus_acpi_add() walks the _CRS of every ancestor; the DSDT that declares this one may give it windows.
  it('may have a _CRS: what VMBus gets is not known', async () => {
    const ssdt = table('SSDT', `External (\\_SB.PCI0, DeviceObj)\nScope (\\_SB.PCI0) { ${vmbus()} }`);
    const verdict = await ask(ssdt);
    expect(verdict).toMatchObject({ answer: 'unknown', hazard: 'unknown' });
    expect(verdict.reason).toBe(
      'the result of \\_SB.PCI0._CRS is unknown (no table among the inputs declares it)',
    );
  });

  it('is told by the table that declares it', async () => {
    const ssdt = table('SSDT', `External (\\_SB.PCI0, DeviceObj)\nScope (\\_SB.PCI0) { ${vmbus()} }`);
    const module = (crs: string): Artifact =>
      table('DSDT', `Device (\\_SB.PCI0) { Name (_HID, "ACPI0004") ${crs} }`);
    expect((await ask(module(`Name (_CRS, ResourceTemplate () { ${LOW} })`), ssdt)).answer).toBe('needed');
    // It has none: then there is no window.
    expect((await ask(module(''), ssdt)).answer).toBe('not-needed');
  });

  it('matters only where VMBus stands in it', async () => {
    const ssdt = table(
      'SSDT',
      `External (\\_SB.PCI0, DeviceObj)
  Scope (\\_SB.PCI0) { Device (NIC) { Name (_ADR, 0x30000) } }
  Device (\\_SB.VMOD) { Name (_HID, "ACPI0004") Name (_CRS, ResourceTemplate () { ${LOW} }) ${vmbus()} }`,
    );
    expect((await ask(ssdt)).answer).toBe('needed');
  });
});

describe('a device above VMBus that is not there', () => {
  // acpi_bus_attach() of drivers/acpi/scan.c looks at no child of a device that acpi_device_is_present() refuses:
  // bits 0 (present) and 3 (functioning) of _STA are both 0.
  const below = (sta: string, crs = `Name (_CRS, ResourceTemplate () { ${LOW} })`): Artifact =>
    table(
      'DSDT',
      `${SELECT}\nDevice (\\_SB.BOX) { Name (_HID, "ACPI0004") Method (_STA) { Return (${sta}) } ${crs}
    Device (VMOD) { Name (_HID, "ACPI0004") Name (_CRS, ResourceTemplate () { ${LOW} }) ${vmbus()} } }`,
    );

  it.each([
    ['0', 'not-needed'],
    ['2', 'not-needed'],
    ['4', 'not-needed'],
    ['1', 'needed'],
    ['8', 'needed'],
    ['0xF', 'needed'],
  ])('_STA %s: %s', async (sta, answer) => {
    for (const crs of [undefined, '']) {
      const verdict = await ask(below(sta, crs));
      expect(verdict.answer).toBe(answer);
      if (answer !== 'not-needed') continue;
      expect(verdict).toMatchObject({ hazard: 'none', pool: [] });
      expect(verdict.reason).toBe(
        '_STA of \\_SB.BOX, which contains \\_SB.BOX.VMOD.VMBS, reports it absent, so the driver does not probe \\_SB.BOX.VMOD.VMBS',
      );
    }
  });

  it('where that is open the answer depends on it', async () => {
    const verdict = await ask(below('SEL'));
    expect(verdict.answer).toBe('depends');
    expect(verdict.conditions.map(({ answer }) => answer).sort()).toEqual(['needed', 'not-needed']);
    // Bits 0 and 3 decide, and no other.
    const open = below('SEL & 6');
    expect((await ask(open)).answer).toBe('not-needed');
  });
});
