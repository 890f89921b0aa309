/** The changes of several firmware files, as Markdown for a comment or a summary. */
import type { Diagnostic } from '../bytes/diagnostic.ts';
import { escapeHtml } from '../bytes/escape.ts';
import { countText } from './formats/github.ts';
import { codeSpan } from './formats/markdown.ts';

/** The results of one file. */
export interface ChangedFileReport {
  readonly path: string;
  /** `added`, `removed`, `changed`, `includes what changed`. */
  readonly did: string;
  /** Its windows: `2 moved, 1 removed`; empty where none differs. */
  readonly windows: string;
  /** The answer of `sysfb`, and the one before if it was another. */
  readonly answer: string;
  /** The differences as Markdown; undefined where there are none. */
  readonly report: string | undefined;
}

/** A code span in a cell of a table. */
function cell(text: string): string {
  return codeSpan(text).replaceAll('|', '\\|');
}

/**
 * A table of the files, and the differences of each, folded.
 * @param left how many files were not examined
 * @param results how many results of each severity all files have
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
      ? ['No firmware file differs.']
      : [
          `${counted === '' ? 'No errors or warnings' : counted}.`,
          '',
          '| file | what | windows | CONFIG_SYSFB |',
          '| --- | --- | --- | --- |',
          ...rows,
          ...(left > 0
            ? ['', left === 1 ? '1 more file was not examined.' : `${left} more files were not examined.`]
            : []),
        ]),
    '',
    ...files.flatMap(({ path, report }) =>
      report === undefined
        ? []
        : ['<details>', `<summary>${escapeHtml(path)}</summary>`, '', report, '</details>', ''],
    ),
  ].join('\n');
}
