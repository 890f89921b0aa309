/** `fwmap dtc -I fs`: a directory as /proc/device-tree is one, read as dtc reads it, links and order of the entries included. */

import { opendirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { sep } from 'node:path';
import { readFileBytes, systemMessage } from '../../artifact/file.ts';
import type { Source } from '../../bytes/source.ts';
import { latin1Bytes } from '../../bytes/text-encoding.ts';
import { limit, moreThan } from '../../limits/limits.ts';
import {
  type LiveNode,
  type LiveTree,
  liveChildOf,
  liveNode,
  liveProperty,
  livePropertyOf,
} from './live-tree.ts';

const SLASH = Buffer.from('/');

/** Ends the reading; the message is what dtc says. */
class Unreadable extends Error {}

export interface TreeDirectoryOptions {
  /** What messages call the directory: the bytes of its name, one a character. */
  readonly name: string;
  /** When given, nothing outside these directories is read, links followed. */
  readonly roots?: readonly string[] | undefined;
  /** Told what dtc warns of, a line with its end. */
  readonly warn: (text: string) => void;
}

/** A directory that is being read. */
interface Folder {
  readonly node: LiveNode;
  /** What to open. */
  readonly at: Buffer;
  readonly name: string;
  /** The entries in the order in which the file system gives them, and the next of them. */
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

/** Faults that tell nothing about the file itself. */
const GAVE_UP: ReadonlySet<string> = new Set(['EIO', 'EMFILE', 'ENFILE', 'ENOMEM']);

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
      // As dtc: what can't be opened is left out. What the system gave up in the middle of isn't.
      if ('failure' in read && (read.opened || GAVE_UP.has(read.code ?? '')))
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
      throw new Unreadable(`${name} leads outside of ${roots.join(', ')} (see --include-root)`);
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
 * The tree in a directory whose folders are nodes and whose files are properties, as in /proc/device-tree.
 * @returns what dtc ends with, where the directory can't be read
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
  // The first child of /cpus, as dtc has it for sources and directories.
  const first = liveChildOf(root, 'cpus')?.children[0];
  const reg = first && livePropertyOf(first, 'reg')?.value;
  const bootCpuid = reg?.length === 4 ? new DataView(reg.buffer, reg.byteOffset).getUint32(0) : 0;
  return { source, form: 'dt-dir', root, reservations: [], bootCpuid, plugin: false };
}
