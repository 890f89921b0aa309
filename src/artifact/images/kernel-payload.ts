/** The compressed kernel inside a kernel image: an input of its own, beside the image with its header. */
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { accessTo } from '../../containers/access.ts';
import { efiZboot } from '../../containers/kernels/arm.ts';
import { bzImage } from '../../containers/kernels/bzimage.ts';
import type { Budget } from '../../containers/limits.ts';
import { isUsable } from '../unpack.ts';

/** Formats with one compressed kernel. */
const IMAGES = [bzImage, efiZboot];

export interface KernelPayload {
  readonly bytes: Uint8Array;
  /** Format of the image. */
  readonly image: string;
  /** Format of the compression. */
  readonly packed: string;
  readonly offset: number;
}

/** Decompresses the kernel of an image; undefined when it has none or, with a diagnostic, when it can't be decompressed. */
export async function kernelPayload(
  bytes: Uint8Array,
  name: string,
  budget: Budget,
  sink: DiagnosticSink,
): Promise<KernelPayload | undefined> {
  const access = accessTo(bytes);
  const image = IMAGES.find((row) => row.sniff(access, 0));
  const part = image?.open(access, 0, 1)?.parts[0];
  if (image === undefined || part?.packed === undefined) return undefined;
  const { format, decode } = part.packed;
  const decoded = await decode(bytes.subarray(part.offset, part.offset + part.size), budget.room);
  if (!isUsable(decoded, format, { name, budget, sink })) return undefined;
  return { bytes: decoded.bytes, image: image.format, packed: format, offset: part.offset };
}
