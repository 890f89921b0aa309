/**
 * `npm run fuzz:images -- [OPTION...] [FILE...]`: mutated images, archives and compressed streams through what commands do with
 * them: scanned, and opened as the input of a question. Options and what counts as a failure: fuzz/harness.ts. FILEs are images
 * to start from, besides one of every kind made here; of each no more than the first mebibytes are taken.
 */
import { readFileSync } from 'node:fs';
import { openBytes } from '../src/artifact/open-bytes.ts';
import { DiagnosticList } from '../src/bytes/diagnostic.ts';
import { accessTo } from '../src/containers/access.ts';
import { openImage } from '../src/scan/open-image.ts';
import { Scanner } from '../src/scan/scan.ts';
import { pick } from '../test/grammar/ebnf.ts';
import { fuzz, type Step } from './fuzz/harness.ts';
import { imageStarts } from './fuzz/image-starts.ts';

const MOST_MILLISECONDS = 1500;
const MOST_BYTES = 512 * 1024 * 1024;
const LONGEST_START = 2 << 20;
/** Where headers are: half of the changes go there. */
const HEADER_BYTES = 256;
const EDGES = [0, 1, 0x7f, 0x80, 0xff];

function changed(bytes: Uint8Array, random: () => number): void {
  const below = (limit: number): number => Math.floor(random() * limit);
  const at = below(random() < 0.5 ? Math.min(bytes.length, HEADER_BYTES) : bytes.length);
  switch (below(5)) {
    case 0:
      bytes[at]! ^= 1 << below(8);
      break;
    case 1:
      bytes[at] = pick(random, EDGES);
      break;
    case 2:
      // A number that is too large, too small, or wraps.
      for (let index = 0; index < 4; index += 1) bytes[at + index] = pick(random, EDGES);
      break;
    case 3:
      bytes.copyWithin(at, below(bytes.length), Math.min(bytes.length, at + below(64)));
      break;
    default:
      bytes[at] = below(256);
  }
}

function makeCase(starts: readonly Uint8Array[], random: () => number): Uint8Array {
  const first = pick(random, starts);
  // Images are in images.
  const bytes =
    random() < 0.3 ? new Uint8Array(Buffer.concat([first, pick(random, starts)])) : Uint8Array.from(first);
  if (random() < 0.2) {
    const other = pick(random, starts);
    const at = Math.floor(random() * bytes.length);
    bytes.set(other.subarray(0, bytes.length - at), at);
  }
  for (let left = Math.floor(random() * 6); left >= 0; left -= 1) changed(bytes, random);
  return random() < 0.25 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes;
}

async function runCase(bytes: Uint8Array, step: Step): Promise<void> {
  await step('scan', async () => {
    const scanner = new Scanner(new DiagnosticList());
    const { finds } = await scanner.scan({ name: 'fuzz', access: accessTo(bytes), steps: [] });
    for (const { fileOffset, size } of finds)
      if (fileOffset !== null && fileOffset + size > bytes.length)
        throw new Error('a find is outside of the image');
  });
  await step('open', () => openBytes('fuzz', bytes, { openImage }, new DiagnosticList()));
}

await fuzz({
  name: 'images',
  script: import.meta.url,
  mostMilliseconds: MOST_MILLISECONDS,
  mostBytes: MOST_BYTES,
  async prepare(files) {
    const given = files.map((path) => new Uint8Array(readFileSync(path)).subarray(0, LONGEST_START));
    const starts = [...imageStarts(), ...given];
    return {
      make: (random) => makeCase(starts, random),
      run: runCase,
      bytes: (made) => made,
    };
  },
});
