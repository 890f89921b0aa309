/** Writes a folder as a tar (pubs.opengroup.org, pax, "ustar Interchange Format"), with GNU's long names. */

/** A file of the folder; `bytes` is undefined for a folder in it. Paths are relative, one character a byte. */
export interface TarMember {
  readonly path: string;
  readonly bytes: Uint8Array | undefined;
}

const BLOCK = 512;
const NAME_BYTES = 100;
const TYPE = { file: '0', folder: '5', longName: 'L' } as const;

function header(name: Uint8Array, size: number, type: string): Uint8Array {
  const block = Buffer.alloc(BLOCK);
  block.set(name.subarray(0, NAME_BYTES));
  block.write('0000644\0', 100, 'latin1');
  block.write('0000000\x000000000\0', 108, 'latin1');
  block.write(`${size.toString(8).padStart(11, '0')}\0${'0'.repeat(11)}\0`, 124, 'latin1');
  block.write(`        ${type}`, 148, 'latin1');
  block.write('ustar  \0', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function padded(bytes: Uint8Array): Uint8Array[] {
  const rest = bytes.length % BLOCK;
  return rest === 0 ? [bytes] : [bytes, new Uint8Array(BLOCK - rest)];
}

/** The members as an archive, in their order. Equal members give equal bytes. */
export function tarOf(members: readonly TarMember[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { path, bytes } of members) {
    const name = Buffer.from(bytes === undefined ? `${path}/` : path, 'latin1');
    if (name.length > NAME_BYTES) {
      const long = Buffer.concat([name, Buffer.alloc(1)]);
      parts.push(header(Buffer.from('././@LongLink'), long.length, TYPE.longName), ...padded(long));
    }
    parts.push(header(name, bytes?.length ?? 0, bytes === undefined ? TYPE.folder : TYPE.file));
    if (bytes !== undefined) parts.push(...padded(bytes));
  }
  parts.push(new Uint8Array(2 * BLOCK));
  return Buffer.concat(parts);
}
