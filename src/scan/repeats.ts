/**
 * A cache of scanned streams. Flash has the same firmware twice or more, and a disk many times: the results for an equal
 * stream are copied instead of decompressing and scanning it again.
 */
import type { Diagnostic } from '../bytes/diagnostic.ts';
import type { Access } from '../containers/access.ts';
import type { Decoder } from '../containers/codecs/output.ts';
import type { Choice } from '../containers/container.ts';
import { COMPRESSIONS } from '../containers/rows.ts';
import type { Find } from './find.ts';
import { holds } from './known.ts';

/** The results of scanning a space, with paths and containers from that space on. */
export interface Outcome {
  readonly finds: readonly Find[];
  /** By the find's id. */
  readonly contents: ReadonlyMap<number, Uint8Array>;
  readonly choices: readonly {
    readonly path: string;
    readonly axis: string;
    readonly list: readonly Choice[];
  }[];
  readonly same: readonly (readonly [path: string, as: string])[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The space that an outcome was computed for. */
export interface Origin {
  readonly path: string;
  /** Number of containers, its own included. */
  readonly steps: number;
  readonly depth: number;
  /** The banner of the kernel that it was decompressed from; undefined when there is no kernel or no banner. */
  readonly banner: Banner | undefined;
}

/** The banner of a kernel. */
export interface Banner {
  readonly release: string;
  readonly text: string;
}

export interface Repeat {
  readonly origin: Origin;
  readonly outcome: Outcome;
  /** Stored bytes of the stream. */
  readonly size: number;
  readonly unpacked: number;
}

/** The key of a stream: its place, and how it is decoded and used. */
export interface StreamKey {
  readonly access: Access;
  readonly at: number;
  /** Stored bytes available. */
  readonly most: number;
  /** Whether the stream has exactly that many bytes; else its end is found by decoding. */
  readonly isWhole: boolean;
  readonly format: string;
  readonly decode: Decoder;
  readonly content: string | undefined;
  /** Whether it is part of a kernel, whose banner it may have. */
  readonly inKernel: boolean;
}

interface Kept extends Repeat {
  readonly key: Omit<StreamKey, 'access' | 'at' | 'most'>;
  readonly stored: Uint8Array;
  readonly bytes: number;
}

/** The first bytes of streams, which are part of the key. */
const HEAD_BYTES = 64;
/** The most streams kept with the same first bytes; streams with a header rarely have two. */
const MOST_ALIKE = 4;
/** The memory of an entry besides its bytes, in total and per find. */
const EACH_BYTES = 4096;
const EACH_FIND_BYTES = 1024;
/** Skippable frames of zstd (RFC 8878, 3.1.2): the last three bytes of their magic. */
const SKIPPABLE = [0x2a, 0x4d, 0x18];
/** The block size of legacy lz4 streams, which have no end mark: after a full last block, any data may be another block. */
const LZ4_BLOCK_BYTES = 8 << 20;
/** The bytes read at once when padding is skipped. */
const PADDING_AT_ONCE = 128 * 1024;

function headOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, HEAD_BYTES));
}

/** Whether the data after a stream may continue it (concatenated streams). */
function mayGoOn({ access, format }: StreamKey, end: number, limit: number): boolean {
  let at = end;
  // xz allows zero padding between streams.
  if (format === 'xz')
    for (;;) {
      const piece = access.read(at, Math.min(PADDING_AT_ONCE, limit - at));
      const first = piece.findIndex((byte) => byte !== 0);
      at += first < 0 ? piece.length : first;
      if (first >= 0 || piece.length === 0) break;
    }
  if (at >= limit) return false;
  const head = access.read(at, Math.min(HEAD_BYTES, limit - at));
  if (SKIPPABLE.every((byte, index) => head[index + 1] === byte)) return true;
  return COMPRESSIONS.some((row) => row.magics.length > 0 && row.sniff(head));
}

export class Repeats {
  /** By first bytes. */
  readonly #kept = new Map<string, Kept[]>();
  /** The most bytes kept, and the bytes kept now. */
  readonly #room: number;
  #held = 0;

  constructor(room: number) {
    this.#room = room;
  }

  /** The bytes kept now. */
  get bytes(): number {
    return this.#held;
  }

  /** The results of an equal stream; undefined when there is none. @param depth of its content */
  find(key: StreamKey, depth: number): Repeat | undefined {
    if (this.#kept.size === 0) return undefined;
    const { access, at, most, isWhole } = key;
    const alike = this.#kept.get(headOf(access.read(at, HEAD_BYTES))) ?? [];
    return alike.find(
      (kept) =>
        (isWhole ? kept.size === most : kept.size <= most) &&
        kept.key.isWhole === isWhole &&
        kept.key.format === key.format &&
        kept.key.decode === key.decode &&
        kept.key.content === key.content &&
        kept.key.inKernel === key.inKernel &&
        // At a greater depth, something inside might exceed the limit.
        depth <= kept.origin.depth &&
        holds(access, at, kept.stored) &&
        (isWhole || !mayGoOn(key, at + kept.size, at + most)),
    );
  }

  /** Keeps the results of a stream; the oldest are dropped when there is no room. */
  keep(key: StreamKey, repeat: Repeat): void {
    const { access, at, ...rest } = key;
    const { size, unpacked, outcome } = repeat;
    if (key.format === 'lz4' && unpacked % LZ4_BLOCK_BYTES === 0) return;
    let bytes = size + EACH_BYTES + outcome.finds.length * EACH_FIND_BYTES;
    for (const content of outcome.contents.values()) bytes += content.length;
    if (bytes > this.#room) return;
    this.#makeRoom(bytes);
    const stored = access.read(at, size).slice();
    const head = headOf(stored);
    const alike = this.#kept.get(head) ?? [];
    if (alike.length >= MOST_ALIKE) return;
    this.#kept.set(head, [...alike, { ...repeat, key: rest, stored, bytes }]);
    this.#held += bytes;
  }

  /** Drops the oldest entries. */
  #makeRoom(bytes: number): void {
    for (const [head, alike] of this.#kept) {
      if (this.#held + bytes <= this.#room) return;
      this.#kept.delete(head);
      for (const { bytes: freed } of alike) this.#held -= freed;
    }
  }
}
