/** Decompresses inputs and converts UTF-16; formats are recognised by their first bytes. */

import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import { fromUtf16, utf16Of } from '../bytes/text-encoding.ts';
import { accessTo } from '../containers/access.ts';
import type { Decoded } from '../containers/codecs/output.ts';
import type { Archive, Compression } from '../containers/container.ts';
import type { Budget } from '../containers/limits.ts';
import { ARCHIVES, COMPRESSIONS } from '../containers/rows.ts';
import { finding } from '../findings/finding.ts';
import { limitText } from '../limits/limits.ts';
import type { ProvenanceStep } from './artifact.ts';

const HEAD_BYTES = 64;

/** Decompressed bytes. */
export interface Unwrapped {
  readonly bytes: Uint8Array;
  readonly step: ProvenanceStep;
  /** What follows the stream in the input, without leading zero padding; empty when nothing does. */
  readonly rest: Uint8Array;
  /** Offset of `rest`. */
  readonly restAt: number;
}

/** The limit on unpacked bytes, for messages. */
export function unpackedLimit(budget: Budget): string {
  return limitText(budget.nearest, 'unpacked');
}

/**
 * Charges decompressed bytes to the budget. False, with a diagnostic, when that exceeds the budget or nothing was
 * decompressed. Damage is reported, and the bytes before it are used.
 */
export function isUsable(
  decoded: Decoded,
  format: string,
  { name, budget, sink }: { readonly name: string; readonly budget: Budget; readonly sink: DiagnosticSink },
): boolean {
  if (decoded.end === 'limit') {
    sink.add(finding('container/limit', { limit: unpackedLimit(budget) }, { path: name }));
    budget.overrun();
    return false;
  }
  if (decoded.end !== 'whole') {
    const why = decoded.why ?? 'the stream is truncated';
    sink.add(finding('container/damaged', { format, why }, { path: name }));
    if (decoded.bytes.length === 0) return false;
  }
  budget.take(decoded.bytes.length);
  return true;
}

export function compressionOf(bytes: Uint8Array): Compression | undefined {
  const head = bytes.subarray(0, HEAD_BYTES);
  return COMPRESSIONS.find((row) => row.sniff(head));
}

export function archiveOf(bytes: Uint8Array): Archive | undefined {
  const access = accessTo(bytes);
  return ARCHIVES.find((row) => row.sniff(access, 0));
}

/** The bytes from an offset on, without leading zero padding. */
export function withoutZeros(bytes: Uint8Array, from: number): { bytes: Uint8Array; at: number } {
  let at = from;
  while (at < bytes.length && bytes[at] === 0) at += 1;
  return { bytes: bytes.subarray(at), at };
}

/**
 * Removes one layer of compression. A damaged or truncated stream gives the bytes before the damage, and a diagnostic.
 * @returns `none` for uncompressed bytes; undefined, with a diagnostic, when nothing can be decompressed
 */
export async function unwrap(
  bytes: Uint8Array,
  name: string,
  budget: Budget,
  sink: DiagnosticSink,
): Promise<Unwrapped | 'none' | undefined> {
  const encoding = utf16Of(bytes);
  if (encoding !== undefined) {
    // Written by redirection in PowerShell.
    const text = fromUtf16(bytes, encoding);
    return { bytes: text, step: { how: 'utf-16' }, rest: text.subarray(0, 0), restAt: bytes.length };
  }
  const row = compressionOf(bytes);
  if (row === undefined) return 'none';
  const { format } = row;
  const decoded = await row.decode(bytes, budget.room);
  // Formats without a magic number are recognised only if the whole stream decodes.
  if (row.magics.length === 0 && decoded.end !== 'whole' && decoded.end !== 'limit') return 'none';
  if (!isUsable(decoded, format, { name, budget, sink })) return undefined;
  const step = { how: format };
  if (decoded.end !== 'whole')
    return { bytes: decoded.bytes, step, rest: bytes.subarray(0, 0), restAt: bytes.length };
  const rest = withoutZeros(bytes, decoded.consumed);
  return { bytes: decoded.bytes, step, rest: rest.bytes, restAt: rest.at };
}

/** Decompresses brotli, which has no magic number: undefined unless all of the bytes are one stream. */
export async function unwrapBrotli(bytes: Uint8Array, budget: Budget): Promise<Unwrapped | undefined> {
  if (bytes.length === 0) return undefined;
  const { decodeBrotli } = await import('../containers/codecs/zlib.ts');
  const decoded = await decodeBrotli(bytes, budget.room);
  if (decoded.end !== 'whole' || decoded.consumed !== bytes.length) return undefined;
  return { bytes: decoded.bytes, step: { how: 'brotli' }, rest: bytes.subarray(0, 0), restAt: bytes.length };
}
