/** The columns of a survey's tables as Markdown, for docs/fleet.md. */
import { TABLE_NAMES, TABLES } from '../../src/survey/tables.ts';

/** Lines between which docs/fleet.md has them. */
export const BEGIN = '<!-- npm run fleet-columns writes from here -->';
export const END = '<!-- to here -->';

/** A section for each table. */
export function columnsMarkdown(): string {
  return TABLE_NAMES.map((table) => {
    const rows = TABLES[table].map(({ name, type, describe }) => `| \`${name}\` | ${type} | ${describe} |`);
    return [`### ${table}`, '', '| column | type | |', '| --- | --- | --- |', ...rows, ''].join('\n');
  }).join('\n');
}

/** The document with the columns in their place. */
export function withColumns(document: string): string {
  const [before, rest] = document.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined)
    throw new Error('docs/fleet.md has no place for the columns');
  return `${before}${BEGIN}\n\n${columnsMarkdown()}\n${END}${after}`;
}
