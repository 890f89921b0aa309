/** The files that an ASL text includes, opened by the same loader as those of device tree source. */
import type { AslFiles } from '../acpi/asl/files.ts';
import { isFailure, openOnPath, type SourceLoader } from '../devicetree/source-loader.ts';

/** @param includePaths folders looked in after the including file's own */
export function aslFiles(loader: SourceLoader, includePaths: readonly string[] = []): AslFiles {
  return {
    open(name, from) {
      // ACPI's tools come from a world of backslashes.
      const path = name.replaceAll('\\', '/');
      const opened = openOnPath(path, from.name, includePaths, (candidate) => loader.open(candidate));
      return isFailure(opened) ? { reason: opened.text } : opened;
    },
  };
}
