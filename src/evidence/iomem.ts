/** `/proc/iomem`: two spaces a level, `START-END : NAME`, ends inclusive. */
import type { Artifact } from '../artifact/artifact.ts';
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import { finding } from '../findings/finding.ts';
import type { EvidenceLists, IomemNode } from './evidence.ts';
import { linesOf, spanIn } from './text-lines.ts';

const LINE = /^( *)([0-9a-fA-F]{8,16})-([0-9a-fA-F]{8,16}) : (.*)$/;
/** Deeper than the kernel nests. */
const MAX_DEPTH = 64;
const MAX_NODES = 100_000;

/** Framebuffer drivers that leave their name on the range they took. */
const FRAMEBUFFER_NAMES = new Set([
  'efifb',
  'vesafb',
  'simplefb',
  'BOOTFB',
  'simple-framebuffer',
  'simpledrm',
]);

/**
 * Reads the tree into `evidence.iomem`. A file of zeros (read without privilege) is left out with a diagnostic, and so
 * is a line that cannot lie where it stands.
 */
export function readIomem(artifact: Artifact, sink: DiagnosticSink, evidence: EvidenceLists): void {
  const top: IomemNode[] = [];
  const parents: IomemNode[] = [];
  let count = 0;
  let zeros = 0;
  for (const line of linesOf(artifact)) {
    if (line.text.trim() === '') continue;
    const match = LINE.exec(line.text.trimEnd());
    const span = spanIn(artifact, line);
    if (match === null || (!line.whole && match[4] === '')) {
      sink.add(finding(line.whole ? 'evidence/iomem-line' : 'evidence/iomem-cut', {}, { span }));
      continue;
    }
    const start = BigInt(`0x${match[2]}`);
    const last = BigInt(`0x${match[3]}`);
    const depth = Math.min(match[1]!.length >> 1, MAX_DEPTH);
    count += 1;
    if (count > MAX_NODES) {
      sink.add(finding('evidence/iomem-too-long', { most: MAX_NODES }, { span }));
      break;
    }
    if (start === 0n && last === 0n) zeros += 1;
    const node: IomemNode = {
      start,
      last,
      name: match[4]!,
      depth,
      children: [],
      fact: { value: match[4]!, artifact, span, text: line.text.trim() },
    };
    const parent = depth === 0 ? undefined : parents[depth - 1];
    const fits =
      last >= start &&
      (depth === 0 || (parent !== undefined && start >= parent.start && last <= parent.last));
    if (!fits && zeros === 0) {
      sink.add(finding('evidence/iomem-nesting', { line: line.text.trim() }, { span }));
      continue;
    }
    parents.length = depth;
    parents.push(node);
    if (parent === undefined) top.push(node);
    else parent.children.push(node);
  }
  if (count === 0) {
    sink.add(finding('evidence/iomem-empty', {}, { span: { source: artifact.source, start: 0, end: 0 } }));
    return;
  }
  if (count > 1 && zeros * 2 > count) {
    const span = { source: artifact.source, start: 0, end: artifact.source.bytes.length };
    sink.add(finding('evidence/iomem-unprivileged', {}, { span }));
    return;
  }
  evidence.iomem.push(...top);
  for (const node of nodesOf(top))
    if (FRAMEBUFFER_NAMES.has(node.name))
      evidence.framebuffers.push({
        artifact,
        ...(node.fact.span === undefined ? {} : { span: node.fact.span }),
        text: node.fact.text,
        value: { base: node.start, size: node.last - node.start + 1n, by: 'iomem' },
      });
}

/** All nodes, parents first. */
export function* nodesOf(top: readonly IomemNode[]): Generator<IomemNode> {
  const waiting = [...top].reverse();
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    yield node;
    for (let index = node.children.length - 1; index >= 0; index -= 1) waiting.push(node.children[index]!);
  }
}
