/** The output formats: a row each, loaded when used. */
import { escapeCommands } from '../../bytes/escape.ts';
import type { Document } from '../document.ts';
import type { AddressMap } from '../map/items.ts';
import type { Locate } from '../results/located.ts';
import type { Found } from '../results/results.ts';
import type { JsonObject } from './json-parts.ts';

/** A subject that can be rendered in any format. Each form is made only when a format needs it. */
export interface Report {
  readonly json: () => JsonObject;
  /** @param format the format it is laid out for */
  readonly document: (format: Format) => Document;
  /** The address maps; only subjects that are about addresses have them. */
  readonly maps?: () => Promise<readonly AddressMap[]>;
  /** The diagnostics and the answers as a list of results. */
  readonly found: () => Found;
}

export interface RenderOptions {
  readonly color: boolean;
  /** Columns of text; other formats have widths of their own. */
  readonly width: number;
  /** Whether to add the address map to text, mail and Markdown. */
  readonly map?: boolean;
  /** Whether drawings may use characters beyond ASCII. */
  readonly unicode?: boolean;
  /** The program's version, for formats that have it. */
  readonly version?: string;
  /** Names of files, for formats that other programs read. */
  readonly locate?: Locate;
}

/** Columns of a drawing in mail and Markdown: a quoted line still fits 80. */
const DRAWING_WIDTH = 72;

/** The document, with the drawing below it where that is wanted. */
async function drawn(report: Report, format: Format, options: RenderOptions): Promise<Document> {
  const document = report.document(format);
  if (options.map !== true || report.maps === undefined) return document;
  const { mapBlocks } = await import('./map-text.ts');
  const width = format === 'text' ? options.width : DRAWING_WIDTH;
  const unicode = format !== 'mail' && options.unicode === true;
  return [...document, ...mapBlocks(await report.maps(), { width, unicode })];
}

const RENDERERS = {
  async text(report: Report, options: RenderOptions) {
    const { renderText } = await import('./text.ts');
    const document = await drawn(report, 'text', options);
    const plain = renderText(document, options);
    // Wide and combining characters don't take one column each: the tables for them are loaded only if there are any.
    if (/^[\x00-\x7f]*$/.test(plain)) return plain;
    const { default: measure } = await import('string-width');
    return renderText(document, { ...options, measure });
  },
  async mail(report: Report, options: RenderOptions) {
    const { renderMail } = await import('./mail.ts');
    return renderMail(await drawn(report, 'mail', options));
  },
  async markdown(report: Report, options: RenderOptions) {
    const { renderMarkdown } = await import('./markdown.ts');
    return renderMarkdown(await drawn(report, 'markdown', options));
  },
  async html(report: Report) {
    const { renderHtml } = await import('./html/page.ts');
    return renderHtml(report.document('html'), (await report.maps?.()) ?? []);
  },
  async svg(report: Report) {
    const { renderSvg } = await import('./svg.ts');
    return renderSvg((await report.maps?.()) ?? []);
  },
  async json(report: Report) {
    const { printJson } = await import('./json-parts.ts');
    return printJson(report.json());
  },
  async ndjson(report: Report) {
    const { printJsonLine } = await import('./json-parts.ts');
    return printJsonLine(report.json());
  },
  async sarif(report: Report, options: RenderOptions) {
    const { renderSarif } = await import('./sarif.ts');
    return renderSarif(report.found(), options);
  },
  async github(report: Report, options: RenderOptions) {
    const { renderGithub } = await import('./github.ts');
    return renderGithub(report.found(), options);
  },
} as const;

export type Format = keyof typeof RENDERERS;

/** The first is the default. */
const ALL_FORMATS = Object.keys(RENDERERS) as Format[];

/** Formats of subjects without an address map. */
export const FORMATS = ALL_FORMATS.filter((format) => format !== 'svg');
/** Formats of subjects with an address map. */
export const MAP_FORMATS = ALL_FORMATS;

/** Formats that people read directly, also in the log of a CI job. */
const PROSE: ReadonlySet<Format> = new Set<Format>(['text', 'mail', 'markdown']);

export async function renderReport(report: Report, format: Format, options: RenderOptions): Promise<string> {
  const rendered = await RENDERERS[format](report, options);
  return PROSE.has(format) ? escapeCommands(rendered) : rendered;
}
