/**
 * Opening inputs: from what the user named to artifacts. Wrappings come off, mails and folders are looked into, and
 * the content says what kind of thing each is.
 */
import { resolve } from 'node:path';
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import type { Source } from '../bytes/source.ts';
import { finding } from '../findings/finding.ts';
import type { Artifact, ArtifactKind, ProvenanceStep } from './artifact.ts';
import { sha256Of } from './digest.ts';
import { MAX_INPUT_BYTES, readFileBytes } from './file.ts';
import { kindRow } from './kinds.ts';
import { SNIFF_ROWS, sniffKind } from './sniff.ts';
import type { FoundInput } from './text/open-text.ts';
import type { SeenPieces } from './text/pieces.ts';
import { MAX_LAYERS, WRAPPINGS } from './unpack.ts';

export interface OpenOptions {
  /** Takes the inputs for this kind, whatever they look like. */
  readonly as?: ArtifactKind | undefined;
  /** Folder that relative paths start from. */
  readonly cwd?: string;
  /** Everything on standard input; undefined when that is more than `limit` bytes. Needed for `-`. */
  readonly readStdin?: (limit: number) => Promise<Uint8Array | undefined>;
}

/** The path that stands for standard input. */
export const STDIN_PATH = '-';
/** Folders in folders, for one that is read file by file. */
const MAX_FOLDER_DEPTH = 8;
const MAX_ARTIFACTS = 100_000;

const WHAT_WAS_TRIED = SNIFF_ROWS.map(({ tried }) => tried);

/** A piece of an input on its way to being an artifact. */
interface Piece {
  readonly path: string;
  /** What messages call it. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly steps: readonly ProvenanceStep[];
  /** What was found in the mail that this came from. */
  readonly seen?: SeenPieces;
  readonly digest: () => string;
}

function lazily(compute: () => string): () => string {
  let value: string | undefined;
  return () => {
    value ??= compute();
    return value;
  };
}

function makeArtifact(
  kind: ArtifactKind,
  source: Source,
  piece: Pick<Piece, 'path' | 'steps' | 'digest'>,
  entries?: Artifact['entries'],
): Artifact {
  return {
    kind,
    source,
    path: piece.path,
    steps: piece.steps,
    get sha256() {
      return piece.digest();
    },
    ...(entries === undefined ? {} : { entries }),
  };
}

/**
 * Opens what one path names: one artifact, or several for a folder or a mail. What can't be opened or is of no known
 * kind gives none and a diagnostic.
 */
export async function openInput(
  path: string,
  options: OpenOptions,
  sink: DiagnosticSink,
): Promise<Artifact[]> {
  return openPath(path, options, sink, 0);
}

async function openPath(
  path: string,
  options: OpenOptions,
  sink: DiagnosticSink,
  depth: number,
): Promise<Artifact[]> {
  const unreadable = (why: string): Artifact[] => {
    sink.add(finding('artifact/unreadable', { what: path, why }, { path }));
    return [];
  };
  if (path === STDIN_PATH && options.readStdin) {
    const bytes = await options.readStdin(MAX_INPUT_BYTES);
    return bytes ? openBytes(path, bytes, options, sink) : unreadable(`More than ${MAX_INPUT_BYTES} bytes`);
  }
  const resolved = resolve(options.cwd ?? '.', path);
  const read = readFileBytes(resolved, MAX_INPUT_BYTES);
  if ('failure' in read) return unreadable(read.failure);
  if ('bytes' in read) return openBytes(path, read.bytes, options, sink);
  if (depth >= MAX_FOLDER_DEPTH) return unreadable(`More than ${MAX_FOLDER_DEPTH} folders deep`);
  return openFolder(path, resolved, options, sink, depth);
}

async function openFolder(
  path: string,
  resolved: string,
  options: OpenOptions,
  sink: DiagnosticSink,
  depth: number,
): Promise<Artifact[]> {
  const { readFolder } = await import('./directory.ts');
  const folder = readFolder(resolved, path, options.as, sink);
  if ('kind' in folder) {
    const source: Source = { name: path, form: 'blob', bytes: new Uint8Array(0) };
    const digest = lazily(() =>
      sha256Of(
        folder.entries
          .flatMap((entry) => (entry.source ? [`${sha256Of(entry.source.bytes)}  ${entry.path}\n`] : []))
          .join(''),
      ),
    );
    return [makeArtifact(folder.kind, source, { path, steps: [], digest }, folder.entries)];
  }
  if (folder.paths.length === 0) sink.add(finding('artifact/empty-folder', {}, { path }));
  const artifacts: Artifact[] = [];
  const base = path.replace(/\/+$/, '') || '/';
  for (const inner of folder.paths) {
    if (artifacts.length >= MAX_ARTIFACTS) {
      sink.add(finding('artifact/folder-too-large', { limit: `${MAX_ARTIFACTS} inputs` }, { path }));
      break;
    }
    const name = inner.slice(resolved.length).replace(/^\/+/, '');
    artifacts.push(...(await openPath(`${base === '/' ? '' : base}/${name}`, options, sink, depth + 1)));
  }
  return artifacts;
}

/** Opens bytes that came from `path`: see {@link openInput}. */
export async function openBytes(
  path: string,
  bytes: Uint8Array,
  options: OpenOptions,
  sink: DiagnosticSink,
): Promise<Artifact[]> {
  const name = path === STDIN_PATH ? '<stdin>' : path;
  return openPiece({ path, name, bytes, steps: [], digest: lazily(() => sha256Of(bytes)) }, options.as, sink);
}

async function openPiece(
  piece: Piece,
  as: ArtifactKind | undefined,
  sink: DiagnosticSink,
): Promise<Artifact[]> {
  let { bytes } = piece;
  const steps = [...piece.steps];
  for (let layer = 0; layer < MAX_LAYERS; layer += 1) {
    const wrapping = WRAPPINGS.find((row) => row.wraps(bytes));
    if (!wrapping) break;
    const unwrapped = await wrapping.unwrap(bytes, piece.name, sink);
    if (!unwrapped) return [];
    bytes = new Uint8Array(unwrapped.buffer, unwrapped.byteOffset, unwrapped.length);
    steps.push({ how: wrapping.how });
  }
  const kind = as ?? sniffKind(bytes);
  const unwrapped: Piece = { ...piece, bytes, steps };
  const { isPlainText, mailInputs, textInputs } = await import('./text/open-text.ts');
  const make = ({ kind: found, source, steps: taken }: FoundInput): Artifact =>
    makeArtifact(found, source, { ...unwrapped, steps: taken });
  if (kind === 'mail')
    return mailInputs(unwrapped, sink, make, (attachment, quiet) =>
      openPiece({ ...unwrapped, ...attachment }, undefined, quiet),
    );
  // What somebody says it is stays whole, but for the words around lines of a device tree.
  const inputs = as === undefined || as === 'dts-fragment' ? textInputs(kind, unwrapped, sink) : undefined;
  if (inputs !== undefined) return inputs.map(make);
  if (kind === undefined) {
    const where = { path: piece.name };
    if (bytes.length === 0) sink.add(finding('artifact/empty', {}, where));
    else
      sink.add(
        finding(
          isPlainText(piece.name, bytes) ? 'artifact/unknown-text' : 'artifact/unknown-kind',
          { tried: WHAT_WAS_TRIED },
          where,
        ),
      );
    return [];
  }
  return [makeArtifact(kind, { name: piece.name, form: kindRow(kind).form, bytes }, unwrapped)];
}
