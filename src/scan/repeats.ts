/**
 * Streams that were unpacked and looked through. Flash holds the same firmware two times or more, and a disk many: an equal
 * stream elsewhere gives the same finds at other places, and is not unpacked again.
 */
import type { Diagnostic } from '../bytes/diagnostic.ts';
import type { Access } from '../containers/access.ts';
import type { Decoder } from '../containers/codecs/output.ts';
import type { Choice } from '../containers/container.ts';
import { COMPRESSIONS } from '../containers/rows.ts';
import type { Find } from './find.ts';
import { holds } from './known.ts';

/** What looking through a space gave. Paths and containers are those of the space and below. */
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
  readonly told: readonly Diagnostic[];
}

/** Where the space was that an outcome is of, and what it was a part of. */
export interface Origin {
  readonly path: string;
  /** Containers around it, itself included. */
  readonly steps: number;
  readonly depth: number;
  /** What was said of the kernel that it was unpacked from; undefined where it was of none, or nothing was said. */
  readonly banner: Banner | undefined;
}

/** What a kernel prints first. */
export interface Banner {
  readonly release: string;
  readonly text: string;
}

export interface Repeat {
  readonly origin: Origin;
  readonly outcome: Outcome;
  /** Bytes that the stream takes. */
  readonly size: number;
  readonly unpacked: number;
}

/** A stream, as far as its place and what is made of it go. */
export interface Asked {
  readonly access: Access;
  readonly at: number;
  /** Bytes in which it has to end. */
  readonly most: number;
  /** Whether it is all of them; else it ends where it says. */
  readonly isWhole: boolean;
  readonly format: string;
  readonly decode: Decoder;
  readonly content: string | undefined;
  /** Whether it is a part of a kernel, whose release it may tell. */
  readonly inKernel: boolean;
}

interface Kept extends Repeat {
  readonly asked: Omit<Asked, 'access' | 'at' | 'most'>;
  readonly stored: Uint8Array;
  readonly bytes: number;
}

/** Streams that begin alike are told apart by these. */
const HEAD_BYTES = 64;
/** Streams with the same beginning that are compared; what is wrapped in a header of its own has hardly two. */
const MOST_ALIKE = 4;
/** What one takes besides the bytes that are held: finds, their containers. */
const EACH_BYTES = 4096;
const EACH_FIND_BYTES = 1024;
/** Skippable frames of zstd (RFC 8878, 3.1.2): the last three bytes of their magic. */
const SKIPPABLE = [0x2a, 0x4d, 0x18];
/** Blocks of old lz4 streams, which have no end mark: behind a last one of this size anything may be another one. */
const LZ4_BLOCK_BYTES = 8 << 20;
/** Zeros between streams are read in pieces of this size. */
const PADDING_AT_ONCE = 128 * 1024;

function headOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, HEAD_BYTES));
}

/** Whether what stands behind a stream may be more of it. */
function mayGoOn({ access, format }: Asked, end: number, limit: number): boolean {
  let at = end;
  // Streams of xz may have zeros between them.
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
  /** By their first bytes. */
  readonly #kept = new Map<string, Kept[]>();
  /** Bytes that are held at most, and those that are. */
  readonly #room: number;
  #held = 0;

  constructor(room: number) {
    this.#room = room;
  }

  /** Bytes that are held. */
  get bytes(): number {
    return this.#held;
  }

  /** What an equal stream gave; undefined where there was none. @param depth of what it unpacks to */
  find(asked: Asked, depth: number): Repeat | undefined {
    if (this.#kept.size === 0) return undefined;
    const { access, at, most, isWhole } = asked;
    const alike = this.#kept.get(headOf(access.read(at, HEAD_BYTES))) ?? [];
    return alike.find(
      (kept) =>
        (isWhole ? kept.size === most : kept.size <= most) &&
        kept.asked.isWhole === isWhole &&
        kept.asked.format === asked.format &&
        kept.asked.decode === asked.decode &&
        kept.asked.content === asked.content &&
        kept.asked.inKernel === asked.inKernel &&
        // Deeper than it was, something in it might be too deep.
        depth <= kept.origin.depth &&
        holds(access, at, kept.stored) &&
        (isWhole || !mayGoOn(asked, at + kept.size, at + most)),
    );
  }

  /** Keeps what a stream gave, for as long as there is room. */
  keep(asked: Asked, repeat: Repeat): void {
    const { access, at, ...rest } = asked;
    const { size, unpacked, outcome } = repeat;
    if (asked.format === 'lz4' && unpacked % LZ4_BLOCK_BYTES === 0) return;
    let bytes = size + EACH_BYTES + outcome.finds.length * EACH_FIND_BYTES;
    for (const content of outcome.contents.values()) bytes += content.length;
    if (bytes > this.#room) return;
    this.#makeRoom(bytes);
    const stored = access.read(at, size).slice();
    const head = headOf(stored);
    const alike = this.#kept.get(head) ?? [];
    if (alike.length >= MOST_ALIKE) return;
    this.#kept.set(head, [...alike, { ...repeat, asked: rest, stored, bytes }]);
    this.#held += bytes;
  }

  /** Lets go of what was kept first. */
  #makeRoom(bytes: number): void {
    for (const [head, alike] of this.#kept) {
      if (this.#held + bytes <= this.#room) return;
      this.#kept.delete(head);
      for (const { bytes: freed } of alike) this.#held -= freed;
    }
  }
}
