/** Decodes resource templates in hex dumps. */

import type { Artifact } from '../../artifact/artifact.ts';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import type { Source, Span } from '../../bytes/source.ts';
import { finding } from '../../findings/finding.ts';
import { limit, limitText } from '../../limits/limits.ts';
import { type ByteValue, opaque } from '../../symbolic/index.ts';
import type { CrsEntry } from '../crs/crs.ts';
import { decodeTemplate, templateEnd } from '../resources/decode.ts';
import { type HexBlock, hexBlocks } from './hex-text.ts';

/**
 * Every template of an artifact of kind `crs-hex`. Bytes after an end tag are another template. The device is the path
 * in the line before the dump, otherwise `crs0`, `crs1` ….
 */
export function readCrsHex(artifact: Artifact, sink: DiagnosticSink): CrsEntry[] {
  const { source } = artifact;
  const entries: CrsEntry[] = [];
  const blocks = hexBlocks(source);
  for (const block of blocks) {
    for (const { problem, start, end } of block.problems)
      sink.add(finding('acpi/hex-dump', { problem }, { span: { source, start, end } }));
    const bytes = bytesOf(block);
    let first = 0;
    while (first < block.bytes.length && entries.length < limit('text-templates')) {
      const { entry, next } = templateAt(source, block, bytes, first, entries.length, sink);
      if (!entry) break;
      entries.push(entry);
      first = next;
    }
  }
  if (entries.length >= limit('text-templates'))
    sink.add(
      finding(
        'acpi/list-limit',
        { limit: limitText('text-templates') },
        { span: { source, start: 0, end: source.bytes.length } },
      ),
    );
  if (entries.length === 0) {
    sink.add(finding('acpi/no-template', {}, { span: { source, start: 0, end: source.bytes.length } }));
  }
  return entries;
}

/** An absolute path as acpiexec and iasl print it, with the resource object's name as second group. */
const OBJECT_PATH = /(\\[A-Z_0-9^.]*?)(?:\.(_CRS|_PRS|_AEI|_DMA))?(?![A-Z_0-9.])/;

/** The device and object named in a line of text; `undefined` if there is none. */
export function objectNamed(text: string): { device: string; object: string } | undefined {
  const match = OBJECT_PATH.exec(text);
  if (!match || match[1]!.length < 2) return undefined;
  const device = match[1]!
    .split('.')
    .map((segment) => segment.replace(/(?<=.)_+$/, ''))
    .join('.');
  return { device, object: match[2] ?? '_CRS' };
}

/** The bytes of a block, and the offset of its trailing zeros. */
interface BlockBytes {
  readonly bytes: readonly ByteValue[];
  readonly zeros: number;
}

function bytesOf(block: HexBlock): BlockBytes {
  const bytes = block.bytes.map(
    (byte): ByteValue => byte ?? { of: opaque(8, 'the dump has ?? here'), index: 0 },
  );
  return { bytes, zeros: bytes.findLastIndex((byte) => byte !== 0) + 1 };
}

function templateAt(
  source: Source,
  block: HexBlock,
  { bytes, zeros }: BlockBytes,
  first: number,
  index: number,
  sink: DiagnosticSink,
): { entry: CrsEntry | undefined; next: number } {
  const spanOf = (start: number, end: number): Span => ({
    source,
    start: block.starts[Math.min(first + start, block.starts.length - 1)]!,
    end: block.ends[Math.min(Math.max(first + end - 1, first + start), block.ends.length - 1)]!,
  });
  const named = objectNamed(block.heading);
  const device = first === 0 && named ? named.device : `crs${index}`;
  const object = named?.object ?? '_CRS';
  const end = templateEnd(bytes, first);
  const used = bytes.slice(first, end);
  const reading = decodeTemplate(used, { sink, path: `${device}.${object}`, spanOf });
  // Zeros after the end tag fill the buffer and are not another template.
  const next = end >= zeros ? bytes.length : end;
  if (first > 0 && reading.resources.length === 0 && !reading.end) return { entry: undefined, next };
  const unknown = used.some((byte) => typeof byte !== 'number');
  return {
    entry: {
      device,
      object,
      status: unknown ? 'partial' : 'ok',
      ...(unknown ? { why: 'bytes given as ??' } : {}),
      bytes: used,
      resources: reading.resources,
      span: spanOf(0, used.length),
    },
    next,
  };
}
