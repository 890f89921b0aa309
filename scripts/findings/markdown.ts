/** The registry as a page. */
import { CODES, rowOf } from '../../src/findings/finding.ts';
import { exampleLines, hidesText } from '../../src/report/finding.ts';

const ROOMS: Readonly<Record<string, string>> = {
  artifact: 'Opening inputs',
  container: 'Archives and compressed files',
  dt: 'Device trees',
  acpi: 'ACPI',
  evidence: 'Logs, configurations and other evidence',
  linux: 'The model of Linux',
  verdict: 'The question',
  sysfb: 'Rules of the question sysfb',
  fwmap: 'The command',
};

const INTRO = `# Findings

What fwmap says about inputs, by code. \`fwmap explain CODE\` prints one of these. Made from \`src/findings/\` by
\`npm run findings\`; a test runs every example.

"May hide" says what may be missing because something was not read. As long as an address window or a framebuffer may
be missing, no answer is \`not-needed\`.
`;

export function findingsMarkdown(): string {
  const parts = [INTRO];
  const rooms = new Set([...Object.keys(ROOMS), ...CODES.map((code) => code.split('/')[0]!)]);
  for (const room of rooms) {
    const codes = CODES.filter((code) => code.startsWith(`${room}/`)).sort();
    parts.push(`## ${ROOMS[room] ?? room}\n`, ...codes.map(section));
  }
  return parts.join('\n');
}

function section(code: string): string {
  const { severity, summary, why, source, hides, scope, example } = rowOf(code)!;
  const where = scope === 'path' ? ', at the node or object named' : '';
  const lines = [
    `### ${code}\n`,
    `${severity}: ${summary}\n`,
    `${why}\n`,
    `- may hide: ${hidesText(hides)}${hides.length > 0 ? where : ''}`,
    `- source: ${source}\n`,
  ];
  if (example !== undefined) lines.push('```', ...exampleLines(example), '```\n');
  return lines.join('\n');
}
