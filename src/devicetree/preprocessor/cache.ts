/** The cache between runs of the preprocessor. */
import type { Source } from '../../bytes/source.ts';
import { type ScannedFile, scanFile } from './scan.ts';
import { NameTable } from './tokens.ts';

/** Characters of scanned text at which {@link PreprocessorCache.trim} empties the cache. */
const MAX_CACHED_TEXT = 16 << 20;

/** Scanned files, kept between runs because boards share their headers. */
export class PreprocessorCache {
  #names = new NameTable();
  #files = new WeakMap<Source, ScannedFile>();
  #size = 0;

  /** Empties a cache that has grown too large. To be called between runs only. */
  trim(): void {
    if (this.#size < MAX_CACHED_TEXT) return;
    this.#names = new NameTable();
    this.#files = new WeakMap();
    this.#size = 0;
  }

  get names(): NameTable {
    return this.#names;
  }

  scan(source: Source): ScannedFile {
    let file = this.#files.get(source);
    if (!file) {
      file = scanFile(source, this.#names);
      this.#files.set(source, file);
      this.#size += file.text.length;
    }
    return file;
  }
}
