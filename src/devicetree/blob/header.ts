/** The header of a flattened device tree: where its blocks are. */
import { hex } from '../../bytes/address.ts';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import type { Source, Span } from '../../bytes/source.ts';
import { type ArgsOf, type Code, finding } from '../../findings/finding.ts';
import type { BlobHeader } from '../tree.ts';

/** The newest version known here; a blob that isn't compatible with it is refused. */
const NEWEST_VERSION = 17;
/** Size of the header by version, in bytes (Devicetree Specification 0.4, section 5.2; libfdt's FDT_V1_SIZE and so on). */
function headerSize(version: number): number {
  if (version >= 17) return 40;
  if (version >= 3) return 36;
  return version === 2 ? 32 : 28;
}

/** True when the bytes start with the magic number of a flattened device tree. */
export function isBlob(bytes: Uint8Array): boolean {
  return (
    bytes.length >= 4 && bytes[0] === 0xd0 && bytes[1] === 0x0d && bytes[2] === 0xfe && bytes[3] === 0xed
  );
}

export interface ReadHeader {
  readonly fields: BlobHeader;
  readonly bootCpuid: number;
  /** Exclusive end of the blob: its total size, cut to the bytes there are. */
  readonly end: number;
}

/**
 * Reads and checks the header. Undefined, with an error, when it doesn't locate the blocks; a block that exceeds the blob is
 * reported and cut.
 */
export function readHeader(source: Source, sink: DiagnosticSink): ReadHeader | undefined {
  const { bytes } = source;
  const at = (start: number, end: number): Span => ({ source, start, end });
  const refuse = <C extends Code>(code: C, args: ArgsOf<C>, span: Span): undefined => {
    sink.add(finding(code, args, { span }));
    return undefined;
  };
  const insideHeader = { problem: `The blob ends after ${bytes.length} bytes, inside its header` };
  if (!isBlob(bytes)) return refuse('dt/blob-magic', {}, at(0, 4));
  if (bytes.length < headerSize(1)) return refuse('dt/blob-truncated', insideHeader, at(0, bytes.length));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (offset: number): number => view.getUint32(offset);
  const version = word(20);
  const lastCompatibleVersion = word(24);
  const versions = { version, compatible: lastCompatibleVersion, newest: NEWEST_VERSION };
  if (lastCompatibleVersion > NEWEST_VERSION) return refuse('dt/blob-version', versions, at(20, 28));
  if (version === 0) return refuse('dt/blob-version', versions, at(20, 24));
  if (bytes.length < headerSize(version))
    return refuse('dt/blob-truncated', insideHeader, at(0, bytes.length));

  const totalSize = word(4);
  if (totalSize > bytes.length)
    sink.add(
      finding(
        'dt/blob-truncated',
        { problem: `The header says ${totalSize} bytes, but the blob has ${bytes.length}` },
        { span: at(4, 8) },
      ),
    );
  const end = Math.min(totalSize, bytes.length);
  const fields: BlobHeader = {
    version,
    lastCompatibleVersion,
    totalSize,
    structOffset: word(8),
    structSize: version >= 17 ? word(36) : undefined,
    stringsOffset: word(12),
    stringsSize: version >= 3 ? word(32) : undefined,
    reservationsOffset: word(16),
  };
  if (totalSize < headerSize(1)) return refuse('dt/blob-size', { size: totalSize }, at(4, 8));
  if (fields.structOffset >= end)
    return refuse(
      'dt/blob-struct',
      { problem: `The structure block's offset ${hex(fields.structOffset)} is outside the blob` },
      at(8, 12),
    );
  if (fields.stringsOffset > end || fields.stringsOffset + (fields.stringsSize ?? 0) > end)
    sink.add(finding('dt/blob-strings', { offset: hex(fields.stringsOffset) }, { span: at(12, 16) }));
  return { fields, bootCpuid: version >= 2 ? word(28) : 0, end };
}
