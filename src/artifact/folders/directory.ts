/** Recognises folders that are one input; others are opened file by file. */

import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import type { Source } from '../../bytes/source.ts';
import { finding } from '../../findings/finding.ts';
import { limit, limitText } from '../../limits/limits.ts';
import type { ArtifactKind, DirectoryEntry } from '../artifact.ts';
import { describesNothing } from '../irrelevant.ts';
import { sniffKind } from '../sniff.ts';
import { inputsOfCapture } from './capture.ts';
import type { Listed } from './listed.ts';

export type { Listed };

export function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

/** A recognised folder. */
export type Folder =
  | { readonly kind: ArtifactKind; readonly entries: readonly DirectoryEntry[] }
  /** Not one input: the inputs in it. */
  | { readonly inside: readonly Listed[] };

/** Properties of a root node; a folder with one of them as a file is a device tree. */
const ROOT_PROPERTIES = new Set(['#address-cells', '#size-cells', 'compatible', 'model']);

/**
 * Recognises a folder by its content, or by `as`.
 * @param top the entries of the folder
 * @param name of the folder in messages
 */
export function readFolder(
  top: readonly Listed[],
  name: string,
  as: ArtifactKind | undefined,
  sink: DiagnosticSink,
): Folder {
  const isTree = top.some(({ path, type }) => type === 'file' && ROOT_PROPERTIES.has(path));
  if (as === 'dt-dir' || (as === undefined && isTree))
    return { kind: 'dt-dir', entries: readBelow(top, name, sink) };
  if (as === 'acpi-dir') return { kind: 'acpi-dir', entries: readBelow(top, name, sink) };
  if (as === undefined) {
    const tables = acpiTables(top, name, sink);
    if (tables) return { kind: 'acpi-dir', entries: tables };
  }
  return { inside: inputsOfCapture(top, name, sink) };
}

function readBelow(top: readonly Listed[], name: string, sink: DiagnosticSink): DirectoryEntry[] {
  const entries: DirectoryEntry[] = [];
  let used = 0;
  const waiting = [...top].reverse();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (entries.length >= limit('folder-entries') || used > limit('input-bytes')) {
      const reached = used > limit('input-bytes') ? 'input-bytes' : 'folder-entries';
      sink.add(finding('artifact/folder-too-large', { limit: limitText(reached) }, { path: name }));
      break;
    }
    if (next.type === 'directory') {
      entries.push({ path: next.path, type: 'directory' });
      if (next.path.split('/').length < limit('folder-depth'))
        waiting.push(...[...next.list(next.path, sink)].reverse());
      else
        sink.add(finding('artifact/folder-too-deep', { levels: limit('folder-depth') }, { path: next.path }));
      continue;
    }
    const entry = readEntry(next, name, used, sink);
    if (!entry) continue;
    used += entry.source?.bytes.length ?? 0;
    entries.push(entry);
  }
  return entries.sort(byPath);
}

function readEntry(
  listed: Listed,
  name: string,
  used: number,
  sink: DiagnosticSink,
): DirectoryEntry | undefined {
  const read = listed.read(used);
  if ('bytes' in read) {
    const source: Source = {
      name: `${name.replace(/\/+$/, '')}/${listed.path}`,
      form: 'blob',
      bytes: read.bytes,
    };
    return { path: listed.path, type: 'file', source };
  }
  const args = { what: listed.path, why: 'failure' in read ? read.failure : 'Is a directory' };
  sink.add(finding('artifact/member-unreadable', args, { path: listed.path }));
  return undefined;
}

/**
 * The tables of a folder with ACPI tables and no other known kind, including those of its subfolders (Linux has tables
 * loaded at run time in `dynamic`); undefined for any other folder.
 */
function acpiTables(
  top: readonly Listed[],
  name: string,
  sink: DiagnosticSink,
): DirectoryEntry[] | undefined {
  const kinds = (listed: readonly Listed[]) =>
    listed.flatMap((file) => {
      const entry = file.type === 'file' ? readEntry(file, name, 0, sink) : undefined;
      return entry?.source ? [{ entry, kind: sniffKind(entry.source.bytes) }] : [];
    });
  if (!top.some((entry) => entry.type === 'file' && readsAsTable(entry))) return undefined;
  const found = kinds(top);
  if (found.some(({ kind }) => kind !== 'acpi-table' && kind !== undefined)) return undefined;
  for (const folder of top)
    if (folder.type === 'directory') found.push(...kinds(folder.list(folder.path, sink)));
  for (const { entry, kind } of found)
    if (kind === undefined && !isTableData(entry.path) && !describesNothing(entry.path, entry.source!.bytes))
      sink.add(finding('artifact/member-unknown-kind', {}, { path: entry.source!.name }));
  return found.filter(({ kind }) => kind === 'acpi-table').map(({ entry }) => entry);
}

/** `/sys/firmware/acpi/tables/data` has data that tables point to (error records) and no tables. */
function isTableData(path: string): boolean {
  return /^data\//.test(path);
}

function readsAsTable(listed: Listed): boolean {
  const read = listed.read();
  return 'bytes' in read && sniffKind(read.bytes) === 'acpi-table';
}
