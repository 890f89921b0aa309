/** The report of `explain CODE`: what a diagnostic means, from its row of the registry. */
import { SNIFF_ROWS } from '../../artifact/sniff.ts';
import type { Arguments } from '../../bytes/diagnostic.ts';
import { rowOf, UNRECOGNISED_CODES } from '../../findings/finding.ts';
import type { Row } from '../../findings/row.ts';
import { type Block, code, type Document, strong } from '../document.ts';
import { contentLines, exampleLines, hidesText } from '../finding.ts';
import type { Report } from '../formats/render.ts';
import type { FindingJson } from '../json/finding.ts';

interface FindingReport {
  readonly code: string;
  readonly row: Row<Arguments>;
  /** For inputs that are not recognised: each kind, and how it is recognised. */
  readonly recognised?: readonly { readonly kind: string; readonly by: string }[];
}

function findingJson({ code: name, row, recognised }: FindingReport): FindingJson {
  return {
    schema: 'fwmap/finding@1',
    code: name,
    severity: row.severity,
    summary: row.summary,
    why: row.why,
    source: row.source,
    mayHide: [...row.hides],
    scope: row.scope ?? 'input',
    ...(recognised === undefined ? {} : { recognised: recognised.map((each) => ({ ...each })) }),
    ...(row.example === undefined
      ? {}
      : {
          example: {
            files: Object.entries(row.example.files).map(([file, content]) => ({
              name: file,
              lines: contentLines(content),
            })),
            command: `fwmap ${row.example.run}`,
          },
        }),
  };
}

function findingDocument({ code: name, row, recognised }: FindingReport): Document {
  const blocks: Block[] = [
    { kind: 'title', text: [code(name), ': ', strong(row.summary)] },
    { kind: 'paragraph', text: row.why },
    {
      kind: 'facts',
      rows: [
        { label: 'severity', text: row.severity },
        { label: 'may hide', text: hidesText(row.hides) },
        ...(row.scope === 'path' ? [{ label: 'scope', text: 'the node or object that it names' }] : []),
        { label: 'source', text: row.source },
      ],
    },
  ];
  if (recognised !== undefined)
    blocks.push(
      { kind: 'heading', text: 'Kinds that are recognised, tried in this order' },
      { kind: 'facts', rows: recognised.map(({ kind, by }) => ({ label: kind, text: by })) },
    );
  if (row.example !== undefined)
    blocks.push({ kind: 'heading', text: 'Example' }, { kind: 'lines', lines: exampleLines(row.example) });
  return blocks;
}

/** Explains a code: severity, why it matters, an example. Undefined where there is no such code. */
export function codeReport(name: string): Report | undefined {
  const row = rowOf(name);
  if (row === undefined) return undefined;
  const recognised = SNIFF_ROWS.map(({ kind, tried }) => ({ kind, by: tried }));
  const report = { code: name, row, ...(UNRECOGNISED_CODES.has(name) ? { recognised } : {}) };
  return {
    json: () => findingJson(report),
    document: () => findingDocument(report),
    found: () => ({ inputs: [], results: [] }),
  };
}
