/** Opens bytes or a path and gives what came of it. */
import type { Artifact } from '../../src/artifact/artifact.ts';
import { openInput } from '../../src/artifact/open.ts';
import { type OpenOptions, openBytes } from '../../src/artifact/open-bytes.ts';
import { type Diagnostic, DiagnosticList } from '../../src/bytes/diagnostic.ts';

export interface Opened {
  readonly artifacts: readonly Artifact[];
  readonly diagnostics: readonly Diagnostic[];
}

export async function openText(text: string | Uint8Array, options: OpenOptions = {}): Promise<Opened> {
  const sink = new DiagnosticList();
  const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
  const artifacts = await openBytes('input', new Uint8Array(bytes), options, sink);
  return { artifacts, diagnostics: sink.all };
}

export async function openAt(path: string, options: OpenOptions = {}): Promise<Opened> {
  const sink = new DiagnosticList();
  const artifacts = await openInput(path, options, sink);
  return { artifacts, diagnostics: sink.all };
}

/** The text that readers see. */
export function readable(artifact: Artifact): string {
  return Buffer.from(artifact.source.bytes).toString('latin1');
}
