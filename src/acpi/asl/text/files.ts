/** How the ASL preprocessor opens included files. */
import type { Source } from '../../../bytes/source.ts';

export interface AslFiles {
  /** Opens the file `name`, included from `from`; or returns the reason why it cannot be opened. */
  open(name: string, from: Source): Source | { readonly reason: string };
}

/** For text without a file system: nothing can be included. */
export const NO_FILES: AslFiles = { open: () => ({ reason: 'no files can be included here' }) };
