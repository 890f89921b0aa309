/**
 * The tree of a blob, built on demand: a node knows the offsets of its name, properties and values, most of which are never
 * read.
 *
 * Fields are declared and set in constructors, since a corpus has tens of thousands of these objects and private or
 * initialised fields are slower to create.
 */
import type { Source, Span } from '../../bytes/source.ts';
import { CellList } from '../cell-list.ts';
import { hasTextInAnyCase } from '../string-list.ts';
import type { DtNode, DtProperty, Marker, Placement } from '../tree.ts';
import { repeatsNodeName } from './name-property.ts';
import { type BlobStrings, COMPATIBLE, DMA_RANGES, RANGES, REG, SLOTS, slotOf } from './strings.ts';

export const BEGIN_NODE = 1;
export const END_NODE = 2;
export const PROP = 3;
export const NOP = 4;
export const END = 9;

/** Bytes of a property before its value: the token, the length, the offset of the name. */
export const PROPERTY_HEADER = 12;

/** First version with plain node names, `FDT_NOP` and values aligned to four bytes (dtc's FTF_FULLPATH, FTF_VARALIGN, FTF_NOPS). */
const PLAIN_NAMES_VERSION = 16;

/** Size up to which a blob is kept as text too; those of boards have some ten to hundred KiB. */
const TEXT_BYTES = 1024 * 1024;

const NONE: readonly never[] = [];

/** What all nodes of a blob share: its bytes, and how to find names and values in them. */
export class BlobContents {
  readonly source: Source;
  readonly view: DataView;
  readonly strings: BlobStrings;
  /** Names of nodes are full paths, and values of eight bytes and more are aligned to eight. */
  readonly isOldForm: boolean;
  /** All nodes, parents first. */
  readonly nodes: BlobNode[];
  /** Per node index and slot: offset of the token of the node's first property of that name, or 0. */
  places: Uint32Array;
  /** Tokens of properties that wrongly come after subnodes. */
  readonly late: Map<BlobNode, number[]>;
  /** Offset where reading ended. */
  readEnd: number;
  private readonly structStart: number;
  /** The source's bytes. */
  private readonly buffer: Buffer;
  /** The same as Latin-1, of a blob that is not large: a part of a text is made in a fraction of the time that its bytes take. */
  private readonly text: string | undefined;

  /** @param structStart offset of the structure block */
  constructor(source: Source, version: number, structStart: number, strings: BlobStrings) {
    const { buffer, byteOffset, byteLength } = source.bytes;
    this.source = source;
    this.view = new DataView(buffer, byteOffset, byteLength);
    this.strings = strings;
    this.isOldForm = version < PLAIN_NAMES_VERSION;
    this.nodes = [];
    this.places = new Uint32Array(SLOTS * 128);
    this.late = new Map();
    this.readEnd = structStart;
    this.structStart = structStart;
    this.buffer = Buffer.from(buffer, byteOffset, byteLength);
    this.text = byteLength <= TEXT_BYTES ? this.buffer.toString('latin1') : undefined;
  }

  /** For the reader: the next node, whose token is at `start`. */
  begin(parent: BlobNode | undefined, start: number): BlobNode {
    const { nodes, places } = this;
    const node = new BlobNode(this, parent, nodes.length, start);
    nodes.push(node);
    if (SLOTS * nodes.length > places.length) {
      this.places = new Uint32Array(2 * places.length);
      this.places.set(places);
    }
    return node;
  }

  /** For the reader: where a node has a property of a sought name. Of several the first counts. */
  note({ index }: BlobNode, slot: number, token: number): void {
    const at = SLOTS * index + slot;
    if (this.places[at] === 0) this.places[at] = token;
  }

  /** For the reader: a property after subnodes. */
  noteLate(node: BlobNode, token: number): void {
    const tokens = this.late.get(node);
    if (tokens) tokens.push(token);
    else this.late.set(node, [token]);
  }

  /** Offset of the next NUL, which must exist. A loop, since names are short: calling indexOf costs more than it saves. */
  private endOfText(start: number): number {
    let end = start;
    while (this.buffer[end] !== 0) end += 1;
    return end;
  }

  /** The string at an offset, which must be terminated. */
  textAt(start: number): string {
    const { text } = this;
    return text === undefined
      ? this.buffer.toString('latin1', start, this.endOfText(start))
      : text.slice(start, text.indexOf('\0', start));
  }

  /** Offset of the token after the string at `start`. */
  afterText(start: number): number {
    return this.aligned(this.endOfText(start) + 1, 4);
  }

  /** A plain Uint8Array, which is quicker to create than a Buffer. */
  bytes(start: number, end: number): Uint8Array {
    const { buffer, byteOffset } = this.buffer;
    return new Uint8Array(buffer, byteOffset + start, end - start);
  }

  /** Offset of the first named property from `token` on and before any subnode; -1 when there is none. */
  propertyFrom(token: number): number {
    for (let at = token; at < this.readEnd; at = this.nextToken(at)) {
      const kind = this.view.getUint32(at);
      if (kind === PROP && this.nameOffset(at) <= this.strings.lastEnd) return at;
      if (kind !== PROP && kind !== NOP) return -1;
    }
    return -1;
  }

  /** Offset of the token after an `FDT_PROP` or `FDT_NOP`. */
  nextToken(token: number): number {
    if (this.view.getUint32(token) !== PROP) return token + 4;
    const length = this.view.getUint32(token + 4);
    return this.aligned(this.valueStart(token, length) + length, 4);
  }

  /** Offset in the strings block of the name of the property at `token`. */
  nameOffset(token: number): number {
    return this.view.getUint32(token + 8);
  }

  /** Name of the property at `token`. */
  nameOf(token: number): string {
    return this.strings.nameAt(this.nameOffset(token));
  }

  /** Offset of the value of the property whose token is at `token`. */
  valueStart(token: number, length: number): number {
    const at = token + PROPERTY_HEADER;
    return this.isOldForm && length >= 8 ? this.aligned(at, 8) : at;
  }

  /** The cells of the property whose token is at `token`. */
  cellsAt(token: number): CellList {
    const length = this.view.getUint32(token + 4);
    const from = this.valueStart(token, length);
    return new CellList(this.view, from, from + length, this.source);
  }

  /** The nodes whose `compatible` has a text in small letters. */
  nodesCompatible(text: string): BlobNode[] {
    const { nodes, places, view, buffer } = this;
    const found: BlobNode[] = [];
    for (let index = 0; index < nodes.length; index += 1) {
      const token = places[SLOTS * index + COMPATIBLE]!;
      if (token === 0) continue;
      const length = view.getUint32(token + 4);
      if (length < text.length) continue;
      const start = this.valueStart(token, length);
      if (hasTextInAnyCase(buffer, start, start + length, text)) found.push(nodes[index]!);
    }
    return found;
  }

  /** An offset rounded up to a multiple of `to` (4 or 8) from the start of the structure block. */
  aligned(offset: number, to: number): number {
    const base = this.structStart;
    return base + ((offset - base + to - 1) & -to);
  }
}

export class BlobProperty implements DtProperty {
  declare readonly name: string;
  declare private readonly blob: BlobContents;
  declare private readonly token: number;
  declare private bytes: Uint8Array | undefined;

  /** @param token offset of the property's token */
  constructor(blob: BlobContents, name: string, token: number) {
    this.name = name;
    this.blob = blob;
    this.token = token;
    this.bytes = undefined;
  }

  get value(): Uint8Array {
    if (this.bytes === undefined) {
      const { blob, token } = this;
      const length = blob.view.getUint32(token + 4);
      const start = blob.valueStart(token, length);
      this.bytes = blob.bytes(start, start + length);
    }
    return this.bytes;
  }

  cells(): CellList {
    return this.blob.cellsAt(this.token);
  }

  get markers(): readonly Marker[] {
    return NONE;
  }

  get labels(): readonly string[] {
    return NONE;
  }

  get span(): Span {
    return { source: this.blob.source, start: this.token, end: this.valueSpan.end };
  }

  get valueSpan(): Span {
    const { blob, token } = this;
    const length = blob.view.getUint32(token + 4);
    const start = blob.valueStart(token, length);
    return { source: blob.source, start, end: start + length };
  }
}

export class BlobNode implements DtNode {
  declare readonly parent: BlobNode | undefined;
  declare private readonly blob: BlobContents;
  /** Among all nodes. */
  declare readonly index: number;
  /** Index of the next node that is not below it. */
  declare private after: number;
  /** Offset of its token, which its name follows. */
  declare private readonly start: number;
  /** Offset after the last of its tokens. */
  declare private end: number;
  declare private readName: string | undefined;
  declare private made: readonly BlobProperty[] | undefined;
  declare private listed: readonly BlobNode[] | undefined;

  /** @param start offset of the node's token */
  constructor(blob: BlobContents, parent: BlobNode | undefined, index: number, start: number) {
    this.parent = parent;
    this.blob = blob;
    this.index = index;
    this.after = index + 1;
    this.start = start;
    this.end = start;
    this.readName = undefined;
    this.made = undefined;
    this.listed = undefined;
  }

  get name(): string {
    this.readName ??= this.parent ? this.nameBelow(this.parent) : '';
    return this.readName;
  }

  private nameBelow(parent: BlobNode): string {
    const written = this.writtenName;
    if (!this.blob.isOldForm) return written;
    return this.isBelowItsParent
      ? written.slice(parent.pathBelow.length)
      : written.slice(written.lastIndexOf('/') + 1);
  }

  /** The name in the blob: before version 16 the full path. */
  get writtenName(): string {
    return this.blob.textAt(this.start + 4);
  }

  /** Before version 16: whether the path extends the parent's. */
  get isBelowItsParent(): boolean {
    return !this.parent || this.writtenName.startsWith(this.parent.pathBelow);
  }

  /** Before version 16: what the paths of all children begin with. */
  private get pathBelow(): string {
    const { writtenName } = this;
    return writtenName === '/' ? '/' : `${writtenName}/`;
  }

  get labels(): readonly string[] {
    return NONE;
  }

  get span(): Span {
    return { source: this.blob.source, start: this.start, end: this.end };
  }

  get children(): readonly BlobNode[] {
    this.listed ??= this.listChildren();
    return this.listed;
  }

  private listChildren(): readonly BlobNode[] {
    if (this.after === this.index + 1) return NONE;
    const { nodes } = this.blob;
    const children: BlobNode[] = [];
    for (let index = this.index + 1; index < this.after; index = nodes[index]!.after)
      children.push(nodes[index]!);
    return children;
  }

  get properties(): readonly BlobProperty[] {
    this.made ??= this.makeProperties();
    return this.made;
  }

  find(name: string): DtProperty | undefined {
    const { blob } = this;
    const slot = slotOf(name);
    const token = slot === undefined ? this.searchFor(name) : blob.places[SLOTS * this.index + slot]!;
    return token > 0 ? new BlobProperty(blob, name, token) : undefined;
  }

  /** Offset of the first property of a name that has no slot; 0 when there is none. */
  private searchFor(name: string): number {
    const { blob } = this;
    if (!blob.strings.mayHave(name)) return 0;
    for (let at = this.firstProperty; at > 0; at = blob.propertyFrom(blob.nextToken(at)))
      if (blob.nameOf(at) === name) return at;
    return blob.late.get(this)?.find((at) => blob.nameOf(at) === name) ?? 0;
  }

  /** Offset of its first property, or -1. */
  private get firstProperty(): number {
    return this.blob.propertyFrom(this.blob.afterText(this.start + 4));
  }

  placement(): Placement | undefined {
    const { blob } = this;
    const { places } = blob;
    const at = SLOTS * this.index;
    const reg = places[at + REG]!;
    const ranges = places[at + RANGES]!;
    const dmaRanges = places[at + DMA_RANGES]!;
    if (reg + ranges + dmaRanges === 0) return undefined;
    return {
      reg: reg > 0 ? blob.cellsAt(reg) : undefined,
      ranges: ranges > 0 ? blob.cellsAt(ranges) : undefined,
      'dma-ranges': dmaRanges > 0 ? blob.cellsAt(dmaRanges) : undefined,
    };
  }

  private makeProperties(): readonly BlobProperty[] {
    const { blob } = this;
    const properties: BlobProperty[] = [];
    const add = (token: number): void => {
      properties.push(new BlobProperty(blob, blob.nameOf(token), token));
    };
    for (let at = this.firstProperty; at > 0; at = blob.propertyFrom(blob.nextToken(at))) add(at);
    for (const at of blob.late.get(this) ?? NONE) add(at);
    if (!blob.isOldForm) return properties;
    const redundant = properties.findIndex((property) => property.name === 'name');
    if (redundant >= 0 && repeatsNodeName(properties[redundant]!, this)) properties.splice(redundant, 1);
    return properties;
  }

  /** For the reader. @param end offset after the node @param after index of the next node that is not below it */
  close(end: number, after: number): void {
    this.end = end;
    this.after = after;
  }
}
