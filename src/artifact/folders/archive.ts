/** Presents archives as folders, listed like folders on disk. */

import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { accessTo } from '../../containers/access.ts';
import type { Archive, Member } from '../../containers/container.ts';
import type { Budget } from '../../containers/limits.ts';
import { finding } from '../../findings/finding.ts';
import { limit, overLimit } from '../../limits/limits.ts';
import { unpackedLimit } from '../unpack.ts';
import { byPath } from './directory.ts';
import type { Listed } from './listed.ts';

/** A file, link or folder of an archive. */
interface Node {
  readonly children: Map<string, Node>;
  file?: { readonly bytes: Uint8Array; readonly member: Member };
  /** A link, resolved when it is listed, since its target may come later. */
  link?: Member;
}

/** The longest chain of links. */
const MAX_LINKS = 8;

/** The parts of a path, without empty ones, `.` and `..`. */
function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
}

class ArchiveFolder {
  readonly root: Node = { children: new Map() };
  readonly #format: string;
  readonly #name: string;

  constructor(format: string, name: string) {
    this.#format = format;
    this.#name = name;
  }

  #nodeAt(parts: readonly string[]): Node {
    let node = this.root;
    for (const part of parts) {
      let next = node.children.get(part);
      if (next === undefined) {
        next = { children: new Map() };
        node.children.set(part, next);
      }
      node = next;
    }
    return node;
  }

  /** Adds a member; as when unpacking, it replaces an earlier one of the same name. */
  add(member: Member, bytes: Uint8Array, sink: DiagnosticSink): void {
    const parts = partsOf(member.name);
    if (parts.length === 0) return;
    if (parts.length > limit('folder-depth')) {
      sink.add(finding('artifact/folder-too-deep', { levels: limit('folder-depth') }, { path: this.#name }));
      return;
    }
    const node = this.#nodeAt(parts);
    delete node.link;
    if (member.type === 'link') node.link = member;
    else if (member.type === 'file') node.file = { bytes, member };
  }

  /** The file of a node, links resolved; undefined when the target is not in the archive. */
  #followed(node: Node, folder: readonly string[]): Node['file'] {
    let current: Node | undefined = node;
    let from = folder;
    for (let count = 0; current?.link !== undefined && count < MAX_LINKS; count += 1) {
      const { target = '', hard } = current.link;
      const to: string[] = hard || target.startsWith('/') ? [] : [...from];
      for (const part of target.split('/')) {
        if (part === '..') to.pop();
        else if (part !== '' && part !== '.') to.push(part);
      }
      let found: Node | undefined = this.root;
      for (const part of to) found = found?.children.get(part);
      current = found;
      from = to.slice(0, -1);
    }
    return current?.link === undefined ? current?.file : undefined;
  }

  /** Lists one folder of the archive. */
  list(node: Node, parts: readonly string[], below: string, sink: DiagnosticSink): Listed[] {
    const listed: Listed[] = [];
    for (const [name, child] of node.children) {
      const path = below === '' ? name : `${below}/${name}`;
      const file = this.#followed(child, parts);
      if (child.link !== undefined && file === undefined) {
        const why = 'its target is not a file of the archive';
        sink.add(
          finding(
            'artifact/link-not-followed',
            { why },
            { path: `${this.#name}!${[...parts, name].join('/')}` },
          ),
        );
        continue;
      }
      const isFile = file !== undefined;
      if (!isFile && child.children.size === 0) continue;
      listed.push({
        path,
        type: isFile ? 'file' : 'directory',
        read: (used = 0) =>
          file === undefined || file.bytes.length > limit('input-bytes') - used
            ? { failure: overLimit('input-bytes') }
            : { bytes: file.bytes },
        list: (under, to) => (isFile ? [] : this.list(child, [...parts, name], under, to)),
        ...(isFile
          ? { step: { how: this.#format, name: [...parts, name].join('/'), offset: file.member.offset } }
          : {}),
      });
    }
    return listed.sort(byPath);
  }
}

/** An unpacked archive; `size` is the exclusive end of the archive in the bytes. */
export interface OpenedArchive {
  readonly top: readonly Listed[];
  readonly size: number;
}

/** Unpacks the archive that the bytes begin with; what is missing or damaged is reported. */
export async function openArchive(
  archive: Archive,
  bytes: Uint8Array,
  name: string,
  budget: Budget,
  sink: DiagnosticSink,
): Promise<OpenedArchive> {
  const { format } = archive;
  const where = { path: name };
  const content = archive.list(accessTo(bytes), 0, budget.limits.pieces);
  for (const why of content.faults) sink.add(finding('container/archive', { format, why }, where));
  const folder = new ArchiveFolder(format, name);
  for (const member of content.members) {
    const stored = bytes.subarray(member.offset, member.offset + member.size);
    if (member.packed === undefined) {
      folder.add(member, stored, sink);
      continue;
    }
    const decoded = await member.packed.decode(stored, budget.room);
    if (decoded.end === 'limit') {
      sink.add(finding('container/limit', { limit: unpackedLimit(budget) }, where));
      budget.overrun();
      break;
    }
    if (decoded.end !== 'whole') {
      const why = `${member.name}: ${decoded.why ?? 'the stream is truncated'}`;
      sink.add(finding('container/archive', { format, why }, where));
    }
    budget.take(decoded.bytes.length);
    folder.add(member, decoded.bytes, sink);
  }
  return { top: folder.list(folder.root, [], '', sink), size: content.size };
}
