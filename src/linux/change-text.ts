/** Cites changes of the release table. */
import { RELEASE_CHANGES } from './changes.ts';

/** `a07b50d80ab6 ("hyperv: avoid dependency on screen_info"), v6.7`, or without the subject `2a8a8afba0c3, v6.0`. */
export function cite(commit: string, { subject = false }: { readonly subject?: boolean } = {}): string {
  const row = RELEASE_CHANGES.find((change) => change.commit === commit);
  if (row === undefined) throw new RangeError(`${commit} is not in the release table`);
  const title = subject ? ` ("${row.subject}")` : '';
  const since = row.mainline === null ? '' : `, v${row.mainline.replace(/-rc\d+$/, '')}`;
  return `${commit}${title}${since}`;
}
