/** Expected values are what drivers/of/fdt.c and of_reserved_mem.c do with the properties, worked out beside each. */

import { describe, expect, it } from 'vitest';
import { hex } from '../../../src/bytes/address.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { addressEntries } from '../../../src/devicetree/address/entries.ts';
import { linuxMemory } from '../../../src/devicetree/address/memory.ts';
import type { TreeRules } from '../../../src/devicetree/address/profile.ts';
import { pathOf } from '../../../src/devicetree/tree.ts';
import { messageOf } from '../../../src/findings/finding.ts';
import { LINUX_TREE_RULES } from '../../../src/linux/tree-rules.ts';
import { treeOf } from '../trees.ts';

const CELLS_22 = '#address-cells = <2>; #size-cells = <2>;';

interface Taken {
  /** `role path item[index] base+size`, `ignored` or `off` behind it. */
  readonly lines: string[];
  /** `path: why` of nodes from whose `reg` nothing is taken. */
  readonly ignored: string[];
  readonly told: string[];
}

function taken(body: string, head = ''): Taken {
  const tree = treeOf(`/dts-v1/; ${head} / { ${CELLS_22} ${body} };`);
  const quiet = { add: () => {} };
  const sink = new DiagnosticList();
  const memory = linuxMemory(tree, addressEntries(tree, quiet), sink, LINUX_TREE_RULES);
  const lines = memory.entries.map(({ role, node, item, index, base, size, ignored, available }) => {
    const state = ignored === undefined ? (available ? '' : ' off') : ' ignored';
    const place = `${base === null ? '?' : hex(base)}+${size === null ? '?' : hex(size)}`;
    return `${role} ${pathOf(node)} ${item}[${index}] ${place}${state}`;
  });
  return {
    lines,
    ignored: [...memory.ignored].map(([node, why]) => `${pathOf(node)}: ${why}`),
    told: sink.all.map((diagnostic) => `${diagnostic.severity} ${diagnostic.code} ${messageOf(diagnostic)}`),
  };
}

const ram = (path: string, ...cells: string[]): string =>
  `${path} { device_type = "memory"; reg = <${cells.join(' ')}>; };`;

describe('RAM', () => {
  it('is taken from children of the root with the device type alone', () => {
    const { ignored } = taken(`${ram('memory@0', '0 0 0 0x1000')} memory@1 { reg = <0 1 0 1>; };
      b { ${CELLS_22} ranges; ${ram('memory@2', '0 2 0 2')} };
      m { device_type = "memory"; reg = <0 3 0 3>; };`);
    expect(ignored).toEqual([
      '/memory@1: it has no device_type = "memory"',
      '/b/memory@2: it is not a child of the root',
    ]);
  });

  it('is what linux,usable-memory says where that stands beside reg', () => {
    const { lines, ignored } = taken(`memory@0 { device_type = "memory"; reg = <0 0 0 0x80000000>;
        linux,usable-memory = <0 0x1000 0 0x1000 0 0x4000 0 0 0 0x8000 0 0x2000>; };
      memory@9 { device_type = "memory"; linux,usable-memory = <0 0x90000 0 0x1000>; };`);
    expect(lines).toEqual([
      'ram /memory@0 linux,usable-memory[0] 0x1000+0x1000',
      'ram /memory@0 linux,usable-memory[2] 0x8000+0x2000',
      'ram /memory@9 linux,usable-memory[0] 0x90000+0x1000',
    ]);
    expect(ignored).toEqual(['/memory@0: its linux,usable-memory is used instead']);
  });

  it('is cut to the first range of linux,usable-memory-range, and the second is added', () => {
    // memblock_cap_memory_range(0x1000, 0x6000), then memblock_add(0x100000, 0x1000); a third range is not read.
    const { lines } =
      taken(`chosen { linux,usable-memory-range = <0 0x1000 0 0x6000 0 0x100000 0 0x1000 0 9 0 9>; };
      ${ram('memory@0', '0 0 0 0x2000 0 0x4000 0 0x10000')}`);
    expect(lines).toEqual([
      'ram /chosen linux,usable-memory-range[0] 0x1000+0x1000',
      'ram /chosen linux,usable-memory-range[0] 0x4000+0x3000',
      'ram /chosen linux,usable-memory-range[1] 0x100000+0x1000',
    ]);
  });

  it('is not cut by a range of size 0 or of a wrong length', () => {
    // memblock_cap_memory_range() returns at size 0; 4 cells divide 16 bytes, not 18 (the kernel's own test).
    for (const value of ['<0 0 0 0>', '[00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01]']) {
      const body = `chosen { linux,usable-memory-range = ${value}; }; ${ram('memory@0', '0 0 0 0x2000')}`;
      expect(taken(body)).toEqual({ lines: [], ignored: [], told: [] });
    }
  });

  it('comes from UEFI where /chosen has all that the EFI stub writes', () => {
    const uefi = ['system-table', 'mmap-start', 'mmap-size', 'mmap-desc-size', 'mmap-desc-ver'];
    const chosen = (names: readonly string[]): string =>
      `chosen { ${names.map((name) => `linux,uefi-${name} = <1>;`).join(' ')} };`;
    const memory = ram('memory@0', '0 0 0 0x2000');
    expect(taken(chosen(uefi) + memory).ignored).toEqual([
      '/memory@0: Linux takes RAM from the UEFI memory map that /chosen names',
    ]);
    expect(taken(chosen(uefi.slice(1)) + memory).ignored).toEqual([]);
  });
});

describe('/chosen', () => {
  it('names the initial RAM disk, in any number of cells, and the header of a crashed kernel', () => {
    const { lines } = taken(`chosen { linux,initrd-start = <0x48000000>; linux,initrd-end = <0 0x49000000>;
      linux,elfcorehdr = <0 0x17ff0000 0 0x10000>; };`);
    expect(lines).toEqual([
      'reserved /chosen linux,initrd-start[0] 0x48000000+0x1000000',
      'reserved /chosen linux,elfcorehdr[0] 0x17ff0000+0x10000',
    ]);
    expect(taken('chosen { linux,initrd-start = <2>; linux,initrd-end = <1>; };').lines).toEqual([]);
    expect(taken('chosen { linux,initrd-start = <2>; };').lines).toEqual([]);
  });
});

describe('/reserved-memory', () => {
  const region = 'r { reg = <0 0x1000 0 0x1000>; };';

  it.each([
    [
      'other cells',
      '#address-cells = <2>; #size-cells = <1>; ranges;',
      'its #size-cells is 1, the root’s is 2',
    ],
    ['no ranges', CELLS_22, 'it has no ranges'],
    ['no cells', '#size-cells = <2>; ranges;', 'it has no #address-cells'],
  ])('with %s is ignored as a whole', (_name, head, why) => {
    const because = why.replace('’', "'");
    const { ignored, told, lines } = taken(
      `reserved-memory { ${head} ${region} p { size = <0 0x1000>; }; };`,
    );
    expect(ignored).toEqual([
      `/reserved-memory/r: /reserved-memory is ignored: ${because}`,
      `/reserved-memory/p: /reserved-memory is ignored: ${because}`,
    ]);
    expect(lines).toEqual(['reserved /reserved-memory/p size[0] ?+0x1000 ignored']);
    expect(told).toEqual([
      `warning dt/reserved-memory-ignored Linux ignores /reserved-memory ("unsupported node format"): ${because}`,
    ]);
  });

  it('lists regions that Linux places, and says where they may lie', () => {
    const tree = treeOf(`/dts-v1/; / { ${CELLS_22} reserved-memory { ${CELLS_22} ranges;
      a { size = <0 0x4000000>; alignment = <0 0x2000>; alloc-ranges = <0 0x40000000 0 0x10000000 1 0 0 0x1000>; };
      b { size = <0x1000>; }; c { size = <0 1>; alignment = <1>; }; d { size = <0 1>; alloc-ranges = <0 0 0>; };
      e { reg; size = <0 1>; }; }; };`);
    const { entries } = linuxMemory(tree, [], new DiagnosticList(), LINUX_TREE_RULES);
    expect(entries.map(({ node, size, why, ignored }) => [node.name, size, why, ignored])).toEqual([
      [
        'a',
        0x4000000n,
        'Linux places it when it boots, aligned to 0x2000, in [mem 0x40000000-0x4fffffff] or [mem 0x100000000-0x100000fff]',
        undefined,
      ],
      ['b', null, 'Linux places it when it boots', 'Linux skips it: its size has 4 bytes, not 2 cells'],
      ['c', 1n, 'Linux places it when it boots', 'Linux skips it: its alignment has 4 bytes, not 2 cells'],
      [
        'd',
        1n,
        'Linux places it when it boots',
        'Linux skips it: its alloc-ranges of 12 bytes is not a list of 2 + 2 cells',
      ],
    ]);
  });

  it('skips a region whose reg is no list of entries', () => {
    const { ignored } = taken(`reserved-memory { ${CELLS_22} ranges; r { reg = <0 0x1000 0x1000>; }; };`);
    expect(ignored).toEqual([
      '/reserved-memory/r: Linux skips it: its reg of 12 bytes is not a multiple of 16',
    ]);
  });

  it('tells overlaps, and what is outside of RAM', () => {
    const { told } = taken(
      `${ram('memory@0', '0 0 0 0x10000 0 0x10000 0 0x10000')}
      reserved-memory { ${CELLS_22} ranges; whole { reg = <0 0xf000 0 0x2000>; }; in { reg = <0 0x10000 0 0x1000>; };
        off { status = "disabled"; reg = <0 0xf000 0 0x1000>; }; out { reg = <0 0x1f000 0 0x2000>; };
        far { reg = <1 0 0 0x1000>; }; };`,
      '/memreserve/ 0x30000 0x1000;',
    );
    expect(told).toEqual([
      // [0xf000, 0x11000) and [0x10000, 0x11000)
      'warning dt/reserved-memory-overlap /reserved-memory/in and /reserved-memory/whole both reserve [mem 0x00010000-0x00010fff]',
      'note dt/reserved-memory-outside /memreserve/ reserves [mem 0x00030000-0x00030fff], which is outside of the RAM that the tree describes',
      'note dt/reserved-memory-outside /reserved-memory/out reserves [mem 0x0001f000-0x00020fff], which is partly outside of the RAM that the tree describes',
      'note dt/reserved-memory-outside /reserved-memory/far reserves [mem 0x100000000-0x100000fff], which is outside of the RAM that the tree describes',
    ]);
  });

  it('is compared with no RAM where the boot loader fills that in', () => {
    const body = `${ram('memory@0', '0 0 0 0')} reserved-memory { ${CELLS_22} ranges; r { reg = <1 0 0 0x1000>; }; };`;
    expect(taken(body).told).toEqual([]);
  });
});

describe('a simple framebuffer', () => {
  const reserved = `reserved-memory { ${CELLS_22} ranges; r: r { reg = <0 0xf8000000 0 0x800000>; };
    p: p { size = <0 0x1000>; }; };`;
  const framebuffer = (properties: string): Taken =>
    taken(
      `${reserved} chosen { ${CELLS_22} ranges; framebuffer { compatible = "simple-framebuffer"; ${properties} }; };`,
    );

  it('is in its memory-region before its reg', () => {
    const { lines, ignored } = framebuffer('memory-region = <&r>; reg = <0 0x1000 0 0x1000>;');
    expect(lines).toContain('framebuffer /chosen/framebuffer memory-region[0] 0xf8000000+0x800000');
    expect(ignored).toEqual([
      '/chosen/framebuffer: Linux uses its memory-region, /reserved-memory/r, instead of its reg',
    ]);
  });

  it('is at its reg where memory-region names no node', () => {
    const { lines, ignored } = framebuffer('memory-region = <0x999>; reg = <0 0x1000 0 0x1000>;');
    expect(lines.filter((line) => line.startsWith('framebuffer'))).toEqual([]);
    expect(ignored).toEqual([]);
  });

  it.each([
    ['', 'compatible', '/chosen/framebuffer has neither memory-region nor reg'],
    [
      'memory-region = <0x999>;',
      'compatible',
      'the memory-region of /chosen/framebuffer names no node, and it has no reg',
    ],
    ['memory-region = <&p>;', 'memory-region', 'Linux places /reserved-memory/p when it boots'],
    ['reg = <0 0x1000 0 0>;', 'reg', 'reg[0] of /chosen/framebuffer has no size'],
  ])('of which nobody says where it lies is there all the same: %s', (properties, item, why) => {
    const tree = treeOf(`/dts-v1/; / { ${CELLS_22} ${reserved} chosen { ${CELLS_22} ranges;
      fb { status = "okay"; compatible = "simple-framebuffer"; ${properties} }; }; };`);
    const memory = linuxMemory(
      tree,
      addressEntries(tree, { add: () => {} }),
      new DiagnosticList(),
      LINUX_TREE_RULES,
    );
    expect(memory.entries.filter(({ role }) => role === 'framebuffer')).toMatchObject([
      {
        item,
        base: null,
        size: null,
        why: why.replace('/chosen/framebuffer', '/chosen/fb'),
        available: true,
      },
    ]);
  });

  it('without ranges in /chosen has no CPU address', () => {
    const { lines } = taken(
      `chosen { ${CELLS_22} f { compatible = "simple-framebuffer"; reg = <0 0x1000 0 0x1000>; }; };`,
    );
    expect(lines).toEqual(['framebuffer /chosen/f reg[0] ?+?']);
  });
});

// Devicetree Specification v0.4, 3.5: /reserved-memory has the root's cells and an empty ranges. What becomes of one that
// doesn't is the kernel's decision, which is told from outside.
it('whose rules count is told from outside', () => {
  const tree = treeOf(`/dts-v1/; / { ${CELLS_22}
    reserved-memory { #address-cells = <2>; #size-cells = <2>; r@1000 { reg = <0 0x1000 0 0x1000>; }; }; };`);
  const quiet = { add: () => {} };
  const entries = addressEntries(tree, quiet);
  const ignored = (rules?: TreeRules): string[] =>
    [...linuxMemory(tree, entries, quiet, rules).ignored].map(([node, why]) => `${pathOf(node)}: ${why}`);
  expect(ignored(LINUX_TREE_RULES)).toEqual([
    '/reserved-memory/r@1000: /reserved-memory is ignored: it has no ranges',
  ]);
  expect(ignored()).toEqual([]);
});
