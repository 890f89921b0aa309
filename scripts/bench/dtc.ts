/**
 * CPU time of one process beside a tool started once for each file, as build systems do.
 *
 *   npm run bench -- dtc [LINUX_SOURCE] [DTC] [EVERY]
 *
 * boards: every board (or each EVERYth) of Linux, source to blob, beside `cpp | dtc`; needs an unpacked kernel source.
 * blobs: every blob of the corpus to windows, beside `dtc -I dtb -O dts`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Artifact } from '../../src/artifact/artifact.ts';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { SourceStore, sourceFiles } from '../../src/cli/source-files.ts';
import { PreprocessorCache } from '../../src/devicetree/preprocessor/preprocess.ts';
import { writeDtb } from '../../src/devicetree/write-dtb.ts';
import { describeTree } from '../../src/window/from-device-tree.ts';
import { compileSource, readPossiblyPacked } from '../conformance/dtc/compile.ts';

const CORPUS = '../shared/corpus';

/** User and system seconds of a shell script and all it starts. */
function shellSeconds(script: string, cwd: string): number {
  const timed = `TIMEFORMAT='%U %S'; time { ${script}\n} </dev/null >/dev/null 2>&1`;
  const options = { cwd, encoding: 'utf8', input: timed, maxBuffer: 1 << 28 } as const;
  const { stderr } = spawnSync('bash', ['-s'], options);
  const [user = 0, system = 0] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number);
  return user + system;
}

function ownSeconds(work: () => void): number {
  const started = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1e6;
}

function say(what: string, ours: number, theirs: number, limit: number): number {
  const ratio = ours / theirs;
  console.log(
    `${what}: ${ours.toFixed(2)} s, ${theirs.toFixed(2)} s: ${ratio.toFixed(2)} (at most ${limit.toFixed(2)})`,
  );
  return ratio <= limit ? 0 : 1;
}

function boards(linux: string, dtc: string, every: number): number {
  const list = JSON.parse(readFileSync(join(CORPUS, 'boards.json'), 'utf8')) as {
    boards: { src: string; arch: string }[];
  };
  const chosen = list.boards.filter((_, index) => index % every === 0);
  const store = new SourceStore();
  const cache = new PreprocessorCache();
  let highest = 0;
  const ours = ownSeconds(() => {
    for (const [index, { src, arch }] of chosen.entries()) {
      const includePaths = ['include', `arch/${arch}/boot/dts`, 'scripts/dtc/include-prefixes'];
      const loader = sourceFiles({ cwd: linux, mainFile: src, includePaths }, store);
      const source = loader.open(src);
      if ('reason' in source) throw new Error(`${src}: ${source.text}`);
      writeDtb(compileSource(source, { loader, includePaths, cache }).tree);
      if (index % 20 === 0) highest = Math.max(highest, process.memoryUsage.rss());
    }
  });
  const script = chosen
    .map(({ src, arch }) => {
      const includes = `-I include -I arch/${arch}/boot/dts -I scripts/dtc/include-prefixes`;
      const cpp = `cpp -nostdinc ${includes} -undef -D__DTS__ -x assembler-with-cpp ${src}`;
      return `${cpp} | ${dtc} -q -i ${dirname(src)} -i arch/${arch}/boot/dts -I dts -O dtb -o /dev/null -`;
    })
    .join('\n');
  console.log(`${chosen.length} boards, ${highest >> 20} MiB at most`);
  return say('source to blob, beside cpp | dtc', ours, shellSeconds(script, linux), 1);
}

function blobs(dtc: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'fwmap-bench-'));
  const files = ['dtb', 'dtbo'].flatMap((kind) =>
    readdirSync(join(CORPUS, kind))
      .filter((name) => /\.dtbo?\.gz$/.test(name))
      .map((name) => join(CORPUS, kind, name)),
  );
  const contents = files.map((path) => ({ name: basename(path, '.gz'), bytes: readPossiblyPacked(path) }));
  for (const { name, bytes } of contents) writeFileSync(join(folder, name), bytes);
  const ours = ownSeconds(() => {
    for (const { name, bytes } of contents) {
      const source = { name, form: 'blob', bytes } as const;
      const artifact: Artifact = { kind: 'dtb', source, path: name, sha256: '', steps: [] };
      describeTree(artifact, {}, new DiagnosticList());
    }
  });
  const script = contents.map(({ name }) => `${dtc} -q -I dtb -O dts -o /dev/null ${name}`).join('\n');
  const theirs = shellSeconds(script, folder);
  rmSync(folder, { recursive: true });
  console.log(`${contents.length} blobs`);
  return say('blob to windows, beside dtc -I dtb -O dts', ours, theirs, 1 / 3);
}

export async function run([linux, dtc = 'dtc', every = '1']: string[]): Promise<number> {
  if (!existsSync(CORPUS) || spawnSync(dtc, ['--version']).status !== 0) {
    console.log(`left out: needs ${CORPUS} and dtc`);
    return 0;
  }
  const decoded = blobs(dtc);
  if (linux === undefined) {
    console.log('boards left out: needs the path of an unpacked kernel source');
    return decoded;
  }
  return Math.max(decoded, boards(linux, dtc, Number(every)));
}
