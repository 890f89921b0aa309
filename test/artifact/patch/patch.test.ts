import { createTwoFilesPatch } from 'diff';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Artifact } from '../../../src/artifact/artifact.ts';
import { shownAsl } from '../../../src/artifact/patch/asl-text.ts';
import { kconfigChanges } from '../../../src/artifact/patch/kconfig.ts';
import { KnownFile } from '../../../src/artifact/patch/known-lines.ts';
import { resolvePatches } from '../../../src/artifact/patch/resolve.ts';
import { shownTree } from '../../../src/artifact/patch/tree-text.ts';
import { DiffFinder, hasHunk, readUnifiedDiff } from '../../../src/artifact/patch/unified-diff.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { placeOf, textOf, textSource } from '../../../src/bytes/source.ts';

const artifactOf = (kind: Artifact['kind'], path: string, text: string): Artifact => ({
  kind,
  source: textSource(path, text),
  path,
  sha256: '',
  steps: [],
});

/** Three versions of a file of different lines, each a few edits away from the one before. */
const versions = fc
  .tuple(
    fc.integer({ min: 1, max: 60 }),
    fc.array(fc.tuple(fc.nat(80), fc.integer({ min: 0, max: 2 }), fc.boolean()), { maxLength: 12 }),
  )
  .map(([length, edits]) => {
    let lines = Array.from({ length }, (_, index) => `line ${index};`);
    const made = [lines];
    edits.forEach(([at, removed, adds], index) => {
      lines = lines.toSpliced(at % (lines.length + 1), removed, ...(adds ? [`new ${index};`] : []));
      if (index === 5) made.push(lines);
    });
    made.push(lines);
    while (made.length < 3) made.push(lines);
    return made.map((each) => each.map((line) => `${line}\n`).join('')) as [string, string, string];
  });

const patchOf = (before: string, after: string, context = 4): string =>
  createTwoFilesPatch('a/x.dtsi', 'b/x.dtsi', before, after, undefined, undefined, { context }).replace(
    /^=+\n/,
    '',
  );

describe('a unified diff', () => {
  it('and a whole file give the file before and after, whichever of the two it is', () => {
    fc.assert(
      fc.property(versions, fc.boolean(), fc.nat(4), ([before, , after], isAfter, context) => {
        fc.pre(before !== after);
        const head = '/dts-v1/;\n';
        const inputs = [
          artifactOf('dts', 'src/x.dtsi', head + (isAfter ? after : before)),
          artifactOf('patch', 'x.patch', patchOf(head + before, head + after, context)),
        ];
        const sink = new DiagnosticList();
        const [made, ...more] = resolvePatches(inputs, {}, sink);
        expect(sink.all).toEqual([]);
        expect(more).toEqual([]);
        expect(textOf(made!.source)).toBe(head + after);
        expect(textOf(made!.before!.source)).toBe(head + before);
      }),
    );
  });

  it('in a series shows lines of the first and of the last version, all that differ among them', () => {
    fc.assert(
      fc.property(versions, ([first, second, third]) => {
        const known = new KnownFile();
        for (const [index, [from, to]] of [[first, second] as const, [second, third] as const].entries())
          for (const { hunks } of readUnifiedDiff(patchOf(from, to))) known.apply(index, hunks);
        expect(known.mismatches).toBe(0);
        const linesOf = (segments: KnownFile['after']): string[] =>
          segments.map(({ lines }) => lines.map(({ text }) => `${text}\n`).join(''));
        for (const [version, shown] of [
          [first, linesOf(known.before)],
          [third, linesOf(known.after)],
        ] as const) {
          let at = 0;
          for (const segment of shown) {
            // Lines of one version are all different: a segment stands at one place, behind the one before.
            const found = version.indexOf(segment, at);
            expect(found).toBeGreaterThanOrEqual(at);
            at = found + segment.length;
          }
        }
        const lines = (text: string): string[] => text.split('\n').filter(Boolean);
        const added = lines(third).filter((line) => !lines(first).includes(line));
        const removed = lines(first).filter((line) => !lines(third).includes(line));
        expect(lines(linesOf(known.after).join(''))).toEqual(expect.arrayContaining(added));
        expect(lines(linesOf(known.before).join(''))).toEqual(expect.arrayContaining(removed));
      }),
    );
  });

  it('is read in quotes, with wrong counts, broken and eaten blanks, and ends where prose begins', () => {
    const text = [
      'On Monday, X wrote:',
      '> diff --git a/a.dtsi b/b.dtsi',
      '> index 123..456 100644',
      '> --- a/a.dtsi\t2020-01-01',
      '> +++ b/b.dtsi',
      '> @@ -1,9 +1,9 @@ soc {',
      '>  \ta;',
      '> -\tb;',
      '> +\tc = <1>,',
      '> <2>;',
      '> \td;',
      '>',
      'What is c?',
      '> @@ -20 +20,2 @@',
      '> +e;',
      '> -- ',
      '> 2.40',
    ].join('\n');
    const [file] = readUnifiedDiff(text);
    expect(file).toMatchObject({ oldPath: 'a.dtsi', newPath: 'b.dtsi', isNew: false, line: 1 });
    expect(file!.hunks.map(({ heading }) => heading)).toEqual(['soc {', '']);
    expect(file!.hunks[0]!.lines.map(({ mark, text: line }) => mark + line)).toEqual([
      ' \ta;',
      '-\tb;',
      '+\tc = <1>,',
      '+<2>;',
      ' \td;',
    ]);
    expect(file!.hunks[1]!.lines.map(({ mark, text: line }) => mark + line)).toEqual(
      ['+e;', '--- '].slice(0, 1),
    );
    const finder = new DiffFinder(text);
    expect(finder.endOf(0, 'On Monday, X wrote:')).toBeUndefined();
    expect(finder.endOf(1, 'diff --git a/a.dtsi b/b.dtsi')).toBe(12);
  });

  it('is no list of dashes', () => {
    expect(hasHunk('--- x\n+++ y\n')).toBe(false);
    expect(new DiffFinder('--- x\ntext\n').endOf(0, '--- x')).toBeUndefined();
    expect(readUnifiedDiff('-- \n@@ what\n')).toEqual([]);
  });
});

/** A hunk with the counts that its lines have. */
function hunk(heading: string, lines: string, start = 1): string {
  const count = (marks: string): number =>
    lines.split('\n').filter((line) => line !== '' && marks.includes(line[0]!)).length;
  return `@@ -${start},${count(' -')} +${start},${count(' +')} @@ ${heading}\n${lines}`;
}

/** The text that hunks show, blank lines and indentation left out. */
function shown(diff: string): string[] {
  const known = new KnownFile();
  for (const { hunks } of readUnifiedDiff(diff)) known.apply(0, hunks);
  return shownTree(known.after)
    .text.split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}

describe('device tree source in hunks', () => {
  it('is opened by the heading and closed', () => {
    expect(shown(hunk('pci: pcie@10000000 {', ' \treg = <1>;\n+\tranges;\n'))).toEqual([
      'pcie@10000000 {',
      'reg = <1>;',
      'ranges;',
      '};',
    ]);
  });

  it('has unseen nodes around what it closes', () => {
    expect(shown(hunk('a {', ' \tx;\n };\n };\n+b { y; };\n'))).toEqual([
      '... {',
      'a {',
      'x;',
      '};',
      '};',
      'b { y; };',
    ]);
  });

  it('does not take the sibling before it for its parent', () => {
    expect(shown(hunk('a@1 {', '+\tb@2 {\n+\t\ty;\n+\t};\n'))).toEqual(['b@2 {', 'y;', '};']);
  });

  it('goes on in the node of the hunk before it', () => {
    const diff = '@@ -1 +1 @@ v {\n+\tx;\n@@ -9 +10 @@ v {\n+\ty;\n@@ -19 +21 @@ w {\n+\tz;\n';
    expect(shown(diff)).toEqual(['v {', 'x;', 'y;', '};', 'w {', 'z;', '};']);
  });

  it('stands at the top of the root, and under the names of labels', () => {
    const diff =
      '@@ -1 +1 @@\n+/dts-v1/;\n+#include "x"\n+/ {\n+\ta;\n+};\n+&l {\n+\tb;\n+};\n+&{/c/d@1} { e; };\n';
    expect(shown(diff)).toEqual(
      ['a;', 'l {', 'b;', '};', 'd@1   { e; };'].map((line) =>
        expect.stringMatching(new RegExp(`^${line.replace(/\s+/g, '\\s+').replace(/[{}]/g, '\\$&')}$`)),
      ),
    );
  });

  it('is without comments that began before it, and without values that did', () => {
    const known = new KnownFile();
    known.apply(0, readUnifiedDiff(hunk('', ' * old; */\n <1 2>,\n+<3 4>;\n a = <1>,\n+<2>,\n'))[0]!.hunks);
    const { text, cut } = shownTree(known.after);
    expect(text.replace(/\s+/g, ' ').trim()).toBe('a = <1>, <2>;');
    expect(cut).toEqual([
      { at: expect.objectContaining({ line: 2 }), name: undefined },
      { at: expect.objectContaining({ line: 4 }), name: 'a' },
    ]);
  });

  it('keeps its places', () => {
    const patch = artifactOf(
      'patch',
      'p',
      'x\n--- a/a.dtsi\n+++ b/a.dtsi\n@@ -1 +1 @@ v {\n+\tx;\n+\tranges;\n',
    );
    const [made] = resolvePatches([patch], {}, new DiagnosticList());
    const at = textOf(made!.source).indexOf('ranges');
    // The mark is blanked, so the column is the one of the text without it: a tab, then the word.
    expect(placeOf({ source: made!.source, start: at, end: at + 6 })).toMatchObject({
      name: 'p',
      line: 6,
      column: 2,
    });
  });
});

describe('ASL in hunks', () => {
  const asl = (diff: string): { text: string; cut: unknown[] } => {
    const known = new KnownFile();
    for (const { hunks } of readUnifiedDiff(diff)) known.apply(0, hunks);
    const { text, cut } = shownAsl(known.after);
    return { text: text.replace(/\s+/g, ' ').trim(), cut: cut.map(({ name }) => name) };
  };

  it('has a template around macros whose template is not shown', () => {
    expect(asl(hunk('', ' IO (Decode16, 1, 1, 1, 1)\n+Memory32Fixed (ReadWrite, 2, 3)\n })\n'))).toEqual({
      text: 'ResourceTemplate () { IO (Decode16, 1, 1, 1, 1) Memory32Fixed (ReadWrite, 2, 3) })',
      cut: [],
    });
    expect(asl('@@ -1 +1 @@\n+Name (_CRS, ResourceTemplate () {\n+IO (Decode16, 1, 1, 1, 1)\n').text).toBe(
      'Name (_CRS, ResourceTemplate () { IO (Decode16, 1, 1, 1, 1) }',
    );
  });

  it('leaves out macros that are cut, and says so', () => {
    expect(asl(hunk('', ' 0x1, // Min\n+0x2,\n )\n IO (Decode16, 1, 1, 1, 1)\n IRQ (Edge,\n'))).toEqual({
      text: 'ResourceTemplate () { IO (Decode16, 1, 1, 1, 1) }',
      cut: [undefined, 'IRQ'],
    });
  });
});

describe('Kconfig in hunks', () => {
  it('gives what is added and removed, by symbol', () => {
    // The change of 7b89a44b2e8c.
    const [file] = readUnifiedDiff(
      '--- a/drivers/hv/Kconfig\n+++ b/drivers/hv/Kconfig\n@@ -9,7 +9,7 @@ config HYPERV\n \tselect PARAVIRT\n' +
        '-\tselect SYSFB if !HYPERV_VTL_MODE\n+\tselect SYSFB if EFI && !HYPERV_VTL_MODE\n \thelp\n \n+config NEW\n+\tdepends on  X86\n',
    );
    expect(kconfigChanges(file!.hunks).map(({ line: _, ...change }) => change)).toEqual([
      { change: 'removed', symbol: 'HYPERV', text: 'select SYSFB if !HYPERV_VTL_MODE' },
      { change: 'added', symbol: 'HYPERV', text: 'select SYSFB if EFI && !HYPERV_VTL_MODE' },
      { change: 'added', symbol: 'NEW', text: 'depends on X86' },
    ]);
  });
});
