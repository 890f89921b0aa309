/** The verdict of `sysfb`, ready to be rendered in any format. */
import type { Verdict } from '../../../verdict/sysfb/verdict.ts';
import type { Report } from '../../formats/render.ts';
import { sysfbResults } from '../../results/sysfb.ts';
import { sysfbDocument } from './document.ts';
import { sysfbJson } from './json.ts';
import { sysfbReply } from './mail.ts';

/** How much of a verdict is reported. */
export interface VerdictReportOptions {
  /** Everything: derivations, every piece of evidence, the Kconfig line, the raw data; in mail no short reply. */
  readonly full?: boolean;
  /** The program's version, for the last line of reports. */
  readonly version: string;
}

/** The report of `sysfb`. */
export function sysfbReport(verdict: Verdict, { full = false, version }: VerdictReportOptions): Report {
  return {
    json: () => sysfbJson(verdict),
    document: (format) =>
      format === 'mail' && !full
        ? sysfbReply(verdict, version)
        : sysfbDocument(verdict, { format, full, version }),
    maps: async () => (await import('../../map/subjects.ts')).sysfbMaps(verdict),
    found: () => ({ inputs: verdict.inputs, results: [...verdict.diagnostics, ...sysfbResults(verdict)] }),
  };
}
