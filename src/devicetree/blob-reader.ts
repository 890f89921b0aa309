/**
 * Reads flattened device trees: versions 16 and 17 of the Devicetree Specification 0.4, chapter 5, and the older
 * 1, 2 and 3, in which node names are full paths, values of eight bytes and more are aligned to eight, and every
 * node has a `name` property.
 */

import { hex } from '../bytes/address.ts';
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import type { Source, Span } from '../bytes/source.ts';
import { readHeader } from './blob-header.ts';
import { dropRedundantName } from './name-property.ts';
import {
  type BlobHeader,
  type DeviceTree,
  type DtNode,
  type DtProperty,
  holdsOverlay,
  MAX_NODE_DEPTH,
  MAX_NODES,
  MAX_PROPERTIES,
  type Marker,
  type MemoryReservation,
} from './tree.ts';

/** First version in which nodes have plain names, `NOP` tokens occur and values are aligned to four. */
const PLAIN_NAMES_VERSION = 16;

const BEGIN_NODE = 1;
const END_NODE = 2;
const PROP = 3;
const NOP = 4;
const END = 9;

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

const NONE: readonly never[] = [];

/**
 * A property whose value and spans are made when they are asked for: most of a tree's never are. Its fields are plain
 * and only declared, since a corpus has hundreds of thousands and private or initialised ones take longer to make.
 */
class BlobProperty implements DtProperty {
  declare readonly name: string;
  declare markers: readonly Marker[];
  declare labels: readonly string[];
  declare private readonly source: Source;
  declare private readonly start: number;
  declare private readonly from: number;
  declare private readonly to: number;
  declare private bytes: Uint8Array | undefined;

  constructor(source: Source, name: string, start: number, from: number, to: number) {
    this.name = name;
    this.markers = NONE;
    this.labels = NONE;
    this.source = source;
    this.start = start;
    this.from = from;
    this.to = to;
    this.bytes = undefined;
  }

  get value(): Uint8Array {
    this.bytes ??= this.source.bytes.subarray(this.from, this.to);
    return this.bytes;
  }

  set value(value: Uint8Array) {
    this.bytes = value;
  }

  get span(): Span {
    return { source: this.source, start: this.start, end: this.to };
  }

  get valueSpan(): Span {
    return { source: this.source, start: this.from, end: this.to };
  }
}

/** A node that is still open, with what is needed to close it. */
interface OpenNode {
  readonly node: DtNode;
  readonly start: number;
  /** Full path as versions before 16 spell it. */
  readonly path: string;
}

/** One pass over the structure block. */
class StructureReader {
  readonly #source: Source;
  readonly #view: DataView;
  readonly #text: Buffer;
  readonly #header: BlobHeader;
  readonly #sink: DiagnosticSink;
  /** Alignment counts from here. */
  readonly #base: number;
  readonly #end: number;
  readonly #stringsEnd: number;
  readonly #names = new Map<number, string | undefined>();
  readonly #fullPaths: boolean;
  #at: number;
  #nodes = 0;
  #properties = 0;

  constructor(source: Source, header: BlobHeader, end: number, sink: DiagnosticSink) {
    const { bytes } = source;
    this.#source = source;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#header = header;
    this.#sink = sink;
    this.#base = header.structOffset;
    this.#end = end;
    this.#stringsEnd =
      header.stringsSize === undefined ? end : Math.min(end, header.stringsOffset + header.stringsSize);
    this.#fullPaths = header.version < PLAIN_NAMES_VERSION;
    this.#at = this.#base;
  }

  #span(start: number, end: number): Span {
    return { source: this.#source, start, end };
  }

  #report(
    severity: 'error' | 'warning',
    code: string,
    message: string,
    start: number,
    end = start + 4,
  ): void {
    this.#sink.add({ severity, code, message, span: this.#span(start, Math.min(end, this.#end)) });
  }

  /** @param to 4 or 8 */
  #align(to: number): void {
    this.#at = this.#base + ((this.#at - this.#base + to - 1) & -to);
  }

  /** The root, or undefined when the block doesn't start with a node. */
  read(): DtNode | undefined {
    while (this.#peek() === NOP) this.#at += 4;
    const first = this.#peek();
    if (first !== BEGIN_NODE) {
      this.#report(
        'error',
        'dt/blob-struct',
        first === undefined
          ? 'The structure block is empty'
          : `The structure block starts with ${hex(first)} instead of a node`,
        this.#at,
      );
      return undefined;
    }
    const open: OpenNode[] = [];
    let root: DtNode | undefined;
    for (;;) {
      const start = this.#at;
      const token = this.#peek();
      if (token === undefined) {
        this.#report('error', 'dt/blob-truncated', 'The structure block ends inside a node', start);
        break;
      }
      this.#at += 4;
      const parent = open.at(-1);
      if (token === PROP && parent) {
        if (!this.#property(parent.node, start)) break;
      } else if (token === BEGIN_NODE && (parent || !root)) {
        const opened = this.#beginNode(parent, start);
        if (!opened) break;
        root ??= opened.node;
        if (open.length < MAX_NODE_DEPTH) {
          open.push(opened);
        } else {
          this.#report(
            'error',
            'dt/too-deep',
            `Nodes nest deeper than ${MAX_NODE_DEPTH}; those below are not read`,
            start,
          );
          parent?.node.children.pop();
          if (!this.#skipNode()) break;
        }
      } else if (token === END_NODE && parent) {
        parent.node.span = this.#span(parent.start, this.#at);
        open.pop();
        if (this.#fullPaths) dropRedundantName(parent.node);
        if (open.length === 0) {
          this.#finish();
          return root;
        }
      } else if (token === NOP) {
        if (this.#fullPaths)
          this.#report(
            'warning',
            'dt/blob-nop',
            `A NOP token in a blob of version ${this.#header.version}`,
            start,
          );
      } else {
        this.#report(
          'error',
          'dt/blob-token',
          token === END
            ? 'The structure block ends inside a node'
            : `Unknown token ${hex(token)} in the structure block`,
          start,
        );
        break;
      }
    }
    for (const { node, start } of open) node.span = this.#span(start, Math.min(this.#at, this.#end));
    return root;
  }

  #peek(): number | undefined {
    return this.#at + 4 <= this.#end ? this.#view.getUint32(this.#at) : undefined;
  }

  /** After the root's end: nothing but `END`, at the size the header gives. */
  #finish(): void {
    while (this.#peek() === NOP) this.#at += 4;
    if (this.#peek() !== END) {
      this.#report(
        'warning',
        'dt/blob-end',
        'The structure block has no END token after the root node',
        this.#at,
      );
      return;
    }
    this.#at += 4;
    const { structSize } = this.#header;
    if (structSize !== undefined && structSize !== this.#at - this.#base)
      this.#report(
        'warning',
        'dt/blob-struct-size',
        `The header says the structure block has ${structSize} bytes, it has ${this.#at - this.#base}`,
        36,
        40,
      );
  }

  #beginNode(parent: OpenNode | undefined, start: number): OpenNode | undefined {
    this.#nodes += 1;
    if (this.#nodes > MAX_NODES) {
      this.#report('error', 'dt/too-large', `More than ${MAX_NODES} nodes; the rest is not read`, start);
      return undefined;
    }
    const nul = this.#text.indexOf(0, this.#at);
    if (nul < 0 || nul >= this.#end) {
      this.#report('error', 'dt/blob-truncated', 'The blob ends inside the name of a node', start, this.#end);
      return undefined;
    }
    const written = this.#text.toString('latin1', this.#at, nul);
    this.#at = nul + 1;
    this.#align(4);
    const node: DtNode = {
      name: parent ? this.#nodeName(written, parent, start) : '',
      parent: parent?.node,
      properties: [],
      children: [],
      labels: [],
    };
    parent?.node.children.push(node);
    return { node, start, path: written };
  }

  #nodeName(written: string, parent: OpenNode, start: number): string {
    if (!this.#fullPaths) return written;
    const prefix = parent.path === '/' ? '/' : `${parent.path}/`;
    if (written.startsWith(prefix)) return written.slice(prefix.length);
    this.#report(
      'error',
      'dt/blob-path',
      `The path "${written}" is not below its parent's, "${parent.path}"`,
      start,
    );
    return written.slice(written.lastIndexOf('/') + 1);
  }

  #property(node: DtNode, start: number): boolean {
    this.#properties += 1;
    if (this.#properties > MAX_PROPERTIES) {
      this.#report(
        'error',
        'dt/too-large',
        `More than ${MAX_PROPERTIES} properties; the rest is not read`,
        start,
      );
      return false;
    }
    if (this.#at + 8 > this.#end) {
      this.#report('error', 'dt/blob-truncated', 'The blob ends inside a property', start, this.#end);
      return false;
    }
    const length = this.#view.getUint32(this.#at);
    const nameOffset = this.#view.getUint32(this.#at + 4);
    this.#at += 8;
    if (this.#fullPaths && length >= 8) this.#align(8);
    const from = this.#at;
    const to = from + length;
    const name = this.#propertyName(nameOffset);
    if (to > this.#end) {
      this.#report(
        'error',
        'dt/blob-property-length',
        `The value of ${name === undefined ? 'a property' : `"${name}"`} has ${length} bytes, more than the blob has left`,
        start,
        start + 12,
      );
      return false;
    }
    this.#at = to;
    this.#align(4);
    if (name === undefined) {
      this.#report(
        'error',
        'dt/blob-property-name',
        `A property's name at ${hex(nameOffset)} lies outside the strings block; the property is left out`,
        start,
        start + 12,
      );
      return true;
    }
    if (node.children.length > 0)
      this.#report(
        'warning',
        'dt/blob-property-order',
        `The property "${name}" comes after subnodes`,
        start,
        this.#at,
      );
    node.properties.push(new BlobProperty(this.#source, name, start, from, to));
    return true;
  }

  #propertyName(offset: number): string | undefined {
    const known = this.#names.get(offset);
    if (known !== undefined || this.#names.has(offset)) return known;
    const start = this.#header.stringsOffset + offset;
    const nul = start < this.#stringsEnd ? this.#text.indexOf(0, start) : -1;
    const name = nul < 0 || nul >= this.#stringsEnd ? undefined : this.#text.toString('latin1', start, nul);
    this.#names.set(offset, name);
    return name;
  }

  /** Passes over the rest of a node that was just begun. False when the block breaks off. */
  #skipNode(): boolean {
    for (let depth = 1; depth > 0; ) {
      const token = this.#peek();
      if (token === undefined) return false;
      this.#at += 4;
      if (token === BEGIN_NODE) {
        const nul = this.#text.indexOf(0, this.#at);
        if (nul < 0 || nul >= this.#end) return false;
        this.#at = nul + 1;
        this.#align(4);
        depth += 1;
      } else if (token === END_NODE) {
        depth -= 1;
      } else if (token === PROP) {
        if (this.#at + 8 > this.#end) return false;
        const length = this.#view.getUint32(this.#at);
        this.#at += 8;
        if (this.#fullPaths && length >= 8) this.#align(8);
        if (this.#at + length > this.#end) return false;
        this.#at += length;
        this.#align(4);
      } else if (token !== NOP) {
        return false;
      }
    }
    return true;
  }
}
