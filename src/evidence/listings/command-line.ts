/** Reads `/proc/cmdline`, the command line of the running kernel. */

import type { Artifact } from '../../artifact/artifact.ts';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { finding } from '../../findings/finding.ts';
import type { FactLists } from '../facts.ts';
import { takeCommandLine } from '../log/boot-rows.ts';
import { linesOf, spanIn } from '../text-lines.ts';

export function readCommandLine(artifact: Artifact, sink: DiagnosticSink, facts: FactLists): void {
  for (const line of linesOf(artifact)) {
    const text = line.text.trim();
    if (text === '') continue;
    takeCommandLine(
      text,
      { artifact, strength: 'observed', span: spanIn(artifact, line), text },
      { facts, once: new Set() },
    );
    return;
  }
  sink.add(finding('evidence/cmdline-empty', {}, { span: { source: artifact.source, start: 0, end: 0 } }));
}
