/** Entries of a folder, on disk or in an archive. */
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import type { ProvenanceStep } from '../artifact.ts';
import type { FileResult } from '../reading.ts';

/** An entry of a folder; `path` is relative to the folder, with the name's bytes as Latin-1. */
export interface Listed {
  readonly path: string;
  readonly type: 'file' | 'directory';
  /**
   * The bytes of a file, unless that exceeds the limit `input-bytes`.
   * @param used bytes already counted towards that limit
   */
  read(used?: number): FileResult;
  /** The entries of a folder, in byte order of the names, their paths prefixed with `below`. */
  list(below: string, sink: DiagnosticSink): readonly Listed[];
  /** For a file in an archive: its place there. */
  readonly step?: ProvenanceStep;
}
