/** Device tree source: lexer, parser, fragments. The words are dtc's where dtc has some. */
import { FIRMWARE, NOTHING, row } from '../row.ts';

const board = (text: string) => ({ files: { 'board.dts': text }, run: 'windows board.dts' });
const REFUSED =
  'dtc refuses this source. What was read around the fault is shown, but is not the whole tree.';

/** The problem as the reader words it: dtc's or cpp's own text where they have one. */
export interface Problem {
  readonly problem: string;
}
export const problemText = ({ problem }: Problem): string => problem;

export const DT_SOURCE_ROWS = {
  'dt/kind': row({
    severity: 'error',
    summary: 'an input was to be read as a device tree and is none',
    why: '--as, or the content, says that it is something else.',
    example: undefined,
    source: 'src/artifact/kinds.ts',
    hides: FIRMWARE,
    text: ({ kind }: { kind: string }) => `No device tree: the input is read as ${kind}`,
  }),
  'dt/lexical': row({
    severity: 'error',
    summary: 'a token of device tree source cannot be read',
    why: REFUSED,
    example: board('/dts-v1/;\n/ { a = <0xffffffffffffffffff>; };\n'),
    source: 'dtc-lexer.l of dtc 1.8.1',
    hides: FIRMWARE,
    text: problemText,
  }),
  'dt/syntax': row({
    severity: 'error',
    summary: 'device tree source does not follow its grammar',
    why: REFUSED,
    example: board('/dts-v1/;\n/ { ranges = <1 2 3> };\n'),
    source: 'dtc-parser.y of dtc 1.8.1; Devicetree Specification 0.4, chapter 6',
    hides: FIRMWARE,
    text: () => 'syntax error',
    hint: ({ advice }: { advice: string }) => advice,
  }),
  'dt/include': row({
    severity: 'error',
    summary: 'a file named by /include/ cannot be read',
    why: 'Whatever it defines is missing: nodes, labels, ranges.',
    example: board('/dts-v1/;\n/include/ "soc.dtsi"\n/ { };\n'),
    source: 'push_input_file() in dtc-lexer.l of dtc 1.8.1',
    hides: FIRMWARE,
    text: problemText,
    hint: () => 'name the folder it is in: -I DIR',
  }),
  'dt/incbin': row({
    severity: 'error',
    summary: 'a file named by /incbin/ cannot be read',
    why: 'The property has no value: it could be a list of ranges.',
    example: board('/dts-v1/;\n/ { reg = /incbin/("reg.bin"); };\n'),
    source: 'dtc-parser.y of dtc 1.8.1',
    hides: FIRMWARE,
    text: ({ name, why }: { name: string; why: string }) => `Couldn't open "${name}": ${why}`,
    hint: () => 'name the folder it is in: -I DIR',
  }),
  'dt/bits': row({
    severity: 'error',
    summary: '/bits/ has a width other than 8, 16, 32 or 64',
    why: REFUSED,
    example: board('/dts-v1/;\n/ { a = /bits/ 12 <1>; };\n'),
    source: 'dtc-parser.y of dtc 1.8.1',
    hides: FIRMWARE,
    text: () => 'Array elements must be 8, 16, 32 or 64-bits',
  }),
  'dt/reference-bits': row({
    severity: 'error',
    summary: 'a reference is in a list of cells that are not 32 bits wide',
    why: REFUSED,
    example: board('/dts-v1/;\n/ { l: n { a = /bits/ 8 <&l>; }; };\n'),
    source: 'dtc-parser.y of dtc 1.8.1',
    hides: FIRMWARE,
    text: () => 'References are only allowed in arrays with 32-bit elements.',
  }),
  'dt/value-truncated': row({
    severity: 'warning',
    summary: 'a number has more bits than its cell',
    why: 'The blob has the cut value, as dtc writes it. An address written as one number needs two cells.',
    example: board('/dts-v1/;\n/ { a = <0x123456789>; };\n'),
    source: 'dtc-parser.y of dtc 1.8.1',
    hides: NOTHING,
    text: ({ value, cut }: { value: string; cut: string }) => `Value ${value} truncated to ${cut}`,
  }),
  'dt/division-by-zero': row({
    severity: 'error',
    summary: 'an expression divides by zero',
    why: REFUSED,
    example: board('/dts-v1/;\n/ { a = <(1 / 0)>; };\n'),
    source: 'dtc-parser.y of dtc 1.8.1',
    hides: FIRMWARE,
    text: () => 'Division by zero',
  }),
  'dt/too-deep': row({
    severity: 'error',
    summary: 'something nests deeper than is read',
    why: 'What is below is missing.',
    example: {
      files: {
        'board.dts': [
          '/dts-v1/;\n/ { ',
          { repeat: 'n { ', times: 12_000 },
          { repeat: '}; ', times: 12_000 },
          '};\n',
        ],
      },
      run: 'windows board.dts',
    },
    source: 'MAX_NODE_DEPTH in src/devicetree/tree.ts; dtc ends at 3,332 levels',
    hides: FIRMWARE,
    text: problemText,
  }),
  'dt/too-large': row({
    severity: 'error',
    summary: 'a device tree has more in it than is read',
    why: 'What is past the limit is missing.',
    example: undefined,
    source: 'the limits in src/devicetree/tree.ts, preprocessor/state.ts and address/entries.ts',
    hides: FIRMWARE,
    text: problemText,
  }),
  'dt/property-order': row({
    severity: 'error',
    summary: 'a property comes after a subnode',
    why: REFUSED,
    example: board('/dts-v1/;\n/ { n { }; a; };\n'),
    source: 'dtc-parser.y of dtc 1.8.1',
    hides: FIRMWARE,
    text: () => 'Properties must precede subnodes',
  }),
  'dt/header-flags': row({
    severity: 'error',
    summary: 'one file says /plugin/ and another does not',
    why: REFUSED,
    example: board('/dts-v1/;\n/dts-v1/; /plugin/;\n/ { };\n'),
    source: 'dtc-parser.y of dtc 1.8.1',
    hides: FIRMWARE,
    text: () => "Header flags don't match earlier ones",
  }),
  'dt/plugin-reference': row({
    severity: 'error',
    summary: 'an overlay refers to a path below a label',
    why: REFUSED,
    example: board('/dts-v1/; /plugin/;\n&{label/sub} { };\n'),
    source: 'dtc-parser.y of dtc 1.8.1',
    hides: FIRMWARE,
    text: ({ reference }: { reference: string }) =>
      `Label-relative reference ${reference} not supported in plugin`,
  }),
  'dt/reference-missing': row({
    severity: 'error',
    summary: 'source changes a node that is not there',
    why: `${REFUSED} The label is often in a file that was not included, or the source is an overlay.`,
    example: board('/dts-v1/;\n/ { };\n&soc { ranges; };\n'),
    source: 'dtc-parser.y of dtc 1.8.1',
    hides: FIRMWARE,
    text: ({ reference }: { reference: string; advice: string | undefined }) =>
      `Label or path ${reference} not found`,
    hint: ({ advice }) => advice,
  }),
  'dt/fragment-name': row({
    severity: 'note',
    summary: 'cells without the name of a property are taken for ranges',
    why: 'If they are another property’s, name it: reg = <…>;',
    example: {
      files: { 'cells.txt': '<0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>\n' },
      run: 'windows --as dts-fragment cells.txt',
    },
    source: 'README: inputs',
    hides: NOTHING,
    text: () => 'A list of cells without the name of a property is taken for ranges',
  }),
  'dt/fragment-empty': row({
    severity: 'error',
    summary: 'a fragment of device tree source has no property',
    why: 'It says nothing.',
    example: { files: { 'cells.txt': 'hello\n' }, run: 'windows --as dts-fragment cells.txt' },
    source: 'README: inputs',
    hides: FIRMWARE,
    text: () => 'There is no property in the text',
    hint: () => 'a fragment has lines like "ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;"',
  }),
};
