/** The summary of a step of GitHub Actions: Markdown that the page of the run shows. */
import { appendFileSync, statSync } from 'node:fs';
import { systemMessage } from '../../artifact/file.ts';
import { stepSummary } from '../../report/step-summary.ts';
import type { NamedReport } from '../../report/subjects/machines.ts';
import { CommandError } from '../common/command-error.ts';

/** A larger summary of a step is not shown at all. */
const MAX_BYTES = 1024 * 1024 - 1;

/** Adds reports and all that they found, as far as there is room. Throws {@link CommandError} when it can't be written. */
export async function addToSummary(file: string, reports: readonly NamedReport[]): Promise<void> {
  try {
    const there = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    const room = MAX_BYTES - there;
    if (room <= 0) return;
    appendFileSync(file, await stepSummary(reports, room));
  } catch (error) {
    throw new CommandError(`cannot write GITHUB_STEP_SUMMARY ${file}: ${systemMessage(error)}`);
  }
}
