/** Patches at the edges: what is a hunk's, what fits where, what is shown, and what is told. */
import { describe, expect, test } from 'vitest';
import type { Artifact } from '../../../src/artifact/artifact.ts';
import { beforeAndAfter, isTooLarge } from '../../../src/artifact/patch/apply.ts';
import { kconfigChanges } from '../../../src/artifact/patch/kconfig.ts';
import { KnownFile } from '../../../src/artifact/patch/known-lines.ts';
import { type ResolveOptions, resolvePatches } from '../../../src/artifact/patch/resolve.ts';
import { applySeries, orderOfShown } from '../../../src/artifact/patch/series.ts';
import { pastQuoted, withoutComments } from '../../../src/artifact/patch/shown-text.ts';
import { type Hunk, readUnifiedDiff } from '../../../src/artifact/patch/unified-diff.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { formatPlace, textOf, textSource } from '../../../src/bytes/source.ts';
import { withLimits } from '../../../src/limits/limits.ts';

const hunksOf = (diff: string): readonly Hunk[] => readUnifiedDiff(diff).flatMap(({ hunks }) => hunks);
const linesOf = (diff: string): string[] =>
  hunksOf(diff).flatMap(({ lines }) => lines.map(({ mark, text }) => mark + text));

describe('the lines of a hunk', () => {
  const H = '@@ -1,2 +1,2 @@\n';
  test.each([
    ['as many as it says', `${H} a\n-b\n+c\nwords\n`, [' a', '-b', '+c']],
    ['what counts are missing is one', '@@ -1 +1 @@\n-b\n+c\nwords\n', ['-b', '+c']],
    ['more, where changes follow', `${H} a\n-b\n+c\n d\n+e\nwords\n`, [' a', '-b', '+c', ' d', '+e']],
    ['no more, where none do', `${H} a\n-b\n+c\n d\n e\n`, [' a', '-b', '+c']],
    [
      'a note about the line end is none',
      `${H} a\n-b\n\\ No newline at end of file\n+c\n`,
      [' a', '-b', '+c'],
    ],
    ['an empty line is one of context', `${H}\n-b\n+c\n`, [' ', '-b', '+c']],
    ['empty lines at the end are none', '@@ -1,4 +1,4 @@\n-b\n+c\n\n \n', ['-b', '+c']],
    ['a tab is context whose blank was eaten', `${H}\ta\n-b\n+c\n`, [' \ta', '-b', '+c']],
    ['a broken line goes on as it began', `${H} a\n-b\n+c\nd\n`, [' a', '-b', '+c']],
    [
      'a broken line, before the hunk is full',
      '@@ -1,2 +1,3 @@\n a\n+b\nrest\n+c\n d\n',
      [' a', '+b', '+rest', '+c', ' d'],
    ],
    ['words before any line end it', '@@ -1,2 +1,2 @@\nwords\n+c\n', []],
    ['the next hunk ends it', `${H} a\n${H}+b\n`, [' a', '+b']],
    ['the next file ends it', `${H} a\n--- a/x\n+++ b/x\n${H}+b\n`, [' a', '+b']],
    ['git ends it', `${H} a\ndiff --git a/x b/x\n`, [' a']],
    ['a signature ends it', '@@ -1,9 +1,9 @@\n a\n-- \n2.40\n', [' a']],
    ['two dashes are a change where it is not full', '@@ -1,9 +1,9 @@\n a\n--\n b\n', [' a', '--', ' b']],
    ['two dashes are a signature where it is', '@@ -1 +1 @@\n-a\n+b\n--\n2.40\n', ['-a', '+b']],
    ['in a quote, what is quoted less ends it', '> @@ -1,9 +1,9 @@\n>  a\nwords\n> +b\n', [' a']],
    ['in a quote, its marks are no part of it', '> > @@ -1,9 +1,9 @@\n> >  a\n> > +b\n', [' a', '+b']],
    ['without a quote, a mark is', '@@ -1,9 +1,9 @@\n a\n+> b\n', [' a', '+> b']],
    ['line ends of DOS', '@@ -1 +1 @@\r\n-a\r\n+b\r\n', ['-a', '+b']],
  ])('%s', (_title, diff, lines) => {
    expect(linesOf(diff)).toEqual(lines);
  });

  test.each<[string, string, object]>([
    [
      'names and dates',
      '--- a/x.dts\t2024-01-01\n+++ b/x.dts\t2024-01-02\n@@ -1 +1 @@\n-a\n+b\n',
      { oldPath: 'x.dts', newPath: 'x.dts', isNew: false, isDeleted: false },
    ],
    [
      'names in quotes',
      '--- "a/x y.dts"\n+++ "b/x y.dts"\n@@ -1 +1 @@\n-a\n',
      { oldPath: 'x y.dts', newPath: 'x y.dts' },
    ],
    [
      'a new file',
      '--- /dev/null\n+++ b/x.dts\n@@ -0,0 +1 @@\n+b\n',
      { oldPath: undefined, newPath: 'x.dts', isNew: true, isDeleted: false },
    ],
    [
      'a deleted file',
      '--- a/x.dts\n+++ /dev/null\n@@ -1 +0,0 @@\n-b\n',
      { oldPath: 'x.dts', newPath: undefined, isNew: false, isDeleted: true },
    ],
    [
      'a new file that is empty',
      'diff --git a/x.dts b/x.dts\nnew file mode 100644\n',
      { newPath: 'x.dts', isNew: true, hunks: [] },
    ],
    [
      'a deleted one that was empty',
      'diff --git a/x.dts b/x.dts\ndeleted file mode 100644\n',
      { oldPath: 'x.dts', isDeleted: true },
    ],
    [
      'a rename',
      'diff --git a/x.dts b/y.dts\nsimilarity index 90%\nrename from x.dts\nrename to y.dts\n--- a/x.dts\n+++ b/y.dts\n@@ -1 +1 @@\n-a\n',
      { oldPath: 'x.dts', newPath: 'y.dts' },
    ],
    [
      'nothing but a hunk',
      '@@ -5 +6 @@ soc {\n-a\n',
      { oldPath: undefined, newPath: undefined, hunks: [{ oldStart: 5, heading: 'soc {' }] },
    ],
  ])('%s', (_title, diff, file) => {
    const files = readUnifiedDiff(diff);
    expect(files).toMatchObject([file]);
  });

  test('names without hunks are no file; prose between two hunks ends none', () => {
    expect(readUnifiedDiff('diff --git a/x b/x\nindex 1..2\n')).toEqual([]);
    const two = readUnifiedDiff('--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n\nWhat is that?\n\n@@ -9 +9 @@\n-b\n');
    expect(two.map(({ hunks }) => hunks.map(({ line }) => line))).toEqual([[2, 7]]);
  });

  test('no more hunks than the limit, which is reported', () => {
    const diff = '@@ -1 +1 @@\n-a\n@@ -2 +2 @@\n-b\n@@ -3 +3 @@\n-c\n';
    let told = 0;
    const count = (most: number) =>
      withLimits(
        { 'patch-hunks': most },
        () => readUnifiedDiff(diff, () => (told += 1)).flatMap(({ hunks }) => hunks).length,
      );
    expect([count(3), told]).toEqual([3, 0]);
    expect([count(2) <= 3, told]).toEqual([true, 1]);
  });
});

describe('hunks and a file', () => {
  const FILE = 'one\ntwo\nthree\nfour\n';
  const both = (file: string, diff: string) => beforeAndAfter(file, hunksOf(diff));
  test.each<[string, string, string, object | undefined]>([
    ['before', FILE, '@@ -2 +2 @@\n-two\n+2\n', { before: FILE, after: 'one\n2\nthree\nfour\n' }],
    ['after', FILE, '@@ -2 +2 @@\n-2\n+two\n', { before: 'one\n2\nthree\nfour\n', after: FILE }],
    ['moved', FILE, '@@ -1,2 +1,2 @@\n two\n-three\n+3\n', { before: FILE, after: 'one\ntwo\n3\nfour\n' }],
    ['other words', FILE, '@@ -2 +2 @@\n-deux\n+2\n', undefined],
    [
      'added lines, before',
      FILE,
      '@@ -2,0 +3 @@\n+more\n',
      { before: FILE, after: 'one\ntwo\nmore\nthree\nfour\n' },
    ],
    ['blanks at the end', 'one \ntwo\n', '@@ -1 +1 @@\n-one\n+1\n', { after: '1\ntwo\n' }],
    [
      'tabs that became blanks',
      '\tone\n\ttwo\n',
      '@@ -1,2 +1,2 @@\n         one\n-        two\n+\t2\n',
      { after: '\tone\n\t2\n' },
    ],
    [
      'two hunks',
      FILE,
      '@@ -1 +1,2 @@\n one\n+new\n@@ -4 +5 @@\n-four\n+4\n',
      { after: 'one\nnew\ntwo\nthree\n4\n' },
    ],
    [
      'two hunks, after',
      'one\nnew\ntwo\nthree\n4\n',
      '@@ -1 +1,2 @@\n one\n+new\n@@ -4 +5 @@\n-four\n+4\n',
      { before: FILE },
    ],
  ])('%s', (_title, file, diff, expected) => {
    const found = both(file, diff);
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(expected);
  });

  test('what fits both ways is what has more of its changes', () => {
    // The last line of the file is in both; what is added is there.
    expect(both('a\nb\n', '@@ -1 +1,2 @@\n a\n+b\n')).toEqual({ before: 'a\n', after: 'a\nb\n' });
    expect(both('a\n', '@@ -1,2 +1 @@\n a\n-b\n')).toEqual({ before: 'a\nb\n', after: 'a\n' });
  });

  test('too much work is not begun', () => {
    withLimits({ 'patch-work': 5 }, () => {
      expect(isTooLarge(FILE, hunksOf('@@ -1 +1 @@\n-a\n'))).toBe(false);
      expect(isTooLarge(`${FILE}\n`, hunksOf('@@ -1 +1 @@\n-a\n'))).toBe(true);
      expect(isTooLarge(FILE, hunksOf('@@ -1 +1 @@\n-a\n@@ -2 +2 @@\n-b\n'))).toBe(true);
      expect(both(`${FILE}\n`, '@@ -2 +2 @@\n-two\n+2\n')).toBeUndefined();
    });
  });

  test('a series that is stuck says at which patch, and whether for its size', () => {
    const parts = readUnifiedDiff('--- a/x\n+++ b/x\n@@ -1 +1 @@\n-gone\n+new\n').map((patch) => ({ patch }));
    expect(applySeries(FILE, parts)).toEqual({ stuck: parts[0], large: false });
    withLimits({ 'patch-work': 1 }, () =>
      expect(applySeries(FILE, parts)).toEqual({ stuck: parts[0], large: true }),
    );
    expect(applySeries(FILE, [])).toEqual({ before: undefined, after: FILE, order: [] });
  });

  test('more than five patches that show nothing else are left in the order given', () => {
    const step = (index: number) =>
      readUnifiedDiff(`--- a/x\n+++ b/x\n@@ -1 +1 @@\n-v${index}\n+v${index + 1}\n`).map((patch) => ({
        patch,
        index,
      }))[0]!;
    const order = (...indexes: number[]) => orderOfShown(indexes.map(step)).map(({ index }) => index);
    expect(order(1, 0)).toEqual([0, 1]);
    expect(order(4, 3, 2, 1, 0)).toEqual([0, 1, 2, 3, 4]);
    expect(order(5, 4, 3, 2, 1, 0)).toEqual([5, 4, 3, 2, 1, 0]);
    expect(order(0, 1, 2)).toEqual([0, 1, 2]);
    expect(order(0, 0)).toEqual([0, 0]);
  });
});

describe('lines that a series shows', () => {
  const known = (...diffs: string[]) => {
    const file = new KnownFile();
    for (const [index, diff] of diffs.entries()) file.apply(index, hunksOf(diff));
    const shown = (segments: KnownFile['after']) =>
      segments.map(({ lines, heading }) => [heading, ...lines.map(({ text }) => text)]);
    return { before: shown(file.before), after: shown(file.after), mismatches: file.mismatches };
  };
  test('before and after, apart where lines between are not shown', () => {
    expect(known('@@ -1,2 +1,2 @@ h\n a\n-b\n+B\n@@ -9 +9,2 @@ i\n c\n+d\n')).toEqual({
      before: [
        ['h', 'a', 'b'],
        ['i', 'c'],
      ],
      after: [
        ['h', 'a', 'B'],
        ['i', 'c', 'd'],
      ],
      mismatches: 0,
    });
    expect(known('@@ -1 +1 @@ h\n a\n@@ -2 +2 @@ i\n b\n').after).toEqual([['h', 'a', 'b']]);
  });
  test('a later patch moves what an earlier one showed', () => {
    const { before, after, mismatches } = known(
      '@@ -10 +10 @@\n-x\n+y\n',
      '@@ -1,0 +2,3 @@\n+1\n+2\n+3\n',
      '@@ -13 +13 @@\n-y\n+z\n',
    );
    expect([before, after, mismatches]).toEqual([
      [['', 'x']],
      [
        ['', '1', '2', '3'],
        ['', 'z'],
      ],
      0,
    ]);
  });
  test('lines that are not what was known count, blanks apart', () => {
    expect(known('@@ -1 +1 @@\n-x\n+y\n', '@@ -1 +1 @@\n-other\n+z\n').mismatches).toBe(1);
    expect(known('@@ -1 +1 @@\n-x\n+ y\n', '@@ -1 +1 @@\n-y \n+z\n').mismatches).toBe(0);
  });
  test('what was taken away is known no longer', () => {
    expect(known('@@ -1,3 +1,2 @@\n a\n-b\n c\n', '@@ -1,2 +1,3 @@\n a\n+n\n c\n').after).toEqual([
      ['', 'a', 'n', 'c'],
    ]);
  });
});

describe('quotes and comments', () => {
  test.each([
    ['"a"b', 3],
    ['"a\\"b"c', 6],
    ['"a\nb"', 1],
    ['"a', 1],
    ['// a\nb', 4],
    ['// a', 4],
    ['/* a */b', 7],
    ['/*/ a */b', 8],
    ['/* a', 4],
    ['a', 0],
    ['/a', 0],
  ])('%j ends at %i', (text, end) => {
    expect(pastQuoted(text, 0)).toBe(end);
    expect(pastQuoted(`x${text}`, 1)).toBe(end + 1);
  });

  test.each([
    ['a /* b */ c', 'a         c'],
    ['a // b\nc', 'a     \nc'],
    ['old */ a', '       a'],
    ['old */ a /* b */', '       a        '],
    ['/* a */ b */', '        b */'],
    ['"/* a */" b', '"/* a */" b'],
    ['"// a" // b', '"// a"     '],
    ['a /* b\nc', 'a     \n '],
  ])('%j without its comments', (text, rest) => {
    expect(withoutComments(text)).toBe(rest);
  });
});

describe('Kconfig', () => {
  const changes = (diff: string) =>
    kconfigChanges(hunksOf(diff)).map(({ change, symbol, text }) => [change, symbol, text]);
  test('each rule has the symbol that it stands below', () => {
    expect(
      changes(
        '@@ -1,9 +1,9 @@ config A\n \tbool\n-\tselect X\n+\tdepends  on Y\n+\timply Z\n-config B\n-\tdefault y\n+menuconfig C\n+\tdef_bool y\n \thelp\n+\tdef_tristate m\n+\tvisible if Q\n+\twords\n',
      ),
    ).toEqual([
      ['removed', 'A', 'select X'],
      ['added', 'A', 'depends on Y'],
      ['added', 'A', 'imply Z'],
      ['removed', 'B', 'default y'],
      ['added', 'C', 'def_bool y'],
      ['added', 'C', 'def_tristate m'],
      ['added', 'C', 'visible if Q'],
    ]);
  });
  test('a menu, a condition or another source ends a symbol; context counts for both', () => {
    for (const end of [
      'menu "x"',
      'endmenu',
      'if A',
      'endif',
      'choice',
      'endchoice',
      'comment "x"',
      'source "x"',
    ])
      expect([end, changes(`@@ -1,9 +1,9 @@ config A\n ${end}\n+\tselect X\n-\tselect Y\n`)]).toEqual([
        end,
        [
          ['added', undefined, 'select X'],
          ['removed', undefined, 'select Y'],
        ],
      ]);
    expect(changes('@@ -1,9 +1,9 @@\n config A\n+\tselect X\n-\tselect Y\n')).toEqual([
      ['added', 'A', 'select X'],
      ['removed', 'A', 'select Y'],
    ]);
    expect(changes('@@ -1,9 +1,9 @@\n+\tselect X\n')).toEqual([['added', undefined, 'select X']]);
    expect(changes('@@ -1,9 +1,9 @@ config A\n \tselect X\n')).toEqual([]);
  });
});

describe('patches among inputs', () => {
  const artifact = (kind: Artifact['kind'], path: string, text: string): Artifact => ({
    kind,
    source: textSource(path, text),
    path,
    sha256: `sha of ${path}`,
    steps: [{ how: 'test' }],
  });
  const patch = (text: string, path = 'p.patch'): Artifact => artifact('patch', path, text);
  const resolved = (inputs: readonly Artifact[], options: ResolveOptions = {}) => {
    const sink = new DiagnosticList();
    const made = resolvePatches(inputs, options, sink);
    return { made, said: sink.all.map(({ code, args }) => [code, args]), diagnostics: sink.all };
  };
  const BOARD = '/dts-v1/;\n/ {\n\tranges;\n};\n';
  const CHANGE = '@@ -3 +3 @@\n-\tranges;\n+\tranges = <1 2 3>;\n';
  const named = (path: string, hunks = CHANGE): string => `--- a/${path}\n+++ b/${path}\n${hunks}`;

  test('a whole file beside it, whatever folder it is in', () => {
    const board = artifact('dts', 'src/board.dts', BOARD);
    const { made, said } = resolved([board, patch(named('arch/x/board.dts'))]);
    expect(said).toEqual([]);
    expect(made).toMatchObject([{ kind: 'dts', path: 'src/board.dts', sha256: 'sha of src/board.dts' }]);
    expect(made[0]!.steps).toEqual([{ how: 'test' }, { how: 'patched', name: 'p.patch' }]);
    expect(made[0]!.before!.steps).toEqual([{ how: 'test' }, { how: 'before the patch', name: 'p.patch' }]);
    expect([textOf(made[0]!.source), textOf(made[0]!.before!.source)]).toEqual([
      BOARD.replace('ranges;', 'ranges = <1 2 3>;'),
      BOARD,
    ]);
    // Another file is another file.
    expect(resolved([board, patch(named('other.dts'))]).made).toHaveLength(2);
  });

  test('one that does not fit is said with its place, and read by itself', () => {
    const { made, diagnostics } = resolved([
      artifact('dts', 'board.dts', '/dts-v1/;\n'),
      patch(named('board.dts')),
    ]);
    expect(made).toHaveLength(2);
    expect(made[1]).toMatchObject({ kind: 'dts-fragment', isPartial: true, path: 'p.patch' });
    expect(diagnostics.map(({ code, args }) => [code, args])).toEqual([
      ['artifact/patch-does-not-apply', { file: 'board.dts', large: false }],
    ]);
    expect(formatPlace(diagnostics[0]!.span!)).toBe('p.patch:1.1');
  });

  test('a base of another name, where there is one of each', () => {
    const base = { path: 'x/soc.dts', bytes: Buffer.from(BOARD), how: 'v6.1:x/soc.dts' };
    const { made, said } = resolved([patch(named('board.dts'))], { bases: [base] });
    expect(said).toEqual([]);
    expect(made).toMatchObject([{ kind: 'dts', path: 'x/soc.dts' }]);
    const two = resolved([patch(named('board.dts') + named('other.dts'))], { bases: [base] });
    expect(two.said).toContainEqual(['artifact/base-not-used', { base: 'v6.1:x/soc.dts' }]);
    const same = resolved([patch(named('soc.dts') + named('other.dts'))], { bases: [base] });
    expect(same.said).toEqual([]);
    expect(resolved([artifact('dts', 'a.dts', BOARD)], { bases: [base] }).said).toEqual([
      ['artifact/base-not-used', { base: 'v6.1:x/soc.dts' }],
    ]);
  });

  test('a new file is all that it says, unless it needs others', () => {
    const added = (text: string) =>
      `--- /dev/null\n+++ b/new.dts\n@@ -0,0 +1,${text.split('\n').length - 1} @@\n${text.replace(/^(?=.)/gm, '+')}`;
    const { made } = resolved([patch(added(BOARD))]);
    expect(made).toMatchObject([{ kind: 'dts' }]);
    expect(textOf(made[0]!.source)).toBe(BOARD);
    expect(made[0]).not.toHaveProperty('before');
    const needing = resolved([patch(added(`#include "soc.dtsi"\n${BOARD}`))]);
    expect(needing.made).toMatchObject([{ kind: 'dts-fragment', isPartial: true }]);
    // Added and then changed by the next.
    const later = resolved([patch(added(BOARD)), patch(named('new.dts'), 'q.patch')]);
    expect(later.made.map(({ source }) => textOf(source))).toEqual([
      BOARD.replace('ranges;', 'ranges = <1 2 3>;'),
    ]);
  });

  test('a file that is taken away, files that say nothing of a machine', () => {
    const gone = resolved([patch('--- a/x.dts\n+++ /dev/null\n@@ -1 +0,0 @@\n-/dts-v1/;\n')]);
    expect([gone.made, gone.said]).toEqual([[], [['artifact/patch-deletes', { file: 'x.dts' }]]]);
    const others = resolved([
      patch(named('x.c', '@@ -1 +1 @@\n-a\n+b\n') + named('y.h', '@@ -1 +1 @@\n-a\n+b\n')),
    ]);
    expect(others.said).toEqual([['artifact/patch-other-files', { files: ['x.c', 'y.h'] }]]);
    const nameless = resolved([patch('@@ -1 +1 @@\n-a\n+b\n')]);
    expect(nameless.said).toEqual([['artifact/patch-other-files', { files: ['a file without a name'] }]]);
  });

  test.each([
    ['x.dts', 'dts-fragment'],
    ['x.dtsi', 'dts-fragment'],
    ['x.dtso', 'dts-fragment'],
    ['x.overlay', 'dts-fragment'],
    ['x.asl', 'asl'],
    ['x.DSL', 'asl'],
    ['drivers/hv/Kconfig', 'patch'],
    ['Kconfig.hv', 'patch'],
  ])('what %s is by its name: %s', (path, kind) => {
    expect(resolved([patch(named(path, '@@ -1 +1 @@\n-a;\n+b;\n'))]).made.map((made) => made.kind)).toEqual([
      kind,
    ]);
  });

  test.each([
    ['x.txt', '+\treg = <1>;', 'dts-fragment'],
    ['x.txt', '+\tcompatible = "a";', 'dts-fragment'],
    ['x.txt', '+\tnode {', undefined],
    ['x.txt', '+Name (_CRS, 1)', 'asl'],
    ['x.txt', '+ResourceTemplate () {', 'asl'],
    ['x.txt', '+words', undefined],
    [undefined, '+\tnode {', 'dts-fragment'],
  ])('what %s is by its content %s: %s', (path, line, kind) => {
    const hunk = `@@ -1 +1 @@\n-a\n${line}\n`;
    const { made } = resolved([patch(path === undefined ? hunk : named(path, hunk))]);
    expect(made[0]?.kind).toBe(kind);
  });

  test('Kconfig files keep their changes', () => {
    const { made } = resolved([
      patch(named('drivers/hv/Kconfig', '@@ -1,2 +1,2 @@ config HYPERV\n-\tselect SYSFB\n+\tselect EFI\n')),
    ]);
    expect(made).toMatchObject([
      {
        kind: 'patch',
        steps: [{ how: 'test' }, { how: 'patch', name: 'drivers/hv/Kconfig' }],
        changes: [
          { change: 'removed', symbol: 'HYPERV' },
          { change: 'added', symbol: 'HYPERV' },
        ],
      },
    ]);
  });

  test('a file that an input includes is read as the patches leave it', () => {
    const board = artifact('dts', '/src/board.dts', '/dts-v1/;\n#include "soc.dtsi"\n');
    const soc = { path: '/src/soc.dtsi', bytes: Buffer.from('x {\n\ty {\n\tranges;\n};\n};\n'), how: 'soc' };
    const findFile = (name: string, beside: string) =>
      name === 'soc.dtsi' && beside === '/src/board.dts' ? soc : undefined;
    const { made, said } = resolved([board, patch(named('soc.dtsi'))], { findFile });
    expect(said).toEqual([]);
    expect([...made[0]!.patchedFiles!].map(([path, bytes]) => [path, Buffer.from(bytes).toString()])).toEqual(
      [['/src/soc.dtsi', 'x {\n\ty {\n\tranges = <1 2 3>;\n};\n};\n']],
    );
    expect(made).toHaveLength(1);
    const stuck = resolved([board, patch(named('soc.dtsi', '@@ -3 +3 @@\n-gone;\n+new;\n'))], { findFile });
    expect(stuck.said).toEqual([['artifact/patch-does-not-apply', { file: '/src/soc.dtsi', large: false }]]);
    expect(stuck.made).toHaveLength(2);
    // Not for an input that is no source.
    expect(
      resolved([{ ...board, kind: 'dtb' }, patch(named('soc.dtsi'))], { findFile }).made[0],
    ).not.toHaveProperty('patchedFiles');
  });

  test('patches that do not follow one another are said', () => {
    const one = patch(named('x.dts', '@@ -1 +1 @@\n-a = <1>;\n+a = <2>;\n'));
    const two = patch(named('x.dts', '@@ -1 +1 @@\n-a = <5>;\n+a = <6>;\n'), 'q.patch');
    expect(resolved([one, two]).said).toEqual([['artifact/patch-mismatch', { file: 'x.dts' }]]);
  });

  test('values of addresses that a hunk cuts are said, others are not', () => {
    const cut = (line: string) => resolved([patch(named('x.dts', `@@ -1 +1,2 @@\n a;\n+\t${line}\n`))]).said;
    expect(cut('reg = <1')).toEqual([['artifact/patch-cuts-value', { name: 'reg' }]]);
    expect(cut('ranges = <1')).toHaveLength(1);
    expect(cut('status = "o')).toEqual([]);
    const beginning = resolved([patch(named('x.dts', '@@ -1 +1,2 @@\n+\t1 2>;\n a;\n'))]);
    expect(beginning.said).toEqual([['artifact/patch-cuts-value', { name: undefined }]]);
  });
});
