/**
 * Reads flattened device trees: versions 16 and 17 of the Devicetree Specification 0.4, chapter 5, and the older
 * 1, 2 and 3, in which node names are full paths, values of eight bytes and more are aligned to eight, and every
 * node has a `name` property.
 */

import { hex } from '../bytes/address.ts';
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import type { Source, Span } from '../bytes/source.ts';
import { readHeader } from './blob-header.ts';
import {
  BEGIN_NODE,
  BlobContents,
  BlobNode,
  END,
  END_NODE,
  NOP,
  PROP,
  PROPERTY_HEADER,
} from './blob-tree.ts';
import {
  type BlobHeader,
  type DeviceTree,
  holdsOverlay,
  MAX_NODE_DEPTH,
  MAX_NODES,
  MAX_PROPERTIES,
  type MemoryReservation,
} from './tree.ts';

/** No name of a property has more than 31 characters by the specification. */
const LONG_NAME = 128;
/**
 * How many bytes names may have together where some are long: in a strings block that is one long text each of its
 * bytes begins another name.
 */
const MAX_LONG_NAMES = 1 << 24;

/** Linux itself stops at a few dozen; more is an unterminated block read into something else. */
const MAX_RESERVATIONS = 65_536;

/**
 * Reads a blob. Faults become diagnostics at their byte offset and end the reading where nothing after them can be
 * trusted; what was read until then is the tree. Undefined when there is not even a root node.
 */
export function readBlob(source: Source, sink: DiagnosticSink): DeviceTree | undefined {
  const header = readHeader(source, sink);
  if (!header) return undefined;
  const structure = new StructureReader(source, header.fields, header.end, sink);
  const root = structure.read();
  if (!root) return undefined;
  return {
    source,
    form: 'dtb',
    root,
    reservations: readReservations(source, header.fields, header.end, sink),
    bootCpuid: header.bootCpuid,
    header: header.fields,
    overlay: holdsOverlay(root),
  };
}

/** The memory reservation block: pairs of address and size, ended by a size of 0 (as dtc and libfdt end it). */
function readReservations(
  source: Source,
  header: BlobHeader,
  end: number,
  sink: DiagnosticSink,
): MemoryReservation[] {
  const { bytes } = source;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reservations: MemoryReservation[] = [];
  let at = header.reservationsOffset;
  for (; at + 16 <= end && reservations.length < MAX_RESERVATIONS; at += 16) {
    const size = view.getBigUint64(at + 8);
    if (size === 0n) return reservations;
    reservations.push({
      address: view.getBigUint64(at),
      size,
      labels: [],
      span: { source, start: at, end: at + 16 },
    });
  }
  sink.add({
    severity: 'error',
    code: 'dt/blob-reservations',
    message:
      at + 16 > end
        ? 'The memory reservation block has no end before the end of the blob'
        : `The memory reservation block has more than ${MAX_RESERVATIONS} entries; the rest is not read`,
    span: { source, start: Math.min(at, end), end },
  });
  return reservations;
}

/**
 * One pass over the structure block, which finds every fault; what it passes is made into a tree when it is asked for.
 */
class StructureReader {
  private readonly contents: BlobContents;
  private readonly view: DataView;
  private readonly header: BlobHeader;
  private readonly sink: DiagnosticSink;
  private readonly end: number;
  private at: number;
  private nodes = 0;
  private properties = 0;
  /** Offsets of the names met, where names are long, and what they have together. */
  private readonly names = new Set<number>();
  private namesLength = 0;

  constructor(source: Source, header: BlobHeader, end: number, sink: DiagnosticSink) {
    const { version, structOffset, stringsOffset, stringsSize } = header;
    this.contents = new BlobContents(source, {
      version,
      structStart: structOffset,
      stringsStart: stringsOffset,
      stringsEnd: stringsSize === undefined ? end : Math.min(end, stringsOffset + stringsSize),
    });
    this.view = this.contents.view;
    this.header = header;
    this.sink = sink;
    this.end = end;
    this.at = structOffset;
  }

  private report(
    severity: 'error' | 'warning',
    code: string,
    message: string,
    start: number,
    end = start + 4,
  ): void {
    const span: Span = { source: this.contents.source, start, end: Math.min(end, this.end) };
    this.sink.add({ severity, code, message, span });
  }

  /** The root, or undefined when the block doesn't start with a node. */
  read(): BlobNode | undefined {
    while (this.peek() === NOP) this.at += 4;
    const start = this.at;
    const first = this.peek();
    if (first === BEGIN_NODE) {
      this.at += 4;
      const root = this.beginNode(undefined, start);
      if (root) this.readBelow(root);
      return root;
    }
    const message =
      first === undefined
        ? 'The structure block is empty'
        : `The structure block starts with ${hex(first)} instead of a node`;
    this.report('error', 'dt/blob-struct', message, start);
    return undefined;
  }

  /** Everything to the end of the block. */
  private readBelow(root: BlobNode): void {
    let node = root;
    let depth = 1;
    for (;;) {
      const start = this.at;
      const token = this.peek();
      if (token === undefined) {
        this.report('error', 'dt/blob-truncated', 'The structure block ends inside a node', start);
        break;
      }
      this.at += 4;
      if (token === PROP) {
        if (!this.property(node, start)) break;
      } else if (token === BEGIN_NODE) {
        if (depth >= MAX_NODE_DEPTH) {
          this.reportTooDeep(start);
          if (!this.skipNode()) break;
          continue;
        }
        const child = this.beginNode(node, start);
        if (!child) break;
        node.addChild(child);
        node = child;
        depth += 1;
      } else if (token === END_NODE) {
        node.close(this.at);
        if (!node.parent) {
          this.finish();
          return;
        }
        node = node.parent;
        depth -= 1;
      } else if (token === NOP) {
        if (this.contents.isOldForm)
          this.report(
            'warning',
            'dt/blob-nop',
            `A NOP token in a blob of version ${this.header.version}`,
            start,
          );
      } else {
        const message =
          token === END
            ? 'The structure block ends inside a node'
            : `Unknown token ${hex(token)} in the structure block`;
        this.report('error', 'dt/blob-token', message, start);
        break;
      }
    }
    for (let open: BlobNode | undefined = node; open; open = open.parent)
      open.close(Math.min(this.at, this.end));
  }

  private reportTooDeep(start: number): void {
    const message = `Nodes nest deeper than ${MAX_NODE_DEPTH}; those below are not read`;
    this.report('error', 'dt/too-deep', message, start);
  }

  private peek(): number | undefined {
    return this.at + 4 <= this.end ? this.view.getUint32(this.at) : undefined;
  }

  /** After the root's end: nothing but `END`, at the size the header gives. */
  private finish(): void {
    while (this.peek() === NOP) this.at += 4;
    if (this.peek() !== END) {
      const message = 'The structure block has no END token after the root node';
      this.report('warning', 'dt/blob-end', message, this.at);
      return;
    }
    this.at += 4;
    const { structSize, structOffset } = this.header;
    if (structSize !== undefined && structSize !== this.at - structOffset)
      this.report(
        'warning',
        'dt/blob-struct-size',
        `The header says the structure block has ${structSize} bytes, it has ${this.at - structOffset}`,
        36,
        40,
      );
  }

  /** Offset of the NUL that ends the text at the cursor; undefined when the blob ends before it. */
  private textEnd(): number | undefined {
    const { bytes } = this.contents.source;
    // Names are short: a search by the engine takes longer to start than these take to pass.
    for (let at = this.at; at < this.end; at += 1) if (bytes[at] === 0) return at;
    return undefined;
  }

  /** The node whose token, at `start`, was just read; undefined, reported, when it can't be. */
  private beginNode(parent: BlobNode | undefined, start: number): BlobNode | undefined {
    this.nodes += 1;
    if (this.nodes > MAX_NODES) {
      this.report('error', 'dt/too-large', `More than ${MAX_NODES} nodes; the rest is not read`, start);
      return undefined;
    }
    const from = this.at;
    const nul = this.textEnd();
    if (nul === undefined) {
      this.report('error', 'dt/blob-truncated', 'The blob ends inside the name of a node', start, this.end);
      return undefined;
    }
    this.at = this.contents.aligned(nul + 1, 4);
    const node = new BlobNode(this.contents, parent, start, from, nul, this.at);
    if (this.contents.isOldForm && !node.isBelowItsParent)
      this.report(
        'error',
        'dt/blob-path',
        `The path "${node.writtenName}" is not below its parent's, "${parent?.writtenName}"`,
        start,
      );
    return node;
  }

  /** The property whose token, at `start`, was just read. False, reported, when nothing after it can be trusted. */
  private property(node: BlobNode, start: number): boolean {
    this.properties += 1;
    if (this.properties > MAX_PROPERTIES) {
      const message = `More than ${MAX_PROPERTIES} properties; the rest is not read`;
      this.report('error', 'dt/too-large', message, start);
      return false;
    }
    const { contents, view } = this;
    if (start + PROPERTY_HEADER > this.end) {
      this.report('error', 'dt/blob-truncated', 'The blob ends inside a property', start, this.end);
      return false;
    }
    const length = view.getUint32(start + 4);
    const nameOffset = view.getUint32(start + 8);
    const end = contents.valueStart(start, length) + length;
    if (end > this.end) {
      this.at = start + PROPERTY_HEADER;
      this.report(
        'error',
        'dt/blob-property-length',
        `The value of ${contents.hasEnd(nameOffset) ? `"${contents.nameAt(nameOffset)}"` : 'a property'} has ${length} bytes, more than the blob has left`,
        start,
        start + PROPERTY_HEADER,
      );
      return false;
    }
    this.at = contents.aligned(end, 4);
    const hasName = contents.hasEnd(nameOffset);
    if (hasName && contents.longestName > LONG_NAME && !this.isNameAffordable(nameOffset)) {
      const message = `Names of properties have more than ${MAX_LONG_NAMES} bytes together; the rest is not read`;
      this.report('error', 'dt/too-large', message, start);
      return false;
    }
    if (!hasName)
      this.report(
        'error',
        'dt/blob-property-name',
        `A property's name at ${hex(nameOffset)} lies outside the strings block; the property is left out`,
        start,
        start + PROPERTY_HEADER,
      );
    else if (node.children.length > 0)
      this.report(
        'warning',
        'dt/blob-property-order',
        `The property "${contents.nameAt(nameOffset)}" comes after subnodes`,
        start,
        this.at,
      );
    node.addProperty(start, nameOffset, this.at);
    return true;
  }

  /** Counts a name once, towards {@link MAX_LONG_NAMES}. */
  private isNameAffordable(nameOffset: number): boolean {
    if (this.names.has(nameOffset)) return true;
    this.names.add(nameOffset);
    this.namesLength += this.contents.lengthOfName(nameOffset);
    return this.namesLength <= MAX_LONG_NAMES;
  }

  /** Passes over the rest of a node that was just begun. False when the block breaks off. */
  private skipNode(): boolean {
    let depth = 0;
    let token: number | undefined = BEGIN_NODE;
    for (;;) {
      if (token === BEGIN_NODE) {
        const nul = this.textEnd();
        if (nul === undefined) return false;
        this.at = this.contents.aligned(nul + 1, 4);
        depth += 1;
      } else if (token === END_NODE) {
        depth -= 1;
        if (depth === 0) return true;
      } else if (token === PROP) {
        const start = this.at - 4;
        if (start + PROPERTY_HEADER > this.end) return false;
        const length = this.view.getUint32(start + 4);
        const end = this.contents.valueStart(start, length) + length;
        if (end > this.end) return false;
        this.at = this.contents.aligned(end, 4);
      } else if (token !== NOP) {
        return false;
      }
      token = this.peek();
      this.at += 4;
    }
  }
}
