/** Resource lists that other programs printed: acpiexec's `resources`, Linux' log and its pnp devices in sysfs. */

import type { Artifact } from '../../artifact/artifact.ts';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { textOf } from '../../bytes/source.ts';
import { finding } from '../../findings/finding.ts';
import { limit, limitText } from '../../limits/limits.ts';
import type { CrsEntry } from '../crs/crs.ts';
import { AcpiexecList } from './acpiexec-list.ts';
import { LinuxList } from './linux-list.ts';
import { linesOf } from './text-line.ts';

/**
 * Every resource list of an artifact of kind `crs-text`, in order. What a list doesn't say stays out of a descriptor's
 * fields and is named in `missing`; no entry has bytes, so none is `ok`.
 */
export function readCrsText(artifact: Artifact, sink: DiagnosticSink): CrsEntry[] {
  const { source } = artifact;
  const acpiexec = new AcpiexecList(source, sink);
  const linux = new LinuxList(source, sink);
  for (const line of linesOf(textOf(source))) {
    // acpiexec's lines have forms that Linux' haven't; a file may hold both.
    if (!acpiexec.take(line)) linux.take(line);
  }
  const all = [...acpiexec.entries(), ...linux.entries()];
  const entries = all.slice(0, limit('list-entries'));
  const next = all[limit('list-entries')]?.span;
  if (next !== undefined)
    sink.add(finding('acpi/list-limit', { limit: limitText('list-entries') }, { span: next }));
  // A log that says nothing of bridges is a whole log all the same.
  if (entries.length === 0 && artifact.kind !== 'dmesg') {
    sink.add(finding('acpi/no-resources', {}, { span: { source, start: 0, end: source.bytes.length } }));
  }
  return entries;
}
