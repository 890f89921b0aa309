/**
 * Writes flattened device trees: versions 17 and 16 of the Devicetree Specification 0.4, chapter 5, and the older 1, 2 and 3.
 * The bytes equal dtc's: blocks in the order reservations, structure, strings, and a property name that is the tail of
 * another one shares its bytes.
 */
import { latin1Bytes } from '../../bytes/text-encoding.ts';
import { type LiveLabel, type LiveNode, type LiveTree, livePathOf } from '../live/live-tree.ts';

export interface BlobVersion {
  readonly version: number;
  readonly lastCompatible: number;
  readonly headerSize: number;
  /** Before version 16: full paths as node names, a `name` property in each node, values of 8 bytes and more aligned to 8. */
  readonly old: boolean;
  readonly bootCpuid: boolean;
  readonly stringsSize: boolean;
  readonly structSize: boolean;
}

const VERSIONS: readonly BlobVersion[] = [
  {
    version: 1,
    lastCompatible: 1,
    headerSize: 28,
    old: true,
    bootCpuid: false,
    stringsSize: false,
    structSize: false,
  },
  {
    version: 2,
    lastCompatible: 1,
    headerSize: 32,
    old: true,
    bootCpuid: true,
    stringsSize: false,
    structSize: false,
  },
  {
    version: 3,
    lastCompatible: 1,
    headerSize: 36,
    old: true,
    bootCpuid: true,
    stringsSize: true,
    structSize: false,
  },
  {
    version: 16,
    lastCompatible: 16,
    headerSize: 36,
    old: false,
    bootCpuid: true,
    stringsSize: true,
    structSize: false,
  },
  {
    version: 17,
    lastCompatible: 16,
    headerSize: 40,
    old: false,
    bootCpuid: true,
    stringsSize: true,
    structSize: true,
  },
];

export const DEFAULT_BLOB_VERSION = 17;

export function blobVersion(version: number): BlobVersion | undefined {
  return VERSIONS.find((entry) => entry.version === version);
}

export const FDT_MAGIC = 0xd00dfeed;
export const FDT_BEGIN_NODE = 1;
export const FDT_END_NODE = 2;
export const FDT_PROP = 3;
export const FDT_END = 9;

export interface BlobOptions {
  readonly version?: BlobVersion;
  /** Empty entries added to the reservation block (dtc -R). */
  readonly reservationSlots?: number;
  /** The blob is padded with zeros to at least this many bytes (-S). */
  readonly minimumSize?: number;
  /** Zero bytes added at the end (-p); overrides `minimumSize`. */
  readonly padding?: number;
  /** The total size becomes a multiple of this power of two (-a). */
  readonly alignment?: number;
}

/** The strings block: each name once, and a name that is the tail of an earlier one not at all. */
export class StringTable {
  /** For every tail of every name its first offset. */
  readonly #offsets = new Map<string, number>();
  readonly #names: string[] = [];
  #length = 0;

  #append(name: string): void {
    for (let at = 0; at <= name.length; at += 1) {
      const tail = name.slice(at);
      if (!this.#offsets.has(tail)) this.#offsets.set(tail, this.#length + at);
    }
    this.#names.push(name);
    this.#length += name.length + 1;
  }

  offsetOf(name: string): number {
    const known = this.#offsets.get(name);
    if (known !== undefined) return known;
    const offset = this.#length;
    this.#append(name);
    return offset;
  }

  get length(): number {
    return this.#length;
  }

  get names(): readonly string[] {
    return this.#names;
  }

  get bytes(): Buffer {
    return latin1Bytes(this.#names.map((name) => `${name}\0`).join(''));
  }
}

/** Receives the structure block, token by token, as bytes or as assembler text. */
export interface StructureSink {
  beginNode(labels: readonly LiveLabel[]): void;
  endNode(labels: readonly LiveLabel[]): void;
  property(labels: readonly LiveLabel[]): void;
  cell(value: number): void;
  text(text: string): void;
  /** Pads to a multiple of `to` bytes from the start of the structure block. */
  align(to: number): void;
  value(bytes: Uint8Array, markers: LiveNode['properties'][number]['markers']): void;
}

/** Length of a node's name without its unit address. */
function baseNameLength(name: string): number {
  const at = name.indexOf('@');
  return at < 0 ? name.length : at;
}

/** Writes the structure block of a tree, without FDT_END, to a sink and its property names to a string table. */
export function flatten(
  root: LiveNode,
  sink: StructureSink,
  strings: StringTable,
  version: BlobVersion,
): void {
  if (root.deleted) return;
  const open = (node: LiveNode): void => {
    sink.beginNode(node.labels);
    sink.text(version.old ? livePathOf(node) : node.name);
    sink.align(4);
    let named = false;
    for (const property of node.properties) {
      if (property.deleted) continue;
      named ||= property.name === 'name';
      const nameOffset = strings.offsetOf(property.name);
      sink.property(property.labels);
      sink.cell(property.value.length);
      sink.cell(nameOffset);
      if (version.old && property.value.length >= 8) sink.align(8);
      sink.value(property.value, property.markers);
      sink.align(4);
    }
    if (version.old && !named) {
      const base = node.name.slice(0, baseNameLength(node.name));
      sink.property([]);
      sink.cell(base.length + 1);
      sink.cell(strings.offsetOf('name'));
      if (base.length + 1 >= 8) sink.align(8);
      sink.text(base);
      sink.align(4);
    }
  };
  const path: { node: LiveNode; next: number }[] = [{ node: root, next: 0 }];
  open(root);
  while (path.length > 0) {
    const top = path.at(-1)!;
    const child = top.node.children[top.next];
    top.next += 1;
    if (!child) {
      sink.endNode(top.node.labels);
      path.pop();
    } else if (!child.deleted) {
      open(child);
      path.push({ node: child, next: 0 });
    }
  }
}

/** The structure block as bytes. */
class BinarySink implements StructureSink {
  #bytes = Buffer.alloc(1 << 16);
  #length = 0;

  #room(extra: number): void {
    if (this.#length + extra <= this.#bytes.length) return;
    const larger = Buffer.alloc(Math.max(this.#bytes.length * 2, this.#length + extra));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }

  cell(value: number): void {
    this.#room(4);
    this.#bytes.writeUInt32BE(value >>> 0, this.#length);
    this.#length += 4;
  }

  beginNode(): void {
    this.cell(FDT_BEGIN_NODE);
  }

  endNode(): void {
    this.cell(FDT_END_NODE);
  }

  property(): void {
    this.cell(FDT_PROP);
  }

  text(text: string): void {
    this.#room(text.length + 1);
    this.#bytes.write(text, this.#length, 'latin1');
    this.#length += text.length;
    this.#bytes[this.#length] = 0;
    this.#length += 1;
  }

  align(to: number): void {
    const aligned = Math.ceil(this.#length / to) * to;
    this.#room(aligned - this.#length);
    this.#bytes.fill(0, this.#length, aligned);
    this.#length = aligned;
  }

  value(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}

function alignedUp(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}

export interface WrittenBlob {
  readonly bytes: Uint8Array;
  /** The size before padding, when it exceeds `minimumSize`. */
  readonly sizeOverMinimum: number | undefined;
}

/** Writes a tree as a blob. Values are written unchanged: references must have been resolved. */
export function writeDtb(tree: LiveTree, options: BlobOptions = {}): WrittenBlob {
  const version = options.version ?? blobVersion(DEFAULT_BLOB_VERSION)!;
  const strings = new StringTable();
  const sink = new BinarySink();
  flatten(tree.root, sink, strings, version);
  sink.cell(FDT_END);
  const structure = sink.finish();

  const slots = tree.reservations.length + (options.reservationSlots ?? 0) + 1;
  const reservationsAt = alignedUp(version.headerSize, 8);
  const structureAt = reservationsAt + slots * 16;
  const stringsAt = structureAt + structure.length;
  const size = stringsAt + strings.length;

  const { minimumSize = 0, padding = 0, alignment = 0 } = options;
  let total = size;
  if (minimumSize > 0) total = Math.max(size, minimumSize);
  if (padding > 0) total = size + padding;
  if (alignment > 0) total = alignedUp(total, alignment);

  const blob = Buffer.alloc(total);
  const header = [
    FDT_MAGIC,
    total,
    structureAt,
    stringsAt,
    reservationsAt,
    version.version,
    version.lastCompatible,
  ];
  if (version.bootCpuid) header.push(tree.bootCpuid);
  if (version.stringsSize) header.push(strings.length);
  if (version.structSize) header.push(structure.length);
  header.forEach((word, index) => {
    blob.writeUInt32BE(word >>> 0, index * 4);
  });
  tree.reservations.forEach(({ address, size: reserved }, index) => {
    blob.writeBigUInt64BE(BigInt.asUintN(64, address), reservationsAt + index * 16);
    blob.writeBigUInt64BE(BigInt.asUintN(64, reserved), reservationsAt + index * 16 + 8);
  });
  blob.set(structure, structureAt);
  blob.set(strings.bytes, stringsAt);
  return { bytes: blob, sizeOverMinimum: minimumSize > 0 && size > minimumSize ? size : undefined };
}
