import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { readBlob } from '../../../src/devicetree/blob/reader.ts';
import { checkStrictly } from '../../../src/devicetree/checks/strict.ts';
import { treeFromLive } from '../../../src/devicetree/live/live-tree.ts';
import type { ReferenceOptions } from '../../../src/devicetree/live/references.ts';
import { contents, parseText, tell } from '../trees.ts';

function resolved(text: string, options: ReferenceOptions = {}): { lines: string[]; told: string[] } {
  const { live } = parseText(text);
  const sink = new DiagnosticList();
  checkStrictly(live!, sink, options);
  return { lines: contents(treeFromLive(live!)), told: sink.all.map(tell) };
}

describe('references', () => {
  it('get the lowest free phandles in the order in which they are met', () => {
    const { lines } = resolved(`/dts-v1/; / { x = <&c>, <&b &{/a}>; y = <&c>;
      a: a { }; b: b { phandle = <2>; }; c: c { z = <&a>; }; };`);
    expect(lines).toEqual([
      '/',
      'x=000000010000000200000003',
      'y=00000001',
      '/a',
      'phandle=00000003',
      '/b',
      'phandle=00000002',
      '/c',
      'z=00000003',
      'phandle=00000001',
    ]);
  });

  it('become paths outside of cells', () => {
    const { lines } = resolved('/dts-v1/; / { x = "<", &n, &{/s}, ">"; s { n: n@1 { }; }; };');
    // "<\0" "/s/n@1\0" "/s\0" ">\0"
    expect(lines[1]).toBe(`x=${Buffer.from('<\0/s/n@1\0/s\0>\0').toString('hex')}`);
  });

  it('give a node that refers to itself a phandle', () => {
    expect(resolved('/dts-v1/; / { n: n { phandle = <&n>; }; };').lines).toEqual([
      '/',
      '/n',
      'phandle=00000001',
    ]);
  });

  it('tell phandles as wanted', () => {
    const text = '/dts-v1/; / { x = <&n>; n: n { }; };';
    expect(resolved(text, { phandleFormat: 'legacy' }).lines.slice(3)).toEqual(['linux,phandle=00000001']);
    expect(resolved(text, { phandleFormat: 'both' }).lines.slice(3)).toEqual([
      'linux,phandle=00000001',
      'phandle=00000001',
    ]);
  });

  it('keep nodes that would be omitted', () => {
    const text = `/dts-v1/; / { x = <&used>; y = &named; /omit-if-no-ref/ used: used { };
      /omit-if-no-ref/ named: named { }; /omit-if-no-ref/ unused: unused { deep { }; }; };`;
    expect(resolved(text).lines.filter((line) => line.startsWith('/'))).toEqual(['/', '/used', '/named']);
    expect(resolved(text, { symbols: true }).lines).toContain('/unused/deep');
  });

  it('to nothing are told by node', () => {
    const { told } = resolved('/dts-v1/;\n/ { x = <&gone>; n { y = &{/gone}; }; };');
    expect(told).toEqual([
      '2:3 dt/reference Reference to non-existent node or label "gone"',
      '2:20 dt/reference Reference to non-existent node or label "/gone"',
    ]);
  });

  it('stay open in a plugin', () => {
    const { told, lines } = resolved('/dts-v1/; /plugin/; / { x = <&gone>; };');
    expect(told).toEqual([]);
    expect(lines).toEqual(['/', 'x=ffffffff']);
  });

  it('are not given phandles while those in the source contradict', () => {
    expect(resolved('/dts-v1/; / { a { phandle = <1>; }; b { phandle = <1>; }; };').told).toEqual([
      '1:39 dt/reference duplicated phandle 0x1 (seen before at /a)',
    ]);
    expect(resolved('/dts-v1/; / { a { phandle = <0>; }; b { phandle = [01]; }; };').told).toEqual([
      '1:19 dt/reference bad value (0x0) in phandle property',
      '1:41 dt/reference bad length (1) phandle property',
    ]);
  });
});

const sources = new URL('../../../../shared/corpus/pp/', import.meta.url);
const dtc = process.env.DTC ?? 'dtc';
const missing = !existsSync(sources) || spawnSync(dtc, ['--version']).status !== 0;

describe.skipIf(missing)('kernel boards (skipped without dtc or the corpus)', () => {
  it('come to the very tree that dtc makes', () => {
    const names = readdirSync(sources).filter((name) => name.endsWith('.dts.pp.gz'));
    for (const name of names.filter((_, index) => index % 4 === 0)) {
      const text = gunzipSync(readFileSync(new URL(name, sources)));
      const run = spawnSync(dtc, ['-q', '-I', 'dts', '-O', 'dtb'], { input: text, maxBuffer: 1 << 26 });
      const theirs = readBlob({ name, form: 'blob', bytes: run.stdout }, new DiagnosticList());
      const { lines, told } = resolved(text.toString('latin1'));
      expect(told).toEqual([]);
      expect(lines, name).toEqual(contents(theirs!));
    }
  });
});
