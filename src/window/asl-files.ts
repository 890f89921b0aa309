/** The files that an ASL text includes, opened by the same loader as those of device tree source. */
import type { AslFiles } from '../acpi/asl/text/files.ts';
import { directoryOf, isFailure, openOnPath, type SourceLoader } from '../devicetree/source/source-loader.ts';

/**
 * Opens included files: next to the including file, then next to the main file (as iasl does), then in `includePaths`.
 * @param mainFile its path; undefined for standard input
 */
export function aslFiles(
  loader: SourceLoader,
  mainFile: string | undefined,
  includePaths: readonly string[] = [],
): AslFiles {
  const beside = mainFile === undefined ? [] : [directoryOf(mainFile) ?? ''];
  const folders = [...beside, ...includePaths];
  return {
    open(name, from) {
      // ASL sources often have Windows paths.
      const path = name.replaceAll('\\', '/');
      const opened = openOnPath(path, from.name, folders, (candidate) => loader.open(candidate));
      return isFailure(opened) ? { reason: opened.text } : opened;
    },
  };
}
