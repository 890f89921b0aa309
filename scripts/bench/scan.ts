/**
 * `npm run bench -- scan [FILE...]`: images of a gigabyte, `fwmap scan` compared with grep for one magic number,
 * alternately. The images are zeros, random bytes, a program (Node itself) repeated, and real firmware (the corpus' OVMF)
 * repeated; FILEs are repeated, too.
 *
 * CPU time decides. Both programs have one thread and find the file in memory, so on an idle machine it equals the wall
 * clock; on a busy one the wall clock depends on the other processes. Its ratio is printed as well.
 *
 * The time of the file itself (to start, and to unpack its content, which grep doesn't) is measured in the same run and
 * subtracted: the bound is for searching a gigabyte.
 */
import { spawnSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { median } from './processes/measure.ts';

const GIB = 2 ** 30;
const PIECE = 4 << 20;
const RUNS = 5;
/** The bounds: multiples of grep's time, and MiB of memory. */
const LONGEST = 3;
const MOST_MIB = 300;
const MAGIC = String.raw`\xd0\x0d\xfe\xed`;

/** Writes an image of repeated pieces; the last one is truncated. */
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

/**
 * Prints a line about one image.
 * @param once the file that it repeats
 * @returns whether it is within the limits
 */
function compare(name: string, path: string, once: string | undefined): boolean {
  const scan = [process.execPath, 'bin/fwmap.js', 'scan'];
  const fwmap = [...scan, path];
  const grep = ['grep', '-c', '-a', '-P', MAGIC, path];
  measure(fwmap);
  measure(grep);
  const runs = Array.from({ length: RUNS }, () => ({
    ours: measure(fwmap),
    theirs: measure(grep),
    once: once === undefined ? { seconds: 0, cpu: 0 } : measure([...scan, once]),
  }));
  const ratio = (of: (one: Pick<Measured, 'seconds' | 'cpu'>) => number, less: number): number =>
    median(runs.map((each) => (of(each.ours) - less * of(each.once)) / of(each.theirs)));
  const times = (less: number): string =>
    `CPU ${ratio(({ cpu }) => cpu, less).toFixed(2)}, clock ${ratio(({ seconds }) => seconds, less).toFixed(2)} times grep's`;
  const mib = Math.max(...runs.map(({ ours }) => ours.mib));
  const ok = ratio(({ cpu }) => cpu, 1) <= LONGEST && mib <= MOST_MIB;
  const seconds = median(runs.map(({ ours }) => ours.cpu));
  const rest = once === undefined ? '' : ` (${times(0)} with what it takes once)`;
  console.log(
    `${ok ? 'ok' : 'MISSED'}: ${name}: ${seconds.toFixed(2)} s of CPU, ${times(1)}${rest}, ${mib.toFixed(0)} MiB`,
  );
  return ok;
}

/** Real firmware, if the corpus is present. */
function firmware(): [string, Uint8Array][] {
  const path = new URL('../../../shared/corpus/images/ovmf__OVMF-OVMF_CODE_4M.fd.gz', import.meta.url);
  return existsSync(path) ? [['OVMF_CODE_4M.fd', gunzipSync(readFileSync(path))]] : [];
}

export async function run(files: string[]): Promise<number> {
  const random = Buffer.alloc(PIECE);
  const plain: [string, () => Uint8Array][] = [
    ['zeros', () => new Uint8Array(PIECE)],
    ['random', () => randomFillSync(random)],
  ];
  const repeated = [
    ...[process.execPath, ...files].map((file): [string, Uint8Array] => [basename(file), readFileSync(file)]),
    ...firmware(),
  ];
  const folder = mkdtempSync(join(tmpdir(), 'fwmap-scan-'));
  const [path, once] = ['image', 'once'].map((name) => join(folder, name)) as [string, string];
  let failed = 0;
  try {
    for (const [name, piece] of plain) {
      write(path, piece);
      if (!compare(name, path, undefined)) failed += 1;
      rmSync(path);
    }
    for (const [name, bytes] of repeated) {
      write(path, () => bytes);
      writeFileSync(once, bytes);
      if (!compare(`${name} (${bytes.length} bytes) repeated`, path, once)) failed += 1;
      rmSync(path);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return failed === 0 ? 0 : 1;
}
