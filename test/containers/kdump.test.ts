/** Dumps that makedumpfile wrote: told, with whose memory it is. Their headers are built as its diskdump_mod.h has them. */
import { describe, expect, test } from 'vitest';
import { scanned } from '../scan/scanned.ts';
import * as make from './make-images.ts';

/** `struct disk_dump_header`: signature, version, utsname (6 times 65 bytes), padding, timestamp, status, block size. */
function kdump(signature: string, block = 4096, version = 6): Uint8Array {
  const names = ['Linux', 'node', '6.6.10-lab', '#1 SMP', 'x86_64', '(none)'];
  return make.join(
    make.text(signature),
    make.le(4, version),
    ...names.map((name) => make.text(name, 65)),
    new Uint8Array(6),
    new Uint8Array(16),
    make.le(4, 1, block, 1, 1, 64),
    new Uint8Array(4096),
    // A compressed page may look like anything.
    make.board('In a page'),
  );
}

describe.each(['KDUMP   ', 'DISKDUMP'])('%s', (signature) => {
  test('is told, with the release of its kernel', async () => {
    const { finds, diagnostics } = await scanned(kdump(signature));
    expect(finds.map(({ kind, text, offset }) => [kind, text, offset])).toEqual([
      ['kernel-release', '6.6.10-lab', 12 + 2 * 65],
    ]);
    expect(diagnostics.map(({ code }) => code)).toEqual(['container/archive']);
  });

  test('is none where its header makes no sense', async () => {
    for (const image of [kdump(signature, 1000), kdump(signature, 4096, 4096), make.text(signature)])
      expect((await scanned(image)).diagnostics).toEqual([]);
  });
});

test('the flattened form is told', async () => {
  const big = (value: number): Uint8Array => make.be(0, value);
  const header = make.join(make.text('makedumpfile', 16), big(1), big(1), new Uint8Array(4064));
  const { diagnostics } = await scanned(make.join(header, big(0), big(500), kdump('KDUMP   ')));
  expect(diagnostics.map(({ code }) => code)).toEqual(['container/archive']);
  expect((await scanned(make.join(make.text('makedumpfile', 16), new Uint8Array(9000)))).diagnostics).toEqual(
    [],
  );
});
