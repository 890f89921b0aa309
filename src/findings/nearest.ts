/** "Did you mean": the names nearest to a mistyped one. */

/** Undefined when none is near enough to have been meant: more than a third of its letters differ. */
export async function nearest(word: string, names: readonly string[]): Promise<string | undefined> {
  return (await nearestOf(word, names, 1))[0];
}

/** As {@link nearest}, up to `count` names, the nearest first. Capitals don't matter. */
export async function nearestOf(word: string, names: readonly string[], count: number): Promise<string[]> {
  // The bundled command is CommonJS, and the package is not.
  const { default: leven } = await import('leven');
  const meant = word.toLowerCase();
  // Two letters in each other's place are one mistake.
  const distanceTo = (name: string): number => (sorted(name) === sorted(meant) ? 1 : leven(meant, name));
  return names
    .map((name) => ({ name, distance: distanceTo(name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.ceil(name.length / 3) && distance < name.length)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, count)
    .map(({ name }) => name);
}

function sorted(word: string): string {
  return [...word].sort().join('');
}
