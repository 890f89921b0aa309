/** Dumps that makedumpfile wrote: told, with whose memory it is. */
import { describe, expect, test } from 'vitest';
import { scanned } from '../scan/scanned.ts';
import * as make from './make-images.ts';
import { flattened, kdump } from './make-kdump.ts';

describe.each(['KDUMP   ', 'DISKDUMP'])('%s', (signature) => {
  test('is reported, with the release of its kernel', async () => {
    const { finds, diagnostics } = await scanned(kdump(signature));
    expect(finds.map(({ kind, text, offset }) => [kind, text, offset])).toEqual([
      ['kernel-release', '6.6.10-lab', 12 + 2 * 65],
    ]);
    expect(diagnostics.map(({ code }) => code)).toEqual(['container/archive']);
  });

  test('is none where its header makes no sense', async () => {
    for (const image of [
      kdump(signature, undefined, 1000),
      kdump(signature, undefined, 4096, 4096),
      make.text(signature),
    ])
      expect((await scanned(image)).diagnostics).toEqual([]);
  });
});

test('the flattened form is reported', async () => {
  const { diagnostics } = await scanned(flattened(kdump('KDUMP   ')));
  expect(diagnostics.map(({ code }) => code)).toEqual(['container/archive']);
  expect((await scanned(make.join(make.text('makedumpfile', 16), new Uint8Array(9000)))).diagnostics).toEqual(
    [],
  );
});
