/** Trees nested far deeper than any board's: what dtc accepts is accepted, what nobody could want is bounded. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { addressEntries } from '../../src/devicetree/address/entries.ts';
import { explainNode } from '../../src/devicetree/address/explain.ts';
import { writeAsm } from '../../src/devicetree/write/asm.ts';
import { writeDtb } from '../../src/devicetree/write/dtb.ts';
import { writeDts } from '../../src/devicetree/write/dts.ts';
import { writeYaml } from '../../src/devicetree/write/yaml.ts';
import { DEFAULT_LIMITS } from '../../src/limits/limits.ts';
import { installedVersion, Recordings } from '../recorded.ts';
import { blobOf, compile, loadBlob } from './compiled.ts';
import { parseText, tell, treeOf } from './trees.ts';

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** `inner` below `depth` nodes named n, each with `each`. */
function nested(depth: number, each: string, inner: string): string {
  return `/dts-v1/;\n/ { ${each} ${`n { ${each} `.repeat(depth)} ${inner} ${'};'.repeat(depth + 1)}`;
}

const recordings = new Recordings('dtc-depth', installedVersion('dtc', '--version'));

describe('a tree of 3,000 levels', () => {
  // dtc's parser ends at 3,332 levels, "memory exhausted": three symbols of bison's 10,000 for each.
  const text = nested(3000, '', 'a: leaf { x = <&a>, <1>; };');

  it.each([
    [[], {}],
    [['-@'], { symbols: true }],
    [['-s'], { sort: true }],
  ])(`has dtc's bytes, with %j${recordings.note}`, (flags, options) => {
    const argv = ['-q', '-O', 'dtb', ...flags];
    const sha256 = recordings.output(`dtc ${argv.join(' ')} | sha256sum`, text, () => {
      const { status, stdout } = spawnSync('dtc', argv, { input: text, maxBuffer: 1 << 28 });
      expect(status).toBe(0);
      return sha256Of(stdout);
    });
    expect(sha256Of(blobOf(text, options))).toBe(sha256);
  });

  it('is written in every other form, too', () => {
    const { tree } = compile(text);
    for (const written of [writeDts(tree), writeAsm(tree), writeYaml(tree)])
      expect(written).not.toHaveProperty('failure');
  });

  it('is the same tree again when its blob is read', () => {
    const bytes = blobOf(text);
    expect(Buffer.from(writeDtb(loadBlob(bytes)).bytes).equals(bytes)).toBe(true);
  });

  it('has addresses that go all the way up', () => {
    const each = '#address-cells = <1>; #size-cells = <1>; ranges;';
    const tree = treeOf(nested(3000, each, 'leaf { reg = <0x1000 0x10>; };'));
    const sink = new DiagnosticList();
    const [entry] = addressEntries(tree, sink);
    expect(entry!.cpu).toBe(0x1000n);
    expect(entry!.steps).toHaveLength(3000);
    expect(explainNode(tree, [entry!], `${'/n'.repeat(3000)}/leaf`)!.buses).toHaveLength(3001);
    expect(sink.all.map(tell)).toEqual([]);
  });
});

describe('bounds', () => {
  it('of nesting: what is below is left out and told', () => {
    expect(parseText(nested(DEFAULT_LIMITS['tree-depth'] - 1, '', '')).told).toEqual([]);
    expect(parseText(nested(DEFAULT_LIMITS['tree-depth'], '', '')).told.join()).toContain('dt/too-deep');
  });

  it('of the text of paths: each of many nodes at the bottom has a long one', () => {
    const each = '#address-cells = <1>; #size-cells = <1>; ranges;';
    const leaves = Array.from({ length: 9000 }, (_, index) => `a${index} { reg = <${index} 1>; };`);
    const sink = new DiagnosticList();
    const entries = addressEntries(treeOf(nested(2000, each, leaves.join(' '))), sink);
    // 2,000 levels of "/n" before each: 16,777,216 / 4,000 entries.
    expect(entries).toHaveLength(4194);
    expect(sink.all.map(({ code }) => code)).toEqual(['dt/too-large']);
  });
});
