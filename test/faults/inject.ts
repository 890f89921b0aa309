/**
 * Faults of the system, put into the calls of node:fs that a run makes: the n-th call fails, or reads or writes a byte alone.
 * Calls count that are about files below one folder, what was opened there, and standard streams; the rest is the test
 * runner's.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import { processIo } from '../../src/cli/common/io.ts';
import { main } from '../../src/cli/program.ts';
import { NO_PROGRESS } from '../../src/cli/progress/progress.ts';

/** What the n-th call does. `short`: it reads or writes one byte. A close that fails has closed. */
export type Fault =
  | 'EIO'
  | 'ENOSPC'
  | 'EMFILE'
  | 'ENOMEM'
  | 'EACCES'
  | 'EPIPE'
  | 'EAGAIN'
  | 'short'
  | 'shrinks';

/** The calls that each fault can happen to. */
export const CALLS: Readonly<Record<Fault, readonly Call[]>> = {
  EIO: [
    'openSync',
    'readSync',
    'fstatSync',
    'statSync',
    'lstatSync',
    'readdirSync',
    'opendirSync',
    'realpathSync',
    'readlinkSync',
    'readFileSync',
    'writeSync',
    'fsyncSync',
    'closeSync',
    'renameSync',
    'unlinkSync',
    'mkdirSync',
    'fchmodSync',
    'writeFileSync',
    'appendFileSync',
    'rmSync',
  ],
  ENOSPC: [
    'openSync',
    'writeSync',
    'fsyncSync',
    'closeSync',
    'renameSync',
    'mkdirSync',
    'writeFileSync',
    'appendFileSync',
  ],
  EMFILE: ['openSync', 'readdirSync', 'opendirSync', 'readFileSync', 'writeFileSync', 'appendFileSync'],
  ENOMEM: [
    'openSync',
    'readSync',
    'fstatSync',
    'statSync',
    'lstatSync',
    'readdirSync',
    'realpathSync',
    'mkdirSync',
  ],
  EACCES: ['openSync', 'statSync', 'lstatSync', 'readdirSync', 'realpathSync', 'mkdirSync', 'renameSync'],
  EPIPE: ['writeSync'],
  EAGAIN: ['readSync', 'writeSync'],
  short: ['readSync', 'writeSync'],
  shrinks: ['readSync'],
};

type Call =
  | 'openSync'
  | 'readSync'
  | 'writeSync'
  | 'fstatSync'
  | 'statSync'
  | 'lstatSync'
  | 'readdirSync'
  | 'opendirSync'
  | 'realpathSync'
  | 'readlinkSync'
  | 'readFileSync'
  | 'writeFileSync'
  | 'appendFileSync'
  | 'fsyncSync'
  | 'closeSync'
  | 'renameSync'
  | 'unlinkSync'
  | 'mkdirSync'
  | 'fchmodSync'
  | 'rmSync';

const ALL: readonly Call[] = CALLS.EIO;

/** What the system says of a fault, as people read it. */
export function said(fault: Fault): RegExp {
  const message = [...getSystemErrorMap().values()].find(([name]) => name === fault)?.[1] ?? fault;
  return new RegExp(`${message.slice(1)}|${fault}`, 'i');
}

const STREAMS: Readonly<Record<number, string>> = {
  0: 'standard input',
  1: 'standard output',
  2: 'standard error',
};

type Anything = (...args: unknown[]) => unknown;

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The call that was hit; undefined when there were fewer. */
  readonly hit: string | undefined;
}

function isForReading(flags: unknown): boolean {
  if (typeof flags === 'number') return (flags & fs.constants.O_CREAT) === 0;
  return flags === undefined || flags === 'r' || flags === 'r+';
}

function systemError(code: string): Error {
  const errno = -(constants.errno as Readonly<Record<string, number>>)[code]!;
  return Object.assign(new Error(`${code}: planted`), { code, errno });
}

/** What stands in for standard output and standard error, and what standard input gives. */
class Streams {
  readonly written: Record<1 | 2, Buffer[]> = { 1: [], 2: [] };
  #input: Buffer;

  constructor(input: Uint8Array) {
    this.#input = Buffer.from(input);
  }

  read(target: Uint8Array, offset: number, length: number): number {
    const part = this.#input.subarray(0, length);
    target.set(part, offset);
    this.#input = this.#input.subarray(part.length);
    return part.length;
  }

  write(descriptor: 1 | 2, bytes: Uint8Array): number {
    this.written[descriptor].push(Buffer.from(bytes));
    return bytes.length;
  }

  text(descriptor: 1 | 2): string {
    return Buffer.concat(this.written[descriptor]).toString('utf8');
  }
}

/** `at`: which of the calls that the fault can happen to, from 0; `always` for all of them. */
export interface Planted {
  readonly fault: Fault;
  readonly at: number | 'always';
}

/**
 * Runs a command line with real descriptors, in this process.
 * @param folder what the calls are about that count; the working directory
 */
export async function runWith(
  argv: readonly string[],
  folder: string,
  planted?: Planted,
  given: { readonly stdin?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Outcome> {
  const streams = new Streams(Buffer.from(given.stdin ?? ''));
  const opened = new Set<unknown>([0, 1, 2]);
  const real = Object.fromEntries(ALL.map((name) => [name, fs[name] as Anything])) as Record<Call, Anything>;
  let seen = 0;
  let hit: string | undefined;

  const concerns = (target: unknown): boolean =>
    opened.has(target) ||
    ((typeof target === 'string' || Buffer.isBuffer(target)) && String(target).startsWith(folder));

  /** The call itself; standard streams are this run's own. */
  const plain = (name: Call, args: unknown[]): unknown => {
    const [descriptor, bytes, offset = 0, length] = args as [number, Uint8Array, number?, number?];
    if (name === 'readSync' && descriptor === 0)
      return streams.read(bytes, offset, length ?? bytes.length - offset);
    if (name === 'writeSync' && (descriptor === 1 || descriptor === 2))
      return streams.write(
        descriptor,
        bytes.subarray(offset, length === undefined ? undefined : offset + length),
      );
    const result = real[name](...args);
    if (name === 'openSync') opened.add(result);
    if (name === 'closeSync') opened.delete(descriptor);
    return result;
  };

  const faulty = (name: Call, args: unknown[], fault: Fault): unknown => {
    hit ??= `${name} ${typeof args[0] === 'number' ? (STREAMS[args[0]] ?? 'a descriptor') : String(args[0])}`;
    const [descriptor, bytes, offset = 0, length, position] = args as [
      number,
      Uint8Array,
      number?,
      number?,
      number?,
    ];
    if (fault === 'shrinks') return 0;
    if (fault === 'short') {
      const wanted = length ?? bytes.length - offset;
      return plain(name, [
        descriptor,
        bytes,
        offset,
        Math.min(1, wanted),
        ...(position === undefined ? [] : [position]),
      ]);
    }
    if (name === 'closeSync') plain(name, args);
    // Some was written before the disk was full.
    if (name === 'writeFileSync' && (fault === 'ENOSPC' || fault === 'EIO'))
      real.writeFileSync(args[0], Buffer.from(args[1] as string).subarray(0, 7));
    throw systemError(fault);
  };

  for (const name of ALL)
    (fs as unknown as Record<string, unknown>)[name] = Object.assign((...called: unknown[]): unknown => {
      if (!concerns(called[0])) return real[name](...called);
      // Of a text a part may be written, too.
      const args =
        name === 'writeSync' && typeof called[1] === 'string' ? [called[0], Buffer.from(called[1])] : called;
      if (planted === undefined || !CALLS[planted.fault].includes(name)) return plain(name, args);
      // Reading takes no room.
      if (planted.fault === 'ENOSPC' && name === 'openSync' && isForReading(args[1]))
        return plain(name, args);
      // A pipe that is full or gone is a stream's.
      if (planted.fault === 'EPIPE' && args[0] !== 1 && args[0] !== 2) return plain(name, args);
      if (planted.fault === 'EAGAIN' && ![0, 1, 2].includes(args[0] as number)) return plain(name, args);
      const number = seen;
      seen += 1;
      const isHit =
        planted.at === 'always' ||
        number === planted.at ||
        (planted.fault === 'EPIPE' && number > planted.at);
      return isHit ? faulty(name, args, planted.fault) : plain(name, args);
    }, real[name]);
  syncBuiltinESMExports();
  try {
    const io = processIo();
    const status = await main(argv, {
      ...io,
      isPiped: () => given.stdin !== undefined,
      env: given.env ?? {},
      cwd: folder,
      progress: NO_PROGRESS,
    });
    return { status, stdout: streams.text(1), stderr: streams.text(2), hit };
  } finally {
    for (const name of ALL) (fs as unknown as Record<string, unknown>)[name] = real[name];
    syncBuiltinESMExports();
  }
}
