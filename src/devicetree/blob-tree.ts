/**
 * The tree of a blob, made no further than it is asked for. Of a corpus of blobs most property values, names of nodes
 * and spans are never looked at; a node only knows where in the blob they are.
 *
 * Fields are declared and set in constructors: a corpus has hundreds of thousands of these objects, and private or
 * initialised fields take longer to make.
 */
import type { Source, Span } from '../bytes/source.ts';
import { CellList } from './cell-list.ts';
import { repeatsNodeName } from './name-property.ts';
import type { DtNode, DtProperty, Marker, Placement } from './tree.ts';

export const BEGIN_NODE = 1;
export const END_NODE = 2;
export const PROP = 3;
export const NOP = 4;
export const END = 9;

/** Bytes of a property before its value: the token, the length, the offset of the name. */
export const PROPERTY_HEADER = 12;

/** First version in which nodes have plain names, `NOP` tokens occur and values are aligned to four. */
const PLAIN_NAMES_VERSION = 16;

const NONE: readonly never[] = [];

/** Where the blocks of a blob lie: byte offsets, ends exclusive. */
export interface BlobLayout {
  readonly version: number;
  readonly structStart: number;
  readonly stringsStart: number;
  readonly stringsEnd: number;
}

/** What all nodes of one blob share: its bytes, and how names and values are found in them. */
export class BlobContents {
  readonly source: Source;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Names of nodes are full paths, and values of eight bytes and more are aligned to eight. */
  readonly isOldForm: boolean;
  /** Length of the longest text in the strings block. */
  readonly longestName: number;
  readonly #structStart: number;
  readonly #stringsStart: number;
  /** Offset of the last NUL in the strings block: every name that starts before has an end. */
  readonly #lastNul: number;
  readonly #names = new Map<number, string>();

  constructor(source: Source, { version, structStart, stringsStart, stringsEnd }: BlobLayout) {
    const { buffer, byteOffset, byteLength } = source.bytes;
    this.source = source;
    // Not a Buffer, which would make Buffers of its parts, and those take longer to make.
    this.bytes = new Uint8Array(buffer, byteOffset, byteLength);
    this.view = new DataView(buffer, byteOffset, byteLength);
    this.isOldForm = version < PLAIN_NAMES_VERSION;
    this.#structStart = structStart;
    this.#stringsStart = stringsStart;
    let lastNul = stringsStart - 1;
    let longest = 0;
    for (let at = stringsStart; at < stringsEnd; at += 1) {
      if (this.bytes[at] !== 0) continue;
      if (at - lastNul > longest) longest = at - lastNul;
      lastNul = at;
    }
    this.#lastNul = lastNul;
    this.longestName = longest - 1;
  }

  /** Whether a name has its end in the strings block. @param offset from the start of that block */
  hasEnd(offset: number): boolean {
    return this.#stringsStart + offset <= this.#lastNul;
  }

  /** The bit of {@link nameBit} of a name; any for one outside of the blob. */
  bitOfName(offset: number): number {
    const start = this.#stringsStart + offset;
    return bitOf(this.bytes[start] ?? 0, this.bytes[start + 1] ?? 0);
  }

  lengthOfName(offset: number): number {
    const start = this.#stringsStart + offset;
    return this.bytes.indexOf(0, start) - start;
  }

  isName(offset: number, name: string): boolean {
    const start = this.#stringsStart + offset;
    const { bytes } = this;
    for (let index = 0; index < name.length; index += 1)
      if (bytes[start + index] !== name.charCodeAt(index)) return false;
    return bytes[start + name.length] === 0;
  }

  nameAt(offset: number): string {
    let name = this.#names.get(offset);
    if (name === undefined) {
      const start = this.#stringsStart + offset;
      name = this.text(start, start + this.lengthOfName(offset));
      this.#names.set(offset, name);
    }
    return name;
  }

  text(start: number, end: number): string {
    const { buffer, byteOffset } = this.bytes;
    return Buffer.from(buffer, byteOffset + start, end - start).toString('latin1');
  }

  /** Offset of the name of the property at `token`; -1 for a `NOP`, and for a name without an end. */
  nameOffset(token: number): number {
    if (this.view.getUint32(token) !== PROP) return -1;
    const offset = this.view.getUint32(token + 8);
    return this.hasEnd(offset) ? offset : -1;
  }

  /** The property whose token is at `token`. */
  propertyAt(token: number, name: string): BlobProperty {
    const length = this.view.getUint32(token + 4);
    const from = this.valueStart(token, length);
    return new BlobProperty(this, name, token, from, from + length);
  }

  /** Where the token behind a `PROP` or a `NOP` is. */
  nextToken(token: number): number {
    if (this.view.getUint32(token) !== PROP) return token + 4;
    const length = this.view.getUint32(token + 4);
    return this.aligned(this.valueStart(token, length) + length, 4);
  }

  /** Where the value of the property begins whose token is at `token`. */
  valueStart(token: number, length: number): number {
    const at = token + PROPERTY_HEADER;
    return this.isOldForm && length >= 8 ? this.aligned(at, 8) : at;
  }

  /** @param to 4 or 8; counted from the start of the structure block */
  aligned(offset: number, to: number): number {
    const base = this.#structStart;
    return base + ((offset - base + to - 1) & -to);
  }
}

export class BlobProperty implements DtProperty {
  declare readonly name: string;
  declare private readonly blob: BlobContents;
  declare private readonly token: number;
  declare private readonly from: number;
  declare private readonly to: number;
  declare private bytes: Uint8Array | undefined;

  /** @param token offset of the property's token; its value is from `from` to before `to` */
  constructor(blob: BlobContents, name: string, token: number, from: number, to: number) {
    this.name = name;
    this.blob = blob;
    this.token = token;
    this.from = from;
    this.to = to;
    this.bytes = undefined;
  }

  get value(): Uint8Array {
    this.bytes ??= this.blob.bytes.subarray(this.from, this.to);
    return this.bytes;
  }

  cells(): CellList {
    return new CellList(this.blob.view, this.from, this.to);
  }

  get markers(): readonly Marker[] {
    return NONE;
  }

  get labels(): readonly string[] {
    return NONE;
  }

  get span(): Span {
    return { source: this.blob.source, start: this.token, end: this.to };
  }

  get valueSpan(): Span {
    return { source: this.blob.source, start: this.from, end: this.to };
  }
}

/** One of 32 bits for a name, by its first two characters; a name has at least one. */
function nameBit(name: string): number {
  return bitOf(name.charCodeAt(0), name.length > 1 ? name.charCodeAt(1) : 0);
}

/** Spreads the names that addresses are found by, and those that most nodes have. */
function bitOf(first: number, second: number): number {
  return 1 << ((first * 7 + second) & 31);
}

const STATUS_BIT = nameBit('status');
const REG_BIT = nameBit('reg');
const RANGES_BIT = nameBit('ranges');
const DMA_RANGES_BIT = nameBit('dma-ranges');
const PLACEMENT_BITS = STATUS_BIT | REG_BIT | RANGES_BIT | DMA_RANGES_BIT;
const NO_PLACEMENT: Placement = {
  status: undefined,
  reg: undefined,
  ranges: undefined,
  'dma-ranges': undefined,
};

/** Most nodes have none; a node that gets one gets a list of its own. */
const NO_CHILDREN: BlobNode[] = [];

export class BlobNode implements DtNode {
  declare readonly parent: BlobNode | undefined;
  declare children: BlobNode[];
  declare private readonly blob: BlobContents;
  declare private readonly start: number;
  declare private end: number;
  declare private readonly nameStart: number;
  declare private readonly nameEnd: number;
  declare private readName: string | undefined;
  /** Tokens of the properties before any subnode: nothing but `PROP` and `NOP`. */
  declare private readonly propertiesStart: number;
  declare private propertiesEnd: number;
  /** Tokens of properties that wrongly come after subnodes. */
  declare private late: number[] | undefined;
  /** Bits of {@link nameBit} of all properties: most searches end here. */
  declare private names: number;
  declare private made: readonly BlobProperty[] | undefined;

  /**
   * @param start offset of the node's token
   * @param nameStart where its name stands in the blob, before `nameEnd`
   * @param propertiesStart offset behind the name and its padding
   */
  constructor(
    blob: BlobContents,
    parent: BlobNode | undefined,
    start: number,
    nameStart: number,
    nameEnd: number,
    propertiesStart: number,
  ) {
    this.parent = parent;
    this.children = NO_CHILDREN;
    this.blob = blob;
    this.start = start;
    this.end = propertiesStart;
    this.nameStart = nameStart;
    this.nameEnd = nameEnd;
    this.readName = undefined;
    this.propertiesStart = propertiesStart;
    this.propertiesEnd = propertiesStart;
    this.late = undefined;
    this.names = 0;
    this.made = undefined;
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

  /** As it stands in the blob: before version 16 the full path. */
  get writtenName(): string {
    return this.blob.text(this.nameStart, this.nameEnd);
  }

  /** Before version 16: whether the path goes on from the parent's. */
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

  get properties(): readonly BlobProperty[] {
    this.made ??= this.makeProperties();
    return this.made;
  }

  find(name: string): DtProperty | undefined {
    return this.search(name, nameBit(name));
  }

  placement(): Placement {
    if ((this.names & PLACEMENT_BITS) === 0) return NO_PLACEMENT;
    return {
      status: this.search('status', STATUS_BIT),
      reg: this.search('reg', REG_BIT),
      ranges: this.search('ranges', RANGES_BIT),
      'dma-ranges': this.search('dma-ranges', DMA_RANGES_BIT),
    };
  }

  private search(name: string, bit: number): DtProperty | undefined {
    if ((this.names & bit) === 0) return undefined;
    const { blob } = this;
    if (this.made || this.late || blob.isOldForm)
      return this.properties.find((property) => property.name === name);
    for (let token = this.propertiesStart; token < this.propertiesEnd; token = blob.nextToken(token)) {
      const offset = blob.nameOffset(token);
      if (offset >= 0 && blob.isName(offset, name)) return blob.propertyAt(token, name);
    }
    return undefined;
  }

  private makeProperties(): readonly BlobProperty[] {
    const { blob } = this;
    const properties: BlobProperty[] = [];
    const add = (token: number): void => {
      const offset = blob.nameOffset(token);
      if (offset >= 0) properties.push(blob.propertyAt(token, blob.nameAt(offset)));
    };
    for (let token = this.propertiesStart; token < this.propertiesEnd; token = blob.nextToken(token))
      add(token);
    for (const token of this.late ?? NONE) add(token);
    if (!blob.isOldForm) return properties;
    const redundant = properties.findIndex((property) => property.name === 'name');
    if (redundant >= 0 && repeatsNodeName(properties[redundant]!, this)) properties.splice(redundant, 1);
    return properties;
  }

  /** For the reader, while the node is open: the property at `token`, whose padding ends at `end`. */
  addProperty(token: number, nameOffset: number, end: number): void {
    this.names |= this.blob.bitOfName(nameOffset);
    if (this.children.length === 0) {
      this.propertiesEnd = end;
    } else {
      this.late ??= [];
      this.late.push(token);
    }
  }

  addChild(child: BlobNode): void {
    if (this.children === NO_CHILDREN) this.children = [child];
    else this.children.push(child);
  }

  /** @param end offset behind the last of its tokens */
  close(end: number): void {
    this.end = end;
  }
}
