/** `--kernel-source PATH`: a kernel's source tree, or files of one. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Artifact } from '../../artifact/artifact.ts';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { KERNEL_SOURCE_FILES } from '../../evidence/image/kernel-source.ts';
import { CommandError } from '../common/command-error.ts';
import type { Io } from '../common/io.ts';
import { openInputs } from './inputs.ts';

/**
 * Opens the paths: of a source tree, the files that show what the kernel does with MMIO space.
 * Throws {@link CommandError} when a tree has none of them.
 */
export async function openKernelSource(
  paths: readonly string[],
  io: Io,
  sink: DiagnosticSink,
): Promise<Artifact[]> {
  const files: string[] = [];
  for (const path of paths) {
    const inTree = (file: string): string => `${path.replace(/\/+$/, '')}/${file}`;
    const isFile = (file: string): boolean =>
      statSync(resolve(io.cwd, file), { throwIfNoEntry: false })?.isFile() === true;
    if (path === '-' || isFile(path)) {
      files.push(path);
      continue;
    }
    const found = KERNEL_SOURCE_FILES.map(inTree).filter(isFile);
    if (found.length > 0) files.push(...found);
    else
      throw new CommandError(
        `--kernel-source ${path}: not a kernel source`,
        `it takes a source tree, or files such as ${KERNEL_SOURCE_FILES.slice(0, 2).join(', ')}`,
      );
  }
  return openInputs(files, { as: ['kernel-source'] }, io, sink);
}
