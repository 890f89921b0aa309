/** Finds the machines in what is named: files, folders, archives of captures, mailboxes. */

import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { readFileBytes } from '../artifact/file.ts';
import { openArchive } from '../artifact/folders/archive.ts';
import { type Listed, readFolder } from '../artifact/folders/directory.ts';
import { listFolder } from '../artifact/folders/disk-folder.ts';
import { nameText } from '../artifact/irrelevant.ts';
import { isKind } from '../artifact/kinds.ts';
import { sniffKind } from '../artifact/sniff.ts';
import { messagesOf } from '../artifact/text/mail.ts';
import { archiveOf, compressionOf, unwrap } from '../artifact/unpack.ts';
import { type DiagnosticSink, IGNORED } from '../bytes/diagnostic.ts';
import { latin1Text } from '../bytes/text-encoding.ts';
import { Budget } from '../containers/limits.ts';
import { finding } from '../findings/finding.ts';
import { limit, overLimit } from '../limits/limits.ts';
import { sha256Of } from '../platform/hash.ts';
import { Reads } from './reads.ts';

/** A unit as it was found: what is no file on disk comes with its bytes. */
export interface FoundUnit {
  readonly hash: string;
  readonly path: string;
  readonly bytes: number;
  readonly from: { readonly file: string } | { readonly content: Uint8Array };
}

export interface FindOptions {
  /** Folder that relative paths start from. */
  readonly cwd: string;
  readonly sink: DiagnosticSink;
}

/** Files that are looked at to tell whether a folder is one machine; a capture has fewer. */
const MAX_LOOKED_AT = 200;
/** Mailboxes are told apart by their first bytes. */
const MAILBOX = [0x46, 0x72, 0x6f, 0x6d, 0x20];

/** The machines at a path, in the order of their names. What can't be read is said to the sink and left out. */
export async function* unitsAt(path: string, options: FindOptions): AsyncGenerator<FoundUnit> {
  const file = resolve(options.cwd, path);
  const read = readFileBytes(file);
  if ('bytes' in read) yield* unitsInBytes(path, read.bytes, file, options, 0);
  else if ('directory' in read)
    yield* unitsInFolder((sink) => listFolder(file, sink), path, file, options, 0);
  else options.sink.add(finding('artifact/unreadable', { what: path, why: read.failure }, { path }));
}

/**
 * @param listing lists it
 * @param file the folder on disk; undefined for one in an archive
 */
async function* unitsInFolder(
  listing: (sink: DiagnosticSink) => readonly Listed[],
  name: string,
  file: string | undefined,
  options: FindOptions,
  depth: number,
): AsyncGenerator<FoundUnit> {
  const base = name.replace(/\/+$/, '');
  const reads = new Reads(options.sink);
  const top = listing(reads);
  if (file !== undefined) {
    const folder = wholeFolder(reads.of(top), name, reads);
    if (reads.fault !== undefined && !isLasting(folder, reads, listing, name)) {
      // What it comes to without a file that can be read a moment later is another machine.
      options.sink.add(finding('artifact/unreadable', { what: name, why: reads.fault }, { path: name }));
      return;
    }
    if (folder !== undefined) {
      yield { ...folder, path: name, from: { file } };
      return;
    }
  }
  for (const inner of top) {
    const innerName = `${base}/${nameText(inner.path)}`;
    // A name that is no UTF-8 can't be said in a plan.
    const isText = Buffer.from(inner.path, 'latin1').toString('utf8').indexOf('\ufffd') < 0;
    const innerFile =
      file === undefined || !isText
        ? undefined
        : `${file}/${Buffer.from(inner.path, 'latin1').toString('utf8')}`;
    const unreadable = (why: string): void =>
      options.sink.add(finding('artifact/member-unreadable', { what: innerName, why }, { path: innerName }));
    if (depth >= limit('survey-depth')) unreadable(overLimit('survey-depth', 'folders deep'));
    else if (inner.type === 'directory')
      yield* unitsInFolder((sink) => inner.list('', sink), innerName, innerFile, options, depth + 1);
    else {
      const read = inner.read();
      if ('bytes' in read) yield* unitsInBytes(innerName, read.bytes, innerFile, options, depth + 1);
      else unreadable('failure' in read ? read.failure : 'Is a directory');
    }
  }
}

type WholeFolder = ReturnType<typeof wholeFolder>;

/** Whether a folder of which something could not be read comes to the same at any other time. */
function isLasting(
  folder: WholeFolder,
  reads: Reads,
  listing: (sink: DiagnosticSink) => readonly Listed[],
  name: string,
): boolean {
  // Of several machines each is looked at by itself.
  if (reads.passing !== undefined) return folder === undefined;
  const again = new Reads(IGNORED);
  const second = wholeFolder(again.of(listing(again)), name, again);
  return again.passing === undefined && second?.hash === folder?.hash;
}

/** A folder that is one machine, by what is in it; undefined for one that holds several. */
export function wholeFolder(
  top: readonly Listed[],
  name: string,
  sink: Reads,
): { readonly hash: string; readonly bytes: number } | undefined {
  const folder = readFolder(top, name, undefined, sink);
  const files =
    'kind' in folder
      ? folder.entries.flatMap(({ path, source }) =>
          source === undefined ? [] : [{ path, bytes: source.bytes }],
        )
      : isOneMachine(top, sink, sink)
        ? filesBelow(top, sink)
        : undefined;
  if (files === undefined) return undefined;
  const listing = createHash('sha256');
  let bytes = 0;
  for (const each of files) {
    listing.update(`${sha256Of(each.bytes)}  ${each.path}\n`);
    bytes += each.bytes.length;
  }
  return { hash: listing.digest('hex'), bytes };
}

function filesBelow(top: readonly Listed[], sink: DiagnosticSink): { path: string; bytes: Uint8Array }[] {
  const files: { path: string; bytes: Uint8Array }[] = [];
  const waiting = [...top].reverse();
  for (let next = waiting.pop(); next && files.length < MAX_LOOKED_AT; next = waiting.pop()) {
    if (next.type === 'directory') {
      waiting.push(...[...next.list(next.path, sink)].reverse());
      continue;
    }
    const read = next.read();
    if ('bytes' in read) files.push({ path: next.path, bytes: read.bytes });
  }
  return files;
}

/**
 * What was captured of one machine: logs, listings or a configuration, beside no more than one description of it. Many
 * descriptions, or descriptions alone, are machines each. What may be read another time counts as what makes it one.
 */
function isOneMachine(top: readonly Listed[], sink: DiagnosticSink, reads?: Reads): boolean {
  if (!top.some(({ type }) => type === 'file')) return false;
  let trees = 0;
  let dumps = 0;
  const files = filesBelow(top, sink);
  if (files.length >= MAX_LOOKED_AT) return false;
  let evidence = reads?.passing === undefined ? 0 : 1;
  for (const { bytes } of files) {
    const kind = sniffKind(bytes);
    if (kind === undefined) continue;
    if (isKind(kind, 'evidence')) evidence += 1;
    if (isKind(kind, 'tree')) trees += 1;
    if (kind === 'acpidump') dumps += 1;
  }
  return evidence > 0 && trees <= 1 && dumps <= 1;
}

/**
 * @param file where the bytes are on disk; undefined for what is in an archive
 */
async function* unitsInBytes(
  name: string,
  bytes: Uint8Array,
  file: string | undefined,
  options: FindOptions,
  depth: number,
): AsyncGenerator<FoundUnit> {
  const whole: FoundUnit = {
    hash: sha256Of(bytes),
    path: name,
    bytes: bytes.length,
    from: file === undefined ? { content: bytes } : { file },
  };
  if (bytes.length === 0) return;
  const budget = new Budget();
  const inside = archiveOf(bytes) === undefined ? await unpacked(bytes, name, budget, options.sink) : bytes;
  const archive = archiveOf(inside);
  if (archive !== undefined && depth < limit('survey-depth')) {
    const { top } = await openArchive(archive, inside, name, budget, options.sink);
    const inner = insideOf(top, options.sink);
    if ('kind' in readFolder(inner, name, undefined, options.sink) || isOneMachine(inner, options.sink))
      yield whole;
    else yield* unitsInFolder(() => top, `${name}!`, undefined, options, depth + 1);
    return;
  }
  if (MAILBOX.every((byte, index) => inside[index] === byte)) {
    const messages = messagesOf(latin1Text(inside));
    if (messages.length > 1) {
      for (const [index, [start, end]] of messages.entries()) {
        const content = inside.slice(start, end);
        yield {
          hash: sha256Of(content),
          path: `${name}!${index + 1}`,
          bytes: content.length,
          from: { content },
        };
      }
      return;
    }
  }
  yield whole;
}

/** What an archive holds, or the one folder that all of it is in, as the capture script makes it. */
function insideOf(top: readonly Listed[], sink: DiagnosticSink): readonly Listed[] {
  let inner = top;
  for (let depth = 0; depth < limit('survey-depth'); depth += 1) {
    const [only, ...others] = inner;
    if (only?.type !== 'directory' || others.length > 0) return inner;
    inner = only.list('', sink);
  }
  return inner;
}

/** What is in a compressed file, where that is an archive or a mailbox; else the bytes. */
async function unpacked(
  bytes: Uint8Array,
  name: string,
  budget: Budget,
  sink: DiagnosticSink,
): Promise<Uint8Array> {
  if (compressionOf(bytes) === undefined) return bytes;
  const result = await unwrap(bytes, name, budget, sink);
  return result === 'none' || result === undefined ? bytes : result.bytes;
}
