/** Patches: what they show of files, and whether they apply. */
import { moreThan } from '../../limits/limits.ts';
import { ANYTHING, type Example, NOTHING, row } from '../row.ts';

const HEAD = '--- a/x.dtsi\n+++ b/x.dtsi\n';
const patch = (text: string): Example => ({ files: { 'x.patch': text }, run: 'windows x.patch' });

/** The most ranges that a sentence lists. */
const MAX_RANGES = 6;

export const PATCH_ROWS = {
  'artifact/patch-other-files': row({
    severity: 'note',
    summary: 'a patch changes files that describe no machine',
    why: 'Only device tree source, ASL and Kconfig are read from patches.',
    example: patch(
      `${HEAD}@@ -1 +1,2 @@\n a;\n+ranges = <0 0 1>;\n--- a/x.c\n+++ b/x.c\n@@ -1 +1 @@\n-a\n+b\n`,
    ),
    source: 'src/artifact/patch/resolve.ts',
    hides: NOTHING,
    text: ({ files }: { files: readonly string[] }) =>
      `The patch also changes ${files.slice(0, 3).join(', ')}${files.length > 3 ? ` and ${files.length - 3} more files` : ''}, which ${files.length === 1 ? 'is' : 'are'} left out`,
  }),
  'artifact/patch-deletes': row({
    severity: 'note',
    summary: 'a patch deletes a file',
    why: 'Nothing of it is left to read.',
    example: patch('--- a/x.dts\n+++ /dev/null\n@@ -1 +0,0 @@\n-/dts-v1/; / { };\n'),
    source: 'src/artifact/patch/resolve.ts',
    hides: NOTHING,
    text: ({ file }: { file: string }) => `The patch deletes ${file}`,
  }),
  'artifact/patch-does-not-apply': row({
    severity: 'error',
    summary: 'a patch does not apply to the file that was given with it',
    why: 'The file is neither the version before the patch nor the one after it. Only the lines in the hunks are read.',
    example: {
      files: {
        'x.dts': '/dts-v1/; / { };\n',
        'x.patch': `--- a/x.dts\n+++ b/x.dts\n@@ -1 +1 @@\n-a;\n+b;\n`,
      },
      run: 'windows x.dts x.patch',
    },
    source: 'src/artifact/patch/apply.ts',
    hides: ANYTHING,
    text: ({ file, large }: { file: string; large: boolean }) =>
      large
        ? `Applying the patch to ${file} takes ${moreThan('patch-work')}`
        : `The patch does not apply to ${file}`,
    hint: () => 'give the file of the version that the patch is for: --base REV:PATH',
  }),
  'artifact/patch-mismatch': row({
    severity: 'warning',
    summary: 'patches of one file contradict each other',
    why: 'A later one starts from other lines than an earlier one leaves: they are for different versions or out of order.',
    example: patch(
      `${HEAD}@@ -1 +1 @@\n-ranges = <0 0 1>;\n+ranges = <0 0 2>;\n${HEAD}@@ -1 +1 @@\n-ranges = <0 0 3>;\n+ranges = <0 0 4>;\n`,
    ),
    source: 'src/artifact/patch/known-lines.ts',
    hides: ANYTHING,
    text: ({ file }: { file: string }) =>
      `The patches of ${file || 'a file'} do not apply in this order: one starts from lines that another has changed`,
    hint: () => 'name them in their order, and only one version of each',
  }),
  'artifact/patch-cuts-value': row({
    severity: 'warning',
    summary: 'a hunk shows a part of a value',
    why: 'The rest is not in the patch, and may contain an address window.',
    example: patch(
      `${HEAD}@@ -1,2 +1,3 @@\n <0 0 1>,\n+<2 2 1>,\n <4 4 1>;\n@@ -20 +21,2 @@\n a;\n+ranges = <0 0 1>;\n`,
    ),
    source: 'src/artifact/patch/tree-text.ts, src/artifact/patch/asl-text.ts',
    hides: ['window', 'framebuffer'],
    text: ({ name }: { name: string | undefined }) =>
      name === undefined
        ? 'The patch shows the middle of a value without its beginning'
        : `The patch shows only a part of ${name}`,
    hint: () => 'give the whole file too, or --base REV:PATH',
  }),
  'dt/patch-changes': row({
    severity: 'note',
    summary: 'what a patch changes in the address map',
    why: 'The tree after the patch is judged.',
    example: patch(`${HEAD}@@ -1 +1 @@\n-ranges = <0 0 0x1000>;\n+ranges = <0 0 0x2000>;\n`),
    source: 'the tree before the patch, compared with the tree after it',
    hides: NOTHING,
    text: ({ added, removed }: { added: readonly string[]; removed: readonly string[] }) => {
      if (added.length + removed.length === 0) return 'The patch does not change the address map';
      const list = (ranges: readonly string[]): string =>
        `${ranges.slice(0, MAX_RANGES).join(', ')}${ranges.length > MAX_RANGES ? ` and ${ranges.length - MAX_RANGES} more` : ''}`;
      const parts = [
        ...(added.length > 0 ? [`adds ${list(added)}`] : []),
        ...(removed.length > 0 ? [`removes ${list(removed)}`] : []),
      ];
      return `The patch ${parts.join(' and ')}`;
    },
  }),
  'artifact/base-not-used': row({
    severity: 'warning',
    summary: 'no patch changes a file of --base',
    why: 'Such a file is read only as the version before a patch.',
    example: {
      files: { 'x.dts': '/dts-v1/; / { };\n', 'y.dts': '/dts-v1/; / { };\n' },
      run: 'windows x.dts --base y.dts',
    },
    source: 'src/artifact/patch/resolve.ts',
    hides: NOTHING,
    text: ({ base }: { base: string }) => `No patch among the inputs changes ${base}`,
  }),
};
