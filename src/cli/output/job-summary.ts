/** The summary of a step of GitHub Actions: Markdown that the page of the run shows. */
import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { systemMessage } from '../../artifact/file.ts';
import { stepSummary } from '../../report/step-summary.ts';
import type { NamedReport } from '../../report/subjects/machines.ts';
import { CommandError } from '../common/command-error.ts';

/** GitHub doesn't show a larger summary at all. */
const MAX_BYTES = 1024 * 1024 - 1;

/** Adds reports and their findings, as far as there is room. Throws {@link CommandError} when it can't be written. */
export async function addToSummary(file: string, reports: readonly NamedReport[]): Promise<void> {
  try {
    await append(file, (room) => stepSummary(reports, room));
  } catch (error) {
    throw new CommandError(`cannot write GITHUB_STEP_SUMMARY ${file}: ${systemMessage(error)}`);
  }
}

/** Appends to a file that other steps may write to as well: all, or nothing. @param text makes what fits into `room` bytes */
async function append(file: string, text: (room: number) => Promise<string>): Promise<void> {
  const descriptor = openSync(file, 'a');
  try {
    const { size } = fstatSync(descriptor);
    if (size >= MAX_BYTES) return;
    const bytes = Buffer.from(await text(MAX_BYTES - size), 'utf8');
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    } catch (error) {
      ftruncateSync(descriptor, size);
      throw error;
    }
  } finally {
    closeSync(descriptor);
  }
}
