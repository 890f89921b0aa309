/** Cites changes of the release table: releases in texts are those of its rows. */
import { RELEASE_CHANGES, type ReleaseChange } from './changes.ts';

/** `a07b50d80ab6 ("hyperv: avoid dependency on screen_info"), v6.7`, or without the subject `2a8a8afba0c3, v6.0`. */
export function cite(commit: string, { subject = false }: { readonly subject?: boolean } = {}): string {
  const row = rowOf(commit);
  const title = subject ? ` ("${row.subject}")` : '';
  const since = row.mainline === null ? '' : `, v${firstRelease(commit)}`;
  return `${commit}${title}${since}`;
}

/** The first mainline release with a change: `6.7`. */
export function firstRelease(commit: string): string {
  const { mainline } = rowOf(commit);
  if (mainline === null) throw new RangeError(`${commit} is in no mainline release`);
  return mainline.replace(/-rc\d+$/, '');
}

/** The last mainline release without it: `6.6`. Not for the first release of a series, as 7.0. */
export function lastReleaseWithout(commit: string): string {
  const [major, minor] = firstRelease(commit).split('.').map(Number);
  return `${major}.${minor! - 1}`;
}

function rowOf(commit: string): ReleaseChange {
  const row = RELEASE_CHANGES.find((change) => change.commit === commit);
  if (row === undefined) throw new RangeError(`${commit} is not in the release table`);
  return row;
}
