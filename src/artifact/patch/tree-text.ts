/**
 * The device tree source in the hunks of patches, as text that can be parsed by itself. Nodes that begin before a hunk are
 * opened with the name in its heading, or as `...`; nodes that it leaves open are closed. Lines keep their places in the
 * patch.
 */
import type { Segment } from './known-lines.ts';
import { blank, type CutValue, pastQuoted, SegmentText, type ShownText, TextBuilder } from './shown-text.ts';

/** The name given to a node that begins before a hunk. */
const UNSEEN = '...';
/** The most nodes opened for one hunk. */
const MAX_DEPTH = 64;

const LABELS = '(?:[A-Za-z_]\\w*\\s*:\\s*)*';
/** The beginning of a property, node or directive. */
const BEGINNING = new RegExp(`^\\s*(?:${LABELS}(?:[\\w,.+*#?@&{}/-]+)\\s*(?:=|;|\\{|$)|/[a-z-]+/|&|$)`);
const PROPERTY = new RegExp(`^\\s*${LABELS}([\\w,.+*#?-]+)\\s*=`);
const HEADING = new RegExp(`^\\s*${LABELS}(&?[\\w,.+@-]+|/)\\s*\\{?\\s*$`);
/** Statements that are outside of all nodes, or refer to nodes of the whole tree. */
const OUTSIDE =
  /^\s*(?:\/dts-v1\/|\/plugin\/|\/memreserve\/.*|\/include\/.*|\/(?:delete-node|omit-if-no-ref)\/\s*&.*)\s*$/s;

type Brace =
  | { readonly kind: 'open'; readonly at: number; readonly head: string; readonly headAt: number }
  | { readonly kind: 'close'; readonly at: number; readonly end: number };

interface Scanned {
  readonly braces: readonly Brace[];
  /** Statements that end with a semicolon: their text without it. */
  readonly statements: readonly { readonly start: number; readonly end: number; readonly text: string }[];
  /** The text before the first `;`, `{` or `}`, and which of them it is. */
  readonly first: { readonly text: string; readonly by: ';' | '{' | '}' } | undefined;
  /** Offset after the last statement or brace. */
  readonly restAt: number;
}

function scan(text: string): Scanned {
  const braces: Brace[] = [];
  const statements: { start: number; end: number; text: string }[] = [];
  let first: Scanned['first'];
  let start = 0;
  for (let at = 0; at < text.length; ) {
    const character = text[at]!;
    if (character === '"') {
      at = pastQuoted(text, at);
      continue;
    }
    if (character === '{' && text[at - 1] === '&') {
      const end = text.indexOf('}', at);
      at = end < 0 ? text.length : end + 1;
      continue;
    }
    if (character !== ';' && character !== '{' && character !== '}') {
      at += 1;
      continue;
    }
    const before = text.slice(start, at);
    first ??= { text: before, by: character };
    if (character === ';') {
      statements.push({ start, end: at + 1, text: before });
      at += 1;
    } else if (character === '{') {
      braces.push({ kind: 'open', at, head: before, headAt: start });
      at += 1;
    } else {
      const semicolon = /^\s*;/.exec(text.slice(at + 1, at + 200))?.[0].length ?? 0;
      braces.push({ kind: 'close', at, end: at + 1 + semicolon });
      at += 1 + semicolon;
    }
    start = at;
  }
  return { braces, statements, first, restAt: start };
}

/** The node name in a heading: `vmbus@ff0000000`; `pcie0` for `&pcie0 {`. */
function openerIn(heading: string): string | undefined {
  const name = HEADING.exec(heading)?.[1];
  return name === undefined ? undefined : name.replace(/^&/, '');
}

/** One hunk's part of the text. */
class ShownHunk extends SegmentText {
  readonly cut: CutValue[] = [];
  /** Nodes left open after the part, the innermost last. */
  open: string[] = [];

  /**
   * Writes the part.
   * @param open nodes left open by the part before it
   */
  write(builder: TextBuilder, open: readonly string[]): void {
    const characters = this.characters;
    const scanned = scan(characters.join(''));
    this.#cutBeginning(scanned);
    this.#cutEnd(scanned);
    this.#blankOutside(scanned);
    const { first } = scanned;
    const heading = openerIn(this.segment.heading);
    // Properties precede child nodes, so a part that begins with a property or a `}` is inside of the node in its heading.
    const isInside = heading !== undefined && (first === undefined || first.by === '}' || first.by === ';');
    const stack = this.#stackFor(scanned, isInside ? heading : undefined, open, builder);
    for (const brace of scanned.braces) {
      if (brace.kind === 'open') stack.push(this.#opened(brace));
      else {
        const closed = stack.pop();
        // The braces of the root are left out: a fragment has its contents at top level.
        if (closed === undefined || closed === '/') blank(characters, brace.at, brace.end);
      }
    }
    this.open = stack;
    const lines = characters.join('').split('\n');
    for (const [index, line] of this.segment.lines.entries()) builder.line(lines[index] ?? '', line, true);
  }

  /** Opens the nodes that the part is inside of and closes the others; returns the stack of open nodes. */
  #stackFor(
    { braces }: Scanned,
    heading: string | undefined,
    open: readonly string[],
    builder: TextBuilder,
  ): string[] {
    let depth = 0;
    let lowest = 0;
    for (const { kind } of braces) {
      depth += kind === 'open' ? 1 : -1;
      lowest = Math.min(lowest, depth);
    }
    const needed = Math.min(Math.max(-lowest, heading === undefined ? 0 : 1), MAX_DEPTH);
    const { at } = this.segment;
    // A node that an earlier hunk left open: both parts belong to its body.
    const known = heading === undefined ? -1 : open.lastIndexOf(heading);
    const kept = known >= 0 ? open.slice(0, known + 1) : [];
    for (const name of open.slice(kept.length).toReversed()) if (name !== '/') builder.line('};', at, false);
    const stack = [...kept];
    for (let left = needed - (known >= 0 ? kept.length : 0); left > 0; left -= 1) {
      const name = left === 1 && heading !== undefined && known < 0 ? heading : UNSEEN;
      stack.push(name);
      if (name !== '/') builder.line(`${name} {`, at, false);
    }
    return stack;
  }

  /** Rewrites the start of a node for a fragment, in which references are not allowed; returns the node's name. */
  #opened({ head, headAt, at }: Extract<Brace, { kind: 'open' }>): string {
    const characters = this.characters;
    if (/^\s*\/\s*$/.test(head)) {
      blank(characters, headAt, at + 1);
      return '/';
    }
    const reference = /&(?:\{[^}]*\/([^/}]*)\}|([\w]+))\s*$/.exec(head);
    if (reference) {
      const name = reference[1] ?? reference[2] ?? '';
      const from = headAt + reference.index;
      blank(characters, from, at);
      for (const [index, character] of [...(name || UNSEEN)].entries()) characters[from + index] = character;
      return name || UNSEEN;
    }
    return /([\w,.+@-]+)\s*$/.exec(head)?.[1] ?? UNSEEN;
  }

  /** Leaves out a value whose property begins before the part. */
  #cutBeginning({ first, statements }: Scanned): void {
    if (!first || BEGINNING.test(first.text) || first.text.trim() === '') return;
    this.cut.push({ at: this.placeAt(first.text.search(/\S/)), name: undefined });
    const end = first.by === ';' ? statements[0]!.end : first.text.length;
    blank(this.characters, 0, end);
  }

  /** Cuts a value that continues after the part to its complete `<…>` groups. */
  #cutEnd({ restAt }: Scanned): void {
    const characters = this.characters;
    const rest = characters.slice(restAt).join('');
    if (rest.trim() === '') return;
    const name = PROPERTY.exec(rest)?.[1];
    const whole = rest.lastIndexOf('>');
    if (name !== undefined || /[<"[]/.test(rest))
      this.cut.push({ at: this.placeAt(restAt + rest.search(/\S/)), name });
    if (name !== undefined && whole >= 0) {
      blank(characters, restAt + whole + 1, characters.length);
      characters[restAt + whole] = '>;';
    } else {
      blank(characters, restAt, characters.length);
    }
  }

  #blankOutside({ statements }: Scanned): void {
    for (const { start, end, text } of statements) if (OUTSIDE.test(text)) blank(this.characters, start, end);
  }
}

/** The device tree source that the hunks show, as a fragment. */
export function shownTree(segments: readonly Segment[]): ShownText {
  const builder = new TextBuilder();
  const cut: CutValue[] = [];
  let open: string[] = [];
  for (const segment of segments) {
    const shown = new ShownHunk(segment);
    shown.write(builder, open);
    cut.push(...shown.cut);
    open = shown.open;
  }
  const end = segments.at(-1);
  if (end)
    for (const name of open.toReversed())
      if (name !== '/') builder.line('};', end.lines.at(-1) ?? end.at, false);
  return { text: builder.text, places: builder.places, cut };
}
