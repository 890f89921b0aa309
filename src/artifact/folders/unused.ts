/** What is said of files in a folder or archive that are no inputs. */
import { type Diagnostic, DiagnosticList, type DiagnosticSink } from '../../bytes/diagnostic.ts';
import { UNUSED_CODES } from '../../findings/finding.ts';

/**
 * Opens an input. Where something of it is used, a text or picture beside that is no error: folders have them.
 * @param path what was named; of that itself it stays one
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
