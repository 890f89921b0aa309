/** The limits as a page. */
import { bytesText } from '../../src/limits/limits.ts';
import { LIMIT_GROUPS, type LimitRow } from '../../src/limits/rows.ts';

const INTRO = `# Limits

Inputs are hostile until they are read, so what is read of one, and how much is worked on it, is bounded. Reaching a limit
is always told, by a message that names it: \`more than 100000 nodes (--limit tree-nodes=N)\`. What may be missing then
counts as unknown: no answer is \`not-needed\` because of a limit.

\`--limit NAME=VALUE\` sets one for a run, with every command and as often as wanted. Sizes take a suffix: \`8M\`, \`1G\`. In
the library, \`withLimits({ 'tree-nodes': 200_000 }, () => …)\` does it for everything that the function starts.

Made from \`src/limits/rows.ts\` by \`npm run limits\`. What a format itself allows at most, and how much of something a
report shows, is no limit in this sense.
`;

function amount({ default: value, unit }: LimitRow): string {
  return unit === 'bytes' ? bytesText(value) : `${value} ${unit}`;
}

function section(name: string, row: LimitRow): string {
  return [
    `### ${name}\n`,
    `${amount(row)}: ${row.of}.\n`,
    `- why: ${row.reason}`,
    `- when it is reached: ${row.then}.\n`,
  ].join('\n');
}

export function limitsMarkdown(): string {
  const parts = [INTRO];
  for (const [title, rows] of Object.entries(LIMIT_GROUPS)) {
    parts.push(`## ${title}\n`);
    for (const [name, row] of Object.entries(rows)) parts.push(section(name, row));
  }
  return parts.join('\n');
}
