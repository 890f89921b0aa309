/** What was read of a folder on disk, and what the host refused while it was. */
import { isTransient } from '../artifact/file.ts';
import type { Listed } from '../artifact/folders/listed.ts';
import type { FileResult } from '../artifact/reading.ts';
import type { Diagnostic, DiagnosticSink } from '../bytes/diagnostic.ts';
import { limit } from '../limits/limits.ts';

/** Stands between a folder and whoever reads it. As a sink it takes what listing says, and passes it on. */
export class Reads implements DiagnosticSink {
  readonly #sink: DiagnosticSink;
  readonly #isKept: boolean;
  readonly #kept = new Map<string, FileResult>();
  readonly #without: string | undefined;
  #bytes = 0;
  readonly #refused = new Set<string>();
  #fault: string | undefined;
  #passing: string | undefined;

  /**
   * @param isKept each file is read once, as far as `input-bytes` goes, so that all who look at it see the same
   * @param without a path below the folder, in the form of {@link Listed}, that is passed over
   */
  constructor(
    sink: DiagnosticSink,
    { isKept = false, without }: { readonly isKept?: boolean; readonly without?: string } = {},
  ) {
    this.#sink = sink;
    this.#isKept = isKept;
    this.#without = without;
  }

  /** What the host refused first. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** Names that the host refused something of. */
  get refused(): number {
    return this.#refused.size;
  }

  /** The first fault of those that come and go. */
  get passing(): string | undefined {
    return this.#passing;
  }

  add(diagnostic: Diagnostic): void {
    this.#noteOf(diagnostic, '');
    this.#sink.add(diagnostic);
  }

  #noteOf({ args: { why } }: Diagnostic, path: string): void {
    if (typeof why === 'string') this.#note(why, path);
  }

  #note(why: string, path: string): void {
    this.#refused.add(path);
    this.#fault ??= why;
    if (isTransient(why)) this.#passing ??= why;
  }

  /** The same names; what is read of them is noted. */
  of(listed: readonly Listed[]): readonly Listed[] {
    const kept = listed.filter(({ path }) => path !== this.#without);
    return kept.map((each) => ({
      ...each,
      read: (used) => this.#read(each, used),
      list: (below, sink) =>
        this.of(
          each.list(below, {
            add: (diagnostic) => {
              this.#noteOf(diagnostic, each.path);
              sink.add(diagnostic);
            },
          }),
        ),
    }));
  }

  #read(listed: Listed, used: number | undefined): FileResult {
    const known = this.#kept.get(listed.path);
    if (known !== undefined) return known;
    const read = listed.read(used);
    if ('failure' in read) this.#note(read.failure, listed.path);
    const size = 'bytes' in read ? read.bytes.length : 0;
    if (this.#isKept && this.#bytes + size <= limit('input-bytes')) {
      this.#bytes += size;
      this.#kept.set(listed.path, read);
    }
    return read;
  }
}
