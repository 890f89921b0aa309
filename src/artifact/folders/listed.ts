/** What is in a folder, wherever that is. */
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import type { ProvenanceStep } from '../artifact.ts';
import type { FileResult } from '../reading.ts';

/** A name in a folder, on disk or in an archive; `path` below the folder with the name's bytes as Latin-1. */
export interface Listed {
  readonly path: string;
  readonly type: 'file' | 'directory';
  /**
   * Of a file: its bytes, unless there are too many.
   * @param used bytes that count towards the limit `input-bytes` already
   */
  read(used?: number): FileResult;
  /** Of a folder: what is in it, in byte order of the names, each path below `below`. */
  list(below: string, sink: DiagnosticSink): readonly Listed[];
  /** Of a file in an archive: where it is there. */
  readonly step?: ProvenanceStep;
}
