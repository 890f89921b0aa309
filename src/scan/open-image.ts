/** Images as inputs of questions about machines: scanned, and grouped by machine. */
import type { Artifact } from '../artifact/artifact.ts';
import type { ImageInput } from '../artifact/open-bytes.ts';
import { DiagnosticList, type DiagnosticSink } from '../bytes/diagnostic.ts';
import type { Budget } from '../containers/limits.ts';
import { MACHINE_KINDS, machinesIn } from './machines.ts';
import { Scanner } from './scan.ts';

/** Of a find that is larger nothing is kept: no description is, and of a kernel in memory the beginning tells nothing. */
const MOST_KEPT = 128 << 20;

/** What kept the scan from finding more: without it nobody knows why nothing was found. */
const TOLD_ANYWAY: ReadonlySet<string> = new Set(['container/limit', 'container/archive']);

/**
 * Finds the machines in what may be an image: the `openImage` of {@link OpenOptions}. What the scan says is added to `sink`
 * only where there are some, but for what may be why there are none.
 */
export async function openImage(
  image: ImageInput,
  budget: Budget,
  sink: DiagnosticSink,
): Promise<Artifact[]> {
  const said = new DiagnosticList();
  const bytes = new Map<number, Uint8Array>();
  const scanner = new Scanner(said, {
    budget,
    reader: {
      reads: ({ kind, size }) => MACHINE_KINDS.has(kind) && size <= MOST_KEPT,
      read: ({ id }, content) => void bytes.set(id, content.read(0, content.size).slice()),
    },
  });
  const result = await scanner.scan({ name: image.name, access: image.access, steps: [] });
  const artifacts = machinesIn(image, result, bytes, said);
  for (const diagnostic of said.all)
    if (artifacts.length > 0 || TOLD_ANYWAY.has(diagnostic.code)) sink.add(diagnostic);
  return artifacts;
}
