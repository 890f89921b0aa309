/** Values that are lists of NUL-terminated strings, compared as the kernel does, without building the strings. */

/** Whether the bytes from `at` up to a NUL or `end` equal this text: strcmp(). */
export function isTextAt(bytes: Uint8Array, at: number, end: number, text: string): boolean {
  const after = at + text.length;
  if (after > end) return false;
  for (let index = 0; index < text.length; index += 1)
    if (bytes[at + index] !== text.charCodeAt(index)) return false;
  return after === end || bytes[after] === 0;
}

/**
 * Whether one of the strings in [start, end) is this text, given in small letters: strcasecmp(). Linux heeds no case in a
 * `compatible` (of_compat_cmp() in include/linux/of.h, but on SPARC), and so in every match of a driver with a node.
 */
export function hasTextInAnyCase(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  const { length } = text;
  for (let at = start; at + length <= end; at += 1) {
    let same = 0;
    while (same < length && inSmall(bytes[at + same]!) === text.charCodeAt(same)) same += 1;
    if (same === length && (at + length === end || bytes[at + length] === 0)) return true;
    while (at < end && bytes[at] !== 0) at += 1;
  }
  return false;
}

function inSmall(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}
