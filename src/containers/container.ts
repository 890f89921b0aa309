/** What a container is: something with bytes of other things in it. It knows where they are, not what they are. */
import type { Access } from './access.ts';
import type { Decoder } from './codecs/output.ts';

/** Bytes by which a container, or something in one, is found. */
export interface Magic {
  readonly bytes: readonly number[];
  /** Where they stand, counted from the beginning of what they mark; or what finds that beginning. */
  readonly at: number | ((access: Access, hit: number) => number | undefined);
}

/** The beginning of what is marked at a place; undefined where it would be outside, or nothing. */
export function markedAt({ at }: Pick<Magic, 'at'>, access: Access, hit: number): number | undefined {
  const start = typeof at === 'number' ? hit - at : at(access, hit);
  return start === undefined || start < 0 ? undefined : start;
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

/** A part of an image. */
export interface Part {
  /** What the image calls it, or what it is; a byte a character, not escaped. Unique in the image. */
  readonly name: string;
  /** What else it is called. */
  readonly title?: string;
  /** Where its stored bytes are, counted from where the image begins. */
  readonly offset: number;
  readonly size: number;
  /** Undoes what the stored bytes are packed with; absent where they are plain. */
  readonly packed?: { readonly format: string; readonly decode: Decoder };
  /** Format of the image that begins with the part's first byte (unpacked), where only its place tells that. */
  readonly content?: string;
  /** A file of a firmware volume that says of itself it is raw data: tables in it may lack their checksum yet. */
  readonly raw?: true;
  /** Parts of this part, their places counted as its own. */
  readonly parts?: readonly Part[];
}

/** A piece of memory that an image describes: where its bytes are, in the image or nowhere. */
export interface Extent {
  /** Where it is in memory. */
  readonly address: number;
  readonly size: number;
  /** Where the bytes are, counted from where the image begins; absent where every byte is 0. */
  readonly offset?: number;
}

/** Memory that an image describes, in one of its forms. */
export interface MemoryImage {
  /** Which one, where there are several: a platform of an IGVM file. */
  readonly name: string;
  /** The same for a person. */
  readonly title?: string;
  readonly format: string;
  readonly extents: readonly Extent[];
  /** Whether the addresses are those of physical memory, so that tables in it name each other by them. */
  readonly physical: boolean;
  /** Ranges whose content somebody else decides before it is used: the host of a guest. */
  readonly replaced?: readonly { readonly address: number; readonly size: number; readonly by: string }[];
}

/** A kernel, as far as its header tells. */
export interface KernelHeader {
  /** As `uname -m` says. */
  readonly architecture: string;
  readonly release?: string;
  /** Bytes that are the kernel's own, counted from where the image begins. */
  readonly size: number;
}

/** Parts among which something chooses when the machine starts. */
export interface Choice {
  readonly name: string;
  /** Names of the parts that belong to it, in the order in which they are used. */
  readonly parts: readonly string[];
  readonly isDefault?: boolean;
  readonly compatible?: readonly string[];
  readonly description?: string;
}

/** Something else that an image says and that is worth telling: a command line, a parameter that the host fills in. */
export interface Remark {
  readonly kind: string;
  readonly name?: string;
  readonly text?: string;
  readonly offset: number;
  readonly size: number;
  /** Of the image's memories, the names of those that it is about; absent where it is about all. */
  readonly memory?: readonly string[];
}

/** What an image turned out to hold. */
export interface ImageContent {
  /** Bytes that the image takes; what stands in it belongs to it. */
  readonly size: number;
  /** What it calls itself, for a person. */
  readonly name?: string;
  readonly parts: readonly Part[];
  /** Where compressed streams may begin that nothing marks; what is none there is no fault. */
  readonly mayBegin?: readonly { readonly format: string; readonly offset: number }[];
  readonly faults: readonly string[];
  readonly memory?: readonly MemoryImage[];
  /** True where all that matters of its bytes is in `memory`, so that they mean nothing where they stand. */
  readonly onlyMemory?: boolean;
  readonly kernel?: KernelHeader;
  /** A program of a kind that kernels are too: it is one if it says its release. */
  readonly program?: { readonly architecture: string };
  readonly choices?: { readonly axis: string; readonly list: readonly Choice[] };
  readonly remarks?: readonly Remark[];
}

/** An image: parts at places that its header tells. */
export interface Image {
  readonly format: string;
  /** Empty where only its place tells that there is one. */
  readonly magics: readonly Magic[];
  /** Without a magic number: asked for where an input begins. */
  readonly first?: true;
  /** Whether one begins at this place. */
  sniff(access: Access, at: number): boolean;
  /** Undefined where it isn't one after all. `limit` parts at most. */
  open(access: Access, at: number, limit: number): ImageContent | undefined;
}
