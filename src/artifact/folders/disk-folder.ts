/** Lists folders on disk. */
import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs';
import { sep } from 'node:path';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { finding } from '../../findings/finding.ts';
import { readFileBytes, systemMessage } from '../file.ts';
import { byPath, type Listed } from './directory.ts';

const SLASH = Buffer.from('/');

/** The entries of one folder. A link to a file inside of `inside` is listed as that file. */
function list(folder: Buffer, below: string, inside: string, sink: DiagnosticSink): Listed[] {
  let found: Dirent<Buffer>[];
  try {
    found = readdirSync(folder, { encoding: 'buffer', withFileTypes: true });
  } catch (error) {
    const args = { what: below || inside, why: systemMessage(error) };
    sink.add(finding('artifact/unreadable', args, { path: below }));
    return [];
  }
  const listed: Listed[] = [];
  for (const entry of found) {
    const at = Buffer.concat([folder, SLASH, entry.name]);
    const path = below === '' ? entry.name.toString('latin1') : `${below}/${entry.name.toString('latin1')}`;
    const isFile = entry.isFile() || (entry.isSymbolicLink() && leadsToFileInside(at, path, inside, sink));
    if (!isFile && !entry.isDirectory()) continue;
    listed.push({
      path,
      type: isFile ? 'file' : 'directory',
      read: (used) => readFileBytes(at, 'input-bytes', used),
      list: (under, to) => (isFile ? [] : list(at, under, inside, to)),
    });
  }
  return listed.sort(byPath);
}

/** Whether a link can be followed. Links to folders are not followed, since they may form a loop. */
function leadsToFileInside(at: Buffer, path: string, inside: string, sink: DiagnosticSink): boolean {
  let why: string;
  try {
    const inFolder = realpathSync(at, { encoding: 'buffer' })
      .toString('latin1')
      .startsWith(inside + sep);
    if (inFolder && statSync(at).isFile()) return true;
    why = inFolder ? 'its target is a folder' : 'its target is outside of the folder';
  } catch (error) {
    why = systemMessage(error);
  }
  sink.add(finding('artifact/link-not-followed', { why }, { path }));
  return false;
}

/** The entries of a folder on disk; none, with a diagnostic, when it can't be read. */
export function listFolder(path: string, sink: DiagnosticSink): readonly Listed[] {
  // Targets are compared with the real path, since the folder itself may be a link, as /proc/device-tree is.
  let root: Buffer;
  try {
    root = realpathSync(path, { encoding: 'buffer' });
  } catch (error) {
    sink.add(finding('artifact/unreadable', { what: path, why: systemMessage(error) }, { path }));
    return [];
  }
  return list(root, '', root.toString('latin1'), sink);
}
