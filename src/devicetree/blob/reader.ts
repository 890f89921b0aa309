/**
 * Reads flattened device trees: versions 16 and 17 of the Devicetree Specification 0.4, chapter 5, and the older
 * 1, 2 and 3, in which node names are full paths, values of eight bytes and more are aligned to eight, and every
 * node has a `name` property.
 */

import { hex } from '../../bytes/address.ts';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import type { Source, Span } from '../../bytes/source.ts';
import { type ArgsOf, type Code, finding } from '../../findings/finding.ts';
import { InnerLimit, limit, moreThan, overLimit } from '../../limits/limits.ts';
import { type BlobHeader, type DeviceTree, holdsOverlay, type MemoryReservation } from '../tree.ts';
import { type ReadHeader, readHeader } from './header.ts';
import { BlobStrings } from './strings.ts';
import {
  BEGIN_NODE,
  BlobContents,
  type BlobNode,
  END,
  END_NODE,
  NOP,
  PROP,
  PROPERTY_HEADER,
} from './tree.ts';

/** Returned instead of a token at the end of the blob; tokens are not negative. */
const NO_TOKEN = -1;

const TREE_PROPERTIES = new InnerLimit('tree-properties');
const TREE_DEPTH = new InnerLimit('tree-depth');

/**
 * Reads a blob. Faults become diagnostics at their byte offset; one after which nothing can be trusted ends the reading,
 * and the tree is what was read so far. Undefined when there is no root node.
 */
export function readBlob(source: Source, sink: DiagnosticSink): DeviceTree | undefined {
  const header = readHeader(source, sink);
  if (!header) return undefined;
  const structure = new StructureReader(source, header, sink);
  const root = structure.read();
  return (
    root && new BlobTree(source, header, root, structure.contents, readReservations(source, header, sink))
  );
}

class BlobTree implements DeviceTree {
  readonly source: Source;
  readonly form = 'dtb';
  readonly root: BlobNode;
  readonly nodes: readonly BlobNode[];
  readonly reservations: readonly MemoryReservation[];
  readonly bootCpuid: number;
  readonly header: BlobHeader;
  readonly #contents: BlobContents;

  constructor(
    source: Source,
    header: ReadHeader,
    root: BlobNode,
    contents: BlobContents,
    reservations: readonly MemoryReservation[],
  ) {
    this.source = source;
    this.root = root;
    this.nodes = contents.nodes;
    this.#contents = contents;
    this.reservations = reservations;
    this.bootCpuid = header.bootCpuid;
    this.header = header.fields;
  }

  nodesCompatible(text: string): readonly BlobNode[] {
    return this.#contents.nodesCompatible(text);
  }

  get overlay(): boolean {
    return holdsOverlay(this.root);
  }
}

/** The memory reservation block: pairs of address and size, ended by a size of 0 (as dtc and libfdt end it). */
function readReservations(
  source: Source,
  { fields, end }: ReadHeader,
  sink: DiagnosticSink,
): MemoryReservation[] {
  const { bytes } = source;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reservations: MemoryReservation[] = [];
  let at = fields.reservationsOffset;
  for (; at + 16 <= end && reservations.length < limit('blob-reservations'); at += 16) {
    const size = view.getBigUint64(at + 8);
    if (size === 0n) return reservations;
    reservations.push({
      address: view.getBigUint64(at),
      size,
      labels: [],
      span: { source, start: at, end: at + 16 },
    });
  }
  sink.add(
    finding(
      'dt/blob-reservations',
      { most: limit('blob-reservations'), ends: at + 16 > end },
      { span: { source, start: Math.min(at, end), end } },
    ),
  );
  return reservations;
}

/**
 * One pass over the structure block, which finds every fault; the values are read later, on demand.
 */
class StructureReader {
  readonly contents: BlobContents;
  private readonly view: DataView;
  private readonly bytes: Uint8Array;
  private readonly header: BlobHeader;
  private readonly sink: DiagnosticSink;
  /** Exclusive end of the blob. */
  private readonly end: number;
  /** Offsets of the names seen, where names are long, and their total length. */
  private readonly names = new Set<number>();
  private namesLength = 0;
  private readonly mostNodes = limit('tree-nodes');

  constructor(source: Source, { fields, end }: ReadHeader, sink: DiagnosticSink) {
    const { version, structOffset, stringsOffset, stringsSize } = fields;
    const stringsEnd = stringsSize === undefined ? end : Math.min(end, stringsOffset + stringsSize);
    const strings = new BlobStrings(
      source.bytes.subarray(stringsOffset, Math.max(stringsOffset, stringsEnd)),
    );
    this.contents = new BlobContents(source, version, structOffset, strings);
    this.view = this.contents.view;
    this.bytes = source.bytes;
    this.header = fields;
    this.sink = sink;
    this.end = end;
  }

  private report<C extends Code>(code: C, args: ArgsOf<C>, start: number, end = start + 4): void {
    const span: Span = { source: this.contents.source, start, end: Math.min(end, this.end) };
    this.sink.add(finding(code, args, { span }));
  }

  /** The root, or undefined when the block doesn't start with a node. */
  read(): BlobNode | undefined {
    const start = this.afterNops(this.header.structOffset);
    const first = this.tokenAt(start);
    if (first === BEGIN_NODE) {
      const from = this.afterName(start);
      if (from < 0) return undefined;
      const root = this.contents.begin(undefined, start);
      this.readBelow(root, from);
      return root;
    }
    const problem =
      first === NO_TOKEN
        ? 'The structure block is empty'
        : `The structure block starts with ${hex(first)} instead of a node`;
    this.report('dt/blob-struct', { problem }, start);
    return undefined;
  }

  /**
   * Reads the structure block from `from` to its end. The common tokens are handled in this one loop rather than in methods:
   * V8 would compile those only after much of a corpus has been read.
   */
  private readBelow(root: BlobNode, from: number): void {
    const { contents, view, end } = this;
    const { isOldForm, strings } = contents;
    const { lastEnd, slots, hasLongNames } = strings;
    const base = this.header.structOffset;
    const mostProperties = TREE_PROPERTIES.now;
    const mostDepth = TREE_DEPTH.now;
    let node = root;
    let depth = 1;
    let properties = 0;
    let start = from;
    let at = from;
    for (; ; start = at) {
      const token = start + 4 <= end ? view.getUint32(start) : NO_TOKEN;
      at = start + 4;
      if (token === PROP) {
        properties += 1;
        if (properties > mostProperties || start + PROPERTY_HEADER > end) {
          this.refuseProperty(start, properties);
          break;
        }
        const length = view.getUint32(start + 4);
        const name = view.getUint32(start + 8);
        const value = isOldForm ? contents.valueStart(start, length) : start + PROPERTY_HEADER;
        if (value + length > end) {
          this.refuseProperty(start, properties);
          at = start + PROPERTY_HEADER;
          break;
        }
        at = base + ((value + length - base + 3) & -4);
        if (name > lastEnd) {
          this.reportNameless(start, name);
          continue;
        }
        if (hasLongNames && !this.isNameAffordable(name, start)) break;
        if (slots[name]! > 0) contents.note(node, slots[name]!, start);
        // Nodes with a higher index are children of this one, which is still open.
        if (node.index + 1 < contents.nodes.length) this.noteLate(node, start, at);
      } else if (token === BEGIN_NODE && depth < mostDepth) {
        const after = this.afterName(start);
        if (after < 0) break;
        at = after;
        depth += 1;
        node = contents.begin(node, start);
        if (isOldForm) this.checkPath(node, start);
      } else if (token === BEGIN_NODE) {
        this.reportTooDeep(start);
        const after = this.afterNode(start);
        if (after < 0) break;
        at = after;
      } else if (token === END_NODE) {
        node.close(at, contents.nodes.length);
        if (!node.parent) {
          contents.readEnd = at;
          this.finish(at);
          return;
        }
        node = node.parent;
        depth -= 1;
      } else if (token === NOP) {
        if (isOldForm) this.reportNop(start);
      } else {
        if (token === NO_TOKEN) at = start;
        this.reportToken(token, start);
        break;
      }
    }
    contents.readEnd = start;
    for (let open: BlobNode | undefined = node; open; open = open.parent)
      open.close(Math.min(at, end), contents.nodes.length);
  }

  private reportTooDeep(start: number): void {
    const problem = `Nodes nest ${moreThan('tree-depth')}; those below are not read`;
    this.report('dt/too-deep', { problem }, start);
  }

  private reportNop(start: number): void {
    this.report('dt/blob-nop', { version: this.header.version }, start);
  }

  /** An unexpected token, or the end of the blob. */
  private reportToken(token: number, start: number): void {
    if (token === NO_TOKEN)
      this.report('dt/blob-truncated', { problem: 'The structure block ends inside a node' }, start);
    else this.report('dt/blob-token', { token: token === END ? undefined : hex(token) }, start);
  }

  private tokenAt(at: number): number {
    return at + 4 <= this.end ? this.view.getUint32(at) : NO_TOKEN;
  }

  private afterNops(from: number): number {
    let at = from;
    while (this.tokenAt(at) === NOP) at += 4;
    return at;
  }

  /** After the root node only `FDT_END` may follow, at the size that the header gives. */
  private finish(afterRoot: number): void {
    const at = this.afterNops(afterRoot);
    if (this.tokenAt(at) !== END) {
      this.report('dt/blob-end', {}, at);
      return;
    }
    const { structSize, structOffset } = this.header;
    const size = at + 4 - structOffset;
    if (structSize === undefined || structSize === size) return;
    this.report('dt/blob-struct-size', { said: structSize, is: size }, 36, 40);
  }

  /** Offset of the token after the string at an offset; -1 when the blob ends inside the string. */
  private afterText(start: number): number {
    const { contents, bytes, end } = this;
    // A loop, since names are short: calling indexOf costs more than it saves.
    for (let at = start; at < end; at += 1) if (bytes[at] === 0) return contents.aligned(at + 1, 4);
    return -1;
  }

  /** Offset after the name of the node whose token is at `start`; -1, reported, when it can't be read. */
  private afterName(start: number): number {
    if (this.contents.nodes.length >= this.mostNodes) {
      this.report('dt/too-large', { problem: `${overLimit('tree-nodes')}; the rest is not read` }, start);
      return -1;
    }
    const after = this.afterText(start + 4);
    if (after < 0)
      this.report(
        'dt/blob-truncated',
        { problem: 'The blob ends inside the name of a node' },
        start,
        this.end,
      );
    return after;
  }

  /** Before version 16 the name of a node is its path. */
  private checkPath(node: BlobNode, start: number): void {
    if (node.isBelowItsParent) return;
    this.report('dt/blob-path', { path: node.writtenName, parent: node.parent?.writtenName }, start);
  }

  /** Reports why reading ends at a property: too many of them, or the blob ends inside it. */
  private refuseProperty(start: number, properties: number): void {
    const after = start + PROPERTY_HEADER;
    if (properties > limit('tree-properties')) {
      const problem = `${overLimit('tree-properties')}; the rest is not read`;
      this.report('dt/too-large', { problem }, start);
    } else if (after > this.end) {
      this.report('dt/blob-truncated', { problem: 'The blob ends inside a property' }, start, this.end);
    } else {
      const { strings } = this.contents;
      const length = this.view.getUint32(start + 4);
      const offset = this.view.getUint32(start + 8);
      const name = offset > strings.lastEnd ? 'a property' : `"${strings.nameAt(offset)}"`;
      this.report('dt/blob-property-length', { name, length }, start, after);
    }
  }

  private reportNameless(start: number, nameOffset: number): void {
    this.report('dt/blob-property-name', { offset: hex(nameOffset) }, start, start + PROPERTY_HEADER);
  }

  private noteLate(node: BlobNode, start: number, end: number): void {
    this.report('dt/blob-property-order', { name: this.contents.nameOf(start) }, start, end);
    this.contents.noteLate(node, start);
  }

  /** Counts a name once, towards `limit('blob-name-bytes')`; false, reported, when that is exceeded. */
  private isNameAffordable(nameOffset: number, start: number): boolean {
    if (!this.names.has(nameOffset)) {
      this.names.add(nameOffset);
      this.namesLength += this.contents.strings.lengthAt(nameOffset);
    }
    if (this.namesLength <= limit('blob-name-bytes')) return true;
    const problem = `Names of properties have ${moreThan('blob-name-bytes')} together; the rest is not read`;
    this.report('dt/too-large', { problem }, start);
    return false;
  }

  /** Offset after the node whose token is at `start`; -1 when the block ends before it does. */
  private afterNode(start: number): number {
    const { contents, view, end } = this;
    let depth = 0;
    let at = start;
    do {
      const token = this.tokenAt(at);
      if (token === BEGIN_NODE) {
        depth += 1;
        at = this.afterText(at + 4);
        if (at < 0) return -1;
      } else if (token === PROP) {
        if (at + PROPERTY_HEADER > end) return -1;
        const length = view.getUint32(at + 4);
        const valueEnd = contents.valueStart(at, length) + length;
        if (valueEnd > end) return -1;
        at = contents.aligned(valueEnd, 4);
      } else if (token === END_NODE || token === NOP) {
        if (token === END_NODE) depth -= 1;
        at += 4;
      } else {
        return -1;
      }
    } while (depth > 0);
    return at;
  }
}
