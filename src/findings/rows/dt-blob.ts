/** Flattened device trees, and trees in directories. Sections are those of the Devicetree Specification 0.4. */
import { limitHint } from '../../limits/limits.ts';
import { FIRMWARE, NOTHING, row } from '../row.ts';

const CORRUPT =
  'The blob is cut off or corrupt. Everything before the fault is shown, but it is not the whole tree.';

/** `/ { a = <1>; };` in version 17, by words of 32 bits; `changed` replaces some. */
function blob(changed: Readonly<Record<number, string>> = {}, words = 23) {
  const all = [
    // Header: magic, size, structure, strings, reservations, version, compatible, CPU, sizes of strings and structure.
    'd00dfeed 0000005a 00000038 00000058 00000028 00000011 00000010 00000000 00000002 00000020',
    // Reservations: none.
    '00000000 00000000 00000000 00000000',
    // BEGIN_NODE "", PROP 4 bytes named at 0: 1, END_NODE, END; strings: "a".
    '00000001 00000000 00000003 00000004 00000000 00000001 00000002 00000009 61000000',
  ]
    .join(' ')
    .split(' ');
  for (const [index, word] of Object.entries(changed)) all[Number(index)] = word;
  return { files: { 'board.dtb': { hex: all.slice(0, words).join('') } }, run: 'windows board.dtb' };
}

export const DT_BLOB_ROWS = {
  'dt/blob-magic': row({
    severity: 'error',
    summary: 'a device tree blob does not begin with its magic number',
    why: 'It is not a device tree blob, or its beginning is missing.',
    example: { files: { 'board.dtb': 'hello' }, run: 'windows --as dtb board.dtb' },
    source: '5.2, magic',
    hides: FIRMWARE,
    text: () => 'Not a flattened device tree: the magic number d00dfeed is missing',
  }),
  'dt/blob-truncated': row({
    severity: 'error',
    summary: 'a device tree blob ends early',
    why: CORRUPT,
    example: blob({}, 18),
    source: '5.2, totalsize',
    hides: FIRMWARE,
    text: ({ problem }: { problem: string }) => problem,
  }),
  'dt/blob-version': row({
    severity: 'error',
    summary: 'a device tree blob has an unknown layout',
    why: 'It is not read.',
    example: blob({ 5: '00000020', 6: '00000020' }),
    source: '5.2, version and last_comp_version',
    hides: FIRMWARE,
    text: ({ version, compatible, newest }: { version: number; compatible: number; newest: number }) =>
      version === 0
        ? 'The layout version of the blob is 0, which never existed'
        : `The layout of the blob is version ${version}, compatible down to ${compatible}; fwmap reads versions up to ${newest}`,
  }),
  'dt/blob-size': row({
    severity: 'error',
    summary: 'a device tree blob says it is smaller than its header',
    why: CORRUPT,
    example: blob({ 1: '00000008' }),
    source: '5.2, totalsize',
    hides: FIRMWARE,
    text: ({ size }: { size: number }) =>
      `The size of the blob is given as ${size} bytes, less than its header`,
  }),
  'dt/blob-struct': row({
    severity: 'error',
    summary: 'the structure block of a device tree blob is not where the header says',
    why: CORRUPT,
    example: blob({ 2: '00001000' }),
    source: '5.2, off_dt_struct; 5.4',
    hides: FIRMWARE,
    text: ({ problem }: { problem: string }) => problem,
  }),
  'dt/blob-strings': row({
    severity: 'error',
    summary: 'the strings block of a device tree blob extends past its end',
    why: `${CORRUPT} Properties whose names are there are missing.`,
    example: blob({ 8: '00001000' }),
    source: '5.2, off_dt_strings and size_dt_strings',
    hides: FIRMWARE,
    text: ({ offset }: { offset: string }) =>
      `The strings block at ${offset} extends past the end of the blob`,
  }),
  'dt/blob-reservations': row({
    severity: 'error',
    summary: 'the memory reservation block of a device tree blob has no end',
    why: CORRUPT,
    example: blob({ 4: '00000058' }),
    source: '5.3',
    hides: FIRMWARE,
    text: ({ most, ends }: { most: number; ends: boolean }) =>
      ends
        ? 'The memory reservation block has no end before the end of the blob'
        : `The memory reservation block has more than ${most} entries ${limitHint('blob-reservations')}; the rest is not read`,
  }),
  'dt/blob-nop': row({
    severity: 'warning',
    summary: 'a NOP token in a blob of a version that has none',
    why: 'It is ignored.',
    example: undefined,
    source: 'fdt_next_tag() of libfdt; NOP came with version 3',
    hides: NOTHING,
    text: ({ version }: { version: number }) => `A NOP token in a blob of version ${version}`,
  }),
  'dt/blob-token': row({
    severity: 'error',
    summary: 'the structure block of a device tree blob has an unknown token',
    why: CORRUPT,
    example: blob({ 20: '00000007' }),
    source: '5.4.1',
    hides: FIRMWARE,
    text: ({ token }: { token: string | undefined }) =>
      token === undefined
        ? 'The structure block ends inside a node'
        : `Unknown token ${token} in the structure block`,
  }),
  'dt/blob-end': row({
    severity: 'warning',
    summary: 'the structure block of a device tree blob has no END token',
    why: 'The root node is complete; Linux does not read anything after it either.',
    example: blob({ 21: '00000004' }),
    source: '5.4.1',
    hides: NOTHING,
    text: () => 'The structure block has no END token after the root node',
  }),
  'dt/blob-struct-size': row({
    severity: 'warning',
    summary: 'the structure block is not as long as the header says',
    why: 'Everything up to the END token is read.',
    example: blob({ 9: '0000001c' }),
    source: '5.2, size_dt_struct',
    hides: NOTHING,
    text: ({ said, is }: { said: number; is: number }) =>
      `The header says that the structure block has ${said} bytes, but it has ${is}`,
  }),
  'dt/blob-path': row({
    severity: 'error',
    summary: 'a node of an old device tree blob has a path that is not below its parent',
    why: CORRUPT,
    example: undefined,
    source: 'blobs before version 16 have full paths as names',
    hides: FIRMWARE,
    text: ({ path, parent }: { path: string; parent: string | undefined }) =>
      `The path "${path}" is not below its parent's, "${parent}"`,
  }),
  'dt/blob-property-length': row({
    severity: 'error',
    summary: 'a property of a device tree blob is longer than the rest of the blob',
    why: CORRUPT,
    example: blob({ 17: '00001000' }),
    source: '5.4.1, FDT_PROP',
    hides: FIRMWARE,
    text: ({ name, length }: { name: string; length: number }) =>
      `The value of ${name} has ${length} bytes, more than the blob has left`,
  }),
  'dt/blob-property-name': row({
    severity: 'error',
    summary: 'the name of a property is outside the strings block',
    why: `${CORRUPT} The property is left out; it could be ranges.`,
    example: blob({ 18: '00001000' }),
    source: '5.4.1, FDT_PROP',
    hides: FIRMWARE,
    text: ({ offset }: { offset: string }) =>
      `A property's name at ${offset} is outside the strings block; the property is left out`,
  }),
  'dt/blob-property-order': row({
    severity: 'warning',
    summary: 'a property of a device tree blob comes after subnodes',
    why: 'It is read anyway.',
    example: {
      files: {
        'board.dtb': {
          // BEGIN_NODE "", BEGIN_NODE "n", END_NODE, PROP of no bytes named at 0, END_NODE, END; strings: "a".
          hex: (
            'd00dfeed 00000062 00000038 00000060 00000028 00000011 00000010 00000000 00000002 00000028 ' +
            '00000000 00000000 00000000 00000000 ' +
            '00000001 00000000 00000001 6e000000 00000002 00000003 00000000 00000000 00000002 00000009 61000000'
          ).replaceAll(' ', ''),
        },
      },
      run: 'windows board.dtb',
    },
    source: '5.4.2',
    hides: NOTHING,
    text: ({ name }: { name: string }) => `The property "${name}" comes after subnodes`,
  }),
  'dt/directory-empty': row({
    severity: 'error',
    summary: 'a folder read as a device tree contains neither nodes nor properties',
    why: 'It contains nothing that fwmap can use.',
    example: { files: { 'tree/': '' }, run: 'windows --as dt-dir tree' },
    source: 'drivers/of/kobj.c: each folder is a node, each file a property',
    hides: FIRMWARE,
    text: () => 'The directory contains neither nodes nor properties',
  }),
};
