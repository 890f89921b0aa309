/**
 * Strings from firmware are untrusted: a node name may hold terminal control sequences, Markdown or HTML. Everything
 * printed goes through one of these: a function a medium.
 */

/**
 * What isn't seen, or not as what it is: controls, format characters (bidirectional overrides among them), separators and
 * spaces other than the plain one, what a font may leave out (Hangul fillers, variation selectors), the blank of Braille,
 * halves of surrogate pairs, and code points that have no character or a private one.
 */
const unseen = (): RegExp => /(?! )[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;
/** Nearly all there is. What Unicode says of characters is looked up where it has to be: the first time takes a while. */
const PLAIN = /^[ -~]*$/;
const PLAIN_LINES = /^[ -~\n]*$/;

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

/** For terminals and text files: what isn't seen is shown as `\xNN` or `\u{N}`. */
export function escapeControls(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(unseen(), (character) => {
    const code = character.codePointAt(0)!;
    return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u{${hex(code, 1)}}`;
  });
}

/** As {@link escapeControls}, and everything outside ASCII too: for mail and dmesg-like output. */
export function escapeToAscii(text: string): string {
  return escapeControls(text).replace(
    /[^\x20-\x7e]/gu,
    (character) => `\\u{${hex(character.codePointAt(0)!, 1)}}`,
  );
}

/** As {@link escapeControls}, and what means something in HTML as character references, also in attributes. */
export function escapeHtml(text: string): string {
  return escapeControls(text)
    .replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
    .replace(/^(\s*):(?=:)/, '$1&#58;')
    .replace(/#(?=#(?:\[|vso\[))/g, '&#35;');
}

/**
 * A field of CSV (RFC 4180), with what isn't seen as {@link escapeControls} shows it: a record is one line. A quote keeps it
 * from beginning a line as a command does, see {@link escapeCommands}.
 */
export function escapeCsv(text: string): string {
  const shown = escapeControls(text);
  return /[",]|^\s*::/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}

/**
 * JSON of a value, in which every character that isn't seen is an escape: programs that split records at any of Unicode's
 * line ends (U+0085, U+2028, U+2029) find none inside of one. It reads back as the same value.
 * @param indent spaces a level; without it all is on one line
 */
export function toJsonText(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, undefined, indent);
  const seen = PLAIN_LINES.test(json)
    ? json
    : json.replace(unseen(), (character) => {
        // Those of the indentation: in strings JSON itself escapes them.
        if (character === '\n') return character;
        return Array.from(
          { length: character.length },
          (_, at) => `\\u${hex(character.charCodeAt(at), 4)}`,
        ).join('');
      });
  // Nor does a CI system take a part of it for a command, see below.
  return seen.includes('##') ? seen.replace(/##(?=\[|vso\[)/g, '#\\u0023') : seen;
}

/**
 * For texts that may be shown in the log of a CI job: runners take a line that begins with `::` (GitHub), and `##[` or
 * `##vso[` anywhere (GitHub's older form, Azure Pipelines), for a command to them. One character of it is shown as `\xNN`.
 */
export function escapeCommands(text: string): string {
  return text.replace(/^([^\S\n]*):(?=:)/gm, '$1\\x3a').replace(/##(?=\[|vso\[)/g, '#\\x23');
}
