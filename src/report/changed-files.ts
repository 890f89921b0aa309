/** What a change of several firmware files does, as the Markdown of a comment or a summary. */
import type { Diagnostic } from '../bytes/diagnostic.ts';
import { escapeHtml } from '../bytes/escape.ts';
import { countText } from './formats/github.ts';
import { codeSpan } from './formats/markdown.ts';

/** What there is to say of one file. */
export interface ChangedFileReport {
  readonly path: string;
  /** `added`, `removed`, `changed`, `renamed`. */
  readonly did: string;
  /** Its windows: `2 moved, 1 removed`; empty where none is different. */
  readonly windows: string;
  /** What `sysfb` answers, and what it did before. */
  readonly answer: string;
  /** The Markdown of what is different; undefined where nothing is. */
  readonly report: string | undefined;
}

/** A code span in a cell of a table. */
function cell(text: string): string {
  return codeSpan(text).replaceAll('|', '\\|');
}

/**
 * A table of the files, and what is different in each, folded.
 * @param left files that were not looked at
 * @param results how many of each severity there are, of all files
 */
export function changedFilesReport(
  files: readonly ChangedFileReport[],
  left: number,
  results: Readonly<Record<Diagnostic['severity'], number>>,
): string {
  const rows = files.map(
    ({ path, did, windows, answer }) => `| ${cell(path)} | ${did} | ${windows || 'none'} | ${answer} |`,
  );
  const counted = countText(results);
  return [
    '## Firmware',
    '',
    ...(files.length === 0
      ? ['No firmware file is different.']
      : [
          `${counted === '' ? 'No errors or warnings' : counted}.`,
          '',
          '| file | what | windows | CONFIG_SYSFB |',
          '| --- | --- | --- | --- |',
          ...rows,
          ...(left > 0 ? ['', `${left} more files are not looked at.`] : []),
        ]),
    '',
    ...files.flatMap(({ path, report }) =>
      report === undefined
        ? []
        : ['<details>', `<summary>${escapeHtml(path)}</summary>`, '', report, '</details>', ''],
    ),
  ].join('\n');
}
