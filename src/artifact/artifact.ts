/** Artifacts: an input's bytes, what kind of thing they are, and where they came from. Never mutated. */
import type { Source } from '../bytes/source.ts';

/** What an input can be. `--as` takes these names. */
export const ARTIFACT_KINDS = [
  'dts',
  'dts-fragment',
  'dtb',
  'dtbo',
  'dt-dir',
  'acpi-table',
  'acpidump',
  'acpi-dir',
  'asl',
  'crs-hex',
  'crs-text',
  'kconfig',
  'boot-params',
  'iomem',
  'dmesg',
  'lspci',
  'uname',
  'memmap',
  'mail',
  'image',
] as const;

export type ArtifactKind = (typeof ARTIFACT_KINDS)[number];

/** The kinds that tell about the kernel and its boot. A list that Linux printed is a description and a piece of a log. */
export const EVIDENCE_KINDS = [
  'kconfig',
  'boot-params',
  'iomem',
  'dmesg',
  'lspci',
  'uname',
  'memmap',
  'image',
  'crs-text',
] as const satisfies readonly ArtifactKind[];

export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

export function isEvidenceKind(kind: ArtifactKind): kind is EvidenceKind {
  return (EVIDENCE_KINDS as readonly ArtifactKind[]).includes(kind);
}

/** One step on the way from the file the user named to the artifact's bytes. */
export interface ProvenanceStep {
  /** `gunzip`, `unxz`, `mail quote`, `carved`, `directory entry`. */
  readonly how: string;
  /** Byte offset inside the container, where that has a meaning. */
  readonly offset?: number;
  readonly name?: string;
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
}

/** A file or folder below a directory artifact. */
export interface DirectoryEntry {
  /** Path below the directory, `/` between parts, bytes of the name as Latin-1. */
  readonly path: string;
  readonly type: 'file' | 'directory';
  /** Present for files. */
  readonly source?: Source;
}
