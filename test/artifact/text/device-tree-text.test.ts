import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  findDeviceTreeText,
  fragmentsIn,
  startsFragment,
} from '../../../src/artifact/text/device-tree-text.ts';
import { withLimits } from '../../../src/limits/limits.ts';
import { openText, readable } from '../open.ts';

const LINE = 'ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;';

/** The statements found, quote marks inside them kept. */
function found(text: string): string[] {
  return findDeviceTreeText(text).found.map(({ start, end }) => text.slice(start, end));
}

/** What a reader of the fragment sees, white space as one space. */
async function seen(text: string): Promise<string> {
  const { artifacts } = await openText(text);
  return artifacts.map((artifact) => readable(artifact).replace(/\s+/g, ' ').trim()).join('|');
}

describe('property lines in a text', () => {
  test.each([
    ['alone', LINE, [LINE]],
    ['quoted', `> > ${LINE}\n`, [LINE]],
    ['quoted without spaces', `>>>${LINE}\n`, [LINE]],
    ['with bars', `| ${LINE}\n`, [LINE]],
    ['between prose', `Hello,\n> > ${LINE}\nWhat now?\n`, [LINE]],
    ['in a sentence', `I see ${LINE} in the tree.`, [LINE]],
    ['labelled', `> here: ${LINE}`, [`here: ${LINE}`]],
    ['strings', '> compatible = "microsoft,vmbus", "a;b";', ['compatible = "microsoft,vmbus", "a;b";']],
    ['bytes', '> data = [00 11 22];', ['data = [00 11 22];']],
    ['empty ones', '> ranges;\n> dma-coherent;\n', ['ranges;', 'dma-coherent;']],
    ['expressions', '> reg = <(1 << 4) 0x10>;', ['reg = <(1 << 4) 0x10>;']],
  ])('%s', (_name, text, statements) => {
    expect(found(text)).toEqual(statements);
  });

  test.each([
    ['no statement', 'The ranges are below 4 GiB; that is fine.\n'],
    ['an assignment in C', '> x = y + 1;\n'],
    ['no semicolon', '> ranges = <0x0f 0xf0000000>\n\nBye\n'],
    ['a word before a semicolon', '> fine;\n> yes;\n'],
    ['a bracket that never closes', '> ranges = <0x0f 0xf0000000;\n'],
  ])('not %s', (_name, text) => {
    expect(found(text)).toEqual([]);
  });

  test('a statement that goes over several quoted lines', async () => {
    const text = '> > ranges = <0x0f 0xf0000000\n> >           0x0f 0xf0000000\n> >           0x10000000>;\n';
    expect(await seen(text)).toBe('ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;');
  });

  test('a line that a mail program wrapped', async () => {
    const text = '> > ranges = <0x0f 0xf0000000 0x0f 0xf0000000 \n> 0x10000000>;\n';
    expect(await seen(text)).toBe('ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;');
  });

  test('a whole node keeps its braces; half of one gives its properties', async () => {
    const node = '> vmbus@ff0000000 {\n>   #address-cells = <2>;\n>   ranges;\n> };\n';
    expect(await seen(node)).toBe('vmbus@ff0000000 { #address-cells = <2>; ranges; };');
    expect(await seen('> vmbus {\n>   #address-cells = <2>;\n[...]\n')).toBe('#address-cells = <2>;');
  });
});

describe('what is around them', () => {
  test('is left out, and each fragment knows its place', () => {
    const text = `Grüße,\n> > ${LINE}\nAnd so on; bye.\n`;
    const bytes = new Uint8Array(Buffer.from(text));
    const latin1 = Buffer.from(text).toString('latin1');
    const cut = fragmentsIn(bytes, latin1);
    if (cut === 'whole') throw new Error('there is prose');
    const [fragment] = cut.fragments;
    expect(cut.fragments).toHaveLength(1);
    expect(fragment!.start).toBe(latin1.indexOf('> >'));
    expect(Buffer.from(fragment!.bytes).toString('latin1')).toBe(`    ${LINE}\n`);
  });

  test('comments and mistakes of a file of properties are left to the parser', async () => {
    const clean = `/* of the node */\n#address-cells = <2>; // two\n${LINE}\n`;
    const { artifacts } = await openText(clean);
    expect(readable(artifacts[0]!)).toBe(clean);
    expect(artifacts[0]!.steps).toEqual([]);
    const wrong = `${LINE}\nreg = <0x1 0x2\n`;
    expect(readable((await openText(wrong)).artifacts[0]!)).toBe(wrong);
  });

  test('is never more or less than there was', () => {
    const piece = fc.constantFrom(
      '> ',
      '\n',
      ' ',
      LINE,
      'ranges;',
      'node {',
      '};',
      'Hello',
      'a = <',
      '>',
      ';',
      '"',
      'x = "y";',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        const bytes = new Uint8Array(Buffer.from(text));
        const cut = fragmentsIn(bytes, text);
        if (cut === 'whole') return;
        for (const { start, bytes: shown } of cut.fragments)
          for (const [at, byte] of shown.entries()) {
            // The last byte ends the line, wherever the text goes on.
            if (at === shown.length - 1) expect(byte).toBe(0x0a);
            else if (byte !== bytes[start + at])
              expect([byte, bytes[start + at] === 0x0a]).toEqual([0x20, false]);
          }
      }),
    );
  });

  test('two that differ are two fragments, and what occurs twice alike is one', () => {
    const other = 'ranges = <0x0 0xc0000000 0x0 0xc0000000 0x20000000>;';
    const fragments = (text: string): string[] => {
      const cut = fragmentsIn(new Uint8Array(Buffer.from(text)), text);
      return cut === 'whole'
        ? ['whole']
        : cut.fragments.map(({ bytes }) => Buffer.from(bytes).toString('latin1').replace(/\s+/g, ' ').trim());
    };
    expect(fragments(`${LINE}\n${other}\n`)).toEqual([LINE, other]);
    expect(fragments(`> ${LINE}\nreally?\n> > ${LINE}\n`)).toEqual([LINE]);
    expect(fragments(`> #size-cells = <1>;\n> ${LINE}\nand\n> #size-cells = <1>;\n> ${other}\n`)).toEqual([
      `#size-cells = <1>; ${LINE}`,
      other,
    ]);
    const node = (size: string): string => `> vmbus {\n>  #size-cells = <${size}>;\n> };\n`;
    expect(fragments(`${node('1')}before\n${node('2')}`)).toEqual([
      'vmbus { #size-cells = <1>; };',
      'vmbus { #size-cells = <2>; };',
    ]);
  });

  test('a property of addresses without an end is named', () => {
    const unfinished = (text: string): readonly number[] => findDeviceTreeText(text).unfinished;
    expect(unfinished(`Hello\n> ranges = <0x0f 0xf0000000\n\n> ${LINE}\n`)).toEqual([8]);
    expect(unfinished(`${LINE}\n`)).toEqual([]);
    expect(unfinished('x = <1\n\n')).toEqual([]);
  });

  test('so is one whose value is a macro, wherever on the line it begins; C is none', () => {
    const unfinished = (text: string): readonly number[] => findDeviceTreeText(text).unfinished;
    expect(unfinished('> ranges = VMBUS_RANGES;\n')).toEqual([2]);
    expect(unfinished('> vmbus { a = <1>; ranges = VMBUS_RANGES;\n')).toEqual([18]);
    expect(unfinished('> a = <1>; ranges = <0x0f 0xf0000000\n\nBye\n')).toEqual([10]);
    expect(unfinished('> \tranges = of_get_property(node, "ranges", &length);\n> a = <1>;')).toEqual([]);
    expect(unfinished('> \treg = FIELD_PREP(MASK, 1);\n> a = <1>;')).toEqual([]);
  });

  // dtc reads white space alike wherever it stands between tokens (Devicetree Specification, section 6).
  test('however statements and braces are put on lines, the same are found', () => {
    const statement = fc.constantFrom(
      'a = <1>;',
      'b-c = "x; {y}", <2 3>;',
      'ranges;',
      'reg = <0 1>;',
      'l: d = [00 11];',
    );
    const { body } = fc.letrec<{ body: string[]; node: string[] }>((tie) => ({
      body: fc
        .array(
          fc.oneof(
            { depthSize: 'small' },
            statement.map((one) => [one]),
            tie('node'),
          ),
          { minLength: 1, maxLength: 4 },
        )
        .map((parts) => parts.flat()),
      node: fc
        .tuple(fc.constantFrom('vmbus', 'n: bus@f0'), tie('body'))
        .map(([name, inside]) => [`${name} {`, ...inside, '};']),
    }));
    fc.assert(
      fc.property(
        body,
        fc.infiniteStream(fc.constantFrom(' ', '\n', '\n\t', ' \n> ')),
        fc.boolean(),
        (tokens, gaps, below) => {
          let text = 'Look:\n> ';
          for (const token of tokens) {
            // A brace below its node's name, where the name begins a line.
            const ownLine = below && /\n[> \t]*$/.test(text);
            text += `${ownLine ? token.replace(/ \{$/, '\n> {') : token}${gaps.next().value}`;
          }
          const normal = (each: string): string => each.replace(/\n> /g, '').replace(/\s+/g, '');
          expect(found(`${text}\nBye.\n`).map(normal)).toEqual(tokens.map(normal));
        },
      ),
    );
  });
});

describe('a file of property lines with comments', () => {
  const LOW = 'ranges = <0x0 0xf8000000 0x0 0xf8000000 0x08000000>;';
  const HIGH = 'ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;';
  const cut = (text: string): string[] | 'whole' => {
    const found = fragmentsIn(new Uint8Array(Buffer.from(text)), text);
    return found === 'whole'
      ? found
      : found.fragments.map(({ bytes }) => Buffer.from(bytes).toString('latin1').trim());
  };

  test.each([
    `/* ${LOW} */\n${HIGH}\n`,
    `// ${LOW}\n${HIGH}\n`,
    `/*\n${LOW}\n*/\n${HIGH}\n`,
    `${HIGH} // ${LOW}\n`,
  ])('%j: what is in a comment is not said', (text) => {
    expect(cut(text)).toBe('whole');
  });

  test('what looks like one in a string is none', () => {
    expect(cut(`model = "http://x";\n${HIGH}\n${LOW}\n`)).toHaveLength(2);
    expect(cut(`model = "/*";\n${LOW}\n${HIGH}\nlabel = "*/";\n`)).toHaveLength(2);
    expect(cut(`model = "\\"/*";\n${LOW}\n${HIGH}\nlabel = "*/";\n`)).toHaveLength(2);
  });

  test('in a mail, too, it may be all there is', () => {
    expect(cut(`> /* ${LOW} */\n`)).toEqual([LOW]);
  });
});

describe('the edges of statements', () => {
  const R = 'ranges = <0x1>;';

  test.each<[string, string, string[]]>([
    ['a label, a quote and a tab', '>\ta: b: ranges = <0x1>;', ['a: b: ranges = <0x1>;']],
    ['a value that begins on the next line', 'ranges =\n\t<0x1>;', ['ranges =\n\t<0x1>;']],
    ['a reference', 'x = &label;', ['x = &label;']],
    ['/bits/', 'x = /bits/ 8 <1>;', ['x = /bits/ 8 <1>;']],
    ['a label before a value', 'x = a: <1>;', ['x = a: <1>;']],
    ['a name alone is no value', 'x = word;', []],
    ['two on one line', `ranges = <0x2>; ${R}`, ['ranges = <0x2>;', ` ${R}`]],
    ['one in a sentence and one more', `See ${R} and reg = <0x2>; there`, [R, 'reg = <0x2>;']],
    [
      'one in a sentence that goes on',
      'See ranges = <0x1\n 0x2>; and\nreg = <0x3>;',
      ['ranges = <0x1\n 0x2>;', 'reg = <0x3>;'],
    ],
    ['not another name in a sentence', 'See myranges = <0x1>; and strange-reg = <0x1>;', ['reg = <0x1>;']],
    ['a semicolon in cells', 'x = <1;>;', []],
    ['a semicolon in a string', 'x = "a;b";', ['x = "a;b";']],
    ['a quote in a string', 'x = "a\\";b";', ['x = "a\\";b";']],
    ['a string over the end of a line', 'x = "a\nb";', []],
    ['a bracket in a string', 'x = "<", <1>;', ['x = "<", <1>;']],
    ['bytes with a semicolon', 'x = [00;];', ['x = [00;];']],
    ['an empty line inside', 'x = <1\n\n2>;', []],
    ['a statement inside', 'x = <1\ny = <2>;', ['y = <2>;']],
    ['words behind a value', 'x = <1> (which is wrong);', []],
    ['a comment behind', 'ranges; // one\nranges; /* two */', ['ranges;', 'ranges;']],
    ['words behind an empty one', 'ranges; which is empty', []],
    ['a name that is not worth finding', 'fine;\nno-map;', ['no-map;']],
    ['a labelled empty one', 'a: ranges;', ['a: ranges;']],
  ])('%s', (_title, text, statements) => {
    expect(found(text)).toEqual(statements);
  });

  test('a value goes over as many lines as the limit', () => {
    const value = (lines: number): string => `x = <${Array.from({ length: lines }, () => '1').join('\n')}>;`;
    withLimits({ 'statement-lines': 3 }, () => {
      expect(found(value(3))).toEqual([value(3)]);
      expect(found(value(4))).toEqual([]);
    });
  });

  test('so many in a sentence that fail, and no more', () => {
    const line = (failed: number): string => `a ${'reg = <1; '.repeat(failed)}${R}`;
    expect(found(line(15))).toEqual([R]);
    expect(found(line(16))).toEqual([]);
  });

  test('sixteen without an end are named', () => {
    const text = 'ranges = <1\n\n'.repeat(20);
    expect(findDeviceTreeText(text).unfinished).toHaveLength(16);
    // Only of addresses, and not one that has its end.
    expect(findDeviceTreeText(`x = <1\n\nreg = <1\n\ndma-ranges = <1\n\n${R}`).unfinished).toHaveLength(2);
  });

  test.each<[string, string[]]>([
    ['n {\nranges;\n};', ['n {', 'ranges;', '};']],
    ['n {\nranges;\n} ; // end', ['n {', 'ranges;', '} ;']],
    ['n { // begin\nranges;\n};', ['n {', 'ranges;', '};']],
    ['/ {\nranges;\n};', ['/ {', 'ranges;', '};']],
    ['&r {\nranges;\n};', ['&r {', 'ranges;', '};']],
    ['a: n@1 {\nranges;\n};', ['a: n@1 {', 'ranges;', '};']],
    // Without a semicolon it may be C, and without a property there is nothing in it.
    ['n {\nranges;\n}', ['ranges;']],
    ['n {\n};', []],
    ['};\nranges;', ['ranges;']],
    ['m {\nn {\nranges;\n};\n};', ['m {', 'n {', 'ranges;', '};', '};']],
    ['ranges;\nn {\n};', ['ranges;']],
  ])('nodes of %j', (text, statements) => {
    expect(found(text)).toEqual(statements);
  });
});

describe('fragments', () => {
  const [A, B] = ['ranges = <0x1>;', 'ranges = <0x2>;'];
  const fragments = (text: string, skip?: (offset: number) => boolean): string[] | 'whole' => {
    const cut = fragmentsIn(new Uint8Array(Buffer.from(text)), text, skip);
    return cut === 'whole'
      ? cut
      : cut.fragments.map(({ bytes }) => Buffer.from(bytes).toString('latin1').replace(/\s+/g, ' ').trim());
  };

  test('a file of statements and comments is whole; words around make it none', () => {
    expect(fragments(`${A}\n`)).toBe('whole');
    expect(fragments(`// c\n/* d * e */ ${A}\n`)).toBe('whole');
    expect(fragments(`${A}\nwords\n`)).toEqual([A]);
    expect(fragments(`words\n${A}\n`)).toEqual([A]);
    expect(fragments(`${A}\nwith = a mistake\n`)).toBe('whole');
    expect(fragments(`${A}\nn {\n`)).toBe('whole');
    // Two of one name are two fragments, whatever comment stands before, between or behind.
    expect(fragments(`${A}\n${B}\n// end\n`)).toEqual([A, B]);
    expect(fragments(`/* c */\n${A}\n/* c */\n${B}\n`)).toEqual([A, B]);
    // Quoted, or beside something else, it is never the whole.
    expect(fragments(`> ${A}\n`)).toEqual([A]);
    expect(fragments(`${A}\n`, () => false)).toEqual([A]);
    expect(fragments(`${A}\n`, () => true)).toEqual([]);
    expect(fragments(`${A}\n${B}\n`, (offset) => offset === 0)).toEqual([B]);
  });

  test('what is unfinished is reported unless it is skipped', () => {
    const unfinished = (skip?: (offset: number) => boolean) => {
      const text = 'words\nranges = <1\n\n';
      const cut = fragmentsIn(new Uint8Array(Buffer.from(text)), text, skip);
      return cut === 'whole' ? cut : cut.unfinished;
    };
    expect(unfinished()).toEqual([6]);
    expect(unfinished((offset) => offset === 6)).toEqual([]);
  });

  test('are apart where something is said otherwise', () => {
    const S = '#size-cells = <1>;';
    expect(fragments(`> ${A}\n> ${S}\nand\n> ${B}\n> ${S}\n`)).toEqual([`${A} ${S}`, `${B} ${S}`]);
    // What was said before, in whichever of them, begins nothing new.
    expect(fragments(`> ${A}\nand\n> ${B}\nand again\n> > ${A}\n`)).toEqual([A, B]);
    expect(fragments('> ranges;\n> ranges;\n')).toEqual(['ranges;']);
    expect(fragments('> l: reg = <1>;\n> reg = <2>;\n')).toEqual(['l: reg = <1>;', 'reg = <2>;']);
    expect(fragments('> reg = <1\n> 2>;\nagain\n> > reg = < 1  2 >;\n')).toEqual(['reg = <1 2>;']);
    expect(fragments('> reg = <1 2>;\n> reg = <12>;\n')).toEqual(['reg = <1 2>;', 'reg = <12>;']);
    expect(fragments('> reg = <1\n> 2>;\nagain\n> > reg = <1\n> > 2>;\n')).toEqual(['reg = <1 2>;']);
  });

  test('a node goes with everything to its closing brace', () => {
    const node = (name: string, ...inside: string[]): string =>
      `> ${name} {\n${inside.map((line) => `> ${line}\n`).join('')}> };\n`;
    expect(fragments(`${node('m', A)}${node('n', B)}`)).toEqual([`m { ${A} }; n { ${B} };`]);
    expect(fragments(`${node('m', A)}and\n${node('m', B)}`)).toEqual([`m { ${A} };`, `m { ${B} };`]);
    expect(fragments(`${node('m', 'n {', A, '};', B)}> ${A}\n`)).toEqual([`m { n { ${A} }; ${B} }; ${A}`]);
  });

  test('begin on the line of their first statement, and end with a line', () => {
    const text = `Grüße\n  > ${A} ${'x'.repeat(9)}\n> ${B}\n`;
    const cut = fragmentsIn(new Uint8Array(Buffer.from(text, 'latin1')), text);
    if (cut === 'whole') throw new Error('there are words');
    expect(cut.fragments.map(({ start, bytes }) => [start, Buffer.from(bytes).toString('latin1')])).toEqual([
      [6, `    ${A}\n`],
      [text.indexOf('> ranges = <0x2'), `  ${B}\n`],
    ]);
  });
});

test.each([
  ['a = <1>;', true],
  ['ranges;', true],
  ['\n\t// c\n/* d */\n a = "x";', true],
  ['l: a = <1>;', true],
  ['words\na = <1>;', false],
  ['> a = <1>;', false],
  ['fine;', false],
  ['', false],
  ['/* a = <1>; */', false],
])('%j starts a fragment: %s', (text, is) => {
  expect(startsFragment(text)).toBe(is);
});
