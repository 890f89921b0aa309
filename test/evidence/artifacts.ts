/** Artifacts made by hand. */
import type { Artifact, ArtifactKind } from '../../src/artifact/artifact.ts';
import { type Diagnostic, DiagnosticList } from '../../src/bytes/diagnostic.ts';
import type { FactOf, MachineFacts } from '../../src/evidence/facts.ts';
import { readEvidence } from '../../src/evidence/read.ts';

export function artifactOf(kind: ArtifactKind, content: string | Uint8Array, name = `${kind}.txt`): Artifact {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const form = typeof content === 'string' ? 'text' : 'blob';
  return { kind, source: { name, form, bytes }, path: name, sha256: '', steps: [] };
}

/** What readers make of it, and what they say; the codes of that. */
export function read(...artifacts: Artifact[]): {
  evidence: MachineFacts;
  diagnostics: readonly Diagnostic[];
  codes: string[];
} {
  const sink = new DiagnosticList();
  const evidence = readEvidence(artifacts, sink);
  return { evidence, diagnostics: sink.all, codes: sink.all.map(({ code }) => code) };
}

/** What a line of a log shows. */
export function observedFact<T>(value: T, text = 'a line'): FactOf<T> {
  return { value, strength: 'observed', text, artifact: artifactOf('dmesg', '') };
}
