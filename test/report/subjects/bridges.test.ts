/** The report of `bridges`, and its results: each part where there is something, each change in words. */
import { describe, expect, test } from 'vitest';
import { finding, messageOf } from '../../../src/findings/finding.ts';
import type { Report } from '../../../src/report/formats/render.ts';
import { bridgesResults } from '../../../src/report/results/bridges.ts';
import { bridgesReport, busText } from '../../../src/report/subjects/bridges.ts';
import type { Condition } from '../../../src/symbolic/index.ts';
import type { BridgeChange, BridgesVerdict, JudgedBridge } from '../../../src/verdict/host-bridge/result.ts';
import type { AddressWindow } from '../../../src/window/window.ts';
import { equals, fieldOf, INPUT, NOTHING_TOLD, ORIGIN, SPAN, sectionsOf, windowOf } from './made.ts';

const IF = equals(fieldOf('AAAA'), 1n);
const bridgeOf = (more: Partial<JudgedBridge> = {}): JudgedBridge => ({
  device: '\\_SB.PCI0',
  by: 'acpi',
  bus: { domain: 0, first: 0, last: 255 },
  when: 1n,
  windows: [],
  changed: [],
  notes: [],
  keptFree: [],
  prints: [],
  ...more,
});
const verdictOf = (more: Partial<BridgesVerdict> = {}): BridgesVerdict => ({
  question: 'q',
  summary: 'the summary',
  bridges: [bridgeOf()],
  architecture: 'x86',
  kernel: { release: '6.12', presumed: false, name: 'Linux 6.12' },
  ...NOTHING_TOLD,
  ...more,
});
const changeOf = (more: Partial<BridgeChange> = {}): BridgeChange => ({
  did: 'dropped',
  window: windowOf(),
  why: 'it is so',
  when: 1n,
  source: 'f()',
  ...more,
});
const reportOf = (more: Partial<BridgesVerdict>, all = false): Report =>
  bridgesReport(verdictOf(more), { all });
const sections = (more: Partial<BridgesVerdict>, all = false) =>
  sectionsOf(reportOf(more, all).document('text'));
const ofBridge = (more: Partial<JudgedBridge>, all = false) => sections({ bridges: [bridgeOf(more)] }, all);
const json = (more: Partial<BridgesVerdict>) => JSON.parse(JSON.stringify(reportOf(more).json()));

test.each([
  [{ domain: 0, first: 0, last: 255 }, '0000:00-ff'],
  [{ domain: 0x1a, first: 0x40, last: 0x7f }, '001a:40-7f'],
  [{ domain: null, first: null, last: 7 }, '0000:??-07'],
])('buses %j: %s', (bus, text) => {
  expect(busText(bus)).toBe(text);
});

describe('windows', () => {
  const titles = (more: Partial<JudgedBridge>) => ofBridge(more)['']![1]![0];
  const observed = { bus: '0000:00', windows: [], contradictions: [] };

  test('each bridge with how that is known', () => {
    expect(titles({})).toBe('\\_SB.PCI0  buses 0000:00-ff');
    expect(titles({ when: 0n })).toBe('\\_SB.PCI0  buses 0000:00-ff, without a bus');
    expect(titles({ when: IF })).toBe('\\_SB.PCI0  buses 0000:00-ff, if AAAA == 1');
    expect(titles({ observed })).toBe('\\_SB.PCI0  buses 0000:00-ff, as the log has them');
    expect(titles({ observed: { ...observed, contradictions: ['c'] } })).toBe(
      '\\_SB.PCI0  buses 0000:00-ff, as the log has them and not as described',
    );
    expect(titles({ observed, by: 'log' })).toBe('\\_SB.PCI0  buses 0000:00-ff, by the log alone');
    expect(titles({ by: 'log' })).toBe('\\_SB.PCI0  buses 0000:00-ff');
  });

  test('none', () => {
    expect(sections({ bridges: [] })['']).toEqual([['the summary']]);
    expect(ofBridge({})['']!.slice(2)).toEqual([['no windows']]);
  });

  const at = (index: number, more: object = {}): AddressWindow =>
    windowOf({ base: 0xf800_0000n + BigInt(index) * 0x10_0000n, ...more });
  const RANGES = ['[mem 0xf8000000-0xf80fffff]', '1 MiB', 'low'];

  test('a row each; of more than three alike in a row the first, and their number', () => {
    const rows = (count: number, all = false) =>
      ofBridge({ windows: Array.from({ length: count }, (_, index) => at(index)) }, all)['']!.slice(2);
    expect(rows(1)).toEqual([[...RANGES, '']]);
    expect(rows(3)).toHaveLength(3);
    // Five of a mebibyte from 0xf8000000 on end before 0xf8500000.
    expect(rows(5)).toEqual([[...RANGES, ''], ['... 4 more of 1 MiB up to 0xf84fffff (--all)']]);
    expect(rows(5, true)).toHaveLength(5);
    const mixed = ofBridge({ windows: [0, 1, 2, 3, 9].map((index) => at(index)) })['']!.slice(2);
    expect(mixed.map((row) => row[0])).toEqual([
      RANGES[0],
      '... 3 more of 1 MiB up to 0xf83fffff (--all)',
      '[mem 0xf8900000-0xf89fffff]',
    ]);
  });

  test('what is inferred where all is asked for', () => {
    const windows = [at(0, { inferences: [{ text: 'it is low', because: [] }] })];
    expect(ofBridge({ windows })['']![2]![3]).toBe('');
    expect(ofBridge({ windows }, true)['']![2]![3]).toBe('inferred: it is low');
  });
});

describe('what became of others', () => {
  const why = (more: Partial<BridgeChange>): string =>
    ofBridge({ changed: [changeOf(more)] }).Changed![0]![2]!;

  test('each change with its reason and its source', () => {
    expect(ofBridge({}).Changed).toBeUndefined();
    expect(ofBridge({ changed: [changeOf()] }).Changed).toEqual([
      ['dropped', '[mem 0xf8000000-0xf80fffff]', 'it is so [1]'],
    ]);
    expect(why({ into: '[mem 0x1-0x2]' })).toBe('becomes [mem 0x1-0x2]: it is so [1]');
    expect(why({ when: IF })).toBe('it is so, if AAAA == 1 [1]');
    expect(why({ line: 'a line' })).toBe('it is so; logged as a line [1]');
    expect(why({ line: 'it is so' })).toBe('it is so [1]');
    expect(why({ line: 'a line', logged: true })).toBe('it is so; the log has a line [1]');
    expect(why({ line: 'a line', logged: true, source: 'a line' })).toBe('it is so; the log has a line');
    expect(why({ line: 'a line', source: 'a line' })).toBe('it is so; logged as a line [1]');
    expect(why({ source: 'the log' })).toBe('it is so');
  });

  test('of several bridges each names its own', () => {
    const bridges = [bridgeOf({ changed: [changeOf()] }), bridgeOf({ device: '\\_SB.PCI1' })];
    expect(Object.keys(sections({ bridges }))).toEqual(['', 'Changed (\\_SB.PCI0)', 'references']);
  });

  test('more than three that unite with the one before are reported together', () => {
    const united = (count: number): BridgeChange[] =>
      Array.from({ length: count }, (_, index) =>
        changeOf({
          did: 'united',
          window: windowOf({ base: 0xf800_0000n + BigInt(index) * 0x10_0000n }),
          kernels: 1n,
          into: `[mem 0x0-0x${index} window]`,
        }),
      );
    const rows = (changed: BridgeChange[], all = false) => ofBridge({ changed }, all).Changed!;
    expect(rows(united(3))).toHaveLength(3);
    expect(rows(united(5))).toEqual([
      [
        'united',
        '[mem 0xf8000000-0xf80fffff]',
        'and the 5 contiguous windows after it, up to 0x4: neighbours that exist become one (--all) [1]',
      ],
    ]);
    expect(rows(united(5), true)).toHaveLength(5);
    expect(rows([...united(4), changeOf()]).map(([did]) => did)).toEqual(['united', 'dropped']);
    // Another source, other kernels, none at all, or a gap between them: one by one.
    const other = (more: Partial<BridgeChange>): BridgeChange[] =>
      united(5).map((change, index) => (index < 2 ? change : { ...change, ...more }));
    expect(rows(other({ source: 'g()' }))).toHaveLength(5);
    expect(rows(other({ kernels: IF }))).toHaveLength(5);
    const { kernels: _kernels, ...without } = united(1)[0]!;
    expect(rows(Array.from({ length: 5 }, () => without))).toHaveLength(5);
    expect(rows([...united(2), ...united(5).slice(3)])).toHaveLength(4);
  });

  test('notes, what is kept free, what the log contradicts', () => {
    const note = { text: 'n', when: 1n, source: 'f()' } as const;
    const told = ofBridge({
      notes: [note, { ...note, line: ' a line ', when: IF }, { ...note, line: '' }],
      keptFree: [
        { window: windowOf(), start: 0x1000n, end: 0x1fffn, by: 'BIOS ROM', when: 1n },
        { window: windowOf(), start: 0x1000n, end: 0x1fffn, by: 'E820', when: IF },
      ],
      observed: { bus: '0000:00', windows: [], contradictions: ['c'] },
    });
    expect(told.Also).toEqual([['n [1]'], ['n, if AAAA == 1; logged as a line [1]'], ['n [1]']]);
    expect(told['Kept free of new BARs']).toEqual([
      ['[mem 0x00001000-0x00001fff]', 'BIOS ROM'],
      ['[mem 0x00001000-0x00001fff]', 'E820, if AAAA == 1'],
    ]);
    expect(told['Contradicted by the log']).toEqual([['c']]);
    expect(Object.keys(ofBridge({ observed: { bus: '0000:00', windows: [], contradictions: [] } }))).toEqual([
      '',
    ]);
  });
});

describe('BARs', () => {
  const fit = { bar: 'b', bridge: '\\_SB.PCI0', fits: 'no', why: ['x', 'y'] } as const;
  const rows = (fits: BridgesVerdict['fits']) => sections({ fits: fits! })['Do the BARs fit?'];

  test('those in a window by their number, the others one by one', () => {
    const placed = { ...fit, fits: 'placed' } as const;
    expect(sections({})['Do the BARs fit?']).toBeUndefined();
    expect(rows([])).toBeUndefined();
    expect(rows([placed])).toEqual([['1 BAR of the machine is in a window of the bridge.']]);
    expect(rows([placed, placed])).toEqual([['2 BARs of the machine are in a window of the bridge.']]);
    expect(rows([fit, { ...fit, fits: 'fits', at: { start: 0x1000n, end: 0x1fffn } }])).toEqual([
      ['b', '\\_SB.PCI0', 'no', '', 'x; y'],
      ['b', '\\_SB.PCI0', 'fits', '0x1000-0x1fff', 'x; y'],
    ]);
    expect(rows([placed, fit])).toHaveLength(2);
  });

  test('as JSON', () => {
    expect(json({ fits: [fit, { ...fit, at: { start: 0x1000n, end: 0x1fffn } }] }).fits).toEqual([
      fit,
      { ...fit, base: '0x1000', last: '0x1fff' },
    ]);
    expect(json({})).not.toHaveProperty('fits');
  });
});

test('releases', () => {
  const row = { releases: '6.1', when: 'w', bridge: '\\_SB.PCI0', windows: ['[a]', '[b]'], because: 'c' };
  expect(sections({ matrix: [row] })['By release']).toEqual([['6.1', '\\_SB.PCI0', '[a] [b]', 'c']]);
  expect(json({ matrix: [row] }).matrix).toEqual([row]);
  expect(sections({})['By release']).toBeUndefined();
  expect(json({})).not.toHaveProperty('matrix');
});

test('inputs and what was reported are there where the report travels alone', () => {
  const diagnostics = [finding('artifact/empty', {}, { path: 'a.dts' })];
  const headings = (format: 'text' | 'mail') =>
    Object.keys(sectionsOf(bridgesReport(verdictOf({ diagnostics })).document(format)));
  expect(headings('text')).toEqual(['']);
  expect(headings('mail')).toEqual(['', 'Inputs', 'Diagnostics']);
});

describe('as JSON', () => {
  const bridge = (more: Partial<JudgedBridge>) => json({ bridges: [bridgeOf(more)] }).bridges[0];
  const CONDITION = { when: 'AAAA == 1', condition: { op: '==', left: 'AAAA', right: '1' } };

  test('conditions where there are any', () => {
    expect(bridge({})).not.toHaveProperty('when');
    expect(bridge({ when: IF })).toMatchObject(CONDITION);
    expect(bridge({ when: 0n })).toMatchObject({ when: '1 == 0' });
  });

  test('changes and notes have what is known of them', () => {
    const change = (more: Partial<BridgeChange>) => bridge({ changed: [changeOf(more)] }).changed[0];
    const { window: _, ...bare } = change({});
    expect(bare).toEqual({ did: 'dropped', why: 'it is so', source: 'f()' });
    expect(change({ into: 'i', line: 'l', logged: false, when: IF })).toMatchObject({
      into: 'i',
      line: 'l',
      logged: false,
      ...CONDITION,
    });
    const note = { text: 'n', when: 1n, source: 'f()' } as const;
    expect(bridge({ notes: [note, { ...note, line: 'l', when: IF }] }).notes).toEqual([
      { text: 'n', source: 'f()' },
      { text: 'n', source: 'f()', line: 'l', ...CONDITION },
    ]);
  });

  test('what is kept free, and by what that is known', () => {
    const free = { window: windowOf(), start: 0x1000n, end: 0x1fffn, by: 'E820', when: 1n } as const;
    expect(
      bridge({ keptFree: [free, { ...free, evidence: { text: 't', origin: ORIGIN } }] }).keptFree,
    ).toEqual([
      { base: '0x1000', last: '0x1fff', by: 'E820' },
      {
        base: '0x1000',
        last: '0x1fff',
        by: 'E820',
        evidence: {
          text: 't',
          origin: { input: 0, path: '/bus', item: 'ranges', index: 1, at: { line: 2, column: 3 } },
        },
      },
    ]);
  });

  test('what the log has', () => {
    expect(bridge({})).not.toHaveProperty('observed');
    const observed = { bus: '0000:00', windows: [windowOf()], contradictions: ['c'] };
    expect(bridge({ observed }).observed).toMatchObject({
      bus: '0000:00',
      windows: [{ base: '0xf8000000' }],
      contradictions: ['c'],
    });
  });

  test('the kernel, and whether it is assumed', () => {
    expect(json({}).kernel).toEqual({ release: '6.12', presumed: false });
    expect(json({ kernel: { release: null, presumed: true, name: 'Linux' } }).kernel).toEqual({
      release: null,
      presumed: true,
    });
  });
});

describe('results', () => {
  const results = (more: Partial<BridgesVerdict>) =>
    bridgesResults(verdictOf(more)).map((result) => [
      result.code,
      messageOf(result),
      result.path,
      result.span,
    ]);
  const ofOne = (more: Partial<JudgedBridge>) => results({ bridges: [bridgeOf(more)] });
  const RANGE = '[mem 0xf8000000-0xf80fffff]';

  test.each<[BridgeChange['did'], string, string]>([
    ['dropped', 'lost', 'drops'],
    ['refused', 'lost', 'refuses'],
    ['clipped', 'clipped', 'clips'],
    ['united', 'merged', 'unites'],
    ['coalesced', 'merged', 'coalesces'],
  ])('of a window that is %s', (did, code, verb) => {
    expect(ofOne({ changed: [changeOf({ did })] })).toEqual([
      [`answer/bridge-window-${code}`, `\\_SB.PCI0: Linux ${verb} ${RANGE}: it is so (f())`, '/bus', SPAN],
    ]);
  });

  test('with what it becomes, and when', () => {
    expect(ofOne({ changed: [changeOf({ into: 'I', when: IF })] })[0]![1]).toBe(
      `\\_SB.PCI0: Linux drops ${RANGE} into I if AAAA == 1: it is so (f())`,
    );
    const base = fieldOf('BASE');
    const window: AddressWindow = { ...windowOf(), certainty: 'unknown', base, size: 16n, why: 'w' };
    expect(ofOne({ changed: [changeOf({ window })] })[0]![1]).toContain('[mem BASE-BASE+');
  });

  test('the ports of the configuration mechanism are no loss on any machine', () => {
    const code = (more: object) => ofOne({ changed: [changeOf({ window: windowOf(more) })] })[0]![0];
    const ports = { space: 'io', base: 0xcf8n, size: 8n } as const;
    expect(code(ports)).toBe('answer/bridge-note');
    for (const other of [{ space: 'memory' }, { base: 0xcf0n }, { size: 16n }])
      expect(code({ ...ports, ...other })).toBe('answer/bridge-window-lost');
  });

  test('notes, and what the log has otherwise with its lines beside it', () => {
    const note = (when: Condition) => ({ text: 'n', when, source: 'f()' });
    expect(ofOne({ notes: [note(1n), note(IF)], windows: [windowOf()] })).toEqual([
      ['answer/bridge-note', '\\_SB.PCI0: n (f())', '/bus', SPAN],
      ['answer/bridge-note', '\\_SB.PCI0: n if AAAA == 1 (f())', '/bus', SPAN],
    ]);
    expect(ofOne({ notes: [note(1n)] })[0]!.slice(2)).toEqual([undefined, undefined]);
    const line = { ...SPAN, start: 0, end: 5 };
    const observed = {
      bus: '0000:00',
      windows: [windowOf({ origin: { ...ORIGIN, span: line } })],
      contradictions: ['c'],
    };
    const [differs] = bridgesResults(verdictOf({ bridges: [bridgeOf({ windows: [windowOf()], observed })] }));
    expect(differs).toMatchObject({
      code: 'answer/bridge-differs',
      path: '/bus',
      related: [{ what: 'evidence', span: line }],
    });
    expect(messageOf(differs!)).toBe('\\_SB.PCI0: c');
    expect(bridgesResults(verdictOf({ bridges: [bridgeOf({ observed })] }))[0]).not.toHaveProperty('path');
  });

  test('BARs that do not fit, or may not', () => {
    const fit = { bar: 'b', bridge: '\\_SB.PCI0', why: ['x', 'y'] };
    const bridges = [bridgeOf({ device: 'other', windows: [] }), bridgeOf({ windows: [windowOf()] })];
    expect(
      results({
        bridges,
        fits: (['placed', 'fits', 'no', 'open'] as const).map((fits) => ({ ...fit, fits })),
      }),
    ).toEqual([
      ['answer/bar-does-not-fit', '\\_SB.PCI0: b does not fit: x; y', '/bus', SPAN],
      ['answer/bar-may-not-fit', '\\_SB.PCI0: b may not fit: x; y', '/bus', SPAN],
    ]);
    expect(results({ fits: [{ ...fit, bridge: 'gone', fits: 'no' }] })[0]!.slice(2)).toEqual([
      undefined,
      undefined,
    ]);
  });

  test('of the report: what was reported of the inputs first', () => {
    const diagnostics = [finding('artifact/empty', {}, { path: 'a.dts' })];
    const found = reportOf({ diagnostics, bridges: [bridgeOf({ changed: [changeOf()] })] }).found();
    expect(found.results.map(({ code }) => code)).toEqual(['artifact/empty', 'answer/bridge-window-lost']);
    expect(found.inputs).toEqual([INPUT]);
  });
});
