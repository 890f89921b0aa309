/** What of a tree is a window, and of which kind: every rule by a small tree, its numbers in its text. */
import { describe, expect, test } from 'vitest';
import type { Artifact } from '../../src/artifact/artifact.ts';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { LINUX_TREE_RULES } from '../../src/linux/tree-rules.ts';
import { derivationOf } from '../../src/window/derivation.ts';
import { describe as describeMachine } from '../../src/window/describe.ts';
import { describeTree, type TreeOptions } from '../../src/window/from-device-tree.ts';
import type { AddressWindow } from '../../src/window/window.ts';
import { artifactOf } from '../evidence/artifacts.ts';

function described(
  text: string,
  options: TreeOptions = {},
  artifact: Artifact = artifactOf('dts', text, 'a.dts'),
) {
  const sink = new DiagnosticList();
  const description = describeTree(artifact, { rules: LINUX_TREE_RULES, ...options }, sink);
  return { windows: description?.windows ?? [], description, sink };
}
const short = (window: AddressWindow): unknown[] => [
  `${window.origin.path} ${window.origin.item}[${window.origin.index}]`,
  window.space,
  window.role,
  window.base,
  window.size,
  window.certainty,
];
const of = (windows: readonly AddressWindow[], path: string): AddressWindow[] =>
  windows.filter(({ origin }) => origin.path === path);
const root = (body: string, first = ''): string =>
  `/dts-v1/; ${first} / { #address-cells = <1>; #size-cells = <1>; ${body} };`;

test('registers, ranges, memory and reservations', () => {
  const { windows } = described(
    root(
      `memory@80000000 { device_type = "memory"; reg = <0x80000000 0x10000000>; };
       soc { compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>; ranges = <0 0x40000000 0x1000>;
         uart@100 { reg = <0x100 0x10>, <0x200 0>; }; };`,
      '/memreserve/ 0x90000000 0x1000; /memreserve/ 0xa0000000 0; /memreserve/ 0x91000000 0x2000;',
    ),
  );
  expect(windows.map(short)).toEqual([
    ['/memory@80000000 reg[0]', 'memory', 'ram', 0x8000_0000n, 0x1000_0000n, 'certain'],
    ['/soc ranges[0]', 'memory', 'window', 0x4000_0000n, 0x1000n, 'certain'],
    ['/soc/uart@100 reg[0]', 'memory', 'register', 0x4000_0100n, 0x10n, 'certain'],
    ['/ /memreserve/[0]', 'memory', 'reserved', 0x9000_0000n, 0x1000n, 'certain'],
    ['/ /memreserve/[2]', 'memory', 'reserved', 0x9100_0000n, 0x2000n, 'certain'],
  ]);
  // A register's own address, where its bus has another one.
  expect(of(windows, '/soc/uart@100')[0]!.bus).toEqual({ base: 0x100n });
  expect(of(windows, '/memory@80000000')[0]!.bus).toBeUndefined();
  expect(derivationOf(of(windows, '/')[1]!).map(({ what, text }) => `${what}: ${text}`)).toEqual([
    'address: 0x91000000 as it stands',
    'size: 0x2000 as it stands',
  ]);
  expect(windows.slice(0, 3).map(({ flags }) => flags)).toEqual([
    { available: true },
    { available: true, producer: true },
    { available: true },
  ]);
});

describe('PCI', () => {
  const pcie = (ranges: string, more = ''): string =>
    root(`pcie@70000000 { compatible = "pci-host-ecam-generic"; device_type = "pci"; #address-cells = <3>; #size-cells = <2>;
      reg = <0x70000000 0x1000>; ${ranges} dma-ranges = <0x02000000 0 0 0 0 0x1000>; ${more} };`);

  test('its windows by their space codes', () => {
    const { windows } = described(
      pcie(`ranges = <0x01000000 0 0 0x3f000000 0 0x10000>, <0x02000000 0 0x10000000 0x10000000 0 0x1000>,
        <0x43000000 1 0 0x20000000 0 0x2000>;`),
    );
    const own = of(windows, '/pcie@70000000');
    expect(own.map(({ origin: { item, index } }) => `${item}[${index}]`)).toEqual([
      'reg[0]',
      'ranges[0]',
      'ranges[1]',
      'ranges[2]',
    ]);
    expect(own.map(({ space, base, size }) => [space, base, size])).toEqual([
      ['memory', 0x7000_0000n, 0x1000n],
      ['io', 0x3f00_0000n, 0x1_0000n],
      ['memory', 0x1000_0000n, 0x1000n],
      ['memory', 0x2000_0000n, 0x2000n],
    ]);
    expect(own.map(({ flags }) => [flags.pci, flags.prefetchable, flags.producer])).toEqual([
      [undefined, undefined, undefined],
      ['io', false, true],
      ['mem32', false, true],
      ['mem64', true, true],
    ]);
    expect(own.map(({ bus }) => bus?.base)).toEqual([undefined, 0n, undefined, 0x1_0000_0000n]);
  });

  test('a device of a bus is at a place of configuration space, which is no window', () => {
    const { windows } = described(
      pcie(
        'ranges = <0x02000000 0 0x10000000 0x10000000 0 0x1000>;',
        'dev@1,0 { reg = <0x800 0 0 0 0>, <0x02000810 0 0x10000100 0 0x100>; };',
      ),
    );
    expect(of(windows, '/pcie@70000000/dev@1,0').map(short)).toEqual([
      ['/pcie@70000000/dev@1,0 reg[1]', 'memory', 'register', 0x1000_0100n, 0x100n, 'certain'],
    ]);
  });

  test('entries of configuration space in ranges are windows all the same', () => {
    const { windows } = described(pcie('ranges = <0x00000000 0 0 0x60000000 0 0x1000>;'));
    expect(of(windows, '/pcie@70000000').map(({ flags, origin }) => [origin.item, flags.pci])).toEqual([
      ['reg', undefined],
      ['ranges', 'config'],
    ]);
  });
});

test('ranges that do not translate are windows somewhere; registers that do not are none', () => {
  const { windows } = described(
    root(`bus { #address-cells = <1>; #size-cells = <1>;
      inner { #address-cells = <1>; #size-cells = <1>; ranges = <0 0x1000 0x100>; dev@10 { reg = <0x10 0x4>; }; }; };`),
  );
  const [window, ...others] = windows;
  expect(others).toEqual([]);
  expect(short(window!)).toEqual(['/bus/inner ranges[0]', 'memory', 'window', null, 0x100n, 'unknown']);
  expect(window!.certainty === 'unknown' && window!.why).toMatch(/ranges/);
  expect(window!.bus).toEqual({ base: 0n });
});

test('what status or the kernel leaves out', () => {
  const { windows } = described(
    root(`memory@0 { device_type = "memory"; reg = <0 0x1000000>; status = "disabled"; };
      off@2000000 { reg = <0x2000000 0x100>; status = "disabled"; };
      on@3000000 { reg = <0x3000000 0x100>; status = "ok"; };
      reserved-memory { #address-cells = <2>; #size-cells = <1>; ranges = <0 0x4000000 0x4000000 0x100000>;
        kept@4000000 { reg = <0 0x4000000 0x1000>; }; pool { size = <0x1000>; }; };`),
  );
  const available = windows.map(({ origin, flags, ignored }) => [
    origin.path,
    flags.available,
    ignored !== undefined,
  ]);
  expect(available).toEqual([
    ['/memory@0', false, false],
    ['/off@2000000', false, false],
    ['/on@3000000', true, false],
    ['/reserved-memory', true, false],
    // __reserved_mem_check_root() of drivers/of/of_reserved_mem.c wants the cell counts of the root.
    ['/reserved-memory/kept@4000000', false, true],
    ['/reserved-memory/pool', false, true],
  ]);
});

test('memory by other properties than reg', () => {
  const { windows } = described(
    root(`memory@0 { device_type = "memory"; reg = <0 0x8000000>; };
      reserved-memory { #address-cells = <1>; #size-cells = <1>; ranges;
        pool { size = <0x100000>; }; };
      chosen { linux,initrd-start = <0x2000000>; linux,initrd-end = <0x2100000>; };`),
  );
  const found = windows.filter(({ origin }) => !origin.path.startsWith('/memory')).map(short);
  expect(found).toContainEqual([
    '/reserved-memory/pool size[0]',
    'memory',
    'reserved',
    null,
    0x10_0000n,
    'unknown',
  ]);
  expect(found).toContainEqual([
    '/chosen linux,initrd-start[0]',
    'memory',
    'reserved',
    0x200_0000n,
    0x10_0000n,
    'certain',
  ]);
  const pool = windows.find(({ origin }) => origin.path === '/reserved-memory/pool')!;
  expect(pool.flags).toEqual({ available: true });
  expect(derivationOf(pool).map(({ what }) => what)).toEqual(['memory']);
  expect(derivationOf(pool)[0]!.text).not.toBe('');
});

test('a tree of which nothing is read makes none', async () => {
  const sink = new DiagnosticList();
  const bad = artifactOf('dtb', new Uint8Array([0xd0, 0x0d, 0xfe, 0xed]), 'a.dtb');
  expect(describeTree(bad, {}, sink)).toBeUndefined();
  expect(sink.hasErrors).toBe(true);
  const machine = await describeMachine(
    [bad, artifactOf('dts', root(''), 'b.dts')],
    {},
    new DiagnosticList(),
  );
  expect(machine.trees.map(({ artifact }) => artifact.source.name)).toEqual(['b.dts']);
});

describe('what patches change', () => {
  const bus = (size: string, more = ''): string =>
    root(
      `soc { compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>; ranges = <0 0x40000000 ${size}>; ${more} };`,
    );
  const changes = (before: string, after: string): unknown => {
    const artifact = { ...artifactOf('dts', after, 'a.dts'), before: artifactOf('dts', before, 'a.dts') };
    const { sink, description } = described(after, {}, artifact);
    const said = sink.all.filter(({ code }) => code === 'dt/patch-changes');
    expect(said).toHaveLength(1);
    expect(description!.before!.length).toBeGreaterThan(0);
    return said[0]!.args;
  };

  test('a window of another size is one less and one more', () => {
    const said = changes(bus('0x1000'), bus('0x2000'));
    expect(said).toEqual({
      added: ['window [mem 0x40000000-0x40001fff]'],
      removed: ['window [mem 0x40000000-0x40000fff]'],
    });
  });

  test('one that is switched off is another one; what stays is not told', () => {
    const off = changes(
      bus('0x1000', 'a@0 { reg = <0 4>; };'),
      bus('0x1000', 'a@0 { reg = <0 4>; status = "disabled"; };'),
    );
    const register = 'register [mem 0x40000000-0x40000003]';
    expect(off).toEqual({ added: [register], removed: [register] });
  });

  test('windows without a place are not told', () => {
    const somewhere = (size: string) =>
      root(`memory@0 { device_type = "memory"; reg = <0 4>; };
        b { #address-cells = <1>; #size-cells = <1>; c { #address-cells = <1>; #size-cells = <1>; ranges = <0 0 ${size}>; }; };`);
    expect(changes(somewhere('0x100'), somewhere('0x200'))).toEqual({ added: [], removed: [] });
  });

  test('without a patch nothing is reported', () => {
    const { sink, description } = described(bus('0x1000'));
    expect(sink.all.map(({ code }) => code)).not.toContain('dt/patch-changes');
    expect(description).not.toHaveProperty('before');
  });
});

test('readings of a fragment whose cell counts are not given', () => {
  const fragment = 'vmbus { ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>; };';
  const artifact = artifactOf('dts-fragment', fragment, 'a.txt');
  const open = described(fragment, {}, artifact).description!;
  expect(open.readings.length).toBeGreaterThan(0);
  expect(
    described(fragment, { cells: { child: 2, parent: 2, size: 1 } }, artifact).description!.readings,
  ).toEqual([]);
  // 2/2/1: 15 * 2^32 + 0xf0000000.
  const reading = open.readings[0]!.readings.find(({ cells }) => cells.size === 1)!;
  expect(open.windowsAs(reading).map(({ base, size }) => [base, size])).toEqual([
    [0xf_f000_0000n, 0x1000_0000n],
  ]);
});
