/** Patches of one file one after the other, whatever order they were given in. */
import { beforeAndAfter, isTooLarge } from './apply.ts';
import { KnownFile } from './known-lines.ts';
import type { FilePatch } from './unified-diff.ts';

interface Part {
  readonly patch: FilePatch;
}

/** A file before the first and after the last of its patches, in the order in which they apply; or the one that does not. */
export type Series<P> =
  | { readonly before: string | undefined; readonly after: string; readonly order: readonly P[] }
  | { readonly stuck: P /** That would take too long to find out. */; readonly large: boolean };

/** More patches of one file than this are taken in the order given. */
const MAX_REORDERED = 32;
/** So many have 120 orders, which are tried where there is no file to hold them against. */
const MAX_PERMUTED = 5;

/** Applies each that fits next, those that were given first before the others. */
export function applySeries<P extends Part>(text: string, parts: readonly P[]): Series<P> {
  const waiting = [...parts];
  const order: P[] = [];
  let before: string | undefined;
  let after = text;
  while (waiting.length > 0) {
    const tries = parts.length <= MAX_REORDERED ? waiting.length : 1;
    let done = false;
    for (let index = 0; index < tries && !done; index += 1) {
      const part = waiting[index]!;
      const both = beforeAndAfter(after, part.patch.hunks);
      if (both === undefined) continue;
      before ??= both.before;
      after = both.after;
      order.push(part);
      waiting.splice(index, 1);
      done = true;
    }
    if (!done) return { stuck: waiting[0]!, large: isTooLarge(after, waiting[0]!.patch.hunks) };
  }
  return { before, after, order };
}

/** The order in which hunks show one file, each what the ones before it left; as given where no order does better. */
export function orderOfShown<P extends Part>(parts: readonly P[]): readonly P[] {
  const given = mismatchesOf(parts);
  if (given === 0 || parts.length > MAX_PERMUTED) return parts;
  for (const order of permutations(parts)) if (mismatchesOf(order) === 0) return order;
  return parts;
}

function mismatchesOf(parts: readonly Part[]): number {
  const known = new KnownFile();
  for (const [index, { patch }] of parts.entries()) known.apply(index, patch.hunks);
  return known.mismatches;
}

function* permutations<P>(parts: readonly P[]): Generator<readonly P[]> {
  if (parts.length <= 1) {
    yield parts;
    return;
  }
  for (const [index, first] of parts.entries())
    for (const rest of permutations(parts.toSpliced(index, 1))) yield [first, ...rest];
}
