/** `fwmap dtc -I fs`: reads a directory such as /proc/device-tree as dtc does (fstree.c), links and order of entries included. */

import { opendirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { sep } from 'node:path';
import { readFileBytes, systemMessage } from '../../artifact/file.ts';
import type { Source } from '../../bytes/source.ts';
import { latin1Bytes } from '../../bytes/text-encoding.ts';
import { limit, moreThan } from '../../limits/limits.ts';
import { guessedBootCpuid, type LiveNode, type LiveTree, liveNode, liveProperty } from './live-tree.ts';

const SLASH = Buffer.from('/');

/** Aborts the reading; the message is dtc's. */
class Unreadable extends Error {}

export interface TreeDirectoryOptions {
  /** The directory's name in messages, as Latin-1: one character a byte. */
  readonly name: string;
  /** When given, nothing outside of these directories is read, also through links. */
  readonly roots?: readonly string[] | undefined;
  /** Receives dtc's warnings, each a line with its newline. */
  readonly warn: (text: string) => void;
}

/** A directory that is being read. */
interface Folder {
  readonly node: LiveNode;
  /** The path to open. */
  readonly at: Buffer;
  readonly name: string;
  /** The entries in the file system's order; `next` is the index of the one to read next. */
  readonly entries: readonly Buffer[];
  next: number;
}

function openFolder(node: LiveNode, at: Buffer, name: string): Folder {
  const entries: Buffer[] = [];
  try {
    const folder = opendirSync(at, { encoding: 'latin1' });
    try {
      for (let entry = folder.readSync(); entry; entry = folder.readSync())
        entries.push(latin1Bytes(entry.name));
    } finally {
      folder.closeSync();
    }
  } catch (error) {
    throw new Unreadable(`Couldn't opendir() "${name}": ${systemMessage(error)}`);
  }
  return { node, at, name, entries, next: 0 };
}

/** Errors of the system rather than of the file. */
const SYSTEM_ERRORS: ReadonlySet<string> = new Set(['EIO', 'EMFILE', 'ENFILE', 'ENOMEM']);

class DirectoryReader {
  readonly #options: TreeDirectoryOptions;
  readonly #open: Folder[] = [];
  #nodes = 1;
  #properties = 0;
  #bytes = 0;

  constructor(options: TreeDirectoryOptions) {
    this.#options = options;
  }

  read(path: string): LiveNode {
    const root = liveNode('');
    this.#open.push(openFolder(root, Buffer.from(path), this.#options.name));
    for (let folder = this.#open.at(-1); folder; folder = this.#open.at(-1)) {
      const entry = folder.entries[folder.next];
      folder.next += 1;
      if (entry) this.#entry(folder, entry);
      else this.#open.pop();
    }
    return root;
  }

  #entry(folder: Folder, entry: Buffer): void {
    const at = Buffer.concat([folder.at, SLASH, entry]);
    const own = entry.toString('latin1');
    const name = `${folder.name}${folder.name.endsWith('/') ? '' : '/'}${own}`;
    let stats: Stats;
    try {
      stats = statSync(at);
    } catch (error) {
      throw new Unreadable(`stat(${name}): ${systemMessage(error)}`);
    }
    if (!stats.isFile() && !stats.isDirectory()) return;
    this.#refuseOutside(at, name);
    if (stats.isFile()) {
      this.#property(folder.node, own, at, name);
      return;
    }
    this.#nodes += 1;
    if (this.#nodes > limit('tree-nodes') || this.#open.length >= limit('tree-depth'))
      throw new Unreadable(
        `"${this.#options.name}" has ${moreThan(this.#nodes > limit('tree-nodes') ? 'tree-nodes' : 'tree-depth')}`,
      );
    const node = liveNode(own, folder.node);
    folder.node.children.push(node);
    this.#open.push(openFolder(node, at, name));
  }

  #property(node: LiveNode, own: string, at: Buffer, name: string): void {
    const read = readFileBytes(at, 'input-bytes', this.#bytes);
    if (!('bytes' in read)) {
      const why = 'failure' in read ? read.failure : 'Is a directory';
      // As dtc: a file that can't be opened is left out. Errors while reading one are fatal.
      if ('failure' in read && (read.opened || SYSTEM_ERRORS.has(read.code ?? '')))
        throw new Unreadable(`Error reading ${name}: ${why}`);
      this.#options.warn(`WARNING: Cannot open ${name}: ${why}\n`);
      return;
    }
    this.#bytes += read.bytes.length;
    this.#properties += 1;
    if (this.#properties > limit('tree-properties'))
      throw new Unreadable(`"${this.#options.name}" has ${moreThan('tree-properties')}`);
    node.properties.push(liveProperty(own, Uint8Array.from(read.bytes)));
  }

  #refuseOutside(at: Buffer, name: string): void {
    const { roots } = this.#options;
    if (!roots) return;
    const real = realOf(at, name);
    const isInside = (root: string): boolean =>
      real === root || real.startsWith(root.endsWith(sep) ? root : root + sep);
    if (!roots.map((root) => realOf(root, root)).some(isInside))
      throw new Unreadable(`${name} is outside of ${roots.join(', ')} (see --include-root)`);
  }
}

function realOf(path: string | Buffer, name: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    throw new Unreadable(`realpath(${name}): ${systemMessage(error)}`);
  }
}

/**
 * The tree of a directory whose subdirectories are nodes and whose files are properties, as in /proc/device-tree.
 * @returns `failure` is dtc's message when the directory can't be read
 */
export function readTreeDirectory(
  path: string,
  options: TreeDirectoryOptions,
): LiveTree | { readonly failure: string } {
  let root: LiveNode;
  try {
    root = new DirectoryReader(options).read(path);
  } catch (error) {
    if (error instanceof Unreadable) return { failure: error.message };
    throw error;
  }
  const source: Source = { name: options.name, form: 'blob', bytes: new Uint8Array(0) };
  const bootCpuid = guessedBootCpuid(root);
  return { source, form: 'dt-dir', root, reservations: [], bootCpuid, plugin: false };
}
