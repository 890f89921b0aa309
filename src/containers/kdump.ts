/**
 * Memory dumps of makedumpfile and diskdump: pages compressed one by one, without excluded ones (makedumpfile,
 * diskdump_mod.h and IMPLEMENTATION; libkdumpfile, diskdump.c). They are recognized and the kernel's release is read;
 * their pages are not, so tables in them are not found.
 */
import { type Access, asciiAt, bigEndian, latin1, littleEndian, upToZero } from './access.ts';
import type { Image, ImageContent } from './container.ts';

const SIGNATURES = ['KDUMP   ', 'DISKDUMP'];
/** After the signature and a version: `struct new_utsname`, six texts of 65 bytes. */
const NAMES_AT = 12;
const NAME_BYTES = 65;
const RELEASE = 2;
const BLOCK_SIZE_AT = 428;
const MAX_VERSION = 64;

function release(access: Access, at: number): string | undefined {
  const text = upToZero(asciiAt(access, at + NAMES_AT + RELEASE * NAME_BYTES, NAME_BYTES));
  return /^\d+\.\d+[\x21-\x7e]*$/.test(text) ? text : undefined;
}

const HOW = 'pages compressed by makedumpfile are not read';
const INSTEAD = 'give an ELF core (makedumpfile -E), or the output of acpidump on the running machine';

function open(access: Access, at: number): ImageContent {
  const found = release(access, at);
  return {
    size: access.size - at,
    parts: [],
    faults: [`${HOW}: ${INSTEAD}`],
    onlyMemory: true,
    memory: [],
    ...(found === undefined
      ? {}
      : {
          remarks: [
            {
              kind: 'kernel-release',
              text: found,
              offset: NAMES_AT + RELEASE * NAME_BYTES,
              size: found.length,
            },
          ],
        }),
  };
}

export const kdump: Image = {
  format: 'kdump',
  magics: SIGNATURES.map((signature) => ({ bytes: latin1(signature), at: 0 })),
  sniff: (access, at) => {
    const version = littleEndian(access, at + 8, 4);
    const block = littleEndian(access, at + BLOCK_SIZE_AT, 4);
    if (!SIGNATURES.includes(asciiAt(access, at, 8)) || version === undefined || block === undefined)
      return false;
    // The block size is the machine's page size.
    return version <= MAX_VERSION && block >= 4096 && block <= 65_536 && (block & (block - 1)) === 0;
  },
  open,
};

const FLATTENED = 'makedumpfile';
const FLATTENED_HEADER = 4096;

/** The flattened format, for output to a pipe: the data in the order in which it was written (makedumpfile -F). */
export const flattenedDump: Image = {
  format: 'makedumpfile',
  magics: [{ bytes: latin1(`${FLATTENED}\0\0\0\0`), at: 0 }],
  sniff: (access, at) =>
    bigEndian(access, at + 16, 8) === 1 &&
    bigEndian(access, at + 24, 8) === 1 &&
    access.size - at > FLATTENED_HEADER,
  open: (access, at): ImageContent => ({
    size: access.size - at,
    parts: [],
    faults: [`memory dumps in makedumpfile's flattened format are not read: ${INSTEAD}`],
    onlyMemory: true,
    memory: [],
  }),
};
