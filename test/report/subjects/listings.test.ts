/** The reports of `windows` and `resources`, of values made by hand. */
import { describe, expect, test } from 'vitest';
import type { CrsAlternative, CrsEntry } from '../../../src/acpi/crs/crs.ts';
import { decodeTemplate } from '../../../src/acpi/resources/decode.ts';
import type { AddressEntry } from '../../../src/devicetree/address/entries.ts';
import {
  type ResourcesReport,
  resourcesDocument,
  resourcesJson,
} from '../../../src/report/subjects/resources.ts';
import { moreText, similarRun } from '../../../src/report/subjects/runs.ts';
import { windowsDocument, windowsJson } from '../../../src/report/subjects/windows.ts';
import { not } from '../../../src/symbolic/index.ts';
import type { AddressWindow } from '../../../src/window/window.ts';
import { artifactOf, equals, fieldOf, INPUT, ORIGIN, SPAN, sectionsOf, windowOf } from './made.ts';

const IF = equals(fieldOf('AAAA'), 1n);
const MIB = 0x10_0000n;

describe('windows', () => {
  const at = (index: number, path = '/bus', more: object = {}): AddressWindow =>
    windowOf({
      base: 0xf800_0000n + BigInt(index) * MIB,
      origin: { ...ORIGIN, path, index },
      ...more,
    });
  const register = (index: number, path: string, more: object = {}): AddressWindow =>
    at(index * 2, path, { role: 'register', ...more });
  const rows = (windows: AddressWindow[], all = false, ids?: Map<string, string[]>) =>
    sectionsOf(
      windowsDocument(
        { inputs: [INPUT], windows, diagnostics: [], ...(ids === undefined ? {} : { ids }) },
        { all, withInputs: false },
      ),
    )['']!;
  const RANGE = '[mem 0xf8000000-0xf80fffff]';

  test('none', () => {
    expect(rows([])).toEqual([['No address windows: the inputs describe none.']]);
    const drawn = { all: false, withInputs: false, withoutList: true };
    expect(windowsDocument({ inputs: [INPUT], windows: [at(0)], diagnostics: [] }, drawn)).toEqual([]);
  });

  test('by device, in their order, each with what it is', () => {
    expect(rows([at(0, '/a'), at(1, '/b'), at(2, '/a')])).toEqual([
      ['/a'],
      [RANGE, '1 MiB', 'low', ''],
      ['[mem 0xf8200000-0xf82fffff]', '1 MiB', 'low', ''],
      ['/b'],
      ['[mem 0xf8100000-0xf81fffff]', '1 MiB', 'low', ''],
    ]);
    expect(rows([at(0, '\\_SB.A')], false, new Map([['\\_SB.A', ['PNP0A03']]]))[0]).toEqual([
      '\\_SB.A  PCI host bridge (PNP0A03)',
    ]);
  });

  test('what is no window says so; every item where all are asked for', () => {
    expect(rows([register(0, '/a')])[1]![3]).toBe('register');
    expect(rows([at(0)], true)[1]![3]).toBe('ranges[0]');
    expect(rows([register(0, '/a')], true)[1]![3]).toBe('register, ranges[0]');
    const inferences = [{ text: 'it is low', because: [] }];
    expect(rows([at(0, '/a', { inferences })])[1]![3]).toBe('');
    expect(rows([at(0, '/a', { inferences })], true)[1]![3]).toBe('inferred: it is low, ranges[0]');
  });

  test('of more than three alike in a row the first, and their number', () => {
    const run = (count: number, all = false) =>
      rows(
        Array.from({ length: count }, (_, index) => at(index)),
        all,
      );
    expect(run(3)).toHaveLength(4);
    expect(run(4)).toEqual([
      ['/bus'],
      [RANGE, '1 MiB', 'low', ''],
      ['... 3 more of 1 MiB up to 0xf83fffff (--all)'],
    ]);
    expect(run(4, true)).toHaveLength(5);
    expect(rows([...[0, 1, 2, 3].map((index) => at(index)), at(9)]).at(-1)![0]).toBe(
      '[mem 0xf8900000-0xf89fffff]',
    );
  });

  test('registers of more than three are told by their number, of devices below one together', () => {
    const of = (count: number, path: string) =>
      Array.from({ length: count }, (_, index) => register(index, path));
    const titles = (windows: AddressWindow[], all = false) =>
      rows(windows, all).filter((row) => row.length === 1);
    expect(titles(of(3, '/soc/a'))).toEqual([['/soc/a']]);
    expect(titles(of(4, '/soc/a'))).toEqual([['/soc/a  4 registers (--all)']]);
    expect(titles(of(4, '/soc/a'), true)).toEqual([['/soc/a']]);
    expect(titles([...of(3, '/soc/a'), at(9, '/soc/a')])).toEqual([['/soc/a']]);
    expect(titles([...of(2, '/soc/a'), ...of(2, '/soc/b')])).toEqual([
      ['/soc  4 registers of 2 devices (--all)'],
    ]);
    expect(titles([...of(1, '/soc/a'), ...of(2, '/soc/b')])).toEqual([['/soc/a'], ['/soc/b']]);
    // Of another device, of one that has a window, of the root itself: apart.
    expect(titles([...of(2, '/soc/a'), ...of(2, '/bus/b')])).toEqual([['/soc/a'], ['/bus/b']]);
    expect(titles([...of(2, '/soc/a'), at(9, '/soc/b'), ...of(2, '/soc/c')])).toHaveLength(3);
    expect(titles([...of(2, '/a'), ...of(2, '/b')])).toEqual([['/a'], ['/b']]);
    expect(titles([...of(2, '\\_SB.P.A'), ...of(2, '\\_SB.P.B')])).toEqual([
      ['\\_SB.P  4 registers of 2 devices (--all)'],
    ]);
    // What stands behind a run is not lost.
    expect(titles([...of(2, '/soc/a'), ...of(2, '/soc/b'), at(9, '/c')])).toEqual([
      ['/soc  4 registers of 2 devices (--all)'],
      ['/c'],
    ]);
  });

  test('of several inputs each row has its own', () => {
    const other = { ...ORIGIN, artifact: artifactOf('-'), path: '/bus' };
    const table = windowsDocument(
      { inputs: [INPUT], windows: [at(0), at(1, '/bus', { origin: other })], diagnostics: [] },
      { all: false, withInputs: false },
    )[0]!;
    expect(table.kind === 'groups' && table.columns.map(({ title }) => title)).toEqual([
      'range',
      'size',
      'class',
      'input',
      'notes',
    ]);
    expect(rows([at(0), at(1, '/bus', { origin: other })]).map((row) => row[3])).toEqual([
      undefined,
      'a.dts',
      undefined,
      '<stdin>',
    ]);
    const registers = (origin: object) =>
      [0, 1].flatMap((index) =>
        ['/soc/a', '/soc/b'].map((path) => register(index, path, { origin: { ...other, ...origin, path } })),
      );
    const titles = rows([...registers({}), ...registers({ artifact: INPUT })]).filter(
      (row) => row.length === 1,
    );
    expect(titles).toEqual([
      ['/soc  4 registers of 2 devices in <stdin> (--all)'],
      ['/soc  4 registers of 2 devices in a.dts (--all)'],
    ]);
  });

  test('inputs below, where the report travels alone', () => {
    const told = windowsDocument(
      { inputs: [INPUT], windows: [], diagnostics: [] },
      { all: false, withInputs: true },
    );
    expect(sectionsOf(told).Inputs).toEqual([['a.dts (dts)', 'sha256 0123456789abcdef']]);
    expect(windowsJson({ inputs: [INPUT], windows: [at(0)], diagnostics: [] })).toMatchObject({
      schema: 'fwmap/windows@1',
      windows: [{ base: '0xf8000000' }],
    });
  });
});

describe('windows that are alike, one where the other ends', () => {
  const of = (index: number, more: object = {}) =>
    ({ ...windowOf({ base: 0x1000n * BigInt(index), size: 0x1000n }), ...more }) as AddressWindow;
  const run = (...windows: AddressWindow[]): number => similarRun(windows, 0);

  test('are a run', () => {
    expect(run(of(0))).toBe(1);
    expect(run(of(0), of(1), of(2))).toBe(3);
    expect(similarRun([of(9), of(0), of(1)], 1)).toBe(2);
    for (const other of [
      { size: 0x2000n },
      { base: 0x1001n },
      { space: 'io' },
      { role: 'register' },
      { certainty: 'unknown', why: 'w' },
      { certainty: 'unknown', why: 'w', base: null },
      { inferences: [] },
    ])
      expect([other, run(of(0), of(1, other), of(2))]).toEqual([other, 1]);
    expect(run(of(0, { inferences: [] }), of(1, { inferences: [] }))).toBe(1);
    expect(run(of(0, { base: null }), of(1))).toBe(1);
  });

  test('are told by their number', () => {
    const list = [of(0), of(1), of(2)];
    expect(moreText(list, 0, 3)).toBe('... 2 more of 4 KiB up to 0x00002fff (--all)');
    const io = list.map((window) => ({ ...window, space: 'io' }) as AddressWindow);
    expect(moreText(io, 1, 2)).toBe('... 1 more of 0x1000 up to 0x00002fff (--all)');
    const open = list.map((window) => ({ ...window, certainty: 'conditional', when: IF }) as AddressWindow);
    expect(moreText(open, 0, 3)).toBe(
      '... 2 more of 4 KiB up to 0x00002fff, each with its condition (--all)',
    );
  });
});

describe('resources', () => {
  const node = {
    name: 'bus',
    parent: { name: '', parent: undefined },
    children: [],
    properties: [],
    labels: [],
  };
  const count = (cells: number) => ({ cells, from: 'own', node: '/' });
  const entryOf = (more: object = {}): AddressEntry =>
    ({
      node,
      item: 'ranges',
      index: 2,
      cells: [1, 2],
      base: 0x1000n,
      size: 0x10n,
      parent: 0x2000n,
      cpu: 0x3000n,
      why: undefined,
      flags: undefined,
      parentFlags: undefined,
      bus: 'default',
      counts: { childAddress: count(1), parentAddress: count(2), size: count(1) },
      steps: [],
      available: true,
      span: undefined,
      ...more,
    }) as unknown as AddressEntry;
  const NONE: ResourcesReport = { inputs: [INPUT], trees: [], crs: [], diagnostics: [] };
  const told = (more: Partial<ResourcesReport>, withInputs = false) =>
    sectionsOf(resourcesDocument({ ...NONE, ...more }, withInputs));
  const tree = (...entries: AddressEntry[]) => ({ trees: [{ artifact: INPUT, entries }] });
  const json = (more: Partial<ResourcesReport>) =>
    JSON.parse(JSON.stringify(resourcesJson({ ...NONE, ...more })));

  test('none', () => {
    expect(told({})).toEqual({ '': [['No resources: the inputs describe none.']] });
    expect(told(tree())).toEqual({ '': [['No reg, ranges or dma-ranges entries.']] });
    expect(told({ trees: [...tree().trees, { artifact: artifactOf('b.dts'), entries: [] }] })).toEqual({
      'a.dts': [['No reg, ranges or dma-ranges entries.']],
      'b.dts': [['No reg, ranges or dma-ranges entries.']],
    });
    expect(told({}, true).Inputs).toHaveLength(1);
  });

  test('entries by node, a row each', () => {
    const sections = (more: object) => told(tree(entryOf(more)))['']!;
    const row = (more: object): string[] => sections(more)[1]!;
    expect(sections({})[0]).toEqual(['/bus']);
    expect(row({})).toEqual(['ranges[2]', '0x1000', '0x10', '[mem 0x00003000-0x0000300f]', 'parent 0x2000']);
    expect(row({ size: null }).slice(1, 4)).toEqual(['0x1000', '', '0x3000']);
    expect(row({ size: 0n })[3]).toBe('0x3000');
    expect(row({ parent: null })[4]).toBe('');
    expect(row({ cpu: null })[3]).toBe('none');
    expect(row({ cpu: null, why: 'w' }).slice(3)).toEqual(['none', 'parent 0x2000, w']);
    const flags = { space: 'io', prefetchable: true, cell: 1 };
    expect(row({ flags })).toEqual([
      'ranges[2]',
      'io 0x1000',
      '0x10',
      '[io  0x3000-0x300f]',
      'parent 0x2000, prefetchable',
    ]);
    expect(row({ flags, available: false })[4]).toBe('parent 0x2000, prefetchable, disabled');
    expect(row({ available: false })[4]).toBe('parent 0x2000, disabled');
    expect(row({ parentFlags: { flags: { space: 'mem32' }, number: 0x2n } })[4]).toBe('parent mem32 0x2');
  });

  test('entries as JSON', () => {
    const entry = (more: object) => json(tree(entryOf(more))).deviceTree[0];
    const bare = {
      input: 0,
      node: '/bus',
      item: 'ranges',
      index: 2,
      cells: ['0x1', '0x2'],
      base: '0x1000',
      size: '0x10',
      parent: '0x2000',
      cpu: '0x3000',
      bus: 'default',
      counts: { child: 1, parent: 2, size: 1 },
      available: true,
    };
    expect(entry({})).toEqual(bare);
    const { parent: _, ...without } = bare;
    expect(entry({ parent: null, counts: { childAddress: count(1), size: count(1) } })).toEqual({
      ...without,
      counts: { child: 1, size: 1 },
    });
    expect(entry({ cpu: null, why: 'w', size: null, span: SPAN })).toEqual({
      ...bare,
      cpu: null,
      why: 'w',
      size: null,
      at: { line: 2, column: 3 },
    });
    expect(entry({ flags: { cell: 0x80 } }).flags).toEqual({ cell: '0x80' });
    const flags = { space: 'mem64', prefetchable: false, relocatable: true, aliased: false };
    expect(entry({ flags: { ...flags, cell: 1 } }).flags).toEqual({ ...flags, cell: '0x1' });
  });

  const { resources } = decodeTemplate([0x47, 0x01, 0xf8, 0x03, 0xf8, 0x03, 0x01, 0x08, 0x79, 0]);
  const crsOf = (more: Partial<CrsEntry> = {}) => ({
    crs: [
      {
        artifact: INPUT,
        entry: { device: '\\_SB.A', object: '_CRS', status: 'ok', resources, ...more } as CrsEntry,
      },
    ],
  });
  const alternative = (more: Partial<CrsAlternative> = {}): CrsAlternative => ({
    condition: IF,
    outcome: 'template',
    bytes: [],
    resources: [],
    ...more,
  });

  test('descriptors below their device, with why it is not known', () => {
    const title = (more: Partial<CrsEntry>): string => told(crsOf(more))['']![0]![0]!;
    expect(told(crsOf())['']).toEqual([['\\_SB.A _CRS'], [expect.stringMatching(/^IO/)]]);
    expect(told(crsOf({ resources: [] }))['']).toHaveLength(1);
    expect(title({ hid: 'PNP0A03', cid: ['X'] })).toBe('\\_SB.A _CRS  PCI host bridge (PNP0A03)');
    expect(title({ cid: ['PNP0A03'] })).toBe('\\_SB.A _CRS  PCI host bridge (PNP0A03)');
    expect(title({ status: 'partial' })).toBe('\\_SB.A _CRS: partly unknown');
    expect(title({ status: 'error' })).toBe('\\_SB.A _CRS: cannot be evaluated');
    expect(title({ status: 'error', why: 'w' })).toBe('\\_SB.A _CRS: w');
    expect(title({ status: 'unknown', depends: IF })).toBe('\\_SB.A _CRS: depends on AAAA == 1');
    const no = alternative({ condition: 0n });
    const other = alternative({ condition: not(IF) as never });
    expect(title({ status: 'alternatives', depends: IF, alternatives: [no, other] })).toBe(
      '\\_SB.A _CRS: depends on AAAA != 1',
    );
    expect(title({ status: 'alternatives', depends: IF, alternatives: [no] })).toBe(
      '\\_SB.A _CRS: depends on AAAA == 1',
    );
  });

  test('each way it may end that can be', () => {
    const alternatives = [
      alternative({ resources }),
      alternative({ condition: 0n, resources }),
      alternative({ condition: not(IF) as never, outcome: 'none', why: 'x' }),
      alternative({ outcome: 'abandoned', why: 'y' }),
      alternative({ outcome: 'abandoned' }),
    ];
    expect(told(crsOf({ resources: [], alternatives }))['']!.slice(1)).toEqual([
      ['if AAAA == 1'],
      [expect.stringMatching(/^IO/)],
      ['if AAAA != 1: x'],
      ['if AAAA == 1: unknown: y'],
      ['if AAAA == 1'],
    ]);
    expect(json(crsOf({ alternatives })).acpi[0].alternatives).toMatchObject([
      { when: 'AAAA == 1', bytes: '', resources: [{ type: 'io' }] },
      { when: 'AAAA != 1', why: 'x' },
      { when: 'AAAA == 1', why: 'unknown: y' },
      { when: 'AAAA == 1' },
    ]);
    expect(json(crsOf({ alternatives })).acpi[0].alternatives[0]).not.toHaveProperty('why');
  });

  test('devices as JSON', () => {
    const crs = (more: Partial<CrsEntry>) => json(crsOf({ resources: [], ...more })).acpi[0];
    const bare = { input: 0, device: '\\_SB.A', object: '_CRS', status: 'ok', resources: [] };
    expect(crs({})).toEqual(bare);
    expect(crs({ cid: [] })).toEqual(bare);
    const ids = { hid: 'H', cid: ['C'], uid: 'U' };
    expect(crs({ ...ids, adr: 0x10n, sta: 0xfn, bytes: [0x79, 0], span: SPAN })).toEqual({
      ...bare,
      ...ids,
      adr: '0x10',
      sta: '0xf',
      bytes: '7900',
      at: { line: 2, column: 3 },
    });
    expect(crs({ sta: null }).sta).toBeNull();
    expect(crs({ why: 'w' }).why).toBe('w');
    expect(crs({ why: 'w', depends: IF, status: 'alternatives' }).why).toBe(
      'its resources depend on AAAA == 1',
    );
    expect(crs({ depends: IF, status: 'unknown' }).why).toBe('the device exists only when AAAA == 1');
    expect(json(crsOf()).acpi[0].resources).toMatchObject([{ type: 'io' }]);
  });
});
