/** Images, archives and compressed streams. */
import { GIB, MIB, REFUSED, REST, row } from './row.ts';

export const CONTAINERS = {
  'image-bytes': row('one image', 64 * GIB, 'bytes', 'The memory of a large virtual machine.', REST),
  'unpacked-bytes': row(
    'what is unpacked at the same time',
    256 * MIB,
    'bytes',
    'An unpacked kernel has some 60 MiB, a large initramfs 200; a bomb of this size still fits into half a gigabyte.',
    REST,
  ),
  'unpacked-text-bytes': row(
    'one text that was unpacked',
    64 * MIB,
    'bytes',
    'A month of a busy kernel list, packed, is smaller. A text takes several times its size while it is read.',
    REFUSED,
  ),
  'total-unpacked-bytes': row(
    'what is unpacked one after the other',
    4 * GIB,
    'bytes',
    "All kernels of a distribution's archive, a few times over.",
    REST,
  ),
  'container-depth': row(
    'containers inside each other',
    16,
    'levels',
    'A tree in a driver in a volume in a section in a volume in a capsule in an archive is at 8.',
    REST,
  ),
  'container-pieces': row(
    'one container',
    100_000,
    'pieces',
    "An installed kernel's device trees and modules are some thousands of files.",
    REST,
  ),
  'image-finds': row(
    'one image',
    10_000,
    'finds',
    "Linux' own tree of 6.6 compiles to some 3000 blobs.",
    REST,
  ),
  'scan-work': row(
    'looking through one image',
    64 * GIB,
    'bytes',
    'Bytes looked through; a place that has to be looked at closely counts as 16 KiB, which is what it takes. At some two ' +
      'seconds a gigabyte, two minutes.',
    REST,
  ),
  'scan-waste': row(
    'streams and tables in an image that turn out to be none, beside eight times the image',
    64 * MIB,
    'bytes',
    'What only looks like a stream is found out within some kilobytes; an image of false beginnings costs no more than this.',
    REST,
  ),
  'image-memory-bytes': row(
    'memory that an image hands to the code of its tables',
    256 * MIB,
    'bytes',
    'Tables and the fields of firmware lie within some megabytes.',
    'fields that lie in the rest are unknown, which is reported',
  ),
} as const;
