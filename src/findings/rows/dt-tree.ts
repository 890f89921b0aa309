/** Trees: errors of dtc's checks, addresses that contradict each other, overlays that do not apply. */
import { FIRMWARE, NOTHING, row } from '../row.ts';
import { type MissingCount, type Problem, problemText } from './problem.ts';

const board = (text: string) => ({
  files: { 'board.dts': `/dts-v1/;\n${text}\n` },
  run: 'windows board.dts',
});
const REFUSED = 'dtc rejects this source: it is ambiguous, or something is missing.';
const CHECKS = 'checks.c of dtc 1.8.1';

/** An error check of dtc, worded as dtc does. */
function check(name: string, summary: string, text: string) {
  return row<Problem>({
    severity: 'error',
    summary,
    why: REFUSED,
    example: board(text),
    source: `${CHECKS}, ${name}`,
    hides: FIRMWARE,
    text: problemText,
  });
}

const overlay = (text: string) => ({
  files: { 'board.dts': '/dts-v1/;\n/ { a: n { }; };\n', 'over.dts': `/dts-v1/; /plugin/;\n${text}\n` },
  run: 'windows --overlay over.dts board.dts',
});
const NOT_APPLIED = 'The overlay is not applied, so the resulting tree is unknown.';

const countText = ({ path, name, found, specified }: MissingCount): string =>
  `${path} has no ${name}: Linux ${found}, the specification says ${specified}`;

/** dtc's checks that are errors by default; those about references share a row. */
const CHECK_ROWS = {
  'dt/duplicate-node-names': check(
    'duplicate_node_names',
    'two nodes of one parent have the same name',
    '/ { n { }; n { }; };',
  ),
  'dt/duplicate-property-names': check(
    'duplicate_property_names',
    'a node has the same property twice',
    '/ { ranges; ranges = <1>; };',
  ),
  'dt/node-name-chars': check(
    'node_name_chars',
    'the name of a node has invalid characters',
    '/ { a?b { }; };',
  ),
  'dt/node-name-format': check(
    'node_name_format',
    'the name of a node has more than one "@"',
    '/ { a@1@2 { }; };',
  ),
  'dt/node-name-not-empty': check('node_name_not_empty', 'the name of a node is empty', '/ { @1 { }; };'),
  'dt/property-name-chars': check(
    'property_name_chars',
    'the name of a property has invalid characters',
    '/ { a@1; };',
  ),
  'dt/name-is-string': check('name_is_string', 'a property "name" is not a string', '/ { name = <1>; };'),
  'dt/name-properties': check(
    'name_properties',
    'a property "name" is not the node\'s name',
    '/ { n { name = "m"; }; };',
  ),
  'dt/duplicate-label': check('duplicate_label', 'a label is used twice', '/ { l: a { }; l: b { }; };'),
};
export type CheckCode = keyof typeof CHECK_ROWS;

export const DT_TREE_ROWS = {
  ...CHECK_ROWS,
  'dt/reference': row({
    severity: 'error',
    summary: 'the target of a reference does not exist',
    why: `${REFUSED} The label is often in a file that was not included.`,
    example: board('/ { a = <&nowhere>; };'),
    source: `${CHECKS}, explicit_phandles, phandle_references, path_references`,
    hides: FIRMWARE,
    text: ({ problem }: { problem: string; advice: string | undefined }) => problem,
    hint: ({ advice }) => advice,
  }),
  'dt/beyond-64-bit': row({
    severity: 'warning',
    summary: 'an entry translates to an address of more than 64 bits',
    why: 'Linux would truncate it. Its address is reported as unknown.',
    example: board(
      '/ { #address-cells = <2>; #size-cells = <1>; bus { #address-cells = <1>; #size-cells = <1>; ranges = <0 0xffffffff 0xfffff000 0x2000>; d { reg = <0x1800 4>; }; }; };',
    ),
    source: 'of_read_number() in include/linux/of.h',
    hides: ['window', 'framebuffer'],
    scope: 'path',
    text: ({ item, index, path }: { item: string; index: number; path: string }) =>
      `${item}[${index}] of ${path} translates to an address of more than 64 bits, which Linux would truncate`,
  }),
  'dt/translation-by-release': row({
    severity: 'note',
    summary: 'other kernels translate an address differently',
    why: 'Address translation has changed between releases. --kernel RELEASE chooses one.',
    example: board('/ { #address-cells = <1>; #size-cells = <1>; bus { ranges; d { reg = <0 1>; }; }; };'),
    source: 'drivers/of/address.c by release: 3d5089c4263d, 7f05e20b989a, 64ee3cf096ac',
    hides: NOTHING,
    text: ({
      item,
      index,
      path,
      here,
      kernels,
      there,
    }: {
      item: string;
      index: number;
      path: string;
      here: string;
      kernels: string;
      there: string;
    }) => `${item}[${index}] of ${path} is ${here}; for ${kernels} it is ${there}`,
  }),
  'dt/more-translations-by-release': row({
    severity: 'note',
    summary: 'more addresses differ between kernels than are listed one by one',
    why: 'Twenty are listed for each kind of kernel. --kernel RELEASE chooses one.',
    example: board(
      `/ { #address-cells = <1>; #size-cells = <1>; bus { ranges; d { reg = <${Array.from({ length: 21 }, (_, at) => `${at} 1`).join(' ')}>; }; }; };`,
    ),
    source: 'MAX_REPORTED in src/devicetree/address/kernel-differences.ts',
    hides: NOTHING,
    text: ({ left, kernels }: { left: number; kernels: string }) =>
      `${left} more addresses differ for ${kernels}`,
  }),
  'dt/cells-missing': row({
    severity: 'note',
    summary: 'a bus node has no cell counts of its own',
    why: 'Linux takes those of the nearest node above it, the specification has counts of its own. fwmap does what Linux does.',
    example: board('/ { #address-cells = <1>; #size-cells = <1>; bus { ranges = <0 0 4>; }; };'),
    source: 'of_bus_n_addr_cells() in drivers/of/base.c; Devicetree Specification 0.4, 2.3.5',
    hides: NOTHING,
    text: countText,
    hint: ({ name }) => `add ${name} to the node`,
  }),
  'dt/cells-lost': row({
    severity: 'warning',
    summary: 'neither a bus node nor a node above it has cell counts, or a count is shorter than a cell',
    why: 'A whole tree has counts at its root: this one is a part of a tree, or lost properties when it was copied. fwmap does what Linux does with it, whose addresses may be others than those of the whole tree.',
    example: board('/ { bus { ranges = <0 0 0 0 4>; }; };'),
    source: 'of_bus_n_addr_cells() in drivers/of/base.c; Devicetree Specification 0.4, 2.3.5 and 3.2',
    hides: ['window'],
    scope: 'path',
    text: countText,
    hint: ({ name }) => `give the whole tree, or add ${name} to the node`,
  }),
  'dt/reg-cells': row({
    severity: 'warning',
    summary: 'reg is not a whole number of entries',
    why: 'The rest is not read: the property was written for other cell counts.',
    example: board('/ { #address-cells = <2>; #size-cells = <1>; d { reg = <0 0 1 2>; }; };'),
    source: 'Devicetree Specification 0.4, 2.3.6',
    hides: ['window', 'framebuffer'],
    scope: 'path',
    text: leftover,
    hint: fitting,
  }),
  'dt/ranges-cells': row({
    severity: 'warning',
    summary: 'ranges is not a whole number of entries',
    why: 'The rest is not read: the property was written for other cell counts.',
    example: board(
      '/ { #address-cells = <2>; #size-cells = <1>; b { #address-cells = <2>; #size-cells = <2>; ranges = <0 0 0 0 1>; }; };',
    ),
    source: 'Devicetree Specification 0.4, 2.3.8',
    hides: ['window', 'framebuffer'],
    scope: 'path',
    text: leftover,
    hint: fitting,
  }),
  'dt/dma-ranges-cells': row({
    severity: 'warning',
    summary: 'dma-ranges is not a whole number of entries',
    why: 'The rest is not read. The property describes what devices can access, not where they are.',
    example: board(
      '/ { #address-cells = <2>; #size-cells = <1>; b { #address-cells = <2>; #size-cells = <2>; dma-ranges = <0 0 0 0 1>; }; };',
    ),
    source: 'Devicetree Specification 0.4, 2.3.9',
    hides: NOTHING,
    text: leftover,
    hint: fitting,
  }),
  'dt/overlapping-windows': row({
    severity: 'warning',
    summary: 'two windows claim the same addresses',
    why: 'Only one of them can be right.',
    example: board(
      '/ { #address-cells = <1>; #size-cells = <1>; a { #address-cells = <1>; #size-cells = <1>; ranges = <0 0x1000 0x1000>; }; b { #address-cells = <1>; #size-cells = <1>; ranges = <0 0x1800 0x1000>; }; };',
    ),
    source: 'src/devicetree/address/address-map.ts',
    hides: NOTHING,
    text: problemText,
  }),
  'dt/reg-outside-ranges': row({
    severity: 'warning',
    summary: 'a register is outside of the ranges of its bus',
    why: 'The CPU cannot access it.',
    example: board(
      '/ { #address-cells = <1>; #size-cells = <1>; b { #address-cells = <1>; #size-cells = <1>; ranges = <0 0x1000 0x1000>; d { reg = <0x2000 4>; }; }; };',
    ),
    source: 'src/devicetree/address/address-map.ts',
    hides: NOTHING,
    text: problemText,
  }),
  'dt/framebuffer-in-window': row({
    severity: 'warning',
    summary: 'a framebuffer is inside a window that addresses are allocated from',
    why: 'An allocation from the window may get the framebuffer.',
    example: board(
      '/ { #address-cells = <2>; #size-cells = <1>; vmbus { compatible = "microsoft,vmbus"; #address-cells = <2>; #size-cells = <1>; ranges = <0 0xf8000000 0 0xf8000000 0x4000000>; }; framebuffer@f8000000 { compatible = "simple-framebuffer"; reg = <0 0xf8000000 0x800000>; }; };',
    ),
    source: 'src/devicetree/address/address-map.ts',
    hides: NOTHING,
    text: problemText,
  }),
  'dt/memory-ignored': row({
    severity: 'note',
    summary: 'Linux ignores a memory node',
    why: 'This kernel does not use the memory that it describes.',
    example: undefined,
    source: 'early_init_dt_scan_memory() in drivers/of/fdt.c',
    hides: NOTHING,
    text: ({ path, why }: { path: string; why: string }) => `Linux ignores the reg of ${path}: ${why}`,
  }),
  'dt/reserved-memory-ignored': row({
    severity: 'warning',
    summary: 'Linux ignores /reserved-memory',
    why: 'None of it is reserved.',
    example: undefined,
    source: '__reserved_mem_check_root() in drivers/of/of_reserved_mem.c',
    hides: NOTHING,
    text: ({ path, why }: { path: string; why: string }) =>
      `Linux ignores ${path} ("unsupported node format"): ${why}`,
    hint: () => 'give it the #address-cells and #size-cells of the root, and an empty ranges',
  }),
  'dt/reserved-memory-overlap': row({
    severity: 'warning',
    summary: 'two reservations overlap',
    why: 'Linux warns too. The tree does not say which of them uses the memory.',
    example: undefined,
    source: '__rmem_check_for_overlap() in drivers/of/of_reserved_mem.c',
    hides: NOTHING,
    text: ({ one, other, range }: { one: string; other: string; range: string }) =>
      `${one} and ${other} both reserve ${range}`,
  }),
  'dt/reserved-memory-outside': row({
    severity: 'note',
    summary: 'a reservation is outside of the RAM that the tree describes',
    why: 'It reserves nothing that Linux would use, or the memory nodes are filled in by the boot loader.',
    example: undefined,
    source: 'src/devicetree/address/reservations.ts',
    hides: NOTHING,
    text: ({ name, range, partly }: { name: string; range: string; partly: boolean }) =>
      `${name} reserves ${range}, which ${partly ? 'is partly outside' : 'is outside'} of the RAM that the tree describes`,
  }),
  'dt/overlay-label': row({
    severity: 'error',
    summary: 'an overlay refers to a label that the base tree does not have',
    why: NOT_APPLIED,
    example: overlay('&nowhere { x; };'),
    source: 'fdt_overlay_apply() of libfdt',
    hides: FIRMWARE,
    text: ({ label, wanted, lacks }: { label: string; wanted: string; lacks: string }) =>
      `Label ${label}, ${wanted}: ${lacks}`,
    hint: ({ lacks }) =>
      lacks === 'the base tree has no /__symbols__ node'
        ? 'compile the base tree with symbols (dtc -@)'
        : undefined,
  }),
  'dt/overlay-target': row({
    severity: 'error',
    summary: 'the target of an overlay’s fragment is not in the base tree',
    why: NOT_APPLIED,
    example: overlay('&{/nowhere} { x; };'),
    source: 'fdt_overlay_apply() of libfdt',
    hides: FIRMWARE,
    text: problemText,
  }),
  'dt/overlay-fixup': row({
    severity: 'error',
    summary: 'an overlay has references that cannot be resolved',
    why: NOT_APPLIED,
    example: overlay('/ { __fixups__ { a = "x"; }; };'),
    source: 'fdt_overlay_apply() of libfdt',
    hides: FIRMWARE,
    text: problemText,
  }),
  'dt/overlay-phandle': row({
    severity: 'error',
    summary: 'the phandles of an overlay cannot be renumbered above those of the base tree',
    why: NOT_APPLIED,
    example: {
      files: {
        'board.dts': '/dts-v1/;\n/ { n { phandle = <5>; }; };\n',
        'over.dts': '/dts-v1/; /plugin/;\n&{/n} { x { phandle = <0xfffffffe>; }; };\n',
      },
      run: 'windows --overlay over.dts board.dts',
    },
    source: 'fdt_overlay_apply() of libfdt',
    hides: FIRMWARE,
    text: problemText,
  }),
  'dt/overlay-symbol': row({
    severity: 'error',
    summary: 'a label of an overlay cannot be added to the resulting tree',
    why: NOT_APPLIED,
    example: overlay('&{/n} { x; };\n/ { __symbols__ { a = "x"; }; };'),
    source: 'fdt_overlay_apply() of libfdt',
    hides: FIRMWARE,
    text: problemText,
  }),
  'dt/overlay-not-applied': row({
    severity: 'warning',
    summary: 'an input is an overlay and is not applied to a tree',
    why: 'The overlay is shown by itself, not in the tree that it changes.',
    example: { ...overlay('&{/n} { x; };'), run: 'windows board.dts over.dts' },
    source: 'fdt_overlay_apply() of libfdt',
    hides: FIRMWARE,
    text: () => 'This is an overlay; it is not applied to a tree',
    hint: () => 'apply it: --overlay FILE',
  }),
  'dt/overlay-empty': row({
    severity: 'warning',
    summary: 'an overlay changes nothing',
    why: 'It has no fragment with an __overlay__ node. Source of an overlay needs /plugin/.',
    example: overlay('/ { x; };'),
    source: 'fdt_overlay_apply() of libfdt',
    hides: NOTHING,
    text: () => 'The overlay has no fragment with an __overlay__ node: it changes nothing',
    hint: ({ advice }: { advice: string }) => advice,
  }),
};

export interface Leftover {
  readonly name: string;
  readonly path: string;
  readonly length: number;
  readonly counts: string;
  readonly entryBytes: number;
  readonly entries: number;
  /** Cell counts that would fit, the likeliest first. */
  readonly fitting: readonly string[];
  readonly order: string;
}

function leftover({ name, path, length, counts, entryBytes, entries }: Leftover): string {
  return (
    `${name} of ${path} has ${length} bytes, entries of ${counts} cells have ${entryBytes}: ` +
    `${length - Math.max(entries, 0) * entryBytes} bytes are left over after ${entries} ${entries === 1 ? 'entry' : 'entries'}`
  );
}

function fitting({ fitting: counts, order }: Leftover): string | undefined {
  return counts.length === 0
    ? undefined
    : `its length would fit ${counts.join(', ')} cells (${order}), the likeliest first`;
}
