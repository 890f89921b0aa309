import { describe, expect, it } from 'vitest';
import type { Artifact, DirectoryEntry } from '../../../src/artifact/artifact.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { readDeviceTree } from '../../../src/devicetree/read.ts';
import { contents, tell } from '../trees.ts';

function directory(files: Readonly<Record<string, string | null>>): Artifact {
  const entries = Object.entries(files).map(([path, hex]): DirectoryEntry => {
    if (hex === null) return { path, type: 'directory' };
    const source = { name: `tree/${path}`, form: 'blob' as const, bytes: Buffer.from(hex, 'hex') };
    return { path, type: 'file', source };
  });
  const source = { name: 'tree', form: 'blob' as const, bytes: new Uint8Array() };
  return { kind: 'dt-dir', source, path: 'tree', sha256: '', steps: [], entries };
}

describe('a directory', () => {
  it('is a tree: folders are nodes, files are properties', () => {
    const sink = new DiagnosticList();
    const tree = readDeviceTree(
      directory({
        model: '4d00',
        soc: null,
        'soc/uart@10': null,
        'soc/uart@10/reg': '00000010',
        'soc/ranges': '',
        empty: null,
      }),
      sink,
    );
    expect(sink.all).toEqual([]);
    expect(contents(tree!)).toEqual([
      '/',
      'model=4d00',
      '/soc',
      'ranges=',
      '/soc/uart@10',
      'reg=00000010',
      '/empty',
    ]);
    expect(tree!.root.children[0]!.children[0]!.properties[0]!.valueSpan).toMatchObject({
      source: { name: 'tree/soc/uart@10/reg' },
      start: 0,
      end: 4,
    });
  });

  it('loses the name properties that only repeat the name, as with dtc', () => {
    const tree = readDeviceTree(
      // "uart\0" of uart@10, "\0" of the root, and one that says something else.
      directory({ name: '00', 'uart@10/name': '7561727400', 'other/name': '7800' }),
      new DiagnosticList(),
    );
    expect(contents(tree!)).toEqual(['/', '/uart@10', '/other', 'name=7800']);
  });

  it('without anything is refused', () => {
    const sink = new DiagnosticList();
    expect(readDeviceTree(directory({}), sink)).toBeUndefined();
    expect(sink.all.map(tell)).toEqual([
      '- dt/directory-empty The directory contains neither nodes nor properties',
    ]);
  });
});
