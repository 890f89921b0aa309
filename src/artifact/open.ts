/** Opens the inputs that the user names: files, folders, standard input. */

import { resolve } from 'node:path';
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import { Budget } from '../containers/limits.ts';
import { finding } from '../findings/finding.ts';
import { limit, overLimit } from '../limits/limits.ts';
import { sha256OfAccess } from '../platform/hash.ts';
import type { Artifact } from './artifact.ts';
import { readFileBytes } from './file.ts';
import type { Listed } from './folders/directory.ts';
import { openNoting } from './folders/unused.ts';
import {
  type ImageInput,
  lazily,
  type Opening,
  type OpenOptions,
  openFolder,
  openRead,
  STDIN_PATH,
} from './open-bytes.ts';

/**
 * Opens one path: one artifact, or several for a folder, an archive, a mail or an image. Input that can't be opened or is of
 * unknown kind gives a diagnostic and no artifact.
 */
export async function openInput(
  path: string,
  options: OpenOptions,
  sink: DiagnosticSink,
): Promise<Artifact[]> {
  return openNoting(path, (to) => openPath(path, { options, sink: to, budget: new Budget() }, 0), sink);
}

/** The same of a folder that is listed already. */
export async function openListedFolder(
  top: readonly Listed[],
  path: string,
  options: OpenOptions,
  sink: DiagnosticSink,
): Promise<Artifact[]> {
  return openNoting(
    path,
    (to) => openListed(top, path, { options, sink: to, budget: new Budget() }, 0),
    sink,
  );
}

async function openPath(path: string, opening: Opening, depth: number): Promise<Artifact[]> {
  const { options, sink } = opening;
  const unreadable = (why: string): Artifact[] => {
    sink.add(finding('artifact/unreadable', { what: path, why }, { path }));
    return [];
  };
  if (path === STDIN_PATH && options.readStdin) {
    const bytes = await options.readStdin(limit('input-bytes'));
    return bytes ? openRead(path, bytes, opening, depth) : unreadable(overLimit('input-bytes'));
  }
  const resolved = resolve(options.cwd ?? '.', path);
  const read = readFileBytes(resolved);
  if ('bytes' in read) return openRead(path, read.bytes, opening, depth);
  if ('failure' in read) {
    const machines = read.tooLarge ? await openLarge(path, resolved, opening) : [];
    return machines.length > 0 ? machines : unreadable(read.failure);
  }
  const { listFolder } = await import('./folders/disk-folder.ts');
  return openListed(listFolder(resolved, sink), path, opening, depth);
}

/** A file over the size limit, which can only be an image (of a disk or of memory); it is read in blocks. */
async function openLarge(path: string, resolved: string, opening: Opening): Promise<Artifact[]> {
  const { as, openImage } = opening.options;
  if (openImage === undefined || as !== undefined) return [];
  const { openImageFile } = await import('./images/image-file.ts');
  const file = openImageFile(resolved);
  if (!('access' in file)) return [];
  const digest = lazily(() => sha256OfAccess(file.access));
  const image: ImageInput = {
    path,
    name: path,
    access: file.access,
    steps: [],
    get sha256() {
      return digest();
    },
  };
  const artifacts = await openImage(image, opening.budget, opening.sink);
  const why = file.fault();
  if (why !== undefined)
    opening.sink.add(finding('artifact/unreadable', { what: `a part of ${path}`, why }, { path }));
  return artifacts;
}

/** Opens a folder on disk. Files are opened by the bytes of their names, which need not be valid UTF-8. */
async function openListed(
  top: readonly Listed[],
  path: string,
  opening: Opening,
  depth: number,
): Promise<Artifact[]> {
  const { sink } = opening;
  const base = path.replace(/\/+$/, '');
  const { nameText } = await import('./irrelevant.ts');
  return openFolder(top, { path, name: path, steps: [] }, opening, async (inner) => {
    const name = `${base}/${nameText(inner.path)}`;
    const unreadable = (why: string): Artifact[] => {
      sink.add(finding('artifact/member-unreadable', { what: name, why }, { path: name }));
      return [];
    };
    if (inner.type === 'directory')
      return depth + 1 >= limit('loose-folder-depth')
        ? unreadable(overLimit('loose-folder-depth', 'folders deep'))
        : openListed(inner.list('', sink), name, opening, depth + 1);
    const read = inner.read();
    if ('bytes' in read) return openRead(name, read.bytes, opening, depth + 1);
    return unreadable('failure' in read ? read.failure : 'Is a directory');
  });
}
