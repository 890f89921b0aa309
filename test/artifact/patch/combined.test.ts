/**
 * Diffs of merges. Both texts are git's of one merge of two changes to a file (git 2.47: `git show --format= --cc HEAD` and
 * `git diff HEAD^1 HEAD`).
 */
import { expect, test } from 'vitest';
import { hasHunk, readUnifiedDiff } from '../../../src/artifact/patch/unified-diff.ts';
import { openText, readable } from '../open.ts';

const COMBINED = `diff --cc x.dts
index ed5f251,92e9538..661975c
--- a/x.dts
+++ b/x.dts
@@@ -1,5 -1,5 +1,5 @@@
  vmbus {
  	compatible = "microsoft,vmbus";
- 	ranges = <0xf 0xf0000000 0xf 0xf0000000 0x8000000>;
- 	dma-coherent;
 -	ranges = <0xf 0xe0000000 0xf 0xf0000000 0x10000000>;
++	ranges = <0x0 0xf0000000 0x0 0xf0000000 0x10000000>;
+ 	dma-noncoherent;
  };
`;
const AGAINST_FIRST = `diff --git a/x.dts b/x.dts
index ed5f251..661975c 100644
--- a/x.dts
+++ b/x.dts
@@ -1,5 +1,5 @@
 vmbus {
 	compatible = "microsoft,vmbus";
-	ranges = <0xf 0xf0000000 0xf 0xf0000000 0x8000000>;
-	dma-coherent;
+	ranges = <0x0 0xf0000000 0x0 0xf0000000 0x10000000>;
+	dma-noncoherent;
 };
`;

/** What a diff says, but for the lines that it stands on. */
const changes = (text: string) =>
  readUnifiedDiff(text).map(({ newPath, hunks }) => ({
    newPath,
    hunks: hunks.map(({ oldStart, lines }) => [
      oldStart,
      ...lines.map(({ mark, text: line }) => mark + line),
    ]),
  }));

test.each(['', '> ', 'Hello\n\n'])('is the change of the first parent, behind %j', (before) => {
  const quote = (text: string): string =>
    before === '> ' ? text.replace(/^(?=.)/gm, before) : before + text;
  expect(hasHunk(quote(COMBINED))).toBe(true);
  expect(changes(quote(COMBINED))).toEqual(changes(AGAINST_FIRST));
});

test('ends with its counts, as any hunk', () => {
  expect(changes(`${COMBINED}Regards,\n- me\n`)[0]!.hunks[0]).toHaveLength(8);
  expect(changes(`${COMBINED}${COMBINED}`)).toHaveLength(2);
});

test('colours of a terminal are taken off first', async () => {
  // `git diff --color=always HEAD^1 HEAD | grep ranges`
  const coloured =
    '\x1b[36m@@ -1,3 +1,3 @@\x1b[m\n vmbus {\x1b[m\n\x1b[31m-\tranges = <0xf 0xf0000000 0xf 0xf0000000 0x8000000>;\x1b[m\n' +
    '\x1b[32m+\x1b[m\t\x1b[32mranges = <0x0 0xf0000000 0x0 0xf0000000 0x10000000>;\x1b[m\n };\x1b[m\n';
  const { artifacts } = await openText(coloured);
  expect(artifacts.map(({ kind }) => kind)).toEqual(['patch']);
  expect(changes(readable(artifacts[0]!))[0]!.hunks[0]!.slice(1)).toEqual([
    ' vmbus {',
    '-\tranges = <0xf 0xf0000000 0xf 0xf0000000 0x8000000>;',
    '+\tranges = <0x0 0xf0000000 0x0 0xf0000000 0x10000000>;',
    ' };',
  ]);
});
