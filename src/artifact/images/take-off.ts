/** What is compressed around an image as a whole. */
import { type Access, accessTo } from '../../containers/access.ts';
import type { Compression } from '../../containers/container.ts';
import type { Budget } from '../../containers/limits.ts';
import { ARCHIVES, IMAGES } from '../../containers/rows.ts';
import { SECTIONS_FORMAT } from '../../containers/uefi/sections.ts';
import { limit } from '../../limits/limits.ts';
import { sniffKind } from '../sniff.ts';
import { compressionOf, withoutZeros } from '../unpack.ts';

const HEAD_BYTES = 64;

/** One compression that was around all of an input. */
export interface TakenOff {
  readonly format: string;
  readonly size: number;
  readonly unpacked: number;
}

/** Brotli has no magic number. Of bytes that are none of it the first tell it, mostly. */
const BROTLI_TRIED = 64 * 1024;
/** Less of it is met by chance; of more, which is read whole, chance would cost too much. */
const LEAST_BROTLI = 32;
const MOST_BROTLI = 64 << 20;

/** Brotli, where bytes may be that, from the first to the last; undefined where they begin as something else does. */
async function brotliOf(access: Access): Promise<Pick<Compression, 'format' | 'decode'> | undefined> {
  if (access.size < LEAST_BROTLI || access.size > MOST_BROTLI) return undefined;
  // Sections begin with their size: any four bytes look like one where there is much behind them.
  const isKnown = [...ARCHIVES, ...IMAGES].some(
    (row) => row.format !== SECTIONS_FORMAT && row.sniff(access, 0),
  );
  if (isKnown || sniffKind(access.read(0, BROTLI_TRIED)) !== undefined) return undefined;
  const { decodeBrotli } = await import('../../containers/codecs/zlib.ts');
  const { end, bytes } = await decodeBrotli(access.read(0, BROTLI_TRIED), BROTLI_TRIED);
  // What ends in the middle is none.
  const mayBe = end === 'limit' || (bytes.length > 0 && (end === 'whole') === access.size <= BROTLI_TRIED);
  return mayBe && end !== 'damaged' ? { format: 'brotli', decode: decodeBrotli } : undefined;
}

/**
 * Takes off what is compressed around an input as a whole. What is cut short or followed by something else stays: it is
 * one thing among others in the input.
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
