/**
 * Opens bytes: decompresses, opens mails and archives, and recognises the kind of each piece by its content. Nothing here
 * reads a file.
 */

import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import type { Source } from '../bytes/source.ts';
import { withoutControlSequences } from '../bytes/text-encoding.ts';
import { type Access, accessTo } from '../containers/access.ts';
import type { Archive } from '../containers/container.ts';
import { Budget } from '../containers/limits.ts';
import { finding } from '../findings/finding.ts';
import { limit, limitText } from '../limits/limits.ts';
import { sha256Of } from '../platform/hash.ts';
import type { Artifact, ArtifactKind, ProvenanceStep } from './artifact.ts';
import type { Listed } from './folders/directory.ts';
import { openNoting } from './folders/unused.ts';
import { kindRow } from './kinds.ts';
import { looksLikeText, sniffKind } from './sniff.ts';
import type { FoundInput } from './text/open-text.ts';
import type { SeenPieces } from './text/pieces.ts';
import { archiveOf, compressionOf, unwrap, unwrapBrotli, withoutZeros } from './unpack.ts';

export interface OpenOptions {
  /** The kind of the inputs, overriding recognition. */
  readonly as?: ArtifactKind | undefined;
  /** The same for one input, by its name in messages: `dump.bin`, `folder/dump.bin`, `capture.tar!dump.bin`. */
  readonly asOf?: ((name: string) => ArtifactKind | undefined) | undefined;
  /** Folder that relative paths start from. */
  readonly cwd?: string;
  /** Reads standard input; undefined when it has more than `limit` bytes. Needed for `-`. */
  readonly readStdin?: (limit: number) => Promise<Uint8Array | undefined>;
  /**
   * Scans a possible image for machines and returns their artifacts, none when there are none. Without it an image is not
   * scanned, and is opened by its kind only.
   */
  readonly openImage?: (image: ImageInput, budget: Budget, sink: DiagnosticSink) => Promise<Artifact[]>;
}

/** A possible image, to be scanned. */
export type ImageInput = Pick<Artifact, 'path' | 'steps' | 'sha256'> & {
  readonly name: string;
  readonly access: Access;
};

/** The path for standard input. */
export const STDIN_PATH = '-';

/** A piece of an input, not yet recognised. */
export interface Piece {
  readonly path: string;
  /** Its name in messages. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly steps: readonly ProvenanceStep[];
  /** The pieces already found in the same mail. */
  readonly seen?: SeenPieces;
  readonly digest: () => string;
}

/** Caches the result of `compute`. */
export function lazily(compute: () => string): () => string {
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

/** The state that all pieces of one input share. */
export interface Opening {
  readonly options: OpenOptions;
  readonly sink: DiagnosticSink;
  readonly budget: Budget;
}

/** Opens a folder: as one artifact, or else each file and folder in it by `openInside`. */
export async function openFolder(
  top: readonly Listed[],
  piece: Omit<Piece, 'bytes' | 'digest'>,
  { options, sink }: Opening,
  openInside: (listed: Listed) => Promise<Artifact[]>,
): Promise<Artifact[]> {
  const { readFolder } = await import('./folders/directory.ts');
  const { name } = piece;
  const folder = readFolder(top, name, options.as ?? options.asOf?.(name), sink);
  if ('kind' in folder) {
    const source: Source = { name, form: 'blob', bytes: new Uint8Array(0) };
    const digest = lazily(() =>
      sha256Of(
        folder.entries
          .flatMap((entry) => (entry.source ? [`${sha256Of(entry.source.bytes)}  ${entry.path}\n`] : []))
          .join(''),
      ),
    );
    return [makeArtifact(folder.kind, source, { ...piece, digest }, folder.entries)];
  }
  if (folder.inside.length === 0) sink.add(finding('artifact/empty-folder', {}, { path: name }));
  const artifacts: Artifact[] = [];
  for (const inner of folder.inside) {
    if (artifacts.length >= limit('folder-inputs')) {
      sink.add(finding('artifact/folder-too-large', { limit: limitText('folder-inputs') }, { path: name }));
      break;
    }
    artifacts.push(...(await openInside(inner)));
  }
  return artifacts;
}

/**
 * Opens the bytes of `path`: one artifact, or several for an archive, a mail or an image. Input of unknown kind gives a
 * diagnostic and no artifact.
 * @param path name of the input; `-` for standard input
 */
export async function openBytes(
  path: string,
  bytes: Uint8Array,
  options: OpenOptions,
  sink: DiagnosticSink,
): Promise<Artifact[]> {
  return openNoting(
    path,
    (to) => openRead(path, bytes, { options, sink: to, budget: new Budget() }, 0),
    sink,
  );
}

/** Opens the bytes of one file. @param depth number of containers and folders around it */
export function openRead(
  path: string,
  bytes: Uint8Array,
  opening: Opening,
  depth: number,
): Promise<Artifact[]> {
  const name = path === STDIN_PATH ? '<stdin>' : path;
  const piece = { path, name, bytes, steps: [], digest: lazily(() => sha256Of(bytes)) };
  return openPiece(piece, opening.options.as, opening, depth);
}

/** Opens a piece. @param given the kind given for it @param depth number of containers around it */
async function openPiece(
  piece: Piece,
  given: ArtifactKind | undefined,
  opening: Opening,
  depth: number,
): Promise<Artifact[]> {
  const { sink, budget } = opening;
  const as = opening.options.asOf?.(piece.name) ?? given;
  const where = { path: piece.name };
  let { bytes } = piece;
  const steps = [...piece.steps];
  let isJoined = false;
  for (let level = depth; ; level += 1) {
    const tooDeep = level >= budget.limits.depth;
    const archive = archiveOf(bytes);
    if (!tooDeep && archive !== undefined && (as === undefined || isFolderKind(as)))
      return openArchived(archive, { ...piece, bytes, steps }, opening, level + 1);
    if (tooDeep && (archive ?? compressionOf(bytes)) !== undefined) {
      const args = { limit: limitText('container-depth', 'nested containers') };
      sink.add(finding('container/limit', args, where));
      return [];
    }
    const unwrapped = await unwrap(bytes, piece.name, budget, sink);
    if (unwrapped === 'none') break;
    if (unwrapped === undefined) return [];
    const { rest, restAt, step } = unwrapped;
    if (rest.length > 0) {
      const follows = archiveOf(rest) ?? compressionOf(rest);
      const inside = sniffKind(unwrapped.bytes);
      if (follows === undefined && as === undefined && (inside === undefined || inside === 'image')) {
        // A kernel followed by device trees, or another image made of parts.
        isJoined = true;
        break;
      }
      const isFollowed = follows === undefined && as === undefined && FOLLOWED.has(inside);
      const machines = isFollowed ? await openMachines({ ...piece, bytes, steps }, restAt, opening) : [];
      if (machines.length > 0) return machines;
      if (follows !== undefined) {
        const first: Piece = { ...piece, bytes: unwrapped.bytes, steps: [...steps, step] };
        const second: Piece = {
          ...piece,
          bytes: rest,
          steps: [...steps, { how: 'what follows', offset: restAt }],
        };
        return [
          ...(await openPiece(first, as, opening, level + 1)),
          ...(await openPiece(second, as, opening, level + 1)),
        ];
      }
      sink.add(finding('container/trailing', { format: step.how, bytes: rest.length }, where));
    }
    bytes = unwrapped.bytes;
    steps.push(step);
  }
  if (looksLikeText(bytes) && (as === undefined || kindRow(as).form === 'text')) {
    const plain = withoutControlSequences(bytes);
    if (plain !== bytes) steps.push({ how: 'terminal text' });
    bytes = plain;
  }
  let kind = as ?? (isJoined ? 'image' : sniffKind(bytes));
  if (kind === undefined) {
    const unwrapped = await unwrapBrotli(bytes, budget);
    kind = unwrapped && sniffKind(unwrapped.bytes);
    if (unwrapped && kind !== undefined) {
      bytes = unwrapped.bytes;
      budget.take(bytes.length);
      steps.push(unwrapped.step);
    }
  }
  const opened: Piece = { ...piece, bytes, steps };
  if (as === undefined && opening.options.openImage !== undefined) {
    const { mayBeImageFrom } = await import('./images/images.ts');
    const from = mayBeImageFrom(kind, piece.name, bytes);
    const machines = from === undefined ? [] : await openMachines(opened, from, opening);
    if (machines.length > 0) return machines;
  }
  // Text takes memory twice, as bytes and as a string, so unpacked text has a lower limit than blobs.
  const isLarge = steps.length > 0 && bytes.length > limit('unpacked-text-bytes');
  if (isLarge && (kind === undefined ? looksLikeText(bytes) : kindRow(kind).form === 'text')) {
    const args = { limit: limitText('unpacked-text-bytes', 'of unpacked text') };
    sink.add(finding('container/limit', args, where));
    return [];
  }
  const { mailInputs, textInputs } = await import('./text/open-text.ts');
  const make = ({ kind: found, source, steps: taken }: FoundInput): Artifact =>
    makeArtifact(found, source, { ...opened, steps: taken });
  if (kind === 'mail' && depth >= budget.limits.depth) {
    const args = { limit: limitText('container-depth', 'nested containers') };
    sink.add(finding('container/limit', args, where));
    return [];
  }
  if (kind === 'mail')
    return mailInputs(opened, sink, make, (attachment, quiet) =>
      openPiece({ ...opened, ...attachment }, undefined, { ...opening, sink: quiet }, depth + 1),
    );
  // An input of a given kind is not split, except for device tree lines quoted in other text.
  const mayHoldTexts = (as === undefined || as === 'dts-fragment') && !(kind === undefined && isLarge);
  const inputs = mayHoldTexts ? textInputs(kind, opened, sink) : undefined;
  if (inputs !== undefined) return inputs.map(make);
  if (kind === undefined) {
    const { irrelevance, isPlainText } = await import('./irrelevant.ts');
    const what = irrelevance(piece.name, bytes);
    if (bytes.length === 0) sink.add(finding('artifact/empty', {}, where));
    else if (what !== undefined) sink.add(finding('artifact/irrelevant', { what }, where));
    else if (isPlainText(piece.name, bytes)) sink.add(finding('artifact/unknown-text', {}, where));
    else sink.add(finding('artifact/unknown-kind', { start: startOf(bytes) }, where));
    return [];
  }
  const artifact = makeArtifact(kind, { name: piece.name, form: kindRow(kind).form, bytes }, opened);
  return kind === 'image' ? [artifact, ...(await openPayload(opened, opening))] : [artifact];
}

/** Kinds that may be followed by something else in one input. */
const FOLLOWED: ReadonlySet<ArtifactKind | undefined> = new Set(['dtb', 'dtbo', 'acpi-table']);

/**
 * The artifacts of the machines in a possible image; none when nothing was found from an offset on, since what is before it
 * is read as it is.
 */
async function openMachines(
  piece: Piece,
  from: number,
  { options, budget, sink }: Opening,
): Promise<Artifact[]> {
  const { path, name, bytes, steps } = piece;
  const image: ImageInput = {
    ...{ path, name, steps, access: accessTo(bytes) },
    get sha256() {
      return piece.digest();
    },
  };
  const artifacts = (await options.openImage?.(image, budget, sink)) ?? [];
  const isBehind = ({ steps: taken }: Artifact): boolean => (taken[steps.length]?.offset ?? 0) >= from;
  return artifacts.some(isBehind) ? artifacts : [];
}

/** First bytes shown for an input of unknown kind. */
const SHOWN_BYTES = 8;

function startOf(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, SHOWN_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** The kernel inside a kernel image, as an artifact of its own. */
async function openPayload(image: Piece, { budget, sink }: Opening): Promise<Artifact[]> {
  const { kernelPayload } = await import('./images/kernel-payload.ts');
  const found = await kernelPayload(image.bytes, image.name, budget, sink);
  if (found === undefined) return [];
  const { bytes, packed, offset } = found;
  const steps = [...image.steps, { how: found.image }, { how: packed, offset }];
  return [makeArtifact('image', { name: `${image.name}!kernel`, form: 'blob', bytes }, { ...image, steps })];
}

function isFolderKind(kind: ArtifactKind): boolean {
  return kindRow(kind).folder === true;
}

/** Opens an archive like a folder. */
async function openArchived(
  archive: Archive,
  piece: Piece,
  opening: Opening,
  depth: number,
): Promise<Artifact[]> {
  const { openArchive } = await import('./folders/archive.ts');
  const { top, size } = await openArchive(archive, piece.bytes, piece.name, opening.budget, opening.sink);
  const inFolder = (listed: readonly Listed[], folder: string): Promise<Artifact[]> =>
    openFolder(listed, { ...piece, name: `${piece.name}${folder}` }, opening, async (inner) => {
      const name = folder === '' ? `!${inner.path}` : `${folder}/${inner.path}`;
      if (inner.type === 'directory') return inFolder(inner.list('', opening.sink), name);
      const read = inner.read();
      if (!('bytes' in read)) {
        const args = {
          what: `${piece.name}${name}`,
          why: 'failure' in read ? read.failure : 'Is a directory',
        };
        opening.sink.add(finding('artifact/member-unreadable', args, { path: args.what }));
        return [];
      }
      const steps = [...piece.steps, ...(inner.step === undefined ? [] : [inner.step])];
      const file = { ...piece, name: `${piece.name}${name}`, bytes: read.bytes, steps };
      return openPiece(file, undefined, opening, depth);
    });
  const artifacts = await inFolder(top, '');
  // An initramfs is often several archives, one after the other.
  const rest = withoutZeros(piece.bytes, size);
  if ((archiveOf(rest.bytes) ?? compressionOf(rest.bytes)) === undefined) return artifacts;
  const steps = [...piece.steps, { how: 'what follows', offset: rest.at }];
  return [
    ...artifacts,
    ...(await openPiece({ ...piece, bytes: rest.bytes, steps }, undefined, opening, depth)),
  ];
}
