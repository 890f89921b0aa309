/**
 * Writes a tree as YAML, as dtc -O yaml does for schema checking. The layout is that of libyaml's emitter with its defaults:
 * two columns of indentation, and a line break at the next opportunity past column 80.
 */
import type { LiveNode, LiveProperty, LiveTree } from '../live/live-tree.ts';
import type { Marker } from '../tree.ts';

const BEST_WIDTH = 80;
const INDENT = 2;
/** A longer key is written after `? `. */
const MAX_SIMPLE_KEY = 128;

const ESCAPES: Readonly<Record<number, string>> = {
  0: '0',
  7: 'a',
  8: 'b',
  9: 't',
  10: 'n',
  11: 'v',
  12: 'f',
  13: 'r',
  27: 'e',
  34: '"',
  92: '\\',
};

/** Whether a key of a block mapping needs no quotes. */
function isPlainKey(text: string): boolean {
  if (/^(---|\.\.\.)/.test(text) || /^[#,[\]{}&*!|>'"%@`]/.test(text)) return false;
  if (/^[?:-]$/.test(text) || /[^\x20-\x7e]/.test(text)) return false;
  return !/:$|: | #|^[?:-] |^ | $/.test(text);
}

class Emitter {
  readonly #parts: string[] = [];
  #column = 0;
  /** The last output ends in white space or an opening bracket, so the next token needs no space (libyaml's whitespace). */
  #white = true;
  /** The line has only indentation and `-` or `?` so far (libyaml's indention). */
  #indention = true;

  get text(): string {
    return this.#parts.join('');
  }

  get pastWidth(): boolean {
    return this.#column > BEST_WIDTH;
  }

  put(text: string): void {
    this.#parts.push(text);
    this.#column += text.length;
  }

  /** Starts a new line unless the current one has indentation only. */
  newLine(indent: number): void {
    if (!this.#indention || this.#column > indent || (this.#column === indent && !this.#white)) {
      this.#parts.push('\n');
      this.#column = 0;
    }
    if (this.#column < indent) this.put(' '.repeat(indent - this.#column));
    this.#white = true;
    this.#indention = true;
  }

  indicator(text: string, options: { space?: boolean; white?: boolean; indention?: boolean } = {}): void {
    if (options.space && !this.#white) this.put(' ');
    this.put(text);
    this.#white = options.white ?? false;
    this.#indention = this.#indention && (options.indention ?? false);
  }

  word(text: string): void {
    this.indicator(text, { space: true });
  }

  doubleQuoted(value: Uint8Array, indent: number): void {
    this.indicator('"', { space: true });
    let spaces = false;
    for (let at = 0; at < value.length; at += 1) {
      const code = value[at]!;
      if (code === 0x20) {
        if (!spaces && this.pastWidth && at !== 0 && at !== value.length - 1) {
          this.newLine(indent);
          if (value[at + 1] === 0x20) this.put('\\');
        } else {
          this.put(' ');
        }
        spaces = true;
        continue;
      }
      spaces = false;
      if (code > 0x20 && code < 0x7f && code !== 0x22 && code !== 0x5c) this.put(String.fromCharCode(code));
      else this.put(`\\${ESCAPES[code] ?? `x${code.toString(16).toUpperCase().padStart(2, '0')}`}`);
    }
    this.indicator('"');
  }
}

class YamlError {
  readonly failure: string;
  constructor(failure: string) {
    this.failure = failure;
  }
}

const WIDTHS: Partial<Record<Marker['kind'], number>> = { uint8: 1, uint16: 2, uint32: 4, uint64: 8 };
const TAGS: Readonly<Record<number, string>> = { 1: '!u8', 2: '!u16', 8: '!u64' };

class TreeEmitter {
  readonly #out = new Emitter();

  /** Starts an item of a flow sequence: the comma before it, and a new line when the line is full. */
  #item(first: boolean, indent: number): void {
    if (!first) this.#out.indicator(',');
    if (this.#out.pastWidth) this.#out.newLine(indent);
  }

  #integers(
    property: LiveProperty,
    start: number,
    length: number,
    width: number,
    phandles: ReadonlySet<number>,
    indent: number,
  ): void {
    const out = this.#out;
    const { value } = property;
    if (length % width !== 0)
      throw new YamlError(`The length of property '${property.name}' does not fit its type`);
    const tag = TAGS[width];
    if (tag !== undefined) out.word(tag);
    out.indicator('[', { space: true, white: true });
    for (let at = start; at < start + length; at += width) {
      this.#item(at === start, indent + INDENT);
      const digits = Buffer.from(value.subarray(at, at + width))
        .toString('hex')
        .replace(/^0+(?=.)/, '');
      if (width === 4 && phandles.has(at)) out.word('!phandle');
      out.word(`0x${digits}`);
    }
    out.indicator(']');
  }

  #string(property: LiveProperty, start: number, length: number, indent: number): void {
    const bytes = property.value.subarray(start, start + length);
    if (bytes.at(-1) !== 0 || bytes.some((code) => code > 0x7f)) {
      throw new YamlError(`Property '${property.name}' holds a string that is not ASCII`);
    }
    this.#out.doubleQuoted(bytes.subarray(0, -1), indent + INDENT);
  }

  #value(property: LiveProperty, indent: number): void {
    const out = this.#out;
    const { value, markers, name } = property;
    if (value.length === 0) {
      out.word('true');
      return;
    }
    if (markers.length === 0) throw new YamlError(`No markers present in property '${name}' value`);
    out.indicator('[', { space: true, white: true });
    const inner = indent + INDENT;
    const types = markers.filter((marker) => marker.kind === 'string' || WIDTHS[marker.kind] !== undefined);
    let left = value.length;
    const phandles = new Set<number>();
    for (const { kind, offset } of markers) if (kind === 'phandle-reference') phandles.add(offset);
    types.forEach((marker, index) => {
      const { kind, offset } = marker;
      const next = types[index + 1]?.offset ?? offset;
      const length = next > offset ? next - offset : left;
      if (length <= 0 || offset + length > value.length) {
        throw new YamlError(`The types of property '${name}' do not fit its value`);
      }
      left -= length;
      this.#item(index === 0, inner);
      if (kind === 'string') this.#string(property, offset, length, inner);
      else this.#integers(property, offset, length, WIDTHS[kind]!, phandles, inner);
    });
    out.indicator(']');
  }

  /** A key of a block mapping, and its colon. */
  #key(name: string, indent: number, quotedTag: string): void {
    const out = this.#out;
    out.newLine(indent);
    const simple = name.length <= MAX_SIMPLE_KEY;
    if (!simple) out.indicator('?', { space: true, indention: true });
    if (isPlainKey(name)) {
      if (name !== '') out.word(name);
    } else {
      if (quotedTag !== '') out.word(quotedTag);
      out.word(`'${name.replaceAll("'", "''")}'`);
    }
    if (simple) {
      out.indicator(':');
    } else {
      out.newLine(indent);
      out.indicator(':', { space: true, indention: true });
    }
  }

  #open(node: LiveNode, indent: number): void {
    const properties = node.properties.filter((property) => !property.deleted);
    if (properties.length === 0 && node.children.every((child) => child.deleted)) {
      this.#out.indicator('{', { space: true, white: true });
      this.#out.indicator('}');
      return;
    }
    for (const property of properties) {
      this.#key(property.name, indent, '');
      this.#value(property, indent);
    }
  }

  write(tree: LiveTree): string {
    const out = this.#out;
    out.newLine(0);
    out.indicator('---', { space: true });
    out.newLine(0);
    out.indicator('-', { space: true, indention: true });
    const path: { node: LiveNode; next: number }[] = [{ node: tree.root, next: 0 }];
    this.#open(tree.root, INDENT);
    while (path.length > 0) {
      const top = path.at(-1)!;
      const child = top.node.children[top.next];
      top.next += 1;
      if (!child) {
        path.pop();
      } else if (!child.deleted) {
        // A node name that needs quotes is tagged as a string, which libyaml shortens to `!`.
        this.#key(child.name, INDENT * path.length, '!');
        path.push({ node: child, next: 0 });
        this.#open(child, INDENT * path.length);
      }
    }
    out.newLine(0);
    out.indicator('...', { space: true });
    out.newLine(0);
    return out.text;
  }
}

/** The YAML text; `failure` says what in the tree can't be written as YAML, in dtc's words. */
export function writeYaml(tree: LiveTree): { readonly text: string } | { readonly failure: string } {
  try {
    return { text: new TreeEmitter().write(tree) };
  } catch (error) {
    if (error instanceof YamlError) return { failure: error.failure };
    throw error;
  }
}
