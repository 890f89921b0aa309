/** Applies several patches of one file, given in any order. */
import { beforeAndAfter, isTooLarge } from './apply.ts';
import { KnownFile } from './known-lines.ts';
import type { FilePatch } from './unified-diff.ts';

interface Part {
  readonly patch: FilePatch;
}

/** A file before and after its patches, with the order in which they apply; or the patch that doesn't apply. */
export type Series<P> =
  | { readonly before: string | undefined; readonly after: string; readonly order: readonly P[] }
  | {
      readonly stuck: P;
      /** The file is too large to try. */
      readonly large: boolean;
    };

/** With more patches of one file, they are applied in the order given. */
const MAX_REORDERED = 32;
/** The most patches whose orders (5! = 120) are all tried where there is no base file. */
const MAX_PERMUTED = 5;

/** Applies patches one after the other, each time the first, in the order given, that fits. */
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

/** An order of patches in which their hunks agree with each other; the order given where there is none. */
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
