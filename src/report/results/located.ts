/** Names of files in reports that other programs read. */

/** A file's name, `/` between its parts. */
export interface Located {
  /** Relative to the root of the repository; absolute where the file is elsewhere. */
  readonly path: string;
  /** It is in the repository. */
  readonly inRoot: boolean;
}

/** Finds a file by the name that an input or a source has. */
export type Locate = (name: string) => Located;

/** For use without a repository: relative names count as being in it. */
export const locateByName: Locate = (name) => ({ path: name, inRoot: !name.startsWith('/') });

/** A path as RFC 3986 has it; halves of surrogate pairs become U+FFFD. */
export function uriPath(path: string): string {
  return path
    .split('/')
    .map((part) => encodeURIComponent(part.replace(/\p{Cs}/gu, '\ufffd')))
    .join('/');
}
