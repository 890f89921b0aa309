/**
 * `npm run bench -- scan [FILE...]`: images of a gigabyte, `fwmap scan` beside grep for one magic number, in turn. The images
 * are zeros, bytes by chance, and a program (Node itself) again and again; files that are named are repeated likewise.
 */
import { spawnSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { median } from './measure.ts';

const GIB = 2 ** 30;
const PIECE = 4 << 20;
const RUNS = 5;
/** What it has to stay within: times as long as grep, and MiB of memory. */
const LONGEST = 3;
const MOST_MIB = 300;
const MAGIC = String.raw`\xd0\x0d\xfe\xed`;

/** Writes an image of pieces, the last one cut. */
function write(path: string, piece: () => Uint8Array): void {
  const file = openSync(path, 'wx');
  for (let size = 0; size < GIB; ) {
    const bytes = piece();
    size += writeSync(file, bytes, 0, Math.min(bytes.length, GIB - size));
  }
  closeSync(file);
}

interface Measured {
  readonly seconds: number;
  readonly cpu: number;
  readonly mib: number;
}

function measure(command: readonly string[]): Measured {
  const done = spawnSync('/usr/bin/time', ['-f', '%e %U %S %M', ...command], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, LC_ALL: 'C' },
  });
  if (done.error) throw done.error;
  const last = done.stderr.trimEnd().split('\n').at(-1) ?? '';
  const [seconds, user, system, kib] = last.split(' ').map(Number);
  if (kib === undefined || Number.isNaN(kib)) throw new Error(`${command.join(' ')}: ${done.stderr}`);
  return { seconds: seconds!, cpu: user! + system!, mib: kib / 1024 };
}

/** Prints a line about one image. @returns whether it is within the limits */
function compare(name: string, path: string): boolean {
  const fwmap = [process.execPath, 'bin/fwmap.js', 'scan', path];
  const grep = ['grep', '-c', '-a', '-P', MAGIC, path];
  measure(fwmap);
  measure(grep);
  const pairs = Array.from({ length: RUNS }, () => ({ ours: measure(fwmap), theirs: measure(grep) }));
  const ratio = (of: (one: Measured) => number): number =>
    median(pairs.map(({ ours, theirs }) => of(ours) / of(theirs)));
  const wall = ratio(({ seconds }) => seconds);
  const cpu = ratio((one) => one.cpu);
  const mib = Math.max(...pairs.map(({ ours }) => ours.mib));
  const ok = Math.min(wall, cpu) <= LONGEST && mib <= MOST_MIB;
  const seconds = median(pairs.map(({ ours }) => ours.seconds));
  console.log(
    `${ok ? 'ok' : 'MISSED'}: ${name}: ${seconds.toFixed(2)} s, ${wall.toFixed(2)} times grep's ` +
      `(CPU ${cpu.toFixed(2)} times), ${mib.toFixed(0)} MiB`,
  );
  return ok;
}

export async function run(files: string[]): Promise<number> {
  const random = Buffer.alloc(PIECE);
  const kinds: [string, () => Uint8Array][] = [
    ['zeros', () => new Uint8Array(PIECE)],
    ['random', () => randomFillSync(random)],
    ...[process.execPath, ...files].map((file): [string, () => Uint8Array] => {
      const bytes = readFileSync(file);
      return [`${basename(file)} (${statSync(file).size} bytes) repeated`, () => bytes];
    }),
  ];
  const folder = mkdtempSync(join(tmpdir(), 'fwmap-scan-'));
  let failed = 0;
  try {
    for (const [name, piece] of kinds) {
      const path = join(folder, 'image');
      write(path, piece);
      if (!compare(name, path)) failed += 1;
      rmSync(path);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return failed === 0 ? 0 : 1;
}
