/** The vectors that compiled kernel code gave. */
import { describe, expect, test } from 'vitest';
import { run } from '../../../scripts/conformance/linux/vmbus.ts';
import { CORPUS, HAS_CORPUS, NEEDS_CORPUS } from '../corpus.ts';

describe.skipIf(!HAS_CORPUS)(`corpus/vmbus${NEEDS_CORPUS}`, () => {
  test('every vector is reproduced', async () => {
    expect(await run([`${CORPUS}vmbus/vmbus-vectors.jsonl.gz`])).toBe(0);
  });
});
