/** Helpers of the commands for many machines. */
import { BrokenPackageError, MissingPackageError } from '../../survey/optional.ts';
import { PlaceError } from '../../survey/place/place.ts';
import { QueueError } from '../../survey/queue.ts';
import { CommandError } from '../common/command-error.ts';

/** More threads run out of memory: use another host then. */
export const MOST_JOBS = 256;

/** The value of an option that takes a number from 1 to `most`, or its default. Throws {@link CommandError}. */
export function countOption(
  option: string,
  text: string | undefined,
  otherwise: number,
  most: number,
): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw new CommandError(`--${option} ${text}: it takes a number from 1 to ${most}`);
  return value;
}

/**
 * Turns errors of optional packages, of the queue and of where a survey is kept into errors of the command.
 * @param hint what helps where a request has failed
 */
export async function asCommandErrors<T>(work: Promise<T>, hint?: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof MissingPackageError)
      throw new CommandError(error.message, `npm install ${error.package}, beside fwmap or in this folder`);
    if (error instanceof PlaceError) throw new CommandError(error.message, error.hint ?? hint);
    if (error instanceof QueueError || error instanceof BrokenPackageError)
      throw new CommandError(error.message);
    throw error;
  }
}
