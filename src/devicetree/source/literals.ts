/** Escapes in strings and character literals of device tree source. */

const SIMPLE: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };

/** A decoded literal. */
export interface LiteralBytes {
  readonly bytes: Uint8Array;
  /** It has a `\x` without a hex digit. */
  readonly badEscape: boolean;
}

/** Decodes the text between the quotes, without the NUL that terminates a string. */
export function literalBytes(text: string): LiteralBytes {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  let badEscape = false;
  for (let at = 0; at < text.length; at += 1) {
    let code = text.charCodeAt(at);
    if (code === 0x5c && at + 1 < text.length) {
      at += 1;
      const letter = text[at]!;
      const octal = /^[0-7]{1,3}/.exec(text.slice(at, at + 3))?.[0];
      if (octal !== undefined) {
        code = Number.parseInt(octal, 8);
        at += octal.length - 1;
      } else if (letter === 'x') {
        const digits = /^[0-9a-fA-F]{1,2}/.exec(text.slice(at + 1, at + 3))?.[0] ?? '';
        badEscape ||= digits === '';
        code = digits === '' ? 0 : Number.parseInt(digits, 16);
        at += digits.length;
      } else {
        code = SIMPLE[letter] ?? letter.charCodeAt(0);
      }
    }
    bytes[length] = code;
    length += 1;
  }
  return { bytes: bytes.subarray(0, length), badEscape };
}

/** The same as text, a character a byte. */
export function literalText(text: string): string {
  return text.includes('\\') ? String.fromCharCode(...literalBytes(text).bytes) : text;
}
