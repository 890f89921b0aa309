/** Opens images as inputs of questions: scans them and groups the finds by machine. */
import type { Artifact } from '../artifact/artifact.ts';
import type { ImageInput } from '../artifact/open-bytes.ts';
import { DiagnosticList, type DiagnosticSink } from '../bytes/diagnostic.ts';
import type { Budget } from '../containers/limits.ts';
import { finding } from '../findings/finding.ts';
import { limit, limitText } from '../limits/limits.ts';
import { MACHINE_KINDS, machinesIn } from './machines.ts';
import { Scanner } from './scan.ts';

/** Codes that explain why nothing was found, reported even then. */
const ALWAYS_REPORTED: ReadonlySet<string> = new Set(['container/limit', 'container/archive']);

/**
 * Finds the machines in a possible image: the `openImage` of {@link OpenOptions}. Diagnostics are added to `sink` only when
 * there are machines, except for those that may explain why there are none.
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
      reads: ({ kind, size, path }) => {
        if (!MACHINE_KINDS.has(kind)) return false;
        const isRead = size <= limit('input-bytes');
        // Only a kernel can be larger, which has debugging information then.
        if (!isRead)
          said.add(finding('container/kernel-too-large', { most: limitText('input-bytes') }, { path }));
        return isRead;
      },
      read: ({ id }, content) => void bytes.set(id, content.read(0, content.size).slice()),
    },
  });
  const result = await scanner.scan({ name: image.name, access: image.access, steps: [] });
  const artifacts = machinesIn(image, result, bytes, said);
  for (const diagnostic of said.all)
    if (artifacts.length > 0 || ALWAYS_REPORTED.has(diagnostic.code)) sink.add(diagnostic);
  return artifacts;
}
