/** "Did you mean": the name nearest to a mistyped one. */

/** Undefined when none is near enough to have been meant: more than a third of its letters differ. */
export async function nearest(word: string, names: readonly string[]): Promise<string | undefined> {
  // The bundled command is CommonJS, and the package is not.
  const { default: leven } = await import('leven');
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
