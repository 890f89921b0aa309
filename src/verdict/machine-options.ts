/** Options for describing a machine whose inputs are files: how included files are found, and the kernel. */
import { resolve } from 'node:path';
import type { Artifact } from '../artifact/artifact.ts';
import type { NamedMachine } from '../artifact/machines.ts';
import type { ReadOptions } from '../devicetree/read.ts';
import type { DescribeOptions } from '../window/describe.ts';
import { overlayTrees, type SystemSettings, systemOptions } from './system.ts';

/** Where source text may find the files that it includes. */
export interface SourceSettings {
  /** Folder that relative paths start from. */
  readonly cwd: string;
  /** SOURCE_DATE_EPOCH is read from it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly includePaths?: readonly string[] | undefined;
  /** When given, nothing outside these folders is opened. */
  readonly includeRoots?: readonly string[] | undefined;
  /** Macros for the preprocessor: `NAME` or `NAME=VALUE`. */
  readonly defines?: readonly string[] | undefined;
  /** Told the absolute path of each file that was opened. */
  readonly opened?: (path: string) => void;
}

/** How a source that was opened from a file finds the files that it includes. */
export async function sourceAccess(artifact: Artifact, settings: SourceSettings): Promise<ReadOptions> {
  const { sourceClock, sourceFiles } = await import('../devicetree/source/disk-files.ts');
  const { cwd, defines, opened } = settings;
  const includePaths = (settings.includePaths ?? []).map((path) => resolve(cwd, path));
  const loader = sourceFiles({
    cwd,
    mainFile: artifact.path === '-' ? undefined : artifact.path,
    includePaths,
    includeRoots: settings.includeRoots,
    ...(opened && { opened: (path: string) => opened(resolve(cwd, path)) }),
    clock: sourceClock(settings),
    patched: artifact.patchedFiles,
  });
  return { loader, includePaths, ...(defines === undefined ? {} : { defines }) };
}

/**
 * The options of {@link describe} for a machine that was opened with {@link openInput}: memory and overlays of its image,
 * the files that its sources include, and how the kernel reads the description.
 * @returns undefined where `kernel` is not a release
 */
export async function machineOptions(
  machine: Pick<NamedMachine, 'artifacts' | 'memory' | 'overlays'>,
  settings: SourceSettings & SystemSettings,
): Promise<DescribeOptions | undefined> {
  const { artifacts, memory } = machine;
  const system = await systemOptions(artifacts, settings);
  if (system === undefined) return undefined;
  const source = artifacts.find(({ kind }) => kind === 'dts');
  const asl = artifacts.find(({ kind }) => kind === 'asl');
  const overlays = await overlayTrees(machine.overlays);
  const parse: ReadOptions = {
    ...(source === undefined ? {} : await sourceAccess(source, settings)),
    ...(overlays.length === 0 ? {} : { overlays }),
  };
  return {
    ...system,
    ...(memory.length === 0 ? {} : { memory }),
    ...(asl === undefined ? {} : { asl: await aslAccess(asl, settings) }),
    ...(source === undefined && overlays.length === 0 ? {} : { parse }),
  };
}

async function aslAccess(
  artifact: Artifact,
  settings: SourceSettings,
): Promise<NonNullable<DescribeOptions['asl']>> {
  const [{ loader, includePaths }, { aslFiles }] = await Promise.all([
    sourceAccess(artifact, settings),
    import('../window/asl-files.ts'),
  ]);
  if (loader === undefined) return {};
  return { files: aslFiles(loader, artifact.path === '-' ? undefined : artifact.path, includePaths) };
}
