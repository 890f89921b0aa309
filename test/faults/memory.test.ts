/**
 * The n-th large allocation fails, for all n: a run ends with status 2 and says that memory is short, or with what it gives
 * otherwise; never with less on the quiet, and never with half a file.
 */

import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import * as make from '../containers/make-images.ts';
import { type Outcome, runWith } from './inject.ts';
import { type FaultyRun, writeFiles } from './runs.ts';

const scratch = mkdtempSync(join(tmpdir(), 'fwmap-memory-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Bytes from which on an allocation counts: smaller ones come from V8's own heap, whose end is a signal. */
const LARGE = 24 * 1024;
const LONG = `/dts-v1/; / { #address-cells = <1>; #size-cells = <1>; ram@0 { reg = <0 1>; }; };\n${'// x\n'.repeat(20_000)}`;
const NOISE = Uint8Array.from({ length: 90_000 }, (_, index) => (index * 7919 + (index >> 3)) & 0xff);

const RUNS: readonly FaultyRun[] = [
  {
    name: 'a packed source',
    argv: ['windows', 'x.gz', '--format', 'json'],
    files: { 'x.gz': gzipSync(LONG) },
  },
  {
    name: 'a packed source twice, to a file',
    argv: ['windows', 'x.gz', '--format', 'html', '--output', 'o.html'],
    files: { 'x.gz': gzipSync(gzipSync(LONG)) },
    makes: ['o.html'],
  },
  {
    name: 'an image',
    argv: ['scan', 'x.img', '--extract', 'out'],
    files: {
      'x.img': make.join(
        NOISE,
        make.board('one'),
        new Uint8Array(gzipSync(make.join(NOISE, make.board('two')))),
      ),
    },
    makes: ['out'],
  },
  {
    name: 'a log',
    argv: ['sysfb', 'x.log'],
    files: {
      'x.log': `[    0.000000] Linux version 6.6.0 (a@b) #1 SMP\n${'[    1.000000] x\n'.repeat(9000)}`,
    },
  },
  { name: 'standard input', argv: ['windows', '-'], files: {}, stdin: LONG.slice(0, 4000) },
];

/** Fails the allocation of this number, from 0; gives how many there were. */
function planted(at: number): { readonly end: () => number } {
  let seen = 0;
  const count = (bytes: unknown): void => {
    if (typeof bytes !== 'number' || bytes < LARGE) return;
    seen += 1;
    if (seen - 1 === at) throw new RangeError('Array buffer allocation failed');
  };
  const names = ['Uint8Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'ArrayBuffer'] as const;
  const real = Object.fromEntries(names.map((name) => [name, globalThis[name]]));
  const { alloc, allocUnsafeSlow } = Buffer;
  for (const name of names)
    Object.assign(globalThis, {
      [name]: new Proxy(globalThis[name], {
        construct(target, args: unknown[], made) {
          const [length] = args;
          count(
            typeof length === 'number'
              ? length * ('BYTES_PER_ELEMENT' in target ? Number(target.BYTES_PER_ELEMENT) : 1)
              : 0,
          );
          return Reflect.construct(target, args, made) as object;
        },
      }),
    });
  // zlib's own buffers fail in a callback of Node's, which ends the process: below.
  Object.assign(Buffer, {
    alloc: (...args: Parameters<typeof alloc>) => {
      count(args[0]);
      return alloc(...args);
    },
    allocUnsafeSlow: (size: number) => {
      count(size);
      return allocUnsafeSlow(size);
    },
  });
  return {
    end() {
      Object.assign(globalThis, real);
      Object.assign(Buffer, { alloc, allocUnsafeSlow });
      return seen;
    },
  };
}

interface Ended extends Outcome {
  readonly made: Readonly<Record<string, string>>;
  readonly allocations: number;
}

let count = 0;

async function ends(run: FaultyRun, at: number): Promise<Ended> {
  count += 1;
  const folder = join(scratch, String(count).padStart(5, '0'));
  mkdirSync(folder);
  writeFiles(folder, run.files);
  const memory = planted(at);
  let outcome: Outcome;
  let allocations = 0;
  try {
    outcome = await runWith(run.argv, folder, undefined, run.stdin === undefined ? {} : { stdin: run.stdin });
  } finally {
    allocations = memory.end();
  }
  const made = Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => run.files[path.slice(folder.length + 1)] === undefined)
      .map((path) => [
        path.slice(folder.length + 1),
        readFileSync(path, 'latin1').replaceAll(folder, 'FOLDER'),
      ]),
  );
  rmSync(folder, { recursive: true, force: true });
  return { ...outcome, made, allocations };
}

describe.each(RUNS)('$name', (run) => {
  test('with each large allocation failing', async () => {
    await ends(run, -1);
    const whole = await ends(run, -1);
    expect(whole.status).not.toBe(2);
    expect(whole.allocations).toBeGreaterThan(0);
    const faults: string[] = [];
    for (let at = 0; at < whole.allocations; at += 1) {
      let ended: Ended;
      try {
        ended = await ends(run, at);
      } catch (error) {
        faults.push(`${at}: ${error instanceof Error ? error.stack : String(error)}`);
        continue;
      }
      for (const [name, content] of Object.entries(ended.made))
        if (whole.made[name] !== content) faults.push(`${at}: half a file ${name}`);
      const isSame = ended.status === whole.status && ended.stdout === whole.stdout;
      const isTold = /memory|allocation failed/i.test(ended.stderr);
      if (ended.status === 2 ? !isTold : !isSame)
        faults.push(`${at}: status ${ended.status}: ${ended.stderr}${ended.stdout.slice(0, 200)}`);
    }
    expect(faults).toEqual([]);
  });
});

const COMMAND = fileURLToPath(new URL('../../bin/fwmap.js', import.meta.url));
const isBuilt = existsSync(new URL('../../dist/start.cjs', import.meta.url));

test.skipIf(!isBuilt).each([
  ['Array buffer allocation failed', 'fwmap: not enough memory: Array buffer allocation failed\n'],
  ['a mistake', 'fwmap: internal error, please report it\nRangeError: a mistake\n'],
])('what is thrown in a callback ends it with status 2: %s', (thrown, said) => {
  const throwing = join(scratch, 'throwing.cjs');
  writeFileSync(throwing, `setImmediate(() => { throw new RangeError(${JSON.stringify(thrown)}); });`);
  const { status, stderr } = spawnSync(process.execPath, ['--require', throwing, COMMAND, '-'], {
    encoding: 'utf8',
    input: '',
    timeout: 60_000,
  });
  expect([status, stderr]).toEqual([2, expect.stringContaining(said)]);
});
