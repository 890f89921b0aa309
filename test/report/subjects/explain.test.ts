/** The report of `explain`: readings, buses, entries and descriptors, byte by byte. */
import { describe, expect, test } from 'vitest';
import type { CrsAlternative, CrsEntry } from '../../../src/acpi/crs/crs.ts';
import { decodeTemplate } from '../../../src/acpi/resources/decode.ts';
import type { AddressEntry } from '../../../src/devicetree/address/entries.ts';
import type { BusLevel, NodeExplanation } from '../../../src/devicetree/address/explain.ts';
import type { Reading } from '../../../src/devicetree/address/readings.ts';
import type { DtNode } from '../../../src/devicetree/tree.ts';
import { finding } from '../../../src/findings/finding.ts';
import { explainReport } from '../../../src/report/subjects/explain.ts';
import { not } from '../../../src/symbolic/index.ts';
import type { Explanation, ReadProperty } from '../../../src/window/explain.ts';
import { artifactOf, equals, fieldOf, INPUT, SPAN, sectionsOf } from './made.ts';

const NONE: Explanation = { inputs: [INPUT], nodes: [], readings: [], entries: [], crs: [], diagnostics: [] };
const sections = (more: Partial<Explanation>) =>
  sectionsOf(explainReport({ ...NONE, ...more }).document('text'));
const json = (more: Partial<Explanation>) =>
  JSON.parse(JSON.stringify(explainReport({ ...NONE, ...more }).json()));

/** A node of the root, by its name. */
function nodeOf(name: string): DtNode {
  const root = { name: '', parent: undefined, children: [], properties: [], labels: [] };
  return { ...root, name, parent: root } as unknown as DtNode;
}

describe('readings', () => {
  const reading = (more: Partial<Reading> = {}): Reading => ({
    cells: { child: 2, parent: 2, size: 1 },
    entries: [{ child: 0x1000n, parent: 0x2000n, size: 0x100n }],
    score: 3,
    reasons: [],
    ...more,
  });
  const propertyOf = (readings: Reading[], taken?: ReadProperty['taken'], item = 'ranges') => ({
    artifact: INPUT,
    property: { node: nodeOf('bus'), item, cells: [1, 2, 3, 4, 5], readings } as never,
    taken,
  });
  const told = (...given: Parameters<typeof propertyOf>) =>
    sections({ readings: [propertyOf(...given)] })['']!;

  test('none', () => {
    expect(told([])).toEqual([
      ['/bus ranges: 5 cells, which no cell counts from 1 to 3 divide into entries'],
    ]);
  });

  test('each entry a row, counts and score at the first', () => {
    const two = reading({
      entries: [
        { child: 0x1000n, parent: 0x2000n, size: 0x100n },
        { child: 0x3000n, parent: null, size: null },
      ],
    });
    expect(told([two])).toEqual([
      ['/bus ranges: 5 cells, read in 1 way (child/parent/size), the best first:'],
      ['2/2/1', '0x1000', '0x2000', '0x100', '3'],
      ['', '0x3000', '', '', ''],
      ['2/2/1: no reason for or against it'],
    ]);
  });

  test('of reg without a parent address', () => {
    const of = [reading({ entries: [{ child: 0x1000n, parent: null, size: 0x100n }] }), reading()];
    expect(told(of, undefined, 'reg').slice(0, 2)).toEqual([
      ['/bus reg: 5 cells, read in 2 ways (address/size), the best first:'],
      ['2/1', '0x1000', '0x100', '3'],
    ]);
  });

  test('the one taken, and what is for and against each', () => {
    const reasons = [
      { id: 'binding', says: 'for it', weight: 5 },
      { id: 'aligned', says: 'nothing', weight: 0 },
      { id: 'overlap', says: 'against it', weight: -2 },
    ] as const;
    const taken = { child: 2, parent: 2, size: 1 };
    const last = (readings: Reading[], is?: ReadProperty['taken']) =>
      told(readings, is).slice(1 + readings.length);
    expect(last([reading({ reasons })], taken)).toEqual([
      ['2/2/1, chosen', '+5 for it', '+0 nothing', '-2 against it'],
    ]);
    for (const other of [{ child: 1 }, { parent: 1 }, { size: 2 }])
      expect(last([reading()], { ...taken, ...other })).toEqual([['2/2/1: no reason for or against it']]);
    expect(last([reading()], taken)).toEqual([['2/2/1, chosen: no reason for or against it']]);
  });

  test('as JSON', () => {
    const reasons = [{ id: 'binding', says: 's', weight: 5 } as const];
    const entries = [{ child: 1n, parent: null, size: null }];
    const taken = { child: 2, parent: 2, size: 1 };
    const other = { ...taken, child: 1 };
    expect(
      json({ readings: [propertyOf([reading({ reasons }), reading({ cells: other, entries })], taken)] })
        .readings,
    ).toEqual([
      {
        input: 0,
        node: '/bus',
        item: 'ranges',
        cells: ['0x1', '0x2', '0x3', '0x4', '0x5'],
        readings: [
          {
            cells: taken,
            taken: true,
            score: 3,
            entries: [{ child: '0x1000', parent: '0x2000', size: '0x100' }],
            reasons,
          },
          { cells: other, taken: false, score: 3, entries: [{ child: '0x1', size: null }], reasons: [] },
        ],
      },
    ]);
    expect(json({ readings: [propertyOf([reading()])] }).readings[0].readings[0].taken).toBe(false);
  });
});

describe('the buses of a node', () => {
  const own = (cells: number) => ({ cells, from: 'own', node: '/bus' }) as const;
  const levelOf = (more: Partial<BusLevel> = {}): BusLevel => ({
    bus: { kind: 'default', addressCells: own(2), sizeCells: own(1) } as unknown as BusLevel['bus'],
    path: '/bus',
    ranges: 'empty',
    passesWithoutRanges: false,
    dmaRanges: 'missing',
    ...more,
  });
  const explanationOf = (more: Partial<NodeExplanation> = {}): NodeExplanation => ({
    node: nodeOf('bus'),
    path: '/bus/device',
    available: true,
    buses: [],
    entries: [],
    dma: { bus: undefined, entries: [] },
    ...more,
  });
  const told = (more: Partial<NodeExplanation>) =>
    sections({ nodes: [{ artifact: INPUT, node: explanationOf(more) }] })['']!.flat();
  const bus = (more: Partial<BusLevel>): string => told({ buses: [levelOf(more)] })[1]!;
  const COUNTS = '; #address-cells = 2; #size-cells = 1';

  test('what each does with addresses', () => {
    expect(bus({})).toBe(`/bus: bus, empty ranges: passes 1:1${COUNTS}`);
    expect(bus({ ranges: 'root' })).toBe(`/bus: bus, the CPU sees its addresses${COUNTS}`);
    expect(bus({ ranges: 'missing' })).toBe(`/bus: bus, no ranges: nothing passes to the CPU${COUNTS}`);
    expect(bus({ ranges: 'missing', passesWithoutRanges: true })).toBe(
      `/bus: bus, no ranges: passes 1:1 on this machine (of_empty_ranges_quirk)${COUNTS}`,
    );
    expect(bus({ ranges: { entries: 1 } })).toBe(`/bus: bus, ranges with 1 entry${COUNTS}`);
    expect(bus({ ranges: { entries: 2 } })).toBe(`/bus: bus, ranges with 2 entries${COUNTS}`);
    expect(bus({ status: 'disabled' })).toBe(`/bus: bus, empty ranges: passes 1:1${COUNTS}; status disabled`);
    const given = { ...own(2), from: 'given' } as const;
    expect(bus({ bus: { ...levelOf().bus, sizeCells: given, kind: 'pci' } })).toBe(
      '/bus: PCI bus, empty ranges: passes 1:1; #address-cells = 2; #size-cells = 2, as given',
    );
  });

  test('a node that is off, or below a bus that is', () => {
    expect(told({})[0]).toBe('/bus/device is below these buses:');
    expect(told({ available: false })[0]).toBe('/bus/device (below a disabled bus) is below these buses:');
    expect(told({ available: false, status: 'okay' })[0]).toBe(
      '/bus/device (below a disabled bus) is below these buses:',
    );
    expect(told({ available: false, status: 'disabled' })[0]).toBe(
      '/bus/device (disabled) is below these buses:',
    );
  });

  test('a node without entries says so', () => {
    const NO_ENTRIES = 'It has no reg, ranges or dma-ranges entries.';
    expect(told({})).toContain(NO_ENTRIES);
    expect(told({ entries: [{} as AddressEntry] })).not.toContain(NO_ENTRIES);
  });

  test('what of memory it sees', () => {
    const at = (more: object) => ({ base: 0x1000n, size: 0x1000n, cpu: 0x8000n, ...more }) as AddressEntry;
    expect(told({}).at(-1)).toBe('DMA addresses are CPU addresses: no bus above it has dma-ranges.');
    const dma = (...entries: AddressEntry[]) => told({ dma: { bus: nodeOf('bus'), entries } }).slice(2);
    expect(
      dma(
        at({}),
        at({ size: null }),
        at({ cpu: null }),
        at({ cpu: null, why: 'w' }),
        at({ flags: { space: 'mem32' } }),
      ),
    ).toEqual([
      'By the dma-ranges of /bus it can access',
      '[mem 0x00008000-0x00008fff] at 0x1000, 4 KiB',
      '[mem 0x00008000-0x00008000] at 0x1000',
      'no memory (it does not translate) at 0x1000, 4 KiB',
      'no memory (w) at 0x1000, 4 KiB',
      '[mem 0x00008000-0x00008fff] at mem32 0x1000, 4 KiB',
    ]);
  });

  test('as JSON', () => {
    const node = (more: Partial<NodeExplanation>) =>
      json({ nodes: [{ artifact: INPUT, node: explanationOf(more) }] }).nodes[0];
    expect(node({})).toEqual({
      input: 0,
      node: '/bus/device',
      available: true,
      buses: [],
      dma: { bus: null, windows: [] },
    });
    expect(node({ status: 'okay' }).status).toBe('okay');
    const dma = { bus: nodeOf('bus'), entries: [{ base: 1n, size: null, cpu: 2n } as AddressEntry] };
    expect(node({ dma }).dma).toEqual({ bus: '/bus', windows: [{ base: '0x1', size: null, cpu: '0x2' }] });
    const buses = [levelOf({ ranges: { entries: 3 } }), levelOf({ status: 'disabled' })];
    const count = (cells: number) => ({ cells, from: 'own', node: '/bus' });
    const level = {
      node: '/bus',
      kind: 'default',
      addressCells: count(2),
      sizeCells: count(1),
      dmaRanges: 'missing',
    };
    expect(node({ buses }).buses).toEqual([
      { ...level, ranges: 3 },
      { ...level, ranges: 'empty', status: 'disabled' },
    ]);
  });
});

test('an entry and the way to its address', () => {
  const entry = {
    node: nodeOf('bus'),
    item: 'reg',
    index: 1,
    cells: [0x1000, 0x10],
    base: 0x1000n,
    size: 0x10n,
    parent: null,
    cpu: 0x1000n,
    counts: {
      childAddress: { cells: 1, from: 'own', node: '/' },
      size: { cells: 1, from: 'own', node: '/' },
    },
    steps: [],
    available: true,
    span: SPAN,
  } as unknown as AddressEntry;
  const told = (more: object) =>
    sections({ entries: [{ artifact: INPUT, entry: { ...entry, ...more } }] })['']!.flat();
  expect(told({}).slice(0, 2)).toEqual([
    '/bus reg[1] <0x1000 0x10>',
    'address: <0x1000> -> 0x1000 (#address-cells = 1 of /)',
  ]);
  expect(told({ available: false })[0]).toBe('/bus reg[1] <0x1000 0x10> (disabled)');
  const { steps, ...rest } = json({ entries: [{ artifact: INPUT, entry }] }).deviceTree[0];
  expect(rest).toEqual({
    input: 0,
    node: '/bus',
    item: 'reg',
    index: 1,
    cells: ['0x1000', '0x10'],
    cpu: '0x1000',
  });
  expect(steps[0]).toMatchObject({ what: 'address', at: { line: 2, column: 3 } });
  const without = json({ entries: [{ artifact: INPUT, entry: { ...entry, span: undefined } }] });
  expect(without.deviceTree[0].steps[0]).not.toHaveProperty('at');
});

describe('descriptors', () => {
  // ACPI 6.5, 6.4.2.5: tag 0x47 (I/O, seven bytes follow), information, minimum, maximum, alignment, length; 6.4.3.4: tag
  // 0x86, length 9, information, base, length; 6.4.2.9: the end.
  const BYTES = [
    0x47, 0x01, 0xf8, 0x03, 0xf8, 0x03, 0x01, 0x08, 0x86, 0x09, 0x00, 0x01, 0, 0, 0xd4, 0xfe, 0, 0x10, 0, 0,
  ];
  const { resources: descriptors } = decodeTemplate([...BYTES, 0x79, 0]);
  const entryOf = (more: Partial<CrsEntry> = {}): CrsEntry => ({
    device: '\\_SB.A',
    object: '_CRS',
    status: 'ok',
    resources: descriptors,
    ...more,
  });
  const told = (more: Partial<CrsEntry>) =>
    sections({ crs: [{ artifact: INPUT, entry: entryOf(more) }] })['\\_SB.A _CRS']!;
  const crs = (more: Partial<CrsEntry>) => json({ crs: [{ artifact: INPUT, entry: entryOf(more) }] }).acpi[0];

  test('each field with the bytes it is in, counted from the beginning of the template', () => {
    const rows = told({});
    expect(rows[0]).toEqual(['ok']);
    expect(rows[1]![0]).toMatch(/^0 IO/);
    expect(rows.slice(2, 8)).toEqual([
      ['0x00', '47', '', 'tag with length', 'io, 8 bytes in all'],
      ['0x01', '01', '0', expect.stringContaining('_DEC'), expect.any(String)],
      ['0x02', 'f8 03', '', expect.stringContaining('_MIN'), '0x3f8'],
      ['0x04', 'f8 03', '', expect.stringContaining('_MAX'), '0x3f8'],
      ['0x06', '01', '', expect.stringContaining('_ALN'), '0x1'],
      ['0x07', '08', '', expect.stringContaining('_LEN'), '0x8'],
    ]);
    expect(rows[9]).toEqual(['0x08', '86 09 00', '', 'tag and length', 'memory32-fixed, 12 bytes in all']);
    expect(rows.find((row) => row[0] === '0x0c')).toEqual([
      '0x0c',
      '00 00 d4 fe',
      '',
      expect.stringContaining('_BAS'),
      '0xfed40000',
    ]);
  });

  test('as JSON: offsets count from the beginning of the template', () => {
    const [io, memory] = crs({}).descriptors;
    expect(io).toMatchObject({ type: 'io', offset: 0, length: 8, bytes: '4701f803f8030108' });
    expect(memory).toMatchObject({ type: 'memory32-fixed', offset: 8, length: 12 });
    expect(memory.fields).toContainEqual(
      expect.objectContaining({ offset: 12, bytes: '0000d4fe', value: '0xfed40000', tag: '_BAS' }),
    );
    expect(io.fields[0]).toMatchObject({ offset: 1, bytes: '01', bits: { low: 0, width: 1 } });
    expect(io.fields[1]).not.toHaveProperty('bits');
  });

  test('of a list that was printed there are no bytes', () => {
    const { bytes: _bytes, ...printed } = descriptors[0]!;
    expect(told({ resources: [printed] })).toHaveLength(2);
    expect(crs({ resources: [printed] }).descriptors).toEqual([
      { type: 'io', offset: 0, length: 8, fields: [] },
    ]);
  });

  test('a status has its reason; steps and alternatives are there where there are any', () => {
    const IF = equals(fieldOf('AAAA'), 1n);
    const alternative = (more: Partial<CrsAlternative>): CrsAlternative => ({
      condition: IF,
      outcome: 'none',
      bytes: [],
      resources: [],
      ...more,
    });
    expect(told({ status: 'error', why: 'w', resources: [] })).toEqual([['error: w']]);
    expect(told({ steps: [{ text: 'a' }, { text: 'b' }], resources: [] })).toEqual([['ok'], ['a'], ['b']]);
    expect(told({ steps: [], resources: [] })).toEqual([['ok']]);
    expect(
      told({
        resources: [],
        alternatives: [
          alternative({}),
          alternative({ why: 'x', condition: not(IF) as never }),
          alternative({ why: 'y', outcome: 'abandoned' }),
          alternative({ condition: 0n }),
          alternative({ resources: descriptors.slice(0, 1) }),
        ],
      }).map(([text]) => text),
    ).toEqual([
      'ok',
      'when AAAA == 1:',
      'when AAAA != 1: x',
      'when AAAA == 1: unknown: y',
      'when AAAA == 1:',
      expect.stringMatching(/^0 IO/),
      ...['0x00', '0x01', '0x02', '0x04', '0x06', '0x07'],
    ]);
    const told2 = crs({
      bytes: BYTES,
      why: 'w',
      resources: [],
      steps: [{ text: 'a', span: SPAN }, { text: 'b' }],
      alternatives: [
        alternative({ bytes: [0x79], why: 'y', outcome: 'abandoned' }),
        alternative({ resources: descriptors.slice(0, 1) }),
      ],
    });
    expect(told2).toMatchObject({
      input: 0,
      device: '\\_SB.A',
      object: '_CRS',
      status: 'ok',
      why: 'w',
      bytes: Buffer.from(BYTES).toString('hex'),
      steps: [{ text: 'a', at: { line: 2, column: 3 } }, { text: 'b' }],
      alternatives: [
        { when: 'AAAA == 1', why: 'unknown: y', bytes: '79', descriptors: [] },
        { bytes: '', descriptors: [{ type: 'io' }] },
      ],
    });
    expect(told2.alternatives[1]).not.toHaveProperty('why');
    expect(told2.steps[1]).not.toHaveProperty('at');
    const bare = crs({ resources: [] });
    expect(bare).toEqual({
      input: 0,
      device: '\\_SB.A',
      object: '_CRS',
      status: 'ok',
      steps: [],
      descriptors: [],
    });
  });
});

test('inputs and what was reported while reading, where the report travels alone', () => {
  const diagnostics = [finding('artifact/empty', {}, { path: 'a.dts' })];
  const report = explainReport({ ...NONE, diagnostics });
  expect(sectionsOf(report.document('text'))).toEqual({});
  expect(Object.keys(sectionsOf(report.document('mail')))).toEqual(['Inputs', 'Diagnostics']);
  expect(Object.keys(sectionsOf(explainReport(NONE).document('mail')))).toEqual(['Inputs']);
  expect(report.found()).toEqual({ inputs: [INPUT], results: diagnostics });
  expect(json({ inputs: [artifactOf('x'), INPUT] }).inputs).toHaveLength(2);
});
