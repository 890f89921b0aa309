import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Artifact } from '../../../src/artifact/artifact.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { readDeviceTree } from '../../../src/devicetree/read.ts';
import { hintOf } from '../../../src/findings/finding.ts';
import { installedVersion, Recordings } from '../../recorded.ts';
import { latin1Source, memoryLoader, tell } from '../trees.ts';

function problems(text: string): string[] {
  const source = latin1Source('t.dts', text);
  const artifact: Artifact = { kind: 'dts', source, path: 't.dts', sha256: '', steps: [] };
  const sink = new DiagnosticList();
  readDeviceTree(artifact, sink, { loader: memoryLoader({}) });
  return sink.all.filter(({ severity }) => severity === 'error').map(tell);
}

const HEAD = '/dts-v1/;\n';
/** Sources of every kind that dtc refuses, and some beside them that it takes. */
const SOURCES = [
  '/ { a; a; };',
  '/ { a; }; / { a; };',
  '/ { n { }; n { }; };',
  '/ { n { }; /delete-node/ n; n { }; };',
  '/ { n { }; }; / { n { }; };',
  '/ { n@1@2 { }; };',
  '/ { l: a { }; l: b { }; };',
  '/ { l: a { l: p; }; };',
  '/ { l: a { p = l: <1>; }; };',
  '/ { a { phandle = <1>; }; b { phandle = <1>; }; };',
  '/ { a { phandle = <0>; }; };',
  '/ { a { phandle = <1 2>; }; };',
  '/ { a { phandle = <1>; linux,phandle = <2>; }; };',
  '/ { a { phandle = <1>; linux,phandle = <1>; }; };',
  '/ { a { name = "a"; }; };',
  '/ { a { name = "b"; }; };',
  '/ { a { name = [00 00]; }; };',
  '/ { p = <&nowhere>; };',
  '/ { p = &nowhere; };',
  '/ { p = &{/a}; a { }; };',
  '/ { p = <&a>; /omit-if-no-ref/ a: a { }; };',
  '&nowhere { };',
  '/ { p = <N>; };',
  '/ { p = <1> ; q = "un',
  '/ { p = <1>; ',
  '/ { p = /incbin/("gone"); };',
  '/include/ "gone.dtsi" / { };',
  '/ { p = [0]; };',
  '/ { p = <(1 / 0)>; };',
  '/ { p = /bits/ 7 <1>; };',
  '/ { a { }; p; };',
  '/ { #address-cells = <7 8>; reg = "x"; };',
];

const recordings = new Recordings('dtc-refusals', installedVersion('dtc', '--version'));

describe('a source that dtc refuses', () => {
  it.each(SOURCES)(`has an error, one that it takes has none: %s${recordings.note}`, (body) => {
    const argv = ['-q', '-I', 'dts', '-O', 'dtb', '-o', '/dev/null', '-'];
    const verdict = recordings.output(`dtc ${argv.join(' ')}`, HEAD + body, () =>
      spawnSync('dtc', argv, { input: HEAD + body }).status === 0 ? 'taken' : 'refused',
    );
    expect(problems(HEAD + body).length > 0 ? 'refused' : 'taken').toBe(verdict);
  });

  it('is told what dtc would say, and where', () => {
    expect(problems(`${HEAD}/ { a; a; b: c { }; b: d { q = <&e>; }; };`)).toEqual([
      '2:5 dt/duplicate-property-names Duplicate property name',
      "2:26 dt/duplicate-label Duplicate label 'b' on /d and /c",
      '2:26 dt/reference Reference to non-existent node or label "e"',
    ]);
  });

  it('and looks like an overlay without its header gets a hint', () => {
    const sink = new DiagnosticList();
    const read = (text: string): void => {
      const source = latin1Source('t.dts', text);
      readDeviceTree({ kind: 'dts', source, path: 't.dts', sha256: '', steps: [] }, sink);
    };
    read(`${HEAD}&uart { status = "okay"; };`);
    read(`${HEAD}/ { fragment@0 { target = <&uart>; __overlay__ { }; }; };`);
    expect(sink.all.map(hintOf)).toEqual(
      Array.from({ length: 2 }, () => 'an overlay starts with "/dts-v1/; /plugin/;"'),
    );
  });
});
