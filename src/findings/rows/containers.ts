/** Compressed files, archives, images. */
import { ANYTHING, NOTHING, row } from '../row.ts';

export const CONTAINER_ROWS = {
  'container/damaged': row({
    severity: 'error',
    summary: 'a compressed stream cannot be unpacked to its end',
    why: 'What came before the fault is read; the rest is missing from every answer.',
    example: { files: { 'log.gz': { hex: '1f8b0800000000000003' } }, run: 'windows log.gz' },
    source: "the format's own description, named in src/containers/codecs",
    hides: ANYTHING,
    text: ({ format, why }: { format: string; why: string }) => `${format}: ${why}`,
  }),
  'container/archive': row({
    severity: 'error',
    summary: 'an archive is not whole',
    why: 'The files that could be found are read; others are missing from every answer.',
    example: {
      // One file "a" of 16 bytes, of which 4 are there.
      files: {
        'capture.cpio': `070701${['1', '81a4', '0', '0', '1', '0', '10', '0', '0', '0', '0', '2', '0'].map((field) => field.padStart(8, '0')).join('')}a\0text`,
      },
      run: 'windows capture.cpio',
    },
    source: "the format's own description, named in src/containers/archives",
    hides: ANYTHING,
    text: ({ format, why }: { format: string; why: string }) => `${format}: ${why}`,
  }),
  'container/limit': row({
    severity: 'error',
    summary: 'there is more in an input than is opened',
    why: 'What is past the limit is missing from every answer. Unpack the input and name what is in it.',
    example: undefined,
    source: 'the limits of images, archives and compression (docs/limits.md)',
    hides: ANYTHING,
    text: ({ limit }: { limit: string }) => `More than ${limit}; the rest is not read`,
  }),
  'container/replaced': row({
    severity: 'warning',
    summary: 'what is in the image is replaced before it is used',
    why: 'The answer is that of what the image holds. What the machine starts with may say otherwise: give that.',
    example: undefined,
    source: 'microsoft/igvm, igvm_defs: parameters are filled in by the host',
    hides: NOTHING,
    text: ({ what, by }: { what: string; by: string }) => `${what} is put there anew by ${by}`,
  }),
  'container/from-host': row({
    severity: 'warning',
    summary: 'the device tree comes from the host',
    why: 'The image holds none: the windows that it will have are the host’s decision. Give the tree of a running guest (/sys/firmware/fdt) as an input, or the one that the host makes as --host-tree.',
    example: undefined,
    source: 'microsoft/igvm, igvm_defs: parameters are filled in by the host',
    hides: ['window'],
    text: ({ what }: { what: string }) =>
      `The device tree is made by the host: parameter DEVICE_TREE ${what}`,
  }),
  'openhcl/command-line': row({
    severity: 'note',
    summary: 'the command line that an OpenHCL image has for its kernel',
    why: 'The boot shim puts acpi=off and others before it. Where the host may append to it, that part is not in the image.',
    example: undefined,
    source: 'microsoft/openvmm 1488a37b7, vm/loader/src/paravisor.rs and openhcl/openhcl_boot/src/main.rs',
    hides: NOTHING,
    text: ({ text, policy }: { text: string; policy: string }) => `Command line (${policy}): ${text}`,
  }),
  'openhcl/host-tree': row({
    severity: 'note',
    summary: 'the windows of VTL 2 are those that the boot shim chooses from the host’s tree',
    why: 'The shim takes VTL 2’s ranges as the host gives them, or takes them from the end of VTL 0’s range above 4 GiB. After an update without a restart it keeps the ranges from before.',
    example: undefined,
    source:
      'microsoft/openvmm 1488a37b7, openhcl/openhcl_boot/src/host_params/dt/mod.rs, topology_from_host_dt',
    hides: NOTHING,
    text: ({ ranges, how }: { ranges: string; how: 'given' | 'carved' }) =>
      how === 'given'
        ? `openhcl_boot gives VTL 2 the ranges that the host has for it: ${ranges}`
        : `openhcl_boot takes VTL 2's range from the end of VTL 0's: ${ranges}`,
  }),
  'container/trailing': row({
    severity: 'warning',
    summary: 'something follows a compressed stream',
    why: 'It is not read. Two files may have been joined.',
    example: {
      files: { 'log.gz': { hex: '1f8b0800000000000003030000000000000000000001020304' } },
      run: 'windows --as dts log.gz',
    },
    source: 'the stream says where it ends',
    hides: ANYTHING,
    text: ({ format, bytes }: { format: string; bytes: number }) =>
      `${format}: ${bytes} bytes that are no ${format} follow the stream; they are not read`,
  }),
};
