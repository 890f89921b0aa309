/** The summary of a step of GitHub Actions: Markdown that the page of the run shows. */
import { appendFileSync, statSync } from 'node:fs';
import { systemMessage } from '../../artifact/file.ts';
import { cutMarkdown } from '../../report/formats/cut.ts';
import { resultsDocument } from '../../report/formats/github.ts';
import { renderMarkdown } from '../../report/formats/markdown.ts';
import { foundTogether } from '../../report/results/results.ts';
import { type NamedReport, renderMachines } from '../../report/subjects/machines.ts';
import { CommandError } from '../common/command-error.ts';

/** A larger summary of a step is not shown at all. */
const MAX_BYTES = 1024 * 1024 - 1;

/** Adds reports and all that they found, as far as there is room. Throws {@link CommandError} when it can't be written. */
export async function addToSummary(file: string, reports: readonly NamedReport[]): Promise<void> {
  const report = await renderMachines(reports, 'markdown', { color: false, width: 80 });
  const found = foundTogether(reports.map((each) => each.found()));
  const results = renderMarkdown([{ kind: 'heading', text: 'Results' }, ...resultsDocument(found)]);
  try {
    const there = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    const room = MAX_BYTES - there;
    if (room <= 0) return;
    // What may be long comes last, so that the cut falls into it.
    appendFileSync(file, cutMarkdown(`${report}\n${results}\n`, room));
  } catch (error) {
    throw new CommandError(`cannot write GITHUB_STEP_SUMMARY ${file}: ${systemMessage(error)}`);
  }
}
