/** fwmap's side of the benchmark `dtc`, run in its own process. Prints the measured time and memory as JSON. */
import { readFileSync } from 'node:fs';
import type { Artifact } from '../../../src/artifact/artifact.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { compileSparingly } from '../../../src/cli/common/engine.ts';
import { PreprocessorCache } from '../../../src/devicetree/preprocessor/preprocess.ts';
import { SourceStore, sourceFiles } from '../../../src/devicetree/source/disk-files.ts';
import { writeDtb } from '../../../src/devicetree/write/dtb.ts';
import { describeTree } from '../../../src/window/from-device-tree.ts';
import { compileSource } from '../../conformance/devicetree/dtc/compile.ts';

export interface Board {
  readonly src: string;
  readonly arch: string;
}

export interface Task {
  readonly boards?: { readonly linux: string; readonly list: readonly Board[] };
  /** Paths of files. */
  readonly blobs?: readonly string[];
}

export interface Outcome {
  /** User and system time of the work, in seconds. */
  readonly seconds: number;
  /** Peak memory of the process, in bytes. */
  readonly peak: number;
}

function compileBoards({ linux, list }: NonNullable<Task['boards']>): void {
  const store = new SourceStore();
  const cache = new PreprocessorCache();
  for (const { src, arch } of list) {
    const includePaths = ['include', `arch/${arch}/boot/dts`, 'scripts/dtc/include-prefixes'];
    const loader = sourceFiles({ cwd: linux, mainFile: src, includePaths }, store);
    const source = loader.open(src);
    if ('reason' in source) throw new Error(`${src}: ${source.text}`);
    writeDtb(compileSource(source, { loader, includePaths, cache }).tree);
  }
}

/** Decodes blobs into windows, with their bounds. */
function decodeBlobs(paths: readonly string[]): void {
  for (const path of paths) {
    const source = { name: path, form: 'blob', bytes: readFileSync(path) } as const;
    const artifact: Artifact = { kind: 'dtb', source, path, sha256: '', steps: [] };
    const description = describeTree(artifact, {}, new DiagnosticList());
    for (const { base, size } of description?.windows ?? [])
      if (size === 0n && base === 0n) throw new Error(`${path}: an empty window`);
  }
}

const task = JSON.parse(readFileSync(0, 'utf8')) as Task;
// As `fwmap windows` does with a list of inputs.
if (task.blobs) await compileSparingly();
const started = process.cpuUsage();
if (task.boards) compileBoards(task.boards);
if (task.blobs) decodeBlobs(task.blobs);
const { user, system } = process.cpuUsage(started);
const outcome: Outcome = { seconds: (user + system) / 1e6, peak: process.resourceUsage().maxRSS * 1024 };
console.log(JSON.stringify(outcome));
