/** How a machine's entries are read, and derivations in words. */
import { describe, expect, test } from 'vitest';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { textSource } from '../../src/bytes/source.ts';
import type { CellCount } from '../../src/devicetree/address/cells.ts';
import type { OpenFailure, SourceLoader } from '../../src/devicetree/source/source-loader.ts';
import { LINUX_TREE_RULES } from '../../src/linux/tree-rules.ts';
import { reportAddressMap } from '../../src/window/address-map.ts';
import { aslFiles } from '../../src/window/asl-files.ts';
import { countText, derivationOf, entryDerivation, stepText } from '../../src/window/derivation.ts';
import { describe as describeMachine, type Machine } from '../../src/window/describe.ts';
import { explain, explainable } from '../../src/window/explain.ts';
import { describeTree } from '../../src/window/from-device-tree.ts';
import { artifactOf } from '../evidence/artifacts.ts';

const TREE = `/dts-v1/; / { #address-cells = <1>; #size-cells = <1>;
  soc { compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>; ranges = <0 0x40000000 0x1000>;
    uart: uart@100 { reg = <0x100 0x10>; }; };
  flat { ranges; rtc@5000 { reg = <0x5000 4>; }; }; };`;
const crs = (base: string): string =>
  `Name (_CRS, ResourceTemplate () { Memory32Fixed (ReadWrite, ${base}, 0x1000) })`;
const TABLE = `DefinitionBlock ("", "DSDT", 2, "TEST", "TEST", 1) { Scope (\\_SB) {
  Device (A__) { Name (_HID, "TEST0001") ${crs('0xE0000000')} }
  Device (BUS) { Name (_HID, "TEST0002") Device (DEV_) { Name (_HID, "TEST0003") ${crs('0xE0100000')} } } } }`;

const machine = (): Promise<Machine> =>
  describeMachine(
    [artifactOf('dts', TREE, 'a.dts'), artifactOf('asl', TABLE, 'a.asl')],
    { rules: LINUX_TREE_RULES },
    new DiagnosticList(),
  );

describe('what is explained', () => {
  test('everything, without a node', async () => {
    const all = await explain(await machine(), {}, []);
    expect(all!.nodes).toEqual([]);
    expect(all!.entries.map(({ entry: { item, node } }) => `${node.name} ${item}`)).toEqual([
      'soc ranges',
      'uart@100 reg',
      'rtc@5000 reg',
    ]);
    expect(all!.crs.map(({ entry }) => entry.device)).toEqual(['\\_SB.A', '\\_SB.BUS.DEV']);
    expect(all!.readings).toEqual([]);
    expect(explainable(await machine())).toEqual([
      ...['/', '/soc', '/soc/uart@100', '/flat', '/flat/rtc@5000'],
      ...['\\_SB.A', '\\_SB.BUS.DEV'],
    ]);
    expect(explainable({ ...(await machine()), acpi: undefined })).toHaveLength(5);
  });

  test.each<[string, readonly string[], readonly string[]]>([
    ['/soc/uart@100', ['uart@100 reg'], []],
    ['uart', ['uart@100 reg'], []],
    ['/flat', [], []],
    ['\\_SB.A', [], ['\\_SB.A']],
    ['\\_SB.A___', [], ['\\_SB.A']],
    ['_SB_.BUS_.DEV_', [], ['\\_SB.BUS.DEV']],
    ['\\_sb.bus.dev', [], ['\\_SB.BUS.DEV']],
  ])('%s', async (node, entries, devices) => {
    const found = await explain(await machine(), { node }, []);
    expect(found!.entries.map(({ entry }) => `${entry.node.name} ${entry.item}`)).toEqual(entries);
    expect(found!.crs.map(({ entry }) => entry.device)).toEqual(devices);
    expect(found!.nodes).toHaveLength(devices.length === 0 ? 1 : 0);
  });

  test.each(['\\_SB.BUS', '/nothing', '\\_SB.\\A', 'DEV', '\\_SB.BUS.DEVX'])(
    '%s is nowhere',
    async (node) => {
      expect(await explain(await machine(), { node }, [])).toBeUndefined();
    },
  );

  test('a fragment: its readings, and the counts that were taken', async () => {
    const text = 'vmbus { ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>; };';
    const fragment = await describeMachine(
      [artifactOf('dts-fragment', text, 'a.txt')],
      {},
      new DiagnosticList(),
    );
    const cells = { child: 2, parent: 2, size: 1 };
    const open = (await explain(fragment, {}, []))!.readings;
    expect(open.map(({ taken }) => taken)).toEqual([open[0]!.property.readings[0]!.cells]);
    expect(
      (await explain(fragment, { cells: { child: 1, parent: 2, size: 2 } }, []))!.readings[0]!.taken,
    ).toEqual({
      child: 1,
      parent: 2,
      size: 2,
    });
    expect(open[0]!.property.readings.map((reading) => reading.cells)).toContainEqual(cells);
    const own = open[0]!.property.node;
    const path = own.name === '' ? '/' : `/${own.name}`;
    expect((await explain(fragment, { node: path }, []))!.readings).toHaveLength(1);
  });
});

describe('in words', () => {
  test.each<[CellCount['from'], string]>([
    ['own', '#size-cells = 2 of /soc'],
    ['ancestor', '#size-cells = 2 of /soc, an ancestor, as Linux looks for it'],
    ['default', '#size-cells = 2, which Linux assumes: no node has it'],
    ['bus type', '2 cells by the bus type of /soc'],
    ['given', '#size-cells = 2, as given'],
    ['inferred', '#size-cells = 2, inferred'],
  ])('a count: %s', (from, text) => {
    expect(countText('#size-cells', { cells: 2, from, node: '/soc' } as CellCount)).toBe(text);
  });

  const described = (text: string) =>
    describeTree(artifactOf('dts', text, 'a.dts'), { rules: LINUX_TREE_RULES }, new DiagnosticList())!;
  const steps = (text: string, path: string, item = 'reg', index = 0): string[] =>
    derivationOf(
      described(text).windows.find(
        ({ origin }) => origin.path === path && origin.item === item && origin.index === index,
      )!,
    ).map(({ what, text: said }) => `${what}: ${said}`);
  const N = '(#address-cells = 1 of /)';

  test('a register behind a bus, cell by cell', () => {
    expect(steps(TREE, '/soc/uart@100')).toEqual([
      'address: <0x100> -> 0x100 (#address-cells = 1 of /soc)',
      'size: <0x10> -> 0x10 (#size-cells = 1 of /soc)',
      // 0x100 + 0x40000000
      'translate: /soc: ranges[0] (child 0x0, parent 0x40000000, size 0x1000), 0x100 -> 0x40000100',
      'CPU address: 0x40000100',
    ]);
    expect(steps(TREE, '/flat/rtc@5000')).toContain(
      'translate: /flat: ranges is empty, 1:1, 0x5000 -> 0x5000',
    );
    expect(steps(TREE, '/soc', 'ranges')).toEqual([
      'child address: <0x0> -> 0x0 (#address-cells = 1 of /soc)',
      `parent address: <0x40000000> -> 0x40000000 ${N}`,
      'size: <0x1000> -> 0x1000 (#size-cells = 1 of /soc)',
      'CPU address: 0x40000000',
    ]);
  });

  test('ranges of PCI: the first cell is flags, and the counts are those of the bus', () => {
    const pci = `/dts-v1/; / { #address-cells = <1>; #size-cells = <1>;
      pcie@1 { device_type = "pci"; #address-cells = <3>; #size-cells = <2>;
        ranges = <0x02000000 0 0x10000000 0x20000000 0 0x1000>; }; };`;
    expect(steps(pci, '/pcie@1', 'ranges')).toEqual([
      'child address: <0x2000000 0x0 0x10000000> -> mem32 0x10000000 (3 cells by the bus type of /pcie@1)',
      `parent address: <0x20000000> -> 0x20000000 ${N}`,
      'size: <0x0 0x1000> -> 0x1000 (2 cells by the bus type of /pcie@1)',
      'CPU address: 0x20000000',
    ]);
  });

  test('an address that goes nowhere', () => {
    const lost = `/dts-v1/; / { #address-cells = <1>; #size-cells = <1>;
      bus { #address-cells = <1>; #size-cells = <1>; dev@10 { reg = <0x10 0x4>; }; }; };`;
    const [entry] = described(lost).entries;
    const said = entryDerivation(entry!).map(({ what, text }) => `${what}: ${text}`);
    expect(said.at(-1)).toMatch(/^CPU address: unknown: ./);
  });

  test('a step of each kind', () => {
    const bus = { name: 'soc', parent: undefined } as never;
    const step = { bus, item: 'ranges', from: 1n, to: 2n } as const;
    expect(stepText({ ...step, how: 'empty' } as never)).toMatch(/: ranges is empty, 1:1, 0x1 -> 0x2$/);
    expect(stepText({ ...step, how: 'missing' } as never)).toMatch(/: no ranges, 1:1, 0x1 -> 0x2$/);
    expect(stepText({ ...step, how: 'entry', index: 3 } as never)).toMatch(/: ranges\[3\], 0x1 -> 0x2$/);
    expect(stepText({ ...step, how: 'entry', fromSpace: 'mem32', toSpace: 'io' } as never)).toMatch(
      /: ranges\[0\], mem32 0x1 -> io 0x2$/,
    );
  });
});

test('what is wrong with a tree as a map, with the place it meets', () => {
  const text = `/dts-v1/; / { #address-cells = <1>; #size-cells = <1>;
    a { compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>; ranges = <0 0x40000000 0x2000>; x@3000 { reg = <0x3000 4>; }; };
    b { compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>; ranges = <0 0x40001000 0x2000>, <0 0>; }; };`;
  const sink = new DiagnosticList();
  const description = describeTree(
    artifactOf('dts', text, 'a.dts'),
    { rules: LINUX_TREE_RULES },
    new DiagnosticList(),
  )!;
  reportAddressMap(description, sink);
  const codes = sink.all.map(({ code }) => code);
  expect(codes).toContain('dt/overlapping-windows');
  expect(codes.every((code) => code !== undefined)).toBe(true);
  const overlap = sink.all.find(({ code }) => code === 'dt/overlapping-windows')!;
  expect(overlap.related?.map(({ what }) => what)).toEqual(['other-window']);
  expect(overlap.span).toBeDefined();
});

describe('files that ASL includes', () => {
  const opened: string[] = [];
  const failure: OpenFailure = { reason: 'missing', text: 'No such file or directory' };
  const loader = (there: readonly string[]): SourceLoader => ({
    open(path) {
      opened.push(path);
      return there.includes(path) ? textSource(path, '') : failure;
    },
    read: () => failure,
  });
  const asked = (
    name: string,
    from: string,
    there: readonly string[],
    main?: string,
    ...folders: string[]
  ) => {
    opened.length = 0;
    const result = aslFiles(loader(there), main, ...(folders.length === 0 ? [] : [folders])).open(
      name,
      textSource(from, ''),
    );
    return ['reason' in result ? result.reason : result.name, ...opened];
  };

  test('beside the including file, beside the main file, then in the folders given', () => {
    expect(asked('c.asl', 'd/b.asl', ['d/c.asl'], 'm/a.asl')).toEqual(['d/c.asl', 'd/c.asl']);
    expect(asked('c.asl', 'd/b.asl', ['m/c.asl'], 'm/a.asl')).toEqual(['m/c.asl', 'd/c.asl', 'm/c.asl']);
    expect(asked('c.asl', 'd/b.asl', ['i/c.asl'], 'm/a.asl', 'i')).toEqual([
      'i/c.asl',
      ...['d/c.asl', 'm/c.asl', 'i/c.asl'],
    ]);
    expect(asked('c.asl', 'd/b.asl', ['c.asl'], 'a.asl')).toEqual(['c.asl', 'd/c.asl', 'c.asl']);
    expect(asked('c.asl', 'd/b.asl', [])).toEqual([failure.text, 'd/c.asl']);
  });

  test('with backslashes', () => {
    expect(asked('x\\y\\c.asl', 'd/b.asl', ['d/x/y/c.asl'])).toEqual(['d/x/y/c.asl', 'd/x/y/c.asl']);
  });
});
