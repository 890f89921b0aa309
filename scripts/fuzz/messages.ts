/** Messages between supervisor and worker. */

/** Environment variable that names the file in which the worker notes each case before it runs it. */
export const STATUS_FILE = 'FWMAP_FUZZ_STATUS';

/** Environment variable that names the group of targets that a worker runs. */
export const GROUP = 'FWMAP_FUZZ_GROUP';

/** Some cases of a target, to be run. */
export interface Order {
  readonly target: string;
  readonly from: number;
  /** Most cases, and most milliseconds. */
  readonly cases: number;
  readonly milliseconds: number;
  /** Bytes of one case, in place of those that are made. */
  readonly input?: Uint8Array;
}

export interface Failure {
  readonly number: number;
  readonly bytes: Uint8Array;
  readonly why: string;
}

/** How an order went; of the case with a failure too. */
export interface Progress {
  /** Cases done. */
  readonly cases: number;
  /** The slowest step of those that were measured, in milliseconds of CPU time. */
  readonly slowest: number;
  readonly slowestCase: number;
  /** Largest size of the process, in bytes. */
  readonly rss: number;
  readonly failure?: Failure;
}

/** The contents of the status file: the target is being prepared, or runs a case. */
export function statusOf(target: string, number: number | undefined): string {
  return `${target} ${number ?? '-'}`.padEnd(60);
}

export function readStatus(text: string): { target: string; number: number | undefined } | undefined {
  const [target, number] = text.trim().split(' ');
  if (!target || number === undefined) return undefined;
  return { target, number: number === '-' ? undefined : Number(number) };
}
