/** What reading an input gives, wherever it is read from. */

/** More than any firmware image, log or configuration; what is larger was named by mistake. */
export const MAX_INPUT_BYTES = 256 * 1024 * 1024;

export type FileResult =
  | { readonly bytes: Uint8Array }
  | { readonly directory: true }
  | { readonly failure: string; readonly tooLarge?: true };
