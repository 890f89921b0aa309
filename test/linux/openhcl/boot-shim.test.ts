/**
 * What OpenHCL's boot shim makes of a host's tree, rule by rule: microsoft/openvmm 1488a37b7, host_fdt_parser/src/lib.rs and
 * openhcl_boot/src/host_params (topology_from_host_dt, mmio.rs). Sizes that decide are tried at both sides.
 */
import { describe, expect, test } from 'vitest';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { readDeviceTree } from '../../../src/devicetree/read.ts';
import { chooseVtl2Ranges, vtl2TreeSource } from '../../../src/linux/openhcl/boot-shim.ts';
import { readHostTree } from '../../../src/linux/openhcl/host-tree.ts';
import { artifactOf } from '../../evidence/artifacts.ts';

const MIB = 1n << 20n;
const GIB = 1n << 30n;
const HIGH = 1n << 32n;
type Span = readonly [bigint, bigint];

const wide = (value: bigint): string =>
  `0x${(value >> 32n).toString(16)} 0x${(value & 0xffff_ffffn).toString(16)}`;
const list = (ranges: readonly Span[]): string =>
  ranges.length === 0
    ? 'ranges;'
    : `ranges = ${ranges.map(([base, size]) => `<${wide(base)} ${wide(base)} ${wide(size)}>`).join(', ')};`;
const node = (
  vtl: number,
  ranges: readonly Span[] | string,
  more = 'microsoft,message-connection-id = <7>;',
): string =>
  `vmbus-vtl${vtl}@${vtl} { #address-cells = <2>; #size-cells = <2>; compatible = "microsoft,vmbus"; microsoft,vtl = <${vtl}>;
    ${typeof ranges === 'string' ? ranges : list(ranges)} ${more} };`;
const source = (buses: string, more = '', bus = 'ranges;', memory = 'reg = <0 0 0 0x40000000>;'): string =>
  `/dts-v1/; / { #address-cells = <2>; #size-cells = <2>; memory@0 { device_type = "memory"; ${memory} };
    bus { compatible = "simple-bus"; #address-cells = <2>; #size-cells = <2>; ${bus} ${buses} }; ${more} };`;
const root = (text: string) =>
  readDeviceTree(artifactOf('dts', text, 'a.dts'), new DiagnosticList(), {})!.root;

const LOW: Span = [0xf800_0000n, 128n * MIB];
const TOP: Span = [0xf_e000_0000n, 512n * MIB];
const VTL0 = node(0, [LOW, TOP]);
const OPENHCL = (size?: bigint): string =>
  `openhcl { memory-allocation-mode = "vtl2"; ${size === undefined ? '' : `mmio-size = <${wide(size)}>;`} };`;

describe('a tree that the shim does not start with', () => {
  test.each<[string, string, RegExp]>([
    ['a bus that has no ranges', source(VTL0, '', ''), /^bus: ranges is missing$/],
    ['a VMBus of VTL 1', source(node(1, [])), /^vmbus-vtl1@1: VTL 1$/],
    ['two of one VTL', source(VTL0 + VTL0.replace('vtl0@0', 'vtl0@9')), /a second VMBus of VTL 0$/],
    [
      'other cell counts',
      source(VTL0.replace('#size-cells = <2>', '#size-cells = <1>')),
      /#size-cells is 1, not 2$/,
    ],
    ['no cell counts', source(VTL0.replace('#address-cells = <2>;', '')), /#address-cells is missing$/],
    ['no connection', source(node(0, [LOW], '')), /microsoft,message-connection-id is missing$/],
    ['an empty one', source(node(0, [LOW], 'microsoft,message-connection-id;')), /connection-id is empty$/],
    [
      'half a number',
      source(node(0, [LOW], 'microsoft,message-connection-id = [00 01];')),
      /not a list of 32-bit numbers$/,
    ],
    [
      'a translated range',
      source(node(0, `ranges = <${wide(LOW[0])} ${wide(LOW[0] + MIB)} ${wide(MIB)}>;`)),
      /a range is translated$/,
    ],
    ['a base that is no page', source(node(0, [[LOW[0] + 1n, 4096n]])), /not a multiple of 4 KiB$/],
    ['a size that is no page', source(node(0, [[LOW[0], 4095n]])), /not a multiple of 4 KiB$/],
    ['the last address', source(node(0, [[(1n << 64n) - 4096n, 4096n]])), /goes past the last address$/],
    ['three ranges', source(node(0, [LOW, TOP, [TOP[0] + GIB, MIB]])), /3 ranges, more than 2$/],
    ['ranges that overlap', source(node(0, [LOW, [LOW[0] + LOW[1] - 4096n, MIB]])), /its ranges overlap$/],
    ['in the other order', source(node(0, [[LOW[0] + LOW[1] - 4096n, MIB], LOW])), /its ranges overlap$/],
    ['ranges of both that overlap', source(VTL0 + node(2, [LOW])), /^ranges of the two VMBus overlap$/],
    ['a range in memory', source(node(0, [[0x3fff_f000n, 4096n]])), /^a range of VMBus overlaps memory$/],
    [
      'a range of VTL 2 in memory',
      source(VTL0 + node(2, [[0x3fff_f000n, 4096n]])),
      /^a range of VMBus overlaps memory$/,
    ],
    ['memory without a place', source(VTL0, '', 'ranges;', ''), /^memory@0: reg is missing$/],
    [
      'another mode',
      source(VTL0, 'openhcl { memory-allocation-mode = "both"; };'),
      /^openhcl: memory-allocation-mode is "both"$/,
    ],
    ['no mode', source(VTL0, 'openhcl { };'), /^openhcl: memory-allocation-mode is missing$/],
    [
      'a mode without an end',
      source(VTL0, 'openhcl { memory-allocation-mode = [61]; };'),
      /memory-allocation-mode is not a string$/,
    ],
  ])('%s', (_, text, why) => {
    expect(() => readHostTree(root(text))).toThrow(why);
  });
});

describe('a tree that it reads', () => {
  test('ranges in the order of their addresses, who allocates, and how much', () => {
    const tree = readHostTree(root(source(node(0, [TOP, LOW]) + node(2, []), OPENHCL(256n * MIB))));
    expect(tree).toEqual({
      vtl0: {
        ranges: [
          { start: LOW[0], end: LOW[0] + LOW[1] },
          { start: TOP[0], end: TOP[0] + TOP[1] },
        ],
        connection: 7,
      },
      vtl2: { ranges: [], connection: 7 },
      mode: 'vtl2',
      mmioSize: 256n * MIB,
    });
    expect(readHostTree(root(source(VTL0)))).toMatchObject({
      mode: 'host',
      mmioSize: undefined,
      vtl2: undefined,
    });
    expect(readHostTree(root(source(VTL0, OPENHCL())))).toMatchObject({ mode: 'vtl2', mmioSize: undefined });
    const host = 'openhcl { memory-allocation-mode = "host"; mmio-size = <0 0x1000>; };';
    expect(readHostTree(root(source(VTL0, host)))).toMatchObject({ mode: 'host', mmioSize: undefined });
  });

  test('ranges that touch each other, or memory, are apart', () => {
    const touching = node(0, [LOW, [LOW[0] + LOW[1], MIB]]);
    expect(readHostTree(root(source(touching))).vtl0!.ranges).toHaveLength(2);
    expect(readHostTree(root(source(node(0, [[0x4000_0000n, 4096n]])))).vtl0!.ranges).toHaveLength(1);
    const both = node(0, [LOW]) + node(2, [[LOW[0] + LOW[1], MIB]]);
    expect(readHostTree(root(source(both))).vtl2!.ranges).toHaveLength(1);
  });

  test('a bus that translates, another device and no ranges at all', () => {
    expect(readHostTree(root(source(VTL0, '', 'ranges = <0 0 0 0 0 0x1000>;'))).vtl0).toBeUndefined();
    expect(readHostTree(root(source(VTL0.replace('microsoft,vmbus', 'other')))).vtl0).toBeUndefined();
    expect(readHostTree(root(source(node(0, '')))).vtl0).toEqual({ ranges: [], connection: 7 });
    expect(
      readHostTree(root(source(VTL0, '', 'ranges;').replace('simple-bus', 'other'))).vtl0,
    ).toBeUndefined();
    // Less than one whole range is none.
    expect(readHostTree(root(source(node(0, 'ranges = <0 0>;')))).vtl0!.ranges).toEqual([]);
  });
});

describe('the ranges of VTL2', () => {
  const OWN: Span = [0x20_0000_0000n, GIB];
  const chosen = (own: readonly Span[], more = '', isolated = false, vtl0 = VTL0) => {
    const { ranges, how, connection } = chooseVtl2Ranges(root(source(vtl0 + node(2, own), more)), isolated);
    return [how, connection, ...ranges.map(({ start, end }) => [start, end - start])];
  };

  test('are those that the host gives, where it allocates', () => {
    expect(chosen([OWN])).toEqual(['given', 7, OWN]);
    expect(chosen([])).toEqual(['given', 7]);
    expect(chosen([OWN], OPENHCL(GIB))).toEqual(['given', 7, OWN]);
    expect(chosen([OWN], OPENHCL())).toEqual(['given', 7, OWN]);
    expect(chosen([OWN], '', true)).toEqual(['given', 7, OWN]);
    expect(() => chosen([OWN], OPENHCL(GIB + 4096n))).toThrow(/smaller than mmio-size, 0x40001000$/);
  });

  test('are taken from the end of VTL0, half of it, 128 MiB at least and 1 GiB at most', () => {
    const at = (size: bigint, asked?: bigint, isolated = false) => {
      const high: Span = [HIGH, size];
      const [how, , ...ranges] = chosen(
        [],
        asked === undefined && isolated ? '' : OPENHCL(asked),
        isolated,
        node(0, [LOW, high]),
      );
      return [how, ...ranges.map((range) => [(range as bigint[])[0]! - HIGH, (range as bigint[])[1]])];
    };
    expect(at(512n * MIB)).toEqual(['carved', [256n * MIB, 256n * MIB]]);
    expect(at(512n * MIB, undefined, true)).toEqual(['carved', [256n * MIB, 256n * MIB]]);
    expect(at(200n * MIB)).toEqual(['carved', [72n * MIB, 128n * MIB]]);
    expect(at(4n * GIB)).toEqual(['carved', [3n * GIB, GIB]]);
    // More where more is asked for, never less.
    expect(at(512n * MIB, 300n * MIB)).toEqual(['carved', [212n * MIB, 300n * MIB]]);
    expect(at(512n * MIB, 100n * MIB)).toEqual(['carved', [256n * MIB, 256n * MIB]]);
    expect(() => at(100n * MIB)).toThrow(/smaller than the 0x8000000 bytes that VTL 2 takes$/);
    expect(() => at(128n * MIB)).toThrow(/^nothing would be left/);
    expect(at(128n * MIB + 4096n)).toEqual(['carved', [4096n, 128n * MIB]]);
  });

  test('where there is nothing to take from', () => {
    expect(() => chosen([], OPENHCL(), false, node(0, [TOP]))).toThrow(/^VTL 0 has no second range/);
    const low: Span = [HIGH - 4096n, GIB];
    expect(() => chosen([], OPENHCL(), false, node(0, [[0x8000_0000n, MIB], low]))).toThrow(
      /no range above 4 GiB/,
    );
    expect(() => chooseVtl2Ranges(root(source(VTL0)), false)).toThrow(/^there is no VMBus of VTL 2$/);
    expect(() => chooseVtl2Ranges(root(source(node(2, []))), false)).toThrow(/^there is no VMBus of VTL 0$/);
  });

  test('stand in the tree that it writes', () => {
    const choice = chooseVtl2Ranges(root(source(VTL0 + node(2, [OWN]))), false);
    const written = root(vtl2TreeSource(choice));
    const [vmbus] = written.children.find(({ name }) => name === 'bus')!.children;
    const ranges = vmbus!.properties.find(({ name }) => name === 'ranges')!;
    // 2 cells each: 0x20_0000_0000 twice, 1 GiB.
    expect(
      [...new Uint32Array(ranges.value.slice().buffer)].map((word) =>
        Buffer.from(new Uint32Array([word]).buffer).readUInt32BE(),
      ),
    ).toEqual([...[0x20, 0, 0x20, 0, 0, 0x4000_0000]]);
    const none = root(vtl2TreeSource({ ...choice, ranges: [] }));
    expect(
      none.children[1]!.children[0]!.properties.find(({ name }) => name === 'ranges')!.value,
    ).toHaveLength(0);
  });
});
