/** Reads resource lists that other programs printed: acpiexec's `resources`, the Linux log and its pnp devices in sysfs. */

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
 * Every resource list of an artifact of kind `crs-text`, in order. Fields that a list does not print are named in a
 * descriptor's `missing`. No entry has bytes, so none is `ok`.
 */
export function readCrsText(artifact: Artifact, sink: DiagnosticSink): CrsEntry[] {
  const { source } = artifact;
  const acpiexec = new AcpiexecList(source, sink);
  const linux = new LinuxList(source, sink);
  for (const line of linesOf(textOf(source))) {
    // The formats do not overlap; a file may have both.
    if (!acpiexec.take(line)) linux.take(line);
  }
  const all = [...acpiexec.entries(), ...linux.entries()];
  const entries = all.slice(0, limit('list-entries'));
  const next = all[limit('list-entries')]?.span;
  if (next !== undefined)
    sink.add(finding('acpi/list-limit', { limit: limitText('list-entries') }, { span: next }));
  // A log need not contain any resources.
  if (entries.length === 0 && artifact.kind !== 'dmesg') {
    sink.add(finding('acpi/no-resources', {}, { span: { source, start: 0, end: source.bytes.length } }));
  }
  return entries;
}
