/**
 * Escapes strings for output. Strings from firmware are untrusted: a node name may hold terminal control sequences, Markdown
 * or HTML. There is one function for each medium.
 */

/**
 * Characters that are invisible or look like others: controls, format characters (bidirectional overrides among them),
 * separators and spaces other than U+0020, default-ignorable characters (Hangul fillers, variation selectors), the Braille
 * blank, lone surrogates, unassigned and private-use code points.
 */
const unseen = (): RegExp => /(?! )[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;
/** The common case, tested first because a Unicode property pattern is slow to compile. */
const PLAIN = /^[ -~]*$/;
const PLAIN_LINES = /^[ -~\n]*$/;

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

/** For terminals and text files: invisible characters become `\xNN` or `\u{N}`. */
export function escapeControls(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(unseen(), (character) => {
    const code = character.codePointAt(0)!;
    return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u{${hex(code, 1)}}`;
  });
}

/** As {@link escapeControls}, for everything outside of ASCII: for mail and dmesg-like output. */
export function escapeToAscii(text: string): string {
  return escapeControls(text).replace(
    /[^\x20-\x7e]/gu,
    (character) => `\\u{${hex(character.codePointAt(0)!, 1)}}`,
  );
}

/** As {@link escapeControls}, with HTML's special characters as character references; safe in attributes, too. */
export function escapeHtml(text: string): string {
  return escapeControls(text)
    .replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
    .replace(/^(\s*):(?=:)/, '$1&#58;')
    .replace(/#(?=#(?:\[|vso\[))/g, '&#35;');
}

/**
 * A CSV field (RFC 4180), escaped by {@link escapeControls}, so that a record is one line. Fields that look like a CI
 * command are quoted, see {@link escapeCommands}.
 */
export function escapeCsv(text: string): string {
  const shown = escapeControls(text);
  return /[",]|^\s*::/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}

/**
 * JSON with invisible characters as escapes, so that programs that split at Unicode's line ends (U+0085, U+2028, U+2029)
 * find none inside of a record. It parses to the same value.
 * @param indent spaces per level; by default all is on one line
 */
export function toJsonText(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, undefined, indent);
  const seen = PLAIN_LINES.test(json)
    ? json
    : json.replace(unseen(), (character) => {
        // Newlines are those of the indentation: inside strings JSON escapes them.
        if (character === '\n') return character;
        return Array.from(
          { length: character.length },
          (_, at) => `\\u${hex(character.charCodeAt(at), 4)}`,
        ).join('');
      });
  // No CI command either, see escapeCommands().
  return seen.includes('##') ? seen.replace(/##(?=\[|vso\[)/g, '#\\u0023') : seen;
}

/**
 * For text that may end up in the log of a CI job, whose runner executes a line that begins with `::` (GitHub), and `##[` or
 * `##vso[` anywhere (GitHub's older form, Azure Pipelines), as a command. One character of it becomes `\xNN`.
 */
export function escapeCommands(text: string): string {
  return text.replace(/^([^\S\n]*):(?=:)/gm, '$1\\x3a').replace(/##(?=\[|vso\[)/g, '#\\x23');
}
