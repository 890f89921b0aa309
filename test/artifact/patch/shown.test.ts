/** What hunks show of a file, made a text that parses: device tree source and ASL, opened, closed and cut. */
import { describe, expect, test } from 'vitest';
import { shownAsl } from '../../../src/artifact/patch/asl-text.ts';
import { KnownFile, type Segment } from '../../../src/artifact/patch/known-lines.ts';
import { markersOf, type ShownText } from '../../../src/artifact/patch/shown-text.ts';
import { shownTree } from '../../../src/artifact/patch/tree-text.ts';
import { readUnifiedDiff } from '../../../src/artifact/patch/unified-diff.ts';
import { placeOf, textSource } from '../../../src/bytes/source.ts';

/** A heading, and lines. */
type ShownHunk = readonly [heading: string, ...lines: string[]];

/** Hunks of unchanged lines, each below its heading and apart from the one before. */
function segmentsOf(...hunks: readonly ShownHunk[]): readonly Segment[] {
  const known = new KnownFile();
  const diff = hunks.map(([heading, ...lines], at) => {
    const start = 1 + at * 100;
    const counts = `${start},${lines.length}`;
    return [`@@ -${counts} +${counts} @@ ${heading}`, ...lines.map((line) => ` ${line}`)].join('\n');
  });
  for (const { hunks: read } of readUnifiedDiff(`${diff.join('\n')}\n`)) known.apply(0, read);
  return known.after;
}

/** The text in words, and the names of values that are cut with the lines of the patch where they are. */
function told({ text, cut }: ShownText) {
  return { text: text.replace(/\s+/g, ' ').trim(), cut: cut.map(({ at, name }) => [name, at.line]) };
}
const tree = (...hunks: readonly ShownHunk[]) => told(shownTree(segmentsOf(...hunks)));
const asl = (...hunks: readonly ShownHunk[]) => told(shownAsl(segmentsOf(...hunks)));

describe('device tree source', () => {
  const treeText = (...hunks: readonly ShownHunk[]): string => tree(...hunks).text;

  test.each<[string, string]>([
    ['node {', 'node { a; };'],
    ['node@1 {', 'node@1 { a; };'],
    ['label: node {', 'node { a; };'],
    ['one: two : node {', 'node { a; };'],
    ['&label {', 'label { a; };'],
    ['node', 'node { a; };'],
    ['/ {', 'a;'],
    ['', 'a;'],
    ['words in a row', 'a;'],
    ['node { x;', 'a;'],
  ])('below the heading %j', (heading, text) => {
    expect(treeText([heading, 'a;'])).toBe(text);
  });

  test('what begins with a node stands beside the heading’s, what ends one is in it', () => {
    expect(treeText(['h {', 'n { a; };'])).toBe('n { a; };');
    expect(treeText(['h {', 'a;', 'n { b; };'])).toBe('h { a; n { b; }; };');
    expect(treeText(['h {', '};'])).toBe('h { };');
    expect(treeText(['h {', '};', '};', '};'])).toBe('... { ... { h { }; }; };');
    expect(treeText(['', 'a;', '};', 'n { b; };'])).toBe('... { a; }; n { b; };');
    // A comment or a directive is no beginning.
    expect(treeText(['h {', '/* n { */', '#include "x"', 'a;'])).toBe('h { a; };');
  });

  test('what is left open is closed', () => {
    expect(treeText(['', 'n {', 'a;'])).toBe('n { a; };');
    expect(treeText(['', 'm {', 'n {', 'a;'])).toBe('m { n { a; }; };');
    expect(treeText(['', '/ {', 'n {', 'a;'])).toBe('n { a; };');
    expect(treeText(['', '/ {', 'a;', '};', 'b;'])).toBe('a; b;');
    expect(treeText(['', '/ {', 'a;', '} ;'])).toBe('a;');
  });

  test('parts of one node are one body; a part of another closes it', () => {
    expect(treeText(['v {', 'a;'], ['v {', 'b;'])).toBe('v { a; b; };');
    expect(treeText(['v {', 'a;'], ['w {', 'b;'])).toBe('v { a; }; w { b; };');
    expect(treeText(['v {', 'a;', 'n {', 'b;'], ['v {', 'c;'])).toBe('v { a; n { b; }; c; };');
    expect(treeText(['v {', 'a;', 'n {', 'b;'], ['n {', 'c;'], ['n {', 'd;'])).toBe(
      'v { a; n { b; c; d; }; };',
    );
    expect(treeText(['v {', 'a;', 'n {', 'b;'], ['n {', 'c;', '};', 'd;'])).toBe('v { a; n { b; c; }; d; };');
    expect(treeText(['v {', 'a;'], ['', 'n {', 'b;'])).toBe('v { a; }; n { b; };');
  });

  test('nodes that are named by a reference have the name of the node', () => {
    expect(treeText(['', '&label {', 'a;', '};'])).toBe('label { a; };');
    expect(treeText(['', 'here: &label {', 'a;', '};'])).toBe('here: label { a; };');
    expect(treeText(['', '&{/soc/bus@1} {', 'a;', '};'])).toBe('bus@1 { a; };');
    expect(treeText(['', '&{/} {', 'a;', '};'])).toBe('... { a; };');
    // Their parts, too, are of one body.
    expect(treeText(['', '&label {', 'a;'], ['label {', 'b;'])).toBe('label { a; b; };');
    expect(treeText(['', '&{/soc/bus@1} {', 'a;'], ['bus@1 {', 'b;'])).toBe('bus@1 { a; b; };');
    expect(treeText(['', 'n@1 {', 'a;'], ['n@1 {', 'b;'])).toBe('n@1 { a; b; };');
  });

  test('braces and semicolons in strings and references are none', () => {
    expect(treeText(['h {', 'a = "};";', 'b = <&{/x;y}>;'])).toBe('h { a = "};"; b = <&{/x;y}>; };');
    expect(treeText(['h {', 'a = "\\"};";'])).toBe('h { a = "\\"};"; };');
    expect(treeText(['h {', 'b = <&{/x'])).toBe('h { };');
  });

  test('statements that stand outside of all nodes are left out', () => {
    const outside = [
      '/dts-v1/;',
      '/plugin/;',
      '/memreserve/ 0x0 0x1000;',
      '/include/ "x.dtsi";',
      '/delete-node/ &label;',
      '/omit-if-no-ref/ &label;',
    ];
    for (const statement of outside)
      expect([statement, treeText(['', statement, 'a;'])]).toEqual([statement, 'a;']);
    for (const inside of ['/delete-node/ n;', '/delete-property/ p;', '/bits/ 8 <1>;'])
      expect([inside, treeText(['h {', inside, 'a;'])]).toEqual([inside, `h { ${inside} a; };`]);
  });

  test('a value whose name stands before is left out, and told', () => {
    expect(tree(['h {', '<1 2>;', 'a;'])).toEqual({ text: 'h { a; };', cut: [[undefined, 1]] });
    expect(tree(['h {', '', '  0x1 0x2>,', '<3>;', 'a;'])).toEqual({
      text: 'h { a; };',
      cut: [[undefined, 2]],
    });
    expect(tree(['h {', '"x";', '};'])).toEqual({ text: 'h { };', cut: [[undefined, 1]] });
    // What is cut in front of a brace ends there.
    expect(tree(['', '<1> }', ';'])).toMatchObject({ text: '... { } ;', cut: [[undefined, 1]] });
    for (const whole of ['a;', 'a = <1>;', 'l: a;', 'a,b#c = "x";', '/bits/ 8 <1>;', '&r { };', 'a'])
      expect([whole, tree(['', whole]).cut]).toEqual([whole, []]);
  });

  test('of a value that continues after what is whole is kept, and it is reported', () => {
    expect(tree(['', 'a = <1>, <2'])).toEqual({ text: 'a = <1>;', cut: [['a', 1]] });
    expect(tree(['', 'l: a = <1>,', '<2>,'])).toEqual({ text: 'l: a = <1>, <2>;', cut: [['a', 1]] });
    expect(tree(['', 'x;', '', 'a = <1 2'])).toEqual({ text: 'x;', cut: [['a', 3]] });
    expect(tree(['', 'a = "x", "y'])).toEqual({ text: '', cut: [['a', 1]] });
    expect(tree(['', 'a ='])).toEqual({ text: '', cut: [['a', 1]] });
    // Without a name it is one all the same if it has a value's marks; a word alone may be a node's.
    expect(tree(['', 'x;', '<1'])).toEqual({ text: 'x;', cut: [[undefined, 2]] });
    expect(tree(['', 'x;', '[00'])).toMatchObject({ cut: [[undefined, 2]] });
    expect(tree(['', 'x;', 'node'])).toEqual({ text: 'x;', cut: [] });
  });

  test('as deep as a person indents', () => {
    const closes = (count: number): string[] => Array.from({ length: count }, () => '};');
    const opened = (count: number): number => (treeText(['', ...closes(count)]).match(/\{/g) ?? []).length;
    expect([opened(64), opened(65)]).toEqual([64, 64]);
  });

  test('lines keep their places, those made for it that of the hunk', () => {
    const shown = shownTree(segmentsOf(['h {', 'a;', 'n {'], ['w {', 'b;']));
    const source = {
      ...textSource('x', shown.text),
      lineMarkers: markersOf(shown, () => ({ name: 'p', linesBefore: 0 })),
    };
    const at: [string, number][] = [];
    for (let start = 0; start < shown.text.length; start = shown.text.indexOf('\n', start) + 1) {
      const place = placeOf({ source, start, end: start + 1 });
      const line = shown.text.slice(start, shown.text.indexOf('\n', start)).trim();
      at.push([line, 'line' in place ? place.line : 0]);
    }
    // The first hunk begins on line 1, the second on line 4; lines that close are told at the end of a part or at the head
    // of the one that shows that they are closed.
    expect(at).toEqual([
      ['h {', 1],
      ['a;', 2],
      ['n {', 3],
      ['};', 4],
      ['};', 4],
      ['w {', 4],
      ['b;', 5],
      ['};', 5],
    ]);
    expect(shownTree([])).toMatchObject({ text: '', cut: [] });
  });
});

describe('ASL', () => {
  const IO = 'IO (Decode16, 1, 1, 1, 1)';
  const OPEN = 'ResourceTemplate () {';
  const aslText = (...hunks: readonly ShownHunk[]): string => asl(...hunks).text;

  test('macros without their template are given one', () => {
    expect(aslText(['', IO])).toBe(`${OPEN} ${IO} }`);
    expect(aslText(['', IO, '})'])).toBe(`${OPEN} ${IO} })`);
    expect(aslText(['', 'Name (A, 1)'])).toBe('Name (A, 1)');
    // Each part by itself.
    expect(aslText(['', IO], ['', 'Name (A, 1)'])).toBe(`${OPEN} ${IO} } Name (A, 1)`);
  });

  test('a template that is there is closed where it is open', () => {
    expect(aslText(['', OPEN, IO, '}'])).toBe(`${OPEN} ${IO} }`);
    expect(aslText(['', OPEN, IO])).toBe(`${OPEN} ${IO} }`);
    for (const form of [
      'ResourceTemplate {',
      'ResourceTemplate() {',
      'resourcetemplate ( )',
      'ResourceTemplate ()',
    ])
      expect([form, aslText(['', form.endsWith('{') ? form : `${form} {`, IO]).endsWith(`${IO} }`)]).toEqual([
        form,
        true,
      ]);
    expect(aslText(['', 'ResourceTemplate (1) {', IO])).toBe(`ResourceTemplate (1) { ${IO}`);
    expect(aslText(['', 'Method (A) {', 'Return (1)'])).toBe('Method (A) { Return (1)');
    expect(aslText(['', `Name (_CRS, ${OPEN}`, IO])).toBe(`Name (_CRS, ${OPEN} ${IO} }`);
    expect(aslText(['', `Name (A, ${OPEN}`, IO, '})', `Name (B, ${OPEN}`, IO])).toBe(
      `Name (A, ${OPEN} ${IO} }) Name (B, ${OPEN} ${IO} }`,
    );
  });

  test('every macro that stands in nothing else tells a template', () => {
    // ACPI 6.5, 19.6: the resource descriptor macros.
    const macros =
      'DMA FixedDMA FixedIO IO IRQ IRQNoFlags Interrupt Memory24 Memory32 Memory32Fixed Register WordBusNumber WordIO DWordIO ' +
      'QWordIO ExtendedIO DWordMemory QWordMemory ExtendedMemory WordSpace DWordSpace QWordSpace ExtendedSpace I2CSerialBusV2 ' +
      'SPISerialBusV2 UARTSerialBusV2 CSI2Bus GpioInt GpioIo PinFunction PinConfig PinGroup PinGroupFunction PinGroupConfig ' +
      'ClockInput VendorLong VendorShort StartDependentFn StartDependentFnNoPri';
    for (const macro of macros.split(' '))
      expect(aslText(['', `${macro} (1)`])).toBe(`${OPEN} ${macro} (1) }`);
    for (const other of ['Buffer', 'Return', 'Field', 'MyIO', 'IOX', 'DWordField'])
      expect(aslText(['', `${other} (1)`])).toBe(`${other} (1)`);
  });

  test('a macro that comes after a template’s own end is in another', () => {
    expect(aslText(['', IO, '})', 'Name (A, 1)'])).toBe(`${OPEN} ${IO} }) Name (A, 1)`);
    expect(aslText(['', '}', IO])).toBe(`} ${IO}`);
  });

  test('brackets in strings and comments are none', () => {
    expect(aslText(['', 'Name (A, "{(")'])).toBe('Name (A, "{(")');
    expect(asl(['', 'Name (A, ")}")', IO])).toEqual({ text: `${OPEN} Name (A, ")}") ${IO} }`, cut: [] });
    expect(aslText(['', '// )', IO])).toBe(`${OPEN} ${IO} }`);
  });

  test('a macro that is cut is left out and told', () => {
    expect(asl(['', IO, 'IRQ (Edge,', 'ActiveHigh'])).toEqual({ text: `${OPEN} ${IO} }`, cut: [['IRQ', 2]] });
    expect(asl(['', IO, '', '  IRQ  (Edge, (1'])).toEqual({ text: `${OPEN} ${IO} }`, cut: [['IRQ', 3]] });
    expect(asl(['', '', ' 0x1, 2)', IO])).toEqual({ text: `${OPEN} ${IO} }`, cut: [[undefined, 2]] });
    expect(asl(['', '0x1, F (2), 3)', IO]).text).toBe(`${OPEN} ${IO} }`);
    // Of two ends the later one, and none behind a brace that closes more than is open.
    expect(asl(['', '1)', '2)', IO]).cut).toHaveLength(2);
    expect(asl(['', '})', IO])).toEqual({ text: `}) ${IO}`, cut: [] });
    expect(asl(['', '  (1'])).toEqual({ text: '', cut: [[undefined, 1]] });
  });
});
