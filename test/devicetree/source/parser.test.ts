import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPlace } from '../../../src/bytes/source.ts';
import { treeFromLive } from '../../../src/devicetree/live/live-tree.ts';
import { propertyOf } from '../../../src/devicetree/tree.ts';
import { hintOf } from '../../../src/findings/finding.ts';
import { installedVersion, Recordings } from '../../recorded.ts';
import { contents, memoryLoader, parseText, treeOf } from '../trees.ts';

/** The bytes, in hex, of `x = VALUE`. */
function bytesOf(value: string): string {
  const tree = treeOf(`/dts-v1/;\n/ { x = ${value}; };`);
  return Buffer.from(propertyOf(tree.root, 'x')!.value).toString('hex');
}

describe('values', () => {
  // Devicetree Specification 0.4, section 6.3, and the C rules it refers to; bytes by hand.
  it.each([
    ['<1 0x10 010>', '00000001' + '00000010' + '00000008'],
    ['<4096UL 1ULL 2L 3U>', '00001000' + '00000001' + '00000002' + '00000003'],
    ['<(-1)>', 'ffffffff'],
    ["<'a' '\\n' '\\x7f' '\\0'>", '00000061' + '0000000a' + '0000007f' + '00000000'],
    ['/bits/ 8 <1 0xff>', '01ff'],
    ['/bits/ 16 <0x1234>', '1234'],
    ['/bits/ 64 <0x123456789abcdef0>', '123456789abcdef0'],
    ['"ab"', '616200'],
    ['"a\\tb\\"\\\\\\x41\\101\\8"', '610962' + '22' + '5c' + '41' + '41' + '38' + '00'],
    ['[00 1aFf]', '001aff'],
    ['[0a], "b", <3>', '0a' + '6200' + '00000003'],
    ['<>', ''],
    ['[]', ''],
  ])('%s', (value, bytes) => {
    expect(bytesOf(value)).toBe(bytes);
  });

  it('keeps the very bytes of a string, whatever its encoding', () => {
    expect(bytesOf('"\xc3\xa4\xff"')).toBe('c3a4ff00');
  });

  it('marks types, labels and references', () => {
    const { live } = parseText('/dts-v1/; / { x = l0: "s" l1: , l2: <1 l3: &n> l4:, &n; n: n { }; };');
    expect(live!.root.properties[0]!.markers.map((marker) => ({ ...marker, span: undefined }))).toEqual([
      { kind: 'label', offset: 0, name: 'l0' },
      { kind: 'string', offset: 0 },
      { kind: 'label', offset: 2, name: 'l1' },
      { kind: 'label', offset: 2, name: 'l2' },
      { kind: 'uint32', offset: 2 },
      { kind: 'label', offset: 6, name: 'l3' },
      { kind: 'phandle-reference', offset: 6, target: 'n' },
      { kind: 'label', offset: 10, name: 'l4' },
      { kind: 'string', offset: 10 },
      { kind: 'path-reference', offset: 10, target: 'n' },
    ]);
  });

  it('warns when a value loses bits, not when they are the sign', () => {
    const { told } = parseText('/dts-v1/;\n/ { x = /bits/ 8 <0x100 (-1) 0xff>;\n y = <0x100000000>; };');
    expect(told).toEqual([
      '2:19 dt/value-truncated Value 0x0000000000000100 truncated to 0x00',
      '3:7 dt/value-truncated Value 0x0000000100000000 truncated to 0x00000000',
    ]);
  });
});

describe('integer expressions', () => {
  // What C gives for unsigned 64-bit operands (ISO C11, section 6.5); shifts by 64 and more give 0.
  it.each([
    ['1 + 2 * 3', 7n],
    ['(1 + 2) * 3', 9n],
    ['10 - 4 - 3', 3n],
    ['100 / 7 % 5', 4n],
    ['1 << 2 + 1', 8n],
    ['1 << 63 >> 62', 2n],
    ['1 << 64', 0n],
    ['6 & 3 == 3', 0n],
    ['6 & (3 == 3)', 0n],
    ['7 & (3 == 3)', 1n],
    ['1 | 2 ^ 3 & 1', 3n],
    ['1 || 0 && 0', 1n],
    ['5 > 3 > 0', 1n],
    ['-1 > 0', 1n],
    ['~0', 0xffffffffffffffffn],
    ['!5 + !0', 1n],
    ['- - 5', 5n],
    ['-1 / 2', 0x7fffffffffffffffn],
    ['1 ? 2 : 3', 2n],
    ['0 ? 2 : 1 ? 4 : 5', 4n],
    ['1 ? 0 ? 6 : 7 : 8', 7n],
    ['0xffffffffffffffff + 1', 0n],
    ['3 != 3 || 2 <= 2', 1n],
  ])('(%s)', (expression, value) => {
    expect(bytesOf(`/bits/ 64 <(${expression})>`)).toBe(value.toString(16).padStart(16, '0'));
  });

  const operand: fc.Arbitrary<string> = fc.oneof(
    fc.integer({ min: 0, max: 100 }).map(String),
    fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }).map((value) => `0x${value.toString(16)}`),
  );
  const operators = [
    '||',
    '&&',
    '|',
    '^',
    '&',
    '==',
    '!=',
    '<',
    '>',
    '<=',
    '>=',
    '<<',
    '>>',
    '+',
    '-',
    '*',
    '/',
    '%',
  ];
  const expression: fc.Arbitrary<string> = fc.letrec<{ any: string }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      operand,
      fc.tuple(fc.constantFrom('-', '~', '!'), tie('any')).map(([unary, of]) => `${unary} ${of}`),
      fc.tuple(tie('any'), fc.constantFrom(...operators), tie('any')).map((parts) => parts.join(' ')),
      tie('any').map((of) => `(${of})`),
      fc.tuple(tie('any'), tie('any'), tie('any')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    ),
  })).any;

  const recordings = new Recordings('dtc-expressions', installedVersion('dtc', '--version'));
  it(`are what dtc makes of them${recordings.note}`, () => {
    const samples = fc.sample(expression, { numRuns: 300, seed: 7 });
    const source = `/dts-v1/;\n/ {\n${samples.map((sample, index) => `x${index} = /bits/ 64 <(${sample})>;`).join('\n')}\n};`;
    const { live, told } = parseText(source);
    // A division by zero makes dtc refuse the file: those are left out.
    const bad = new Set(told.map((text) => Number(text.split(':')[0]) - 3));
    const good = samples.filter((_, index) => !bad.has(index));
    const input = `/dts-v1/;\n/ {\n${good.map((sample, index) => `x${index} = /bits/ 64 <(${sample})>;`).join('\n')}\n};`;
    const options = ['-q', '-I', 'dts', '-O', 'dts'];
    const printed = recordings.output(`dtc ${options.join(' ')}`, input, () => {
      const run = spawnSync('dtc', options, { input, encoding: 'latin1' });
      expect(run.stderr).toBe('');
      return run.stdout;
    });
    const theirs = [...printed.matchAll(/x\d+ = \/bits\/ 64 <(0x[0-9a-f]+)>;/g)].map((match) =>
      BigInt(match[1]!),
    );
    const ours = live!.root.properties
      .filter((_, index) => !bad.has(index))
      .map(({ value }) => new DataView(value.buffer, value.byteOffset).getBigUint64(0));
    expect(good.length).toBeGreaterThan(150);
    expect(ours).toEqual(theirs);
  });

  it('report a division by zero where it stands', () => {
    expect(parseText('/dts-v1/;\n/ { x = <(1 + 4 / (2 - 2))>; };').told).toEqual([
      '2:15 dt/division-by-zero Division by zero',
    ]);
  });
});

describe('definitions laid over each other', () => {
  it('revive what was deleted where it stood', () => {
    const tree = treeOf(`/dts-v1/;
      / { a; b; c; one { }; two { p; q; }; three { }; };
      / { /delete-property/ a; /delete-node/ two; };
      / { d; a = "again"; two { q; }; };`);
    expect(contents(tree)).toEqual(['/', 'a=616761696e00', 'b=', 'c=', 'd=', '/one', '/two', 'q=', '/three']);
  });

  it('delete in the order of the source', () => {
    const tree = treeOf(`/dts-v1/;
      / { a { x; }; b { }; };
      / { a { y; }; /delete-node/ a; /delete-node/ b; b { z; }; };`);
    expect(contents(tree)).toEqual(['/', '/b', 'z=']);
  });

  it('find nodes by label, path and path from a label', () => {
    const tree = treeOf(
      `/dts-v1/;
      / { soc: soc { uart@1000 { }; }; };
      &soc { a; };
      &{/soc/uart@1000} { b; };
      &{soc/uart@1000} { c; };
      new: &soc { };
      &new { d; };
      /delete-node/ &{/soc/nothing};`.replace('/delete-node/ &{/soc/nothing};', ''),
    );
    expect(contents(tree)).toEqual(['/', '/soc', 'a=', 'd=', '/soc/uart@1000', 'b=', 'c=']);
    expect(tree.root.children[0]!.labels).toEqual(['new', 'soc']);
  });

  it('make fragments of what a plugin does not have itself', () => {
    const { live, told } = parseText(`/dts-v1/; /plugin/;
      &there { a; };
      / { here: here { }; };
      &here { b; };
      &{/path} { c; };`);
    expect(told).toEqual([]);
    expect(contents(treeFromLive(live!))).toEqual([
      '/',
      '/fragment@0',
      'target=ffffffff',
      '/fragment@0/__overlay__',
      'a=',
      '/here',
      'b=',
      '/fragment@1',
      'target-path=2f7061746800',
      '/fragment@1/__overlay__',
      'c=',
    ]);
    expect(live!.plugin).toBe(true);
  });
});

describe('errors', () => {
  it('are all told in one run', () => {
    const { live, told, diagnostics } = parseText(`/dts-v1/;
/ {
	a = <1
	b = "x";
	c = <2 >> 1>;
	d = [0];
	i = <MACRO>;
	e {
		f = ;
		g = <1>
		h = <2>;
	}
	k { };
};
&nowhere { };
`);
    expect(told).toEqual([
      "4:2 dt/lexical Unexpected 'b'",
      '4:4 dt/syntax syntax error',
      '5:9 dt/syntax syntax error',
      '6:7 dt/syntax syntax error',
      "7:7 dt/lexical Unexpected 'MACRO'",
      '9:7 dt/syntax syntax error',
      '11:3 dt/syntax syntax error',
      '13:2 dt/syntax syntax error',
      '15:1 dt/reference-missing Label or path nowhere not found',
    ]);
    expect(hintOf(diagnostics[5]!)).toContain('a value');
    expect(hintOf(diagnostics[6]!)).toBe('expected ";" after the value of "g", found "h"');
    // What could be read is there: MACRO counts as 0, as in dtc.
    expect(contents(treeFromLive(live!))).toEqual([
      '/',
      'i=00000000',
      '/e',
      'g=00000001',
      'h=00000002',
      '/k',
    ]);
  });

  it('say how to begin a file', () => {
    const { told, diagnostics } = parseText('/ { a; };');
    expect(told).toEqual(['1:1 dt/syntax syntax error']);
    expect(hintOf(diagnostics[0]!)).toContain('/dts-v1/');
  });

  it("count lines as cpp's line markers say", () => {
    const { diagnostics } = parseText('# 1 "board.dts"\n/dts-v1/;\n# 70 "soc.dtsi" 1\n/ {\n a = ;\n};\n');
    expect(diagnostics.map(({ span }) => formatPlace(span!))).toEqual(['soc.dtsi:71.6']);
  });

  it('keep a property after a subnode, and say that it is one too late', () => {
    const { live, told } = parseText('/dts-v1/;\n/ { n { };\n a; };');
    expect(told).toEqual(['3:2 dt/property-order Properties must precede subnodes']);
    expect(live!.root.properties.map(({ name }) => name)).toEqual(['a']);
  });
});

describe('other files', () => {
  it('are included where they are named, and told in the include stack', () => {
    const loader = memoryLoader({
      'dir/soc.dtsi': '/ { soc { /include/ "deep.dtsi" }; };',
      'dir/deep.dtsi': 'x = ;\n',
      'dir/data': 'ABCDEF',
    });
    const { diagnostics, live } = parseText(
      '/dts-v1/;\n/include/ "soc.dtsi"\n/ { all = /incbin/("data"); some = /incbin/("data", 1, (1 + 1)); };',
      { loader },
      'dir/board.dts',
    );
    expect(
      diagnostics.map(({ span, related }) => [span!.source.name, related?.map((at) => at.span.source.name)]),
    ).toEqual([['dir/deep.dtsi', ['dir/soc.dtsi', 'dir/board.dts']]]);
    expect(contents(treeFromLive(live!))).toEqual(['/', 'all=414243444546', 'some=4243', '/soc']);
  });

  it('may not include themselves', () => {
    const loader = memoryLoader({ a: '/include/ "b"', b: '/include/ "a"' });
    expect(parseText('/dts-v1/;\n/include/ "a"', { loader }, 'main').told).toContain(
      '1:1 dt/include "a" includes itself',
    );
  });

  it('that are not there cost a message each', () => {
    const { told } = parseText('/dts-v1/;\n/include/ "gone"\n/ { x = /incbin/("gone too"); };', {
      loader: memoryLoader({}),
    });
    expect(told).toEqual([
      '2:1 dt/include Couldn\'t open "gone": No such file or directory',
      '3:9 dt/incbin Couldn\'t open "gone too": No such file or directory',
    ]);
  });

  it('are not reached for without a loader', () => {
    expect(parseText('/dts-v1/;\n/include/ "x"\n/ { };').told[0]).toContain('no access to other files');
  });
});

describe('hostile sources', () => {
  it.each([
    ['a million nested nodes', `/dts-v1/;/{${'a{'.repeat(1_000_000)}`, 'dt/too-deep'],
    ['a million open parentheses', `/dts-v1/;/{a=<${'('.repeat(1_000_000)}`, 'dt/too-deep'],
    ['a million unary operators', `/dts-v1/;/{a=<(${'-'.repeat(1_000_000)}1)>;};`, 'dt/too-deep'],
    ['a million nodes', `/dts-v1/;/{${'a{};'.repeat(1_000_000)}};`, 'dt/too-large'],
  ])('%s', (_, text, code) => {
    const start = process.cpuUsage();
    const { diagnostics } = parseText(text);
    const { user } = process.cpuUsage(start);
    expect(diagnostics.map((diagnostic) => diagnostic.code)).toContain(code);
    expect(user).toBeLessThan(1_000_000);
  });

  it('of any bytes never throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', maxLength: 300 }), (text) => {
        parseText(text);
        parseText(`/dts-v1/; / { ${text} };`);
      }),
      { numRuns: 500 },
    );
  });
});
