import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { hex } from '../../../src/bytes/address.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { type AddressEntry, addressEntries } from '../../../src/devicetree/address/entries.ts';
import { explainNode, nodeAt } from '../../../src/devicetree/address/explain.ts';
import { readBlob } from '../../../src/devicetree/blob/reader.ts';
import { pathOf } from '../../../src/devicetree/tree.ts';
import { hintOf, messageOf } from '../../../src/findings/finding.ts';
import { tell, treeOf } from '../trees.ts';

function decode(body: string): { entries: AddressEntry[]; told: string[]; lines: string[] } {
  const sink = new DiagnosticList();
  const entries = addressEntries(treeOf(`/dts-v1/;\n/ { ${body} };`), sink);
  return { entries, told: sink.all.map(tell), lines: entries.map(line) };
}

/** `path item[index] base+size -> cpu`, addresses in hex; `(why)` in place of the CPU address. */
function line({ node, item, index, base, size, cpu, why, parent }: AddressEntry): string {
  const to = parent === null ? '' : ` at ${hex(parent)}`;
  return `${pathOf(node)} ${item}[${index}] ${hex(base)}${to}+${size === null ? 'none' : hex(size)} -> ${cpu === null ? `(${why})` : hex(cpu)}`;
}

const CELLS_11 = '#address-cells = <1>; #size-cells = <1>;';
const CELLS_22 = '#address-cells = <2>; #size-cells = <2>;';

describe('addresses through buses', () => {
  it('as in the example of the specification (Devicetree Specification 0.4, section 2.3.8)', () => {
    expect(
      decode(`${CELLS_11} soc { ${CELLS_11} ranges = <0x0 0xe0000000 0x00100000>;
        serial@4600 { reg = <0x4600 0x100>; }; };`).lines,
    ).toEqual([
      '/soc ranges[0] 0x0 at 0xe0000000+0x100000 -> 0xe0000000',
      // 0xe0000000 + 0x4600
      '/soc/serial@4600 reg[0] 0x4600+0x100 -> 0xe0004600',
    ]);
  });

  it('as in the binding of microsoft,vmbus, also with the cells that OpenHCL writes', () => {
    const vmbus = (cells: string, size: string): string => `${CELLS_22} bus { ${CELLS_22} ranges;
      vmbus { compatible = "microsoft,vmbus"; ${cells} ranges = <0x0f 0xf0000000 0x0f 0xf0000000 ${size}>; }; };`;
    // 0xf * 2^32 + 0xf0000000
    const window = ['/bus/vmbus ranges[0] 0xff0000000 at 0xff0000000+0x10000000 -> 0xff0000000'];
    expect(decode(vmbus('#address-cells = <2>; #size-cells = <1>;', '0x10000000')).lines).toEqual(window);
    expect(decode(vmbus(CELLS_22, '0 0x10000000')).lines).toEqual(window);
  });

  it('step by step, as data', () => {
    const { entries } =
      decode(`${CELLS_22} a { ${CELLS_11} ranges = <0x1000 0x1 0x0 0x1000>, <0x4000 0x2 0x0 0x2000>;
      b { ${CELLS_11} ranges; c { reg = <0x5000 0x10>; }; }; };`);
    const [step0, step1] = entries.at(-1)!.steps;
    expect(step0).toMatchObject({ how: 'empty', from: 0x5000n, to: 0x5000n, index: undefined });
    expect(pathOf(step0!.bus)).toBe('/a/b');
    // 0x5000 - 0x4000 + 0x2_0000_0000
    expect(step1).toMatchObject({
      how: 'entry',
      index: 1,
      entry: { child: 0x4000n, parent: 0x2_0000_0000n, size: 0x2000n },
      from: 0x5000n,
      to: 0x2_0000_1000n,
    });
    expect(step1!.counts.parent).toMatchObject({ cells: 2, from: 'own', node: '/' });
    expect(entries.at(-1)!.cells).toEqual([0x5000, 0x10]);
  });

  it('stop where Linux stops', () => {
    const { lines } = decode(`${CELLS_11}
      nothing { ${CELLS_11} a { reg = <1 1>; }; };
      other { ${CELLS_11} ranges = <0x10 0x100 0x10>; a { reg = <0x20 1>; }; };
      sizeless { #address-cells = <1>; #size-cells = <0>; ranges; a { reg = <3>; }; };
      wide { #address-cells = <5>; #size-cells = <1>; ranges; a { reg = <0 0 0 0 1 1>; }; };`);
    expect(lines).toEqual([
      '/nothing/a reg[0] 0x1+0x1 -> (no ranges in /nothing)',
      '/other ranges[0] 0x10 at 0x100+0x10 -> 0x100',
      '/other/a reg[0] 0x20+0x1 -> (not in the ranges of /other)',
      '/sizeless/a reg[0] 0x3+none -> (#size-cells is 0 for /sizeless)',
      '/wide/a reg[0] 0x1+0x1 -> (#address-cells is 5 for /wide, more than 4)',
    ]);
  });

  it('by their first byte: an end beyond the entry does not matter to Linux', () => {
    expect(
      decode(`${CELLS_11} b { ${CELLS_11} ranges = <0 0x1000 0x10>; a { reg = <0x8 0x1000>; }; };`).lines[1],
    ).toBe('/b/a reg[0] 0x8+0x1000 -> 0x1008');
  });

  it('never through an entry that wraps at 2^64', () => {
    expect(
      decode(`${CELLS_22} b { ${CELLS_22} ranges = <0xffffffff 0xfffff000 0 0 0 0x2000>;
        a { reg = <0xffffffff 0xfffff800 0 1>; }; };`).lines[1],
    ).toBe('/b/a reg[0] 0xfffffffffffff800+0x1 -> (not in the ranges of /b)');
  });
});

describe('addresses of more than 53 bits, which doubles round', () => {
  it('are moved exactly, by entries that begin, end or lead beyond', () => {
    const { lines } = decode(`${CELLS_22}
      far { ${CELLS_22} ranges = <0x00200000 0x1 0x00400000 0x3 0x0 0x1000>;
        a { reg = <0x00200000 0x3 0x0 0x1>; }; b { reg = <0x00200000 0x0 0x0 0x1>; }; };
      wide { ${CELLS_22} ranges = <0x0 0x10 0x00800000 0x1 0xff000000 0x0>;
        c { reg = <0x0 0x11 0x0 0x1>; }; };`);
    expect(lines.filter((text) => text.includes('reg'))).toEqual([
      // 2^53 + 3 is 2 behind the entry's begin at 2^53 + 1, and 2^53 before it; doubles tell neither.
      '/far/a reg[0] 0x20000000000003+0x1 -> 0x40000000000005',
      '/far/b reg[0] 0x20000000000000+0x1 -> (not in the ranges of /far)',
      // 0x11 - 0x10 + 2^55 + 1
      '/wide/c reg[0] 0x11+0x1 -> 0x80000000000002',
    ]);
  });

  it('are cut to the cells of a bus with one, as in the kernel', () => {
    // of_bus_default_translate writes the sum to as many cells as the bus has: 0x1_0000_0000 is 0 in one.
    expect(
      decode(`${CELLS_11} b { ${CELLS_11} ranges = <0x0 0xfffffff0 0x20>; a { reg = <0x10 0x1>; }; };`)
        .lines[1],
    ).toBe('/b/a reg[0] 0x10+0x1 -> 0x0');
  });
});

describe('addresses of more than 64 bits', () => {
  it('are refused, in a reg, in an entry and as a sum', () => {
    const wide = '#address-cells = <4>; #size-cells = <1>;';
    const { lines, told } = decode(`${CELLS_22}
      a { ${wide} ranges; x { reg = <0 1 0 0x10 1>; }; y { reg = <0 0 0 0x10 1>; }; };
      b { ${CELLS_22} ranges = <0 0 0xffffffff 0xffffff00 0 0x1000>; z { reg = <0 0x200 0 1>; }; };`);
    expect(lines).toEqual([
      '/a/x reg[0] 0x10000000000000010+0x1 -> (the address has more than 64 bits)',
      '/a/y reg[0] 0x10+0x1 -> 0x10',
      '/b ranges[0] 0x0 at 0xffffffffffffff00+0x1000 -> 0xffffffffffffff00',
      '/b/z reg[0] 0x200+0x1 -> (the address has more than 64 bits)',
    ]);
    expect(told.map((text) => text.split(' ')[1])).toEqual(['dt/beyond-64-bit', 'dt/beyond-64-bit']);
  });
});

describe('buses with flags', () => {
  // PCI Bus Binding to IEEE 1275, section 2.2.1.1: ss = 01 I/O, 10 memory of 32, 11 of 64 bits, 0x40000000 prefetchable.
  const { entries, lines } =
    decode(`${CELLS_22} pcie@40000000 { device_type = "pci"; #address-cells = <3>; #size-cells = <2>;
    ranges = <0x01000000 0 0 0x0 0x3eff0000 0 0x10000>, <0x02000000 0 0x10000000 0x0 0x10000000 0 0x2eff0000>,
             <0x43000000 0x80 0 0x80 0 0x80 0>;
    dev@1,0 { reg = <0x00000800 0 0 0 0>, <0x02000810 0 0x10001000 0 0x1000>, <0x43000818 0x81 0 0 0x4000>,
      <0x01000820 0 0x40 0 0x20>; }; };`);

  it('of PCI', () => {
    expect(lines).toEqual([
      '/pcie@40000000 ranges[0] 0x0 at 0x3eff0000+0x10000 -> 0x3eff0000',
      '/pcie@40000000 ranges[1] 0x10000000 at 0x10000000+0x2eff0000 -> 0x10000000',
      '/pcie@40000000 ranges[2] 0x8000000000 at 0x8000000000+0x8000000000 -> 0x8000000000',
      '/pcie@40000000/dev@1,0 reg[0] 0x0+0x0 -> (not in the ranges of /pcie@40000000)',
      '/pcie@40000000/dev@1,0 reg[1] 0x10001000+0x1000 -> 0x10001000',
      '/pcie@40000000/dev@1,0 reg[2] 0x8100000000+0x4000 -> 0x8100000000',
      '/pcie@40000000/dev@1,0 reg[3] 0x40+0x20 -> 0x3eff0040',
    ]);
    expect(entries.map(({ flags }) => flags?.space)).toEqual([
      'io',
      'mem32',
      'mem64',
      'config',
      'mem32',
      'mem64',
      'io',
    ]);
    expect(entries[2]!.flags).toMatchObject({ prefetchable: true, relocatable: true });
    // bbbbbbbb dddddfff rrrrrrrr of 0x02000810
    expect(entries[4]!.flags!.pci).toEqual({ bus: 0, device: 1, function: 0, register: 0x10 });
  });

  it('of ISA: bit 0 is I/O', () => {
    expect(
      decode(`${CELLS_11} isa { #address-cells = <2>; #size-cells = <1>; ranges = <1 0 0x80000000 0x1000>;
        serial { reg = <1 0x3f8 8>; }; rtc { reg = <0 0x70 2>; }; };`).lines,
    ).toEqual([
      '/isa ranges[0] 0x0 at 0x80000000+0x1000 -> 0x80000000',
      '/isa/serial reg[0] 0x3f8+0x8 -> 0x800003f8',
      '/isa/rtc reg[0] 0x70+0x2 -> (not in the ranges of /isa)',
    ]);
  });
});

describe('dma-ranges', () => {
  it('are 1:1 where a bus has none', () => {
    const { lines } = decode(
      `${CELLS_11} a { ${CELLS_11} b { ${CELLS_11} dma-ranges = <0x40000000 0x0 0x1000>; }; };`,
    );
    expect(lines).toEqual(['/a/b dma-ranges[0] 0x40000000 at 0x0+0x1000 -> 0x0']);
  });

  it('go by the interconnect named dma-mem', () => {
    const { lines } = decode(`${CELLS_11}
      mbus: mbus { #interconnect-cells = <1>; ${CELLS_11} dma-ranges = <0 0x40000000 0x80000000>; };
      a { ${CELLS_11} interconnects = <&mbus 5>; interconnect-names = "dma-mem"; dma-ranges = <0x100 0x200 0x1000>; };`);
    expect(lines).toEqual([
      '/mbus dma-ranges[0] 0x0 at 0x40000000+0x80000000 -> 0x40000000',
      // 0x200 on the interconnect, which begins at 0x40000000
      '/a dma-ranges[0] 0x100 at 0x200+0x1000 -> 0x40000200',
    ]);
  });

  it('do not go around in circles', () => {
    const { lines } = decode(`${CELLS_11} m: m { #interconnect-cells = <0>; ${CELLS_11}
      interconnects = <&m>; interconnect-names = "dma-mem"; dma-ranges = <0 0 0x1000>; };`);
    expect(lines).toEqual(['/m dma-ranges[0] 0x0 at 0x0+0x1000 -> (the interconnects form a loop)']);
  });
});

describe('cell counts', () => {
  it('that are not on the bus come from ancestors, then are 1 and 1, and that is reported', () => {
    const { entries, told } = decode('a { #address-cells = <2>; b { c { reg = <0 1 2>; }; }; };');
    expect(entries[0]!.counts).toMatchObject({
      childAddress: { cells: 2, from: 'ancestor', node: '/a' },
      size: { cells: 1, from: 'default' },
    });
    expect(told).toEqual([
      '2:33 dt/cells-missing /a/b has no #address-cells: Linux takes 2 from /a, the specification says 2',
      '2:33 dt/cells-lost /a/b has no #size-cells: Linux assumes 1, the specification says 1',
    ]);
  });

  it('that do not fit are reported with those that would', () => {
    const sink = new DiagnosticList();
    const tree = treeOf(
      `/dts-v1/; / { ${CELLS_22} vmbus { ${CELLS_22} ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>; }; };`,
    );
    expect(addressEntries(tree, sink)).toEqual([]);
    expect(sink.all[0]!.code).toBe('dt/ranges-cells');
    expect(messageOf(sink.all[0]!)).toContain('20 bytes are left over after 0 entries');
    // Of all counts that 5 cells allow the most sensible first.
    expect(hintOf(sink.all[0]!)).toMatch(/would fit 2\/2\/1, /);
  });

  it('of whole entries and a rest give the entries', () => {
    const { lines, told } = decode(`${CELLS_11} a { reg = <1 2 3>; };`);
    expect(lines).toEqual(['/a reg[0] 0x1+0x2 -> 0x1']);
    expect(told[0]).toContain('dt/reg-cells reg of /a has 12 bytes');
  });
});

describe('what entries are for', () => {
  const { entries } = decode(`${CELLS_22}
    memory@0 { device_type = "memory"; reg = <0 0 0 0x80000000>, <8 0 1 0>; };
    reserved-memory { ${CELLS_22} ranges; fb@70000000 { reg = <0 0x70000000 0 0x800000>; }; };
    chosen { ${CELLS_22} ranges; framebuffer@70000000 { compatible = "simple-framebuffer"; reg = <0 0x70000000 0 0x300000>; status = "disabled"; }; };
    other { ${CELLS_22} a { compatible = "simple-framebuffer"; reg = <0 1 0 1>; }; };`);

  it('RAM, reserved memory, framebuffers', () => {
    expect(entries.map((entry) => `${entry.role} ${entry.available} ${line(entry)}`)).toEqual([
      'ram true /memory@0 reg[0] 0x0+0x80000000 -> 0x0',
      'ram true /memory@0 reg[1] 0x800000000+0x100000000 -> 0x800000000',
      'reserved true /reserved-memory/fb@70000000 reg[0] 0x70000000+0x800000 -> 0x70000000',
      'framebuffer false /chosen/framebuffer@70000000 reg[0] 0x70000000+0x300000 -> 0x70000000',
      'framebuffer true /other/a reg[0] 0x1+0x1 -> (no ranges in /other)',
    ]);
  });
});

describe('explaining a node', () => {
  const tree = treeOf(`/dts-v1/; / { ${CELLS_22} aliases { uart = "/soc@0/bus/serial@10"; };
    soc@0 { ${CELLS_11} ranges = <0 0x1 0 0x10000>; status = "disabled";
      bus { ranges; here: serial@10 { reg = <0x10 1>; }; }; }; };`);

  it('finds it by path, shortened path, label and alias', () => {
    for (const name of ['/soc@0/bus/serial@10', '/soc/bus/serial', 'here', 'uart'])
      expect(pathOf(nodeAt(tree, name)!)).toBe('/soc@0/bus/serial@10');
    expect(nodeAt(tree, '/soc@0/nothing')).toBeUndefined();
  });

  it('gives its buses and entries', () => {
    const explanation = explainNode(tree, addressEntries(tree, new DiagnosticList()), 'here')!;
    expect(explanation.available).toBe(false);
    expect(explanation.buses.map(({ path, ranges }) => [path, ranges])).toEqual([
      ['/soc@0/bus', 'empty'],
      ['/soc@0', { entries: 1 }],
      ['/', 'root'],
    ]);
    expect(explanation.buses[0]!.bus.addressCells).toMatchObject({
      cells: 1,
      from: 'ancestor',
      node: '/soc@0',
    });
    expect(explanation.entries.map(line)).toEqual(['/soc@0/bus/serial@10 reg[0] 0x10+0x1 -> 0x100000010']);
  });
});

const corpus = new URL('../../../../shared/corpus/', import.meta.url);

describe.skipIf(!existsSync(corpus))('the corpus (skipped where it is not)', () => {
  interface Reference {
    readonly nodes: readonly (Record<string, ReferenceEntry[]> & { path: string })[];
  }
  interface ReferenceEntry {
    readonly addr?: string;
    readonly child?: string;
    readonly parent?: string;
    readonly size: string | null;
    readonly cpu: string | null;
  }
  const folders = ['fuzz', 'dtbo', 'dtb'].map((name) => new URL(`${name}/`, corpus));
  // What stands in a skipped block runs all the same, when the tests are collected.
  const files = folders.filter(existsSync).flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.windows.json.gz'))
      .map((name) => new URL(name, folder)),
  );

  it('reads as Linux does', () => {
    // Of the two hundred real trees every eighth: all of them are for compare-dt.
    for (const file of files.filter((_, index) => index < 33 || index % 8 === 0)) {
      const reference = JSON.parse(gunzipSync(readFileSync(file)).toString()) as Reference;
      const blob = gunzipSync(readFileSync(new URL(file.href.replace('.windows.json.gz', '.gz'))));
      const tree = readBlob({ name: file.pathname, form: 'blob', bytes: blob }, new DiagnosticList());
      const got = addressEntries(tree!, new DiagnosticList()).map(
        ({ node, item, index, base, parent, size, cpu }) =>
          `${pathOf(node)} ${item} ${index} ${base} ${parent} ${size} ${cpu}`,
      );
      const number = (text: string | null | undefined): string =>
        text == null ? 'null' : BigInt(text).toString();
      const want = reference.nodes.flatMap((node) =>
        (
          [
            ['reg', 'reg'],
            ['ranges', 'ranges'],
            ['dma-ranges', 'dmaRanges'],
          ] as const
        ).flatMap(([item, key]) =>
          (node[key] ?? []).map(
            (entry, index) =>
              `${node.path} ${item} ${index} ${number(entry.addr ?? entry.child)} ${number(entry.parent)} ${number(entry.size)} ${number(entry.cpu)}`,
          ),
        ),
      );
      expect(got.sort(), file.pathname).toEqual(want.sort());
    }
  });
});
