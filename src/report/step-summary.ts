/** The summary of a step of a GitHub Actions job, as Markdown. */
import { cutMarkdown } from './formats/cut.ts';
import { resultsDocument } from './formats/github.ts';
import { renderMarkdown } from './formats/markdown.ts';
import { foundTogether } from './results/results.ts';
import { type NamedReport, renderMachines } from './subjects/machines.ts';

/**
 * The reports, followed by their results.
 * @param room the most bytes that it may have; the rest is left out, with a note
 */
export async function stepSummary(reports: readonly NamedReport[], room: number): Promise<string> {
  const report = await renderMachines(reports, 'markdown', { color: false, width: 80 });
  const found = foundTogether(reports.map((each) => each.found()));
  const results = renderMarkdown([{ kind: 'heading', text: 'Results' }, ...resultsDocument(found)]);
  // The longest part comes last, so that the cut falls into it.
  return cutMarkdown(`${report}\n${results}\n`, room);
}
