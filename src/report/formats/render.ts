/** The formats there are: a row each, loaded when asked for. */
import type { Document } from '../document.ts';
import type { JsonObject } from './json-parts.ts';

/** A subject, ready to be shown in any format. Each form is made only when a format wants it. */
export interface Report {
  readonly json: () => JsonObject;
  /** @param format the format it is laid out for */
  readonly document: (format: Format) => Document;
}

export interface RenderOptions {
  readonly color: boolean;
  readonly width: number;
}

const RENDERERS = {
  async text(report: Report, options: RenderOptions) {
    const { renderText } = await import('./text.ts');
    const document = report.document('text');
    const plain = renderText(document, options);
    // Wide and combining characters take other than one column each: who has some pays for the tables of them.
    if (/^[\x00-\x7f]*$/.test(plain)) return plain;
    const { default: measure } = await import('string-width');
    return renderText(document, { ...options, measure });
  },
  async mail(report: Report) {
    const { renderMail } = await import('./mail.ts');
    return renderMail(report.document('mail'));
  },
  async markdown(report: Report) {
    const { renderMarkdown } = await import('./markdown.ts');
    return renderMarkdown(report.document('markdown'));
  },
  async json(report: Report) {
    const { printJson } = await import('./json-parts.ts');
    return printJson(report.json());
  },
  async ndjson(report: Report) {
    const { printJsonLine } = await import('./json-parts.ts');
    return printJsonLine(report.json());
  },
} as const;

export type Format = keyof typeof RENDERERS;

/** The first is what is printed when nothing is asked for. */
export const FORMATS = Object.keys(RENDERERS) as Format[];

export function renderReport(report: Report, format: Format, options: RenderOptions): Promise<string> {
  return RENDERERS[format](report, options);
}
