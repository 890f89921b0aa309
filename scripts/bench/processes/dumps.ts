/** The acpidumps that are measured. */
import { readdirSync } from 'node:fs';

export const ACPI = '../shared/corpus/acpi';

/** Names of files in {@link ACPI}, which has to be there, in their order. */
export function dumps(): string[] {
  return readdirSync(ACPI)
    .filter((file) => file.endsWith('.txt.gz'))
    .sort();
}

/** So many of {@link dumps}, evenly. */
export function someDumps(count: number): string[] {
  const all = dumps();
  return all.filter(
    (_, i) => Math.floor((i * count) / all.length) !== Math.floor(((i - 1) * count) / all.length),
  );
}
