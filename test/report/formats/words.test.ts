/** The words and shapes that all reports share, on both sides of each edge. */
import { describe, expect, test } from 'vitest';
import type { Artifact } from '../../../src/artifact/artifact.ts';
import { textSource } from '../../../src/bytes/source.ts';
import { finding } from '../../../src/findings/finding.ts';
import { type ChangedFileReport, changedFilesReport } from '../../../src/report/changed-files.ts';
import { Conditions } from '../../../src/report/conditions.ts';
import { plainText } from '../../../src/report/document.ts';
import { contentLines, exampleLines, hidesText } from '../../../src/report/finding.ts';
import { countText } from '../../../src/report/formats/github.ts';
import {
  diagnosticJson,
  gapJson,
  hexOrNull,
  inputsJson,
  placeJson,
  windowJson,
} from '../../../src/report/formats/json-parts.ts';
import { foldKnown, foldRuns, foldUnplaced } from '../../../src/report/map/fold.ts';
import type { MapItem } from '../../../src/report/map/items.ts';
import {
  certaintyText,
  columnsOf,
  detailLines,
  isUncertain,
  kindText,
  ownerText,
  shortened,
} from '../../../src/report/map/words.ts';
import {
  classText,
  deviceTitle,
  inputItem,
  inputName,
  originPlace,
  sizeText,
  whereText,
  windowNotes,
} from '../../../src/report/phrases.ts';
import { Fingerprints } from '../../../src/report/results/fingerprint.ts';
import { locateByName, uriPath } from '../../../src/report/results/located.ts';
import { Files, isNoFile, nameOfInput } from '../../../src/report/results/place.ts';
import {
  answerResult,
  foundTogether,
  relatedTo,
  whereOf,
  worstFirst,
} from '../../../src/report/results/results.ts';
import type { AddressWindow, CertainWindow } from '../../../src/window/window.ts';

const GIB = 1n << 30n;
const source = textSource('a.dts', 'first\n  /* c */ second = <1>; // d\nthird\n');
const artifact = (path: string, more: Partial<Artifact> = {}): Artifact => ({
  kind: 'dts',
  source,
  path,
  sha256: 'aa',
  steps: [],
  ...more,
});
const span = { source, start: 8, end: 25 };
const origin = { artifact: artifact('a.dts'), path: '/bus', item: 'ranges', index: 1, span };
const window = (more: Partial<CertainWindow> = {}): CertainWindow => ({
  space: 'memory',
  role: 'window',
  certainty: 'certain',
  base: 0xf800_0000n,
  size: 0x10_0000n,
  flags: {},
  origin,
  derivation: [],
  ...more,
});

describe('a window in words', () => {
  test.each<[string, Partial<CertainWindow>, string, string]>([
    ['low', {}, '1 MiB', 'low'],
    ['below 1 MiB', { base: 0n, size: 0x10_0000n }, '1 MiB', 'below 1 MiB'],
    ['one byte more', { base: 0n, size: 0x10_0001n }, sizeText({ space: 'memory', size: 0x10_0001n }), 'low'],
    ['up to 4 GiB', { base: 3n * GIB, size: GIB }, '1 GiB', 'low'],
    ['across', { base: 3n * GIB, size: 2n * GIB }, '2 GiB', 'across 4 GiB'],
    ['high', { base: 4n * GIB, size: GIB }, '1 GiB', 'high'],
    ['a port', { space: 'io', size: 1n }, '1 port', ''],
    ['ports', { space: 'io', size: 8n }, '8 ports', ''],
    ['bus numbers', { space: 'bus', size: 8n }, '', ''],
  ])('%s', (_title, more, size, name) => {
    expect([sizeText(window(more)), classText(window(more))]).toEqual([size, name]);
  });

  test('what else there is to say', () => {
    const notes = (more: object, options = {}) =>
      windowNotes({ ...window(), ...more } as AddressWindow, new Conditions(), options);
    expect(notes({})).toEqual([]);
    expect(notes({ flags: { prefetchable: true, pci: 'mem64' } })).toEqual(['mem64', 'prefetchable']);
    expect(notes({ flags: { pci: 'mem32' }, bus: { base: 0x1000n } })).toEqual(['mem32 0x1000']);
    expect(notes({ bus: { base: 0x1000n } })).toEqual(['bus address 0x1000']);
    expect(notes({ bus: { base: 0xf800_0000n } })).toEqual([]);
    expect(notes({ flags: { available: false } })).toEqual(['disabled']);
    expect(notes({ flags: { available: true } })).toEqual([]);
    expect(notes({ flags: { available: false }, ignored: 'no driver' })).toEqual(['ignored: no driver']);
    expect(notes({ certainty: 'unknown', base: null, why: 'it is a field' })).toEqual([
      'unknown: it is a field',
    ]);
    expect(notes({ certainty: 'unknown', size: null, why: 'it is a field' })).toEqual([
      'unknown: it is a field',
    ]);
    expect(notes({ certainty: 'unknown', why: 'it is a field' })).toEqual([]);
    const inferences = [
      { text: 'it is low', because: [{ text: 'SRAT' }, { text: 'SRAT' }, { text: 'log' }] },
    ];
    expect(notes({ inferences })).toEqual(['inferred: it is low (SRAT; log)']);
    expect(notes({ inferences: [{ text: 'it is low', because: [] }] })).toEqual(['inferred: it is low']);
    expect(notes({ inferences }, { inferences: false })).toEqual([]);
  });

  test.each([
    ['\\_SB.PCI0', ['PNP0A08', 'PNP0A03'], undefined, '\\_SB.PCI0  PCI host bridge (PNP0A08)'],
    ['\\_SB.X', ['ABCD0001', 'PNP0C02'], undefined, '\\_SB.X  motherboard resources (ABCD0001)'],
    ['\\_SB.X', ['ABCD0001'], '_CRS', '\\_SB.X _CRS  ABCD0001'],
    ['\\_SB.X', [undefined, 'pnp0103'], undefined, '\\_SB.X  HPET (pnp0103)'],
    ['\\_SB.X', [], undefined, '\\_SB.X'],
  ])('the device %s of %s', (path, ids, object, title) => {
    expect(plainText(deviceTitle(path, ids, object))).toBe(title);
  });

  test('where it was read', () => {
    expect(whereText(origin)).toBe('/bus ranges[1]');
    expect(originPlace(origin)).toBe('a.dts:2.3');
    const { span: _span, ...without } = origin;
    expect(originPlace(without)).toBe('a.dts');
  });

  test('inputs by their names, how they were come by, and their hash', () => {
    expect([inputName({ path: '-' }), inputName({ path: 'x' })]).toEqual(['<stdin>', 'x']);
    expect(inputItem(artifact('x'))).toEqual({
      text: [{ text: 'x', tone: 'code' }, ' (dts)'],
      below: [{ text: 'sha256 aa' }],
    });
    expect(inputItem(artifact('x', { steps: [{ how: 'gzip' }, { how: 'tar', name: 'y' }] })).text).toEqual([
      { text: 'x', tone: 'code' },
      ' (dts, gzip, tar y)',
    ]);
  });
});

describe('what every JSON report has', () => {
  test('numbers, inputs and places', () => {
    expect([hexOrNull(255n), hexOrNull(null), hexOrNull(undefined)]).toEqual(['0xff', null, null]);
    expect(
      inputsJson([
        artifact('x'),
        artifact('y', {
          contentSha256: 'bb',
          steps: [{ how: 'tar', offset: 5, name: 'n' }, { how: 'gzip' }],
        }),
      ]),
    ).toEqual([
      { path: 'x', kind: 'dts', sha256: 'aa' },
      {
        path: 'y',
        kind: 'dts',
        sha256: 'aa',
        contentSha256: 'bb',
        steps: [{ how: 'tar', offset: 5, name: 'n' }, { how: 'gzip' }],
      },
    ]);
    expect(placeJson(span)).toEqual({ source: 'a.dts', line: 2, column: 3 });
    expect(placeJson(span, 'a.dts')).toEqual({ line: 2, column: 3 });
    const blob = { name: 'b', form: 'blob', bytes: new Uint8Array(9) } as const;
    expect(placeJson({ source: blob, start: 2, end: 5 }, 'a.dts')).toEqual({
      source: 'b',
      offset: 2,
      length: 3,
    });
  });

  test('a window', () => {
    const inputs = [artifact('z'), origin.artifact];
    expect(windowJson(window(), inputs)).toEqual({
      space: 'memory',
      role: 'window',
      base: '0xf8000000',
      size: '0x100000',
      last: '0xf80fffff',
      class: 'low',
      certainty: 'certain',
      origin: { input: 1, path: '/bus', item: 'ranges', index: 1, at: { line: 2, column: 3 } },
      flags: {},
    });
    const full = window({
      bus: { base: 1n },
      flags: { prefetchable: false, producer: true, available: false, pci: 'io' },
      ignored: 'why',
      inferences: [{ text: 'low', because: [{ text: 'SRAT', span }, { text: 'log' }] }],
    });
    expect(windowJson(full, inputs)).toMatchObject({
      bus: { base: '0x1' },
      flags: { prefetchable: false, producer: true, available: false, pci: 'io' },
      ignored: 'why',
      inferences: [
        {
          text: 'low',
          because: [{ text: 'SRAT', at: { source: 'a.dts', line: 2, column: 3 } }, { text: 'log' }],
        },
      ],
    });
    const unknown = { ...window(), certainty: 'unknown', base: null, why: 'a field' } as AddressWindow;
    expect(windowJson(unknown, inputs)).toMatchObject({
      base: null,
      size: '0x100000',
      last: null,
      class: null,
      why: 'a field',
    });
    expect(windowJson(unknown, inputs)).not.toHaveProperty('expressions');
  });

  test('what is wrong with an input, and what it may hide', () => {
    const bare = finding('artifact/empty', {});
    expect(diagnosticJson(bare)).toEqual({
      severity: bare.severity,
      code: 'artifact/empty',
      message: expect.any(String),
    });
    const placed = finding('artifact/unreadable', { what: 'x', why: 'y' }, {
      path: 'x',
      span,
      related: [{ what: 'first', span }],
    } as never);
    expect(diagnosticJson(placed)).toMatchObject({
      path: 'x',
      at: { source: 'a.dts', line: 2, column: 3 },
      related: [{ at: { line: 2 } }],
    });
    expect(diagnosticJson({ ...placed, related: [] })).not.toHaveProperty('related');
    const gap = { code: 'c', reason: 'r', hides: new Set(['window'] as const) };
    expect(gapJson({ ...gap, place: {} })).toEqual({
      code: 'c',
      what: '',
      where: null,
      why: 'r',
      mayHide: ['window'],
    });
    expect(gapJson({ ...gap, place: { span }, hint: 'h' })).toEqual({
      code: 'c',
      what: 'a.dts',
      where: { source: 'a.dts', line: 2, column: 3 },
      why: 'r',
      mayHide: ['window'],
      hint: 'h',
    });
    expect(gapJson({ ...gap, place: { span, path: 'p' } }).what).toBe('p');
  });
});

describe('results one by one', () => {
  test('files, and what is in them', () => {
    const files = new Files([{ path: 'a!b' }, { path: 'a' }, { path: '-' }]);
    expect(files.split('a')).toEqual({ file: 'a', inside: undefined });
    expect(files.split('a!b')).toEqual({ file: 'a!b', inside: undefined });
    expect(files.split('a!b!c')).toEqual({ file: 'a!b', inside: 'c' });
    expect(files.split('a!x')).toEqual({ file: 'a', inside: 'x' });
    expect(files.split('other!x!y')).toEqual({ file: 'other', inside: 'x!y' });
    expect(files.split('!x')).toEqual({ file: '!x', inside: undefined });
    expect(files.split('other')).toEqual({ file: 'other', inside: undefined });
    expect([nameOfInput('-'), nameOfInput('x')]).toEqual(['<stdin>', 'x']);
    expect(['<stdin>', '<a>', 'x', '<A>', 'x<a>'].map(isNoFile)).toEqual([true, true, false, false, false]);
    expect(files.isFile({ code: 'dt/syntax', path: 'a!x' })).toBe(true);
    expect(files.isFile({ code: 'dt/syntax', path: '/bus' })).toBe(false);
    expect(files.isFile({ code: 'artifact/empty', path: 'gone' })).toBe(true);
    expect(files.isFile({ code: 'artifact/empty' } as never)).toBe(false);
  });

  test('columns count as editors do', () => {
    const umlauts = { ...textSource('u.dts', ''), bytes: new Uint8Array(Buffer.from('üü 𝄞x\n')) };
    const files = new Files([{ path: 'u.dts' }]);
    // Two bytes each, a blank, four bytes that are two code units.
    expect(files.placeOf({ source: umlauts, start: 5, end: 9 }).region).toEqual({
      line: 1,
      column: 4,
      endLine: 1,
      endColumn: 6,
    });
    expect(files.placeOfResult(finding('artifact/empty', {}, { path: 'u.dts' }))).toEqual({
      file: 'u.dts',
      inside: undefined,
      region: undefined,
    });
    expect(files.placeOfResult(finding('artifact/empty', {}))).toEqual({
      file: 'u.dts',
      inside: undefined,
      region: undefined,
    });
    expect(new Files([]).placeOfResult(finding('artifact/empty', {}))).toBeUndefined();
  });

  test('paths for programs', () => {
    expect([locateByName('a/b'), locateByName('/a')]).toEqual([
      { path: 'a/b', inRoot: true },
      { path: '/a', inRoot: false },
    ]);
    expect(uriPath('a b/ü/#\ud800')).toBe('a%20b/%C3%BC/%23%EF%BF%BD');
  });

  test('the worst first, places beside an answer once each, ten at most', () => {
    const of = (code: 'artifact/empty' | 'artifact/unknown-text' | 'artifact/part-not-used') =>
      finding(code, { part: 'x' } as never);
    const all = [of('artifact/part-not-used'), of('artifact/empty'), of('artifact/part-not-used')];
    const rank = { error: 0, warning: 1, note: 2 };
    const ranks = worstFirst(all).map(({ severity }) => rank[severity]);
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
    expect(whereOf(undefined)).toEqual({});
    expect(whereOf(origin)).toEqual({ path: '/bus', span });
    const places = Array.from({ length: 12 }, (_, at) =>
      relatedTo('first' as never, { source, start: at * 2, end: at * 2 + 1 }),
    );
    const where = whereOf(origin, [undefined, ...places, places[0], relatedTo('first' as never, span)]);
    expect(where.related).toHaveLength(10);
    // The answer's own place is not beside it.
    expect(where.related!.map(({ span: { start } }) => start)).toEqual([0, 2, 4, 6, 10, 12, 14, 16, 18, 20]);
    expect(relatedTo('first' as never, undefined)).toBeUndefined();
    expect(answerResult('answer/claim', 'x', { path: 'p' })).toMatchObject({
      args: { says: 'x' },
      path: 'p',
    });
    const [input, result] = [{ path: 'x' }, of('artifact/empty')];
    expect(
      foundTogether([
        { inputs: [input], results: [result] },
        { inputs: [input], results: [result] },
      ]),
    ).toEqual({ inputs: [input], results: [result] });
  });

  test('a result is the same whatever its layout and comments are, and counted in its file', () => {
    const prints = new Fingerprints();
    const at = (text: string) => {
      const other = textSource('x', text);
      return finding('artifact/empty', {}, { span: { source: other, start: 0, end: text.length } });
    };
    const first = prints.of(at('a = <1>;'), 'x');
    expect(first).toMatch(/^[0-9a-f]{32}:1$/);
    expect(prints.of(at('a  =\n\t<1>; // c'), 'x')).toBe(first.replace(':1', ':2'));
    expect(prints.of(at('a = /* c */ <1>;'), 'y')).toBe(first);
    expect(prints.of(at('a = <2>;'), 'y')).not.toBe(first);
    const empty = finding('artifact/empty', {}, { span: { source, start: 3, end: 3 } });
    expect(prints.of(empty, 'z')).toBe(prints.of(finding('artifact/empty', {}), 'w'));
    const blob = { name: 'b', form: 'blob', bytes: Uint8Array.of(1, 2, 3) } as const;
    const blobs = [1, 2].map((start) =>
      prints.of(finding('artifact/empty', {}, { span: { source: blob, start, end: 3 } }), 'b'),
    );
    expect(blobs[0]).not.toBe(blobs[1]);
  });

  test('how many there are', () => {
    expect(countText({ error: 0, warning: 0, note: 0 })).toBe('');
    expect(countText({ error: 1, warning: 2, note: 0 })).toBe('1 error, 2 warnings');
    expect(countText({ error: 0, warning: 1, note: 3 })).toBe('1 warning, 3 notes');
  });
});

describe('the registry in words', () => {
  test('what a gap may hide', () => {
    expect(hidesText([])).toBe('nothing');
    expect(hidesText(['window', 'framebuffer'])).toBe('an address window, a framebuffer');
  });
  test('files of an example', () => {
    expect(contentLines('a\nb\0\n')).toEqual(['a', 'b\\0']);
    expect(contentLines('a')).toEqual(['a']);
    expect(contentLines({ hex: '00'.repeat(40) })).toEqual(['00'.repeat(32), '00'.repeat(8)]);
    expect(contentLines({ link: 'x' })).toEqual(['a link to x']);
    expect(contentLines(['a', { repeat: 'b\n', times: 3 }])).toEqual(['a', '(3 times: b\\n)']);
    expect(exampleLines({ files: { 'x.dts': 'a\n', 'd/': '' }, run: 'sysfb x.dts' })).toEqual([
      'x.dts:',
      '    a',
      'd/ (empty)',
      '$ fwmap sysfb x.dts',
    ]);
  });
  test('what a change of several files does', () => {
    const none = { error: 0, warning: 0, note: 0 };
    expect(changedFilesReport([], 0, none)).toBe('## Firmware\n\nNo firmware file is different.\n');
    const file: ChangedFileReport = {
      path: 'a|b.dts',
      did: 'changed',
      windows: '',
      answer: 'needed',
      report: undefined,
    };
    expect(changedFilesReport([file], 0, none)).toContain('No errors or warnings.');
    const report = changedFilesReport([file, { ...file, windows: '1 moved', report: 'R' }], 2, {
      ...none,
      error: 1,
    });
    expect(report).toContain('1 error.');
    expect(report).toContain('| `a\\|b.dts` | changed | none | needed |');
    expect(report).toContain('| `a\\|b.dts` | changed | 1 moved | needed |');
    expect(report).toContain('2 more files are not looked at.');
    expect(report.match(/<details>/g)).toHaveLength(1);
    expect(changedFilesReport([file], 0, none)).not.toContain('more files');
  });
});

describe('boxes of a map', () => {
  const item = (base: bigint, size: bigint, more: Partial<MapItem> = {}): MapItem => ({
    kind: 'register',
    space: 'memory',
    base: { least: base, most: base },
    size: { least: size, most: size },
    range: `[mem ${base}-${base + size - 1n}]`,
    sizeText: `${size}`,
    owner: '\\_SB.A',
    notes: [],
    ...more,
  });
  const shown = (items: readonly MapItem[]) =>
    items.map(({ what, base, size, owner }) => [what ?? owner, base!.least, size!.least]);

  test('words', () => {
    expect([
      kindText(item(0n, 1n)),
      kindText(item(0n, 1n, { what: '3 registers' })),
      kindText(item(0n, 1n, { what: '_CRS[0]' })),
    ]).toEqual(['register', '3 registers', 'register']);
    expect([ownerText(item(0n, 1n)), ownerText(item(0n, 1n, { inside: 2 }))]).toEqual([
      '\\_SB.A',
      '\\_SB.A (+2 inside)',
    ]);
    const certain = [
      {},
      { when: 'A > 0' },
      { why: 'a field' },
      { conditions: 2, when: 'A' },
      { why: 'w', when: 'A' },
    ];
    expect(
      certain.map((more) => [isUncertain(item(0n, 1n, more)), certaintyText(item(0n, 1n, more))]),
    ).toEqual([
      [false, ''],
      [true, 'if A > 0'],
      [true, 'unknown: a field'],
      [true, 'under 2 conditions'],
      [true, 'unknown: w'],
    ]);
    expect(detailLines(item(0n, 1n, { sizeText: '' }))).toEqual(['[mem 0-0]', 'register  \\_SB.A']);
    expect(
      detailLines(item(0n, 1n, { what: '_CRS[0]', when: 'A', notes: ['x', 'y'], inside: 3, span })),
    ).toEqual([
      '[mem 0-0]  1',
      'register  \\_SB.A  _CRS[0]',
      'if A',
      'x, y',
      '3 ranges inside of it are not shown',
      'a.dts:2.3',
    ]);
    expect(detailLines(item(0n, 1n, { what: '3 registers' }))[1]).toBe('3 registers  \\_SB.A');
  });

  test('columns that a text takes, and what of it fits', () => {
    expect(['a', '\u058f', '\u0590', '\u1fff', '\u2000', '\u2bff', '\u2c00', '日本'].map(columnsOf)).toEqual([
      1, 1, 2, 2, 1, 1, 2, 4,
    ]);
    expect(shortened('abcdef', 6)).toBe('abcdef');
    expect(shortened('abcdef', 5)).toBe('abcd\u2026');
    expect(shortened('abcdef', 3)).toBe('abc');
    // Four of ten columns before the mark, five behind: floor((10 - 1) * 0.6).
    expect(shortened('/abcdefghijkl', 10)).toBe('/abc\u2026hijkl');
    expect(shortened('\\abcdefghijkl', 10)).toBe('\\abc\u2026hijkl');
    expect(shortened('[abcdefghijkl', 10)).toBe('[abc\u2026hijkl');
    expect(shortened('日本日本', 5)).toBe('日本\u2026');
    expect(shortened('日本', 3)).toBe('日');
  });

  test('more than three alike side by side are one', () => {
    const row = (count: number, gap = 0n, more: Partial<MapItem> = {}) =>
      Array.from({ length: count }, (_, at) =>
        item(BigInt(at) * (16n + gap), 16n, { owner: `\\_SB.A.D${at}`, ...more }),
      );
    expect(foldRuns(row(3))).toHaveLength(3);
    expect(shown(foldRuns(row(4)))).toEqual([['4 registers', 0n, 64n]]);
    expect(foldRuns(row(4))[0]).toMatchObject({
      owner: '\\_SB.A',
      range: '[mem 0x00000000-0x0000003f]',
      sizeText: '',
    });
    // A mebibyte between them is no neighbourhood any more, unless the run is longer.
    expect(foldRuns(row(4, 1n << 20n))).toHaveLength(1);
    expect(foldRuns(row(4, (1n << 20n) + 1n))).toHaveLength(4);
    expect(foldRuns([...row(4), item(1n << 30n, 16n)])).toHaveLength(2);
    const long = Array.from({ length: 4 }, (_, at) => item(BigInt(at) * (4n << 20n), 2n << 20n));
    expect(foldRuns(long)).toHaveLength(1);
    // Windows only where each begins at the end of the one before.
    const windows = { kind: 'window', owner: 'w' } as const;
    expect(foldRuns(row(4, 0n, windows))).toHaveLength(1);
    expect(foldRuns(row(4, 1n, windows))).toHaveLength(4);
    expect(foldRuns(row(4, 0n, { kind: 'window' }))).toHaveLength(4);
    // Not alike: another space, another reason, a condition.
    for (const more of [{ space: 'io' }, { why: 'x' }, { when: 'A' }, { kind: 'ram' }] as const)
      expect([
        more,
        foldRuns([
          ...row(2),
          ...row(4)
            .slice(2)
            .map((each) => ({ ...each, ...more })),
        ]),
      ]).toEqual([more, expect.objectContaining({ length: 4 })]);
    // Under one condition they stay under it; under several their number is told.
    expect(foldRuns(row(4, 0n, { when: 'A' }))[0]).toMatchObject({ when: 'A' });
    expect(foldRuns(row(4, 0n, { when: 'A' }))[0]).not.toHaveProperty('conditions');
  });

  test('what lies in a box stays in it', () => {
    const outer = item(0n, 64n, { kind: 'window', owner: 'outer' });
    const inner = [0n, 16n, 32n, 48n].map((at) => item(at, 16n));
    expect(shown(foldRuns([outer, ...inner]))).toEqual([
      ['outer', 0n, 64n],
      ['4 registers', 0n, 64n],
    ]);
    const beyond = [...inner, item(64n, 16n)];
    expect(shown(foldRuns([outer, ...beyond])).map(([what]) => what)).toEqual([
      'outer',
      '4 registers',
      '\\_SB.A',
    ]);
    // One that has something inside is no part of a run.
    const holding = [
      ...[0n, 16n, 32n, 48n].map((at) => item(at, 16n)),
      item(20n, 4n, { kind: 'window', owner: 'w' }),
    ];
    expect(foldRuns(holding)).toHaveLength(5);
  });

  test('a window and a register that say the same range are one box', () => {
    const both = (...items: MapItem[]) => foldKnown(items, 99).map(({ kind, notes }) => [kind, notes]);
    const [w, r] = [item(0n, 16n, { kind: 'window', owner: 'bus' }), item(0n, 16n, { owner: 'device' })];
    expect(both(w, r)).toEqual([['window', ['also register of device']]]);
    expect(both(r, w)).toEqual([['window', ['also register of device']]]);
    expect(both(r, { ...r, owner: 'other' })).toEqual([['register', ['also register of other']]]);
    expect(both(w, { ...r, when: 'A' })).toHaveLength(2);
    expect(both(w, { ...r, why: 'x' })).toHaveLength(2);
    expect(both(w, item(0n, 15n))).toHaveLength(2);
    expect(both(w, { ...r, kind: 'ram' })).toHaveLength(2);
  });

  test('of too many the deepest are told by their number', () => {
    const nested = Array.from({ length: 12 }, (_, at) =>
      item(BigInt(at), BigInt(100 - 2 * at), { kind: 'window', owner: `w${at}` }),
    );
    expect(foldKnown(nested, 12)).toHaveLength(12);
    const eleven = foldKnown(nested, 11);
    // Eight boxes around at most: nine boxes, the last of which holds three more.
    expect([eleven.length, eleven.at(-1)!.inside]).toEqual([9, 3]);
    const two = foldKnown(nested, 2);
    expect([two.length, two.at(-1)!.inside]).toEqual([2, 10]);
    const one = foldKnown(nested, 1);
    expect([one.length, one[0]!.inside]).toEqual([1, 11]);
  });

  test('registers of no known address are told together where there are more than eight', () => {
    const open = (count: number, more: Partial<MapItem> = {}) =>
      Array.from({ length: count }, (_, at) =>
        item(0n, 1n, {
          base: { least: BigInt(at), most: BigInt(100 + at) },
          size: null,
          owner: `\\_SB.A.D${at}`,
          ...more,
        }),
      );
    expect(foldUnplaced(open(8))).toHaveLength(8);
    const [all, ...more] = foldUnplaced(open(13));
    expect([more.length, all!.what, all!.owner, all!.base, all!.range]).toEqual([
      0,
      '13 registers',
      '\\_SB.A',
      { least: 0n, most: 112n },
      '[mem ?-?]',
    ]);
    expect(all!.notes[0]).toMatch(/^\\_SB\.A\.D0, .* and 1 more$/);
    expect(foldUnplaced(open(12).slice(0, 9))[0]!.notes[0]).not.toContain('more');
    expect(foldUnplaced(open(9, { base: null }))[0]!.base).toBeNull();
    expect(foldUnplaced(open(9, { space: 'io' }))[0]!.range).toBe('[io  ?-?]');
    expect(
      foldUnplaced([...open(9), ...open(9, { space: 'io' }), item(0n, 1n), ...open(9, { kind: 'window' })]),
    ).toHaveLength(12);
  });
});
