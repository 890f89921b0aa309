import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findDeviceTreeText, fragmentsIn } from '../../../src/artifact/text/device-tree-text.ts';
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

  test('two that differ are two fragments, and what is said twice alike is one', () => {
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
