/** "Did you mean": the names nearest to a mistyped one. */

/** The nearest name; undefined when more than a third of the letters differ in every one. */
export async function nearest(word: string, names: readonly string[]): Promise<string | undefined> {
  return (await nearestOf(word, names, 1))[0];
}

/** Up to `count` names, the nearest first. Case is ignored. */
export async function nearestOf(word: string, names: readonly string[], count: number): Promise<string[]> {
  // The bundled command is CommonJS, and the package is not.
  const { default: leven } = await import('leven');
  const meant = word.toLowerCase();
  // Swapped letters are one mistake.
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
