import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Diagnostic, DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { editBlob } from '../../../src/devicetree/blob/edit.ts';
import { readBlob } from '../../../src/devicetree/blob/reader.ts';
import { applyOverlay, applyOverlays } from '../../../src/devicetree/live/overlay.ts';
import { pathOf, walk } from '../../../src/devicetree/tree.ts';
import { writeDtb } from '../../../src/devicetree/write/dtb.ts';
import { writeDts } from '../../../src/devicetree/write/dts.ts';
import { hintOf, messageOf } from '../../../src/findings/finding.ts';
import { installedVersion, Recordings } from '../../recorded.ts';
import { blobOf, loadBlob } from '../compiled.ts';

const BASE = `/dts-v1/; / {
  old = "12345678"; first = <1>;
  clk: clock { phandle = <7>; };
  soc { uart: serial@1000 { status = "disabled"; clocks = <&clk>; }; };
};`;

interface Applied {
  readonly text: string;
  readonly blob: Uint8Array | undefined;
  readonly problems: readonly Diagnostic[];
}

function apply(baseSource: string, overlaySource: string): Applied {
  const base = loadBlob(blobOf(baseSource, { symbols: true }));
  const overlay = loadBlob(blobOf(overlaySource, { symbols: true }));
  const sink = new DiagnosticList();
  const applied = applyOverlay(base, overlay, sink);
  return {
    text: applied ? writeDts(applied.tree) : '',
    blob: applied && editBlob(base, applied.edits),
    problems: sink.all,
  };
}

const OVERLAY = `/dts-v1/; /plugin/;
&uart { status = "okay"; clocks = <&fixed>, <&clk>; fixed: fixed-clock { rate = <24>; }; };
&{/} { old = "x"; added = "abc"; };`;

describe('an overlay', () => {
  it('changes its targets: new properties and nodes first, phandles above the base’s', () => {
    const { text } = apply(BASE, OVERLAY);
    // Base phandles: clock 7, then serial 1 by -@; the overlay's only own node becomes 7 + 1.
    expect(text).toContain('\tadded = "abc";\n\told = "x";\n\tfirst = <0x01>;');
    expect(text).toContain('status = "okay";\n\t\t\tclocks = <0x08 0x07>;');
    expect(text).toContain('fixed-clock {\n\t\t\t\tphandle = <0x08>;\n\t\t\t\trate = <0x18>;');
  });

  it('brings its symbols, by the paths that its nodes have in the result', () => {
    expect(apply(BASE, OVERLAY).text).toContain('fixed = "/soc/serial@1000/fixed-clock";');
  });

  it('keeps the phandle of a node that both have', () => {
    const { text } = apply(
      BASE,
      '/dts-v1/; /plugin/; / { fragment@0 { target-path = "/"; __overlay__ { ref = <&c>; c: clock { }; }; }; };',
    );
    expect(text).toContain('ref = <0x07>;');
    expect(text.match(/phandle = <0x07>/g)).toHaveLength(1);
  });

  it.each([
    [
      '/dts-v1/; /plugin/; &nothere { a; };',
      'Label nothere, wanted at /fragment@0:target:0: the base tree has no such label',
    ],
    [
      '/dts-v1/; /plugin/; &{/x/y} { a; };',
      'The target of /fragment@0 of the overlay, /x/y, is not in the base tree',
    ],
    ['/dts-v1/; / { f { __overlay__ { }; }; };', '/f of the overlay has neither target nor target-path'],
    [
      '/dts-v1/; / { __fixups__ { clk = "/f:p"; }; f { p = <0>; }; };',
      'The fixup "/f:p" of label clk is not of the form path:property:offset',
    ],
    [
      '/dts-v1/; / { __fixups__ { clk = "/f:p:4"; }; f { p = <0>; }; };',
      'The fixup "/f:p:4" of label clk names an offset past the end of the value',
    ],
    [
      '/dts-v1/; / { __local_fixups__ { g { p = <0>; }; }; f { p = <0>; }; };',
      '__local_fixups__/ names the node g, which the overlay does not have',
    ],
  ])('that does not fit is refused: %s', (overlay, message) => {
    const base = loadBlob(blobOf(BASE, { symbols: true }));
    const sink = new DiagnosticList();
    expect(
      applyOverlay(base, loadBlob(writeDtb(loadBlob(blobOf(overlay, { force: true }))).bytes), sink),
    ).toBeUndefined();
    expect(sink.all.map(messageOf)).toEqual([message]);
  });

  it('without symbols in the base names the label and says what to do', () => {
    const base = loadBlob(blobOf(BASE));
    const sink = new DiagnosticList();
    applyOverlay(base, loadBlob(blobOf(OVERLAY)), sink);
    expect(sink.all[0]!.code).toBe('dt/overlay-label');
    expect(messageOf(sink.all[0]!)).toBe(
      'Label uart, wanted at /fragment@0:target:0: the base tree has no /__symbols__ node',
    );
    expect(hintOf(sink.all[0]!)).toBe('compile the base tree with symbols (dtc -@)');
  });

  it('leaves the trees it is given as they are, and keeps spans', () => {
    const read = (bytes: Uint8Array, name: string) =>
      readBlob({ name, form: 'blob', bytes }, new DiagnosticList())!;
    const base = read(blobOf(BASE, { symbols: true }), 'base');
    const before = [...walk(base.root)].map(pathOf);
    const result = applyOverlays(base, [read(blobOf(OVERLAY), 'over')], new DiagnosticList())!;
    expect([...walk(base.root)].map(pathOf)).toEqual(before);
    const names = [...walk(result.root)].map((node) => [pathOf(node), node.span?.source.name]);
    expect(names).toContainEqual(['/soc/serial@1000', 'base']);
    expect(names).toContainEqual(['/soc/serial@1000/fixed-clock', 'over']);
  });
});

const recordings = new Recordings('fdtoverlay', installedVersion('fdtoverlay', '--version'));

describe(`as fdtoverlay does${recordings.note}`, () => {
  it.each([
    ['a whole overlay', OVERLAY],
    ['longer values', '/dts-v1/; /plugin/; &{/} { first = <1 2 3>; old = "abcdefghijklmnopqrstuvw"; };'],
    [
      'nested nodes',
      '/dts-v1/; /plugin/; &{/soc} { a { b = "1"; c { d = "12"; }; e { }; }; f { }; serial@1000 { g = [01]; }; };',
    ],
  ])('byte by byte: %s', (_name, overlay) => {
    // Labels on new nodes only: libfdt 1.6 did not yet keep the base's phandles.
    const baseBlob = blobOf(BASE, { symbols: true });
    const overBlob = blobOf(overlay);
    const input = Buffer.concat([baseBlob, overBlob]);
    const base64 = recordings.output('fdtoverlay -i base -o out over', input, () => {
      const folder = mkdtempSync(join(tmpdir(), 'fwmap-overlay-'));
      try {
        writeFileSync(join(folder, 'base'), baseBlob);
        writeFileSync(join(folder, 'over'), overBlob);
        const { status } = spawnSync('fdtoverlay', ['-i', 'base', '-o', 'out', 'over'], { cwd: folder });
        expect(status).toBe(0);
        return readFileSync(join(folder, 'out')).toString('base64');
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
    const base = loadBlob(baseBlob);
    const applied = applyOverlay(base, loadBlob(overBlob), new DiagnosticList())!;
    expect(Buffer.from(editBlob(base, applied.edits)!).toString('base64')).toBe(base64);
  });
});

const CASES = '../shared/corpus/overlays/overlays.json';

describe.skipIf(!existsSync(CASES))('the corpus (skipped without ../shared)', () => {
  it('applies, or fails, as with fdtoverlay 1.8.1', () => {
    const find = (path: string): Uint8Array => {
      const file = ['overlays', 'dtb', 'dtbo']
        .map((folder) => `../shared/corpus/${folder}/${basename(path)}.gz`)
        .find((candidate) => existsSync(candidate));
      return gunzipSync(readFileSync(file!));
    };
    const cases = JSON.parse(readFileSync(CASES, 'utf8')) as {
      base: string;
      overlays: string[];
      rc: number;
      bytes?: number;
    }[];
    for (const { base, overlays, rc, bytes } of cases) {
      const tree = loadBlob(find(base));
      const sink = new DiagnosticList();
      const edits = overlays.flatMap((path) => applyOverlay(tree, loadBlob(find(path)), sink)?.edits ?? []);
      expect(sink.hasErrors, base).toBe(rc !== 0);
      if (rc === 0) expect(editBlob(tree, edits)!.length).toBe(bytes);
    }
  });
});
