/** A property's value while it is parsed: its bytes, and markers for types, labels and references. */
import type { Span } from '../../bytes/source.ts';
import type { Marker } from '../tree.ts';

export type CellBits = 8 | 16 | 32 | 64;

/** The content of a reference's cell until it is resolved. */
const UNRESOLVED_PHANDLE = 0xffffffff;

const CELL_MARKER = { 8: 'uint8', 16: 'uint16', 32: 'uint32', 64: 'uint64' } as const;

/** Values share buffers of at least this size: a buffer of its own takes ten times the size of a typical value. */
const CHUNK_BYTES = 16 * 1024;

export class ValueBuilder {
  /** The memory in use: values taken before, then the one being built, from `#start` to `#end`. */
  #bytes = new Uint8Array(CHUNK_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #start = 0;
  #end = 0;
  #markers: Marker[] = [];

  get length(): number {
    return this.#end - this.#start;
  }

  /** Extends the value by so many bytes. @returns the index of the first */
  #grow(by: number): number {
    if (this.#end + by > this.#bytes.length) {
      const { length } = this;
      const grown = new Uint8Array(Math.max(CHUNK_BYTES, 2 * (length + by)));
      grown.set(this.#bytes.subarray(this.#start, this.#end));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
      this.#start = 0;
      this.#end = length;
    }
    const at = this.#end;
    this.#end += by;
    return at;
  }

  mark(kind: 'string' | 'none'): void {
    this.#markers.push({ kind, offset: this.length });
  }

  markCells(bits: CellBits): void {
    this.#markers.push({ kind: CELL_MARKER[bits], offset: this.length });
  }

  label(name: string): void {
    this.#markers.push({ kind: 'label', offset: this.length, name });
  }

  cell(value: bigint, bits: CellBits): void {
    const at = this.#grow(bits / 8);
    if (bits === 64) this.#view.setBigUint64(at, value);
    else if (bits === 32) this.#view.setUint32(at, Number(value & 0xffffffffn));
    else if (bits === 16) this.#view.setUint16(at, Number(value & 0xffffn));
    else this.#view.setUint8(at, Number(value & 0xffn));
  }

  /** A 32-bit cell from a number below 2^32. */
  word(value: number): void {
    const at = this.#grow(4);
    this.#view.setUint32(at, value);
  }

  byte(value: number): void {
    const at = this.#grow(1);
    this.#bytes[at] = value;
  }

  /** Appends Latin-1 text. */
  text(text: string): void {
    const at = this.#grow(text.length);
    for (let index = 0; index < text.length; index += 1) this.#bytes[at + index] = text.charCodeAt(index);
  }

  bytes(bytes: Uint8Array): void {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
  }

  phandleReference(target: string, span: Span): void {
    this.#markers.push({ kind: 'phandle-reference', offset: this.length, target, span });
    this.word(UNRESOLVED_PHANDLE);
  }

  /** The path's bytes are inserted when references are resolved. */
  pathReference(target: string, span: Span): void {
    this.mark('string');
    this.#markers.push({ kind: 'path-reference', offset: this.length, target, span });
  }

  /** Returns the value and starts a new one. */
  take(): { readonly value: Uint8Array; readonly markers: Marker[] } {
    const value = new Uint8Array(this.#bytes.buffer, this.#start, this.length);
    // Copied, since an array that grew by pushes has spare capacity, and a large tree has a hundred thousand of them.
    const markers = this.#markers.slice();
    this.#start = this.#end;
    this.#markers.length = 0;
    return { value, markers };
  }
}
