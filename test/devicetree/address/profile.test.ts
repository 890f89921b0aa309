/** What kernels do otherwise: drivers/of/address.c of 5.10, 6.1, 6.12 and 7.2, worked out beside each. */

import { describe, expect, it } from 'vitest';
import { hex } from '../../../src/bytes/address.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { addressEntries, decodeEntries } from '../../../src/devicetree/address/entries.ts';
import { reportKernelDifferences } from '../../../src/devicetree/address/kernel-differences.ts';
import {
  type AddressingProfile,
  DEFAULT_ADDRESSING,
  SPECIFICATION_RULES,
} from '../../../src/devicetree/address/profile.ts';
import { pathOf } from '../../../src/devicetree/tree.ts';
import { messageOf } from '../../../src/findings/finding.ts';
import { LINUX_TREE_RULES } from '../../../src/linux/tree-rules.ts';
import { treeOf } from '../trees.ts';

const CELLS_22 = '#address-cells = <2>; #size-cells = <2>;';
const CELLS_32 = '#address-cells = <3>; #size-cells = <2>;';

/** `path item -> CPU address` of the entries of nodes named `leaf`. */
function leaves(body: string, profile: Partial<AddressingProfile> = {}, rules = LINUX_TREE_RULES): string[] {
  const tree = treeOf(`/dts-v1/; / { ${body} };`);
  const addressing = { ...DEFAULT_ADDRESSING, ...profile };
  return addressEntries(tree, { add: () => {} }, { addressing, rules })
    .filter(({ node }) => node.name.startsWith('leaf'))
    .map(({ node, cpu, why }) => `${pathOf(node)} -> ${cpu === null ? why : hex(cpu)}`);
}

describe('a bus without #address-cells', () => {
  const body = `${CELLS_22} old { ranges; leaf@4000 { reg = <0 0x4000 0 0x10>; }; };
    pcie { ranges = <0x02000000 0 0  1 0  0 0x1000>; leaf { reg = <0x02000000 0 0x10 0 1>; }; };`;

  it('has its ancestors’ counts, or for newer kernels no bus type; PCI fixes its own', () => {
    expect(leaves(body)).toEqual(['/old/leaf@4000 -> 0x4000', '/pcie/leaf -> 0x100000010']);
    expect(leaves(body, { missingCells: 'no-bus' })).toEqual([
      '/old/leaf@4000 -> /old has no #address-cells of its own',
      '/pcie/leaf -> 0x100000010',
    ]);
  });

  it('may be the root', () => {
    expect(leaves('leaf { reg = <1 1>; };', { missingCells: 'no-bus' })).toEqual([
      '/leaf -> / has no #address-cells of its own',
    ]);
  });
});

describe('an empty ranges below a bus with flags', () => {
  // of_translate_one() zeroed the whole address, flags too, before it put the offset in: space 00 is in no window.
  const body = `${CELLS_22} pcie { device_type = "pci"; ${CELLS_32} ranges = <0x02000000 0 0x1000  1 0  0 0x1000>;
    dev { ${CELLS_32} ranges; leaf { reg = <0x02000000 0 0x1010 0 1>; }; }; };`;

  it('lets the flags pass, or loses them', () => {
    // 0x1010 - 0x1000 + 0x1_0000_0000
    expect(leaves(body)).toEqual(['/pcie/dev/leaf -> 0x100000010']);
    expect(leaves(body, { emptyRangesKeepFlags: false })).toEqual([
      '/pcie/dev/leaf -> not in the ranges of /pcie',
    ]);
  });
});

describe('three address cells on a bus that is not PCI', () => {
  const body = `${CELLS_22} bus { ${CELLS_32} ranges = <5 0 0  1 0  0 0x1000>;
    leaf@5 { reg = <5 0 0x10 0 1>; }; leaf@6 { reg = <6 0 0x10 0 1>; }; };`;

  it('match by the first, or by the others alone', () => {
    expect(leaves(body)).toEqual(['/bus/leaf@5 -> 0x100000010', '/bus/leaf@6 -> not in the ranges of /bus']);
    expect(leaves(body, { threeCellsHaveFlags: false })).toEqual([
      '/bus/leaf@5 -> 0x100000010',
      '/bus/leaf@6 -> 0x100000010',
    ]);
  });
});

describe('a missing ranges', () => {
  const below = `${CELLS_22} uni-n { ${CELLS_22} leaf { reg = <0 0x10 0 1>; }; };`;

  it.each(['Power Macintosh', 'MacRISC', 'macrisc'])('is 1:1 on a root compatible with %s', (name) => {
    expect(leaves(`compatible = "x", "${name}"; ${below}`)).toEqual(['/uni-n/leaf -> 0x10']);
  });

  it('is 1:1 in one node of PA Semi, and lets nothing pass elsewhere', () => {
    expect(leaves(below.replace('{ #', '{ compatible = "1682m-sdc"; #'))).toEqual(['/uni-n/leaf -> 0x10']);
    expect(leaves(below)).toEqual(['/uni-n/leaf -> no ranges in /uni-n']);
  });

  it('lets nothing pass by the specification alone', () => {
    const onMac = `compatible = "MacRISC"; ${below}`;
    expect(leaves(onMac, {}, SPECIFICATION_RULES)).toEqual(['/uni-n/leaf -> no ranges in /uni-n']);
  });
});

describe('differences between kernels', () => {
  it('are reported where they are, and cost nothing where there are none', () => {
    const tree = treeOf(`/dts-v1/; / { ${CELLS_22} old { ranges; leaf { reg = <0 0x4000 0 1>; }; }; };`);
    const sink = new DiagnosticList();
    const decoded = decodeEntries(tree, sink);
    expect([...decoded.dependsOn]).toEqual(['missingCells']);
    const told = new DiagnosticList();
    reportKernelDifferences(
      tree,
      decoded,
      {},
      [
        { kernels: 'Linux B', profile: { ...DEFAULT_ADDRESSING, missingCells: 'no-bus' } },
        { kernels: 'Linux A', profile: { ...DEFAULT_ADDRESSING, emptyRangesKeepFlags: false } },
      ],
      told,
    );
    expect(told.all.map(messageOf)).toEqual([
      'reg[0] of /old/leaf is at 0x4000; for Linux B it is no CPU address (/old has no #address-cells of its own)',
    ]);
  });
});
