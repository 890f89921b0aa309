/** The kernel that is packed inside of a kernel image: an input of its own beside the image, whose header says other things. */
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { accessTo } from '../../containers/access.ts';
import { efiZboot } from '../../containers/kernels/arm.ts';
import { bzImage } from '../../containers/kernels/bzimage.ts';
import type { Budget } from '../../containers/limits.ts';
import { isUsable } from '../unpack.ts';

/** Images with one compressed kernel in them. */
const IMAGES = [bzImage, efiZboot];

export interface KernelPayload {
  readonly bytes: Uint8Array;
  /** Format of the image, of the compression. */
  readonly image: string;
  readonly packed: string;
  readonly offset: number;
}

/** Unpacks the kernel in an image; undefined where it has none, or, with a diagnostic, where nothing can be had of it. */
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
