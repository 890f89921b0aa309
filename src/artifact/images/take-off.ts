/** Removes compression around a whole image. */
import { type Access, accessTo } from '../../containers/access.ts';
import type { Compression } from '../../containers/container.ts';
import type { Budget } from '../../containers/limits.ts';
import { ARCHIVES, IMAGES } from '../../containers/rows.ts';
import { SECTIONS_FORMAT } from '../../containers/uefi/sections.ts';
import { limit } from '../../limits/limits.ts';
import { sniffKind } from '../sniff.ts';
import { compressionOf, withoutZeros } from '../unpack.ts';

const HEAD_BYTES = 64;

/** A layer of compression that was removed. */
export interface TakenOff {
  readonly format: string;
  /** Compressed size, in bytes. */
  readonly size: number;
  /** Decompressed size, in bytes. */
  readonly unpacked: number;
}

/** Brotli has no magic number; decoding this many bytes shows in most cases that an input is not brotli. */
const BROTLI_TRIED = 64 * 1024;
/** A shorter input may decode by chance; a longer one would have to be read whole only to be rejected. */
const LEAST_BROTLI = 32;
const MOST_BROTLI = 64 << 20;

/** The brotli decoder when the whole input may be one brotli stream; undefined when it is of a known format or doesn't decode. */
async function brotliOf(access: Access): Promise<Pick<Compression, 'format' | 'decode'> | undefined> {
  if (access.size < LEAST_BROTLI || access.size > MOST_BROTLI) return undefined;
  // UEFI sections begin with their size, so they match almost any four bytes of a large input.
  const isKnown = [...ARCHIVES, ...IMAGES].some(
    (row) => row.format !== SECTIONS_FORMAT && row.sniff(access, 0),
  );
  if (isKnown || sniffKind(access.read(0, BROTLI_TRIED)) !== undefined) return undefined;
  const { decodeBrotli } = await import('../../containers/codecs/zlib.ts');
  const { end, bytes } = await decodeBrotli(access.read(0, BROTLI_TRIED), BROTLI_TRIED);
  // A stream that ends before the input does is not the whole input.
  const mayBe = end === 'limit' || (bytes.length > 0 && (end === 'whole') === access.size <= BROTLI_TRIED);
  return mayBe && end !== 'damaged' ? { format: 'brotli', decode: decodeBrotli } : undefined;
}

/**
 * Decompresses an input that is compressed as a whole, layer by layer. A stream that is truncated or followed by other data
 * is left as a part of the input.
 */
export async function takeOffWhole(
  access: Access,
  budget: Budget,
): Promise<{ readonly access: Access; readonly taken: readonly TakenOff[] }> {
  const taken: TakenOff[] = [];
  let current = access;
  while (taken.length < budget.limits.depth && current.size <= limit('input-bytes')) {
    const row = compressionOf(current.read(0, HEAD_BYTES)) ?? (await brotliOf(current));
    if (row === undefined) break;
    const stored = current.read(0, current.size);
    const decoded = await row.decode(stored, budget.room);
    if (decoded.bytes.length === 0) break;
    if (decoded.end !== 'whole' || withoutZeros(stored, decoded.consumed).bytes.length > 0) break;
    budget.take(decoded.bytes.length);
    taken.push({ format: row.format, size: stored.length, unpacked: decoded.bytes.length });
    current = accessTo(decoded.bytes);
  }
  return { access: current, taken };
}
