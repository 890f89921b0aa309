/** Where a survey is kept: a folder, or a bucket of an object store. */

/**
 * Files by name, such as `plan/ID.ndjson`: paths below the place, with `/`. A file is read as it was written last, whole; one
 * that is being written is not there yet. Faults are system errors, or {@link PlaceError} where another host is asked.
 */
export interface Place {
  /** An absolute path, or `s3://BUCKET/PREFIX`: what others open it by. */
  readonly name: string;
  /** Its absolute path, where it is a folder of this host. */
  readonly folder?: string;
  /** The bytes of a file; undefined where there is none. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Writes a file completely or not at all, in place of one of that name. */
  write(name: string, content: Uint8Array | string): Promise<void>;
  has(name: string): Promise<boolean>;
  /** The names of the files in a folder of the place, without the folder, in no certain order; none where it is missing. */
  list(folder: string): Promise<string[]>;
  /** Removes a folder of the place, with all its files. */
  remove(folder: string): Promise<void>;
  /** Makes a file readable on this host. */
  lend(name: string): Promise<LentFile>;
}

/** A file of a place, on this host until it is released. */
export interface LentFile {
  /** An absolute path. */
  readonly path: string;
  release(): void;
}

/** A place that can't be used: its name is of no known kind, or another host refuses or fails. */
export class PlaceError extends Error {
  /** What may help. */
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.name = 'PlaceError';
    this.hint = hint;
  }
}
