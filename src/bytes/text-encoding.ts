/** Recognises and converts text encodings. */

/** The bytes examined of a text without a byte order mark. */
const SAMPLE_BYTES = 4096;
/** A shorter text, in characters, is too short to recognise without a byte order mark. */
const MIN_CHARACTERS = 16;

/**
 * Recognises UTF-16 by its byte order mark, or where nine of ten code units have a zero byte and an ASCII character.
 * Undefined for everything else.
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
    // Some words in other scripts are allowed.
    const mostOther = Math.floor(characters / 10);
    let other = 0;
    for (let index = 0; index < characters && other <= mostOther; index += 1)
      if (sample[2 * index + zeroAt] !== 0 || !isText(sample[2 * index + 1 - zeroAt]!)) other += 1;
    if (other <= mostOther) return encoding;
  }
  return undefined;
}

function isText(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d);
}

/** Converts to UTF-8, without a byte order mark. An odd byte at the end is dropped. */
export function fromUtf16(bytes: Uint8Array, encoding: 'utf-16le' | 'utf-16be'): Uint8Array {
  return new TextEncoder().encode(new TextDecoder(encoding).decode(bytes.subarray(0, bytes.length & ~1)));
}

/** Decodes UTF-16LE, the encoding of names in firmware containers. */
export function utf16Text(bytes: Uint8Array): string {
  return new TextDecoder('utf-16le').decode(bytes);
}

/** Latin-1 text, one character a byte, whatever the encoding: bytes above 0x7f are kept for the printer to escape. */
export function latin1Text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

/** The bytes of a Latin-1 text. */
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
