/** Types of containers: formats that hold other files. A container knows where their bytes are, not what they are. */
import type { Access } from './access.ts';
import type { Decoder } from './codecs/output.ts';

/** The magic number of a format. */
export interface Magic {
  readonly bytes: readonly number[];
  /** Their offset from the beginning of the format, or a function that finds that beginning from the offset of a hit. */
  readonly at: number | ((access: Access, hit: number) => number | undefined);
}

/** The offset at which the format of a magic number found at `hit` begins; undefined if that is outside of the bytes. */
export function markedAt({ at }: Pick<Magic, 'at'>, access: Access, hit: number): number | undefined {
  const start = typeof at === 'number' ? hit - at : at(access, hit);
  return start === undefined || start < 0 ? undefined : start;
}

/** A format of compressed streams: one content, without a name. */
export interface Compression {
  readonly format: string;
  /** Empty for formats without a magic number. */
  readonly magics: readonly Magic[];
  /** Whether a stream begins with these bytes; at least 64 are given unless the input is shorter. */
  sniff(head: Uint8Array): boolean;
  readonly decode: Decoder;
}

/** A file in an archive. */
export interface Member {
  /** Its path as stored, one byte per character. */
  readonly name: string;
  readonly type: 'file' | 'directory' | 'link';
  /** Offset of its stored bytes from the beginning of the archive. */
  readonly offset: number;
  /** Number of stored bytes. */
  readonly size: number;
  /** Undoes what the stored bytes are packed with; absent where they are plain. */
  readonly packed?: { readonly format: string; readonly decode: Decoder };
  /** Target of a link, relative to its folder; relative to the archive's root if `hard`. */
  readonly target?: string;
  readonly hard?: boolean;
}

/** The content of an archive. */
export interface ArchiveContent {
  /** Size of the archive in bytes, with its end mark. */
  readonly size: number;
  readonly members: readonly Member[];
  /** What is wrong with it, as text for a person. */
  readonly faults: readonly string[];
}

/** A format of archives: named files, one after the other. */
export interface Archive {
  readonly format: string;
  readonly magics: readonly Magic[];
  /** Whether one begins at this place. */
  sniff(access: Access, at: number): boolean;
  /** Lists at most `limit` members; more are reported as a fault. */
  list(access: Access, at: number, limit: number): ArchiveContent;
}

/** A part of an image. */
export interface Part {
  /** Its name in the image, or its kind; one byte per character, not escaped. Unique in the image. */
  readonly name: string;
  /** A second name, such as the GUID in full. */
  readonly title?: string;
  /** Offset of its stored bytes from the beginning of the image. */
  readonly offset: number;
  readonly size: number;
  /** Undoes what the stored bytes are packed with; absent where they are plain. */
  readonly packed?: { readonly format: string; readonly decode: Decoder };
  /** Format of the image at the part's first (unpacked) byte, if that format has no magic number. */
  readonly content?: string;
  /** A firmware volume's file or section of raw data: the checksums of tables in it may not have been set yet. */
  readonly raw?: true;
  /** Parts of this part; their offsets count from the same beginning as its own. */
  readonly parts?: readonly Part[];
}

/** A range of memory that an image describes. */
export interface Extent {
  /** Its first address in memory. */
  readonly address: number;
  readonly size: number;
  /** Offset of the bytes from the beginning of the image; absent if every byte is 0. */
  readonly offset?: number;
}

/** The memory that an image describes, for one of its variants. */
export interface MemoryImage {
  /** The variant, such as a platform of an IGVM file; empty if there is one only. */
  readonly name: string;
  /** The variant as text for a person. */
  readonly title?: string;
  readonly format: string;
  readonly extents: readonly Extent[];
  /** Whether the addresses are physical, so that pointers between tables can be followed. */
  readonly physical: boolean;
  /** Ranges whose content is replaced before it is used, for example by the host of a guest. */
  readonly replaced?: readonly { readonly address: number; readonly size: number; readonly by: string }[];
}

/** What the header of a kernel image states. */
export interface KernelHeader {
  /** As printed by `uname -m`. */
  readonly architecture: string;
  readonly release?: string;
  /** Size of the kernel in bytes, from the beginning of the image. */
  readonly size: number;
}

/** Parts that are used together when the machine boots with one choice, such as a configuration of a FIT. */
export interface Choice {
  readonly name: string;
  /** Names of its parts, in the order in which they are used. */
  readonly parts: readonly string[];
  readonly isDefault?: boolean;
  readonly compatible?: readonly string[];
  readonly description?: string;
}

/** Other information in an image, such as a command line or a parameter that the host fills in. */
export interface Remark {
  readonly kind: string;
  readonly name?: string;
  readonly text?: string;
  readonly offset: number;
  readonly size: number;
  /** Names of the variants of the image's memory that it applies to; absent if it applies to all. */
  readonly memory?: readonly string[];
}

/** The content of an image. */
export interface ImageContent {
  /** Size of the image in bytes; whatever is found within belongs to it. */
  readonly size: number;
  /** Its own name or version, as text for a person. */
  readonly name?: string;
  readonly parts: readonly Part[];
  /** Offsets at which streams without a magic number may begin; it is no fault if none does. */
  readonly mayBegin?: readonly { readonly format: string; readonly offset: number }[];
  readonly faults: readonly string[];
  readonly memory?: readonly MemoryImage[];
  /** Whether the content is in `memory` only, so that the bytes of the file are not searched. */
  readonly onlyMemory?: boolean;
  readonly kernel?: KernelHeader;
  /** A program in a format that kernels have too; it is a kernel if it contains a release. */
  readonly program?: { readonly architecture: string };
  readonly choices?: { readonly axis: string; readonly list: readonly Choice[] };
  readonly remarks?: readonly Remark[];
}

/** A format of images: parts at offsets that a header states. */
export interface Image {
  readonly format: string;
  /** Empty for formats without a magic number. */
  readonly magics: readonly Magic[];
  /** A format without a magic number that is tried at the beginning of an input. */
  readonly first?: true;
  /** Whether one begins at this place. */
  sniff(access: Access, at: number): boolean;
  /** Reads at most `limit` parts; undefined if the bytes are no such image. */
  open(access: Access, at: number, limit: number): ImageContent | undefined;
}
