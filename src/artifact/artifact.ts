/** Artifacts: an input's bytes, their kind and provenance. Immutable. */
import type { Diagnostic } from '../bytes/diagnostic.ts';
import type { Source } from '../bytes/source.ts';
import type { ArtifactKind } from './kinds.ts';
import type { KconfigChange } from './patch/kconfig.ts';

export type { ArtifactKind } from './kinds.ts';

/** One step on the way from the file the user named to the artifact's bytes. */
export interface ProvenanceStep {
  /** `gzip`, `tar`, `mail part`, `carved`, `directory entry`. */
  readonly how: string;
  /** Byte offset inside the container, where it has one. */
  readonly offset?: number;
  readonly name?: string;
}

/** One of several machines that an image or folder describes. Artifacts without a machine belong to all of them. */
export interface MachineOfImage {
  /** Unique among the machines of one call. */
  readonly id: string;
  /** The name for `--select`: `conf-1`, the model of a tree, a DSDT. */
  readonly name: string;
  /** Its memory, as far as the image has it. */
  readonly memory: readonly {
    readonly address: bigint;
    readonly bytes: Uint8Array;
    readonly source: Source;
  }[];
  /** Overlays to apply to its tree, in order. */
  readonly overlays: readonly Artifact[];
  /** Diagnostics about this machine alone. */
  readonly findings: readonly Diagnostic[];
  /** Set when the machine's host generates its device tree: the guest's platform as IGVM names it (`vsm`, `snp`). */
  readonly treeFromHost?: { readonly platform: string; readonly architecture: 'x64' | 'arm64' };
}

export interface Artifact {
  readonly kind: ArtifactKind;
  /** The bytes to read, with the name for messages. */
  readonly source: Source;
  /** The path the user gave, `-` for standard input. */
  readonly path: string;
  /** Lower-case hex SHA-256 of the bytes that were read from `path` (before decompression); of a directory: of its listing of entry hashes. */
  readonly sha256: string;
  readonly steps: readonly ProvenanceStep[];
  /** For directories (`dt-dir`, `acpi-dir`): the entries, in byte order of their names. */
  readonly entries?: readonly DirectoryEntry[];
  /** For a piece of an image: lower-case hex SHA-256 of the piece. */
  readonly contentSha256?: string;
  /** The machine that it describes, where there are several. */
  readonly machine?: MachineOfImage;
  /** The same input without the patches applied to it. */
  readonly before?: Artifact;
  /** It has only the parts of a file that the hunks of patches show. */
  readonly isPartial?: boolean;
  /** Patched contents of files that the source may include, by absolute path. */
  readonly patchedFiles?: ReadonlyMap<string, Uint8Array>;
  /** Of a `patch`: what it changes in a Kconfig file. */
  readonly changes?: readonly KconfigChange[];
}

/** A file or folder below a directory artifact. */
export interface DirectoryEntry {
  /** Path below the directory, `/` between parts, bytes of the name as Latin-1. */
  readonly path: string;
  readonly type: 'file' | 'directory';
  /** Present for files. */
  readonly source?: Source;
}
