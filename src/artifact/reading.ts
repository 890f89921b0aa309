/** What reading an input gives, wherever it is read from. */

export type FileResult =
  | { readonly bytes: Uint8Array }
  | { readonly directory: true }
  | {
      readonly failure: string;
      readonly tooLarge?: true;
      /** What the system calls the fault: `EACCES`, `EIO`. */
      readonly code?: string | undefined;
      /** It was opened; reading it failed. */
      readonly opened?: true;
    };
