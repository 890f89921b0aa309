/** Finds the first code of a source, after comments and preprocessor directives. */

/** The bytes searched, more than the headers of a whole architecture have. */
const MOST_BYTES = 16 * 1024 * 1024;

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const HASH = 0x23;
const SLASH = 0x2f;
const STAR = 0x2a;
const BACKSLASH = 0x5c;

/** A directive of C or a line marker of GNU cpp; `#address-cells` and `# CONFIG_X is not set` are neither. */
const DIRECTIVE =
  /^#[ \t]*(?:(?:define|undef|include|include_next|import|if|ifdef|ifndef|elif|elifdef|elifndef|else|endif|line|error|warning|pragma|ident)\b(?![-,])|\d+ "|\r?$)/;
/** The bytes examined for a directive: blanks and its name. */
const DIRECTIVE_BYTES = 64;

function isBlank(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

/** Offset after the line at `at` and its continuation lines. */
function afterLine(bytes: Uint8Array, at: number): number {
  for (let from = at; ; ) {
    const newline = bytes.indexOf(NEWLINE, from);
    if (newline < 0) return bytes.length;
    const last = bytes[newline - 1] === CARRIAGE_RETURN ? newline - 2 : newline - 1;
    if (bytes[last] !== BACKSLASH) return newline + 1;
    from = newline + 1;
  }
}

/** Offset after the comment that begins at `at`; undefined when none does. */
function afterComment(buffer: Buffer, at: number): number | undefined {
  if (buffer[at] !== SLASH) return undefined;
  if (buffer[at + 1] === SLASH) return afterLine(buffer, at);
  if (buffer[at + 1] !== STAR) return undefined;
  const end = buffer.indexOf('*/', at + 2, 'latin1');
  return end < 0 ? buffer.length : end + 2;
}

/** Offset after a directive, including a comment that begins in it and spans more lines. */
function afterDirective(buffer: Buffer, at: number): number {
  const end = afterLine(buffer, at);
  const line = buffer.subarray(at, end);
  const open = line.lastIndexOf('/*', undefined, 'latin1');
  if (open < 0 || line.includes('*/', open + 2, 'latin1')) return end;
  const close = buffer.indexOf('*/', end, 'latin1');
  return close < 0 ? end : close + 2;
}

/**
 * Offset of the first byte of a text that is neither blank nor in a comment nor in a preprocessor directive; at most
 * {@link MOST_BYTES}. Linear in the bytes skipped.
 */
export function firstCode(bytes: Uint8Array): number {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, MOST_BYTES));
  let at = 0;
  while (at < buffer.length) {
    const byte = buffer[at]!;
    if (isBlank(byte)) {
      at += 1;
      continue;
    }
    const directive =
      byte === HASH && DIRECTIVE.test(buffer.toString('latin1', at, at + DIRECTIVE_BYTES).split('\n', 1)[0]!);
    const next = directive ? afterDirective(buffer, at) : afterComment(buffer, at);
    if (next === undefined) break;
    at = next;
  }
  return at;
}
