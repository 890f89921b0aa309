/**
 * `npm run bench -- limits [--before CHECKOUT] [--markdown] [PART OF A NAME]`: the inputs that once took more than a
 * second per megabyte or 512 MiB (`corpus/field/limits` beside the checkout, and those of issues), each with the bundle in
 * its own process: CPU time and peak memory, optionally with those of another built checkout. Fails beyond 1.5 s of CPU
 * per megabyte (at least 1.5 s) or 512 MiB more than the input's size.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { hasProgram } from '../../test/containers/pack.ts';
import { lines } from './growth/growing.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CORPUS = fileURLToPath(new URL('../../../shared/corpus/field/limits', import.meta.url));
const SECONDS_A_MEGABYTE = 1.5;
const MOST_BYTES = 512 << 20;
/** Seconds of wall clock after which a run is killed. */
const PATIENCE = 120;
/** Number of zeros in a compressed input. */
const PACKED = 512 << 20;

interface Input {
  readonly name: string;
  readonly argv: readonly string[];
  /** Bytes of all files that are read. */
  readonly bytes: number;
}

interface Cost {
  readonly seconds: number;
  readonly rss: number;
}

/** A preloaded script with which a process writes its own time and memory when it ends, so no other program is needed. */
const TELL = `process.on('exit', () => { const { user, system } = process.cpuUsage(); require('node:fs').writeFileSync(process.env.COST, JSON.stringify({ seconds: (user + system) / 1e6, rss: process.resourceUsage().maxRSS * 1024 })); });`;

function costOf(checkout: string, input: Input, scratch: string): Cost | undefined {
  const preload = join(scratch, 'tell.cjs');
  const cost = join(scratch, 'cost.json');
  writeFileSync(preload, TELL);
  rmSync(cost, { force: true });
  const bundle = ['bin', 'dist'].map((folder) => join(checkout, folder, 'fwmap.js')).find(existsSync);
  if (bundle === undefined) throw new Error(`${checkout} is not built: npm run build`);
  spawnSync(process.execPath, ['--require', preload, bundle, ...input.argv], {
    cwd: scratch,
    env: { ...process.env, COST: cost },
    stdio: 'ignore',
    timeout: PATIENCE * 1000,
    killSignal: 'SIGKILL',
  });
  return existsSync(cost) ? (JSON.parse(readFileSync(cost, 'utf8')) as Cost) : undefined;
}

function inputsIn(scratch: string): Input[] {
  const inputs: Input[] = [];
  const add = (name: string, content: string | Uint8Array, ...argv: string[]): void => {
    const path = join(scratch, name);
    writeFileSync(path, content);
    inputs.push({ name, argv: [...(argv.length > 0 ? argv : ['sysfb']), path], bytes: statSync(path).size });
  };
  if (existsSync(CORPUS))
    for (const name of readdirSync(CORPUS).sort())
      add(name.replace(/\.gz$/, ''), gunzipSync(readFileSync(join(CORPUS, name))));
  const nested = gzipSync(gzipSync(new Uint8Array(PACKED)));
  add('zeros.gz.gz', nested);
  if (hasProgram('xz')) {
    const packed = spawnSync('xz', ['-c'], { input: new Uint8Array(PACKED), maxBuffer: 1 << 20 }).stdout;
    add('zeros.xz', packed);
  }
  // In an image a stream is tried with more and more of what follows: what came of each attempt was kept.
  for (const program of ['lz4', 'lzop'])
    if (hasProgram(program)) {
      const packed = spawnSync(program, ['-c'], { input: new Uint8Array(PACKED), maxBuffer: 8 << 20 }).stdout;
      add(`zeros.${program}.img`, Buffer.concat([Buffer.alloc(100), packed]), 'scan');
    }
  add(
    'list.txt',
    lines(
      10_000,
      (index) => `[mem 0x${(index << 16).toString(16)}-0x${((index << 16) + 0xffff).toString(16)} window]`,
    ),
    'windows',
  );
  const names = Array.from({ length: 40_000 }, (_, index) => `a${index}`);
  add(
    'parameters.dts',
    `#define M(${names.join(',')}) a0\n/dts-v1/;\n/ { a = <M(${'1,'.repeat(names.length - 1)}1)>; };\n`,
    'windows',
  );
  const one = join(scratch, 'one.txt');
  writeFileSync(one, '[mem 0x1000-0x1fff window]\n');
  const many = new Array<string>(10_000).fill(one);
  inputs.push({
    name: '10,000 arguments',
    argv: ['sysfb', ...many],
    bytes: many.length * statSync(one).size,
  });
  if (existsSync('/dev/zero')) inputs.push({ name: '/dev/zero', argv: ['sysfb', '/dev/zero'], bytes: 0 });
  return inputs;
}

const shown = (cost: Cost | undefined): [string, string] =>
  cost === undefined
    ? [`over ${PATIENCE} s or killed`, '-']
    : [`${cost.seconds.toFixed(2)} s`, `${(cost.rss / 2 ** 20).toFixed(0)} MiB`];

function faultOf({ bytes }: Input, cost: Cost | undefined): string {
  if (cost === undefined) return 'does not end';
  if (cost.seconds > SECONDS_A_MEGABYTE * Math.max(1, bytes / 1e6)) return 'too long';
  return cost.rss > MOST_BYTES + bytes ? 'too much memory' : '';
}

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { before: { type: 'string' }, markdown: { type: 'boolean', default: false } },
  });
  const scratch = mkdtempSync(join(tmpdir(), 'fwmap-limits-'));
  const write = (cells: readonly string[]): void =>
    console.log(
      values.markdown
        ? `| ${cells.join(' | ')} |`
        : cells.map((cell, at) => (at === 0 ? cell.padEnd(22) : cell.padStart(12))).join(' '),
    );
  let failed = 0;
  try {
    const before = values.before === undefined ? [] : ['CPU before', 'memory before'];
    const heads = ['input', 'bytes', ...before, 'CPU', 'memory'];
    write(heads);
    if (values.markdown) write(heads.map(() => '---'));
    for (const input of inputsIn(scratch).filter(({ name }) => name.includes(positionals[0] ?? ''))) {
      const then = values.before === undefined ? [] : shown(costOf(values.before, input, scratch));
      const cost = costOf(ROOT, input, scratch);
      const fault = faultOf(input, cost);
      if (fault !== '') failed += 1;
      write([input.name, String(input.bytes), ...then, ...shown(cost), ...(fault === '' ? [] : [fault])]);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  console.log(`${failed} failed`);
  return failed === 0 ? 0 : 1;
}
