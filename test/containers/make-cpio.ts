/** Writes cpio archives in the "new" format, from `cpio(5)`. */
export interface CpioFile {
  readonly name: string;
  readonly content?: Uint8Array | string;
  /** With the type; a plain file where it is not given. */
  readonly mode?: number;
}

export function makeCpio(files: readonly CpioFile[], magic = '070701'): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  const add = (bytes: Uint8Array): void => {
    parts.push(bytes, new Uint8Array((4 - (bytes.length % 4)) % 4));
    length += bytes.length + ((4 - (bytes.length % 4)) % 4);
  };
  for (const { name, content = '', mode = 0o100644 } of [...files, { name: 'TRAILER!!!', mode: 0 }]) {
    const data = Buffer.from(content as string);
    const fields = [length, mode, 0, 0, 1, 0, data.length, 0, 0, 0, 0, name.length + 1, 0];
    const header = magic + fields.map((field) => field.toString(16).padStart(8, '0')).join('');
    add(Buffer.from(`${header}${name}\0`, 'latin1'));
    add(data);
  }
  return Buffer.concat(parts);
}
