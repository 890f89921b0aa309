/** Prints ASL string and integer literals. */

export const INDENT = '    ';

/** A string literal: quotes and backslashes escaped, other than printable ASCII as `\xNN`. */
export function stringText(text: string): string {
  const escaped = text.replace(/[\\"]/g, '\\$&').replace(/[^\x20-\x7e]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
  return `"${escaped}"`;
}
