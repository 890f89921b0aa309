/** Which encoding a text is in, as far as that is not one byte a character. */

/** What is looked at of a text without a mark. */
const SAMPLE_BYTES = 4096;
/** A text of fewer characters is too short to tell without a mark. */
const MIN_CHARACTERS = 16;

/**
 * The UTF-16 that a text is in: by its byte order mark, or where nearly every second byte is zero and those between
 * are characters of a text. Undefined for everything else.
 */
export function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe && bytes[3] === 0) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff && bytes[2] === 0) return 'utf-16be';
  const sample = bytes.subarray(0, SAMPLE_BYTES & ~1);
  const characters = sample.length >> 1;
  if (characters < MIN_CHARACTERS) return undefined;
  for (const [encoding, zeroAt] of [
    ['utf-16le', 1],
    ['utf-16be', 0],
  ] as const) {
    let fitting = 0;
    for (let index = 0; index < characters; index += 1)
      if (sample[2 * index + zeroAt] === 0 && isText(sample[2 * index + 1 - zeroAt]!)) fitting += 1;
    // Words of other scripts may stand between.
    if (fitting * 10 >= characters * 9) return encoding;
  }
  return undefined;
}

function isText(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d);
}

/** The text in UTF-8, without a mark. An odd byte at the end is left out. */
export function fromUtf16(bytes: Uint8Array, encoding: 'utf-16le' | 'utf-16be'): Uint8Array {
  return new TextEncoder().encode(new TextDecoder(encoding).decode(bytes.subarray(0, bytes.length & ~1)));
}

/** The text in UTF-16, little endian, as containers of firmware keep names. */
export function utf16Text(bytes: Uint8Array): string {
  return new TextDecoder('utf-16le').decode(bytes);
}

/** A character a byte, whatever the encoding: bytes above 0x7f are kept for whoever prints them. */
export function latin1Text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

/** The bytes of such a text. */
export function latin1Bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

const ESCAPE = 0x1b;
/** A control sequence of a terminal: colours, erasing, moving (ECMA-48, section 5.4). */
const CONTROL_SEQUENCE = /\x1b\[[0-?]*[ -/]*[@-~]/g;

/** A text without the control sequences that `git diff --color`, `dmesg --color` or a serial console leave in it; itself where it has none. */
export function withoutControlSequences(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(ESCAPE)) return bytes;
  const text = latin1Text(bytes);
  const plain = text.replace(CONTROL_SEQUENCE, '');
  return plain.length === text.length ? bytes : latin1Bytes(plain);
}

/** The text up to the first NUL, or to the end. */
export function textBeforeNul(bytes: Uint8Array): string {
  const nul = bytes.indexOf(0);
  return latin1Text(nul < 0 ? bytes : bytes.subarray(0, nul));
}
