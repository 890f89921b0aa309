/**
 * Strings from firmware are untrusted: a node name may hold terminal control sequences, Markdown or HTML. Everything
 * printed goes through one of these.
 */

/** Makes control characters, bidirectional overrides and other invisible characters visible as `\xNN` or `\u{N}`. */
export function escapeControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0)!;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** As {@link escapeControls}, and everything outside ASCII too: for mail and dmesg-like output. */
export function escapeToAscii(text: string): string {
  return escapeControls(text).replace(
    /[^\x20-\x7e]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
