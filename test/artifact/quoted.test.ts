import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blankAround, findDeviceTreeText } from '../../src/artifact/quoted.ts';
import { openText, readable } from './open.ts';

const LINE = 'ranges = <0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>;';

/** The statements found, quote marks inside them kept. */
function found(text: string): string[] {
  return findDeviceTreeText(text).map(({ start, end }) => text.slice(start, end));
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
  test('is blanked, and every byte and line stays where it was', () => {
    const text = `Grüße,\n> > ${LINE}\nAnd so on; bye.\n`;
    const bytes = new Uint8Array(Buffer.from(text));
    const latin1 = Buffer.from(text).toString('latin1');
    const blanked = blankAround(bytes, latin1);
    expect(blanked).toHaveLength(bytes.length);
    const shown = Buffer.from(blanked!).toString('latin1');
    expect(shown.indexOf(LINE)).toBe(latin1.indexOf(LINE));
    expect(shown.split('\n').map((line) => line.trim())).toEqual(['', LINE, '', '']);
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
        const blanked = blankAround(bytes, text);
        if (blanked === undefined) return;
        expect(blanked).toHaveLength(bytes.length);
        for (const [at, byte] of blanked.entries())
          if (byte !== bytes[at]) expect([byte, bytes[at] === 0x0a]).toEqual([0x20, false]);
      }),
    );
  });
});
