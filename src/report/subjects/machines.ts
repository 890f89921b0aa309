/** Several machines in one report: each as it would be reported alone, under its name. */
import type { Document } from '../document.ts';
import { type JsonObject, printJson, printJsonLine } from '../formats/json-parts.ts';
import { type Format, type RenderOptions, type Report, renderReport } from '../formats/render.ts';
import { foundTogether } from '../results/results.ts';

/** The report of one of several machines. */
export interface NamedReport extends Report {
  /** Undefined where there is one machine. */
  readonly name: string | undefined;
}

function named({ name, json }: NamedReport): JsonObject {
  const object = json();
  return name === undefined ? object : { ...object, name };
}

/** The title of one of several pictures, with the machine's name. */
function titleOf({ name = '' }: NamedReport, title: string): string {
  const file = name.slice(name.lastIndexOf('/') + 1);
  if (file === '' || !title.endsWith(` ${file}`)) return `${name}: ${title}`;
  // The title has the name of the file: the path replaces it.
  return `${title.slice(0, -file.length)}${name}`;
}

/** Renders the reports of one or several machines, in the order given. */
export async function renderMachines(
  reports: readonly NamedReport[],
  format: Format,
  options: RenderOptions,
): Promise<string> {
  if (format === 'ndjson') return reports.map((report) => printJsonLine(named(report))).join('');
  const [only] = reports;
  if (reports.length === 1 && only !== undefined)
    return renderReport({ ...only, json: () => named(only) }, format, options);
  if (format === 'json') return printJson({ schema: 'fwmap/machines@1', machines: reports.map(named) });
  const document = (laidOutFor: Format): Document =>
    reports.flatMap((report) => [
      { kind: 'heading', text: report.name ?? '' },
      ...report.document(laidOutFor),
    ]);
  const maps = reports.some((report) => report.maps !== undefined) && {
    maps: async () => {
      const maps = await Promise.all(reports.map((report) => report.maps?.() ?? []));
      return maps.flatMap((of, at) => of.map((map) => ({ ...map, title: titleOf(reports[at]!, map.title) })));
    },
  };
  const found = () => foundTogether(reports.map((report) => report.found()));
  return renderReport({ json: () => ({}), document, found, ...maps }, format, options);
}
