/** The formats there are: a row each, loaded when asked for. */
import { escapeCommands } from '../../bytes/escape.ts';
import type { Document } from '../document.ts';
import type { AddressMap } from '../map/items.ts';
import type { Locate } from '../results/located.ts';
import type { Found } from '../results/results.ts';
import type { JsonObject } from './json-parts.ts';

/** A subject, ready to be shown in any format. Each form is made only when a format wants it. */
export interface Report {
  readonly json: () => JsonObject;
  /** @param format the format it is laid out for */
  readonly document: (format: Format) => Document;
  /** What there is to draw; only subjects that are about addresses have some. */
  readonly maps?: () => Promise<readonly AddressMap[]>;
  /** What was wrong with the inputs, and the answers, one by one. */
  readonly found: () => Found;
}

export interface RenderOptions {
  readonly color: boolean;
  readonly width: number;
  /** Draw the address map, too, where a document can hold one. */
  readonly map?: boolean;
  /** Characters beyond ASCII may be drawn with. */
  readonly unicode?: boolean;
  /** Of the program, for formats that name it. */
  readonly version?: string;
  /** What files are called, for formats that other programs read. */
  readonly locate?: Locate;
}

/** Columns of a drawing where no line is ever broken: a quoted line of a mail still fits 80. */
const DRAWING_WIDTH = 72;

/** The document with the drawing below, where one was asked for. */
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
    // Wide and combining characters take other than one column each: who has some pays for the tables of them.
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

/** The first is what is printed when nothing is asked for. */
const ALL_FORMATS = Object.keys(RENDERERS) as Format[];

/** Those of subjects that have nothing to draw. */
export const FORMATS = ALL_FORMATS.filter((format) => format !== 'svg');
/** Those of subjects that have an address map. */
export const MAP_FORMATS = ALL_FORMATS;

/** Formats that people read as they are, in the log of a job too. */
const PROSE: ReadonlySet<Format> = new Set<Format>(['text', 'mail', 'markdown']);

export async function renderReport(report: Report, format: Format, options: RenderOptions): Promise<string> {
  const rendered = await RENDERERS[format](report, options);
  return PROSE.has(format) ? escapeCommands(rendered) : rendered;
}
