/** The release table as Markdown, and its place in a document. */
import { RELEASE_CHANGES, type ReleaseChange } from '../../src/linux/changes.ts';

const START = '<!-- made by npm run linux-table -->';
const END = '<!-- end -->';

function releasesText({ mainline, confirmed, stable }: ReleaseChange): string {
  const first = mainline === null ? [] : [`${mainline}${confirmed ? '' : ' (believed)'}`];
  const backports = stable.map(({ branch, since, confirmed: sure }) =>
    since === null ? `${branch}.y (which is not known)` : `${since}${sure ? '' : ' (believed)'}`,
  );
  return [...first, ...backports].join(', ');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** A row for each change, in the order in which they are applied. */
export function linuxTable(): string {
  const rows = RELEASE_CHANGES.map(
    (change) =>
      `| ${change.commit} | ${cell(releasesText(change))} | ${cell(change.says)} | ${cell(change.source)} |`,
  );
  return [
    '| commit | first releases | what it changes | source |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

export function withTable(document: string, table: string): string {
  const [from, to] = [document.indexOf(START), document.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`docs/linux.md lacks its marks, ${START} and ${END}`);
  return `${document.slice(0, from + START.length)}\n\n${table}\n\n${document.slice(to)}`;
}
