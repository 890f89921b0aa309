/** Artifacts: an input's bytes, what kind of thing they are, and where they came from. Never mutated. */
import type { Diagnostic } from '../bytes/diagnostic.ts';
import type { Source } from '../bytes/source.ts';
import type { ArtifactKind } from './kinds.ts';
import type { KconfigChange } from './patch/kconfig.ts';

export type { ArtifactKind } from './kinds.ts';

/** One step on the way from the file the user named to the artifact's bytes. */
export interface ProvenanceStep {
  /** `gzip`, `tar`, `mail part`, `carved`, `directory entry`. */
  readonly how: string;
  /** Byte offset inside the container, where that has a meaning. */
  readonly offset?: number;
  readonly name?: string;
}

/** One of the machines that an image describes. What is of no machine is of all. */
export interface MachineOfImage {
  /** Unique among the machines of one call. */
  readonly id: string;
  /** As `--select` takes it: `conf-1`, the model of a tree, a DSDT. */
  readonly name: string;
  /** Its memory, as far as the image has it. */
  readonly memory: readonly {
    readonly address: bigint;
    readonly bytes: Uint8Array;
    readonly source: Source;
  }[];
  /** Overlays that are applied to its tree, in this order. */
  readonly overlays: readonly Artifact[];
  /** What is to be said of this machine alone. */
  readonly findings: readonly Diagnostic[];
  /** The machine's host makes its device tree: the kind of guest that it is, as an IGVM file names platforms (`vsm`, `snp`). */
  readonly treeFromHost?: { readonly platform: string; readonly architecture: 'x64' | 'arm64' };
}

export interface Artifact {
  readonly kind: ArtifactKind;
  /** Name and bytes that readers work on and spans point into. */
  readonly source: Source;
  /** The path the user gave, `-` for standard input. */
  readonly path: string;
  /** Lower-case hex SHA-256 of the bytes that were read from `path` (before decompression); of a directory: of its listing of entry hashes. */
  readonly sha256: string;
  readonly steps: readonly ProvenanceStep[];
  /** For directories (`dt-dir`, `acpi-dir`): the entries, in byte order of their names. */
  readonly entries?: readonly DirectoryEntry[];
  /** Of what was found in an image: lower-case hex SHA-256 of its own bytes. */
  readonly contentSha256?: string;
  /** Which machine of an image it is of. */
  readonly machine?: MachineOfImage;
  /** The same input before the patches that are in it. */
  readonly before?: Artifact;
  /** It is what the hunks of patches show of a file, no more. */
  readonly isPartial?: boolean;
  /** Files that the source may include, by their absolute paths, as patches leave them. */
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
