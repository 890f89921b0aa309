/** Diagnostics about files of a folder or archive that are not inputs. */
import { type Diagnostic, DiagnosticList, type DiagnosticSink } from '../../bytes/diagnostic.ts';
import { UNUSED_CODES } from '../../findings/finding.ts';

/**
 * Opens an input. When some of its files are used, diagnostics about unusable ones (texts, pictures) become notes.
 * @param path of the input; a diagnostic about that path itself keeps its severity
 */
export async function openNoting<A>(
  path: string,
  open: (sink: DiagnosticSink) => Promise<A[]>,
  sink: DiagnosticSink,
): Promise<A[]> {
  const said = new DiagnosticList();
  const artifacts = await open(said);
  const isUnused = (diagnostic: Diagnostic): boolean =>
    artifacts.length > 0 && UNUSED_CODES.has(diagnostic.code) && diagnostic.path !== path;
  for (const diagnostic of said.all)
    sink.add(isUnused(diagnostic) ? { ...diagnostic, severity: 'note' } : diagnostic);
  return artifacts;
}
