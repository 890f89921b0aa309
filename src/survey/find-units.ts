/** Finds the machines in what is named: files, folders, archives of captures, mailboxes. */

import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
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
import { type TarMember, tarOf } from './tar.ts';

/** A unit as it was found. What isn't on disk comes with its content; a folder of an archive as a tar. */
export interface FoundUnit {
  readonly hash: string;
  readonly path: string;
  readonly bytes: number;
  readonly from: { readonly file: string } | { readonly content: Uint8Array };
}

export interface FindOptions {
  /** A folder on disk that is passed over, by its real path: where what is found is kept. */
  readonly except?: string;
  /** Folder that relative paths start from. */
  readonly cwd: string;
  readonly sink: DiagnosticSink;
}

/** How many files are read to find out whether a folder is one machine; a capture has fewer. */
const MAX_LOOKED_AT = 200;
/** The first bytes of a mailbox. */
const MAILBOX = [0x46, 0x72, 0x6f, 0x6d, 0x20];

/** The machines at a path, in the order of their names. What can't be read is reported to the sink and left out. */
export async function* unitsAt(path: string, options: FindOptions): AsyncGenerator<FoundUnit> {
  const file = resolve(options.cwd, path);
  const read = readFileBytes(file);
  if ('bytes' in read) yield* unitsInBytes(path, read.bytes, file, options, 0);
  else if ('directory' in read)
    yield* unitsInFolder((sink) => listFolder(file, sink), path, file, options, 0);
  else options.sink.add(finding('artifact/unreadable', { what: path, why: read.failure }, { path }));
}

/** The machines in a folder. @param file its path on disk; undefined for a folder of an archive */
async function* unitsInFolder(
  listing: (sink: DiagnosticSink) => readonly Listed[],
  name: string,
  file: string | undefined,
  options: FindOptions,
  depth: number,
): AsyncGenerator<FoundUnit> {
  const base = name.replace(/\/+$/, '');
  const own = file === undefined ? undefined : belowFolder(file, options.except);
  if (own === '') return;
  const reads = new Reads(options.sink, own === undefined ? {} : { without: own });
  const top = listing(reads).filter(({ path }) => path !== own);
  const folder = wholeFolder(reads.of(top), name, reads);
  if (folder !== undefined && own !== undefined) {
    const why = 'It is one machine, and the survey is in it; --into another folder';
    options.sink.add(finding('artifact/unreadable', { what: name, why }, { path: name }));
    return;
  }
  if (reads.fault !== undefined && !isLasting(folder, reads, listing, name)) {
    // Without a file that may be readable a moment later it would be another machine.
    options.sink.add(finding('artifact/unreadable', { what: name, why: reads.fault }, { path: name }));
    return;
  }
  if (folder !== undefined) {
    const { hash, bytes, members } = folder;
    yield { hash, path: name, bytes, from: file === undefined ? { content: tarOf(members) } : { file } };
    return;
  }
  for (const inner of top) {
    const innerName = `${base}/${nameText(inner.path)}`;
    // A name that isn't UTF-8 can't be written into a plan.
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

/** A folder's path below another, as names in a {@link Listed} are; empty for itself, undefined for one elsewhere. */
function belowFolder(folder: string, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  let below: string;
  try {
    below = relative(realpathSync(folder), path);
  } catch {
    // What is wrong with it is told when it is listed.
    return undefined;
  }
  if (below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below)) return undefined;
  return Buffer.from(below.split(sep).join('/'), 'utf8').toString('latin1');
}

type WholeFolder = ReturnType<typeof wholeFolder>;

/** Whether a folder that could not be read completely would be the same machine at any other time. */
function isLasting(
  folder: WholeFolder,
  reads: Reads,
  listing: (sink: DiagnosticSink) => readonly Listed[],
  name: string,
): boolean {
  // The machines of a folder that holds several are checked one by one.
  if (reads.passing !== undefined) return folder === undefined;
  const again = new Reads(IGNORED);
  const second = wholeFolder(again.of(listing(again)), name, again);
  return again.passing === undefined && second?.hash === folder?.hash;
}

/**
 * A folder that is one machine as a whole; undefined for any other. The hash covers names and contents of its files, and
 * is the same on disk and in an archive.
 */
export function wholeFolder(
  top: readonly Listed[],
  name: string,
  sink: Reads,
): { readonly hash: string; readonly bytes: number; readonly members: readonly TarMember[] } | undefined {
  const folder = readFolder(top, name, undefined, sink);
  const members: readonly TarMember[] | undefined =
    'kind' in folder
      ? folder.entries.map(({ path, source }) => ({ path, bytes: source?.bytes }))
      : isOneMachine(top, sink, sink)
        ? filesBelow(top, sink)
        : undefined;
  if (members === undefined) return undefined;
  const listing = createHash('sha256');
  let size = 0;
  for (const { path, bytes } of members) {
    if (bytes === undefined) continue;
    listing.update(`${sha256Of(bytes)}  ${path}\n`);
    size += bytes.length;
  }
  return { hash: listing.digest('hex'), bytes: size, members };
}

/** The hash that {@link wholeFolder} gives for the contents of an archive; undefined where that isn't one machine. */
export async function hashOfArchived(bytes: Uint8Array, name: string): Promise<string | undefined> {
  const archive = archiveOf(bytes);
  if (archive === undefined) return undefined;
  const { top } = await openArchive(archive, bytes, name, new Budget(), IGNORED);
  return wholeFolder(top, name, new Reads(IGNORED))?.hash;
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
 * Whether a folder is a capture of one machine: logs, listings or a configuration, with no more than one description.
 * Several descriptions, or descriptions alone, are a machine each.
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

/** The machines in a file. @param file its path on disk; undefined for a file of an archive */
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

/** The contents of an archive, or of the one folder that it consists of, as the capture script makes it. */
function insideOf(top: readonly Listed[], sink: DiagnosticSink): readonly Listed[] {
  let inner = top;
  for (let depth = 0; depth < limit('survey-depth'); depth += 1) {
    const [only, ...others] = inner;
    if (only?.type !== 'directory' || others.length > 0) return inner;
    inner = only.list('', sink);
  }
  return inner;
}

/** The unpacked bytes of a compressed file; else the bytes as they are. */
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
