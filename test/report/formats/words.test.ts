/** The words and shapes that all reports share, on both sides of each edge. */
import { describe, expect, test } from 'vitest';
import { type ChangedFileReport, changedFilesReport } from '../../../src/report/changed-files.ts';
import { Conditions } from '../../../src/report/conditions.ts';
import { plainText } from '../../../src/report/document.ts';
import { contentLines, exampleLines, hidesText } from '../../../src/report/finding.ts';
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
import type { AddressWindow, CertainWindow } from '../../../src/window/window.ts';
import { artifact, origin, window } from '../made.ts';

const GIB = 1n << 30n;

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
    expect(changedFilesReport([], 0, none)).toBe('## Firmware\n\nNo firmware file differs.\n');
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
    expect(report).toContain('2 more files were not examined.');
    expect(report.match(/<details>/g)).toHaveLength(1);
    expect(changedFilesReport([file], 0, none)).not.toContain('more files');
  });
});
