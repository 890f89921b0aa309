/**
 * `npm run bench -- flame [--machines N] [--least PERCENT] [-- ARGUMENT...]`: where whole processes of `fwmap windows` (or of
 * the command line given, to which the input is added) spend their time, as a flame graph in text: files of the source by
 * who called them, in per cent of all samples in JavaScript and garbage collection. Each machine counts the same, whatever
 * it takes; Node's own start is not in it.
 *
 * `--machines`: how many acpidumps, evenly from ../shared/corpus/acpi (default: 12), each run three times after a first one
 * that fills the cache of compiled code. `--least`: what is left out, in per cent (default: 2).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { ACPI, someDumps } from './processes/dumps.ts';

const FWMAP = fileURLToPath(new URL('../../bin/fwmap.js', import.meta.url));
const PROFILED = fileURLToPath(new URL('./processes/profiled.cjs', import.meta.url));
const RUNS = 3;

/** Of https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile; lines and columns from 0. */
interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
      readonly columnNumber: number;
    };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

type Frame = Profile['nodes'][number]['callFrame'];

interface Flame {
  share: number;
  readonly above: Map<string, Flame>;
}

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      machines: { type: 'string', default: '12' },
      least: { type: 'string', default: '2' },
    },
  });
  if (!existsSync(ACPI)) {
    console.log(`skipped: ${ACPI} is not there`);
    return 0;
  }
  const command = positionals.length === 0 ? ['windows'] : positionals;
  const folder = mkdtempSync(join(tmpdir(), 'fwmap-bench-'));
  try {
    const profiles = someDumps(Number(values.machines)).flatMap((dump) => profilesOf(folder, dump, command));
    const flame: Flame = { share: 0, above: new Map() };
    for (const profile of profiles) add(flame, profile, 100 / profiles.length);
    console.log(`fwmap ${command.join(' ')}, ${profiles.length} runs, per cent`);
    print(flame, Number(values.least), 0);
    return 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function profilesOf(folder: string, dump: string, command: readonly string[]): Profile[] {
  const input = join(folder, 'dump.txt');
  writeFileSync(input, gunzipSync(readFileSync(join(ACPI, dump))));
  const file = join(folder, 'profile.json');
  const env = { ...process.env, XDG_CACHE_HOME: folder };
  return Array.from({ length: 1 + RUNS }, () => {
    const args = [PROFILED, FWMAP, file, ...command, input];
    const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
    if (status === null || status > 1) throw new Error(stderr);
    return JSON.parse(readFileSync(file, 'utf8')) as Profile;
  }).slice(1);
}

const maps = new Map<string, SourceMap | undefined>();

/** The source file of a function; of Node's own the module, of V8's the name. */
function fileOf({ functionName, url, lineNumber, columnNumber }: Frame): string {
  const path = url.startsWith('file:') ? fileURLToPath(url) : url;
  if (!maps.has(path)) {
    const map = `${path}.map`;
    const payload = existsSync(map) ? (JSON.parse(readFileSync(map, 'utf8')) as SourceMapPayload) : undefined;
    maps.set(path, payload && new SourceMap(payload));
  }
  const entry = maps.get(path)?.findEntry(lineNumber, columnNumber);
  const source = entry !== undefined && 'originalSource' in entry ? entry.originalSource : undefined;
  // What a bundler put around modules has no source.
  return source?.replace(/^(?:\.\.\/)+/, '') ?? (url.startsWith('node:') ? url : functionName || 'modules');
}

/** Adds the samples of a run, which count `weight` together. */
function add(flame: Flame, { nodes, samples, timeDeltas }: Profile, weight: number): void {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, fileOf(callFrame)]));
  const callers = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  );
  const pathOf = (id: number): string[] => {
    const path: string[] = [];
    for (let at: number | undefined = id; at !== undefined; at = callers.get(at))
      path.unshift(names.get(at)!);
    // Without the root; a file once, where it was called first.
    return [...new Set(path.slice(1))];
  };
  const idle = new Set(
    nodes.filter(({ callFrame }) => callFrame.functionName === '(idle)').map(({ id }) => id),
  );
  const busy = timeDeltas.map((delta, i) => (idle.has(samples[i]!) ? 0 : delta));
  const total = busy.reduce((sum, delta) => sum + delta, 0);
  for (const [i, delta] of busy.entries()) {
    const share = (weight * delta) / total;
    flame.share += share;
    let at = flame;
    for (const name of pathOf(samples[i]!)) {
      let next = at.above.get(name);
      if (next === undefined) {
        next = { share: 0, above: new Map() };
        at.above.set(name, next);
      }
      next.share += share;
      at = next;
    }
  }
}

function print(flame: Flame, least: number, depth: number): void {
  for (const [name, above] of [...flame.above].sort(([, a], [, b]) => b.share - a.share)) {
    if (above.share < least) return;
    console.log(`${'  '.repeat(depth)}${above.share.toFixed(1).padStart(5)} ${name}`);
    print(above, least, depth + 1);
  }
}
