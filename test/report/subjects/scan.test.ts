/** The report of `scan`. */
import { describe, expect, test } from 'vitest';
import { finding } from '../../../src/findings/finding.ts';
import { type ScanReport, scanReport } from '../../../src/report/subjects/scan.ts';
import type { Find } from '../../../src/scan/find.ts';
import { sectionsOf } from './made.ts';

describe('scan', () => {
  const findOf = (more: Partial<Find> = {}): Find => ({
    id: 0,
    kind: 'dtb',
    path: 'image',
    offset: 0x10,
    fileOffset: 0x10,
    size: 100,
    sha256: 'aa',
    container: [],
    ...more,
  });
  const input = { path: 'dir/image', name: 'image', size: 2048, sha256: 'bb', steps: [] };
  const NONE: ScanReport = { inputs: [input], finds: [], alternatives: [], machines: [], diagnostics: [] };
  const told = (more: Partial<ScanReport>, format: 'text' | 'mail' = 'text') =>
    sectionsOf(scanReport({ ...NONE, ...more }).document(format));
  const json = (more: Partial<ScanReport>) =>
    JSON.parse(JSON.stringify(scanReport({ ...NONE, ...more }).json()));

  test('how much is found, and in what', () => {
    const title = (more: Partial<ScanReport>): string => told(more)['']![0]![0]!;
    expect(title({})).toBe('No device tree, ACPI table or kernel found in image');
    expect(title({ finds: [findOf()] })).toBe('1 find in image');
    expect(title({ finds: [findOf(), findOf()] })).toBe('2 finds in image');
    expect(title({ inputs: [input, { ...input, name: 'other' }] })).toMatch(/ in 2 inputs$/);
  });

  test('inputs where there are several, or the report travels alone', () => {
    const items = (more: Partial<ScanReport>, format?: 'mail') => told(more, format)['']!.slice(1).flat();
    expect(items({})).toEqual([]);
    expect(items({}, 'mail')).toEqual(['image 2.0 KiB, sha256 bb']);
    const { sha256: _, ...unhashed } = { ...input, name: 'other', size: 5, steps: ['gzip', 'tar'] };
    expect(items({ inputs: [input, unhashed] })).toEqual([
      'image 2.0 KiB, sha256 bb',
      'other 5 B, unpacked from gzip, tar',
    ]);
    expect(() => json({ inputs: [unhashed] })).toThrow('was not hashed');
  });

  test.each([
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [10_188, '9.9 KiB'],
    [10_240, '10 KiB'],
    [1_048_575, '1024 KiB'],
    [1_048_576, '1.0 MiB'],
    [5 * 2 ** 30, '5.0 GiB'],
    [5 * 2 ** 40, '5120 GiB'],
  ])('%i bytes are %s', (size, text) => {
    expect(told({ finds: [findOf({ size })] })['']![1]![3]).toBe(text);
  });

  test('each find by what it calls itself', () => {
    const what = (more: Partial<Find>): string => told({ finds: [findOf(more)] })['']![1]![2]!;
    expect(what({})).toBe('');
    expect(what({ signature: 'DSDT' })).toBe('DSDT');
    expect(what({ signature: 'DSDT', oemTableId: 'ID', model: 'm' })).toBe('DSDT ID');
    expect(what({ signature: 'DSDT', oemTableId: '' })).toBe('DSDT');
    expect(what({ model: 'm', compatible: ['c'] })).toBe('m');
    expect(what({ model: null, compatible: ['c', 'd'], name: 'n' })).toBe('c');
    expect(what({ model: null })).toBe('');
    expect(what({ release: '6.1', name: 'n' })).toBe('6.1');
    expect(what({ name: 'n', text: 't' })).toBe('n');
    expect(what({ text: 't' })).toBe('t');
  });

  test('what finds are in is numbered, and listed once', () => {
    const finds = ['image', 'image!fit', 'image!cpio!dtb', 'image!fit', 'gone!x'].map((path, id) =>
      findOf({ path, id }),
    );
    const rows = told({ finds })['']!.slice(1);
    expect(rows.slice(0, 5).map((row) => row.at(-1))).toEqual(['', '[1]', '[2]', '[1]', '[3]']);
    expect(rows.slice(5).flat()).toEqual(['[1] fit', '[2] cpio!dtb', '[3] gone!x']);
    const two = told({
      finds: [findOf({ path: 'image!fit' }), findOf()],
      inputs: [input, { ...input, name: 'other' }],
    });
    expect(two['']!.at(-1)).toEqual(['[1] image!fit']);
    expect(told({ finds: [findOf()] })['']).toHaveLength(2);
  });

  test('what is one of several, and the machines', () => {
    const choices = [
      { name: 'a', finds: [1] },
      { name: 'b', finds: [1, 2], isDefault: true, description: 'd', compatible: ['c'] },
      { name: 'c', finds: [] },
    ];
    const alternatives = [
      { axis: 'configuration', path: 'p', choices },
      { axis: 'dsdt', path: 'p', choices },
    ];
    const machines = [
      { name: 'm', finds: [1, 2] },
      { name: 'n', finds: [3] },
    ];
    const sections = told({ alternatives, machines });
    expect(Object.keys(sections)).toEqual([
      '',
      'One of these, by configuration',
      'Machines, as --select takes them',
    ]);
    expect(sections['One of these, by configuration']!.flat()).toEqual([
      'a: find 1',
      'b (default), d: finds 1, 2',
      'c: nothing found in it',
    ]);
    expect(sections['Machines, as --select takes them']!.flat()).toEqual(['m: finds 1, 2', 'n: find 3']);
    expect(Object.keys(told({ machines: machines.slice(1) }))).toEqual(['']);
    expect(json({ alternatives, machines })).toMatchObject({
      alternatives: [
        {
          axis: 'configuration',
          path: 'p',
          choices: [
            { name: 'a', finds: [1] },
            { name: 'b', finds: [1, 2], default: true, compatible: ['c'], description: 'd' },
            { name: 'c', finds: [] },
          ],
        },
        { axis: 'dsdt' },
      ],
      machines,
    });
    expect(json({ alternatives }).alternatives[0].choices[0]).toEqual({ name: 'a', finds: [1] });
  });

  test('as JSON: what is known of each', () => {
    const bare = {
      id: 0,
      kind: 'dtb',
      path: 'image',
      offset: '0x10',
      fileOffset: '0x10',
      size: '0x64',
      sha256: 'aa',
      container: [],
    };
    expect(json({ finds: [findOf()] }).finds).toEqual([bare]);
    const known = {
      signature: 's',
      oemTableId: 'o',
      model: null,
      compatible: ['c'],
      release: 'r',
      architecture: 'a',
      name: 'n',
      text: 't',
      replacedBy: 'b',
      note: 'e',
    };
    const container = [
      { format: 'f', offset: 1, size: 2 },
      { format: 'g', name: 'n', offset: 1, size: 2, unpacked: 3 },
    ];
    expect(
      json({ finds: [findOf({ ...known, address: 0x1000n, fileOffset: null, container })] }).finds,
    ).toEqual([
      {
        ...bare,
        ...known,
        address: '0x1000',
        fileOffset: null,
        container: [
          { format: 'f', offset: '0x1', size: '0x2' },
          { format: 'g', name: 'n', offset: '0x1', size: '0x2', unpacked: '0x3' },
        ],
      },
    ]);
    const inputs = [input, { ...input, steps: ['gzip'] }];
    expect(json({ inputs }).inputs).toEqual([
      { path: 'dir/image', kind: 'image', size: '0x800', sha256: 'bb' },
      { path: 'dir/image', kind: 'image', size: '0x800', sha256: 'bb', steps: [{ how: 'gzip' }] },
    ]);
  });

  test('what is found: the inputs, and what was reported', () => {
    const diagnostics = [finding('artifact/empty', {}, { path: 'x' })];
    expect(scanReport({ ...NONE, diagnostics }).found()).toEqual({
      inputs: [{ path: 'dir/image', kind: 'image', sha256: 'bb' }],
      results: diagnostics,
    });
  });
});
