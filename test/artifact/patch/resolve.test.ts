/** Patches among inputs: which file a patch is of, what it is of, and where what is said of it stands. */
import { describe, expect, test } from 'vitest';
import type { Artifact } from '../../../src/artifact/artifact.ts';
import { beforeAndAfter } from '../../../src/artifact/patch/apply.ts';
import { type ResolveOptions, resolvePatches } from '../../../src/artifact/patch/resolve.ts';
import { readUnifiedDiff } from '../../../src/artifact/patch/unified-diff.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { formatPlace, textOf, textSource } from '../../../src/bytes/source.ts';
import { messageOf } from '../../../src/findings/finding.ts';

const artifact = (kind: Artifact['kind'], path: string, text: string): Artifact => ({
  kind,
  source: textSource(path, text),
  path,
  sha256: path,
  steps: [],
});
const patch = (text: string, path = 'p.patch'): Artifact => artifact('patch', path, text);
const named = (path: string, hunks: string): string => `--- a/${path}\n+++ b/${path}\n${hunks}`;
const BOARD = '/dts-v1/;\n/ {\n\tranges;\n};\n';
const CHANGE = '@@ -3 +3 @@\n-\tranges;\n+\tranges = <1 2 3>;\n';

function resolved(inputs: readonly Artifact[], options: ResolveOptions = {}) {
  const sink = new DiagnosticList();
  const made = resolvePatches(inputs, options, sink);
  return {
    made,
    kinds: made.map(({ kind }) => kind),
    said: sink.all.map((each) => [each.code, each.span === undefined ? each.path : formatPlace(each.span)]),
    messages: sink.all.map(messageOf),
  };
}

describe('which file it is of', () => {
  const applied = (path: string, patched: string): boolean =>
    resolved([artifact('dts', path, BOARD), patch(named(patched, CHANGE))]).made.length === 1;

  test.each([
    ['board.dts', 'arch/arm64/boot/dts/board.dts', true],
    ['/src/linux/arch/board.dts', 'board.dts', true],
    ['./x//board.dts', 'y/board.dts', true],
    ['board.dts', 'board.dtsi', false],
    ['xboard.dts', 'board.dts', false],
    ['board.dts/', 'x/board.dts', true],
  ])('%s and a patch of %s: %s', (path, patched, is) => {
    expect(applied(path, patched)).toBe(is);
  });

  test('ASL is a file as well; a blob, a log and another patch are none', () => {
    const asl = 'DefinitionBlock ("", "DSDT", 2, "A", "B", 1)\n{\n}\n';
    const change = '@@ -2,2 +2,3 @@\n {\n+Name (A, 1)\n }\n';
    const { made, kinds, said } = resolved([artifact('asl', 'd.asl', asl), patch(named('d.asl', change))]);
    expect([kinds, said]).toEqual([['asl'], []]);
    expect(textOf(made[0]!.source)).toBe(asl.replace('{\n', '{\nName (A, 1)\n'));
    for (const kind of ['dtb', 'dmesg', 'dts-fragment'] as const)
      expect(resolved([artifact(kind, 'board.dts', BOARD), patch(named('board.dts', CHANGE))]).kinds).toEqual(
        [kind, 'dts-fragment'],
      );
  });

  test('a file that is renamed is the same', () => {
    const rename = `diff --git a/old.dts b/new.dts\nrename from old.dts\nrename to new.dts\n--- a/old.dts\n+++ b/new.dts\n${CHANGE}`;
    const next = named('new.dts', '@@ -3 +3 @@\n-\tranges = <1 2 3>;\n+\tranges = <4>;\n');
    const { made, said } = resolved([
      artifact('dts', 'new.dts', BOARD),
      patch(rename),
      patch(next, 'q.patch'),
    ]);
    expect(said).toEqual([]);
    expect(made.map(({ source }) => textOf(source))).toEqual([BOARD.replace('ranges;', 'ranges = <4>;')]);
    // Deleted in the end, whatever came before.
    const deleted = '--- a/new.dts\n+++ /dev/null\n@@ -1 +0,0 @@\n-/dts-v1/;\n';
    expect(resolved([patch(rename), patch(deleted, 'q.patch')]).said).toEqual([
      ['artifact/patch-deletes', 'new.dts'],
    ]);
  });

  test('inputs stay in their order, what a patch makes in its place', () => {
    const { made } = resolved([
      artifact('dmesg', 'log', ''),
      patch(named('a.dts', '@@ -1 +1 @@\n-a;\n+b;\n')),
      artifact('dts', 'x.dts', BOARD),
      patch(named('c.txt', '@@ -1 +1 @@\n-a\n+b\n'), 'q.patch'),
    ]);
    expect(made.map(({ path }) => path)).toEqual(['log', 'p.patch', 'x.dts']);
    const untouched = [artifact('dmesg', 'log', ''), artifact('dts', 'x.dts', BOARD)];
    expect(resolved(untouched).made).toEqual(untouched);
  });
});

describe('what it is of', () => {
  const kindOf = (line: string, path?: string) => {
    const hunk = `@@ -1 +1 @@\n-a\n+${line}\n`;
    return resolved([patch(path === undefined ? hunk : named(path, hunk))]).kinds[0];
  };

  test.each([
    ['ranges = <1>;', 'dts-fragment'],
    ['\tdma-ranges\t=\t<1>;', 'dts-fragment'],
    ['#address-cells = <1>;', 'dts-fragment'],
    ['#size-cells=<1>;', 'dts-fragment'],
    ['reg = "x";', 'dts-fragment'],
    ['reg = x;', undefined],
    ['my-ranges = <1>;', undefined],
    ['x ranges = <1>;', undefined],
    ['Device (X)', 'asl'],
    ['\tScope(\\_SB)', 'asl'],
    ['Method (A, 0) {', 'asl'],
    ['DefinitionBlock ("")', 'asl'],
    ['return ResourceTemplate(', 'asl'],
    ['x Device (X)', undefined],
    ['Devices (X)', undefined],
  ])('by %j: %s', (line, kind) => {
    expect(kindOf(line, 'x.txt')).toBe(kind);
    expect(kindOf(line)).toBe(kind);
  });

  test.each([
    ['node {', 'dts-fragment'],
    ['\tnode@1,2 {  ', 'dts-fragment'],
    ['a.b+c-d{', 'dts-fragment'],
    ['if (x) {', undefined],
    ['struct x {', undefined],
    ['node { }', undefined],
    ['{', undefined],
  ])('of a patch without a name, by %j: %s', (line, kind) => {
    expect(kindOf(line)).toBe(kind);
    expect(kindOf(line, 'x.txt')).toBeUndefined();
  });
});

describe('hunks that fit both ways', () => {
  const both = (file: string, diff: string) =>
    beforeAndAfter(
      file,
      readUnifiedDiff(diff).flatMap(({ hunks }) => hunks),
    );

  test('and add as much as they take away are taken for what is to be done', () => {
    expect(both('x\n', '@@ -1 +1 @@\n-x\n+x \n')).toEqual({ before: 'x\n', after: 'x \n' });
  });

  test('a patch that only takes away names the line before, and is taken back there', () => {
    const [before, after] = ['a\nb\nc\nd\n', 'a\nd\n'];
    expect(both(before, '@@ -2,2 +1,0 @@\n-b\n-c\n')).toEqual({ before, after });
    expect(both(after, '@@ -2,2 +1,0 @@\n-b\n-c\n')).toEqual({ before, after });
    const two = '@@ -1,0 +2 @@\n+n\n@@ -3 +3,0 @@\n-c\n';
    expect(both(before, two)).toEqual({ before, after: 'a\nn\nb\nd\n' });
    expect(both('a\nn\nb\nd\n', two)).toEqual({ before, after: 'a\nn\nb\nd\n' });
  });

  test('nothing stands behind the last line', () => {
    expect(both('a\n', '@@ -1,3 +1,3 @@\n a\n-b\n+c\n d\n')).toBeUndefined();
  });
});

describe('what is said of it', () => {
  test('stands where the patch has it, also in a mail', () => {
    const text = `words\n${named('board.dts', '@@ -3 +3 @@\n-\tgone;\n+\tnew;\n')}`;
    expect(resolved([artifact('dts', 'board.dts', BOARD), patch(text)]).said).toEqual([
      ['artifact/patch-does-not-apply', 'p.patch:2.1'],
    ]);
    const cut = named('x.dts', '@@ -1 +1,2 @@\n a;\n+\treg = <1\n');
    expect(resolved([patch(cut)]).said).toEqual([['artifact/patch-cuts-value', 'p.patch:5.1']]);
    const inMail = patch(cut);
    const source = { ...inMail.source, lineMarkers: [{ offset: 0, name: 'm', line: 11 }] };
    const { made, said } = resolved([{ ...inMail, source }]);
    expect(said).toEqual([['artifact/patch-cuts-value', 'm:15.1']]);
    const start = textOf(made[0]!.source).indexOf('a;');
    expect(formatPlace({ source: made[0]!.source, start, end: start + 1 })).toMatch(/^m:14\./);
  });

  test('what cuts a value before the change is not said twice', () => {
    const change = named('x.dts', '@@ -1,2 +1,2 @@\n a;\n-\treg = <1\n+\treg = <2\n');
    expect(resolved([patch(change)]).said).toHaveLength(1);
  });

  test('of a base, by where it comes from', () => {
    const base = { path: 'x/board.dts', bytes: Buffer.from('/dts-v1/;\n'), how: 'v6.1:x/board.dts' };
    const { said, messages, kinds } = resolved([patch(named('board.dts', CHANGE))], { bases: [base] });
    expect(said).toEqual([['artifact/patch-does-not-apply', 'p.patch:1.1']]);
    expect(messages[0]).toContain('v6.1:x/board.dts');
    expect(kinds).toEqual(['dts-fragment']);
  });

  test('a hunk that only takes everything away shows nothing after it', () => {
    const { made } = resolved([patch(named('x.dts', '@@ -1 +0,0 @@\n-\treg = <1>;\n'))]);
    expect(made).toEqual([]);
  });

  test('the steps to it', () => {
    const steps = (text: string) => resolved([patch(text)]).made[0]!;
    const made = steps(named('x.dts', '@@ -1 +1 @@\n-a;\n+b;\n'));
    expect(made.steps).toEqual([{ how: 'after the patch', name: 'x.dts' }]);
    expect(made.before!.steps).toEqual([{ how: 'before the patch', name: 'x.dts' }]);
    expect(made.before!.isPartial).toBe(true);
    expect(steps('@@ -1 +1 @@\n-a\n+reg = <1>;\n').steps).toEqual([{ how: 'after the patch' }]);
    const base = { path: 'x/board.dts', bytes: Buffer.from(BOARD), how: 'v6.1' };
    const whole = resolved([patch(named('board.dts', CHANGE))], { bases: [base] }).made[0]!;
    expect(whole).toMatchObject({ path: 'x/board.dts', source: { name: 'x/board.dts' }, sha256: 'p.patch' });
    expect(whole.steps).toEqual([{ how: 'patched', name: 'p.patch' }]);
    // A base without a version tag and a root stays a fragment.
    const part = { ...base, bytes: Buffer.from('a {\n\tx;\n\tranges;\n};\n') };
    expect(resolved([patch(named('board.dts', CHANGE))], { bases: [part] }).kinds).toEqual(['dts-fragment']);
  });
});

test('files that inputs include: several, each as the patches leave it, the first source that has it', () => {
  const boards = ['/src/a.dts', '/src/b.dts'].map((path) =>
    artifact('dts', path, '/dts-v1/;\n#include "soc.dtsi"\n'),
  );
  const file = (name: string) => ({
    path: `/src/${name}`,
    bytes: Buffer.from('x;\ny;\nranges;\n'),
    how: name,
  });
  const findFile: ResolveOptions['findFile'] = (name, beside) =>
    beside === '/src/b.dts' || name === 'one.dtsi' ? file(name) : undefined;
  const change = (name: string): string => named(name, '@@ -3 +3 @@\n-ranges;\n+reg;\n');
  const { made, said } = resolved(
    [...boards, patch(change('one.dtsi') + change('two.dtsi') + change('three.dtsi'))],
    {
      findFile,
    },
  );
  expect(said).toEqual([]);
  expect(made.map(({ path, patchedFiles }) => [path, [...(patchedFiles?.keys() ?? [])]])).toEqual([
    ['/src/a.dts', ['/src/one.dtsi']],
    ['/src/b.dts', ['/src/two.dtsi', '/src/three.dtsi']],
  ]);
  const [text] = made[0]!.patchedFiles!.values();
  expect(Buffer.from(text!).toString()).toBe('x;\ny;\nreg;\n');
  // A patch without a name is of none of them.
  expect(resolved([...boards, patch('@@ -1 +1 @@\n-a\n+reg = <1>;\n')], { findFile }).made).toHaveLength(3);
});
