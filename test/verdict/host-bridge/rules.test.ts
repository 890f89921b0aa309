/**
 * Rules of DOMAIN section 13 that the other files have no case of, each held against the function of Linux that has it, as it
 * stands in 6.12.118 and 7.2.13.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { littleEndian, table } from '../../acpi/tables/made-tables.ts';
import { ask, asl, BUSES, folder, memory, ranges } from './asked.ts';

const WINDOW = memory('0xe0000000', '0xe0ffffff', '0x1000000');
const bridge = (body: string): string =>
  `DefinitionBlock ("", "DSDT", 2, "TEST", "TEST", 1) { Scope (\\_SB) { Device (PCI0) { ${body} } } }`;
const IDS = 'Name (_HID, EisaId ("PNP0A08")) Name (_CID, EisaId ("PNP0A03"))';

describe('acpi_pci_root_add()', () => {
  it.each([
    ['no _CRS', `${IDS} Name (_BBN, 0)`],
    ['an empty one', `${IDS} Name (_BBN, 0) Name (_CRS, ResourceTemplate () {})`],
  ])('a bridge with %s is a bus without windows (13.4)', async (_, body) => {
    const { bridges } = await ask({ 'a.asl': bridge(body) }, '--kernel', '6.12.30');
    expect(bridges).toMatchObject([{ device: '\\_SB.PCI0', bus: '0000:00-ff', windows: [] }]);
    expect(bridges[0]!.when).toBeUndefined();
  });

  it('one that another table may have is there only then', async () => {
    const foreign = `If (\\HERE) { Device (PCI0) { ${IDS} } }`;
    const text = `DefinitionBlock ("", "DSDT", 2, "TEST", "TEST", 1) { OperationRegion (REGN, SystemMemory, 0x1000, 4)
      Field (REGN, DWordAcc, NoLock, Preserve) { HERE, 32 } Scope (\\_SB) { ${foreign} } }`;
    const { bridges } = await ask({ 'b.asl': text }, '--kernel', '6.12.30');
    expect(bridges.map(({ when }) => when)).toEqual(['HERE > 0']);
  });

  it.each([
    ['Name (_BBN, 0x40)', '0000:40-ff', 'its _CRS has no bus range: its buses begin at 0x40, by _BBN'],
    ['', '0000:00-ff', 'its _CRS has no bus range: its buses begin at 0x0'],
  ])('without a bus range in _CRS, %s (13.10)', async (bbn, bus, text) => {
    const body = `${IDS} ${bbn} Name (_CRS, ResourceTemplate () { ${WINDOW} })`;
    const { bridges } = await ask({ 'c.asl': bridge(body) }, '--kernel', '6.12.30');
    expect(bridges[0]!.bus).toBe(bus);
    expect(bridges[0]!.notes).toMatchObject([
      { text, line: '[Firmware Bug]: no secondary bus range in _CRS' },
    ]);
    expect((await ask({ 'd.asl': asl([BUSES, WINDOW].join('\n')) })).bridges[0]!.notes).toEqual([]);
  });

  it('takes PNP0A03 alone: the id of PCI Express by itself gets no bus (root_device_ids)', async () => {
    const crs = `Name (_CRS, ResourceTemplate () { ${BUSES} ${WINDOW} })`;
    const [express] = (await ask({ 'e.asl': bridge(`Name (_HID, EisaId ("PNP0A08")) ${crs}`) })).bridges;
    expect(express).toMatchObject({ when: expect.anything(), windows: [] });
    expect(express!.notes[0]!.text).toContain('PNP0A03');
    const [plain] = (await ask({ 'f.asl': bridge(`Name (_HID, EisaId ("PNP0A03")) ${crs}`) })).bridges;
    expect([plain!.when, ranges(plain!)]).toEqual([undefined, ['mem 0xe0000000-0xe0ffffff']]);
  });

  it('one bus number is printed as one (resource_string in lib/vsprintf.c)', async () => {
    const one = 'WordBusNumber (ResourceProducer, MinFixed, MaxFixed, PosDecode, 0, 0x40, 0x40, 0, 1)';
    const { bridges } = await ask({ 'g.asl': asl([one, WINDOW].join('\n')) }, '--kernel', '6.12.30');
    expect(bridges[0]!.prints).toEqual([
      'root bus resource [mem 0xe0000000-0xe0ffffff window]',
      'root bus resource [bus 40]',
    ]);
  });
});

describe('device tree', () => {
  const dts = (body: string): string => `/dts-v1/; / { #address-cells = <2>; #size-cells = <2>;
    memory@80000000 { device_type = "memory"; reg = <0 0x80000000 0 0x80000000>; };
    pcie@10000000 { compatible = "pci-host-ecam-generic"; device_type = "pci"; #address-cells = <3>; #size-cells = <2>;
      reg = <0 0x70000000 0 0x10000000>; ${body} }; };`;
  const lines = async (body: string, release: string): Promise<(string | undefined)[]> =>
    (await ask({ 'h.dts': dts(body) }, '--kernel', release)).bridges[0]!.notes.map(({ line }) => line);
  const RANGES = 'ranges = <0x02000000 0 0x10000000 0 0x10000000 0 0x10000000>;';

  it('buses above ff are reported since 6.14 (13.29)', async () => {
    const body = `bus-range = <0 0x1ff>; ${RANGES}`;
    expect(await lines(body, '6.13')).toEqual([undefined]);
    expect(await lines(body, '6.14')).toEqual([
      '  Invalid end bus number in [bus 00-1ff], defaulting to 0xff',
    ]);
    expect(await lines(`bus-range = <0 0xff>; ${RANGES}`, '6.14')).toEqual([]);
  });

  it('without ranges there is no non-prefetchable window either (13.31)', async () => {
    expect(await lines('bus-range = <0 0xff>;', '6.12.30')).toEqual([
      undefined,
      'non-prefetchable memory resource required',
    ]);
  });

  it('a probe that fails has no warnings of its windows, which come later (13.30)', async () => {
    // 4 GiB that are not prefetchable, over RAM.
    const body = 'bus-range = <0 0xff>; ranges = <0x02000000 0 0x80000000 0 0x80000000 1 0>;';
    expect(await lines(body, '6.12.30')).toEqual([undefined]);
    const above = 'bus-range = <0 0xff>; ranges = <0x02000000 0 0x80000000 8 0 1 0>;';
    expect(await lines(above, '6.12.30')).toEqual(['Memory resource size exceeds max for 32 bits']);
  });
});

describe('arm64 ACPI: configuration space (13.27)', () => {
  const files = {
    'i.asl': bridge(`${IDS} Name (_CRS, ResourceTemplate () {
      WordBusNumber (ResourceProducer, MinFixed, MaxFixed, PosDecode, 0, 0, 0x3f, 0, 0x40) ${WINDOW} })`),
    'iomem.txt': '40000000-7fffffff : System RAM\n',
  };
  /** An MCFG with one entry (PCI Firmware 3.3, 4.1.2), buses 0 to ff; GTDT says that it is arm64. */
  const tables = (base: bigint): void => {
    writeFileSync(join(folder, 'gtdt.dat'), table('GTDT', littleEndian(0n, 60)));
    const entry = [...littleEndian(0n, 8), ...littleEndian(base, 8), 0, 0, 0, 0xff, ...littleEndian(0n, 4)];
    writeFileSync(join(folder, 'mcfg.dat'), table('MCFG', entry));
  };
  const asked = async (base: bigint) => {
    tables(base);
    return (await ask({ ...files }, '--kernel', '6.12.30', 'gtdt.dat', 'mcfg.dat')).bridges[0]!;
  };

  it('that is over RAM cannot be claimed: no bus (pci_ecam_create)', async () => {
    // 64 buses of 1 MiB each.
    const clash = await asked(0x7c00_0000n);
    expect(clash).toMatchObject({ windows: [], when: expect.anything() });
    expect(clash.notes.map(({ line }) => line)).toEqual([
      "can't claim ECAM area [mem 0x7c000000-0x7fffffff]: address conflict with System RAM [mem 0x40000000-0x7fffffff]",
    ]);
  });

  it('beside it can, also where the entry has more buses than the bridge', async () => {
    // All buses of the entry would reach into RAM; those of the bridge end where it starts.
    const beside = await asked(0x3c00_0000n);
    expect([beside.when, beside.notes, ranges(beside)]).toEqual([
      undefined,
      [],
      ['mem 0xe0000000-0xe0ffffff'],
    ]);
  });
});
