/** The result of reading an input from disk or from an archive. */

export type FileResult =
  | { readonly bytes: Uint8Array }
  | { readonly directory: true }
  | {
      readonly failure: string;
      readonly tooLarge?: true;
      /** The system's error code: `EACCES`, `EIO`. */
      readonly code?: string | undefined;
      /** Opening succeeded, reading failed. */
      readonly opened?: true;
    };
