/** What a container is: something with bytes of other things in it. It knows where they are, not what they are. */
import type { Access } from './access.ts';
import type { Decoder } from './codecs/output.ts';

/** Bytes by which a container, or something in one, is found. */
export interface Magic {
  readonly bytes: readonly number[];
  /** Where they stand, counted from the beginning of what they mark. */
  readonly at: number;
}

/** A compressed stream: what is in it is one piece, and has no name. */
export interface Compression {
  readonly format: string;
  /** None where the stream can't be told by its beginning. */
  readonly magics: readonly Magic[];
  /** Whether a stream begins with these bytes; at least 64 of them are given where there are so many. */
  sniff(head: Uint8Array): boolean;
  readonly decode: Decoder;
}

/** A file in an archive. */
export interface Member {
  /** Its path as the archive has it, a byte a character. */
  readonly name: string;
  readonly type: 'file' | 'directory' | 'link';
  /** Where its stored bytes are, counted from where the archive's own bytes begin. */
  readonly offset: number;
  /** Stored bytes. */
  readonly size: number;
  /** Undoes what the stored bytes are packed with; absent where they are plain. */
  readonly packed?: { readonly format: string; readonly decode: Decoder };
  /** Of a link: what it leads to, from the folder it is in; from the archive's root when `hard`. */
  readonly target?: string;
  readonly hard?: boolean;
}

/** What an archive turned out to hold. */
export interface ArchiveContent {
  /** Bytes that the archive takes, its own end included. */
  readonly size: number;
  readonly members: readonly Member[];
  /** What is wrong with it, for a person. */
  readonly faults: readonly string[];
}

/** Files with names, one after the other. */
export interface Archive {
  readonly format: string;
  readonly magics: readonly Magic[];
  /** Whether one begins at this place. */
  sniff(access: Access, at: number): boolean;
  /** Lists what is in it. `limit` members at most; one more is a fault. */
  list(access: Access, at: number, limit: number): ArchiveContent;
}
