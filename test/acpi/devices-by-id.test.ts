/**
 * Asking about devices of certain ids alone. Expected is what evaluating everything gives of those devices, and by the
 * rules of ASL which strings a `_HID` can come to hold.
 */
import { describe, expect, it } from 'vitest';
import { decodeTables } from '../../src/acpi/aml/tables.ts';
import { readAsl } from '../../src/acpi/asl/read.ts';
import type { CrsEntry } from '../../src/acpi/crs/crs.ts';
import { type EvaluationOptions, evaluateAllCrs, loadMachine } from '../../src/acpi/machine.ts';
import { evaluateCrsOfIds } from '../../src/acpi/prune/devices-by-id.ts';
import { mayHaveId } from '../../src/acpi/prune/possible-ids.ts';
import { UnreferencedDevices } from '../../src/acpi/prune/unreferenced-devices.ts';
import type { AcpiTable } from '../../src/acpi/tables/table.ts';
import type { Artifact } from '../../src/artifact/artifact.ts';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { formatPlace, textSource } from '../../src/bytes/source.ts';

const IDS = ['VMBUS', 'VMBus'];

function tablesOf(body: string): readonly AcpiTable[] {
  const source = textSource('dsdt.asl', `DefinitionBlock ("", "DSDT", 2, "TEST", "TEST", 1) {\n${body}\n}\n`);
  const artifact: Artifact = { kind: 'asl', source, path: 'dsdt.asl', sha256: '', steps: [] };
  const sink = new DiagnosticList();
  const { tables } = readAsl(artifact, sink);
  expect(sink.all).toEqual([]);
  return tables;
}

function mayBeVmbus(body: string, memory: readonly Uint8Array[] = []): boolean {
  const tables = tablesOf(body);
  return mayHaveId(IDS, tables, decodeTables(tables, new DiagnosticList()), memory);
}

const CRS = 'Name (_CRS, ResourceTemplate () { IO (Decode16, 0x60, 0x60, 1, 1) })';

describe('which ids devices may have', () => {
  it.each([
    ['a string', `Device (DEV) { Name (_HID, "PNP0A08") ${CRS} }`],
    ['an EISA id', `Device (DEV) { Name (_HID, EisaId ("PNP0A08")) ${CRS} }`],
    [
      'a method that chooses',
      'Name (KIND, 0) Device (DEV) { Method (_HID) { If (KIND) { Return ("ELAN0001") } Return (EisaId ("PNP0C50")) } }',
    ],
    ['a store of a constant', 'Device (DEV) { Name (_HID, "XXXX0000") Method (_INI) { _HID = "ALPS0001" } }'],
    [
      'a name that is stored to',
      'Name (IDST, "A") Device (DEV) { Method (_HID) { Return (IDST) } } Method (SETI) { IDST = "B" }',
    ],
    [
      'a local',
      'Device (DEV) { Method (_HID) { Local0 = "SYNA0001" If (_UID) { Local0 = "SYNA0002" } Return (Local0) } Name (_UID, 1) }',
    ],
    [
      'a field, which is no string',
      'OperationRegion (NVS, SystemMemory, 0x1000, 16) Field (NVS, AnyAcc, NoLock) { HIDF, 32 } Device (DEV) { Method (_HID) { Return (HIDF) } }',
    ],
    ['digits', 'Device (DEV) { Method (_HID) { Return (ToHexString (0xB05)) } }'],
    [
      'a string that begins otherwise',
      'Device (DEV) { Method (_HID) { Return (Concatenate ("ACPI", ToHexString (4))) } }',
    ],
    ['a package of constants', 'Device (DEV) { Name (_CID, Package () { "PNP0A03", 0x080AD041 }) }'],
  ])('not VMBus: %s', (_, body) => {
    expect(mayBeVmbus(body)).toBe(false);
  });

  it.each([
    ['the id itself', 'Device (DEV) { Name (_HID, "VMBus") }'],
    ['the id in code', 'Device (DEV) { Method (_HID) { Return ("VMBUS") } }'],
    ['the id in a package', 'Device (DEV) { Name (_CID, Package () { "PNP0A03", "VMBUS" }) }'],
    ['pieces', 'Device (DEV) { Method (_HID) { Return (Concatenate ("VM", "BUS")) } }'],
    [
      'pieces with nothing before them',
      'Device (DEV) { Method (_HID) { Return (Concatenate ("", PART)) } } Name (PART, "VM")',
    ],
    ['bytes', 'Device (DEV) { Method (_HID) { Return (ToString (BYTS)) } } Name (BYTS, Buffer (6) {})'],
    ['part of a string', 'Device (DEV) { Method (_HID) { Return (Mid (LONG, 1, 2)) } } Name (LONG, "XVMB")'],
    [
      'pieces in a name',
      'Name (IDST, "A") Device (DEV) { Method (_HID) { Return (IDST) } } Method (SETI) { IDST = Concatenate ("VM", "BUS") }',
    ],
    [
      'a character written into a name',
      'Device (DEV) { Name (_HID, "VMBXS") Method (_INI) { Index (_HID, 3) = 0x55 } }',
    ],
    ['a reference', 'Device (DEV) { Name (_HID, "A") Method (_INI) { Local0 = RefOf (_HID) Local0 = "B" } }'],
    ['an argument', 'Device (DEV) { Name (_HID, "A") } Method (SETH, 1) { \\DEV._HID = Arg0 }'],
    ['an alias', 'Device (DEV) { Name (NAME, "A") Alias (NAME, _HID) }'],
    [
      'a table in a buffer',
      'Name (BUFF, Buffer () { 0x5F, 0x48, 0x49, 0x44 }) Device (DEV) { Name (_HID, "A") }',
    ],
  ])('VMBus perhaps: %s', (_, body) => {
    expect(mayBeVmbus(body)).toBe(true);
  });

  it('looks into memory that is given', () => {
    const body = `Device (DEV) { Name (_HID, "PNP0A08") ${CRS} }`;
    expect(mayBeVmbus(body, [Buffer.from('.....VMBus..')])).toBe(true);
    expect(mayBeVmbus(body, [Buffer.from('.....VMxus..')])).toBe(false);
  });
});

/** Generation 2's layout: windows from fields, filled in by `_INI`; processors that nothing mentions; an event's method. */
const MACHINE = `
  OperationRegion (BIOS, SystemMemory, 0xF7FD9000, 0x20)
  Field (BIOS, ByteAcc, NoLock, Preserve) { MG2B, 32, MG2L, 32, PCNT, 32 }
  Device (\\_SB.VMOD)
  {
    Name (_HID, "ACPI0004")
    Name (_CRS, ResourceTemplate () {
      DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, 0, 0, 0, 0, , , LOW)
    })
    CreateDWordField (_CRS, LOW._MIN, MINB)
    CreateDWordField (_CRS, LOW._MAX, MAXB)
    CreateDWordField (_CRS, LOW._LEN, LENB)
    Method (_INI) { MINB = MG2B LENB = MG2L MAXB = MG2B + MG2L - 1 }
    Device (VMBS) { Name (_HID, "VMBus") ${CRS} }
  }
  Device (\\_SB.UART) { Name (_HID, "PNP0501") ${CRS} }
  If (PCNT > 0) { Device (\\_SB.P001) { Name (_HID, "ACPI0007") Name (_UID, 1) Method (_STA) { Return (0x0F) } } }
  If (PCNT > 1) { Device (\\_SB.P002) { Name (_HID, "ACPI0007") Name (_UID, 2) Method (_STA) { Return (0x0F) } } }
  Scope (\\_GPE) { Method (_E01) { Notify (\\_SB.P002, 1) } }
`;

async function bothWays(
  body: string,
  options: EvaluationOptions,
): Promise<{ all: CrsEntry[]; asked: readonly CrsEntry[] }> {
  const tables = tablesOf(body);
  return {
    all: evaluateAllCrs(loadMachine(tables, options, new DiagnosticList())),
    asked: (await evaluateCrsOfIds(tables, IDS, options, new DiagnosticList())).crs,
  };
}

describe('a device without _CRS', () => {
  it('is there, with its ids, and what it stands in is asked', async () => {
    const tables = tablesOf(
      MACHINE.replace(`Name (_HID, "VMBus") ${CRS}`, 'Name (_HID, "VMBus") Name (_UID, 3)'),
    );
    const { crs, withoutCrs } = await evaluateCrsOfIds(tables, IDS, {}, new DiagnosticList());
    expect(crs.map(({ device }) => device)).toEqual(['\\_SB.VMOD']);
    expect(withoutCrs).toMatchObject([{ device: '\\_SB.VMOD.VMBS', hid: 'VMBus', uid: '3', when: 1n }]);
    expect(formatPlace(withoutCrs[0]!.span!)).toMatch(/:\d+\.\d+$/);
  });

  it('is not one that has it, or another id', async () => {
    const { withoutCrs } = await evaluateCrsOfIds(tablesOf(MACHINE), IDS, {}, new DiagnosticList());
    expect(withoutCrs).toEqual([]);
  });
});

describe('asking about ids alone', () => {
  it.each<[string, EvaluationOptions]>([
    ['nothing said of memory', {}],
    [
      'values set',
      {
        set: new Map([
          ['MG2B', 0xf8000000n],
          ['MG2L', 0x8000000n],
          ['PCNT', 2n],
        ]),
      },
    ],
    ['zeros assumed', { assume: 'zero' }],
  ])('gives of the devices asked for what evaluating everything gives: %s', async (_, options) => {
    const { all, asked } = await bothWays(MACHINE, options);
    expect(asked.map(({ device }) => device)).toEqual(['\\_SB.VMOD', '\\_SB.VMOD.VMBS']);
    expect(all.map(({ device }) => device)).toContain('\\_SB.UART');
    expect(asked).toEqual(all.filter(({ device }) => device.startsWith('\\_SB.VMOD')));
  });

  it('runs nothing where no device can be meant', async () => {
    const { all, asked } = await bothWays(MACHINE.replace('"VMBus"', '"MSFT1"'), {});
    expect(all.length).toBe(3);
    expect(asked).toEqual([]);
  });
});

/** Devices that are still declared when the unreferenced ones are left out. */
function declaredDevices(body: string): string[] {
  const tables = tablesOf(body);
  const { namespace } = decodeTables(tables, new DiagnosticList(), new UnreferencedDevices(tables, IDS));
  return [...namespace.all()]
    .filter(({ kind, declarations }) => kind === 'Device' && declarations.length > 0)
    .map(({ path }) => path);
}

describe('devices nobody mentions', () => {
  it('leaves out processors and what only events look at', () => {
    expect(declaredDevices(MACHINE)).toEqual(['\\_SB.VMOD', '\\_SB.VMOD.VMBS']);
  });

  it.each([
    ['code mentions it', 'Device (DEVA) { Name (_UID, 1) } Method (LOOK) { Return (\\DEVA._UID) }'],
    [
      'an event does whose method is called',
      'Device (DEVA) {} Scope (\\_GPE) { Method (_E01) { Notify (\\DEVA, 1) } } Method (LOOK) { \\_GPE._E01 () }',
    ],
    ['starting up runs its _INI', 'Device (DEVA) { Method (_INI) {} }'],
    ['it may connect a region', 'Device (DEVA) { Method (_REG, 2) {} }'],
    ['its _STA does something', 'Name (FLAG, 0) Device (DEVA) { Method (_STA) { FLAG = 1 Return (0x0F) } }'],
    ['its id is computed', 'Device (DEVA) { Method (_HID) { Return ("A") } }'],
    ['it is asked for', 'Device (DEVA) { Name (_HID, "VMBUS") }'],
    ['code stands in it', 'Name (FLAG, 0) Device (DEVA) { If (FLAG) { Name (XXXX, 1) } FLAG = 1 }'],
  ])('keeps a device when %s', (_, body) => {
    expect(declaredDevices(body)).toContain('\\DEVA');
  });

  it.each([
    ['does something', 'Method (TRYT) { Return (1) } If (TRYT ()) { Device (DEVA) { Name (_UID, 1) } }'],
    ['decides something else', 'Name (FLAG, 0) If (FLAG) { Device (DEVA) {} } Else { FLAG = 1 }'],
  ])('keeps a condition that %s', (_, body) => {
    const tables = tablesOf(body);
    const unreferenced = new UnreferencedDevices(tables, IDS);
    const [table] = decodeTables(tables, new DiagnosticList(), unreferenced).tables;
    expect(table?.terms.map(({ op }) => op.name)).toContain('If');
  });
});
