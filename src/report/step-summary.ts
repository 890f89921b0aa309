/** The summary of a step of a GitHub Actions job: Markdown that the page of the run shows. */
import { cutMarkdown } from './formats/cut.ts';
import { resultsDocument } from './formats/github.ts';
import { renderMarkdown } from './formats/markdown.ts';
import { foundTogether } from './results/results.ts';
import { type NamedReport, renderMachines } from './subjects/machines.ts';

/**
 * Reports and all that they found, one behind the other.
 * @param room bytes that there are for it; what is more is left out, which the text says
 */
export async function stepSummary(reports: readonly NamedReport[], room: number): Promise<string> {
  const report = await renderMachines(reports, 'markdown', { color: false, width: 80 });
  const found = foundTogether(reports.map((each) => each.found()));
  const results = renderMarkdown([{ kind: 'heading', text: 'Results' }, ...resultsDocument(found)]);
  // What may be long comes last, so that the cut falls into it.
  return cutMarkdown(`${report}\n${results}\n`, room);
}
