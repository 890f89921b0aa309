/** One compilation, in this process, as `fwmap dtc` does it; and what the comparisons need around it. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { DiagnosticList } from '../../../../src/bytes/diagnostic.ts';
import type { Source } from '../../../../src/bytes/source.ts';
import { readBlob } from '../../../../src/devicetree/blob/reader.ts';
import type { Finding } from '../../../../src/devicetree/checks/check.ts';
import { type LiveTree, liveFromTree } from '../../../../src/devicetree/live/live-tree.ts';
import { type PrepareOptions, prepareTree } from '../../../../src/devicetree/live/prepare-tree.ts';
import { needsPreprocessing } from '../../../../src/devicetree/preprocessor/needed.ts';
import { type PreprocessOptions, preprocess } from '../../../../src/devicetree/preprocessor/preprocess.ts';
import { parseDts } from '../../../../src/devicetree/source/parser.ts';
import { wholeSource } from '../../../../src/devicetree/source/source-text.ts';
import { formatDiagnostic } from '../../../../src/findings/finding.ts';

/** Thrown when an input does not compile; the message says why. */
export class CompileError extends Error {}

export function sha256(content: Uint8Array | string): string {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
  return createHash('sha256').update(bytes).digest('hex');
}

/** A file's bytes; a `.gz` is unpacked. */
export function readPossiblyPacked(path: string): Uint8Array {
  const bytes = readFileSync(path);
  return path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

function prepared(tree: LiveTree, options: PrepareOptions): { tree: LiveTree; findings: readonly Finding[] } {
  const { findings, failed, failure } = prepareTree(tree, options);
  if ((failed && !options.force) || failure !== undefined) {
    throw new CompileError(
      failure ?? findings.find(({ level }) => level === 'error')?.message ?? 'a check failed',
    );
  }
  return { tree, findings };
}

export function compileSource(
  source: Source,
  files: PreprocessOptions,
  options: PrepareOptions = {},
): { tree: LiveTree; findings: readonly Finding[] } {
  const sink = new DiagnosticList();
  const text = needsPreprocessing(source) ? preprocess(source, files, sink) : wholeSource(source);
  const tree = sink.hasErrors ? undefined : parseDts(text, sink, { ...files, source });
  if (!tree || sink.hasErrors) {
    const error = sink.all.find(({ severity }) => severity === 'error');
    throw new CompileError(error ? formatDiagnostic(error) : 'no tree');
  }
  return prepared(tree, options);
}

export function loadBlob(name: string, bytes: Uint8Array): LiveTree {
  const sink = new DiagnosticList();
  const tree = readBlob({ name, form: 'blob', bytes }, sink);
  if (!tree || sink.hasErrors)
    throw new CompileError(sink.all[0] ? formatDiagnostic(sink.all[0]) : 'no tree');
  return liveFromTree(tree);
}

export function decompileBlob(name: string, bytes: Uint8Array, options: PrepareOptions = {}): LiveTree {
  return prepared(loadBlob(name, bytes), options).tree;
}

/** Counts, and prints what went wrong. */
export class Tally {
  #passed = 0;
  #failed = 0;

  check(name: string, test: () => string | undefined): void {
    let problem: string | undefined;
    try {
      problem = test();
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      problem = error.message;
    }
    if (problem === undefined) {
      this.#passed += 1;
    } else {
      this.#failed += 1;
      console.log(`FAIL ${name}: ${problem}`);
    }
  }

  /** Prints `N passed, N failed`; gives the exit status. */
  finish(): number {
    console.log(`${this.#passed} passed, ${this.#failed} failed`);
    return this.#failed === 0 && this.#passed > 0 ? 0 : 1;
  }
}

/** Undefined when equal; else both, as the problem. */
export function differs(what: string, got: string, expected: string): string | undefined {
  return got === expected ? undefined : `${what}: ${got.slice(0, 16)}…, expected ${expected.slice(0, 16)}…`;
}
