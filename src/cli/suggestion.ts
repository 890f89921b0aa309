/** "Did you mean": the name nearest to a mistyped one. */
import leven from 'leven';

/** Undefined when none is near enough to have been meant: more than a third of its letters differ. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const distance = leven(word, name);
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best !== undefined && bestDistance <= Math.ceil(best.length / 3) && bestDistance < best.length
    ? best
    : undefined;
}
