import { describe, expect, it } from 'vitest';
import { prepareTree } from '../../../src/devicetree/live/prepare-tree.ts';
import { writeDtb } from '../../../src/devicetree/write/dtb.ts';
import { writeDts } from '../../../src/devicetree/write/dts.ts';
import { compile, loadBlob } from '../compiled.ts';

/** The lines of a node of the root, as source. Expected texts are dtc 1.8.1's. */
function nodeText(text: string, name: string): string[] {
  const lines = text.split('\n');
  const from = lines.indexOf(`\t${name} {`);
  if (from < 0) return [];
  const to = lines.indexOf('\t};', from);
  return lines
    .slice(from + 1, to)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

const OVERLAY = `/dts-v1/; /plugin/;
&uart { status = "okay"; clk = <&clock 1 &clock>; own = <&inner>; inner: inner { }; };
&{/soc} { x; };`;

describe('symbols', () => {
  it('name every label, and give its node a phandle', () => {
    const { tree } = compile('/dts-v1/; / { a: b: n { c: m { }; }; };', { symbols: true });
    const text = writeDts(tree);
    expect(nodeText(text, '__symbols__')).toEqual(['a = "/n";', 'b = "/n";', 'c = "/n/m";']);
    expect(text.match(/phandle/g)).toHaveLength(2);
  });

  it('keep nodes that may be omitted', () => {
    const source = '/dts-v1/; / { /omit-if-no-ref/ a: n { }; };';
    expect(writeDts(compile(source).tree)).not.toContain('n {');
    expect(writeDts(compile(source, { symbols: true }).tree)).toContain('n {');
  });

  it('stand in for aliases too', () => {
    const { tree, notes } = compile('/dts-v1/; / { aliases { a = "/x"; }; a: n { }; b: x { }; };', {
      aliases: true,
    });
    expect(nodeText(writeDts(tree), 'aliases')).toEqual(['a = "/x";', 'b = "/x";']);
    expect(notes).toEqual(['WARNING: label a already exists in /aliases']);
  });
});

describe('a plugin', () => {
  it('says what it needs from the base, and where its own references are', () => {
    const text = writeDts(compile(OVERLAY).tree);
    expect(nodeText(text, '__fixups__')).toEqual([
      'uart = "/fragment@0:target:0";',
      'clock = "/fragment@0/__overlay__:clk:0", "/fragment@0/__overlay__:clk:8";',
    ]);
    expect(nodeText(text, '__local_fixups__')).toEqual([
      'fragment@0 {',
      '__overlay__ {',
      'own = <0x00>;',
      '};',
      '};',
    ]);
    expect(text).toContain('target-path = "/soc";');
    expect(text.startsWith('/dts-v1/;\n/plugin/;\n')).toBe(true);
  });

  it('read from a blob has its references again', () => {
    const blob = writeDtb(compile(OVERLAY, { symbols: true }).tree).bytes;
    const live = loadBlob(blob);
    prepareTree(live);
    const text = writeDts(live);
    expect(text).toContain('clk = <&clock>, <0x01>, <&clock>;');
    expect(text).toContain('own = <&inner>;');
    expect(writeDtb(live).bytes).toEqual(blob);
  });

  it('can’t refer to a path of the base by phandle', () => {
    const live = compile('/dts-v1/; /plugin/; / { };').tree;
    live.root.properties.push({
      name: 'p',
      value: new Uint8Array(4),
      markers: [{ kind: 'phandle-reference', offset: 0, target: '/a' }],
      labels: [],
      deleted: false,
    });
    expect(prepareTree(live).failure).toBe("Can't generate fixup for reference to path &{/a}");
  });

  it('with wrong fixups is told so', () => {
    const source = `/dts-v1/; /plugin/; / {
      p = <0>; __fixups__ { a = "/:p"; b = "/:q:0"; c = "/n:p:0"; d = "/:p:4"; e = [61]; };
      __local_fixups__ { r = <0>; p = <8>; m { }; }; };`;
    const { notes } = compile(source, { force: true });
    expect(notes).toEqual([
      'Warning: Malformed fixup entry for label a\n',
      'Warning: Label b references non-existing property / in node q\n',
      'Warning: Label c references non-existing node /n\n',
      'Warning: Label d contains invalid offset for property p in node /\n',
      'Warning: Malformed fixup entry for label e\n',
      'Warning: Property r in / referenced in __local_fixups__ missing\n',
      'Warning: property p too short to contain a phandle at offset 8\n',
      'Warning: node m// referenced in __local_fixups__ missing\n',
    ]);
  });
});
