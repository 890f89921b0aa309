/** The place of a result for other programs: a file, lines or bytes in it, and what in a container it is. */
import type { Diagnostic } from '../../bytes/diagnostic.ts';
import { type Place, placeOf, type Span } from '../../bytes/source.ts';

/** The part of a file. Lines and columns from 1, columns in UTF-16 code units as editors count; bytes from 0. */
export type Region =
  | {
      readonly line: number;
      readonly column: number;
      readonly endLine: number;
      /** Column of the first character after it. */
      readonly endColumn: number;
    }
  | { readonly offset: number; readonly length: number };

export interface FilePlace {
  /** The file as it was named. */
  readonly file: string;
  /** For a container, the member: `kernel.dtb`, `DSDT`. The region is then a part of the member. */
  readonly inside: string | undefined;
  readonly region: Region | undefined;
}

/** Beyond this many bytes of a line, columns are counted in bytes, since counting characters would take too long. */
const MAX_COLUMN_BYTES = 1 << 16;

/** The span in the text that a blob was compiled from, where there is one. */
function asWritten(span: Span): Span {
  return span.source.written ? asWritten(span.source.written(span.start)) : span;
}

/** A column in bytes as one in UTF-16 code units. */
function columnOf({ bytes }: Span['source'], offset: number, column: number): number {
  const from = offset - (column - 1);
  if (column > MAX_COLUMN_BYTES || from < 0) return column;
  return new TextDecoder().decode(bytes.subarray(from, offset)).length + 1;
}

function regionOf(span: Span, place: Place): Region {
  if (!('line' in place)) return place;
  const { line, column, endLine, endColumn } = place;
  const { source, start, end } = span;
  return {
    line,
    column: columnOf(source, Math.min(start, source.bytes.length), column),
    endLine,
    endColumn: columnOf(source, Math.min(Math.max(start, end), source.bytes.length), endColumn),
  };
}

/** The name of an input's source. */
export function nameOfInput(path: string): string {
  return path === '-' ? '<stdin>' : path;
}

/** `<stdin>`, `<argument>`: there is no file to open. */
export function isNoFile(name: string): boolean {
  return /^<[a-z]+>$/.test(name);
}

/** Splits names into a file and a member of it: an input may have a `!` in its name, and a member's name follows one. */
export class Files {
  readonly #paths: readonly string[];

  constructor(inputs: readonly { readonly path: string }[]) {
    this.#paths = [...new Set(inputs.map(({ path }) => nameOfInput(path)))];
  }

  /** @param name of a source, as people see it */
  split(name: string): { readonly file: string; readonly inside: string | undefined } {
    if (this.#paths.includes(name)) return { file: name, inside: undefined };
    const container = this.#paths
      .filter((path) => name.startsWith(`${path}!`))
      .reduce<string | undefined>(
        (longest, path) => (path.length > (longest?.length ?? -1) ? path : longest),
        undefined,
      );
    if (container !== undefined) return { file: container, inside: name.slice(container.length + 1) };
    const mark = name.indexOf('!');
    if (mark <= 0) return { file: name, inside: undefined };
    return { file: name.slice(0, mark), inside: name.slice(mark + 1) };
  }

  /** The place of a span. */
  placeOf(span: Span): FilePlace {
    const written = asWritten(span);
    const place = placeOf(written);
    const name = ('line' in place && place.name) || written.source.name;
    return { ...this.split(name), region: regionOf(written, place) };
  }

  /** The place of a result; for a result without one, the first input. Undefined where there is no input at all. */
  placeOfResult(result: Diagnostic): FilePlace | undefined {
    if (result.span !== undefined) return this.placeOf(result.span);
    const file = this.isFile(result) ? result.path : this.#paths[0];
    return file === undefined ? undefined : { ...this.split(file), region: undefined };
  }

  /** Whether the path of a result is the name of an input, not a node or an object. */
  isFile({ code, path }: Pick<Diagnostic, 'code' | 'path'>): boolean {
    if (path === undefined) return false;
    const { file } = this.split(path);
    return this.#paths.includes(file) || code.startsWith('artifact/');
  }
}
