/** Compressed files, archives, images. */
import { ANYTHING, NOTHING, row } from '../row.ts';

export const CONTAINER_ROWS = {
  'container/damaged': row({
    severity: 'error',
    summary: 'a compressed stream cannot be unpacked to its end',
    why: 'Everything before the fault is read; the rest is missing from every answer.',
    example: { files: { 'log.gz': { hex: '1f8b0800000000000003' } }, run: 'windows log.gz' },
    source: "the format's specification, named in src/containers/codecs",
    hides: ANYTHING,
    text: ({ format, why }: { format: string; why: string }) => `${format}: ${why}`,
  }),
  'container/archive': row({
    severity: 'error',
    summary: 'an archive is incomplete',
    why: 'The files that could be found are read; others are missing from every answer.',
    example: {
      // One file "a" of 16 bytes, of which 4 are there.
      files: {
        'capture.cpio': `070701${['1', '81a4', '0', '0', '1', '0', '10', '0', '0', '0', '0', '2', '0'].map((field) => field.padStart(8, '0')).join('')}a\0text`,
      },
      run: 'windows capture.cpio',
    },
    source: "the format's specification, named in src/containers/archives",
    hides: ANYTHING,
    text: ({ format, why }: { format: string; why: string }) => `${format}: ${why}`,
  }),
  'container/limit': row({
    severity: 'error',
    summary: 'an input contains more than is opened',
    why: 'Everything past the limit is missing from every answer. Unpack the input and name its files.',
    example: undefined,
    source: 'the limits of images, archives and compression (docs/limits.md)',
    hides: ANYTHING,
    text: ({ limit }: { limit: string }) => `More than ${limit}; the rest is not read`,
  }),
  'container/kernel-too-large': row({
    severity: 'error',
    summary: 'a kernel in an image is larger than is read',
    why: 'Its release is known by the banner; what its code and its configuration tell is missing from every answer.',
    example: undefined,
    source: 'the limit of what is read completely (docs/limits.md)',
    hides: ['kernel'],
    text: ({ most }: { most: string }) => `The kernel has more than ${most}; it is not read`,
  }),
  'container/replaced': row({
    severity: 'warning',
    summary: 'a part of the image is replaced before it is used',
    why: 'The answer is for the content of the image. The machine may start with something else: give that instead.',
    example: undefined,
    source: 'microsoft/igvm, igvm_defs: parameters are filled in by the host',
    hides: NOTHING,
    text: ({ what, by }: { what: string; by: string }) => `${what} is replaced by ${by}`,
  }),
  'container/from-host': row({
    severity: 'warning',
    summary: 'the device tree comes from the host',
    why: 'The image contains none: the host decides which windows there are. Give the tree of a running guest (/sys/firmware/fdt) as an input, or the one that the host makes with --host-tree.',
    example: undefined,
    source: 'microsoft/igvm, igvm_defs: parameters are filled in by the host',
    hides: ['window'],
    text: ({ what }: { what: string }) =>
      `The device tree is made by the host: parameter DEVICE_TREE ${what}`,
  }),
  'openhcl/command-line': row({
    severity: 'note',
    summary: 'the kernel command line in an OpenHCL image',
    why: 'The boot shim prepends acpi=off and others. If the host may append to it, that part is not in the image.',
    example: undefined,
    source: 'microsoft/openvmm 1488a37b7, vm/loader/src/paravisor.rs and openhcl/openhcl_boot/src/main.rs',
    hides: NOTHING,
    text: ({ text, policy }: { text: string; policy: string }) => `Command line (${policy}): ${text}`,
  }),
  'openhcl/host-tree': row({
    severity: 'note',
    summary: 'the boot shim chooses the windows of VTL 2 from the host’s tree',
    why: 'The shim uses the ranges that the host gives for VTL 2, or takes them from the end of VTL 0’s range above 4 GiB. After an update without a restart it keeps the previous ranges.',
    example: undefined,
    source:
      'microsoft/openvmm 1488a37b7, openhcl/openhcl_boot/src/host_params/dt/mod.rs, topology_from_host_dt',
    hides: NOTHING,
    text: ({ ranges, how }: { ranges: string; how: 'given' | 'carved' }) =>
      how === 'given'
        ? `openhcl_boot gives VTL 2 the ranges from the host's tree: ${ranges}`
        : `openhcl_boot takes VTL 2's range from the end of VTL 0's: ${ranges}`,
  }),
  'container/trailing': row({
    severity: 'warning',
    summary: 'a compressed stream is followed by other bytes',
    why: 'They are not read. Two files may have been joined.',
    example: {
      files: { 'log.gz': { hex: '1f8b0800000000000003030000000000000000000001020304' } },
      run: 'windows --as dts log.gz',
    },
    source: 'the stream says where it ends',
    hides: ANYTHING,
    text: ({ format, bytes }: { format: string; bytes: number }) =>
      bytes === 1
        ? `${format}: 1 byte after the end of the stream is not read`
        : `${format}: ${bytes} bytes after the end of the stream are not read`,
  }),
};
