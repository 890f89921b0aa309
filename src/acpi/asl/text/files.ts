/** What the ASL front end asks of the outside: the files that a text includes. */
import type { Source } from '../../../bytes/source.ts';

export interface AslFiles {
  /** The file `name` as included from `from`; a reason when there is none. */
  open(name: string, from: Source): Source | { readonly reason: string };
}

/** For text that comes without its surroundings: nothing can be included. */
export const NO_FILES: AslFiles = { open: () => ({ reason: 'no files can be included here' }) };
