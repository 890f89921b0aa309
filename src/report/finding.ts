/** What `explain CODE` prints: a row of the registry. */
import type { Arguments } from '../bytes/diagnostic.ts';
import type { Content, Example, Hidden, Row } from '../findings/row.ts';
import { type Block, code, type Document, strong } from './document.ts';
import type { FindingJson } from './json/finding.ts';

export interface FindingReport {
  readonly code: string;
  readonly row: Row<Arguments>;
  /** Of what nothing recognises: each kind with what it is recognised by. */
  readonly recognised?: readonly { readonly kind: string; readonly by: string }[];
}

const HIDDEN: Readonly<Record<Hidden, string>> = {
  window: 'an address window',
  framebuffer: 'a framebuffer',
  platform: 'what platform it is and how it booted',
  kernel: 'the kernel’s release or configuration',
};

/** What a gap of these kinds may hide, for a sentence. */
export function hidesText(hides: readonly Hidden[]): string {
  return hides.length === 0 ? 'nothing' : hides.map((what) => HIDDEN[what]).join(', ');
}

/** A file of an example as lines to read. */
export function contentLines(content: Content): string[] {
  if (typeof content === 'string') return content.replace(/\n$/, '').replace(/\0/g, '\\0').split('\n');
  if (!('map' in content))
    return 'hex' in content ? (content.hex.match(/.{1,64}/g) ?? []) : [`a link to ${content.link}`];
  return content.flatMap((piece) =>
    typeof piece === 'string'
      ? contentLines(piece)
      : [`(${piece.times} times: ${JSON.stringify(piece.repeat).slice(1, -1)})`],
  );
}

/** The files and the command line. */
export function exampleLines({ files, run }: Example): string[] {
  const shown = Object.entries(files).flatMap(([name, content]) =>
    name.endsWith('/')
      ? [`${name} (empty)`]
      : [`${name}:`, ...contentLines(content).map((line) => `    ${line}`)],
  );
  return [...shown, `$ fwmap ${run}`];
}

export function findingJson({ code: name, row, recognised }: FindingReport): FindingJson {
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

export function findingDocument({ code: name, row, recognised }: FindingReport): Document {
  const blocks: Block[] = [
    { kind: 'title', text: [code(name), ': ', strong(row.summary)] },
    { kind: 'paragraph', text: row.why },
    {
      kind: 'facts',
      rows: [
        { label: 'severity', text: row.severity },
        { label: 'may hide', text: hidesText(row.hides) },
        ...(row.scope === 'path' ? [{ label: 'where', text: 'at the node or object that is named' }] : []),
        { label: 'source', text: row.source },
      ],
    },
  ];
  if (recognised !== undefined)
    blocks.push(
      { kind: 'heading', text: 'What is recognised, in this order' },
      { kind: 'facts', rows: recognised.map(({ kind, by }) => ({ label: kind, text: by })) },
    );
  if (row.example !== undefined)
    blocks.push({ kind: 'heading', text: 'Example' }, { kind: 'lines', lines: exampleLines(row.example) });
  return blocks;
}
