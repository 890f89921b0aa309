import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTemplate, fieldPlaces } from '../../../src/acpi/resources/decode.ts';
import type { ResourceDescriptor } from '../../../src/acpi/resources/descriptor.ts';
import { encodeTemplate } from '../../../src/acpi/resources/encode.ts';
import { descriptorJson, templateHex } from '../../../src/acpi/resources/json.ts';
import { DESCRIPTOR_ROWS } from '../../../src/acpi/resources/rows/table.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import {
  type ByteValue,
  bytesOfQuantity,
  type FieldSymbol,
  fieldValue,
} from '../../../src/symbolic/index.ts';

const bytesOf = (hex: string): number[] => [...Buffer.from(hex.replace(/\s/g, ''), 'hex')];

function decode(bytes: readonly ByteValue[]): { resources: readonly ResourceDescriptor[]; codes: string[] } {
  const sink = new DiagnosticList();
  const { resources } = decodeTemplate(bytes, { sink, path: '\\_SB.TEST._CRS' });
  return { resources, codes: sink.all.map(({ code }) => code) };
}

function only(hex: string): Record<string, unknown> {
  const { resources, codes } = decode(bytesOf(`${hex} 7900`));
  expect(codes).toEqual([]);
  expect(resources).toHaveLength(1);
  return descriptorJson(resources[0]!);
}

describe('descriptors, byte by byte as ACPI 6.5, 6.4 lays them out', () => {
  it('IRQ with flags: level, active low, shared', () => {
    // Mask 0x0210: interrupts 4 and 9. Flags: bit 3 low, bit 4 shared.
    expect(only('23 1002 18')).toEqual({
      type: 'irq',
      interrupts: ['0x4', '0x9'],
      triggering: 'Level',
      polarity: 'ActiveLow',
      sharing: 'Shared',
      wakeCapable: false,
    });
  });

  it('IRQ without flags means edge, active high, exclusive', () => {
    expect(only('22 0200')).toEqual({
      type: 'irq',
      interrupts: ['0x1'],
      triggering: 'Edge',
      polarity: 'ActiveHigh',
      sharing: 'Exclusive',
      wakeCapable: false,
    });
  });

  it('I/O port: 16-bit decode', () => {
    expect(only('47 01 f80c ff0c 01 08')).toEqual({
      type: 'io',
      addressDecoding: 'Decode16',
      min: '0xcf8',
      max: '0xcff',
      alignment: '0x1',
      length: '0x8',
    });
  });

  it('DWord memory: a producer with both ends fixed', () => {
    // Type 0, general flags 0x0c (producer, positive, min and max fixed), specific 0x03 (write, cacheable).
    expect(only('87 1700 00 0c 03 00000000 000000f8 ffffffff 00000000 00000008')).toEqual({
      type: 'dword-address',
      space: 'memory',
      producer: true,
      decode: 'positive',
      minFixed: true,
      maxFixed: true,
      writeProtect: 'ReadWrite',
      caching: 'Cacheable',
      rangeType: 'AddressRangeMemory',
      translationType: 'TypeStatic',
      granularity: '0x0',
      min: '0xf8000000',
      max: '0xffffffff',
      translation: '0x0',
      length: '0x8000000',
    });
  });

  it('word bus numbers, consumed, with a resource source', () => {
    expect(only('88 1300 02 0d 00 0000 0000 ff00 0000 0001 05 5c5f534200')).toMatchObject({
      type: 'word-address',
      space: 'bus',
      producer: false,
      max: '0xff',
      length: '0x100',
      resourceSourceIndex: '0x5',
      resourceSource: '\\_SB',
    });
  });

  it('a vendor-defined address space keeps its number', () => {
    expect(only('88 0d00 c1 0c 5a 0000 0100 0100 0000 0100')).toMatchObject({
      space: 'vendor-0xc1',
      typeFlags: '0x5a',
    });
  });

  it('reserved bits are kept', () => {
    // Extended interrupt flags 0xe1: the consumer bit and three reserved ones.
    const found = only('89 0600 e1 01 2a000000');
    expect(found).toMatchObject({ producer: false, flagsReserved: '0xe0', interrupts: ['0x2a'] });
  });

  it('a serial bus of a vendor-defined type is kept whole', () => {
    // Type 0xc0; type data of 3 bytes, then the source "\A".
    const found = only('8e 0f00 01 00 c0 02 3412 01 0300 aabbcc 5c4100');
    expect(found).toMatchObject({
      type: 'serial-bus',
      busType: '0xc0',
      typeFlags: '0x1234',
      vendorData: ['0xaa', '0xbb', '0xcc'],
      resourceSource: '\\A',
    });
  });
});

describe('what is wrong with a template', () => {
  it('a tag that ACPI does not define is kept, and what follows is read', () => {
    const { resources, codes } = decode(bytesOf('bf 0200 aabb 22 0200 7900'));
    expect(codes).toEqual(['acpi/descriptor-unknown']);
    expect(resources.map(({ type }) => type)).toEqual(['unknown', 'irq']);
    expect(descriptorJson(resources[0]!)).toEqual({
      type: 'unknown',
      tag: '0xbf',
      data: ['0xbf', '0x2', '0x0', '0xaa', '0xbb'],
    });
  });

  it('zeros in a row are one thing', () => {
    const { resources, codes } = decode(bytesOf('0000000000000000 7900'));
    expect(codes).toEqual(['acpi/descriptor-unknown']);
    expect(resources).toHaveLength(1);
  });

  it('a length past the end', () => {
    const { resources, codes } = decode(bytesOf('86 0900 01 00000ef0 00'));
    expect(codes).toEqual(['acpi/descriptor-length', 'acpi/descriptor-short', 'acpi/no-end-tag']);
    expect(resources[0]).toMatchObject({ type: 'memory32-fixed', missing: ['length'], certainty: 'unknown' });
  });

  it('a descriptor longer than its fields keeps the rest', () => {
    const { resources, codes } = decode(bytesOf('86 0b00 01 000000f0 00100000 beef 7900'));
    expect(codes).toEqual(['acpi/descriptor-content']);
    expect(descriptorJson(resources[0]!)).toMatchObject({ length: '0x1000', trailing: ['0xbe', '0xef'] });
  });

  it('an offset that points outside', () => {
    const gpio = '8c 1400 01 01 0100 0000 00 0000 0000 ff00 00 1700 1700 0000';
    expect(decode(bytesOf(`${gpio} 7900`)).codes).toContain('acpi/descriptor-content');
  });

  it('bytes after the end tag are given back, a bad checksum is seen', () => {
    const { end, trailing } = decodeTemplate(bytesOf('22 0200 7901 aa'));
    expect(end).toMatchObject({ offset: 3, checksum: 1n, checksumOk: false });
    expect(trailing).toEqual([0xaa]);
    // 0x22 + 0x02 + 0x79 = 0x9d; 0x63 makes it 0x100.
    expect(decodeTemplate(bytesOf('22 0200 7963')).end?.checksumOk).toBe(true);
  });

  it('never throws, and every byte ends up somewhere', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (random) => {
        const bytes = [...random];
        const reading = decodeTemplate(bytes);
        const used = reading.resources.reduce((sum, { length }) => sum + length, 0);
        const end = reading.end
          ? Math.min(1 + (bytes[reading.end.offset]! & 7), bytes.length - reading.end.offset)
          : 0;
        expect(used + end + reading.trailing.length).toBe(bytes.length);
        reading.resources.forEach(fieldPlaces);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('unknown bytes', () => {
  const symbol = (name: string): FieldSymbol => ({
    name,
    path: `\\${name}`,
    space: 'SystemMemory',
    address: 0n,
    bitOffset: 0,
    bits: 32,
    epoch: 0,
  });

  it('make the fields that depend on them expressions, and only those', () => {
    const bytes: ByteValue[] = bytesOf('87 1700 00 0c 03 00000000 00000000 ffffffff 00000000 00000000 7900');
    bytes.splice(10, 4, ...bytesOfQuantity(fieldValue(symbol('MG2B')), 4));
    bytes.splice(22, 4, ...bytesOfQuantity(fieldValue(symbol('MG2L')), 4));
    const { resources, codes } = decode(bytes);
    expect(codes).toEqual([]);
    expect(descriptorJson(resources[0]!)).toMatchObject({
      min: 'MG2B',
      max: '0xffffffff',
      length: 'MG2L',
      producer: true,
      certainty: 'unknown',
    });
    expect(templateHex(bytes)).toBe(
      '8717000 00c0300000000????????ffffffff00000000????????7900'.replace(' ', ''),
    );
  });

  it('in the place of a tag or a length end what can be told apart', () => {
    const unknown = bytesOfQuantity(fieldValue(symbol('X')), 1);
    const inTag = decode([...bytesOf('22 0200'), ...unknown, 1, 2]);
    expect(inTag.resources.map(({ type, certainty }) => [type, certainty])).toEqual([
      ['irq', 'certain'],
      ['unknown', 'unknown'],
    ]);
    const inLength = decode([0x86, ...unknown, 0, 1, 2, 3]);
    expect(inLength.codes).toEqual(['acpi/descriptor-length']);
  });
});

describe('places of fields', () => {
  it('cover a descriptor from its header to its end', () => {
    const { resources } = decode(
      bytesOf('87 1700 00 0c 03 00000000 000000f8 ffffffff 00000000 00000008 7900'),
    );
    const places = fieldPlaces(resources[0]!);
    expect(places.find(({ name }) => name === 'min')).toMatchObject({ offset: 10, bytes: 4, tag: '_MIN' });
    expect(places.find(({ name }) => name === 'maxFixed')).toMatchObject({
      offset: 4,
      bytes: 1,
      bits: { low: 3, width: 1 },
      tag: '_MAF',
    });
    const covered = new Set(
      places.flatMap(({ offset, bytes }) => Array.from({ length: bytes }, (_, at) => offset + at)),
    );
    expect([...covered].sort((a, b) => a - b)).toEqual(Array.from({ length: 23 }, (_, index) => index + 3));
  });
});

describe('encoding', () => {
  it('gives back the bytes of any well-formed descriptor', () => {
    // Content of any bytes that decode without a fault, for every row.
    fc.assert(
      fc.property(
        fc.constantFrom(...DESCRIPTOR_ROWS).chain((row) => {
          const [least, most] = row.content ?? [0, 60];
          return fc.tuple(fc.constant(row), fc.uint8Array({ minLength: least, maxLength: most }));
        }),
        ([row, content]) => {
          const at = row.match?.at;
          const body = [...content];
          if (at !== undefined && body.length > at - 3)
            body[at - 3] = typeof row.match!.value === 'number' ? row.match!.value : 0xc0;
          const header =
            row.size === 'small' ? [(row.item << 3) | body.length] : [0x80 | row.item, body.length, 0];
          const bytes = [...header, ...body, 0x79, 0];
          const { resources, codes } = decode(bytes);
          fc.pre(codes.length === 0 && row.type !== 'gpio' && !row.type.startsWith('pin'));
          expect(encodeTemplate(resources)).toEqual(bytes);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('writes the checksum when asked', () => {
    const bytes = encodeTemplate([{ type: 'irq', fields: { interrupts: [1n] } }], { checksum: true });
    expect(bytes).toEqual([0x22, 0x02, 0x00, 0x79, 0x63]);
  });
});

const CORPUS = process.env.FWMAP_CORPUS ?? '../shared/corpus';
describe.skipIf(!existsSync(`${CORPUS}/acpi`))(
  'real machines (skipped when ../shared/corpus is missing)',
  () => {
    interface Reference {
      devices: { device: string; crs: { status: string; bytes: string } }[];
    }
    it('every template decodes without a fault and encodes to its own bytes', { timeout: 60_000 }, () => {
      for (const name of readdirSync(`${CORPUS}/acpi`).filter((file) => file.endsWith('.json.gz'))) {
        const { devices } = JSON.parse(
          gunzipSync(readFileSync(`${CORPUS}/acpi/${name}`)).toString(),
        ) as Reference;
        for (const { device, crs } of devices) {
          if (crs.status !== 'ok') continue;
          const bytes = bytesOf(crs.bytes);
          const { resources, trailing, end } = decodeTemplate(bytes);
          const written = bytes.slice(0, bytes.length - trailing.length);
          written[end!.offset + 1] = 0;
          expect(encodeTemplate(resources), `${name} ${device}`).toEqual(written);
        }
      }
    });
  },
);
