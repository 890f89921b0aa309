/** What files are called in reports that other programs read. */

/** A file's name, `/` between its parts. */
export interface Located {
  /** From the root of the repository on; where the file is elsewhere, from the root of the file system on. */
  readonly path: string;
  /** It is in the repository. */
  readonly inRoot: boolean;
}

/** Finds a file by the name that an input or a source has. */
export type Locate = (name: string) => Located;

/** Without knowing of any repository: what is relative is in it. */
export const locateByName: Locate = (name) => ({ path: name, inRoot: !name.startsWith('/') });

/** As RFC 3986 has paths; halves of surrogate pairs as U+FFFD. */
export function uriPath(path: string): string {
  return path
    .split('/')
    .map((part) => encodeURIComponent(part.replace(/\p{Cs}/gu, '\ufffd')))
    .join('/');
}
