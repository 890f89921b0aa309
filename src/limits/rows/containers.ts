/** Images, archives and compressed streams. */
import { GIB, MIB, REFUSED, REST, row } from './row.ts';

export const CONTAINERS = {
  'image-bytes': row('one image', 64 * GIB, 'bytes', 'The memory of a large virtual machine.', REST),
  'unpacked-bytes': row(
    'unpacked content in memory at the same time',
    256 * MIB,
    'bytes',
    'An unpacked kernel has about 60 MiB, a large initramfs 200; a decompression bomb of this size still fits into half a gigabyte.',
    REST,
  ),
  'unpacked-text-bytes': row(
    'one unpacked text',
    64 * MIB,
    'bytes',
    'A compressed month of a busy kernel list unpacks to less. A text takes several times its size while it is read.',
    REFUSED,
  ),
  'total-unpacked-bytes': row(
    'unpacked content in total',
    4 * GIB,
    'bytes',
    "Several times all kernels of a distribution's archive.",
    REST,
  ),
  'container-depth': row(
    'nested containers',
    16,
    'levels',
    'A tree in a driver in a volume in a section in a volume in a capsule in an archive is at level 8.',
    REST,
  ),
  'container-pieces': row(
    'one container',
    100_000,
    'pieces',
    "An installed kernel's device trees and modules are a few thousand files.",
    REST,
  ),
  'image-finds': row(
    'one image',
    10_000,
    'finds',
    'All device trees of Linux 6.6 are about 3000 blobs.',
    REST,
  ),
  'scan-work': row(
    'searching one image',
    64 * GIB,
    'bytes',
    'Bytes searched; a place that needs a closer look counts as 16 KiB, which takes as long. At about two seconds a ' +
      'gigabyte, two minutes.',
    REST,
  ),
  'scan-waste': row(
    'false streams and tables in an image, in addition to eight times its size',
    64 * MIB,
    'bytes',
    'A false stream is usually recognised within a few kilobytes; an image full of them costs no more than this.',
    REST,
  ),
  'image-memory-bytes': row(
    'memory in an image that the code of its tables may read',
    256 * MIB,
    'bytes',
    'Tables and the fields of firmware are within a few megabytes.',
    'fields in the rest are unknown, which is reported',
  ),
} as const;
