/** Included files from the disk: beside the including file, then in the directories named. */
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { AslFiles } from './files.ts';

/** Files larger than this are no ASL that anyone wrote. */
const MAX_FILE = 64 << 20;

export function filesOnDisk(directories: readonly string[] = []): AslFiles {
  return {
    open(name, from) {
      // ACPI tools come from a world of backslashes.
      const path = name.replaceAll('\\', '/');
      const candidates = isAbsolute(path)
        ? [path]
        : [dirname(from.name), ...directories].map((directory) => join(directory, path));
      for (const candidate of candidates) {
        try {
          const bytes = readFileSync(candidate);
          if (bytes.length > MAX_FILE) return { reason: `${candidate} is larger than ${MAX_FILE} bytes` };
          return { name: candidate, form: 'text', bytes };
        } catch {
          // Not there: the next directory may have it.
        }
      }
      return { reason: `not found in ${candidates.map((candidate) => dirname(candidate)).join(', ')}` };
    },
  };
}
