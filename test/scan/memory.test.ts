/** What a scan holds on to: an opened container's bytes are let go of when it was looked through. */
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import * as make from '../containers/make-images.ts';
import { scanned } from './scanned.ts';

test('streams that are done with take no memory', async () => {
  const each = 8 << 20;
  const count = 40;
  const member = gzipSync(Buffer.concat([make.board('Lab Board'), Buffer.alloc(each)]));
  // Members that follow each other at once are one stream.
  const stream = Buffer.concat([member, Buffer.from('-')]);
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().arrayBuffers);
  }, 5);
  const before = process.memoryUsage().arrayBuffers;
  const { finds } = await scanned(Buffer.concat(new Array<Buffer>(count).fill(stream)));
  clearInterval(watch);
  expect(finds.length).toBe(count);
  expect(most - before).toBeLessThan((each * count) / 2);
});
