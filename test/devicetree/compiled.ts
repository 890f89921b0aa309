/** Compilations in memory, for tests of what follows parsing. */
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { readBlob } from '../../src/devicetree/blob/reader.ts';
import type { Finding } from '../../src/devicetree/checks/check.ts';
import { CheckLevels } from '../../src/devicetree/checks/run-checks.ts';
import { type LiveTree, liveFromTree, livePathOf } from '../../src/devicetree/live/live-tree.ts';
import { type PrepareOptions, prepareTree } from '../../src/devicetree/live/prepare-tree.ts';
import { writeDtb } from '../../src/devicetree/write/dtb.ts';
import { parseText, tell } from './trees.ts';

export interface Compiled {
  readonly tree: LiveTree;
  readonly findings: readonly Finding[];
  readonly failed: boolean;
  readonly notes: readonly string[];
}

/** A source through parser and checks. Throws when it does not even parse. */
export function compile(text: string, options: PrepareOptions = {}): Compiled {
  const { live, diagnostics } = parseText(text);
  const error = diagnostics.find(({ severity }) => severity === 'error');
  if (!live || error) throw new Error(error ? tell(error) : 'no tree');
  const { findings, failed, notes } = prepareTree(live, options);
  return { tree: live, findings, failed, notes: notes.map((note) => note.text) };
}

export function blobOf(text: string, options: PrepareOptions = {}): Uint8Array {
  return writeDtb(compile(text, options).tree).bytes;
}

export function loadBlob(bytes: Uint8Array, name = 'test.dtb'): LiveTree {
  const sink = new DiagnosticList();
  const tree = readBlob({ name, form: 'blob', bytes }, sink);
  if (!tree || sink.hasErrors) throw new Error(sink.all.map(tell).join('\n'));
  return liveFromTree(tree);
}

/** Levels with more checks on: `always_fail`, `no-reg_format`. */
export function levels(...warnings: string[]): CheckLevels {
  const set = new CheckLevels();
  for (const name of warnings) if (!set.set('warning', name)) throw new Error(`no check ${name}`);
  return set;
}

/** `check path:property message` of each finding. */
export function said(findings: readonly Finding[]): string[] {
  return findings.map(({ check, node, property, message }) => {
    const place = node ? ` ${livePathOf(node)}${property ? `:${property.name}` : ''}` : '';
    return `${check}${place} ${message}`;
  });
}
