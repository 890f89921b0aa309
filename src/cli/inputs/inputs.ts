/** Opens the inputs that the command line names. */
import { resolve } from 'node:path';
import type { Artifact, ArtifactKind } from '../../artifact/artifact.ts';
import type { OpenedPath } from '../../artifact/folders/machines-apart.ts';
import { openInput } from '../../artifact/open.ts';
import { openBytes, STDIN_PATH } from '../../artifact/open-bytes.ts';
import { type Diagnostic, DiagnosticList, type DiagnosticSink } from '../../bytes/diagnostic.ts';
import { messageOf } from '../../findings/finding.ts';
import { UnreadableInputError } from '../common/command-error.ts';
import type { Io } from '../common/io.ts';

/** Opens every input, in the order given. One that can't be read ends the command: an answer must not rest on half of what was named. */
export async function openInputs(
  paths: readonly string[],
  options: {
    readonly as?: readonly string[] | undefined;
    readonly base?: readonly string[] | undefined;
    readonly 'host-tree'?: string | undefined;
    readonly live?: boolean | undefined;
  },
  io: Io,
  sink: DiagnosticSink,
): Promise<Artifact[]> {
  const opened: OpenedPath[] = [];
  const said: Diagnostic[] = [];
  const kinds = options.as === undefined ? undefined : await (await import('./as.ts')).parseKinds(options.as);
  let stdin: Uint8Array | undefined;
  const open = (path: string, as: ArtifactKind | undefined, found: DiagnosticList): Promise<Artifact[]> =>
    openInput(
      path,
      {
        as,
        asOf: kinds?.kindOf,
        cwd: io.cwd,
        openImage: async (image, budget, sinkOfImage) => {
          await io.progress.tell(`looking into ${path}`, true);
          return (await import('../../scan/open-image.ts')).openImage(image, budget, sinkOfImage);
        },
        // `- -` is the same input twice; the second read would find nothing.
        readStdin: async (limit) => {
          stdin ??= await io.readStdin(limit);
          return stdin;
        },
      },
      found,
    );
  for (const path of paths) {
    if (path !== STDIN_PATH) {
      io.inputs.add(resolve(io.cwd, path));
      await io.progress.tell(`reading ${path}`);
    }
    let found = new DiagnosticList();
    // With several inputs, --as without a file is for those that aren't recognised.
    let inputs = await open(path, paths.length > 1 ? undefined : kinds?.kind, found);
    if (paths.length > 1 && kinds?.kind !== undefined && inputs.length === 0) {
      found = new DiagnosticList();
      inputs = await open(path, kinds.kind, found);
    }
    opened.push({ path, artifacts: inputs });
    for (const diagnostic of found.all) {
      if (isUnreadableInput(diagnostic, path)) throw new UnreadableInputError(messageOf(diagnostic), path);
      said.push(diagnostic);
    }
  }
  if (options.live === true) {
    const { captureHere, LIVE_NAME } = await import('./live.ts');
    const live = await openBytes(LIVE_NAME, captureHere(io), { asOf: kinds?.kindOf }, sink);
    opened.push({ path: LIVE_NAME, artifacts: live });
  }
  const artifacts = await apart(opened, said, sink);
  kinds?.checkUsed();
  const { base, 'host-tree': hostTree } = options;
  if (hostTree !== undefined) {
    const { hostTreeApplied } = await import('./host-tree.ts');
    const tree = (into: DiagnosticSink): Promise<Artifact[]> => openInputs([hostTree], {}, io, into);
    artifacts.splice(0, artifacts.length, ...(await hostTreeApplied(hostTree, artifacts, tree)));
  }
  if (base === undefined && !artifacts.some(({ kind }) => kind === 'patch')) return artifacts;
  const [{ resolvePatches }, { findInTree, readBase }] = await Promise.all([
    import('../../artifact/patch/resolve.ts'),
    import('./patch-bases.ts'),
  ]);
  return resolvePatches(
    artifacts,
    {
      bases: (base ?? []).map((text) => readBase(text, io)),
      findFile: (name, beside) => (beside === '-' ? undefined : findInTree(name, beside, io)),
    },
    sink,
  );
}

/** Finds out which artifacts of folders and archives belong to one machine. */
async function apart(
  opened: readonly OpenedPath[],
  said: readonly Diagnostic[],
  sink: DiagnosticSink,
): Promise<Artifact[]> {
  const all = opened.flatMap((each) => each.artifacts);
  // One input is one machine.
  const { artifacts, diagnostics } =
    all.length < 2
      ? { artifacts: all, diagnostics: said }
      : (await import('../../artifact/folders/machines-apart.ts')).machinesApart(opened, said);
  for (const diagnostic of diagnostics) sink.add(diagnostic);
  return [...artifacts];
}

function isUnreadableInput(diagnostic: Diagnostic, path: string): boolean {
  return diagnostic.code === 'artifact/unreadable' && diagnostic.path === path;
}
