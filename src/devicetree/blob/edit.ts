/**
 * Edits a blob in place, as libfdt does (fdt_rw.c): a new property goes right after the node's name, a new node right after
 * its parent's properties. Padding bytes keep their old content, so that the result equals fdtoverlay's byte by byte.
 */
import { latin1Bytes } from '../../bytes/text-encoding.ts';
import type { LiveTree } from '../live/live-tree.ts';
import { FDT_BEGIN_NODE, FDT_END_NODE, FDT_MAGIC, FDT_PROP } from '../write/dtb.ts';
import { NOP, PROPERTY_HEADER } from './tree.ts';

const HEADER_SIZE = 40;
const VERSION = 17;

/** A node by the names from the root to it; the root is the empty list. */
export type NodeNames = readonly string[];

export type BlobEdit =
  | { readonly kind: 'node'; readonly parent: NodeNames; readonly name: string }
  | {
      readonly kind: 'property';
      readonly node: NodeNames;
      readonly name: string;
      readonly value: Uint8Array;
    };

function aligned(length: number): number {
  return (length + 3) & ~3;
}

class BlobEditor {
  /** The structure block followed by the strings block, which moves when the first grows. */
  #bytes: Buffer;
  #structure: number;
  #length: number;

  constructor(structure: Uint8Array, strings: Uint8Array) {
    this.#bytes = Buffer.concat([structure, strings]);
    this.#structure = structure.length;
    this.#length = this.#bytes.length;
  }

  #splice(at: number, oldLength: number, newLength: number): void {
    const length = this.#length + newLength - oldLength;
    if (length > this.#bytes.length) {
      const larger = Buffer.alloc(length * 2);
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    this.#bytes.copyWithin(at + newLength, at + oldLength, this.#length);
    this.#length = length;
  }

  #spliceStructure(at: number, oldLength: number, newLength: number): void {
    this.#splice(at, oldLength, newLength);
    this.#structure += newLength - oldLength;
  }

  #cell(at: number): number {
    return this.#bytes.readUInt32BE(at);
  }

  #textEnd(at: number): number {
    return this.#bytes.indexOf(0, at);
  }

  /** Offset after the name of the node whose tag is at `at`. */
  #body(at: number): number {
    return aligned(this.#textEnd(at + 4) + 1);
  }

  #afterProperty(at: number): number {
    return at + PROPERTY_HEADER + aligned(this.#cell(at + 4));
  }

  /** Offset of a node's tag; -1 when there is no such node. */
  #node(names: NodeNames): number {
    let at = 0;
    while (this.#cell(at) === NOP) at += 4;
    for (const name of names) {
      at = this.#child(this.#body(at), name);
      if (at < 0) return -1;
    }
    return at;
  }

  #child(body: number, name: string): number {
    let depth = 0;
    for (let at = body; at < this.#structure; ) {
      const tag = this.#cell(at);
      if (tag === FDT_BEGIN_NODE) {
        if (depth === 0 && this.#bytes.toString('latin1', at + 4, this.#textEnd(at + 4)) === name) return at;
        depth += 1;
        at = this.#body(at);
      } else if (tag === FDT_PROP) {
        at = this.#afterProperty(at);
      } else if (tag === FDT_END_NODE) {
        if (depth === 0) return -1;
        depth -= 1;
        at += 4;
      } else if (tag === NOP) {
        at += 4;
      } else {
        return -1;
      }
    }
    return -1;
  }

  /** Offset of a name in the strings block, which may be the tail of another name; added when it isn't there. */
  #nameOffset(name: string): number {
    const wanted = latin1Bytes(`${name}\0`);
    const found = this.#bytes.subarray(this.#structure, this.#length).indexOf(wanted);
    if (found >= 0) return found;
    const offset = this.#length - this.#structure;
    this.#splice(this.#length, 0, wanted.length);
    this.#bytes.set(wanted, this.#structure + offset);
    return offset;
  }

  addNode(parent: NodeNames, name: string): void {
    const above = this.#node(parent);
    if (above < 0) return;
    let at = this.#body(above);
    for (let tag = this.#cell(at); tag === FDT_PROP || tag === NOP; tag = this.#cell(at)) {
      at = tag === FDT_PROP ? this.#afterProperty(at) : at + 4;
    }
    const room = aligned(name.length + 1);
    this.#spliceStructure(at, 0, 8 + room);
    this.#bytes.writeUInt32BE(FDT_BEGIN_NODE, at);
    this.#bytes.fill(0, at + 4, at + 4 + room);
    this.#bytes.write(name, at + 4, 'latin1');
    this.#bytes.writeUInt32BE(FDT_END_NODE, at + 4 + room);
  }

  setProperty(names: NodeNames, name: string, value: Uint8Array): void {
    const node = this.#node(names);
    if (node < 0) return;
    const body = this.#body(node);
    for (let at = body; ; ) {
      const tag = this.#cell(at);
      if (tag === NOP) {
        at += 4;
        continue;
      }
      if (tag !== FDT_PROP) break;
      const nameAt = this.#structure + this.#cell(at + 8);
      if (this.#bytes.toString('latin1', nameAt, this.#textEnd(nameAt)) === name) {
        this.#spliceStructure(at + PROPERTY_HEADER, aligned(this.#cell(at + 4)), aligned(value.length));
        this.#bytes.writeUInt32BE(value.length, at + 4);
        this.#bytes.set(value, at + PROPERTY_HEADER);
        return;
      }
      at = this.#afterProperty(at);
    }
    const nameOffset = this.#nameOffset(name);
    this.#spliceStructure(body, 0, PROPERTY_HEADER + aligned(value.length));
    this.#bytes.writeUInt32BE(FDT_PROP, body);
    this.#bytes.writeUInt32BE(value.length, body + 4);
    this.#bytes.writeUInt32BE(nameOffset, body + 8);
    this.#bytes.set(value, body + PROPERTY_HEADER);
  }

  get structure(): Uint8Array {
    return this.#bytes.subarray(0, this.#structure);
  }

  get strings(): Uint8Array {
    return this.#bytes.subarray(this.#structure, this.#length);
  }
}

/**
 * The blob that `base` was read from, with the edits made, packed. Undefined when it was not read from a blob, or from one
 * of a version without block sizes.
 */
export function editBlob(base: LiveTree, edits: readonly BlobEdit[]): Uint8Array | undefined {
  const { header, source } = base;
  if (header?.structSize === undefined || header.stringsSize === undefined) return undefined;
  const { structOffset, structSize, stringsOffset, stringsSize } = header;
  const editor = new BlobEditor(
    source.bytes.subarray(structOffset, structOffset + structSize),
    source.bytes.subarray(stringsOffset, stringsOffset + stringsSize),
  );
  for (const edit of edits) {
    if (edit.kind === 'node') editor.addNode(edit.parent, edit.name);
    else editor.setProperty(edit.node, edit.name, edit.value);
  }
  const { structure, strings } = editor;
  const structureAt = HEADER_SIZE + (base.reservations.length + 1) * 16;
  const stringsAt = structureAt + structure.length;
  const blob = Buffer.alloc(stringsAt + strings.length);
  const words = [
    FDT_MAGIC,
    blob.length,
    structureAt,
    stringsAt,
    HEADER_SIZE,
    VERSION,
    header.lastCompatibleVersion,
    base.bootCpuid,
    strings.length,
    structure.length,
  ];
  words.forEach((word, index) => {
    blob.writeUInt32BE(word >>> 0, index * 4);
  });
  base.reservations.forEach(({ address, size }, index) => {
    blob.writeBigUInt64BE(address, HEADER_SIZE + index * 16);
    blob.writeBigUInt64BE(size, HEADER_SIZE + index * 16 + 8);
  });
  blob.set(structure, structureAt);
  blob.set(strings, stringsAt);
  return blob;
}
