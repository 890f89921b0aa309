/** Packages that are plain data: what is made of their bytes at once is what their terms say. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NameReader, nameEnd } from '../../src/acpi/aml/names.ts';
import { type PackageMaker, PlainPackage, plainPackageEnd } from '../../src/acpi/aml/plain-package.ts';
import { formatName } from '../../src/acpi/terms/name.ts';

type Element = readonly [bytes: number[], value: unknown];

/** Encodings as in ACPI 6.5, 20.2.3 and 20.2.2, with what each stands for. */
const constant: fc.Arbitrary<Element> = fc.oneof(
  fc.constantFrom<Element>([[0x00], 0n], [[0x01], 1n], [[0xff], 'ones']),
  fc.integer({ min: 0, max: 0xff }).map((n): Element => [[0x0a, n], BigInt(n)]),
  fc.integer({ min: 0, max: 0xffff }).map((n): Element => [[0x0b, n & 0xff, n >> 8], BigInt(n)]),
  fc.bigInt({ min: 0n, max: 0xffff_ffffn }).map((n): Element => [[0x0c, ...little(n, 4)], n]),
  fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }).map((n): Element => [[0x0e, ...little(n, 8)], n]),
  fc
    .array(fc.integer({ min: 1, max: 0x7f }), { maxLength: 6 })
    .map((codes): Element => [[0x0d, ...codes, 0], `"${String.fromCharCode(...codes)}"`]),
  fc.constantFrom<Element>(
    [[...text('ABCD')], 'ABCD'],
    [[0x5c, ...text('_SB_')], '\\_SB'],
    [[0x5e, 0x5e, 0x2e, ...text('LNKALNKB')], '^^LNKA.LNKB'],
    [[0x2f, 3, ...text('AAAABBBBCCCC')], 'AAAA.BBBB.CCCC'],
  ),
);

const { element } = fc.letrec<{ element: Element }>((tie) => ({
  element: fc.oneof({ maxDepth: 2 }, constant, fc.array(tie('element'), { maxLength: 5 }).map(pack)),
}));

function text(letters: string): number[] {
  return [...letters].map((letter) => letter.charCodeAt(0));
}

function little(value: bigint, length: number): number[] {
  return Array.from({ length }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

function pack(elements: Element[]): Element {
  const inside = [elements.length, ...elements.flatMap(([bytes]) => bytes)];
  // PkgLength counts itself (20.2.4): one byte up to 63, two up to 4095.
  const length =
    inside.length + 1 <= 63
      ? [inside.length + 1]
      : [0x40 | ((inside.length + 2) & 15), (inside.length + 2) >> 4];
  return [[0x12, ...length, ...inside], elements.map(([, value]) => value)];
}

const VALUES: PackageMaker<unknown> = {
  number: (value) => value,
  ones: () => 'ones',
  text: (value) => `"${value}"`,
  name: (name) => formatName(name),
  pack: (_count, given) => given,
};

function read(bytes: Uint8Array): unknown {
  return new PlainPackage(bytes, 1, new NameReader(), () => []).read(VALUES);
}

test('the values are those that were encoded, and the end is found', () => {
  fc.assert(
    fc.property(fc.array(element, { maxLength: 6 }), (elements) => {
      const [bytes, value] = pack(elements);
      const table = Uint8Array.from([...bytes, 0x0a, 0x0a]);
      expect(plainPackageEnd(table, 1, table.length)).toBe(bytes.length);
      expect(read(table)).toEqual(value);
      // One byte short, it is not whole.
      expect(plainPackageEnd(table, 1, bytes.length - 1)).toBe(-1);
    }),
  );
});

test('what is cut short, computed, or too deep is no plain package', () => {
  const plain = (bytes: number[]): number => plainPackageEnd(Uint8Array.from(bytes), 1, bytes.length);
  expect(plain([0x12, 3, 1, 0x0a])).toBe(-1);
  expect(plain([0x12, 4, 1, 0x0d, 0x41])).toBe(-1);
  // A Buffer, a Local.
  expect(plain([0x12, 5, 1, 0x11, 2, 0])).toBe(-1);
  expect(plain([0x12, 3, 1, 0x60])).toBe(-1);
  expect(plain([0x12, 0])).toBe(-1);
  expect(plain([0x12])).toBe(-1);
  let deep: Element = pack([]);
  for (let i = 0; i < 3; i++) deep = pack([deep]);
  expect(plain(deep[0])).toBe(deep[0].length);
  expect(plain(pack([deep])[0])).toBe(-1);
});

test('names end where the reader ends them, whatever the bytes are', () => {
  const byte = fc.oneof(
    fc.constantFrom(0x00, 0x2e, 0x2f, 0x5c, 0x5e, 0x5f, 0x41, 0x5a, 2, 3),
    fc.integer({ min: 0, max: 255 }),
  );
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 20 }), (list) => {
      const bytes = Uint8Array.from(list);
      const reader = new NameReader();
      expect(nameEnd(bytes, 0, bytes.length)).toBe(reader.read(bytes, 0, bytes.length) ? reader.end : -1);
    }),
    { numRuns: 2000 },
  );
});
