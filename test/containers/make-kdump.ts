/** Dumps as makedumpfile writes them: its headers are built as its diskdump_mod.h has them. */
import * as make from './make-images.ts';

/** `struct disk_dump_header`: signature, version, utsname (6 times 65 bytes), padding, timestamp, status, block size. */
export function kdump(
  signature: string,
  pages: Uint8Array = make.board('In a page'),
  block = 4096,
  version = 6,
): Uint8Array {
  const names = ['Linux', 'node', '6.6.10-lab', '#1 SMP', 'x86_64', '(none)'];
  return make.join(
    make.text(signature),
    make.le(4, version),
    ...names.map((name) => make.text(name, 65)),
    new Uint8Array(6),
    new Uint8Array(16),
    make.le(4, 1, block, 1, 1, 64),
    new Uint8Array(4096),
    pages,
  );
}

/** The same in pieces with their offsets, as it is written to a pipe. */
export function flattened(content: Uint8Array): Uint8Array {
  const big = (value: number): Uint8Array => make.be(0, value);
  const header = make.join(make.text('makedumpfile', 16), big(1), big(1), new Uint8Array(4064));
  return make.join(header, big(0), big(content.length), content);
}
