/** Which devices and nodes the question is about, by small descriptions. */
import { describe, expect, test } from 'vitest';
import type { Artifact } from '../../../src/artifact/artifact.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { withLimits } from '../../../src/limits/limits.ts';
import { LINUX_TREE_RULES } from '../../../src/linux/tree-rules.ts';
import {
  type AcpiSubject,
  subjectsOf,
  type TreeSubject,
  VMBUS_ACPI_IDS,
} from '../../../src/verdict/sysfb/subject.ts';
import { describe as describeMachine } from '../../../src/window/describe.ts';
import { artifactOf } from '../../evidence/artifacts.ts';

async function subjects(...artifacts: Artifact[]) {
  const options = { rules: LINUX_TREE_RULES, alsoIds: VMBUS_ACPI_IDS };
  const machine = await describeMachine(artifacts, options, new DiagnosticList());
  return subjectsOf(machine, new DiagnosticList());
}

describe('nodes of a tree', () => {
  const nodes = async (text: string, kind: 'dts' | 'dts-fragment' = 'dts') =>
    ((await subjects(artifactOf(kind, text, 'a.dts'))) as TreeSubject[]).map(
      ({ path, presumed, vtl, openhcl, disabled, windows }) => ({
        path,
        presumed,
        vtl,
        openhcl,
        disabled: disabled?.name,
        windows: windows === null ? null : windows.map(({ base }) => base),
      }),
    );
  const tree = (body: string, more = '', root = ''): string =>
    `/dts-v1/; / { ${root} #address-cells = <1>; #size-cells = <1>; bus { compatible = "simple-bus"; #address-cells = <1>;
      #size-cells = <1>; ranges; ${more} vmbus@1 { compatible = "other", "microsoft,vmbus"; #address-cells = <1>; #size-cells = <1>; ${body} }; }; };`;
  const PLAIN = {
    path: '/bus/vmbus@1',
    presumed: false,
    vtl: null,
    openhcl: false,
    disabled: undefined,
    windows: null,
  };

  test('by compatible, wherever it stands in the list', async () => {
    expect(await nodes(tree(''))).toEqual([PLAIN]);
    expect(await nodes(tree('ranges = <0 0xf8000000 0x1000>, <0x1000 0xf9000000 0x1000>;'))).toEqual([
      { ...PLAIN, windows: [0xf800_0000n, 0xf900_0000n] },
    ]);
    expect(await nodes(tree('ranges;'))).toEqual([{ ...PLAIN, windows: [] }]);
    expect(await nodes(tree('').replace('"other", "microsoft,vmbus"', '"microsoft,vmbus2"'))).toEqual([]);
    // A name alone is none in a whole tree.
    expect(await nodes(tree('ranges;').replace('compatible = "other", "microsoft,vmbus";', ''))).toEqual([]);
  });

  test('of which VTL, and whether the boot shim wrote it', async () => {
    const asked = async (body: string, openhcl: boolean) => {
      const [found] = await nodes(tree(body).replace('/ {', openhcl ? '/ { openhcl { };' : '/ {'));
      return [found!.vtl, found!.openhcl];
    };
    expect(await asked('', false)).toEqual([null, false]);
    expect(await asked('', true)).toEqual([null, true]);
    expect(await asked('microsoft,vtl = <2>;', false)).toEqual([2, true]);
    expect(await asked('microsoft,vtl = <0>;', true)).toEqual([0, false]);
    // One cell is meant.
    expect(await asked('microsoft,vtl = <0 2>;', false)).toEqual([null, false]);
    expect(await asked('microsoft,vtl;', true)).toEqual([null, true]);
  });

  test('that are switched off, or stand in something that is; the root is no device', async () => {
    const off = async (text: string) => (await nodes(text))[0]!.disabled;
    expect(await off(tree('status = "disabled";'))).toBe('vmbus@1');
    expect(await off(tree('status = "okay";'))).toBeUndefined();
    expect(await off(tree('status = "ok";'))).toBeUndefined();
    expect(await off(tree('', 'status = "disabled";'))).toBe('bus');
    expect(await off(tree('status = "fail";', 'status = "disabled";'))).toBe('vmbus@1');
    expect(await off(tree('', '', 'status = "disabled";'))).toBeUndefined();
    const alone = '/dts-v1/; / { compatible = "microsoft,vmbus"; status = "disabled"; };';
    expect(await off(alone)).toBe('');
  });

  test('in the order of the tree, of several', async () => {
    const two = tree('').replace('/ {', '/ { first { compatible = "microsoft,vmbus"; };');
    expect((await nodes(two)).map(({ path }) => path)).toEqual(['/first', '/bus/vmbus@1']);
    await withLimits({ 'vmbus-devices': 1 }, async () => {
      expect((await nodes(two)).map(({ path }) => path)).toEqual(['/first']);
    });
  });

  test('of a fragment: the line itself, what is called vmbus, or has the properties of its binding', async () => {
    const RANGES = 'ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;';
    const asked = async (text: string) =>
      (await nodes(text, 'dts-fragment')).map(({ path, presumed, openhcl }) => [path, presumed, openhcl]);
    expect(await asked(RANGES)).toEqual([['/', true, true]]);
    expect(await asked(`vmbus { ${RANGES} };`)).toEqual([['/vmbus', true, true]]);
    expect(await asked(`vmbus@5 { ${RANGES} };`)).toEqual([['/vmbus@5', true, true]]);
    expect(await asked(`bus { ${RANGES} microsoft,vtl = <2>; };`)).toEqual([['/bus', true, true]]);
    expect(await asked(`bus { ${RANGES} microsoft,message-connection-id = <4>; };`)).toEqual([
      ['/bus', true, true],
    ]);
    expect(await asked(`pcie { ${RANGES} };`)).toEqual([]);
    expect(await asked('vmbus { reg = <0 0>; };')).toEqual([]);
    expect(await asked(`vmbus { compatible = "simple-bus"; ${RANGES} };`)).toEqual([]);
    expect(await asked(`vmbus { compatible = "microsoft,vmbus"; ${RANGES} };`)).toEqual([
      ['/vmbus', false, false],
    ]);
  });
});

describe('devices of tables', () => {
  const dsdt = (body: string): Artifact =>
    artifactOf(
      'asl',
      `DefinitionBlock ("", "DSDT", 2, "TEST", "TEST", 1) { Scope (\\_SB) { ${body} } }`,
      'dsdt.asl',
    );
  const CRS = 'Name (_CRS, ResourceTemplate () { IRQ (Edge, ActiveHigh, Exclusive) {5} })';
  const vmbus = (more = CRS, ids = 'Name (_HID, "VMBus")'): string => `Device (VMBS) { ${ids} ${more} }`;
  const found = async (...artifacts: Artifact[]) =>
    ((await subjects(...artifacts)) as AcpiSubject[]).map(
      ({ path, presumed, generation, belowIsa, levels }) => [
        path,
        presumed,
        generation,
        belowIsa,
        levels.map((level) => `${level.path}${level.entry ? '' : ' without _CRS'}`),
      ],
    );
  const BRIDGE = 'Name (_HID, EisaId ("PNP0A08"))';
  const MODULE = 'Name (_HID, "ACPI0004")';

  test('by _HID and by _CID', async () => {
    const one = ['\\_SB.VMBS', false, null, false, ['\\_SB.VMBS', '\\_SB without _CRS']];
    expect(await found(dsdt(vmbus()))).toEqual([one]);
    expect(await found(dsdt(vmbus(CRS, 'Name (_HID, "MSFT1000") Name (_CID, "VMBUS")')))).toEqual([one]);
    expect(
      await found(dsdt(vmbus(CRS, 'Name (_HID, "MSFT1000") Name (_CID, Package () { "OTHER", "VMBus" })'))),
    ).toEqual([one]);
    expect(await found(dsdt(vmbus(CRS, 'Name (_HID, "VMBUS2")')))).toEqual([]);
  });

  test('one without _CRS is there all the same', async () => {
    expect(await found(dsdt(vmbus('')))).toEqual([
      ['\\_SB.VMBS', false, null, false, ['\\_SB.VMBS without _CRS', '\\_SB without _CRS']],
    ]);
  });

  test.each<[string, string, number | null, boolean]>([
    ['directly below a root bridge: Generation 1', `Device (PCI0) { ${BRIDGE} ${CRS} ${vmbus()} }`, 1, false],
    ['below a module device: Generation 2', `Device (VMOD) { ${MODULE} ${CRS} ${vmbus()} }`, 2, false],
    [
      'farther below one',
      `Device (VMOD) { ${MODULE} ${CRS} Device (XXXX) { Name (_HID, "TEST") ${vmbus()} } }`,
      2,
      false,
    ],
    [
      'below a device of a root bridge: QEMU',
      `Device (PCI0) { ${BRIDGE} ${CRS} Device (ISA0) { Name (_ADR, 1) ${vmbus()} } }`,
      null,
      true,
    ],
    [
      'below a device with _CRS of a root bridge',
      `Device (PCI0) { ${BRIDGE} ${CRS} Device (ISA0) { Name (_ADR, 1) ${CRS} ${vmbus()} } }`,
      null,
      true,
    ],
    [
      'below a module device of a root bridge',
      `Device (PCI0) { ${BRIDGE} ${CRS} Device (VMOD) { ${MODULE} ${CRS} ${vmbus()} } }`,
      null,
      true,
    ],
    ['below something else', `Device (XXXX) { Name (_HID, "TEST") ${CRS} ${vmbus()} }`, null, false],
  ])('%s', async (_, body, generation, belowIsa) => {
    const [subject] = await found(dsdt(body));
    expect(subject!.slice(2, 4)).toEqual([generation, belowIsa]);
  });

  test('other objects than _CRS are none of its levels', async () => {
    const prs = CRS.replace('_CRS', '_PRS');
    const [subject] = await found(dsdt(`Device (VMOD) { ${MODULE} ${prs} ${vmbus(`${CRS} ${prs}`)} }`));
    expect(subject!.at(-1)).toEqual(
      ['\\_SB.VMBS', '\\_SB.VMOD', '\\_SB'].map((path, i) =>
        i === 0 ? '\\_SB.VMOD.VMBS' : `${path} without _CRS`,
      ),
    );
  });
});

describe('a resource list alone is that of the device above VMBus', () => {
  const found = async (...artifacts: Artifact[]) =>
    ((await subjects(...artifacts)) as AcpiSubject[]).map(
      ({ path, presumed, generation, belowIsa, levels }) => [
        path,
        presumed,
        generation,
        belowIsa,
        levels.length,
      ],
    );
  const hex = artifactOf(
    'crs-hex',
    '87 17 00 00 0c 03 00 00 00 00 00 00 00 f8 ff ff ff ff 00 00 00 00 00 00 00 08 79 00',
  );
  const log = (bus: string, more = 'hv_vmbus: Vmbus version:5.3'): Artifact =>
    artifactOf(
      'dmesg',
      `[    0.000000] Linux version 6.6.10\n[    0.400000] pci_bus ${bus}: root bus resource [mem 0xf8000000-0xfffbffff window]\n[    0.500000] ${more}\n`,
    );

  test('one list', async () => {
    expect(await found(hex)).toEqual([['crs0', true, null, false, 2]]);
  });

  test('the lists of a whole machine name their devices', async () => {
    expect(await found(hex, { ...hex, source: { ...hex.source, name: 'b' } })).toHaveLength(2);
    const pnp = artifactOf(
      'crs-text',
      '/sys/bus/pnp/devices/00:01/resources:mem 0xe0000000-0xefffffff\n/sys/bus/pnp/devices/00:02/resources:mem 0xf0000000-0xf0ffffff\n',
    );
    expect(await found(pnp)).toEqual([]);
  });

  test('of a log the first bus, where VMBus is in the log', async () => {
    expect(await found(log('0000:00'))).toEqual([['pci_bus 0000:00', true, 1, false, 2]]);
    expect(await found(log('0001:00'))).toEqual([]);
    expect(await found(log('0000:00', 'something else'))).toEqual([]);
  });

  test('beside tables or trees it is not', async () => {
    const tree = artifactOf('dts', '/dts-v1/; / { };', 'a.dts');
    expect(await found(hex, tree)).toEqual([]);
    const dsdt = artifactOf('asl', 'DefinitionBlock ("", "DSDT", 2, "TEST", "TEST", 1) { }', 'a.asl');
    expect(await found(hex, dsdt)).toEqual([]);
  });
});
