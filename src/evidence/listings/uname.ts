/** Reads `uname -a`. */

import type { Artifact } from '../../artifact/artifact.ts';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { finding } from '../../findings/finding.ts';
import type { FactLists } from '../facts.ts';
import { architectureNamed, kernelRelease } from '../release-text.ts';
import { linesOf, spanIn } from '../text-lines.ts';

const LINE = /^Linux \S+ (\d+\.\d+\S*) (#\S.*)$/;
const MACHINE = /\b(x86_64|aarch64|i[3-6]86|armv\w+|riscv\d+|ppc\w*|s390x|loongarch\w*|mips\w*)(?: |$)/;

export function readUname(artifact: Artifact, sink: DiagnosticSink, evidence: FactLists): void {
  let found = false;
  for (const line of linesOf(artifact)) {
    const match = LINE.exec(line.text.trim());
    if (match === null) continue;
    found = true;
    const fact = {
      artifact,
      strength: 'observed' as const,
      span: spanIn(artifact, line),
      text: line.text.trim(),
    };
    evidence.releases.push({ ...fact, value: kernelRelease(match[1]!, match[2]!) });
    const machine = MACHINE.exec(match[2]!)?.[1];
    if (machine !== undefined) evidence.architectures.push({ ...fact, value: architectureNamed(machine) });
  }
  if (!found)
    sink.add(finding('evidence/uname', {}, { span: { source: artifact.source, start: 0, end: 0 } }));
}
