/**
 * `npm run fuzz:dt -- [--seconds N] [--cases N] [--seed N] [FILE...]`: reads mutated device tree blobs and sources until
 * the time or the number of cases is up. Every case must end by itself, within a second, without an exception and
 * without taking more than 512 MiB. FILEs are blobs and sources to start from, besides those made here.
 *
 * A case that fails is written to fuzz-dt-failure.bin in the current directory. Exit status 1 then.
 */
import { fork } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { Artifact } from '../src/artifact/artifact.ts';
import { DiagnosticList } from '../src/bytes/diagnostic.ts';
import { isBlob } from '../src/devicetree/blob-header.ts';
import { readBlob } from '../src/devicetree/blob-reader.ts';
import { addressEntries } from '../src/devicetree/entries.ts';
import { readFragment } from '../src/devicetree/fragment.ts';
import { treeFromLive } from '../src/devicetree/live-tree.ts';
import { parseDts } from '../src/devicetree/parser.ts';
import { readDeviceTree } from '../src/devicetree/read.ts';
import { resolveReferences } from '../src/devicetree/references.ts';
import { wholeSource } from '../src/devicetree/source-text.ts';
import { writeDtb } from '../src/devicetree/write-dtb.ts';
import { pick, readGrammar, seededRandom, sentence } from '../test/grammar/ebnf.ts';

/** CPU time for a case. */
const MOST_MILLISECONDS = 1000;
const MOST_BYTES = 512 * 1024 * 1024;
/** Cases between two reports of the worker. */
const BATCH = 500;
/** Big starting points are cut to this, so that a case takes its time in the reader and not in copying. */
const LONGEST_START = 200_000;

interface Work {
  readonly seed: number;
  readonly starts: readonly Uint8Array[];
}

/** What the worker tells after each batch: how far it is, and what went wrong. */
interface Progress {
  readonly cases: number;
  readonly slowest: number;
  readonly rss: number;
  readonly failure?: { readonly bytes: Uint8Array; readonly why: string };
}

if (process.send) process.once('message', (task) => work(task as Work));
else process.exitCode = await supervise();

async function supervise(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: '60' },
      cases: { type: 'string', default: '1000000000' },
      seed: { type: 'string', default: '1' },
    },
  });
  const starts = positionals.map((file) => {
    const bytes = readFileSync(file);
    return new Uint8Array(file.endsWith('.gz') ? gunzipSync(bytes) : bytes).subarray(0, LONGEST_START);
  });
  const deadline = Date.now() + Number(values.seconds) * 1000;
  const wanted = Number(values.cases);
  let cases = 0;
  let slowest = 0;
  let rss = 0;
  let last = Date.now();
  // A process of its own, so that a hang can be ended and memory is that of the reader alone.
  const worker = fork(fileURLToPath(import.meta.url), { serialization: 'advanced' });
  worker.send({ seed: Number(values.seed), starts } satisfies Work);
  const failure = await new Promise<string | undefined>((resolve) => {
    // A case that hangs stops the reports: a batch may take as long as all of its cases.
    const watch = setInterval(() => {
      if (Date.now() - last > BATCH * MOST_MILLISECONDS) resolve('a case does not end');
      else if (Date.now() > deadline) resolve(undefined);
    }, 500);
    worker.on('message', (progress: Progress) => {
      last = Date.now();
      cases += progress.cases;
      slowest = Math.max(slowest, progress.slowest);
      rss = Math.max(rss, progress.rss);
      if (progress.failure) {
        writeFileSync('fuzz-dt-failure.bin', progress.failure.bytes);
        resolve(progress.failure.why);
      } else if (cases >= wanted || Date.now() > deadline) {
        resolve(undefined);
      }
    });
    worker.on('exit', (code) => {
      clearInterval(watch);
      resolve(`the reader ended with status ${code}`);
    });
  });
  worker.kill();
  console.log(
    `${cases} cases, slowest ${slowest.toFixed(0)} ms, largest process ${(rss / 1024 / 1024).toFixed(0)} MiB`,
  );
  if (failure === undefined) return 0;
  console.error(`failed: ${failure}`);
  return 1;
}

async function work({ seed, starts }: Work): Promise<void> {
  const random = seededRandom(seed);
  const grammar = readGrammar(readFileSync(new URL('../grammars/dts.ebnf', import.meta.url), 'utf8'));
  let slowest = 0;
  let rss = 0;
  for (let cases = 1; ; cases += 1) {
    const bytes = mutated(startOf(grammar, starts, random), random);
    const started = process.cpuUsage();
    let why: string | undefined;
    try {
      readAsEverything(bytes);
    } catch (error) {
      why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
    // CPU time: on a busy machine a case may wait for long.
    const { user, system } = process.cpuUsage(started);
    const took = (user + system) / 1000;
    slowest = Math.max(slowest, took);
    if (took > MOST_MILLISECONDS) why ??= `took ${took.toFixed(0)} ms`;
    if (cases % 50 === 0) rss = process.memoryUsage.rss();
    if (rss > MOST_BYTES) why ??= `the process has ${rss} bytes`;
    if (why !== undefined || cases % BATCH === 0) {
      const failure = why === undefined ? {} : { failure: { bytes, why } };
      process.send!({ cases: BATCH, slowest, rss, ...failure } satisfies Progress);
      if (why !== undefined) return;
      await new Promise(setImmediate);
    }
  }
}

/** A text by the grammar, its blob, or one of the files given. */
function startOf(
  grammar: ReturnType<typeof readGrammar>,
  starts: readonly Uint8Array[],
  random: () => number,
): Uint8Array {
  if (starts.length > 0 && random() < 0.5) return pick(random, starts);
  const text = sentence(grammar, 'source', { random, maxDepth: 12, maxTokens: 200 });
  const bytes = Buffer.from(text, 'latin1');
  if (random() < 0.5) return bytes;
  const live = parseDts(wholeSource({ name: 'fuzz', form: 'text', bytes }), new DiagnosticList());
  return live ? writeDtb(live).bytes : bytes;
}

const TOKENS = [
  '{',
  '}',
  ';',
  '<',
  '>',
  '"',
  "'",
  '/*',
  '*/',
  '&',
  '(',
  ')',
  '[',
  ']',
  '/dts-v1/;',
  '/include/ "x"',
  '#define A A\n',
  '# 1 "x"\n',
  '/bits/ 64',
  '0xffffffffffffffff',
  'ranges',
  '#address-cells = <9>;',
];

function mutated(start: Uint8Array, random: () => number): Uint8Array {
  let bytes = Buffer.from(start);
  const changes = Math.floor(random() * 6);
  for (let change = 0; change < changes && bytes.length > 0; change += 1) {
    const at = Math.floor(random() * bytes.length);
    switch (Math.floor(random() * 6)) {
      case 0:
        bytes[at] = Math.floor(random() * 256);
        break;
      case 1:
        bytes[at] = bytes[at]! ^ (1 << Math.floor(random() * 8));
        break;
      case 2:
        bytes = bytes.subarray(0, at);
        break;
      case 3: {
        // A word of a blob: a size, an offset, a token.
        const word = at & ~3;
        if (word + 4 <= bytes.length)
          bytes.writeUInt32BE(
            pick(random, [0, 1, 2, 3, 4, 9, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff]),
            word,
          );
        break;
      }
      case 4: {
        const part = bytes.subarray(at, at + Math.floor(random() * 64));
        bytes = Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at)]);
        break;
      }
      default:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(pick(random, TOKENS)), bytes.subarray(at)]);
    }
  }
  return bytes;
}

/** All that the library does with a tree, on whatever the bytes are. */
function readAsEverything(bytes: Uint8Array): void {
  const sink = new DiagnosticList();
  const source = { name: 'fuzz', form: isBlob(bytes) ? ('blob' as const) : ('text' as const), bytes };
  if (source.form === 'blob') {
    const tree = readBlob(source, sink);
    if (tree) for (const entry of addressEntries(tree, sink)) void entry.steps;
    return;
  }
  const artifact: Artifact = { kind: 'dts', source, path: 'fuzz', sha256: '', steps: [] };
  const tree = readDeviceTree(artifact, sink);
  if (tree) addressEntries(tree, sink);
  const live = parseDts(wholeSource(source), sink);
  if (live) {
    resolveReferences(live, sink);
    treeFromLive(live);
  }
  const fragment = readFragment(source, sink);
  if (fragment) addressEntries(fragment, sink);
}
