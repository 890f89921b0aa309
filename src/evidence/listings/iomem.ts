/** Reads `/proc/iomem`: two spaces a level, `START-END : NAME`, ends inclusive. */

import type { Artifact } from '../../artifact/artifact.ts';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { finding } from '../../findings/finding.ts';
import { limit } from '../../limits/limits.ts';
import type { FactOf } from '../fact.ts';
import type { FactLists } from '../facts.ts';
import { outdentedLines, spanIn } from '../text-lines.ts';
import type { IomemNode } from '../values.ts';

const LINE = /^( *)([0-9a-fA-F]{8,16})-([0-9a-fA-F]{8,16}) : (.*)$/;
/** More levels than the kernel has. */
const MAX_DEPTH = 64;

/** Resource names of framebuffer drivers, with the symbols that build the drivers. */
const FRAMEBUFFER_NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  ['efifb', ['FB_EFI', 'SYSFB']],
  ['vesafb', ['FB_VESA', 'SYSFB']],
  ['BOOTFB', ['SYSFB_SIMPLEFB', 'SYSFB']],
  ['efidrm', ['DRM_EFIDRM', 'SYSFB']],
  ['vesadrm', ['DRM_VESADRM', 'SYSFB']],
  ['simplefb', []],
  ['simple-framebuffer', []],
  ['simpledrm', []],
]);

/** Resources of VMBus devices are named by the device's instance GUID (drivers/hv/vmbus_drv.c, vmbus_allocate_mmio). */
const GUID = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/i;
/** The instance GUID of the synthetic video device. */
const VIDEO_GUID = '5620e0c7-8062-4dce-aeb7-520c7ef76171';
/** The BAR of the Generation 1 video device, 64 MiB at this address (seen in logs and listings of such guests). */
const GEN1_VIDEO = { name: '0000:00:08.0', start: 0xf8000000n, last: 0xfbffffffn };

/**
 * Reads the tree into `facts.iomem`, with the VMBus resources and framebuffers in it. A file of zeros (read without
 * privilege), and lines that don't fit into their parent, are reported and left out.
 */
export function readIomem(artifact: Artifact, sink: DiagnosticSink, facts: FactLists): void {
  const top: IomemNode[] = [];
  const parents: IomemNode[] = [];
  let count = 0;
  let zeros = 0;
  for (const line of outdentedLines(artifact)) {
    if (line.text.trim() === '') continue;
    const match = LINE.exec(line.text.trimEnd());
    const span = spanIn(artifact, line);
    if (match === null) {
      sink.add(finding(line.whole ? 'evidence/iomem-line' : 'evidence/iomem-cut', {}, { span }));
      continue;
    }
    const start = BigInt(`0x${match[2]}`);
    const last = BigInt(`0x${match[3]}`);
    const depth = Math.min(match[1]!.length >> 1, MAX_DEPTH);
    count += 1;
    if (count > limit('iomem-lines')) {
      sink.add(finding('evidence/iomem-too-long', { most: limit('iomem-lines') }, { span }));
      break;
    }
    if (start === 0n && last === 0n) zeros += 1;
    const node: IomemNode = {
      start,
      last,
      name: match[4]!,
      depth,
      children: [],
      fact: { value: match[4]!, strength: 'observed', artifact, span, text: line.text.trim() },
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
    sink.add(
      finding(
        'evidence/iomem-unprivileged',
        {},
        { span: { source: artifact.source, start: 0, end: artifact.source.bytes.length } },
      ),
    );
    return;
  }
  facts.iomem.push(...top);
  takeNodes(top, facts, sink);
}

function takeNodes(top: readonly IomemNode[], facts: FactLists, sink: DiagnosticSink): void {
  let framebuffers = 0;
  const path: IomemNode[] = [];
  for (const node of nodesOf(top)) {
    while (path.length > 0 && path.at(-1)!.depth >= node.depth) path.pop();
    const fact: Omit<FactOf<unknown>, 'value'> = node.fact;
    const symbols = FRAMEBUFFER_NAMES.get(node.name);
    if (symbols !== undefined) framebuffers += 1;
    if (symbols !== undefined && framebuffers === limit('framebuffer-sightings') + 1) {
      const args = { name: 'framebuffer-sightings', rest: 'the rest is not read' } as const;
      sink.add(finding('fwmap/limit', args, node.fact.span === undefined ? {} : { span: node.fact.span }));
    }
    if (symbols !== undefined && framebuffers <= limit('framebuffer-sightings')) {
      facts.framebuffers.push({
        ...fact,
        value: { base: node.start, size: node.last - node.start + 1n, by: 'iomem' },
      });
      for (const symbol of symbols) facts.symbols.push({ ...fact, value: { symbol, value: 'on' } });
    }
    const guid = GUID.exec(node.name)?.[1]?.toLowerCase();
    if (guid !== undefined)
      facts.vmbusClaims.push({
        ...fact,
        value: {
          start: node.start,
          last: node.last,
          guid,
          video: guid === VIDEO_GUID,
          inside: path.map(({ start, last, name }) => ({ start, last, name })),
        },
      });
    if (node.name === GEN1_VIDEO.name && node.start === GEN1_VIDEO.start && node.last === GEN1_VIDEO.last) {
      const bar = { kind: 'mem', start: node.start, size: node.last - node.start + 1n } as const;
      facts.video.push({ ...fact, strength: 'inferred', value: { present: true, bar } });
      facts.platforms.push({ ...fact, strength: 'inferred', value: ['hyperv-gen1'] });
    }
    path.push(node);
  }
}

/** All nodes, parents first. */
export function* nodesOf(top: readonly IomemNode[]): Generator<IomemNode> {
  const waiting = [...top].reverse();
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    yield node;
    for (let index = node.children.length - 1; index >= 0; index -= 1) waiting.push(node.children[index]!);
  }
}
